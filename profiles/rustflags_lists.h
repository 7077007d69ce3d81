#pragma once
// The lists of rustflags in config files that are in force for a target, to be edited where they are.

#include <functional>
#include <string>
#include <vector>

#include "profiles/flags.h"
#include "profiles/toml_splice.h"
#include "profiles/user_config.h"

namespace pgo_orch::profiles {

/// Of `own`, what does not hold yet behind the flags `now`.
std::vector<Flag> missing_flags(const std::vector<Flag>& now, const std::vector<Flag>& own);

/// Whether rustc would do the same: the last of each option that has one value, all of the others, and what
/// goes to the linker in the same order.
bool have_same_effect(const std::vector<Flag>& one, const std::vector<Flag>& other);

class FlagLists {
 public:
  /// Those of `configs` (farthest first) that `is_editable` allows.
  FlagLists(const std::vector<ConfigFile>& configs, const std::string& target, const CfgSet& cfgs,
            const std::function<bool(const ConfigFile&)>& is_editable);

  /// The key by which a new flag would be in force: the target's rustflags, or those of [build].
  const TomlPath& key_in_force() const { return in_force_; }

  /// Takes out the flag that was read from one of the lists. False: it is in none of them in this form.
  bool remove(const Flag& flag);
  /// Puts it in the place of the last flag that sets the same to something else. False: there is none.
  bool replace(const Flag& flag);
  /// Behind the nearest list that is in force by key_in_force(). False: there is none. Throws SpliceError if
  /// cargo would not join what is there.
  bool append(const std::vector<std::string>& flags);

  /// The edited texts.
  void write(std::vector<ConfigFile>& configs) const;

 private:
  struct List {
    std::size_t file;
    TomlPath key;
    bool is_array;
    std::vector<std::string> words;
    ArrayEdit edit;  ///< with words that are not TOML yet
  };
  /// A flag of a list: one word or two.
  struct Written {
    List* list;
    Flag flag;
    std::size_t first, count;
  };
  std::vector<Written> written();
  std::vector<List> lists_;  ///< in the order of their flags
  TomlPath in_force_;
  bool is_string_outside_ = false;
};

}  // namespace pgo_orch::profiles
