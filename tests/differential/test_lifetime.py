#!/usr/bin/env python3
"""Lifetime value: published figures of CDNOW and of the donations, likelihoods written once more in Python and maximised by
scipy, expected purchases by hypergeometric functions and by simulation, and parameters that simulated customers were made with."""
import json
import math
import sys

from peer import mt, np
from scipy import integrate, optimize, special

checks = mt.Checks("lifetime value against published figures and scipy")
WEEK = 7.0


def coefficients(db, model):
    return {n: (v, s) for n, v, s in db.execute("SELECT name, value, std_error FROM mine_coefficients(?)", (model,))}


def summary(db, model, item, name):
    return db.execute("SELECT detail FROM mine_summary(?) WHERE item = ? AND name = ?", (model, item, name)).fetchone()[0]


def likelihood_of(db, model):
    return float(summary(db, model, "metric", "log_likelihood"))


def near(got, want, by, what):
    checks.that(abs(got - want) <= by * max(abs(want), 1e-300), what, f"{got} not {want}")


def fit(db, algorithm, source, options=""):
    return db.execute("SELECT mine_fit(?, ?, ?)", (algorithm, source, options)).fetchone()[0]


def load_summary(db, table, rows):
    db.execute(f"CREATE TABLE {table}(id INTEGER, repeats, last_at REAL, age REAL)")
    db.executemany(f"INSERT INTO {table} VALUES(?, ?, ?, ?)", [(i + 1, *map(float, r)) for i, r in enumerate(rows)])


# ---- likelihoods, written once more --------------------------------------------------------------

def log_bgnbd(theta, x, t, T):
    r, alpha, a, b = theta
    one = -(r + x) * np.log(alpha + T)
    two = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + t), -np.inf)
    return (special.betaln(a, b + x) - special.betaln(a, b) + special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
            + np.logaddexp(one, two))


def log_paretonbd(theta, x, t, T):
    """The difference of two hypergeometric functions of the literature."""
    r, alpha, s, beta = theta
    n = r + s + x
    far, near_, last = (alpha, beta, s + 1) if alpha >= beta else (beta, alpha, r + x)
    a0 = (special.hyp2f1(n, last, n + 1, (far - near_) / (far + t))
          - special.hyp2f1(n, last, n + 1, (far - near_) / (far + T)) * np.exp(n * (np.log(far + t) - np.log(far + T))))
    return (special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
            + np.logaddexp(-(r + x) * np.log(alpha + T) - s * np.log(beta + T), np.log(s / n * a0) - n * np.log(far + t)))


def log_mbgcnbd(theta, x, t, T, k):
    r, alpha, a, b = theta
    n = r + k * x
    j = np.arange(k)[:, None]
    steps = special.logsumexp(special.gammaln(n + j) - special.gammaln(n) - special.gammaln(j + 1)
                              + j * np.log(np.maximum((T - t) / (alpha + T), 1e-300)), axis=0)
    return (special.betaln(a, b + x + 1) - special.betaln(a, b) + special.gammaln(n) - special.gammaln(r) + r * np.log(alpha)
            + np.logaddexp(steps - n * np.log(alpha + T), np.log(a / (b + x)) - n * np.log(alpha + t)))


def log_bgbb(theta, x, t, n):
    alpha, beta, gamma, delta = theta
    out = []
    for xi, ti, ni in zip(x, t, n):
        i = np.arange(int(ni - ti))
        dead = special.betaln(alpha + xi, beta + ti - xi + i) + special.betaln(gamma + 1, delta + ti + i)
        alive = special.betaln(alpha + xi, beta + ni - xi) + special.betaln(gamma, delta + ni)
        out.append(special.logsumexp(np.append(dead, alive)))
    return np.array(out) - special.betaln(alpha, beta) - special.betaln(gamma, delta)


def log_gammagamma(theta, x, m):
    p, q, gamma = theta
    return (special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q) + q * np.log(gamma)
            + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(gamma + m * x))


def hessian_errors(value, theta):
    """Standard errors by central differences of the values alone."""
    n = len(theta)
    h = np.abs(theta) * 1e-3
    m = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            def at(a, b):
                point = np.array(theta, float)
                point[i] += a * h[i]
                point[j] += b * h[j]
                return value(point)
            m[i, j] = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h[i] * h[j])
    return np.sqrt(np.diag(np.linalg.inv(m)))


