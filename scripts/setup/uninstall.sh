# shellcheck shell=bash
# Takes away what this script made. What is not there any more is left out, so that it can be run again.

uninstall() {
  look_around >/dev/null
  step 'Uninstall'
  local plan
  plan=$(
    set -e
    DRY_RUN=yes
    remove_all
  )
  if [[ $DRY_RUN == yes ]]; then
    say "$plan"
    return
  fi
  if [[ $PURGE == yes ]]; then
    say 'This removes Simmer, its settings, its user and all studies, data sets and logs in /var/lib/simmer.'
  else
    say 'This removes Simmer. /var/lib/simmer, /etc/simmer and the user simmer stay.'
  fi
  ask
  lock
  explain_errors
  remove_all
  trap - EXIT
}

remove_all() {
  remove_units
  # The rest of the script's marks lie below /opt/simmer, so that goes last.
  if [[ -f $ROOT/opt/simmer/mdns-name ]]; then forget_network_name; fi
  if [[ -e $ROOT/etc/systemd/journald.conf.d/simmer.conf ]]; then
    remove /etc/systemd/journald.conf.d/simmer.conf
    rmdir_if_empty /etc/systemd/journald.conf.d
    run_live systemctl try-restart systemd-journald
  fi
  remove /etc/avahi/services/simmer.service
  if [[ -e $ROOT/etc/udev/rules.d/99-simmer-gpio.rules ]]; then
    remove /etc/udev/rules.d/99-simmer-gpio.rules
    run_live udevadm control --reload-rules
  fi
  if grep -qs 'setup-jetson.sh' "$ROOT$WRAPPER"; then remove "$WRAPPER"; fi
  remove /opt/simmer
  [[ $PURGE == no ]] || purge
}

remove_units() {
  local units=/etc/systemd/system
  if [[ -e $ROOT$units/simmer.service ]]; then
    attempt_live systemctl disable --now simmer || true
    remove $units/simmer.service
    # Not what `systemctl edit` made.
    remove $units/simmer.service.d/newer-systemd.conf
    remove $units/simmer.service.d/groups.conf
    rmdir_if_empty $units/simmer.service.d
  fi
  if [[ -e $ROOT$units/$SWAP_UNIT ]]; then
    run_live systemctl disable --now "$SWAP_UNIT"
    remove "$units/$SWAP_UNIT"
  fi
  run_live systemctl daemon-reload
}

forget_network_name() {
  local ours
  ours=$(cat "$ROOT/opt/simmer/mdns-name")
  if grep -qsx "host-name=$ours" "$ROOT$AVAHI"; then
    change "take host-name=$ours out of $AVAHI"
    [[ $DRY_RUN == yes ]] || write_host_name ''
    run_live systemctl try-restart avahi-daemon
  fi
}

purge() {
  remove /etc/simmer
  remove /etc/systemd/system/simmer.service.d
  ! has_user || run_live userdel simmer
  remove /var/lib/simmer
}

remove() { if [[ -e $ROOT$1 ]]; then run rm -rf "$ROOT$1"; fi; }

rmdir_if_empty() {
  [[ -d $ROOT$1 && -z $(ls -A "$ROOT$1") ]] || [[ $DRY_RUN == yes && -d $ROOT$1 ]] || return 0
  run rmdir --ignore-fail-on-non-empty "$ROOT$1"
}
