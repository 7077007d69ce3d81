#include "toolchains/portable_archive.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "toolchains/archive_reader.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* index_name = "index.json";
constexpr std::uint64_t largest_index = std::uint64_t{16} << 20;

/// Keys are sorted in what nlohmann::json prints: the text is the same for the same values.
std::string digest_of(Json index) {
  index.erase("digest");
  return sha256(index.dump());
}

std::string text_of(const PortableIndex& index) {
  Json members = Json::array();
  for (const auto& member : index.members)
    members.push_back({{"name", member.name},
                       {"sha256", member.sha256},
                       {"size", member.size},
                       {"executable", member.executable}});
  Json json{{"format", PortableIndex::format}, {"kind", index.kind},           {"pgo_orch", index.written_by},
            {"address", index.address},        {"key", key_of(index.address)}, {"members", members}};
  json["digest"] = digest_of(json);
  return json.dump(1) + "\n";
}

/// What is promised of all formats is read first.
void check_format(const Json& json, const ArchiveReader& reader) {
  const int format = json.at("format").get<int>();
  if (format <= PortableIndex::format) return;
  reader.refuse(
      fmt::format("its format is {0}, which pgo-orch {1} wrote and reads; this is pgo-orch {2}, which reads "
                  "up to {3}: use version {1} or a later one on both sides",
                  format, json.at("pgo_orch").get<std::string>(), PGO_ORCH_VERSION, PortableIndex::format));
}

PortableIndex index_from(const std::string& text, const std::string& kind, const ArchiveReader& reader) try {
  const Json json = Json::parse(text);
  check_format(json, reader);
  if (json.at("digest") != digest_of(json)) reader.refuse("its index is damaged: transfer it again");
  PortableIndex index{.kind = json.at("kind"),
                      .written_by = json.at("pgo_orch"),
                      .address = json.at("address").get<Address>(),
                      .members = {}};
  if (index.kind != kind)
    reader.refuse(fmt::format("it is an archive of {}, and one of {} is needed", index.kind, kind));
  if (json.at("key") != key_of(index.address)) reader.refuse("its key is not that of what it belongs to");
  for (const auto& member : json.at("members"))
    index.members.push_back({member.at("name"), member.at("sha256"), member.at("size").get<std::uint64_t>(),
                             member.at("executable")});
  return index;
} catch (const Json::exception&) {
  reader.refuse("its index.json is not as pgo-orch writes it");
}

void demand_limits(const PortableIndex& index, const PortableLimits& limits, const ArchiveReader& reader) {
  if (index.members.size() > limits.members)
    reader.refuse(fmt::format("it has {} files, more than the {} that are accepted", index.members.size(),
                              limits.members));
  std::uint64_t left = limits.all.count;
  for (const auto& member : index.members) {
    if (member.size > left)
      reader.refuse(fmt::format("its files take more than the {} bytes that are accepted", limits.all.count));
    left -= member.size;
  }
}

/// The members in their order, each as the index has it.
void unpack(ArchiveReader& reader, const PortableIndex& index, const fs::path& folder) {
  for (const auto& expected : index.members) {
    const auto member = reader.next();
    if (!member) reader.refuse(fmt::format("its member '{}' is missing: it is cut off", expected.name));
    if (member->is_folder || member->name != expected.name)
      reader.refuse(fmt::format("its member '{}' is not the next one of its index", member->name));
    const fs::path to = folder / member->name;
    make_folders(to.parent_path());
    const auto size = reader.content_into(to, expected.size);
    if (size != expected.size || member->executable != expected.executable ||
        sha256_of_file(to) != expected.sha256)
      reader.refuse(fmt::format("its member '{}' is damaged: transfer the archive again", member->name));
    ::chmod(to.c_str(), expected.executable ? 0755 : 0644);
  }
  if (const auto more = reader.next())
    reader.refuse(fmt::format("its member '{}' is not in its index", more->name));
}

}  // namespace

std::string key_of(const Address& address) {
  Sha256 digest;
  digest.field("pgoz");
  for (const auto& [name, value] : address) digest.field(name).field(value);
  return digest.hex();
}

void write_portable(const fs::path& file, const PortableIndex& index, std::vector<ArchiveMember> members) {
  std::ranges::sort(members, {}, &ArchiveMember::name);
  PortableIndex complete = index;
  complete.members.clear();
  for (const auto& member : members) {
    const bool is_twice = !complete.members.empty() && complete.members.back().name == member.name;
    if (is_twice || member.name == index_name)
      throw Error(fmt::format("{}: two files would be '{}' in it", file.string(), member.name), Exit::failed);
    complete.members.push_back(
        {member.name, sha256_of_file(member.file), fs::file_size(member.file), member.executable});
  }
  make_folders(fs::absolute(file).parent_path());
  const TempDir folder("pgoz", fs::absolute(file).parent_path());
  const fs::path own = folder.path() / index_name, fresh = folder.path() / "fresh.pgoz";
  write_file_atomically(own, text_of(complete));
  members.insert(members.begin(), {index_name, own, false});
  write_archive(fresh, ArchiveFormat::tar_zst, members, 0, ZstdLevel::quick);
  fs::rename(fresh, file);
}

PortableIndex read_portable(const fs::path& file, const std::string& kind, const fs::path& folder,
                            const PortableLimits& limits) {
  open_regular(file);
  ArchiveReader reader(file, ArchiveReader::Accepts::tar_zst);
  const auto first = reader.next();
  if (!first || first->name != index_name)
    reader.refuse("it is not an archive of pgo-orch: its first member is not index.json");
  auto index = index_from(reader.content(largest_index), kind, reader);
  demand_limits(index, limits, reader);
  unpack(reader, index, folder);
  return index;
}

}  // namespace pgo_orch::toolchains
