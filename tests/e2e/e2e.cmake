# The whole program with the real cargo, rustc and LLVM tools. Each test has a folder of its own, so that
# `ctest -L e2e -j2` may run them side by side.
file(GLOB e2e_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
add_executable(e2e ${e2e_sources})
target_include_directories(e2e PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(e2e PRIVATE pgo_orch_kept_folders pgo_orch_toolchains)
target_compile_definitions(e2e PRIVATE PGO_ORCH_PROGRAM="$<TARGET_FILE:pgo-orch>")
add_dependencies(e2e pgo-orch pgo-orch-timer)
doctest_discover_tests(e2e TEST_PREFIX "e2e: " PROPERTIES TIMEOUT 600 LABELS e2e)
