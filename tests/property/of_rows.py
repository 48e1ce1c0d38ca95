"""Rows beside each other: neighbours by brute force, outliers by them, clusters by their centres."""
import math

import numpy as np

import tables
from lab import must, near, options, prop, same

SCALES = ("standard", "none", "minmax", "robust", "log", "quantile")


def number_axis(values, scale):
    """centre, spread, place of a missing value"""
    x = np.array(values)
    mean, deviation = math.fsum(values) / len(values), float(np.std(x))
    if min(values) == max(values):
        return (0.0 if scale == "none" else values[0]), 1.0, values[0]
    if scale == "none":
        return 0.0, 1.0, mean
    if scale == "minmax":
        return min(values), max(values) - min(values), mean
    if scale == "robust":
        low, middle, high = (float(np.quantile(x, share)) for share in (0.25, 0.5, 0.75))
        return middle, (high - low) or deviation, middle
    return mean, deviation, mean


def bent(values, scale):
    """How the scale bends a number, from the known values of the base; straight scales do not."""
    if scale == "log":
        return lambda v: math.copysign(math.log1p(abs(v)), v)
    if scale != "quantile":
        return lambda v: v
    knots, first, count = np.unique(np.sort(np.array(values)), return_index=True, return_counts=True)
    share = (first + count / 2) / len(values)
    return lambda v: float(np.interp(v, knots, share, left=0, right=1))


class Space:
    """The space that the rows of a base span; a category is an axis for each level, and one for all others."""

    def __init__(self, columns, base, scale, apart, keep_constant=True):
        self.columns, self.axes, self.apart = [], [], apart
        for c in columns:
            known = [v for v in base[c.name] if v is not None]
            if not known or (not keep_constant and len(set(known)) == 1 and len(known) == len(base[c.name])):
                continue
            self.columns.append(c)
            if c.kind == "category":
                levels = sorted(set(known))
                self.axes.append((levels, [known.count(level) / len(known) for level in levels]))
            else:
                to = bent(known, scale)
                bare = "standard" if len(set(known)) == 1 else "none"
                straight = {"log": "standard", "quantile": bare}.get(scale, scale)
                self.axes.append((*number_axis([to(v) for v in known], straight), to))

    def place(self, values, n):
        out = [[] for _ in range(n)]
        for c, axis in zip(self.columns, self.axes):
            for point, v in zip(out, values[c.name]):
                if c.kind != "category":
                    point.append(((axis[2] if v is None else axis[3](v)) - axis[0]) / axis[1])
                elif v in axis[0] or (v is not None and self.apart):
                    point += [math.sqrt(0.5) * (v == level) for level in axis[0]] + [math.sqrt(0.5) * (v not in axis[0])]
                else:
                    point += [math.sqrt(0.5) * share for share in axis[1]] + [0.0]
        return np.array(out, dtype=float).reshape(n, -1)


def distances(metric, p, q):
    """q x p"""
    out = np.zeros((len(q), len(p)))
    if metric == "cosine":
        length = np.linalg.norm(p, axis=1)
        unit = p / np.where(length > 0, length, 1)[:, None]
    for i, b in enumerate(q):
        if metric == "euclidean":
            out[i] = np.sqrt(((p - b) ** 2).sum(axis=1))
        elif metric == "manhattan":
            out[i] = np.abs(p - b).sum(axis=1)
        else:
            own = np.linalg.norm(b)
            out[i] = np.where((length == 0) | (own == 0), 1.0, ((unit - b / (own or 1)) ** 2).sum(axis=1) / 2)
    return out


def gower(columns, base, asked, n, m, model):
    """m x n, None where two rows share nothing."""
    total, count = np.zeros((m, n)), np.zeros((m, n))
    for c in columns:
        known = [v for v in base[c.name] if v is not None]
        if not known:
            continue
        both = known + ([] if model else [v for v in asked[c.name] if v is not None])
        span = 1 if c.kind == "category" else max(both) - min(both)
        there = np.array([v is not None for v in base[c.name]])
        values = np.array([math.nan if v is None else v for v in base[c.name]], dtype=object if c.kind == "category" else float)
        for i, b in enumerate(asked[c.name]):
            if b is None:
                continue
            count[i] += there
            apart = (values != b) if c.kind == "category" or not span else np.abs(values - b) / span
            total[i] += np.where(there, np.array(apart, dtype=float), 0.0)
    return [[total[i, j] / count[i, j] if count[i, j] else None for j in range(n)] for i in range(m)]


