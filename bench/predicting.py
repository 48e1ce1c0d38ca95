"""Supervised models beside today's libraries: groups of workloads, as in workloads.py.

Equal settings, two threads each, and the quality beside the time: a figure counts where the
qualities are equal (AUC to 0.001).  The libraries are those of peers.txt, in a virtual
environment under build/ (bench/install_peers); what is not there is named as absent.
"""
from workloads import HERE, Comparison, job, judge_scores, shell

NUMBERS, TEXTS = 20, 5


def shape(s, **more):
    return {"db": s.db("prediction"), "target": "y", "numbers": NUMBERS, "texts": TEXTS, **more}


def judged(metric, table="score"):
    return f"SELECT value FROM mine_evaluate(?1, '{table}') WHERE metric = '{metric}'"


def names(prefix, n):
    return ", ".join(f"{prefix}{i}" for i in range(n))


def boost(s):
    same = shape(s, trees=100, depth=6)
    options = "target=y, ignore=z, n_trees=100, learning_rate=0.1, grow=depth, max_depth=6, holdout=0"
    return [Comparison("boost, 100 rounds, depth 6, 20 numbers and 5 categories", [
        s.worker("sqlite-mine", "prediction", "fit", "", "train", "boost", options + ", categories=sets", judged("auc")),
        s.worker("sqlite-mine, ordered", "prediction", "fit", "", "train", "boost", options + ", categories=ordered",
                 judged("auc")),
        s.peer("LightGBM", "lightgbm_boost", **same),
        s.peer("XGBoost", "xgboost_boost", **same),
        s.peer("CatBoost", "catboost_boost", **same),
        s.peer("scikit-learn HistGB", "histgb_boost", **same)],
        goals={"LightGBM": 1.0, "XGBoost": 1.0, "CatBoost": 1.0}, judge="AUC")]


def forest(s):
    same = {"db": s.db("classes"), "target": "y", "numbers": 25, "texts": 0, "trees": 100, "depth": 12}
    options = "target=y, n_trees=100, max_depth=12, holdout=0"
    return [Comparison("forest of 100, depth 12, 25 columns", [
        s.worker("sqlite-mine", "classes", "fit", "", "train", "forest", options, judged("auc")),
        s.peer("scikit-learn", "sklearn_forest", **same),
        s.peer("LightGBM rf", "lightgbm_forest", **same),
        s.peer("XGBoost rf", "xgboost_forest", **same)], goals={"scikit-learn": 5.0}, judge="AUC", warm=False)]


def linear(s):
    same = {"db": s.db("prediction"), "numbers": NUMBERS, "texts": 0}
    x = names("x", NUMBERS)
    return [
        Comparison("logistic, 20 columns", [
            s.worker("sqlite-mine", "prediction", "fit", "", f"SELECT id, y, {x} FROM train", "logistic",
                     "target=y, holdout=0", judged("log_loss")),
            s.peer("scikit-learn lbfgs", "sklearn_logistic", target="y", solver="lbfgs", **same),
            s.peer("scikit-learn newton-cholesky", "sklearn_logistic", target="y", solver="newton-cholesky", **same),
            s.peer("statsmodels", "statsmodels_logit", target="y", **same)],
            goals={"scikit-learn lbfgs": 3.0}, judge="log-loss"),
        Comparison("linear, 20 columns", [
            s.worker("sqlite-mine", "prediction", "fit", "", f"SELECT id, z, {x} FROM train", "linear",
                     "target=z, holdout=0", judged("r2")),
            s.peer("scikit-learn", "sklearn_linear", target="z", **same),
            s.peer("X'X alone (syrk)", "syrk", target="z", **same)], judge="r2")]


