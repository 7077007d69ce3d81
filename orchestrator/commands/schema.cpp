// `pgo-orch schema`: what an editor needs to help with pgo.toml.

#include <cstdio>

#include "orchestrator/commands/command.h"
#include "orchestrator/config/schema.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace {

int print_schema(const Arguments& given) {
  if (!given.files.empty()) throw Error("schema takes no file: it is the same for each pgo.toml");
  const auto text = config_schema();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw Error("cannot write to standard output");
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command schema_command() {
  return {.name = "schema",
          .usage = "schema",
          .summary = "print the JSON Schema of pgo.toml, for editors",
          .options = help_option,
          .execute = print_schema};
}

}  // namespace pgo_orch::orchestrator
