#!/usr/bin/env python3
"""Forecasts and decompositions against R, on R's own data: HoltWinters, stl and decompose of stats; autocorrelations; naive
methods, theta and Croston's of the package forecast."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import datasets  # noqa: E402,F401
import minetest as mt  # noqa: E402
import r_series  # noqa: E402

mt.preload_self()
said = r_series.said("forecast_peer.R")

checks = mt.Checks("forecasts against R")
db = mt.connect()
season = {}
for _, name, m, *values in (p for p in said if p[0] == "series"):
    season[name] = int(m)
    db.execute(f"CREATE TABLE {name}(t, v)")
    db.executemany(f"INSERT INTO {name} VALUES(?, ?)", ((i + 1, r_series.number(v)) for i, v in enumerate(values)))


def forecast(name, h, options):
    return db.execute("SELECT value, low, high, model FROM mine_forecast(?, ?) WHERE kind = 'forecast'",
                      (name, f"horizon={h}, fitted=0, season={season[name]}, {options}")).fetchall()


def sse(name, options):
    return db.execute(f"SELECT sum((v - value) * (v - value)) FROM {name} JOIN mine_forecast(?, ?) f ON time = t AND kind = 'fitted'",
                      (name, f"horizon=1, season={season[name]}, {options}")).fetchone()[0]


# R's search stops where it stops: ours may be below its sum of squares, and is nowhere above it.
equal = 0
for _, name, seasonal, *numbers in (p for p in said if p[0] == "hw"):
    alpha, beta, gamma, theirs, *ahead = map(float, numbers)
    options = f"algorithm=holt_winters, seasonal={seasonal}"
    ours = sse(name, options)
    checks.that(ours <= theirs * (1 + 1e-6), f"{name}, {seasonal}: squares {ours:.8g} are at most R's {theirs:.8g}")
    if abs(ours - theirs) <= 1e-6 * theirs:
        equal += 1
        got = [row[0] for row in forecast(name, 3, options)]
        checks.that(all(abs(a - b) <= 1e-4 * abs(b) for a, b in zip(got, ahead)), f"{name}, {seasonal}: forecasts {got} are R's {ahead}")
checks.that(equal >= 6, f"{equal} of R's 12 least squares are the same")

half = [row[2] - row[0] for row in forecast("co2", 20, "algorithm=holt_winters, seasonal=additive")]
theirs = [float(x) for x in next(p for p in said if p[0] == "hwband")[2:]]
checks.that(all(abs(a - b) <= 1e-3 * b for a, b in zip(half, theirs)), "the bounds of an additive season are R's")

for method, ours in (("snaive", "seasonal_naive"), ("drift", "drift"), ("mean", "mean"), ("naive", "naive")):
    for _, name, *upper in (p for p in said if p[0] == method):
        got = [row[2] for row in forecast(name, len(upper), f"algorithm={ours}, level=0.9")]
        checks.that(all(abs(a - float(b)) <= 1e-9 * abs(float(b)) for a, b in zip(got, upper)), f"{ours} of {name}: upper bounds are R's", f"{got[:2]} {upper[:2]}")

for _, name, *ahead in (p for p in said if p[0] == "theta"):
    got = [row[0] for row in forecast(name, 6, "algorithm=theta")]
    checks.that(all(abs(a - float(b)) <= 1e-4 * abs(float(b)) for a, b in zip(got, ahead)), f"theta of {name}: R's forecasts", f"{got} {ahead}")

_, theirs, *demand = next(p for p in said if p[0] == "croston")
db.execute("CREATE TABLE demand(t, v)")
db.executemany("INSERT INTO demand VALUES(?, ?)", enumerate(map(float, demand)))
season["demand"] = 1
values = {m: forecast("demand", 1, f"algorithm={m}")[0][0] for m in ("croston", "sba", "tsb")}
checks.that(abs(values["croston"] - float(theirs)) <= 1e-10 and abs(values["sba"] - 0.95 * float(theirs)) <= 1e-10, "croston is R's, sba 0.95 of it", str(values))
size, chance = 3.0, 1 / 3
for y in map(float, demand[3:]):
    chance += 0.1 * ((y > 0) - chance)
    size += 0.1 * (y - size) if y > 0 else 0
checks.that(abs(values["tsb"] - size * chance) <= 1e-12, "tsb is that of four lines of Python", f"{values['tsb']} {size * chance}")


def parts(name, n, options):
    source = f"SELECT * FROM {name} LIMIT {n}"
    return db.execute("SELECT trend, seasonal, value, remainder FROM mine_decompose(?, ?)", (source, f"season={season[name]}, {options}")).fetchall()


robust_ones = 0
for _, name, window, robust, *numbers in (p for p in said if p[0] == "stl"):
    n = len(numbers) // 2
    got = parts(name, n, f"seasonal_window={window}, robust={robust}")
    far = max(max(abs(g[0] - float(a)), abs(g[1] - float(b))) for g, a, b in zip(got, numbers[:n], numbers[n:]))
    checks.that(len(got) == n and far < 1e-8 * max(abs(g[2]) for g in got), f"stl of {name}, window {window}, robust {robust}: R's", f"{far:.2g}")
    checks.that(all(abs(g[0] + g[1] + g[3] - g[2]) < 1e-9 for g in got), f"stl of {name}: the parts add up")
    robust_ones += robust == "1"
checks.that(robust_ones == 18, f"{robust_ones} robust ones are compared")

_, name, *numbers = next(p for p in said if p[0] == "classical")
n = len(numbers) // 2
got = parts(name, n, "method=classical, seasonal=multiplicative")
far = max(0 if a == "NaN" else abs(g[0] - float(a)) for g, a in zip(got, numbers[:n]))
checks.that(far < 1e-9 and all(abs(g[1] - float(b)) < 1e-9 for g, b in zip(got, numbers[n:])), "the classical parts are R's decompose")
checks.that(all((g[0] is None) == (a == "NaN") for g, a in zip(got, numbers[:n])), "... and have no trend where R has none")

for what in ("acf", "pacf"):
    for _, name, *theirs in (p for p in said if p[0] == what):
        got = db.execute(f"SELECT {what}, high FROM mine_autocorrelation(?, ?) ORDER BY lag", (name, f"season={season[name]}")).fetchall()
        far = max(abs(g[0] - float(r)) for g, r in zip(got, theirs))
        checks.that(len(got) == len(theirs) and far < 1e-12, f"{what} of {name}: R's", f"{len(got)} of {len(theirs)}, {far:.2g}")
high = db.execute("SELECT DISTINCT high FROM mine_autocorrelation('co2', 'level=0.9')").fetchall()
checks.that(len(high) == 1 and abs(high[0][0] - 1.6448536269514722 / 468**0.5) < 1e-15, "the bounds are those of noise", str(high))

checks.end()
