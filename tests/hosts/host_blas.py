#!/usr/bin/env python3
"""Fits that multiply matrices: the same bytes on any number of threads, call after call (the
serial OpenBLAS gives two threads one buffer unless it is held back), and an end under every
limit of address space (OpenBLAS, refused its 128 MB, tries for ever)."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import minetest as mt  # noqa: E402

COLUMNS = ", ".join(f"i*{7 + 4 * j}%{31 + 6 * j} AS a{j}" for j in range(18))
TABLE = ("CREATE TABLE t AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 20000) "
         f"SELECT i AS id, {COLUMNS}, i*7%31 + i*15%43 + i*9973%50 > 50 AS y FROM n")
FIGURES = ("SELECT sum(value), sum(std_error) FROM mine_coefficients((SELECT mine_fit('logistic', 't', "
           "'target=y,holdout=0,threads={}')))")
LIMITS = [80, 150, 200, 250, 300, 400, 600, 800, 900, 2000]  # MB


def limited(megabytes):
    script = f"ulimit -v {megabytes * 1024}; exec \"$0\" :memory:"
    run = subprocess.run(["sh", "-c", script, os.environ.get("MINE_SQLITE") or "sqlite3"], timeout=120,
                         input=f".load {mt.EXTENSION}\n{TABLE};\n{FIGURES.format(2)};\n",
                         capture_output=True, text=True)
    return run.stdout.strip(), run.stderr.strip()


def main():
    mt.preload_self()
    checks = mt.Checks("fits that multiply matrices")
    db = mt.connect()
    db.execute(TABLE)
    alone = db.execute(FIGURES.format(1)).fetchone()
    others = [db.execute(FIGURES.format(2)).fetchone() for _ in range(40)]
    checks.equal(set(others), {alone}, "40 fits on two threads are those on one")
    for megabytes in [] if mt.PRELOAD else LIMITS:
        try:
            out, problem = limited(megabytes)
        except subprocess.TimeoutExpired:
            checks.that(False, f"{megabytes} MB of address space: ends")
            continue
        if problem or not out:
            checks.that("memory" in problem or "map" in problem, f"{megabytes} MB: refused in words", problem)
            continue
        for got, expected in zip(map(float, out.split("|")), alone):
            checks.close(got, expected, f"{megabytes} MB")
    checks.end()


if __name__ == "__main__":
    main()
