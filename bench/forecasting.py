"""What comes next, beside statsforecast and R's forecast: groups of workloads, as in workloads.py.

3,003 series of the lengths and seasons of the M3 competition (645 yearly, 756 quarterly, 1,428
monthly, 174 others), from a fixed seed: a level that drifts and wanders, and a season that changes
slowly.  One thread each.  statsforecast and R would take minutes: they are given every 20th series
(R: every 60th), read once and not timed for it, and their times are multiplied.
"""
import math
import random
import sqlite3

from sides import Side
from workloads import HERE, Comparison

KINDS = ((645, 1, 14, 41), (756, 4, 16, 64), (1428, 12, 48, 126), (174, 1, 63, 96))  # series, season, lengths
SEASONS = (1, 4, 12)
EVERY = {"statsforecast": 20, "R forecast": 60}


def series(draw, season, shortest, longest):
    level, drift, alpha = draw.uniform(5, 9), draw.gauss(0.003, 0.01), draw.random()
    error, wide = math.exp(draw.uniform(-4.5, -1.5)), draw.choice((0, 0.05, 0.2, 0.4)) if season > 1 else 0
    index = [wide * draw.gauss(0, 1) for _ in range(season)]
    mean = sum(index) / season
    for t in range(draw.randint(shortest, longest)):
        e = draw.gauss(0, error)
        yield t, round(math.exp(level + index[t % season] - mean + e), 2)
        level += drift + alpha * e
        index[t % season] += 0.1 * (1 - alpha) * e if season > 1 else 0


def made(s):
    """The database of the series: a table for each season, s1, s4, s12."""
    path = s.data / "series.db"
    if path.exists():
        return path.name[:-3]
    con, draw, number = sqlite3.connect(path), random.Random(1), 0
    for season in SEASONS:
        con.execute(f"CREATE TABLE s{season}(series INTEGER, t INTEGER, v REAL)")
    for count, season, shortest, longest in KINDS:
        for _ in range(count):
            number += 1
            con.executemany(f"INSERT INTO s{season} VALUES({number}, ?, ?)", series(draw, season, shortest, longest))
    con.commit()
    con.close()
    return path.name[:-3]


def ours(s, db, algorithm):
    run = " + ".join(f"(SELECT count(*) FROM mine_forecast('s{season}', "
                     f"'algorithm={algorithm}, season={season}, horizon=1, fitted=0, threads=1'))" for season in SEASONS)
    return s.worker("sqlite-mine", db, "sql", "", f"SELECT {run}")


def beside(s, db, algorithm, theirs):
    r = Side("R forecast", ["Rscript", str(HERE / "forecast.R"), s.db(db), theirs[1], str(EVERY["R forecast"])],
             scale=EVERY["R forecast"])
    peer = s.peer("statsforecast", "statsforecast_fits", db=s.db(db), model=theirs[0], every=EVERY["statsforecast"])
    peer.scale = EVERY["statsforecast"]
    return Comparison(f"forecasts of 3,003 series: {algorithm}", [ours(s, db, algorithm), peer, r],
                      goals={"statsforecast": 1.0, "R forecast": 100.0}, warm=False)


def forecasts(s):
    db = made(s)
    return [beside(s, db, "ets", ("AutoETS", "ets")), beside(s, db, "theta", ("Theta", "thetaf")),
            Comparison("forecasts of 3,003 series: auto", [ours(s, db, "auto")], warm=False)]


GROUPS = {"forecasts": forecasts}
