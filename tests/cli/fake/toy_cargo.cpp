// The compiler half of the toy: what `cargo metadata` and `cargo build -v` print, and the programs they make.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "toy.h"

namespace toy {

namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

std::string json(const std::string& text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    if (letter == '\n')
      quoted += "\\n";
    else
      quoted += letter;
  }
  return quoted + "\"";
}

/// As cargo quotes the command lines that it shows.
std::string shell_quoted(const std::string& word) {
  const auto plain = [](unsigned char letter) {
    return std::isalnum(letter) ||
           std::string_view("-_=/,.+:@%").find(static_cast<char>(letter)) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string quoted = "'";
  for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Words split(const std::string& text, char separator) {
  Words parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// `key = value` lines by "section.key"; a repeated [[section]] is numbered: "bin.0.name".
std::vector<std::pair<std::string, std::string>> read_toml(const fs::path& file) {
  std::vector<std::pair<std::string, std::string>> found;
  std::map<std::string, int> count;
  std::string section;
  for (const auto& line : split(read_file(file), '\n')) {
    if (line.starts_with("[[")) {
      section = line.substr(2, line.find(']') - 2);
      section += "." + std::to_string(count[section]++);
    } else if (line.starts_with("[")) {
      section = line.substr(1, line.rfind(']') - 1);
    } else if (const auto equals = line.find(" = "); equals != std::string::npos && !line.starts_with("#")) {
      std::string value = line.substr(equals + 3);
      if (value.starts_with("\"")) value = value.substr(1, value.rfind('"') - 1);
      found.emplace_back(section + "." + line.substr(0, equals), value);
    }
  }
  return found;
}

/// As in a file of dep-info.
std::string escaped(const fs::path& file) {
  std::string text;
  for (const char letter : file.string()) text += letter == ' ' ? std::string("\\ ") : std::string(1, letter);
  return text;
}

struct Bin {
  std::string name;
  fs::path source;
};

struct Manifest {
  std::string name;
  std::vector<Bin> bins;
  Words dependencies;
  Words features;
};

Manifest read_manifest(const fs::path& folder) {
  Manifest manifest;
  for (const auto& [key, value] : read_toml(folder / "Cargo.toml")) {
    if (key == "package.name") manifest.name = value;
    if (key.starts_with("bin.") && key.ends_with(".name")) manifest.bins.push_back({value, ""});
    if (key.starts_with("bin.") && key.ends_with(".path")) manifest.bins.back().source = value;
    if (key.starts_with("dependencies.")) manifest.dependencies.push_back(key.substr(13));
    if (key.starts_with("features.")) manifest.features.push_back(key.substr(9));
  }
  if (manifest.bins.empty()) manifest.bins.push_back({manifest.name, "src/main.rs"});
  for (auto& bin : manifest.bins) {
    if (bin.source.empty()) bin.source = "src/bin/" + bin.name + ".rs";
  }
  return manifest;
}

/// One `cargo build` with the options of pgo-orch.
class Build {
 public:
  explicit Build(const Words& arguments) {
    for (std::size_t i = 2; i < arguments.size(); ++i) {
      const auto value = [&](const char* option, std::string& into) {
        if (arguments[i] != option || i + 1 >= arguments.size()) return false;
        into = arguments[++i];
        return true;
      };
      std::string bin;
      if (value("--bin", bin)) wanted_.push_back(bin);
      value("--target", target_) || value("--target-dir", target_dir_) || value("--profile", profile_) ||
          value("--features", features_) || value("--config", config_);
    }
    flags_ = split(variable("CARGO_ENCODED_RUSTFLAGS"), '\x1f');
    for (const auto& [key, line] : read_toml(config_)) {
      const std::string section = "profile." + profile_ + ".";
      if (key.starts_with(section)) options_[key.substr(section.size())] = line;
    }
  }

  int run() {
    const Manifest manifest = read_manifest(".");
    for (const auto& name : manifest.dependencies) library(name);
    for (const auto& bin : manifest.bins) {
      const bool is_wanted = wanted_.empty() || std::ranges::find(wanted_, bin.name) != wanted_.end();
      if (is_wanted && !program(bin)) return 101;
    }
    std::cerr << "    Finished `" << profile_ << "` profile [optimized] target(s) in 0.01s\n";
    return 0;
  }

 private:
  fs::path folder() const { return fs::path(target_dir_) / target_ / profile_; }

  std::string joined(const Words& words) const {
    std::string text;
    for (const auto& word : words) text += word + '\x1f';
    return text;
  }

  std::string profile_text() const {
    std::string text;
    for (const auto& [key, value] : options_) text += key + "=" + value + "\n";
    return text;
  }

  /// Of all that cargo hashes into -C metadata: not the flags.
  std::string metadata(const std::string& crate, const std::string& more) const {
    return hash(crate + profile_text() + target_ + features_ + more);
  }

  /// True if the unit's files are as they were; notes what they are now.
  bool fresh(const std::string& crate, const std::string& more) const {
    std::string profile;
    for (const auto& flag : flags_) {
      if (flag.starts_with("-Cprofile-use=")) profile = read_file(flag.substr(14));
    }
    const fs::path stamp = folder() / (".fingerprint-" + crate);
    const std::string now = hash(joined(flags_) + profile_text() + features_ + profile + more);
    if (read_file(stamp) == now) return true;
    fs::create_directories(folder());
    std::ofstream(stamp) << now;
    return false;
  }

  void option(Words& words, const char* key, const char* otherwise) const {
    const auto found = options_.find(key);
    std::string value = found == options_.end() ? otherwise : found->second;
    if (value == "true") value = "on";
    if (value == "false") value = "off";
    if (value.empty()) return;
    words.emplace_back("-C");
    words.push_back(std::string(key) + "=" + value);
  }

  void show_rustc(const std::string& crate, const fs::path& source, const char* type, const std::string& more,
                  const Words& flags) const {
    Words words{variable("TOY_DIR") + "/bin/rustc",
                "--crate-name",
                crate,
                "--edition=2021",
                source.string(),
                "--crate-type",
                type,
                "--emit=dep-info,link"};
    option(words, "opt-level", "3");
    for (const char* key : {"lto", "codegen-units", "panic", "overflow-checks", "debug-assertions"})
      option(words, key, "");
    words.insert(words.end(),
                 {"-C", "metadata=" + metadata(crate, more), "--out-dir", (folder() / "deps").string()});
    if (!target_.empty()) words.insert(words.end(), {"--target", target_});
    option(words, "strip", "debuginfo");
    words.insert(words.end(), flags.begin(), flags.end());
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + shell_quoted(word);
    std::cerr << "     Running `" << line << "`\n";
  }

  void show_artifact(const std::string& name, const char* kind, const fs::path& source,
                     const std::string& executable, bool is_fresh) const {
    std::cout << R"({"reason":"compiler-artifact","package_id":"path+file:///toy#)" << name
              << R"(@0.0.0","target":{"kind":[")" << kind << R"("],"name":)" << json(name)
              << R"(,"src_path":)" << json(fs::absolute(source).string()) << R"(},"executable":)"
              << (executable.empty() ? "null" : json(executable)) << R"(,"fresh":)"
              << (is_fresh ? "true" : "false") << "}\n";
  }

  void library(const std::string& name) const {
    const fs::path source = name + "/src/lib.rs";
    const bool is_fresh = fresh(name, "");
    Words given = flags_;
    std::erase(given, "-Clost-in=" + name);  // so that tests can lose one
    if (!is_fresh) show_rustc(name, source, "lib", "", given);
    show_artifact(name, "lib", source, "", is_fresh);
  }

  bool program(const Bin& bin) const {
    Program program{flags_, read_file(bin.source)};
    const fs::path executable = fs::absolute(folder() / bin.name);
    const bool is_fresh = fresh(bin.name, program.source) && fs::exists(executable);
    if (!is_fresh && !compile(bin, program, executable)) return false;
    show_lookups(program);
    std::ofstream(executable.string() + ".d")
        << escaped(executable) << ": " << escaped(fs::absolute(bin.source)) << "\n";
    show_artifact(bin.name, "bin", bin.source, executable.string(), is_fresh);
    return true;
  }

  /// As LLVM does when it is asked to; cargo shows it again of what is fresh.
  static void show_lookups(const Program& program) {
    if (!program.has_flag("-Cllvm-args=-pgo-trace-func-hash=")) return;
    for (const std::string function :
         {"_ZN3fib4main17h0123456789abcdefE", "_ZN3fib4work17hfedcba9876543210E"}) {
      int hash = 1;
      bool is_there = true;
      for (const auto& [verb, name] : statements(program)) {
        const bool is_meant = function.find(name) != std::string::npos;
        if (verb == "changed" && is_meant) hash = 2;
        if (verb == "renamed" && is_meant) is_there = false;
      }
      if (is_there)
        std::cerr << "Funcname=" << function << ", Hash=" << hash
                  << " in building fib.0123456789abcdef-cgu.0\n";
    }
  }

  bool compile(const Bin& bin, Program program, const fs::path& executable) const {
    std::string crate = bin.name, metadata_more;
    std::ranges::replace(crate, '-', '_');
    std::cerr << "   Compiling " << bin.name << " v0.0.0\n";
    Words given = flags_;
    for (const auto& [verb, rest] : statements(program)) {
      if (verb == "append-flag") given.push_back(rest);
      if (verb == "drop-flag") std::erase_if(given, [&](const auto& flag) { return flag.starts_with(rest); });
      if (verb == "metadata-by-flags") metadata_more = joined(flags_);
    }
    show_rustc(crate, bin.source, "bin", metadata_more, given);
    for (const auto& [verb, rest] : statements(program)) {
      if (verb != "error") continue;
      std::cerr << "error: " << rest << "\n --> " << bin.source.string()
                << ":1:1\n\nerror: could not compile `" << bin.name << "` (bin \"" << bin.name
                << "\") due to 1 previous error\n";
      fs::remove(folder() / (".fingerprint-" + bin.name));
      return false;
    }
    program.flags = code_flags();
    write_program(executable, program);
    return true;
  }

  /// What makes a difference to the code: a profile by its content, and not what is called unused.
  Words code_flags() const {
    Words flags;
    for (const auto& flag : flags_) {
      if (flag.starts_with("-Cprofile-use="))
        flags.push_back("-Cprofile-use=" + hash(read_file(flag.substr(14))));
      else if (!flag.starts_with("--cfg=unused") && !flag.starts_with("-Cstrip"))
        flags.push_back(flag);
    }
    for (const auto& [key, value] : options_) flags.push_back("profile " + key + " = " + value);
    return flags;
  }

  std::string target_, target_dir_, profile_, features_, config_;
  Words wanted_, flags_;
  std::map<std::string, std::string> options_;
};

}  // namespace

int cargo_metadata(const Words& arguments) {
  const auto option = std::ranges::find(arguments, "--manifest-path");
  if (option == arguments.end() || option + 1 == arguments.end()) return 1;
  const fs::path file = *(option + 1);
  const Manifest manifest = read_manifest(file.parent_path());
  if (manifest.name.empty()) {
    std::cerr << "error: failed to parse manifest at `" << file.string() << "`\n";
    return 101;
  }
  const std::string folder = file.parent_path().string();
  std::string targets;
  for (const auto& bin : manifest.bins) {
    targets += (targets.empty() ? "" : ",") + std::string(R"({"name":)") + json(bin.name) +
               R"(,"kind":["bin"],"src_path":)" + json((file.parent_path() / bin.source).string()) + "}";
  }
  std::string features;
  for (const auto& name : manifest.features) features += (features.empty() ? "" : ",") + json(name) + ":[]";
  std::cout << R"({"packages":[{"id":"toy","name":)" << json(manifest.name)
            << R"(,"version":"0.0.0","default_run":null,"rust_version":null,"dependencies":[],"features":{)"
            << features << "},"
            << R"("manifest_path":)" << json(file.string()) << R"(,"targets":[)" << targets
            << R"(]}],"workspace_members":["toy"],"workspace_default_members":["toy"],"workspace_root":)"
            << json(folder) << R"(,"target_directory":)" << json(folder + "/target") << "}\n";
  return 0;
}

int cargo_build(const Words& arguments) {
  return Build(arguments).run();
}

}  // namespace toy
