#include "profiles/flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace pgo_orch::profiles {

namespace {

// rustc collects all of these; a later one adds to an earlier one. (rustc_session/src/options.rs: the list
// and target-feature parsers.)
constexpr std::array cumulative = {
    std::string_view("link-arg"),        std::string_view("link-args"),
    std::string_view("pre-link-args"),   std::string_view("llvm-args"),
    std::string_view("passes"),          std::string_view("target-feature"),
    std::string_view("remark"),          std::string_view("link-self-contained"),
    std::string_view("linker-features"), std::string_view("metadata")};

constexpr std::array two_words = {std::string_view("-C"),    std::string_view("--codegen"),
                                  std::string_view("--cfg"), std::string_view("-Z"),
                                  std::string_view("-L"),    std::string_view("-l")};

constexpr const char* fuse_key = "link-arg=-fuse-ld";

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

/// The flag without one of the features that it names; an empty one if that was all.
Flag without_feature(const Flag& flag, std::string_view feature) {
  constexpr std::string_view option = "-Ctarget-feature=";
  const std::string text = spelling(flag.text);
  if (!text.starts_with(option)) return flag;
  std::string kept;
  bool found = false;
  for (std::string_view rest = std::string_view(text).substr(option.size()); !rest.empty();) {
    const auto each = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(each.size() + 1, rest.size()));
    if (each == feature)
      found = true;
    else
      kept += (kept.empty() ? "" : ",") + std::string(each);
  }
  if (!found) return flag;
  return {kept.empty() ? "" : std::string(option) + kept, flag.origin};
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

std::string encode(const std::vector<Flag>& flags) {
  std::string text;
  for (const Flag& flag : flags) {
    if (!text.empty()) text += '\x1f';
    text += flag.text;
  }
  return text;
}

std::vector<Flag> join_options(const std::vector<Flag>& words) {
  std::vector<Flag> joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    joined.push_back(words[i]);
    std::string& text = joined.back().text;
    const bool opens = std::ranges::find(two_words, text) != two_words.end();
    if (!opens || i + 1 == words.size()) continue;
    if (text.starts_with("--")) text += '=';
    text += words[++i].text;
  }
  return joined;
}

std::string spelling(const std::string& flag) {
  std::string text = flag;
  if (text.starts_with("--codegen=")) text = "-C" + text.substr(10);
  if (text.starts_with("-C ")) text = "-C" + text.substr(3);
  if (text.starts_with("-C")) {
    const auto end = std::min(text.find('='), text.size());
    std::replace(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '_', '-');
  }
  return text;
}

FlagKey key_of(const std::string& flag) {
  if (flag == "-O") return {"opt-level", "3"};
  if (flag == "-g") return {"debuginfo", "2"};
  const std::string text = spelling(flag);
  constexpr std::string_view fuse = "-Clink-arg=-fuse-ld=";  // of these the linker driver heeds the last
  if (text.starts_with(fuse)) return {fuse_key, text.substr(fuse.size())};
  if (!text.starts_with("-C") || text.size() == 2) return {};
  const auto equals = std::min(text.find('='), text.size());
  const std::string key = text.substr(2, equals - 2);
  if (std::ranges::find(cumulative, key) != cumulative.end()) return {};
  return {key, text.substr(std::min(equals + 1, text.size()))};
}

std::vector<Flag> variant_flags(const Settings& settings, const std::vector<std::string>& linker_flags) {
  std::vector<Flag> flags;
  const auto add = [&](std::string text, const char* key) {
    flags.push_back({std::move(text), fmt::format("variant ({})", key)});
  };
  if (settings.target_cpu) add("-Ctarget-cpu=" + *settings.target_cpu, "target-cpu");
  if (!settings.target_features.empty()) {
    add(fmt::format("-Ctarget-feature={}", fmt::join(settings.target_features, ",")), "target-features");
  }
  if (settings.crt_static)
    add(*settings.crt_static ? "-Ctarget-feature=+crt-static" : "-Ctarget-feature=-crt-static", "crt-static");
  if (settings.relocation_model) add("-Crelocation-model=" + *settings.relocation_model, "relocation-model");
  for (const auto& flag : linker_flags) add(flag, "linker");
  for (const auto& argument : settings.link_args) add("-Clink-arg=" + argument, "link-args");
  for (const auto& cfg : settings.cfg) add("--cfg=" + cfg, "cfg");
  for (const auto& flag : settings.rustflags) add(flag, "rustflags");
  return join_options(flags);
}

std::vector<FlagKey> profile_options(const Settings& settings, const std::vector<std::string>& own_packages) {
  std::vector<FlagKey> options;
  const auto add = [&](const char* key, const std::optional<std::string>& value) {
    if (value) options.push_back({key, *value});
  };
  const auto on_off = [](bool value) { return std::string(value ? "on" : "off"); };
  add("opt-level", settings.opt_level);
  add("lto", settings.lto);
  if (settings.codegen_units) add("codegen-units", std::to_string(*settings.codegen_units));
  add("panic", settings.panic);
  add("strip", settings.strip);
  if (settings.overflow_checks) add("overflow-checks", on_off(*settings.overflow_checks));
  if (settings.debug_assertions) add("debug-assertions", on_off(*settings.debug_assertions));
  if (settings.debug) {
    // Of cargo's words rustc has two as numbers.
    const auto& debug = *settings.debug;
    add("debuginfo", debug == "none" ? "0" : debug == "limited" ? "1" : debug == "full" ? "2" : debug);
  }
  std::erase_if(options, [&](const FlagKey& option) {
    return std::ranges::any_of(settings.packages, [&](const auto& package) {
      const auto name = package.first.substr(0, package.first.find('@'));
      const bool is_own = std::ranges::any_of(
          own_packages, [&](const auto& own) { return own.substr(0, own.find('@')) == name; });
      return is_own && package.second.contains(option.key == "debuginfo" ? "debug" : option.key);
    });
  });
  return options;
}

std::vector<Flag> take_out_overridden(std::vector<Flag>& flags, const Settings& settings) {
  auto set = profile_options(settings, {});
  if (settings.incremental) set.push_back({"incremental", ""});
  if (settings.rpath) set.push_back({"rpath", yes_no(*settings.rpath)});
  if (settings.linker_driver) set.push_back({"linker", *settings.linker_driver});
  if (settings.linker && settings.linker != "default") set.push_back({fuse_key, *settings.linker});
  std::vector<Flag> kept, out;
  for (auto& flag : join_options(flags)) {
    const auto option = key_of(flag.text);
    const auto own = std::ranges::find(set, option.key, &FlagKey::key);
    if (!option.key.empty() && own != set.end() && own->value != option.value) {
      out.push_back(std::move(flag));
      continue;
    }
    auto rest = settings.crt_static
                    ? without_feature(flag, *settings.crt_static ? "-crt-static" : "+crt-static")
                    : flag;
    if (rest.text != flag.text) out.push_back(std::move(flag));
    if (!rest.text.empty()) kept.push_back(std::move(rest));
  }
  if (!out.empty()) flags = std::move(kept);
  return out;
}

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
    changes[std::string(release_variables) + key] = value;
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
