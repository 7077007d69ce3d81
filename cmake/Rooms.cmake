# Every room (a folder) is a static library of the .cpp files in it and in the sub-rooms it names; headers are included by
# their path from here. The library of a/b is pgo_orch_b.

option(PGO_ORCH_WERROR "warnings are errors" ON)

add_library(pgo_orch_options INTERFACE)
target_compile_options(pgo_orch_options INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<COMPILE_LANGUAGE:CXX>>:-fpch-preprocess>  # so that ccache can tell what a precompiled header holds
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Wno-missing-field-initializers  # a partly initialized aggregate is what defaults are for
  # GCC 12 that optimizes sees overlaps and overflows in libraries where there are none (GCC PR 105651, PR 105329).
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds>"
  $<$<BOOL:${PGO_ORCH_WERROR}>:-Werror>)
target_compile_definitions(pgo_orch_options INTERFACE
  PGO_ORCH_VERSION="${PROJECT_VERSION}")
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

# What nearly every file reads, compiled once for all rooms.
set(PGO_ORCH_COMMON_HEADERS
  <algorithm> <chrono> <filesystem> <functional> <map> <optional> <ranges> <regex> <set> <string> <string_view> <variant> <vector>
  <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)
file(WRITE ${CMAKE_BINARY_DIR}/common.cpp "")
add_library(pgo_orch_common OBJECT ${CMAKE_BINARY_DIR}/common.cpp)
target_link_libraries(pgo_orch_common PRIVATE pgo_orch_options pgo_orch_fmt nlohmann_json::nlohmann_json)
target_precompile_headers(pgo_orch_common PRIVATE ${PGO_ORCH_COMMON_HEADERS})

function(room name)
  cmake_parse_arguments(ROOM "" "" "SUBROOMS;USES;PRIVATE" ${ARGN})
  set(folders ${name})
  foreach(sub IN LISTS ROOM_SUBROOMS)
    list(APPEND folders ${name}/${sub})
  endforeach()
  list(TRANSFORM folders REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1/*.cpp")
  file(GLOB sources CONFIGURE_DEPENDS ${folders})
  get_filename_component(library ${name} NAME)
  set(library pgo_orch_${library})
  add_library(${library} STATIC ${sources})
  target_include_directories(${library} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${library} PUBLIC pgo_orch_options ${ROOM_USES} PRIVATE ${ROOM_PRIVATE})
  target_precompile_headers(${library} REUSE_FROM pgo_orch_common)
endfunction()

# embed(LIBRARY SOURCE FILE...): makes a source with the texts of the files, a part of the library.
function(embed library source)
  set(source ${CMAKE_BINARY_DIR}/${source})
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
  add_custom_command(OUTPUT ${source} DEPENDS ${ARGN} ${script} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D OUTPUT=${source} -D "FILES=${ARGN}" -P ${script})
  # By itself: it need not be compiled with others when they change, nor they with it.
  set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${library} PRIVATE ${source})
endfunction()
