#!/usr/bin/env python3
"""mine_evaluate of forecasts from rolling origins against R's accuracy() and tsCV(), on R's own data."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
import r_series  # noqa: E402

mt.preload_self()
said = r_series.said("rolling_peer.R")

checks = mt.Checks("rolling origins against R's accuracy")
db = mt.connect()
db.execute("CREATE TABLE y(name, t, v)")
season = {}
for _, name, m, *values in (p for p in said if p[0] == "series"):
    season[name] = int(m)
    db.executemany("INSERT INTO y VALUES(?, ?, ?)", ((name, i + 1, float(v)) for i, v in enumerate(values)))
db.commit()
NAMES = ("rmse", "mae", "mape", "smape", "mase", "bias", "covered")


def near(ours, theirs):
    return len(ours) == len(theirs) and all(abs(a - b) <= 1e-9 * (1 + abs(b)) for a, b in zip(ours, theirs))


compared = 0
for _, name, method, *numbers in (p for p in said if p[0] == "figures"):
    numbers, source = list(map(float, numbers)), f"SELECT t, v FROM y WHERE name = '{name}'"
    seasonal = "none" if method == "trend" else "auto"
    model = db.execute("SELECT mine_fit(?, ?, ?)", (method, source, f"season={season[name]}, seasonal={seasonal}")).fetchone()[0]
    got = dict(db.execute("SELECT metric, value FROM mine_evaluate(?, ?, 'horizon=6, level=0.9')", (model, source)))
    checks.that(got["rows"] == 60, f"{name}, {method}: 10 origins, 6 steps")
    checks.that(near([got[k] for k in NAMES], numbers[:7]), f"{name}, {method}: R's figures", f"{got} {numbers[:7]}")
    far = [v for v, in db.execute("SELECT value FROM mine_evaluate(?, ?, 'horizon=6, by=horizon') WHERE metric = 'mae' ORDER BY slice", (model, source))]
    checks.that(near(far, numbers[7:]), f"{name}, {method}: R's errors at each distance", f"{far} {numbers[7:]}")
    compared += 1
checks.that(compared == 20, f"{compared} compared")

theirs = float(next(p for p in said if p[0] == "tscv")[2])
model = db.execute("SELECT mine_fit('naive', 'SELECT * FROM y')").fetchone()[0]
ours = dict(db.execute("SELECT slice, value FROM mine_evaluate(?, 'SELECT * FROM y', 'horizon=6, by=series') WHERE metric = 'mae'", (model,)))
checks.that(near([ours["AirPassengers"]], [theirs]), "the errors of one series of several are tsCV's", f"{ours} {theirs}")
whole = db.execute("SELECT value FROM mine_evaluate(?, 'SELECT * FROM y', 'horizon=6') WHERE metric = 'mae'", (model,)).fetchone()[0]
checks.that(near([whole], [sum(ours.values()) / 4]), "all series together are their mean")
# every second origin; origins that move on by new points without a fit are the same where nothing is fitted
a, b = (db.execute("SELECT value FROM mine_evaluate(?, 'SELECT * FROM y', ?)", (model, f"horizon=6, origins=4, every=2, refit={r}")).fetchall() for r in (0, 1))
checks.that(a == b and a[0][0] == 96, "moved on or fitted anew: the same", f"{a} {b}")
checks.end()
