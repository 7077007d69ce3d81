#pragma once
// Edits of TOML that a person wrote: only the wanted bytes change. Comments, order, spacing, line ends, a
// byte order mark and a missing last newline stay as they are. Text in, text out.
//
// Every edit is proved: the new text is parsed again, and must be the old document with this one value
// changed. Otherwise SpliceError is thrown, and nothing is known but the text that was made.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/error.h"

namespace pgo_orch::profiles {

/// {"profile", "release", "lto"}
using TomlPath = std::vector<std::string>;

/// The text cannot be edited so that only this value changes.
class SpliceError : public Error {
 public:
  using Error::Error;
};

/// A dotted key as TOML has it: profile.release.package."a.b".opt-level
std::string toml_key(const TomlPath& path);

/// The source of the value at `path`, as it is in the text; none: there is no such key, or it is a table with
/// a header. The text must be TOML.
std::optional<std::string> toml_source(std::string_view text, const TomlPath& path);

/// Gives a key this value (TOML text). A value that is there is replaced; else the key comes behind the last
/// one of its table, in the form that the table has there: below its header, inside its braces, with the
/// dotted prefix of its other keys; or a header is added. Throws SpliceError, and Error on text that is not
/// TOML.
std::string set_toml(std::string_view text, const TomlPath& path, const std::string& value);

/// What becomes of the elements of an array.
struct ArrayEdit {
  std::map<std::size_t, std::optional<std::string>> changed;  ///< by index: TOML text; none: it is removed
  std::vector<std::string> appended;                          ///< TOML text
  bool empty() const { return changed.empty() && appended.empty(); }
};

/// Edits the array at `path`, which must be there; new elements are laid out like the last one. Throws as
/// above.
std::string edit_toml_array(std::string_view text, const TomlPath& path, ArrayEdit edit);

}  // namespace pgo_orch::profiles
