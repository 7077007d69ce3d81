// `pgo-orch completions`: a script for a shell, which asks pgo-orch what may come next.

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/commands/completion.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace {

// Without a reply bash completes file names itself, with its own quoting, since `-o default` says so.
constexpr const char* bash_script = R"SCRIPT(# Completions of pgo-orch for bash.
# Use them: eval "$(pgo-orch completions bash)" in ~/.bashrc
_pgo_orch() {
  local program=${1/#~\//$HOME/} line others=+o
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) others=-o ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      *) COMPREPLY+=("$(printf %q "${line%%$'\t'*}")") ;;
    esac
  done < <("$program" __complete bash "$((COMP_CWORD - 1))" "${COMP_WORDS[@]:1}" 2>/dev/null)
  compopt "$others" default 2>/dev/null
}
complete -o default -F _pgo_orch pgo-orch
)SCRIPT";

constexpr const char* zsh_script = R"SCRIPT(#compdef pgo-orch
# Completions of pgo-orch for zsh.
# Use them: pgo-orch completions zsh > DIR/_pgo-orch, where DIR is in $fpath; or, after compinit, in ~/.zshrc:
# eval "$(pgo-orch completions zsh)"
_pgo-orch() {
  local program=${(Q)words[1]} line files= folders=
  local -a typed found about
  program=${program/#\~\//$HOME/}
  typed=("${(@Q)words[2,-1]}")
  for line in "${(@f)$("$program" __complete zsh $((CURRENT - 2)) "${typed[@]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) files=1 ;;
      :folders) folders=1 ;;
      *)
        found+=("${line%%$'\t'*}")
        if [[ $line == *$'\t'* ]]; then
          about+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
        else
          about+=("$line")
        fi
        ;;
    esac
  done
  local failed=1
  (( $#found )) && compadd -l -d about -a found && failed=0
  if [[ -n $files$folders ]]; then
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if [[ -n $files ]]; then _files && failed=0; else _files -/ && failed=0; fi
  fi
  return failed
}
if [[ $funcstack[1] == _pgo-orch ]]; then _pgo-orch "$@"; else compdef _pgo-orch pgo-orch; fi
)SCRIPT";

constexpr const char* fish_script = R"SCRIPT(# Completions of pgo-orch for fish.
# Use them: pgo-orch completions fish > ~/.config/fish/completions/pgo-orch.fish
function __pgo_orch_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l option (string match -r -- '^--[^=]*=' $current)
    for line in ($words[1] __complete fish (math (count $words) - 1) $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (string replace -- "$option" '' $current) | string replace -r -- '^' "$option"
            case :folders
                __fish_complete_directories (string replace -- "$option" '' $current) | string replace -r -- '^' "$option"
            case '*'
                echo $line
        end
    end
end
complete -c pgo-orch -f -a '(__pgo_orch_complete)'
)SCRIPT";

}  // namespace

std::span<const CompletionScript> completion_scripts() {
  static constexpr CompletionScript scripts[] = {
      {"bash", "bash-completion/completions/pgo-orch", bash_script},
      {"zsh", "zsh/site-functions/_pgo-orch", zsh_script},
      {"fish", "fish/vendor_completions.d/pgo-orch.fish", fish_script}};
  return scripts;
}

namespace {

int print_completions(const Arguments& given) {
  const std::string shell = given.files.empty() ? "" : given.files.front();
  const auto scripts = completion_scripts();
  const auto found = std::ranges::find(scripts, shell, &CompletionScript::shell);
  if (found == scripts.end())
    throw Error(fmt::format("completions: {}: choose bash, zsh or fish",
                            shell.empty() ? "for which shell" : fmt::format("unknown shell '{}'", shell)));
  print_text(found->text);
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command completions_command() {
  return {.name = "completions",
          .usage = "completions bash|zsh|fish",
          .summary = "print a script that lets a shell complete pgo-orch",
          .options = help_option,
          .execute = print_completions};
}

}  // namespace pgo_orch::orchestrator
