#!/usr/bin/env python3
"""Principal components against scikit-learn's PCA, numpy and, where R is there, prcomp and princomp: eigenvalues, vectors up to
their sign, scores, on tables with many columns, few rows, gaps, columns that follow from others."""
import shutil
import subprocess

from peer import VERSION, load_matrix, mt, np, standardised
from sklearn.decomposition import PCA

checks = mt.Checks(f"components against scikit-learn {VERSION}")


def loadings(db, model, columns):
    rows = db.execute("SELECT component, feature, loading, variance_share, eigenvalue, weight, communality FROM mine_loadings(?)",
                      (model,)).fetchall()
    k = max(r[0] for r in rows)
    at = {name: j for j, name in enumerate(columns)}
    weight, loading = np.zeros((k, len(columns))), np.zeros((k, len(columns)))
    value, share, communality = np.zeros(k), np.zeros(k), np.zeros(len(columns))
    for c, feature, l, s, e, w, h in rows:
        weight[c - 1, at[feature]], loading[c - 1, at[feature]] = w, l
        value[c - 1], share[c - 1], communality[at[feature]] = e, s, h
    return weight, loading, value, share, communality


def scores(db, model, source, n, k):
    out = np.full((n, k), np.nan)
    for i, c, v in db.execute("SELECT id, component, value FROM mine_project(?, ?)", (model, source)):
        out[i - 1, c - 1] = v
    return out


def aligned(ours, theirs):
    """Theirs with the signs of ours, row by row."""
    return theirs * np.where((ours * theirs).sum(axis=1) < 0, -1, 1)[:, None]


def off(a, b):
    return float(np.max(np.abs(a - b)))


def compare(db, name, points, scale):
    columns = [f"x{j}" for j in range(points.shape[1])]
    load_matrix(db, name, points)
    n = len(points)
    model = db.execute("SELECT mine_fit('pca', ?, ?)", (name, f"components=all, scale={scale}")).fetchone()[0]
    weight, loading, value, share, communality = loadings(db, model, columns)
    k = len(value)
    encoded = standardised(points) if scale == "standard" else points
    peer = PCA(n_components=k, svd_solver="full").fit(encoded)
    theirs = peer.explained_variance_ * (n - 1) / n
    size = theirs[0]
    what = f"{name} {scale}"
    checks.that(k == np.linalg.matrix_rank(encoded - encoded.mean(axis=0)), f"{what}: rank", str(k))
    checks.that(off(value, theirs) < 1e-10 * size, f"{what}: eigenvalues", f"{off(value, theirs)}")
    checks.that(off(share, peer.explained_variance_ratio_) < 1e-10, f"{what}: shares")
    # A vector is as certain as its eigenvalue is apart from the next ones.
    gaps = np.array([min([abs(theirs[i] - theirs[j]) for j in range(k) if j != i] + [theirs[i]]) for i in range(k)]) / size
    vectors = aligned(weight, peer.components_)
    bad = np.max(np.abs(weight - vectors), axis=1) > 1e-11 / np.maximum(gaps, 1e-9)
    checks.that(not bad.any(), f"{what}: vectors", str(np.where(bad)))
    got, want = scores(db, model, name, n, k), peer.transform(encoded) * np.sign((weight * peer.components_).sum(axis=1))
    tolerance = 1e-10 / np.maximum(gaps, 1e-9) * np.sqrt(size)
    checks.that(bool((np.abs(got - want) <= tolerance[None, :] * np.abs(encoded).max()).all()), f"{what}: scores", f"{off(got, want)}")
    strongest = weight[np.arange(k), np.abs(weight).argmax(axis=1)]
    checks.that(bool((strongest > -1e-6).all()), f"{what}: the strongest loading is positive")
    checks.that(off(communality, 1) < 1e-8, f"{what}: all components hold all")
    if scale == "standard":
        correlation = encoded.T @ got / n / got.std(axis=0)
        checks.that(off(correlation[:, :3], loading.T[:, :3]) < 1e-8, f"{what}: loadings are correlations")


