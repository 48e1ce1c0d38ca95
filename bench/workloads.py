"""What is measured: one function per group of workloads, each a list of Comparison.

A *floor* is SQLite's own work on the same rows: the figure is ours / floor, at most the
goal.  A *peer* is another program doing the same: the figure is peer / ours, at least the
goal.  Goals are None where there is none to reach.
"""
import dataclasses
import json
import os
import pathlib
import sqlite3

from sides import Script, Side

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # Debian's own, which has Debian's libraries


@dataclasses.dataclass
class Comparison:
    name: str
    sides: list  # ours first
    kind: str = "peer"  # or "floor"
    goals: dict = dataclasses.field(default_factory=dict)  # name of the other side -> goal
    judge: str = ""  # what the quality is
    warm: bool = True


class Setting:
    """Where things are, and how large."""

    def __init__(self, build, data, rows, quick):
        self.build, self.data, self.rows, self.quick = build, data, rows, quick

    def db(self, name):
        return str(self.data / f"{name}.db")

    def worker(self, name, db, mode, setup, *arguments):
        setup = "PRAGMA temp_store=memory;" + setup
        return Side(name, [str(self.build / "bench" / "worker"), self.db(db), mode, setup, *arguments])

    def python(self):
        """Where bench/install_peers put today's releases; else Debian's, which has some of them."""
        own = self.build / "peers" / "bin" / "python3"
        return str(own) if own.exists() else PYTHON

    def peer(self, name, function, **arguments):
        return Side(name, [self.python(), str(HERE / "peers.py"), function, json.dumps(arguments)])


def columns(prefix, n, pattern="{}"):
    return ",".join(pattern.format(f"{prefix}{i}") for i in range(n))


C16 = columns("c", 16)
MAX16 = f"max({C16})"
PAIRS16 = columns("c", 16, "'{0}',{0}")


# ---- data that SQL makes of the data: models --------------------------------------


def open_with_mine(s, name):
    con = sqlite3.connect(s.db(name))
    con.enable_load_extension(True)
    con.load_extension(str(s.build / "mine"))
    con.execute("DROP TABLE IF EXISTS mine_models")  # an earlier version's
    return con


def models(s):
    """Train the models that are scored with; they are rows of the databases."""
    for d in (16, 64):
        con = open_with_mine(s, f"neighbors{d}")
        con.execute("SELECT mine_train('like', 'knn', 'base', 'scale=none')").fetchone()
        con.commit()
        con.close()
    con = open_with_mine(s, "numeric")
    con.execute(f"""SELECT mine_train('tree8', 'tree', 'SELECT id, {C16}, c0 + c1*c2 > c3 + c4*c5 AS y FROM t
                    WHERE id <= 100000', 'target=y, max_depth=8, holdout=0')""").fetchone()
    con.execute("""SELECT mine_train('kmeans8', 'kmeans', 'SELECT * FROM t WHERE id <= 100000',
                   'k=8, starts=1')""").fetchone()
    for trees in (100, 500):
        con.execute(f"""SELECT mine_train('boost{trees}', 'boost',
                        'SELECT id, {C16}, c0 + c1*c2 > c3 + c4*c5 AS y FROM t WHERE id <= 100000',
                        'target=y, n_trees={trees}, max_depth=6, grow=depth, learning_rate=0.1, holdout=0')""").fetchone()
    con.commit()
    con.close()


# ---- groups ---------------------------------------------------------------------------


def floors(s):
    return [
        Comparison("SELECT sum(max(c0..c15)), the baseline", [s.worker("scan", "numeric", "sql", "",
                   f"SELECT sum({MAX16}) FROM t")], "floor"),
        Comparison("SELECT sum(c15)", [s.worker("scan", "numeric", "sql", "", "SELECT sum(c15) FROM t")], "floor"),
        Comparison("memory triad, one thread (value: GB moved)", [s.peer("numpy", "triad")], "floor"),
        Comparison("GEMM float64 (value: GFLOP)", [s.peer("numpy", "gemm", dtype="float64")], "floor"),
        Comparison("GEMM float32 (value: GFLOP)", [s.peer("numpy", "gemm", dtype="float32")], "floor"),
    ]


