#!/usr/bin/env python3
"""Anomalies that were planted are found, noise is left alone, and R's tsoutliers finds the same far values."""
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

checks = mt.Checks("anomalies that were planted")
db = mt.connect()
db.execute("CREATE TABLE s(a, t, v)")


def noise(rng, n, m):
    """A trend, a season and normal noise of deviation 1."""
    season = [rng.gauss(0, 3) if m > 1 else 0 for _ in range(m)]
    slope = rng.gauss(0, 0.05)
    return [20 + season[i % m] + slope * i + rng.gauss(0, 1) for i in range(n)]


def found(data, m, options=""):
    """(series, step, kind) of what is told."""
    db.execute("DELETE FROM s")
    db.executemany("INSERT INTO s VALUES(?, ?, ?)", ((a, t, v) for a, y in enumerate(data) for t, v in enumerate(y)))
    return db.execute("SELECT series, time, kind FROM mine_anomalies('s', ?) WHERE anomaly", (f"season={m}, step=1{options}",)).fetchall()


points = false = 0
for n, m in ((36, 12), (60, 1), (100, 7), (120, 12), (365, 7)):
    rng = random.Random(n)
    got = found([noise(rng, n, m) for _ in range(8000 // n)], m)
    points, false = points + 8000 // n * n, false + len(got)
checks.that(false <= points / 1000, f"of {points} points of noise {false} are told: at most 1 in 1000")


def planted(what, size, n, m, recall, precision, options=""):
    rng = random.Random(n + m)
    data, truth = [], []
    for _ in range(40):
        y, t = noise(rng, n, m), rng.randrange(15, n - 15)
        if what == "point":
            y[t] += size * rng.choice((-1, 1))
        elif what == "last":
            t = n - 1
            y[t] += size * rng.choice((-1, 1))
        else:
            jump = size * rng.choice((-1, 1))
            y = [v + (0 if i < t else jump if what == "level shift" else rng.gauss(0, math.sqrt(size * size - 1))) for i, v in enumerate(y)]
        data.append(y)
        truth.append(t)
    kind, near = {"point": ("point", 0), "last": ("point", 0), "level shift": ("level shift", 2), "variance": ("variance", 10)}[what]
    got = [(a, t) for a, t, k in found(data, m, options) if k == kind]
    hits = sum(any(a == s and abs(t - truth[s]) <= near for a, t in got) for s in range(40))
    checks.that(hits >= recall * 40 and hits >= precision * len(got),
                f"{what} of {size} in {n} points, season {m}{options}: {hits} of 40 are found, {len(got)} are told")


planted("point", 8, 120, 12, 0.95, 0.9)
planted("point", 8, 100, 1, 0.95, 0.9)
planted("point", 6, 365, 7, 0.9, 0.65)
planted("last", 8, 120, 12, 0.9, 0.85)
planted("level shift", 4, 120, 12, 0.95, 0.95)
planted("level shift", 3, 100, 1, 0.9, 0.95)
planted("variance", 4, 365, 7, 0.8, 0.8)
planted("variance", 4, 100, 1, 0.7, 0.8)
planted("point", 8, 100, 1, 0.95, 0.8, ", method=forecast, algorithm=ses")
planted("level shift", 4, 100, 1, 0.95, 0.9, ", method=forecast, algorithm=ses")

printed = mt.r("--vanilla", pathlib.Path(__file__).with_name("anomalies_peer.R"))
if printed is not None:
    both = theirs = ours = 0
    for _, name, m, n, *rest in (line.split() for line in printed.splitlines()):
        at = set(map(int, rest[:3]))
        r = set(map(int, rest[4:4 + int(rest[3])]))
        values = list(map(float, rest[4 + int(rest[3]):]))
        assert len(values) == int(n)
        got = [(t + 1, k) for _, t, k in found([values], m)]
        mine = {t for t, k in got if k == "point"}
        checks.that(at <= mine, f"{name}: the three planted ones are found", f"planted {sorted(at)}, R {sorted(r)}, here {got}")
        both, theirs, ours = both + len(r & mine), theirs + len(r), ours + len(mine)
        if name == "Nile":
            checks.that((29, "level shift") in got, "Nile: the level shift of 1899 is found, with far values beside it", str(got))
    checks.that(both >= 0.7 * theirs and both >= 0.75 * ours, f"far values: R {theirs}, here {ours}, both {both}")
else:
    print("skipped: tsoutliers (R with its package forecast is not installed)")

checks.end()
