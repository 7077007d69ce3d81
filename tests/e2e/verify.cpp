// `verify` on files of a release that were altered, and on some that were not.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "e2e/two_programs.h"

using namespace e2e;

namespace {

/// Files made of those of a release, and what verify says of them.
class Files {
 public:
  explicit Files(const Lab& lab) : lab_(lab) { fs::create_directories(lab.root() / "made"); }

  fs::path copy(const std::string& name, const std::string& as) {
    const fs::path to = lab_.root() / "made" / as;
    fs::copy_file(lab_.root() / "dist" / name, to, fs::copy_options::overwrite_existing);
    return to;
  }
  void genuine(const fs::path& file) { check(file, 0); }
  void altered(const fs::path& file) { check(file, 1); }
  int count(int status) const { return counts_[status]; }

 private:
  void check(const fs::path& file, int status) {
    const auto ended = lab_.orch({"verify", file.string(), "--manifest", "dist/manifest.json"});
    CHECK_MESSAGE(ended.status == status, (file.filename().string() + ": " + ended.out + ended.err));
    ++counts_[status];
  }

  const Lab& lab_;
  int counts_[2] = {0, 0};
};

void patch(const fs::path& file, std::uintmax_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(stream.get() ^ 0x55);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

}  // namespace

TEST_CASE("verify knows forty files that were altered, and forty that were not") {
  Lab lab;
  two_programs_in(lab);
  released(lab, {"baseline"});
  fs::rename(lab.root() / "dist", lab.root() / "plain");
  released(lab, {"pgo"});
  fs::rename(lab.root() / "dist", lab.root() / "other-profile");
  lab.file("pgo.toml", std::string(two_programs).replace(two_programs.find("3000"), 4, "27"));
  released(lab, {"pgo"});
  const std::string archive = "chains-0.1.0-x86_64-unknown-linux-gnu.tar.gz";
  Files files(lab);
  const auto tool = [&](const fs::path& file, std::vector<std::string> words) {
    words.push_back(file.string());
    const auto ended = lab.run(words);
    CHECK_MESSAGE(ended.status == 0, ended.err);
    return file;
  };

  // Of whatever LLVM there is; not every machine has xz and bzip2.
  const auto found = [&](const std::string& what) {
    const auto out = lab.run({"sh", "-c", what}).out;
    return out.substr(0, out.find('\n'));
  };
  const auto llvm_strip = found("ls /usr/bin/llvm-strip-[0-9]* | sort -V | tail -1");
  const auto llvm_objcopy = found("ls /usr/bin/llvm-objcopy-[0-9]* | sort -V | tail -1");
  for (const std::string name : {"chains", "other"}) {
    files.genuine(lab.root() / "dist" / name);
    files.genuine(files.copy(name, name + "-renamed"));
    for (const std::string& strip : {llvm_strip, std::string("strip")})
      for (const std::string option : {"--strip-all", "--strip-debug", "--strip-unneeded", "-g"}) {
        files.genuine(
            tool(files.copy(name, name + fs::path(strip).filename().string() + option), {strip, option}));
        files.genuine(tool(files.copy(name, name), {strip, option}));
      }
    files.genuine(tool(files.copy(name, name + "-comment"), {llvm_strip, "--remove-section=.comment"}));
    const auto split = files.copy(name, name + "-split");
    tool(split, {llvm_objcopy, "--strip-all", "--add-gnu-debuglink=dist/" + name});
    files.genuine(split);
  }
  files.genuine(lab.root() / "dist" / archive);
  files.genuine(files.copy(archive, "renamed.tar.gz"));
  files.genuine(lab.root() / "dist");
  const auto packed = [&](const std::string& how, const std::string& as) {
    const auto ended = lab.run({"sh", "-c",
                                "rm -rf un && mkdir un && tar xf dist/" + archive + " -C un && cd un && " +
                                    how + " && cd .. && mv un/packed made/" + as});
    CHECK_MESSAGE(ended.status == 0, ended.err);
    return lab.root() / "made" / as;
  };
  for (const std::string how : {"gz", "xz", "bz2"})
    if (how == "gz" || !found(how == "xz" ? "command -v xz" : "command -v bzip2").empty())
      files.genuine(
          packed("tar caf ../packed." + how + " * && mv ../packed." + how + " packed", "again.tar." + how));
  files.genuine(packed("mv */* . && tar cf ../p . && mv ../p packed", "flat.tar"));
  files.genuine(packed("rm */README.md && tar cf ../p . && mv ../p packed", "less.tar"));
  files.genuine(packed(llvm_strip + " */chains && tar cf ../p . && mv ../p packed", "stripped.tar"));
  CHECK(files.count(0) >= 40);

  for (const std::string name : {"chains", "other"}) {
    fs::copy_file(lab.root() / "plain" / name, lab.root() / "made" / (name + "-plain"));
    files.altered(lab.root() / "made" / (name + "-plain"));
    fs::copy_file(lab.root() / "other-profile" / name, lab.root() / "made" / (name + "-profile"));
    if (name == "chains") files.altered(lab.root() / "made" / (name + "-profile"));
    const auto size = fs::file_size(lab.root() / "dist" / name);
    for (std::uintmax_t part = 0; part < 10; ++part) {
      const auto patched = files.copy(name, name + "-patched");
      patch(patched, part == 0 ? 7 : size * part / 10 - 1);
      files.altered(patched);
    }
    for (const auto end : {size / 4, size / 2, size - 1}) {
      const auto cut = files.copy(name, name + "-cut");
      fs::resize_file(cut, end);
      files.altered(cut);
    }
    const auto longer = files.copy(name, name + "-longer");
    std::ofstream(longer, std::ios::app) << "more";
    files.altered(longer);
    const auto foreign = files.copy(name, name + "-foreign");
    patch(foreign, 18);  // e_machine
    files.altered(foreign);
    const auto broken = files.copy(name, name + "-broken");
    patch(broken, 0x80);  // where its interpreter's name lies
    files.altered(broken);
  }
  files.altered(packed("cp ../plain/chains */chains && tar cf ../p . && mv ../p packed", "swapped.tar"));
  files.altered(packed("rm */chains && tar cf ../p . && mv ../p packed", "lacks.tar"));
  files.altered(packed("for f in */README.md; do echo more >> $f; done && tar cf ../p . && mv ../p packed",
                       "readme.tar"));
  files.altered(
      packed("for d in */; do cp /bin/true $d/extra; done && tar cf ../p . && mv ../p packed", "extra.tar"));
  files.altered(packed("tar czf ../p . && head -c 20000 ../p > packed", "cut.tar.gz"));
  files.altered(
      packed("for d in */; do cp ../other-profile/chains $d; done && tar cf ../p . && mv ../p packed",
             "profile.tar"));
  files.altered(
      packed("for d in */; do touch $d/setup.sh; done && tar cf ../p . && mv ../p packed", "more.tar"));
  files.altered(packed("chmod u+s */chains && tar cf ../p . && mv ../p packed", "set-id.tar"));
  files.altered(packed(
      "cd * && mv chains x && mv other chains && mv x other && cd .. && tar cf ../p . && mv ../p packed",
      "exchanged.tar"));
  files.altered(packed("cat ../dist/*.tar.gz ../dist/*.tar.gz > packed", "twice.tar.gz"));
  lab.file("made/notes", "no executable");
  files.altered(lab.root() / "made/notes");
  CHECK(files.count(1) >= 40);
}

TEST_CASE("verify says what strip, packing and chmod did, in whatever is given") {
  Lab lab;
  two_programs_in(lab).file("pgo.toml", two_programs +
                                            "[[variant]]\nname = \"debug\"\ndebug = 1\nstrip = \"none\"\n"
                                            "[[variant]]\nname = \"bare\"\nstrip = \"symbols\"\n");
  const auto verified = [&](const std::string& what, const std::string& said) {
    const auto ended = lab.orch({"verify", what});
    CHECK_MESSAGE(ended.status == 0, ended.out);
    CHECK_MESSAGE(contains(ended.out, said), ended.out);
  };
  released(lab, {"debug"});  // with a section for debuggers among what is loaded
  CHECK(
      lab.run({"sh", "-c", "$(ls /usr/bin/llvm-strip-[0-9]* | tail -1) --strip-debug dist/chains"}).status ==
      0);
  verified("dist/chains", "since then: debug information was removed");
  verified("dist", "the whole release\n  since then: 'chains': debug information was removed");
  released(lab, {"bare"});
  CHECK(lab.run({"sh", "-c", "strip dist/chains && chmod 644 dist/other"}).status == 0);
  verified("dist/chains", "its tables were written again, as strip does");
  verified("dist/other", "it may not be executed any more");
  CHECK(lab.run({"sh", "-c", "cd dist && tar czf packed-by-hand chains other"}).status == 0);
  verified("dist/packed-by-hand", "'other': it may not be executed any more");
  CHECK(lab.run({"sh", "-c", "mkdir un && tar xf dist/*.tar.gz -C un && chmod u+s un/*/other"}).status == 0);
  const std::vector<std::string> unpacked{"verify", "un", "--manifest", "dist/manifest.json"};
  const auto ended = lab.orch(unpacked);
  CHECK(ended.status == 0);
  CHECK(contains(ended.out, "un: the files of the release\n"));
  CHECK(contains(ended.out, "other': it runs with the rights of its owner or group"));
  fs::create_symlink("other", lab.root() / "un/link");
  CHECK(contains(lab.orch(unpacked).out, "'link' is not a regular file"));
  fs::remove(lab.root() / "dist/packed-by-hand");
  fs::rename(lab.root() / "dist/chains", lab.root() / "chains");
  fs::create_symlink(lab.root() / "chains", lab.root() / "dist/chains");
  CHECK(contains(lab.orch({"verify", "dist"}).out, "'chains' is not a regular file any more"));
}
