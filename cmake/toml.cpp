// The part of toml++ that is not in its headers, compiled here with the features of TOML 1.1, which cargo has
// read since 1.94: inline tables over several lines, commas at their end, \e and \x in strings, times without
// seconds. The library that Debian builds reads TOML 1.0.

// Some of its assertions don't hold for some texts that are not TOML, such as "a = [}": without them these
// are errors.
// clang-format off
#undef NDEBUG
#define NDEBUG
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSUME
#define TOML_ASSUME(...) static_assert(true)
#include <toml++/toml.h>
