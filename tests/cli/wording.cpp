// Habits of wording that messages, help and documents do without.

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

struct Habit {
  std::string_view words;             // lower case, between word boundaries
  Lines unless_before, unless_after;  // the word before or behind makes it plain English
};

// Compared: "is no faster" says how fast, not what it is.
const Lines comparatives{"longer", "more",  "less",    "faster", "slower",
                         "better", "worse", "smaller", "larger"};

const std::vector<Habit> habits{
    {"is no", {"there"}, comparatives},
    {"are no", {"there"}, comparatives},
    {"stand for"},
    {"stand in"},
    {"stand on"},
    {"stand there"},
    {"stands for"},
    {"stands in"},
    {"stands on"},
    {"stands there"},
    {"standing in"},
    {"standing there"},
    {"who"},
    {"whoever"},
    {"nobody"},
    {"somebody"},
    {"anybody"},
    {"anew"},
    {"likewise"},
    {"told apart"},
    {"tell apart"},
    {"tells apart"},
    {"as far as it can be told"},
    {"as far as can be told"},
    {"for what"},
    {"come by"},
    {"comes by"},
    {"came by"},
    {"has a meaning only"},
    {"have a meaning only"},
    {"exclude each other"},
    {"excludes each other"},
    {"so does nothing"},
    {"so many"},
    {"take care of"},
    {"takes care of"},
    {"the machine's own doing"},
    {"ended well but"},
};

struct Exception {
  std::string_view file, text;  // a line of this file that holds this text
};

const std::vector<Exception> exceptions{};

// Text cut out of a file, with the line that each character is from.
struct Text {
  std::string characters;
  std::vector<int> lines;

  void add(char character, int line) {
    characters += character;
    lines.push_back(line);
  }
};

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  REQUIRE(stream.good());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The string literals of a C++ file; those that only space separates are one, others are kept apart
// by a newline.
class Literals {
 public:
  explicit Literals(std::string source) : source_(std::move(source)) {
    while (at_ < source_.size()) next();
  }
  Text text;

 private:
  bool ahead(std::string_view part) const { return source_.compare(at_, part.size(), part) == 0; }

  char take() {
    if (source_[at_] == '\n') ++line_;
    return source_[at_++];
  }

  void skip_to(std::string_view end) {
    const auto found = source_.find(end, at_);
    const auto past = found == std::string::npos ? source_.size() : found + end.size();
    while (at_ < past) take();
  }

  void next() {
    if (ahead("//") || ahead("#include")) return skip_to("\n");
    if (ahead("/*")) return skip_to("*/");
    if (ahead("R\"")) return raw();
    if (ahead("\"")) return quoted();
    if (ahead("'") && !is_digit_separator()) return character();
    if (!std::isspace(static_cast<unsigned char>(source_[at_]))) end_literal();
    take();
  }

  bool is_digit_separator() const {
    return at_ > 0 && std::isalnum(static_cast<unsigned char>(source_[at_ - 1]));
  }

  void character() {
    take();
    while (at_ < source_.size() && source_[at_] != '\'') {
      if (source_[at_] == '\\') take();
      take();
    }
    skip_to("'");
  }

  void raw() {
    at_ += 2;
    const auto open = source_.find('(', at_);
    const std::string close = ")" + source_.substr(at_, open - at_) + "\"";
    at_ = open + 1;
    while (at_ < source_.size() && !ahead(close)) {
      const int line = line_;
      text.add(take(), line);
    }
    at_ += close.size();
  }

  void quoted() {
    take();
    while (at_ < source_.size() && source_[at_] != '"') {
      char character = take();
      if (character == '\\') character = take();
      if (character == 'n' && source_[at_ - 2] == '\\') character = ' ';
      text.add(character, line_);
    }
    take();
  }

  void end_literal() {
    if (!text.characters.empty() && text.characters.back() != '\n') text.add('\n', line_);
  }

  std::string source_;
  std::size_t at_ = 0;
  int line_ = 1;
};

// A document whose paragraphs are single lines: a habit may be wrapped.
Text paragraphs(const std::string& source) {
  Text text;
  int line = 1;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const bool wraps = source[i] == '\n' && i + 1 < source.size() && source[i + 1] != '\n';
    text.add(wraps ? ' ' : source[i], line);
    if (source[i] == '\n') ++line;
  }
  return text;
}

bool in_word(const std::string& text, std::size_t at) {
  return at < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_' || text[at] == '-');
}

std::string word_behind(const std::string& text, std::size_t at) {
  at = std::min(text.find_first_not_of(' ', at), text.size());
  auto end = at;
  while (in_word(text, end)) ++end;
  return text.substr(at, end - at);
}

