#!/usr/bin/env python3
"""The recommenders ease and als against numpy: EASE by its formula, and ALS by exact half steps.

Of ease every score must be numpy's.  Of als numpy's own run, from other random numbers, must not come to a
loss that is lower by more than a hundredth, and the score of a customer must be that of the exact solution.
"""
import json
import math

from peer import mt, np

checks = mt.Checks(f"ease and als against numpy {np.__version__}")
CUSTOMERS, ITEMS = 400, 60


def make(db, rng):
    taste = rng.integers(0, 4, CUSTOMERS)
    chance = np.where(taste[:, None] == np.arange(ITEMS)[None, :] % 4, 0.3, 0.05)
    x = rng.poisson(chance * 1.5).astype(float)
    x[:, 0] = 1  # nobody without anything
    db.execute("CREATE TABLE taken(customer, item)")
    rows = [(f"c{c}", f"i{i}") for c in range(CUSTOMERS) for i in range(ITEMS) for _ in range(int(x[c, i]))]
    db.executemany("INSERT INTO taken VALUES(?, ?)", rows)
    return x


def scores(db, model):
    out = np.full((CUSTOMERS, ITEMS), math.nan)
    for c, i, s in db.execute(f"SELECT id, item, score FROM mine_recommend('{model}', NULL, 'top={ITEMS}, repeat=allow, because=0')"):
        out[int(c[1:]), int(i[1:])] = s
    return out


def ease(db, x):
    for weights, v in (("binary", (x > 0).astype(float)), ("count", x), ("log", np.log1p(x))):
        for penalty in (0.5, 50):
            db.execute("SELECT mine_train('m', 'ease', 'taken', ?)", (f"lambda={penalty}, weights={weights}",))
            p = np.linalg.inv(v.T @ v + penalty * np.eye(ITEMS))
            b = -p / np.diag(p)
            np.fill_diagonal(b, 0)
            expected, got = v @ b, scores(db, "m")
            worst = np.nanmax(np.abs(got - expected))
            checks.that(worst < 1e-9 and not np.isnan(got).any(), f"ease, {weights}, lambda {penalty}: scores differ by {worst:.1e}")


def half(v, alpha, penalty, other):
    square, out = other.T @ other, np.zeros((len(v), other.shape[1]))
    for r, row in enumerate(v):
        more = alpha * row
        a = square + (other.T * more) @ other + penalty * np.eye(other.shape[1])
        out[r] = np.linalg.solve(a, other.T @ ((1 + more) * (row > 0)))
    return out


def loss(v, alpha, penalty, a, b):
    s = a @ b.T
    return ((1 + alpha * v) * ((v > 0) - s) ** 2).sum() + penalty * ((a ** 2).sum() + (b ** 2).sum())


def als(db, x, rng):
    f, alpha, penalty = 6, 3.0, 2.0
    v = (x > 0).astype(float)
    b = rng.normal(size=(ITEMS, f)) * 0.1
    for _ in range(60):
        a = half(v, alpha, penalty, b)
        b = half(v.T, alpha, penalty, a)
    lowest = loss(v, alpha, penalty, a, b)
    for solver in ("cg", "cholesky"):
        db.execute("SELECT mine_train('m', 'als', 'taken', ?)",
                   (f"factors={f}, alpha={alpha}, regularization={penalty}, regularization_scale=0, iterations=60, solver={solver}",))
        told = db.execute("SELECT detail FROM mine_summary('m') WHERE item = 'fit' AND name = 'loss'").fetchone()[0]
        reached = float(told.split()[-1])
        checks.that(reached < 1.01 * lowest, f"als, {solver}: loss {reached:.1f}, numpy {lowest:.1f}")
        # The items' points out of the model: a customer's scores are those of the exact half step.
        points = find(json.loads(db.execute("SELECT mine_export('m', 'json')").fetchone()[0]), "item_points", ITEMS * f)
        order = [r[0] for r in db.execute("SELECT item FROM taken GROUP BY item ORDER BY min(rowid)")]
        mine = np.zeros((ITEMS, f))
        for n, name in enumerate(order):
            mine[int(name[1:])] = np.array(points, dtype=float).reshape(ITEMS, f)[n]
        worst = np.abs(scores(db, "m") - half(v, alpha, penalty, mine) @ mine.T).max()
        checks.that(worst < 1e-5, f"als, {solver}: scores differ from the exact solution by {worst:.1e}")


def find(node, name, size):
    """The list of that name and size, wherever it stands."""
    if isinstance(node, dict):
        if isinstance(node.get(name), list) and len(node[name]) == size:
            return node[name]
        node = list(node.values())
    for inner in node if isinstance(node, list) else []:
        found = find(inner, name, size) if isinstance(inner, (dict, list)) else None
        if found is not None:
            return found
    return None


def main():
    db, rng = mt.connect(), np.random.default_rng(11)
    x = make(db, rng)
    ease(db, x)
    als(db, x, rng)
    checks.end()


if __name__ == "__main__":
    main()
