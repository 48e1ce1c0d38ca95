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

# name, algorithm, what is learned, options; event: the column behind it, of which "yes" says that it came
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
    ("cox", "cox", "count", "event=two"),
    ("weibull", "weibull", "y", "event=two"),
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
    for name, algorithm, target, options in MODELS:
        said = ", ".join(filter(None, ["id=id, categorical=grade", f"target={target}" if target else "", options,
                                       "seed=3" if algorithm != "bayes" else ""]))
        learned = f", {target}" if target else ""
        among = "id <= 1200"
        if options == "event=two":
            learned, said, among = f", {target}, two", said + ", event_value=yes", f"id <= 1200 AND {target} > 0"
        try:
            db.execute("SELECT mine_train(?, ?, ?, ?)",
                       (name, algorithm, f"SELECT id, x, z, kind, odd, grade{learned} FROM t WHERE {among}", said))
            yield name, target, SELECT
        except Exception as error:
            checks.that(False, f"{name} is made", str(error))


def peers_first():
    """Their libraries before the system's."""
    for folder in PEERS.glob("lib/python*/site-packages"):
        sys.path.insert(0, str(folder))


LONG = "MINE_LONG" in os.environ  # every kind on all rows of telco and adult (tools/long_checks.sh exports)

# name, algorithm, what it learns: the classes, the number or nothing, options; every day the first two
REAL = [
    ("boost", "boost", "classes", "n_trees=60"),
    ("logistic", "logistic", "classes", "l2=1"),
    ("tree", "tree", "classes", "max_depth=8"),
    ("forest", "forest", "classes", "n_trees=20, max_depth=10"),
    ("extra", "extra_trees", "classes", "n_trees=20, max_depth=10"),
    ("bayes", "bayes", "classes", ""),
    ("scorecard", "logistic", "classes", "transform=woe"),
    ("mlp", "mlp", "classes", "hidden=8|4, epochs=3"),
    ("isotonic", "tree", "classes", "max_depth=6, calibrate=isotonic"),
    ("auto", "auto", "classes", "portfolio=tree|logistic|bayes"),
    ("boost_number", "boost", "number", "n_trees=40"),
    ("forest_number", "forest", "number", "n_trees=10, max_depth=10"),
    ("linear", "linear", "number", ""),
    ("cox", "cox", "number", "event={classes}, event_value={yes}"),
    ("weibull", "weibull", "number", "event={classes}, event_value={yes}"),
    ("kmeans", "kmeans", None, "k=5"),
    ("kprototypes", "kprototypes", None, "k=5, gamma=2"),
    ("kmedoids", "kmedoids", None, "k=5"),
    ("gmm", "gmm", None, "k=3, covariance=diagonal"),
]


def train_real(db, checks):
    """Models of telco and adult, where they are: (name, target, SELECT of the attributes behind an id)."""
    if not (mt.DATA / "adult_train.csv").exists() or not (mt.DATA / "telco_customer_churn.csv").exists():
        print(f"skipped: telco and adult are not in MINE_DATA ({mt.DATA})")
        return
    datasets.load_adult(db)
    names = datasets.load_csv(db, "telco", "telco_customer_churn.csv")
    for table, key, roles, columns in (
            ("telco", "customerID", {"classes": "Churn", "yes": "Yes", "number": "MonthlyCharges"}, names),
            ("adult_train", "id", {"classes": "income", "yes": ">50K", "number": "hours_per_week"}, ["id", *datasets.ADULT])):
        numbers = {"tenure", "MonthlyCharges", "TotalCharges", "age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"}
        typed = ", ".join(f"CAST(nullif(trim({c}), '') AS REAL) AS {c}" if c in numbers else c for c in columns if c != key)
        db.execute(f"CREATE TABLE {table}_all AS SELECT rowid AS id, {typed} FROM {table}")
        for name, algorithm, learns, options in REAL if LONG else REAL[:2]:
            name, target = f"{table}_{name}", roles.get(learns)
            apart = {roles["classes"]} | ({target} if target else set())
            inputs = ", ".join(c for c in columns if c not in apart | {key})
            learned = "".join(f", {c}" for c in apart if target and (c == target or "event" in options))
            said = [f"id=id, {'holdout=0, ' if learns == 'classes' else ''}", f"target={target}, " if target else "",
                    "seed=1, " if algorithm != "bayes" else "", options.format(**roles)]
            try:
                db.execute("SELECT mine_train(?, ?, ?, ?)",
                           (name, algorithm, f"SELECT id, {inputs}{learned} FROM {table}_all", "".join(said).strip(", ")))
                yield name, target, f"SELECT id, {inputs} FROM {table}_all"
            except Exception as error:
                checks.that(False, f"{name} is made", str(error))


NUMBERS = ("y", "count", "MonthlyCharges", "hours_per_week")  # targets that are numbers
SELECT = "SELECT id, x, z, kind, odd, grade FROM t"


def ours(db, name, target, source=SELECT):
    """prediction (and distance) or prediction and the probabilities, row by row."""
    if target is None:
        return [(str(g), d) for g, d in db.execute("SELECT prediction, distance FROM mine_predict(?, ?) ORDER BY id", (name, source))]
    said = [(p,) for p, in db.execute("SELECT prediction FROM mine_predict(?, ?) ORDER BY id", (name, source))]
    if target in NUMBERS:
        return said
    shares = {}
    for i, share in db.execute("SELECT id, probability FROM mine_probabilities(?, ?) ORDER BY id, class", (name, source)):
        shares.setdefault(i, []).append(share)
    return [s + tuple(shares[i]) for i, s in enumerate(said, 1)]
