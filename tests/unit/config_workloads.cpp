// What workloads need beside a program and arguments: several of a kind, exit codes, an environment.

#include <doctest/doctest.h>

#include "config_fixture.h"
#include "toolchains/text.h"

using namespace pgo_orch;
using orchestrator::test::Folder;

namespace {

const std::string head = "[project]\nsource = \"fib.rs\"\n[[variant]]\nname = \"a\"\n[[workload]]\n";

std::vector<std::string> errors_in(const Folder& folder, const std::string& text) {
  return toolchains::lines_of(folder.errors(text));
}

std::vector<std::string> names_of(const orchestrator::Config& config) {
  std::vector<std::string> names;
  for (const auto& workload : config.workloads) names.push_back(workload.name);
  return names;
}

}  // namespace

TEST_CASE("each makes a workload of every value, replaced in all strings") {
  const Folder folder;
  const auto config = folder.load(head + R"(name = "lock"
each = { project = ["flask", "a/b"] }
args = ["lock", "{each.project}", "--out={tmp}/{each.project}"]
env = { NAME = "{each.project}" }
setup = [["make", "{each.project}"]]
expect = { stdout = "{each.project}\n" }
)");
  REQUIRE(names_of(config) == std::vector<std::string>{"lock-flask", "lock-a-b"});
  const auto& second = config.workloads[1];
  CHECK(second.args == std::vector<std::string>{"lock", "a/b", "--out={tmp}/a/b"});
  CHECK(second.env.at("NAME") == "a/b");
  CHECK(second.setup.front().back() == "a/b");
  CHECK(second.expect.stdout_text == "a/b\n");
}

TEST_CASE("several keys of each are combined, in the file's order") {
  const Folder folder;
  const auto config = folder.load(head + R"(name = "w"
each = { size = ["1", "2"], mode = ["x", "y"] }
)");
  CHECK(names_of(config) == std::vector<std::string>{"w-1-x", "w-1-y", "w-2-x", "w-2-y"});
  CHECK(names_of(folder.load(head + "name = \"{each.n}-fold\"\neach = { n = [\"2\", \"3\"] }\n")) ==
        std::vector<std::string>{"2-fold", "3-fold"});
}

TEST_CASE("what each cannot be is said once, with its place") {
  const Folder folder;
  const auto error = [&](const std::string& keys) {
    const auto errors = errors_in(folder, head + keys);
    CHECK(errors.size() == 1);
    return errors.empty() ? "" : errors.front();
  };
  CHECK(error("name = \"w\"\neach = [\"a\"]\n").find("'each' must be a table of lists, not") !=
        std::string::npos);
  CHECK(error("name = \"w-{each.a}\"\neach = { a = \"x\" }\n")
            .find("'a' in 'each' must be an array of strings") != std::string::npos);
  CHECK(error("name = \"w\"\neach = { a = [] }\n").find("'a' in 'each' must be an array of strings") !=
        std::string::npos);
  CHECK(error("name = \"w\"\nargs = [\"{each.a}\"]\n").find("\"{each.a}\" needs 'each'") !=
        std::string::npos);
  CHECK(error("name = \"w\"\neach = { a = [1] }\n").find("'each' must hold strings") != std::string::npos);
  CHECK(error("name = \"w\"\neach = { a = [\"1\", \"2\"] }\nargs = [\"{each.b}\"]\n")
            .find("\"{each.b}\": 'each' has no such key: it has 'a'") != std::string::npos);
  CHECK(error("name = \"w\"\neach = { a = [\"1\", \"2\"] }\nsize = 3\n").find("unknown key 'size'") !=
        std::string::npos);
  CHECK(error("name = \"w\"\neach = { a = [\"1\", \"1\"] }\n").find("w-1") != std::string::npos);
}

TEST_CASE("one exit code or several") {
  const Folder folder;
  const auto codes = [&](const std::string& value) {
    return folder.load(head + "name = \"w\"\nexpect = { exit-code = " + value + " }\n")
        .workloads[0]
        .expect.exit_codes.text();
  };
  CHECK(codes("3") == "3");
  CHECK(codes("[0, 1]") == "0 or 1");
  CHECK(codes("[0, 1, 101]") == "0, 1 or 101");
  for (const char* wrong : {"256", "[0, 256]", "[]", "[\"0\"]", "-1", "1.5"}) {
    CAPTURE(wrong);
    const auto errors = errors_in(folder, head + "name = \"w\"\nexpect = { exit-code = " + wrong + " }\n");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("write exit-code = 0, or [0, 1]") != std::string::npos);
  }
}

TEST_CASE("a variable is set or unset, not both") {
  const Folder folder;
  const auto config = folder.load(head + "name = \"w\"\nclean-env = true\nunset = [\"HOME\"]\n");
  CHECK(config.workloads[0].clean_env);
  CHECK(config.workloads[0].unset == std::vector<std::string>{"HOME"});
  const auto errors =
      errors_in(folder, head + "name = \"w\"\nenv = { A = \"1\" }\nunset = [\"A\", \"B=C\"]\n");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].find("'A' is also set in 'env'") != std::string::npos);
  CHECK(errors[1].find("'B=C' cannot be the name of an environment variable") != std::string::npos);
}
