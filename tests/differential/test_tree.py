#!/usr/bin/env python3
"""The tree against scikit-learn's CART under the same criterion and limits, and the
metrics against sklearn.metrics.

scikit-learn keeps features as 32-bit floats, so the synthetic features are whole
numbers that both hold exactly; leaves are large, so that ties between splits are
rare, and the trees must agree almost everywhere."""
from peer import mt, np, load_matrix, VERSION
from sklearn import metrics
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

checks = mt.Checks(f"tree against scikit-learn {VERSION}")


def synthetic(rng, n, d, kind):
    x = rng.integers(0, 100000, size=(n, d)).astype(float)
    score = x[:, 0] / 1e5 + (x[:, 1] > 60000) * (x[:, 2] < 30000) - 0.6 * x[:, 3] / 1e5
    if kind == "regression":
        return x, score * 10 + rng.normal(size=n)
    noisy = score + rng.normal(size=n) * 0.4
    if kind == "binary":
        return x, np.where(noisy > 0.3, "yes", "no")
    return x, np.digitize(noisy, [-0.1, 0.3, 0.7])


def leaf_impurity(leaves, target, criterion):
    total = 0.0
    for leaf in np.unique(leaves):
        inside = target[leaves == leaf]
        if criterion == "squared_error":
            total += float(((inside - inside.mean()) ** 2).sum())
            continue
        share = np.unique(inside, return_counts=True)[1] / len(inside)
        total += len(inside) * float(1 - (share ** 2).sum() if criterion == "gini" else -(share * np.log2(share)).sum())
    return total


def compare_classifier(db, rng, kind, criterion, depth, leaf):
    name = f"{kind} {criterion} depth {depth}"
    x, y = synthetic(rng, 4000, 6, kind)
    table = f"t_{kind}_{criterion}_{depth}"
    load_matrix(db, table, x, [str(v) for v in y])
    db.execute("SELECT mine_train(?1, 'tree', ?1, ?2)", (table, (
        f"target=target, task=classification, criterion={criterion}, max_depth={depth}, "
        f"min_samples_leaf={leaf}, min_samples_split={2 * leaf}")))
    peer = DecisionTreeClassifier(criterion=criterion, max_depth=depth, min_samples_leaf=leaf,
                                  min_samples_split=2 * leaf, random_state=1).fit(x, y)
    rows = db.execute("SELECT prediction, confidence FROM mine_predict(?1, ?1) ORDER BY id", (table,)).fetchall()
    got = np.array([p for p, _ in rows])
    expected = peer.predict(x).astype(str)
    checks.that((got == expected).mean() >= 0.995, f"{name}: predictions", f"{(got == expected).mean():.4f} agree")
    top = peer.predict_proba(x).max(axis=1)
    close = np.isclose([c for _, c in rows], top, atol=1e-12)
    checks.that(close.mean() >= 0.95, f"{name}: confidence (ties apart)", f"{close.mean():.4f} agree")
    leaves = db.execute("SELECT count(*) FROM mine_tree(?) WHERE gain IS NULL", (table,)).fetchone()[0]
    checks.that(abs(leaves - peer.get_n_leaves()) <= 1, f"{name}: leaves", f"{leaves}, scikit-learn {peer.get_n_leaves()}")
    grouped = leaf_impurity(np.array([f"{p}{c:.12f}" for p, c in rows]), y.astype(str), criterion)
    exact = leaf_impurity(np.array([f"{p}{c:.12f}" for p, c in zip(expected, top)]), y.astype(str), criterion)
    checks.close(grouped, exact, f"{name}: impurity left in the leaves", 1e-9)


