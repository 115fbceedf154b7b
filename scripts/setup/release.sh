# shellcheck shell=bash
# The program: each version of the source is built into a folder of its own, named by the fingerprint of its files.

readonly RELEASES=/opt/simmer/releases
readonly CURRENT=/opt/simmer/current
readonly NPM_CACHE=/opt/simmer/npm-cache

find_fingerprint() {
  FINGERPRINT=$(fingerprint_of "$SOURCE")
  RELEASE=releases/${FINGERPRINT:0:12}
}

fingerprint_of() { (cd "$1" && source_files | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1); }

# Names of the source's own files below the working folder, NUL-separated and sorted. A finished release is a source too.
source_files() {
  find . \( -name node_modules -o -name dist -o -name .git -o -name .simmer \) -prune -o \
    -type f ! -path ./.fingerprint -print0 | sort -z
}

release_is_ready() { [[ $(cat "$ROOT/opt/simmer/$RELEASE/.fingerprint" 2>/dev/null) == "$FINGERPRINT" ]]; }

install_release() {
  step 'Simmer'
  local new=$RELEASES/.new
  if release_is_ready; then
    same "/opt/simmer/$RELEASE is as it should be"
  elif [[ -n $OFFLINE ]]; then
    unpack_release "$new"
    take_place "$new" "/opt/simmer/$RELEASE"
  else
    change "copy $SOURCE to $new"
    [[ $DRY_RUN == yes ]] || copy_source "$ROOT$new"
    build_release "$ROOT$new" "$ROOT$NODE_HOME/bin" --cache "$ROOT$NPM_CACHE"
    run_live rm -rf "$ROOT$NPM_CACHE"
    [[ $DRY_RUN == yes ]] || say "$FINGERPRINT" >"$ROOT$new/.fingerprint"
    take_place "$new" "/opt/simmer/$RELEASE"
  fi
  # `simmer update` looks there for the next version.
  [[ $SOURCE/ == "$ROOT"/opt/simmer/* ]] || put 0644 /opt/simmer/source <<<"$SOURCE"
}

# Whoever owns the source must not own what the service runs, and the service must be able to read it.
copy_source() {
  rm -rf "$1"
  mkdir -p "$1"
  (cd "$SOURCE" && source_files | tar --create --null --files-from=-) | tar --extract --no-same-owner --directory "$1"
  chmod -R u=rwX,go=rX "$1"
  [[ $(fingerprint_of "$1") == "$FINGERPRINT" ]] ||
    fail "expected $SOURCE to stay as it is meanwhile, and it was changed: leave it alone"
}

# build_release FOLDER FOLDER_OF_NODE [OPTION_OF_NPM...]
build_release() {
  local folder=$1 bin=$2
  shift 2
  npm_install "$folder" "$bin" "$@"
  run_live "$bin/node" "$folder/scripts/build.mjs"
  npm_install "$folder" "$bin" "$@" --omit=dev
}

# Its cache stays out of the home folder of whoever called sudo. Not `npm ci`: see scripts/ready.mjs.
npm_install() {
  local folder=$1 bin=$2
  shift 2
  run_live "$bin/node" "$bin/npm" install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund \
    --loglevel=error "$@"
}

unpack_release() {
  local name=simmer-${FINGERPRINT:0:12}.tar.gz new=$ROOT$1
  [[ -f $OFFLINE/$name ]] ||
    fail "expected $name, which is this source made ready, found none in $OFFLINE: run --prepare again with this source"
  check_offline "$name"
  change "unpack $name into $1"
  [[ $DRY_RUN == no ]] || return 0
  rm -rf "$new"
  mkdir -p "$new"
  tar --extract --gzip --no-same-owner --strip-components=1 --file "$OFFLINE/$name" --directory "$new"
  chmod -R u=rwX,go=rX "$new"
  [[ $(cat "$new/.fingerprint" 2>/dev/null) == "$FINGERPRINT" ]] ||
    fail "expected $name to be made from this source, found another: run --prepare again with this source"
}

# The release that a symbolic link names, as in releases/0123456789ab; nothing where there is no link.
release_at() { readlink "$ROOT$1" 2>/dev/null || true; }
