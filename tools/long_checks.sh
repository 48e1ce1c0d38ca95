#!/bin/sh
# tools/long_checks.sh -- the runs that take too long for every day.
#
#     tools/long_checks.sh [PART...]        all parts: about two hours on 2 cores
#
#   faults     every allocation, every write, 1000 kills, interrupts and refused mappings on
#              larger data
#   sanitize   every damage to every model, and every fault, under ASan + UBSan
#   threads    two connections in two threads, and helper threads, under TSan
#   fuzz       libFuzzer on each target, MINUTES (5) each; what it finds stays in build/fuzz
#   valgrind   a host that uses every verb, leaks and invalid reads
#   old_cpu    the extension on processors without AVX (qemu-user)
#   portable   the engine as a 32-bit and as a big-endian program: the same predictions
#   coverage   the tests of every day with clang's counters: totals, and every branch of the
#              decoder and the option parser is taken or on docs/design/unreached-branches.md
#   property   random tables, every verb against a computation in Python: fresh seeds for an
#              hour (PROPERTY_SECONDS); what it finds is printed as a script with its seed
#   drift      500 nights of resampled and of new customers: how often mine_drift says something;
#              60 tables for mine_drivers
#   exports    what is exported on all rows of telco, adult and a table with Chinese levels: SQL in
#              SQLite, DuckDB, MariaDB and PostgreSQL, C, ONNX, PMML; goes on where it was stopped
#   peers      comparisons with other programs that take minutes each
#   versions   SQLite 3.38, 3.39 and the newest: built against each; built with one and
#              run with another
#
# A part whose tools are missing says so and is skipped; a failure ends the script.
set -eu
cd "$(dirname "$0")/.."
export MINE_PROGRESS=0
mkdir -p "${LONG_BUILD:-build/long}"
long=$(cd "${LONG_BUILD:-build/long}" && pwd)
minutes=${MINUTES:-5}
seed=${SEED:-1}
python=$(command -v /usr/bin/python3 || command -v python3)

build() { # build FOLDER TARGETS... -- CMAKE OPTIONS
  folder=$long/$1
  shift
  targets=
  while [ "$1" != -- ]; do
    targets="$targets $1"
    shift
  done
  shift
  cmake -G Ninja -S . -B "$folder" "$@" >/dev/null
  cmake --build "$folder" --target $targets >"$folder/log" || { cat "$folder/log"; exit 1; }
}

say() {
  echo "==== $* ===="
}

lacks() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool"; return 0; }
  done
  return 1
}

faults() {
  say "faults: every allocation, write, kill and interrupt"
  build release mine fault_alloc fault_io fault_interrupt fault_limits fault_sameness \
    fault_mappings_large corrupt_models -- -DCMAKE_BUILD_TYPE=Release
  "$folder/fault_alloc" all
  "$folder/fault_io" all
  "$folder/fault_interrupt" 20 20000 "$seed" | tail -1
  "$folder/fault_limits" 20000
  "$folder/fault_mappings_large" 10000
  "$folder/fault_sameness" 20000
  "$folder/corrupt_models" 2000 "$seed"
  MINE_BUILD=$folder python3 tests/fault/kill.py 1000 "$seed"
}

