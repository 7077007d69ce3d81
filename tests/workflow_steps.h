#pragma once
// The steps of a GitHub workflow, as far as tests need them: no YAML but the few forms
// that .github/workflows uses.

#include <sstream>
#include <string>
#include <vector>

namespace pgo_orch::tests {

struct WorkflowStep {
  std::string run;                 ///< a shell script; empty: the step is an action
  std::string working_directory;   ///< empty: the checkout
  std::vector<std::string> paths;  ///< of an upload
};

namespace workflow_text {

inline std::size_t indentation(const std::string& line) {
  return line.find_first_not_of(' ');
}

/// The lines of `key: |`, or the text behind `key: `.
inline std::vector<std::string> value_lines(const std::vector<std::string>& lines, std::size_t at,
                                            const std::string& key) {
  const std::string inline_value = lines[at].substr(indentation(lines[at]) + key.size());
  if (inline_value != " |") return {inline_value.substr(1)};
  std::vector<std::string> block;
  for (std::size_t i = at + 1; i < lines.size() && indentation(lines[i]) > indentation(lines[at]); ++i)
    block.push_back(lines[i].substr(indentation(lines[i])));
  return block;
}

}  // namespace workflow_text

/// Of all jobs, in order.
inline std::vector<WorkflowStep> workflow_steps(const std::string& yaml) {
  std::vector<std::string> lines;
  std::istringstream stream(yaml);
  for (std::string line; std::getline(stream, line);) {
    const auto text = line.find_first_not_of(' ');
    if (text != std::string::npos && line[text] != '#') lines.push_back(line);
  }
  std::vector<WorkflowStep> steps;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto dash = workflow_text::indentation(lines[i]);
    if (lines[i].substr(dash).starts_with("- ") && lines[i].find(": ") != std::string::npos) {
      steps.emplace_back();
      lines[i][dash] = ' ';  // its first key stands where the others do
    }
    const std::string line = lines[i].substr(workflow_text::indentation(lines[i]));
    if (steps.empty()) continue;
    for (const char* key : {"run:", "working-directory:", "path:"}) {
      if (!line.starts_with(key)) continue;
      for (const auto& value : workflow_text::value_lines(lines, i, key)) {
        if (std::string(key) == "run:") steps.back().run += value + "\n";
        if (std::string(key) == "working-directory:") steps.back().working_directory = value;
        if (std::string(key) == "path:") steps.back().paths.push_back(value);
      }
    }
  }
  return steps;
}

}  // namespace pgo_orch::tests
