#!/usr/bin/env python3
"""A Node application (better-sqlite3 with an SQLite of its own).

Uses an installed better-sqlite3 (NODE_PATH or tests/hosts/node_modules), or
installs it once into the build folder when npm can; otherwise skipped.  Where npm has no
built one to fetch it compiles SQLite: without optimisation, in a quarter of the time.
"""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

PACKAGE = "better-sqlite3@12.11.1"


def find_module(folder):
    found = subprocess.run(["node", "-e", "new (require('better-sqlite3'))(':memory:')"], cwd=folder,
                           capture_output=True, text=True)
    return found.returncode == 0


def main():
    if mt.PRELOAD:
        mt.skip("node with a sanitizer is not of interest")
    if not shutil.which("node"):
        mt.skip("node is not installed")
    folder = mt.BUILD / "node"
    folder.mkdir(parents=True, exist_ok=True)
    if not find_module(folder):
        if not shutil.which("npm"):
            mt.skip("better-sqlite3 is not installed, and there is no npm")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
        try:
            done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=240,
                                  env=dict(os.environ, CFLAGS="-O0", CXXFLAGS="-O0", JOBS="2"))
        except subprocess.TimeoutExpired:
            mt.skip("better-sqlite3 could not be installed in time")
        if done.returncode or not find_module(folder):
            mt.skip("better-sqlite3 could not be installed")
    script = pathlib.Path(__file__).with_name("host_node.js")
    done = subprocess.run(["node", str(script), str(mt.EXTENSION)], cwd=folder,
                          env=dict(os.environ, NODE_PATH=str(folder / "node_modules")), timeout=100)
    sys.exit(done.returncode)


main()
