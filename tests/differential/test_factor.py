#!/usr/bin/env python3
"""Factor analysis against R's factanal, varimax and promax, and scikit-learn's FactorAnalysis: uniquenesses, loadings up to sign and
order, scores, the test of the number of factors; and minres against a search for something better."""
import pathlib
import shutil
import subprocess
import tempfile

from peer import VERSION, load_matrix, mt, np
from sklearn.decomposition import FactorAnalysis

checks = mt.Checks(f"factors against R and scikit-learn {VERSION}")


def fit(db, table, options):
    return db.execute("SELECT mine_fit('factor', ?, ?)", (table, options)).fetchone()[0]


def loadings(db, model, p):
    rows = db.execute("SELECT component, feature, loading, uniqueness FROM mine_loadings(?)", (model,)).fetchall()
    out, own = np.zeros((p, max(r[0] for r in rows))), np.zeros(p)
    for c, feature, loading, uniqueness in rows:
        out[int(feature[1:]), c - 1], own[int(feature[1:])] = loading, uniqueness
    return out, own


def scores(db, model, table, n):
    rows = db.execute("SELECT id, component, value FROM mine_project(?, ?)", (model, table)).fetchall()
    out = np.zeros((n, max(r[1] for r in rows)))
    for i, c, v in rows:
        out[i - 1, c - 1] = v
    return out


def match(ours, theirs):
    """Which of their columns each of ours is, and with which sign."""
    like = ours.T @ theirs / np.sqrt((ours ** 2).sum(axis=0)[:, None] * (theirs ** 2).sum(axis=0)[None] + 1e-300)
    which = np.abs(like).argmax(axis=1)
    return which, np.sign(like[np.arange(len(which)), which])


def off(a, b):
    return float(np.max(np.abs(np.asarray(a) - np.asarray(b))))


def tables(rng):
    def made(n, p, k, noise, tie=0):
        f = rng.normal(size=(n, k))
        f = f + tie * f.mean(axis=1, keepdims=True)
        strong = np.zeros((k, p))
        for j in range(p):
            strong[j % k, j] = rng.uniform(0.6, 1) * rng.choice([-1, 1])
        return f @ (strong + rng.normal(scale=0.1, size=(k, p))) + noise * rng.normal(size=(n, p))
    yield "plain", 2, made(300, 8, 2, 0.6)
    yield "noisy", 3, made(400, 12, 3, 1.0) * rng.uniform(0.1, 100, 12) + 50
    yield "oblique", 3, made(500, 12, 3, 0.6, 1.5)
    yield "ordinal", 2, np.clip(np.round(3 + made(350, 10, 2, 0.8)), 1, 5)
    yield "wide", 4, made(600, 40, 4, 0.8)


def ask_r(cases):
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, k, points in cases:
            header = ",".join(f"x{j}" for j in range(points.shape[1]))
            np.savetxt(pathlib.Path(folder) / f"{name}.csv", points, delimiter=",", header=header, comments="", fmt="%.17g")
            (pathlib.Path(folder) / f"{name}.k").write_text(f"{k}\n")
        done = subprocess.run(["Rscript", str(pathlib.Path(__file__).with_name("factor_peer.R")), folder],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=True)
    for line in done.stdout.decode().splitlines():
        case, what, *numbers = line.split()
        said[case, what] = np.array([float(v) for v in numbers])
    return said


def discrepancy(r, psi, k):
    """What factanal minimises."""
    s = r / np.sqrt(np.outer(psi, psi))
    t = np.sort(np.linalg.eigvalsh(s))[:-k]
    return float((t - np.log(t) - 1).sum())


def simple(loadings):
    """What varimax maximises, of loadings in units of their columns' lengths."""
    squares = loadings ** 2 / (loadings ** 2).sum(axis=1, keepdims=True)
    return float(squares.var(axis=0).sum())


