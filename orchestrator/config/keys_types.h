#pragma once
// What a key of pgo.toml can be.

#include <cstdint>

namespace pgo_orch::orchestrator {

/// A TOML table of the file, or one inside another.
enum class Section : std::uint8_t {
  top,
  project,
  workload,
  expect,
  settings,
  variant,
  matrix,
  pgo,
  package,
  bolt,
  gate,
  measure,
  build,
  build_patch,
  reference,
  goal,
  decision,
  band,
  phase,
  inspect
};

enum class Type : std::uint8_t {
  boolean,
  count,   ///< a whole number from 1
  number,  ///< a whole number from 0
  factor,  ///< any number over 0
  text,
  name,            ///< a text that is not empty
  choice,          ///< one of KeyInfo::values
  choice_or_path,  ///< a path has a '/'
  name_or_path,
  target,  ///< a triple, or a path that ends with .json
  file,    ///< must exist, as `files` and `folder` must
  files,   ///< one or several
  folder,
  duration,
  percentage,
  limit,  ///< a duration, a percentage or a size
  strings,
  one_or_several,  ///< a string or an array of strings
  command,
  commands,
  string_table,
  expectation,
  feedback,
  packages,
  dependencies,
  table,  ///< with KeyInfo::inner, as the next two
  tables,
  switch_or_table,  ///< true, false or a table
  axis_values,      ///< a choice of a matrix's axis values
  axis_values_list
};

enum class Support : std::uint8_t {
  full,
  later  ///< validated, then an error unless it is the default
};

}  // namespace pgo_orch::orchestrator
