#!/usr/bin/env python3
"""Boosting and forests against scikit-learn's: as good on rows that neither has seen.

Trees of two programs differ in every cut, so what is compared is the measure: with equal
settings the loss on held-out rows must be as low, up to what another seed changes.
"""
from peer import mt, np, VERSION
from sklearn.ensemble import (ExtraTreesClassifier, HistGradientBoostingClassifier, HistGradientBoostingRegressor,
                              RandomForestClassifier, RandomForestRegressor)
from sklearn.metrics import log_loss, r2_score, roc_auc_score

checks = mt.Checks(f"boosting and forests against scikit-learn {VERSION}")
LEVELS = "abcdefgh"


def make(rng, n):
    x = rng.normal(size=(n, 6))
    k = rng.integers(0, 8, size=n)
    effect = rng.normal(size=8)
    signal = x[:, 0] + np.abs(x[:, 1]) * x[:, 2] + 0.5 * x[:, 3] ** 2 + effect[k] * (1 + x[:, 4])
    x[rng.random((n, 6)) < 0.08] = np.nan
    return x, k, signal


def load(db, x, k, y, held):
    db.execute("DROP TABLE IF EXISTS t")
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, " + ", ".join(f"x{j} REAL" for j in range(6)) + ", k TEXT, y, held)")
    db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?,?)",
                   [(i + 1, *(None if np.isnan(v) else float(v) for v in x[i]), LEVELS[k[i]],
                     str(y[i]) if isinstance(y[i], (str, np.str_)) else float(y[i]), int(held[i])) for i in range(len(y))])


COLUMNS = "id, x0, x1, x2, x3, x4, x5, k"


def ours(db, algorithm, options, task, classes):
    db.execute("SELECT mine_train('m', ?, ?, ?)", (algorithm, f"SELECT {COLUMNS}, y FROM t WHERE NOT held",
                                                  f"target=y, task={task}, holdout=0, id=id, {options}"))
    source = f"SELECT {COLUMNS} FROM t WHERE held"
    if task == "regression":
        return np.array([r[0] for r in db.execute("SELECT prediction FROM mine_predict('m', ?) ORDER BY id", (source,))])
    p = [r[0] for r in db.execute("SELECT probability FROM mine_probabilities('m', ?) ORDER BY id, class", (source,))]
    return np.array(p).reshape(-1, classes)


def monotone(db, rng):
    """Over every combination of values, levels, missing and unseen ones: never once against its direction."""
    n, levels = 4000, 40
    a, b, c = rng.integers(0, 9, n), rng.integers(0, 8, n), rng.normal(size=n)
    few, many = rng.integers(0, 4, n), rng.integers(0, levels, n)
    own = rng.normal(size=(levels, 2))  # to some levels the direction does not apply at all
    signal = 0.3 * a - 0.3 * b + own[many, 0] * a / 3 + (few == 2) * b + own[many, 1] + c
    db.execute("CREATE TABLE directed(id INTEGER PRIMARY KEY, a, b, c, few, many, yes, n)")
    db.executemany("INSERT INTO directed VALUES(?,?,?,?,?,?,?,?)",
                   [(i + 1, *(None if rng.random() < 0.03 else v for v in (int(a[i]), int(b[i]), float(c[i]), f"f{few[i]}",
                                                                           f"m{many[i]}")),
                     "yes" if signal[i] + rng.logistic() > 0 else "no", int(rng.poisson(np.exp(np.clip(signal[i] / 3, -3, 2)))))
                    for i in range(n)])
    db.execute(f"""CREATE TABLE every AS
      WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < {levels}),
        f(few) AS (VALUES('f0'), ('f1'), ('f2'), ('f3'), ('unseen'), (NULL)),
        m(many) AS (SELECT 'm' || i FROM s UNION ALL SELECT NULL),
        g(c) AS (VALUES(-1.0), (0.5), (NULL))
      SELECT row_number() OVER (ORDER BY few, many, c, x.i, y.i) AS id, x.i - 0.5 AS a, y.i - 0.5 AS b, c, few, many
      FROM f, m, g, s AS x, s AS y WHERE x.i <= 9 AND y.i <= 8""")
    for target, objective, more in (
            ("yes", "logistic", "positive=yes"), ("yes", "logistic", "positive=no, grow=depth, categories=ordered"),
            ("n", "squared", "categories=sets, subsample=0.6"), ("n", "quantile", "alpha=0.8, categories=ordered"),
            ("n", "absolute", "colsample=0.6"), ("n", "poisson", "grow=depth, max_depth=5"), ("n", "tweedie", "categories=sets")):
        options = f"target={target}, ignore={'n' if target == 'yes' else 'yes'}, objective={objective}, {more}, " \
                  "monotone=a:+1|b:-1, n_trees=40, learning_rate=0.2, holdout=0" + ("" if target == "yes" else ", task=regression")
        db.execute("SELECT mine_train('m', 'boost', 'directed', ?)", (options,))
        column = "probability" if target == "yes" else "prediction"
        p = np.array([v for (v,) in db.execute(f"SELECT {column} FROM mine_predict('m', 'every') ORDER BY id")])
        p = p.reshape(-1, 10, 9)
        against = (np.diff(p, axis=1) < 0).sum() + (np.diff(p, axis=2) > 0).sum()
        moved = (np.diff(p, axis=1) > 0).any() and (np.diff(p, axis=2) < 0).any()
        checks.that(against == 0 and moved, f"boost, monotone, {objective}, {more}: {p.size} combinations", f"{against} against")


