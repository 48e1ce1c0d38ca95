#!/usr/bin/env python3
"""How good the predictions are, beside today's peers: the same folds of real tables, nothing tuned.

    build/peers/bin/python bench/exam.py [--tables telco,bank] [--seconds 60] [--only forest,boost] [--folds 10]

Every method is trained with no option set on the training rows of each fold and asked for the others.
Tables come from MINE_DATA (../shared/data) and from R's packages modeldata, kernlab and AER; one that is not there is
named as skipped.  `auto` runs where --seconds gives each of its fits a budget.  Peers see one-hot columns where they
take only numbers, in which missing ones are the median; sides of ours, and CatBoost a second time, see the table as it
is.  Nothing here fails because something is worse.
"""
import argparse
import io
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = pathlib.Path(os.environ.get("MINE_DATA", ROOT.parent / "shared" / "data"))
OURS = ("forest", "boost")


def telco():
    t = pd.read_csv(DATA / "telco_customer_churn.csv").drop(columns="customerID")
    t["TotalCharges"] = pd.to_numeric(t["TotalCharges"], errors="coerce")
    return t, "Churn", "Yes"


def bank():
    return pd.read_csv(DATA / "bank_4521.csv", sep=";"), "y", "yes"


def german():
    t = pd.read_csv(DATA / "german_credit.csv", header=None)
    t.columns = [f"c{i}" for i in range(20)] + ["bad"]
    return t, "bad", 2


def adult():
    parts = [pd.read_csv(DATA / f"adult_{p}.csv", header=None, skipinitialspace=True) for p in ("train", "test")]
    t = pd.concat(parts, ignore_index=True)
    t.columns = [f"c{i}" for i in range(14)] + ["income"]
    t["income"] = t["income"].str.rstrip(".")
    return t, "income", ">50K"


def california():
    return pd.read_csv(DATA / "california_housing.csv"), "median_house_value", None


def insurance():
    return pd.read_csv(DATA / "insurance.csv"), "charges", None


def of_r(package, name, target, positive):
    """A table that an R package ships."""
    def read():
        says = f"data({name}, package='{package}'); write.csv({name}, stdout(), row.names=FALSE)"
        done = subprocess.run(["Rscript", "-e", says], capture_output=True, text=True, check=False,
                              env={**os.environ, "LANGUAGE": "en"})
        if "there is no package called" in done.stderr:
            raise FileNotFoundError(2, "no such package", f"{package}::{name}")
        if done.returncode:
            raise RuntimeError(f"R: {done.stderr}")
        return pd.read_csv(io.StringIO(done.stdout)), target, positive
    return read


# Those of R were not looked at while defaults were chosen: they came when all was built.
TABLES = {"telco": telco, "bank": bank, "german": german, "adult": adult, "california": california,
          "insurance": insurance,
          "churn": of_r("modeldata", "mlc_churn", "churn", "yes"),
          "attrition": of_r("modeldata", "attrition", "Attrition", "Yes"),
          "caravan": of_r("kernlab", "ticdata", "CARAVAN", "insurance"),
          "credit": of_r("modeldata", "credit_data", "Status", "bad"),
          "lending": of_r("modeldata", "lending_club", "Class", "bad"),
          "mortgage": of_r("AER", "HMDA", "deny", "yes"),
          "remote": of_r("modeldata", "stackoverflow", "Remote", "Remote")}
FIRST = ("telco", "bank", "german", "adult", "california", "insurance")


def folds_of(table, target, positive, name, n):
    if positive is None:
        return list(KFold(n, shuffle=True, random_state=0).split(table))
    y = (table[target] == positive).to_numpy()
    if name == "adult":
        return [next(StratifiedShuffleSplit(1, test_size=0.2, random_state=s).split(table, y)) for s in range(3)]
    return list(StratifiedKFold(n, shuffle=True, random_state=0).split(table, y))


def ours(algorithm, options, train, test, target, positive):
    db = sqlite3.connect(":memory:")
    db.enable_load_extension(True)
    db.load_extension(os.environ.get("MINE_EXTENSION", str(ROOT / "build" / "mine.so")))
    train.to_sql("train", db, index_label="row_id")
    test.to_sql("test", db, index_label="row_id")
    said = f"target={target}, holdout=0" + (f", positive={positive}" if positive is not None else "") + options
    db.execute("SELECT mine_train('m', ?, 'train', ?)", (algorithm, said)).fetchall()
    column = "prediction" if positive is None else "probability"
    rows = db.execute(f"SELECT {column} FROM mine_predict('m', 'test') ORDER BY id").fetchall()
    return np.array([r[0] for r in rows], float)


