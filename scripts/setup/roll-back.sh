# shellcheck shell=bash
# The way back: a newer release may have changed the studies' files so that an older one cannot read them. So they are
# copied before the switch and come back with the release.
#
# Below /opt/simmer: `before-update` holds that copy; `rolling-back` is there while the way back is not finished;
# `rolled-back` holds the studies as the newer release left them.

readonly STATE=/var/lib/simmer

# Small files beside the studies: keys, speed test, limits. Not the lock, which says who uses the folder now.
small_files() { find "$1" -maxdepth 1 -type f -size -1024k ! -name lock -print0; }

save_studies() {
  local new=/opt/simmer/before-update.new
  [[ -d $ROOT$STATE ]] || return 0
  change "copy studies and small files of $STATE to $new"
  if [[ $DRY_RUN == no ]]; then
    rm -rf "$ROOT$new"
    mkdir -p "$ROOT$new"
    chmod 0700 "$ROOT$new"
    copy_state "$ROOT$STATE" "$ROOT$new"
  fi
  take_place "$new" /opt/simmer/before-update
}

copy_state() {
  [[ ! -d $1/studies ]] || cp -a "$1/studies" "$2/"
  small_files "$1" | xargs -0 --no-run-if-empty cp -a --target-directory "$2"
}

# come_back WHY: the release just started does not come up. Ends the script.
come_back() {
  local why=$1 log before
  log=$(journalctl -u simmer -n 20 --no-pager 2>/dev/null || true)
  [[ -z $log ]] || printf '%s\n' "The last lines of its log:" "$log" >&2
  if [[ ! -f $ROOT/opt/simmer/updating ]]; then
    fail "$RELEASE does not come up: $why. It was not new, so nothing was taken back: see its log above and put right what it says"
  fi
  before=$(cat "$ROOT/opt/simmer/updating")
  if [[ -z $before ]]; then
    attempt systemctl disable --now simmer || true
    fail "$RELEASE does not come up: $why. The service was stopped and is not started at boot: see its log above and put right what it says"
  fi
  attempt systemctl stop simmer || true
  run mkdir -p "$ROOT/opt/simmer/rolled-back.new"
  run chmod 0700 "$ROOT/opt/simmer/rolled-back.new"
  take_place /opt/simmer/rolled-back.new /opt/simmer/rolled-back
  put 0644 /opt/simmer/rolling-back <<<"$before"
  end_roll_back
  end_run
  if attempt systemctl restart simmer && answers_in_time; then
    fail "$RELEASE does not come up: $why. $before runs again with the studies as it left them. Wait for a corrected version, or see the log above and put right what it says"
  fi
  fail "$RELEASE does not come up: $why. $before was put back, and does not come up either: see sudo journalctl -u simmer and put right what it says"
}

# Takes the way back to its end, also where an earlier run was cut off on it.
end_roll_back() {
  local before
  [[ -f $ROOT/opt/simmer/rolling-back ]] || return 0
  step 'Roll-back'
  before=$(cat "$ROOT/opt/simmer/rolling-back")
  attempt_live systemctl stop simmer || true
  put_studies_back
  put_units "$ROOT/opt/simmer/$before"
  point "$before" "$CURRENT"
  run_live systemctl daemon-reload
  run rm -f "$ROOT/opt/simmer/updating"
  run rm -f "$ROOT/opt/simmer/rolling-back"
}

put_studies_back() {
  local saved=$ROOT/opt/simmer/before-update aside=$ROOT/opt/simmer/rolled-back state=$ROOT$STATE
  [[ -d $saved ]] || return 0
  change "put studies and small files of $STATE back; how they were last is kept in /opt/simmer/rolled-back"
  [[ $DRY_RUN == no ]] || return 0
  rm -rf "$state/studies.new"
  [[ ! -d $saved/studies ]] || cp -a "$saved/studies" "$state/studies.new"
  # Set aside once: the second time round these would be the old ones.
  if [[ -d $state/studies && ! -d $aside/studies ]]; then mv -T "$state/studies" "$aside/studies"; fi
  rm -rf "$state/studies"
  [[ ! -d $state/studies.new ]] || mv -T "$state/studies.new" "$state/studies"
  small_files "$state" | xargs -0 --no-run-if-empty mv --no-clobber --target-directory "$aside"
  small_files "$state" | xargs -0 --no-run-if-empty rm -f
  small_files "$saved" | xargs -0 --no-run-if-empty cp -a --target-directory "$state"
}
