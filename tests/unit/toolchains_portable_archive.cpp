#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/portable_archive.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// One member of a tar made by hand: what no honest program writes, too.
struct Entry {
  std::string name;
  std::string content;
  char type = '0';
  std::string link = {};
  int mode = 0644;
};

std::string block_of(const Entry& entry) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  put(0, entry.name);
  put(100, fmt::format("{:07o}", entry.mode));
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", entry.content.size()));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = entry.type;
  put(157, entry.link);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const unsigned char c : header) sum += c;
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  std::string block = header + entry.content;
  block.resize((block.size() + 511) / 512 * 512);
  return block;
}

std::string tar_of(const std::vector<Entry>& entries) {
  std::string tar;
  for (const auto& entry : entries) tar += block_of(entry);
  return tar + std::string(1024, '\0');
}

/// The index that fits these entries.
Json index_of(const std::vector<Entry>& entries) {
  Json members = Json::array();
  for (const auto& entry : entries)
    members.push_back({{"name", entry.name},
                       {"sha256", sha256(entry.content)},
                       {"size", entry.content.size()},
                       {"executable", (entry.mode & 0100) != 0}});
  return {{"format", 1},
          {"kind", "test"},
          {"pgo_orch", "0.1.0"},
          {"address", {{"settings", "abc"}}},
          {"key", key_of({{"settings", "abc"}})},
          {"members", members}};
}

std::string sealed(Json index) {
  index["digest"] = sha256(index.dump());
  return index.dump();
}

class Folder {
 public:
  fs::path file() const { return dir_.path() / "part.pgoz"; }

  ArchiveMember member(const std::string& name, const std::string& text, bool executable = false) const {
    const fs::path source = dir_.path() / "sources" / name;
    write_file_atomically(source, text);
    return {name, source, executable};
  }

  void write(const std::string& bytes) const { write_file_atomically(file(), bytes); }

  /// With an index in front that fits all of them.
  void write(const std::vector<Entry>& entries) const { write(entries, index_of(entries)); }
  void write(std::vector<Entry> entries, const Json& index) const {
    entries.insert(entries.begin(), {"index.json", sealed(index)});
    write(tar_of(entries));
  }

  /// What reading says, or "read N"; nothing may be outside of the folder that it is unpacked in.
  std::string read(const PortableLimits& limits = {}, const std::string& kind = "test") const {
    const fs::path inner = dir_.path() / "a" / "unpacked";
    fs::remove_all(dir_.path() / "a");
    fs::create_directories(inner);
    std::string said;
    try {
      said = fmt::format("read {}", read_portable(file(), kind, inner, limits).members.size());
    } catch (const Error& error) {
      said = error.what();
      if (said.starts_with(file().string() + ": ")) said = said.substr(file().string().size() + 2);
    }
    CHECK(std::distance(fs::directory_iterator(dir_.path() / "a"), fs::directory_iterator()) == 1);
    CHECK_FALSE(fs::exists("/tmp/pgo-orch-escaped"));
    return said;
  }

  std::string unpacked(const std::string& name) const {
    return read_file(dir_.path() / "a" / "unpacked" / name);
  }

 private:
  TempDir dir_{"portable"};
};

PortableIndex about(const std::string& settings) {
  return {.kind = "test", .written_by = "0.1.0", .address = {{"settings", settings}}, .members = {}};
}

}  // namespace

