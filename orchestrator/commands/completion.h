#pragma once
// What may come next on a command line: for the completion scripts of shells, which ask at each press of the
// tab key.

#include <span>
#include <string>
#include <vector>

#include "orchestrator/commands/command.h"

namespace pgo_orch::orchestrator {

/// Of the words behind `pgo-orch`, of which the one at `at` is being written (it may be empty).
struct Line {
  std::vector<std::string> words;
  std::size_t at = 0;
};

struct Candidate {
  std::string text;
  std::string about;  ///< may be empty
};

struct Candidates {
  std::vector<Candidate> words;
  bool files = false;    ///< and the shell's own names of files
  bool folders = false;  ///< or of folders
};

/// From the table of commands; names of variants, workloads and runs from the pgo.toml on the line, else the
/// one at hand, as long as it can be read. Runs nothing, writes nothing.
Candidates complete(const std::vector<Command>& commands, const Line& line);

/// bash gives words as they were typed, taken apart at '=' and ':'. The line without quotes and with these
/// words together; `prefix`: how much of its current word bash does not replace.
Line line_of_bash(const std::vector<std::string>& words, std::size_t at, std::string& prefix);

/// What `pgo-orch completions SHELL` prints; `file`: where it is installed below share/.
struct CompletionScript {
  const char* shell;
  const char* file;
  const char* text;
};
std::span<const CompletionScript> completion_scripts();

/// The hidden command `__complete SHELL AT WORD...`, which answers with a line for each candidate, TEXT or
/// TEXT<tab>ABOUT, and ":files" or ":folders". Always 0: a shell that completes has no place for errors.
int answer_shell(const std::vector<std::string>& arguments);

}  // namespace pgo_orch::orchestrator