def main():
    db = mt.connect()
    rng = np.random.default_rng(5)
    n = 6000
    x, k, signal = make(rng, n)
    held = rng.random(n) < 0.4
    both = np.column_stack([x, k])
    native = [False] * 6 + [True]
    settings = dict(learning_rate=0.1, max_iter=100, max_leaf_nodes=31, min_samples_leaf=20, l2_regularization=1,
                    early_stopping=False, categorical_features=native)
    options = "n_trees=100, learning_rate=0.1, max_leaves=31, min_samples_leaf=20, l2=1, early_stopping=0"

    two = (signal + rng.logistic(size=n) > 1).astype(int)
    load(db, x, k, np.array(["no", "yes"])[two], held)
    peer = HistGradientBoostingClassifier(**settings).fit(both[~held], two[~held]).predict_proba(both[held])
    p = ours(db, "boost", options, "classification", 2)
    for name, measure, slack in (("log loss", log_loss, 0.012), ("auc", lambda y, q: -roc_auc_score(y, q[:, 1]), 0.004)):
        got, wanted = measure(two[held], p), measure(two[held], peer)
        checks.that(got <= wanted + slack, f"boost, two classes: {name}", f"{got:.4f} against {wanted:.4f}")
    base = np.nan_to_num(both, nan=-9)
    for algorithm, kind in (("forest", RandomForestClassifier), ("extra_trees", ExtraTreesClassifier)):
        peer = kind(200, min_samples_leaf=5, n_jobs=2, random_state=0).fit(base[~held], two[~held]).predict_proba(base[held])
        p = ours(db, algorithm, "n_trees=200", "classification", 2)
        got, wanted = roc_auc_score(two[held], p[:, 1]), roc_auc_score(two[held], peer[:, 1])
        checks.that(got >= wanted - 0.006, f"{algorithm}, two classes: auc", f"{got:.4f} against {wanted:.4f}")

    three = np.digitize(signal + rng.normal(size=n), [0, 2])
    load(db, x, k, np.array(["a", "b", "c"])[three], held)
    peer = HistGradientBoostingClassifier(**settings).fit(both[~held], three[~held]).predict_proba(both[held])
    p = ours(db, "boost", options, "classification", 3)
    got, wanted = log_loss(three[held], p), log_loss(three[held], peer)
    checks.that(got <= wanted + 0.02, "boost, three classes: log loss", f"{got:.4f} against {wanted:.4f}")
    checks.that(np.abs(p.sum(axis=1) - 1).max() < 1e-12, "boost, three classes: shares add up to one")

    number = 50 * signal + 20 * rng.normal(size=n)
    load(db, x, k, number, held)
    peer = HistGradientBoostingRegressor(**settings).fit(both[~held], number[~held]).predict(both[held])
    p = ours(db, "boost", options, "regression", 0)
    got, wanted = r2_score(number[held], p), r2_score(number[held], peer)
    checks.that(got >= wanted - 0.01, "boost, numbers: r2", f"{got:.4f} against {wanted:.4f}")
    peer = RandomForestRegressor(100, min_samples_leaf=2, max_features=0.5, n_jobs=2, random_state=0)
    wanted = r2_score(number[held], peer.fit(base[~held], number[~held]).predict(base[held]))
    got = r2_score(number[held], ours(db, "forest", "n_trees=100", "regression", 0))
    checks.that(got >= wanted - 0.01, "forest, numbers: r2", f"{got:.4f} against {wanted:.4f}")
    for alpha in (0.1, 0.5, 0.9):
        peer = HistGradientBoostingRegressor(loss="quantile", quantile=alpha, **settings).fit(both[~held], number[~held])
        pinball = lambda q: float(np.maximum(alpha * (number[held] - q), (alpha - 1) * (number[held] - q)).mean())
        got = pinball(ours(db, "boost", f"{options}, objective=quantile, alpha={alpha}", "regression", 0))
        wanted = pinball(peer.predict(both[held]))
        checks.that(got <= 1.03 * wanted, f"boost, quantile {alpha}: pinball loss", f"{got:.3f} against {wanted:.3f}")

    count = rng.poisson(np.exp(np.clip(signal / 3, -3, 2)))
    load(db, x, k, count, held)
    peer = HistGradientBoostingRegressor(loss="poisson", **settings).fit(both[~held], count[~held]).predict(both[held])
    p = ours(db, "boost", f"{options}, objective=poisson", "regression", 0)
    deviance = lambda mean: float((mean - count[held] * np.log(mean)).mean())
    checks.that(deviance(p) <= deviance(peer) + 0.02, "boost, counts: deviance", f"{deviance(p):.4f} against {deviance(peer):.4f}")
    monotone(db, rng)
    checks.end()


if __name__ == "__main__":
    main()
