#include "profiles/flags.h"

#include <doctest/doctest.h>

using namespace pgo_orch::profiles;

namespace {

/// "text|text", of flags given the same way.
std::string joined(const std::vector<std::string>& words) {
  std::vector<Flag> flags;
  for (const auto& word : words) flags.push_back({word, "here"});
  std::string text;
  for (const auto& flag : join_options(flags)) text += (text.empty() ? "" : "|") + flag.text;
  return text;
}

std::string key(const std::string& flag) {
  const auto found = key_of(flag);
  return found.key + " -> " + found.value;
}

std::string lines(const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) text += flag.text + "  # " + flag.origin + "\n";
  return text;
}

std::string lines(const std::vector<FlagKey>& options) {
  std::string text;
  for (const auto& option : options) text += option.key + "=" + option.value + "\n";
  return text;
}

}  // namespace

TEST_CASE("encoded flags are separated by 0x1f and may hold spaces") {
  CHECK(encode({}).empty());
  CHECK(encode({{"-Clto", ""}}) == "-Clto");
  CHECK(encode({{"-Clink-arg=a b", "x"}, {"--cfg=c=\"d\"", "y"}}) == "-Clink-arg=a b\x1f--cfg=c=\"d\"");
}

TEST_CASE("options of two words become one") {
  CHECK(joined({"-C", "lto=fat", "--cfg", "fast", "-L", "native=/a b", "-l", "m", "-Z", "x", "--codegen",
                "lto"}) == "-Clto=fat|--cfg=fast|-Lnative=/a b|-lm|-Zx|--codegen=lto");
}

TEST_CASE("what is one word already, or no option, stays as it is") {
  CHECK(joined({"-Clto", "-O", "-A", "dead_code", "--cap-lints", "warn", "--cfg=a", "-Copt_level=3"}) ==
        "-Clto|-O|-A|dead_code|--cap-lints|warn|--cfg=a|-Copt_level=3");
  CHECK(joined({"-Clto", "-C"}) == "-Clto|-C");
  CHECK(joined({}).empty());
}

TEST_CASE("a joined flag has the origin of its first word") {
  CHECK(lines(join_options({{"-C", "far"}, {"lto", "near"}, {"-g", "near"}})) ==
        "-Clto  # far\n-g  # near\n");
}

TEST_CASE("the spellings of one codegen option are one") {
  for (const char* text : {"-C lto=fat", "-Clto=fat", "--codegen=lto=fat"})
    CHECK(spelling(text) == "-Clto=fat");
  CHECK(spelling("-Copt_level=3") == "-Copt-level=3");
  CHECK(spelling("-Cllvm_args=-a_b") == "-Cllvm-args=-a_b");
  CHECK(spelling("-Cforce_frame_pointers") == "-Cforce-frame-pointers");
  CHECK(spelling("--cfg=a_b") == "--cfg=a_b");
  CHECK(spelling("").empty());
}

TEST_CASE("a flag's key is the option it sets") {
  CHECK(key("-Copt-level=3") == "opt-level -> 3");
  CHECK(key("-C opt_level=3") == "opt-level -> 3");
  CHECK(key("--codegen=opt-level=s") == "opt-level -> s");
  CHECK(key("-Clto") == "lto -> ");
  CHECK(key("-Clto=") == "lto -> ");
  CHECK(key("-Cprofile-use=/a=b") == "profile-use -> /a=b");
  CHECK(key("-O") == "opt-level -> 3");
  CHECK(key("-g") == "debuginfo -> 2");
}

TEST_CASE("cumulative flags and those that are no codegen option have no key") {
  for (const char* text : {"-Clink-arg=-s", "-Clink-args=a b", "-Ctarget-feature=+avx2", "-Cllvm_args=-x",
                           "-Cmetadata=a", "--cfg=x", "-Zthreads=8", "-C", "", "-Lx", "--cap-lints"}) {
    CHECK(key(text) == " -> ");
  }
}

