#!/usr/bin/env python3
"""mine_drivers against brute force: every conjunction of conditions, counted and tested in Python.

    test_drivers.py [tables [seed]]
"""
import itertools
import sys

from peer import mt, np
from scipy import stats

checks = mt.Checks("drivers")
TABLES = int(sys.argv[1]) if len(sys.argv) > 1 else 6
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 3
PARTS, EXACT = 0.01, 20


def table(rng, n):
    """Columns that matter or not, a copy under another name, gaps, numbers of few and many values."""
    a = rng.choice(["x", "y", "z"], n, p=[0.5, 0.3, 0.2]).astype(object)
    b = rng.choice(["p", "q"], n).astype(object)
    many = np.round(rng.gamma(2, 10, n), 1).astype(object)
    few = rng.integers(0, 3, n).astype(object)
    copy = np.where(a == "z", "Z", "other").astype(object)
    force = (a == "z") * 1.2 + (few == 2) * (b == "q") * 1.5 - (many.astype(float) < 12) * 0.8
    many[rng.random(n) < 0.07] = None
    period = rng.choice([2024, 2025], n)
    number = 10 + 3 * force + rng.normal(0, 3, n) + (period == 2025) * ((b == "p") * 2 + 1)
    yes = (force + rng.logistic(0, 1, n) > 0.6).astype(int)
    return {"a": a, "b": b, "many": many, "few": few, "copy": copy}, yes, number, period


