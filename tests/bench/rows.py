#!/usr/bin/env python3
"""bench/run --small has a workload of every verb that reads a source, a model or rows.

The workloads are made of mine_verbs (bench/small.py).  What could not be made, or gives no
rows on a small table, would not be measured: it fails here, by name.  No time is taken.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]
import minetest as mt  # noqa: E402

mt.preload_self()
import small  # noqa: E402


def main():
    checks = mt.Checks("workloads of small tables")
    con = mt.connect()
    small.fill(con, small.LISTED)
    found, missing = small.workloads(con)
    for verb, kind, form, reads in con.execute("SELECT verb, kind, form, reads FROM mine_verbs").fetchall():
        if small.matters((verb, kind, form, reads)):
            mine = sum(w.verb == verb for w in found)
            checks.that(f"{verb} ({kind})" not in missing and mine, f"{verb} ({kind}): a workload", f"{mine}")
        else:
            checks.that("source" not in form and "queries" not in form, f"{verb} ({kind}): reads nothing")
    for name in missing:
        checks.that(False, f"{name}: a workload; see bench/small.py")
    for w in found:
        checks.that(w.pinned or "{o}" in w.call, f"{w.name}: both sides differ")
    names = [(w.name, w.pinned) for w in found]
    checks.equal(len(set(names)), len(names), "workloads with a name of their own")
    checks.end()


main()