TEST_CASE("a variant's flags come in one order, each with the key that asked") {
  Settings settings;
  settings.target_cpu = "native";
  settings.target_features = {"+avx2", "-sse4.1"};
  settings.crt_static = true;
  settings.relocation_model = "static";
  settings.link_args = {"-Wl,-z,now", "-Wl,-rpath,/a b"};
  settings.cfg = {"fast", "level=\"2\""};
  settings.rustflags = {"-C", "force-frame-pointers=no", "-O"};
  CHECK(lines(variant_flags(settings, {"-Clink-arg=-fuse-ld=mold"})) ==
        R"(-Ctarget-cpu=native  # variant (target-cpu)
-Ctarget-feature=+avx2,-sse4.1  # variant (target-features)
-Ctarget-feature=+crt-static  # variant (crt-static)
-Crelocation-model=static  # variant (relocation-model)
-Clink-arg=-fuse-ld=mold  # variant (linker)
-Clink-arg=-Wl,-z,now  # variant (link-args)
-Clink-arg=-Wl,-rpath,/a b  # variant (link-args)
--cfg=fast  # variant (cfg)
--cfg=level="2"  # variant (cfg)
-Cforce-frame-pointers=no  # variant (rustflags)
-O  # variant (rustflags)
)");
  settings = {};
  settings.crt_static = false;
  CHECK(lines(variant_flags(settings, {})) == "-Ctarget-feature=-crt-static  # variant (crt-static)\n");
  CHECK(variant_flags({}, {}).empty());
}

TEST_CASE("profile keys are checked in rustc's words") {
  Settings settings;
  settings.opt_level = "s";
  settings.lto = "thin-local";
  settings.codegen_units = 1;
  settings.panic = "abort";
  settings.strip = "symbols";
  settings.overflow_checks = true;
  settings.debug_assertions = false;
  settings.debug = "full";
  settings.incremental = false;
  CHECK(lines(profile_options(settings, {"app"})) ==
        "opt-level=s\nlto=thin-local\ncodegen-units=1\npanic=abort\nstrip=symbols\noverflow-checks=on\n"
        "debug-assertions=off\ndebuginfo=2\n");
  CHECK(profile_options({}, {"app"}).empty());
}

TEST_CASE("a key that the executable's package has of its own is not checked") {
  Settings settings;
  settings.opt_level = "3";
  settings.codegen_units = 1;
  settings.packages = {{"regex", {{"opt-level", "2"}}}};
  CHECK(lines(profile_options(settings, {"regex"})) == "codegen-units=1\n");
  CHECK(lines(profile_options(settings, {"app"})) == "opt-level=3\ncodegen-units=1\n");
}

TEST_CASE("of the user's flags those are taken out that would win over a key of the variant") {
  const auto split = [](const std::vector<std::string>& words, const Settings& settings) {
    std::vector<Flag> flags;
    for (const auto& word : words) flags.push_back({word, "RUSTFLAGS"});
    const auto out = take_out_overridden(flags, settings);
    std::string text;
    for (const auto& flag : flags) text += flag.text + " ";
    text += "|";
    for (const auto& flag : out) text += " " + flag.text;
    return text;
  };
  Settings settings;
  CHECK(split({"-C", "opt-level=0", "-g"}, settings) == "-C opt-level=0 -g |");
  settings.opt_level = "2";
  settings.debug = "none";
  settings.linker_driver = "gcc";
  settings.crt_static = false;
  settings.incremental = false;
  settings.linker = "lld";
  CHECK(split({"-Clink-arg=-fuse-ld=mold", "-Clink-arg=-fuse-ld=lld"}, settings) ==
        "-Clink-arg=-fuse-ld=lld | -Clink-arg=-fuse-ld=mold");
  CHECK(split({"-C", "opt-level=0", "-g", "-O", "-Clinker=clang", "-Cincremental=x", "-Clto=off"},
              settings) == "-Clto=off | -Copt-level=0 -g -O -Clinker=clang -Cincremental=x");
  CHECK(split({"-Copt-level=2", "-Clinker=gcc", "-Ctarget-feature=-crt-static"}, settings) ==
        "-Copt-level=2 -Clinker=gcc -Ctarget-feature=-crt-static |");
  CHECK(split({"-Ctarget-feature=+avx,+crt-static", "-Ctarget-feature=+crt-static"}, settings) ==
        "-Ctarget-feature=+avx | -Ctarget-feature=+avx,+crt-static -Ctarget-feature=+crt-static");
}
