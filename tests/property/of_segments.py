"""Segments: what sets clusters apart, recomputed from the centroids; names; who moved."""
import math

from lab import must, options, prop, same
from of_rows import cluster_table


def trained(lab, case, **more):
    table = case["tables"]["t"]
    given = {"id": table.of("id").name, "k": case["k"], "scale": case["scale"], "seed": case["seed"],
             "starts": case["starts"], "categorical": [c.name for c in table.features() if c.kind == "category"]}
    return lab.refused("SELECT mine_train('m', 'kmeans', 't', ?)", options(dict(given, **more)))


def arc(share):
    return 2 * math.asin(math.sqrt(min(max(share, 0), 1)))


@prop("mine_segments", "mine_name_cluster", "mine_migration", make=cluster_table, cases=40)
def segments(lab, case):
    """Traits are those of mine_centroids by falling strength; a name stays; nobody moves between equal models."""
    lab.create("t", case["tables"]["t"])
    _, error = trained(lab, case)
    if error:
        return
    there = {(c, f): (v, o, z) for c, f, v, o, z in
             lab.ask("SELECT cluster, feature, value, overall, z FROM mine_centroids('m')")}
    rows = lab.ask("SELECT cluster, label, rows, share, rank, feature, value, overall, z, lift, sentence "
                   "FROM mine_segments('m', NULL, 'top=1000')")
    predicted = lab.ask("SELECT prediction, label FROM mine_predict('m', 't')")
    n = len(predicted)
    sizes = {c: size for c, _, size, *_ in rows}
    must(sum(sizes.values()) == n and set(sizes) == set(range(1, case["k"] + 1)), "segments: rows", sizes)
    must(len({label for _, label, *_ in rows}) == case["k"], "segments: two clusters with one label", rows)
    before = {}
    for c, label, size, share, rank, feature, value, overall, z, lift, sentence in rows:
        same(share, size / n, "segments: share", 1e-12, 1e-12)
        last, least = before.get(c, (0, math.inf))
        must(rank == last + 1 and sentence, "segments: ranks", (c, rank))
        if feature is None:
            must(rank == 1, "segments: nothing among something", (c, rank))
            continue
        must((c, feature) in there, "segments: no such feature", feature)
        must(there[c, feature] == (value, overall, z), "segments: other figures than the centroids'", (c, feature))
        effect = abs(arc(value) - arc(overall)) if lift is not None or "=" in feature else abs(z)
        strength = effect - (2 * math.sqrt(max(1 / size - 1 / n, 0)) if size else 0)
        must(strength > -1e-9, "segments: a trait of chance", (c, feature, strength))
        must(strength <= least + 1e-9, "segments: out of order", (c, rank, strength, least))
        before[c] = (rank, strength)
    if max(sizes.values()) == 0:
        return
    of_source = lab.ask("SELECT cluster, rows, feature, sentence FROM mine_segments('m', 't', 'top=1')")
    must(len(of_source) == case["k"], "segments: of a source", of_source)
    must([r[:2] for r in of_source] == [(c, sizes[c]) for c in sorted(sizes)], "segments: rows of a source", of_source)
    names(lab, case, predicted)


def names(lab, case, predicted):
    lab.ask("SELECT mine_name_cluster('m', 1, 'the first')")
    again = lab.ask("SELECT prediction, label FROM mine_predict('m', 't')")
    must([p for p, _ in again] == [p for p, _ in predicted], "name: another prediction", again)
    must(all(label == ("the first" if p == 1 else str(p)) for p, label in again), "name: labels", again)
    moved = lab.ask("SELECT from_cluster, from_label, to_cluster, to_label, rows, share FROM mine_migration('m', 'm', 't')")
    must(all(a == b and x == y and s == 1 for a, x, b, y, _, s in moved), "migration: somebody moved", moved)
    must(sum(r[4] for r in moved) == len(predicted), "migration: rows", moved)
    _, error = trained(lab, case)
    must(error is None, "name: trained again", error)
    third = lab.ask("SELECT prediction, label FROM mine_predict('m', 't')")
    must(third == again, "name: not kept by the same rows", (again, third))
