# Writes OUTPUT, which defines what `--version` says of the commit: run at every build, as that changes without any file.
execute_process(COMMAND git -C ${SOURCE} log -1 --format=%h\ %cs --abbrev=9 OUTPUT_VARIABLE commit ERROR_QUIET
                OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-toplevel OUTPUT_VARIABLE top ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
if(failed OR NOT top STREQUAL SOURCE)  # an unpacked archive, perhaps in another project's repository
  set(commit "")
else()
  execute_process(COMMAND git -C ${SOURCE} diff-index --quiet HEAD -- ERROR_QUIET RESULT_VARIABLE changed)
  if(changed)
    string(APPEND commit ", changed")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "orchestrator/commands/commit.h"
const char* const pgo_orch::orchestrator::commit = "@commit@";
]])
