#pragma once
// Where a run's time went: how often each stack of functions was seen.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::measure {

/// Counts of stacks, each only under its innermost function, so that they add up to the whole.
///
/// A stack is its frames, outermost first, with ';' between them: "[fib];main;fib::parse". The first frame is
/// the process or thread, in brackets. Frames of the kernel end in "_[k]"; code that no symbol covers is
/// "[libc.so.6]" or "[unknown]".
struct Stacks {
  std::map<std::string, std::uint64_t> counts;
  std::string unit;        ///< "samples" or "instructions"
  std::string source;      ///< "perf cpu-clock", "callgrind"
  double per_second = 0;   ///< samples taken in a second of CPU time; zero for instructions
  std::uint64_t runs = 0;  ///< of the program, in all

  std::uint64_t total() const;
  /// Adds what further runs gave; unit and source stay.
  void add(const Stacks& more);
};

/// The frame of a symbol: its function_name, with ':' for the ';' of array types.
std::string frame_of(const std::string& symbol);

/// The frames of a stack, outermost first.
std::vector<std::string_view> frames_of(std::string_view stack);

/// False for "[fib]" and "[unknown]": places, not functions.
bool is_function(std::string_view frame);

/// One line a stack, "a;b;c COUNT", sorted: what flame graph tools read.
std::string to_folded(const Stacks& stacks);

/// Fraction of the counts in code without symbols, where kernel frames count for their callers. Near 1 for
/// a stripped program.
double unnamed_share(const Stacks& stacks);

struct FunctionShare {
  std::string name;
  double self = 0;       ///< fraction of all, in its own code
  double inclusive = 0;  ///< and in what it called; recursion counts once
};

/// All functions, largest self share first, then by inclusive share and name.
std::vector<FunctionShare> function_shares(const Stacks& stacks);

}  // namespace pgo_orch::measure
