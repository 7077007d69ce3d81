#include "orchestrator/release/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::orchestrator {

std::string summary_of(const Manifest& manifest, const std::filesystem::path& folder) {
  std::string text =
      fmt::format("released '{}' for {} in {}\n", manifest.variant, manifest.target, folder.string());
  std::size_t width = 0;
  for (const auto& file : manifest.files) width = std::max(width, file.path.size());
  for (const auto& file : manifest.files)
    if (file.kind != FileKind::checksums)
      text += fmt::format("  {}  {}\n", report::pad_right(file.path, width), report::human(file.size));
  if (const auto& pgo = manifest.pgo) {
    text += fmt::format(
        "PGO is proved in these bytes: {}, and of the functions in the code {} of {} hot ones and {} of {} "
        "cold ones are marked so\n",
        pgo->crates_with_profile > 0 ? fmt::format("rustc read the profile for {}",
                                                   report::human_count(pgo->crates_with_profile, "crate"))
                                     : "compilers found functions in the profile",
        pgo->hot_marked, pgo->hot_functions, pgo->cold_marked, pgo->cold_functions);
  }
  if (manifest.pgo && manifest.pgo->hot_counts)
    text += fmt::format("{} % of the profile's counts are of functions that compilers found in it\n",
                        report::human_percent(100 * *manifest.pgo->hot_counts));
  for (const auto& effect : manifest.effects)
    if (effect.workload.empty() || manifest.effects.size() == 1)
      text +=
          fmt::format("measured in run {}: {} % of run time against '{}'\n", effect.run,
                      report::human_signed_percent(effect.effect_pct, effect.effect_pct), effect.baseline);
  for (const auto& note : manifest.notes) text += "note: " + note + "\n";
  if (!manifest.portable) text += "not portable: built for this CPU\n";
  return text;
}

}  // namespace pgo_orch::orchestrator
