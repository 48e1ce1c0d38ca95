#!/usr/bin/env python3
"""uplift and mine_uplift against numpy: the effect that was put into the data is found, the answer is the
difference of two models trained by hand, the Qini coefficient is scikit-uplift's definition, bins are
counted again."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
try:
    import numpy as np
except ImportError:
    mt.skip("numpy is not installed")
checks = mt.Checks("uplift against numpy")


def table(connection, n, seed, share=0.5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    plan = rng.integers(0, 3, n)
    treated = (rng.random(n) < share).astype(int)
    effect = np.where(x[:, 0] > 0.5, 0.35, np.where(x[:, 0] < -1, -0.25, 0.0))
    base = 0.35 + 0.1 * (x[:, 1] > 0) - 0.05 * (plan == 2)
    bought = (rng.random(n) < base + effect * treated).astype(int)
    spend = 20 + 3 * x[:, 1] + 8 * effect * treated + rng.normal(size=n)
    connection.execute("DROP TABLE IF EXISTS campaign")
    connection.execute("CREATE TABLE campaign(id INTEGER PRIMARY KEY, a REAL, b REAL, c REAL, plan TEXT, called INTEGER, "
                       "bought INTEGER, spend REAL, w REAL)")
    rows = [(i + 1, *map(float, x[i]), "xyz"[plan[i]], int(treated[i]), int(bought[i]), float(spend[i]), float(1 + i % 3))
            for i in range(n)]
    connection.executemany("INSERT INTO campaign VALUES(?,?,?,?,?,?,?,?,?)", rows)
    connection.commit()
    return treated, bought, spend, effect


def ask(connection, sql, *values):
    return np.array(connection.execute(sql, values).fetchall(), float)


def predictions(connection, model):
    return ask(connection, "SELECT prediction FROM mine_predict(?, 'campaign') ORDER BY id", model)[:, 0]


def probabilities(connection, model):
    return ask(connection, "SELECT probability FROM mine_predict(?, 'campaign') ORDER BY id", model)[:, 0]


# ---- scikit-uplift's Qini, as its documentation defines it ---------------------------------


def qini_curve(y, score, treated):
    order = np.argsort(score, kind="mergesort")[::-1]
    y, score, treated = y[order], score[order], treated[order]
    at = np.r_[np.nonzero(np.diff(score))[0], len(score) - 1]
    n_t = np.cumsum(treated)[at]
    y_t = np.cumsum(np.where(treated == 1, y, 0))[at]
    n_all = at + 1
    n_c = n_all - n_t
    y_c = np.cumsum(np.where(treated == 0, y, 0))[at]
    curve = y_t - y_c * np.divide(n_t, n_c, out=np.zeros(len(n_t)), where=n_c != 0)
    return np.r_[0, n_all], np.r_[0, curve]


def area(x, y):
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


def qini(y, score, treated):
    x, q = qini_curve(y, score, treated)
    px, pq = qini_curve(y, y * treated - y * (1 - treated), treated)
    chance = area([0, px[-1]], np.array([0, pq[-1]]))
    return (area(x, q) - chance) / (area(px, pq) - chance)


# ---- the answers --------------------------------------------------------------------------


def two_models(connection):
    for base in ("logistic", "boost", "tree"):
        options = f"target=bought, treatment=called, base={base}, ignore=spend|w, holdout=0"
        connection.execute("SELECT mine_train('u', 'uplift', 'campaign', ?)", (options,))
        own = predictions(connection, "u")
        arms = []
        for arm in (1, 0):
            connection.execute("SELECT mine_train('m', ?, ?, 'target=bought, ignore=spend|w|called, holdout=0')",
                               (base, f"SELECT * FROM campaign WHERE called = {arm}"))
            arms.append(probabilities(connection, "m"))
        worst = float(np.abs(own - (arms[0] - arms[1])).max())
        checks.that(worst < 1e-9, f"{base}: the difference of two models trained by hand", f"{worst:.2g}")
    connection.execute("SELECT mine_train('u', 'uplift', 'campaign', 'target=spend, treatment=called, base=linear, ignore=bought|w, holdout=0')")
    own, arms = predictions(connection, "u"), []
    for arm in (1, 0):
        connection.execute("SELECT mine_train('m', 'linear', ?, 'target=spend, ignore=bought|w|called, holdout=0')",
                           (f"SELECT * FROM campaign WHERE called = {arm}",))
        arms.append(predictions(connection, "m"))
    worst = float(np.abs(own - (arms[0] - arms[1])).max())
    checks.that(worst < 1e-9, "linear: of a number", f"{worst:.2g}")


def transformed(connection, treated):
    connection.execute("SELECT mine_train('u', 'uplift', 'campaign', 'target=bought, treatment=called, base=logistic, "
                       "method=class_transformation, ignore=spend|w, holdout=0')")
    own = predictions(connection, "u")
    share = treated.mean()
    source = (f"SELECT id, a, b, c, plan, bought = called AS z, CASE called WHEN 1 THEN {0.5 / share!r} ELSE {0.5 / (1 - share)!r} END AS v "
              "FROM campaign")
    connection.execute("SELECT mine_train('m', 'logistic', ?, 'target=z, weight=v, holdout=0')", (source,))
    by_hand = 2 * ask(connection, "SELECT probability FROM mine_predict('m', ?) ORDER BY id", source)[:, 0] - 1
    worst = float(np.abs(own - by_hand).max())
    checks.that(worst < 1e-6, "class transformation by hand", f"{worst:.2g}")


def known_effect(connection, effect):
    for base in ("boost", "forest"):
        connection.execute("SELECT mine_train('u', 'uplift', 'campaign', ?)",
                           (f"target=bought, treatment=called, base={base}, ignore=spend|w",))
        own = predictions(connection, "u")
        r = float(np.corrcoef(own, effect)[0, 1])
        checks.that(r > 0.6, f"{base}: the effect that was put in is found", f"correlation {r:.3f}")
        found = dict(connection.execute("SELECT metric, value FROM mine_evaluate('u')"))
        checks.that(found["qini"] > 0.05, f"{base}: held-out qini", f"{found['qini']:.3f}")


def judged(connection):
    """The Qini coefficient and the bins, from the scores of a source."""
    connection.execute("SELECT mine_train('u', 'uplift', 'SELECT * FROM campaign WHERE id <= 3000', "
                       "'target=bought, treatment=called, base=tree, ignore=spend|w, refit=0, holdout=0.4')")
    known = ask(connection, "SELECT called, bought FROM campaign ORDER BY id")
    score, y, w = predictions(connection, "u"), known[:, 1], known[:, 0]
    bins = ask(connection, "SELECT bin, rows, treated, uplift, low, high, qini, cumulative, threshold FROM mine_uplift('u', 'campaign', 'bins=8')")
    last = np.inf
    done = np.zeros(len(y), bool)
    wrong = []
    for bin_, rows, treated, uplift, low, high, q, cumulative, threshold in bins:
        here = (score >= threshold) & (score < last)
        done |= here
        last = threshold
        t, c = y[here & (w == 1)], y[here & (w == 0)]
        error = 1.959963984540054 * np.sqrt(t.var() / (len(t) - 1) + c.var() / (len(c) - 1))
        gap = t.mean() - c.mean()
        at, ac = y[done & (w == 1)], y[done & (w == 0)]
        expected = [here.sum(), len(t), gap, gap - error, gap + error, at.sum() - ac.sum() * len(at) / len(ac), at.mean() - ac.mean()]
        if not np.allclose([rows, treated, uplift, low, high, q, cumulative], expected, rtol=1e-9, atol=1e-9):
            wrong.append((bin_, expected))
    checks.that(not wrong and done.all() and len(bins) > 2, f"{len(bins)} bins counted again", str(wrong[:2]))


def coefficient(connection):
    """On rows held out, which are asked for as a source: the hash chooses the same ones for the same ids."""
    text = "target=bought, treatment=called, base=logistic, ignore=spend|w, refit=0, split=side"
    connection.execute("CREATE TEMP TABLE parted AS SELECT *, CASE WHEN id % 4 THEN 'train' ELSE 'test' END AS side FROM campaign")
    try:
        connection.execute("SELECT mine_train('u', 'uplift', 'temp.parted', ?)", (text,))
        where = "id % 4 = 0"
    except mt.sqlite3.Error as error:
        checks.that(False, "a split by a column", str(error))
        return
    known = ask(connection, f"SELECT called, bought FROM campaign WHERE {where} ORDER BY id")
    score = ask(connection, f"SELECT prediction FROM mine_predict('u', 'SELECT * FROM campaign WHERE {where}') ORDER BY id")[:, 0]
    found = dict(connection.execute("SELECT metric, value FROM mine_evaluate('u')"))
    checks.equal(found["rows"], len(known), "rows held out")
    by_hand = qini(known[:, 1], score, known[:, 0])
    checks.that(abs(found["qini"] - by_hand) < 1e-9, "the Qini coefficient", f"{found['qini']:.9f} {by_hand:.9f}")
    gap = known[known[:, 0] == 1, 1].mean() - known[known[:, 0] == 0, 1].mean()
    checks.that(abs(found["effect"] - gap) < 1e-12, "the effect", f"{gap:.6f}")


def uplift_curve(y, score, treated):
    """scikit-uplift's uplift_curve."""
    order = np.argsort(score, kind="mergesort")[::-1]
    y, score, treated = y[order], score[order], treated[order]
    at = np.r_[np.nonzero(np.diff(score))[0], len(score) - 1]
    n_t, n_all = np.cumsum(treated)[at], at + 1
    n_c = n_all - n_t
    y_t, y_c = np.cumsum(y * treated)[at], np.cumsum(y * (1 - treated))[at]
    mean_t = np.divide(y_t, n_t, out=np.zeros(len(at)), where=n_t != 0)
    mean_c = np.divide(y_c, n_c, out=np.zeros(len(at)), where=n_c != 0)
    return np.r_[0, n_all], np.r_[0, (mean_t - mean_c) * n_all]


