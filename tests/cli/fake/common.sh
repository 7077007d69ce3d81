# Sourced by the fakes. $TOY_DIR is the test's folder; its file `log` has a record of each call.

bin=${0%/*}
watched="CARGO_ENCODED_RUSTFLAGS RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS
  RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER LLVM_PROFILE_FILE CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
  CARGO_BUILD_BUILD_DIR CARGO_INCREMENTAL MAKEFLAGS CC"
separator=$(printf '\035')

# log TOOL ARGUMENT...: appends a record of fields tool, cwd=, arg=, env=, between \035, that ends with \036.
log() {
  record=$1${separator}cwd=$PWD
  shift
  for word; do record=$record${separator}arg=$word; done
  for name in $watched; do
    eval "[ \"\${$name+set}\" ] && record=\$record\${separator}env=$name=\$$name"
  done
  printf '%s\036' "$record" >> "$TOY_DIR/log"
}

# hold WHAT WORDS: if the test asked for it, in the file hold/WHAT, which names a part of the words, stays here with a
# child of its own until killed. Both process ids go to the file `held`.
hold() {
  [ -e "$TOY_DIR/hold/$1" ] || return 0
  read -r part < "$TOY_DIR/hold/$1"
  case $2 in
    *"$part"*)
      sleep 100 &
      printf '%s\n' $$ $! >> "$TOY_DIR/held"
      wait
      ;;
  esac
}
