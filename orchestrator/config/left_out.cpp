// The variants that pgo's `leave-one-out` adds to those of pgo.toml.

#include <fmt/format.h>

#include <memory>

#include "orchestrator/config/config.h"
#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

bool leaves_one_out(const Variant& variant) {
  const auto& pgo = variant.settings.pgo;
  return pgo && pgo->leave_one_out && pgo->profile.empty();
}

/// The names of those that train the variant, in the order of the file.
Strings trained_with(const Variant& variant, const std::vector<Workload>& workloads) {
  const Strings& named = variant.settings.pgo->train;
  Strings names;
  for (const Workload& workload : workloads)
    if (named.empty() ? workload.trains() : contains(named, workload.name)) names.push_back(workload.name);
  return names;
}

/// What its profile is compared with: what the workloads counted as it is, or their balance.
profiles::Balance other_balance(const Variant& variant) {
  using enum profiles::Balance;
  return variant.settings.pgo->balance == none ? counts : none;
}

/// A variant is left out of by one of its workloads, or by none of them: then its balance is another one.
std::string name_of_addition(const Variant& variant, const std::string& workload) {
  if (workload.empty()) return fmt::format("{}.balance-{}", variant.name, to_word(other_balance(variant)));
  return variant.name + ".without-" + workload;
}

/// The variant, trained with all of its workloads but one, or with all in another balance.
Variant added_to(Variant variant, const std::string& workload, const std::vector<Workload>& workloads) {
  const std::string name = name_of_addition(variant, workload);
  auto& pgo = *variant.settings.pgo;
  pgo.train = trained_with(variant, workloads);
  if (workload.empty()) pgo.balance = other_balance(variant);
  std::erase(pgo.train, workload);
  pgo.leave_one_out = false;
  variant.left_out = {variant.name, workload};
  variant.inherits = variant.name;
  variant.condition.reset();
  variant.baseline = false;
  variant.name = name;
  return variant;
}

/// Each of its workloads, and none.
Strings additions_to(const Variant& variant, const std::vector<Workload>& workloads) {
  Strings added = trained_with(variant, workloads);
  added.emplace_back();
  return added;
}

struct Addition {
  std::size_t variant;   ///< its index
  std::string workload;  ///< empty: another balance
};

/// Of one variant: what is wrong with what it asks for, if anything is.
std::string problem_of(const Variant& variant, bool is_baseline, const std::vector<Workload>& workloads,
                       NameRegister& names) {
  const Strings training = trained_with(variant, workloads);
  if (is_baseline)
    return "'leave-one-out' is about gains over the baseline, and this is the baseline: write it in another "
           "variant";
  if (training.size() == 1)  // without any it could not be built in the first place
    return fmt::format(
        "'leave-one-out' needs at least two workloads that train, and '{}' is the only one: write another "
        "[[workload]], or leave it out",
        training.front());
  for (const std::string& workload : additions_to(variant, workloads)) {
    const std::string name = name_of_addition(variant, workload);
    if (name.size() > longest_name)
      return fmt::format(
          "'leave-one-out' adds a variant whose name '{}' is longer than {} characters: write a "
          "shorter name",
          name, longest_name);
    if (const std::string* other = names.collides(name))
      return fmt::format(
          "'leave-one-out' adds a variant '{}', which collides with variant '{}': give that "
          "another name",
          name, *other);
  }
  return "";
}

}  // namespace

std::shared_ptr<const Variants> with_left_out(const Config& config) {
  const auto own = config.variants;
  std::vector<Addition> added;
  for (std::size_t i = 0; i < own->size(); ++i) {
    const Variant variant = own->at(i);
    if (!leaves_one_out(variant)) continue;
    for (auto& workload : additions_to(variant, config.workloads)) added.push_back({i, std::move(workload)});
  }
  if (added.empty()) return own;
  const std::size_t size = own->size() + added.size();
  auto make = [own, added = std::move(added), workloads = config.workloads](std::size_t index) {
    if (index < own->size()) return own->at(index);
    const Addition& addition = added.at(index - own->size());
    return added_to(own->at(addition.variant), addition.workload, workloads);
  };
  return std::make_shared<Variants>(size, own->baseline(), std::move(make));
}

void check_left_out(const Config& config, Reading& reading) {
  if (!config.variants) return;
  NameRegister names;
  std::vector<std::size_t> asking;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const Variant variant = config.variants->at(i);
    names.collides(variant.name);
    if (leaves_one_out(variant)) asking.push_back(i);
  }
  for (const std::size_t i : asking) {
    const Variant variant = config.variants->at(i);
    const auto problem = problem_of(variant, i == config.variants->baseline(), config.workloads, names);
    if (problem.empty()) continue;
    reading.error({static_cast<std::uint32_t>(variant.line), 1},
                  fmt::format("variant '{}': {}", variant.name, problem));
  }
}

}  // namespace pgo_orch::orchestrator
