# bench_timer_floor: what the timing helper adds to the time of an empty program.
# bench_timer_claims: how often a measurement is wrong, on copies of one program and on a known difference.
add_executable(timer_empty ${CMAKE_CURRENT_LIST_DIR}/timer_empty.c)
set_target_properties(timer_empty PROPERTIES COMPILE_OPTIONS "-O2" LINK_OPTIONS "-static;-s")

foreach(bench timer_floor timer_claims)
  add_executable(bench_${bench} ${CMAKE_CURRENT_LIST_DIR}/${bench}.cpp)
  target_link_libraries(bench_${bench} PRIVATE pgo_orch_measure)
  target_compile_definitions(bench_${bench} PRIVATE
    TIMER_PATH="$<TARGET_FILE:pgo-orch-timer>" EMPTY_PROGRAM="$<TARGET_FILE:timer_empty>")
  add_dependencies(bench_${bench} timer_empty pgo-orch-timer)
endforeach()
