#pragma once
// Tools that are shell scripts on a PATH of their own.

#include <cstdlib>
#include <optional>
#include <string>

#include "toolchains/files.h"
#include "toolchains/search_path.h"

/// Sets a variable of this process (nothing: unsets it) for as long as the object lives.
class ScopedVariable {
 public:
  ScopedVariable(std::string name, const std::optional<std::string>& value)
      : name_(std::move(name)), old_(pgo_orch::toolchains::variable(name_)) {
    set(value);
  }
  ~ScopedVariable() { set(old_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      ::setenv(name_.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }
  std::string name_;
  std::optional<std::string> old_;
};

/// A folder of fake tools, first on a PATH with nothing else but the basics.
struct FakeTools {
  pgo_orch::toolchains::TempDir folder;
  std::filesystem::path bin = folder.path() / "bin";
  ScopedVariable path{"PATH", bin.string() + ":/usr/bin:/bin"};

  /// Makes `name` a shell script with this body; a name with a slash lies in the folder above bin.
  std::filesystem::path add(const std::string& name, const std::string& body) const {
    const auto file = (name.find('/') == std::string::npos ? bin : folder.path()) / name;
    pgo_orch::toolchains::write_file_atomically(file, "#!/bin/sh\n" + body + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
};
