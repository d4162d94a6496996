#!/usr/bin/env bash
# Runs docs/fleet/fleet.py on a local Spark with some fixtures: its result is that of `dmascope merge`.
#
#     check.sh DMASCOPE FOLDER
#
# FOLDER is where pyspark is installed, and stays.
set -euo pipefail
program=$1
folder=$2
root=$(cd "$(dirname "$0")/../.." && pwd)

skip() {
  echo "skipped: $1"
  exit 0
}
command -v java > /dev/null || skip "Spark needs Java, and there is none"
command -v python3 > /dev/null || skip "there is no python3"
if [ ! -x "$folder/bin/python" ]; then
  python3 -m venv "$folder" || skip "python3 cannot make an environment"
  "$folder/bin/pip" install --quiet 'pyspark>=3.5,<4' || { rm -rf "$folder"; skip "pyspark cannot be installed"; }
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
recordings=(nc-b bidir-b coh-b jumbo-b mixed-b pcnet-b virtio-b)
for name in "${recordings[@]}"; do cp "$root/fixtures/$name.dat" "$work/"; done
head -c 100000 "$root/fixtures/nc-b.dat" > "$work/cut.dat"
echo "no trace" > "$work/other.dat"

status=0
"$folder/bin/python" "$root/docs/fleet/fleet.py" --program "$program" --output "$work/fleet.dmaprof" --partitions 4 \
  "$work"/*.dat 2> "$work/errors" || status=$?
[ "$status" = 1 ] || { tail -20 "$work/errors" >&2; echo "fleet.py: exit status $status, 1 expected" >&2; exit 1; }
grep -aq "$work/other.dat: .*expected trace.dat" "$work/errors" || { grep -a dmascope "$work/errors" | tail -5 >&2; echo "fleet.py does not name what is no trace" >&2; exit 1; }

rm "$work/other.dat"
"$program" merge "$work"/*.dat -o "$work/merge.dmaprof" --allow-incomplete 2> /dev/null
cmp "$work/fleet.dmaprof" "$work/merge.dmaprof"
echo "fleet.py on a local Spark and dmascope merge give the same $(stat -c %s "$work/merge.dmaprof") bytes"
