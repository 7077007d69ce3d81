# The whole program with the real cargo, rustc and LLVM tools. Each test has a folder of its own, so that
# `ctest -L e2e -j2` may run them side by side.
file(GLOB e2e_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
test_program(e2e ${e2e_sources})
target_include_directories(e2e PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(e2e PRIVATE pgo_orch_kept_folders pgo_orch_toolchains)
target_compile_definitions(e2e PRIVATE PGO_ORCH_PROGRAM="$<TARGET_FILE:pgo-orch>" PGO_ORCH_BUILD_DIR="${CMAKE_BINARY_DIR}")
add_dependencies(e2e pgo-orch pgo-orch-timer)
doctest_discover_tests(e2e TEST_PREFIX "e2e: " PROPERTIES TIMEOUT 600 LABELS e2e)

# What `make test` leaves to `make test-full`, and what takes longest: it starts first.
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/e2e_labels.cmake [=[
set_tests_properties(
  "e2e:the matrix example runs"
  "e2e:the roadmap of Ruchy is planned where there is a ruchy"
  "e2e:the documents are a book in which all links lead somewhere"
  "e2e:the README's commands work in a project such as it describes"
  "e2e:the .deb names what it needs, and the program in it works"
  "e2e:the tar.gz has a program that needs no shared library, and it works"
  "e2e:taplo accepts every example, and rejects every file with errors that are tested"
  "e2e:taplo marks each mistake that a schema can tell, and pgo-orch refuses it too"
  PROPERTIES LABELS "e2e;full")
set_tests_properties(
  "e2e:the matrix example runs"
  "e2e:the five example runs"
  "e2e:the workspace example runs without a network, and its plan's shell script builds the same code"
  "e2e:the fib example runs"
  "e2e:the README's commands work in a project such as it describes"
  PROPERTIES COST 100 TIMEOUT 1200)
]=])
set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_CURRENT_BINARY_DIR}/e2e_labels.cmake)
