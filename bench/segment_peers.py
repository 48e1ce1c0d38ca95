"""Today's libraries for clusters and outliers, at the settings of segmenting.py: functions for peers.py.

Each reads its rows when it sets up (those beyond memory excepted); what is timed is the fit
from the matrix.  The groups that the rows were made of judge the labels, 0 being noise.
"""
import sqlite3

THREADS = 2


def rows_of(a, table="b", prefix="x"):
    """(matrix, groups made) of the first rows."""
    from peers import columns, load
    where = f"WHERE id <= {a['rows']}"
    return (load(a["db"], f"SELECT {columns(prefix, a['d'])} FROM {table} {where}"),
            load(a["db"], f"SELECT g FROM {table} {where}").ravel().astype(int))


def rand(made, labels):
    from sklearn.metrics import adjusted_rand_score
    return float(adjusted_rand_score(made, labels))


def labelled(a, label):
    """A side whose run is label(x), and whose quality is the adjusted Rand index."""
    x, made = rows_of(a)
    found = []

    def run():
        found[:] = [label(x)]
        return int(found[0].max()) + 1
    return run, lambda: rand(made, found[0])


# ---- mixed tables ------------------------------------------------------------------------


def mixed(a):
    """(numbers, categories, groups made)"""
    import numpy as np
    from peers import columns
    con = sqlite3.connect(a["db"])
    where = f"FROM c WHERE id <= {a['rows']}"
    return (np.array(con.execute(f"SELECT {columns('x', 5)} {where}").fetchall()),
            np.array(con.execute(f"SELECT {columns('k', 5)} {where}").fetchall(), dtype=object),
            np.array(con.execute(f"SELECT g {where}").fetchall()).ravel())


def kmodes_kprototypes(a):
    import numpy as np
    from kmodes.kprototypes import KPrototypes
    numbers, categories, _ = mixed(a)
    both, found = np.hstack([numbers.astype(object), categories]), []

    def run():
        model = KPrototypes(a["k"], init="Cao", n_init=1, gamma=a["gamma"], random_state=1)
        found[:] = [model.fit_predict(both, categorical=list(range(5, 10)))]
        return int(model.n_iter_)

    def cost():
        total = 0.0
        for c in range(a["k"]):
            of = found[0] == c
            if of.any():
                total += float(((numbers[of] - numbers[of].mean(0)) ** 2).sum())
                for column in categories[of].T:
                    total += a["gamma"] * float(len(column) - np.unique(column.astype(str), return_counts=True)[1].max())
        return total
    return run, cost


def sklearn_choose_k(a):
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    numbers, categories, made = mixed(a)
    found = []

    def run():
        x = np.hstack([StandardScaler().fit_transform(numbers),
                       OneHotEncoder().fit_transform(categories.astype(str)).toarray() / 2 ** 0.5])
        best = -2.0
        for k in range(2, 11):
            labels = KMeans(k, n_init=1, random_state=1).fit_predict(x)
            score = silhouette_score(x, labels, sample_size=min(10000, len(x)), random_state=1)
            if score > best:
                best, found[:] = score, [labels]
        return int(found[0].max()) + 1
    return run, lambda: rand(made, found[0])


# ---- one method each -------------------------------------------------------------------------


def kmedoids_fasterpam(a):
    """The distances are part of the work: ours begins with the rows, too."""
    import kmedoids
    from sklearn.metrics.pairwise import euclidean_distances
    x, _ = rows_of(a)
    found = []

    def run():
        found[:] = [kmedoids.fasterpam(euclidean_distances(x), a["k"], random_state=1, n_cpu=THREADS)]
        return int(found[0].n_iter)
    return run, lambda: float(found[0].loss)


def sklearn_gmm(a):
    import warnings
    warnings.simplefilter("ignore")
    from peers import columns, load
    from sklearn.mixture import GaussianMixture
    x = load(a["db"], f"SELECT {columns('c', a['d'])} FROM t WHERE id <= {a['rows']}")
    fitted = []

    def run():
        fitted[:] = [GaussianMixture(a["k"], tol=0, max_iter=a["iterations"], random_state=1).fit(x)]
        return int(fitted[0].n_iter_)
    return run, lambda: float(fitted[0].score(x))


