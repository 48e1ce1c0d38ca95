"""What the tests of exported models share: tables, models, what mine_predict says of every row."""
import csv
import json
import os
import pathlib
import random
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402


def number(text):
    """A cell of a CSV file as SQLite's .import with a typed table would have it."""
    text = text.strip()
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None if text in ("", "?") else text


def read(name, header=None, columns=None, limit=None):
    """(columns, rows) of a data set, the rows numbered from 1; None where it is not there."""
    path = mt.DATA / name
    if not path.exists():
        return None
    with open(path, newline="", encoding="utf-8") as file:
        lines = [row for row in csv.reader(file) if row]
    names = header or lines[0]
    lines = lines if header else lines[1:]
    keep = [i for i, n in enumerate(names) if not columns or n in columns]
    rows = [(i + 1, *(number(line[k]) for k in keep)) for i, line in enumerate(lines[:limit])]
    return ["id", *(names[k] for k in keep)], rows


def made(n=600, seed=5):
    """Customers with Chinese levels, odd names, quotes, line ends, texts that are numbers, gaps."""
    rng, mailing = random.Random(seed), random.Random(seed + 1)
    regions = ["华东", "华南", "西北 -- 部", "o'hara", 'say "x"', "a\nb", "back\\slash", "?>", "*/"]
    rows = []
    for i in range(n):
        age = rng.randrange(18, 80)
        spend = round(rng.lognormvariate(4, 1), 2)
        region, plan = rng.choice(regions), rng.choice(["金卡", "银卡", "普通"])
        visits = str(rng.randrange(0, 30)) if rng.random() < 0.9 else ""
        score = (age - 45) / 15 + (region in regions[:3]) - (plan == "金卡") + rng.gauss(0, 1)
        churned = "是" if score > 0.3 else "否"
        tier = ["高", "中", "低"][0 if score > 1 else 1 if score > -0.5 else 2]
        rows.append((i + 1, None if rng.random() < 0.1 else age, spend, None if rng.random() < 0.05 else region, plan, visits,
                     rng.choice([1, 2, 3]), f"2024-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}", churned, tier,
                     round(spend * 2 + age + 30 * (plan == "金卡") + rng.gauss(0, 5), 3),
                     int(mailing.random() < (0.7 if churned == "是" and age < 50 else 0.4))))
    names = ["id", "年龄", 'it\'s "spend"', "a b", "select", "visits", "code", "since", "流失", "tier", "amount", "mailed"]
    return names, rows


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def create(db, table, names, rows):
    """Columns without a type: every cell stays as it is."""
    db.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
    db.execute(f"CREATE TABLE {quoted(table)}({', '.join(quoted(n) for n in names)})")
    db.executemany(f"INSERT INTO {quoted(table)} VALUES({', '.join('?' * len(names))})", rows)


def spoilt(names, rows, targets, seed=9):
    """Rows to score that differ from those of training: gaps and levels never seen."""
    rng = random.Random(seed)
    out = []
    for row in rows:
        cells = list(row)
        for k in range(1, len(cells)):
            if names[k] in targets:
                cells[k] = None
            elif rng.random() < 0.05:
                cells[k] = None
            elif isinstance(cells[k], str) and not cells[k][:1].isdigit() and cells[k] and rng.random() < 0.05:
                cells[k] = "never seen"
        out.append(tuple(cells))
    return out


def close(a, b, tolerance=1e-9):
    if a is None or b is None:
        return a is b
    return a == b or abs(a - b) <= tolerance * (1 + abs(b))


def expected(db, model, source):
    """id -> (prediction, probability, confidence, distance)"""
    return {row[0]: row[1:] for row in db.execute(
        "SELECT id, prediction, probability, confidence, distance FROM mine_predict(?, ?, 'unknown=auto')", (model, source))}


def tied(db, model, source):
    """Ids of rows whose two likeliest classes are as likely but for rounding."""
    best = {}
    try:
        for ident, p in db.execute("SELECT id, probability FROM mine_probabilities(?, ?, 'unknown=auto')", (model, source)):
            best.setdefault(ident, []).append(p)
    except sqlite3.OperationalError:
        return set()
    out = set()
    for ident, shares in best.items():
        shares = sorted((s for s in shares if s is not None), reverse=True)
        if len(shares) > 1 and shares[0] - shares[1] < 1e-9:
            out.add(ident)
    return out


def differences(names, rows, want, ties):
    """Rows of an exported SELECT that say something else: (id, column, theirs, ours)."""
    columns = {"prediction": 0, "probability": 1, "confidence": 2, "distance": 3}
    out = []
    for row in rows:
        ident = row[0]
        if ident not in want:
            out.append((ident, "id", None, None))
            continue
        for name, value in zip(names[1:], row[1:]):
            if name not in columns:
                continue
            ours = want[ident][columns[name]]
            if name == "prediction" and ident in ties:
                continue
            good = value == ours if isinstance(ours, str) or isinstance(value, str) else close(value, ours)
            if not good:
                out.append((ident, name, value, ours))
    if len(rows) != len(want):
        out.append(("rows", None, len(rows), len(want)))
    return out


