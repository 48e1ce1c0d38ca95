#!/usr/bin/env python3
"""mine_drift: its figures against scipy, and how often it cries wolf, by simulation.

    test_drift.py [nights [rows]]

nights: how many resamples are drawn (10; the long checks draw 500).
"""
import sys

from peer import mt, np
from scipy import stats

checks = mt.Checks("drift")
NIGHTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
COLUMNS = ["income", "age", "visits", "flag", "spend", "plan", "town"]


def customers(rng, n, first=1):
    """Skewed, tied, rare and missing values; many levels; a target."""
    income = np.exp(rng.normal(0, 1, n))
    age = rng.normal(45, 14, n)
    visits = rng.poisson(2.5, n)
    flag = (rng.random(n) < 0.03).astype(int)
    spend = np.where(rng.random(n) < 0.3, 0, rng.gamma(2, 50, n))
    plan = rng.choice(["basic", "family", "gold", "trial"], n, p=[0.55, 0.3, 0.14, 0.01])
    town = (rng.pareto(1.1, n) * 40).astype(int)
    churned = rng.random(n) < 1 / (1 + np.exp(1.2 - 0.4 * income + 0.3 * visits - (plan == "gold")))
    gaps = rng.random(n) < 0.04
    return [(first + i, None if gaps[i] else float(income[i]), float(age[i]), int(visits[i]), int(flag[i]),
             float(spend[i]), str(plan[i]), f"t{town[i]}", "yes" if churned[i] else "no") for i in range(n)]


def fill(db, table, rows):
    db.execute(f"DROP TABLE IF EXISTS {table}")
    db.execute(f"CREATE TABLE {table}(id INTEGER PRIMARY KEY, income REAL, age REAL, visits INTEGER, flag INTEGER, "
               "spend REAL, plan TEXT, town TEXT, churned TEXT)")
    db.executemany(f"INSERT INTO {table} VALUES(?,?,?,?,?,?,?,?,?)", rows)


def drifted(db, model="m", source="tonight"):
    return db.execute("SELECT item, kind, psi, p_value, was, now FROM mine_drift(?, ?) WHERE drifted", (model, source)).fetchall()


def nights(db, rng, name, model, draw):
    found = [bool(drifted(db, model)) for _ in range(NIGHTS) if not fill(db, "tonight", draw())]
    checks.that(sum(found) <= 0.05 * NIGHTS, f"{name}: {sum(found)} of {NIGHTS} nights flagged")


def resampled(rng, rows):
    picked = rng.integers(0, len(rows), len(rows))
    return [(i + 1, *rows[k][1:]) for i, k in enumerate(picked)]


def cries(db, rng):
    """Resamples of the training rows, and others like them, are left alone by every kind of model."""
    known = customers(rng, ROWS)
    fill(db, "customers", known)
    for model, algorithm, options in (("m", "logistic", ""), ("by_heart", "forest", ", n_trees=20"),
                                      ("seen", "tree", ", holdout=0, max_depth=12")):
        db.execute("SELECT mine_train(?, ?, 'customers', ?)", (model, algorithm, "target=churned" + options))
    for model in ("m", "by_heart", "seen"):
        nights(db, rng, f"resamples, {model}", model, lambda: resampled(rng, known))
    for model in ("m", "by_heart"):
        nights(db, rng, f"new rows, {model}", model, lambda: customers(rng, 3000, 10 ** 6))
    nights(db, rng, "half new, by_heart", "by_heart",
           lambda: resampled(rng, known)[:2000] + customers(rng, 2000, 10 ** 6))


