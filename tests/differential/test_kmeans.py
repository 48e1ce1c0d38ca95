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


def logged(points):
    """scale=log: sign(x) ln(1 + |x|), then mean 0 and deviation 1 (divisor n)."""
    return standardised(np.sign(points) * np.log1p(np.abs(points)))


def knots_of(column):
    """scale=quantile: the values kept (at most 1,000, at equal steps of rank) and the shares below
    them, ties counted half."""
    value, first, count = np.unique(np.sort(column), return_index=True, return_counts=True)
    share = (first + count / 2) / len(column)
    if len(value) > 1000:
        kept = np.unique(np.sort(column)[np.arange(1000) * (len(column) - 1) // 999])
        share = share[np.searchsorted(value, kept)]
        value = kept
    return value, share


def shares(points, train=None):
    columns = []
    for j in range(points.shape[1]):
        value, share = knots_of((points if train is None else train)[:, j])
        columns.append(np.interp(points[:, j], value, share, left=0, right=1))
    return np.array(columns).T


def skewed(rng, n):
    """Recency, frequency, amount: long right tails, ties, and losses below zero."""
    return np.array([rng.integers(0, 374, n), rng.geometric(0.3, n) ** 3,
                     rng.lognormal(5, 2, n) * np.where(rng.random(n) < 0.1, -1, 1)]).T.astype(float)


def bent(db, rng, n, k):
    """The start given: the same end as scikit-learn on points bent by numpy, to 1e-9; and the centres
    come back in the units of the table."""
    points = skewed(rng, n)
    table, columns = f"skewed_{n}", "x0, x1, x2"
    load_matrix(db, table, points)
    source = f"SELECT id, {columns} FROM {table}"
    for scale, there in (("log", logged), ("quantile", shares)):
        name, encoded = f"skewed {n} scale={scale}", there(points)
        first = f"SELECT {columns} FROM {table} ORDER BY id LIMIT {k}"
        options = f'k={k}, scale={scale}, tol=0, init="{first}"'
        label, distance = cluster(db, source, options)
        peer = KMeans(k, init=encoded[:k], n_init=1, tol=0, max_iter=300, algorithm="lloyd").fit(encoded)
        checks.close(float((distance ** 2).sum()), peer.inertia_, f"{name}: inertia", 1e-9)
        order = np.argsort(-np.bincount(peer.labels_), kind="stable")
        same = np.argsort(order)[peer.labels_] + 1
        checks.that((label == same).all(), f"{name}: the same clusters", str((label != same).sum()))
        own = np.sqrt(((encoded - peer.cluster_centers_[peer.labels_]) ** 2).sum(axis=1))
        checks.that(np.abs(distance - own).max() <= 1e-9 * (1 + own.max()), f"{name}: distances")
        db.execute("SELECT mine_train('bent', 'kmeans', ?, ?)", (source, options + ", align=0")).fetchall()
        compare = db.execute("SELECT cluster, feature, value, overall, z FROM mine_centroids('bent')").fetchall()
        for c, feature, value, overall, z in compare:
            column = points[:, int(feature[1:])]
            if scale == "log":
                to, back = (lambda v: np.sign(v) * np.log1p(np.abs(v))), (lambda v: np.sign(v) * np.expm1(np.abs(v)))
            else:
                knots, part = knots_of(column)
                to, back = (lambda v: np.interp(v, knots, part)), (lambda v: np.interp(v, part, knots))
            inside, all_of = to(column)[label == c].mean(), to(column).mean()
            checks.close(value, float(back(inside)), f"{name}: {feature} of {c}", 1e-9)
            checks.close(overall, float(back(all_of)), f"{name}: {feature} overall", 1e-9)
            checks.close(z, float((inside - all_of) / to(column).std()), f"{name}: z of {feature} in {c}", 1e-9)
        new = points[: n // 3] * 1.37 - 1  # beyond the ends, too
        load_matrix(db, f"new_{scale}_{n}", new)
        got = np.array([d for d, in db.execute(
            f"SELECT distance FROM mine_predict('bent', 'SELECT id, {columns} FROM new_{scale}_{n}')")])
        if scale == "log":
            ours = np.sign(points) * np.log1p(np.abs(points))
            at = (np.sign(new) * np.log1p(np.abs(new)) - ours.mean(axis=0)) / ours.std(axis=0)
        else:
            at = shares(new, points)
        nearest = np.sqrt(((at[:, None, :] - peer.cluster_centers_[None]) ** 2).sum(axis=2).min(axis=1))
        checks.that(np.abs(got - nearest).max() <= 1e-9 * (1 + nearest.max()), f"{name}: rows scored later")
        rows = db.execute("SELECT query_id, id, distance FROM mine_neighbors(?, ?, ?) WHERE rank = 1", (
            source, source + " LIMIT 50", f"scale={scale}, k=2, exclude_self=1")).fetchall()
        for query, other, d in rows:
            between = np.sqrt(((encoded - encoded[query - 1]) ** 2).sum(axis=1))
            between[query - 1] = np.inf
            checks.close(d, float(between.min()), f"{name}: the row nearest to {query}", 1e-9)


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
    for n, k in ((200, 3), (900, 4), (6000, 5)):
        bent(db, rng, n, k)
    if (mt.DATA / "digits_sklearn.csv").exists():
        datasets.load_csv(db, "raw_digits", "digits_sklearn.csv", [f"p{i}" for i in range(65)])
        names = ", ".join(f"p{i}" for i in range(64))
        db.execute(f"CREATE TABLE digits AS SELECT rowid AS id, {names} FROM raw_digits")
        compare(db, "digits k=10", "digits", names, real_matrix(db, f"SELECT {names} FROM digits"), 10, "none")
    else:
        print("skipped: digits (MINE_DATA)")
    checks.end()


main()
