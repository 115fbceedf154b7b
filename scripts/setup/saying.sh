# shellcheck shell=bash
# Saying and doing: what changes something is said first, and in a dry run only said.

say() { printf '%s\n' "$*"; }

step() {
  STEP=$1
  printf '\n== %s\n' "$1"
}

same() { say "  = $*"; }
note() { say "  ! $*"; }

# Says a change that is about to be made, and remembers that there was one.
change() {
  say "  + $*"
  CHANGED=yes
}

# Ends the script in one line: which step, why, how to go on.
fail() {
  trap - EXIT
  if [[ -n ${STEP:-} ]]; then
    printf 'setup-jetson.sh: %s: %s. Then run this script again: it goes on from there.\n' "$STEP" "$*" >&2
  else
    printf 'setup-jetson.sh: %s\n' "$*" >&2
  fi
  exit "${FAIL_CODE:-1}"
}

# From here on, whatever else ends the script also says where, and how to go on.
explain_errors() { trap '(($? == 0)) || fail "something did not work, see its message above"' EXIT; }

# A command as a person would type it: without the folder of --root.
shown() {
  local words=$*
  say "${words//${ROOT:-$'\n'}/}"
}

# Does a command, or says it in a dry run; what it needs must work.
run() { attempt "$@" || fail "expected this to work, see its message above: $(shown "$@")"; }

attempt() {
  change "$(shown "$@")"
  [[ $DRY_RUN == yes ]] || "$@"
}

# Whether this is the running system. Of one below --root nothing can be asked, and nothing told to it.
is_live() { [[ -z $ROOT ]]; }

# Does a command that needs the running system.
run_live() {
  if is_live; then run "$@"; else left_out "$@"; fi
}

attempt_live() {
  if is_live; then attempt "$@"; else left_out "$@"; fi
}

left_out() { say "  - left out below --root: $(shown "$@")"; }

# holds FILE TEXT: whether that is what is in it.
holds() {
  local found
  [[ -f $ROOT$1 ]] || return 1
  # Up to a NUL, which is not there: then read says no, with all the text.
  IFS= read -r -d '' found <"$ROOT$1" || true
  [[ $found == "$2" ]]
}

# put MODE FILE: makes FILE hold what comes on stdin; PUT says whether it had to.
put() {
  local mode=$1 file=$ROOT$2 content
  IFS= read -r -d '' content || true
  PUT=same
  if holds "$2" "$content"; then
    same "$2 is as it should be"
    return
  fi
  PUT=changed
  change "write $2"
  [[ $DRY_RUN == no ]] || return 0
  mkdir -p "${file%/*}"
  printf '%s' "$content" >"$file.new"
  chmod "$mode" "$file.new"
  # Or a power cut could leave the new name with nothing in it.
  sync "$file.new"
  mv "$file.new" "$file"
}

# Makes a symbolic link point somewhere else without a moment in which it is not there.
point() {
  change "point $2 to $1"
  [[ $DRY_RUN == no ]] || return 0
  ln -sfn "$1" "$ROOT$2.new"
  mv -T "$ROOT$2.new" "$ROOT$2"
}

# take_place NEW PLACE: a finished folder takes the place of another.
take_place() {
  change "put it at $2"
  [[ $DRY_RUN == no ]] || return 0
  sync -f "$ROOT$1"
  rm -rf "$ROOT$2.old"
  [[ ! -e $ROOT$2 ]] || mv -T "$ROOT$2" "$ROOT$2.old"
  mv -T "$ROOT$1" "$ROOT$2"
  rm -rf "$ROOT$2.old"
}

# Asks once; whoever says --yes has answered.
ask() {
  [[ $YES == no ]] || return 0
  [[ -t 0 ]] || FAIL_CODE=2 STEP='' fail 'expected --yes where there is no terminal to ask on'
  local answer
  read -r -p 'Go on? [y/N] ' answer || true
  [[ $answer == [yYjJ]* ]] || FAIL_CODE=1 STEP='' fail 'nothing was changed'
}

# One run at a time. The lock goes with the process that holds it, however that ends.
lock() {
  mkdir -p "$ROOT/run"
  exec 9>>"$ROOT/run/simmer-setup.lock"
  flock --nonblock 9 || STEP='' fail 'expected to be alone, found another run of this script: wait for its end'
}

# A run that is cut off leaves `unfinished` behind: the next one then does again what cannot be seen in files.
begin() {
  mkdir -p "$ROOT/opt/simmer"
  : >"$ROOT/opt/simmer/unfinished"
}

look_for_a_cut() { if [[ -e $ROOT/opt/simmer/unfinished ]]; then CUT_OFF=yes; else CUT_OFF=no; fi; }
was_cut_off() { [[ $CUT_OFF == yes ]]; }