def plain(train, test, target):
    """Numbers and one-hot columns, for those who read nothing else."""
    features = train.drop(columns=target)
    words = [c for c in features if not pd.api.types.is_numeric_dtype(features[c])]
    numbers = [c for c in features if c not in words]
    make = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median")), numbers),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), words))
    return make.fit_transform(features), make.transform(test[features.columns])


def as_it_is(train, test, target):
    """The table for CatBoost: words are categories, a missing one too."""
    features = train.columns.drop(target)
    words = [c for c in features if not pd.api.types.is_numeric_dtype(train[c])]
    return [t[features].astype({c: object for c in words}).fillna({c: "" for c in words}) for t in (train, test)] + [words]


def peers(regression):
    """Name -> a model with its defaults."""
    made = {"sklearn forest": (RandomForestRegressor if regression else RandomForestClassifier)(n_jobs=-1, random_state=0),
            "sklearn histogram boosting": (HistGradientBoostingRegressor if regression else
                                           HistGradientBoostingClassifier)(random_state=0)}
    import catboost
    import lightgbm
    import xgboost
    made["XGBoost"] = (xgboost.XGBRegressor if regression else xgboost.XGBClassifier)()
    made["LightGBM"] = (lightgbm.LGBMRegressor if regression else lightgbm.LGBMClassifier)(verbose=-1)
    made["CatBoost"] = (catboost.CatBoostRegressor if regression else catboost.CatBoostClassifier)(verbose=0)
    return made


def measure(truth, said, regression):
    if regression:
        return r2_score(truth, said), float(np.sqrt(np.mean((truth - said) ** 2)))
    return roc_auc_score(truth, said), log_loss(truth, np.clip(said, 1e-6, 1 - 1e-6))


def examine(name, arguments):
    table, target, positive = TABLES[name]()
    regression = positive is None
    folds = folds_of(table, target, positive, name, arguments.folds)
    figures, seconds = {}, {}

    def note(who, truth, said, began):
        seconds[who] = seconds.get(who, 0.0) + time.process_time() - began
        figures.setdefault(who, []).append(measure(truth, said, regression))

    for train_at, test_at in folds:
        train, test = table.iloc[train_at].reset_index(drop=True), table.iloc[test_at].reset_index(drop=True)
        truth = (test[target] if regression else test[target] == positive).to_numpy(float)
        for algorithm in arguments.only:
            began = time.process_time()
            note(algorithm, truth, ours(algorithm, "", train, test, target, positive), began)
        if arguments.seconds:
            began = time.process_time()
            options = f", budget_seconds={arguments.seconds}"
            note("auto", truth, ours("auto", options, train, test, target, positive), began)
        if not arguments.alone:
            x, z = plain(train, test, target)
            y = (train[target] if regression else train[target] == positive).to_numpy(float)
            for who, model in peers(regression).items():
                began = time.process_time()
                model.fit(x, y)
                note(who, truth, model.predict(z) if regression else model.predict_proba(z)[:, 1], began)
            x, z, words = as_it_is(train, test, target)
            began = time.process_time()
            model = peers(regression)["CatBoost"].fit(x, y, cat_features=words)
            note("CatBoost, categories as they are", truth,
                 model.predict(z) if regression else model.predict_proba(z)[:, 1], began)
    heads = ("R2", "rmse") if regression else ("AUC", "log-loss")
    print(f"\n{name}: {len(table)} rows, {len(folds)} folds", flush=True)
    for who, rows in figures.items():
        a, b = np.mean(rows, axis=0)
        print(f"  {who:34} {heads[0]} {a:.4f}  {heads[1]} {b:.4f}  {seconds[who]:7.1f} s of processor", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tables", default=",".join(FIRST), type=lambda s: s.split(","), help=", ".join(TABLES))
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--only", default=",".join(OURS), type=lambda s: s.split(","))
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--alone", action="store_true", help="without peers")
    arguments = parser.parse_args()
    for name in arguments.tables:
        try:
            examine(name, arguments)
        except FileNotFoundError as missing:
            print(f"\n{name}: skipped, {missing.filename} is not there")


if __name__ == "__main__":
    sys.exit(main())
