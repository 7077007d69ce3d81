#include "orchestrator/commands/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include "orchestrator/config/texts.h"
#include "toolchains/error.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

const Options state_dir_option{
    {"state-dir", "DIR", group::general, "where everything is kept (default: .pgo-orch beside pgo.toml)"}};
const Options color_option{
    {"color", "WHEN", group::general, "auto, always or never (default: auto)", false, "auto always never"}};
const Options help_option{{"help,h", "", group::general, "show this help"}};

Options general_options() {
  return state_dir_option + color_option + help_option;
}

const Options export_options = [] {
  Options options;
  for (const auto& format : report::formats())
    options.push_back({format.option, "FILE", group::output, format.help});
  return options;
}();

const Options verbosity_options{
    {"quiet,q", "", group::output, "print only errors on standard error"},
    {"verbose,v", "", group::output, "show each command that runs, and all details at the end"}};

const Options fail_if_slower_option{{"fail-if-slower", "P%", group::exit_code,
                                     "exit with 1 if any variant is slower than before by at least P%"}};

std::string long_name(const Option& option) {
  const std::string names = option.names;
  return "--" + names.substr(0, names.find(','));
}

std::string spelling(const Option& option) {
  const std::string names = option.names;
  const auto comma = names.find(',');
  return (comma == names.npos ? "" : fmt::format("-{}, ", names.substr(comma + 1))) + long_name(option) +
         (*option.value ? " " : "") + option.value;
}

Options operator+(Options options, const Options& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

std::string Arguments::text(const std::string& name) const {
  return has(name) ? options.at(name).front() : "";
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  return has(name) ? options.at(name) : std::vector<std::string>{};
}

void refuse_together(const Arguments& arguments, const char* one, const char* other) {
  if (arguments.has(one) && arguments.has(other))
    throw Error(fmt::format("--{} and --{} cannot be used together", one, other));
}

std::filesystem::path folder_of(const std::filesystem::path& named) {
  const auto path = std::filesystem::absolute(named).lexically_normal();
  std::error_code missing;
  return std::filesystem::is_directory(path, missing) ? path : path.parent_path();
}

Layout layout_of(const Arguments& arguments, const std::filesystem::path& root) {
  const std::filesystem::path asked = arguments.text("state-dir");
  return layout_at(asked.empty() ? root / ".pgo-orch" : asked);
}

Exports exports_of(const Arguments& arguments) {
  Exports exports;
  for (const auto& format : report::formats())
    if (arguments.has(format.option)) exports.push_back({&format, arguments.text(format.option)});
  return exports;
}

report::Verbosity verbosity_of(const Arguments& arguments) {
  refuse_together(arguments, "quiet", "verbose");
  if (arguments.has("quiet")) return report::Verbosity::quiet;
  return arguments.has("verbose") ? report::Verbosity::verbose : report::Verbosity::normal;
}

std::vector<std::pair<std::string, std::filesystem::path>> outputs_of(
    const Arguments& arguments, const std::vector<std::string>& options) {
  std::vector<std::pair<std::string, std::filesystem::path>> outputs;
  for (const auto& option : options)
    if (arguments.has(option)) outputs.emplace_back(option, arguments.text(option));
  return outputs;
}

bool wants_color(const Arguments& arguments, int descriptor) {
  const auto when = arguments.has("color") ? arguments.text("color") : "auto";
  if (when != "auto" && when != "always" && when != "never")
    throw Error(fmt::format("--color {}: choose auto, always or never", when));
  if (when != "auto") return when == "always";
  const auto is = [](const char* name) { return toolchains::variable(name).value_or(""); };
  return isatty(descriptor) && is("NO_COLOR").empty() && is("TERM") != "dumb";
}

std::optional<double> fail_if_slower(const Arguments& arguments) {
  const auto allowed = arguments.text("fail-if-slower");
  if (allowed.empty()) return std::nullopt;
  const auto fraction = parse_percentage(allowed);
  if (!fraction) throw Error(fmt::format("--fail-if-slower {}: give a percentage, e.g. 2%", allowed));
  return 100 * *fraction;
}

}  // namespace pgo_orch::orchestrator
