#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "pgo/units.h"

// What cargo adds around the flags it was given, as tried with cargo 1.95: the profile's options and
// --cap-lints come before them; what build scripts ask for (-l, -L, link-arg, cfg) comes behind, and none
// of that overrides.
namespace pgo_orch::pgo {
namespace {

/// The value of an option's last occurrence; no value: it does not occur.
std::optional<std::string> last_value(const RustcCall& call, const std::string& key) {
  std::optional<std::string> value;
  for (const auto& flag : call.flags) {
    if (auto option = profiles::key_of(flag); option.key == key) value = std::move(option.value);
  }
  return value;
}

bool means_on(const std::string& value) {
  return value.empty() || value == "on" || value == "y" || value == "yes" || value == "true";
}

bool means_off(const std::string& value) {
  return value == "off" || value == "n" || value == "no" || value == "false";
}

std::string on_off(bool value) {
  return value ? "on" : "off";
}

/// One word for what rustc has several for; "fat" may be left out behind lto.
std::string canonical(const std::string& key, const std::string& value) {
  if (key == "debuginfo")
    return value == "none" ? "0" : value == "limited" ? "1" : value == "full" ? "2" : value;
  const bool is_switch = key == "overflow-checks" || key == "debug-assertions";
  if (!is_switch && key != "lto") return value;
  if (means_on(value)) return is_switch ? "on" : "fat";
  return means_off(value) ? "off" : value;
}

/// What rustc does without the option. Cargo leaves out an option that says no more than this.
std::string rustc_default(const RustcCall& call, const std::string& key) {
  if (key == "opt-level") return "0";
  if (key == "lto") return "thin-local";
  if (key == "panic") return "unwind";
  if (key == "strip") return "none";
  if (key == "debuginfo") return "0";
  if (key == "debug-assertions") return on_off(last_value(call, "opt-level").value_or("0") == "0");
  if (key == "overflow-checks") {
    const auto assertions = last_value(call, "debug-assertions");
    return assertions ? canonical("debug-assertions", *assertions) : rustc_default(call, "debug-assertions");
  }
  return "rustc's default";
}

void check_flag(const RustcCall& call, const profiles::Flag& flag, std::vector<std::string>& problems) {
  if (std::ranges::find(call.flags, profiles::spelling(flag.text)) == call.flags.end()) {
    problems.push_back(
        fmt::format("rustc of crate {} was not given {} ({})", call.crate_name, flag.text, flag.origin));
    return;
  }
  const auto option = profiles::key_of(flag.text);
  const auto last = option.key.empty() ? std::nullopt : last_value(call, option.key);
  if (last && *last != option.value) {
    problems.push_back(fmt::format("in crate {} a later -C{}{}{} overrides {} ({})", call.crate_name,
                                   option.key, last->empty() ? "" : "=", *last, flag.text, flag.origin));
  }
}

void check_options(const RustcCall& call, const std::vector<profiles::FlagKey>& options,
                   std::vector<std::string>& problems) {
  for (const auto& option : options) {
    const auto given = last_value(call, option.key);
    const auto found = given ? canonical(option.key, *given) : rustc_default(call, option.key);
    if (found != option.value) {
      problems.push_back(fmt::format("crate {} was built with {} {}, not with the variant's {}",
                                     call.crate_name, option.key, found, option.value));
    }
  }
}

/// A linker that is found in a folder of its own, by -B, is not used if another one is named.
void check_linker(const RustcCall& call, const std::vector<profiles::Flag>& planned,
                  std::vector<std::string>& problems) {
  constexpr const char* by_name = "link-arg=-fuse-ld";
  const auto named = last_value(call, by_name);
  const bool is_planned = std::ranges::any_of(
      planned, [](const auto& flag) { return profiles::key_of(flag.text).key == by_name; });
  if (!named || is_planned) return;
  for (const auto& flag : planned)
    if (flag.text.starts_with("-Clink-arg=-B") && flag.origin == "variant (linker)")
      problems.push_back(fmt::format("in crate {} a later -C{}={} overrides {} ({})", call.crate_name,
                                     by_name, *named, flag.text, flag.origin));
}

/// Of several flags for one option the last is the one that was meant to win.
std::vector<profiles::Flag> in_force(const std::vector<profiles::Flag>& flags) {
  std::vector<profiles::Flag> winners;
  for (const auto& flag : profiles::join_options(flags)) {
    const auto key = profiles::key_of(flag.text).key;
    if (!key.empty()) {
      std::erase_if(winners, [&](const auto& earlier) { return profiles::key_of(earlier.text).key == key; });
    }
    winners.push_back(flag);
  }
  return winners;
}

}  // namespace

std::vector<std::string> compare_with_plan(const std::vector<RustcCall>& calls, const std::string& target,
                                           const std::vector<profiles::Flag>& flags,
                                           const std::vector<profiles::FlagKey>& options) {
  std::vector<std::string> problems;
  const auto planned = in_force(flags);
  for (const RustcCall& call : calls) {
    if (call.target != target || call.is_build_script()) continue;
    for (const auto& flag : planned) check_flag(call, flag, problems);
    check_linker(call, planned, problems);
    if (call.crate_type == "bin") check_options(call, options, problems);
  }
  std::ranges::sort(problems);
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
  return problems;
}

}  // namespace pgo_orch::pgo
