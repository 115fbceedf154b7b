# shellcheck shell=bash
# TensorFlow, which trains on a Jetson's GPU. It comes last: the service runs without it too.

readonly TENSORFLOW_PLACE=/var/lib/simmer/backends/tensorflow/installed.json
readonly TENSORFLOW_FILES=/opt/simmer/tensorflow-files

wants_tensorflow() { [[ $TENSORFLOW == yes ]] && ! has_tensorflow; }

# That folder is closed to others: who may not look cannot tell, and need not be told that it is missing.
has_tensorflow() {
  [[ -f $ROOT$TENSORFLOW_PLACE ]] || { [[ -d $ROOT/var/lib/simmer ]] && [[ ! -x $ROOT/var/lib/simmer ]]; }
}

install_tensorflow() {
  [[ $TENSORFLOW == yes ]] || return 0
  step 'TensorFlow'
  if ! is_live; then
    left_out 'simmer backend install tensorflow'
    return
  fi
  if [[ -d $ROOT/var/lib/simmer && ! -x $ROOT/var/lib/simmer ]]; then
    note 'only root can see whether it is there'
    return
  fi
  if has_tensorflow && [[ ! -e $ROOT$TENSORFLOW_FILES.used ]]; then
    same 'it is there'
    return
  fi
  local from=()
  [[ $DRY_RUN == yes ]] || mkdir -p "$ROOT/opt/simmer"
  if [[ -n $OFFLINE ]]; then
    copy_tensorflow_files
    from=(--from "$ROOT$TENSORFLOW_FILES")
  fi
  # Until the service has been started again.
  [[ $DRY_RUN == yes ]] || : >"$ROOT$TENSORFLOW_FILES.used"
  if ! as_simmer backend install tensorflow "${from[@]}"; then
    rm -rf "$ROOT$TENSORFLOW_FILES" "$ROOT$TENSORFLOW_FILES.used"
    fail 'it could not be installed, see the message above. Simmer runs and trains without it. Put right what it says, or use --no-tensorflow'
  fi
  run_live systemctl restart simmer
  [[ $DRY_RUN == yes ]] || answers_in_time ||
    fail 'Simmer does not answer with it: simmer backend install tensorflow --remove, then sudo systemctl restart simmer, goes on without it'
  [[ $DRY_RUN == yes ]] || rm -rf "$ROOT$TENSORFLOW_FILES" "$ROOT$TENSORFLOW_FILES.used"
}

# The command line, as the service's user.
as_simmer() { attempt_live "$ROOT$WRAPPER" "$@"; }

# Where a stick is mounted may be closed to the service's user.
copy_tensorflow_files() {
  local name names
  mapfile -t names < <(offline_names tensorflow/)
  ((${#names[@]} > 0)) || fail "expected TensorFlow's files, found none in $OFFLINE: run --prepare again, or use --no-tensorflow"
  for name in "${names[@]}"; do check_offline "$name"; done
  change "copy them to $TENSORFLOW_FILES"
  [[ $DRY_RUN == no ]] || return 0
  rm -rf "$ROOT$TENSORFLOW_FILES"
  for name in "${names[@]}"; do
    install -D -m 0644 "$OFFLINE/$name" "$ROOT$TENSORFLOW_FILES/${name#tensorflow/}"
  done
}
