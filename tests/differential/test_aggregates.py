#!/usr/bin/env python3
"""Aggregates against numpy, scipy, scikit-learn and R: of groups, and of every frame of a
moving window, on columns with ties, gaps, offsets and sizes beyond each other's digits."""
import collections
import fractions
import math
import random
import shutil
import subprocess

from peer import mt, np
from sklearn import metrics

try:
    from scipy import stats
except ImportError:
    mt.skip("scipy is not installed (apt-get install python3-scipy)")


def near(ours, theirs, most=1e-9):
    """NULL for what is not defined."""
    if theirs is None or theirs != theirs:
        return ours is None
    return ours is not None and abs(ours - theirs) <= most * max(1e-300, abs(ours), abs(theirs)) + 1e-15


# ---- what they say ---------------------------------------------------------------------


def given(rows):
    return [r for r in rows if all(v is not None for v in r)]


def spread(x):
    """Exact: sums of fractions."""
    if len(x) < 2:
        return None
    exact = [fractions.Fraction(v) for v in x]
    mean = sum(exact) / len(exact)
    return sum((v - mean) ** 2 for v in exact) / (len(x) - 1)


def variance(x, _):
    v = spread(x)
    return None if v is None else float(v)


def stddev(x, _):
    v = spread(x)
    return None if v is None else math.sqrt(v)


def corr(x, y):
    if len(set(x)) < 2 or len(set(y)) < 2:
        return None
    a, b = ([fractions.Fraction(v) for v in z] for z in (x, y))
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    top = sum((p - ma) * (q - mb) for p, q in zip(a, b))
    below = sum((p - ma) ** 2 for p in a) * sum((q - mb) ** 2 for q in b)
    return math.copysign(math.sqrt(top * top / below), top)


def mode(x, _):
    times = collections.Counter(x)
    most = max(times.values())
    return min(v for v, n in times.items() if n == most)


def entropy(x, _):
    return stats.entropy(list(collections.Counter(x).values()), base=2)


def auc(actual, score):
    return metrics.roc_auc_score(actual, score) if len(set(actual)) == 2 else None


def log_loss(actual, p):
    return metrics.log_loss(actual, p, labels=[0, 1])


def rmse(actual, predicted):
    return math.sqrt(np.mean((np.array(actual) - np.array(predicted)) ** 2))


# name, SQL, the columns it reads, theirs (of the columns without their gaps)
FIGURES = [
    ("median", "mine_median({0})", ("x",), lambda x, _: float(np.median(x))),
    ("quantile .1", "mine_quantile({0}, 0.1)", ("x",), lambda x, _: float(np.quantile(x, .1))),
    ("quantile .95", "mine_quantile({0}, 0.95)", ("far",), lambda x, _: float(np.quantile(x, .95))),
    ("quantile 1/3", "mine_quantile({0}, 1/3.0)", ("few",), lambda x, _: float(np.quantile(x, 1 / 3))),
    ("variance", "mine_variance({0})", ("x",), variance),
    ("variance, offset", "mine_variance({0})", ("far",), variance),
    ("variance, sizes", "mine_variance({0})", ("wide",), variance),
    ("stddev", "mine_stddev({0})", ("few",), stddev),
    ("corr", "mine_corr({0}, {1})", ("x", "few"), corr),
    ("corr, offset", "mine_corr({0}, {1})", ("far", "x"), corr),
    ("corr, sizes", "mine_corr({0}, {1})", ("wide", "far"), corr),
    ("entropy", "mine_entropy({0})", ("few",), entropy),
    ("entropy, text", "mine_entropy({0})", ("word",), entropy),
    ("mode", "mine_mode({0})", ("few",), mode),
    ("mode, text", "mine_mode({0})", ("word",), mode),
    ("mode, many", "mine_mode({0})", ("many",), mode),
    ("entropy, many", "mine_entropy({0})", ("many",), entropy),
    ("auc", "mine_auc({0}, {1})", ("flag", "few"), auc),
    ("auc, fine", "mine_auc({0}, {1})", ("flag", "x"), auc),
    ("log_loss", "mine_log_loss({0}, {1})", ("flag", "p"), log_loss),
    ("rmse", "mine_rmse({0}, {1})", ("x", "few"), rmse),
]


def theirs(figure, rows):
    _, _, columns, function = figure
    kept = given([[r[c] for c in columns] for r in rows])
    if not kept:
        return None
    x = [r[0] for r in kept]
    return function(x, [r[1] for r in kept] if len(columns) > 1 else None)


# ---- rows ---------------------------------------------------------------------------------


