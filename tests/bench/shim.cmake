# bench_shim: what the shim adds to a call, and its part in a build.
add_executable(bench_shim ${CMAKE_CURRENT_LIST_DIR}/shim.cpp)
target_link_libraries(bench_shim PRIVATE pgo_orch_measure)
target_compile_definitions(bench_shim PRIVATE
  TIMER_PATH="$<TARGET_FILE:pgo-orch-timer>" SHIM_PATH="$<TARGET_FILE:pgo-orch-shim>"
  EMPTY_PROGRAM="$<TARGET_FILE:timer_empty>")
add_dependencies(bench_shim timer_empty pgo-orch-timer pgo-orch-shim)