def on_a_source(connection):
    """mine_evaluate of rows that the model has not seen, and how far chance among them reaches."""
    connection.execute("SELECT mine_train('u', 'uplift', 'SELECT * FROM campaign WHERE id <= 3000', "
                       "'target=bought, treatment=called, base=tree, ignore=spend|w, holdout=0')")
    where = "SELECT * FROM campaign WHERE id > 3000"
    known = ask(connection, f"SELECT called, bought FROM ({where}) ORDER BY id")
    score = ask(connection, f"SELECT prediction FROM mine_predict('u', '{where}') ORDER BY id")[:, 0]
    w, y = known[:, 0], known[:, 1]
    found = {m: (v, low, high) for m, v, low, high in connection.execute(
        "SELECT metric, value, low, high FROM mine_evaluate('u', ?, 'level=0.9, resamples=400')", (where,))}
    x, u = uplift_curve(y, score, w)
    expected = {"qini": qini(y, score, w), "auuc": area(x, u) / len(y) ** 2, "effect": y[w == 1].mean() - y[w == 0].mean()}
    for name, value in expected.items():
        checks.that(abs(found[name][0] - value) < 1e-9, f"{name} of a source", f"{found[name][0]} {value}")
    rng = np.random.default_rng(5)
    drawn = []
    for _ in range(400):
        i = rng.integers(0, len(y), len(y))
        x, u = uplift_curve(y[i], score[i], w[i])
        drawn.append((qini(y[i], score[i], w[i]), area(x, u) / len(y) ** 2, y[i][w[i] == 1].mean() - y[i][w[i] == 0].mean()))
    for column, name in enumerate(("qini", "auuc", "effect")):
        low, high = np.quantile(np.array(drawn)[:, column], (0.05, 0.95))
        close = 0.25 * (high - low)
        checks.that(abs(found[name][1] - low) < close and abs(found[name][2] - high) < close,
                    f"{name}: an interval as numpy's bootstrap has it", f"{found[name]} {low:.4f} {high:.4f}")
    same = connection.execute("SELECT metric, low, high FROM mine_evaluate('u', ?, 'level=0.9, resamples=400, threads=1')", (where,)).fetchall()
    checks.that(same == [(m, low, high) for m, (_, low, high) in found.items()], "one thread, the same interval")
    bins = ask(connection, "SELECT qini, qini_low, qini_high, cumulative, cumulative_low, cumulative_high, treated FROM mine_uplift('u', ?, 'bins=4')", where)
    n = np.cumsum(bins[:, 6])
    checks.that(np.allclose(bins[:, 1], bins[:, 4] * n) and np.allclose(bins[:, 2], bins[:, 5] * n) and
                (bins[:, 4] < bins[:, 3]).all() and (bins[:, 3] < bins[:, 5]).all(), "intervals of the curves", str(bins[0]))
    t, c = y[w == 1], y[w == 0]
    error = 1.959963984540054 * np.sqrt(t.var() / (len(t) - 1) + c.var() / (len(c) - 1))
    checks.that(abs(bins[-1, 5] - bins[-1, 3] - error) < 1e-9, "of all rows: that of a difference of means", f"{error}")


