# shellcheck shell=bash
# What is here. Everything in this file asks and changes nothing.

readonly KB_OF_GB=1000000

look_around() {
  step 'This machine'
  MODEL=$(read_text /proc/device-tree/model)
  L4T=$(sed -nE 's/^# R([0-9]+) \(release\), REVISION: ([0-9.]+).*/\1.\2/p' "$ROOT/etc/nv_tegra_release" 2>/dev/null || true)
  ARCH=$(uname -m)
  ! is_jetson || ARCH=aarch64
  GLIBC=$(find_glibc || true)
  SYSTEMD=$(find_systemd || true)
  SAID_OF_TENSORFLOW=$TENSORFLOW
  # What was said once holds for the runs that say nothing of it, such as updates.
  [[ -n $TENSORFLOW ]] || TENSORFLOW=$(cat "$ROOT/opt/simmer/tensorflow" 2>/dev/null || true)
  if [[ -z $TENSORFLOW ]]; then
    TENSORFLOW=no
    if is_jetson && { [[ -z $OFFLINE ]] || [[ -n $(offline_names tensorflow/) ]]; }; then TENSORFLOW=yes; fi
  fi
  say "  board    ${MODEL:-a computer} ($ARCH)"
  say "  L4T      ${L4T:-none: not a Jetson}"
  say "  glibc    ${GLIBC:-unknown}"
  say "  systemd  ${SYSTEMD:-unknown}"
  say "  disk     $(($(free_kb) / 1000)) MB free for /opt/simmer"
  say "  memory   $(($(memory_kb) / 1000)) MB"
  say "  swap     $(($(swap_kb) / 1000)) MB"
  # Compressed memory counts: it is what JetPack comes with.
  if (($(memory_kb) > 0 && $(memory_kb) < 8 * KB_OF_GB && $(swap_kb) < 2 * KB_OF_GB)); then
    note 'less than 2 GB of swap: training may run out of memory; --swap 4 makes a file (and wears an SD card)'
  fi
  say_power_mode
}

is_jetson() { [[ -n $L4T ]]; }

read_text() { if [[ -r $ROOT$1 ]]; then tr -d '\0' <"$ROOT$1"; fi; }

# Below another root nothing can be asked: JetPack 4 (L4T 32) is Ubuntu 18.04, 5 is 20.04, 6 is 22.04.
find_glibc() {
  if is_live; then
    getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2
  else
    case $L4T in 32.*) say 2.27 ;; 35.*) say 2.31 ;; 36.*) say 2.35 ;; esac
  fi
}

find_systemd() {
  if is_live; then
    systemctl --version 2>/dev/null | sed -nE '1s/^systemd ([0-9]+).*/\1/p'
  else
    case $L4T in 32.*) say 237 ;; 35.*) say 245 ;; 36.*) say 249 ;; esac
  fi
}

free_kb() { df -Pk "$ROOT/opt" 2>/dev/null | awk 'NR == 2 {print $4}' | grep . || df -Pk "$ROOT/" | awk 'NR == 2 {print $4}'; }
memory_kb() { read_text /proc/meminfo | awk '/^MemTotal:/ {kb = $2} END {print kb + 0}'; }
swap_kb() { read_text /proc/swaps | awk 'NR > 1 {kb += $3} END {print kb + 0}'; }

say_power_mode() {
  local mode
  mode=$(sed -nE 's/^pmode:0*([0-9]+).*/\1/p' "$ROOT/var/lib/nvpmodel/status" 2>/dev/null || true)
  [[ -n $mode ]] || return 0
  if ! read_text /proc/device-tree/compatible | grep -q 'nvidia,jetson-nano'; then
    say "  power    mode $mode"
  elif [[ $mode == 0 ]]; then
    say '  power    mode 0: 10 W, which needs 5 V 4 A at the barrel jack; sudo nvpmodel -m 1 makes it 5 W'
  else
    say "  power    mode $mode: 5 W; sudo nvpmodel -m 0 makes it 10 W, with 5 V 4 A at the barrel jack"
  fi
}

# at_least FOUND WANTED: compares versions.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

has_program() {
  if is_live; then
    PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null
  else
    [[ -x $ROOT/usr/bin/$1 || -x $ROOT/usr/sbin/$1 ]]
  fi
}

has_pip() {
  if is_live; then python3 -m pip --version >/dev/null 2>&1; else has_program pip3; fi
}

has_group() { grep -q "^$1:" "$ROOT/etc/group" 2>/dev/null; }
has_user() { grep -q '^simmer:' "$ROOT/etc/passwd" 2>/dev/null; }

# The groups that may use this machine's GPU, pins and sensors. That for the pins is made where it is missing.
device_groups() {
  local group groups=''
  for group in gpio i2c render video; do
    if has_group "$group" || { [[ $group == gpio ]] && is_jetson && is_live; }; then groups+=" $group"; fi
  done
  say "${groups# }"
}

# setting NAME KEY: what the service has, from its environment or else from simmer.yaml.
setting() {
  local value
  value=$(sed -nE "s/^$1=[\"']?([^\"']*)[\"']?[[:space:]]*\$/\\1/p" "$ROOT/etc/simmer/simmer.env" 2>/dev/null | tail -n 1 || true)
  [[ -n $value ]] ||
    value=$(sed -nE "s/^$2:[[:space:]]*[\"']?([^\"'#[:space:]]*).*/\\1/p" "$ROOT/var/lib/simmer/simmer.yaml" 2>/dev/null | tail -n 1 || true)
  say "$value"
}

port() {
  local chosen
  chosen=$(setting SIMMER_PORT port)
  [[ $chosen =~ ^[0-9]+$ ]] || chosen=8080
  say "$chosen"
}

# Where the service answers this machine. The unit's own address goes before simmer.yaml.
own_address() {
  local host
  host=$(setting SIMMER_HOST '')
  case $host in '' | 0.0.0.0 | ::) host=127.0.0.1 ;; esac
  say "$host"
}
