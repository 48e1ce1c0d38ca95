"""How many clusters, and few columns for many: recomputed from the rows' own figures."""
import numpy as np

from lab import must, options, prop, same
from of_rows import cluster_table


def given_of(case, **more):
    table = case["tables"]["t"]
    return dict({"id": table.of("id").name, "seed": case["seed"],
                 "categorical": [c.name for c in table.features() if c.kind == "category"]}, **more)


@prop("mine_choose_k", make=cluster_table, cases=30)
def numbers_of_clusters(lab, case):
    """One row a number, one choice, and that by what `by` says; inertias are those of mine_cluster."""
    lab.create("t", case["tables"]["t"])
    given = given_of(case, scale=case["scale"], starts=case["starts"], max_k=5)
    rows, error = lab.refused("SELECT k, inertia, silhouette, calinski_harabasz, davies_bouldin, chosen "
                              "FROM mine_choose_k('t', ?)", options(dict(given, by="silhouette")))
    if error:
        return
    must([r[0] for r in rows] == list(range(2, 2 + len(rows))), "choose_k: numbers", rows)
    must(sum(r[5] for r in rows) == (1 if any(r[2] is not None for r in rows) else sum(r[5] for r in rows)),
         "choose_k: one choice", rows)
    best = max((r for r in rows if r[2] is not None), key=lambda r: (r[2], -r[0]), default=None)
    must(best is None or best[5] == 1, "choose_k: not the largest silhouette", rows)
    for k, inertia, *_ in rows:
        alone, error = lab.refused("SELECT sum(distance * distance) FROM mine_cluster('t', ?)",
                                   options(dict({o: v for o, v in given.items() if o != "max_k"}, k=k)))
        must(not error, "choose_k: a number that mine_cluster refuses", error)
        same(inertia, alone[0][0], "choose_k: inertia", 1e-6, 1e-9)


@prop("mine_project", "mine_loadings", make=cluster_table, cases=30)
def components(lab, case):
    """Scores are uncorrelated, their variances the eigenvalues, their correlations with the columns the loadings."""
    table = case["tables"]["t"]
    lab.create("t", table)
    _, error = lab.refused("SELECT mine_train('m', 'pca', 't', ?)", options(given_of(case, components=2)))
    if error:
        return
    loadings = lab.ask("SELECT component, feature, loading, variance_share, eigenvalue FROM mine_loadings('m')")
    scores = lab.ask("SELECT id, component, value FROM mine_project('m', 't')")
    count = len({r[0] for r in loadings})
    must(len(scores) == count * len(table.rows), "project: a row for each component", len(scores))
    value = np.array([r[2] for r in scores], float).reshape(-1, count)
    variance = [next(r[4] for r in loadings if r[0] == c + 1) for c in range(count)]
    scale = 1 + max(variance)
    must(abs(value.mean(axis=0)).max() < 1e-6 * scale, "project: scores around 0", value.mean(axis=0))
    product = value.T @ value / len(value)
    must(abs(product - np.diag(np.diag(product))).max() < 1e-6 * scale, "project: correlated scores", product)
    shares = [next(r[3] for r in loadings if r[0] == c + 1) for c in range(count)]
    must(all(0 <= s <= 1 + 1e-9 for s in shares) and sum(shares) <= 1 + 1e-9, "loadings: shares", shares)
    must(sorted(variance, reverse=True) == variance, "loadings: eigenvalues fall", variance)
    ratio = np.diag(product) / np.maximum(variance, 1e-300)
    at_all = [c for c in range(count) if variance[c] > 1e-9]
    must(all(abs(ratio[c] - ratio[at_all[0]]) < 1e-6 for c in at_all), "project: variances beside eigenvalues", ratio)


@prop("mine_dendrogram", make=cluster_table, cases=30)
def merges(lab, case):
    """Every row and every step but the last is merged once; sizes add up; k clusters are what k - 1 steps from the end leave."""
    table = case["tables"]["t"]
    lab.create("t", table)
    k = min(case["k"], len(table.rows))
    _, error = lab.refused("SELECT mine_train('m', 'agglomerative', 't', ?)", options(given_of(case, k=k)))
    if error:
        return
    n = len(table.rows)
    steps = lab.ask("SELECT step, first, second, distance, rows FROM mine_dendrogram('m')")
    must([r[0] for r in steps] == list(range(1, n)), "dendrogram: steps", len(steps))
    must(sorted(x for r in steps for x in r[1:3]) == list(range(-n, 0)) + list(range(1, n - 1)), "dendrogram: merged once", steps)
    size = {-i: 1 for i in range(1, n + 1)}
    last = 0.0
    for step, first, second, distance, rows in steps:
        size[step] = size[first] + size[second]
        must(size[step] == rows and distance >= last - 1e-9 * (1 + last), "dendrogram: a step", (step, rows, distance))
        last = distance
    inside = {-i: frozenset([i]) for i in range(1, n + 1)}
    for step, first, second, *_ in steps[:n - k]:
        inside[step] = inside.pop(first) | inside.pop(second)
    answers = lab.ask("SELECT cluster FROM mine_cluster('t', ?)", options(given_of(case, k=k, algorithm="agglomerative")))
    of = {}
    for i, (cluster,) in enumerate(answers):
        of.setdefault(cluster, set()).add(i + 1)
    must(sorted(map(sorted, of.values())) == sorted(map(sorted, inside.values())), "dendrogram: other clusters than its cut", of)