TEST_CASE("a portable archive is read as it was written, with its address") {
  const Folder folder;
  write_portable(folder.file(), about("abc"),
                 {folder.member("b/x", "two", true), folder.member("a", std::string(100'000, 'a'))});
  CHECK(folder.read() == "read 2");
  CHECK(folder.unpacked("b/x") == "two");
  CHECK(folder.unpacked("a").size() == 100'000);
  CHECK(fs::file_size(folder.file()) < 10'000);
  const TempDir to;
  const auto index = read_portable(folder.file(), "test", to.path());
  CHECK(index.address == Address{{"settings", "abc"}});
  CHECK(index.written_by == "0.1.0");
  CHECK(index.members.front().name == "a");
  CHECK((fs::status(to.path() / "b/x").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK(key_of(index.address) != key_of({{"settings", "abd"}}));
  CHECK(key_of({{"a", "bc"}}) != key_of({{"ab", "c"}}));
}

TEST_CASE("the same content gives the same bytes, whatever the order, zone, umask and time") {
  const Folder folder;
  const auto x = folder.member("x", "one"), y = folder.member("y", "two", true);
  write_portable(folder.file(), about("abc"), {x, y});
  const auto first = sha256_of_file(folder.file());
  const char* zone = std::getenv("TZ");
  const std::string before = zone ? zone : "";
  ::setenv("TZ", "Asia/Tokyo", 1);
  const auto mask = ::umask(0077);
  fs::last_write_time(x.file, fs::last_write_time(x.file) - std::chrono::hours(100));
  fs::permissions(y.file, fs::perms::owner_read);
  write_portable(folder.file(), about("abc"), {y, x});
  ::umask(mask);
  zone ? ::setenv("TZ", before.c_str(), 1) : ::unsetenv("TZ");
  CHECK(sha256_of_file(folder.file()) == first);
  write_portable(folder.file(), about("abd"), {x, y});
  CHECK(sha256_of_file(folder.file()) != first);
}

TEST_CASE("an archive whose members leave the folder, or are no files, is refused") {
  const Folder folder;
  const auto refused = [&](const Entry& entry) {
    folder.write({entry});
    return folder.read();
  };
  CHECK(refused({"../escaped", "x"}) == "its member '../escaped' leaves the folder");
  CHECK(refused({"a/../../escaped", "x"}) == "its member 'a/../../escaped' leaves the folder");
  CHECK(refused({"/tmp/pgo-orch-escaped", "x"}) == "its member '/tmp/pgo-orch-escaped' leaves the folder");
  CHECK(refused({"link", "", '2', "/tmp"}) == "its member 'link' is neither a file nor a folder");
  CHECK(refused({"link", "", '1', "index.json"}) == "its member 'link' is a link");
  CHECK(refused({"null", "", '3'}) == "its member 'null' is neither a file nor a folder");
  CHECK(refused({"pipe", "", '6'}) == "its member 'pipe' is neither a file nor a folder");
  CHECK(refused({"folder/", "", '5'}) == "its member 'folder/' is not the next one of its index");
  CHECK(refused({"fine", "x"}) == "read 1");
}

TEST_CASE("an archive with a name twice, or other members than its index has, is refused") {
  const Folder folder;
  folder.write({{"x", "1"}, {"x", "1"}});
  CHECK(folder.read() == "it has two members 'x'");
  folder.write({{"x", "1"}, {"./x", "1"}});
  CHECK(folder.read() == "it has two members './x'");
  folder.write({{"index.json", "{}"}});
  CHECK(folder.read() == "it has two members 'index.json'");
  folder.write({{"x", "1"}, {"y", "2"}}, index_of({{"x", "1"}}));
  CHECK(folder.read() == "its member 'y' is not in its index");
  folder.write({{"x", "1"}}, index_of({{"x", "1"}, {"y", "2"}}));
  CHECK(folder.read() == "its member 'y' is missing: it is cut off");
  folder.write({{"x", "1"}}, index_of({{"x", "2"}}));
  CHECK(folder.read() == "its member 'x' is damaged: transfer the archive again");
  folder.write({{"x", "1"}}, index_of({{"x", "12"}}));
  CHECK(folder.read() == "its member 'x' is damaged: transfer the archive again");
  folder.write({{"x", "1", '0', "", 0755}}, index_of({{"x", "1"}}));
  CHECK(folder.read() == "its member 'x' is damaged: transfer the archive again");
  CHECK_THROWS(
      write_portable(folder.file(), about("abc"), {folder.member("x", "1"), folder.member("x", "1")}));
  CHECK_THROWS(write_portable(folder.file(), about("abc"), {folder.member("index.json", "1")}));
}

TEST_CASE("an archive that would take too much is refused before it does") {
  const Folder folder;
  const std::string large(200'000, 'x');
  folder.write({{"x", large}}, index_of({{"x", "1"}}));  // more than it says
  CHECK(folder.read() == "its files take more than is allowed when unpacked");
  write_portable(folder.file(), about("abc"), {folder.member("x", large), folder.member("y", large)});
  CHECK(folder.read({.all = Bytes{300'000}}) ==
        "its files take more than the 300000 bytes that are accepted");
  CHECK(folder.read({.members = 1}) == "it has 2 files, more than the 1 that are accepted");
  CHECK(folder.read({.all = Bytes{400'000}, .members = 2}) == "read 2");
  auto index = index_of({{"x", "1"}});
  index["members"][0]["size"] = std::uint64_t{1} << 63;  // two of them: the sum is 0
  index["members"].push_back(index["members"][0]);
  folder.write({{"x", "1"}}, index);
  CHECK(folder.read().starts_with("its files take more than the "));
  folder.write(tar_of({{"index.json", std::string(17 << 20, ' ')}}));
  CHECK(folder.read() == "its files take more than is allowed when unpacked");
}

TEST_CASE("an archive of a later format names the version that reads it; another kind is refused") {
  const Folder folder;
  auto index = index_of({});
  index["format"] = 7;
  index["pgo_orch"] = "9.8.7";
  folder.write(std::vector<Entry>(), index);
  CHECK(folder.read() ==
        "its format is 7, which pgo-orch 9.8.7 wrote and reads; this is pgo-orch " PGO_ORCH_VERSION
        ", which reads up to 1: use version 9.8.7 or a later one on both sides");
  folder.write(std::vector<Entry>());
  CHECK(folder.read({}, "stages") == "it is an archive of test, and one of stages is needed");
  index = index_of({});
  index["address"]["settings"] = "other";
  folder.write(std::vector<Entry>(), index);
  CHECK(folder.read() == "its key is not that of what it belongs to");
}

TEST_CASE("what is no such archive is refused") {
  const Folder folder;
  folder.write(std::string());
  CHECK(folder.read() == "cannot be read as an archive: Unrecognized archive format");
  folder.write(std::string("no archive"));
  CHECK(folder.read() == "cannot be read as an archive: Unrecognized archive format");
  folder.write(tar_of({{"x", "1"}}));
  CHECK(folder.read() == "it is not an archive of pgo-orch: its first member is not index.json");
  for (const char* text : {"", "{}", "[]", "[[[[", R"({"format": "1"})", R"({"format": 1, "digest": 2})"}) {
    folder.write(tar_of({{"index.json", text}}));
    CHECK((folder.read() == "its index.json is not as pgo-orch writes it" ||
           folder.read() == "its index is damaged: transfer it again"));
  }
  fs::remove(folder.file());
  CHECK(folder.read().find("part.pgoz") != std::string::npos);
}

TEST_CASE("an archive that is cut off or has a flipped bit is refused, or has the same content") {
  const Folder folder;
  std::string noise;
  for (int i = 0; i < 200; ++i) noise += sha256(std::to_string(i));
  write_portable(folder.file(), about("abc"), {folder.member("x", noise), folder.member("y", "two")});
  const auto whole = read_file(folder.file());
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    folder.write(whole.substr(0, size));
    CHECK_FALSE(folder.read().starts_with("read"));
  }
  int refused = 0, tried = 0;
  for (std::size_t at = 0; at < whole.size(); at += 41, ++tried) {
    auto flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    folder.write(flipped);
    if (folder.read() == "read 2")
      CHECK((folder.unpacked("x") == noise && folder.unpacked("y") == "two"));
    else
      ++refused;
  }
  CHECK(refused * 10 > tried * 9);
}
