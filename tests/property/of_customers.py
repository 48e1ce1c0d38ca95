"""Where customers stand: counted again from the events, whatever ids, dates and gaps they have."""
import collections
import datetime as dt
import math
import re
import statistics

import tables
from lab import must, options, prop, same

FORMS = ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d 00:00:00"]
IDS = [lambda i: i, lambda i: f"c{i}", lambda i: i * 1.5 - 3, lambda i: str(i) if i % 2 else i, lambda i: "客户" + chr(0x4E00 + i)]


def events(rng):
    n, people, form, name = rng.choice((1, 3, 9, 30, 80)), rng.choice((1, 3, 10)), rng.choice(FORMS), rng.choice(IDS)
    rows = []
    for _ in range(n):
        day = dt.date(2023, 1, 1) + dt.timedelta(int(500 * rng.random() ** 1.5))
        amount = rng.choice([rng.randint(1, 30), round(rng.random() * 100, 2), 5, -rng.randint(1, 9), None])
        rows.append([None if rng.random() < 0.04 else name(rng.randrange(people)), None if rng.random() < 0.03 else day.strftime(form), amount])
    rng.shuffle(rows)
    columns = [tables.Column("who", "", "category", "customer"), tables.Column("at", "TEXT", "category", "time"),
               tables.Column("paid", "", "number", "amount")]
    return {"tables": {"t": tables.Table(columns, rows)}, "form": form, "returns": rng.choice(["net", "net", "ignore", "count"]),
            "bins": rng.randint(2, 12), "method": rng.choice(["quantile", "nested"]), "ties": rng.choice(["rank", "cells"]),
            "unit": rng.choice(["day", "week", "month", "quarter", "year"]), "by": rng.choice(["rhythm", "days"])}


class Log:
    """The events that count, and the options that read them so."""

    def __init__(self, lab, case):
        lab.create("t", case["tables"]["t"])
        self.form = case["form"]
        self.options = {"returns": case["returns"], "date_format": "%Y-%m-%d %H:%M:%S" if ":" in self.form else self.form}
        self.all = [r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()]
        self.people = {self.key(c): c for c, _, _ in self.all if c is not None}
        self.money, self.days = collections.defaultdict(list), collections.defaultdict(list)
        for c, at, amount in self.all:
            if c is None or at is None or (case["returns"] == "ignore" and (amount or 0) < 0):
                continue
            day = dt.datetime.strptime(at, self.form).date()
            self.money[self.key(c)].append((day, amount or 0))
            if case["returns"] == "count" or (amount or 0) >= 0:
                self.days[self.key(c)].append(day)
        dated = [dt.datetime.strptime(at, self.form).date() for c, at, _ in self.all if c is not None and at is not None]
        self.now = max(dated, default=None)
        self.events = sum(map(len, self.money.values()))

    @staticmethod
    def key(value):
        return (isinstance(value, str), float(value) if not isinstance(value, str) else value)

    def refused(self, error, why=False):
        """Whether there is nothing to be said; then there must be a sentence."""
        if self.events == 0 or why:
            must(error is not None, "customers: an answer from nothing", "")
            return True
        must(error is None, "customers: refused", error)
        return False


def segments_told(lab):
    """Of the notes of mine_rfm, "... loyal 3-4/4-5, ...": the segment of each r and f of five."""
    (notes,), = lab.db.execute("SELECT notes FROM mine_verbs WHERE verb = 'mine_rfm'")
    told = re.findall(r"([a-z ]+) (\d)(?:-(\d))?/(\d)(?:-(\d))?[,;]", notes.partition("by r and f:")[2])
    return {(r, f): name.strip() for name, *ends in told for a, b, c, d in [[int(e or 0) for e in ends]]
            for r in range(a, (b or a) + 1) for f in range(c, (d or c) + 1)}


