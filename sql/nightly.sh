#!/bin/sh
# nightly.sh: retrain and score while nobody looks; for cron.
#
#     sql/nightly.sh demo.db [mine.so]
#
# Exit code 0: model and scores are new.  Anything else: the log above says why,
# and last night's model and scores are still in place, untouched.
set -u
database=${1:?usage: nightly.sh DATABASE [EXTENSION]}
here=$(dirname "$0")
# Beside the folder it came in, or where an installation has put it.
extension=${2:-}
for place in "$here/../mine.so" "$here"/../../../lib/sqlite-mine/mine.so "$here"/../../../lib/*/sqlite-mine/mine.so \
    "$here"/../../../lib64/sqlite-mine/mine.so; do
  [ -n "$extension" ] && break
  [ -r "$place" ] && extension=$place
done
: "${extension:=$here/../mine.so}"
script=${MINE_NIGHTLY_SQL:-$here/nightly.sql}

for file in "$database" "$extension" "$script"; do
  if [ ! -r "$file" ]; then
    echo "nightly: cannot read $file" >&2
    exit 2
  fi
done

echo "nightly: $(date '+%Y-%m-%d %H:%M:%S') $database"
if MINE_PROGRESS=0 ${MINE_SQLITE:-sqlite3} -batch -bail -init /dev/null \
    -cmd ".timeout ${MINE_NIGHTLY_TIMEOUT:-60000}" -cmd ".load $extension" "$database" <"$script"; then
  echo "nightly: done"
else
  code=$?
  echo "nightly: FAILED (exit code $code); the model and scores of last night are unchanged" >&2
  exit "$code"
fi
