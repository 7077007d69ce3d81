#pragma once
// The parts of decode(): each gives a checked value, or reports what is wrong with it and gives nothing.

#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

using Result = std::optional<Value>;

/// What the file gives for a key. `where` ("variant 'fat'") is for the messages.
struct Given {
  const KeyInfo& key;
  const toml::node& node;
  const std::string& where;
  Reading& reading;
  void* object = nullptr;  ///< the struct of the key's section; null: the value is only checked

  void error(Place place, const std::string& text) const { reading.problems.error(place, text); }
  /// Reports "'KEY' must be WHAT, not ...: write KEY = INSTEAD" (default: the key's example).
  std::nullopt_t wrong(std::string_view what, std::string_view instead = {}) const;
  /// "'expect' of workload 'fib'": for tables inside.
  std::string inside() const;
  std::string text() const { return node.value_or(std::string()); }
};

/// Something that can be an argument or a name: not empty, no NUL.
bool is_word(const std::string& text);
bool has_nul(const std::string& text);

Result decode_choice(const Given& given);
Result decode_choice_or_path(const Given& given);
Result decode_path(const Given& given);
Result decode_files(const Given& given);

Result decode_strings(const Given& given);
Result decode_command(const Given& given);
Result decode_commands(const Given& given);

Result decode_feedback(const Given& given);
Result decode_packages(const Given& given);
Result decode_dependencies(const Given& given);
Result decode_string_table(const Given& given);
/// One for all is under the name "".
Result decode_versions(const Given& given);
Result decode_string_lists(const Given& given);
/// `true`: the values of tables are kept where KeyInfo::inside says.
Result decode_tables(const Given& given);

}  // namespace pgo_orch::orchestrator
