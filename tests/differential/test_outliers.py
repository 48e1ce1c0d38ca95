#!/usr/bin/env python3
"""mine_outliers against scikit-learn: equal local outlier factors, distances and robust covariances, forests that
find at least as much; robust covariances against R's, too."""
import shutil
import subprocess

from peer import mt, np, load_matrix, standardised, VERSION
from scipy.stats import chi2
from sklearn.covariance import MinCovDet
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

checks = mt.Checks(f"outliers against scikit-learn {VERSION}")
SEEDS = range(8)


def scores(db, table, options):
    rows = db.execute("SELECT score FROM mine_outliers(?, ?) ORDER BY id", (table, "share=1, reasons=0, " + options))
    return np.array([s for (s,) in rows])


def clouds(rng, n, p, far):
    """Correlated clouds, the last `far` rows apart."""
    x = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.integers(0, 2, n)[:, None] * 3
    x[n - far:] = rng.normal(size=(far, p)) * 6 + rng.normal(size=p) * 4
    return x * rng.uniform(0.1, 100, p)


def neighbours(db, name, x):
    z = standardised(x)
    for k in (3, 20):
        for scale, space in (("none", x), ("standard", z)):
            peer = LocalOutlierFactor(k, algorithm="brute").fit(space)
            got, want = scores(db, name, f"algorithm=lof, k={k}, scale={scale}"), -peer.negative_outlier_factor_
            worst = np.abs(got / want - 1).max()
            checks.that(worst < 1e-9, f"{name}: lof, k={k}, scale={scale}", f"worst {worst:.1e}")
    far = NearestNeighbors(n_neighbors=7, algorithm="brute").fit(z).kneighbors()[0][:, -1]
    worst = np.abs(scores(db, name, "algorithm=knn, k=7") / far - 1).max()
    checks.that(worst < 1e-6, f"{name}: knn", f"worst {worst:.1e}")


def squares(x, rows):
    """Squared distances from the rows' mean by their covariance; its log determinant."""
    mean, covariance = x[rows].mean(axis=0), np.cov(x[rows].T, bias=True)
    return ((x - mean) @ np.linalg.inv(covariance) * (x - mean)).sum(axis=1), np.linalg.slogdet(covariance)[1]


def settled(x, rows, h):
    """C-steps until nothing moves: (log determinant, distances)."""
    for _ in range(200):
        d, determinant = squares(x, rows)
        nearest = np.sort(np.argsort(d, kind="stable")[:h])
        if np.array_equal(nearest, rows):
            break
        rows = nearest
    return determinant, d


def middles(db, name, x, rng):
    """The half of many starts and of scikit-learn with the least determinant: ours is no worse, and its distances
    are those of the paper's steps after it."""
    n, p = x.shape
    h = (n + p + 1) // 2
    got = scores(db, name, "algorithm=mahalanobis")
    starts = [rng.permutation(n)[:p + 1] for _ in range(100)]
    starts += [np.flatnonzero(MinCovDet(random_state=seed).fit(x).raw_support_) for seed in range(2)]
    best = min(settled(x, rows, h)[0] for rows in starts)
    determinant, d = settled(x, np.argsort(got, kind="stable")[:h], h)
    checks.that(determinant <= best + 0.01, f"{name}: half", f"{determinant:.6f}, best of others {best:.6f}")
    final = squares(x, np.flatnonzero(d <= chi2(p).ppf(0.975) * np.median(d) / chi2(p).ppf(0.5)))[0]
    off = np.abs(got ** 2 / final / (chi2(p + 2).cdf(chi2(p).ppf(0.975)) / 0.975) - 1).max()
    checks.that(off < 0.05, f"{name}: mahalanobis", f"off by {off:.1e}")
    if shutil.which("Rscript"):
        rows = ",".join(repr(float(v)) for v in x.ravel())
        code = (f"suppressMessages(library(MASS)); set.seed(1); x <- matrix(c({rows}), ncol={x.shape[1]}, byrow=TRUE)\n"
                f"f <- cov.rob(x, method='mcd', quantile.used=(nrow(x) + ncol(x) + 1) %/% 2, nsamp=5000)\n"
                f"cat(sprintf('%.17g\\n', mahalanobis(x, f$center, f$cov)))")
        done = subprocess.run(["Rscript", "-"], input=code.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=600, check=True)
        want = np.array([float(v) for v in done.stdout.decode().split()])
        agree = np.corrcoef(got ** 2, want)[0, 1]
        checks.that(agree > 0.99, f"{name}: mahalanobis against cov.rob", f"correlation {agree:.5f}")


def forests(db, name, x, odd):
    ours = [roc_auc_score(odd, scores(db, name, f"seed={seed}")) for seed in SEEDS]
    theirs = [roc_auc_score(odd, -IsolationForest(random_state=seed).fit(x).score_samples(x)) for seed in SEEDS]
    error = np.sqrt((np.var(ours) + np.var(theirs)) / len(SEEDS))
    checks.that(np.mean(ours) >= np.mean(theirs) - 2 * error, f"{name}: iforest",
                f"AUC {np.mean(ours):.4f}, scikit-learn {np.mean(theirs):.4f} +- {error:.4f}")


def main():
    db = mt.connect()
    rng = np.random.default_rng(11)
    for n, p, far in ((300, 2, 12), (500, 5, 40), (2500, 8, 150)):
        name, x = f"clouds_{n}_{p}", clouds(rng, n, p, far)
        load_matrix(db, name, x)
        neighbours(db, name, x)
        middles(db, name, x, rng)
        forests(db, name, x, np.arange(n) >= n - far)
    everything = np.loadtxt(mt.data("digits_sklearn.csv"), delimiter=",")
    for rare in (0, 4, 8):
        label = everything[:, -1]
        keep = np.flatnonzero((label != rare) | (np.cumsum(label == rare) <= 15))
        x, name = everything[keep, :-1], f"rare_{rare}"
        load_matrix(db, name, x)
        forests(db, name, x, label[keep] == rare)
    checks.end()


main()
