"""Tables looked at and tested: profile, correlations, chi-squared, analysis of variance, aggregates."""
import collections
import fractions
import itertools
import math

import numpy as np
from scipy import stats
from sklearn import metrics

import tables
from lab import Wrong, must, near, options, prop, quoted, same

EMPTY = ("", " ")


def rank(value):
    """SQLite's order: numbers, texts by their bytes."""
    if isinstance(value, (int, float)):
        return 0, value
    return 1, value.encode("utf-8", "surrogateescape")


# ---- mine_profile --------------------------------------------------------------------------


def any_table(rng):
    return {"tables": {"t": tables.table(rng, gaps=(0, 0, 0.1, 0.5, 1),
                                        kinds=("number", "number", "category", "date", "far"))}}


@prop("mine_profile", make=any_table, cases=60)
def profile(lab, case):
    """Every figure of every column, from the stored values."""
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    rows = lab.ask("""SELECT "column", type, rows, missing, "distinct", min, q1, median, mean, q3, max, stddev, top,
                      top_count, distinct_values FROM mine_profile('t')""")
    must([r[0] for r in rows] == [c.name for c in data.columns], "profile: columns", rows)
    for column, row in zip(data.columns, rows):
        profiled(column, [v for v in data.raw[column.name]], data.n, row)


def profiled(column, raw, n, row):
    _, kind, rows, missing, distinct, low, q1, median, mean, q3, high, stddev, top, top_count, again = row
    there = [v for v in raw if v is not None and not (isinstance(v, str) and v.strip(" ") == "")]
    must(rows == n and missing == n - len(there), "profile: rows, missing", row)
    must(distinct == again == len(set(there)), "profile: distinct", f"{row}, expected {len(set(there))}")
    if not there:
        must(kind == "empty" and row[5:14] == (None,) * 9, "profile: empty", row)
        return
    times = collections.Counter(there)
    most = max(times.values())
    first = min((v for v, k in times.items() if k == most), key=rank)
    must(top == first and top_count == most, "profile: top", f"{row}, expected {first!r} {most}")
    texts = {isinstance(v, str) for v in there}
    want = {"number": "numeric", "category": "category", "date": "date"}[column.kind]
    if column.role == "id":
        want = "mixed" if len(texts) == 2 else "category" if True in texts else "numeric"
    must(kind == want, "profile: type", f"{row}, expected {want}")
    if kind == "date":
        by_day = sorted(there, key=column.meaning)
        must(column.meaning(low) == column.meaning(by_day[0]) and column.meaning(high) == column.meaning(by_day[-1]),
             "profile: first and last date", row)
        return
    if kind != "numeric":
        must(low == min(there, key=rank) and high == max(there, key=rank), "profile: min, max", row)
        must((q1, median, mean, q3, stddev) == (None,) * 5, "profile: figures of texts", row)
        return
    x = [float(v) for v in there]
    size = max(map(abs, x))
    same(float(low), min(x), "profile: min", 0)
    same(float(high), max(x), "profile: max", 0)
    for got, share in ((q1, 0.25), (median, 0.5), (q3, 0.75)):
        same(got, float(np.quantile(x, share)), "profile: quartile", 1e-12, size)
    same(mean, math.fsum(x) / len(x), "profile: mean", 1e-12, size)
    same(stddev, root(spread(x)) if len(x) > 1 else None, "profile: stddev", 1e-9, size * 1e-7)


# ---- pairs of columns ------------------------------------------------------------------------


def orders_as_far(x, y):
    """Twice the share of all orders whose ranks differ as little, or as much, as those of x and y."""
    x, y = stats.rankdata(x).astype(int), stats.rankdata(y).astype(int)
    n, counts = len(x), {(0, 0): 1}  # by ranks taken and the sum of squares so far
    for row in range(n):
        after = {}
        for (taken, far), ways in counts.items():
            for rank in range(n):
                if not taken >> rank & 1:
                    key = (taken | 1 << rank, far + (rank - row) ** 2)
                    after[key] = after.get(key, 0) + ways
        counts = after
    seen = int(((x - y) ** 2).sum())
    below = sum(w for (_, far), w in counts.items() if far <= seen)
    above = sum(w for (_, far), w in counts.items() if far >= seen)
    return min(1.0, 2 * min(below, above) / math.factorial(n))


def pairs_table(rng):
    case = {"tables": {"t": tables.table(rng, rows=(2, 3, 4, 6, 10, 30, 80), width=(2, 6),
                                            kinds=("number", "number", "category", "date", "far"))}}
    case["method"] = rng.choice(["pearson", "spearman", "kendall"])
    case["missing"] = rng.choice(["auto", "auto", "skip"])
    return case


