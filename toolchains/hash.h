#pragma once
// SHA-256, by OpenSSL.

#include <filesystem>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace pgo_orch::toolchains {

/// A digest fed piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::string_view bytes);
  /// Bytes with their length in front, so that ("ab", "c") and ("a", "bc") differ.
  Sha256& field(std::string_view bytes);
  /// 64 lower-case hex digits. Ends the digest: call it once, last.
  std::string hex();

 private:
  evp_md_ctx_st* context_;
};

std::string sha256(std::string_view bytes);                     ///< hex
std::string sha256_of_file(const std::filesystem::path& file);  ///< hex; Error if it can't be read

}  // namespace pgo_orch::toolchains