def against_scipy(db, name, algorithm, table, log_l, options="", names=("r", "alpha", "a", "b")):
    """Our maximum is no lower than scipy's from there, the likelihood is what it says, errors are those of the Hessian."""
    model = fit(db, algorithm, table, options)
    ours = coefficients(db, model)
    theta = np.array([ours[n][0] for n in names])

    def value(point):
        return -log_l(point)
    here = value(theta)
    best = optimize.minimize(lambda u: value(np.exp(u)), np.log(theta * np.array([1.1, 0.9, 1.1, 0.9][:len(theta)])), method="Nelder-Mead",
                             options={"maxfev": 120})
    checks.that(here <= best.fun + 1e-7 * abs(best.fun), f"{name}: no likelier parameters", f"{-here} {-best.fun}")
    near(likelihood_of(db, model), -here, 5e-6, f"{name}: likelihood")
    errors = hessian_errors(value, theta)
    for n, e in zip(names, errors):
        near(ours[n][1], e, 2e-3, f"{name}: standard error of {n}")
    return model, theta


# ---- published ------------------------------------------------------------------------------------

def load_cdnow(db):
    db.execute("CREATE TABLE cdnow(id INTEGER, repeats INTEGER, last_at REAL, age REAL)")
    lines = mt.data("cdnow_customers_summary.csv").read_text().split()[1:]
    db.executemany("INSERT INTO cdnow VALUES(?, ?, ?, ?)",
                   [(int(float(i)), *map(float, rest)) for i, *rest in (line.split(",") for line in lines)])
    db.execute("CREATE TABLE log(customer INTEGER, day TEXT, amount REAL)")
    rows = [line.split() for line in mt.data("CDNOW_sample.txt").read_text().splitlines() if line.strip()]
    db.executemany("INSERT INTO log VALUES(?, ?, ?)", [(int(r[1]), f"{r[2][:4]}-{r[2][4:6]}-{r[2][6:]}", float(r[4])) for r in rows])


