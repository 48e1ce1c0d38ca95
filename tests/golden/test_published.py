#!/usr/bin/env python3
"""Published results on public data sets, through the SQL verbs.

Sources: Fisher's iris and wine (UCI), Lantz "Machine Learning with R" and the
arulesViz vignette (groceries), Bodon FIMI'03 (T10I4D100K), the FIMI repository
(retail, mushroom), rpart's own examples (kyphosis, iris), wine.names (1-NN), and
for k-means the least sum of squares known.  Counts must be exact; the empty set
is never counted; a minimum support s means count >= ceil(s * baskets).
"""
import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import datasets  # noqa: E402
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("published results")

WINE = [f"v{i}" for i in range(1, 14)] + ["class"]
MALL = ["CustomerID", "Genre", "Age", "Income", "Score"]

# name, source, options, inertia, cluster sizes or None
KMEANS = [
    ("iris", 'SELECT rowid, "Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width" FROM iris',
     "k=3, scale=none", 78.851441, None),
    ("mall", "SELECT rowid, Income, Score FROM mall", "k=5, scale=none", 44448.455448, [81, 39, 35, 23, 22]),
    ("wholesale", "SELECT rowid, Fresh, Milk, Grocery, Frozen, Detergents_Paper, Delicassen FROM wholesale",
     "k=3", 1604.0163, [393, 44, 3]),
    ("wine", "SELECT rowid, " + ", ".join(WINE[:-1]) + " FROM wine", "k=3", 1277.928489, [65, 62, 51]),
]

# table, options, total, counts by size or None
ITEMSETS = [
    ("groceries", "min_support=0.01", 333, [88, 213, 32]),
    ("groceries", "min_support=0.005", 1001, None),
    ("groceries", "min_support=0.001", 13492, None),
    ("t10", "min_support=0.05", 10, None), ("t10", "min_support=0.03", 60, None),
    ("t10", "min_support=0.02", 155, None), ("t10", "min_support=0.01", 385, None),
    ("t10", "min_support=0.0075", 561, None), ("t10", "min_support=0.005", 1073, None),
    ("t10", "min_support=0.001", 27532, [797, 8831, 7130, 5499, 3188, 1429, 503, 130, 23, 2]),
    ("retail", "min_support=0.01", 159, None),
    ("retail", "min_support=0.001", 7589, [2117, 3260, 1794, 382, 36]),
    ("retail", "min_support=0.0005", 19242, None),
    ("mushroom", "min_support=0.2", 53583, None),
    ("mushroom", "min_support=0.1", 574431, None),
]

# min_support, min_confidence, rules by number of items
RULES = [(0.006, 0.25, {2: 150, 3: 297, 4: 16}), (0.001, 0.8, {3: 29, 4: 229, 5: 140, 6: 12})]


def load(db):
    datasets.load_csv(db, "iris", "iris_fisher.csv")
    datasets.load_csv(db, "wine", "wine.csv", WINE)
    datasets.load_csv(db, "wholesale", "wholesale_customers.csv")
    datasets.load_csv(db, "mall", "mall_customers.csv")
    db.execute('ALTER TABLE mall RENAME COLUMN "Annual Income (k$)" TO Income')
    db.execute('ALTER TABLE mall RENAME COLUMN "Spending Score (1-100)" TO Score')
    datasets.load_csv(db, "kyphosis", "r_kyphosis.csv")
    datasets.load_csv(db, "rossi", "rossi.csv")
    datasets.load_csv(db, "telco", "telco_customer_churn.csv")
    datasets.load_adult(db)
    datasets.load_baskets(db, "groceries", "groceries.csv", ",")
    for table, file in (("t10", "T10I4D100K.dat"), ("retail", "retail.dat"), ("mushroom", "mushroom.dat")):
        datasets.load_baskets(db, table, file)


def check_kmeans(db):
    for name, source, options, best, sizes in KMEANS:
        rows = db.execute("SELECT cluster, distance FROM mine_cluster(?, ?)", (source, options)).fetchall()
        inertia = sum(d * d for _, d in rows)
        checks.that(inertia <= best * (1 + 1e-6), f"k-means {name} {options}",
                    f"inertia {inertia:.6f}, best known {best}")
        if sizes:
            counts = collections.Counter(c for c, _ in rows)
            checks.equal([counts[c] for c in sorted(counts)], sizes, f"k-means {name} sizes, falling")


def check_itemsets(db):
    for table, options, total, by_size in ITEMSETS:
        rows = db.execute("SELECT size, count(*) FROM mine_itemsets(?, ?) GROUP BY size ORDER BY size",
                          (f"SELECT basket, item FROM {table}", options)).fetchall()
        checks.equal(sum(n for _, n in rows), total, f"itemsets {table} {options}")
        if by_size:
            checks.equal([n for _, n in rows], by_size, f"itemsets {table} {options} by size")


