"""What happens over time: sequences counted again by hand, and forecasts that a few lines of Python make too."""
import itertools
import json
import math

import tables
from lab import must, options, prop, same


def journeys(rng):
    people, items = rng.choice((1, 2, 5, 9)), rng.choice((2, 3, 5))
    rows = []
    for c in range(people):
        for _ in range(rng.randrange(7)):
            rows.append([f"c{c}", rng.randrange(6), rng.choice("abcde"[:items])])
    for _ in range(rng.randrange(3)):
        rows.append([rng.choice([None, "c0"]), rng.randrange(6), rng.choice([None, "a"])])
    rng.shuffle(rows)
    columns = [tables.Column("who", "", "category", "customer"), tables.Column("at", "", "number", "time"),
               tables.Column("what", "", "category", "item")]
    return {"tables": {"t": tables.Table(columns, rows)}, "count": rng.choice((1, 2, 3))}


def histories(lab):
    """Of each customer: sets of items in the order of time."""
    people = {}
    for c, at, item in (r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()):
        if c is not None and at is not None and item is not None:
            people.setdefault(c, {}).setdefault(at, set()).add(item)
    return [[moments[at] for at in sorted(moments)] for moments in people.values()]


def holds(history, sequence):
    at = 0
    for step in sequence:
        while at < len(history) and not set(step) <= history[at]:
            at += 1
        if at == len(history):
            return False
        at += 1
    return True


def sets_of(moment):
    return [c for n in range(1, len(moment) + 1) for c in itertools.combinations(sorted(moment), n)]


@prop("mine_sequences", "mine_sequence_rules", make=journeys, cases=60)
def sequences(lab, case):
    """All sequences of at most three steps: found by trying each, and rules between those."""
    lab.create("t", case["tables"]["t"])
    known = histories(lab)
    got, error = lab.refused("SELECT sequence, length, items, count, support FROM mine_sequences('t', ?)",
                             options({"min_count": case["count"], "max_length": 3}))
    if not known:
        must(error is not None, "sequences: of nothing", got)
        return
    must(error is None, "sequences: refused", error)
    candidates = set()
    for history in known:
        for n in (1, 2, 3):
            for steps in itertools.combinations(history, n):
                candidates.update(itertools.product(*map(sets_of, steps)))
    expected = {s: n for s in candidates if (n := sum(holds(h, s) for h in known)) >= case["count"]}
    found = {tuple(tuple(sorted(step)) for step in json.loads(s)): (length, items, count, support) for s, length, items, count, support in got}
    must(len(found) == len(got), "sequences: one twice", got)
    must({s: f[2] for s, f in found.items()} == expected, "sequences: counts", (got, expected))
    for s, (length, items, count, support) in found.items():
        must(length == len(s) and items == sum(map(len, s)), "sequences: length", s)
        same(support, count / len(known), "sequences: support", 1e-12, 1e-12)
    rules, error = lab.refused("SELECT antecedent, consequent, count, confidence FROM mine_sequence_rules('t', ?)",
                               options({"min_count": case["count"], "min_confidence": 0.5, "max_length": 3}))
    must(error is None, "sequence rules: refused", error)
    for antecedent, consequent, count, confidence in rules:
        must(0.5 <= confidence <= 1 and count >= case["count"], "sequence rules: limits", (antecedent, consequent))


def points(rng):
    n, series = rng.choice((2, 3, 8, 20, 40)), rng.choice((1, 2, 3))
    rows = [[f"s{s}", i, round(rng.gauss(50, 10), 2) if rng.random() > 0.1 else None] for s in range(series) for i in range(n)]
    rng.shuffle(rows)
    columns = [tables.Column("which", "", "category", "series"), tables.Column("at", "", "number", "time"),
               tables.Column("value", "", "number", "value")]
    return {"tables": {"t": tables.Table(columns, rows)}, "horizon": rng.choice((1, 3))}