def cdnow(db):
    load_cdnow(db)
    model = fit(db, "bgnbd", "cdnow")
    ours = coefficients(db, model)
    for name, want in (("r", 0.2425945), ("alpha", 4.4136019), ("a", 0.7929199), ("b", 2.4258881)):
        near(ours[name][0], want, 2e-4, f"CDNOW, BG/NBD: {name}")
    near(likelihood_of(db, model), -9582.429, 1e-6, "CDNOW, BG/NBD: likelihood")
    pareto = fit(db, "paretonbd", "cdnow")
    ours = coefficients(db, pareto)
    for name, want, error in (("r", 0.55315, 0.0476264), ("alpha", 10.57633, 0.8427222), ("s", 0.60625, 0.1872594),
                              ("beta", 11.67150, 6.2105448)):
        near(ours[name][0], want, 5e-4, f"CDNOW, Pareto/NBD: {name}")
        near(ours[name][1], error, 2e-3, f"CDNOW, Pareto/NBD: standard error of {name}")
    near(likelihood_of(db, pareto), -9594.976, 1e-6, "CDNOW, Pareto/NBD: likelihood")
    # Events give the summary, and its parameters.
    events = "SELECT customer, day FROM log"
    rows = db.execute("SELECT id, repeats, last_at, age FROM mine_clv(?, ?, 'as_of=1997-09-30')", (model, events)).fetchall()
    theirs = sorted((x, round(t, 2), round(T, 2)) for x, t, T in db.execute("SELECT repeats, last_at, age FROM cdnow"))
    mine = sorted((x, round(t, 2), round(T, 2)) for _, x, t, T in rows)
    off = max(max(abs(p - q) for p, q in zip(a, b)) for a, b in zip(mine, theirs))
    checks.that(len(mine) == 2357 and off < 0.006, "CDNOW: events are counted as the summary has them", f"{len(mine)} {off}")
    again = coefficients(db, fit(db, "bgnbd", events, "as_of=1997-09-30"))
    near(again["r"][0], 0.2425945, 1e-3, "CDNOW, BG/NBD of events: r")
    # 39 weeks held out: Fader, Hardie and Lee foretell a little more than came.
    whole = fit(db, "bgnbd", events)
    held = dict(db.execute("SELECT metric, value FROM mine_evaluate(?) WHERE slice IS NULL", (whole,)).fetchall())
    actual = db.execute("SELECT count(*) FROM (SELECT DISTINCT customer, day FROM log WHERE day > '1997-09-30')").fetchone()[0]
    checks.that(held["actual"] == actual and held["rows"] == 2357, "CDNOW: purchases held out", str(held))
    near(held["expected"], actual, 0.15, "CDNOW: purchases expected of the time held out")
    classes = db.execute("SELECT slice, metric, value FROM mine_evaluate(?) WHERE slice IS NOT NULL", (whole,)).fetchall()
    checks.that(abs(sum(v for _, m, v in classes if m == "expected") - held["expected"]) < 1e-6 and
                sum(v for _, m, v in classes if m == "customers") == 2357, "CDNOW: classes sum to the whole")
    # The published parameters on the log itself, cut where the paper cuts it.
    got = {(m, s): v for m, v, s in db.execute("SELECT metric, value, slice FROM mine_evaluate(?, ?, 'cutoff=1997-09-30')", (model, events))}
    foretold = db.execute("SELECT id, repeats, expected_purchases FROM mine_clv(?, ?, 'as_of=1997-09-30, unit=day, horizon=' || "
                          "(julianday('1998-06-30') - julianday('1997-09-30')))", (model, events)).fetchall()
    later = dict(db.execute("SELECT customer, count(DISTINCT day) FROM log WHERE day > '1997-09-30' GROUP BY customer"))
    last = db.execute("SELECT max(day) FROM log").fetchone()[0]
    checks.equal(last, "1998-06-30", "CDNOW: the last day")
    near(got["expected", None], sum(e for _, _, e in foretold), 1e-12, "CDNOW: expected on a source")
    checks.equal(got["actual", None], actual, "CDNOW: actual on a source")
    near(got["mae", None], sum(abs(e - later.get(i, 0)) for i, _, e in foretold) / len(foretold), 1e-10, "CDNOW: mean error on a source")
    near(got["expected", "7+"], sum(e for _, x, e in foretold if x >= 7), 1e-10, "CDNOW: expected of those with seven and more")
    checks.equal(got["actual", "2"], sum(later.get(i, 0) for i, x, _ in foretold if x == 2), "CDNOW: actual of those with two")
    # One customer of the paper: x = 2, t_x = 30.43, T = 38.86 is expected to buy 1.226 times in 39 weeks.
    got = db.execute("SELECT expected_purchases FROM mine_clv(?, 'SELECT 1, 2, 30.43, 38.86', 'horizon=273, unit=day')",
                     (model,)).fetchone()[0]
    near(got, 1.226, 1e-3, "Fader, Hardie and Lee 2005: customer 1 of the paper")
    money = fit(db, "gammagamma", "SELECT customer, day, amount FROM log", "as_of=1997-09-30")
    ours = coefficients(db, money)
    for name, want in (("p", 6.25), ("q", 3.74), ("gamma", 15.44)):
        near(ours[name][0], want, 5e-3, f"CDNOW, gamma-gamma: {name}")
    return model, pareto


DONATIONS = [(6, 6, 1203), (5, 6, 728), (4, 6, 512), (3, 6, 357), (2, 6, 234), (1, 6, 129), (5, 5, 335), (4, 5, 284), (3, 5, 225),
             (2, 5, 173), (1, 5, 119), (4, 4, 240), (3, 4, 181), (2, 4, 155), (1, 4, 78), (3, 3, 322), (2, 3, 255), (1, 3, 129),
             (2, 2, 613), (1, 2, 277), (1, 1, 1091), (0, 0, 3464)]


def donations(db):
    """Fader, Hardie and Shang 2010, table 1: 11,104 donors of 1995, six years."""
    load_summary(db, "donors", [(x, t, 6) for x, t, n in DONATIONS for _ in range(n)])
    model = fit(db, "bgbb", "donors", "unit=year")
    ours = coefficients(db, model)
    for name, want in (("alpha", 1.204), ("beta", 0.750), ("gamma", 0.657), ("delta", 2.783)):
        near(ours[name][0], want, 1e-3, f"donations, BG/BB: {name}")
    near(likelihood_of(db, model), -33225.6, 1e-5, "donations, BG/BB: likelihood")
    rows = dict(((x, t), (p, e)) for x, t, p, e in db.execute(
        "SELECT repeats, last_at, p_alive, expected_purchases FROM mine_clv(?, 'donors', 'horizon=5, unit=year')", (model,)))
    # Table 5 of the paper: expected in 1997 to 2001 after ... computed by the closed form instead.
    alpha, beta, gamma, delta = (ours[n][0] for n in ("alpha", "beta", "gamma", "delta"))
    for (x, t), (p, e) in rows.items():
        like = math.exp(log_bgbb((alpha, beta, gamma, delta), [x], [t], [6])[0])
        want = (special.beta(alpha + x + 1, beta + 6 - x) / special.beta(alpha, beta) * delta / (gamma - 1)
                * math.exp(special.gammaln(gamma + delta) - special.gammaln(1 + delta))
                * (math.exp(special.gammaln(1 + delta + 6) - special.gammaln(gamma + delta + 6))
                   - math.exp(special.gammaln(1 + delta + 11) - special.gammaln(gamma + delta + 11))) / like)
        near(e, want, 1e-9, f"donations: expected of ({x}, {t})")
        alive = special.beta(alpha + x, beta + 6 - x) * special.beta(gamma, delta + 7) / special.beta(alpha, beta) \
            / special.beta(gamma, delta) / like
        near(p, alive, 1e-10, f"donations: alive of ({x}, {t})")
    x, t, n = (np.array([d[i] for d in DONATIONS], float) for i in range(3))
    against_scipy(db, "donations", "bgbb", "donors", lambda th: float(n @ log_bgbb(th, x, t, np.full(len(x), 6))) if (th > 0).all() else -1e9,
                  "unit=year", ("alpha", "beta", "gamma", "delta"))


