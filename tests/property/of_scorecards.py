"""Bins and scorecards: every figure counted again from the rows that lie in the bin."""
import json
import math

import tables
from lab import must, options, prop, same
from of_models import given, learnable, model_case


def bins_case(rng):
    case = model_case(rng, kinds=("two",), algorithms=("bayes",), rows=(12, 30, 60, 150, 400))
    case["bins"] = {"max_bins": rng.choice([2, 3, 5, 10]), "min_share": rng.choice([0, 0.05, 0.2]),
                    "monotone": rng.choice(["none", "auto", "ascending", "descending"]),
                    "min_gain": rng.choice([0, 1, 4]), "rare": rng.choice([0.01, 0.1])}
    return case


def level(value):
    """A level as JSON has it: 1.0 is 1."""
    return int(value) if isinstance(value, float) and value == int(value) else value


def inside(column, row, value):
    """Whether the value lies in the bin."""
    _, number, low, high, levels = row[:5]
    if value is None or number == 0:
        return value is None and number == 0
    if levels is not None:
        return any(type(a) is type(level(value)) and a == level(value) for a in map(level, json.loads(levels)))
    return ((low is None or column.meaning(low) <= value) and (high is None or value < column.meaning(high)))


def judged(data, rows, positive, case):
    target = data.table.of("target").name
    used = [i for i in range(data.n) if data.values[target][i] is not None]
    hits = {i: data.values[target][i] == positive for i in used}
    all_in, all_out = sum(hits.values()), len(used) - sum(hits.values())
    total = {}
    for name in dict.fromkeys(r[0] for r in rows):
        column = next(c for c in data.features() if c.name == name)
        own, placed = [r for r in rows if r[0] == name], 0
        must([r[1] for r in own if r[1]] == list(range(1, max(r[1] for r in own) + 1)), "bins: numbered", own)
        for row in own:
            here = [i for i in used if inside(column, row, data.values[name][i])]
            placed += len(here)
            yes = sum(hits[i] for i in here)
            must(row[5] == len(here), "bins: rows", f"{row}, counted {len(here)}")
            if not here:
                continue
            share_in, share_out = max(yes, 0.5) / all_in, max(len(here) - yes, 0.5) / all_out
            same(row[6], yes / len(here), "bins: rate", 1e-12)
            same(row[7], math.log(share_in / share_out), "bins: woe", 1e-9, 1e-9)
            same(row[8], (share_in - share_out) * math.log(share_in / share_out), "bins: iv", 1e-9, 1e-9)
        must(placed == len(used), "bins: a row without a bin", own)
        numbers = [r for r in own if r[1]]
        o = case["bins"]
        must(len(numbers) <= o["max_bins"], "bins: too many", own)
        if len(numbers) > 1:
            must(all(r[5] >= o["min_share"] * len(used) - 1e-9 for r in numbers), "bins: too few rows", own)
        rates = [r[6] for r in numbers]
        up, down = all(a <= b + 1e-12 for a, b in zip(rates, rates[1:])), all(a >= b - 1e-12 for a, b in zip(rates, rates[1:]))
        if column.kind == "category":
            must(up, "bins: levels by their rate", own)
        elif o["monotone"] != "none":
            must(up if o["monotone"] == "ascending" else down if o["monotone"] == "descending" else up or down,
                 "bins: the direction", own)
        total[name] = math.fsum(r[8] for r in own)
    sums = list(total.values())
    must(all(a >= b - 1e-9 for a, b in zip(sums, sums[1:])), "bins: features by iv", total)


@prop("mine_bins", make=bins_case, cases=40)
def bins(lab, case):
    """Rows, rate, woe and iv of every bin; every row in one; as many bins, as many rows, and the direction asked for."""
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    asked = given(case, **case["bins"])
    for name in ("holdout", "seed", *case["own"]):
        asked.pop(name, None)
    rows, error = lab.refused("SELECT * FROM mine_bins('t', ?)", options(asked))
    if error:
        must(not learnable(data), "bins: refused", error)
        return
    model = lab.ask("SELECT mine_fit('bayes', 't', ?)", options(given(case, holdout=0)))[0][0]
    positive = lab.ask("SELECT name FROM mine_summary(?) WHERE item = 'positive'", model)[0][0]
    target = data.table.of("target").name
    classes = {v for v in data.values[target] if v is not None}
    shown = [c for c in classes if str(c).replace("\0", "\\0") in (positive, positive.strip("'"))]
    judged(data, rows, (shown or sorted(classes, key=str))[0], case)


@prop("mine_bins", make=bins_case, cases=20)
def scorecard(lab, case):
    """A card's points: the sum over the bins of a row, and by the formula from its probability."""
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    asked = given(case, **case["bins"], transform="woe", points=[100, -7, 3], l2=1)
    for name in case["own"]:
        asked.pop(name, None)
    line, error = lab.refused("SELECT mine_fit('logistic', 't', ?)", options(asked))
    if error:
        must(not learnable(data), "scorecard: refused", error)
        return
    card = lab.ask("SELECT * FROM mine_bins(?)", line[0][0])
    scored = lab.ask("SELECT points, probability FROM mine_predict(?, 't')", line[0][0])
    features = {c.name: c for c in data.features()}
    for i, (points, p) in enumerate(scored):
        same(points, 100 - 7 * (math.log2((1 - p) / p) - math.log2(3)), "scorecard: the formula", 1e-9, 100)
        found = [r[9] for r in card if inside(features[r[0]], r, data.values[r[0]][i])]
        if len(found) == len({r[0] for r in card}):
            same(points, math.fsum(found), "scorecard: the sum", 1e-9, 100)
