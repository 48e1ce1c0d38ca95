#!/usr/bin/env python3
"""mine_tune against models fitted one by one, and measured by scikit-learn.

The folds are given by a column, so that nothing of the engine's cross validation is used:
each trial's model is made from the other folds' rows by mine_fit, scored by mine_predict
and measured here.  Halving is recomputed from trials of their own.
"""
import math

from peer import mt, np, VERSION
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

checks = mt.Checks(f"mine_tune against scikit-learn's measures {VERSION}")
FOLDS = 4
EPSILON = np.finfo(float).eps  # by which the engine bounds a probability, too


def rows(db, n=480):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(n, 3))
    plan = rng.choice(["a", "b", "c"], size=n)
    p = 1 / (1 + np.exp(-(x[:, 0] - x[:, 1] * x[:, 2] + (plan == "a"))))
    y = (rng.random(n) < p).astype(int)
    z = x[:, 0] ** 2 + x[:, 1] + rng.normal(size=n) / 4
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x0, x1, x2, plan, y, z, part)")
    db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?,?,?)",
                   [(i + 1, *map(float, x[i]), str(plan[i]), int(y[i]), float(z[i]), i * 7 % FOLDS) for i in range(n)])


def by_hand(db, algorithm, target, other, options, measure):
    """Mean and standard error of a measure over the folds, each model made alone."""
    values = []
    for fold in range(FOLDS):
        truth = [v for (v,) in db.execute(f"SELECT {target} FROM t WHERE part = {fold} ORDER BY id")]
        rest = f"SELECT id, x0, x1, x2, plan, {target} FROM t WHERE part <> {fold}"
        column = "prediction" if target == "z" else "probability"
        answer = [v for (v,) in db.execute(
            f"SELECT {column} FROM mine_predict((SELECT mine_fit(?, ?, ?)), ?) ORDER BY id",
            (algorithm, rest, f"target={target}, holdout=0, {options}",
             f"SELECT id, x0, x1, x2, plan FROM t WHERE part = {fold}"))]
        values.append(measure(truth, answer))
    return np.mean(values), np.std(values, ddof=1) / math.sqrt(FOLDS)


def compare(db, algorithm, target, searched, rest, name, measure):
    other = "y" if target == "z" else "z"
    found = db.execute("SELECT options, metric, mean, se, rank FROM mine_tune(?, 't', ?)",
                       (algorithm, f"target={target}, split=part, ignore={other}, metric={name}, {searched}" + (f", {rest}" if rest else ""))).fetchall()
    better = -1 if name in ("rmse", "log_loss") else 1
    means = [better * row[2] for row in found]
    checks.that(means == sorted(means, reverse=True), f"{algorithm} {name}: the best first")
    for options, metric, mean, se, _ in found:
        own = ", ".join(o for o in options.split(", ") if o.split("=")[0] in searched + rest)
        expected, error = by_hand(db, algorithm, target, other, own, measure)
        checks.that(metric == name and abs(mean - expected) < 1e-9 and abs(se - error) < 1e-9,
                     f"{algorithm} {own}: {name} {mean} +- {se}, by hand {expected} +- {error}")


def main():
    db = mt.connect()
    rows(db)
    compare(db, "tree", "y", "max_depth=1|3|6, criterion=gini|entropy", "", "auc", roc_auc_score)
    compare(db, "tree", "y", "min_samples_leaf=5|30", "max_depth=4", "log_loss",
            lambda t, p: log_loss(t, np.clip(p, EPSILON, 1 - EPSILON)))
    compare(db, "tree", "z", "max_depth=2..6, trials=3", "", "rmse",
            lambda t, p: math.sqrt(mean_squared_error(t, p)))
    compare(db, "boost", "y", "learning_rate=0.02..0.5, max_leaves=3..9, trials=4", "n_trees=8", "auc", roc_auc_score)
    compare(db, "bayes", "y", "smoothing=0.1|10", "", "auc", roc_auc_score)
    drawn = [float(o.split(",")[0].split("=")[1]) for (o,) in db.execute(
        "SELECT options FROM mine_tune('boost', 't', 'target=y, ignore=z, learning_rate=0.001..1, n_trees=1, trials=60, folds=2')")]
    low = sum(v < 0.0316 for v in drawn)
    checks.that(len(drawn) == 60 and 15 < low < 45 and 0.001 <= min(drawn) and max(drawn) <= 1,
                 f"a range of three decades is drawn by ratios: {low} of 60 below the middle one")

    checks.end()


main()
