#include "kept_folders.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace pgo_orch::tests {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> folders;  ///< of the test that runs

struct KeepWhatFailed : doctest::IReporter {
  explicit KeepWhatFailed(const doctest::ContextOptions&) {}
  void test_case_end(const doctest::CurrentTestCaseStats& test) override {
    for (const auto& folder : folders) {
      std::error_code ignored;
      if (test.failure_flags == doctest::TestCaseFailureReason::None)
        fs::remove_all(folder, ignored);
      else
        std::fprintf(stderr, "kept: %s\n", folder.c_str());
    }
    folders.clear();
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};
REGISTER_LISTENER("keep", 1, KeepWhatFailed);

}  // namespace

fs::path new_folder(const std::string& kind) {
  std::string name = fs::temp_directory_path() / ("pgo-orch-" + kind + "-XXXXXX");
  if (!::mkdtemp(name.data())) FAIL("cannot make a folder for the test");
  return folders.emplace_back(fs::canonical(name));
}

}  // namespace pgo_orch::tests
