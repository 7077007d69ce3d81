# bench_timer_floor: what the timing helper adds to the time of an empty program.
add_executable(timer_empty ${CMAKE_CURRENT_LIST_DIR}/timer_empty.c)
set_target_properties(timer_empty PROPERTIES COMPILE_OPTIONS "-O2" LINK_OPTIONS "-static;-s")
# bench_trials: how often a measurement is wrong and how soon it is right, on programs that differ in a number only.
add_executable(bench_spin ${CMAKE_CURRENT_LIST_DIR}/spin.c)
set_target_properties(bench_spin PROPERTIES COMPILE_OPTIONS "-O2" LINK_OPTIONS "-static;-s")

# bench_phases: whether the phases of a run add up to what it takes untraced.
# bench_forecasts: doctor's forecasts against the time that is then needed.
# bench_gate_trials: how often a gate is wrong, and how often it finds a loss.
foreach(bench timer_floor trials phases forecasts gate_trials)
  add_executable(bench_${bench} ${CMAKE_CURRENT_LIST_DIR}/${bench}.cpp)
  target_link_libraries(bench_${bench} PRIVATE pgo_orch_measure)
  target_compile_definitions(bench_${bench} PRIVATE
    TIMER_PATH="$<TARGET_FILE:pgo-orch-timer>" EMPTY_PROGRAM="$<TARGET_FILE:timer_empty>"
    SPIN_PROGRAM="$<TARGET_FILE:bench_spin>")
  add_dependencies(bench_${bench} timer_empty bench_spin pgo-orch-timer)
endforeach()
target_link_libraries(bench_forecasts PRIVATE pgo_orch_doctor)
target_link_libraries(bench_gate_trials PRIVATE pgo_orch_gate)
