#!/usr/bin/env python3
"""Linear and logistic regression against R (lm, glm, nnet's multinom, glmnet) and NIST."""
import csv
import math
import random
import shutil
import subprocess
import sys
import pathlib
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import minetest as mt  # noqa: E402

N = 700
COLUMNS = ["id", "x0", "x1", "x2", "x3", "x4", "k", "w", "y", "label", "count", "amount", "kind", "z"]
LONGLEY = {"(intercept)": (-3482258.63459582, 890420.383607373), "x1": (15.0618722713733, 84.9149257747669),
           "x2": (-0.358191792925910e-1, 0.334910077722432e-1), "x3": (-2.02022980381683, 0.488399681651699),
           "x4": (-1.03322686717359, 0.214274163161675), "x5": (-0.511041056535807e-1, 0.226073200069370),
           "x6": (1829.15146461355, 455.478499142212)}


def rows():
    rng = random.Random(4)
    made = []
    for i in range(N):
        x = [rng.gauss(3, 2), rng.uniform(0, 500), rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(100, 10)]
        x[3] += 0.8 * x[2]
        k = rng.choice("aabbbc")
        m = 0.5 * (x[0] - 3) - 0.004 * (x[1] - 250) + 0.7 * x[2] + {"a": 0.4, "b": 0, "c": -0.8}[k]
        count = sum(1 for _ in range(60) if rng.random() < min(math.exp(m * 0.4 + 0.5) / 60, 1))
        kind = max(("low", rng.gauss(-m, 1.5)), ("mid", rng.gauss(0.2, 1.5)), ("top", rng.gauss(m, 1.5)),
                   key=lambda p: p[1])[0]
        made.append([i + 1, *x, k, rng.choice([1, 2, 3.5]), 10 + 3 * m + rng.gauss(0, 2),
                     "yes" if rng.random() < 1 / (1 + math.exp(-m)) else "no", count,
                     math.exp(m * 0.3) * rng.gammavariate(2, 5), kind])
    mean = sum(r[8] for r in made) / N
    deviation = math.sqrt(sum((r[8] - mean) ** 2 for r in made) / N)
    return [r + [r[8] / deviation] for r in made]


