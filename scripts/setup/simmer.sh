#!/bin/sh
# Installed by scripts/setup-jetson.sh. Runs Simmer's command line as the user of its service and with its settings.
set -eu

node=/opt/simmer/node/bin/node
program=/opt/simmer/current/bin/simmer.js
settings=/etc/simmer/simmer.env

# An update writes below /opt and starts the service: that alone is for root.
case ${1:-} in update) user=root ;; *) user=simmer ;; esac

set -- "$node" "$program" "$@"
# As systemd reads that file: no shell, comments and quotes apart. Later lines win, so they come later for env.
if [ -r "$settings" ]; then
  lines=$(sed -nE "s/^([A-Za-z_][A-Za-z0-9_]*)=(.*)\$/\\1=\\2/p" "$settings" | sed -E "s/[[:space:]]+\$//; s/=\"(.*)\"\$/=\\1/; s/='(.*)'\$/=\\1/" | sed '1!G;h;$!d')
  IFS='
'
  set -f
  for line in $lines; do set -- "$line" "$@"; done
  set +f
  unset IFS
fi
set -- NODE_ENV=production SIMMER_HOME="/var/lib/simmer" SIMMER_HOST=0.0.0.0 "$@"
[ "$user" = root ] || set -- HOME="/var/lib/simmer" "$@"

me=$(id -un)
if [ "$me" = "$user" ]; then exec env "$@"; fi
if [ "$me" = root ]; then exec runuser -u "$user" -- env "$@"; fi
exec sudo -u "$user" -- env "$@"
