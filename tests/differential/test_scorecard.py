#!/usr/bin/env python3
"""mine_bins and scorecards against counting and dynamic programming in Python, and R's glm."""
import csv
import json
import math
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

N = 1500
R = """d <- read.csv(commandArgs(TRUE)[1])
exact <- glm.control(epsilon = 1e-15, maxit = 100)
first <- glm(y ~ ., binomial, d, control = exact)
s <- summary(glm(y ~ ., binomial, d, control = exact, start = coef(first)))$coefficients
for (i in seq_len(nrow(s))) cat(rownames(s)[i], sprintf("%.17g", s[i, 1:2]), sep = "\\t", fill = FALSE, "\\n")
"""


def rows():
    rng = random.Random(8)
    made = []
    for i in range(N):
        a, b, k = rng.randrange(40), rng.randrange(12), rng.choice("aaabbccdefghijklmnop")
        m = -1 + 0.06 * a - 0.02 * (b - 6) ** 2 + {"a": 0.6, "b": -0.7}.get(k, 0)
        made.append((i + 1, None if rng.random() < 0.1 else a, b, k, rng.choice([1, 1, 2, 0.5]),
                     int(rng.random() < 1 / (1 + math.exp(-m)))))
    return made


class Counted:
    """Weights of the two classes by value of a column."""

    def __init__(self, made, column, weighted):
        self.cells = {}
        for row in made:
            w = row[4] if weighted else 1
            cell = self.cells.setdefault(row[column], [0, 0, 0])
            cell[1 - row[5]] += w
            cell[2] += 1
        self.all = [math.fsum(c[i] for c in self.cells.values()) for i in (0, 1)]

    def woe(self, values, smooth=0.5):
        """woe, iv and share of all weight of a set of values together."""
        got = [sum(self.cells[v][i] for v in values) for i in (0, 1)]
        share = [max(g, smooth) / a for g, a in zip(got, self.all)]
        woe = math.log(share[0] / share[1])
        return woe, (share[0] - share[1]) * woe, sum(got) / sum(self.all)

    def price(self):
        n = sum(self.all)
        return n / (self.all[0] * self.all[1])


def best(counted, ordered, most, least, price):
    """The best sum of iv less the prices, over all divisions of the ordered values."""
    n = len(ordered)
    worth = {}
    for i in range(n):
        for j in range(i + 1, n + 1):
            _, iv, share = counted.woe(ordered[i:j])
            if share >= least - 1e-12:
                worth[i, j] = iv
    tables = [{j: worth[0, j] for j in range(1, n + 1) if (0, j) in worth}]
    for _ in range(most - 1):
        tables.append({j: max(tables[-1][i] + worth[i, j] for i in range(1, j) if i in tables[-1] and (i, j) in worth)
                       for j in range(2, n + 1) if any(i in tables[-1] and (i, j) in worth for i in range(1, j))})
    return max(t[n] - k * price for k, t in enumerate(tables) if n in t)


def inside(low, high, v):
    return v is not None and (low is None or v >= low) and (high is None or v < high)


def values_of(bin_, low, high, levels, counted):
    if bin_ == 0:
        return [None]
    if levels is None:
        return [v for v in counted.cells if inside(low, high, v)]
    return [v for v in counted.cells if v in json.loads(levels)]


def bins(checks, db, made, options, weighted, most, least, gain):
    got = db.execute("SELECT feature, bin, low, high, levels, rows, rate, woe, iv FROM mine_bins('t', ?)",
                     (options,)).fetchall()
    for column, feature in ((1, "a"), (2, "b"), (3, "k")):
        counted = Counted(made, column, weighted)
        own, total = [r for r in got if r[0] == feature], 0
        seen = []
        for _, bin_, low, high, levels, n, rate, woe, iv in own:
            values = values_of(bin_, low, high, levels, counted)
            seen += values
            theirs = counted.woe(values)
            for name, x, y in ("woe", woe, theirs[0]), ("iv", iv, theirs[1]):
                checks.that(abs(x - y) < 1e-12, f"{options}: {name} of {feature} {bin_}", f"{x!r}, counted {y!r}")
            checks.equal(n, sum(counted.cells[v][2] for v in values), f"{options}: rows of {feature} {bin_}")
            total += theirs[1] * (bin_ > 0)
        checks.equal(sorted(map(str, seen)), sorted(map(str, counted.cells)), f"{options}: every value has a bin")
        if feature == "k":
            order = [v for v in counted.cells if sum(counted.cells[v][:2]) >= 0.01 * sum(counted.all)]
            order.sort(key=lambda v: counted.cells[v][0] / sum(counted.cells[v][:2]))
        else:
            order = sorted(v for v in counted.cells if v is not None)
        price = gain * counted.price()
        parts = sum(r[1] > 0 for r in own)
        want, have = best(counted, order, most, least, price), total - (parts - 1) * price
        checks.that(abs(want - have) < 1e-10, f"{options}: {feature} is the best division", f"{have!r}, best {want!r}")
    iv = {f: sum(r[8] for r in got if r[0] == f) for f in "abk"}
    checks.equal([f for i, f in enumerate(r[0] for r in got) if f not in [r[0] for r in got[:i]]],
                 sorted(iv, key=lambda f: -iv[f]), f"{options}: features by iv")
    return got


