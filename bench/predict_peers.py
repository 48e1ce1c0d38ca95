"""Today's libraries for prediction, at the settings of predicting.py: functions for peers.py.

Each reads its rows when it sets up; what is timed is the fit from the matrix or data frame
as the library takes it (its own binning and dictionaries included), or the scoring.
"""
import sqlite3

THREADS = 2


def columns(prefix, n):
    return [f"{prefix}{i}" for i in range(n)]


def read(a, table, where=""):
    """(data frame with categories, y): texts get the levels of `train` in every table."""
    import pandas as pd
    con = sqlite3.connect(a["db"])
    names = columns("x", a["numbers"]) + columns("k", a["texts"])
    frame = pd.read_sql_query(f"SELECT {a['target']} AS y, {', '.join(names)} FROM {table} {where}", con)
    for name in columns("k", a["texts"]):
        levels = [row[0] for row in con.execute(f"SELECT DISTINCT {name} FROM train WHERE {name} IS NOT NULL ORDER BY 1")]
        frame[name] = pd.Categorical(frame[name], categories=levels)
    y = frame.pop("y").to_numpy()
    return frame, y


def limited(a):
    return f"WHERE id <= {a['rows']}" if a.get("rows") else ""


def numbers(a, table):
    """As float64, gaps filled with the mean: for the methods that take none."""
    import numpy as np
    frame, y = read(dict(a, texts=0), table, limited(a) if table == "train" else "")
    x = frame.to_numpy("float64")
    return np.where(np.isnan(x), np.nanmean(x, 0), x), y


def auc(a, score):
    from sklearn.metrics import roc_auc_score
    x, y = read(a, "score")
    return float(roc_auc_score(y, score(x)))


def r2(a, score):
    from sklearn.metrics import r2_score
    x, y = numbers(a, "score")
    return float(r2_score(y, score(x)))


def side(a, make, prepare=lambda x: x):
    """Fit the model that `make` returns; its quality is AUC on `score`."""
    x, y = read(a, "train", limited(a))
    x, fitted = prepare(x), []

    def run():
        fitted[:] = [make().fit(x, y)]
        return 1
    return run, lambda: auc(a, lambda part: fitted[0].predict_proba(prepare(part))[:, 1])


# ---- boosting ----------------------------------------------------------------------------


def lightgbm_boost(a):
    import lightgbm
    return side(a, lambda: lightgbm.LGBMClassifier(
        n_estimators=a["trees"], learning_rate=0.1, max_depth=a["depth"], num_leaves=2 ** a["depth"],
        min_child_samples=20, reg_lambda=1, max_bin=255, n_jobs=THREADS, verbose=-1))


def xgboost_boost(a):
    import xgboost
    return side(a, lambda: xgboost.XGBClassifier(
        n_estimators=a["trees"], learning_rate=0.1, max_depth=a["depth"], reg_lambda=1, max_bin=255,
        tree_method="hist", enable_categorical=True, n_jobs=THREADS))


def catboost_boost(a):
    import catboost
    texts = columns("k", a["texts"])

    def prepare(x):
        x = x.copy()
        for name in texts:
            x[name] = x[name].astype("object").where(x[name].notna(), "missing").astype(str)
        return x
    return side(a, lambda: catboost.CatBoostClassifier(
        iterations=a["trees"], learning_rate=0.1, depth=a["depth"], l2_leaf_reg=1, border_count=254,
        cat_features=texts, thread_count=THREADS, verbose=False, allow_writing_files=False), prepare)


def histgb_boost(a):
    from sklearn.ensemble import HistGradientBoostingClassifier
    return side(a, lambda: HistGradientBoostingClassifier(
        max_iter=a["trees"], learning_rate=0.1, max_depth=a["depth"], max_leaf_nodes=2 ** a["depth"],
        min_samples_leaf=20, l2_regularization=1, early_stopping=False,
        categorical_features="from_dtype" if a["texts"] else None))


# ---- one tree, forests ---------------------------------------------------------------------


def sklearn_forest(a):
    from sklearn.ensemble import RandomForestClassifier
    return side(a, lambda: RandomForestClassifier(a["trees"], max_depth=a["depth"], min_samples_leaf=5,
                                                  n_jobs=THREADS, random_state=1))


def lightgbm_forest(a):
    import lightgbm
    return side(a, lambda: lightgbm.LGBMClassifier(
        boosting_type="rf", n_estimators=a["trees"], max_depth=a["depth"], num_leaves=2 ** a["depth"],
        min_child_samples=5, subsample=0.632, subsample_freq=1, feature_fraction_bynode=0.2, n_jobs=THREADS,
        verbose=-1))


def xgboost_forest(a):
    import xgboost
    return side(a, lambda: xgboost.XGBRFClassifier(
        n_estimators=a["trees"], max_depth=a["depth"], subsample=0.632, colsample_bynode=0.2,
        tree_method="hist", n_jobs=THREADS))


# ---- linear models ---------------------------------------------------------------------------


def linear_side(a, make, judge):
    x, y = numbers(a, "train")
    fitted = []

    def run():
        fitted[:] = [make().fit(x, y)]
        return 1
    return run, lambda: judge(fitted[0])


def sklearn_logistic(a):
    import warnings
    warnings.simplefilter("ignore")
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    def judge(model):
        x, y = numbers(a, "score")
        return float(log_loss(y, model.predict_proba(x)[:, 1]))
    return linear_side(a, lambda: LogisticRegression(C=1e12, solver=a["solver"], max_iter=100, tol=1e-6,
                                                     n_jobs=None), judge)


