"""What customers are worth, beside lifetimes, and the tests of an analyst, beside scipy: groups of
workloads, as in workloads.py.

A million customers (the rows) who buy at random and leave; what a model is fitted to has been read
before, here and there.  lifetimes fits one summary row a customer and brings none together.  Its
ParetoNBDFitter needs minutes for 100,000 customers, so that a tenth stands on both sides.  The
figure of a fit is its log-likelihood: lifetimes tells it (of paretonbd without a constant, of
gammagamma without the density's m) so that ours is computed for its parameters, by the worker.
"""
from workloads import Comparison

SUMMARY = "SELECT id, repeats, last_at, age, monetary FROM s"
LIKELIHOOD = "SELECT -CAST(detail AS REAL) FROM mine_summary(?1) WHERE name = 'log_likelihood'"


def data_plan(s, wanted):
    return {"buyers": ("buyers", s.rows, 1)} if {"worth", "logs"} & set(wanted) else {}


def summaries(s):
    few = f"{SUMMARY} WHERE id <= {s.rows // 100}"
    return [Comparison(f"{algorithm}, summary of {'a hundredth of ' if rows == few else ''}the customers", [
        s.worker("sqlite-mine", "buyers", "fit", "", rows, algorithm, options, LIKELIHOOD),
        s.peer("lifetimes", "lifetimes_fit", db=s.db("buyers"), rows=rows, fitter=fitter)],
        goals={"lifetimes": 1.0}, judge="-log-likelihood", warm=False)
        for algorithm, options, fitter, rows in (
            ("bgnbd", "", "BetaGeoFitter", SUMMARY),
            ("mbgcnbd", "k=1", "ModifiedBetaGeoFitter", SUMMARY),
            ("gammagamma", "", "GammaGammaFitter", SUMMARY),
            ("paretonbd", "", "ParetoNBDFitter", few))]


def logs(s):
    """From the log of purchases, with the hold-out: no peer does both."""
    return [Comparison(f"{algorithm}, log of {table}, with hold-out", [
        s.worker("sqlite-mine", "buyers", "fit", "", table, algorithm, options, LIKELIHOOD)],
        judge="-log-likelihood", warm=False)
        for algorithm, table, options in (
            ("bgnbd", "buys", ""), ("paretonbd", "buys", ""), ("bgbb", "buys", "unit=month"),
            ("gammagamma", "buys", ""), ("mbgcnbd", "buys", "k=1"), ("mbgcnbd", "buys", ""),
            ("mbgcnbd", "steady", ""))]


def tests(s):
    """scipy's arrays are there before, and of anova and Kruskal and Wallis cut into the groups."""
    def both(name, sql, test, query):
        return Comparison(name, [s.worker("sqlite-mine", "noise", "sql", "", sql),
                                 s.peer("scipy", "scipy_test", db=s.db("noise"), test=test, query=query)],
                          judge="statistic")

    grouped, pair = "SELECT id, char(97 + id % 5) AS g, c0 AS v FROM w", "SELECT id, char(97 + id % 2) AS g, c0 AS v FROM w"
    numbers, table = "SELECT id, c0, c1 FROM w", "SELECT id, char(97 + id % 5) AS g, char(97 + (c0 > 0) + (c1 > 1)) AS h FROM w"

    def quoted(query):
        return "'" + query.replace("'", "''") + "'"
    return [
        both("one-way anova, 5 groups", f"SELECT statistic FROM mine_anova({quoted(grouped)})", "anova", grouped),
        both("Kruskal-Wallis, 5 groups", f"SELECT statistic FROM mine_anova({quoted(grouped)}, 'test=kruskal-wallis')",
             "kruskal", grouped),
        both("Mann-Whitney", f"SELECT statistic FROM mine_ttest({quoted(pair)}, 'test=mann-whitney')", "mannwhitney", pair),
        both("chi-squared, 5 x 3", f"SELECT statistic FROM mine_chi2({quoted(table)})", "chi2", table),
        both("Spearman", f"SELECT coefficient FROM mine_correlate({quoted(numbers)}, 'method=spearman')",
             "spearman", numbers),
        both("Kendall", f"SELECT coefficient FROM mine_correlate({quoted(numbers)}, 'method=kendall')", "kendall", numbers)]


GROUPS = {"worth": summaries, "logs": logs, "tests": tests}