def compare(db, said, name, k, points):
    n, p = points.shape
    load_matrix(db, name, points)
    r = np.corrcoef(points.T)
    model = fit(db, name, f"factors={k}, method=ml")
    ours, own = loadings(db, model, p)
    checks.that(discrepancy(r, own, k) <= said[name, "criterion"][0] + 1e-12, f"{name}: no worse than factanal",
                f"{discrepancy(r, own, k)} {said[name, 'criterion'][0]}")
    checks.that(off(own, said[name, "uniqueness"]) < 1e-6, f"{name}: uniquenesses", f"{off(own, said[name, 'uniqueness'])}")
    theirs = said[name, "varimax"].reshape(k, p).T
    which, sign = match(ours, theirs)
    checks.that(sorted(which) == list(range(k)), f"{name}: the same factors")
    checks.that(off(ours, theirs[:, which] * sign) < 1e-5, f"{name}: varimax", f"{off(ours, theirs[:, which] * sign)}")
    once = said[name, "once"].reshape(k, p).T
    checks.that(simple(ours) >= simple(once) - 1e-12, f"{name}: no less simple than R's", f"{simple(ours)} {simple(once)}")
    held = (ours ** 2).sum(axis=0)
    checks.that(bool((np.diff(held) <= 1e-9).all()), f"{name}: falling by what they hold")
    checks.that(bool((ours[np.abs(ours).argmax(axis=0), np.arange(k)] > 0).all()), f"{name}: the strongest loading is positive")
    told = dict(db.execute("SELECT metric, value FROM mine_evaluate(?)", (model,)))
    if (name, "test") in said:
        for what, mine in zip(("chi2", "df", "p_value"), said[name, "test"]):
            checks.that(abs(told[what] - mine) <= 1e-6 * max(1, abs(mine)), f"{name}: {what}", f"{told[what]} {mine}")
    root = np.sqrt(n / (n - 1))  # R scales with the divisor n - 1
    got = scores(db, model, name, n) / root
    for what, options in (("regression", ""), ("bartlett", ", scores=bartlett")):
        got = scores(db, fit(db, name, f"factors={k}, method=ml{options}"), name, n) / root
        mine = said[name, what].reshape(k, n).T[:, which] * sign
        checks.that(off(got, mine) < 1e-5, f"{name}: {what} scores", f"{off(got, mine)}")
    plain, _ = loadings(db, fit(db, name, f"factors={k}, method=ml, rotation=none"), p)
    mine = said[name, "none"].reshape(k, p).T
    w, s = match(plain, mine)
    checks.that(off(plain, mine[:, w] * s) < 1e-5, f"{name}: not turned", f"{off(plain, mine[:, w] * s)}")
    if (name, "promax") in said:
        model = fit(db, name, f"factors={k}, method=ml, rotation=promax")
        ours, _ = loadings(db, model, p)
        mine = said[name, "promax"].reshape(k, p).T
        w, s = match(ours, mine)
        checks.that(off(ours, mine[:, w] * s) < 1e-5, f"{name}: promax", f"{off(ours, mine[:, w] * s)}")
        got, mine = scores(db, model, name, n) / root, said[name, "oblique"].reshape(k, n).T
        checks.that(off(got, mine[:, w] * s) < 1e-5, f"{name}: promax scores", f"{off(got, mine[:, w] * s)}")


def minres(db, rng, name, k):
    """No step from the uniquenesses leaves smaller residuals."""
    p = int(db.execute(f"SELECT count(*) - 1 FROM pragma_table_info('{name}')").fetchone()[0])
    points = np.array(db.execute(f"SELECT * FROM {name}").fetchall())[:, 1:]
    r = np.corrcoef(points.T)
    ours, own = loadings(db, fit(db, name, f"factors={k}, method=minres"), p)

    def left(psi):
        return float((np.sort(np.linalg.eigvalsh(r - np.diag(psi)))[:-k] ** 2).sum())
    residual = r - ours @ ours.T
    np.fill_diagonal(residual, 0)
    checks.that(abs((residual ** 2).sum() - left(own)) < 1e-8, f"{name}: minres leaves what it says")
    best = min(left(np.clip(own + rng.normal(scale=10.0 ** -rng.integers(1, 6), size=p), 0.005, 1)) for _ in range(300))
    checks.that(left(own) <= best + 1e-12, f"{name}: minres is least", f"{left(own)} {best}")


def with_sklearn(db, name, k):
    """The same likelihood, of which sklearn's EM is the slower climber."""
    points = np.array(db.execute(f"SELECT * FROM {name}").fetchall())[:, 1:]
    z = (points - points.mean(axis=0)) / points.std(axis=0)
    peer = FactorAnalysis(k, tol=1e-12, max_iter=20000, svd_method="lapack").fit(z)
    ours, own = loadings(db, fit(db, name, f"factors={k}, method=ml"), z.shape[1])
    sigma = ours @ ours.T + np.diag(own)
    s = np.cov(z.T, bias=True)
    ours_likelihood = -0.5 * (np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, s)) + len(own) * np.log(2 * np.pi))
    checks.that(ours_likelihood >= peer.score(z) - 1e-9, f"{name}: likelihood", f"{ours_likelihood} {peer.score(z)}")
    checks.that(off(own, peer.noise_variance_) < 1e-3, f"{name}: noise variances", f"{off(own, peer.noise_variance_)}")


def main():
    rng = np.random.default_rng(11)
    db = mt.connect()
    cases = list(tables(rng))
    if shutil.which("Rscript"):
        said = ask_r(cases)
        for name, k, points in cases:
            compare(db, said, name, k, points)
    else:
        print("skipped: factanal (R is not installed)")
        for name, k, points in cases:
            load_matrix(db, name, points)
    for name, k, points in cases:
        minres(db, rng, name, k)
        found = db.execute("SELECT value FROM mine_evaluate(?) WHERE metric = 'components'", (fit(db, name, ""),)).fetchone()[0]
        checks.that(found == k, f"{name}: as many as were made", str(found))
    for name in ("plain", "ordinal"):
        with_sklearn(db, name, 2)
    checks.end()


main()