# (name, algorithm, target, options); a target that the table has not: the model is left out.
MODELS = [
    ("tree", "tree", "two", {"max_depth": 6}),
    ("tree of many", "tree", "many", {"max_depth": 6}),
    ("tree of numbers", "tree", "number", {"max_depth": 6}),
    ("forest", "forest", "two", {"n_trees": 30}),
    ("forest of many", "forest", "many", {"n_trees": 20, "max_depth": 8}),
    ("extra trees", "extra_trees", "number", {"n_trees": 20, "max_depth": 8}),
    ("boost", "boost", "two", {"n_trees": 60}),
    ("boost of many", "boost", "many", {"n_trees": 30}),
    ("boost of numbers", "boost", "number", {"n_trees": 60}),
    ("boost that skips", "boost", "two", {"n_trees": 20, "missing": "skip"}),
    ("linear", "linear", "number", {}),
    ("logistic", "logistic", "two", {}),
    ("logistic of many", "logistic", "many", {}),
    ("scorecard", "logistic", "two", {"transform": "woe"}),
    ("bayes", "bayes", "two", {}),
    ("bayes of many", "bayes", "many", {}),
    ("isotonic", "bayes", "two", {"calibrate": "isotonic"}),
    ("platt of many", "forest", "many", {"n_trees": 10, "max_depth": 6, "calibrate": "platt"}),
    ("threshold", "boost", "two", {"n_trees": 20, "threshold": 0.3}),
    ("mlp", "mlp", "two", {"hidden": [8, 4], "epochs": 5}),
    ("mlp of numbers", "mlp", "number", {"hidden": [8], "epochs": 5, "activation": "tanh"}),
    ("kmeans", "kmeans", None, {"k": 5}),
    ("kmeans by logs", "kmeans", None, {"k": 4, "scale": "log"}),
    ("kprototypes", "kprototypes", None, {"k": 5, "gamma": 2}),
    ("kmedoids", "kmedoids", None, {"k": 5}),
    ("kmedoids by sums", "kmedoids", None, {"k": 4, "metric": "manhattan"}),
    ("kmedoids by gower", "kmedoids", None, {"k": 4, "metric": "gower"}),
    ("kmedoids by angles", "kmedoids", None, {"k": 3, "metric": "cosine"}),
    ("kmeans by ranks", "kmeans", None, {"k": 4, "scale": "quantile"}),
    ("gmm", "gmm", None, {"k": 3}),
    ("gmm of one covariance", "gmm", None, {"k": 3, "covariance": "tied", "scale": "log"}),
    ("gmm of columns", "gmm", None, {"k": 4, "covariance": "diagonal"}),
    ("clusters and noise", "auto", None, {}),
    ("mixtures in groups", "gmm", None, {"k": 2, "group": "group"}),
    ("groups", "tree", "two", {"group": "group", "max_depth": 4}),
    ("clusters in groups", "kmeans", None, {"k": 3, "group": "group"}),
    ("cox", "cox", "number", {"event": "two", "event_value": "yes"}),
    ("weibull", "weibull", "number", {"event": "two", "event_value": "yes"}),
    ("uplift", "uplift", "two", {"treatment": "treated"}),
    ("mean of models", "auto", "two", {"portfolio": ["tree", "bayes", "boost_small", "logistic"]}),
    ("codes as levels", "tree", "two", {"categorical": "code", "max_depth": 6}),
    ("codes as levels, many trees", "forest", "many", {"categorical": "code", "n_trees": 40, "max_depth": 8}),
]

ADULT = ["age", "workclass", "fnlwgt", "education", "education_num", "marital", "occupation", "relationship", "race", "sex",
         "gain", "loss", "hours", "country", "income"]
TELCO = ["gender", "SeniorCitizen", "Partner", "tenure", "PhoneService", "InternetService", "OnlineSecurity", "TechSupport",
         "Contract", "PaymentMethod", "MonthlyCharges", "TotalCharges", "Churn"]

# name -> (rows, roles)
LONG = "MINE_LONG" in os.environ  # all tables (tools/long_checks.sh exports); else the made one
DAILY = "made"

TABLES = {
    "made": (made, {"code": "code", "yes": "是", "two": "流失", "many": "tier", "number": "amount", "group": "select", "treated": "mailed"}),
    "telco": (lambda: read("telco_customer_churn.csv", columns=TELCO),
              {"code": "SeniorCitizen", "treated": "SeniorCitizen", "yes": "Yes", "two": "Churn", "many": "Contract", "number": "MonthlyCharges", "group": "PaymentMethod"}),
    "adult": (lambda: read("adult_train.csv", header=ADULT),
              {"yes": ">50K", "two": "income", "many": "marital", "number": "hours", "group": "race", "code": "education_num"}),
}


OF_THE_TABLE = ("group", "categorical", "event", "event_value", "treatment")  # options that name a role


def train(db, model, table, names, roles, row):
    """Train a row of MODELS on the table without its other targets; 0: the table has not that target."""
    _, algorithm, target, said = row
    named = [said[k] for k in OF_THE_TABLE if k in said] + ([target] if target else [])
    if any(role not in roles for role in named):
        return 0
    said = {k: roles[v] if k in OF_THE_TABLE else v for k, v in said.items()}
    if target:
        said["target"] = roles[target]
    gone = {roles[r] for r in ("two", "many", "number", "treated")} - {said.get(k) for k in ("target", "event", "treatment")} if table == "made" else set()
    kept = ", ".join(quoted(n) for n in names if n not in gone)
    db.execute("SELECT mine_train(?, ?, ?, ?)", (model, algorithm, f"SELECT {kept} FROM {quoted(table)}", json.dumps(said)))
    return 1