def read(lab, case):
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    keep = [i for i in range(data.n)]
    if case.get("missing", "auto") != "auto":
        keep = [i for i in keep if all(data.values[c.name][i] is not None for c in data.features())]
    return data, keep


def varies(data, column, keep):
    return len({data.values[column.name][i] for i in keep} - {None}) > 1


def told(data, keep, kind):
    """Columns of a kind that vary; and whether one alone is constant or empty (verbs say so and leave it out)."""
    return [c for c in data.features(kind) if varies(data, c, keep)]


def call(lab, verb, case, extra=None):
    given = dict(extra or {}, id=case["tables"]["t"].of("id").name, missing=case.get("missing", "auto"))
    return lab.refused(f"SELECT * FROM {verb}('t', ?)", options(given))


def complete(data, first, second, keep):
    a, b = data.values[first.name], data.values[second.name]
    both = [i for i in keep if a[i] is not None and b[i] is not None]
    return [a[i] for i in both], [b[i] for i in both]


def pairs_or_words(rows, error, pairs, verb, names):
    """No pair: a sentence, or NULL for pairs of which one does not vary (by gaps alone).  Otherwise a row for
    each pair, in the source's order; those rows."""
    if error is not None:
        must(not pairs, f"{verb}: refused", error)
        return []
    wanted = {(a.name, b.name): (a, b) for a, b in pairs}
    for row in rows:
        must(names(row) in wanted or row[3] is None, f"{verb}: a figure of what does not vary", row)
    order = [names(row) for row in rows if names(row) in wanted]
    must(order == list(wanted), f"{verb}: pairs", lambda: f"{order}, expected {list(wanted)}")
    return [(*wanted[names(row)], row) for row in rows if names(row) in wanted]


def first_two(row):
    return row[:2]


def last_two(row):
    return row[7:9]


def unit(x):
    """By a power of two, so that the largest is about 1: scipy's squares neither overflow nor vanish."""
    largest = max(map(abs, x), default=0)
    return [math.ldexp(v, -math.frexp(largest)[1]) for v in x] if largest else x


def safe(x, y):
    """Enough spread beside their size that double precision can tell it."""
    return all(np.std(v) > 1e-9 * np.max(np.abs(v)) for v in (x, y))


@prop("mine_correlate", make=pairs_table, cases=60)
def correlate(lab, case):
    """Coefficients and p-values of scipy, over the rows where both are there."""
    data, keep = read(lab, case)
    pairs = list(itertools.combinations(told(data, keep, "number"), 2))
    rows, error = call(lab, "mine_correlate", case, {"method": case["method"]})
    for a, b, (_, _, method, r, p, n, low, high) in pairs_or_words(rows, error, pairs, "correlate", first_two):
        x, y = complete(data, a, b, keep)
        must(n == len(x) and method == case["method"], "correlate: rows", (a.name, b.name, n, len(x)))
        if len(set(x)) < 2 or len(set(y)) < 2:
            must(r is None and p is None, "correlate: of a constant", (r, p))
            continue
        x, y = unit(x), unit(y)
        if not safe(x, y):
            continue
        want = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}[case["method"]](x, y)
        same(r, float(want[0]), "correlate: coefficient", 1e-7, 1)
        must(-1 <= r <= 1, "correlate: beyond 1", r)
        must(low is None or low <= r <= high, "correlate: interval", (low, r, high))
        if case["method"] == "kendall":
            tied = len(set(x)) < n or len(set(y)) < n
            if not tied and n >= 50 or tied and n > 2:
                want = stats.kendalltau(x, y, method="asymptotic")
                same(p, float(want[1]), "correlate: p of kendall", 1e-8, 1e-9)
            must(0 <= p <= 1, "correlate: p", p)
            continue
        if case["method"] == "spearman" and n <= 9 and len(set(x)) == n and len(set(y)) == n:
            same(p, orders_as_far(x, y), "correlate: p of all orders", 1e-9)
        elif len(x) > 2 and abs(r) < 1 - 1e-9:
            t = want[0] * math.sqrt((n - 2) / (1 - want[0] ** 2))
            same(p, float(2 * stats.t.sf(abs(t), n - 2)), "correlate: p", 1e-6)
        elif len(x) > 2 and abs(want[0]) > 1 - 1e-15:
            must(p < 1e-7, "correlate: p of a line", p)


