#!/usr/bin/env python3
"""Sequences: the counts that others found in public sets, and closed ones beside filtering all."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import datasets  # noqa: E402
import minetest as mt  # noqa: E402
from journeys import holds  # noqa: E402

mt.preload_self()
checks = mt.Checks("sequences in public sets")


def spmf(name):
    for customer, line in enumerate(datasets.read_text(name).splitlines()):
        event = 0
        for token in line.split():
            if token == "-1":
                event += 1
            elif token != "-2":
                yield customer, event, int(token)


def zaki(name):
    for line in datasets.read_text(name).splitlines():
        customer, time, _, *items = line.split()
        yield from ((customer, int(time), item) for item in items)


def closed_beside_all(db, name, support):
    ask = "SELECT sequence, count FROM mine_sequences('s', ?)"
    rows = {tuple(map(tuple, json.loads(s))): c for s, c in db.execute(ask, (f"min_support={support}",))}
    closed = {tuple(map(tuple, json.loads(s))): c for s, c in db.execute(ask, (f"min_support={support}, kind=closed",))}
    by_count = {}
    for pattern, count in rows.items():
        by_count.setdefault(count, []).append(pattern)
    expected = {p: c for p, c in rows.items()
                if not any(len(q) >= len(p) and q != p and holds(q, p) for q in by_count[c])}
    checks.that(closed == expected, f"{name} at {support}: closed", f"{len(closed)} of {len(expected)}, all {len(rows)}")


def published(name, read, counts):
    db = mt.connect()
    db.execute("CREATE TABLE s(customer, time, item)")
    db.executemany("INSERT INTO s VALUES(?, ?, ?)", read(name))
    for support, expected in counts.items():
        for more in ("", ", threads=1", ", min_gap=0.5", ", max_span=1e9", ", max_gap=1e9"):
            got = db.execute("SELECT count(*) FROM mine_sequences('s', ?)", (f"min_support={support}{more}",)).fetchone()[0]
            checks.equal(got, expected, f"{name} at {support}{more}")
        closed_beside_all(db, name, support)
    db.close()


published("contextPrefixSpan.txt", spmf, {0.5: 53})
published("zaki.txt", zaki, {0.4: 18})
published("seq_sign.spmf", spmf, {0.5: 173, 0.4: 518, 0.3: 1928})
published("seq_bms1.spmf", spmf, {0.002: 798, 0.001: 3991})
checks.end()
