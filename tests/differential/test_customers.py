#!/usr/bin/env python3
"""Where customers stand, recomputed from the events in plain Python and SQL: RFM, tiers, cohorts,
stages, loyalty; on random logs, CDNOW and Online Retail."""
import bisect
import collections
import datetime as dt
import math
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import datasets  # noqa: E402
import minetest as mt  # noqa: E402

mt.preload_self()
DAY0 = dt.date(2023, 1, 1)
SEGMENTS = [("champions", 5, 5, 4, 5), ("loyal", 3, 4, 4, 5), ("potential", 4, 5, 2, 3), ("new", 4, 5, 1, 1),
            ("need attention", 3, 3, 1, 3), ("at risk", 1, 2, 3, 5), ("hibernating", 2, 2, 1, 2), ("lost", 1, 1, 1, 2)]


def near(a, b):
    return a == b or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1))


def log(dice, customers, events, days=400, ties=False):
    """(customer, day number, amount): returns, gaps, who never bought, several events of a day."""
    rows = []
    for _ in range(events):
        c = int(customers * dice.random() ** 2)
        amount = dice.choice([5, 10, 20]) if ties else round(dice.lognormvariate(3, 1), 2)
        if dice.random() < 0.06:
            amount = -amount / 2
        rows.append((f"c{c}" if dice.random() > 0.02 else None, int(days * dice.random() ** (0.3 + c % 4)),
                     amount if dice.random() > 0.02 else None))
    rows += [(f"nobody{i}", None, None) for i in range(3)]
    dice.shuffle(rows)
    return rows


def fill(db, rows):
    db.execute("DROP TABLE IF EXISTS log")
    db.execute("CREATE TABLE log(customer TEXT, day TEXT, amount REAL)")
    db.executemany("INSERT INTO log VALUES(?,?,?)", ((c, None if d is None else str(DAY0 + dt.timedelta(d)), a)
                                                     for c, d, a in rows))


class History:
    """What each customer did until a day."""

    def __init__(self, rows, now, returns="net"):
        self.names = list(dict.fromkeys(c for c, _, _ in rows if c is not None))
        self.purchases, self.money = collections.defaultdict(list), collections.defaultdict(list)
        for c, d, a in rows:
            if c is None or d is None or d > now:
                continue
            if (a or 0) < 0 and returns == "ignore":
                continue
            self.money[c].append((d, a or 0))
            if returns == "count" or not (a or 0) < 0:
                self.purchases[c].append(d)
        for c in self.purchases:
            self.purchases[c].sort()
        self.now = now


# ---- RFM ------------------------------------------------------------------------------------


