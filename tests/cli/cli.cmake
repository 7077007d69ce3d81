# cli: the program itself, with toys for cargo, rustc and LLVM's tools.
set(fake ${CMAKE_CURRENT_LIST_DIR}/fake)
add_executable(cli_toy ${fake}/toy_program.cpp ${fake}/toy_cargo.cpp)
target_link_libraries(cli_toy PRIVATE pgo_orch_options)
# Its copies run by the hundred, and their code is compared: the same in every kind of build.
target_compile_options(cli_toy PRIVATE -O1 -fno-sanitize=all)
target_link_options(cli_toy PRIVATE -fno-sanitize=all)

file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
test_program(cli ${sources})
target_link_libraries(cli PRIVATE pgo_orch_kept_folders nlohmann_json::nlohmann_json)
target_compile_definitions(cli PRIVATE
  PGO_ORCH="$<TARGET_FILE:pgo-orch>" TOY="$<TARGET_FILE:cli_toy>" FAKES="${fake}")
add_dependencies(cli cli_toy pgo-orch pgo-orch-timer)
doctest_discover_tests(cli TEST_PREFIX "cli: " PROPERTIES TIMEOUT 300 LABELS cli)
# Sanitizers want to be the first library that is loaded.
if(NOT PGO_ORCH_SANITIZE)
  add_library(cli_kill_at MODULE ${CMAKE_CURRENT_LIST_DIR}/kill_at.c)
  target_compile_definitions(cli PRIVATE KILL_AT="$<TARGET_FILE:cli_kill_at>")
  add_dependencies(cli cli_kill_at)
else()
  target_compile_definitions(cli PRIVATE KILL_AT="")
endif()
