"""Recommenders in numpy, scipy and implicit, at the settings of recommending.py: functions for peers.py.

Each reads its events when it sets up; what is timed is the fit, of TIFU-KNN the offers, too.
"""
import sqlite3

THREADS = 2


def taken(path):
    """Customers x items, each pair once."""
    import numpy as np
    from scipy.sparse import csr_matrix
    con = sqlite3.connect(path)
    pairs = np.array(con.execute("SELECT DISTINCT customer, item FROM e").fetchall(), dtype=np.int64)
    _, customer = np.unique(pairs[:, 0], return_inverse=True)
    _, item = np.unique(pairs[:, 1], return_inverse=True)
    return csr_matrix((np.ones(len(pairs)), (customer, item)))


def numpy_ease(a):
    """Steck 2019, as in the paper's listing."""
    import numpy as np
    x = taken(a["db"])
    best = []

    def run():
        g = (x.T @ x).toarray()
        g[np.diag_indices(len(g))] += a["penalty"]
        p = np.linalg.inv(g)
        b = p / -np.diag(p)
        b[np.diag_indices(len(b))] = 0
        best[:] = [float(np.maximum(b.max(axis=1), 0).sum())]
        return len(b)
    return run, lambda: best[0]


def implicit_als(a):
    """Its confidence is ours: 1 + alpha of what was taken, 1 of the rest."""
    import os
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as it asks for
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    x = taken(a["db"]).astype(np.float32)
    x.data[:] = 1 + a["alpha"]
    fitted = []

    def run():
        fitted[:] = [AlternatingLeastSquares(factors=a["factors"], regularization=a["penalty"], alpha=1.0,
                                             iterations=a["turns"], num_threads=THREADS, random_state=1)]
        fitted[0].fit(x, show_progress=False)
        return a["turns"]

    def loss():
        u, v = fitted[0].user_factors.astype(float), fitted[0].item_factors.astype(float)
        total = float(((u.T @ u) * (v.T @ v)).sum()) + a["penalty"] * float((u ** 2).sum() + (v ** 2).sum())
        rows = x.tocoo()
        for at in range(0, len(rows.data), 500_000):
            some = slice(at, at + 500_000)
            s = np.einsum("ij,ij->i", u[rows.row[some]], v[rows.col[some]])
            total += float(((1 + a["alpha"]) * (1 - s) ** 2 - s ** 2).sum())
        return total
    return run, loss


def numpy_tifu(a):
    """Hu et al. 2020 at the settings published for Ta-Feng: 300 neighbours, 7 groups, .9, .7, .7."""
    import numpy as np
    from scipy.sparse import csr_matrix
    con = sqlite3.connect(a["db"])
    rows = np.array(con.execute("SELECT DISTINCT c, b, i FROM t ORDER BY c, b").fetchall(), dtype=np.int64)
    future = {}
    for c, i in con.execute("SELECT c, i FROM future"):
        future.setdefault(c, set()).add(i)
    offers = {}

    def vectors(customers, items):
        who, first = np.unique(rows[:, 0], return_index=True)
        weight = np.empty(len(rows))
        for c, lo, hi in zip(range(len(who)), first, [*first[1:], len(rows)]):
            _, basket = np.unique(rows[lo:hi, 1], return_inverse=True)
            n = basket[-1] + 1
            m = min(7, n)
            least, extra = divmod(n, m)
            sizes = [least] * (m - extra) + [least + 1] * extra
            of = np.concatenate([.9 ** np.arange(k - 1, -1, -1.0) / k * .7 ** (m - 1 - g) / m for g, k in enumerate(sizes)])
            weight[lo:hi] = of[basket]
        return csr_matrix((weight, (np.searchsorted(customers, rows[:, 0]), np.searchsorted(items, rows[:, 2]))))

    def run():
        customers, items = np.unique(rows[:, 0]), np.unique(rows[:, 2])
        v = vectors(customers, items)
        norm = np.asarray(v.multiply(v).sum(1)).ravel()
        for lo in range(0, len(customers), 500):
            some = v[lo:lo + 500]
            far = norm[None, :] - 2 * (some @ v.T).toarray()
            far[np.arange(some.shape[0]), lo + np.arange(some.shape[0])] = np.inf
            near = np.argpartition(far, 300, axis=1)[:, :300]
            mean = csr_matrix((np.full(near.size, .3 / 300), near.ravel(), np.arange(0, near.size + 1, 300)),
                              shape=(some.shape[0], v.shape[0])) @ v
            score = (.7 * some + mean).toarray()
            top = np.argpartition(-score, 10, axis=1)[:, :10]
            for c, of in zip(customers[lo:lo + 500], items[top]):
                offers[c] = of
        return len(customers)

    return run, lambda: sum(len(future[c] & set(of.tolist())) for c, of in offers.items()) / len(future)