def futures(lab, case, known):
    """Of several methods at once, and of futures that are drawn: one set of values, bounds in order, the same for a seed."""
    for algorithm in ("auto", "combination"):
        said = {"algorithm": algorithm, "horizon": case["horizon"], "fitted": 0, "season": case["horizon"] + 1}
        rows = {}
        for more in ({}, {"intervals": "bootstrap"}, {"intervals": "bootstrap", "threads": 1}, {"intervals": "bootstrap", "seed": 7}):
            rows[str(more)], error = lab.refused("SELECT series, time, value, low, high, model FROM mine_forecast('t', ?)", options({**said, **more}))
            must(error is None or all(len(v) < 3 for v in known.values()) or "step" in error, "futures: refused", error)
        plain, drawn, alone, other = rows.values()
        must(drawn == alone, "futures: threads", (drawn, alone))
        must([r[:3] for r in plain or []] == [r[:3] for r in drawn or []] == [r[:3] for r in other or []], "futures: values", (plain, drawn))
        for _, _, value, low, high, model in (plain or []) + (drawn or []):
            must(low is None or low <= high, "futures: bounds", (low, high))
            must(model.startswith("auto: " if algorithm == "auto" else "ses + holt"), "futures: model", model)


@prop("mine_forecast", "mine_decompose", make=points, cases=60)
def forecasts(lab, case):
    """The last value, the mean, the line from the first to the last: of the known part of each series."""
    lab.create("t", case["tables"]["t"])
    known = {}
    for name, at, value in sorted((r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()), key=lambda r: (str(r[0]), r[1])):
        if name is not None and value is not None:
            known.setdefault(name, {})[at] = value
    for algorithm in ("naive", "mean", "drift"):
        got, error = lab.refused("SELECT series, time, value, low, high FROM mine_forecast('t', ?)",
                                 options({"algorithm": algorithm, "horizon": case["horizon"], "fitted": 0, "season": 1}))
        if error is not None:
            must(all(len(v) < 2 for v in known.values()) or "step" in error, "forecast: refused", error)
            continue
        for name, at, value, low, high in got:
            mine = known[name]
            first, last, n = min(mine), max(mine), len(mine)
            step = at - last
            expected = {"naive": mine[last], "mean": math.fsum(mine.values()) / n,
                        "drift": mine[last] + step * (mine[last] - mine[first]) / max(last - first, 1)}[algorithm]
            same(value, expected, f"forecast: {algorithm}", 1e-9, 1e-9)
            must(low is None or low <= value <= high, "forecast: bounds", (low, value, high))
    futures(lab, case, known)
    for method, season in (("stl", 1), ("stl", 4), ("classical", 2)):
        got, error = lab.refused("SELECT series, time, value, trend, seasonal, remainder FROM mine_decompose('t', ?)",
                                 options({"method": method, "season": season}))
        for name, at, value, trend, seasonal, remainder in got or []:
            must(value == known[name].get(at), "decompose: value", (name, at, value))
            if None not in (value, trend, seasonal, remainder):
                same(trend + seasonal + remainder, value, "decompose: sum", 1e-9, 1e-9)


