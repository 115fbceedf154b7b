# shellcheck shell=bash
# Switching to the release, starting it, and seeing that it answers.
#
# Below /opt/simmer: `current` and `previous` point to releases; `updating` is there from before the switch until the new
# release has answered, and holds what `current` was (nothing on a first installation).

readonly HEALTH_TRIES=90

start_service() {
  step 'Start'
  if was_cut_off; then change 'do again what an earlier run may have left undone'; fi
  if [[ $CHANGED == no ]] && is_current && is_started; then
    same 'nothing has changed: Simmer goes on as it is'
    end_run
    return
  fi
  is_current || switch_release
  run_live systemctl daemon-reload
  run_live systemctl enable simmer
  if ! attempt_live systemctl restart simmer; then
    come_back 'systemd could not start it'
  elif is_live && [[ $DRY_RUN == no ]] && ! answers_in_time; then
    come_back "it does not answer at http://$(own_address):$(port)/healthz"
  fi
  keep_one_before
  end_run
}

end_run() { [[ $DRY_RUN == yes ]] || rm -f "$ROOT/opt/simmer/unfinished"; }

is_current() { [[ $(release_at "$CURRENT") == "$RELEASE" ]]; }

# A run that was cut off may have left everything in place but the start.
is_started() {
  ! is_live && return
  systemctl --quiet is-enabled simmer 2>/dev/null && systemctl --quiet is-active simmer
}

# What runs now, as the folder below /opt/simmer. Earlier versions of this script knew one only: app.
running_release() {
  if [[ -L $ROOT$CURRENT ]]; then
    release_at "$CURRENT"
  elif [[ -d $ROOT/opt/simmer/app ]]; then
    say app
  fi
}

switch_release() {
  local running
  running=$(running_release)
  # Where an earlier switch never came to its end, the release before that is the one that is known to work; but one that
  # answers now has come to it, and its studies are the ones to keep.
  if [[ ! -f $ROOT/opt/simmer/updating || $(cat "$ROOT/opt/simmer/updating") == "$running" ]] ||
    { is_live && [[ $DRY_RUN == no ]] && is_healthy; }; then
    if [[ -n $running ]]; then
      run_live systemctl stop simmer
      save_studies
    fi
    put 0644 /opt/simmer/updating <<<"$running"
    SWITCHED_FROM=$running
  fi
  point "$RELEASE" "$CURRENT"
}

answers_in_time() {
  local try
  say "  waiting for http://$(own_address):$(port)/healthz"
  for ((try = 0; try < HEALTH_TRIES; try++)); do
    # Twice: one that crashes soon after its start may have answered before.
    if is_healthy && sleep 5 && is_healthy; then return; fi
    sleep 1
  done
  return 1
}

# bash alone can ask: no other program for it is sure to be there.
is_healthy() {
  local answer
  answer=$(
    exec 2>/dev/null
    exec 3<>"/dev/tcp/$(own_address)/$(port)" || exit
    # The daemon answers to its own names only, with the port.
    printf 'GET /healthz HTTP/1.0\r\nHost: %s:%s\r\n\r\n' "$(own_address)" "$(port)" >&3
    read -r -t 5 -u 3 line && say "$line"
  ) || return 1
  [[ $answer == HTTP/1.?' 200'* ]]
}

# After a success: the new release and the one before stay, for a way back.
keep_one_before() {
  local before='' name
  before=$(release_at /opt/simmer/previous)
  if [[ -f $ROOT/opt/simmer/updating ]]; then
    before=$(cat "$ROOT/opt/simmer/updating")
  elif [[ -n ${SWITCHED_FROM:-} ]]; then
    before=$SWITCHED_FROM
  fi
  if [[ $before == releases/* && $before != "$RELEASE" && $before != "$(release_at /opt/simmer/previous)" ]]; then
    point "$before" /opt/simmer/previous
  fi
  [[ ! -f $ROOT/opt/simmer/updating ]] || run rm -f "$ROOT/opt/simmer/updating"
  for name in "$ROOT$RELEASES"/*; do
    if [[ -e $name && releases/${name##*/} != "$RELEASE" && releases/${name##*/} != "$before" ]]; then run rm -rf "$name"; fi
  done
  # What earlier runs that were cut off have left, and where earlier versions of this script put the program.
  for name in "$ROOT$RELEASES"/.new "$ROOT"/opt/simmer/{*.new,*.old,*.unpacked,*.whl,npm-cache,app}; do
    if [[ -e $name || -L $name ]]; then run rm -rf "$name"; fi
  done
}

# What a person needs to know at the end.
finish() {
  is_live || return 0
  say_firewall
  say ''
  if [[ -x $ROOT$WRAPPER ]] && "$ROOT$WRAPPER" pair 2>/dev/null; then return; fi
  say 'Simmer is here:'
  { { ! has_program avahi-daemon || say "$(network_name).local"; } && ipv4_addresses; } | sed "s|.*|  http://&:$(port)|"
  say 'A new browser asks for a pairing code; the last one in the log is the one that holds:'
  say "  sudo journalctl -u simmer | grep 'Pairing code' | tail -n 1"
}

ipv4_addresses() { hostname -I | tr ' ' '\n' | grep -F . || true; }

# The firewall is never changed: who is shut out by a mistake may have no screen at the box.
say_firewall() {
  has_program ufw || return 0
  local rules
  rules=$(ufw status 2>/dev/null || true)
  grep -q '^Status: active' <<<"$rules" || return 0
  ! grep -qE "^$(port)(/tcp)? +ALLOW" <<<"$rules" || return 0
  say ''
  note "the firewall is on and port $(port) is not open. To open it to your network: sudo ufw allow $(port)/tcp"
}
