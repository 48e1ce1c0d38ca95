#!/usr/bin/env python3
"""k-medoids against R's cluster (pam, daisy, silhouette) and kmedoids' fasterpam on the same distances:
our cost is at most theirs, medoid silhouettes at least, silhouettes are the same; each is skipped by name where it is not installed."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from peer import load_matrix, mt, np, standardised

checks = mt.Checks("k-medoids against R's cluster and kmedoids")
PEERS = pathlib.Path(os.environ.get("MINE_PEERS") or mt.BUILD / "peers") / "bin" / "python"
IN_R = """
if (!requireNamespace("cluster", quietly = TRUE)) quit(status = 3)
folder <- commandArgs(TRUE)[1]
for (case in readLines(file.path(folder, "cases"))) {
  part <- strsplit(case, " ")[[1]]
  if (part[2] == "gower") {
    table <- read.csv(file.path(folder, paste0(part[1], ".csv")), stringsAsFactors = TRUE, na.strings = "")
    d <- cluster::daisy(table, metric = "gower")
    d[is.na(d)] <- 1  # rows that share nothing known
  } else {
    d <- as.dist(as.matrix(read.csv(file.path(folder, paste0(part[1], ".csv")), header = FALSE)))
  }
  label <- scan(file.path(folder, paste0(part[1], ".labels")), quiet = TRUE)
  ours <- if (length(unique(label)) > 1) mean(cluster::silhouette(label, d)[, 3]) else NA
  found <- cluster::pam(d, as.integer(part[3]), diss = TRUE)
  cat(part[1], format(found$objective[["swap"]] * attr(d, "Size"), digits = 17), format(ours, digits = 17), "\\n")
}
"""
THEIRS = """
import sys
try:
    import kmedoids
except ImportError:
    sys.exit(3)
import numpy as np
folder = sys.argv[1]
for case in open(folder + "/cases"):
    name, metric, k = case.split()
    if metric == "gower":
        continue
    d = np.loadtxt(f"{folder}/{name}.csv", delimiter=",")
    print(name, min(kmedoids.fasterpam(d, int(k), random_state=s).loss for s in range(3)),
          sorted(float(max(kmedoids.dynmsc(d, 10, random_state=s).losses)) for s in range(5))[2])