@prop("mine_anomalies", make=points, cases=60)
def anomalies(lab, case):
    """Every point between the first and the last is listed; a reason where there is an anomaly; four times the values, four times
    what was expected."""
    lab.create("t", case["tables"]["t"])
    known = {}
    for name, at, value in (r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()):
        if name is not None and value is not None:
            known.setdefault(name, {})[at] = value
    for method in ("stl", "forecast"):
        how = options({"season": 4, "seasonal": "additive", "method": method, "threshold": 2})
        ask = "SELECT series, time, value, expected, score, anomaly, kind, reason FROM mine_anomalies(?, ?)"
        got, error = lab.refused(ask, "t", how)
        if error is not None:
            must(all(len(v) < 8 for v in known.values()) or "step" in error or method == "forecast", "anomalies: refused", error)
            continue
        for name in {r[0] for r in got}:
            mine = known[name]
            must([r[1] for r in got if r[0] == name] == list(range(min(mine), max(mine) + 1)), "anomalies: points", (name, got))
        for name, at, value, expected, score, anomaly, kind, reason in got:
            must(value == known[name].get(at), "anomalies: value", (name, at, value))
            must(anomaly == (kind != "") == (reason != ""), "anomalies: reason", (anomaly, kind, reason))
            must(kind in ("", "point", "level shift", "variance"), "anomalies: kind", kind)
            must(kind not in ("", "point") or score is None or (score > 2) == (kind == "point"), "anomalies: threshold", (score, kind))
            must(score is None if value is None else expected is None or score >= 0, "anomalies: score", (value, score))
        first, second, third = (f'"{c.name}"' for c in case["tables"]["t"].columns)
        if method == "stl" and any(v % 1 for y in known.values() for v in y.values()):
            four, error = lab.refused(ask, f"SELECT {first}, {second}, 4 * {third} FROM t", how)
            must(error is None and len(four) == len(got), "anomalies: four times refused", error)
            for a, b in zip(got, four):
                if all(v % 0.25 for v in known[a[0]].values()):
                    must(a[6] == b[6], "anomalies: four times, another kind", (a, b))
                    same(b[3], 4 * a[3], "anomalies: four times", 1e-9, 1e-9)


def levinson(r):
    """Partial autocorrelations of autocorrelations from lag 0 on: the last coefficient of each regression, by elimination."""
    out = []
    for k in range(1, len(r)):
        rows = [[r[abs(i - j)] for j in range(k)] + [r[i + 1]] for i in range(k)]
        for i in range(k):
            pivot = max(range(i, k), key=lambda x: abs(rows[x][i]))
            rows[i], rows[pivot] = rows[pivot], rows[i]
            if abs(rows[i][i]) < 1e-6:
                return out
            for x in range(i + 1, k):
                f = rows[x][i] / rows[i][i]
                rows[x] = [a - f * b for a, b in zip(rows[x], rows[i])]
        out.append(rows[k - 1][k] / rows[k - 1][k - 1])
    return out


@prop("mine_autocorrelation", make=points, cases=60)
def autocorrelations(lab, case):
    """Products of pairs that are known, around the mean; and what a regression on the steps between leaves."""
    lab.create("t", case["tables"]["t"])
    known = {}
    for name, at, value in (r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()):
        if name is not None and value is not None:
            known.setdefault(name, {})[at] = value
    got, error = lab.refused("SELECT series, lag, acf, pacf, low, high FROM mine_autocorrelation('t', ?)", options({"lags": 4, "season": 1}))
    if error is not None:
        must(all(len(set(v.values())) < 2 for v in known.values()) or "step" in error, "autocorrelation: refused", error)
        return
    for name in {r[0] for r in got}:
        y, mine = known[name], {r[1]: r for r in got if r[0] == name}
        mean, span = math.fsum(y.values()) / len(y), max(y) - min(y) + 1
        must(set(mine) == set(range(1, min(4, span - 1) + 1)), "autocorrelation: lags", mine)

        def covariance(lag):
            pairs = [(y[t] - mean) * (y[t - lag] - mean) for t in y if t - lag in y]
            return math.fsum(pairs) / (len(pairs) + lag) if pairs else None

        r = [covariance(lag) for lag in range(len(mine) + 1)]
        r = [None if c is None else max(-1, min(1, c / r[0])) for c in r]
        for lag, row in mine.items():
            must(r[lag] is not None or row[2] is None, "autocorrelation: no pairs", row)
            if r[lag] is not None:
                same(row[2], r[lag], "autocorrelation: acf", 1e-9, 1e-9)
            same(row[5], 1.959963984540054 / math.sqrt(len(y)), "autocorrelation: bounds", 1e-9, 1e-9)
            same(row[4], -row[5], "autocorrelation: low", 0, 0)
        if None not in r and len(y) == span:
            for lag, partial in enumerate(levinson(r), 1):
                same(mine[lag][3], partial, "autocorrelation: pacf", 1e-6, 1e-6)


