# shellcheck shell=bash
# What the system must have before Simmer comes: room, packages, swap, a user, settings, devices.

readonly SWAP_FILE=/opt/simmer/swapfile
readonly SWAP_UNIT=opt-simmer-swapfile.swap

check_room() {
  step 'Room'
  local kb=0
  release_is_ready || kb=$((kb + KB_OF_GB))
  ! wants_tensorflow || kb=$((kb + 2 * KB_OF_GB))
  swap_is_ready || kb=$((kb + SWAP_GB * KB_OF_GB * 11 / 10))
  if ! is_live; then
    say '  - not asked below --root'
  elif (($(free_kb) < kb)); then
    fail "expected $((kb / 1000)) MB free for /opt/simmer, found $(($(free_kb) / 1000)) MB: make room"
  else
    same "there is room for the $((kb / 1000)) MB that are needed"
  fi
}

# --- Packages -----------------------------------------------------------------------------------------------------

install_packages() {
  step 'System packages'
  local missing
  mapfile -t missing < <(missing_packages | sort -u)
  if ((${#missing[@]} == 0)); then
    same 'all that are needed are there'
  elif [[ -n $OFFLINE ]]; then
    say_missing "${missing[@]}"
  else
    # An earlier run may have been cut off in the middle of it.
    run_live dpkg --configure -a
    # One foreign source that does not answer must not stop this.
    attempt_live apt-get update || note 'not all package lists could be fetched: going on with those that are here'
    run_live env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "${missing[@]}"
  fi
}

missing_packages() {
  has_program avahi-daemon || say avahi-daemon
  if needs_wheel; then need_python; fi
  if wants_tensorflow; then
    need_python
    has_program g++ || say g++
  fi
}

need_python() {
  has_program python3 || say python3
  [[ -n $OFFLINE ]] || has_pip || say python3-pip
}

say_missing() {
  local package
  for package in "$@"; do
    case $package in
      python3)
        if is_live && needs_wheel; then
          fail 'expected python3, which unpacks Node.js, and found none: install it (with network: sudo apt-get install python3)'
        fi
        note 'python3 is missing, which unpacks Node.js and TensorFlow (with network: sudo apt-get install python3)'
        ;;
      g++) note 'g++ is missing: TensorFlow cannot be installed (with network: sudo apt-get install g++)' ;;
      *) note "$package is missing: the page is not announced on the network (with network: sudo apt-get install $package)" ;;
    esac
  done
}

# --- Swap ---------------------------------------------------------------------------------------------------------

swap_is_ready() {
  [[ -z $SWAP_GB ]] && return
  [[ $(stat -c %s "$ROOT$SWAP_FILE" 2>/dev/null) == $((SWAP_GB << 30)) && -f $ROOT/etc/systemd/system/$SWAP_UNIT ]]
}

make_swap() {
  [[ -n $SWAP_GB ]] || return 0
  step 'Swap file'
  if swap_is_ready && ! was_cut_off; then
    same "$SWAP_FILE is there"
    return
  fi
  if ! is_live; then
    left_out "make $SWAP_FILE of $SWAP_GB GB"
    return
  fi
  if ! swap_is_ready; then
    [[ ! -e $ROOT$SWAP_FILE ]] || attempt systemctl stop "$SWAP_UNIT" || true
    [[ -d $ROOT/opt/simmer ]] || run mkdir -p "$ROOT/opt/simmer"
    run fallocate -l "${SWAP_GB}GiB" "$ROOT$SWAP_FILE.new"
    run chmod 0600 "$ROOT$SWAP_FILE.new"
    run mkswap "$ROOT$SWAP_FILE.new"
    run mv "$ROOT$SWAP_FILE.new" "$ROOT$SWAP_FILE"
  fi
  put 0644 "/etc/systemd/system/$SWAP_UNIT" <<TEXT
[Unit]
Description=Swap file of Simmer's set-up

[Swap]
What=$SWAP_FILE
# After the compressed memory.
Priority=1

[Install]
WantedBy=swap.target
TEXT
  run systemctl daemon-reload
  run systemctl enable "$SWAP_UNIT"
  run systemctl start "$SWAP_UNIT"
}

# --- The user and its settings ------------------------------------------------------------------------------------

make_user() {
  step 'User'
  if has_user; then
    same 'user simmer is there'
  else
    run_live useradd --system --user-group --home-dir /var/lib/simmer --shell /usr/sbin/nologin simmer
  fi
  local home=$ROOT/var/lib/simmer
  if [[ -d $home ]]; then
    same '/var/lib/simmer is there'
  elif ! is_live; then
    left_out 'make /var/lib/simmer'
  else
    run mkdir -p "$home.new"
    run chmod 0700 "$home.new"
    run chown simmer:simmer "$home.new"
    run mv -T "$home.new" "$home"
  fi
}

write_settings() {
  step 'Settings'
  [[ -z $SAID_OF_TENSORFLOW ]] || put 0644 /opt/simmer/tensorflow <<<"$SAID_OF_TENSORFLOW"
  if [[ -f $ROOT/etc/simmer/simmer.env ]]; then
    same '/etc/simmer/simmer.env is yours and stays as it is'
    return
  fi
  put 0644 /etc/simmer/simmer.env <<'TEXT'
# Settings of Simmer, one NAME=value a line; docs/installation.md lists them. After a change: systemctl restart simmer
#SIMMER_PORT=8080
#SIMMER_TEMPERATURE_C=70
#SIMMER_LED_PIN=7
#SIMMER_BUTTON_PIN=31
TEXT
}

# --- Devices ------------------------------------------------------------------------------------------------------

allow_devices() {
  step 'Devices'
  if is_jetson; then
    if has_group gpio; then same 'group gpio is there'; else run_live groupadd --system gpio; fi
    put 0644 /etc/udev/rules.d/99-simmer-gpio.rules <"$SOURCE/systemd/99-simmer-gpio.rules"
    if [[ $PUT == changed ]] || was_cut_off; then
      run_live udevadm control --reload-rules
      run_live udevadm trigger --subsystem-match=gpio
    fi
  fi
  local groups
  groups=$(missing_memberships)
  if [[ -z $groups ]]; then
    same 'user simmer may use what there is'
  else
    run_live usermod --append --groups "$groups" simmer
  fi
}

# The service gets its groups from its unit; what is run as its user from a command line gets these.
missing_memberships() {
  local group missing=''
  for group in $(device_groups); do
    grep -qE "^$group:.*[:,]simmer(,|\$)" "$ROOT/etc/group" || missing+=",$group"
  done
  say "${missing#,}"
}
