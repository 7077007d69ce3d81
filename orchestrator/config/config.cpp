#include "orchestrator/config/config.h"

#include <fmt/format.h>

#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"
#include "orchestrator/config/version_range.h"
#include "profiles/toml_document.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {
namespace {

/// A file of this name in a folder above; empty: none, or the file was named with a folder.
std::filesystem::path find_above(const std::filesystem::path& file) {
  if (file.has_parent_path()) return {};
  std::error_code unknown;
  std::filesystem::path up = "..";
  for (auto at = std::filesystem::current_path(unknown); at.has_relative_path(); at = at.parent_path()) {
    if (std::filesystem::is_regular_file(up / file, unknown)) return up / file;
    up /= "..";
  }
  return {};
}

std::string read_text(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    if (const auto above = find_above(file); !above.empty())
      throw Error(fmt::format("{} was not found here: did you mean {}?", file.string(), above.string()));
    throw Error(
        fmt::format("{} was not found: `pgo-orch init` writes one for a Cargo project, and `pgo-orch try -- "
                    "ARGUMENTS` compares builds without one",
                    file.string()));
  }
  if (std::filesystem::is_directory(file, error)) {
    throw Error(fmt::format("{} is a folder: name the pgo.toml in it", file.string()));
  }
  if (!std::filesystem::is_regular_file(file, error))
    throw Error(fmt::format("{} is not a regular file: name a pgo.toml", file.string()));
  constexpr Bytes most{std::uint64_t{16} << 20};  // millions of lines
  return toolchains::read_file(file, most);
}

/// Beside the first error of another kind, nothing would say why a key of a later version is unknown.
void demand_version(const toml::table& document, const std::filesystem::path& file, Reading& reading) {
  const auto* given = document.get("requires");
  if (!given) return;
  const auto text = text_at(document, "requires");
  const auto wanted = parse_version_range(text);
  if (!wanted)
    return reading.error(place_of(*given), fmt::format("'requires' must be versions of pgo-orch, not {}: "
                                                       "write requires = \">={}\"",
                                                       to_toml(*given), PGO_ORCH_VERSION));
  if (!wanted->contains(parse_version(PGO_ORCH_VERSION).value()))
    throw Error(fmt::format("{}:{}: this file requires pgo-orch {}, and this is {}: install another version",
                            file.string(), place_of(*given).line, text, PGO_ORCH_VERSION));
}

/// Of a key of the whole file: its table, or a value.
bool has_shape(const KeyInfo& key, const toml::node& node) {
  if (key.type == Type::table) return node.is_table();
  const auto* array = node.as_array();
  return key.type != Type::tables || (array && array->is_homogeneous<toml::table>());
}

void check_release(const toml::table& document, const Config& config, Reading& reading) {
  const auto& name = config.release.variant;
  if (name == "best" || reading.problems.count() > 0) return;
  constexpr std::size_t most = 1000;  // to be like it
  Strings known{"best"};
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    auto variant = config.variants->at(i).name;
    if (variant == name) return;
    if (known.size() < most) known.push_back(std::move(variant));
  }
  reading.error(*document["release"].as_table(), "variant",
                fmt::format("unknown variant '{}' in [release]{}", name, did_you_mean(name, known)));
}

}  // namespace

void check_tables(const toml::table& document, Reading& reading) {
  for (const Entry& entry : entries_of(document)) {
    const KeyInfo* key = find_key(Section::top, entry.name());
    if (!key) {
      const bool is_value = !entry.node.is_table() && !entry.node.is_array_of_tables();
      report_unknown_key(entry, Section::top, is_value ? "this file, before the first table" : "this file",
                         reading);
    } else if (!has_shape(*key, entry.node)) {
      reading.error(place_of(entry.node),
                    fmt::format("'{}' must be written as {}", key->name, header_of(*key->inner)));
    }
  }
  if (!document.contains("project")) {
    reading.error({},
                  "there is no [project]: write [project] with source = [\"hello.rs\"] or manifest = "
                  "\"Cargo.toml\"");
  }
  if (!document.contains("variant") && !document.contains("matrix")) {
    reading.error({}, "there is no variant: write [[variant]] with name = \"baseline\"");
  }
}

std::string title_of(const toml::table& table, Section section) {
  const std::string name = text_at(table, "name");
  const std::string header = header_of(section);
  if (name.empty() || section == Section::matrix || !header.starts_with("[[")) return header;
  return fmt::format("{} '{}'", header.substr(2, header.size() - 4), name);
}

Config with_variants(Config config, std::vector<Variant> variants) {
  for (auto& variant : variants) variant.baseline = &variant == variants.data();
  const std::size_t count = variants.size();
  config.variants = std::make_shared<Variants>(
      count, 0, [all = std::move(variants)](std::size_t index) { return all[index]; });
  config.questions = {};
  config.build.keep = Keep::all;
  config.build.parallel = 1;
  return config;
}

Config load_config(const std::filesystem::path& file, NamedFiles files) {
  return parse_config(read_text(file), file, files);
}

Config parse_config(std::string_view text, const std::filesystem::path& file, NamedFiles files) {
  toml::table document = profiles::parse_toml(text, file);
  Config config;
  config.file = std::filesystem::absolute(file).lexically_normal();
  config.root = config.file.parent_path();
  config.text = text;
  Diagnostics problems(file.string());
  Reading reading{problems, config.root, files == NamedFiles::may_be_missing};
  demand_version(document, file, reading);
  check_tables(document, reading);
  config.project = read_project(document, reading);
  config.corpora = read_corpora(document, reading);
  config.workloads = read_workloads(document, config, reading);
  config.variants = read_variants(document, reading);
  config.measure = read_measure(document, reading);
  config.build = read_build(document, reading);
  config.gate = read_gate(document, reading);
  config.release = read_release(document, reading);
  config.questions = read_questions(document, reading);
  check_variants(document, config, reading);
  check_left_out(config, reading);
  check_verdicts(document, config, reading);
  check_release(document, config, reading);
  problems.throw_errors();
  return config;
}

}  // namespace pgo_orch::orchestrator
