#!/usr/bin/env python3
"""A/B tests, sample sizes and key drivers against R: prop.test, power.prop.test, power.t.test, and Johnson's weights by
eigen(), as he wrote them."""
import math
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


def vector(values):
    return "c(" + ",".join(repr(v) for v in values) + ")"


def ask_r(code):
    done = subprocess.run(["Rscript", "-"], input=f"suppressWarnings({{{code}}})".encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, check=True)
    return [float(v) for v in done.stdout.decode().split()]


PRINT = "say <- function(...) cat(sprintf('%.17g\\n', c(...)))\n"


def rates(db):
    """(what, ours, R's line, digits)"""
    for hits, n, others, k in ((50, 1000, 65, 990), (0, 40, 3, 41), (9, 10, 2, 10), (700, 100000, 900, 100000), (1, 2, 1, 3),
                               (4000, 10000, 9000, 10000)):
        db.execute("DROP TABLE IF EXISTS t")
        db.execute("CREATE TABLE t(id, v, o)")
        rows = [("b", int(i < hits)) for i in range(n)] + [("a", int(i < others)) for i in range(k)]
        db.executemany("INSERT INTO t VALUES(?,?,?)", ((i, *row) for i, row in enumerate(rows)))
        (_, low, high, _, _, _, _), (_, l1, h1, d, dl, dh, p) = db.execute(
            "SELECT variant, low, high, difference, difference_low, difference_high, p_value FROM mine_ab_test('t', 'level=0.9')")
        of = [f"prop.test({h}, {m}, correct=FALSE, conf.level=0.9)$conf.int" for h, m in ((others, k), (hits, n))]
        both = f"prop.test(c({hits}, {others}), c({n}, {k}), correct=FALSE)"
        name = f"{hits}/{n} {others}/{k}"
        for what, ours, call in (("low", low, of[0] + "[1]"), ("high", high, of[0] + "[2]"), ("low b", l1, of[1] + "[1]"),
                                 ("high b", h1, of[1] + "[2]"), ("difference", d, f"{hits}/{n} - {others}/{k}"),
                                 ("newcombe low", dl, f"{hits}/{n} - {others}/{k} - sqrt(({hits}/{n} - {of[1]}[1])^2 + ({of[0]}[2] - {others}/{k})^2)"),
                                 ("newcombe high", dh, f"{hits}/{n} - {others}/{k} + sqrt(({of[1]}[2] - {hits}/{n})^2 + ({others}/{k} - {of[0]}[1])^2)"),
                                 ("p", p, both + "$p.value")):
            yield f"{name} {what}", ours, f"say({call})", 1e-9


def sizes(db):
    for base, effect, power, alpha, side in ((0.05, 0.01, 0.8, 0.05, "two"), (0.3, -0.05, 0.9, 0.01, "two"), (0.5, 0.2, 0.95, 0.05, "one"),
                                             (0.001, 0.0005, 0.8, 0.1, "two")):
        (n,), = db.execute("SELECT exact FROM mine_sample_size(?)",
                           (f"baseline={base}, effect={effect}, power={power}, alpha={alpha}, side={side}",))
        said = f"p1={base}, p2={base + effect!r}, sig.level={alpha}, alternative='{side}.sided'"
        yield f"prop {base} {effect}", n, f"say(power.prop.test({said}, power={power}, tol=1e-12)$n)", 1e-8
        (got,), = db.execute("SELECT power FROM mine_sample_size(?)",
                             (f"baseline={base}, effect={effect}, rows=1000, alpha={alpha}, side={side}",))
        yield f"prop power {base} {effect}", got, f"say(power.prop.test({said}, n=1000)$power)", 1e-10
    for sd, effect, power, alpha, side in ((1, 0.5, 0.8, 0.05, "two"), (10, 2, 0.9, 0.01, "two"), (3, 6, 0.95, 0.05, "one"), (1, 3, 0.8, 0.05, "two")):
        (n,), = db.execute("SELECT exact FROM mine_sample_size(?)",
                           (f"stddev={sd}, effect={effect}, power={power}, alpha={alpha}, side={side}",))
        said = f"delta={effect}, sd={sd}, sig.level={alpha}, alternative='{side}.sided'"
        yield f"t {sd} {effect}", n, f"say(power.t.test({said}, power={power}, tol=1e-12)$n)", 1e-8
        for rows in (3, 20, 500):
            (got,), = db.execute("SELECT power FROM mine_sample_size(?)",
                                 (f"stddev={sd}, effect={effect}, rows={rows}, alpha={alpha}, side={side}",))
            yield f"t power {sd} {effect} {rows}", got, f"say(power.t.test({said}, n={rows})$power)", 1e-9


