# shellcheck shell=bash
# A folder with all that a box without network needs: --prepare fills it, --offline takes from it.

# offline_names PREFIX: the listed files whose names begin so.
offline_names() { awk -v prefix="$1" 'index(substr($0, 67), prefix) == 1 {print substr($0, 67)}' "$OFFLINE/SHA256SUMS"; }

# Each file is checked before anything of it is used. A file that is not listed is none of ours.
check_offline() {
  local wanted found
  wanted=$(awk -v name="$1" 'substr($0, 67) == name {print substr($0, 1, 64)}' "$OFFLINE/SHA256SUMS")
  [[ -n $wanted ]] || fail "expected $1 in $OFFLINE/SHA256SUMS, found no such line: run --prepare again"
  [[ -f $OFFLINE/$1 ]] || fail "expected $1 in $OFFLINE, found none: copy the folder again"
  found=$(sha256_of "$OFFLINE/$1")
  [[ $found == "$wanted" ]] ||
    fail "expected $OFFLINE/$1 to have the SHA-256 $wanted, found $found: the file is damaged, copy the folder again"
}

prepare() {
  [[ $(uname -s) == Linux ]] || STEP='' fail "expected Linux for --prepare, found $(uname -s): any connected Linux computer will do"
  step 'Prepare'
  local name scratch=$PREPARE/.scratch node
  ROOT=''
  ARCH=aarch64
  [[ $FOR != linux-x64 ]] || ARCH=x86_64
  find_fingerprint
  name=simmer-${FINGERPRINT:0:12}.tar.gz
  node=$(command -v node || true)
  if [[ -z $node ]] || ! command -v npm >/dev/null || ! at_least "$("$node" --version | tr -d v)" "$OLDEST_NODE"; then
    fail "expected Node.js $OLDEST_NODE or newer with npm, found ${node:-none}: install it from nodejs.org"
  fi
  has_pip || fail 'expected python3 with pip, which fetches Node.js for the box, and found none: install it'
  run mkdir -p "$PREPARE"
  [[ $DRY_RUN == yes ]] || PREPARE=$(cd "$PREPARE" && pwd)
  scratch=$PREPARE/.scratch
  prepare_wheel
  prepare_release "$scratch" "$name"
  if [[ $TENSORFLOW == yes ]]; then
    run env SIMMER_HOME="$scratch/home" node "$scratch/simmer/bin/simmer.js" backend fetch tensorflow --for "$FOR" \
      --to "$PREPARE/tensorflow"
  elif [[ $TENSORFLOW == no ]]; then
    run rm -rf "$PREPARE/tensorflow"
  fi
  run rm -rf "$scratch"
  change "write $PREPARE/SHA256SUMS"
  [[ $DRY_RUN == no ]] || return 0
  list_sums
  say ''
  say "Carry $PREPARE to the box, and there, with DIR for where it lies:"
  say "  tar -xzf DIR/$name && sudo simmer/scripts/setup-jetson.sh --offline DIR"
}

prepare_wheel() {
  local name
  name=$(wheel)
  if has_sha256 "$PREPARE/$name" "$(wheel_sha256)"; then
    same "$name is there"
    return
  fi
  run rm -f "$PREPARE/$name"
  download_wheel "$PREPARE"
  run rm -f "$PREPARE/$PIP_WHEEL"
  [[ $DRY_RUN == yes ]] || has_sha256 "$PREPARE/$name" "$(wheel_sha256)" ||
    fail "expected $name to have the SHA-256 $(wheel_sha256), found another: fetch it again"
}

# JavaScript and WebAssembly run on every machine: the box has nothing to build.
prepare_release() {
  local scratch=$1 name=$2
  change "copy $SOURCE to $scratch/simmer"
  [[ $DRY_RUN == yes ]] || copy_source "$scratch/simmer"
  run npm install --prefix "$scratch/simmer" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
  run node "$scratch/simmer/scripts/build.mjs"
  run npm install --prefix "$scratch/simmer" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error --omit=dev
  change "pack it into $PREPARE/$name"
  [[ $DRY_RUN == no ]] || return 0
  say "$FINGERPRINT" >"$scratch/simmer/.fingerprint"
  rm -f "$PREPARE"/simmer-*.tar.gz
  tar --create --gzip --owner=0 --group=0 --numeric-owner --file "$scratch/$name" --directory "$scratch" simmer
  mv "$scratch/$name" "$PREPARE/$name"
}

list_sums() {
  (
    cd "$PREPARE"
    find . -type f ! -name 'SHA256SUMS*' -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS.new
    mv SHA256SUMS.new SHA256SUMS
  )
}
