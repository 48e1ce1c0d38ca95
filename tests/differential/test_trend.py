#!/usr/bin/env python3
"""The algorithm trend, with seasons and regressors, against R's tslm, on R's own data."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
import r_series  # noqa: E402

mt.preload_self()
said = r_series.said("trend_peer.R")

checks = mt.Checks("trends against R's tslm")
db = mt.connect()
db.execute("CREATE TABLE y(name, t, v)")
db.execute("CREATE TABLE x(name, t, price, promo)")
season = {}
for _, name, m, *values in (p for p in said if p[0] == "series"):
    season[name] = int(m)
    db.executemany("INSERT INTO y VALUES(?, ?, ?)", ((name, i + 1, r_series.number(v)) for i, v in enumerate(values)))
for _, name, *numbers in (p for p in said if p[0] == "x"):
    n = len(numbers) // 2
    db.executemany("INSERT INTO x VALUES(?, ?, ?, ?)", ((name, i + 1, float(numbers[i]), float(numbers[n + i])) for i in range(n)))
db.commit()

X = {2: "t, price, promo", 4: "t, price, promo, 1 AS one, price + promo AS total"}


def near(ours, theirs):
    return len(ours) == len(theirs) and all(abs(a - b) <= 1e-8 * (1 + abs(b)) for a, b in zip(ours, theirs))


fits = 0
for _, name, seasonal, k, *numbers in (p for p in said if p[0] == "fit"):
    k, numbers, fits = int(k), list(map(float, numbers)), fits + 1
    what = f"{name}, {'season' if seasonal == '1' else 'no season'}, {k} regressors"
    options = f"season={season[name]}, seasonal={'auto' if seasonal == '1' else 'none'}"
    quoted = f"'{name}'"
    given = f', regressors="SELECT {X[k]} FROM x WHERE name = {quoted}"' if k else ""
    source = f"SELECT t, v FROM y WHERE name = '{name}'"
    got = db.execute("SELECT value, low, high FROM mine_forecast(?, ?)", (source, f"algorithm=trend, horizon=8, level=0.9, fitted=0, {options}{given}"))
    checks.that(near([v for row in got for v in row], numbers[:24]), f"{what}: forecasts and bounds are R's")
    model = db.execute("SELECT mine_fit('trend', ?, ?)", (source, options + given)).fetchone()[0]
    figures = dict(db.execute("SELECT * FROM (SELECT name, value FROM mine_coefficients(?))", (model,)))
    ours = [v for key, v in figures.items() if key not in ("sigma", "aicc", "log_likelihood")]
    if name != "presidents":  # whose first point is missing: time and season begin with the second one here
        checks.that(near(ours, numbers[26:]), f"{what}: coefficients are R's", f"{ours[:4]} {numbers[26:30]}")
    checks.that(near([figures["sigma"]], numbers[24:25]), f"{what}: sigma is R's")
    # R counts n log(SSE / n), without the constants of Gauss's density
    n = db.execute("SELECT count(v) FROM y WHERE name = ?", (name,)).fetchone()[0]
    aicc = figures["aicc"] - n * (1 + 1.8378770664093453)
    checks.that(numbers[25] != numbers[25] or near([aicc], numbers[25:26]), f"{what}: AICc is R's", f"{aicc} {numbers[25]}")
    # trained on a part, and moved on by the rest: as if all rows had been there
    if name == "presidents":
        continue
    half = n * 2 // 3
    db.execute("SELECT mine_train('half', 'trend', ?, ?)", (f"{source} AND t <= {half}", options + given)).fetchone()
    db.execute("SELECT mine_train('half', 'trend', ?, ?)", (f"{source} AND t > {half}", f"update=1, season={season[name]}{given}")).fetchone()
    moved = db.execute("SELECT value, low, high FROM mine_forecast('half', ?)", ("horizon=8, level=0.9" + given,))
    checks.that(near([v for row in moved for v in row], numbers[:24]), f"{what}: moved on by new rows, the same")
checks.that(fits == 27, f"{fits} fits")

# All series at once, each with regressors of its own.
got = db.execute("SELECT f.series, max(abs(f.value - (SELECT g.value FROM mine_forecast('SELECT t, v FROM y WHERE name = ''' || f.series || '''', "
                 "'algorithm=trend, horizon=8, fitted=0, season=4, regressors=\"SELECT t, promo, price FROM x WHERE name = ''' || f.series || '''\"') g "
                 "WHERE g.time = f.time))) FROM mine_forecast('y', 'algorithm=trend, horizon=8, fitted=0, season=4, regressors=SELECT * FROM x') f "
                 "GROUP BY 1").fetchall()
checks.that(len(got) == 5 and all(far < 1e-8 * 1000 for _, far in got), "five series at once are five alone", str(got))
checks.end()
