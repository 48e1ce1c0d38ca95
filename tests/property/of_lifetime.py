"""What customers will buy: events and the summary that they come to say the same, chances are chances, more horizon is more."""
import datetime as dt
import math

from lab import must, options, prop, same
from tables import Column, Table

ALGORITHMS = ["bgnbd", "paretonbd", "mbgcnbd", "bgbb"]


def log_table(rng):
    """Purchases in any order, some twice on a day; some customers once only."""
    columns = [Column("who", "", "category"), Column("day", "TEXT", "date", form="%Y-%m-%d"), Column("amount", "REAL", "number")]
    rows = []
    for c in range(rng.randrange(4, 60)):
        at, rate = rng.randrange(120), rng.choice([3, 10, 30, 90])
        while at < 400 and len(rows) < 2000:
            day = (dt.date(2024, 1, 1) + dt.timedelta(days=at)).isoformat()
            rows += [[f"c{c}", day, round(rng.uniform(1, 50), 2)] for _ in range(1 + (rng.random() < 0.1))]
            if rng.random() < 0.2:
                break
            at += 1 + int(rng.expovariate(1 / rate))
    rng.shuffle(rows)
    return {"tables": {"log": Table(columns, rows)}, "algorithm": rng.choice(ALGORITHMS), "unit": rng.choice(["day", "week", "month"]),
            "horizon": rng.choice([0.5, 3, 12])}


def counted(rows):
    """(repeats, last, age) in days by hand: distinct days, observed until the last of all."""
    days = {}
    for who, day, *_ in rows:
        days.setdefault(who, set()).add(dt.date.fromisoformat(day))
    end = max(max(d) for d in days.values())
    return {who: (len(d) - 1, (max(d) - min(d)).days, (end - min(d)).days) for who, d in days.items()}


@prop("mine_clv", make=log_table, cases=30)
def purchases_to_come(lab, case):
    """Counts are those by hand, chances are chances, a summary of the same customers says the same."""
    rows = case["tables"]["log"].rows
    lab.create("log", case["tables"]["log"])
    algorithm, unit = case["algorithm"], case["unit"]
    events = "SELECT who, day FROM log"
    _, error = lab.refused("SELECT mine_train('m', ?, ?, ?)", algorithm, events, options({"unit": unit}))
    if error:
        must("bought again" in error or "before the last" in error or "no purchase" in error or "no rows" in error, "clv: refused", error)
        return
    asked = options({"horizon": case["horizon"]})
    got = lab.ask("SELECT id, repeats, last_at, age, p_alive, expected_purchases, low, high FROM mine_clv('m', ?, ?)", events, asked)
    for _, _, _, _, alive, expected, low, high in got:
        must(0 <= alive <= 1 and expected >= 0 and math.isfinite(expected), "clv: a chance or a number", (alive, expected))
        must(low is None or 0 <= low <= expected * (1 + 1e-9) and expected <= high * (1 + 1e-9) + 1e-12, "clv: bounds", (low, expected, high))
    if algorithm != "bgbb":
        days = {"day": 1, "week": 7, "month": 365.25 / 12}[unit]
        want = counted(rows)
        must(len(got) == len(want), "clv: customers", len(got))
        for who, x, last, age, *_ in got:
            must(x == want[who][0], "clv: repeats", (who, x))
            same(last, want[who][1] / days, "clv: last_at", 1e-9, 1e-9)
            same(age, want[who][2] / days, "clv: age", 1e-9, 1e-9)
    lab.run("CREATE TABLE summary AS SELECT id, repeats, last_at, age FROM mine_clv('m', 'SELECT who, day FROM log')")
    again = lab.ask("SELECT id, p_alive, expected_purchases FROM mine_clv('m', 'summary', ?)", asked)
    for one, other in zip(got, again):
        must(one[0] == other[0], "clv: order", (one, other))
        same(one[4], other[1], "clv: p_alive of the summary", 1e-9, 1e-12)
        same(one[5], other[2], "clv: expected of the summary", 1e-9, 1e-12)
    longer = lab.ask("SELECT expected_purchases FROM mine_clv('m', 'summary', ?)", options({"horizon": 2 * case["horizon"]}))
    must(all(b[0] >= a[5] - 1e-12 for a, b in zip(got, longer)), "clv: less in twice the time")
