#include "orchestrator/plan/shell_shims.h"

#include <fmt/format.h>

#include <sstream>

#include "pgo/shim_contract.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::shell_quote;

namespace {

/// "clang++-22" of "clang-22", "g++" of "gcc" or "cc".
std::string cxx_counterpart(const std::string& cc) {
  const fs::path path(cc);
  std::string name = path.filename().string();
  if (name.starts_with("clang"))
    name.insert(5, "++");
  else if (const auto at = name.rfind("cc"); at != std::string::npos)
    name.replace(at, 2, name == "cc" ? "c++" : "++");
  return (path.parent_path() / name).string();
}

/// A profile that is asked for by its name gets what the variant sets for `release`. `keys`: "LTO", ...
std::string for_other_profiles(const std::string& keys) {
  std::string variables;
  std::istringstream list(keys);
  for (std::string key; std::getline(list, key, shim::separator);)
    variables += fmt::format(" \\\n    \"${{profile}}_{0}=$CARGO_PROFILE_RELEASE_{0}\"", key);
  return "profile= previous=\n"
         "for word; do\n"
         "  case $previous in --profile) profile=$word ;; esac\n"
         "  case $word in --) break ;; --profile=*) profile=${word#*=} ;; esac\n"
         "  previous=$word\n"
         "done\n"
         "if [ -n \"$profile\" ]; then\n"
         "  profile=CARGO_PROFILE_$(printf %s \"$profile\" | tr a-z- A-Z_)\n"
         "  export" +
         variables + "\nfi\n";
}

}  // namespace

std::string write_shims(const pgo::CommandStep& step, const ShellPlaces& at) {
  const auto script = [&](const std::string& name, const std::string& lines) {
    return at.write_file({step.shims / name,
                          "#!/bin/sh\nPATH=${PATH#*:}  # this folder is the first of it\n" + lines}) +
           fmt::format("chmod +x {}\n", at.word(step.shims / name));
  };
  const auto with = [&](const std::string& name, const std::string& tool, const std::string& arguments) {
    return script(name, fmt::format("case \" $* \" in\n*' -vV '*|*' --version '*) exec {0} \"$@\" ;;\nesac\n"
                                    "exec {0} \"$@\"{1}\n",
                                    tool, arguments));
  };
  const auto given = [&](const char* variable, const std::vector<profiles::Flag>& flags) {
    std::string text;
    if (step.command.env.contains(variable))
      for (const auto& flag : flags) text += " " + shell_quote(flag.text);
    return text;
  };
  // A run left links there: writing to one would overwrite its target.
  std::string text = fmt::format("rm -rf {}\n", at.word(step.shims));
  const auto keys = step.command.env.find(shim::cargo_profile_variable);
  text +=
      script("cargo", fmt::format("export CARGO_ENCODED_RUSTFLAGS=\"${}\"\n{}exec cargo \"$@\"\n",
                                  shim::cargo_rustflags_variable,
                                  keys == step.command.env.end() ? "" : for_other_profiles(*keys->second)));
  const std::string rust = given(shim::rustflags_variable, step.flags);
  if (!rust.empty()) text += with("rustc", "rustc", rust);
  const std::string c =
      given(shim::cflags_variable, step.c_flags) + given(shim::ldflags_variable, step.link_flags);
  const auto stand_in = step.command.env.find(shim::cc_variable);
  const bool stands_in = stand_in != step.command.env.end();
  if (c.empty() && !stands_in) return text;
  const std::string cc = stands_in ? shell_quote(*stand_in->second) : "";
  const std::string cxx = stands_in ? shell_quote(cxx_counterpart(*stand_in->second)) : "";
  for (const char* name : {"cc", "gcc", "clang"}) text += with(name, stands_in ? cc : name, c);
  for (const char* name : {"c++", "g++", "clang++"}) text += with(name, stands_in ? cxx : name, c);
  return text;
}

}  // namespace pgo_orch::orchestrator
