"""How long until they leave, beside R's survival and lifelines: groups of workloads, as in workloads.py.

The rows are those of `noise`, with a time and an event made of them in SQL.  The others read them once
and are not timed for it; sqlite-mine reads them in every run.
"""
from sides import Side
from workloads import HERE, Comparison

MADE = "(abs(c15) + 0.001) / (1 + max(c0, 0)) AS d, c14 > -0.5 AS e"
GROUP = f"SELECT id, {MADE}, id % 5 AS g FROM w"
COVARIATES = f"SELECT id, {MADE}, {', '.join(f'c{i}' for i in range(10))} FROM w"


def ours(s, run):
    return s.worker("sqlite-mine", "noise", "sql", "", run)


def theirs(s, what, query):
    return Side("R survival", ["Rscript", str(HERE / "survival.R"), s.db("noise"), what, query])


def lifelines(s, what, query):
    return s.peer("lifelines", "lifelines_fit", db=s.db("noise"), what=what, query=query)


def curves(s):
    return [
        Comparison("survival curves, 5 groups", [
            ours(s, f"SELECT sum(events) FROM mine_survival('{GROUP}')"), theirs(s, "curve", GROUP), lifelines(s, "curve", GROUP)],
            goals={"R survival": 5.0}, judge="events"),
        Comparison("log-rank test, 5 groups", [
            ours(s, f"SELECT max(statistic) FROM mine_logrank('{GROUP}')"), theirs(s, "logrank", GROUP),
            lifelines(s, "logrank", GROUP)],
            goals={"R survival": 5.0}, judge="statistic")]


def models(s):
    return [Comparison(f"{algorithm}, 10 columns", [
        s.worker("sqlite-mine", "noise", "fit", "", COVARIATES, algorithm, "target=d, event=e", judged),
        theirs(s, algorithm, COVARIATES), lifelines(s, algorithm, COVARIATES)], goals={"R survival": 5.0}, judge=what)
        for algorithm, what, judged in (
            ("cox", "concordance", "SELECT value FROM mine_evaluate(?1) WHERE metric = 'concordance'"),
            ("weibull", "scale", "SELECT exp(value) FROM mine_coefficients(?1) WHERE name = 'log(scale)'"))]


GROUPS = {"survival": curves, "hazards": models}
