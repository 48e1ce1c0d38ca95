#!/usr/bin/env python3
"""Statistical verbs against R, on columns with ties, gaps and few levels: every figure to 1e-10."""
import json
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
            "level": lambda: dice.choice("abcd"), "two": lambda: dice.choice(["yes", "no"])}[kind]
    return [make() for _ in range(n)]


def r_vector(values):
    return "c(" + ",".join("NA" if v is None else json.dumps(v) if isinstance(v, str) else repr(v)
                           for v in values) + ")"


def ask_r(lines):
    """One number a line."""
    code = "suppressWarnings({" + "\n".join(f"cat(sprintf('%.17g\\n', {line}))" for line in lines) + "})"
    done = subprocess.run(["Rscript", "-"], input=code.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, check=True)
    return [float(v) for v in done.stdout.decode().split()]


def same(a, b):
    return a is not None and abs(a - b) <= 1e-10 * max(abs(a), abs(b)) + 1e-300


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
            call = (f"cor.test({r_vector(data[first])}, {r_vector(data[second])}, method='{method}', "
                    "exact=FALSE)")
            yield f"{method} {first} {second}", r, call + "$estimate"
            yield f"{method} p {first} {second}", p, call + "$p.value"


def tests(db, verb):
    return db.execute(f"SELECT first, second, statistic, df, df2, p_value, effect FROM {verb}('t')")


def chi2(db, data):
    for first, second, statistic, df, _, p, effect in tests(db, "mine_chi2"):
        call = f"chisq.test({r_vector(data[first])}, {r_vector(data[second])}, correct=FALSE)"
        n = len(data[first])
        v = f"sqrt({call}$statistic / ({n} * (min(dim({call}$observed)) - 1)))"
        for what, ours, theirs in (("chi2", statistic, call + "$statistic"), ("df", df, call + "$parameter"),
                                   ("chi2 p", p, call + "$p.value"), ("V", effect, v)):
            yield f"{what} {first} {second}", ours, theirs


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


CHECKS = [correlations, chi2, anova]


def main():
    checks = mt.Checks("statistics against R")
    db = mt.connect()
    dice = random.Random(20261129)
    compared = []
    for n in (5, 12, 60, 400):
        data = {k: column(k, n, dice) for k in ("real", "few", "large", "gaps", "level", "two")}
        table(db, data)
        for check in CHECKS:
            compared += [(f"n={n} {what}", ours, call) for what, ours, call in check(db, data)]
    theirs = ask_r([call for _, _, call in compared])
    for (what, ours, _), value in zip(compared, theirs):
        if value == value and not same(ours, value):
            checks.that(False, what, f"{ours!r}, R has {value!r}")
    checks.that(len(compared) > 50, f"{len(compared)} figures compared")
    checks.end()


main()
