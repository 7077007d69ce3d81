#pragma once
// The parts of decode(): each gives a checked value, or reports what is wrong with it and gives nothing.

#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

/// Reports "'KEY' must be WHAT, not ...: write KEY = INSTEAD" (default: the key's example).
std::nullopt_t wrong(const KeyInfo& key, const toml::node& node, std::string_view what, Reading& reading,
                     std::string_view instead = {});

/// Something that can be an argument or a name: not empty, no NUL.
bool is_word(const std::string& text);

std::optional<Value> decode_choice(const KeyInfo& key, const toml::node& node, Reading& reading);
std::optional<Value> decode_choice_or_path(const KeyInfo& key, const toml::node& node, Reading& reading);
std::optional<Value> decode_path(const KeyInfo& key, const toml::node& node, Reading& reading);
std::optional<Value> decode_files(const KeyInfo& key, const toml::node& node, Reading& reading);

std::optional<Value> decode_strings(const KeyInfo& key, const toml::node& node, Reading& reading);
std::optional<Value> decode_command(const KeyInfo& key, const toml::node& node, Reading& reading);
std::optional<Value> decode_commands(const KeyInfo& key, const toml::node& node, Reading& reading);

std::optional<Value> decode_expectation(const KeyInfo& key, const toml::node& node, const std::string& where,
                                        Reading& reading);
std::optional<Value> decode_feedback(const KeyInfo& key, const toml::node& node, const std::string& where,
                                     Reading& reading);
std::optional<Value> decode_packages(const KeyInfo& key, const toml::node& node, const std::string& where,
                                     Reading& reading);
std::optional<Value> decode_dependencies(const KeyInfo& key, const toml::node& node, Reading& reading);
std::optional<Value> decode_string_table(const KeyInfo& key, const toml::node& node, Reading& reading);
/// `true` for a table that is only checked: nothing of this version keeps its values.
std::optional<Value> decode_tables(const KeyInfo& key, const toml::node& node, const std::string& where,
                                   Reading& reading);
/// `true`: which values they are is the matrix's business.
std::optional<Value> decode_axis_values(const KeyInfo& key, const toml::node& node, Reading& reading);

}  // namespace pgo_orch::orchestrator
