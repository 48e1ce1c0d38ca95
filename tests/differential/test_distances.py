#!/usr/bin/env python3
"""Distances of random mixed tables against a second computation, written from the documents alone.

Small tables with constant columns, missing values, categories, one row, rows that are all equal; queries
beyond the range and with categories that the base does not have.  Every pair, every metric with every
scale, for two sources and for stored models; then what the models predict from those neighbours."""
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()

METRICS = ("euclidean", "manhattan", "cosine", "gower")
SCALES = ("standard", "none", "minmax", "robust")
checks = mt.Checks("distances against a second computation")


def quantile(values, share):
    values = sorted(values)
    at = share * (len(values) - 1)
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (at - low) * (values[high] - values[low])


def number_axis(values, scale):
    """centre, spread, place of a missing value"""
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))
    if min(values) == max(values):
        return (0 if scale == "none" else values[0]), 1, values[0]
    if scale == "none":
        return 0, 1, mean
    if scale == "minmax":
        return min(values), max(values) - min(values), mean
    if scale == "robust":
        middle = quantile(values, 0.5)
        return middle, (quantile(values, 0.75) - quantile(values, 0.25)) or deviation, middle
    return mean, deviation, mean


def points(base, rows, kinds, scale, apart):
    """The rows in the space that the base spans."""
    out = [[] for _ in rows]
    for c, kind in enumerate(kinds):
        known = [r[c] for r in base if r[c] is not None]
        if not known:
            continue
        if kind == "number":
            centre, spread, fill = number_axis(known, scale)
            for point, row in zip(out, rows):
                point.append(((fill if row[c] is None else row[c]) - centre) / spread)
            continue
        levels = sorted(set(known))
        share = [known.count(level) / len(known) for level in levels]
        for point, row in zip(out, rows):
            if row[c] in levels or (row[c] is not None and apart):
                place = [float(row[c] == level) for level in levels] + [float(row[c] not in levels)]
            else:
                place = share + [0.0]
            point.extend(v * math.sqrt(0.5) for v in place)
    return out


def apart_by(metric, a, b):
    if metric == "euclidean":
        return math.dist(a, b)
    if metric == "manhattan":
        return math.fsum(abs(x - y) for x, y in zip(a, b))
    long_a, long_b = math.hypot(*a), math.hypot(*b)
    if long_a == 0 or long_b == 0:
        return 1.0
    return math.fsum((x / long_a - y / long_b) ** 2 for x, y in zip(a, b)) / 2


def gower(a, b, kinds, ranges):
    parts = []
    for x, y, kind, span in zip(a, b, kinds, ranges):
        if x is None or y is None or span is None:
            continue
        if kind == "text":
            parts.append(float(x != y))
        else:
            parts.append(abs(x - y) / span if span else float(x != y))
    return math.fsum(parts) / len(parts) if parts else None


def expected(base, queries, kinds, metric, scale, model):
    if metric != "gower":
        p = points(base, base, kinds, scale, not model)
        q = points(base, queries, kinds, scale, not model)
        return [[apart_by(metric, x, y) for y in p] for x in q]
    ranges = []
    for c, kind in enumerate(kinds):
        known = [r[c] for r in base if r[c] is not None]
        both = known if model else known + [r[c] for r in queries if r[c] is not None]
        ranges.append(None if not known else 1 if kind == "text" else max(both) - min(both))
    return [[gower(x, y, kinds, ranges) for y in base] for x in queries]


def random_table(rng):
    kinds = [rng.choice(("number", "number", "text")) for _ in range(rng.randint(1, 5))]
    n = rng.choice((1, 1, 2, 3, 5, 9, 40))
    columns = []
    for kind in kinds:
        gaps = rng.choice((0, 0, 0.3, 0.8))
        if kind == "text":
            values = rng.choice((["DE"], ["DE", "FR"], ["a", "b", "c"]))
            beyond = values + ["elsewhere"]
        else:
            values = rng.choice(([7.0], [0.0], [0.1], [0.0, 0.0, 0.0, 8.0], [rng.uniform(-9, 9) for _ in range(20)],
                                 [1e6, 1e6 + 1], list(map(float, range(10)))))
            beyond = values + [rng.uniform(-30, 30), 0.0]
        columns.append((values, beyond, gaps))

    def row(which):
        return [None if rng.random() < c[2] else rng.choice(c[which]) for c in columns]
    return kinds, [row(0) for _ in range(n)], [row(1) for _ in range(4)]


