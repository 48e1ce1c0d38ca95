#!/usr/bin/env python3
"""Statistical verbs against R, on columns with ties, gaps and few levels: every figure to 1e-10."""
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
if not shutil.which("Rscript"):
    mt.skip("R is not installed (apt-get install r-base-core)")


def column(kind, n, dice):
    make = {"real": lambda: dice.gauss(50, 12), "few": lambda: dice.randrange(6),
            "large": lambda: 1e9 + dice.random(), "gaps": lambda: None if dice.random() < .2 else dice.gauss(0, 1),
            "level": lambda: dice.choice("abcd"), "two": lambda: dice.choice(["yes", "no"]),
            "skew": lambda: round(math.exp(dice.gauss(0, 1)), 1)}[kind]
    return [make() for _ in range(n)]


VECTORS = {}  # as R writes them: the name there


def r_vector(values):
    """The name of the values in R; each column is written once."""
    text = "c(" + ",".join("NA" if v is None else json.dumps(v) if isinstance(v, str) else repr(v) for v in values) + ")"
    return VECTORS.setdefault(text, f"v{len(VECTORS)}")


def ask_r(lines):
    """One number a line."""
    code = "".join(f"{name} <- {text}\n" for text, name in VECTORS.items())
    code += "suppressWarnings({" + "\n".join(f"cat(sprintf('%.17g\n', {line}))" for line in lines) + "})"
    done = subprocess.run(["Rscript", "-"], input=code.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, check=True)
    return [float(v) for v in done.stdout.decode().split()]


def same(a, b, digits=1e-10):
    return a is not None and abs(a - b) <= digits * max(abs(a), abs(b)) + 1e-300


def table(db, data):
    db.execute("DROP TABLE IF EXISTS t")
    db.execute("CREATE TABLE t(id, " + ", ".join(data) + ")")
    rows = zip(*data.values())
    db.executemany("INSERT INTO t VALUES(?" + ",?" * len(data) + ")", ((i, *r) for i, r in enumerate(rows)))


def correlations(db, data):
    """(what, ours, R's expression) of every pair."""
    for method in ("pearson", "spearman"):
        for first, second, r, p in db.execute(
                "SELECT first, second, coefficient, p_value FROM mine_correlate('t', ?)", (f"method={method}",)):
            both = [(x, y) for x, y in zip(data[first], data[second]) if x is not None and y is not None]
            few = len(both) < 10 and all(len(set(side)) == len(both) for side in zip(*both))
            call = (f"cor.test({r_vector(data[first])}, {r_vector(data[second])}, method='{method}', "
                    f"exact={'TRUE' if few else 'FALSE'})")
            yield f"{method} {first} {second}", r, call + "$estimate"
            yield f"{method} p {first} {second}", p, call + "$p.value"


def kendall(db, data):
    """Exact where R is; R's upper tail is one less the lower, so that it has no more digits than that."""
    for first, second, r, p in db.execute(
            "SELECT first, second, coefficient, p_value FROM mine_correlate('t', 'method=kendall')"):
        call = f"suppressWarnings(cor.test({r_vector(data[first])}, {r_vector(data[second])}, method='kendall'))"
        yield f"kendall {first} {second}", r, call + "$estimate"
        yield f"kendall p {first} {second}", 1 + p, f"1 + {call}$p.value"


def pearson_interval(db, data):
    for first, second, low, high in db.execute(
            "SELECT first, second, low, high FROM mine_correlate('t', 'level=0.9') WHERE low IS NOT NULL"):
        call = f"cor.test({r_vector(data[first])}, {r_vector(data[second])}, conf.level=0.9)$conf.int"
        yield f"pearson low {first} {second}", low, f"{call}[1]"
        yield f"pearson high {first} {second}", high, f"{call}[2]"


def tests(db, verb, asked=""):
    return db.execute(f"SELECT first, second, statistic, df, df2, p_value, effect FROM {verb}('t', ?)", (asked,))


def chi2(db, data):
    for first, second, statistic, df, _, p, effect in tests(db, "mine_chi2"):
        call = f"chisq.test({r_vector(data[first])}, {r_vector(data[second])}, correct=FALSE)"
        n = len(data[first])
        v = f"sqrt({call}$statistic / ({n} * (min(dim({call}$observed)) - 1)))"
        for what, ours, theirs in (("chi2", statistic, call + "$statistic"), ("df", df, call + "$parameter"),
                                   ("chi2 p", p, call + "$p.value"), ("V", effect, v)):
            yield f"{what} {first} {second}", ours, theirs


