#pragma once
// A folder with a pgo.toml in it, and what load_config makes of it.

#include <doctest/doctest.h>

#include <string>

#include "orchestrator/config/config.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator::test {

/// A project that needs nothing else; tests add to it.
inline const std::string project = "[project]\nsource = \"fib.rs\"\n";

class Folder {
 public:
  Folder() { write("fib.rs", "fn main() {}\n"); }

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    toolchains::write_file_atomically(path() / name, content);
    return path() / name;
  }
  const std::filesystem::path& path() const { return folder_.path(); }

  Config load(const std::string& toml) const { return parse_config(toml, path() / "pgo.toml"); }

  /// The errors, without the folder; "" if there are none.
  std::string errors(const std::string& toml) const {
    try {
      load(toml);
      return "";
    } catch (const Error& error) {
      std::string text = error.what();
      const std::string prefix = path().string() + "/";
      for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
        text.erase(at, prefix.size());
      return text;
    }
  }

 private:
  toolchains::TempDir folder_{"pgo-orch-config"};
};

/// The names of all variants, a line each; the baseline has a star.
inline std::string names_of(const Config& config) {
  std::string names;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const Variant variant = config.variants->at(i);
    names += variant.name + (variant.baseline ? " *\n" : "\n");
  }
  return names;
}

/// What the variant of this name sets.
inline std::string settings_of(const Config& config, const std::string& name) {
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    if (config.variants->at(i).name == name) return profiles::canonical_text(config.variants->at(i).settings);
  }
  return "there is no such variant";
}

}  // namespace pgo_orch::orchestrator::test
