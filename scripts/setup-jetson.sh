#!/usr/bin/env bash
# Sets Simmer up on a fresh Jetson, or on any Debian or Ubuntu. Run it again at any time: it changes only what is not yet
# as it should be, and goes on where an earlier run was cut off. See docs/installation.md.
set -euo pipefail
umask 022
# Fingerprints must not depend on the language of whoever calls.
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# All of it is read before anything is done: an update replaces these files.
# shellcheck source=scripts/setup/saying.sh
source "$HERE/setup/saying.sh"
# shellcheck source=scripts/setup/arguments.sh
source "$HERE/setup/arguments.sh"
# shellcheck source=scripts/setup/machine.sh
source "$HERE/setup/machine.sh"
# shellcheck source=scripts/setup/system.sh
source "$HERE/setup/system.sh"
# shellcheck source=scripts/setup/node.sh
source "$HERE/setup/node.sh"
# shellcheck source=scripts/setup/release.sh
source "$HERE/setup/release.sh"
# shellcheck source=scripts/setup/services.sh
source "$HERE/setup/services.sh"
# shellcheck source=scripts/setup/start.sh
source "$HERE/setup/start.sh"
# shellcheck source=scripts/setup/roll-back.sh
source "$HERE/setup/roll-back.sh"
# shellcheck source=scripts/setup/tensorflow.sh
source "$HERE/setup/tensorflow.sh"
# shellcheck source=scripts/setup/offline.sh
source "$HERE/setup/offline.sh"
# shellcheck source=scripts/setup/uninstall.sh
source "$HERE/setup/uninstall.sh"

# Each says what is as it should be and what it changes; in a dry run it only says so.
readonly STEPS=(
  end_roll_back
  check_room
  install_packages
  make_swap
  install_node
  make_user
  install_release
  write_settings
  allow_devices
  install_services
  install_command
  start_service
  install_tensorflow
)

main() {
  read_arguments "$@"
  case $TASK in
    prepare) prepare ;;
    uninstall) uninstall ;;
    *) set_up ;;
  esac
}

set_up() {
  look_around
  find_fingerprint
  look_for_a_cut
  if [[ $TASK == dry-run ]]; then
    DRY_RUN=yes
    take_steps
    return
  fi
  [[ $TASK == check ]] || lock
  local plan changing
  plan=$(
    set -e
    DRY_RUN=yes
    take_steps
  )
  changing=$(changing_steps <<<"$plan")
  if [[ $TASK == check ]]; then
    say "$plan"
    say ''
    [[ -n $changing ]] || { say 'Nothing would change.' && return; }
    say "Would change something: $changing."
    exit 3
  fi
  if [[ -z $changing ]]; then
    say ''
    say 'Everything is as it should be: nothing has changed.'
  else
    say ''
    say "To do: $changing. (--dry-run shows each command.)"
    ask
    begin
    explain_errors
    take_steps
    trap - EXIT
  fi
  finish
}

take_steps() {
  local name
  for name in "${STEPS[@]}"; do "$name"; done
  STEP=''
}

# From the lines of a plan to the titles of the steps that would change something.
changing_steps() {
  awk '/^== / {title = substr($0, 4)} /^  \+ / && !(title in seen) {seen[title]; list = list sep title; sep = ", "} END {print list}'
}

# Tests read this file and call one function.
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
