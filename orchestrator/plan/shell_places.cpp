#include "orchestrator/plan/shell_places.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "toolchains/command.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::shell_quote;

namespace {

bool continues_a_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
}

constexpr const char* find_tools =
    R"(# llvm_tool NAME [WORD]: the tool of rustc's own LLVM; others may not read its profiles.
llvm_tool() {
  major=$("$RUSTC" -vV)
  major=${major##*LLVM version: }
  major=${major%%.*}
  for tool in "$("$RUSTC" --print target-libdir)/../bin/$1" "$1-$major" "/usr/lib/llvm-$major/bin/$1" "$1"; do
    case $("$tool" ${2-} --version 2>/dev/null) in *"LLVM version $major."*) command -v "$tool"; return ;; esac
  done
  echo "error: no $1 of LLVM $major: try rustup component add llvm-tools, or apt-get install llvm-$major" >&2
  return 3
}
)";

}  // namespace

ShellPlaces::ShellPlaces(const Planner& planner) : planner_(planner) {
  const auto& layout = planner.layout();
  const fs::path& root = planner.config().root;
  const auto add = [&](const fs::path& folder, const std::string& expansion) {
    if (!folder.empty() && folder != "/") folders_.emplace_back(folder.string(), expansion);
  };
  add(layout.alias, layout.alias == layout.state ? "$PGO_STATE" : "$PGO_ALIAS");
  add(layout.state, "$PGO_STATE");
  add(root, "$PGO_ROOT");
  // A workspace, or packages beside it, in the same checkout.
  auto others = planner.project().path_packages;
  others.push_back(planner.project().workspace_root);
  for (const auto& folder : others)
    if (!folder.empty() && !toolchains::lies_in(folder, root))
      add(folder, "$PGO_ROOT/" + folder.lexically_relative(root).string());
  std::ranges::stable_sort(folders_, std::greater{}, [](const auto& each) { return each.first.size(); });
}

std::string ShellPlaces::definitions() const {
  const auto& layout = planner_.layout();
  const fs::path& root = planner_.config().root;
  const std::string file = shell_quote(planner_.config().file.filename().string());
  std::string text = fmt::format(
      "# Run it in the folder of {0}, or keep it there. PGO_ROOT, PGO_STATE (where all is built), CARGO, "
      "RUSTC,\n"
      "# LLVM_PROFDATA and LLVM_STRIP may name others.\n"
      "if [ -z \"${{PGO_ROOT:-}}\" ]; then\n"
      "  PGO_ROOT=$PWD\n"
      "  [ -f {0} ] || case $0 in */*) PGO_ROOT=${{0%/*}} ;; esac\n"
      "fi\n"
      "cd \"$PGO_ROOT\"\n"
      "[ -f {0} ] || {{ echo \"error: there is no {0} in $PGO_ROOT: run this script in its folder\" >&2; "
      "exit 2; }}\n",
      file);
  const bool below = toolchains::lies_in(layout.state, root);
  text += fmt::format(
      "PGO_ROOT=$PWD\n[ -n \"${{PGO_STATE:-}}\" ] || PGO_STATE={}\n"
      "case $PGO_STATE in /*) ;; *) PGO_STATE=$PWD/$PGO_STATE ;; esac\n",
      below ? "$PGO_ROOT/" + shell_quote(layout.state.lexically_relative(root).string())
            : shell_quote(layout.state.string()));
  if (layout.alias != layout.state) {
    text += fmt::format(
        "PGO_ALIAS=$PGO_STATE\ncase $PGO_STATE in *%*) PGO_ALIAS={} ;; esac  # without a %, which LLVM would "
        "expand\n",
        shell_quote(layout.alias.string()));
  } else {
    text +=
        "case $PGO_STATE in *%*) echo \"error: $PGO_STATE has a %, which LLVM would expand: set PGO_STATE\" "
        ">&2; exit 2 ;; esac\n";
  }
  text += "CARGO=${CARGO:-cargo}\nRUSTC=${RUSTC:-rustc}\n";
  if (planner_.config().project.toolchain)
    for (const auto& [name, value] : planner_.rust().env)
      text += value ? fmt::format("export {}={}\n", name, shell_quote(*value)) : "";
  return text + environment() + find_tools;
}

/// Of the environment that stays which the plan was made with, and nothing else that would make other builds.
std::string ShellPlaces::environment() const {
  std::string text = "unset LLVM_PROFILE_FILE MAKEFLAGS MFLAGS CARGO_MAKEFLAGS CARGO_INCREMENTAL\n";
  if (planner_.config().project.kind == ProjectKind::command) return text;
  text +=
      "unset RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_BUILD_TARGET \\\n"
      "  CARGO_BUILD_INCREMENTAL CARGO_BUILD_RUSTC_WRAPPER CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER \\\n"
      "  RUSTC_WORKSPACE_WRAPPER\n"
      "for name in $(env | sed -n -e 's/^\\(CARGO_PROFILE_[A-Z0-9_]*\\)=.*/\\1/p' \\\n"
      "    -e 's/^\\(CARGO_TARGET_[A-Z0-9_]*\\)=.*/\\1/p'); do\n  unset \"$name\"\ndone\n";
  for (const auto& [name, value] : planner_.user().environment())
    if (name.starts_with("CARGO_PROFILE_") ||
        (name.starts_with("CARGO_TARGET_") && name.ends_with("_LINKER")))
      text += fmt::format("export {}={}\n", name, word(value));
  return text;
}

ShellPlaces::Pieces ShellPlaces::pieces_of(const std::string& text) const {
  Pieces pieces{{"", ""}};
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::ranges::find_if(folders_, [&](const auto& folder) {
      const auto end = at + folder.first.size();
      return text.compare(at, folder.first.size(), folder.first) == 0 &&
             (at == 0 || !continues_a_name(text[at - 1]) || (at == 2 && text[0] == '-')) &&  // -L/folder
             (end == text.size() || text[end] == '/' || !continues_a_name(text[end]));
    });
    if (found == folders_.end()) {
      pieces.back().first += text[at++];
      continue;
    }
    pieces.back().second = found->second;
    pieces.emplace_back();
    at += found->first.size();
  }
  return pieces;
}

std::string ShellPlaces::word(const std::string& text) const {
  std::string result;
  for (const auto& [literal, variable] : pieces_of(text)) {
    if (!literal.empty()) result += shell_quote(literal);
    if (!variable.empty()) result += '"' + variable + '"';
  }
  return result.empty() ? "''" : result;
}

std::string ShellPlaces::words(const std::vector<std::string>& argv) const {
  std::string text;
  for (const auto& each : argv) text += (text.empty() ? "" : " ") + word(each);
  return text;
}

std::string ShellPlaces::write_file(const pgo::GeneratedFile& file) const {
  std::string body;
  for (const auto& [literal, variable] : pieces_of(file.text)) {
    for (const char c : literal) {
      if (c == '$' || c == '`' || c == '\\') body += '\\';
      body += c;
    }
    if (!variable.empty()) body += "${" + variable.substr(1, variable.find('/') - 1) + "}";
    if (const auto rest = variable.find('/'); rest != std::string::npos) body += variable.substr(rest);
  }
  std::string end = "END_OF_FILE";
  while (body.find(end) != std::string::npos) end += "_";  // it must not contain its own end
  return fmt::format("mkdir -p {}\ncat >{} <<{}\n{}{}{}\n", word(file.path.parent_path()), word(file.path),
                     end, body, body.ends_with('\n') ? "" : "\n", end);
}

}  // namespace pgo_orch::orchestrator
