#!/usr/bin/env python3
"""fault.interrupt again, with the newest SQLite linked in.

The system's SQLite is older than sqlite3_is_interrupted() (3.41), and so the way we ask
there is the older one.  hosts.node has put a newer SQLite, as one C file, into the
build folder; compiled once without optimisation (10 s), it stays there.
"""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

AMALGAMATION = mt.BUILD / "node/node_modules/better-sqlite3/deps/sqlite3"
FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-ffp-contract=off", "-DSQLITE_CORE",
         f"-I{AMALGAMATION}", f"-I{mt.ROOT / 'ext'}", f"-I{mt.ROOT / 'algorithms'}"]
# A question asked through SQLite's function is counted on its way.
COUNTED = ["-DFAULT_COUNTS_QUESTIONS", "-Wl,--wrap=sqlite3_is_interrupted"]


def compile_c(*arguments):
    done = subprocess.run(["cc", *arguments], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(done.stderr)
        sys.exit("FAILED to compile")


def sqlite_object(folder):
    source, made = AMALGAMATION / "sqlite3.c", folder / "sqlite3.o"
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        compile_c("-O0", "-w", "-DSQLITE_THREADSAFE=1", "-c", source, "-o", made)
    return made


def main():
    if mt.PRELOAD:
        mt.skip("the archive of a sanitizer build does not link into a plain program")
    if not shutil.which("cc"):
        mt.skip("there is no cc")
    if not (AMALGAMATION / "sqlite3.c").exists():
        mt.skip("hosts.node has not installed better-sqlite3, which carries the newest SQLite")
    folder = mt.BUILD / "newest"
    folder.mkdir(exist_ok=True)
    program = folder / "interrupt"
    sources = [*sorted((mt.ROOT / "ext").glob("*.c")), mt.ROOT / "tests/fault/interrupt.c",
               mt.ROOT / "tests/fault/fault.c", mt.ROOT / "tests/fault/calls.c"]
    compile_c("-O1", *FLAGS, *COUNTED, *sources, sqlite_object(folder), mt.BUILD / "libmine_pthread.a",
              "-lpthread", "-ldl", "-lm", "-o", program)
    sys.exit(subprocess.run([program, *sys.argv[1:]], check=False).returncode)


main()
