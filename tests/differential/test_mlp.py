#!/usr/bin/env python3
"""Networks against scikit-learn's MLPClassifier and MLPRegressor.

Forward: our weights, as mine_coefficients lists them, in its network must give our answers to rounding.
Learning: with equal settings (layers, Adam, rate, batches, epochs, no penalty) both must come to the same
loss, up to what another seed changes.
"""
import warnings

from peer import mt, np, VERSION
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.simplefilter("ignore", ConvergenceWarning)
checks = mt.Checks(f"networks against scikit-learn {VERSION}")
N, FEW, MANY = 1500, 4, 40
BEND = 3


def make(db, rng):
    x = np.column_stack([rng.normal(5, 2, N), rng.exponential(100, N), rng.normal(size=N)])
    few, many = rng.integers(0, FEW, N), rng.integers(0, MANY, N)
    signal = (x[:, 0] - 5) * x[:, 2] / 2 + np.log1p(x[:, 1] / 100) * np.array([1, -1, 2, 0])[few] + rng.normal(size=MANY)[many]
    two = np.where(signal + rng.logistic(size=N) > 0.5, "yes", "no")
    three = np.array(["high", "low", "mid"])[np.where(signal > 1.5, 0, np.where(signal < 0, 1, 2))]
    number = 300 + 40 * signal + 10 * rng.normal(size=N)
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x0, x1, x2, few, many, two, three, number)")
    db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?)",
                   [(i + 1, *map(float, x[i]), f"f{few[i]}", f"m{many[i]}", str(two[i]), str(three[i]), float(number[i])) for i in range(N)])
    return x, few, many, {"two": two, "three": three, "number": number}


def bent(x):
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return z / np.sqrt(1 + (z / BEND) ** 2)


def train(db, target, columns, options):
    task = "regression" if target == "number" else "classification"
    source = f"SELECT id, {columns}, {target} FROM t"
    db.execute("SELECT mine_train('m', 'mlp', ?, ?)", (source, f"target={target}, task={task}, id=id, holdout=0, networks=1, {options}"))
    if target == "number":
        return np.array([r[0] for r in db.execute("SELECT prediction FROM mine_predict('m', 't') ORDER BY id")])
    p = np.array([r[0] for r in db.execute("SELECT probability FROM mine_probabilities('m', 't') ORDER BY id, class")])
    return p.reshape(N, -1)


def network(x, y, hidden, **settings):
    kind = MLPRegressor if y.dtype.kind == "f" else MLPClassifier
    return kind(hidden, alpha=0, random_state=1, n_iter_no_change=10 ** 6, tol=0, **settings).fit(x, y)


def answers(peer, x):
    return peer.predict(x) if isinstance(peer, MLPRegressor) else peer.predict_proba(x)


def forward(db, data):
    x, few, many, targets = data
    for target, activation in (("two", "relu"), ("three", "tanh"), ("number", "relu")):
        y, hidden = targets[target], (7, 5)
        got = train(db, target, "x0, x1, x2, few, many", f"hidden=7|5, activation={activation}, epochs=3, batch_size=32, learning_rate=0.01")
        w = dict(db.execute("SELECT name, value FROM mine_coefficients('m')"))
        inputs = sum(name.startswith("1 h1.1 <- many.") for name in w)
        own = np.array([[w[f"1 many=m{m}.{j + 1}"] for j in range(inputs)] for m in range(MANY)])
        rows = np.column_stack([bent(x), own[many], np.eye(FEW)[few]])
        names = ["x0", "x1", "x2", *(f"many.{j + 1}" for j in range(inputs)), *(f"few=f{j}" for j in range(FEW))]
        outs = ["high", "low", "mid"] if target == "three" else ["out"]
        peer = network(rows, y if target != "number" else (y - y.mean()) / y.std(), hidden, activation=activation, max_iter=1)
        layers = [names, [f"h1.{u + 1}" for u in range(7)], [f"h2.{u + 1}" for u in range(5)], outs]
        peer.coefs_ = [np.array([[w[f"1 {u} <- {i}"] for u in b] for i in a]) for a, b in zip(layers, layers[1:])]
        peer.intercepts_ = [np.array([w[f"1 {u}"] for u in b]) for b in layers[1:]]
        wanted = answers(peer, rows)
        if target == "number":
            wanted = y.mean() + y.std() * wanted
        worst = np.max(np.abs(got - wanted) / np.maximum(1, np.abs(wanted)))
        checks.that(worst < 1e-12, f"{target}, {activation}: our weights give our answers in its network", worst)
        listed = sum((len(a) + 1) * len(b) for a, b in zip(layers, layers[1:])) + 2 * 7 + (MANY + 2) * inputs
        checks.equal(len(w), listed, f"{target}: every weight is listed")


def learning(db, data):
    x, few, _, targets = data
    rows = np.column_stack([bent(x), np.eye(FEW)[few]])
    options = "hidden=32|16, epochs=40, batch_size=50, learning_rate=0.002, weight_decay=0, dropout=0"
    for target in ("two", "three", "number"):
        y = targets[target]
        z = (y - y.mean()) / y.std() if target == "number" else y
        peer = network(rows, z, (32, 16), batch_size=50, learning_rate_init=0.002, max_iter=40)
        got, wanted = train(db, target, "x0, x1, x2, few", options), answers(peer, rows)
        if target == "number":
            got, wanted = (np.mean((z - p) ** 2) for p in ((got - y.mean()) / y.std(), wanted))
        else:
            got, wanted = log_loss(y, got), log_loss(y, wanted)
        checks.that(abs(got - wanted) <= 0.05 * wanted + 0.01, f"{target}: loss after 40 epochs", f"{got:.4f} against {wanted:.4f}")


def main():
    db = mt.connect()
    data = make(db, np.random.default_rng(3))
    forward(db, data)
    learning(db, data)
    checks.end()


if __name__ == "__main__":
    main()