def table(db, n, dice):
    def gaps(v, share=.1):
        return None if dice.random() < share else v
    rows = []
    for i in range(n):
        rows.append({"id": i, "part": dice.randrange(3), "x": gaps(dice.gauss(0, 5)),
                     "far": gaps(1e9 + dice.random()), "few": gaps(float(dice.randrange(6))),
                     "wide": gaps(dice.choice([1e-9, 1, 1e12]) * dice.gauss(0, 1)),
                     "many": gaps(i // 2 * 7 % 401 if i % 3 else dice.randrange(8)),
                     "word": gaps(dice.choice(["a", "b", "c", "dd", "é"])),
                     "flag": gaps(dice.randrange(2)), "p": gaps(dice.choice([0.0, 1.0, dice.random()]))})
    db.execute("DROP TABLE IF EXISTS t")
    db.execute("CREATE TABLE t(" + ", ".join(rows[0]) + ")")
    db.executemany("INSERT INTO t VALUES(" + ",".join("?" * len(rows[0])) + ")", (tuple(r.values()) for r in rows))
    return rows


def call(figure):
    return figure[1].format(*figure[2])


def same(ours, value):
    return ours == value if isinstance(value, str) else near(ours, value)


def compare(checks, what, pairs):
    """One check of many pairs (ours, theirs)."""
    wrong = [(i, a, b) for i, (a, b) in enumerate(pairs) if not same(a, b)]
    checks.that(not wrong, f"{what}: {len(pairs)} values", f"{len(wrong)} differ, first {wrong[:1]}")


def groups(checks, db, rows, n):
    for figure in FIGURES:
        found = db.execute(f"SELECT part, {call(figure)} FROM t GROUP BY part").fetchall()
        compare(checks, f"n={n} {figure[0]} by group",
                [(value, theirs(figure, [r for r in rows if r["part"] == part])) for part, value in found])


# frame, and the rows that row i has in it
FRAMES = [
    ("ROWS BETWEEN 6 PRECEDING AND CURRENT ROW", lambda r, i: r[max(0, i - 6):i + 1]),
    ("ROWS BETWEEN 40 PRECEDING AND 30 PRECEDING", lambda r, i: r[max(0, i - 40):max(0, i - 29)]),
    ("ROWS BETWEEN 9 PRECEDING AND 9 FOLLOWING", lambda r, i: r[max(0, i - 9):i + 10]),
    ("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", lambda r, i: r[:i + 1]),
    ("ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", lambda r, i: r[i:]),
    ("ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW",
     lambda r, i: r[max(0, i - 5):i] + r[i + 1:i + 6]),
]


def windows(checks, db, rows):
    for frame, members in FRAMES:
        for figure in FIGURES:
            found = db.execute(f"SELECT id, part, {call(figure)} OVER (PARTITION BY part ORDER BY id {frame}) "
                               "FROM t").fetchall()
            parts = {p: [r for r in rows if r["part"] == p] for p in range(3)}
            pairs = []
            for number, part, value in found:
                i = next(k for k, r in enumerate(parts[part]) if r["id"] == number)
                pairs.append((value, theirs(figure, members(parts[part], i))))
            compare(checks, f"{figure[0]} {frame}", pairs)


def order_and_drift(checks, db, dice):
    """Rows in any order and a frame that once held 1e300: the same bits."""
    values = [dice.gauss(0, 1) for _ in range(500)]
    want = db.execute("SELECT mine_variance(value) FROM json_each(?)", (str(values),)).fetchone()[0]
    dice.shuffle(values)
    again = db.execute("SELECT mine_variance(value) FROM json_each(?)", (str(values),)).fetchone()[0]
    checks.that(want == again, "variance: the same bits in any order", f"{want!r} {again!r}")
    for huge in ("1e300", "1e308", "5e-324", "9e999"):
        sql = ("WITH n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 40), v AS (SELECT i, "
               f"iif(i=7, {huge}, i*i%11/7.0) AS x, iif(i=9, -{huge}, i*5%13/3.0) AS y FROM n) ")
        for f in ("mine_variance(x)", "mine_stddev(y)", "mine_corr(x, y)", "mine_rmse(x, y)", "mine_median(x)"):
            moving = db.execute(sql + f"SELECT {f} OVER (ORDER BY i ROWS 9 PRECEDING) FROM v").fetchall()[-1]
            fresh = db.execute(sql + f"SELECT {f} FROM v WHERE i > 30").fetchone()
            checks.that(moving == fresh, f"{f} after {huge}: the same bits", f"{moving} {fresh}")
    wide = db.execute("SELECT mine_stddev(value), mine_variance(value), mine_rmse(value, -value) FROM "
                      "json_each('[1e308, -1e308]')").fetchone()
    checks.that(near(wide[0], 1e308 * math.sqrt(2)) and wide[1] == math.inf, "beyond 1e308", str(wide))


def against_r(checks, db, dice):
    """The definitions, by another program."""
    if not shutil.which("Rscript"):
        return
    x = [round(dice.gauss(0, 3), 3) for _ in range(101)] + [1.0] * 10
    y = [round(v + dice.gauss(0, 2), 3) for v in x]
    vectors = f"x <- c({','.join(map(repr, x))}); y <- c({','.join(map(repr, y))});"
    lines = ["median(x)", "quantile(x, .1)", "quantile(x, .777)", "var(x)", "sd(y)", "cor(x, y)",
             "sqrt(mean((x-y)^2))"]
    done = subprocess.run(["Rscript", "-"], stdout=subprocess.PIPE, check=True, timeout=120, input=(
        vectors + "".join(f"cat(sprintf('%.17g\\n', {v}));" for v in lines)).encode())
    db.execute("CREATE TEMP TABLE r(x, y)")
    db.executemany("INSERT INTO r VALUES(?, ?)", zip(x, y))
    ours = db.execute("SELECT mine_median(x), mine_quantile(x, .1), mine_quantile(x, .777), mine_variance(x), "
                      "mine_stddev(y), mine_corr(x, y), mine_rmse(x, y) FROM r").fetchone()
    compare(checks, "R", list(zip(ours, map(float, done.stdout.split()))))


def main():
    checks = mt.Checks("aggregates against numpy, scipy, scikit-learn and R")
    db = mt.connect()
    dice = random.Random(8)
    for n in (1, 2, 7, 100, 2000):
        rows = table(db, n, dice)
        groups(checks, db, rows, n)
    windows(checks, db, table(db, 240, dice))
    order_and_drift(checks, db, dice)
    against_r(checks, db, dice)
    checks.end()


main()