def sklearn_linear(a):
    from sklearn.linear_model import LinearRegression
    return linear_side(a, LinearRegression, lambda model: r2(a, model.predict))


def statsmodels_logit(a):
    import statsmodels.api as sm
    x, y = numbers(a, "train")
    x, fitted = sm.add_constant(x), []

    def run():
        fitted[:] = [sm.Logit(y, x).fit(disp=False, method="newton")]
        return 1

    def judge():
        from sklearn.metrics import log_loss
        part, actual = numbers(a, "score")
        return float(log_loss(actual, fitted[0].predict(sm.add_constant(part))))
    return run, judge


def syrk(a):
    """The physical limit of least squares: X'X once."""
    from scipy.linalg import blas
    x, _ = numbers(a, "train")

    def run():
        return float(blas.dsyrk(1.0, x.T, trans=0)[0, 0])
    return run, None


# ---- a network ---------------------------------------------------------------------------------


def sklearn_mlp(a):
    import warnings
    warnings.simplefilter("ignore")
    from sklearn.metrics import log_loss
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler
    x, y = numbers(a, "train")
    scaler = StandardScaler().fit(x)
    x, fitted = scaler.transform(x), []

    def run():
        fitted[:] = [MLPClassifier(a["hidden"], batch_size=a["batch"], max_iter=a["epochs"], alpha=1e-4,
                                   learning_rate_init=0.001, n_iter_no_change=a["epochs"], random_state=1).fit(x, y)]
        return int(fitted[0].n_iter_)

    def judge():
        part, actual = numbers(a, "score")
        return float(log_loss(actual, fitted[0].predict_proba(scaler.transform(part))[:, 1]))
    return run, judge


# ---- scoring -----------------------------------------------------------------------------------


def lightgbm_score(a):
    """`trees` trees of `depth`, and every row of table t scored from a matrix in memory."""
    import lightgbm
    import numpy as np
    con = sqlite3.connect(a["db"])
    names = ", ".join(columns("c", 16))
    x = np.array(con.execute(f"SELECT {names} FROM t WHERE id <= 100000").fetchall())
    y = (x[:, 0] + x[:, 1] * x[:, 2] > x[:, 3] + x[:, 4] * x[:, 5]).astype(int)
    model = lightgbm.LGBMClassifier(n_estimators=a["trees"], max_depth=a["depth"], num_leaves=2 ** a["depth"],
                                    n_jobs=THREADS, verbose=-1).fit(x, y)
    from peers import load
    every = load(a["db"], f"SELECT {names} FROM t")
    return lambda: float(model.predict_proba(every)[:, 1].sum()), None


def xgboost_score(a):
    import numpy as np
    import xgboost
    con = sqlite3.connect(a["db"])
    names = ", ".join(columns("c", 16))
    x = np.array(con.execute(f"SELECT {names} FROM t WHERE id <= 100000").fetchall())
    y = (x[:, 0] + x[:, 1] * x[:, 2] > x[:, 3] + x[:, 4] * x[:, 5]).astype(int)
    model = xgboost.XGBClassifier(n_estimators=a["trees"], max_depth=a["depth"], tree_method="hist",
                                  n_jobs=THREADS).fit(x, y)
    from peers import load
    every = load(a["db"], f"SELECT {names} FROM t", "float32")
    return lambda: float(model.predict_proba(every)[:, 1].sum()), None


def explained(a, make):
    """(model, rows to explain): fitted as the one that is scored."""
    import numpy as np
    con = sqlite3.connect(a["db"])
    names = ", ".join(columns("c", 16))
    x = np.array(con.execute(f"SELECT {names} FROM t WHERE id <= 100000").fetchall())
    y = (x[:, 0] + x[:, 1] * x[:, 2] > x[:, 3] + x[:, 4] * x[:, 5]).astype(int)
    return make().fit(x, y), x[:a["rows"]]


def xgboost_model(a):
    import xgboost
    return xgboost.XGBClassifier(n_estimators=a["trees"], max_depth=a["depth"], tree_method="hist", n_jobs=THREADS)


def xgboost_explain(a):
    import xgboost
    model, x = explained(a, lambda: xgboost_model(a))
    rows, booster = xgboost.DMatrix(x), model.get_booster()
    return lambda: float(booster.predict(rows, pred_contribs=True).sum()), None


def shap_explain(a):
    import shap
    model, x = explained(a, lambda: xgboost_model(a))
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    return lambda: float(explainer.shap_values(x).sum()), None


def lightgbm_explain(a):
    import lightgbm
    model, x = explained(a, lambda: lightgbm.LGBMClassifier(
        n_estimators=a["trees"], max_depth=a["depth"], num_leaves=2 ** a["depth"], n_jobs=THREADS, verbose=-1))
    return lambda: float(model.predict(x, pred_contrib=True).sum()), None


def catboost_explain(a):
    import catboost
    model, x = explained(a, lambda: catboost.CatBoostClassifier(
        iterations=a["trees"], depth=a["depth"], thread_count=THREADS, verbose=False, allow_writing_files=False))
    pool = catboost.Pool(x)
    return lambda: float(model.get_feature_importance(pool, type="ShapValues", thread_count=THREADS).sum()), None
