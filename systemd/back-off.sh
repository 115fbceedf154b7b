#!/bin/sh
# Before each start of the service: waits the longer, the more often it had to be started again within the last hour. Not
# the first three times, then 10 s, 20 s, 40 s, … 5 min. Who starts it by hand never waits.
# Usage: back-off.sh FOLDER UNIT (the folder keeps when the starts were)
set -eu
starts=$1/starts

if [ "$(systemctl show --property NRestarts "$2")" = NRestarts=0 ]; then
  rm -f "$starts"
  exit 0
fi
now=$(date +%s)
{
  awk -v oldest=$((now - 3600)) '$1 > oldest' "$starts" 2>/dev/null || true
  echo "$now"
} >"$starts.new"
mv "$starts.new" "$starts"
again=$(wc -l <"$starts")
[ "$again" -gt 3 ] || exit 0
seconds=300
[ "$again" -gt 8 ] || seconds=$((10 * (1 << (again - 4))))
echo "It had to be started $again times within an hour; the next try is in $seconds s."
exec sleep "$seconds"
