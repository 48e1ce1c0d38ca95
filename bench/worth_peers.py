"""lifetimes, lifelines and scipy at the settings of worth.py and surviving.py: functions for peers.py."""
import sqlite3


def frame(a, query):
    import pandas as pd
    return pd.read_sql_query(query, sqlite3.connect(a["db"]))


def lifetimes_fit(a):
    import warnings
    warnings.simplefilter("ignore")
    import lifetimes
    import numpy as np
    rows = frame(a, a["rows"])
    spends = a["fitter"] == "GammaGammaFitter"
    if spends:
        rows = rows[(rows.repeats > 0) & (rows.monetary > 0)]
    columns = [rows.repeats, rows.monetary] if spends else [rows.repeats, rows.last_at, rows.age]
    fitted = []

    def run():
        fitted[:] = [getattr(lifetimes, a["fitter"])().fit(*columns)]
        return len(rows)

    def quality():
        found = fitted[0]
        return float(likelihood(a["fitter"], dict(found.params_), [np.asarray(c, float) for c in columns]))
    return run, quality


def likelihood(fitter, p, columns):
    """Minus the log-likelihood as mine_summary tells it: densities of the times, of all customers."""
    import numpy as np
    from scipy.special import betaln, gammaln, hyp2f1
    if fitter == "GammaGammaFitter":
        x, m = columns
        p, q, v = p["p"], p["q"], p["v"]
        return -np.sum(gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
                       + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v))
    x, t, T = columns
    r, alpha = p["r"], p["alpha"]
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    if fitter == "ParetoNBDFitter":
        s, beta = p["s"], p["beta"]
        most, c = max(alpha, beta), s + 1 if alpha >= beta else None
        n = r + s + x

        def part(at):
            second = c if c is not None else r + x
            return hyp2f1(n, second, n + 1, abs(alpha - beta) / (most + at)) / (most + at) ** n
        dead = np.log(s / n) + np.log(np.maximum(part(t) - part(T), 1e-300))
        alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
        return -np.sum(start + s * np.log(beta) + np.logaddexp(alive, dead))
    a, b = p["a"], p["b"]
    first = 1 if fitter == "ModifiedBetaGeoFitter" else 0
    alive = -(r + x) * np.log(alpha + T)
    dead = np.log(a) - np.log(b + x - 1 + first + (x + first == 0)) - (r + x) * np.log(alpha + t)
    both = np.where(x + first > 0, np.logaddexp(alive, dead), alive)
    return -np.sum(start + betaln(a, b + x + first) - betaln(a, b) + both)


def lifelines_fit(a):
    import warnings
    warnings.simplefilter("ignore")
    import lifelines
    from lifelines.statistics import multivariate_logrank_test
    rows = frame(a, a["query"]).drop(columns="id")
    found = []

    def curve():
        return float(sum(lifelines.KaplanMeierFitter().fit(r.d, r.e).event_table.observed.sum()
                         for _, r in rows.groupby("g")))

    def logrank():
        return float(multivariate_logrank_test(rows.d, rows.g, rows.e).test_statistic)

    def cox():
        found[:] = [lifelines.CoxPHFitter().fit(rows, "d", "e")]
        return len(rows)

    def weibull():
        found[:] = [lifelines.WeibullAFTFitter().fit(rows, "d", "e")]
        return len(rows)

    def quality():
        import math
        return found[0].concordance_index_ if a["what"] == "cox" else math.exp(-found[0].params_["rho_"].iloc[0])
    return locals()[a["what"]], quality if a["what"] in ("cox", "weibull") else None


def scipy_test(a):
    import numpy as np
    from scipy import stats
    rows = frame(a, a["query"])
    if a["test"] in ("anova", "kruskal", "mannwhitney"):
        groups = [part.v.to_numpy() for _, part in rows.groupby("g")]
    first, second = rows.iloc[:, 1].to_numpy(), rows.iloc[:, 2].to_numpy()
    runs = {
        "anova": lambda: stats.f_oneway(*groups).statistic,
        "kruskal": lambda: stats.kruskal(*groups).statistic,
        "mannwhitney": lambda: stats.mannwhitneyu(*groups).statistic,
        "chi2": lambda: stats.chi2_contingency(stats.contingency.crosstab(first, second).count, correction=False).statistic,
        "spearman": lambda: stats.spearmanr(first, second).statistic,
        "kendall": lambda: stats.kendalltau(first, second).statistic}
    return lambda: float(np.float64(runs[a["test"]]())), None