@prop("mine_chi2", make=pairs_table, cases=40)
def chi2(lab, case):
    """Statistic, degrees of freedom, p and V of scipy's table of counts."""
    data, keep = read(lab, case)
    pairs = list(itertools.combinations(told(data, keep, "category"), 2))
    rows, error = call(lab, "mine_chi2", case)
    for a, b, (_, statistic, df, df2, p, effect, _, _, _) in pairs_or_words(rows, error, pairs, "chi2", last_two):
        x, y = complete(data, a, b, keep)
        levels, others = sorted(set(x)), sorted(set(y))
        if len(levels) < 2 or len(others) < 2:
            must(p is None or p == 1, "chi2: of a constant", (statistic, df, p))
            continue
        counts = np.array([[sum(1 for u, v in zip(x, y) if u == i and v == j) for j in others] for i in levels])
        want = stats.chi2_contingency(counts, correction=False)
        same(statistic, float(want[0]), "chi2: statistic", 1e-9, 1e-9)
        must(df == want[2] and df2 is None, "chi2: df", (df, want[2]))
        same(p, float(want[1]), "chi2: p", 1e-8)
        same(effect, math.sqrt(want[0] / counts.sum() / (min(counts.shape) - 1)), "chi2: V", 1e-7, 1e-3)


@prop("mine_anova", make=pairs_table, cases=40)
def anova(lab, case):
    """F, degrees of freedom, p and the share explained, as scipy's f_oneway."""
    data, keep = read(lab, case)
    pairs = [(a, b) for a in told(data, keep, "category") for b in told(data, keep, "number")]
    rows, error = call(lab, "mine_anova", case)
    for a, b, (_, statistic, df, df2, p, effect, *_) in pairs_or_words(rows, error, pairs, "anova", last_two):
        g, x = complete(data, a, b, keep)
        x = unit(x)
        groups = [np.array([v for u, v in zip(g, x) if u == level]) for level in sorted(set(g))]
        if len(groups) < 2 or len(x) <= len(groups) or not safe(x, x):
            continue
        must((df, df2) == (len(groups) - 1, len(x) - len(groups)), "anova: df", (df, df2))
        grand = math.fsum(x) / len(x)
        between = sum(len(v) * (math.fsum(v) / len(v) - grand) ** 2 for v in groups)
        within = sum(float(((v - math.fsum(v) / len(v)) ** 2).sum()) for v in groups)
        if within <= 1e-9 * between:
            continue
        want = between / df / (within / df2)
        same(statistic, want, "anova: F", 1e-6, 1e-6)
        same(p, float(stats.f.sf(want, df, df2)), "anova: p", 1e-5)
        same(effect, between / (between + within), "anova: effect", 1e-6, 1e-3)


# ---- aggregates ------------------------------------------------------------------------------


EXTREME = [2**63 - 1, -2**63, 2**53 + 1, 1e300, -1e300, 5e-324, 0.0, -0.0, 1, 1.0, 2.5, -7]


def aggregate_rows(rng):
    n = rng.choice((0, 1, 2, 3, 5, 20, 60))
    size = rng.choice(["few", "far", "extreme", "text", "gauss"])

    def number():
        if size == "few":
            return rng.randrange(4)
        if size == "far":
            return 1e9 + rng.random()
        if size == "extreme":
            return rng.choice(EXTREME)
        if size == "text":
            return rng.choice(["1", "2", " 3", 4, 5.5])
        return rng.gauss(0, 1)
    columns = [tables.Column(c, "", "number") for c in ("g", "x", "y", "v", "flag", "p")]
    rows = []
    for _ in range(n):
        row = [rng.randrange(2), number(), number(), rng.choice([1, 1.0, "1", "a", "b", "a\0b", b"a", b"", "", 2**53]),
               rng.randrange(2), rng.choice([0.0, 1.0, rng.random()])]
        rows.append([None if i and rng.random() < 0.1 else v for i, v in enumerate(row)])
    return {"tables": {"t": tables.Table(columns, rows)}, "share": rng.choice([0, 0.1, 0.25, 1 / 3, 0.5, 0.99, 1])}


def numbers(values):
    return [float(v) if isinstance(v, (str, float)) else v for v in values]


def quantile(x, share):
    """R's type 7; between two values in exact arithmetic, rounded once."""
    x = sorted(fractions.Fraction(float(v)) for v in x)
    at = share * (len(x) - 1)
    low = math.floor(at)
    high = min(low + 1, len(x) - 1)
    return float(x[low] + fractions.Fraction(at - low) * (x[high] - x[low]))