def neighbour_tables(rng):
    """A base, and queries of the same columns: some rows of the base, some beyond it."""
    base = tables.table(rng, rows=(1, 2, 3, 8, 25, 50))
    queries = tables.Table(base.columns, [])
    for i in range(rng.choice((1, 3, 6))):
        row = list(rng.choice(base.rows))
        for j, c in enumerate(base.columns):
            if c.role == "id":
                row[j] = f"q{i}" if isinstance(row[j], str) else -(10**6) - i
            elif rng.random() < 0.3:
                row[j] = rng.choice(base.rows)[j]
            elif rng.random() < 0.1 and c.kind == "number" and not c.text and isinstance(row[j], (int, float)):
                row[j] = row[j] * 3 + 1
            elif rng.random() < 0.1 and c.kind == "category":
                row[j] = "elsewhere"
        queries.rows.append(row)
    return {"tables": {"base": base, "asked": queries}, "k": rng.choice([1, 2, 5, 1000]),
            "metric": rng.choice(["euclidean", "manhattan", "cosine", "gower"]), "scale": rng.choice(SCALES),
            "model": rng.random() < 0.4, "self": rng.random() < 0.3}


def constant(data, c):
    return len(set(data.values[c.name])) == 1


@prop("mine_neighbors", make=neighbour_tables, cases=150)
def neighbors(lab, case):
    """Each query's k nearest, by every metric and scale, of a source and of a model."""
    base, asked = (case["tables"][t] for t in ("base", "asked"))
    if case["self"]:
        asked = base
    asked.columns = base.columns
    lab.create("base", base)
    if not case["self"]:
        lab.create("asked", asked)
    b = tables.Data(lab, "base", base)
    q = b if case["self"] else tables.Data(lab, "asked", asked)
    given = {"id": base.of("id").name, "metric": case["metric"], "k": case["k"]}
    if case["metric"] != "gower":
        given["scale"] = case["scale"]
    kinds = {"categorical": [c.name for c in base.features() if c.kind == "category"]}
    first = "base"
    if case["model"]:
        made, error = lab.refused("SELECT mine_train('m', 'knn', 'base', ?)", options(dict(given, **kinds)))
        if made is None:
            must(all(v is None for c in base.features() for v in b.values[c.name]), "neighbors: model refused", error)
            return
        first, given = "m", {"k": case["k"], "exclude_self": int(case["self"])}
    else:
        given.update(kinds)
    found, error = lab.refused("SELECT query_id, rank, id, distance FROM mine_neighbors(?, ?, ?)", first,
                               "base" if case["self"] else "asked", options(given))
    if error:
        must(all(v is None for c in base.features() for v in b.values[c.name]), "neighbors: refused", error)
        return
    if case["metric"] == "gower":
        want = gower(base.features(), b.values, q.values, b.n, q.n, case["model"])
    else:
        space = Space(base.features(), b.values, case["scale"], not case["model"])
        want = distances(case["metric"], space.place(b.values, b.n), space.place(q.values, q.n)).tolist()
    nearest(b, q, want, found, case)


def nearest(b, q, want, found, case):
    """The distances in order are the k smallest; each neighbour is at its distance."""
    at = {v: i for i, v in enumerate(b.ids)}
    # a cosine is half a squared length: near zero it has lost half of the digits; offsets cost theirs
    most, scale = (1e-6, 1e-9) if case["metric"] == "cosine" else (1e-6, 1e-3)
    size = max([abs(v) for row in want for v in row if v is not None], default=0)
    for i, query in enumerate(q.ids):
        rows = [r for r in found if r[0] == query]
        all_of = [(math.inf if d is None else d) for j, d in enumerate(want[i]) if not (case["self"] and b.ids[j] == query)]
        k = min(case["k"], len(all_of))
        must([r[1] for r in rows if r[2] is not None] == list(range(1, k + 1)), "neighbors: ranks", lambda: f"{rows}, {k}")
        got = [math.inf if r[3] is None else r[3] for r in rows if r[2] is not None]
        must(got == sorted(got), "neighbors: order", got)
        for g, w in zip(got, sorted(all_of)):
            same(g, w, f"neighbors: {case['metric']} distance", most, max(scale, size * 1e-9 / most))
        for _, _, ident, d in rows:
            if ident is not None:
                w = want[i][at[ident]]
                must(near(d, w, most, max(scale, size * 1e-9 / most)), f"neighbors: {case['metric']} pair",
                     lambda: f"{query!r} to {ident!r}: {d}, expected {w}")


