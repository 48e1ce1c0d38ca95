#!/usr/bin/env python3
"""DBSCAN against scikit-learn: the same core rows, clusters and noise; border rows in one of the
clusters of their core neighbours, that of the nearest."""
from peer import mt, np, load_matrix, standardised, VERSION
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

checks = mt.Checks(f"DBSCAN against scikit-learn {VERSION}")


def compare(db, name, points, eps, least, scale="none", metric="euclidean"):
    table = f"{name} {metric}".replace(" ", "_")
    name = name if metric == "euclidean" else f"{name}, {metric}"
    load_matrix(db, table, points)
    said = f"algorithm=dbscan, eps={eps!r}, min_samples={least}, scale={scale}, metric={metric}"
    label = np.array([c for c, in db.execute(f"SELECT cluster FROM mine_cluster('{table}', ?)", (said,))])
    at = standardised(points) if scale == "standard" else points
    peer = DBSCAN(eps=eps, min_samples=least, metric=metric).fit(at)
    core = np.zeros(len(points), bool)
    core[peer.core_sample_indices_] = True
    checks.that(((label == 0) == (peer.labels_ < 0)).all(), f"{name}: the same noise")
    checks.that(adjusted_rand_score(label[core], peer.labels_[core]) >= 0.9999, f"{name}: the same clusters")
    checks.that(label.max() == len(set(peer.labels_[core])), f"{name}: as many", str(label.max()))
    border = np.flatnonzero((label > 0) & ~core)
    cores = np.flatnonzero(core)
    cores = cores[np.lexsort(at[cores].T[::-1])]  # of those as near that with the least coordinates
    power = 2 if metric == "euclidean" else 1
    nearest = [cores[(np.abs(at[cores] - at[b]) ** power).sum(axis=1).argmin()] for b in border]
    checks.that((label[border] == label[nearest]).all() if len(border) else True, f"{name}: border rows by the nearest")
    sizes = np.bincount(label)[1:]
    checks.that((np.diff(sizes) <= 0).all(), f"{name}: numbered by falling size")
    db.execute("SELECT mine_train('m', 'dbscan', ?, ?)", (table, said.split(", ", 1)[1] + ", align=0")).fetchall()
    again = np.array([c for c, in db.execute(f"SELECT prediction FROM mine_predict('m', '{table}')")])
    checks.that((again == label).all(), f"{name}: training rows get their clusters")


with mt.connect() as db:
    rng = np.random.default_rng(12)
    compare(db, "moons", make_moons(1500, noise=0.07, random_state=1)[0], 0.12, 5)
    compare(db, "blobs", make_blobs(3000, centers=6, n_features=4, random_state=2)[0], 0.9, 8)
    compare(db, "blobs scaled", make_blobs(2000, centers=4, n_features=3, random_state=3)[0] * [1, 100, 0.01], 0.2, 5, "standard")
    compare(db, "wide", make_blobs(1200, centers=4, n_features=30, random_state=4)[0], 6.5, 5)
    compare(db, "uniform", rng.random((4000, 2)), 0.015, 4)
    compare(db, "grid", np.floor(rng.random((2500, 3)) * 12), 1.0, 9)
    compare(db, "equal rows", np.repeat(np.floor(rng.random((60, 2)) * 30), 20, axis=0), 1.5, 25)
    compare(db, "heavy tails", rng.standard_cauchy((3000, 2)), 0.4, 6)
    sums = {"metric": "manhattan"}
    compare(db, "moons", make_moons(1500, noise=0.07, random_state=1)[0], 0.15, 5, **sums)
    compare(db, "blobs scaled", make_blobs(2000, centers=4, n_features=8, random_state=3)[0] * 10, 1.5, 5, "standard", **sums)
    compare(db, "wide", make_blobs(800, centers=4, n_features=30, random_state=4)[0], 29, 5, **sums)
    compare(db, "grid", np.floor(rng.random((2500, 3)) * 12), 2.0, 20, **sums)
checks.end()
