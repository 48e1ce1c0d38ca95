"""How long until they leave: curves and the log-rank test against sums over the rows."""
import collections
import math

import tables
from lab import must, options, prop, same


def lives(rng):
    n = rng.choice((1, 2, 3, 8, 30, 100))
    ticks = rng.choice((3, 10, 1000))
    late = rng.random() < 0.4
    words = rng.choice([(0, 1), (0, 1), ("no", "yes"), (1, 2), ("still", "gone")])
    rows = []
    for i in range(n):
        time = rng.randrange(ticks) + rng.choice((0.5, 1))
        rows.append([i, time if rng.random() > 0.05 else None, words[rng.random() < 0.6], rng.choice("abc"),
                     time * rng.choice((0, 0, 0.25, 0.75)) - 0.25])
    columns = [tables.Column(name, "", "number") for name in ("id", "months", "gone", "plan", "since")]
    return {"tables": {"t": tables.Table(columns, rows)}, "late": late, "words": words, "level": rng.choice([0.5, 0.95]),
            "grouped": rng.random() < 0.6}


def given(case, **more):
    said = {"id": "id", "duration": "months", "event": "gone", **more}
    if case["late"]:
        said["start"] = "since"
    if case["words"] not in ((0, 1), ("no", "yes")):
        said["event_value"] = case["words"][1]
    return options(said)


def known(case):
    """(group, time, event, start) of the rows in which nothing is missing."""
    return [(plan, time, gone == case["words"][1], since if case["late"] else -1)
            for _, time, gone, plan, since in case["tables"]["t"].rows if time is not None]


def at(rows, time):
    return [r for r in rows if r[3] < time <= r[1]]


@prop("mine_survival", make=lives, cases=40)
def curves(lab, case):
    """Products over the times, and Greenwood's sums."""
    lab.create("t", case["tables"]["t"])
    by = {"group": "plan"} if case["grouped"] else {}
    rows, error = lab.refused("SELECT * FROM mine_survival('t', ?)", given(case, level=case["level"], **by))
    lived = known(case)
    if error:
        there = {r[2] for r in lived} | {r[2] == case["words"][1] for r in case["tables"]["t"].rows}
        must(not lived or there == {False}, "survival: refused", error)
        return
    groups = collections.defaultdict(list)
    for r in lived:
        groups[r[0] if case["grouped"] else None].append(r)
    want = [(g, t) for g in sorted(groups, key=str) for t in sorted({r[1] for r in groups[g]})]
    must([(r[0], r[1]) for r in rows] == want, "survival: times", rows)
    state = {}
    for g, t, n, d, c, s, e, low, high in rows:
        here = groups[g]
        must(n == len(at(here, t)), "survival: at risk", (t, n))
        must(d == sum(r[2] for r in here if r[1] == t) and c == sum(not r[2] for r in here if r[1] == t), "survival: events", (t, d, c))
        before, variance = state.get(g, (1.0, 0.0))
        share = before * (1 - d / n)
        variance += d / (n * (n - d)) if d < n else math.inf
        state[g] = share, variance
        same(s, share, "survival: share", 1e-9, 1e-9)
        if share <= 0:
            must(e is None and low is None and high is None, "survival: after the last", (e, low, high))
            continue
        same(e, share * math.sqrt(variance), "survival: error", 1e-9, 1e-9)
        must(0 <= low <= s + 1e-12 and s - 1e-12 <= high <= 1, "survival: bounds", (low, s, high))
        z = {0.5: 0.6744897501960817, 0.95: 1.959963984540054}[case["level"]]
        same(low, share * math.exp(-z * math.sqrt(variance)), "survival: low", 1e-9, 1e-9)
        same(high, min(1, share * math.exp(z * math.sqrt(variance))), "survival: high", 1e-9, 1e-9)