def mlp(s):
    """Gaps stand at the mean, which is 0, on both sides: of a gap ours makes an input more, and there is nothing in these."""
    filled = ", ".join(f"coalesce(x{i}, 0) AS x{i}" for i in range(NUMBERS))
    rows, epochs = min(100000, s.rows // 2), 10
    same = {"db": s.db("prediction"), "target": "y", "numbers": NUMBERS, "texts": 0, "rows": rows, "hidden": [64, 32],
            "batch": 200, "epochs": epochs}
    return [Comparison(f"mlp 64|32, {epochs} epochs, {rows} rows of 20 columns", [
        s.worker("sqlite-mine", "prediction", "fit", "", f"SELECT id, y, {filled} FROM train WHERE id <= {rows}", "mlp",
                 f"target=y, hidden=64|32, networks=1, epochs={epochs}, batch_size=200, learning_rate=0.001, weight_decay=0, holdout=0",
                 judged("log_loss")),
        s.peer("scikit-learn", "sklearn_mlp", **same)], goals={"scikit-learn": 1.0}, judge="log-loss")]


def trees_scored(s):
    """The scoring of a stored ensemble; its reading from the table and SQLite's own work are in it."""
    same = {"db": s.db("numeric"), "trees": 100, "depth": 6}
    most = f"max({names('c', 16)})"
    return [
        Comparison("scoring 100 trees of depth 6, 16 columns: SQL beside a matrix in memory", [
            s.worker("sqlite-mine", "numeric", "sql", "", "SELECT sum(probability) FROM mine_predict('boost100', 't')"),
            s.worker("sum(max())", "numeric", "sql", "", f"SELECT sum({most}) FROM t"),
            s.peer("LightGBM", "lightgbm_score", **same),
            s.peer("XGBoost float32", "xgboost_score", **same)]),
        Comparison("scoring a row with 500 trees of depth 6, 10,000 rows", [
            s.worker("sqlite-mine", "numeric", "sql", "", "SELECT sum(mine_probability('boost500', 1, "
                     + ", ".join(f"'c{i}', c{i}" for i in range(16)) + ")) FROM t WHERE id <= 10000"),
            s.worker("sum(max())", "numeric", "sql", "", f"SELECT sum({most}) FROM t WHERE id <= 10000")], "floor")]


def reasons(s):
    """SHAP of 100 trees of depth 6: all contributions, and the three greatest in words, beside the libraries' own exact
    values (XGBoost pred_contribs, LightGBM pred_contrib, CatBoost ShapValues; shap runs the first of them by itself)."""
    same = {"db": s.db("numeric"), "trees": 100, "depth": 6, "rows": 10000}
    few = "SELECT * FROM t WHERE id <= 10000"
    return [
        Comparison("explaining 10,000 rows, 100 trees of depth 6, 16 columns", [
            s.worker("sqlite-mine", "numeric", "sql", "", f"SELECT sum(contribution) FROM mine_explain('boost100', '{few}')"),
            s.worker("sqlite-mine, three in words", "numeric", "sql", "",
                     f"SELECT sum(length(because)) FROM mine_explain('boost100', '{few}', 'top=3')"),
            s.peer("XGBoost", "xgboost_explain", **same),
            s.peer("shap", "shap_explain", **same),
            s.peer("LightGBM", "lightgbm_explain", **same),
            s.peer("CatBoost", "catboost_explain", **same)],
            goals={"XGBoost": 1.0, "shap": 1.0, "LightGBM": 1.0, "CatBoost": 1.0}),
        Comparison("explaining all rows in one statement, three reasons each", [
            s.worker("sqlite-mine", "numeric", "sql", "", "SELECT sum(length(because)) FROM mine_explain('boost100', 't', 'top=3')"),
            s.worker("mine_predict", "numeric", "sql", "", "SELECT sum(probability) FROM mine_predict('boost100', 't')")], "floor")]


def sizes(s):
    """Cost for each row as the rows grow: the quotient of two sizes, at most 1.1 of theirs."""
    cases = []
    most = s.rows // 2
    for algorithm, options in (("boost", "n_trees=20, max_depth=6, grow=depth, categories=sets, ignore=z"),
                               ("forest", "n_trees=10, max_depth=10, ignore=z"),
                               ("logistic", "ignore=z|k4"), ("bayes", "ignore=z")):
        sides = [s.worker(f"{rows} rows", "prediction", "fit", "", f"SELECT * FROM train WHERE id <= {rows}", algorithm,
                          f"target=y, holdout=0, {options}") for rows in (most, most // 10)]
        cases.append(Comparison(f"{algorithm}: ten times the rows", sides, "floor", {f"{most // 10} rows": 11.0}))
    return cases


BOOST_JOB = """SELECT mine_train('churn', 'boost', 'train', 'target=y, ignore=z, n_trees=100, learning_rate=0.1, grow=depth,
  max_depth=6, categories=sets, holdout=0');
CREATE TABLE scores(id INTEGER PRIMARY KEY, probability REAL);
INSERT INTO scores SELECT id, probability FROM mine_predict('churn', 'score');
"""


def boost_job(s):
    db = s.db("prediction")
    return [Comparison("whole job: boost, scores written back", [
        job(s, "sqlite-mine", [*shell(s), db], db, ("scores",), judge_scores, BOOST_JOB),
        *(job(s, f"Python, {library}", [s.python(), str(HERE / "python_job.py"), "boost", db, library], db, ("scores",),
              judge_scores) for library in ("lightgbm", "xgboost"))],
        goals={"Python, lightgbm": 4.0, "Python, xgboost": 4.0}, judge="AUC", warm=False)]


GROUPS = {"boost": boost, "forest": forest, "linear": linear, "mlp": mlp, "trees": trees_scored, "reasons": reasons, "sizes": sizes,
          "boostjob": boost_job}
