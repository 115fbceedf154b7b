# shellcheck shell=bash
# What the script was asked for.

usage() {
  cat <<'TEXT'
Usage: setup-jetson.sh [options]

  --dry-run          say each command and file that would change something; change nothing; no root needed
  --check            say of each step whether it is as it should be; change nothing; exit 3 if something would change
  --yes              ask nothing
  --tensorflow       install (or prepare) TensorFlow as well: the default on a Jetson; --no-tensorflow: do not
  --name NAME        be NAME.local on the network (default on a Jetson: simmer; elsewhere: as it is)
  --swap GB          make a swap file of so many gigabytes (default: none)
  --offline DIR      take everything that would be downloaded from DIR, which --prepare has filled; use no network
  --prepare DIR      on a connected Linux computer: fetch and build all that a box without network needs into DIR
  --for MACHINE      what DIR is for: jetpack4 (default), linux-arm64 or linux-x64
  --uninstall        remove all that this script made; studies, settings and the user stay
  --purge            with --uninstall: remove those too
  --source DIR       folder of Simmer's source (default: the one that holds this script)
  --root DIR         look at and install into a system below DIR; what needs a running system is left out
TEXT
}

read_arguments() {
  TASK=set-up DRY_RUN=no YES=no PURGE=no ROOT='' OFFLINE='' PREPARE='' FOR=jetpack4 TENSORFLOW='' SAID_OF_TENSORFLOW='' NAME='' SWAP_GB=''
  CHANGED=no CUT_OFF=no TASK_DRY=no STEP=''
  SOURCE=$(dirname "$HERE")
  while (($# > 0)); do
    case $1 in
      --dry-run) TASK_DRY=yes ;;
      --check) TASK=check ;;
      --uninstall) TASK=uninstall ;;
      --purge) PURGE=yes ;;
      --yes) YES=yes ;;
      --tensorflow) TENSORFLOW=yes ;;
      --no-tensorflow) TENSORFLOW=no ;;
      --root | --source | --offline | --prepare | --for | --name | --swap)
        (($# > 1)) || misused "expected a value after $1"
        read_value "$1" "$2"
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) misused "expected an option that --help lists, got $1" ;;
    esac
    shift
  done
  check_arguments
}

read_value() {
  case $1 in
    --root) ROOT=$(folder "$@") ;;
    --source) SOURCE=$(folder "$@") ;;
    --offline) OFFLINE=$(folder "$@") ;;
    --prepare) TASK=prepare PREPARE=$2 ;;
    --for) FOR=$2 ;;
    --name) NAME=$2 ;;
    --swap) SWAP_GB=$2 ;;
  esac
}

folder() {
  [[ -d $2 ]] || misused "expected a folder after $1, found none at $2"
  (cd "$2" && pwd -P)
}

misused() { FAIL_CODE=2 fail "$@"; }

check_arguments() {
  if [[ $TASK_DRY == yes ]]; then
    DRY_RUN=yes
    [[ $TASK != set-up ]] || TASK=dry-run
  fi
  [[ $ROOT != / ]] || ROOT=''
  [[ -f $SOURCE/bin/simmer.js || $TASK == uninstall ]] ||
    misused "expected Simmer's source in $SOURCE, found no bin/simmer.js there"
  [[ $PURGE == no || $TASK == uninstall ]] || misused 'expected --purge with --uninstall'
  [[ -z $NAME || $NAME =~ ^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$ ]] ||
    misused "expected letters, digits and dashes after --name, got $NAME"
  [[ -z $SWAP_GB || $SWAP_GB =~ ^[1-9][0-9]?$ ]] || misused "expected --swap 1 to 99, got $SWAP_GB"
  [[ $FOR == @(jetpack4|linux-arm64|linux-x64) ]] ||
    misused "expected --for jetpack4, linux-arm64 or linux-x64, got $FOR"
  [[ -z $OFFLINE || -f $OFFLINE/SHA256SUMS ]] ||
    misused "expected a folder that --prepare has filled, found no SHA256SUMS in $OFFLINE"
  if [[ $TASK == @(set-up|uninstall) && $DRY_RUN == no && -z $ROOT && $(id -u) -ne 0 ]]; then
    misused 'expected to run as root: use sudo, or --dry-run to see what it would do'
  fi
}
