#!/usr/bin/env python3
"""HDBSCAN against scikit-learn, hdbscan and fast_hdbscan, each skipped by name where the peers'
environment (bench/install_peers) lacks it.

The three merge two components at a time.  Mutual reachability makes many equal distances, which they
merge in an order that depends on the rows, and we at once; so rows between two clusters may
differ.  With min_samples of 1 and 2 (of the package hdbscan: 1 less) there are no such ties, and
everything must be equal: labels, strengths (but fast_hdbscan's), outlier scores.  With more the partitions must agree
where clusters lie apart."""
import json
import os
import pathlib
import subprocess
import tempfile

from peer import mt, np, load_matrix
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

checks = mt.Checks("HDBSCAN against scikit-learn, hdbscan and fast_hdbscan")
PEERS = pathlib.Path(os.environ.get("MINE_PEERS") or mt.ROOT / "build" / "peers") / "bin" / "python"

ASK = r"""
import json, sys, numpy as np
which, source, said = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
points = np.load(source)
outlier = None
try:
    if which == "scikit-learn":
        from sklearn.cluster import HDBSCAN
        said["allow_single_cluster"] = bool(said.get("allow_single_cluster", 0))
        m = HDBSCAN(algorithm="brute", copy=True, **said).fit(points)
        label, strength = m.labels_, m.probabilities_
    elif which == "hdbscan":
        import hdbscan
        said["min_samples"] -= 1
        m = hdbscan.HDBSCAN(approx_min_span_tree=False, **said).fit(points)
        label, strength, outlier = m.labels_, m.probabilities_, m.outlier_scores_
    else:
        import fast_hdbscan
        said["min_samples"] -= 1
        m = fast_hdbscan.HDBSCAN(**said).fit(points)
        label, strength = m.labels_, m.probabilities_
except ImportError:
    sys.exit(77)
print(json.dumps({"label": label.tolist(), "strength": np.asarray(strength, float).tolist(),
                  "outlier": None if outlier is None else outlier.tolist()}))
"""
absent = set()


def peer(which, points, said):
    if which in absent:
        return None
    if not PEERS.exists():
        absent.add(which)
        print(f"skipped: {which}: the peers' environment is not there (bench/install_peers)")
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "points.npy")
        np.save(source, points)
        done = subprocess.run([str(PEERS), "-c", ASK, which, source, json.dumps(said)],
                              capture_output=True, text=True)
    if done.returncode == 77:
        absent.add(which)
        print(f"skipped: {which} is not in the peers' environment")
        return None
    if done.returncode:
        checks.that(False, f"{which} runs", done.stderr[-300:])
        return None
    return {k: None if v is None else np.array(v) for k, v in json.loads(done.stdout).items()}


def ours(db, points, said):
    load_matrix(db, "points", points)
    text = ", ".join(f"{k}={v}" for k, v in said.items()) + ", scale=none"
    db.execute("SELECT mine_train('m', 'hdbscan', 'points', ?)", (text + ", align=0",)).fetchall()
    found = db.execute("SELECT cluster, confidence, outlier FROM mine_cluster('points', ?)", ("algorithm=hdbscan, " + text,)).fetchall()
    again = db.execute("SELECT prediction, confidence, outlier FROM mine_predict('m', 'points')").fetchall()
    db.execute("DROP TABLE points")
    checks.that(found == again, f"{said}: training rows get what training found")
    return {"label": np.array([r[0] for r in found]) - 1, "strength": np.array([r[1] for r in found]),
            "outlier": np.array([r[2] for r in found])}


def compare(db, name, points, said, exact=True):
    mine = ours(db, points, said)
    for which in ("scikit-learn", "hdbscan", "fast_hdbscan"):
        least = 1 if which == "scikit-learn" else 2
        if said["min_samples"] < least or (which == "fast_hdbscan" and name not in ("blobs", "apart")):
            continue  # fast_hdbscan is compiled anew each time
        their = peer(which, points, {"cluster_selection_method" if k == "selection" else k: v for k, v in said.items()})
        if their is None:
            continue
        rand = adjusted_rand_score(mine["label"], their["label"])
        what = f"{name} {said}: {which}"
        if not exact:
            checks.that(rand >= 0.99, f"{what}: partition", f"adjusted Rand {rand:.5f}")
            continue
        checks.that(rand >= 0.9999 and ((mine["label"] < 0) == (their["label"] < 0)).all(), f"{what}: clusters and noise",
                    f"adjusted Rand {rand:.5f}")
        if which == "fast_hdbscan":  # whose strengths are relative to another end of the cluster
            continue
        checks.that(np.abs(mine["strength"] - their["strength"]).max() <= 1e-9, f"{what}: strengths",
                    str(np.abs(mine["strength"] - their["strength"]).max()))
        if their["outlier"] is not None:
            checks.that(np.abs(mine["outlier"] - their["outlier"]).max() <= 1e-9, f"{what}: outlier scores",
                        str(np.abs(mine["outlier"] - their["outlier"]).max()))


def tied(db, rng):
    """Points on a grid, many of them equal: any order of the rows gives the same answer."""
    points = np.floor(rng.normal(size=(1500, 2)) * 4 + 15 * rng.integers(0, 3, (1500, 1)))
    for said in ({"min_cluster_size": 5}, {"min_cluster_size": 12, "min_samples": 4, "selection": "leaf"}):
        first = ours(db, points, said)
        order = rng.permutation(len(points))
        second = ours(db, points[order], said)
        for what in first:
            checks.that((first[what][order] == second[what]).all(), f"ties {said}: {what} in any order")


def main():
    rng = np.random.default_rng(5)
    blobs = make_blobs(1500, centers=6, n_features=3, random_state=1)[0]
    moons = make_moons(1200, noise=0.06, random_state=2)[0]
    uniform = rng.random((1000, 2))
    wide = make_blobs(600, centers=4, n_features=25, random_state=3)[0]
    with mt.connect() as db:
        for name, points in (("blobs", blobs), ("moons", moons), ("uniform", uniform), ("wide", wide)):
            for least in (1, 2):
                compare(db, name, points, {"min_cluster_size": 10, "min_samples": least})
            compare(db, name, points, {"min_cluster_size": 15, "min_samples": 2, "selection": "leaf"})
        for name, points in (("blobs", blobs[:800]), ("wide", wide[:400])):
            compare(db, f"{name} by sums", points, {"min_cluster_size": 10, "min_samples": 2, "metric": "manhattan"})
        compare(db, "moons", moons, {"min_cluster_size": 10, "min_samples": 2, "cluster_selection_epsilon": 0.1})
        compare(db, "blobs", blobs[:400], {"min_cluster_size": 40, "min_samples": 2, "allow_single_cluster": 1})
        apart = make_blobs(2000, centers=5, n_features=4, cluster_std=0.5, center_box=(-30, 30), random_state=4)[0]
        compare(db, "apart", apart, {"min_cluster_size": 25, "min_samples": 10}, exact=False)
        tied(db, rng)
    checks.end()


main()
