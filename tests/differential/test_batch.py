#!/usr/bin/env python3
"""k-means that reads its source in passes: the centres, labels and inertia of the same rows in memory
and of scikit-learn, from the same start; peak memory that does not grow with the rows.  2,000,000
rows of 8 columns with MINE_LONG=1, else 400,000."""
import os
import pathlib
import shutil
import subprocess
import sys

from peer import mt, np, standardised, load_matrix, VERSION
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

ROWS = 2_000_000 if "MINE_LONG" in os.environ else 400_000
COLUMNS = [f"x{j}" for j in range(8)]

# In a program of its own, because the peak is that of a program's whole life; not ru_maxrss, which
# remembers the program that started it.
CHILD = """
import sys
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
sys.path.insert(0, sys.argv[1])
import minetest as mt
db = mt.connect(sys.argv[2])
db.execute("PRAGMA temp_store = MEMORY")
before = peak()
try:
    db.execute("SELECT mine_train('temp.m', 'kmeans', 't', ?)", (sys.argv[3],)).fetchone()
    said = ""
except Exception as problem:
    said = str(problem)
print(peak() - before, said)
"""

checks = mt.Checks(f"k-means in passes, against memory and scikit-learn {VERSION}")


def blobs(rng, n, k, width):
    centre = rng.normal(0, 3, (k, width))
    return centre[rng.integers(0, k, n)] + rng.normal(0, 1, (n, width))


def centres(db, model):
    rows = db.execute("SELECT cluster, feature, value FROM mine_centroids(?)", (model,)).fetchall()
    return {(c, f): v for c, f, v in rows}


def inertia(db, model):
    return float(db.execute("SELECT detail FROM mine_summary(?) WHERE item = 'metric' AND name = 'inertia'",
                            (model,)).fetchone()[0])


def labels(db, model, source):
    return np.array([c for c, in db.execute("SELECT prediction FROM mine_predict(?, ?)", (model, source))])


def same_start(db, points, k):
    first = f"SELECT {', '.join(COLUMNS)} FROM t WHERE id <= {k} ORDER BY id"
    for name, more in (("memory", ""), ("passes", ", batch=1")):
        db.execute("SELECT mine_train(?, 'kmeans', 't', ?)", (name, f'k={k}, tol=0, init="{first}"{more}')).fetchone()
    here, there = centres(db, "memory"), centres(db, "passes")
    checks.that(here.keys() == there.keys(), "the same centres are told")
    checks.that(max(abs(here[at] - there[at]) for at in here) < 1e-9, "centres equal to 1e-9")
    checks.close(inertia(db, "passes"), inertia(db, "memory"), "inertia", 1e-6)
    a, b = labels(db, "memory", "t"), labels(db, "passes", "t")
    checks.that(adjusted_rand_score(a, b) >= 0.9999, "labels", str(adjusted_rand_score(a, b)))
    peer = KMeans(k, init=standardised(points)[:k], n_init=1, tol=0, max_iter=300, algorithm="lloyd").fit(
        standardised(points))
    checks.close(inertia(db, "passes"), peer.inertia_, "scikit-learn's inertia", 1e-5)
    checks.that(adjusted_rand_score(peer.labels_, b) >= 0.9999, "scikit-learn's labels")


def from_sample(db, k):
    """By itself: no worse than memory, whose starts compete on a sample, too."""
    db.execute(f"SELECT mine_train('memory', 'kmeans', 't', 'k={k}')").fetchone()
    db.execute(f"SELECT mine_train('passes', 'kmeans', 't', 'k={k}, batch=1, align=0')").fetchone()
    here, there = inertia(db, "memory"), inertia(db, "passes")
    checks.that(there <= 1.001 * here, "inertia from a sample", f"{there}, in memory {here}")
    told = db.execute("SELECT sum(distance * distance) FROM mine_predict('passes', 't')").fetchone()[0]
    checks.close(there, told, "the inertia is that of all rows", 1e-5)


def peak(path, options):
    out = subprocess.run([sys.executable, "-c", CHILD, str(pathlib.Path(__file__).resolve().parents[1]), str(path),
                          options], env=mt.environment(), capture_output=True, text=True, check=True).stdout
    kilobytes, said = out.strip("\n").split(" ", 1)
    return int(kilobytes) / 1024, said


def memory(folder, rng):
    path = folder / "many.db"
    db = mt.connect(path)
    load_matrix(db, "t", np.zeros((0, 8)))
    marks = ", ".join("?" * 9)
    for start in range(0, ROWS, 100_000):
        points = blobs(rng, 100_000, 8, 8)
        db.executemany(f"INSERT INTO t VALUES({marks})",
                       ((start + i + 1, *map(float, row)) for i, row in enumerate(points)))
    db.commit()
    db.close()
    frame = ROWS * 8 * 8 / 2**20
    _, said = peak(path, f"k=8, starts=1, max_memory={int(frame * 0.9)}MB")
    checks.that("max_memory" in said, "in memory the rows do not fit", said)
    some, said = peak(path, "k=8, starts=1, batch=1, max_iter=3, max_memory=48MB")
    checks.that(said == "" and some < 64, "in passes they do", f"{said} {some:.0f} MB for {frame:.0f} MB of rows")
    print(f"{ROWS} x 8: {some:.0f} MB, the rows alone are {frame:.0f} MB")


def main():
    rng = np.random.default_rng(13)
    points = blobs(rng, 100_000, 6, 8)
    db = mt.connect()
    load_matrix(db, "t", points)
    same_start(db, points, 6)
    from_sample(db, 6)
    db.close()
    folder = mt.scratch()
    memory(folder, rng)
    shutil.rmtree(folder)
    checks.end()


main()
