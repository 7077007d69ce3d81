#include "orchestrator/plan/shell_profiles.h"

#include <fmt/format.h>

#include "orchestrator/plan/saved_profile.h"

namespace pgo_orch::orchestrator {

std::string pin_names(const pgo::BuildStep& step, const ShellPlaces& at) {
  if (!step.pinning) return "";
  const auto names = pinned_names(*step.pinning);
  if (!names)
    return fmt::format(
        "echo 'error: to use the saved profile, the versions of all packages must be known, and when this "
        "script was made there was no Cargo.lock: run pgo-orch once, and make the script again' >&2\nexit "
        "1\n");
  return fmt::format(
      "{}chmod 755 {}\n"
      "# A run also finds functions that are local to a codegen unit where they are in another one now: "
      "its code\n"
      "# may differ from this script's if codegen-units is over 1 and sources have changed since the "
      "training.\n"
      "mkdir -p {}\ncp -f {} {}\n",
      at.write_file({step.pinning->script, names->script}), at.word(step.pinning->script),
      at.word(step.pinning->used.parent_path()), at.word(step.pinning->profile), at.word(step.pinning->used));
}

std::string count_inputs(const pgo::MergeStep& step, const ShellPlaces& at) {
  const std::string one = at.word(step.profile.parent_path() / "one.profdata");
  std::string text = "most=0\n";
  for (std::size_t i = 0; i < step.inputs.size(); ++i)
    text += fmt::format(
        "\"$profdata\" merge {0}/*.profraw -o {1}\n"
        "total_{2}=$(\"$profdata\" show --detailed-summary {1} | sed -n 's/^Total count: //p')\n"
        "[ \"$total_{2}\" -le \"$most\" ] || most=$total_{2}\n",
        at.word(step.inputs[i].raw_dir), one, i);
  return text + fmt::format("rm -f {}\n", one);
}

}  // namespace pgo_orch::orchestrator