# ---- outliers --------------------------------------------------------------------------------


def outlier_table(rng):
    table = tables.table(rng, rows=(2, 3, 10, 40, 120), width=(1, 4), kinds=("number", "number", "category", "date"),
                         gaps=(0, 0, 0.1, 0.4))
    return {"tables": {"t": table}, "method": rng.choice(["iforest", "lof", "knn", "knn", "mahalanobis"]),
            "k": rng.choice([1, 2, 5, 1000]), "scale": rng.choice(SCALES), "seed": rng.randrange(50)}


@prop("mine_outliers", make=outlier_table, cases=100)
def outliers(lab, case):
    """Every row of which something is known once, by falling score, with a reason; k-th neighbours by brute force."""
    table = case["tables"]["t"]
    lab.create("t", table)
    data = tables.Data(lab, "t", table)
    near_by = case["method"] in ("knn", "lof")
    given = {"id": table.of("id").name, "algorithm": case["method"], "seed": case["seed"], "share": 1,
             "categorical": [c.name for c in table.features() if c.kind == "category"]}
    if near_by:
        given.update({"k": case["k"], "scale": case["scale"]})
    space = Space(table.features(), data.values, case["scale"], False, keep_constant=False)
    points = space.place(data.values, data.n)
    known = [i for i in range(data.n) if any(data.values[c.name][i] is not None for c in space.columns)]
    rows, error = lab.refused("SELECT id, score, rank, reason FROM mine_outliers('t', ?)", options(given))
    if error:
        must(points.shape[1] == 0 or len(known) < 2, "outliers: refused", error)
        return
    must(sorted(str(r[0]) for r in rows) == sorted(str(data.ids[i]) for i in known), "outliers: ids", rows)
    must([r[2] for r in rows] == list(range(1, len(known) + 1)), "outliers: ranks", rows)
    must(all(a[1] >= b[1] >= 0 for a, b in zip(rows, rows[1:])), "outliers: order", rows)
    must(all(r[3] for r in rows), "outliers: a reason", rows)
    size = 1 + np.abs(points).max(initial=0)
    if case["method"] != "knn" or size > 1e7:
        return
    apart = distances("euclidean", points[known], points[known])
    np.fill_diagonal(apart, -1)
    far = np.sort(apart, axis=1)[:, min(case["k"], len(known) - 1)]
    score = {r[0]: r[1] for r in rows}
    for i, w in zip(known, far):
        same(score[data.ids[i]], w, "outliers: the k-th neighbour", 1e-5, size * 1e-2)


# ---- k-means ---------------------------------------------------------------------------------


def cluster_table(rng):
    table = tables.table(rng, rows=(3, 5, 10, 40, 120), width=(1, 4), kinds=("number", "number", "category", "date"),
                         gaps=(0, 0, 0, 0.1))
    return {"tables": {"t": table}, "k": rng.choice([1, 2, 3, 5]), "scale": rng.choice(SCALES), "seed": rng.randrange(50),
            "starts": rng.choice([1, 3])}


def parted_case(rng):
    case = cluster_table(rng)
    table = case["tables"]["t"]
    tables.add(table, tables.Column("part", "TEXT", "category", "group"), [rng.choice("xy") for _ in table.rows])
    return case


@prop("mine_cluster", "mine_centroids", make=parted_case, cases=40)
def parted(lab, case):
    """group= of mine_cluster: each part's rows as if they were alone."""
    table = case["tables"]["t"]
    lab.create("t", table)
    data = tables.Data(lab, "t", table)
    given = {"id": table.of("id").name, "k": case["k"], "scale": case["scale"], "seed": case["seed"], "tol": 0,
             "starts": case["starts"], "categorical": [c.name for c in table.features() if c.kind == "category"]}
    rows, error = lab.refused("SELECT id, cluster, distance, group_value FROM mine_cluster('t', ?)", options(dict(given, group="part")))
    if error:
        return
    for part in sorted(set(data.values["part"])):
        inside = [i for i in range(data.n) if data.values["part"][i] == part]
        own, error = lab.refused("SELECT id, cluster, distance, ? FROM mine_cluster(?, ?)", part,
                                 f"SELECT * FROM t WHERE part = '{part}'", options(dict(given, ignore=["part"])))
        if error or any(len({data.values[c.name][i] for i in inside}) < 2 for c in data.features()):
            continue
        here = {r[0]: r for r in rows if r[3] == part}
        for r in own:
            must(r[0] in here and here[r[0]][1] == r[1] and near(here[r[0]][2], r[2], 1e-9, 1e-6), "cluster: a part alone",
                 lambda: (part, r, here.get(r[0])))