def exact(db, data):
    """Yates and Fisher; R's network adds thousands of chances, to ten digits."""
    for test, first, second, statistic, p, detail in db.execute(
            "SELECT test, first, second, statistic, p_value, detail FROM mine_chi2('t', 'test=all') WHERE test <> 'chi-squared'"):
        x, y = r_vector(data[first]), r_vector(data[second])
        if test == "yates" and statistic is not None:
            yield f"yates {first} {second}", statistic, f"chisq.test({x}, {y}, correct=TRUE)$statistic"
            yield f"yates p {first} {second}", p, f"chisq.test({x}, {y}, correct=TRUE)$p.value"
        elif test == "fisher" and "drawn" not in detail and len(data[first]) < 100:
            yield f"fisher {first} {second}", p, f"tryCatch(fisher.test({x}, {y}, workspace=2e6)$p.value, error=function(e) NaN)", 1e-8


def tables_of(db, dice):
    """Tables of counts, the larger side first or second."""
    for case, (rows, columns, most) in enumerate([(2, 3, 9), (3, 3, 6), (3, 4, 5), (4, 4, 4), (5, 3, 6), (2, 6, 12), (4, 5, 3), (6, 3, 2),
                                                  (2, 9, 5), (3, 3, 40)]):
        counts = [[dice.randrange(most) + (i == j) * (1 + most // 2) for j in range(columns)] for i in range(rows)]
        if any(not sum(r) for r in counts) or any(not sum(r) for r in zip(*counts)):
            continue
        db.execute("DROP TABLE IF EXISTS c")
        db.execute("CREATE TABLE c(id, a, b)")
        cells = [(f"a{i}", f"b{j}") for i, r in enumerate(counts) for j, n in enumerate(r) for _ in range(n)]
        db.executemany("INSERT INTO c VALUES(?,?,?)", ((i, *cell) for i, cell in enumerate(cells)))
        (p,), = db.execute("SELECT p_value FROM mine_chi2('c', 'test=fisher')")
        flat = ",".join(str(n) for r in counts for n in r)
        yield f"fisher of table {case}", p, f"fisher.test(matrix(c({flat}), nrow={rows}, byrow=TRUE), workspace=2e7)$p.value", 1e-8


def anova(db, data):
    for first, second, f, df, df2, p, effect in tests(db, "mine_anova"):
        # R's QR loses six digits to an offset of 1e9; F does not depend on it.
        shift = 1e9 if second == "large" else 0
        call = f"anova(lm(I({r_vector(data[second])} - {shift}) ~ {r_vector(data[first])}))"
        eta = f"{call}[['Sum Sq']][1] / sum({call}[['Sum Sq']])"
        for what, ours, theirs in (("F", f, call + "[['F value']][1]"), ("df", df, call + "[['Df']][1]"),
                                   ("df2", df2, call + "[['Df']][2]"), ("F p", p, call + "[['Pr(>F)']][1]"),
                                   ("eta2", effect, eta)):
            yield f"{what} {first} {second}", ours, theirs


def welch(db, data):
    for first, second, f, df, df2, p, _ in tests(db, "mine_anova", "test=welch"):
        shift = 1e9 if second == "large" else 0
        call = f"oneway.test(y ~ g, data.frame(y={r_vector(data[second])} - {shift}, g={r_vector(data[first])}))"
        for what, ours, theirs in (("F", f, "$statistic"), ("df", df, "$parameter[1]"), ("df2", df2, "$parameter[2]"),
                                   ("p", p, "$p.value")):
            if f is not None:
                yield f"welch {what} {first} {second}", ours, call + theirs


def kruskal(db, data):
    for first, second, h, df, _, p, effect in tests(db, "mine_anova", "test=kruskal-wallis, ignore=large"):  # whose last digits R reads otherwise
        y, g = r_vector(data[second]), r_vector(data[first])
        call = f"kruskal.test({y}, factor({g}))"
        for what, ours, theirs in (("H", h, call + "$statistic"), ("df", df, call + "$parameter"),
                                   ("p", p, call + "$p.value"),
                                   ("epsilon2", effect, f"{call}$statistic / (sum(!is.na({y})) - 1)")):
            yield f"kruskal {what} {first} {second}", ours, theirs


def tukey(db, data):
    """R's ptukey is good to about ten places, not digits: q and the bounds through its quantile, less."""
    for first, second, a, b, difference, low, high, p in db.execute(
            "SELECT first, second, group_a, group_b, difference, low, high, p_value FROM mine_anova('t', 'test=tukey')"):
        shift = 1e9 if second == "large" else 0
        call = (f"TukeyHSD(aov(y ~ g, data.frame(y={r_vector(data[second])} - {shift}, g=factor({r_vector(data[first])}))))"
                f"[[1]]['{b}-{a}',]")
        if low is None:
            continue
        yield f"tukey difference {first} {second} {a} {b}", difference, f"-{call}[1]"
        yield f"tukey p {first} {second} {a} {b}", round(1 + p, 7), f"round(1 + {call}[4], 7)"
        for what, ours, column in (("low", low, 3), ("high", high, 2)):
            yield f"tukey {what} {first} {second} {a} {b}", ours, f"(-{call}[{column}])", 1e-6


def two_way(db, data):
    """Type II as drop1 of the fit without interaction has it, against the residuals of the whole; type I and III."""
    for squares in (1, 2, 3):
        rows = db.execute("SELECT first, second, statistic, df, df2, p_value, effect, detail FROM mine_anova('t', ?)",
                          (f"test=two-way, squares={squares}",)).fetchall()
        for first, second, f, df, df2, p, effect, _ in rows:
            if f is None or second == "large":
                continue
            frame = (f"local({{options(contrasts=c('contr.sum','contr.poly')); d <- data.frame(y={r_vector(data[second])}, "
                     f"level=factor({r_vector(data['level'])}), two=factor({r_vector(data['two'])}))")
            whole = "m <- lm(y ~ level * two, d); r <- anova(m); e <- nrow(r)"
            if squares == 1 or ":" in first:
                ss = f"i <- '{first}'; s <- r[i, 'Sum Sq']; k <- r[i, 'Df']"
            elif squares == 2:
                ss = f"q <- drop1(lm(y ~ level + two, d)); s <- q['{first}', 'Sum of Sq']; k <- q['{first}', 'Df']"
            else:
                ss = f"q <- drop1(m, .~.); s <- q['{first}', 'Sum of Sq']; k <- q['{first}', 'Df']"
            rest = "sr <- r[e, 'Sum Sq']; kr <- r[e, 'Df']; F <- (s / k) / (sr / kr)"
            for what, ours, value in (("F", f, "F"), ("df", df, "k"), ("df2", df2, "kr"), ("effect", effect, "s / (s + sr)"),
                                      ("p", p, "pf(F, k, kr, lower.tail=FALSE)")):
                yield f"two-way {squares} {what} {first} {second}", ours, f"{frame}; {whole}; {ss}; {rest}; {value}}})", 1e-9


def additive(db, data):
    for first, second, f, df, df2, p, _ in tests(db, "mine_anova", "test=two-way, interaction=0, squares=1"):
        if f is None or second == "large":
            continue
        call = (f"anova(lm(y ~ level + two, data.frame(y={r_vector(data[second])}, level=factor({r_vector(data['level'])}), "
                f"two=factor({r_vector(data['two'])}))))")
        for what, ours, column in (("F", f, "F value"), ("df", df, "Df"), ("p", p, "Pr(>F)")):
            yield f"additive {what} {first} {second}", ours, f"{call}['{first}', '{column}']", 1e-9
        yield f"additive df2 {first} {second}", df2, f"{call}['Residuals', 'Df']"


def ttest(db, data):
    for test, call in (("welch", "t.test({x}, {y}, conf.level=0.9"), ("pooled", "t.test({x}, {y}, var.equal=TRUE, conf.level=0.9"),
                       ("mann-whitney", "wilcox.test({x}, {y}")):
        for side, said in (("two", "two.sided"), ("less", "less"), ("greater", "greater"))[:3 if len(data["few"]) < 60 else 1]:
            for first, second, a, b, t, df, p, effect, difference, low, high in db.execute(
                    """SELECT first, second, group_a, group_b, statistic, df, p_value, effect, difference, low, high
                       FROM mine_ttest('t', ?)""", (f"test={test}, side={side}, groups=yes|no, level=0.9",)):
                if t is None:
                    continue
                part = {g: r_vector([v for v, k in zip(data[second], data[first]) if k == g and v is not None]) for g in (a, b)}
                x, y = part[a], part[b]
                if test != "mann-whitney" and second == "large":  # R refuses what is constant but for 1e-9
                    x, y = f"({x} - 1e9)", f"({y} - 1e9)"
                r = call.format(x=x, y=y) + f", alternative='{said}')"
                name = f"{test} {side} {first} {second}"
                yield name + " statistic", t, r + "$statistic"
                yield name + " p", p, r + "$p.value"
                if test == "mann-whitney":
                    yield name + " effect", effect, f"mean(sign(outer({x}, {y}, '-')))"
                    continue
                yield name + " df", df, r + "$parameter"
                yield name + " difference", difference, f"mean({x}) - mean({y})"
                yield name + " d", effect, (f"local({{x <- {x}; y <- {y}; (mean(x) - mean(y)) / sqrt((sum((x - mean(x))^2) + "
                                            "sum((y - mean(y))^2)) / (length(x) + length(y) - 2))})")
                for ours, which in ((low, 1), (high, 2)):
                    if ours is not None:
                        yield f"{name} bound {which}", ours, f"{r}$conf.int[{which}]"


def paired(db, data):
    for test, call in (("paired", "t.test({x}, {y}, paired=TRUE, conf.level=0.95"), ("signed-rank", "wilcox.test({x}, {y}, paired=TRUE")):
        for side, said in (("two", "two.sided"), ("less", "less"), ("greater", "greater"))[:3 if len(data["few"]) < 60 else 1]:
            for first, second, t, df, p, difference, low, high in db.execute(
                    "SELECT first, second, statistic, df, p_value, difference, low, high FROM mine_ttest('t', ?)",
                    (f"test={test}, side={side}, ignore=large",)):
                r = call.format(x=r_vector(data[first]), y=r_vector(data[second])) + f", alternative='{said}')"
                name = f"{test} {side} {first} {second}"
                if t is None:
                    continue
                yield name + " statistic", t, r + "$statistic"
                yield name + " p", p, r + "$p.value"
                if test == "paired":
                    yield name + " df", df, r + "$parameter"
                    yield name + " difference", difference, r + "$estimate"
                    for ours, which in ((low, 1), (high, 2)):
                        if ours is not None:
                            yield f"{name} bound {which}", ours, f"{r}$conf.int[{which}]"


# Told apart so clearly that p is far below what a sum of chances near 1 can say.
def far(db, data):
    db.execute("DROP TABLE IF EXISTS far")
    db.execute("CREATE TABLE far(id, g, x)")
    rows = [(i, "ab"[i % 2], i % 2 * 30 + math.sin(i)) for i in range(120)]
    db.executemany("INSERT INTO far VALUES(?,?,?)", rows)
    x, y = (r_vector([v for _, g, v in rows if g == k]) for k in "ab")
    both, group = r_vector([v for _, _, v in rows]), r_vector([g for _, g, _ in rows])
    for verb, asked, call in (("mine_ttest", "test=welch", f"t.test({x}, {y})$p.value"),
                              ("mine_ttest", "test=pooled", f"t.test({x}, {y}, var.equal=TRUE)$p.value"),
                              ("mine_ttest", "test=mann-whitney", f"wilcox.test({x}, {y})$p.value"),
                              ("mine_anova", "test=one-way", f"anova(lm({both} ~ {group}))[['Pr(>F)']][1]"),
                              ("mine_anova", "test=welch", f"oneway.test({both} ~ {group})$p.value"),
                              ("mine_anova", "test=kruskal-wallis", f"kruskal.test({both}, factor({group}))$p.value")):
        (p,), = db.execute(f"SELECT p_value FROM {verb}('far', ?)", (asked,))
        yield f"far {verb} {asked}", p, call


def shifts(db, dice):
    """Hodges and Lehmann's estimates and their intervals; R searches the larger ones by halves, to 1e-4."""
    for a, b, places in ((3, 4, 9), (8, 5, 9), (49, 31, 9), (60, 55, 9), (20, 30, 1)):
        x = [round(dice.gauss(50, 12), places) for _ in range(a)]
        y = [round(dice.gauss(54, 15), places) for _ in range(b)]
        db.execute("DROP TABLE IF EXISTS shift")
        db.execute("CREATE TABLE shift(id, g, v)")
        db.executemany("INSERT INTO shift VALUES(?,?,?)", [(i, g, v) for i, (g, v) in enumerate([("a", v) for v in x] + [("b", v) for v in y])])
        db.execute("DROP TABLE IF EXISTS pairs")
        db.execute("CREATE TABLE pairs(id, x, y)")
        db.executemany("INSERT INTO pairs VALUES(?,?,?)", [(i, *v) for i, v in enumerate(zip(x, y))])
        d = [u - v for u, v in zip(x, y)]
        for side, said in (("two", "two.sided"), ("less", "less"), ("greater", "greater"))[:3 if a < 10 else 1]:
            for test, source, all_, call in (
                    ("mann-whitney", "shift", f"outer({r_vector(x)}, {r_vector(y)}, '-')", f"wilcox.test({r_vector(x)}, {r_vector(y)}"),
                    ("signed-rank", "pairs", f"local({{d <- {r_vector(d)}; o <- outer(d, d, '+'); o[!lower.tri(o)] / 2}})", f"wilcox.test({r_vector(d)}")):
                (difference, low, high, detail), = db.execute("SELECT difference, low, high, detail FROM mine_ttest(?, ?)",
                                                              (source, f"test={test}, side={side}, level=0.9"))
                what = f"{test} {side} of {a} and {b}"
                yield what + ": shift", difference, f"median({all_})", 1e-12
                if "too few" in detail:
                    yield what + ": no interval", float(low is None and high is None), "1"
                    continue
                for ours, which in ((low, 1), (high, 2)):
                    if ours is not None:
                        yield (f"{what}: bound {which}", ours, f"{call}, alternative='{said}', conf.int=TRUE, conf.level=0.9)$conf.int[{which}]",
                               1e-12 if "exact" in detail else 1e-3)


def trends(db, data):
    """Cochran and Armitage; Jonckheere and Terpstra, which is Kendall's count with the groups' places."""
    counts = f"table({r_vector(data['level'])}, {r_vector(data['two'])})"
    for order, levels in (("", "c('a', 'b', 'c', 'd')"), (", order=c|a|b", "c('c', 'a', 'b')")):
        for statistic, p, effect in db.execute("SELECT statistic, p_value, effect FROM mine_chi2('t', ?) WHERE first = 'level' AND second = 'two'",
                                               ("test=trend" + order,)):
            if statistic is None:
                continue
            call = f"local({{k <- {counts}; k <- k[intersect({levels}, rownames(k)), ]; prop.trend.test(k[, 'yes'], rowSums(k))}})"
            yield f"trend{order}", statistic, call + "$statistic"
            yield f"trend{order} p", p, call + "$p.value"
            place = f"match({r_vector(data['level'])}, intersect({levels}, {r_vector(data['level'])}))"
            yield f"trend{order} effect", effect, f"cor({place}, {r_vector(data['two'])} == 'yes', use='complete.obs')"
    for second, j, p, tau in db.execute("SELECT second, statistic, p_value, effect FROM mine_anova('t', 'test=jonckheere') WHERE first = 'level'"):
        if p is None:
            continue
        g, v = f"match({r_vector(data['level'])}, letters)", r_vector(data[second])
        call = f"cor.test({g}, {v}, method='kendall', exact=FALSE)"
        yield f"jonckheere {second} p", p, call + "$p.value"
        yield f"jonckheere {second} tau", tau, call + "$estimate"
        yield (f"jonckheere {second} J", j, f"local({{g <- {g}; v <- {v}; k <- !is.na(v); g <- g[k]; v <- v[k]; "
                                            "sum(outer(g, g, '<') * (outer(v, v, '<') + outer(v, v, '==') / 2))})")


CHECKS = [trends, correlations, kendall, pearson_interval, chi2, exact, anova, welch, kruskal]
SLOW = [tukey, two_way, additive, ttest, paired]  # of R, tens of milliseconds a figure


def main():
    checks = mt.Checks("statistics against R")
    db = mt.connect()
    dice = random.Random(20261129)
    compared = []
    for n in (5, 12, 60, 400) if "MINE_LONG" in os.environ else (5, 12, 60):
        data = {k: column(k, n, dice) for k in ("real", "few", "large", "gaps", "skew", "level", "two")}
        table(db, data)
        for check in CHECKS + SLOW * (n == 12 or "MINE_LONG" in os.environ and n == 60):
            compared += [(f"n={n} {what}", ours, call, *digits) for what, ours, call, *digits in check(db, data)]
    compared += far(db, data)
    compared += tables_of(db, dice)
    compared += shifts(db, dice)
    theirs = ask_r([call for _, _, call, *_ in compared])
    for (what, ours, _, *digits), value in zip(compared, theirs):
        if value == value and not same(ours, value, *digits):
            checks.that(False, what, f"{ours!r}, R has {value!r}")
    checks.that(len(compared) > (1000 if "MINE_LONG" in os.environ else 300), f"{len(compared)} figures compared")
    checks.that(sum(v == v for v in theirs) > 0.9 * len(theirs), "R answers")
    checks.end()


main()
