#!/usr/bin/env python3
"""The C and JavaScript programs of README.md and docs/guide/embedding.md, built and run.

The examples of the other languages run with the documents themselves (tests/run.py).
C: linked with libmine_sqlite.a and the SQLite the build was made for.  JavaScript: where
better-sqlite3 is installed (hosts.node puts it into the build folder), else
reported as left out.
"""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

DOCUMENTS = ("README.md", "docs/guide/embedding.md")
checks = mt.Checks("programs in the documents")


def blocks(document, language):
    """The fenced blocks of one language, as texts."""
    parts = (mt.ROOT / document).read_text(encoding="utf-8").split(f"\n```{language}\n")[1:]
    return [p.split("\n```", 1)[0] + "\n" for p in parts]


def run(command, folder, **more):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=100, check=False, **more)
    return done.returncode, done.stdout


def sqlite_flags():
    """The header and the library the build uses; the system's outside of ctest."""
    header, library = (os.environ.get(name) for name in ("MINE_SQLITE_HEADER", "MINE_SQLITE_LIBRARY"))
    return ["-I", header, library] if header and library else ["-lsqlite3"]


def run_c(document, program, folder):
    (folder / "app.c").write_text(program, encoding="utf-8")
    code, out = run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "app.c", "-I", str(mt.ROOT / "ext"),
                     str(mt.BUILD / "libmine_sqlite.a"), *sqlite_flags(), "-lpthread", "-lm", "-o", "app"], folder)
    if checks.that(code == 0, f"{document}: the C program compiles", out):
        code, out = run(["./app"], folder)
        checks.that(code == 0, f"{document}: the C program runs", out)


def run_js(document, program, folder):
    (folder / "app.js").write_text(program, encoding="utf-8")
    code, out = run(["node", "app.js"], folder, env=node_environment())
    checks.that(code == 0, f"{document}: the JavaScript program runs", out)


def node_environment():
    return dict(os.environ, NODE_PATH=str(mt.BUILD / "node" / "node_modules"))


def has_node(folder):
    return shutil.which("node") is not None and run(
        ["node", "-e", "new (require('better-sqlite3'))(':memory:')"], folder, env=node_environment())[0] == 0


def main():
    if mt.PRELOAD:
        mt.skip("the archive of a sanitizer build does not link into a plain program")
    folder = mt.scratch()
    try:
        shutil.copy(mt.DEMO / "demo.db", folder / "demo.db")
        with_node = has_node(folder)
        for document in DOCUMENTS:
            for program in blocks(document, "c"):
                run_c(document, program, folder)
            for program in blocks(document, "js") if with_node else []:
                run_js(document, program, folder)
        if not with_node:
            print("left out: JavaScript (node with better-sqlite3 is not installed)")
    finally:
        shutil.rmtree(folder)
    checks.end()


main()
