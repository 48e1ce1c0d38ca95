#!/usr/bin/python3
"""One side of a comparison in Python: peers.py NAME '{"db": ..., ...}'.

Sets up (imports, reads its data), prints "ready", then runs once per line "go"; see
sides.py.  A library that is missing ends the process before "ready" with the reason.
"""
import json
import os
import resource
import sqlite3
import sys
import time

import associate_peers
import forecast_peers
import predict_peers
import recommend_peers
import segment_peers
import worth_peers


def load(db, sql, dtype="float64"):
    """The rows of a SELECT as one matrix, read in pieces to keep the peak low."""
    import numpy as np
    con = sqlite3.connect(db)
    cursor = con.execute(sql)
    parts = []
    while True:
        rows = cursor.fetchmany(20000)
        if not rows:
            return np.ascontiguousarray(np.vstack(parts))
        parts.append(np.array(rows, dtype=dtype))


def columns(prefix, n):
    return ",".join(f"{prefix}{i}" for i in range(n))


# ---- floors ----------------------------------------------------------------------


def triad(a):
    import numpy as np
    n = 20_000_000
    x, y, z = np.ones(n), np.ones(n), np.empty(n)

    def run():
        np.multiply(x, 3.0, out=z)
        np.add(z, y, out=z)
        return 5 * 8 * n / 1e9  # GB moved
    return run, None


def gemm(a):
    import numpy as np
    n = 1500
    x = np.random.default_rng(1).random((n, n)).astype(a["dtype"])

    def run():
        return float((x @ x)[0, 0]) * 0 + 2 * n ** 3 / 1e9  # GFLOP
    return run, None


# ---- k-means ---------------------------------------------------------------------


def sklearn_kmeans(a):
    import warnings
    warnings.simplefilter("ignore")
    from sklearn.cluster import KMeans
    x = load(a["db"], f"SELECT {columns(a['prefix'], a['d'])} FROM {a['table']}", a["dtype"])
    first = x[:a["k"]].copy()
    fitted = []

    def run():
        fitted[:] = [KMeans(a["k"], init=first, n_init=1, max_iter=a["iterations"], tol=0,
                            algorithm="lloyd").fit(x)]
        return int(fitted[0].n_iter_)

    def quality():
        import numpy as np
        centres = fitted[0].cluster_centers_.astype("float64")
        total = 0.0
        for start in range(0, len(x), 50000):
            part = x[start:start + 50000].astype("float64")
            d = (part ** 2).sum(1)[:, None] - 2 * part @ centres.T + (centres ** 2).sum(1)
            total += float(np.maximum(d.min(1), 0).sum())
        return total
    return run, quality


# ---- trees -----------------------------------------------------------------------


def tree_data(a):
    x = load(a["db"], f"SELECT {columns('x', a['d'])} FROM train", "float32")
    y = load(a["db"], "SELECT y FROM train").ravel()
    return x, y


def tree_quality(a, score):
    from sklearn.metrics import roc_auc_score
    x = load(a["db"], f"SELECT {columns('x', a['d'])} FROM score WHERE id <= {a['judged']}", "float32")
    y = load(a["db"], f"SELECT y FROM score WHERE id <= {a['judged']}").ravel()
    return float(roc_auc_score(y, score(x)))


def sklearn_tree(a):
    from sklearn.tree import DecisionTreeClassifier
    x, y = tree_data(a)
    fitted = []

    def run():
        fitted[:] = [DecisionTreeClassifier(max_depth=8, min_samples_split=20, min_samples_leaf=7).fit(x, y)]
        return int(fitted[0].get_n_leaves())
    return run, lambda: tree_quality(a, lambda part: fitted[0].predict_proba(part)[:, 1])


def xgboost_tree(a):
    import xgboost
    x, y = tree_data(a)
    fitted = []

    def run():
        model = xgboost.XGBClassifier(n_estimators=1, max_depth=8, tree_method="hist", learning_rate=1.0,
                                      reg_lambda=0, min_child_weight=0, base_score=0.5)
        fitted[:] = [model.fit(x, y)]
        return 1
    return run, lambda: tree_quality(a, lambda part: fitted[0].predict_proba(part)[:, 1])


def lightgbm_tree(a):
    import lightgbm
    x, y = tree_data(a)
    fitted = []

    def run():
        model = lightgbm.LGBMClassifier(n_estimators=1, max_depth=8, num_leaves=256, learning_rate=1.0,
                                        min_child_samples=7, verbose=-1)
        fitted[:] = [model.fit(x, y)]
        return 1
    return run, lambda: tree_quality(a, lambda part: fitted[0].predict_proba(part)[:, 1])


# ---- neighbours ------------------------------------------------------------------


def neighbor_data(a, dtype):
    names = columns("x", a["d"])
    return (load(a["db"], f"SELECT {names} FROM base", dtype),
            load(a["db"], f"SELECT {names} FROM queries WHERE id <= {a['queries']}", dtype))


def sklearn_neighbors(a):
    from sklearn.neighbors import NearestNeighbors
    base, queries = neighbor_data(a, "float64")
    return lambda: float(NearestNeighbors(n_neighbors=10, algorithm="brute").fit(base)
                         .kneighbors(queries)[0].sum()), None


def faiss_neighbors(a):
    import faiss
    import numpy as np
    base, queries = neighbor_data(a, "float32")

    def run():
        index = faiss.IndexFlatL2(a["d"])
        index.add(base)
        return float(np.sqrt(np.maximum(index.search(queries, 10)[0], 0)).sum())
    return run, None


def sqlite_vec_neighbors(a):
    con = sqlite3.connect(":memory:")
    con.enable_load_extension(True)
    con.load_extension(a["extension"])
    base, queries = neighbor_data(a, "float32")
    con.execute(f"CREATE VIRTUAL TABLE base USING vec0(x float[{a['d']}])")
    con.executemany("INSERT INTO base(rowid, x) VALUES(?,?)",
                    ((i + 1, row.tobytes()) for i, row in enumerate(base)))
    con.commit()
    asked = [row.tobytes() for row in queries]

    def run():
        ask = "SELECT sum(distance) FROM (SELECT distance FROM base WHERE x MATCH ? AND k = 10)"
        return sum(con.execute(ask, (query,)).fetchone()[0] for query in asked)
    return run, None


# ---- the protocol ----------------------------------------------------------------


def peak_kb():
    """Of this program itself: ru_maxrss would remember the one that started it."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    out = os.fdopen(os.dup(1), "w")  # libraries that print must not disturb the answers
    os.dup2(2, 1)
    try:
        peers = (predict_peers, segment_peers, recommend_peers, associate_peers,
                 forecast_peers, worth_peers)
        make = globals().get(sys.argv[1]) or next(getattr(m, sys.argv[1]) for m in peers if hasattr(m, sys.argv[1]))
        run, quality = make(json.loads(sys.argv[2]))
    except (ImportError, sqlite3.OperationalError) as reason:
        print(reason, file=out, flush=True)
        return 77
    print("ready", file=out, flush=True)
    value = None
    for line in sys.stdin:
        if line.strip() != "go":
            break
        used, started = cpu(), time.perf_counter()
        value = run()
        seconds = time.perf_counter() - started
        print(json.dumps({"seconds": seconds, "cpu": cpu() - used, "value": value}), file=out, flush=True)
    peak = peak_kb()
    print(json.dumps({"quality": quality() if quality else value, "peak_kb": peak}), file=out, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
