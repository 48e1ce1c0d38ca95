#!/usr/bin/env python3
"""mine_choose_k against scikit-learn (inertia, silhouette, Calinski-Harabasz, Davies-Bouldin, BIC of a
mixture), plain numpy (BIC of k-means, as X-means has it) and R's clusGap (the gap statistic)."""
import math
import os
import pathlib
import shutil
import subprocess
import tempfile

from peer import VERSION, load_matrix, mt, np, standardised
from sklearn import metrics
from sklearn.mixture import GaussianMixture

checks = mt.Checks(f"choose_k against scikit-learn {VERSION}")


def blobs(rng, n, d, k):
    return rng.normal(size=(k, d))[rng.integers(k, size=n)] * 6 + rng.normal(size=(n, d))


def x_means(points, label):
    n, d = points.shape
    size = np.bincount(label)
    k = len(size)
    within = sum(((points[label == c] - points[label == c].mean(axis=0)) ** 2).sum() for c in range(k))
    variance = within / (d * (n - k))
    likelihood = (size * np.log(size / n)).sum() - n * d / 2 * math.log(2 * math.pi * variance) - d * (n - k) / 2
    return (k * d + k) * math.log(n) - 2 * likelihood


def compare(db, name, table, points, algorithm):
    columns = ", ".join(f"x{j}" for j in range(points.shape[1]))
    source, at = f"SELECT id, {columns} FROM {table}", standardised(points)
    rows = db.execute("SELECT k, inertia, silhouette, calinski_harabasz, davies_bouldin, bic, chosen FROM "
                      "mine_choose_k(?, ?)", (source, f"algorithm={algorithm}, max_k=6")).fetchall()
    checks.that([r[0] for r in rows] == [2, 3, 4, 5, 6], f"{name}: a row for each k")
    for k, inertia, silhouette, ch, db_, bic, _ in rows:
        label = np.array([c - 1 for c, in db.execute("SELECT cluster FROM mine_cluster(?, ?)",
                                                     (source, f"algorithm={algorithm}, k={k}"))])
        title = f"{name}, k={k}"
        within = sum(((at[label == c] - at[label == c].mean(axis=0)) ** 2).sum() for c in set(label))
        checks.close(inertia, within, f"{title}: inertia", 1e-6)
        checks.close(silhouette, metrics.silhouette_score(at, label), f"{title}: silhouette", 1e-9)
        checks.close(ch, metrics.calinski_harabasz_score(at, label), f"{title}: Calinski-Harabasz", 1e-9)
        checks.close(db_, metrics.davies_bouldin_score(at, label), f"{title}: Davies-Bouldin", 1e-9)
        if algorithm == "kmeans":
            checks.close(bic, x_means(at, label), f"{title}: bic", 1e-9)
        else:
            best = min(GaussianMixture(k, n_init=3, random_state=s, tol=1e-6, max_iter=500).fit(at).bic(at) for s in range(2))
            checks.that(bic <= best + 0.02 * abs(best), f"{title}: bic", f"{bic:.3f}, scikit-learn's best of 6 {best:.3f}")
    by = {"auto": 5 if algorithm == "gmm" else 2, "silhouette": 2, "calinski_harabasz": 3, "davies_bouldin": 4, "bic": 5}
    for word, column in by.items():
        best = (min if column in (4, 5) else max)(rows, key=lambda r, c=column: r[c])[0]
        chosen = [k for k, in db.execute("SELECT k FROM mine_choose_k(?, ?) WHERE chosen", (
            source, f"algorithm={algorithm}, max_k=6, by={word}"))]
        checks.that(chosen == [best], f"{name}: by {word}", f"{chosen}, not {best}")


GAP = r"""
suppressMessages(library(cluster))
set.seed(1)
x <- as.matrix(read.csv("points.csv", header=FALSE))
g <- clusGap(x, kmeans, K.max=6, B=100, nstart=10, d.power=2, spaceH0="original", verbose=FALSE)$Tab
for (k in 2:6) cat(k, g[k, "gap"], g[k, "SE.sim"], "\n")
"""


def gap(db, points):
    if not shutil.which("Rscript"):
        print("skipped: R is not installed")
        return
    at = standardised(points)
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(pathlib.Path(folder) / "points.csv", at, delimiter=",", fmt="%.17g")
        (pathlib.Path(folder) / "gap.R").write_text(GAP)
        said = subprocess.run(["Rscript", "gap.R"], cwd=folder, capture_output=True, text=True, check=True,
                              env={**os.environ, "LC_ALL": "C"}).stdout
    theirs = [tuple(map(float, line.split())) for line in said.splitlines() if line.strip()]
    ours = db.execute("SELECT k, gap, gap_se FROM mine_choose_k('small', 'max_k=6, gap=1, references=100, starts=3')").fetchall()
    for (k, g, se), (_, their_gap, their_se) in zip(ours, theirs):
        # Both are means over 100 tables drawn at random; R adds up half of the squared distances
        # of pairs by cluster, which is the same W.
        checks.that(abs(g - their_gap) < 5 * (se + their_se) / 10 + 0.02, f"gap of {k}", f"{g:.4f}, R {their_gap:.4f} +- {their_se:.4f}")
        checks.that(0.3 < se / their_se < 3, f"its error, of {k}", f"{se:.4f}, R {their_se:.4f}")


def main():
    db = mt.connect()
    rng = np.random.default_rng(4)
    for n, d, k in ((300, 2, 4), (900, 5, 3)):
        points = blobs(rng, n, d, k)
        load_matrix(db, f"blobs_{n}", points)
        for algorithm in ("kmeans", "gmm"):
            compare(db, f"{algorithm} {n}x{d}", f"blobs_{n}", points, algorithm)
    points = blobs(rng, 200, 2, 3)
    load_matrix(db, "small", points)
    gap(db, points)
    checks.end()


main()