# ---- simulated -----------------------------------------------------------------------------------------

def regular(rng, n, k, r, alpha, a, b, days=420):
    """Customers whose purchases are every k-th step, who may leave after each: (customer, day) as the log has them, in days with
    fractions, one purchase a day at most."""
    out = []
    for c in range(n):
        rate, p, at = rng.gamma(r, 1 / alpha), rng.beta(a, b), float(rng.integers(0, 60))
        out.append((c, at))
        while rng.random() >= p:
            at += rng.gamma(k, 1 / rate)
            if at > days:
                break
            out.append((c, at))
    return out


def recovery(db):
    rng = np.random.default_rng(7)
    want = {"r": 2.0, "alpha": 3.0, "a": 0.6, "b": 4.0}
    rows = regular(rng, 5000, 3, want["r"], want["alpha"] * 7, want["a"], want["b"])
    db.execute("CREATE TABLE regular(customer, day REAL)")
    db.executemany("INSERT INTO regular VALUES(?, ?)", rows)
    # The log has days; gaps of less than one are few.
    events = "SELECT customer, date('2022-01-01', CAST(day AS INTEGER) || ' days') AS day FROM regular"
    model = fit(db, "mbgcnbd", events, "as_of=2023-02-24")
    ours = coefficients(db, model)
    checks.that(ours["k"][0] == 3, "regular customers: k", str(ours["k"]))
    for name, value in want.items():
        got, error = ours[name]
        checks.that(abs(got - value) <= 2 * error, f"regular customers: {name} within two standard errors", f"{got} +- {error}, made {value}")
    expected = db.execute("SELECT sum(expected_purchases) FROM mine_clv(?, ?, 'as_of=2023-02-24, horizon=12, unit=week')",
                          (model, events)).fetchone()[0]
    held = db.execute("SELECT metric, value FROM mine_evaluate(?) WHERE slice IS NULL", (model,)).fetchall()
    pareto = fit(db, "paretonbd", events, "as_of=2023-02-24")
    theirs = db.execute("SELECT metric, value FROM mine_evaluate(?) WHERE slice IS NULL", (pareto,)).fetchall()
    checks.that(dict(held)["mae"] < dict(theirs)["mae"], "regular customers: foretold better than by Pareto/NBD",
                f"{dict(held)} {dict(theirs)}")
    checks.that(expected > 0, "regular customers: purchases to come")