def shifts(db, rng):
    """A fifth of a standard deviation in one column is told, in that column."""
    for column, at in (("income", 1), ("age", 2), ("visits", 3), ("spend", 5)):
        missed = []
        for night in range(4):
            rows = customers(rng, 3000, 10 ** 6)
            values = np.array([r[at] for r in rows if r[at] is not None], float)
            step = 0.2 * values.std()
            fill(db, "tonight", [(*r[:at], None if r[at] is None else r[at] + step, *r[at + 1:]) for r in rows])
            if column not in {item for item, kind, *_ in drifted(db) if kind == "feature"}:
                missed.append(night)
        checks.that(not missed, f"{column} moved by 0.2 standard deviations is told", f"not in nights {missed}")
    for what, change, item, kind in (
            ("one level more frequent", lambda r: (*r[:6], "gold" if r[0] % 12 == 0 else r[6], *r[7:]), "plan", "feature"),
            ("gaps", lambda r: (*r[:2], None if r[0] % 20 == 0 else r[2], *r[3:]), "age", "missing"),
            ("a new level", lambda r: (*r[:6], "Gold" if r[6] == "gold" else r[6], *r[7:]), "plan", "unknown"),
            ("values beyond all", lambda r: (*r[:4], 2 if r[0] % 15 == 0 else r[4], *r[5:]), "flag", "feature"),
            ("everybody spends", lambda r: (*r[:1], None if r[1] is None else r[1] + 2, *r[2:]), "churned", "score")):
        fill(db, "tonight", [change(r) for r in customers(rng, 3000, 10 ** 6)])
        found = drifted(db)
        checks.that((item, kind) in {f[:2] for f in found}, f"{what} is told as {kind} of {item}", str(found))


def large(db):
    """Of many rows a change is certain long before it matters."""
    rows = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT {}) SELECT i AS id, " \
           "abs(i * 7919 % 100003) % 1000 + {} AS x, i * 31 % 97 AS y, i * 31 % 97 > 40 AS target FROM n"
    db.execute("SELECT mine_train('large', 'tree', ?, 'target=target')", (rows.format(200000, 0),))
    x = db.execute("SELECT psi, p_value, drifted FROM mine_drift('large', ?) WHERE item = 'x' AND kind = 'feature'",
                   (rows.format(200000, 9),)).fetchone()
    checks.that(x[1] < 1e-6 and x[0] < 0.01 and not x[2], "0.03 standard deviations in 200,000 rows: certain, and no drift", str(x))


def figures(db, rng):
    """psi, statistic and p of a category and of a gap, computed again."""
    fill(db, "tonight", customers(rng, 3000, 10 ** 6))
    both = {table: dict(db.execute(f"SELECT plan, count(*) FROM {table} WHERE plan <> 'trial' GROUP BY plan"))
            for table in ("customers", "tonight")}
    for table in both:
        db.execute(f"CREATE VIEW {table}_3 AS SELECT id, plan, age, income, churned FROM {table} WHERE plan <> 'trial'")
    db.execute("SELECT mine_train('three', 'tree', 'customers_3', 'target=churned')")
    levels = sorted(both["customers"])
    was, now = (np.array([both[t][l] for l in levels], float) for t in ("customers", "tonight"))
    a, b = was / was.sum(), now / now.sum()
    chi2, p, *_ = stats.chi2_contingency([was, now], correction=False)
    ours = db.execute("SELECT psi, statistic, p_value FROM mine_drift('three', 'tonight_3') WHERE item = 'plan' "
                      "AND kind = 'feature'").fetchone()
    checks.that(np.allclose(ours, (((b - a) * np.log(b / a)).sum(), chi2, p), rtol=1e-9), "a category's figures", str(ours))
    table = [db.execute(f"SELECT sum(income IS NULL), count(income) FROM {t}").fetchone() for t in ("tonight_3", "customers_3")]
    p = stats.fisher_exact(table)[1]
    ours = db.execute("SELECT statistic, p_value FROM mine_drift('three', 'tonight_3') WHERE item = 'income' "
                      "AND kind = 'missing'").fetchone()
    checks.that(np.allclose(ours, (stats.chi2_contingency(table, correction=False)[0], p), rtol=1e-7), "gaps' figures", str(ours))


def main():
    rng = np.random.default_rng(11)
    db = mt.connect()
    cries(db, rng)
    shifts(db, rng)
    large(db)
    figures(db, rng)
    checks.end()


main()
