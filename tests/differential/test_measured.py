#!/usr/bin/env python3
"""Measures, lift, thresholds and comparisons against scikit-learn, scipy and plain definitions."""
import math

from peer import mt, np, VERSION
from scipy import stats
from sklearn import metrics

checks = mt.Checks(f"measures against scikit-learn {VERSION}")


def load(db, rng, n, weighted, levels):
    """Scores come out of a tree of few leaves (ties) or of naive Bayes (hardly any)."""
    db.execute("DROP TABLE IF EXISTS rows")
    db.execute("CREATE TABLE rows(id INTEGER, a REAL, b REAL, w REAL, label TEXT, three TEXT, number REAL)")
    for i in range(n):
        a, b = rng.normal(), rng.normal()
        label = "yes" if rng.random() < 1 / (1 + np.exp(1 - 1.5 * a)) else "no"
        db.execute("INSERT INTO rows VALUES(?,?,?,?,?,?,?)",
                   (i, a, b, float(rng.integers(1, 4)) if weighted else 1.0, label,
                    "xyz"[int(np.clip(round(a + rng.normal()), -1, 1)) + 1], 20 + 3 * a - b + rng.normal()))


def columns(db, sql, *parameters):
    return [np.array(c) for c in zip(*db.execute(sql, parameters))]


def close(checks_name, ours, theirs, tolerance=1e-9):
    wrong = [f"{k}: {ours.get(k)!r}, not {v!r}" for k, v in theirs.items()
             if ours.get(k) is None or not abs(ours[k] - v) <= tolerance * max(1, abs(v))]
    checks.that(not wrong, checks_name, "; ".join(wrong))


def ks(label, p, weight):
    """The largest distance of the two distribution functions."""
    at = np.unique(p)
    share = [np.array([weight[(label == c) & (p <= t)].sum() for t in at]) / weight[label == c].sum() for c in (0, 1)]
    return np.abs(share[0] - share[1]).max()


def calibration_error(truth, p, weight, bins=10):
    """Ten bins of as many rows each, ties with those before them."""
    order, n, first, error = np.argsort(p, kind="stable"), len(p), 0, 0
    truth, p, weight = truth[order], p[order], weight[order]
    for b in range(1, bins + 1):
        end = n * b // bins
        while 0 < end < n and p[end] == p[end - 1]:
            end += 1
        if end > first:
            error += abs((weight[first:end] * (p[first:end] - truth[first:end])).sum())
            first = end
    return error / weight.sum()


def two_classes(db, name, weighted):
    label, p, w, guess = columns(db, "SELECT r.label = 'yes', p.probability, r.w, p.prediction = 'yes' FROM rows r "
                                     "JOIN mine_predict('m', 'rows') p USING (id)")
    s = {"sample_weight": w}
    ours = dict(db.execute("SELECT metric, value FROM mine_evaluate('m', 'rows')"))
    close(f"{name}: two classes", ours, {
        "pr_auc": metrics.average_precision_score(label, p, **s), "ks": ks(label, p, w),
        "mcc": metrics.matthews_corrcoef(label, guess, **s), "kappa": metrics.cohen_kappa_score(label, guess, **s),
        "calibration_error": calibration_error(label, p, w)})
    if not weighted:
        close(f"{name}: scipy", ours, {"ks": stats.ks_2samp(p[label == 1], p[label == 0]).statistic})
    return label, p, w


def several_classes(db, name):
    label, guess, w = columns(db, "SELECT r.three, p.prediction, r.w FROM rows r JOIN mine_predict('t', 'rows') p USING (id)")
    (confidence,) = columns(db, "SELECT confidence FROM mine_predict('t', 'rows')")
    s = {"sample_weight": w}
    ours = dict(db.execute("SELECT metric, value FROM mine_evaluate('t', 'rows')"))
    close(f"{name}: three classes", ours, {
        "mcc": metrics.matthews_corrcoef(label, guess, **s), "kappa": metrics.cohen_kappa_score(label, guess, **s),
        "calibration_error": calibration_error((label == guess).astype(float), confidence, w)})
    checks.that("pr_auc" not in ours and "ks" not in ours, f"{name}: no curve of three classes")


def numbers(db, name):
    y, p, w = columns(db, "SELECT r.number, p.prediction, r.w FROM rows r JOIN mine_predict('r', 'rows') p USING (id)")
    s = {"sample_weight": w}
    ours = dict(db.execute("SELECT metric, value FROM mine_evaluate('r', 'rows')"))
    each = np.repeat(np.abs(y - p), w.astype(int))
    close(f"{name}: numbers", ours, {
        "mape": metrics.mean_absolute_percentage_error(y, p, **s), "median_absolute_error": np.median(each),
        "pinball": metrics.mean_pinball_loss(y, p, alpha=0.5, **s)})
    y, p, w = columns(db, "SELECT r.number, p.prediction, r.w FROM rows r JOIN mine_predict('q', 'rows') p USING (id)")
    ours = dict(db.execute("SELECT metric, value FROM mine_evaluate('q', 'rows')"))
    close(f"{name}: a quantile", ours, {"pinball": metrics.mean_pinball_loss(y, p, alpha=0.8, sample_weight=w)})


