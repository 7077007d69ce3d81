#pragma once
// A runner that shows each command before it runs, if asked to.

#include "report/progress.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

class ShowingRunner : public toolchains::Runner {
 public:
  explicit ShowingRunner(report::Progress& progress) : progress_(progress) {}
  toolchains::Outcome run(const toolchains::Command& command) override {
    progress_.command(to_shell(command));
    return runner_.run(command);
  }

 private:
  report::Progress& progress_;
  toolchains::ProcessRunner runner_;
};

}  // namespace pgo_orch::orchestrator
