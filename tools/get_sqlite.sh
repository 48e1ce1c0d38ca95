#!/bin/sh
# tools/get_sqlite.sh -- another SQLite, to build and run against.
#
#     tools/get_sqlite.sh PACKAGE FOLDER
#
# PACKAGE is a better-sqlite3 of the npm registry, which carries SQLite as one C file;
# it is only unpacked, nothing of it runs.  FOLDER gets sqlite3.h, sqlite3ext.h and
# libsqlite3.so.0, compiled with the options of Debian's, so that what differs is the
# version.  Done once: a folder that has the library is left as it is.
set -eu
package=$1
folder=$2
[ -e "$folder/libsqlite3.so" ] && exit 0
mkdir -p "$folder"
cd "$folder"
npm pack --silent "$package" >packed
tar -xzf "$(cat packed)" --strip-components=3 package/deps/sqlite3

# The system's shell runs with the library it was built for only, which it knows by
# sqlite3_sourceid(): ours gives the answer that the shell wants.  SQL and extensions
# see the real one.
wanted=$(sqlite3 -batch -init /dev/null :memory: "SELECT sqlite_source_id()" || true)
echo "const char *sqlite3_sourceid(void) { return \"$wanted\"; }" >sourceid.c

options="THREADSAFE=1 SECURE_DELETE SOUNDEX USE_URI LIKE_DOESNT_MATCH_BLOBS OMIT_LOOKASIDE
  MAX_VARIABLE_NUMBER=250000"
for feature in COLUMN_METADATA DBSTAT_VTAB FTS3 FTS3_PARENTHESIS FTS3_TOKENIZER FTS4 FTS5 \
  LOAD_EXTENSION MATH_FUNCTIONS PREUPDATE_HOOK RTREE SESSION STMTVTAB UNLOCK_NOTIFY \
  UPDATE_DELETE_LIMIT; do
  options="$options ENABLE_$feature"
done
flags="-w -fPIC -DHAVE_ISNAN -DHAVE_USLEEP"
for option in $options; do
  flags="$flags -DSQLITE_$option"
done
cc ${SQLITE_CFLAGS:--O2} $flags -Dsqlite3_sourceid=sqlite3_own_sourceid -c sqlite3.c
cc -shared -Wl,-soname,libsqlite3.so.0 -o libsqlite3.so.0 sqlite3.o -fPIC sourceid.c -lpthread -ldl -lm
rm sqlite3.o
ln -s libsqlite3.so.0 libsqlite3.so