def lift(db, name, label, p, w, bins):
    """Each bin by its definition; bins end where b / bins of the weight are reached, ties together."""
    answer = db.execute("SELECT * FROM mine_lift('m', 'rows', ?)", (f"bins={bins}, revenue=30, cost=7, fixed_cost=100",)).fetchall()
    ends, total, reached = [], w.sum(), 0.0
    for b in range(1, bins + 1):
        for t in sorted(set(p), reverse=True):
            if w[p >= t].sum() * bins >= total * b:
                break
        if not ends or t < ends[-1]:
            ends.append(t)
    good = [r[5] for r in answer] == ends and [r[0] for r in answer] == list(range(1, len(ends) + 1))
    above, positive = math.inf, label == 1
    rate = w[positive].sum() / total
    for r in answer:
        here, so_far = (p >= r[5]) & (p < above), p >= r[5]
        above = r[5]
        expected = [here.sum(), (here & positive).sum(), w[here & positive].sum() / w[here].sum(),
                    w[here & positive].sum() / w[here].sum() / rate, r[5], so_far.sum(), (so_far & positive).sum(),
                    w[so_far & positive].sum() / w[positive].sum(),
                    w[so_far & positive].sum() / w[so_far].sum() / rate,
                    30 * w[here & positive].sum() - 7 * w[here].sum(),
                    30 * w[so_far & positive].sum() - 7 * w[so_far].sum() - 100]
        good = good and all(abs(x - y) <= 1e-9 * max(1, abs(y)) for x, y in zip(r[1:], expected))
    checks.that(good, f"{name}: lift in {bins} bins ({len(answer)})", f"{answer[:2]}")


def thresholds(db, name, label, p, w):
    """The largest over all thresholds; the numbers of the row are of it."""
    positive, total = w[label == 1].sum(), w.sum()
    for budget in (math.inf, 500 + 7 * total / 5):
        options = "revenue=30, cost=7, fixed_cost=500" + (f", budget={budget}" if budget < math.inf else "")
        for goal, threshold, value, rows, hits, misses, precision, recall in db.execute(
                "SELECT * FROM mine_threshold('m', 'rows', ?)", (options,)):
            best = (-math.inf, None)
            for t in sorted(set(p), reverse=True):
                tp, called = w[(p >= t) & (label == 1)].sum(), w[p >= t].sum()
                if goal == "profit" and 7 * called + 500 > budget:
                    break
                tnr = 1 - (called - tp) / (total - positive)
                of = {"f1": 2 * tp / (positive + called), "youden": tp / positive + tnr - 1,
                      "accuracy": (tp + total - positive - called + tp) / total,
                      "balanced_accuracy": (tp / positive + tnr) / 2, "profit": 30 * tp - 7 * called - 500}[goal]
                if of > best[0] + 1e-12:
                    best = (of, t)
            here = p >= threshold
            good = (abs(value - best[0]) < 1e-9 * max(1, abs(best[0])) and rows == here.sum()
                    and hits == (here & (label == 1)).sum() and hits + misses == rows
                    and abs(precision - w[here & (label == 1)].sum() / w[here].sum()) < 1e-12
                    and abs(recall - w[here & (label == 1)].sum() / positive) < 1e-12)
            checks.that(good, f"{name}: threshold of {goal} within {budget:.0f}", f"{value} at {threshold}, not {best}")


def delong(label, scores):
    """Areas and their covariances by all pairs (DeLong, DeLong & Clarke-Pearson 1988)."""
    parts = []
    for s in scores:
        x, y = s[label == 1][:, None], s[label == 0][None, :]
        parts.append((x > y) + 0.5 * (x == y))
    areas = np.array([q.mean() for q in parts])
    of_positives = np.cov([q.mean(axis=1) for q in parts])
    of_others = np.cov([q.mean(axis=0) for q in parts])
    return areas, np.atleast_2d(of_positives / sum(label == 1) + of_others / sum(label == 0))


