#!/usr/bin/env python3
"""Includes point only downward, and each module knows only what it may.

    ext -> mine.h      jobs -> algorithms -> tree, associate -> model -> kernel -> data -> core

An algorithm's folder (cluster, classify, recommend, ...) does not include another's;
nothing under algorithms/ includes SQLite; ext/ includes mine.h and its own headers only.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RANK = {"core": 0, "data": 1, "kernel": 2, "model": 3, "tree": 4, "associate": 4, "jobs": 6}
ALGORITHM = 5  # every other folder
SYSTEM = re.compile(r'#\s*include\s*<(\w[\w/.]*)>')
OWN = re.compile(r'#\s*include\s*"([^"]+)"')
# The engine asks its surroundings through the host only; these are what env.c and
# its neighbours in core/ need to be that host's default.
SYSTEM_ALLOWED = {"assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "pthread.h",
                  "stdarg.h", "stdatomic.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h",
                  "signal.h", "fcntl.h", "immintrin.h", "time.h", "unistd.h", "xxhash.h", "sched.h", "sys/types.h", "stdbool.h", "stdalign.h"}

# ... and these have one place.
OWN_PLACE = {("omp.h", "team_openmp.c"), ("sys/mman.h", "linalg.c")}


def layer(path):
    parts = path.relative_to(ROOT / "algorithms").parts
    return "" if len(parts) == 1 else parts[0]


def rank(name):
    return 9 if name == "" else RANK.get(name, ALGORITHM)


def check_engine(path, text, complain):
    mine = layer(path)
    for header in SYSTEM.findall(text):
        if header not in SYSTEM_ALLOWED and (header, path.name) not in OWN_PLACE:
            complain(path, f"includes <{header}>")
    for header in OWN.findall(text):
        target = (path.parent / header).resolve()
        if not target.exists() or ROOT / "algorithms" not in target.parents:
            complain(path, f'includes "{header}", which is not in algorithms/')
            continue
        other = layer(target)
        if target.name in ("mine.h", "registry.def", "simd.h"):  # they include nothing of the engine's
            continue
        if rank(other) > rank(mine):
            complain(path, f"({mine}) includes {other}/{target.name}: upward")
        elif rank(other) == rank(mine) == ALGORITHM and other != mine:
            complain(path, f"({mine}) includes {other}/{target.name}: sideways")


def check_extension(path, text, complain):
    for header in OWN.findall(text):
        name = pathlib.Path(header).name
        if not (path.parent / header).exists() and name not in ("mine.h", "sqlite3.h", "sqlite3ext.h"):
            complain(path, f'includes "{header}": only mine.h of the engine is public')


def main():
    problems, files = [], 0

    def complain(path, text):
        problems.append(f"{path.relative_to(ROOT)} {text}")

    for folder, check in (("algorithms", check_engine), ("ext", check_extension)):
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            files += 1
            check(path, path.read_text("utf-8"), complain)
    for problem in problems:
        print("LAYER:", problem)
    print(f"{files} files, {len(problems)} includes that point the wrong way")
    return 1 if problems or not files else 0


sys.exit(main())