def conditions(columns, n, least, bins):
    """(feature, test, bound, text, rows that meet it)."""
    out = []
    for name, values in columns.items():
        gaps = np.array([v is None for v in values])
        if name in ("many", "few"):
            x = np.array([np.nan if v is None else float(v) for v in values])
            ordered = np.sort(x[~np.isnan(x)])
            if len(set(ordered)) <= 4:
                out += [(name, "=", v, x == v) for v in sorted(set(ordered))]
            else:
                last = ordered[0]
                for k in range(1, bins):
                    cut = ordered[len(ordered) * k // bins]
                    if cut > last:
                        out += [(name, "<", cut, x < cut), (name, ">=", cut, x >= cut)]
                        last = cut
        else:
            out += [(name, "=", v, values == v) for v in sorted({v for v in values if v is not None})]
        out.append((name, "null", None, gaps))
    return [c for c in out if least <= c[3].sum() < n]


def agree(c, d):
    if c[0] != d[0]:
        return True
    low, high = (c, d) if c[1] == ">=" else (d, c)
    return low[1] == ">=" and high[1] == "<" and low[2] < high[2]


class Judge:
    def __init__(self, y, later=None, classes=False):
        self.y, self.later, self.classes = y, later, classes

    def rate(self, rows):
        y = self.y[rows]
        if self.later is None:
            return y.mean()
        late = self.later[rows]
        return y[late].mean() - y[~late].mean() if late.any() and not late.all() else np.nan

    def p(self, a, b):
        if self.classes:
            (n, k), (m, j) = (a.sum(), self.y[a].sum()), (b.sum(), self.y[b].sum())
            if n == 0 or m == 0:
                return np.nan
            if k + j in (0, n + m):
                return 1
            least = min(n, m) * min(k + j, n + m - k - j) / (n + m)
            cells = [[k, n - k], [j, m - j]]
            return stats.fisher_exact(cells)[1] if least < EXACT else stats.chi2_contingency(cells, correction=False)[1]
        groups = [self.y[g] for g in (a, b)] if self.later is None else \
            [self.y[g & side] for g in (a, b) for side in (self.later, ~self.later)]
        if any(len(g) < 2 for g in groups):
            return np.nan
        v = np.array([g.var(ddof=1) / len(g) for g in groups])
        off = self.rate(a) - self.rate(b)
        if v.sum() == 0:
            return 1 if off == 0 else 0
        df = v.sum() ** 2 / sum(x * x / (len(g) - 1) for x, g in zip(v, groups))
        return 2 * stats.t.sf(abs(off) / np.sqrt(v.sum()), df)


def brute(columns, judge, n, least, bins, length, max_q):
    found = conditions(columns, n, least, bins)
    all_rows = np.ones(n, bool)
    segments = {}
    for size in range(1, length + 1):
        for key in itertools.combinations(range(len(found)), size):
            if all(agree(found[i], found[j]) for i, j in itertools.combinations(key, 2)):
                rows = np.logical_and.reduce([found[i][3] for i in key])
                if rows.sum() >= max(least, 1):
                    segments[key] = rows
    keys = sorted(segments, key=lambda k: (len(k), k))
    p = np.array([judge.p(segments[k], all_rows & ~segments[k]) for k in keys])
    tested = np.flatnonzero(~np.isnan(p))
    q = np.full(len(p), np.nan)
    order = tested[np.argsort(p[tested], kind="stable")]
    running = 1.0
    for rank in range(len(order), 0, -1):
        running = min(running, p[order[rank - 1]] * len(order) / rank)
        q[order[rank - 1]] = running
    overall = judge.rate(all_rows)
    contribution = {k: overall - judge.rate(all_rows & ~segments[k]) for i, k in enumerate(keys) if not np.isnan(p[i])}
    left = [k for i, k in enumerate(keys) if q[i] <= max_q]
    left.sort(key=lambda k: -abs(contribution[k]))

    def adds(key):
        for size in range(1, len(key)):
            for part in itertools.combinations(key, size):
                off, less = judge.rate(segments[key]) - overall, judge.rate(segments[part]) - overall
                if less != 0 and (abs(off) <= abs(less) or (off < 0) != (less < 0)):
                    return False
                if not judge.p(segments[key], segments[part] & ~segments[key]) <= PARTS:
                    return False
        return True

    def form(key):
        return tuple((found[i][0], found[i][1], found[i][2] if found[i][1] == "=" else None) for i in key)

    chosen = []
    for k in left:
        rows = segments[k]
        if adds(k) and not any(form(k) == form(o) or (rows == segments[o]).all() or (rows == ~segments[o]).all() for o in chosen):
            chosen.append(k)
    place = {k: i for i, k in enumerate(keys)}
    return [(segments[k], len(k), judge.rate(segments[k]), overall, contribution[k], p[place[k]], q[place[k]]) for k in chosen]


def near(a, b):
    return abs(a - b) <= 1e-9 * max(1e-3, abs(a), abs(b)) or abs(a - b) < 1e-300


def compare(db, name, options, expected, n):
    ours = db.execute("SELECT conditions, size, rows, rate, overall, contribution, p_value, q_value FROM mine_drivers('t', ?)",
                      (options,)).fetchall()
    problems = [] if len(ours) == len(expected) else [f"{len(ours)} segments, not {len(expected)}"]
    for o, e in zip(ours, expected):
        met = np.zeros(n, bool)
        met[[i - 1 for (i,) in db.execute(f"SELECT id FROM t WHERE {o[0]}")]] = True
        if not (met == e[0]).all() or o[1] != e[1] or o[2] != e[0].sum() or \
                not all(near(x, y) for x, y in zip(o[3:], e[2:])):
            problems.append(f"{o} is not {e[1:]}")
    checks.that(not problems, f"{name}: {len(expected)} segments", "; ".join(problems[:2]))
    return len(ours)


def main():
    rng = np.random.default_rng(SEED)
    db = mt.connect()
    listed = 0
    for k in range(TABLES):
        n = int(rng.integers(80, 700))
        columns, yes, number, period = table(rng, n)
        db.execute("DROP TABLE IF EXISTS t")
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, many REAL, few INTEGER, copy TEXT, yes INTEGER, "
                   "number REAL, period INTEGER)")
        db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?)", zip(
            range(1, n + 1), *(list(map(lambda v: v if v is None or isinstance(v, (str, float)) else int(v), c)) for c in columns.values()),
            map(int, yes), map(float, number), map(int, period)))
        support, bins, length = float(rng.choice([0.02, 0.05, 0.1])), int(rng.integers(2, 6)), int(rng.integers(1, 4))
        least = int(np.ceil(support * n - 1e-9))
        options = f", min_support={support}, bins={bins}, max_conditions={length}, top=1000, max_q=0.05"
        for name, judge, what in ((f"classes {k}", Judge(yes.astype(float), classes=True), "target=yes, positive=1, ignore=number|period"),
                                  (f"number {k}", Judge(number), "target=number, ignore=yes|period"),
                                  (f"period {k}", Judge(number, period == 2025), "period=period, value=number, ignore=yes")):
            listed += compare(db, name, what + options, brute(columns, judge, n, least, bins, length, 0.05), n)
    checks.that(listed > 5 * TABLES, f"{listed} segments were compared")
    noise(db, rng)
    checks.end()


def noise(db, rng):
    """Where nothing differs, hardly ever anything is listed."""
    said = 0
    for _ in range(40):
        columns, *_ = table(rng, 300)
        db.execute("DELETE FROM t")
        db.executemany("INSERT INTO t(id, a, b, many, few, yes) VALUES(?,?,?,?,?,?)", zip(
            range(1, 301), columns["a"], columns["b"], columns["many"], map(int, columns["few"]), map(int, rng.random(300) < 0.3)))
        said += bool(db.execute("SELECT 1 FROM mine_drivers('t', 'target=yes, positive=1, ignore=number|period|copy')").fetchone())
    checks.that(said <= 5, f"of 40 tables of noise {said} have drivers")


main()
