#!/usr/bin/env python3
"""ARIMA against R's arima, on R's own data: no order is less likely than R finds it, where both find the same the forecasts are
the same, and no automatic order has a larger AICc than that of auto.arima."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
import r_series  # noqa: E402

mt.preload_self()
said = r_series.said("arima_peer.R")

checks = mt.Checks("ARIMA against R")
db = mt.connect()
season = {}
for _, name, m, *values in (p for p in said if p[0] == "series"):
    season[name] = int(m)
    db.execute(f"CREATE TABLE {name}(t, v)")
    db.executemany(f"INSERT INTO {name} VALUES(?, ?)", ((i + 1, r_series.number(v)) for i, v in enumerate(values)))


def fit(name, options):
    """The figures of a model, and its forecasts."""
    model = db.execute("SELECT mine_fit('arima', ?, ?)", (name, f"season={season[name]}, {options}")).fetchone()[0]
    figures = dict(db.execute("SELECT name, value FROM mine_coefficients(?)", (model,)))
    return figures, db.execute("SELECT value, low, high, model FROM mine_forecast(?, 'horizon=6')", (model,)).fetchall()


fits = equal = 0
for _, name, *numbers in (p for p in said if p[0] == "fit"):
    order, seasonal, constant = "|".join(numbers[:3]), "|".join(numbers[3:6]), "yes" if numbers[6] == "1" else "no"
    theirs, *ahead = map(float, numbers[7:])
    what = f"{name} ({order})({seasonal}) constant={constant}"
    figures, got = fit(name, f"order={order}, seasonal_order={seasonal}, constant={constant}")
    ours = figures["log_likelihood"]
    fits += 1
    checks.that(ours >= theirs - 0.01, f"{what}: likelihood {ours:.6f} is at least R's {theirs:.6f}")
    if abs(ours - theirs) > 1e-5:
        continue
    equal += 1
    far = max(abs(row[0] - mean) / abs(mean) for row, mean in zip(got, ahead[:6]))
    wide = max(abs((row[2] - row[0]) / (high - mean) - 1) for row, mean, high in zip(got, ahead[:6], ahead[6:]))
    checks.that(far < 1e-4, f"{what}: forecasts are R's", f"{far:.2g}")
    checks.that(wide < 1e-3, f"{what}: bounds are R's", f"{wide:.2g}")
    checks.that(all(abs(row[2] + row[1] - 2 * row[0]) < 1e-6 * abs(row[0]) for row in got), f"{what}: bounds are symmetric")
checks.that(equal >= 60, f"{equal} of R's {fits} fits are the same")

# Those of auto.arima (forecast 8.20, approximation=FALSE) that take R longer than a test may.
long = [("auto", "AirPassengers", "1018.1652"), ("auto", "logAir", "-483.2101"), ("auto", "USAccDeaths", "857.3164"),
        ("auto", "loglynx", "170.2632"), ("auto", "gapAir", "-452.0254"), ("auto", "gapDeaths", "801.8748")]
for _, name, theirs in [p for p in said if p[0] == "auto"] + long:
    figures, got = fit(name, "seasonal=auto")
    checks.that(figures["aicc"] <= float(theirs) + 0.01, f"{name}: AICc {figures['aicc']:.4f} of {got[0][3]} is at most R's {theirs}")

checks.end()