def many(checks, db):
    """A number with more values than cells: nearly the best of all divisions."""
    rng = random.Random(2)
    xs = [rng.randrange(100000) / 100 for _ in range(2000)]
    made = [(i, round(x, 2), 0, 0, 1, int(rng.random() < 0.2 + 0.3 * (x < 137.5) + 0.4 * (611 < x < 700)))
            for i, x in enumerate(rng.choice(xs[:260]) for _ in range(2000))]
    db.execute("CREATE TABLE many(id, x, y)")
    db.executemany("INSERT INTO many VALUES(?,?,?)", [(r[0], r[1], r[5]) for r in made])
    counted = Counted(made, 1, 0)
    want = best(counted, sorted(counted.cells), 4, 0.05, 4 * counted.price())
    ivs = [iv for (iv,) in db.execute("SELECT iv FROM mine_bins('many', 'target=y,max_bins=4')")]
    have = math.fsum(ivs) - (len(ivs) - 1) * 4 * counted.price()
    checks.that(want * 0.99 <= have <= want + 1e-10, "many values: nearly the best division", f"{have!r}, best {want!r}")


def card(checks, db, made):
    """The coefficients are those of R's glm over the columns of woe; points are sums and say the probability."""
    model = db.execute("SELECT mine_fit('logistic', 't', 'target=y,ignore=w,holdout=0,transform=woe,points=500|40|3')"
                       ).fetchone()[0]
    listed = db.execute("SELECT feature, bin, low, high, levels, woe, points FROM mine_bins(?)", (model,)).fetchall()

    def find(feature, v):
        for f, bin_, low, high, levels, woe, points in listed:
            if f == feature and (v is None and bin_ == 0 or bin_ > 0 and v is not None and
                                 (v in json.loads(levels) if levels else inside(low, high, v))):
                return woe, points
        raise AssertionError((feature, v))

    coded = {r[0]: [find(f, v) for f, v in zip("abk", r[1:4])] for r in made}
    for id_, points, p in db.execute("SELECT id, points, probability FROM mine_predict(?, 't')", (model,)):
        said = 500 + 40 * (math.log2((1 - p) / p) - math.log2(3))
        checks.that(abs(points - said) < 1e-9, f"points of {id_} say the probability", (points, said))
        added = sum(c[1] for c in coded[id_])
        checks.that(abs(points - added) < 1e-9, f"points of {id_} add up", (points, added))
    if not shutil.which("Rscript"):
        mt.skip("R is not installed (apt-get install r-base-core)")
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / "peer.R").write_text(R)
        with open(at / "woe.csv", "w", newline="") as file:
            csv.writer(file).writerows([list("abky")] + [[repr(c[0]) for c in coded[r[0]]] + [r[5]] for r in made])
        out = subprocess.run(["Rscript", "--vanilla", at / "peer.R", at / "woe.csv"], capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(out.stderr)
    theirs = {t.replace("(Intercept)", "(intercept)"): (float(v), float(e))
              for t, v, e in (line.split("\t")[:3] for line in out.stdout.splitlines())}
    own = {n: (v, e) for n, v, e in db.execute("SELECT name, value, std_error FROM mine_coefficients(?)", (model,))}
    checks.equal(sorted(own), sorted(theirs), "the coefficients")
    for name, pair in theirs.items():
        for x, y in zip(own[name], pair):
            checks.that(abs(x - y) <= 1e-9 * abs(y), f"coefficient of {name}", f"{x!r}, R has {y!r}")


def main():
    checks = mt.Checks("bins and scorecards against Python and R")
    db = mt.connect()
    made = rows()
    db.execute("CREATE TABLE t(id, a, b, k, w, y)")
    db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?)", made)
    bins(checks, db, made, "target=y,ignore=w", 0, 10, 0.05, 4)
    bins(checks, db, made, "target=y,ignore=w,min_gain=0,max_bins=6", 0, 6, 0.05, 0)
    bins(checks, db, made, "target=y,weight=w,min_gain=1.5,max_bins=4,min_share=0.12", 1, 4, 0.12, 1.5)
    many(checks, db)
    card(checks, db, made)
    checks.end()


if __name__ == "__main__":
    main()