def kmo_and_bartlett(points):
    r = np.corrcoef(points.T)
    s = np.linalg.inv(r)
    q = -s / np.sqrt(np.outer(np.diag(s), np.diag(s)))
    pairs = ~np.eye(len(r), dtype=bool)
    n, p = points.shape
    return ((r[pairs] ** 2).sum() / ((r[pairs] ** 2).sum() + (q[pairs] ** 2).sum()),
            -(n - 1 - (2 * p + 5) / 6) * np.linalg.slogdet(r)[1])


def ask_r(code):
    done = subprocess.run(["Rscript", "-"], input=code.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=True)
    return np.array([float(v) for v in done.stdout.split()])


def r_matrix(points):
    return f"matrix(c({','.join(repr(float(v)) for v in points.T.ravel())}), ncol={points.shape[1]})"


def with_r(db, points):
    load_matrix(db, "forr", points)
    n, p = points.shape
    columns = [f"x{j}" for j in range(p)]
    for scale, call in (("standard", "princomp(m, cor=TRUE)"), ("none", "princomp(m)")):
        model = db.execute("SELECT mine_fit('pca', 'forr', ?)", (f"components=all, scale={scale}",)).fetchone()[0]
        weight, _, value, _, _ = loadings(db, model, columns)
        said = ask_r(f"m <- {r_matrix(points)}; f <- {call}; cat(sprintf('%.17g\\n', c(f$sdev^2, t(f$loadings), t(f$scores))))")
        checks.that(off(said[:p], value) < 1e-10 * value[0], f"princomp {scale}: variances")
        theirs = said[p:p + p * p].reshape(p, p).T
        checks.that(off(aligned(weight, theirs), weight) < 1e-8, f"princomp {scale}: vectors")
        sign = np.sign((weight * theirs).sum(axis=1))
        checks.that(off(said[p + p * p:].reshape(n, p) * sign, scores(db, model, "forr", n, p)) < 1e-8 * value[0], f"princomp {scale}: scores")
    said = ask_r(f"m <- {r_matrix(points)}; cat(sprintf('%.17g\\n', prcomp(m, scale.=TRUE)$sdev^2))")
    model = db.execute("SELECT mine_fit('pca', 'forr', 'components=all')").fetchone()[0]
    checks.that(off(said, loadings(db, model, columns)[2]) < 1e-10, "prcomp: eigenvalues of correlations")


def tables(rng):
    base = rng.normal(size=(200, 3))
    yield "plain", base @ rng.normal(size=(3, 6)) + 0.3 * rng.normal(size=(200, 6))
    yield "offset", 1e6 + rng.normal(size=(100, 5)) * [1, 2, 3, 4, 5]
    yield "wide", rng.normal(size=(20, 45))
    yield "long", rng.normal(size=(5000, 80)) * np.linspace(1, 3, 80)
    yield "ties", rng.integers(1, 6, size=(300, 7)).astype(float)
    follow = rng.normal(size=(60, 4))
    yield "follow", np.column_stack([follow, follow[:, 0] + follow[:, 1], 2 * follow[:, 3]])
    yield "graded", rng.normal(size=(80, 5)) * [1e3, 1e2, 1, 1e-1, 1e-2]


def main():
    rng = np.random.default_rng(5)
    db = mt.connect()
    for name, points in tables(rng):
        for scale in ("standard", "none"):
            compare(db, f"{name}_{scale}", points, scale)
    points = next(iter(tables(rng)))[1]
    load_matrix(db, "adequate", points)
    told = dict(db.execute("SELECT metric, value FROM mine_evaluate((SELECT mine_fit('pca', 'adequate')))"))
    kmo, chi2 = kmo_and_bartlett(points)
    checks.close(told["kmo"], kmo, "Kaiser, Meyer & Olkin", 1e-9)
    checks.close(told["bartlett_chi2"], chi2, "Bartlett's test", 1e-9)
    if shutil.which("Rscript"):
        with_r(db, rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)))
    checks.end()


main()