def baskets(rng):
    rows = [[f"c{rng.randrange(6)}", rng.choice("abcdef"), rng.randrange(5)] for _ in range(rng.choice((1, 3, 12, 40)))]
    rows += [[rng.choice([None, "c1"]), rng.choice([None, "a"]), 1] for _ in range(rng.randrange(3))]
    rng.shuffle(rows)
    columns = [tables.Column("who", "", "category", "customer"), tables.Column("what", "", "category", "item"),
               tables.Column("at", "", "number", "time")]
    return {"tables": {"t": tables.Table(columns, rows)}, "repeat": rng.choice(["allow", "only", "exclude"])}


@prop("mine_recommend", "mine_similar", make=baskets, cases=60)
def offers(lab, case):
    """Own items by how many baskets have them; items alike by the cosine of who has them."""
    lab.create("t", case["tables"]["t"])
    taken, people = {}, {}
    for c, item, at in (r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()):
        if c is not None and item is not None and at is not None:
            taken.setdefault(c, {}).setdefault(item, set()).add(at)
            people.setdefault(item, set()).add(c)
    if not taken:
        return
    got, error = lab.refused("SELECT id, rank, item, score FROM mine_recommend((SELECT mine_fit('gp', 't', 'holdout=0')), NULL, ?)",
                             options({"repeat": case["repeat"], "top": 20}))
    must(error is None, "recommend: refused", error)
    for c in {r[0] for r in got}:
        mine = [r for r in got if r[0] == c]
        own = taken.get(c, {})
        must([r[1] for r in mine] == list(range(1, len(mine) + 1)), "recommend: ranks", mine)
        must([r[3] for r in mine] == sorted((r[3] for r in mine), reverse=True), "recommend: order", mine)
        for _, _, item, score in mine:
            must(case["repeat"] == "allow" or (item in own) == (case["repeat"] == "only"), "recommend: repeat", (c, item))
            if item in own:
                must(math.floor(score) == len(own[item]), "recommend: how often", (c, item, score))
    got, error = lab.refused("SELECT item, other, score FROM mine_similar((SELECT mine_fit('cooccurrence', 't', 'holdout=0')))")
    must(error is None, "similar: refused", error)
    for item, other, score in got:
        both = len(people[item] & people[other])
        same(score, both / math.sqrt(len(people[item]) * len(people[other])), "similar: cosine", 1e-9, 1e-9)


@prop("mine_cross_validate", make=baskets, cases=40)
def offers_in_turn(lab, case):
    """Who takes things on two days is measured once; offered all that he had, he takes what he takes again."""
    lab.create("t", case["tables"]["t"])
    days = {}
    for c, item, at in (r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()):
        if c is not None and item is not None and at is not None:
            days.setdefault(c, set()).add(at)
    often = sum(len(d) > 1 for d in days.values())
    got, error = lab.refused("SELECT fold, metric, value FROM mine_cross_validate('gp', 't', 'folds=2, k=20, repeat=only')")
    must((error is None) == (often > 1), "offers in turn: refused", (error, often))
    found = {(f, m): v for f, m, v in got or []}
    if found:
        must(found[1, "rows"] + found[2, "rows"] == often, "offers in turn: who is measured", found)
    for f in (1, 2) if found else ():
        same(found[f, "recall@20"], found[f, "repeat_share"], "offers in turn: recall", 1e-12, 1e-12)
        must(found[f, "new_recall@20"] in (None, 0), "offers in turn: new", found)
        must(found[f, "repeat_recall@20"] in (None, 1), "offers in turn: repeats", found)
