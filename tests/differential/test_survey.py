#!/usr/bin/env python3
"""Cronbach's alpha and figures by group against R, on columns with ties and gaps: every figure to 1e-10."""
import json
import random
import shutil
import subprocess
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
if not shutil.which("Rscript"):
    mt.skip("R is not installed (apt-get install r-base-core)")
NUMBERS = ["real", "few", "large", "gaps"]
ALPHA = "(function(x) ncol(x) / (ncol(x) - 1) * (1 - sum(apply(x, 2, var)) / var(rowSums(x))))"
FIGURES = ("rows", "missing", "mean", "stddev", "min", "q1", "median", "q3", "max")


def column(kind, n, dice):
    make = {"real": lambda: dice.gauss(50, 12), "few": lambda: dice.randrange(6), "large": lambda: 1e9 + dice.random(),
            "gaps": lambda: None if dice.random() < .2 else dice.gauss(0, 1), "level": lambda: dice.choice("abcd")}[kind]
    return [make() for _ in range(n)]


def r_vector(values):
    return "c(" + ",".join("NA" if v is None else json.dumps(v) if isinstance(v, str) else repr(v) for v in values) + ")"


def alphas(db, items):
    """Of complete rows: the scale, each item left out, and what it has to do with the others.  R's sums lose digits to an offset."""
    for item, alpha, n, rows, r in db.execute("SELECT item, alpha, items, rows, correlation FROM mine_alpha('t', 'ignore=level')"):
        j = 0 if item is None else items.index(item) + 1
        left = f"m[, -{j}, drop=FALSE]" if j else "m"
        yield f"alpha {item}", alpha, f"{ALPHA}({left})"
        yield f"items {item}", n, f"ncol({left})"
        yield f"rows {item}", rows, f"nrow({left})"
        if j:
            yield f"correlation {item}", r, f"cor(m[, {j}], rowSums({left}))"


def described(db):
    for by in ("by=level", ""):
        for group, feature, *figures in db.execute(
                f"SELECT group_value, feature, {', '.join(FIGURES)} FROM mine_describe('t', ?)", (by,)):
            if feature not in NUMBERS:
                continue
            x = f"d${feature}[d$level == {json.dumps(group)}]" if by else f"d${feature}"
            calls = [f"length({x})", f"sum(is.na({x}))", f"mean({x}, na.rm=TRUE)", f"sd({x}, na.rm=TRUE)"]
            calls += [f"quantile({x}, {q}, na.rm=TRUE)" for q in (0, .25, .5, .75, 1)]
            yield from ((f"{what} of {feature} {by} {group}", ours, call) for what, ours, call in zip(FIGURES, figures, calls))


def same(a, b):
    return a is not None and abs(a - b) <= 1e-10 * max(abs(a), abs(b)) + 1e-300


def main():
    checks = mt.Checks("surveys against R")
    db = mt.connect()
    dice = random.Random(20261130)
    for n in (5, 12, 60, 400):
        data = {k: column(k, n, dice) for k in [*NUMBERS, "level"]}
        db.execute("DROP TABLE IF EXISTS t")
        db.execute("CREATE TABLE t(id, " + ", ".join(data) + ")")
        db.executemany("INSERT INTO t VALUES(?" + ",?" * len(data) + ")", ((i, *r) for i, r in enumerate(zip(*data.values()))))
        items = [k for k in NUMBERS if len(set(data[k]) - {None}) > 1]  # a constant is none
        compared = [*alphas(db, items), *described(db)]
        code = ["d <- data.frame(" + ", ".join(f"{k}={r_vector(v)}" for k, v in data.items()) + ")",
                f"m <- as.matrix(na.omit(d[, {r_vector(items)}])); m[, 'large'] <- m[, 'large'] - 1e9"]
        code += [f"cat(sprintf('%.17g\\n', {call}))" for _, _, call in compared]
        done = subprocess.run(["Rscript", "-"], input="\n".join(code).encode(), stdout=subprocess.PIPE, timeout=300, check=True)
        theirs = [float("nan") if v == "NA" else float(v) for v in done.stdout.decode().split()]
        wrong = [(w, o, t) for (w, o, _), t in zip(compared, theirs) if not (o is None if t != t else same(o, t))]
        checks.that(len(compared) == len(theirs) and len(compared) > 40 and not wrong, f"{n} rows: {len(compared)} figures", str(wrong[:4]))
    checks.end()


main()