@prop("mine_rfm", make=events, cases=120)
def rfm(lab, case):
    """Recency, frequency and amount of each; scores rise with them and fill their cells; segments as the notes tell."""
    log = Log(lab, case)
    given = dict(log.options, bins=case["bins"], method=case["method"], ties=case["ties"])
    rows, error = lab.refused("SELECT id, recency, frequency, monetary, r, f, m, score, segment FROM mine_rfm('t', ?)", options(given))
    if log.refused(error):
        return
    must([log.key(r[0]) for r in rows] == list(log.people), "rfm: who", rows)
    scored, told = [], segments_told(lab)
    for c, recency, frequency, monetary, r, f, m, score, segment in rows:
        days = log.days[log.key(c)]
        must(frequency == len(days), "rfm: frequency", (c, frequency, days))
        same(monetary, math.fsum(a for _, a in log.money[log.key(c)]), "rfm: amount", 1e-9, 1e-9)
        must((recency is None) == (not days) == (r is None) == (segment is None), "rfm: who has no purchase", (c, recency, r, segment))
        if days:
            same(recency, (log.now - max(days)).days, "rfm: recency", 0, 0)
            must(all(1 <= s <= case["bins"] for s in (r, f, m)), "rfm: scores", (r, f, m))
            must(score.replace("-", "") == f"{r}{f}{m}", "rfm: score", score)
            fifths = tuple(-(-(10 * s - 5) // (2 * case["bins"])) for s in (r, f))  # of other bins, where they lie among five
            must(segment == told[fifths], "rfm: not the segment that the notes tell", (r, f, segment))
            scored.append(((-recency, frequency, monetary), (r, f, m)))
    for measure in range(3):
        groups = collections.defaultdict(list)
        for worth, score in scored:
            groups[score[:measure] if case["method"] == "nested" else ()].append((worth[measure], score[measure]))
        for group in groups.values():
            group.sort()
            must([s for _, s in group] == sorted(s for _, s in group), "rfm: a better one has a lower score", group)
            equal = [a for a, b in zip(group, group[1:]) if a[0] == b[0] and a[1] != b[1]]
            must(case["ties"] == "cells" or not equal, "rfm: equal values, two scores", equal)
            sizes = collections.Counter(s for _, s in group)
            must(case["ties"] == "rank" or max(sizes.values()) - min(sizes.get(b, 0) for b in range(1, case["bins"] + 1)) <= 1,
                 "rfm: cells of unequal size", sizes)
    again = lab.ask("SELECT id, recency, frequency, monetary, r, f, m, score, segment FROM mine_rfm('SELECT * FROM t ORDER BY random()', ?)", options(given))
    must(sorted(map(repr, again)) == sorted(map(repr, rows)), "rfm: another order of the rows, another answer", "")


@prop("mine_cohorts", make=events, cases=80)
def cohorts(lab, case):
    """Everybody is in one cohort, active at once; amounts add up; rolling only falls and is never less."""
    log = Log(lab, case)
    given = dict(log.options, unit=case["unit"])
    rows, error = lab.refused("SELECT * FROM mine_cohorts('t', ?)", options(given))
    if log.refused(error, not any(log.days.values())):
        return
    must(sum(r[2] for r in rows if r[1] == 0) == sum(bool(d) for d in log.days.values()), "cohorts: customers", rows)
    must(all(r[3] == r[2] and r[4] == 1 for r in rows if r[1] == 0), "cohorts: not active at first", rows)
    rolled = lab.ask("SELECT * FROM mine_cohorts('t', ?)", options(dict(given, rolling=1)))
    must([r[:3] for r in rolled] == [r[:3] for r in rows], "cohorts: other cells", rolled)
    last = {}
    for plain, rolling in zip(rows, rolled):
        must(plain[3] <= rolling[3] <= last.get(plain[0], math.inf), "cohorts: rolling", (plain, rolling))
        same(plain[4], plain[3] / plain[2], "cohorts: retention", 1e-12, 1e-12)
        last[plain[0]] = rolling[3]
    if case["returns"] != "net":
        total = math.fsum(a for c, events_ in log.money.items() for _, a in events_)
        same(math.fsum(r[5] for r in rows), total, "cohorts: amounts", 1e-9, 1e-7)


@prop("mine_lifecycle", "mine_lifecycle_moves", make=events, cases=80)
def stages(lab, case):
    """Silence and usual gap as counted; stages by their limits; moves are the stages of two dates."""
    log = Log(lab, case)
    limits = (2, 4, 8) if case["by"] == "rhythm" else (90, 180, 365)
    given = dict(log.options, by=case["by"])
    rows, error = lab.refused("SELECT id, stage, silent_for, usual_gap FROM mine_lifecycle('t', ?)", options(given))
    days = {c: sorted(set(log.days[c])) for c in log.people}
    gaps = {c: [(b - a).days for a, b in zip(d, d[1:])] for c, d in days.items()}
    medians = [statistics.median(g) for g in gaps.values() if g]
    if log.refused(error, case["by"] == "rhythm" and not medians):
        return
    for c, stage, silent, gap in rows:
        own = days[log.key(c)]
        if not own:
            must((stage, silent, gap) == ("prospect", None, None), "stages: a prospect", (c, stage, silent))
            continue
        usual = statistics.median(gaps[log.key(c)]) if len(gaps[log.key(c)]) >= 2 else statistics.median(medians) if medians else None
        must(gap == usual and silent == (log.now - own[-1]).days, "stages: gap or silence", (c, gap, usual, silent))
        over = sum(silent > x * (usual if case["by"] == "rhythm" else 1) for x in limits)
        allowed = [("new",) if len(own) == 1 else ("active", "reactivated"), ("at_risk",), ("dormant",), ("lost",)][over]
        must(stage in allowed, "stages: another stage", (c, stage, allowed))
    earlier = log.now - dt.timedelta(40)
    moved, error = lab.refused("SELECT from_stage, to_stage, customers FROM mine_lifecycle_moves('t', ?)", options(dict(given, **{"from": str(earlier)})))
    was, refused = lab.refused("SELECT id, stage FROM mine_lifecycle('t', ?)", options(dict(given, as_of=str(earlier))))
    if error or refused:
        must(error is not None and (refused is not None or all(s == "prospect" for _, s in was)), "moves: refused alone", (error, refused))
        return
    before = {log.key(c): s for c, s in was}
    want = collections.Counter((before[log.key(c)], s) for c, s, _, _ in rows)
    must({(a, b): n for a, b, n in moved} == dict(want), "moves: other counts", (moved, want))


def worth(rng):
    n, name = rng.choice((1, 2, 7, 40)), rng.choice(IDS)
    rows = [[name(rng.randrange(2 * n)), rng.choice([rng.randint(0, 9), round(rng.paretovariate(1) * 10, 2), None, -2, 0])] for _ in range(n)]
    columns = [tables.Column("who", "", "category", "customer"), tables.Column("worth", "", "number", "value")]
    return {"tables": {"t": tables.Table(columns, rows)}, "bounds": sorted(rng.sample(range(1, 100), 2)), "by": rng.choice(["share", "count"])}


@prop("mine_tiers", "mine_lorenz", make=worth, cases=80)
def tiers(lab, case):
    """Shares of everybody add up; tiers follow ranks and reach their bounds; the curves are each other's mirror."""
    lab.create("t", case["tables"]["t"])
    low, high = (b / 100 for b in case["bounds"])
    source = [r[:2] for r in lab.db.execute("SELECT * FROM t").fetchall()]
    total = collections.defaultdict(list)
    for c, v in source:
        total[Log.key(c)] += [] if v is None else [v]
    values = {c: math.fsum(v) if v else None for c, v in total.items()}
    known = sorted((v for v in values.values() if v is not None), reverse=True)
    rows, error = lab.refused("SELECT id, value, tier, rank, share, cumulative_share FROM mine_tiers('t', ?)",
                              options({"tiers": [f"A:{low}", f"B:{high}", "C"], "by": case["by"]}))
    if not known or (case["by"] == "share" and known[0] <= 0):
        must(error is not None, "tiers: of nothing", rows)
        return
    must(error is None, "tiers: refused", error)
    must([Log.key(r[0]) for r in rows] == list(values), "tiers: who", rows)
    total = math.fsum(max(v, 0) for v in known)
    for c, value, tier, rank, share, cumulative in rows:
        v = values[Log.key(c)]
        must((value is None) == (v is None) == (tier is None), "tiers: without a value", (c, value, tier))
        if v is None:
            continue
        same(value, v, "tiers: value", 1e-9, 1e-9)
        if total > 0:
            same(share, max(v, 0) / total, "tiers: share", 1e-9, 1e-12)
    ranked = sorted((r for r in rows if r[3] is not None), key=lambda r: r[3])
    must([r[2] for r in ranked] == sorted(r[2] for r in ranked), "tiers: out of rank", ranked)
    must(all(a[1] > b[1] or (a[1] == b[1] and a[2:4] == b[2:4]) for a, b in zip(ranked, ranked[1:])), "tiers: equal values apart", ranked)
    if case["by"] == "share":
        held = math.fsum(r[4] for r in ranked if r[2] == "A")
        must(held >= low - 1e-9, "tiers: A is too small", (held, low))
    if total <= 0:
        return
    curve = lab.ask("SELECT population, lorenz, pareto, gini FROM mine_lorenz('t', 'points=20')")
    for (_, lorenz, _, gini), (_, _, pareto, _) in zip(curve, reversed(curve)):
        same(lorenz, 1 - pareto, "lorenz: no mirror", 1e-12, 1e-12)
        must(0 <= gini < 1, "lorenz: gini", gini)
    n = len(known)
    same(curve[0][3], math.fsum(abs(max(a, 0) - max(b, 0)) for a in known for b in known) / (2 * n * total), "lorenz: gini", 1e-9, 1e-9)


def survey(rng):
    rows = [[i, rng.choice([1, 2, 3, 4, 5, None]), rng.choice([rng.randrange(30), None, 4]), rng.choice(["tea", "rice", None])] for i in range(rng.choice((1, 2, 9, 40)))]
    columns = [tables.Column("id", "", "category", "id"), tables.Column("says", "", "number", "attitude"),
               tables.Column("does", "", "number", "repeat"), tables.Column("what", "", "category", "product")]
    return {"tables": {"t": tables.Table(columns, rows)}, "product": rng.random() < 0.5}


@prop("mine_loyalty", make=survey, cases=60)
def loyalty(lab, case):
    """The four kinds by medians, of each product or of all."""
    lab.create("t", case["tables"]["t"])
    rows = [r[:4] for r in lab.db.execute("SELECT * FROM t").fetchall()]
    given = {"id": "id", "attitude": "says", "repeat": "does", **({"product": "what"} if case["product"] else {})}
    got, error = lab.refused("SELECT id, attitude, repeat, kind FROM mine_loyalty('t', ?)", options(given))

    def values(side, product):
        return [r[side] for r in rows if r[side] is not None and (not case["product"] or r[3] == product)]
    if error:
        alike = any(len(set(values(side, p))) < 2 for side in (1, 2) for p in {r[3] for r in rows})
        must(alike or "twice" in error, "loyalty: refused", error)
        return
    must(len(got) == len(rows), "loyalty: rows", got)
    kinds = {(True, True): "loyal", (True, False): "latent", (False, True): "spurious", (False, False): "none"}
    for (i, a, b, kind), row in zip(got, rows):
        must((i, a, b) == row[:3], "loyalty: another row", (i, row))
        if None in row[1:3] or (case["product"] and row[3] is None):
            must(kind is None, "loyalty: a kind of nothing", (row, kind))
            continue
        high = tuple(row[side] >= statistics.median(values(side, row[3])) for side in (1, 2))
        must(kind == kinds[high], "loyalty: kind", (row, kind, high))
