#!/usr/bin/python3
"""The whole job as it is done today: SQLite -> pandas -> library -> SQLite.

    python_job.py kmeans DB             p(id, x0..x7) -> labels(id, cluster)
    python_job.py tree DB [xgboost]     train, score(id, y, x0..) -> scores(id, probability)
    python_job.py boost DB LIBRARY      train, score(id, y, z, x0.., k0..) -> scores(id, probability)
"""
import sqlite3
import sys
import warnings

warnings.simplefilter("ignore")
try:
    import pandas as pd
except ImportError as reason:
    print(reason)
    sys.exit(77)


def kmeans(con):
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler
    frame = pd.read_sql_query("SELECT * FROM p", con)
    x = StandardScaler().fit_transform(frame.drop(columns="id"))
    model = KMeans(8, n_init=1, random_state=1).fit(x)
    out = pd.DataFrame({"id": frame["id"], "cluster": model.labels_})
    out.to_sql("labels", con, index=False)
    con.commit()


def make_tree(library):
    if library == "xgboost":
        import xgboost
        return xgboost.XGBClassifier(n_estimators=1, max_depth=8, tree_method="hist", learning_rate=1.0,
                                     reg_lambda=0, min_child_weight=0, base_score=0.5)
    from sklearn.tree import DecisionTreeClassifier
    return DecisionTreeClassifier(max_depth=8, min_samples_split=20, min_samples_leaf=7)


def tree(con, library):
    model = make_tree(library)
    train = pd.read_sql_query("SELECT * FROM train", con)
    model.fit(train.drop(columns=["id", "y"]), train["y"])
    del train
    score = pd.read_sql_query("SELECT * FROM score", con)
    probability = model.predict_proba(score.drop(columns=["id", "y"]))[:, 1]
    out = pd.DataFrame({"id": score["id"], "probability": probability})
    out.to_sql("scores", con, index=False)
    con.commit()


def make_boost(library):
    same = {"n_estimators": 100, "learning_rate": 0.1, "max_depth": 6, "reg_lambda": 1}
    if library == "lightgbm":
        import lightgbm
        return lightgbm.LGBMClassifier(num_leaves=64, min_child_samples=20, verbose=-1, **same)
    import xgboost
    return xgboost.XGBClassifier(tree_method="hist", enable_categorical=True, max_bin=255, **same)


def boost(con, library):
    model = make_boost(library)
    train = pd.read_sql_query("SELECT * FROM train", con).drop(columns=["id", "z"])
    y = train.pop("y")
    levels = {name: pd.CategoricalDtype(sorted(train[name].dropna().unique()))
              for name in train.select_dtypes(exclude="number")}
    model.fit(train.astype(levels), y)
    del train
    score = pd.read_sql_query("SELECT * FROM score", con)
    probability = model.predict_proba(score.drop(columns=["id", "y", "z"]).astype(levels))[:, 1]
    out = pd.DataFrame({"id": score["id"], "probability": probability})
    out.to_sql("scores", con, index=False)
    con.commit()


def main():
    con = sqlite3.connect(sys.argv[2])
    try:
        if sys.argv[1] == "kmeans":
            kmeans(con)
        elif sys.argv[1] == "boost":
            boost(con, sys.argv[3])
        else:
            tree(con, (sys.argv[3:] or [""])[0])
    except ImportError as reason:
        print(reason)
        return 77
    return 0


sys.exit(main())