@prop("mine_cluster", "mine_centroids", make=cluster_table, cases=80)
def clusters(lab, case):
    """Rows belong to the nearest centre; centres are means; sizes fall; a model of the same rows says the same."""
    table = case["tables"]["t"]
    lab.create("t", table)
    data = tables.Data(lab, "t", table)
    given = {"id": table.of("id").name, "k": case["k"], "scale": case["scale"], "seed": case["seed"], "tol": 0,
             "starts": case["starts"], "categorical": [c.name for c in table.features() if c.kind == "category"]}
    space = Space(table.features(), data.values, case["scale"], False, keep_constant=False)
    points = space.place(data.values, data.n)
    rows, error = lab.refused("SELECT id, cluster, distance FROM mine_cluster('t', ?)", options(given))
    if error:
        apart = len(np.unique(np.round(points, 12), axis=0))
        must(points.shape[1] == 0 or apart < case["k"], "cluster: refused", error)
        return
    must([r[0] for r in rows] == data.ids, "cluster: ids", rows)
    label = np.array([r[1] for r in rows])
    size = 1 + np.abs(points).max(initial=0)
    if size > 1e7:  # offsets that no scale takes away
        return
    centre = centres_of(points, label, case["k"])
    squared = ((points[:, None, :] - centre[None]) ** 2).sum(axis=2)
    own = squared[np.arange(data.n), label - 1]
    must((own <= squared.min(axis=1) + 1e-6 * size).all(), "cluster: a nearer centre", lambda: (own - squared.min(axis=1)).max())
    for (_, _, d), w in zip(rows, own):
        same(d, math.sqrt(w), "cluster: distance", 1e-5, size * 1e-2)
    lab.ask("SELECT mine_train('m', 'kmeans', 't', ?)", options(given))
    again = lab.ask("SELECT id, prediction, distance FROM mine_predict('m', 't')")
    for (_, a, d), (_, b, e) in zip(rows, again):
        must(a == b or near(d, e, 1e-6, size * 1e-3), "cluster: mine_predict says another", (rows, again))
    measured = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m', 't')"))
    same(measured["inertia"], float(own.sum()), "cluster: inertia", 1e-6, size * 1e-2)
    centroids(lab, data, space, label)


def centres_of(points, label, k):
    counts = np.bincount(label, minlength=k + 1)[1:]
    must(len(counts) == k and (counts > 0).all() and (np.diff(counts) <= 0).all(), "cluster: sizes", counts)
    return np.array([points[label == c + 1].mean(axis=0) for c in range(k)])


def centroids(lab, data, space, label):
    """Means of the source's own units; a level's share; z in deviations."""
    rows = lab.ask("SELECT cluster, rows, feature, value, overall, z FROM mine_centroids('m')")
    found = {(r[0], r[2]): r for r in rows}
    must(len(found) == len(rows), "centroids: one twice", rows)
    for c, axis in zip(space.columns, space.axes):
        values = data.values[c.name]
        if c.kind == "date" or (c.kind == "number" and axis[3](2.0) != 2.0):  # brought back from a bent scale
            continue
        if c.kind == "number":
            parts = {c.name: np.array([math.nan if v is None else v for v in values])}
        else:
            parts = {f"{c.name}={level}": np.array([math.nan if v is None else float(v == level) for v in values])
                     for level in axis[0]}
        for name, x in parts.items():
            there = ~np.isnan(x)
            size = 1e-3 * (np.abs(x[there]).max() + 1e-9)
            for k in range(1, label.max() + 1):
                _, n, _, value, overall, z = found[k, name.replace("\0", "\\0")]
                must(n == (label == k).sum(), "centroids: rows", (k, n))
                inside = x[(label == k) & there]
                same(value, float(inside.mean()) if len(inside) else None, "centroids: value", 1e-6, size)
                same(overall, float(x[there].mean()), "centroids: overall", 1e-6, size)
                if x.std() > 1e-6 * size and c.kind == "number" and None not in values:
                    same(z, float((x[label == k].mean() - x.mean()) / x.std()), "centroids: z", 1e-5, 1e-2)