@prop("mine_logrank", make=lives, cases=40)
def logrank(lab, case):
    """Expected events by the time; observed and expected add up; two groups are one test."""
    lab.create("t", case["tables"]["t"])
    rows, error = lab.refused("SELECT * FROM mine_logrank('t', ?)", given(case, group="plan"))
    lived = known(case)
    names = sorted({r[0] for r in lived})
    if error:
        must(len(names) < 2 or not any(r[2] for r in lived), "logrank: refused", error)
        return
    must([r[0] for r in rows] == [None, *names], "logrank: groups", rows)
    observed, expected, spread = ({g: 0.0 for g in names} for _ in range(3))
    for t in sorted({r[1] for r in lived if r[2]}):
        here = at(lived, t)
        n, d = len(here), sum(r[2] for r in lived if r[1] == t)
        for g in names:
            share = sum(r[0] == g for r in here) / n
            observed[g] += sum(r[2] for r in lived if r[1] == t and r[0] == g)
            expected[g] += d * share
            spread[g] += d * (n - d) / (n - 1) * share * (1 - share) if n > 1 else 0
    must(rows[0][1] == len(lived), "logrank: rows", rows[0])
    same(rows[0][2], sum(observed.values()), "logrank: all observed", 1e-9, 1e-9)
    same(rows[0][3], sum(expected.values()), "logrank: all expected", 1e-9, 1e-9)
    for g, n, o, e, statistic, df, p in rows[1:]:
        must(n == sum(r[0] == g for r in lived) and df == 1, "logrank: rows of a group", (g, n, df))
        same(o, observed[g], "logrank: observed", 1e-9, 1e-9)
        same(e, expected[g], "logrank: expected", 1e-9, 1e-9)
        if spread[g] > 1e-9:
            same(statistic, (observed[g] - expected[g]) ** 2 / spread[g], "logrank: statistic", 1e-7, 1e-9)
            same(p, math.erfc(math.sqrt(statistic / 2)), "logrank: p", 1e-7, 1e-9)
    if len(names) == 2 and spread[names[0]] > 1e-9:
        same(rows[0][4], rows[1][4], "logrank: of two groups", 1e-7, 1e-9)
        must(rows[0][5] == 1, "logrank: df", rows[0])
        same(rows[0][6], rows[1][6], "logrank: p of two groups", 1e-6, 1e-9)


def hazards(rng):
    n, ticks = rng.choice((6, 20, 80)), rng.choice((5, 1000))
    rows = [[i, rng.randrange(ticks) + 1, int(rng.random() < 0.7), rng.choice((0, 1, 2, 3.5)) + rng.choice((0, 0.25))] for i in range(n)]
    columns = [tables.Column(name, "", "number") for name in ("id", "months", "gone", "calls")]
    return {"tables": {"t": tables.Table(columns, rows)}, "times": sorted(rng.sample(range(1, ticks + 2), 3)),
            "ties": rng.choice(["efron", "breslow"])}


@prop("mine_survival_curve", "mine_ph_test", make=hazards, cases=30)
def proportional(lab, case):
    """Hazards are in the ratio of the risks, at any time; one column's test is the test of all."""
    lab.create("t", case["tables"]["t"])
    _, error = lab.refused("SELECT mine_train('m', 'cox', 't', ?)",
                           options({"id": "id", "target": "months", "event": "gone", "ties": case["ties"]}))
    if error:
        return  # no event, a coefficient without an end: sql.cox has the sentences
    risk = dict(lab.ask("SELECT id, prediction FROM mine_predict('m', 't')"))
    rows = lab.ask("SELECT id, time, survival, hazard FROM mine_survival_curve('m', 't', ?)",
                   options({"times": case["times"]}))
    must(len(rows) == len(risk) * len(case["times"]), "survival_curve: rows", len(rows))
    of = collections.defaultdict(dict)
    for ident, time, share, hazard in rows:
        if share is None:  # beyond the longest time seen nobody knows
            must(hazard is None and time > max(r[1] for r in case["tables"]["t"].rows), "survival_curve: unknown", (time, hazard))
            continue
        must(0 <= share <= 1 and hazard >= 0, "survival_curve: bounds", (share, hazard))
        same(share, math.exp(-hazard), "survival_curve: share", 1e-9, 1e-12)
        of[time][ident] = hazard
    for at_time in of.values():
        unit = {ident: hazard / risk[ident] for ident, hazard in at_time.items()}
        first = next(iter(unit.values()))
        for value in unit.values():
            same(value, first, "survival_curve: hazards and risks", 1e-7, 1e-12)
    whole = [next(iter(at_time.values())) for _, at_time in sorted(of.items())]
    must(whole == sorted(whole), "survival_curve: hazards add up", whole)
    test = lab.ask("SELECT term, statistic, df, p_value FROM mine_ph_test('m')")
    must(len(test) == 2, "ph_test: rows", test)
    for _, statistic, df, p in test:
        if statistic is None:
            continue
        must(df == 1, "ph_test: df", df)
        same(statistic, test[0][1], "ph_test: of one column", 1e-7, 1e-9)
        same(p, math.erfc(math.sqrt(statistic / 2)), "ph_test: p", 1e-6, 1e-12)