def compared(db, name):
    """DeLong's test of two models, and the paired bootstrap against its own definition of chance."""
    label, p, q = columns(db, "SELECT r.label = 'yes', m.probability, n.probability FROM rows r "
                              "JOIN mine_predict('m', 'rows') m USING (id) JOIN mine_predict('n', 'rows') n USING (id)")
    areas, covariance = delong(label, [p, q])
    answer = {(m, k): rest for m, k, *rest in db.execute("SELECT * FROM mine_compare('m|n', 'rows')")}
    for i, model in enumerate("mn"):
        reach = stats.norm.ppf(0.975) * covariance[i, i] ** 0.5
        value, low, high, *_ = answer[model, "auc"]
        checks.that(max(abs(value - areas[i]), abs(low - max(0, areas[i] - reach)), abs(high - min(1, areas[i] + reach))) < 1e-9,
                    f"{name}: DeLong of {model}", f"{value, low, high}")
        alone = db.execute("SELECT value, low, high FROM mine_evaluate(?, 'rows', 'level=0.95') WHERE metric = 'auc'", (model,)).fetchone()
        checks.that(np.allclose(alone, (value, low, high), atol=1e-12), f"{name}: evaluate says the same of {model}")
    difference, p_value = answer["n", "auc"][3:]
    z = (areas[1] - areas[0]) / (covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]) ** 0.5
    checks.that(abs(difference - (areas[1] - areas[0])) < 1e-9 and abs(p_value - 2 * stats.norm.sf(abs(z))) < 1e-9,
                f"{name}: DeLong's test", f"{p_value} and {2 * stats.norm.sf(abs(z))}")
    checks.that(answer["m", "auc"][3:] == [None, None], f"{name}: the first is compared with nobody")
    # brier is a mean over rows: the bootstrap's p is that of a paired z test of it, but for chance.
    d = (q - label) ** 2 - (p - label) ** 2
    z = d.mean() / (d.std() / len(d) ** 0.5)
    ours = stats.norm.isf(answer["n", "brier"][4] / 2)
    checks.that(abs(ours - abs(z)) < 0.12 * abs(z) + 1e-9, f"{name}: brier", f"z {ours} and {z}")
    checks.that(abs(answer["n", "brier"][3] - d.mean()) < 1e-9, f"{name}: difference of brier")


def of_proc(db):
    """The same by the pROC package of R (Robin et al. 2011), ties and all."""
    label, p, q = columns(db, "SELECT r.label = 'yes', m.probability, n.probability FROM rows r "
                              "JOIN mine_predict('m', 'rows') m USING (id) JOIN mine_predict('n', 'rows') n USING (id)")
    vectors = "; ".join(f"{name} <- c({','.join(map(repr, map(float, v)))})" for name, v in (("y", label), ("p", p), ("q", q)))
    printed = mt.r("--vanilla", "-", timeout=100, input=(
        f"suppressMessages(library(pROC)); {vectors}\n"
        "a <- roc(y, p, levels = c(0, 1), direction = '<'); b <- roc(y, q, levels = c(0, 1), direction = '<')\n"
        "cat(sprintf('%.17g\\n', c(ci(a), ci(b), roc.test(a, b, method = 'delong')$p.value)))"))
    if printed is None:
        print("skipped: R with its package pROC is not installed (apt-get install r-base-core r-cran-proc)")
        return
    theirs = [float(v) for v in printed.split()]
    answer = {m: rest for m, *rest in db.execute("SELECT model, low, value, high, p_value FROM mine_compare('m|n', 'rows') WHERE metric = 'auc'")}
    ours = answer["m"][:3] + answer["n"]
    checks.that(np.allclose(ours, theirs, rtol=1e-9, atol=1e-12), "pROC", f"{ours}, not {theirs}")


def covers(db, rng):
    """Of intervals of 90 % about nine in ten hold what they are of."""
    held = {"auc": 0, "mcc": 0, "log_loss": 0}
    truth = dict(db.execute("SELECT metric, value FROM mine_evaluate('m', 'rows')"))
    times = 40
    for _ in range(times):
        picked = rng.integers(0, 900, 300).tolist()
        db.execute("DROP TABLE IF EXISTS picked")
        db.execute("CREATE TABLE picked(at)")
        db.executemany("INSERT INTO picked VALUES(?)", [(i,) for i in picked])
        for metric, low, high in db.execute(
                "SELECT metric, low, high FROM mine_evaluate('m', 'SELECT r.* FROM picked JOIN rows r ON r.id = at', "
                "'level=0.9, resamples=100')"):
            if metric in held:
                held[metric] += low <= truth[metric] <= high
    for metric, n in held.items():
        checks.that(0.75 * times <= n, f"intervals of {metric} hold it {n} times of {times}")


def main():
    db = mt.connect()
    for seed in range(4):
        rng = np.random.default_rng(seed)
        weighted, algorithm = seed % 2 == 1, "tree" if seed < 2 else "bayes"
        load(db, rng, 900, weighted, algorithm)
        common = ", weight=w" if weighted else "|w"
        own = ", max_depth=4" if algorithm == "tree" else ""
        for model, target, how in (("m", "label", algorithm), ("t", "three", algorithm), ("r", "number", "tree")):
            others = "|".join({"label", "three", "number"} - {target})
            db.execute(f"SELECT mine_train('{model}', '{how}', 'rows', 'target={target}, ignore={others}{common}"
                       f"{own if how == algorithm else ', max_depth=4'}')")
        db.execute(f"SELECT mine_train('q', 'boost', 'rows', 'target=number, ignore=label|three{common}, objective=quantile, "
                   "alpha=0.8, n_trees=20')")
        name = f"seed {seed}"
        label, p, w = two_classes(db, name, weighted)
        several_classes(db, name)
        numbers(db, name)
        for bins in (1, 4, 10):
            lift(db, name, label, p, w, bins)
        thresholds(db, name, label, p, w)
        if not weighted:
            db.execute(f"SELECT mine_train('n', 'tree', 'rows', 'target=label, ignore=three|number|a{common}, max_depth=2')")
            compared(db, name)
            if algorithm == "tree":
                of_proc(db)
            else:
                covers(db, rng)
    checks.end()


main()
