"""Composite scores: weights, scores, ranks and tiers, recomputed from the rows."""
import math

import numpy as np

import tables
from lab import must, options, prop, same
from of_survey import given_of, read, survey_table


def weights_of(case, kept, rng):
    return [f"{c.name}:{rng.randrange(1, 9)}" for c in kept] if case["weights"] == "given" else [case["weights"]]


@prop("mine_composite", "mine_composite_weights", make=survey_table, cases=60)
def composites(lab, case):
    """Weights sum to 1; scores are weighted sums of scaled columns; ranks count better rows; equal scores share rank and tier."""
    data, kept, x = read(lab, case)
    rng = tables.generator("composites", case["seed"])
    lower = [c.name for c in kept if rng.random() < 0.3]
    given = given_of(case, scale=case["scale"], weights=weights_of(case, kept, rng), lower_is_better=lower)
    weights, error = lab.refused("SELECT feature, weight, better FROM mine_composite_weights('t', ?)", options(given))
    rows, other = lab.refused("SELECT id, score, rank, tier FROM mine_composite('t', ?)", options(given))
    must((error is None) == (other is None), "composite: one verb is refused", (error, other))
    whole = ~np.isnan(x).any(axis=1)
    used = [j for j in range(len(kept)) if len(set(x[whole, j])) > 1]
    if error:
        must(not used or case["weights"] in ("critic", "given"), "composite: refused", error)
        return
    must([r[0] for r in weights] == [kept[j].name for j in used], "composite: columns", weights)
    must(all((r[2] == "lower") == (r[0] in lower) for r in weights), "composite: directions", weights)
    same(math.fsum(r[1] for r in weights), 1.0, "composite: weights", 1e-12)
    must(all(r[1] >= 0 for r in weights) and len(rows) == data.n, "composite: rows", len(rows))
    scored = [r for r in rows if r[1] is not None]
    must(len(scored) == whole.sum() and all(r[2] is None and r[3] is None for r in rows if r[1] is None), "composite: gaps", rows)
    must(all(r[2] == 1 + sum(o[1] > r[1] for o in scored) for r in scored), "composite: ranks", scored)
    must(all(a[3] == b[3] for a in scored for b in scored if a[1] == b[1]), "composite: tiers of equals", scored)
    if case["scale"] == "minmax":
        must(all(-1e-9 <= r[1] <= 1 + 1e-9 for r in scored), "composite: beyond 0 to 1", scored)
    if case["scale"] == "z" and len(scored) > 1:
        same(math.fsum(r[1] for r in scored) / len(scored), 0.0, "composite: mean of z", 1e-6, 1)
    if case["weights"] == "given":
        total = math.fsum(float(w.rsplit(":", 1)[1]) for w, j in zip(given["weights"], range(len(kept))) if j in used)
        for (feature, weight, _), j in zip(weights, used):
            same(weight, float(given["weights"][j].rsplit(":", 1)[1]) / total, "composite: given weights", 1e-12)
            must(feature == kept[j].name, "composite: order", weights)