def reading(s):
    mixed = columns("n", 10) + "," + columns("s", 6)
    cases = [Comparison("reading 16 numbers a row", [
        s.worker("sqlite-mine", "numeric", "read", "", "t"),
        s.worker("sum(max())", "numeric", "sql", "", f"SELECT sum({MAX16}) FROM t")], "floor",
        {"sum(max())": 1.0}), Comparison("reading 10 numbers, 6 texts a row", [
            s.worker("sqlite-mine", "mixed", "read", "", "m"),
            s.worker("sum(max())", "mixed", "sql", "", f"SELECT sum(max({mixed})) FROM m")], "floor",
        {"sum(max())": 1.0})]
    for n in wide_columns(s):
        groups = [f"max({','.join(f'c{i}' for i in range(at, min(at + 125, n)))})" for at in range(0, n, 125)]
        cases.append(Comparison(f"reading {n} columns", [
            s.worker("sqlite-mine", f"wide{n}", "read", "", "w"),
            s.worker("sum(max())", f"wide{n}", "sql", "", f"SELECT sum({'+'.join(groups)}) FROM w")],
            "floor", {"sum(max())": 1.0}))
    return cases


def wide_columns(s):
    return (128, 1999) if s.quick else (128, 500, 1000, 1999)


def scoring_sets(s):
    cases = []
    for model, measure in (("tree8", "probability"), ("kmeans8", "distance")):
        cases.append(Comparison(f"scoring a set, {model}: sum({measure})", [
            s.worker("sqlite-mine", "numeric", "sql", "", f"SELECT sum({measure}) FROM mine_predict('{model}','t')"),
            s.worker("sum(max())", "numeric", "sql", "", f"SELECT sum({MAX16}) FROM t")], "floor",
            {"sum(max())": 1.4}))
        cases.append(Comparison(f"scoring a set, {model}: rows out", [
            s.worker("sqlite-mine", "numeric", "step", "",
                     f"SELECT id, prediction, {measure} FROM mine_predict('{model}','t')"),
            s.worker("id, max()", "numeric", "step", "", f"SELECT id, {MAX16} FROM t")], "floor",
            {"id, max()": 1.4}))
    cases.append(Comparison("LEFT JOIN on id, tree8", [
        s.worker("sqlite-mine", "numeric", "sql", "",
                 "SELECT sum(probability) FROM t LEFT JOIN mine_predict('tree8','t') USING (id)"),
        s.worker("join max() on rowid", "numeric", "sql", "",
                 f"SELECT sum(v) FROM t LEFT JOIN (SELECT id, {MAX16} AS v FROM t) USING (id)")], "floor"))
    out = "CREATE TEMP TABLE out(id INTEGER PRIMARY KEY, v REAL);"
    filled = out + "INSERT INTO out SELECT id, 0 FROM t;"
    cases.append(Comparison("INSERT INTO scores SELECT, tree8", [
        s.worker("sqlite-mine", "numeric", "write", out,
                 "INSERT INTO out SELECT id, probability FROM mine_predict('tree8','t')"),
        s.worker("INSERT max()", "numeric", "write", out, f"INSERT INTO out SELECT id, {MAX16} FROM t")], "floor"))
    update = "UPDATE out SET v = f.v FROM ({}) AS f WHERE f.id = out.id"
    cases.append(Comparison("UPDATE scores FROM, tree8", [
        s.worker("sqlite-mine", "numeric", "write", filled,
                 update.format("SELECT id, probability AS v FROM mine_predict('tree8','t')")),
        s.worker("UPDATE max()", "numeric", "write", filled, update.format(f"SELECT id, {MAX16} AS v FROM t"))],
        "floor"))
    return cases


def scoring_rows(s):
    cases = []
    for model in ("tree8", "kmeans8"):
        cases.append(Comparison(f"scoring a row, {model}, 16 arguments", [
            s.worker("sqlite-mine", "numeric", "sql", "", f"SELECT sum(mine_predict('{model}',{PAIRS16})) FROM t"),
            s.worker("sum(max())", "numeric", "sql", "", f"SELECT sum({MAX16}) FROM t")], "floor",
            {"sum(max())": 1.1}))
    fire = ("CREATE TEMP TABLE event({0}); CREATE TEMP TABLE fired(v);"
            "CREATE TEMP TRIGGER scored AFTER INSERT ON event BEGIN INSERT INTO fired VALUES({1}); END")
    new = columns("c", 16, "'{0}',NEW.{0}")
    insert = f"INSERT INTO event SELECT {C16} FROM t WHERE id = ?1"
    times = str(min(50000, s.rows))
    cases.append(Comparison(f"trigger firing {times} times, tree8", [
        s.worker("sqlite-mine", "numeric", "rows", fire.format(C16, f"mine_predict('tree8',{new})"), insert, times),
        s.worker("trigger with max()", "numeric", "rows",
                 fire.format(C16, f"max({columns('c', 16, 'NEW.{0}')})"), insert, times)], "floor"))
    return cases