def regular_by_simulation(db):
    """Expected purchases of a regular customer: draws from the posterior, weighted by the likelihood of what was seen."""
    rng = np.random.default_rng(3)
    r, alpha, a, b, k = 1.5, 6.0, 0.8, 3.0, 3
    load_summary(db, "one", [(4, 20, 24), (0, 0, 9), (2, 3, 30)])
    db.execute("CREATE TABLE fitted(id, repeats, last_at, age)")
    model = None
    for text in (db.execute("SELECT mine_export(mine_fit('mbgcnbd', 'one', 'k=3'), 'json')").fetchone()[0],):
        document = json.loads(text)
        body = document["model"]["purchases"] if "purchases" in document["model"] else document["model"]
        where = body if "values" in body else next(v for v in body.values() if isinstance(v, dict) and "values" in v)
        where["values"] = [r, alpha, a, b]
        model = db.execute("SELECT mine_import('temp.made', ?)", (json.dumps(document),)).fetchone()[0]
    rows = db.execute("SELECT repeats, last_at, age, p_alive, expected_purchases FROM mine_clv('temp.made', 'one', 'horizon=10, unit=week')").fetchall()
    n = 200000
    for x, t, T, alive, expected in rows:
        rate, p = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
        seen = (1 - p) ** x * rate ** (k * x) * np.exp(-rate * t)
        silent = sum(np.exp(-rate * (T - t)) * (rate * (T - t)) ** j / math.factorial(j) for j in range(k))
        lives = seen * (1 - p) * silent
        chance = lives.sum() / (lives + seen * p).sum()
        near(alive, chance, 0.015, f"k = 3, ({x}, {t}, {T}): alive")
        chosen = rng.choice(n, 20000, p=lives / lives.sum())
        total = 0
        for lam, q in zip(rate[chosen], p[chosen]):
            # Steps already made: j of k with probabilities of a Poisson process given that fewer than k came.
            weights = np.array([(lam * (T - t)) ** j / math.factorial(j) for j in range(k)])
            made = rng.choice(k, p=weights / weights.sum())
            steps = rng.poisson(lam * 10)
            purchases = (made + steps) // k
            if purchases:
                total += min(purchases, rng.geometric(q))
        near(expected, chance * total / 20000, 0.04, f"k = 3, ({x}, {t}, {T}): expected")


def simulated_pareto(rng, n, r, alpha, s, beta):
    """Customers who leave at a rate of their own: all four likelihoods have a finite maximum on them."""
    rows = []
    for _ in range(n):
        T = rng.uniform(27, 60)
        lam, leaves = rng.gamma(r, 1 / alpha), rng.exponential(1 / rng.gamma(s, 1 / beta))
        x = t = 0
        while (at := t + rng.exponential(1 / lam)) <= min(T, leaves):
            x, t = x + 1, at
        rows.append((x, t, T))
    return rows


def likelihoods(db):
    rng = np.random.default_rng(11)
    rows = simulated_pareto(rng, 400, 0.8, 6, 0.6, 10)
    load_summary(db, "simulated", rows)
    x, t, T = (np.array([row[i] for row in rows], float) for i in range(3))
    against_scipy(db, "simulated, BG/NBD", "bgnbd", "simulated", lambda th: float(log_bgnbd(th, x, t, T).sum()))
    pareto, theta = against_scipy(db, "simulated, Pareto/NBD", "paretonbd", "simulated",
                                  lambda th: float(log_paretonbd(th, x, t, T).sum()), "", ("r", "alpha", "s", "beta"))
    for k in (1, 2, 4):
        against_scipy(db, f"simulated, MBG/CNBD-{k}", "mbgcnbd", "simulated", lambda th: float(log_mbgcnbd(th, x, t, T, k).sum()), f"k={k}")
    return pareto, theta, (x, t, T)