def store(db, name, rows, kinds, extra=()):
    db.execute(f"DROP TABLE IF EXISTS {name}")
    columns = ["id INTEGER PRIMARY KEY"] + [f"c{i} {'REAL' if k == 'number' else 'TEXT'}" for i, k in enumerate(kinds)]
    columns += ["y REAL"] if extra else []
    db.execute(f"CREATE TABLE {name}({', '.join(columns)})")
    for i, row in enumerate(rows):
        values = [i + 1, *row, *([extra[i]] if extra else [])]
        db.execute(f"INSERT INTO {name} VALUES({','.join('?' * len(values))})", values)


def near(a, b):
    # a cosine is half a squared length: what is near zero has lost half of the digits
    return a is b is None or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-9))


def compare(db, base, wanted, options, first):
    """How many pairs differ; the order must be that of the distances, NULL last."""
    wrong, told = 0, None
    rows = db.execute("SELECT query_id, rank, id, distance FROM mine_neighbors(?, 'asked', ?)",
                      (first, f"k=1000, exclude_self=0{options}")).fetchall()
    for q, want in enumerate(wanted):
        got = [r[2:] for r in rows if r[0] == q + 1]
        wrong += len(got) != len(base)
        keys = [math.inf if d is None else d for _, d in got]
        wrong += keys != sorted(keys)
        for i, d in got:
            if not near(d, want[i - 1]):
                wrong += 1
                told = told or f"query {q + 1} to row {i}: {d}, expected {want[i - 1]}"
    return wrong, told


def answers(db, wanted, y, k, voting):
    """Queries whose prediction is not the mean of the k nearest; near ties at the k-th are left out."""
    wrong, told = 0, None
    got = dict(db.execute("SELECT id, prediction FROM mine_predict('m', 'asked')"))
    for q, want in enumerate(wanted):
        order = sorted((math.inf if d is None else d, i) for i, d in enumerate(want))
        if len(order) > k and (near(order[k - 1][0], order[k][0]) or order[k - 1][0] == order[k][0]):
            continue
        chosen = [(d, i) for d, i in order[:k] if d < math.inf] or order[:k]
        if voting == "distance" and 0 < chosen[0][0] < 1e-6:
            continue
        weights = [1.0] * len(chosen)
        if voting == "distance" and chosen[0][0] < math.inf:
            at_zero = chosen[0][0] == 0
            weights = [float(d == 0) if at_zero else 1 / d for d, _ in chosen]
        mean = math.fsum(w * y[i] for w, (_, i) in zip(weights, chosen)) / math.fsum(weights)
        if not math.isclose(got[q + 1], mean, rel_tol=1e-6, abs_tol=1e-9):
            wrong += 1
            told = told or f"query {q + 1}: {got[q + 1]}, expected {mean}"
    return wrong, told


def main():
    db = mt.connect()
    rng = random.Random(11)
    wrong, seen, told = {}, {}, {}

    def count(what, found, pairs, table):
        wrong[what] = wrong.get(what, 0) + found[0]
        seen[what] = seen.get(what, 0) + pairs
        if found[0]:
            told.setdefault(what, f"{found[1]}; {table}")

    for turn in range(250):
        kinds, base, queries = random_table(rng)
        if all(v is None for row in base for v in row):
            continue
        y = [float(rng.randint(0, 99)) + i / 1024 for i in range(len(base))]
        store(db, "base", base, kinds)
        store(db, "learn", base, kinds, y)
        store(db, "asked", queries, kinds)
        pairs = len(base) * len(queries)
        for metric in METRICS:
            for scale in SCALES if metric != "gower" else ("",):
                options = f", metric={metric}" + (f", scale={scale}" if scale else "")
                want = expected(base, queries, kinds, metric, scale, False)
                count(f"{metric} {scale}, two sources", compare(db, base, want, options, "base"), pairs, (base, queries))
                if len(base) < 2 or turn % 2:
                    continue
                k, voting = rng.randint(1, 6), rng.choice(("uniform", "distance"))
                db.execute("SELECT mine_train('m', 'knn', 'learn', ?)",
                           (f"target=y, task=regression, holdout=0, k={k}, voting={voting}{options}",))
                want = expected(base, queries, kinds, metric, scale, True)
                count(f"{metric} {scale}, model", compare(db, base, want, "", "m"), pairs, (base, queries))
                count(f"{metric} {scale}, predictions", answers(db, want, y, k, voting), len(queries), (base, queries, k, voting))
    for what in sorted(wrong):
        checks.that(wrong[what] == 0, f"{what}: {seen[what]} compared", told.get(what, ""))
    checks.end()


main()
