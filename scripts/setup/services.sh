# shellcheck shell=bash
# Units, the page's announcement on the network, and the command for people.

readonly AVAHI=/etc/avahi/avahi-daemon.conf
readonly WRAPPER=/usr/local/bin/simmer

install_services() {
  step 'Services'
  put_units "$SOURCE"
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
  if [[ $PUT == changed ]] || was_cut_off; then run_live systemctl try-restart systemd-journald; fi
  # Avahi sees by itself that this changes.
  put 0644 /etc/avahi/services/simmer.service < <(sed "s/8080/$(port)/" "$SOURCE/systemd/simmer.avahi")
  set_network_name
}

# Those of a source or a release: going back to a release takes its own.
put_units() {
  put 0644 /etc/systemd/system/simmer.service <"$1/systemd/simmer.service"
  if [[ -n $SYSTEMD ]] && at_least "$SYSTEMD" 247; then
    put 0644 /etc/systemd/system/simmer.service.d/newer-systemd.conf <"$1/systemd/drop-ins/newer-systemd.conf"
  fi
}

# --- NAME.local ---------------------------------------------------------------------------------------------------

set_network_name() {
  local found ours
  ours=$(cat "$ROOT/opt/simmer/mdns-name" 2>/dev/null || true)
  if [[ -z $NAME ]] && is_jetson; then NAME=${ours:-simmer}; fi
  [[ -n $NAME ]] || return 0
  if [[ ! -f $ROOT$AVAHI ]] && { [[ $DRY_RUN == no || -n $OFFLINE ]] || ! is_live; }; then
    note "$AVAHI is not there: $NAME.local will not be known on the network"
    return
  fi
  found=$(sed -nE 's/^host-name=(.*)/\1/p' "$ROOT$AVAHI" 2>/dev/null | tail -n 1 || true)
  if [[ -n $found && $found != "$ours" ]]; then
    same "$found.local is this machine's name on the network and stays it"
    return
  fi
  if [[ $found != "$NAME" ]]; then
    # First, so that it is known to be ours.
    put 0644 /opt/simmer/mdns-name <<<"$NAME"
    change "write host-name=$NAME into $AVAHI"
    [[ $DRY_RUN == yes ]] || write_host_name "$NAME"
    run_live systemctl try-restart avahi-daemon
  else
    same "$NAME.local is this machine's name on the network"
    ! was_cut_off || run_live systemctl try-restart avahi-daemon
  fi
}

# Below [server], where our line alone can be taken out again; an empty name takes it out.
write_host_name() {
  local file=$ROOT$AVAHI
  awk -v name="$1" '/^host-name=/ {next} {print} /^\[server\]/ && name {print "host-name=" name}' "$file" >"$file.new"
  chmod --reference="$file" "$file.new"
  sync "$file.new"
  mv "$file.new" "$file"
}

# What the machine is called on the network.
network_name() { sed -nE 's/^host-name=(.*)/\1/p' "$ROOT$AVAHI" 2>/dev/null | grep . || uname -n; }

# --- The command --------------------------------------------------------------------------------------------------

install_command() {
  step 'Command'
  put 0755 "$WRAPPER" <"$SOURCE/scripts/setup/simmer.sh"
}
