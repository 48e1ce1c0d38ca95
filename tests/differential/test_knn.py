#!/usr/bin/env python3
"""Neighbours and k-NN against scikit-learn's exact search."""
from peer import mt, np, load_matrix, VERSION
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors

checks = mt.Checks(f"k-NN against scikit-learn {VERSION}")


def compare_neighbours(db, name, n, d, k, metric, scale, points, queries):
    base, asked = f"base_{n}_{d}", f"asked_{n}_{d}"
    rows = db.execute("SELECT query_id, rank, id, distance FROM mine_neighbors(?, ?, ?) ORDER BY query_id, rank",
                      (f"SELECT * FROM {base}", f"SELECT * FROM {asked}", f"k={k}, metric={metric}, scale={scale}")).fetchall()
    distance, index = NearestNeighbors(n_neighbors=k, metric=metric, algorithm="brute").fit(points).kneighbors(queries)
    checks.equal(len(rows), len(queries) * k, f"{name}: rows")
    got = np.array([r[3] for r in rows]).reshape(len(queries), k)
    ids = np.array([r[2] for r in rows]).reshape(len(queries), k) - 1
    checks.that(np.allclose(got, distance, rtol=1e-6, atol=1e-6), f"{name}: distances", f"worst {np.abs(got - distance).max():.2e}")
    checks.that((ids == index).mean() > 0.999, f"{name}: ids", f"{(ids == index).mean():.5f} agree")
    checks.that([r[1] for r in rows] == list(range(1, k + 1)) * len(queries), f"{name}: ranks")


def compare_models(db, rng):
    x = rng.normal(size=(3000, 6))
    label = np.where(x[:, 0] + x[:, 1] ** 2 + rng.normal(size=3000) > 1, "yes", "no")
    value = x[:, 0] * 3 + np.sin(x[:, 1]) + rng.normal(size=3000) * 0.1
    load_matrix(db, "classes", x, list(label))
    load_matrix(db, "numbers", x, [float(v) for v in value])
    fresh = rng.normal(size=(500, 6))
    load_matrix(db, "fresh", fresh)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    z, q = (x - mean) / deviation, (fresh - mean) / deviation
    for voting, weights in (("uniform", "uniform"), ("distance", "distance")):
        db.execute("SELECT mine_train('c', 'knn', 'classes', ?)", (f"target=target, k=7, voting={voting}",))
        peer = KNeighborsClassifier(7, weights=weights).fit(z, label)
        rows = db.execute("SELECT prediction, probability FROM mine_predict('c', 'fresh') ORDER BY id").fetchall()
        agree = (np.array([r[0] for r in rows]) == peer.predict(q)).mean()
        checks.that(agree == 1, f"classification, {voting} votes: predictions", f"{agree:.4f} agree")
        p = peer.predict_proba(q)[:, list(peer.classes_).index("yes")]
        checks.that(np.allclose([r[1] for r in rows], p, atol=1e-9), f"classification, {voting} votes: probability")
        db.execute("SELECT mine_train('r', 'knn', 'numbers', ?)", (f"target=target, k=7, voting={voting}",))
        peer = KNeighborsRegressor(7, weights=weights).fit(z, value)
        got = [r for (r,) in db.execute("SELECT prediction FROM mine_predict('r', 'fresh') ORDER BY id")]
        checks.that(np.allclose(got, peer.predict(q), atol=1e-9), f"regression, {voting} votes")


def main():
    db = mt.connect()
    rng = np.random.default_rng(3)
    for n, d, k in ((500, 3, 5), (4000, 20, 10), (2000, 64, 3)):
        points = rng.normal(size=(n, d)) * rng.uniform(0.1, 100, size=d)
        queries = rng.normal(size=(200, d)) * points.std(axis=0)
        load_matrix(db, f"base_{n}_{d}", points)
        load_matrix(db, f"asked_{n}_{d}", queries)
        mean, deviation = points.mean(axis=0), points.std(axis=0)
        for metric in ("euclidean", "manhattan"):
            compare_neighbours(db, f"{n}x{d} {metric}", n, d, k, metric, "none", points, queries)
            compare_neighbours(db, f"{n}x{d} {metric} scaled", n, d, k, metric, "standard",
                               (points - mean) / deviation, (queries - mean) / deviation)
        compare_neighbours(db, f"{n}x{d} cosine", n, d, k, "cosine", "none", points, queries)
    compare_models(db, rng)
    checks.end()


main()
