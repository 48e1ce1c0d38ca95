#!/usr/bin/env python3
"""Reconciled forecasts against the formula S (S'W^-1 S)^-1 S'W^-1 in plain Python, W by double loops over all pairs of series
(Wickramasuriya, Athanasopoulos & Hyndman 2019; shrunk as Schaefer and Strimmer 2005), of trees and of groups that cross."""
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("reconciled forecasts")
db = mt.connect()
POINTS, AHEAD = 30, 4


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def inverse(a):
    n = len(a)
    work = [list(row) + [float(i == j) for j in range(n)] for i, row in enumerate(a)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(work[r][i]))
        work[i], work[pivot] = work[pivot], work[i]
        work[i] = [v / work[i][i] for v in work[i]]
        for r in range(n):
            if r != i and work[r][i]:
                work[r] = [x - work[r][i] * y for x, y in zip(work[r], work[i])]
    return [row[n:] for row in work]


def shrunk(errors):
    """Of rows of errors: the covariance drawn to its diagonal, as R's hts does it."""
    t, n = len(errors), len(errors[0])
    sample = [[sum(e[i] * e[j] for e in errors) / t for j in range(n)] for i in range(n)]
    scaled = [[e[i] / sample[i][i] ** 0.5 for i in range(n)] for e in errors]
    above = below = 0
    for i in range(n):
        for j in range(n):
            if i != j:
                r = sum(e[i] * e[j] for e in scaled)
                above += (sum((e[i] * e[j]) ** 2 for e in scaled) - r * r / t) / (t * (t - 1))
                below += (r / t) ** 2
    lam = min(1, max(0, above / below))
    return [[sample[i][j] * (1 if i == j else 1 - lam) for j in range(n)] for i in range(n)]


def reconcile(summing, w):
    """P of the forecasts of all nodes."""
    back = inverse(w)
    turned = list(map(list, zip(*summing)))
    left = product(turned, back)
    return product(summing, product(inverse(product(left, summing)), left))


def near(a, b):
    return abs(a - b) <= 1e-7 * (1 + abs(b))


TREE = [("a1", "A"), ("a2", "A"), ("a3", "A"), ("b1", "B"), ("b2", "B"), ("A", "all"), ("B", "all")]
CROSSED = [(f"{r}{p}", up) for r in "AB" for p in "xy" for up in (r, p)] + [(g, "all") for g in "ABxy"]
for what, pairs in (("tree", TREE), ("crossed", CROSSED)):
    rng = random.Random(5)
    parents = {p for _, p in pairs}
    leaves = sorted({c for c, _ in pairs} - parents)

    def above(node):
        return {node} | {x for c, p in pairs if c == node for x in above(p)}

    nodes = leaves + sorted(parents)
    summing = [[float(node in above(leaf)) for leaf in leaves] for node in nodes]
    walk, rows = dict.fromkeys(leaves, 100.0), []
    for t in range(POINTS):
        common = rng.gauss(0, 4)
        for k, leaf in enumerate(leaves):
            walk[leaf] += rng.gauss(1, 3) + common * (k % 3)
        rows.append(dict(walk))
    for table in ("parts", "everything", "pairs"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    db.execute("CREATE TABLE parts(node, t, v)")
    db.execute("CREATE TABLE everything(node, t, v)")
    db.execute("CREATE TABLE pairs(child, parent)")
    db.executemany("INSERT INTO pairs VALUES(?, ?)", pairs)
    for t, row in enumerate(rows):
        values = [sum(s * row[leaf] for s, leaf in zip(line, leaves)) for line in summing]
        db.executemany("INSERT INTO everything VALUES(?, ?, ?)", zip(nodes, [t] * len(nodes), values))
        db.executemany("INSERT INTO parts VALUES(?, ?, ?)", ((leaf, t, row[leaf]) for leaf in leaves))
    db.commit()
    # each by itself: forecasts and errors
    base, bounds, fitted = {}, {}, {}
    for node, t, kind, value, low, high in db.execute(
            "SELECT series, time, kind, value, low, high FROM mine_forecast('everything', 'algorithm=ses, season=1, horizon=4')"):
        if kind == "fitted":
            fitted[node, t] = value
        else:
            base[node, t], bounds[node, t] = value, (low, high)
    actual = {(node, t): v for node, t, v in db.execute("SELECT * FROM everything")}
    errors = [[actual[node, t] - fitted[node, t] for node in nodes] for t in range(POINTS) if all((node, t) in fitted for node in nodes)]
    n = len(nodes)
    full = shrunk(errors)
    own = [sum(e[i] ** 2 for e in errors) / len(errors) for i in range(n)]
    weights = {"mint": full, "wls": [[own[i] * (i == j) for j in range(n)] for i in range(n)], "ols": [[float(i == j) for j in range(n)] for i in range(n)]}
    for way in ("mint", "wls", "ols", "bottom_up", "top_down"):
        call = (f"hierarchy=SELECT * FROM pairs, reconcile={way}, algorithm=ses, season=1, horizon=4, fitted=0",)
        if way == "top_down" and what == "crossed":
            continue
        got = {(r[0], r[1]): r[2:] for r in db.execute("SELECT series, time, value, low, high FROM mine_forecast('parts', ?)", call)}
        checks.that(len(got) == n * AHEAD, f"{what}, {way}: all series, {len(got)} rows")
        for t in range(POINTS, POINTS + AHEAD):
            y = [base[node, t] for node in nodes]
            if way == "top_down":
                share = {c: base[c, t] / sum(base[d, t] for d, q in pairs if q == p) for c, p in pairs}
                expected, widths = [], [1] * n
                for node in nodes:
                    value, at = 1, node
                    while at != "all":
                        value, at = value * share[at], next(p for c, p in pairs if c == at)
                    expected.append(value * base["all", t])
            else:
                p = reconcile(summing, weights[way]) if way in weights else [[float(j < len(leaves)) * (line[j] if j < len(leaves) else 0) for j in range(n)] for line in summing]
                expected = [sum(a * b for a, b in zip(row, y)) for row in p]
                after = product(product(p, full), list(map(list, zip(*p))))
                widths = [(after[i][i] / full[i][i]) ** 0.5 for i in range(n)]
            ours = [got[node, t] for node in nodes]
            if not all(near(o[0], e) for o, e in zip(ours, expected)):
                checks.that(False, f"{what}, {way}, step {t}: the formula's", f"{[o[0] for o in ours]} {expected}")
            if not all(near(o[2] - o[1], f * (bounds[node, t][1] - bounds[node, t][0])) for o, f, node in zip(ours, widths, nodes)):
                checks.that(False, f"{what}, {way}, step {t}: bounds by the errors that are left")
            far = max(abs(ours[i][0] - sum(s * ours[j][0] for j, s in enumerate(summing[i]))) for i in range(n))
            if far > 1e-9 * max(abs(o[0]) for o in ours):
                checks.that(False, f"{what}, {way}, step {t}: sums are sums", f"{far}")
        checks.that(True, f"{what}, {way}: forecasts, bounds and sums compared")
    # the source may have the sums itself, and it makes no difference
    a, b = (db.execute(f"SELECT series, time, value FROM mine_forecast('{s}', 'hierarchy=SELECT * FROM pairs, algorithm=ses, season=1, horizon=4, fitted=0') ORDER BY 1, 2").fetchall() for s in ("parts", "everything"))
    checks.that([r[:2] for r in a] == [r[:2] for r in b] and all(near(x[2], y[2]) for x, y in zip(a, b)), f"{what}: sums of the source or sums made here")
checks.end()
