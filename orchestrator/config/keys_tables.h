#pragma once
// The rows of the table of keys, and the words in which they are written.

#include "orchestrator/config/keys.h"

namespace pgo_orch::orchestrator {

constexpr KeyInfo later(KeyInfo key) {
  return key.support = Support::later, key;
}
constexpr KeyInfo required(KeyInfo key) {
  return key.required = true, key;
}
constexpr KeyInfo only_with(std::string_view kinds, KeyInfo key) {
  return key.only_with = kinds, key;
}
constexpr KeyInfo holding(Section inner, KeyInfo key) {
  return key.inner = inner, key;
}

std::span<const KeyInfo> top_keys();
std::span<const KeyInfo> project_keys();
std::span<const KeyInfo> workload_keys();
std::span<const KeyInfo> expect_keys();
std::span<const KeyInfo> settings_keys();
std::span<const KeyInfo> variant_keys();
std::span<const KeyInfo> matrix_keys();
std::span<const KeyInfo> pgo_keys();
std::span<const KeyInfo> package_keys();
std::span<const KeyInfo> bolt_keys();
std::span<const KeyInfo> gate_keys();
std::span<const KeyInfo> measure_keys();
std::span<const KeyInfo> build_keys();
std::span<const KeyInfo> build_patch_keys();
std::span<const KeyInfo> reference_keys();
std::span<const KeyInfo> goal_keys();
std::span<const KeyInfo> decision_keys();
std::span<const KeyInfo> band_keys();
std::span<const KeyInfo> phase_keys();
std::span<const KeyInfo> inspect_keys();

}  // namespace pgo_orch::orchestrator
