# Every room (folder) is a static library of the .cpp files right in it; its headers are included as "room/file.h".

option(PGO_ORCH_WERROR "warnings are errors" ON)

add_library(pgo_orch_options INTERFACE)
target_compile_options(pgo_orch_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Wno-missing-field-initializers  # a partly initialized aggregate is what defaults are for
  # GCC 12 at -O3 sees overlaps in operator+ of strings that are none (GCC PR 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${PGO_ORCH_WERROR}>:-Werror>)
target_compile_definitions(pgo_orch_options INTERFACE
  PGO_ORCH_VERSION="${PROJECT_VERSION}"
  BOOST_PROCESS_V2_SEPARATE_COMPILATION)
set(PGO_ORCH_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize=")
if(PGO_ORCH_SANITIZE)
  # Sanitizers make GCC see values that were not set where there are none (its manual, -fsanitize).
  add_compile_options(-fsanitize=${PGO_ORCH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
                      -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${PGO_ORCH_SANITIZE})
endif()
option(PGO_ORCH_COVERAGE "instrument for gcov" OFF)
if(PGO_ORCH_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

function(room name)
  cmake_parse_arguments(ROOM "" "" "USES;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(pgo_orch_${name} STATIC ${sources})
  target_include_directories(pgo_orch_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(pgo_orch_${name} PUBLIC pgo_orch_options ${ROOM_USES} PRIVATE ${ROOM_PRIVATE})
endfunction()