JOHNSON = """weights <- function(x, y) { # Johnson (2000), Multivariate Behavioral Research 35, as in his appendix
  r <- cor(x); rxy <- cor(x, y); e <- eigen(r); lambda <- e$vectors %*% sqrt(diag(e$values, ncol(x))) %*% t(e$vectors)
  beta <- solve(lambda) %*% rxy; raw <- lambda^2 %*% beta^2
  list(weight=raw / sum(beta^2), r2=sum(beta^2), coef=coef(lm(y ~ x))[-1]) }
"""


def drivers(db, dice):
    for p, n, common in ((2, 30, 0.5), (4, 100, 1.5), (6, 500, 5), (1, 20, 0)):
        rows = []
        for _ in range(n):
            shared = dice.gauss(0, 1)
            x = [common * shared + dice.gauss(0, 1) + 100 * j for j in range(p)]
            rows.append((*x, sum(x) / 10 + dice.gauss(0, 1)))
        names = [f"x{j}" for j in range(p)]
        db.execute("DROP TABLE IF EXISTS s")
        db.execute(f"CREATE TABLE s(id, {', '.join(names)}, y)")
        db.executemany(f"INSERT INTO s VALUES({', '.join('?' * (p + 2))})", ((i, *r) for i, r in enumerate(rows)))
        got = {d: r for d, *r in db.execute("SELECT driver, weight, coefficient, r_squared FROM mine_key_drivers('s', 'target=y, bootstrap=0')")}
        x = "cbind(" + ",".join(vector([r[j] for r in rows]) for j in range(p)) + ")"
        y = vector([r[-1] for r in rows])
        for j, name in enumerate(names):
            for what, ours, value in (("weight", got[name][0], f"$weight[{j + 1}]"), ("coefficient", got[name][1], f"$coef[{j + 1}]"),
                                      ("R2", got[name][2], "$r2")):
                yield f"drivers {p} {name} {what}", ours, f"say(weights({x}, {y}){value})", 1e-9


def coverage(checks, db):
    """Intervals hold the weight of the model (correlations 1/2, y = a + b/2 + noise of variance 4) about as often as
    they claim."""
    dice, inside, tried = random.Random(5), 0, 0
    for case in range(40):
        rows = []
        for i in range(150):
            shared = dice.gauss(0, 1)
            a, b, c = (shared + dice.gauss(0, 1) for _ in range(3))
            rows.append((i, a, b, c, a + 0.5 * b + dice.gauss(0, 2)))
        db.execute("DROP TABLE IF EXISTS s")
        db.execute("CREATE TABLE s(id, a, b, c, y)")
        db.executemany("INSERT INTO s VALUES(?,?,?,?,?)", rows)
        (low, high), = db.execute("SELECT low, high FROM mine_key_drivers('s', ?) WHERE driver = 'a'", (f"target=y, seed={case}",))
        tried += 1
        inside += low <= 0.5913 <= high
    checks.that(33 <= inside <= 40, f"{inside} of {tried} intervals of 95% hold the true weight")


def main():
    checks = mt.Checks("A/B tests, sizes and key drivers against R")
    db = mt.connect()
    dice = random.Random(11)
    compared = [*rates(db), *sizes(db), *drivers(db, dice)]
    theirs = ask_r(PRINT + JOHNSON + "\n".join(call for _, _, call, _ in compared))
    checks.that(len(theirs) == len(compared), f"{len(compared)} figures", len(theirs))
    for (what, ours, _, digits), value in zip(compared, theirs):
        good = ours is not None and math.isclose(ours, value, rel_tol=digits, abs_tol=digits * 1e-2)
        if value == value and not good:
            checks.that(False, what, f"{ours!r}, R has {value!r}")
    coverage(checks, db)
    checks.end()


main()
