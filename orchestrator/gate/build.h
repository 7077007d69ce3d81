#pragma once
// The programs of both versions: built, and put beside each other where nothing is built.

#include <string>
#include <vector>

#include "orchestrator/build/entrant.h"
#include "orchestrator/gate/side.h"
#include "report/gate.h"
#include "report/progress.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

/// What is the same for both versions.
struct GateWork {
  const Config& config;  ///< the user's
  const Layout& layout;  ///< the state folder of the gate itself: its inputs, its copies of programs
  const Layout& users;   ///< the user's state folder
  std::string variant;   ///< by which both are built
  bool pgo = true;       ///< false: without the variant's PGO
  toolchains::Runner& runner;
  report::Progress& progress;
};

/// Builds of both versions happen at the same path, which becomes part of their symbols' names and of the
/// order of their code. What cargo keeps is a version's own: it goes by times of files, and would take the
/// other's for its own. While this lives, what is kept of a version lies where builds happen.
class BuildPlace {
 public:
  /// `kept`: its name among what is kept.
  BuildPlace(const std::string& kept, const Layout& gate);
  ~BuildPlace();
  BuildPlace(const BuildPlace&) = delete;
  BuildPlace& operator=(const BuildPlace&) = delete;

  const Layout& layout() const { return layout_; }

 private:
  std::filesystem::path kept_;
  Layout layout_;
};

/// The new version is not what it should be: exit code 1. All other trouble is not its fault, and says
/// nothing about it.
class HeadError : public Error {
 public:
  explicit HeadError(const std::string& text) : Error(text, Exit::failed) {}
};

/// What fails here is the version's own fault.
template <typename Work>
auto blaming(const std::string& side, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (side != head_name || error.code() != Exit::failed) throw;
    throw HeadError(error.what());
  }
}

/// A version's programs, in folders of the gate.
struct Built {
  report::VariantResult row;  ///< its name is the side's; its artifacts are the copies in the first folder
  std::vector<std::filesystem::path> folders;  ///< one, or one for each order of the code
  profiles::Settings settings;                 ///< of the variant
  std::vector<std::string> programs;
  std::vector<pgo::Step> steps;  ///< by which it was built; none: it was given
  Side side;                     ///< whose sources these steps build
  std::string kept;              ///< for its BuildPlace
  std::string rustc;             ///< version
  Bytes size;                    ///< of all programs, as they are shipped: not in another order

  /// Of each folder: the files as they were when they came out of the build.
  std::vector<std::vector<toolchains::CheckedFile>> checked;
};

/// Which builds of a version: the first, or others, made from clean, with a training of their own and with
/// their code in several other orders where the linker can do that.
enum class Builds { first, others };

/// Has the version's sources lie there again, ready to be built: of two revisions only one can be.
void bring_back_sources(const Side& side, const Layout& place, const GateWork& work);

/// Builds a version, or takes the executables that it is. Throws HeadError if the new one cannot be built.
/// Both are built at the same place, one after the other, and kept apart.
Built build_side(const Side& side, Builds which, const GateWork& work);

/// Where the gate keeps the programs of a version; `order`: of its code, counted from 0.
std::filesystem::path programs_of(const std::string& side, const Layout& layout, int order = 0);

}  // namespace pgo_orch::orchestrator
