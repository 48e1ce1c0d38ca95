"""Clusterings beside today's libraries: groups of workloads, as in workloads.py.

At a million rows (the default) the sizes are those at which the libraries are known:
k-prototypes 200,000 x 10, k-medoids 10,000 x 64, a mixture 1,000,000 x 16, DBSCAN 200,000 x 4,
HDBSCAN 100,000 x 10, Ward 20,000, k-means 10,000,000 x 8; --rows scales them all.  Equal
settings, two threads each, and what the answer is worth beside the time: the cost that the
method makes small, or the adjusted Rand index against the groups that the rows were made of
(0 is noise; libraries that find the same labels have the same index).
"""
from workloads import Comparison, columns

MIXED_GROUPS = 6  # of customers (make_data.c)
GAMMA = 1.6  # what a category counts beside squared numbers: half the mean deviation (Huang 1998)
B4, B10, B64, P8 = (f"SELECT id, {columns('x', n)} FROM b WHERE id <= " "{}" for n in (4, 10, 64, 8))
MIXED = f"SELECT id, {columns('x', 5)}, {columns('k', 5)} FROM c WHERE id <= " "{}"
HUGE = ("batch", "clustersizes")  # their tables have ten times --rows; left out of --quick


def size(s, at_a_million):
    return max(500, at_a_million * s.rows // 1_000_000)


def data_plan(s, wanted):
    """name -> (kind, rows, columns), as in run.py; the huge ones only where they are wanted."""
    plan = {"blobs4": ("blobs", size(s, 200_000), 4), "blobs10": ("blobs", size(s, 100_000), 10),
            "blobs64": ("blobs", size(s, 10_000), 64), "customers": ("customers", size(s, 200_000), 5)}
    if "batch" in wanted:
        plan["many"] = ("points", 10 * s.rows, 8)
    if "clustersizes" in wanted:
        plan["crowd"] = ("customers", 10 * s.rows, 5)
    return plan


# ---- what an answer is worth, in SQL; ?1 is the model --------------------------------------


def rand(table, source):
    """The adjusted Rand index of the model's labels and the groups made (Hubert & Arabie 1985)."""
    return f"""WITH t AS MATERIALIZED (SELECT g, prediction AS c, count(*) AS n
                     FROM mine_predict(?1, '{source}') JOIN {table} USING (id) GROUP BY 1, 2),
        sums AS (SELECT (SELECT sum(n) FROM t) AS n, (SELECT sum(n * (n - 1) / 2.0) FROM t) AS both,
                 (SELECT sum(n * (n - 1) / 2.0) FROM (SELECT sum(n) AS n FROM t GROUP BY g)) AS made,
                 (SELECT sum(n * (n - 1) / 2.0) FROM (SELECT sum(n) AS n FROM t GROUP BY c)) AS found),
        chance AS (SELECT *, made * found / (n * (n - 1) / 2.0) AS expected FROM sums)
        SELECT (both - expected) / ((made + found) / 2 - expected) FROM chance"""


def mixed_cost(source):
    """Squared numbers around the means, and GAMMA for each category that is not its cluster's mode."""
    within = " + ".join(f"q{i} - s{i} * s{i} / n" for i in range(5))
    sums = ", ".join(f"sum(x{i}) AS s{i}, sum(x{i} * x{i}) AS q{i}" for i in range(5))
    other = " + ".join(f"""(SELECT sum(n) - sum(most) FROM (SELECT sum(n) AS n, max(n) AS most
        FROM (SELECT l, k{i}, count(*) AS n FROM p GROUP BY 1, 2) GROUP BY l))""" for i in range(5))
    return f"""WITH p AS MATERIALIZED (SELECT prediction AS l, c.* FROM mine_predict(?1, '{source}') JOIN c USING (id))
        SELECT (SELECT sum({within}) FROM (SELECT count(*) AS n, {sums} FROM p GROUP BY l)) + {GAMMA} * ({other})"""


# ---- groups ----------------------------------------------------------------------------------


def kprototypes(s):
    rows = size(s, 200_000)
    source = MIXED.format(rows)
    same = {"db": s.db("customers"), "rows": rows, "k": MIXED_GROUPS, "gamma": GAMMA}
    return [Comparison(f"k-prototypes k={MIXED_GROUPS}, {rows} rows of 5 numbers and 5 categories", [
        s.worker("sqlite-mine", "customers", "fit", "", source, "kprototypes",
                 f"k={MIXED_GROUPS}, gamma={GAMMA}, scale=none, starts=1", mixed_cost(source)),
        s.peer("kmodes", "kmodes_kprototypes", **same)], goals={"kmodes": 20.0}, judge="cost", warm=False)]


def kmedoids(s):
    rows, k = size(s, 10_000), 100
    source = B64.format(rows)
    same = {"db": s.db("blobs64"), "rows": rows, "d": 64, "k": k}
    return [Comparison(f"k-medoids k={k}, {rows} rows of 64 columns", [
        s.worker("sqlite-mine", "blobs64", "fit", "", source, "kmedoids", f"k={k}, scale=none",
                 f"SELECT sum(distance) FROM mine_predict(?1, '{source}')"),
        s.peer("kmedoids", "kmedoids_fasterpam", **same)], goals={"kmedoids": 1.0}, judge="sum of distances")]


def gmm(s):
    rows, k, iterations = s.rows, 10, 20
    same = {"db": s.db("numeric"), "rows": rows, "d": 16, "k": k, "iterations": iterations}
    return [Comparison(f"mixture of {k} with full covariances, {iterations} iterations, {rows} rows of 16 columns", [
        s.worker("sqlite-mine", "numeric", "fit", "", "t", "gmm",
                 f"k={k}, covariance=full, scale=none, starts=1, max_iter={iterations}, tol=0",
                 f"SELECT detail / {rows}.0 FROM mine_summary(?1) WHERE item = 'metric' AND name = 'log_likelihood'"),
        s.peer("scikit-learn", "sklearn_gmm", **same)],
        goals={"scikit-learn": 3.0}, judge="log-likelihood a row", warm=False)]


def dbscan(s):
    rows = size(s, 200_000)
    source = B4.format(rows)
    eps = round(0.5 * (200_000 / rows) ** 0.25, 4)  # as many neighbours at any size
    same = {"db": s.db("blobs4"), "rows": rows, "d": 4, "eps": eps, "min_samples": 10}
    return [Comparison(f"DBSCAN, {rows} rows of 4 columns", [
        s.worker("sqlite-mine", "blobs4", "fit", "", source, "dbscan", f"eps={eps}, min_samples=10, scale=none",
                 rand("b", source)),
        s.peer("scikit-learn", "sklearn_dbscan", **same)], goals={"scikit-learn": 5.0}, judge="adjusted Rand")]


def hdbscan(s):
    rows = size(s, 100_000)
    source = B10.format(rows)
    same = {"db": s.db("blobs10"), "rows": rows, "d": 10, "least": 100, "min_samples": 10}
    return [Comparison(f"HDBSCAN, {rows} rows of 10 columns", [
        s.worker("sqlite-mine", "blobs10", "fit", "", source, "hdbscan",
                 "min_cluster_size=100, min_samples=10, scale=none", rand("b", source)),
        s.peer("fast_hdbscan", "fast_hdbscan_hdbscan", **same),
        s.peer("hdbscan", "hdbscan_hdbscan", **same),
        s.peer("scikit-learn", "sklearn_hdbscan", **same)], goals={"fast_hdbscan": 1.0}, judge="adjusted Rand")]


def agglomerative(s):
    rows = size(s, 20_000)
    source = B10.format(rows)
    same = {"db": s.db("blobs10"), "rows": rows, "d": 10}
    return [Comparison(f"Ward's tree of {rows} rows of 10 columns", [
        s.worker("sqlite-mine", "blobs10", "fit", "", source, "agglomerative", "k=10, linkage=ward, scale=none",
                 "SELECT sum(distance) FROM mine_dendrogram(?1)"),
        s.peer("scipy", "scipy_ward", **same),
        s.peer("fastcluster", "fastcluster_ward", **same)],
        goals={"scipy": 1.0, "fastcluster": 1.0}, judge="sum of heights", warm=False)]


def outliers(s):
    """Ours reads its rows from the table: that is in its time."""
    cases = []
    for algorithm, title, rows, options, peer in (
            ("iforest", "isolation forest of 100 trees", size(s, 100_000), "n_trees=100, reasons=0", "sklearn_iforest"),
            ("lof", "local outlier factor of 20 neighbours", size(s, 20_000), "k=20, scale=none, reasons=0", "sklearn_lof")):
        found = f"mine_outliers('{B4.format(rows)}', 'algorithm={algorithm}, share=1, {options}')"
        cases.append(Comparison(f"outliers by {title}, {rows} rows of 4 columns", [
            s.worker("sqlite-mine", "blobs4", "sql", "", f"SELECT sum(score) FROM {found}",
                     f"SELECT mine_auc(g = 0, score) FROM {found} JOIN b USING (id)"),
            s.peer("scikit-learn", peer, db=s.db("blobs4"), rows=rows, d=4)],
            goals={"scikit-learn": 1.0}, judge="AUC"))
    return cases


def batch(s):
    """A table beside whose rows memory begins to matter: peak memory, and the inertia."""
    rows = 10 * s.rows
    judge = "SELECT sum(distance * distance) FROM mine_predict('temp.m', 'p')"
    train = "SELECT length(mine_train('temp.m', 'kmeans', 'p', 'k=8, scale=none, starts=1{}'))"
    same = {"db": s.db("many"), "d": 8, "k": 8}
    return [Comparison(f"k-means k=8, {rows} rows of 8 columns, from the table", [
        s.worker("sqlite-mine", "many", "sql", "", train.format(""), judge),
        s.worker("sqlite-mine batch=1", "many", "sql", "", train.format(", batch=1"), judge),
        s.peer("scikit-learn, batches", "sklearn_batches", **same),
        s.peer("scikit-learn, all at once", "sklearn_all_at_once", **same)], judge="inertia", warm=False)]


def auto_clusters(s):
    """What one does without it: categories as 0 and 1, k-means of every k, the best silhouette of a sample."""
    rows = size(s, 200_000)
    source = MIXED.format(rows)
    return [Comparison(f"segments of a mixed table, k and noise found, {rows} rows", [
        s.worker("sqlite-mine auto", "customers", "fit", "", source, "auto", "", rand("c", source)),
        s.worker("sqlite-mine kprototypes k=auto", "customers", "fit", "", source, "kprototypes", "k=auto",
                 rand("c", source)),
        s.peer("scikit-learn k-means", "sklearn_choose_k", db=s.db("customers"), rows=rows)],
        judge="adjusted Rand", warm=False)]


def sizes(s):
    """What ten times the rows cost: 10,000 to 10,000,000 at --rows 1000000.

    The quadratic ones stop earlier.  DBSCAN's radius shrinks so that a row has as many neighbours.
    """
    numbers = f"SELECT id, {columns('x', 5)} FROM c WHERE id <= " "{}"
    cases = []
    for algorithm, source, most, options, linear in (
            ("kmeans", numbers, 10 * s.rows, "k=6, starts=1", True),
            ("kprototypes", MIXED, 10 * s.rows, f"k={MIXED_GROUPS}, starts=1", True),
            ("gmm", numbers, 10 * s.rows, "k=6, starts=1, max_iter=20, tol=0", True),
            ("auto", MIXED, 10 * s.rows, "", True),
            ("kmedoids", MIXED, s.rows, "k=6", False),
            ("dbscan", numbers, s.rows, "min_samples=10, scale=none, eps={eps}", False),
            ("hdbscan", numbers, s.rows // 2, "min_cluster_size=100", False),
            ("agglomerative", numbers, s.rows // 20, "k=6", False)):
        steps = [most // 10 ** i for i in range(4) if most // 10 ** i >= 500]
        sides = [s.worker(f"{rows} rows", "crowd", "fit", "", source.format(rows), algorithm,
                          options.format(eps=round(1.5 * (s.rows / 100 / rows) ** 0.2, 4))) for rows in steps]
        goals = {f"{rows} rows": 1.1 * most / rows for rows in steps[1:2]} if linear else {}
        cases.append(Comparison(f"{algorithm}: {' '.join(map(str, reversed(steps)))} rows", sides, "floor", goals,
                                warm=False))
    return cases


GROUPS = {"kprototypes": kprototypes, "kmedoids": kmedoids, "gmm": gmm, "dbscan": dbscan, "hdbscan": hdbscan,
          "agglomerative": agglomerative, "outliers": outliers, "batch": batch, "auto_clusters": auto_clusters,
          "clustersizes": sizes}
