#!/usr/bin/env python3
"""k-means against scikit-learn: the same start gives the same end; our best of ten
starts is no worse than its best of ten; and the result is a true fixed point."""
from peer import datasets, mt, np, real_matrix, standardised, load_matrix, VERSION
from sklearn.cluster import KMeans

checks = mt.Checks(f"k-means against scikit-learn {VERSION}")


def cluster(db, source, options):
    rows = db.execute("SELECT cluster, distance FROM mine_cluster(?, ?)", (source, options)).fetchall()
    return np.array([c for c, _ in rows]), np.array([d for _, d in rows])


def check_fixed_point(name, points, label, distance):
    """Every point is nearest to the mean of its own cluster, at the stated distance."""
    k = label.max()
    centre = np.array([points[label == c + 1].mean(axis=0) for c in range(k)])
    squared = ((points[:, None, :] - centre[None]) ** 2).sum(axis=2)
    own = squared[np.arange(len(points)), label - 1]
    checks.that((own <= squared.min(axis=1) + 1e-6 * (1 + own)).mean() > 0.995, f"{name}: nearest to its own centre")
    checks.close(float((distance ** 2).sum()), float(own.sum()), f"{name}: sum of distance^2 is the inertia", 1e-4)
    sizes = [int((label == c + 1).sum()) for c in range(k)]
    checks.that(sizes == sorted(sizes, reverse=True), f"{name}: numbered by falling size", str(sizes))


def compare(db, name, table, columns, points, k, scale):
    source = f"SELECT id, {columns} FROM {table}"
    label, distance = cluster(db, source, f"k={k}, scale={scale}, tol=0")
    peer = KMeans(k, n_init=10, random_state=1, tol=0, algorithm="lloyd").fit(points)
    ours = float((distance ** 2).sum())
    checks.that(ours <= peer.inertia_ * (1 + 1e-6), f"{name}: inertia", f"{ours:.6f}, scikit-learn {peer.inertia_:.6f}")
    check_fixed_point(name, points, label, distance)

    first = f'SELECT {columns} FROM {table} ORDER BY id LIMIT {k}'
    label, distance = cluster(db, source, f'k={k}, scale={scale}, tol=0, init="{first}"')
    peer = KMeans(k, init=points[:k], n_init=1, tol=0, max_iter=300, algorithm="lloyd").fit(points)
    checks.close(float((distance ** 2).sum()), peer.inertia_, f"{name}: from the first {k} rows", 1e-6)


def main():
    db = mt.connect()
    rng = np.random.default_rng(7)
    for n, d, k in ((300, 2, 3), (2000, 5, 6), (1500, 12, 9), (5000, 3, 20)):
        centres = rng.normal(size=(k, d)) * 4
        points = centres[rng.integers(k, size=n)] + rng.normal(size=(n, d))
        points[:, 0] = points[:, 0] * 1000 + 5e5  # units of their own
        table = f"blobs_{n}"
        load_matrix(db, table, points)
        columns = ", ".join(f"x{j}" for j in range(d))
        compare(db, f"blobs {n}x{d} k={k}", table, columns, standardised(points), k, "standard")
        compare(db, f"blobs {n}x{d} k={k} unscaled", table, columns, points, k, "none")
    if (mt.DATA / "digits_sklearn.csv").exists():
        datasets.load_csv(db, "raw_digits", "digits_sklearn.csv", [f"p{i}" for i in range(65)])
        names = ", ".join(f"p{i}" for i in range(64))
        db.execute(f"CREATE TABLE digits AS SELECT rowid AS id, {names} FROM raw_digits")
        compare(db, "digits k=10", "digits", names, real_matrix(db, f"SELECT {names} FROM digits"), 10, "none")
    else:
        print("skipped: digits (MINE_DATA)")
    checks.end()


main()
