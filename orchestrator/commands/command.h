#pragma once
// A command: its options as --help shows them, and what it does with those that were given.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/commands/outputs.h"
#include "orchestrator/plan/selection.h"
#include "orchestrator/store/layout.h"
#include "report/progress.h"

namespace pgo_orch::orchestrator {

/// Headings that several commands have in --help.
namespace group {
inline constexpr const char* what = "What to run";
inline constexpr const char* measuring = "Measuring";
inline constexpr const char* output = "Output";
inline constexpr const char* exit_code = "Exit code";
inline constexpr const char* general = "General";
}  // namespace group

struct Option {
  const char* names;  ///< "quiet,q"
  const char* value;  ///< what --help calls its value; "": it is a switch
  const char* group;
  const char* text;
  bool repeatable = false;
  const char* choices = "";   ///< the words that its value may be, apart by spaces; "": any
  bool may_be_empty = false;  ///< --name "" has a meaning
};

/// "--quiet"
std::string long_name(const Option& option);
/// "-q, --quiet", "--json FILE"
std::string spelling(const Option& option);

using Options = std::vector<Option>;

/// What was given on the command line.
struct Arguments {
  std::map<std::string, std::vector<std::string>> options;  ///< by long name; a switch has no values
  std::vector<std::string> files;

  bool has(const std::string& name) const { return options.contains(name); }
  std::string text(const std::string& name) const;  ///< "" if it was not given
  std::vector<std::string> all(const std::string& name) const;
  std::filesystem::path file() const { return files.empty() ? "pgo.toml" : files.front(); }
};

struct Command {
  const char* name;
  const char* usage;
  const char* summary;
  Options options;
  int most_files = 1;         ///< -1: any number
  bool passes_words = false;  ///< the words without a name are another program's: any, even empty ones
  int (*execute)(const Arguments&);
};

/// Options that several commands share, and how to read them.
Options operator+(Options options, const Options& more);
extern const Options state_dir_option, color_option, help_option, export_options, fail_if_slower_option,
    verbosity_options;
/// What commands take that keep files in the state folder and print for a person.
Options general_options();

/// Error if both options were given: one of them would have no effect, or they contradict each other.
void refuse_together(const Arguments& arguments, const char* one, const char* other);
/// A folder itself, or that of a file.
std::filesystem::path folder_of(const std::filesystem::path& named);
/// The state folder that was asked for, else .pgo-orch in `root`.
Layout layout_of(const Arguments& arguments, const std::filesystem::path& root);
Exports exports_of(const Arguments& arguments);
/// Of --quiet and --verbose. Error: both were given.
report::Verbosity verbosity_of(const Arguments& arguments);
/// The files that were named by these options, for check_output_files.
std::vector<std::pair<std::string, std::filesystem::path>> outputs_of(
    const Arguments& arguments, const std::vector<std::string>& options);
/// Whether to color what is written to this descriptor.
bool wants_color(const Arguments& arguments, int descriptor);
/// In percent; no value: not asked for.
std::optional<double> fail_if_slower(const Arguments& arguments);

}  // namespace pgo_orch::orchestrator