def discounted(db, pareto, theta, seen):
    """D and its bounds of Pareto/NBD, whose rate of purchases has a closed form."""
    r, alpha, s, beta = theta
    x, t, T = (v[:40] for v in seen)
    delta = math.log(1.15) * WEEK / 365.25
    horizon = 24 * 365.25 / 12 / WEEK
    rows = db.execute("SELECT p_alive, expected_purchases FROM mine_clv(?, 'SELECT * FROM simulated LIMIT 40', "
                      "'horizon=24, discount=0.15')", (pareto,)).fetchall()
    for i, (alive, expected) in enumerate(rows):
        like = math.exp(log_paretonbd(theta, x[i:i + 1], t[i:i + 1], T[i:i + 1])[0])
        there = math.exp(special.gammaln(r + x[i]) - special.gammaln(r) + r * math.log(alpha) + s * math.log(beta)
                         - (r + x[i]) * math.log(alpha + T[i]) - s * math.log(beta + T[i])) / like
        near(alive, there, 1e-7, f"Pareto/NBD: alive of {i}")
        rate = lambda u: there * (r + x[i]) / (alpha + T[i]) * ((beta + T[i]) / (beta + T[i] + u)) ** s  # noqa: E731
        near(expected, integrate.quad(rate, 0, horizon, epsabs=0, epsrel=1e-11)[0], 1e-7, f"Pareto/NBD: expected of {i}")
    # The same money for everybody: clv is that many times the discounted purchases.
    rng = np.random.default_rng(13)
    db.execute("CREATE TABLE paid(id, repeats, last_at, age, monetary)")
    for i, n, last, age in db.execute("SELECT id, repeats, last_at, age FROM simulated").fetchall():
        m = float(rng.gamma(4.0 * n, 1 / (rng.gamma(3.0, 1 / 20.0) * n))) if n else None
        db.execute("INSERT INTO paid VALUES(?, ?, ?, ?, ?)", (i, n, last, age, m))
    db.execute("SELECT mine_train('temp.money', 'gammagamma', 'paid')")
    p, q, gamma = (coefficients(db, "temp.money")[n][0] for n in ("p", "q", "gamma"))
    rows = db.execute("SELECT m.repeats, p.monetary, m.p_alive, m.expected_spend, m.clv, m.low, m.high FROM mine_clv(?, 'paid', "
                      "'horizon=24, discount=0.15, spend=temp.money') AS m JOIN paid AS p ON p.id = m.id WHERE m.id <= 40", (pareto,)).fetchall()
    for i, (n, m, alive, spend, clv, low, high) in enumerate(rows):
        near(spend, p * (gamma + (n * m if n else 0)) / (p * n + q - 1), 1e-9, f"gamma-gamma: spend of {i}")
        rate = lambda u: (math.exp(-delta * u) * alive * (r + n) / (alpha + T[i])  # noqa: E731
                          * ((beta + T[i]) / (beta + T[i] + u)) ** s)
        near(clv, spend * integrate.quad(rate, 0, horizon, epsabs=0, epsrel=1e-11)[0], 1e-7, f"clv of {i}")
        checks.that(0 < low < clv < high, f"bounds of {i}", f"{low} {clv} {high}")
        near(low * high, clv * clv, 1e-9, f"bounds of {i} are even on the logarithm")


def conditional_bg(db):
    """The paper's closed form by scipy's hypergeometric function."""
    model = fit(db, "bgnbd", "simulated")
    r, alpha, a, b = (coefficients(db, model)[n][0] for n in ("r", "alpha", "a", "b"))
    for x, t, T, alive, expected in db.execute("SELECT repeats, last_at, age, p_alive, expected_purchases FROM mine_clv(?, 'simulated', "
                                               "'horizon=30, unit=week') LIMIT 60", (model,)):
        there = 1 if x == 0 else 1 / (1 + a / (b + x - 1) * ((alpha + T) / (alpha + t)) ** (r + x))
        form = (a + b + x - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + 30)) ** (r + x)
                                            * special.hyp2f1(r + x, b + x, a + b + x - 1, 30 / (alpha + T + 30)))
        near(alive, there, 1e-12, f"BG/NBD: alive of ({x}, {t})")
        near(expected, there * form, 1e-9, f"BG/NBD: expected of ({x}, {t})")
    new = db.execute("SELECT p_alive, expected_purchases FROM mine_clv(?, NULL, 'horizon=30, unit=week')", (model,)).fetchone()
    form = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + 30)) ** r * special.hyp2f1(r, b, a + b - 1, 30 / (alpha + 30)))
    near(new[0], 1, 1e-15, "BG/NBD: a new customer is there")
    near(new[1], form, 1e-9, "BG/NBD: expected of a new customer")


def amounts(db):
    rng = np.random.default_rng(5)
    rows = []
    for i in range(1500):
        n, nu = int(rng.integers(1, 12)), rng.gamma(3.0, 1 / 20.0)
        rows.append((i, n, 1.0 + n, 40.0, float(rng.gamma(4.0 * n, 1 / (nu * n)))))
    db.execute("CREATE TABLE amounts(id, repeats, last_at, age, monetary)")
    db.executemany("INSERT INTO amounts VALUES(?, ?, ?, ?, ?)", rows)
    x, m = np.array([r[1] for r in rows], float), np.array([r[4] for r in rows])
    model, theta = against_scipy(db, "simulated amounts", "gammagamma", "amounts", lambda th: float(log_gammagamma(th, x, m).sum()), "",
                             ("p", "q", "gamma"))
    found = coefficients(db, model)
    checks.that(all(abs(found[n][0] - made) < 3 * found[n][1] for n, made in (("p", 4), ("q", 3), ("gamma", 20))),
                "simulated amounts: what they were made with, within three standard errors", str(theta))


def simulated(db):
    pareto, theta, seen = likelihoods(db)
    conditional_bg(db)
    discounted(db, pareto, theta, seen)


def main():
    parts = [cdnow, donations, simulated, amounts, recovery, regular_by_simulation]
    for part in parts:
        if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
            part(mt.connect())
    checks.end()


main()