"""


def all_pairs(points, metric):
    if metric == "cosine":
        unit = points / np.linalg.norm(points, axis=1, keepdims=True)
        return np.maximum(1 - unit @ unit.T, 0) * (1 - np.eye(len(points)))
    apart = points[:, None, :] - points[None]
    return np.abs(apart).sum(axis=2) if metric == "manhattan" else np.sqrt((apart ** 2).sum(axis=2))


def ours_of(db, source, options):
    """Labels, distances, measures."""
    db.execute("SELECT mine_train('m', 'kmedoids', ?, ?)", (source, options + ", align=0")).fetchall()
    rows = db.execute("SELECT prediction, distance FROM mine_predict('m', ?)", (source,)).fetchall()
    told = dict(db.execute("SELECT name, detail FROM mine_summary('m') WHERE item = 'metric'"))
    return np.array([int(g) for g, _ in rows]), np.array([d for _, d in rows]), told


def check_own(name, label, distance, told, k):
    checks.close(float(distance.sum()), float(told["cost"]), f"{name}: the distances sum to the cost", 1e-4)
    sizes = [int((label == c + 1).sum()) for c in range(k)]
    checks.that(sizes == sorted(sizes, reverse=True), f"{name}: numbered by falling size", str(sizes))
    checks.that(all((distance[label == c + 1] < 1e-7).any() for c in range(k)), f"{name}: each cluster has its medoid")


def numbers(db, rng, folder, cases, found):
    for number, (n, width, k, metric) in enumerate((
            (200, 2, 3, "euclidean"), (600, 5, 6, "manhattan"), (800, 8, 10, "euclidean"), (400, 6, 5, "cosine"),
            (300, 3, 1, "euclidean"), (500, 2, 20, "manhattan"))):
        points = rng.normal(size=(max(k, 4), width))[rng.integers(max(k, 4), size=n)] * 3 + rng.normal(size=(n, width))
        if number == 1:
            points = np.round(points)  # ties
        table = f"numbers{number}"
        load_matrix(db, table, points)
        at = points if metric == "cosine" else standardised(points)
        d = all_pairs(at, metric)
        label, distance, told = ours_of(db, table, f"id=id, k={k}, metric={metric}, exact_rows=20000")
        name = f"{metric}, {n} x {width}, k={k}"
        check_own(name, label, distance, told, k)
        medoids = [int(np.flatnonzero((label == c + 1) & (distance < 1e-7))[0]) for c in range(k)]
        checks.close(float(distance.sum()), float(d[:, medoids].min(axis=1).sum()), f"{name}: cost of the medoids", 1e-6)
        np.savetxt(folder / f"{table}.csv", d, delimiter=",", fmt="%.17g")
        np.savetxt(folder / f"{table}.labels", label, fmt="%d")
        cases.append(f"{table} {metric} {k}")
        found[table] = (name, float(distance.sum()), told)


def gower(db, rng, folder, cases, found):
    for number, (n, k) in enumerate(((150, 3), (500, 6))):
        group = rng.integers(4, size=n)
        rows = []
        for i in range(n):
            g = int(group[i])
            row = [round(float(rng.normal(g * 3)), 2), int(rng.integers(10) + 5 * (g % 2)), "abcd"[g] if rng.random() < 0.8 else "e",
                   "xyz"[int(rng.integers(3))]]
            rows.append([None if rng.random() < 0.08 else v for v in row])
        table = f"gower{number}"
        db.execute(f"CREATE TABLE {table}(id INTEGER PRIMARY KEY, a REAL, b REAL, c TEXT, d TEXT)")
        db.executemany(f"INSERT INTO {table} VALUES(?, ?, ?, ?, ?)", ([i + 1, *row] for i, row in enumerate(rows)))
        label, distance, told = ours_of(db, table, f"id=id, k={k}, metric=gower")
        name = f"gower, {n} rows with gaps, k={k}"
        check_own(name, label, distance, told, k)
        (folder / f"{table}.csv").write_text("a,b,c,d\n" + "".join(
            ",".join("" if v is None else str(v) for v in row) + "\n" for row in rows))
        np.savetxt(folder / f"{table}.labels", label, fmt="%d")
        cases.append(f"{table} gower {k}")
        found[table] = (name, float(distance.sum()), told)


def against_r(folder, found):
    if not shutil.which("Rscript"):
        print("skipped: Rscript is not installed")
        return
    done = subprocess.run(["Rscript", "--vanilla", "-e", IN_R, str(folder)], capture_output=True, text=True, timeout=250)
    if done.returncode == 3:
        print("skipped: R's cluster is not installed (r-cran-cluster)")
        return
    checks.that(done.returncode == 0, "R runs", done.stderr[-300:])
    lines = [line.split() for line in done.stdout.splitlines() if line.strip()]
    checks.that(len(lines) == len(found), "R answers every case")
    for table, cost, silhouette in lines:
        name, ours, told = found[table]
        checks.that(ours <= float(cost) * (1 + 1e-7), f"{name}: no more than pam", f"{ours}, pam {cost}")
        if silhouette != "NA":
            checks.close(float(told["silhouette"]), float(silhouette), f"{name}: silhouette", 1e-4)


def against_kmedoids(db, folder, found):
    done = subprocess.run([str(PEERS), "-c", THEIRS, str(folder)], capture_output=True, text=True,
                          timeout=250) if PEERS.exists() else None
    if not done or done.returncode == 3:
        print("skipped: kmedoids is not in the peers' environment (bench/install_peers)")
        return
    checks.that(done.returncode == 0, "kmedoids runs", done.stderr[-300:])
    for line in done.stdout.splitlines():
        table, cost, silhouette = line.split()
        name, ours, _ = found[table]
        checks.that(ours <= float(cost) * (1 + 1e-6), f"{name}: no more than fasterpam", f"{ours}, fasterpam {cost}")
        best = automatic(db, name, table)
        checks.that(best >= float(silhouette) - 0.0005, f"{name}: k=auto, no less than dynmsc mostly finds",
                    f"{best}, dynmsc {silhouette}")


def automatic(db, name, table):
    """The largest medoid silhouette of k=auto; told, and of the k that was chosen."""
    metric = name.split(",")[0]
    label, _, told = ours_of(db, table, f"id=id, k=auto, metric={metric}, exact_rows=20000")
    rows = db.execute("SELECT name, detail FROM mine_summary('m') WHERE item = 'k'").fetchall()
    of = {int(k): float(detail.split()[2].rstrip(",")) for k, detail in rows}
    k = len(set(label))
    checks.that(sorted(of) == list(range(2, 11)) and of[k] == max(of.values()), f"{name}: the k of the largest", str(of))
    return max(of.values())


def samples(db, rng):
    """CLARA costs little more than all pairs."""
    points = rng.normal(size=(6, 4))[rng.integers(6, size=9000)] * 4 + rng.normal(size=(9000, 4))
    load_matrix(db, "many", points)
    _, whole, _ = ours_of(db, "many", "id=id, k=6")
    _, sampled, _ = ours_of(db, "many", "id=id, k=6, exact_rows=5000, sample_rows=2000")
    checks.that(whole.sum() <= sampled.sum() * (1 + 1e-9) and sampled.sum() <= whole.sum() * 1.01, "samples come close",
                f"{sampled.sum()}, {whole.sum()}")
    said = [d for d, in db.execute("SELECT detail FROM mine_summary('m') WHERE item = 'fit' AND name = 'sample'")]
    checks.that(len(said) == 1 and "CLARA" in said[0], "samples are told", json.dumps(said))


def main():
    db = mt.connect()
    rng = np.random.default_rng(5)
    cases, found = [], {}
    with tempfile.TemporaryDirectory(prefix="mine-kmedoids-") as path:
        folder = pathlib.Path(path)
        numbers(db, rng, folder, cases, found)
        gower(db, rng, folder, cases, found)
        (folder / "cases").write_text("\n".join(cases) + "\n")
        against_r(folder, found)
        against_kmedoids(db, folder, found)
    samples(db, rng)
    checks.end()


main()
