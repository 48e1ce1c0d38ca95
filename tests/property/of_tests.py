"""Tests of a difference: two groups, A/B tests, their size, and what drives a rating."""
import math

import numpy as np
from scipy import integrate, stats

import tables
from lab import must, options, prop, same
from of_tables import call, complete, last_two, pairs_or_words, pairs_table, read, safe, spread, told, unit


# ---- mine_ttest ------------------------------------------------------------------------------


def two_groups(rng):
    case = pairs_table(rng)
    case["method"] = rng.choice(["welch", "pooled", "mann-whitney"])
    case["side"] = rng.choice(["two", "less", "greater"])
    return case


@prop("mine_ttest", make=two_groups, cases=60)
def ttest(lab, case):
    """Statistic, p and difference of scipy between the two levels of a category."""
    data, keep = read(lab, case)
    pairs = [(a, b) for a in told(data, keep, "category") for b in told(data, keep, "number")]
    rows, error = call(lab, "mine_ttest", case, {"test": case["method"], "side": case["side"]})
    side = {"two": "two-sided"}.get(case["side"], case["side"])
    for a, b, row in pairs_or_words(rows, error, pairs, "ttest", last_two):
        test, statistic, df, _, p, effect, detail, _, _, one, other, difference, low, high = row
        levels = sorted({v for v in (data.values[a.name][i] for i in keep) if v is not None})
        must(test == case["method"] and detail, "ttest: test", row)
        if len(levels) != 2:
            must(statistic is None and one is None, "ttest: of no two groups", row)
            continue
        g, x = complete(data, a, b, keep)
        size = max(map(abs, x), default=0)
        first, second = ([v for u, v in zip(g, unit(x)) if u == level] for level in levels)
        if not first or not second or not safe(x, x):
            continue
        if case["method"] == "mann-whitney":
            want = sum((u > v) + 0.5 * (u == v) for u in first for v in second)
            must(statistic == want, "ttest: U", (statistic, want))
            tied = len(set(first + second)) < len(first + second)
            exact = not tied and len(first) < 50 and len(second) < 50
            if exact or len(set(first + second)) > 1:
                found = stats.mannwhitneyu(first, second, alternative=side, method="exact" if exact else "asymptotic")
                if want != len(first) * len(second) / 2 or case["side"] != "two":
                    same(p, float(found[1]), "ttest: p of U", 1e-8)
                every = sorted(u - v for u in first for v in second)
                middle = (every[(len(every) - 1) // 2] + every[len(every) // 2]) / 2
                same(difference, math.ldexp(middle, math.frexp(size)[1]) if size else 0.0, "ttest: shift", 1e-9, size * 1e-6)
                must((low is None or low <= difference) and (high is None or difference <= high), "ttest: interval of the shift", row)
            continue
        middle = math.fsum(first) / len(first) - math.fsum(second) / len(second)
        same(difference, math.ldexp(middle, math.frexp(size)[1]) if size else 0.0, "ttest: difference", 1e-9, size * 1e-6)
        spreads = [spread(v) for v in (first, second) if len(v) > 1]
        if statistic is None or len(spreads) < 2 or any(v < 1e-12 for v in spreads):  # scipy wants two rows of each
            continue
        found = stats.ttest_ind(first, second, equal_var=case["method"] == "pooled", alternative=side)
        same(statistic, float(found[0]), "ttest: t", 1e-6, 1e-6)
        same(p, float(found[1]), "ttest: p", 1e-5)
        must((low is None or low <= difference) and (high is None or difference <= high), "ttest: interval", row)
        must((low is None) == (case["side"] == "less") and (high is None) == (case["side"] == "greater"), "ttest: bounds", row)


# ---- mine_ab_test ----------------------------------------------------------------------------


def experiment(rng):
    names = rng.choice([["A", "B"], ["control", "new"], ["b", "Control", "a"], [1, 2, 3, 4]])
    kind = rng.choice(["binary", "binary", "words", "number"])
    rate = {name: rng.choice([0, 0.02, 0.1, 0.3, 0.5, 1]) for name in names}
    rows = []
    for i in range(rng.choice([2, 5, 20, 90, 300])):
        name = rng.choice(names)
        hit = rng.random() < rate[name]
        outcome = {"binary": int(hit), "words": "yes" if hit else "no", "number": round(rng.gauss(rate[name], 1), 2) * 10}[kind]
        rows.append([i, name if rng.random() > 0.03 else None, outcome if rng.random() > 0.03 else None])
    columns = [tables.Column("id", "", "category", "id"), tables.Column("version", "", "category", "variant"),
               tables.Column("came", "", "category", "outcome")]
    return {"tables": {"t": tables.Table(columns, rows)}, "kind": kind, "level": rng.choice([0.8, 0.95, 0.99]),
            "side": rng.choice(["two", "less", "greater"])}


def student(outside, df):
    """The quantile of Student's t; scipy 1.10 errs in the tenth digit, a step of Newton mends it."""
    t = stats.t.isf(outside, df)
    return t + (stats.t.sf(t, df) - outside) / stats.t.pdf(t, df)


def wilson(hits, n, z):
    middle, half = (hits + z * z / 2) / (n + z * z), z / (n + z * z) * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return middle - half, middle + half


@prop("mine_ab_test", make=experiment, cases=80)
def ab_test(lab, case):
    """Rates with Wilson's and Newcombe's intervals, means with Student's and Welch's, against the control."""
    table = case["tables"]["t"]
    lab.create("t", table)
    there = [r[1:] for r in lab.db.execute("SELECT * FROM t") if r[1] is not None and r[2] is not None]
    every = sorted({r[1] for r in lab.db.execute("SELECT * FROM t") if r[1] is not None}, key=lambda v: (isinstance(v, str), v))
    rows, error = lab.refused("SELECT * FROM mine_ab_test('t', ?)", options({"side": case["side"], "level": case["level"]}))
    if error is not None:
        must(len(every) < 2 or not there or case["kind"] == "words" and len({r[1] for r in there}) != 2, "ab: refused", error)
        return
    control = next((v for v in every if str(v).lower() == "control"), every[0])
    must([r[0] for r in rows] == [control] + [v for v in every if v != control], "ab: variants", rows)
    binary = case["kind"] != "number" or {r[1] for r in there} <= {0, 1}
    must(all(r[1] == ("rate" if binary else "mean") for r in rows), "ab: measure", rows)
    of = {v: [float(o in (1, "yes")) if binary else o for k, o in there if k == v] for v in every}
    z, outside = stats.norm.isf((1 - case["level"]) / 2), (1 - case["level"]) / 2
    base, ps = of[control], []
    for v, _, n, total, value, low, high, difference, dlow, dhigh, lift, p, q in rows:
        x = of[v]
        must(n == len(x), "ab: rows", (v, n, len(x)))
        if not x:
            must(value is None and difference is None, "ab: of nothing", rows)
            continue
        same(value, math.fsum(x) / n, "ab: value", 1e-9, 1e-6)
        same(total, math.fsum(x), "ab: total", 1e-9, 1e-6)
        if binary:
            a = wilson(sum(x), n, z)
        elif n > 1:
            far = student(outside, n - 1) * math.sqrt(spread(x) / n)
            a = value - far, value + far
        if binary or n > 1:
            same(low, a[0], "ab: low", 1e-8, 1)
            same(high, a[1], "ab: high", 1e-8, 1)
        if v == control or not base:
            must(difference is None and p is None, "ab: the control's difference", rows)
            continue
        apart = math.fsum(x) / n - math.fsum(base) / len(base)
        same(difference, apart, "ab: difference", 1e-8, 1)
        if binary:
            b = wilson(sum(base), len(base), z)
            same(dlow, apart - math.hypot(value - a[0], b[1] - sum(base) / len(base)), "ab: difference low", 1e-8, 1)
            same(dhigh, apart + math.hypot(a[1] - value, sum(base) / len(base) - b[0]), "ab: difference high", 1e-8, 1)
            both = (sum(x) + sum(base)) / (n + len(base))
            if not 0 < both < 1:
                must(p is None, "ab: p of no difference", p)
                continue
            score = apart / math.sqrt(both * (1 - both) * (1 / n + 1 / len(base)))
            tails = {"less": stats.norm.cdf(score), "greater": stats.norm.sf(score), "two": 2 * stats.norm.sf(abs(score))}
            same(p, float(tails[case["side"]]), "ab: p", 1e-8)
        elif n > 1 and len(base) > 1 and min(spread(x), spread(base)) > 1e-6:
            want = stats.ttest_ind(x, base, equal_var=False, alternative={"two": "two-sided"}.get(case["side"], case["side"]))
            same(p, float(want[1]), "ab: p", 1e-7)
            same((dlow + dhigh) / 2, difference, "ab: interval", 1e-8, 1)
        if p is not None:
            ps.append((p, q))
        if sum(base) > 0:
            same(lift, difference / (math.fsum(base) / len(base)), "ab: lift", 1e-9, 1e-9)
    ps.sort()
    for i, (p, q) in enumerate(ps):
        same(q, min(min(1, ps[j][0] * len(ps) / (j + 1)) for j in range(i, len(ps))), "ab: q", 1e-9)


# ---- mine_sample_size ----------------------------------------------------------------------


def plan(rng):
    asked = {"power": rng.choice([0.5, 0.8, 0.9, 0.99]), "alpha": rng.choice([0.05, 0.01, 0.1]), "side": rng.choice(["two", "one"]),
             "ratio": rng.choice([1, 1, 0.5, 3])}
    if rng.random() < 0.5:
        asked["baseline"] = rng.choice([0.01, 0.05, 0.2, 0.5])
        asked["effect"] = asked["baseline"] * rng.choice([0.05, 0.1, 0.5, -0.3])
    else:
        asked["stddev"] = rng.choice([0.5, 10, 300])
        asked["effect"] = asked["stddev"] * rng.choice([0.05, 0.3, 1.5, -0.4])
    return {"tables": {}, "asked": asked}


def planned_power(asked, rows):
    k, alpha = asked["ratio"], asked["alpha"] / (2 if asked["side"] == "two" else 1)
    d = abs(asked["effect"])
    if "baseline" in asked:
        a, b = asked["baseline"], asked["baseline"] + asked["effect"]
        m = (a + k * b) / (1 + k)
        return stats.norm.cdf((math.sqrt(rows) * d - stats.norm.isf(alpha) * math.sqrt(m * (1 - m) * (1 + 1 / k)))
                              / math.sqrt(a * (1 - a) + b * (1 - b) / k))
    df, ncp = (1 + k) * rows - 2, d / asked["stddev"] / math.sqrt((1 + 1 / k) / rows)
    t = stats.t.isf(alpha, df)
    return integrate.quad(lambda s: stats.norm.cdf(ncp - t * s) * stats.chi.pdf(s * math.sqrt(df), df) * math.sqrt(df),
                          max(0, 1 - 12 / math.sqrt(2 * df)), 1 + 12 / math.sqrt(2 * df), epsabs=1e-12, limit=400)[0]


@prop("mine_sample_size", make=plan, cases=60)
def sample_size(lab, case):
    """So many rows have the power that was asked for, that effect, and one row less has not."""
    asked = case["asked"]
    rows, error = lab.refused("SELECT * FROM mine_sample_size(?)", options(asked))
    must(error is None and len(rows) == 1, "size: refused", error)
    measure, baseline, effect, lift, power, alpha, control, variant, both, exact = rows[0]
    must(measure == ("rate" if "baseline" in asked else "mean") and alpha == asked["alpha"], "size: measure", rows)
    same(effect, asked["effect"], "size: effect", 0)
    same(power, asked["power"], "size: power", 0)
    must((baseline, lift) == ((asked["baseline"], effect / baseline) if baseline else (None, None)), "size: baseline", rows)
    same(planned_power(asked, exact), asked["power"], "size: power of the rows", 1e-7)
    must(control == math.ceil(exact * (1 - 1e-12)) and variant == math.ceil(exact * asked["ratio"] * (1 - 1e-12)), "size: whole", rows)
    must(both == control + variant, "size: both", rows)
    again, _ = lab.refused("SELECT power FROM mine_sample_size(?)", options({**{k: v for k, v in asked.items() if k != "power"}, "rows": exact}))
    same(again[0][0], asked["power"], "size: power again", 1e-9)
    less = {k: v for k, v in asked.items() if k != "effect"}
    found, error = lab.refused("SELECT effect FROM mine_sample_size(?)", options(dict(less, rows=exact)))
    if asked["effect"] > 0:
        same(found[0][0], asked["effect"], "size: effect again", 1e-7)


# ---- mine_key_drivers --------------------------------------------------------------------------


def survey(rng):
    p, n = rng.choice([1, 2, 3, 5]), rng.choice([4, 12, 50, 200])
    rows = []
    for i in range(n):
        common = rng.gauss(0, 1)
        x = [round(common * rng.random() + rng.gauss(0, 1), 2) * 10 ** rng.choice([0]) for _ in range(p)]
        rows.append([i + 0.0, *(v if rng.random() > 0.02 else None for v in x), round(sum(x) + rng.gauss(0, 1), 2)])
    columns = [tables.Column("id", "", "number", "id"), *(tables.Column(f"q{j}", "REAL", "number") for j in range(p)),
               tables.Column("rating", "REAL", "number")]
    return {"tables": {"t": tables.Table(columns, rows)}}


@prop("mine_key_drivers", make=survey, cases=40)
def key_drivers(lab, case):
    """Johnson's weights by numpy's eigenvectors; they add up to one, coefficients are those of least squares."""
    table = case["tables"]["t"]
    lab.create("t", table)
    rows, error = lab.refused("SELECT * FROM mine_key_drivers('t', 'target=rating, id=id, bootstrap=20')")
    data = np.array([r[1:] for r in lab.db.execute("SELECT * FROM t") if None not in r], float).reshape(-1, len(table.columns) - 1)
    if error is not None or len(data) < len(table.columns) + 1 or (data.std(axis=0) < 1e-9).any():
        must(len(data) < 10, "key: refused", error)
        return
    x, y = data[:, :-1], data[:, -1]
    r = np.atleast_2d(np.corrcoef(data.T))
    values, vectors = np.linalg.eigh(r[:-1, :-1])
    if values[0] < 1e-6:
        return
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    b = np.linalg.solve(root, r[:-1, -1])
    raw = root ** 2 @ b ** 2
    beta = np.linalg.solve(r[:-1, :-1], r[:-1, -1])
    slope = np.linalg.lstsq(np.c_[np.ones(len(x)), x], y, rcond=None)[0][1:]
    must([k[0] for k in rows] == list(range(1, len(rows) + 1)) and len(rows) == x.shape[1], "key: ranks", rows)
    must(all(u[2] >= v[2] for u, v in zip(rows, rows[1:])), "key: order", rows)
    for _, name, weight, low, high, correlation, standard, coefficient, r2, n in rows:
        j = int(name[1:])
        must(n == len(data), "key: rows", (n, len(data)))
        same(weight, raw[j] / raw.sum(), "key: weight", 1e-7, 1e-3)
        same(correlation, r[j, -1], "key: correlation", 1e-8, 1e-3)
        same(standard, beta[j], "key: beta", 1e-6, 1e-2)
        same(coefficient, slope[j], "key: coefficient", 1e-6, 1e-2)
        same(r2, raw.sum(), "key: R squared", 1e-8, 1e-3)
        must(low is not None and -1e-12 <= low <= high <= 1 + 1e-12, "key: interval", rows)