def kmeans(s):
    cases = []
    for name, db, table, prefix, d in (("20 groups", "numeric", "t", "c", 16), ("no groups", "noise", "w", "c", 16)):
        options = f'k=20, scale=none, tol=0, max_iter=20, starts=1, init="SELECT * FROM {table} WHERE id <= 20"'
        judge = f"SELECT value FROM mine_evaluate(?1, '{table}') WHERE metric = 'inertia'"
        same = {"db": s.db(db), "table": table, "prefix": prefix, "d": d, "k": 20, "iterations": 20}
        cases.append(Comparison(f"k-means {d} columns, k=20, 20 iterations, {name}", [
            s.worker("sqlite-mine", db, "fit", "", table, "kmeans", options, judge),
            s.peer("scikit-learn", "sklearn_kmeans", dtype="float64", **same),
            s.peer("scikit-learn float32", "sklearn_kmeans", dtype="float32", **same)],
            goals={"scikit-learn": 2.0}, judge="inertia"))
    return cases


def tree(s):
    judged = min(100000, s.rows)
    judge = f"SELECT value FROM mine_evaluate(?1, 'SELECT * FROM score WHERE id <= {judged}') WHERE metric = 'auc'"
    same = {"db": s.db("classes"), "d": 25, "judged": judged}
    options = "target=y, max_depth=8, holdout=0, min_samples_leaf=7"
    return [Comparison("tree of depth 8, 25 columns", [
        s.worker("sqlite-mine", "classes", "fit", "", "train", "tree", options, judge),
        s.worker("sqlite-mine splits=exact", "classes", "fit", "", "train", "tree", options + ", splits=exact", judge),
        s.worker("sqlite-mine exact, 255 bins", "classes", "fit", "", "train", "tree",
                 options + ", splits=exact, max_bins=255", judge),
        s.peer("XGBoost, one tree", "xgboost_tree", **same),
        s.peer("LightGBM, one tree", "lightgbm_tree", **same),
        s.peer("scikit-learn", "sklearn_tree", **same)], goals={"LightGBM, one tree": 1.0}, judge="AUC", warm=False)]


def neighbors(s):
    cases = []
    for d in (16, 64):
        queries = 1000 if s.quick else 10000
        same = {"db": s.db(f"neighbors{d}"), "d": d, "queries": queries}
        ask = f"SELECT * FROM queries WHERE id <= {queries}"
        cases.append(Comparison(f"k-NN k=10, d={d}, {queries} queries", [
            s.worker("sqlite-mine", f"neighbors{d}", "search", "", "base", ask, "k=10, scale=none"),
            s.peer("scikit-learn brute", "sklearn_neighbors", **same),
            s.peer("faiss float32", "faiss_neighbors", **same)],
            goals={"scikit-learn brute": 3.0 if d == 16 else 1.8}, judge="sum of distances"))
        few = {"db": s.db(f"neighbors{d}"), "d": d, "queries": 100}
        sql = (f"SELECT sum(distance) FROM mine_neighbors('base', 'SELECT * FROM queries WHERE id <= 100',"
               "'k=10, scale=none')")
        cases.append(Comparison(f"k-NN k=10, d={d}, 100 queries in SQL", [
            s.worker("sqlite-mine, knn model", f"neighbors{d}", "sql", "",
                     sql.replace("'base'", "'like'").replace("k=10, scale=none", "k=10")),
            s.worker("sqlite-mine, table", f"neighbors{d}", "sql", "", sql),
            s.peer("sqlite-vec float32", "sqlite_vec_neighbors", extension=sqlite_vec(), **few)],
            judge="sum of distances"))
    return cases


def sqlite_vec():
    """Where `npm install sqlite-vec` in bench/ or in MINE_SQLITE_VEC put the extension."""
    for folder in (os.environ.get("MINE_SQLITE_VEC", ""), str(HERE)):
        for path in sorted(pathlib.Path(folder).glob("node_modules/sqlite-vec-*/vec0.so")) if folder else []:
            return str(path)
    return "sqlite-vec is not installed (npm install sqlite-vec in bench/)"


# ---- whole jobs -------------------------------------------------------------------------


KMEANS_JOB = """CREATE TABLE labels(id INTEGER PRIMARY KEY, cluster INTEGER);
INSERT INTO labels SELECT id, cluster FROM mine_cluster('p', 'k=8{}');
"""
TREE_JOB = """SELECT mine_train('churn', 'tree', 'train', 'target=y, max_depth=8, holdout=0{}');
CREATE TABLE scores(id INTEGER PRIMARY KEY, probability REAL);
INSERT INTO scores SELECT id, probability FROM mine_predict('churn', 'score');
"""


