#!/usr/bin/env python3
"""Measures of clusterings against scikit-learn: validity in the model's space, agreement with labels."""
from peer import load_matrix, mt, np, VERSION
from sklearn import metrics

checks = mt.Checks(f"measures of clusterings against scikit-learn {VERSION}")

NAMES = {"adjusted_rand": metrics.adjusted_rand_score,
         "adjusted_mutual_info": metrics.adjusted_mutual_info_score,
         "homogeneity": metrics.homogeneity_score,
         "completeness": metrics.completeness_score,
         "v_measure": metrics.v_measure_score}


def purity(truth, found):
    return sum(np.unique(truth[found == c], return_counts=True)[1].max() for c in np.unique(found)) / len(truth)


def close(name, ours, theirs, tolerance=1e-9):
    wrong = [f"{k}: {ours.get(k)!r}, not {v!r}" for k, v in theirs.items()
             if ours.get(k) is None or not abs(ours[k] - v) <= tolerance * max(1, abs(v))]
    checks.that(not wrong, name, "; ".join(wrong))


def measured(db, model, source, options=""):
    return dict(db.execute("SELECT metric, value FROM mine_evaluate(?, ?, ?)", (model, source, options)))


def evaluate(db, rng, name, n, width, k, classes, spread):
    """Blobs that overlap; scale=none, so that the model's space is that of the numbers."""
    centre = rng.normal(scale=spread, size=(k, width))
    truth = rng.integers(0, classes, n)
    points = centre[truth % k] + rng.normal(size=(n, width))
    load_matrix(db, name, points, [f"c{c}" for c in truth])
    columns = ", ".join(f"x{j}" for j in range(width))
    db.execute("SELECT mine_train(?, 'kmeans', ?, ?)",
               (f"m_{name}", f"SELECT id, {columns} FROM {name}", f"k={k}, scale=none, starts=1, align=0")).fetchall()
    found = np.array([c for c, in db.execute(f"SELECT prediction FROM mine_predict('m_{name}', '{name}')")])
    ours = measured(db, f"m_{name}", name, "label=target")
    theirs = {k: f(truth, found) for k, f in NAMES.items()}
    theirs["purity"] = purity(truth, found)
    if len(np.unique(found)) > 1:
        theirs["calinski_harabasz"] = metrics.calinski_harabasz_score(points, found)
        theirs["davies_bouldin"] = metrics.davies_bouldin_score(points, found)
        if n <= 20000:
            theirs["silhouette"] = metrics.silhouette_score(points, found)
    theirs["silhouette_rows"] = min(n, 20000)
    theirs["noise_share"] = 0
    theirs["labelled_rows"] = n
    close(f"{name}: {n} x {width}, {k} clusters of {classes} classes", ours, theirs)


def sampled(db, rng):
    """Above 20,000 rows the silhouette is that of a sample: near, and said."""
    n, k = 30000, 4
    centre = rng.normal(scale=4, size=(k, 3))
    truth = rng.integers(0, k, n)
    points = centre[truth] + rng.normal(size=(n, 3))
    load_matrix(db, "many", points)
    db.execute("SELECT mine_train('m_many', 'kmeans', 'many', 'k=4, scale=none, starts=1')").fetchall()
    found = np.array([c for c, in db.execute("SELECT prediction FROM mine_predict('m_many', 'many')")])
    ours = measured(db, "m_many", "many")
    close("30,000 rows", ours, {"calinski_harabasz": metrics.calinski_harabasz_score(points, found),
                                "davies_bouldin": metrics.davies_bouldin_score(points, found), "silhouette_rows": 20000})
    part = rng.choice(n, 8000, replace=False)
    near = metrics.silhouette_score(points[part], found[part])
    checks.that(abs(ours["silhouette"] - near) < 0.02, "30,000 rows: silhouette of a sample", f"{ours['silhouette']}, {near}")


def partitions(db, rng):
    """Labels against labels: a model of one column whose clusters are its values."""
    for name, truth, found in [
            ("the same", [0, 0, 1, 1, 2, 2], [2, 2, 0, 0, 1, 1]),
            ("one class", [0] * 6, [0, 0, 1, 1, 2, 2]),
            ("one cluster", [0, 0, 1, 1, 2, 2], [0] * 6),
            ("crossed", [0, 0, 1, 1] * 5, [0, 1, 0, 1] * 5),
            ("each alone", list(range(8)), [0, 0, 1, 1, 2, 2, 3, 3]),
            ("chance", list(rng.integers(0, 7, 500)), list(rng.integers(0, 5, 500))),
            ("uneven", list((rng.random(2000) ** 4 * 9).astype(int)), list((rng.random(2000) ** 3 * 6).astype(int)))]:
        db.execute("DROP TABLE IF EXISTS parts")
        db.execute("CREATE TABLE parts(id INTEGER, x REAL, label INTEGER)")
        db.executemany("INSERT INTO parts VALUES(?,?,?)", [(i, 100.0 * f + 0.001 * (i % 3), int(t)) for i, (f, t) in enumerate(zip(found, truth))])
        k = len(set(found))
        db.execute("SELECT mine_train('p', 'kmeans', 'SELECT id, x FROM parts', ?)",
                   (f"k={k}, scale=none, align=0",)).fetchall()
        ours = measured(db, "p", "parts", "label=label")
        theirs = {m: f(truth, found) for m, f in NAMES.items()}
        theirs["purity"] = purity(np.array(truth), np.array(found))
        close(f"partitions, {name}", ours, theirs)


def main():
    db, rng = mt.connect(), np.random.default_rng(11)
    evaluate(db, rng, "few", 60, 2, 3, 3, 3)
    evaluate(db, rng, "close", 900, 5, 6, 4, 1)
    evaluate(db, rng, "wide", 2500, 20, 12, 12, 2)
    evaluate(db, rng, "two", 5000, 3, 2, 40, 2)
    partitions(db, rng)
    sampled(db, rng)
    checks.end()


main()
