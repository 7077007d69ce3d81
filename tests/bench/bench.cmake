# What `make bench` runs: ratios of two things measured in one run. Nothing here is a test.
include(${CMAKE_CURRENT_LIST_DIR}/timer.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/shim.cmake)

# bench_took: wall time and peak memory of one command.
add_executable(bench_took ${CMAKE_CURRENT_LIST_DIR}/took.cpp)
target_link_libraries(bench_took PRIVATE pgo_orch_options)