def compare_regressor(db, rng, depth, leaf):
    name = f"regression depth {depth}"
    x, y = synthetic(rng, 4000, 6, "regression")
    table = f"t_regression_{depth}"
    load_matrix(db, table, x, [float(v) for v in y])
    db.execute("SELECT mine_train(?1, 'tree', ?1, ?2)", (table, (
        f"target=target, max_depth={depth}, min_samples_leaf={leaf}, min_samples_split={2 * leaf}")))
    peer = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, min_samples_split=2 * leaf,
                                 random_state=1).fit(x, y)
    got = np.array([p for (p,) in db.execute("SELECT prediction FROM mine_predict(?1, ?1) ORDER BY id", (table,))])
    close = np.isclose(got, peer.predict(x), rtol=1e-9)
    checks.that(close.mean() >= 0.99, f"{name}: predictions", f"{close.mean():.4f} agree")
    measured = dict(db.execute("SELECT metric, value FROM mine_evaluate(?1, ?1)", (table,)))
    checks.close(measured["rmse"], metrics.mean_squared_error(y, got) ** 0.5, f"{name}: rmse")
    checks.close(measured["mae"], metrics.mean_absolute_error(y, got), f"{name}: mae")
    checks.close(measured["r2"], metrics.r2_score(y, got), f"{name}: r2")


def compare_histogram(db, rng):
    """Cut where bins end: nearly as good as scikit-learn's exact tree, and never better in the leaves than
    the depth allows."""
    x, y = synthetic(rng, 20000, 8, "binary")
    load_matrix(db, "t_bins", x, [str(v) for v in y])
    db.execute("SELECT mine_train('t_bins', 'tree', 't_bins', 'target=target, task=classification, max_depth=6, "
               "min_samples_leaf=50, min_samples_split=100, splits=histogram')")
    peer = DecisionTreeClassifier(max_depth=6, min_samples_leaf=50, min_samples_split=100, random_state=1).fit(x, y)
    p = np.array([p for (p,) in db.execute("SELECT probability FROM mine_predict('t_bins', 't_bins') ORDER BY id")])
    positive = np.array([str(v) == "yes" for v in y])
    expected = peer.predict_proba(x)[:, list(peer.classes_).index("yes")]
    ours, theirs = metrics.log_loss(positive, p), metrics.log_loss(positive, expected)
    checks.that(ours < 1.01 * theirs, "by histograms: log loss", f"{ours:.4f} against {theirs:.4f}")
    told = dict(db.execute("SELECT name, detail FROM mine_summary('t_bins') WHERE item = 'fit'"))
    checks.that(told["splits"] == "histogram, 255 bins", "by histograms: told", told["splits"])


def compare_metrics(db):
    table = "t_binary_gini_5"
    y = np.array([t == "yes" for (t,) in db.execute(f"SELECT target FROM {table} ORDER BY id")])
    rows = db.execute("SELECT prediction, probability FROM mine_predict(?1, ?1) ORDER BY id", (table,)).fetchall()
    label, p = np.array([r[0] == "yes" for r in rows]), np.array([r[1] for r in rows])
    measured = dict(db.execute("SELECT metric, value FROM mine_evaluate(?1, ?1)", (table,)))
    auc = metrics.roc_auc_score(y, p)
    clipped = np.clip(p, 1e-15, 1 - 1e-15)
    for name, expected in (("accuracy", metrics.accuracy_score(y, label)), ("auc", auc), ("gini", 2 * auc - 1),
                           ("balanced_accuracy", metrics.balanced_accuracy_score(y, label)),
                           ("precision", metrics.precision_score(y, label)), ("recall", metrics.recall_score(y, label)),
                           ("f1", metrics.f1_score(y, label)), ("brier", metrics.brier_score_loss(y, p)),
                           ("log_loss", metrics.log_loss(y, clipped))):
        checks.close(measured[name], expected, f"metric {name}", 1e-9)
    table_rows = dict(((a, b), n) for a, b, n in db.execute("SELECT actual, predicted, rows FROM mine_confusion(?1, ?1)", (table,)))
    matrix = metrics.confusion_matrix(y, label)
    expected = {(a, b): int(matrix[i, j]) for i, a in enumerate(("no", "yes")) for j, b in enumerate(("no", "yes"))}
    checks.equal({k: v for k, v in table_rows.items() if v}, {k: v for k, v in expected.items() if v}, "confusion")


def main():
    db = mt.connect()
    rng = np.random.default_rng(11)
    for kind in ("binary", "several"):
        for criterion in ("gini", "entropy"):
            compare_classifier(db, rng, kind, criterion, 5, 40)
    compare_classifier(db, rng, "binary", "gini", 8, 30)
    compare_regressor(db, rng, 5, 40)
    compare_regressor(db, rng, 8, 25)
    compare_metrics(db)
    compare_histogram(db, rng)
    checks.end()


main()
