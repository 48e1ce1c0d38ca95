#!/usr/bin/env python3
"""Hierarchical clustering against R's hclust and scipy's linkage: equal merges, equal heights, equal cuts."""
import shutil
import subprocess

from peer import mt, np, load_matrix, standardised
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

checks = mt.Checks("hierarchical clustering against R and scipy")
LINKAGES = {"ward": "ward.D2", "complete": "complete", "average": "average", "single": "single"}


def ask_r(x, method):
    """merge (two columns) and height of hclust."""
    rows = ",".join(repr(float(v)) for v in x.ravel())
    code = (f"x <- matrix(c({rows}), ncol={x.shape[1]}, byrow=TRUE); h <- hclust(dist(x), '{method}')\n"
            "cat(sprintf('%d %d %.17g\\n', h$merge[,1], h$merge[,2], h$height), sep='')")
    done = subprocess.run(["Rscript", "-"], input=code.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=300, check=True)
    return np.array([[float(v) for v in line.split()] for line in done.stdout.decode().splitlines()])




def tree(db, name, options):
    db.execute("SELECT mine_train('m', 'agglomerative', ?, ?)", (name, options + ", align=0"))
    return np.array(db.execute("SELECT first, second, distance, rows FROM mine_dendrogram('m') ORDER BY step").fetchall())


def trees(db, name, x):
    for ours, theirs in LINKAGES.items():
        got = tree(db, name, f"linkage={ours}, k=4, scale=none")
        want = linkage(x, ours)
        worst = np.abs(got[:, 2] / want[:, 2] - 1).max()
        checks.that(worst < 1e-9, f"{name}: {ours}: heights of scipy", f"worst {worst:.1e}")
        checks.that((got[:, 3] == want[:, 3]).all(), f"{name}: {ours}: rows below")
        cut = [c for (c,) in db.execute("SELECT prediction FROM mine_predict('m', ?) ORDER BY id", (name,))]
        checks.equal(adjusted_rand_score(cut, fcluster(want, 4, "maxclust")), 1.0, f"{name}: {ours}: four clusters")
        height = (want[-7, 2] + want[-6, 2]) / 2
        far = [c for (c,) in db.execute("SELECT cluster FROM mine_cluster(?, ?) ORDER BY id",
                                        (name, f"algorithm=agglomerative, linkage={ours}, scale=none, distance={height!r}"))]
        checks.equal(adjusted_rand_score(far, fcluster(want, height, "distance")), 1.0, f"{name}: {ours}: by distance")
        if shutil.which("Rscript"):
            r = ask_r(x, theirs)
            worst = np.abs(got[:, 2] / r[:, 2] - 1).max()
            checks.that(worst < 1e-9, f"{name}: {ours}: heights of R", f"worst {worst:.1e}")
            checks.that((got[:, :2] == r[:, :2]).all(), f"{name}: {ours}: merges of R, signs included",
                        f"{(got[:, :2] != r[:, :2]).any(axis=1).sum()} differ")


def twins(db):
    """Rows that repeat: the same heights as with them apart."""
    rng = np.random.default_rng(5)
    x = np.repeat(rng.normal(size=(60, 2)), rng.integers(1, 5, 60), axis=0)
    load_matrix(db, "twins", x)
    for ours in LINKAGES:
        got, want = tree(db, "twins", f"linkage={ours}, k=3, scale=none"), linkage(x, ours)
        checks.that(np.allclose(got[:, 2], want[:, 2], rtol=1e-9, atol=1e-7), f"twins: {ours}: heights")
        checks.that((got[:, 2] == 0).sum() == len(x) - 60, f"twins: {ours}: merged at 0")


def main():
    db = mt.connect()
    rng = np.random.default_rng(21)
    for n, p in ((40, 2), (400, 5), (1500, 12)):
        x = rng.normal(size=(n, p)) + rng.integers(0, 4, n)[:, None] * rng.normal(size=p) * 3
        load_matrix(db, f"points_{n}", x)
        trees(db, f"points_{n}", x)
    twins(db)
    # Pre-clusters: nearly the clusters of the rows.
    x = rng.normal(size=(3000, 4)) + rng.integers(0, 5, 3000)[:, None] * 6
    load_matrix(db, "many", x)
    got = [c for (c,) in db.execute("SELECT cluster FROM mine_cluster('many', 'algorithm=agglomerative, k=5, max_rows=1000, "
                                    "pre_clusters=200') ORDER BY id")]
    agree = adjusted_rand_score(got, fcluster(linkage(standardised(x), "ward"), 5, "maxclust"))
    checks.that(agree > 0.99, "pre-clusters", f"adjusted Rand {agree:.4f}")
    checks.end()


main()
