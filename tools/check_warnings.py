#!/usr/bin/env python3
"""Compile everything with another compiler for its warnings only; nothing is linked or kept.

    tools/check_warnings.py BUILD      a folder that cmake has configured (preset warnings)

Each command of BUILD/compile_commands.json runs without making code (-fsyntax-only), but for
files with loops that must become vectors: that they do not is a warning of the code generator.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

VECTORS = re.compile(r"#pragma omp simd|_body\.h\"")


def compile_one(entry):
    with open(os.path.join(entry["directory"], entry["file"]), encoding="utf-8") as f:
        generates = VECTORS.search(f.read())
    command = shlex.split(entry["command"])
    out = command.index("-o")
    command[out:out + 2] = ["-o", os.devnull] if generates else ["-fsyntax-only"]
    for option in ("-MF", "-MT"):
        if option in command:
            at = command.index(option)
            del command[at:at + 2]
    command = [word for word in command if word != "-MD"]
    return subprocess.run(command, cwd=entry["directory"], stderr=subprocess.PIPE, text=True, check=False)


def main():
    with open(os.path.join(sys.argv[1], "compile_commands.json"), encoding="utf-8") as f:
        entries = {(e["file"], e["command"].partition(" -o ")[0]): e for e in json.load(f)}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(compile_one, entries.values()))
    said = [d.stderr for d in done if d.stderr or d.returncode]
    print("\n".join(said) + f"{len(done)} files, {len(said)} with warnings")
    return bool(said)


if __name__ == "__main__":
    sys.exit(main())
