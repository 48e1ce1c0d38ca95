#!/usr/bin/env python3
"""Gaussian mixtures against scikit-learn and R's mclust: from the same start the same likelihood after
the same steps and at the end, and the same figures; shares of new rows; from our own starts no worse
than scikit-learn's."""
import os
import pathlib
import tempfile
import warnings

from peer import VERSION, load_matrix, mt, np, standardised
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")  # that it did not converge is what we ask for
checks = mt.Checks(f"gmm against scikit-learn {VERSION}")
FORMS = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}


def blobs(rng, n, d, k, spread):
    """Groups that lean and overlap; the first column in units of its own."""
    parts = []
    for size in rng.multinomial(n, rng.dirichlet(np.full(k, 4.0))):
        turn = rng.normal(size=(d, d)) / np.sqrt(d) + np.eye(d) * rng.uniform(0.3, 1.5)
        parts.append(rng.normal(size=(size, d)) @ turn + rng.normal(size=d) * spread)
    points = np.concatenate(parts)
    return points[rng.permutation(len(points))]


def hard_start(points, centres, form, reg):
    """What our first mixture is: every row belongs to the nearest centre."""
    k = len(centres)
    label = ((points[:, None, :] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    share = np.eye(k)[label]
    mixture = GaussianMixture(k, covariance_type=FORMS[form], reg_covar=reg)
    mixture._initialize(points, share)
    return mixture.weights_, mixture.means_, mixture.precisions_cholesky_


def precisions(cholesky, form):
    if form == "full":
        return np.array([c @ c.T for c in cholesky])
    return cholesky @ cholesky.T if form == "tied" else cholesky ** 2


def peer_from(points, centres, form, reg, steps, tol):
    weights, means, cholesky = hard_start(points, centres, form, reg)
    return GaussianMixture(len(centres), covariance_type=FORMS[form], reg_covar=reg, max_iter=steps, tol=tol,
                           weights_init=weights, means_init=means,
                           precisions_init=precisions(cholesky, form)).fit(points)


def metrics(db, model):
    return {m: v for m, v in db.execute("SELECT metric, value FROM mine_evaluate(?)", (model,))}


def compare(db, name, table, points, k, form, scale):
    d = points.shape[1]
    columns = ", ".join(f"x{j}" for j in range(d))
    source = f"SELECT id, {columns} FROM {table}"
    at = standardised(points) if scale == "standard" else points
    first = f"SELECT {columns} FROM {table} ORDER BY id LIMIT {k}"
    for steps, tol in ((1, 0), (12, 0), (5000, 1e-9)):
        said = f'k={k}, covariance={form}, scale={scale}, reg_covar=1e-6, tol={tol}, max_iter={steps}, init="{first}"'
        db.execute("SELECT mine_train('gm', 'gmm', ?, ?)", (source, said)).fetchall()
        peer = peer_from(at, at[:k], form, 1e-6, steps, tol)
        ours = metrics(db, "gm")
        theirs = peer.score_samples(at).sum()
        tight = 1e-6 if steps > 12 else 1e-9
        title = f"{name} {form} {scale}, {steps} steps"
        checks.that(ours["log_likelihood"] >= theirs - tight * abs(theirs), f"{title}: likelihood",
                    f"{ours['log_likelihood']:.9f}, scikit-learn {theirs:.9f}")
        checks.close(ours["log_likelihood"], theirs, f"{title}: the same optimum", tight)
        checks.close(ours["bic"], peer.bic(at), f"{title}: bic", tight)
        checks.close(ours["aic"], peer.aic(at), f"{title}: aic", tight)
        if steps == 12:
            figures(db, title, table, source, peer, at, k)
    db.execute("SELECT mine_train('gm', 'gmm', ?, ?)", (source, f"k={k}, covariance={form}, scale={scale}"))
    ours = metrics(db, "gm")["log_likelihood"]
    peer = GaussianMixture(k, covariance_type=FORMS[form], n_init=5, tol=1e-4, max_iter=200, random_state=1).fit(at)
    theirs = peer.score_samples(at).sum()
    checks.that(ours >= theirs - 1e-3 * len(points), f"{name} {form} {scale}: from our own starts",
                f"{ours:.3f}, scikit-learn's best of 5 {theirs:.3f}")


def figures(db, title, table, source, peer, at, k):
    """Weights, means and shares; components in our order."""
    weight = np.array([v for v, in db.execute("SELECT value FROM mine_coefficients('gm') WHERE name LIKE 'weight%'")])
    order = [int(np.abs(peer.weights_ - w).argmin()) for w in weight]
    checks.that(sorted(order) == list(range(k)) and np.abs(peer.weights_[order] - weight).max() < 1e-9, f"{title}: weights")
    share = np.array([p for p, in db.execute(
        "SELECT probability FROM mine_probabilities('gm', ?) ORDER BY id, class", (source,))]).reshape(-1, k)
    theirs = peer.predict_proba(at)[:, order]
    checks.that(np.abs(share - theirs).max() < 1e-7, f"{title}: shares", str(np.abs(share - theirs).max()))
    rows = db.execute("SELECT prediction, distance FROM mine_predict('gm', ?)", (source,)).fetchall()
    label = np.array([int(p) for p, _ in rows])
    checks.that((label == theirs.argmax(axis=1) + 1).mean() > 0.9999, f"{title}: labels")
    full = peer.covariance_type == "full"
    if full:
        apart = at - peer.means_[order][label - 1]
        far = np.sqrt(np.einsum("ij,ijk,ik->i", apart, peer.precisions_[order][label - 1], apart))
        checks.that(np.abs(far - [d for _, d in rows]).max() < 1e-6 * (1 + far.max()), f"{title}: distances")


MCLUST = r"""
suppressMessages(library(mclust))
x <- as.matrix(read.csv("points.csv", header=FALSE)); k <- as.integer(commandArgs(TRUE)[1])
d <- as.matrix(dist(rbind(x[1:k,,drop=FALSE], x)))[-(1:k), 1:k, drop=FALSE]
z <- unmap(max.col(-d, ties.method="first"), groups=1:k)
for (m in c("VVV", "EEE", "VVI", "VII")) {
  f <- me(data=x, modelName=m, z=z, control=emControl(tol=c(1e-12, 1e-12), itmax=c(5000, 5000)))
  cat(m, format(f$loglik, digits=17), "\n")
}
"""


def mclust(db, rng):
    if mt.r("-e", "library(mclust)") is None:
        print("skipped: R with mclust is not installed")
        return
    k, points = 3, blobs(rng, 400, 3, 3, 3)
    load_matrix(db, "for_r", points)
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(pathlib.Path(folder) / "points.csv", points, delimiter=",", fmt="%.17g")
        (pathlib.Path(folder) / "peer.R").write_text(MCLUST)
        said = mt.r("peer.R", k, cwd=folder, env={**os.environ, "LC_ALL": "C"})
    theirs = dict(line.split() for line in said.splitlines() if line.strip())
    for form, name in zip(FORMS, ("VVV", "EEE", "VVI", "VII")):
        first = f"SELECT x0, x1, x2 FROM for_r ORDER BY id LIMIT {k}"
        db.execute("SELECT mine_train('gm', 'gmm', 'for_r', ?)",
                   (f'k={k}, covariance={form}, scale=none, reg_covar=0, tol=1e-13, max_iter=20000, init="{first}"',))
        ours = metrics(db, "gm")["log_likelihood"]
        checks.close(ours, float(theirs[name]), f"mclust {name} ({form})", 1e-6)


def main():
    db = mt.connect()
    rng = np.random.default_rng(12)
    for n, d, k, spread in ((300, 2, 3, 4), (900, 5, 4, 3), (1500, 10, 6, 2), (400, 1, 2, 3)):
        points = blobs(rng, n, d, k, spread)
        points[:, 0] = points[:, 0] * 1000 + 5e5
        table = f"blobs_{n}"
        load_matrix(db, table, points)
        plain = f"plain_{n}"
        small = points.copy()
        small[:, 0] = (small[:, 0] - 5e5) / 1000
        load_matrix(db, plain, small)
        for form in FORMS:
            compare(db, f"{n}x{d} k={k}", table, points, k, form, "standard")
            compare(db, f"{n}x{d} k={k}", plain, small, k, form, "none")
    mclust(db, rng)
    checks.end()


main()
