"""Clusters by density: any order of the rows gives the same, a model says of its rows what training found."""
import numpy as np

from lab import must, options, prop
from of_rows import cluster_table


def density_case(rng):
    case = cluster_table(rng)
    case["algorithm"] = rng.choice(["dbscan", "dbscan", "hdbscan"])
    case["own"] = {"min_samples": rng.choice([1, 2, 3, 5])}
    if case["algorithm"] == "hdbscan":
        case["own"].update({"min_cluster_size": rng.choice([2, 3, 5]), "selection": rng.choice(["eom", "leaf"]),
                            "allow_single_cluster": rng.choice([0, 1])})
    elif rng.random() < 0.7:
        case["own"]["eps"] = rng.choice([0.1, 0.4, 1.0, 2.5])
    if rng.random() < 0.4:
        case["own"]["metric"] = "manhattan"
    return case


@prop("mine_cluster", "mine_predict", make=density_case, cases=60)
def densities(lab, case):
    """The same whatever comes first; sizes fall; rows of training get their clusters again."""
    table = case["tables"]["t"]
    lab.create("t", table)
    given = dict(case["own"], id=table.of("id").name, scale=case["scale"],
                 categorical=[c.name for c in table.features() if c.kind == "category"])
    said = options(dict(given, algorithm=case["algorithm"]))
    rows, error = lab.refused("SELECT id, cluster FROM mine_cluster('t', ?)", said)
    if error:
        must("scaled" in error or "no column" in error or "no attributes" in error, "density: refused", error)
        return
    back = lab.ask("SELECT id, cluster FROM mine_cluster('SELECT * FROM t ORDER BY rowid DESC', ?)", said)
    must(rows == back[::-1], "density: another answer in another order", (rows, back))
    sizes = np.bincount([c for _, c in rows])[1:]
    must((sizes > 0).all() and (np.diff(sizes) <= 0).all(), "density: sizes", sizes)
    lab.ask("SELECT mine_train('m', ?, 't', ?)", case["algorithm"], options(given))
    again = lab.ask("SELECT id, prediction FROM mine_predict('m', 't')")
    must(rows == again, "density: mine_predict says another", (rows, again))