def balance(connection):
    """Who was treated by chance is not told; who was chosen is, by the attribute that chose."""
    def warned(source):
        connection.execute("SELECT mine_train('u', 'uplift', ?, 'target=bought, treatment=called, base=logistic')", (source,))
        return {name for (name,) in connection.execute(
            "SELECT name FROM mine_summary('u') WHERE item = 'warning' AND detail LIKE '%standardised difference%'")}
    checks.equal(warned("SELECT id, a, b, c, plan, called, bought FROM campaign"), set(), "chance: no warning")
    checks.equal(warned("SELECT id, a, b, c, plan, a + 0.5 * c > 0 AS called, bought FROM campaign"), {"a", "c"}, "chosen by a and c")
    checks.equal(warned("SELECT id, a, b, c, plan, plan = 'x' OR id % 3 = 0 AS called, bought FROM campaign"), {"plan"}, "chosen by plan")


def leaves(connection):
    """Exported SQL and JSON answer the same."""
    for base in ("logistic", "boost"):
        connection.execute("SELECT mine_train('u', 'uplift', 'campaign', ?)",
                           (f"target=bought, treatment=called, base={base}, ignore=spend|w, holdout=0",))
        own = predictions(connection, "u")
        sql = connection.execute("SELECT mine_export('u', 'sql', NULL, 'table=campaign')").fetchone()[0]
        other = np.array([r[-1] for r in sorted(connection.execute(sql).fetchall())], float)
        worst = float(np.abs(own - other).max())
        checks.that(worst < 1e-9, f"{base}: exported as sql", f"{worst:.2g}")
        connection.execute("SELECT mine_import('back', mine_export('u', 'json'))")
        checks.that(np.array_equal(predictions(connection, "back"), own), f"{base}: exported as json and back")
        total = ask(connection, "SELECT id, sum(contribution) FROM mine_explain('u', 'SELECT * FROM campaign LIMIT 200') GROUP BY id ORDER BY id")
        worst = float(np.abs(total[:, 1] - own[:200]).max())
        checks.that(worst < 1e-6, f"{base}: reasons add up to the uplift", f"{worst:.2g}")


def main():
    connection = mt.connect()
    treated, _, _, effect = table(connection, 6000, 3)
    two_models(connection)
    known_effect(connection, effect)
    judged(connection)
    coefficient(connection)
    on_a_source(connection)
    balance(connection)
    leaves(connection)
    treated, _, _, _ = table(connection, 3000, 4, share=0.3)
    transformed(connection, treated)
    connection.close()
    checks.end()


main()