def peer(folder):
    out = subprocess.run(["Rscript", "--vanilla", HERE / "linear_peer.R", folder], capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(out.stderr)
    found = {}
    for text in out.stdout.splitlines():
        case, term, *numbers = text.split("\t")
        found.setdefault(case, {})[term] = [None if v == "NA" else float(v) for v in numbers]
    return found


def ours(db, algorithm, source, options):
    blob = db.execute("SELECT mine_fit(?, ?, ?)", (algorithm, source, f"holdout=0,{options}")).fetchone()[0]
    return {name: rest for name, *rest in db.execute(
        "SELECT name, value, std_error, p_value FROM mine_coefficients(?)", (blob,))}


def renamed(term):
    """R's names of terms in ours."""
    first, _, kind = term.partition(" ")
    first = {"(Intercept)": "(intercept)", "I(2 * x0 - x1)": "c"}.get(first, first)
    if len(first) == 2 and first[0] == "k":
        first = "k=" + first[1]
    return first + (" | " + kind if kind else "")


def far(a, b, scale=0):
    return abs(a - b) / max(abs(b), scale, 1e-300)


def compare(checks, case, got, theirs, limit, scale=0, errors=True):
    for term, numbers in theirs.items():
        own = got.get(renamed(term))
        checks.that(own is not None, f"{case}: {renamed(term)} is there", sorted(got))
        if own is None:
            continue
        names = ("value", "error", "p-value") if errors else ("value",)
        for name, a, b in zip(names, own, numbers):
            if b is None or (name == "p-value" and b < 1e-12):
                continue
            checks.that(far(a, b, scale if name == "value" else 0) <= limit * (10 if name == "p-value" else 1),
                        f"{case}: {name} of {term}", f"{a!r}, R has {b!r}")


def plain(checks, db, theirs):
    x = "SELECT id, x0, x1, x2, k, {} FROM rows"
    compare(checks, "lm", ours(db, "linear", x.format("y"), "target=y"), theirs["lm"], 1e-10)
    compare(checks, "collinear", ours(db, "linear", "SELECT id, x0, x1, 2*x0-x1 AS c, x2, y FROM rows", "target=y"),
            theirs["lm_collinear"], 1e-10)
    compare(checks, "weighted", ours(db, "linear", "SELECT id, x0, x1, k, w, y FROM rows", "target=y,weight=w"),
            theirs["weighted"], 1e-10, errors=False)
    compare(checks, "binomial", ours(db, "logistic", x.format("label"), "target=label,positive=yes"),
            theirs["binomial"], 1e-9)
    turned = ours(db, "logistic", x.format("label"), "target=label,positive=no")
    compare(checks, "turned", {k: [-v[0], *v[1:]] for k, v in turned.items()}, theirs["binomial"], 1e-9)
    compare(checks, "poisson", ours(db, "linear", x.format("count"), "target=count,family=poisson,task=regression"),
            theirs["poisson"], 1e-9)
    compare(checks, "gamma", ours(db, "linear", x.format("amount"), "target=amount,family=gamma"), theirs["gamma"], 1e-8)
    if "multinom" in theirs:
        compare(checks, "multinom", ours(db, "logistic", "SELECT id, x0, x1, kind FROM rows", "target=kind"),
                theirs["multinom"], 1e-4)


def nets(checks, db, theirs):
    x = "SELECT id, x0, x1, x2, x3, x4, {} FROM rows"
    call = {"gaussian": ("linear", "z", ""), "binomial": ("logistic", "label", "positive=yes,"),
            "poisson": ("linear", "count", "family=poisson,task=regression,"), "multinomial": ("logistic", "kind", "")}
    cases = [c for c in theirs if c.startswith("net_")]
    for case in cases:
        _, family, ratio, alpha = case.split("_")
        algorithm, target, more = call[family]
        got = ours(db, algorithm, x.format(target), f"target={target},{more}alpha={alpha},l1_ratio={ratio}")
        compare(checks, case, got, theirs[case], 1e-6, 0.01, errors=False)
        checks.that(all(v[1] is None for v in got.values()), f"{case}: penalised coefficients have no errors")
        zeros = {renamed(t) for t, v in theirs[case].items() if v[0] == 0}
        checks.equal({n for n, v in got.items() if v[0] == 0}, zeros, f"{case}: which are 0")
    checks.that(len(cases) in (0, 20), f"{len(cases)} cases of glmnet")


def nist(checks, db):
    got = ours(db, "linear", "SELECT * FROM longley", "target=y,id=none")
    for name, certified in LONGLEY.items():
        for a, b in zip(got[name], certified):
            checks.that(far(a, b) < 1e-9, f"Longley: {name} is {a!r}, certified {b!r}")


def wide(checks, db):
    """More columns than rows: the slopes of the loss say whether a lasso is at its least, whoever found it."""
    n, p = 60, 900
    rng = random.Random(9)
    x = [[rng.gauss(0, 1) for _ in range(p)] for _ in range(n)]
    y = [3 * r[0] - 2 * r[5] + r[9] + rng.gauss(0, 1) for r in x]
    names = [f"x{j}" for j in range(p)]
    load(db, "short", [[*r, v] for r, v in zip(x, y)], names + ["y"])
    got = ours(db, "linear", "SELECT * FROM short", "target=y,id=none,alpha=auto")
    beta = [got[name][0] for name in names]
    rest = [v - got["(intercept)"][0] - sum(b * c for b, c in zip(beta, r) if b) for r, v in zip(x, y)]
    slopes, held = [], []
    for j in range(p):
        mean = sum(r[j] for r in x) / n
        unit = math.sqrt(sum((r[j] - mean) ** 2 for r in x) / n)
        slope = sum((r[j] - mean) * e for r, e in zip(x, rest)) / n / unit
        (slopes if beta[j] else held).append(math.copysign(1, beta[j]) * slope if beta[j] else abs(slope))
    checks.that(3 <= len(slopes) < n, f"wide: {len(slopes)} coefficients are not 0")
    checks.that(max(slopes) - min(slopes) < 1e-8 * max(slopes), f"wide: slopes of {min(slopes)!r} to {max(slopes)!r}")
    checks.that(max(held) < max(slopes), f"wide: {max(held)!r} of those that are 0, {max(slopes)!r} of the others")
    checks.that(abs(sum(rest)) < 1e-8, f"wide: residuals sum to {sum(rest)!r}")


def wide_tables():
    """More columns than rows; columns of which the second half repeats the first, exactly or nearly."""
    rng = random.Random(12)
    x = [[common + rng.gauss(0, 1) for _ in range(400)] for common in (rng.gauss(0, 0.7) for _ in range(80))]
    m = [r[0] - r[1] + r[2] + rng.gauss(0, 1) for r in x]
    twins = [[*r[:40], *(v + (j % 4) * 3e-3 * rng.gauss(0, 1) for j, v in enumerate(r[:40]))] for r in x[:60]]
    return {"wide": [[*r, "yn"[v > 0]] for r, v in zip(x, m)],
            "three": [[*r[:150], "abc"[(v > -0.8) + (v > 0.8)]] for r, v in zip(x, m)],
            "twins": [[*r, "yn"[v > 0]] for r, v in zip(twins, m)]}


# table, alpha, l1_ratio
WIDE = [("wide", 0.05, 1), ("wide", 0.003, 1), ("wide", 0.02, 0.3), ("wide", 0.1, 0), ("three", 0.03, 1), ("twins", 0.02, 1)]


def objective(table, classes, alpha, ratio, beta):
    """What glmnet makes the least; beta: of each class the intercept and the coefficients."""
    n, p = len(table), len(table[0]) - 1
    loss = 0
    for r in table:
        margin = [b[0] + sum(c * v for c, v in zip(b[1:], r) if c) for b in beta]
        top = max(margin)
        loss += (top + math.log(sum(math.exp(v - top) for v in margin)) - margin[classes.index(r[-1])]) / n
    for j in range(p):
        mean = sum(r[j] for r in table) / n
        square = sum((r[j] - mean) ** 2 for r in table) / n
        for b in beta:
            loss += alpha * (ratio * abs(b[j + 1]) * math.sqrt(square) + (1 - ratio) / 2 * b[j + 1] ** 2 * square)
    return loss


def many(checks, db, tables, theirs):
    """Penalties on many columns: nobody's coefficients are better than ours."""
    for name, alpha, ratio in WIDE:
        table = tables[name]
        names = [f"x{j}" for j in range(len(table[0]) - 1)]
        classes = sorted({r[-1] for r in table})
        got = ours(db, "logistic", f"SELECT * FROM {name}", f"target=y,id=none,alpha={alpha},l1_ratio={ratio},numeric={'|'.join(names)}")
        rest, two = theirs[f"{name}_{ratio}_{alpha}"], len(classes) == 2
        none = [0] * (len(names) + 1)
        own, other = [none] if two else [], [none] if two else []
        for c in classes[1:] if two else classes:
            tail = "" if two else f" | {c}"
            own.append([got[k + tail][0] for k in ["(intercept)"] + names])
            other.append([rest[k + ("" if two else " " + c)][0] for k in ["(Intercept)"] + names])
        a, b = (objective(table, classes, alpha, ratio, v) for v in (own, other))
        checks.that(a <= b + 1e-9, f"{name}: alpha={alpha}, l1_ratio={ratio}: objective", f"{a!r}, glmnet has {b!r}")
        checks.that(far(a, b) < 1e-4, f"{name}: alpha={alpha}, l1_ratio={ratio}: glmnet's is near", f"{a!r}, {b!r}")


def near(checks, db):
    """Two columns that nearly say the same hold up a descent, but not the other columns."""
    n, p, l1 = 300, 12, 5
    rng = random.Random(3)
    x = [[rng.gauss(0, 1) for _ in range(p)] for _ in range(n)]
    for r in x:
        r[1] = r[0] + 1e-4 * rng.gauss(0, 1)
    y = [r[0] + 0.3 * sum(r[5:9]) + rng.gauss(0, 1) for r in x]
    names = [f"x{j}" for j in range(p)]
    load(db, "near", [[*r, v] for r, v in zip(x, y)], names + ["y"])
    got = ours(db, "linear", "SELECT * FROM near", f"target=y,id=none,l1={l1},numeric={'|'.join(names)}")
    beta = [got[name][0] for name in names]
    rest = [v - got["(intercept)"][0] - sum(b * c for b, c in zip(beta, r)) for r, v in zip(x, y)]
    for j in range(p):
        mean = sum(r[j] for r in x) / n
        unit = math.sqrt(sum((r[j] - mean) ** 2 for r in x) / n)
        slope = sum((r[j] - mean) * e for r, e in zip(x, rest)) / unit
        gap = abs(slope - math.copysign(l1, beta[j])) if beta[j] else max(0, abs(slope) - l1)
        checks.that(gap < 0.01, f"near: {names[j]} of {beta[j]!r} has the slope {slope!r}")
    load(db, "few", [[i % 7, int(i < 2)] for i in range(30)], ["x", "y"])
    none, = db.execute("SELECT detail FROM mine_summary((SELECT mine_fit('logistic', 'SELECT * FROM few', 'target=y, id=none, holdout=0'))) "
                       "WHERE name = 'null_deviance'").fetchone()
    exact = -2 * (2 * math.log(2 / 30) + 28 * math.log(28 / 30))
    checks.that(abs(float(none) - exact) < 1e-4, f"few: null deviance {none}, exactly {exact}")


def lacking(checks, db):
    """A level that lacks a class has no finite coefficient."""
    rng = random.Random(3)
    made = [["abc"[i % 3], rng.gauss(0, 1), int(i % 3 < 2 and rng.random() < 0.3)] for i in range(600)]
    load(db, "lacking", made, ["k", "x", "y"])
    load(db, "whole", [[k, x, int(rng.random() < 0.3)] for k, x, _ in made], ["k", "x", "y"])
    for table, separated in (("lacking", True), ("whole", False)):
        got = ours(db, "logistic", f"SELECT k, x, y FROM {table}", "target=y,id=none")
        checks.equal(all(v[1] is None for v in got.values()), separated, f"{table}: nothing is tested")


def levels(checks, db):
    """Of one category of many levels the fit is the table: log-odds, whose errors are the roots of sums of 1 / count."""
    rng = random.Random(8)
    made = [[f"l{i % 45:02}", int(rng.random() < 0.2 + (i % 45) / 90)] for i in range(4530)]
    load(db, "levels", made, ["k", "y"])
    table = {}
    for k, y in made:
        table.setdefault(k, [0, 0])[y] += 1
    got = ours(db, "logistic", "SELECT k, y FROM levels", "target=y,id=none")
    none, some = table[next(k for k in sorted(table) if f"k={k}" not in got or got[f"k={k}"][1] in (None, 0))]
    for k, (no, yes) in table.items():
        value, error, _ = got.get(f"k={k}", (0, 0, 0))
        if not error:
            continue
        checks.that(abs(value - math.log(yes / no * none / some)) < 1e-9, f"levels: {k} is {value!r}")
        checks.that(far(error, math.sqrt(1 / no + 1 / yes + 1 / none + 1 / some)) < 1e-9, f"levels: error of {k} is {error!r}")


def load(db, name, table, columns):
    db.execute(f"CREATE TABLE {name}({', '.join(columns)})")
    db.executemany(f"INSERT INTO {name} VALUES({', '.join('?' * len(columns))})", table)


def read(name):
    with open(mt.data(name), newline="") as file:
        head, *body = csv.reader(file)
    return head, body


def main():
    checks = mt.Checks("linear and logistic regression against R")
    db = mt.connect()
    made, tables = rows(), wide_tables()
    load(db, "rows", made, COLUMNS)
    load(db, "longley", read("nist_longley.csv")[1], read("nist_longley.csv")[0])
    nist(checks, db)
    wide(checks, db)
    near(checks, db)
    lacking(checks, db)
    levels(checks, db)
    if not shutil.which("Rscript"):
        mt.skip("R is not installed (apt-get install r-base-core r-cran-nnet r-cran-glmnet)")
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        with open(at / "rows.csv", "w", newline="") as file:
            csv.writer(file).writerows([COLUMNS] + made)
        for name, table in tables.items():
            with open(at / f"{name}.csv", "w", newline="") as file:
                csv.writer(file).writerows([[f"x{j}" for j in range(len(table[0]) - 1)] + ["y"]] + table)
        for name in "mtcars", "kyphosis":
            shutil.copy(mt.data(f"r_{name}.csv"), at / f"{name}.csv")
        theirs = peer(folder)
    for name, table in tables.items():
        load(db, name, table, [f"x{j}" for j in range(len(table[0]) - 1)] + ["y"])
    many(checks, db, tables, theirs)
    plain(checks, db, theirs)
    for name, algorithm, target, columns in (("mtcars", "linear", "mpg", "wt, hp, qsec"),
                                             ("kyphosis", "logistic", "Kyphosis", "Age, Number, Start")):
        head, body = read(f"r_{name}.csv")
        load(db, name, body, [f'"{h}"' for h in head])
        got = ours(db, algorithm, f"SELECT {columns}, {target} FROM {name}", f"target={target},id=none")
        compare(checks, name, got, theirs[name], 1e-9)
    nets(checks, db, theirs)
    checks.end()


if __name__ == "__main__":
    main()
