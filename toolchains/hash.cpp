#include "toolchains/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <unistd.h>

#include <cerrno>
#include <vector>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::toolchains {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_ || !EVP_DigestInit_ex(context_, EVP_sha256(), nullptr)) {
    EVP_MD_CTX_free(context_);
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_);
}

Sha256& Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(context_, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::field(std::string_view bytes) {
  return update(fmt::format("{}:", bytes.size())).update(bytes);
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context_, digest, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256(std::string_view bytes) {
  return Sha256().update(bytes).hex();
}

std::string sha256_of_file(const std::filesystem::path& file) {
  const Descriptor opened = open_regular(file);
  Sha256 digest;
  std::vector<char> buffer(1 << 20);
  for (ssize_t got = 1; got != 0;) {
    got = ::read(opened.get(), buffer.data(), buffer.size());
    if (got < 0 && errno != EINTR) throw Error("cannot read " + file.string(), Exit::failed);
    if (got > 0) digest.update({buffer.data(), static_cast<std::size_t>(got)});
  }
  return digest.hex();
}

}  // namespace pgo_orch::toolchains