def check_rules(db):
    for support, confidence, expected in RULES:
        rows = db.execute("SELECT antecedent, consequent, lift FROM mine_rules(?, ?)",
                          ("groceries", f"min_support={support}, min_confidence={confidence}")).fetchall()
        sizes = collections.Counter(len(json.loads(a)) + len(json.loads(c)) for a, c, _ in rows)
        what = f"rules groceries support {support} confidence {confidence}"
        checks.equal(dict(sorted(sizes.items())), expected, what)
    top = rows[0]
    checks.equal((sorted(json.loads(top[0])), json.loads(top[1])),
                 (["liquor", "red/blush wine"], ["bottled beer"]), "rules: the first")
    checks.that(abs(top[2] - 11.235) < 0.001, "rules: top lift", f"{top[2]:.4f} (published 11.235)")


def tree_splits(db, name):
    return [t for (t,) in db.execute(
        "SELECT DISTINCT c.test FROM mine_tree(?1) AS c WHERE c.test IS NOT NULL", (name,))]


def check_trees(db):
    db.execute("SELECT mine_train('kyphosis', 'tree', 'SELECT rowid, * FROM kyphosis', 'target=Kyphosis')")
    db.execute("SELECT mine_train('iris', 'tree', 'SELECT rowid, * FROM iris', 'target=Species')")
    for name, wanted in (("kyphosis", ("Start 8.5", "Start 14.5", "Age 55", "Age 111")),
                         ("iris", ("Petal.Length 2.45", "Petal.Width 1.75"))):
        tests = " ; ".join(tree_splits(db, name))
        for feature, threshold in (w.split() for w in wanted):
            near = [t for t in tree_splits(db, name)
                    if feature in t and abs(numbers(t)[-1] - float(threshold)) <= 0.5]
            checks.that(bool(near), f"tree {name}: rpart's split {feature} {threshold}", tests if not near else near[0])


def numbers(text):
    out = []
    for word in text.replace("(", " ").replace(")", " ").split():
        try:
            out.append(float(word))
        except ValueError:
            pass
    return out or [float("nan")]


def check_survival(db):
    """Fox (2002), Cox Proportional-Hazards Regression for Survival Data in R; lifelines' documentation."""
    db.execute("SELECT mine_train('rossi', 'cox', 'SELECT rowid AS id, * FROM rossi', 'target=week, event=arrest')")
    found = {name: (b, se) for name, b, se in db.execute("SELECT name, value, std_error FROM mine_coefficients('rossi')")}
    for name, b, se in (("fin", -0.37942, 0.19138), ("age", -0.05744, None), ("race", 0.31390, None), ("wexp", -0.14980, None),
                        ("mar", -0.43370, None), ("paro", -0.08487, None), ("prio", 0.09150, None)):
        checks.that(abs(found[name][0] - b) < 6e-6, f"cox rossi: {name} {b}", found[name][0])
        checks.that(se is None or abs(found[name][1] - se) < 6e-6, f"cox rossi: error of {name} {se}", found[name][1])
    concordance = db.execute("SELECT value FROM mine_evaluate('rossi') WHERE metric = 'concordance'").fetchone()[0]
    checks.that(abs(concordance - 0.64) < 0.005, "cox rossi: concordance 0.64", concordance)
    likely = db.execute("SELECT detail FROM mine_summary('rossi') WHERE name = 'log_likelihood'").fetchone()[0]
    checks.equal(likely, "-658.748", "cox rossi: log likelihood")


def check_quality(db):
    auc = dict(db.execute(
        "SELECT metric, value FROM mine_cross_validate('tree', 'telco', "
        "'target=Churn, max_depth=5, folds=10') WHERE fold = 'mean'"))["auc"]
    checks.that(auc >= 0.82, "tree telco, 10-fold AUC at depth 5 >= 0.82", f"{auc:.4f}")
    db.execute("SELECT mine_train('adult', 'tree', 'adult_train', 'target=income, max_depth=8')")
    auc = dict(db.execute("SELECT metric, value FROM mine_evaluate('adult', 'adult_test')"))["auc"]
    checks.that(auc >= 0.87, "tree adult, AUC on the test file >= 0.87", f"{auc:.4f}")
    right, rows = db.execute(
        "SELECT sum(a.class = b.class), count(*) FROM mine_neighbors(?1, ?1, 'k=1') AS n "
        "JOIN wine AS a ON a.rowid = n.query_id JOIN wine AS b ON b.rowid = n.id",
        ("SELECT rowid, " + ", ".join(WINE[:-1]) + " FROM wine",)).fetchone()
    checks.equal(rows, 178, "wine: one neighbour for every row, not itself")
    checks.that(abs(right / 178 - 0.961) <= 0.01, "wine, leave one out, 1-NN on z-scores 96.1% (1% either way)",
                f"{100 * right / 178:.2f}%")


def main():
    mt.data("README.md")
    db = mt.connect()
    load(db)
    for part in (check_kmeans, check_itemsets, check_rules, check_trees, check_survival, check_quality):
        part(db)
    db.close()
    checks.end()


main()