def job_before(db, *tables):
    """What a run of the job wrote is dropped before the next."""
    def before():
        con = sqlite3.connect(db)
        for table in (*tables, "mine_models"):
            con.execute(f"DROP TABLE IF EXISTS {table}")
        con.commit()
        con.close()
    return before


def judge_labels(db):
    """Within-cluster sum of squares of the labels, every column in its own deviations."""
    def judge():
        con = sqlite3.connect(db)
        total = 0.0
        for i in range(8):
            within, n, sums, squares = con.execute(f"""SELECT sum(q - s * s / n), sum(n), sum(s), sum(q) FROM
                (SELECT count(*) AS n, sum(x{i}) AS s, sum(x{i} * x{i}) AS q FROM p JOIN labels USING (id)
                 GROUP BY cluster)""").fetchone()
            total += within / (squares / n - (sums / n) ** 2)
        return total
    return judge


def judge_scores(db):
    """AUC of the written probabilities, by ranks (ties share theirs)."""
    def judge():
        return sqlite3.connect(db).execute("""
            WITH g AS (SELECT probability AS p, sum(y) AS ones, count(*) AS n FROM scores JOIN score USING (id)
                       GROUP BY 1),
                 r AS (SELECT ones, n, sum(n) OVER (ORDER BY p) - n + (n + 1) / 2.0 AS place FROM g),
                 c AS (SELECT sum(ones) * 1.0 AS pos, sum(n - ones) * 1.0 AS neg FROM g)
            SELECT (sum(place * ones) - pos * (pos + 1) / 2) / (pos * neg) FROM r, c""").fetchone()[0]
    return judge


def shell(s):
    return ["sqlite3", "-batch", "-bail", "-cmd", f".load {s.build / 'mine'}"]


def job(s, name, command, db, tables, judge, stdin=""):
    return Script(name, [str(s.build / "bench" / "launch"), *command], job_before(db, *tables), judge(db), stdin)


def jobs(s):
    k, c = s.db("points"), s.db("classes")

    def ours(name, db, tables, judge, script):
        return job(s, name, [*shell(s), db], db, tables, judge, script)

    python = [s.python(), str(HERE / "python_job.py")]
    return [
        Comparison("whole job: k-means k=8, labels written back", [
            ours("sqlite-mine", k, ("labels",), judge_labels, KMEANS_JOB.format(", starts=1")),
            ours("sqlite-mine, ten starts", k, ("labels",), judge_labels, KMEANS_JOB.format("")),
            job(s, "Python, scikit-learn", [*python, "kmeans", k], k, ("labels",), judge_labels)],
            goals={"Python, scikit-learn": 5.0}, judge="inertia", warm=False),
        Comparison("whole job: tree of depth 8, scores written back", [
            ours("sqlite-mine", c, ("scores",), judge_scores, TREE_JOB.format("")),
            ours("sqlite-mine max_bins=255", c, ("scores",), judge_scores, TREE_JOB.format(", max_bins=255")),
            job(s, "Python, XGBoost", [*python, "tree", c, "xgboost"], c, ("scores",), judge_scores),
            job(s, "Python, scikit-learn", [*python, "tree", c], c, ("scores",), judge_scores)],
            goals={"Python, XGBoost": 5.0, "Python, scikit-learn": 10.0}, judge="AUC", warm=False),
    ]


# ---- a busy neighbour --------------------------------------------------------------------


def neighbours_load(s):
    """Sides that are run alone and with one processor busy: [(what, side, most)]."""
    options = 'k=20, scale=none, tol=0, max_iter=20, starts=1, init="SELECT * FROM t WHERE id <= 20"'
    same = {"db": s.db("numeric"), "table": "t", "prefix": "c", "d": 16, "k": 20, "iterations": 20, "dtype": "float64"}
    trees = {"db": s.db("classes"), "d": 25, "judged": 1000}
    sides = [
        ("k-means", s.worker("sqlite-mine", "numeric", "fit", "", "t", "kmeans", options), 2.5),
        ("tree", s.worker("sqlite-mine", "classes", "fit", "", "train", "tree", "target=y, max_depth=8, holdout=0"), 2.5),
        ("scoring", s.worker("sqlite-mine", "numeric", "sql", "",
                             "SELECT sum(probability) FROM mine_predict('tree8','t')"), 2.5),
        ("k-means", s.peer("scikit-learn", "sklearn_kmeans", **same), None),
        ("tree", s.peer("XGBoost, one tree", "xgboost_tree", **trees), None)]
    return sides


GROUPS = {"floors": floors, "reading": reading, "scoring": scoring_sets, "rows": scoring_rows, "kmeans": kmeans,
          "tree": tree, "neighbors": neighbors, "jobs": jobs}
