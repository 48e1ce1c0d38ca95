"""Surveys: Cronbach's alpha and figures by group, recomputed from the rows."""
import math

import numpy as np

import tables
from lab import must, options, prop, same


def survey_table(rng):
    table = tables.table(rng, rows=(3, 4, 6, 10, 40), width=(2, 5), kinds=("number", "number", "number", "category"),
                         gaps=(0, 0, 0.1))
    return {"tables": {"t": table}, "seed": rng.randrange(1000), "scale": rng.choice(["minmax", "z", "rank"]),
            "weights": rng.choice(["equal", "entropy", "critic", "given"])}


def read(lab, case):
    """The columns of numbers that vary, as an array of rows, gaps NaN."""
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    kept = [c for c in data.features("number") if len(set(data.values[c.name]) - {None}) > 1]
    x = np.array([[math.nan if v is None else float(v) for v in data.values[c.name]] for c in kept], float)
    return data, kept, x.reshape(len(kept), data.n).T


def given_of(case, **more):
    table = case["tables"]["t"]
    return dict({"id": table.of("id").name, "categorical": [c.name for c in table.features() if c.kind == "category"]}, **more)


def alpha_of(x):
    total = np.var(x.sum(axis=1), ddof=1)
    k = x.shape[1]
    return k / (k - 1) * (1 - np.var(x, axis=0, ddof=1).sum() / total) if k > 1 and len(x) > 1 and total > 0 else None


@prop("mine_alpha", make=survey_table, cases=40)
def scales(lab, case):
    """Cronbach's alpha of the complete rows, of all items and without each."""
    _, kept, x = read(lab, case)
    rows, error = lab.refused("SELECT item, alpha, items, rows FROM mine_alpha('t', ?)", options(given_of(case)))
    if error:
        must(len(kept) < 2, "alpha: refused", error)
        return
    if len(x) < 2:
        must(all(r[1] is None and r[3] <= 1 for r in rows), "alpha: of one row", rows)
        return
    whole = x[~np.isnan(x).any(axis=1)]
    must([r[0] for r in rows] == [None] + [c.name for c in kept], "alpha: items", rows)
    must(all(r[2] == len(kept) - (r[0] is not None) and r[3] == len(whole) for r in rows), "alpha: counts", rows)
    for j, row in enumerate(rows):
        left = whole if j == 0 else np.delete(whole, j - 1, axis=1)
        want = alpha_of(left)
        if want is not None and np.var(left.sum(axis=1)) > 1e-9 * np.var(left, axis=0).sum():
            same(row[1], want, "alpha", 1e-6, 1)


@prop("mine_describe", make=survey_table, cases=40)
def described(lab, case):
    """Counts, mean, spread and quartiles of each group of rows."""
    data, kept, _ = read(lab, case)
    table = case["tables"]["t"]
    groups = [c for c in table.features() if c.kind == "category"]
    by = groups[0].name if groups else None
    rows, error = lab.refused("SELECT group_value, feature, rows, missing, mean, stddev, min, q1, median, q3, max FROM mine_describe('t', ?)",
                              options(given_of(case, **({"by": by} if by else {}))))
    if error:
        must(not kept, "describe: refused", error)
        return
    label = data.values[by] if by else [None] * data.n
    must({r[0] for r in rows} <= set(label), "describe: groups", rows)
    for group, feature, n, missing, mean, stddev, *quantiles in rows:
        at = [i for i in range(data.n) if label[i] == group]
        x = [float(data.values[feature][i]) for i in at if data.values[feature][i] is not None]
        must(n == len(at) and missing == n - len(x), "describe: counts", (group, feature, n, missing))
        if not x:
            must(mean is None and stddev is None and set(quantiles) == {None}, "describe: of nothing", (group, feature))
            continue
        size = max(map(abs, x))
        same(mean, math.fsum(x) / len(x), "describe: mean", 1e-12, size)
        same(stddev, float(np.std(x, ddof=1)) if len(x) > 1 else None, "describe: stddev", 1e-9, size * 1e-7)
        for got, share in zip(quantiles, (0, 0.25, 0.5, 0.75, 1)):
            same(got, float(np.quantile(x, share)), "describe: quantile", 1e-12, size)
