#include "profiles/command_flags.h"

#include <fmt/format.h>

#include <map>

namespace pgo_orch::profiles {

namespace {

constexpr std::string_view link_argument = "-Clink-arg=";

const char* yes_no(bool value) {
  return value ? "yes" : "no";
}

/// rustc's name of a feature of x86, as GCC and clang call it where that is another.
std::string c_feature(const std::string& feature) {
  static const std::map<std::string, std::string> others{
      {"bmi1", "bmi"}, {"pclmulqdq", "pclmul"}, {"rdrand", "rdrnd"}, {"cmpxchg16b", "cx16"}};
  const auto other = others.find(feature);
  return other == others.end() ? feature : other->second;
}

/// Collects flags, each with the key that asked for it.
class Flags {
 public:
  void add(const char* key, std::string text) {
    flags_.push_back({std::move(text), fmt::format("variant ({})", key)});
  }
  void value(const char* key, const char* option, const std::optional<std::string>& value) {
    if (value) add(key, option + *value);
  }
  void on_off(const char* key, const char* option, const std::optional<bool>& value) {
    if (value) add(key, fmt::format("{}{}", option, yes_no(*value)));
  }
  std::vector<Flag> take() { return std::move(flags_); }

 private:
  std::vector<Flag> flags_;
};

}  // namespace

std::vector<Flag> profile_flags(const Settings& settings) {
  Flags flags;
  flags.value("opt-level", "-Copt-level=", settings.opt_level);
  // Without -Clto rustc does thin-local LTO by itself, where there are several codegen units.
  if (settings.lto && *settings.lto != "thin-local") flags.add("lto", "-Clto=" + *settings.lto);
  if (settings.codegen_units)
    flags.add("codegen-units", fmt::format("-Ccodegen-units={}", *settings.codegen_units));
  flags.value("panic", "-Cpanic=", settings.panic);
  flags.value("strip", "-Cstrip=", settings.strip);
  flags.on_off("overflow-checks", "-Coverflow-checks=", settings.overflow_checks);
  flags.on_off("debug-assertions", "-Cdebug-assertions=", settings.debug_assertions);
  if (settings.debug) flags.add("debug", "-Cdebuginfo=" + *settings.debug);
  flags.on_off("rpath", "-Crpath=", settings.rpath);
  return flags.take();
}

std::vector<Flag> c_flags(const Settings& settings) {
  Flags flags;
  flags.value("opt-level", "-O", settings.opt_level);
  if (settings.lto == "fat") flags.add("lto", "-flto");
  // Thin LTO is clang's.
  const bool is_clang = settings.linker_driver && settings.linker_driver->find("clang") != std::string::npos;
  if (settings.lto == "thin") flags.add("lto", is_clang || settings.pgo ? "-flto=thin" : "-flto");
  if (settings.lto == "off") flags.add("lto", "-fno-lto");
  flags.value("target-cpu", "-march=", settings.target_cpu);
  for (const auto& feature : settings.target_features)
    flags.add("target-features", (feature.starts_with('-') ? "-mno-" : "-m") + c_feature(feature.substr(1)));
  if (settings.debug) flags.add("debug", *settings.debug == "none" ? "-g0" : "-g");
  if (settings.debug_assertions)
    flags.add("debug-assertions", *settings.debug_assertions ? "-UNDEBUG" : "-DNDEBUG");
  if (settings.relocation_model == "static") flags.add("relocation-model", "-fno-pie");
  for (const auto& cfg : settings.cfg) flags.add("cfg", "-D" + cfg);
  return flags.take();
}

std::vector<Flag> link_flags(const Settings& settings, const std::vector<Flag>& rustflags) {
  Flags flags;
  if (settings.crt_static == true)
    flags.add("crt-static", settings.relocation_model == "static" ? "-static" : "-static-pie");
  else if (settings.relocation_model == "static")
    flags.add("relocation-model", "-no-pie");
  if (settings.strip == "symbols") flags.add("strip", "-s");
  if (settings.strip == "debuginfo") flags.add("strip", "-Wl,--strip-debug");
  auto all = flags.take();
  for (const auto& flag : rustflags) {
    if (flag.text.starts_with(link_argument))
      all.push_back({flag.text.substr(link_argument.size()), flag.origin});
  }
  return all;
}

toolchains::EnvironmentChanges cargo_profile_environment(const Settings& settings) {
  toolchains::EnvironmentChanges changes;
  const auto set = [&](const char* key, const std::string& value) {
    changes[fmt::format("CARGO_PROFILE_RELEASE_{}", key)] = value;
  };
  const auto text = [&](const char* key, const std::optional<std::string>& value) {
    if (value) set(key, *value);
  };
  const auto boolean = [&](const char* key, const std::optional<bool>& value) {
    if (value) set(key, *value ? "true" : "false");
  };
  text("OPT_LEVEL", settings.opt_level);
  if (settings.lto) set("LTO", *settings.lto == "thin-local" ? "false" : *settings.lto);
  if (settings.codegen_units) set("CODEGEN_UNITS", std::to_string(*settings.codegen_units));
  text("PANIC", settings.panic);
  text("STRIP", settings.strip);
  boolean("OVERFLOW_CHECKS", settings.overflow_checks);
  boolean("DEBUG_ASSERTIONS", settings.debug_assertions);
  text("DEBUG", settings.debug);
  boolean("RPATH", settings.rpath);
  return changes;
}

}  // namespace pgo_orch::profiles
