# Types a line and a tab into an interactive shell, and prints the words that the line then has, as the shell reads
# them, a line each with < and > around it.
#
#   zsh -f typed.zsh LINE SHELL...        SHELL: a command; it reads what comes next from standard input as its setup
zmodload zsh/zpty
line=$1
shift
zpty keyboard "${(@q)@}"
zpty -w keyboard "$(cat); PS1=; unset PROMPT_COMMAND; stty -echo; echo rea''dy"
zpty -r -m keyboard answer $'*ready\r\n*' || exit 1
# to the beginning of the line, where a command is put before it
zpty -w keyboard "$line"$'\t\x01'"printf '<%s>\\n' "$'\x05'" e''nd"
zpty -r -m keyboard answer $'*<end>*' || exit 1
zpty -d keyboard
print -r -- "$answer" | tr -d '\r' | sed -n '/<end>$/d; s/^[^<]*\(<.*>\)$/\1/p'
