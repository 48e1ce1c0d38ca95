#!/usr/bin/env python3
"""Slices, held-out rows and thresholds against scikit-learn on the same rows."""
from peer import mt, np, VERSION
from sklearn import metrics

checks = mt.Checks(f"judging a model against scikit-learn {VERSION}")


def load(db, rng, n, weighted):
    db.execute("DROP TABLE IF EXISTS rows")
    db.execute("CREATE TABLE rows(id TEXT, a REAL, b REAL, kind TEXT, region, w REAL, label TEXT, number REAL)")
    for i in range(n):
        a, b = rng.normal(), rng.normal()
        region = rng.choice(["north", "south", "west", None], p=[0.5, 0.3, 0.15, 0.05])
        odds = 1.5 * a - 1 + (0.8 * b if region == "north" else -0.8 * b)
        db.execute("INSERT INTO rows VALUES(?,?,?,?,?,?,?,?)",
                   (f"r{i}", a, b, "xyz"[i % 3], None if region is None else str(region),
                    float(rng.integers(1, 4)) if weighted else 1.0,
                    "yes" if rng.random() < 1 / (1 + np.exp(-odds)) else "no", 3 * a - b + rng.normal()))


def measures(label, p, weight, threshold):
    guess = p >= threshold if threshold is not None else p > 0.5
    w = {"sample_weight": weight}
    return {"rows": len(label), "accuracy": metrics.accuracy_score(label, guess, **w),
            "balanced_accuracy": metrics.balanced_accuracy_score(label, guess, **w),
            "auc": metrics.roc_auc_score(label, p, **w), "brier": metrics.brier_score_loss(label, p, **w),
            "log_loss": metrics.log_loss(label, p, **w),
            "precision": metrics.precision_score(label, guess, **w) if guess.any() else None,
            "recall": metrics.recall_score(label, guess, **w), "f1": metrics.f1_score(label, guess, **w)}


def same(ours, theirs):
    return all((ours[k] is None and v is None) or (ours[k] is not None and v is not None and abs(ours[k] - v) < 1e-9)
               for k, v in theirs.items())


def scored(db, where, options=""):
    rows = db.execute("SELECT r.label = 'yes', p.probability, r.w, p.prediction = 'yes' FROM rows r "
                      f"JOIN mine_predict('m', 'rows', ?) p USING (id) WHERE {where}", (options,)).fetchall()
    return [np.array(c) for c in zip(*rows)]


def slices(db, weighted, threshold):
    options = f"threshold={threshold}, " if threshold is not None else ""
    found = {}
    for metric, value, low, high, part in db.execute("SELECT * FROM mine_evaluate('m', 'rows', ?)", (options + "by=region",)):
        found.setdefault(part, {})[metric] = value
        assert low is None and high is None
    good = set(found) == {"north", "south", "west", None}
    for part, ours in found.items():
        label, p, weight, _ = scored(db, "region IS NULL" if part is None else f"region = '{part}'")
        good = good and same(ours, measures(label, p, weight if weighted else None, threshold))
    return good


GOALS = {"f1": metrics.f1_score, "accuracy": metrics.accuracy_score, "balanced_accuracy": metrics.balanced_accuracy_score,
         "youden": lambda y, g: 2 * metrics.balanced_accuracy_score(y, g) - 1,
         "profit": lambda y, g: 10 * (y * g).sum() - 3 * g.sum()}


def goals(db, name):
    """The rows that a goal calls positive reach the best that any threshold reaches."""
    held = db.execute("SELECT r.label = 'yes', p.probability FROM mine_predict('m') p JOIN rows r USING (id)").fetchall()
    label, p = (np.array(c) for c in zip(*held))
    for goal, value in GOALS.items():
        best = max(value(label, (p >= t).astype(int)) for t in set(p))
        costs = ", revenue=10, cost=3" if goal == "profit" else ""
        guess = np.array([g for (g,) in db.execute("SELECT prediction = 'yes' FROM mine_predict('m', NULL, ?)",
                                                   (f"threshold={goal}{costs}",))])
        checks.that(abs(value(label, guess) - best) < 1e-9, f"{name}: {goal} {best:.4f}")
        # Trained so, the model predicts so; its figures are those of its predictions.
        db.execute(f"SELECT mine_train('t', 'tree', 'rows', 'target=label, ignore=number|region|w, "
                   f"max_depth=5, keep_ids=1, threshold={goal}{costs}')")
        guess = np.array([g for (g,) in db.execute("SELECT prediction = 'yes' FROM mine_predict('t')")])
        checks.that(abs(value(label, guess) - best) < 1e-9, f"{name}: {goal} in training")
        if goal in ("f1", "accuracy", "balanced_accuracy"):
            (told,) = db.execute("SELECT value FROM mine_evaluate('t') WHERE metric = ?", (goal,)).fetchone()
            checks.that(abs(told - best) < 1e-9, f"{name}: {goal} of the figures")


def regression(db):
    db.execute("SELECT mine_train('m', 'tree', 'rows', 'target=number, ignore=label|region|w, max_depth=5')")
    good = True
    for part in ("north", "south", "west"):
        ours = dict(db.execute("SELECT metric, value FROM mine_evaluate('m', 'rows', 'by=region') WHERE slice = ?", (part,)))
        y, p = (np.array(c) for c in zip(*db.execute(
            "SELECT number, prediction FROM rows JOIN mine_predict('m', 'rows') USING (id) WHERE region = ?", (part,))))
        theirs = {"rows": len(y), "rmse": metrics.mean_squared_error(y, p) ** 0.5,
                  "mae": metrics.mean_absolute_error(y, p), "r2": metrics.r2_score(y, p)}
        good = good and same(ours, theirs)
    checks.that(good, "slices of a regression")


def main():
    db = mt.connect()
    for seed in range(4):
        rng = np.random.default_rng(seed)
        weighted = seed % 2 == 1
        load(db, rng, 1500, weighted)
        weight = ", weight=w" if weighted else ""
        db.execute(f"SELECT mine_train('m', 'tree', 'rows', 'target=label, ignore=number|region{'' if weighted else '|w'}, "
                   f"max_depth=5, keep_ids=1{weight}')")
        for threshold in (None, 0.2, 0.7):
            checks.that(slices(db, weighted, threshold), f"seed {seed}: slices at {threshold}")
        if not weighted:
            goals(db, f"seed {seed}")
        regression(db)
    checks.end()


main()
