"""Models that leave, for the tests that run them elsewhere: every kind, on odd levels and gaps.

The libraries of others lie in MINE_PEERS (build/peers), a virtual environment.
"""
import math
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import datasets
import minetest as mt

mt.preload_self()

PEERS = pathlib.Path(os.environ.get("MINE_PEERS") or mt.ROOT / "build" / "peers")
ODD = ["plain", "it's \"quoted\"", "<tag> & ?> ]]>", "北京", "back\\slash", "two  spaces ", "line\nbreak", "tab\tbed"]

# name, algorithm, what is learned, options
MODELS = [
    ("tree", "tree", "two", "max_depth=6"),
    ("tree_many", "tree", "three", "max_depth=6"),
    ("tree_whole", "tree", "whole", "max_depth=5, task=classification"),
    ("tree_number", "tree", "y", "max_depth=6"),
    ("tree_cut", "tree", "two", "max_depth=5, threshold=0.3"),
    ("tree_platt", "tree", "two", "max_depth=5, calibrate=platt"),
    ("tree_isotonic", "tree", "three", "max_depth=5, calibrate=isotonic"),
    ("forest", "forest", "two", "n_trees=20"),
    ("forest_number", "forest", "y", "n_trees=20"),
    ("extra", "extra_trees", "three", "n_trees=20"),
    ("boost", "boost", "two", "n_trees=30"),
    ("boost_many", "boost", "three", "n_trees=15"),
    ("boost_number", "boost", "y", "n_trees=30"),
    ("boost_count", "boost", "count", "n_trees=20, objective=poisson"),
    ("linear", "linear", "y", ""),
    ("linear_count", "linear", "count", "family=poisson"),
    ("logistic", "logistic", "two", ""),
    ("logistic_many", "logistic", "three", ""),
    ("scorecard", "logistic", "two", "transform=woe"),
    ("bayes", "bayes", "two", ""),
    ("bayes_many", "bayes", "three", ""),
    ("mlp", "mlp", "two", "hidden=8|4, epochs=8"),
    ("mlp_many", "mlp", "three", "hidden=6, epochs=8, networks=2"),
    ("mlp_number", "mlp", "y", "hidden=8, epochs=8, activation=tanh"),
    ("auto", "auto", "two", "portfolio=tree|logistic|forest, max_seconds=20"),
    ("kmeans", "kmeans", None, "k=4"),
    ("kmeans_log", "kmeans", None, "k=3, scale=log"),
    ("kprototypes", "kprototypes", None, "k=4, gamma=2"),
    ("kmedoids", "kmedoids", None, "k=4"),
    ("kmedoids_sums", "kmedoids", None, "k=4, metric=manhattan"),
    ("kmeans_rank", "kmeans", None, "k=3, scale=quantile"),
    ("gmm", "gmm", None, "k=3"),
    ("gmm_tied", "gmm", None, "k=3, covariance=tied, scale=log"),
    ("gmm_round", "gmm", None, "k=4, covariance=spherical"),
]


def rows(n, seed):
    """id, numbers with gaps, levels plain and odd, whole numbers as levels; what is learned."""
    rng = random.Random(seed)
    for i in range(n):
        x = None if rng.random() < 0.1 else round(rng.gauss(0, 3), rng.choice([0, 1, 6]))
        z = rng.expovariate(0.1)
        kind = None if rng.random() < 0.05 else rng.choice(["red", "green", "blue", "late" if i > n * 0.9 else "red"])
        odd = rng.choice(ODD)
        grade = rng.choice([1, 2, 3, 10])
        signal = (x or 0.5) + {"red": 2, "green": -1, "blue": 0}.get(kind, 1) + ODD.index(odd) * 0.4 + math.log(z + 1) + grade % 3
        signal += rng.gauss(0, 1.5)
        three = ["low", "it's & high", "mid"][0 if signal < 2 else 2 if signal < 6 else 1]
        yield (i + 1, x, z, kind, odd, grade, "yes" if signal > 4 else "no", three, int(signal > 3) + int(signal > 8),
               signal * 1.7, max(0, int(signal)))


def train(db, checks):
    """t(id, x, z, kind, odd, grade, ...) and a model of each kind by its name; which were made."""
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL, z REAL, kind TEXT, odd TEXT, grade INTEGER, two, three, whole, y, count)")
    db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?,?,?)", rows(1500, 11))
    source = "SELECT id, x, z, kind, odd, grade{} FROM t WHERE id <= 1200"
    for name, algorithm, target, options in MODELS:
        said = ", ".join(filter(None, ["id=id, categorical=grade", f"target={target}" if target else "", options,
                                       "seed=3" if algorithm != "bayes" else ""]))
        try:
            db.execute("SELECT mine_train(?, ?, ?, ?)",
                       (name, algorithm, source.format(f", {target}" if target else ""), said))
            yield name, target, SELECT
        except Exception as error:
            checks.that(False, f"{name} is made", str(error))


def peers_first():
    """Their libraries before the system's."""
    for folder in PEERS.glob("lib/python*/site-packages"):
        sys.path.insert(0, str(folder))


def train_real(db, checks):
    """Models of telco and adult, where they are: (name, target, SELECT of the attributes behind an id)."""
    if not (mt.DATA / "adult_train.csv").exists() or not (mt.DATA / "telco_customer_churn.csv").exists():
        print(f"skipped: telco and adult are not in MINE_DATA ({mt.DATA})")
        return
    datasets.load_adult(db)
    names = datasets.load_csv(db, "telco", "telco_customer_churn.csv")
    for table, key, target, columns in (("telco", "customerID", "Churn", names), ("adult_train", "id", "income", ["id", *datasets.ADULT])):
        numbers = {"tenure", "MonthlyCharges", "TotalCharges", "age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"}
        inputs = [c for c in columns if c not in (key, target)]
        typed = ", ".join(f"CAST(nullif(trim({c}), '') AS REAL) AS {c}" if c in numbers else c for c in inputs)
        db.execute(f"CREATE TABLE {table}_all AS SELECT rowid AS id, {typed}, {target} FROM {table}")
        for algorithm, options in (("boost", "n_trees=60"), ("logistic", "l2=1")):
            name = f"{table}_{algorithm}"
            try:
                db.execute("SELECT mine_train(?, ?, ?, ?)", (name, algorithm, f"{table}_all", f"id=id, target={target}, holdout=0, seed=1, {options}"))
                yield name, target, f"SELECT id, {', '.join(inputs)} FROM {table}_all"
            except Exception as error:
                checks.that(False, f"{name} is made", str(error))


SELECT = "SELECT id, x, z, kind, odd, grade FROM t"


def ours(db, name, target, source=SELECT):
    """prediction (and distance) or prediction and the probabilities, row by row."""
    if target is None:
        return [(str(g), d) for g, d in db.execute("SELECT prediction, distance FROM mine_predict(?, ?) ORDER BY id", (name, source))]
    said = [(p,) for p, in db.execute("SELECT prediction FROM mine_predict(?, ?) ORDER BY id", (name, source))]
    if target in ("y", "count"):
        return said
    shares = {}
    for i, share in db.execute("SELECT id, probability FROM mine_probabilities(?, ?) ORDER BY id, class", (name, source)):
        shares.setdefault(i, []).append(share)
    return [s + tuple(shares[i]) for i, s in enumerate(said, 1)]