def percent(values, bins):
    """Scores by PERCENT_RANK, of what rises with worth."""
    order = sorted(values)
    n = len(values)
    return [1 + min(bins - 1, bins * bisect.bisect_left(order, v) // (n - 1)) if n > 1 else 1 for v in values]


def cells(keys, bins):
    """Scores by NTILE, of keys without ties."""
    n = len(keys)
    place = {k: i for i, k in enumerate(sorted(keys))}
    size, larger = divmod(n, bins)
    return [1 + (k // (size + 1) if k < larger * (size + 1) else larger + (k - larger * (size + 1)) // size)
            for k in (place[key] for key in keys)]


def scores(people, bins, ties, nested):
    """{name: [r, f, m]}; people: {name: (recency, frequency, monetary)}."""
    worth = {c: (-r, f, m) for c, (r, f, m) in people.items()}
    out = {c: [] for c in people}

    def cut(names, measure):
        if not names:
            return
        if ties == "rank":
            got = percent([worth[c][measure] for c in names], bins)
        else:
            rest = [i for i in range(3) if i != measure]
            got = cells([(worth[c][measure], *(worth[c][i] for i in rest), c) for c in names], bins)
        for c, score in zip(names, got):
            out[c].append(score)

    for measure in range(3):
        groups = collections.defaultdict(list)
        for c in people:
            groups[tuple(out[c]) if nested else ()].append(c)
        for names in groups.values():
            cut(names, measure)
    return out


def segment(r, f, bins):
    r, f = (math.ceil((s - 0.5) * 5 / bins) for s in (r, f))
    return next(s for s, r0, r1, f0, f1 in SEGMENTS if r0 <= r <= r1 and f0 <= f <= f1)


def rfm(checks, db, rows, now, **given):
    bins, ties = given.get("bins", 5), given.get("ties", "rank")
    h = History(rows, now, given.get("returns", "net"))
    options = ", ".join(f"{k}={v}" for k, v in dict(given, as_of=str(DAY0 + dt.timedelta(now))).items())
    got = db.execute("SELECT id, recency, frequency, monetary, r, f, m, score, segment FROM mine_rfm('log', ?)", (options,)).fetchall()
    people = {}
    for c in h.names:
        days = sorted(set(h.purchases[c])) if given.get("count") == "days" else h.purchases[c]
        if days:
            total = math.fsum(a for _, a in h.money[c])
            people[c] = (now - days[-1], len(days), total / len(days) if given.get("monetary") == "mean" else total)
    want = scores(people, bins, ties, given.get("method") == "nested")
    checks.equal([r[0] for r in got], h.names, f"rfm {options}: who")
    wrong = []
    for c, recency, frequency, monetary, r, f, m, score, name in got:
        if c not in people:
            if (recency, frequency, r, score, name) != (None, 0, None, None, None):
                wrong.append((c, "not None"))
            continue
        if (recency, frequency) != people[c][:2] or not near(monetary, people[c][2]) or [r, f, m] != want[c]:
            wrong.append((c, (recency, frequency, monetary, r, f, m), people[c], want[c]))
        text = "".join(map(str, want[c])) if bins < 10 else "-".join(map(str, want[c]))
        if (score, name) != (text, segment(*want[c][:2], bins)):
            wrong.append((c, score, name, want[c]))
    checks.that(not wrong, f"rfm {options}: {len(got)} customers", wrong[:3])


def rfm_breaks(checks, db, rows):
    h = History(rows, 399)
    got = db.execute("SELECT id, recency, frequency, monetary, r, f, m FROM mine_rfm('log', 'as_of=2024-02-04, method=breaks,"
                     "recency_breaks=30|90|180|360, frequency_breaks=2|4|8, monetary_breaks=10|100')").fetchall()
    wrong = [row for row in got if row[2] and row[4:] != (
        5 - sum(row[1] > b for b in (30, 90, 180, 360)), 1 + sum(row[2] >= b for b in (2, 4, 8)), 1 + sum(row[3] >= b for b in (10, 100)))]
    checks.that(not wrong and len(got) == len(h.names), "rfm by breaks", wrong[:3])


# ---- tiers ----------------------------------------------------------------------------------


def tiers(checks, db, values, by, bounds):
    """bounds: [(name, bound or None)]."""
    db.execute("DROP TABLE IF EXISTS worth")
    db.execute("CREATE TABLE worth(customer INTEGER, value REAL)")
    db.executemany("INSERT INTO worth VALUES(?,?)", enumerate(values))
    text = "|".join(n if b is None else f"{n}:{b}" for n, b in bounds)
    got = db.execute("SELECT id, value, tier, rank, share, cumulative_share, cumulative_customers FROM mine_tiers('worth', ?)",
                     (f"by={by}, tiers={text}",)).fetchall()
    known = sorted((v for v in values if v is not None), reverse=True)
    total, n = math.fsum(max(v, 0) for v in known), len(known)
    wrong = []
    for (i, value, tier, rank, share, cumulative, population), v in zip(got, values):
        if v is None:
            wrong += [(i, tier)] if (tier, rank, share) != (None, None, None) else []
            continue
        before = [x for x in known if x > v]
        upto = [x for x in known if x >= v]
        held = math.fsum(max(x, 0) for x in before) / total
        reached = {"share": lambda b: held < b - 1e-12, "value": lambda b: v >= b,
                   "count": lambda b: len(before) < (b if any((x or 0) > 1 for _, x in bounds) else b * n) - 1e-9}[by]
        want = next((name for name, b in bounds if b is None or reached(b)), None)
        good = tier == want and rank == len(before) + 1 and near(share, max(v, 0) / total) and near(population, len(upto) / n)
        if not good or not near(cumulative, math.fsum(max(x, 0) for x in upto) / total):
            wrong.append((i, v, tier, want, rank, share, cumulative))
    checks.that(len(got) == len(values) and not wrong, f"tiers by {by} {text}", wrong[:3])


def lorenz(checks, db, values):
    known = sorted(max(v, 0) for v in values if v is not None)
    n, total = len(known), math.fsum(known)
    gini = math.fsum(abs(a - b) for a in known for b in known) / (2 * n * total)
    got = db.execute("SELECT population, lorenz, pareto, gini FROM mine_lorenz('worth', 'points=7')").fetchall()

    def curve(p):
        whole = min(int(p * n), n)
        rest = p * n - whole
        return (math.fsum(known[:whole]) + (rest * known[whole] if whole < n else 0)) / total
    good = len(got) == 8 and all(near(p, i / 7) and near(l, curve(i / 7)) and near(q, 1 - curve(1 - i / 7)) and near(g, gini)
                                 for i, (p, l, q, g) in enumerate(got))
    checks.that(good, "lorenz and gini", got)


# ---- cohorts --------------------------------------------------------------------------------

UNITS = {"month": lambda d: d.year * 12 + d.month - 1, "week": lambda d: (d.toordinal() - 1) // 7, "day": lambda d: d.toordinal(),
         "quarter": lambda d: d.year * 4 + (d.month - 1) // 3, "year": lambda d: d.year}
STARTS = {"month": lambda d: d.replace(day=1), "week": lambda d: d - dt.timedelta(d.weekday()), "day": lambda d: d,
          "quarter": lambda d: d.replace(month=d.month - (d.month - 1) % 3, day=1), "year": lambda d: d.replace(month=1, day=1)}


def cohorts(checks, db, rows, now, unit, rolling):
    h = History(rows, now)
    index, start = UNITS[unit], STARTS[unit]
    date = {d: DAY0 + dt.timedelta(d) for d in range(0, 401)}
    members, money, active = collections.defaultdict(list), collections.Counter(), collections.defaultdict(set)
    last = index(date[now])
    for c in h.names:
        if not h.purchases[c]:
            continue
        first = date[h.purchases[c][0]]
        key = start(first)
        members[key].append(c)
        for d in h.purchases[c]:
            p = index(date[d]) - index(first)
            for q in range(p + 1) if rolling else [p]:
                active[key, q].add(c)
        for d, a in h.money[c]:
            if index(date[d]) >= index(first):
                money[key, index(date[d]) - index(first)] += a
    want = []
    for key in sorted(members):
        total = 0
        for p in range(last - index(key) + 1):
            total += money[key, p]
            n = len(members[key])
            want.append((str(key), p, n, len(active[key, p]), len(active[key, p]) / n, money[key, p], total))
    got = db.execute("SELECT * FROM mine_cohorts('log', ?)", (f"as_of={date[now]}, unit={unit}, rolling={rolling}",)).fetchall()
    wrong = [(a, b) for a, b in zip(got, want) if a[:4] != b[:4] or not all(near(x, y) for x, y in zip(a[4:], b[4:]))]
    checks.that(len(got) == len(want) and not wrong, f"cohorts of a {unit}, rolling={rolling}: {len(want)} cells", (len(got), wrong[:3]))


# ---- stages ---------------------------------------------------------------------------------


def standing(days, gap, limits, now):
    """(stage, since) from the definition."""
    if not days:
        return "prospect", None
    at_risk, dormant, lost = limits
    silent = now - days[-1]
    for stage, limit in (("lost", lost), ("dormant", dormant), ("at_risk", at_risk)):
        if silent > limit:
            return stage, next(d for d in range(days[-1], now + 1) if d - days[-1] > limit)
    if len(days) == 1:
        return "new", days[0]
    # replay: the stage after each purchase
    stage, since = "new", days[0]
    for before, day in zip(days, days[1:]):
        if day - before > dormant:
            stage, since = "reactivated", day
        elif stage != "active" or day - before > at_risk:
            stage, since = "active", day
    return stage, since


def stages_at(rows, now, by, limits, min_gaps=2):
    h = History(rows, now)
    days = {c: sorted(set(h.purchases[c])) for c in h.names}
    gaps = {c: [b - a for a, b in zip(d, d[1:])] for c, d in days.items()}
    medians = [statistics.median(g) for g in gaps.values() if g]
    of_all = statistics.median(medians) if medians else None
    out = {}
    for c, d in days.items():
        gap = statistics.median(gaps[c]) if len(gaps[c]) >= min_gaps else of_all
        unit = 1 if by == "days" else gap
        stage, since = standing(d, gap, [x * unit for x in limits], now)
        out[c] = (stage, since, now - d[-1] if d else None, gap if d else None,
                  math.floor(d[-1] + gap + 0.5) if d and gap is not None else None)
    return out


def stages(checks, db, rows, now, by, limits):
    want = stages_at(rows, now, by, limits)
    options = f"by={by}, at_risk={limits[0]}, dormant={limits[1]}, lost={limits[2]}, as_of={DAY0 + dt.timedelta(now)}"

    def day(text):
        return None if text is None else (dt.date.fromisoformat(text) - DAY0).days
    got = {r[0]: (r[1], day(r[2]), r[3], r[4], day(r[5])) for r in db.execute("SELECT * FROM mine_lifecycle('log', ?)", (options,))}
    wrong = [(c, got.get(c), w) for c, w in want.items() if got.get(c) != w]
    checks.that(len(got) == len(want) and not wrong, f"stages {options}", wrong[:3])
    was = stages_at(rows, now - 60, by, limits)
    moves = collections.Counter((was[c][0], want[c][0]) for c in want)
    left = collections.Counter(was[c][0] for c in want)
    got = {(a, b): (n, s) for a, b, n, s in db.execute("SELECT * FROM mine_lifecycle_moves('log', ?)",
                                                       (f"{options}, from={DAY0 + dt.timedelta(now - 60)}",))}
    wrong = [(k, got.get(k), n) for k, n in moves.items() if k not in got or got[k][0] != n or not near(got[k][1], n / left[k[0]])]
    checks.that(len(got) == len(moves) and not wrong, f"moves {options}", wrong[:3])


# ---- loyalty --------------------------------------------------------------------------------


def loyalty(checks, db, dice, n, products):
    rows = [(i, None if dice.random() < 0.05 else dice.randint(1, 7), None if dice.random() < 0.05 else dice.randrange(20),
             dice.choice(products)) for i in range(n)]
    db.execute("DROP TABLE IF EXISTS survey")
    db.execute("CREATE TABLE survey(id, attitude, repeats, product)")
    db.executemany("INSERT INTO survey VALUES(?,?,?,?)", rows)

    def cut(side, product):
        return statistics.median(r[side] for r in rows if r[side] is not None and (product is None or r[3] == product))
    kinds = {(1, 1): "loyal", (1, 0): "latent", (0, 1): "spurious", (0, 0): "none"}
    for options, by in (("id=id, attitude=attitude, repeat=repeats", False), ("id=id, attitude=attitude, repeat=repeats, product=product", True),
                        ("id=id, attitude=attitude, repeat=repeats, attitude_cut=5, repeat_cut=7.5", None)):
        got = db.execute("SELECT id, attitude, repeat, kind, product FROM mine_loyalty('survey', ?)", (options,)).fetchall()
        wrong = []
        for g, (i, a, b, p) in zip(got, rows):
            ca, cb = (5, 7.5) if by is None else (cut(1, p if by else None), cut(2, p if by else None))
            kind = None if a is None or b is None else kinds[int(a >= ca), int(b >= cb)]
            if g != (i, a, b, kind, p if by else None):
                wrong.append((g, kind))
        checks.that(len(got) == n and not wrong, f"loyalty {options}", wrong[:3])


# ---- real logs ------------------------------------------------------------------------------


def cdnow(checks, db):
    db.execute("CREATE TABLE cdnow(customer INTEGER, day TEXT, amount REAL)")
    lines = [line.split() for line in datasets.read_text("CDNOW_master.txt").splitlines()[1:] if line.strip()]
    db.executemany("INSERT INTO cdnow VALUES(?,?,?)", ((int(c), d, float(a)) for c, d, _, a in lines))
    wrong = db.execute("""
        WITH people AS (SELECT customer, julianday('1998-06-30') - julianday(max(date(substr(day,1,4)||'-'||substr(day,5,2)||'-'||substr(day,7)))) AS recency,
                               count(*) AS frequency, sum(amount) AS monetary FROM cdnow GROUP BY customer),
        ranked AS (SELECT *, percent_rank() OVER (ORDER BY recency DESC) AS r, percent_rank() OVER (ORDER BY frequency) AS f FROM people)
        SELECT count(*), sum(g.recency = p.recency AND g.frequency = p.frequency AND abs(g.monetary - p.monetary) < 1e-6
               AND g.r = min(5, 1 + CAST(5 * p.r + 1e-9 AS INTEGER)) AND g.f = min(5, 1 + CAST(5 * p.f + 1e-9 AS INTEGER)))
        FROM ranked AS p JOIN mine_rfm('cdnow', 'as_of=1998-06-30') AS g ON g.id = p.customer""").fetchone()
    checks.equal(wrong, (23570, 23570), "CDNOW: recency, frequency, amount, r and f of every customer as SQL has them")
    moved = db.execute("SELECT sum(customers) FROM mine_lifecycle_moves('cdnow', 'from=1997-12-31')").fetchone()[0]
    checks.equal(moved, 23570, "CDNOW: everybody is somewhere in the moves")
    alive(checks, db)


def alive(checks, db):
    """by=p_alive: the chances of mine_clv with the same model, stages and their days by them."""
    sample = "SELECT customer, day, amount FROM cdnow WHERE customer % 10 = 1"
    db.execute("CREATE TABLE alive AS SELECT *, since AS began FROM mine_lifecycle(?, 'as_of=1998-06-30, by=p_alive')", (sample,))
    db.execute("SELECT mine_train('alive', 'paretonbd', ?, 'as_of=1998-06-30, unit=day, holdout=0')", (sample.replace(", amount", ""),))
    rows = db.execute("SELECT a.id, a.stage, a.began, a.p_alive, c.p_alive, c.repeats, c.last_at, c.age FROM alive AS a "
                      "JOIN mine_clv('alive', ?, 'as_of=1998-06-30') AS c ON c.id = a.id", (sample.replace(", amount", ""),)).fetchall()
    worst = max(abs(r[3] - r[4]) for r in rows)
    checks.that(len(rows) > 2000 and worst < 1e-4, f"by=p_alive: {len(rows)} chances, those of mine_clv", worst)
    limits = (("lost", 0.2), ("dormant", 0.5), ("at_risk", 0.8))
    wrong = [r for r in rows if next((s for s, limit in limits if r[3] < limit), None) != (r[1] if r[1] in dict(limits) else None)]
    checks.that(not wrong and len({r[1] for r in rows}) >= 5, "by=p_alive: stages by their chances", wrong[:3] or {r[1] for r in rows})
    end, values = dt.date(1998, 6, 30), []
    for i, stage, began, _, _, repeats, last_at, age in rows:
        if stage in dict(limits):
            back = (end - dt.date(int(str(began)[:4]), int(str(began)[4:6]), int(str(began)[6:8]))).days
            values += [(f"{i} on", repeats, last_at, age - back), (f"{i} before", repeats, last_at, age - back - 1)]
    db.execute("CREATE TABLE days(id, repeats, last_at, age)")
    db.executemany("INSERT INTO days VALUES(?,?,?,?)", values)
    chance = dict(db.execute("SELECT id, p_alive FROM mine_clv('alive', 'days')"))
    limit = dict(limits)
    wrong = [(i, stage, chance[f"{i} on"], chance[f"{i} before"]) for i, stage, *_ in rows if stage in limit
             and not (chance[f"{i} on"] < limit[stage] + 1e-4 and chance[f"{i} before"] > limit[stage] - 1e-4)]
    checks.that(not wrong and len(values) > 1000, f"by=p_alive: {len(values) // 2} stages began when the chance fell below", wrong[:3])


def retail(checks, db):
    datasets.load_csv(db, "retail", "online_retail.csv.xz")
    names = [r[1] for r in db.execute("PRAGMA table_info(retail)")]
    checks.that("InvoiceDate" in names, "Online Retail has the columns expected", names)
    db.execute("""CREATE TABLE lines AS SELECT "CustomerID" AS customer, "InvoiceDate" AS at, CAST("Quantity" AS REAL) * CAST("UnitPrice" AS REAL) AS amount,
                  "InvoiceNo" AS invoice FROM retail""")
    got = db.execute("SELECT count(*), sum(frequency), round(sum(monetary), 2), sum(frequency = 0) FROM mine_rfm('SELECT customer, at, amount, invoice FROM lines',"
                     "'customer=customer, time=at, amount=amount, order=invoice')").fetchone()
    want = db.execute("""SELECT count(*), sum(n), round(sum(amount), 2), sum(n = 0) FROM (SELECT count(DISTINCT CASE WHEN amount >= 0 THEN invoice END) AS n,
                         sum(amount) AS amount FROM lines WHERE customer <> '' GROUP BY customer)""").fetchone()
    checks.equal(got, want, "Online Retail: customers, orders, amounts")


def main():
    checks = mt.Checks("customers")
    db = mt.connect()
    dice = random.Random(20261130)
    for customers, events in ((1, 1), (3, 9), (40, 300), (150, 2000)):
        for ties in (False, True):
            rows = log(dice, customers, events, ties=ties) + [("c0", 0, 5.0), ("c0", 9, 7.0), ("c0", 100, 7.0)]
            fill(db, rows)
            for given in ({}, {"method": "nested"}, {"ties": "cells"}, {"ties": "cells", "method": "nested", "bins": 3},
                          {"bins": 10, "count": "days", "monetary": "mean"}, {"returns": "ignore"}, {"returns": "count", "bins": 4}):
                rfm(checks, db, rows, 399, **given)
            rfm(checks, db, rows, 200)
            rfm_breaks(checks, db, rows)
            for unit in UNITS:
                for rolling in (0, 1):
                    cohorts(checks, db, rows, dice.choice([200, 399]), unit, rolling)
            for by, limits in (("rhythm", (2, 4, 8)), ("rhythm", (1.5, 2.5, 3)), ("days", (30, 60, 90)), ("days", (30.5, 30.5, 200))):
                stages(checks, db, rows, 399, by, limits)
                stages(checks, db, rows, 250, by, limits)
    for n in (1, 2, 7, 60, 500):
        values = [round(dice.paretovariate(1.2) * 10, dice.choice([0, 2])) for _ in range(n)]
        values += [values[0], 0, -5, None] if n > 2 else []
        tiers(checks, db, values, "share", [("A", 0.8), ("B", 0.95), ("C", None)])
        tiers(checks, db, values, "share", [("top", 0.5), ("more", 0.9)])
        tiers(checks, db, values, "count", [("gold", 0.1), ("silver", 0.4), ("lead", None)])
        tiers(checks, db, values, "count", [("gold", 1), ("silver", 5)])
        tiers(checks, db, values, "value", [("A", 100), ("B", 20), ("C", None)])
        lorenz(checks, db, values)
    for n in (12, 200):
        loyalty(checks, db, dice, n, ["tea", "coffee"])
    for name, check in (("CDNOW_master.txt", cdnow), ("online_retail.csv.xz", retail)):
        if (mt.DATA / name).exists():
            check(checks, db)
    checks.end()


main()