std::string word_before(const std::string& text, std::size_t at) {
  while (at > 0 && text[at - 1] == ' ') --at;
  const auto end = at;
  while (at > 0 && in_word(text, at - 1)) --at;
  return text.substr(at, end - at);
}

bool holds(const Lines& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

std::vector<std::size_t> places(const std::string& text, const Habit& habit) {
  std::vector<std::size_t> found;
  for (auto at = text.find(habit.words); at != std::string::npos; at = text.find(habit.words, at + 1)) {
    const auto behind = at + habit.words.size();
    if ((at > 0 && in_word(text, at - 1)) || in_word(text, behind)) continue;
    if (holds(habit.unless_before, word_before(text, at)) ||
        holds(habit.unless_after, word_behind(text, behind)))
      continue;
    found.push_back(at);
  }
  return found;
}

bool is_exception(const std::string& file, const std::string& text) {
  return std::ranges::any_of(exceptions, [&](const Exception& each) {
    return file == each.file && text.find(each.text) != std::string::npos;
  });
}

// Adds "FILE:LINE: HABIT: TEXT" of each habit in a file's text.
void look_for_habits(const fs::path& file, const Text& text, Lines& found) {
  std::string lower = text.characters;
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto name = file.lexically_relative(PGO_ORCH_SOURCE_DIR).string();
  for (const auto& habit : habits) {
    for (const auto at : places(lower, habit)) {
      const auto from = lower.rfind('\n', at) == std::string::npos ? 0 : lower.rfind('\n', at) + 1;
      const auto begin = std::max(from, at < 50 ? 0 : at - 50);
      const auto end = std::min(lower.find('\n', at), at + 60);
      const auto part = text.characters.substr(begin, end - begin);
      if (is_exception(name, part)) continue;
      found.push_back(name + ":" + std::to_string(text.lines[at]) + ": \"" + std::string(habit.words) +
                      "\": ..." + part + "...");
    }
  }
}

Lines habits_in(const fs::path& folder, std::initializer_list<std::string_view> extensions) {
  Lines found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(PGO_ORCH_SOURCE_DIR) / folder)) {
    const auto extension = entry.path().extension().string();
    if (std::ranges::find(extensions, extension) == extensions.end()) continue;
    if (entry.path().filename() == "roadmap-report.md") continue;  // a run wrote it
    const auto source = read(entry.path());
    look_for_habits(entry.path(), extension == ".md" ? paragraphs(source) : Literals(source).text, found);
  }
  std::ranges::sort(found);
  return found;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("what the program says is plain English") {
  for (const char* room : {"orchestrator", "report", "measure", "pgo", "profiles", "toolchains"})
    CHECK(joined(habits_in(room, {".cpp", ".h"})) == "");
}

TEST_CASE("the documents are plain English") {
  Lines found = habits_in("docs", {".md"});
  const fs::path readme = fs::path(PGO_ORCH_SOURCE_DIR) / "README.md";
  look_for_habits(readme, paragraphs(read(readme)), found);
  CHECK(joined(found) == "");
}

TEST_CASE("only the wording of string literals is looked at, wherever they wrap") {
  const auto literals =
      Literals(
          "// anew\n#include \"anew\"\nf(\"it is \"\n  \"no CPU\", 'w', 1'000, \"stands\");\n"
          "g(\"on\", R\"x(some\nbody \")x\"); /* \"who\" */\n")
          .text;
  CHECK(literals.characters == "it is no CPU\nstands\non\nsome\nbody \"\n");
  CHECK(literals.lines.at(literals.characters.find("no CPU")) == 4);
  CHECK(literals.lines.at(literals.characters.find("body")) == 6);
  Lines found;
  look_for_habits(fs::path(PGO_ORCH_SOURCE_DIR) / "x.cpp", literals, found);
  CHECK(joined(found) == "x.cpp:3: \"is no\": ...it is no CPU...\n");
}

TEST_CASE("habits are words, and plain where the words around them say so") {
  Lines found;
  look_for_habits(
      fs::path(PGO_ORCH_SOURCE_DIR) / "x.md",
      paragraphs("There is no file, whose renewal is no longer due.\nThis\nis no\nfile: who made it?\n"),
      found);
  CHECK(joined(found) ==
        "x.md:3: \"is no\": ... is no file, whose renewal is no longer due. This is no file: who made "
        "it?...\n"
        "x.md:4: \"who\": ... whose renewal is no longer due. This is no file: who made it?...\n");
}
