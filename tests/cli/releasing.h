#pragma once
// A project that is released with toys for tools.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "test.h"

namespace pgo_orch::cli {

inline const std::string two_variants = with_variant(fib, "fat", "lto = \"fat\"");

struct Releasing : Test {
  explicit Releasing(const std::string& release = "") {
    file("pgo.toml", two_variants + "\n[release]\n" + release).file("fib.rs", "print 1");
  }
  void released(const Words& more = {"fat"}) const {
    Words words{"release"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = run(words);
    CHECK_MESSAGE(result.code == 0, result.err);
  }
  /// That it is refused for this reason.
  void refused(int code, const std::string& reason, const Words& more = {"fat"}) const {
    Words words{"release"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = run(words);
    CHECK(result.code == code);
    CHECK_MESSAGE(contains(normal(result.err), reason), result.err);
  }
  const nlohmann::json& manifest(const std::string& out = "dist") const {
    return json_in(out + "/manifest.json");
  }
  Words files(const std::string& folder = "dist") const {
    Words names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path(folder)))
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(path(folder)).string());
    std::ranges::sort(names);
    return names;
  }
  std::string variant_in_dist() const { return manifest().at("variant"); }
};

}  // namespace pgo_orch::cli