def sklearn_dbscan(a):
    from sklearn.cluster import DBSCAN
    return labelled(a, lambda x: DBSCAN(eps=a["eps"], min_samples=a["min_samples"], n_jobs=THREADS).fit_predict(x))


def fast_hdbscan_hdbscan(a):
    """This and the next do not count the row itself."""
    import fast_hdbscan
    return labelled(a, lambda x: fast_hdbscan.HDBSCAN(min_cluster_size=a["least"],
                                                      min_samples=a["min_samples"] - 1).fit_predict(x))


def hdbscan_hdbscan(a):
    import warnings
    warnings.simplefilter("ignore")
    import hdbscan
    return labelled(a, lambda x: hdbscan.HDBSCAN(min_cluster_size=a["least"], min_samples=a["min_samples"] - 1,
                                                 core_dist_n_jobs=THREADS).fit_predict(x))


def sklearn_hdbscan(a):
    import warnings
    warnings.simplefilter("ignore")
    from sklearn.cluster import HDBSCAN
    return labelled(a, lambda x: HDBSCAN(min_cluster_size=a["least"], min_samples=a["min_samples"],
                                         n_jobs=THREADS).fit_predict(x))


def tree_side(a, link):
    x, _ = rows_of(a)
    found = []

    def run():
        found[:] = [link(x)]
        return len(found[0])
    return run, lambda: float(found[0][:, 2].sum())


def scipy_ward(a):
    from scipy.cluster.hierarchy import ward
    return tree_side(a, ward)


def fastcluster_ward(a):
    import fastcluster
    return tree_side(a, lambda x: fastcluster.linkage_vector(x, "ward"))


# ---- outliers ----------------------------------------------------------------------------------


def outlier_side(a, score):
    from sklearn.metrics import roc_auc_score
    x, made = rows_of(a)
    found = []

    def run():
        found[:] = [score(x)]
        return float(found[0].sum())
    return run, lambda: float(roc_auc_score(made == 0, found[0]))


def sklearn_iforest(a):
    from sklearn.ensemble import IsolationForest
    return outlier_side(a, lambda x: -IsolationForest(n_estimators=100, n_jobs=THREADS, random_state=1).fit(x).score_samples(x))


def sklearn_lof(a):
    from sklearn.neighbors import LocalOutlierFactor
    return outlier_side(a, lambda x: -LocalOutlierFactor(20, n_jobs=THREADS).fit(x).negative_outlier_factor_)


# ---- more rows than memory -----------------------------------------------------------------------

PIECE = 100_000  # rows


def pieces(a):
    import numpy as np
    from peers import columns
    cursor = sqlite3.connect(a["db"]).execute(f"SELECT {columns('x', a['d'])} FROM p")
    while True:
        rows = cursor.fetchmany(PIECE)
        if not rows:
            return
        yield np.array(rows)


def read_inertia(a, fitted):
    import numpy as np
    total = 0.0
    for part in pieces(a):
        total += float(np.square(fitted[0].transform(part).min(1)).sum())
    return total


def sklearn_batches(a):
    from sklearn.cluster import MiniBatchKMeans
    fitted = []

    def run():
        model = MiniBatchKMeans(a["k"], n_init=1, random_state=1)
        for part in pieces(a):
            model.partial_fit(part)
        fitted[:] = [model]
        return int(model.n_steps_)
    return run, lambda: read_inertia(a, fitted)


def sklearn_all_at_once(a):
    from peers import columns, load
    from sklearn.cluster import KMeans
    fitted = []

    def run():
        x = load(a["db"], f"SELECT {columns('x', a['d'])} FROM p")
        fitted[:] = [KMeans(a["k"], n_init=1, random_state=1).fit(x)]
        return int(fitted[0].n_iter_)
    return run, lambda: read_inertia(a, fitted)