def bounded(value):
    """A fraction as a double, infinite where it is beyond."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def root(f):
    """The root of a fraction whose square may be beyond a double."""
    if f == 0:
        return 0.0
    power = (f.numerator.bit_length() - f.denominator.bit_length()) // 2
    try:
        return math.ldexp(math.sqrt(float(f / fractions.Fraction(4) ** power)), power)
    except OverflowError:
        return math.inf


def spread(x):
    if len(x) < 2:
        return None
    exact = [fractions.Fraction(float(v)) for v in x]
    mean = sum(exact) / len(exact)
    return sum((v - mean) ** 2 for v in exact) / (len(x) - 1)


def expected(rows, share):
    """Of a group's rows: what each aggregate says."""
    x = numbers([r[1] for r in rows if r[1] is not None])
    pair = [(numbers(r[1:2])[0], numbers(r[2:3])[0]) for r in rows if r[1] is not None and r[2] is not None]
    v = [r[3] for r in rows if r[3] is not None]
    flag = [(r[4], r[5]) for r in rows if r[4] is not None and r[5] is not None]
    s = spread(x)
    out = {"quantile": quantile(x, share) if x else None, "median": quantile(x, 0.5) if x else None,
           "variance": None if s is None else bounded(s), "stddev": None if s is None else root(s),
           "rmse": root(sum((fractions.Fraction(float(a)) - fractions.Fraction(float(b))) ** 2 for a, b in pair) / len(pair))
           if pair else None}
    a, b = ([fractions.Fraction(float(p[i])) for p in pair] for i in (0, 1))
    if len(set(a)) > 1 and len(set(b)) > 1:
        ma, mb = sum(a) / len(a), sum(b) / len(b)
        top = sum((p - ma) * (q - mb) for p, q in zip(a, b))
        square = top * top / (sum((p - ma) ** 2 for p in a) * sum((q - mb) ** 2 for q in b))
        out["corr"] = root(square) * (1 if top > 0 else -1)
    else:
        out["corr"] = None
    times = collections.Counter((isinstance(u, bytes), isinstance(u, str), u) for u in v)
    most = max(times.values(), default=0)
    out["mode"] = min((k for k, n in times.items() if n == most),
                      key=lambda k: (k[0], k[1], k[2].encode() if k[1] else k[2]), default=(0, 0, None))[2]
    out["entropy"] = float(stats.entropy(list(times.values()), base=2)) if v else None
    both = len({f for f, _ in flag}) == 2
    out["auc"] = float(metrics.roc_auc_score(*zip(*flag))) if both else None
    least = 2.0 ** -52
    out["log_loss"] = math.fsum(-math.log(min(1 - least, max(least, p if f else 1 - p))) for f, p in flag) / len(flag) if flag else None
    return out


@prop("mine_median", "mine_quantile", "mine_mode", "mine_variance", "mine_stddev", "mine_corr", "mine_entropy",
      "mine_auc", "mine_log_loss", "mine_rmse", make=aggregate_rows, cases=150)
def aggregates(lab, case):
    """By group and over a frame that moves, in exact arithmetic."""
    lab.create("t", case["tables"]["t"])
    share = case["share"]
    figures = {"median": "mine_median(x)", "quantile": f"mine_quantile(x, {share!r})", "mode": "mine_mode(v)",
               "variance": "mine_variance(x)", "stddev": "mine_stddev(x)", "corr": "mine_corr(x, y)",
               "entropy": "mine_entropy(v)", "auc": "mine_auc(flag, p)", "log_loss": "mine_log_loss(flag, p)",
               "rmse": "mine_rmse(x, y)"}
    every = [list(r) for r in lab.db.execute("SELECT * FROM t")]
    shown = ", ".join(figures.values())
    for row in lab.ask(f"SELECT g, {shown} FROM t GROUP BY g"):
        compared(row[1:], figures, expected([r for r in every if r[0] == row[0]], share), "by group")
    compared(lab.ask(f"SELECT {shown} FROM t")[0], figures, expected(every, share), "of all")
    over = ", ".join(f"{f} OVER w" for f in figures.values())
    for i, row in enumerate(lab.ask(f"SELECT {over} FROM t WINDOW w AS (ORDER BY rowid ROWS 3 PRECEDING)")[:25]):
        compared(row, figures, expected(every[max(0, i - 3):i + 1], share), "in a frame")


def compared(row, figures, want, where):
    for got, name in zip(row, figures):
        if name == "mode":
            must(got == want[name] and isinstance(got, str) == isinstance(want[name], str),
                 f"aggregate {name} {where}", f"{got!r}, expected {want[name]!r}")
        elif not near(got, want[name], 1e-12, 1e-12 if name in ("entropy", "auc", "log_loss") else 0):
            raise Wrong(f"aggregate {name} {where}", f"{got!r}, expected {want[name]!r}")