sanitize() {
  say "sanitize: damaged models and faults under ASan + UBSan"
  build asan mine corrupt_models fault_alloc fault_io fault_interrupt fault_limits fault_mappings \
    host_interrupt unit_harm unit_kmeans unit_model -- \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O1 -g" \
    -DMINE_SANITIZE=address,undefined
  "$folder/corrupt_models" 100000 "$seed"
  for test in harm kmeans model; do
    MINE_LONG=1 "$folder/unit_$test"
  done
  "$folder/fault_alloc" all
  "$folder/fault_io"
  "$folder/fault_interrupt" 10 1000 "$seed" | tail -1
  "$folder/fault_limits" 1000
  "$folder/fault_mappings"
  MINE_EXTENSION=$folder/mine.so "$folder/host_interrupt" 2 400
  asan_python tests/conformance/verbs.py
  asan_python tests/run.py demo
  for document in README*.md docs/*.md docs/guide/*.md; do
    asan_python tests/run.py docs $document
  done
  for script in tests/recipes/test_*.py; do
    asan_python "$script"
  done
}

# With the sanitizer's extension in Python and the shell; a script may skip itself.
asan_python() { # asan_python SCRIPT ARGUMENTS...
  MINE_BUILD=$folder MINE_EXTENSION=$folder/mine.so MINE_PRELOAD=$(gcc -print-file-name=libasan.so) \
    "$python" "$@" >"$folder/script" || [ $? = 77 ] || { cat "$folder/script"; exit 1; }
  echo "$*: $(tail -1 "$folder/script")"
}

threads() {
  say "threads: under TSan"
  build tsan mine host_guest fault_sameness fault_interrupt -- \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O1 -g" \
    -DMINE_SANITIZE=thread
  MINE_EXTENSION=$folder/mine.so "$folder/host_guest"
  "$folder/fault_sameness" 1000
  "$folder/fault_interrupt" 4 400 "$seed" | tail -1
}

fuzz() {
  say "fuzz: $minutes minutes a target"
  lacks clang && return
  build fuzz fuzz_model fuzz_import fuzz_options fuzz_source fuzz_sql -- -DCMAKE_C_COMPILER=clang \
    -DMINE_FUZZ=ON -DMINE_SANITIZE=address,undefined -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O1 -g"
  for target in source sql options model import; do
    found=$long/fuzz_found/$target
    mkdir -p "$found"
    longest=1500
    [ "$target" = model ] && longest=6000
    [ "$target" = import ] && longest=20000
    "$folder/fuzz_$target" -max_total_time=$((60 * minutes)) -timeout=25 -rss_limit_mb=2500 \
      -max_len=$longest -dict=tests/fuzz/mine.dict -print_final_stats=1 \
      -artifact_prefix="$long/crash_${target}_" "$found" "tests/fuzz/corpus/$target" \
      2>"$found.log" || { tail -40 "$found.log"; exit 1; }
    echo "$target: $(grep -E 'number_of_executed' "$found.log" | tr -s ' ')"
  done
}

memory() {
  say "valgrind: every verb in a host"
  lacks valgrind && return
  build release mine host_guest -- -DCMAKE_BUILD_TYPE=Release
  MINE_EXTENSION=$folder/mine.so valgrind -q --error-exitcode=9 --leak-check=full \
    --errors-for-leak-kinds=definite,indirect --num-callers=30 "$folder/host_guest" threads
}

old_cpu() {
  say "old_cpu: without AVX"
  lacks qemu-x86_64 && return
  build release mine host_guest portable_models -- -DCMAKE_BUILD_TYPE=Release
  mkdir -p "$long/models"
  "$folder/portable_models" write "$long/models" >"$long/written"
  "$folder/portable_models" read "$long/models" >"$long/read"
  for cpu in qemu64 core2duo; do
    mkdir -p "$long/models_$cpu"
    qemu-x86_64 -cpu $cpu "$folder/portable_models" write "$long/models_$cpu" | cmp - "$long/written"
    qemu-x86_64 -cpu $cpu "$folder/portable_models" read "$long/models" | cmp - "$long/read"
    MINE_EXTENSION=$folder/mine.so qemu-x86_64 -cpu $cpu "$folder/host_guest" threads
    echo "$cpu: the same models and predictions"
  done
}

# The engine alone: no SQLite of that machine is needed.
portable_on() { # portable_on NAME COMPILER EMULATOR FLAGS
  lacks "$2" && return
  [ -z "$3" ] || { lacks "$3" && return; }
  mkdir -p "$long/$1"
  cp /usr/include/xxhash.h "$long/$1/"
  "$2" -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -ffp-contract=off ${4:-} -static -I"$long/$1" \
    -Ialgorithms -Itests/fuzz -o "$long/$1/portable_models" tests/fuzz/portable_models.c \
    tests/fuzz/model_use.c $(find algorithms -name '*.c' ! -name team_openmp.c) -lpthread -lm
  $3 "$long/$1/portable_models" write "$long/$1" >"$long/$1/written"
  $3 "$long/$1/portable_models" read "$long/models" | diff - "$long/read"
  echo "$1: predictions of the stored models are the same"
  # Training promises the same bytes for one build only: another libm rounds log() differently.
  same=$(diff "$long/$1/written" "$long/written" | grep -c '^<' || true)
  echo "$1: trains other bytes for $same of $(wc -l <"$long/written") models"
}

portable() {
  say "portable: 32 bits and big-endian"
  build release portable_models -- -DCMAKE_BUILD_TYPE=Release
  mkdir -p "$long/models"
  "$folder/portable_models" write "$long/models" >"$long/written"
  "$folder/portable_models" read "$long/models" >"$long/read"
  portable_on i686 i686-linux-gnu-gcc "" "-msse2 -mfpmath=sse"
  portable_on s390x s390x-linux-gnu-gcc qemu-s390x
}

# Not here: fault.kill (a killed program may leave half a file of counters) and exports (the
# counters are exported).
coverage() {
  say "coverage: every branch of the decoder and the option parser"
  lacks clang llvm-profdata llvm-cov && return
  build coverage all -- -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS="-O1 -fprofile-instr-generate -fcoverage-mapping"
  rm -rf "$folder/prof"
  LLVM_PROFILE_FILE=$(realpath "$folder")/prof/%m.profraw
  export LLVM_PROFILE_FILE
  ctest --test-dir "$folder" -j2 -E '^(hosts.node|fault.kill|exports)$' --output-on-failure \
    >"$folder/tests.log" || { tail -60 "$folder/tests.log"; exit 1; }
  "$folder/fault_alloc" all
  unset LLVM_PROFILE_FILE
  tools/check_branches.py "$folder"
}

property() {
  say "property: random tables for ${PROPERTY_SECONDS:-3600} seconds"
  build release mine -- -DCMAKE_BUILD_TYPE=Release
  MINE_EXTENSION=$folder/mine.so "$python" tests/differential/test_sequences.py 12000 | tail -1
  MINE_EXTENSION=$folder/mine.so MINE_PROPERTY_SECONDS=${PROPERTY_SECONDS:-3600} SEED=$(date +%s) \
    "$(command -v /usr/bin/python3 || command -v python3)" tests/property/test_property.py
}

drift() {
  say "drift: 500 nights"
  lacks python3 && return
  build release mine -- -DCMAKE_BUILD_TYPE=Release
  MINE_EXTENSION=$folder/mine.so "$python" tests/differential/test_drift.py 500
  MINE_EXTENSION=$folder/mine.so "$python" tests/differential/test_drivers.py 60 "$(date +%s)"
  MINE_EXTENSION=$folder/mine.so "$python" tests/differential/test_rules.py 5000
  MINE_EXTENSION=$folder/mine.so "$python" tests/differential/test_itemsets.py 5000
}

peers() {
  say "peers: the long comparisons"
  lacks python3 && return
  build release mine unit_dates -- -DCMAKE_BUILD_TYPE=Release -DMINE_TESTS=ON
  for test in differential/test_auto_clusters differential/test_dates differential/test_choose_k differential/test_statistics recipes/test_crm_real; do
    MINE_LONG=1 MINE_BUILD=$folder MINE_EXTENSION=$folder/mine.so "$python" tests/$test.py
  done
}

exports() {
  say "exports: all rows"
  lacks python3 && return
  build release mine -- -DCMAKE_BUILD_TYPE=Release
  mkdir -p "$long/exports"
  for table in made telco adult; do
    exported "sqlite_and_c_$table" test_exported.py $table
    for engine in duckdb mariadb postgresql; do
      exported "${engine}_$table" test_exported_elsewhere.py $engine $table
    done
  done
  exported onnx test_onnx.py
  exported pmml test_pmml.py
  exported components test_components_exported.py
}

# What it said stays in $long/exports: what has passed with this very extension and these very tests
# is not run again, so that a part that was stopped goes on where it was.
exported() { # exported NAME SCRIPT ARGUMENTS...
  said=$long/exports/$1
  if [ "$said" -nt "$folder/mine.so" ] &&
    [ -z "$(find tests/*.py tests/differential/*.py -newer "$said")" ]; then
    echo "$1: $(tail -1 "$said") (before)"
    return 0
  fi
  name=$1
  script=$2
  shift 2
  MINE_LONG=1 MINE_EXTENSION=$folder/mine.so "$python" "tests/differential/$script" "$@" >"$said.now" 2>&1 || {
    [ $? = 77 ] || { grep -v '^ok' "$said.now"; exit 1; }
    echo "$name: $(tail -1 "$said.now")"
    return 0
  }
  grep '^skipped' "$said.now" || true
  mv "$said.now" "$said"
  echo "$name: $(tail -1 "$said")"
}

# with FOLDER COMMAND...: Python and the sqlite3 shell use the SQLite there.
with() {
  library_path=$1
  shift
  LD_LIBRARY_PATH=$library_path "$@"
}

# The SQL scripts, the documents, the catalogue, the hosts and the faults.
against() { # against NAME PACKAGE
  say "versions: built against SQLite $1"
  sqlite=$long/sqlite_$1
  tools/get_sqlite.sh "$2" "$sqlite"
  build "with_$1" $hosts fault_alloc fault_io fault_limits fault_sameness fault_interrupt \
    host_c host_c_linked host_auto mine_embed mine_shared mine_too_old fuzz_source_corpus \
    fuzz_sql_corpus -- -DCMAKE_BUILD_TYPE=Release -DSQLITE3_INCLUDE_DIR="$sqlite" \
    -DSQLITE3_LIBRARY="$sqlite/libsqlite3.so"
  with "$sqlite" "$python" -c "import sqlite3; print('Python runs SQLite', sqlite3.sqlite_version)"
  with "$sqlite" sqlite3 :memory: "SELECT 'the shell runs SQLite ' || sqlite_version()"
  with "$sqlite" ctest --test-dir "$folder" --output-on-failure --no-tests=error \
    -R '^(sql|demo|docs|recipes|bad_input|hosts|fault|fuzz[.]s)' \
    -E 'hosts.node|newest' >"$folder/tests" || { cat "$folder/tests"; exit 1; }
  grep -E 'tests passed|Skipped' "$folder/tests"
  "$folder/fault_interrupt" 20 20000 "$seed" | tail -1
}

# The extension of one build in the hosts of another, each of which is linked with its
# SQLite; `release` is the system's.
within() { # within BUILD-OF-THE-HOST BUILD-OF-THE-EXTENSION
  say "versions: the extension of $2 in the hosts of $1"
  export MINE_EXTENSION=$long/$2/mine.so
  "$long/$1/host_table"
  "$long/$1/host_guest"
  "$long/$1/host_interrupt" 2 2000 "$seed" | tail -1
  sqlite=$long/sqlite_${1#with_}
  with "$sqlite" "$python" tests/run.py sql >"$long/scripts" || { cat "$long/scripts"; exit 1; }
  with "$sqlite" "$python" tests/bad_input/test_bad_input.py >"$long/bad_input" ||
    { grep FAILED "$long/bad_input"; exit 1; }
  tail -1 "$long/bad_input"
  with "$sqlite" env QUESTIONS=20000 SEED="$seed" "$python" tests/hosts/host_affinity.py
  unset MINE_EXTENSION
}

versions() {
  say "versions: other releases of SQLite"
  lacks npm sqlite3 && return
  hosts="mine host_guest host_table host_interrupt"
  against 3.38 better-sqlite3@7.5.3
  against 3.39 better-sqlite3@7.6.2
  against newest better-sqlite3@12.11.1
  build release $hosts -- -DCMAKE_BUILD_TYPE=Release
  within with_3.38 release
  within with_3.39 release
  within with_newest release
  within with_newest with_3.38
  within with_3.38 with_newest
  within release with_newest
}

for part in ${*:-faults sanitize threads fuzz valgrind old_cpu portable property drift peers exports versions coverage}; do
  case $part in
    valgrind) memory ;;
    faults | sanitize | threads | fuzz | old_cpu | portable | property | drift | peers | exports | versions | coverage) $part ;;
    *) echo "there is no part $part"; exit 2 ;;
  esac
done
say "all parts passed"
