# bench_timer_floor: what the timing helper adds to the time of an empty program.
add_executable(timer_empty ${CMAKE_CURRENT_LIST_DIR}/timer_empty.c)
set_target_properties(timer_empty PROPERTIES COMPILE_OPTIONS "-O2" LINK_OPTIONS "-static;-s")

add_executable(bench_timer_floor ${CMAKE_CURRENT_LIST_DIR}/timer_floor.cpp)
target_link_libraries(bench_timer_floor PRIVATE pgo_orch_measure)
target_compile_definitions(bench_timer_floor PRIVATE
  TIMER_PATH="$<TARGET_FILE:pgo-orch-timer>" EMPTY_PROGRAM="$<TARGET_FILE:timer_empty>")
add_dependencies(bench_timer_floor timer_empty pgo-orch-timer)
