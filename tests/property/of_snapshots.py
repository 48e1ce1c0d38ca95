"""Snapshots of random events, and uplift of random campaigns: counted by hand."""
import datetime as dt
import json

from lab import must, prop, same

DAY = dt.date(2024, 1, 1)
NAMES = ["orders", "o'clock", 'say "so"', "价格", "a b", "select"]


def snapshot_case(rng):
    events = [[rng.choice([rng.randint(1, 9), rng.randint(1, 9), None, "x", "7"]), rng.randint(0, 200),
               rng.choice([None, rng.randint(-50, 50) / 4]), rng.choice(["a", "it's", "b"])] for _ in range(rng.randint(1, 60))]
    return {"tables": {}, "events": events, "cut": rng.randint(-5, 210), "windows": rng.sample([1, 7, 30, 365, "all"], rng.randint(1, 3)),
            "gap": rng.choice([0, 3]), "horizon": rng.randint(1, 60), "label": rng.choice(["none", "any", "count", "sum", None]),
            "name": rng.choice(NAMES), "kinds": rng.choice([None, ["a", "it's"]])}


@prop("mine_snapshot", make=snapshot_case, cases=60)
def snapshots(lab, case):
    """Counts of windows, days since the last event, and labels, of every customer who was there before the cut-off."""
    name, cut = case["name"], case["cut"]
    lab.run("CREATE TABLE t(who, at TEXT, amount REAL, kind TEXT)")
    for who, day, amount, kind in case["events"]:
        lab.run("INSERT INTO t VALUES(?, date('2024-01-01', ? || ' days'), ?, ?)", who, day, amount, kind)
    source = {"source": "SELECT who, at, amount, kind FROM t" if case["kinds"] else "SELECT who, at, amount FROM t"}
    if case["kinds"]:
        source["kinds"] = case["kinds"]
    definition = {"events": {name: source}, "cutoff": (DAY + dt.timedelta(days=cut)).isoformat(), "windows": case["windows"],
                  "gap": case["gap"], "horizon": case["horizon"]}
    if case["label"]:
        definition["label"] = case["label"]
    rows, error = lab.refused("SELECT mine_snapshot(?)", json.dumps(definition, ensure_ascii=False))
    known = [e for e in case["events"] if e[0] is not None]
    if error:
        last = max((e[1] for e in known), default=0)
        must(not known or cut <= min(e[1] for e in known) or
             case["label"] and cut + case["gap"] + case["horizon"] > last + 1, "snapshot: refused", error)
        return
    cursor = lab.db.execute(rows[0][0])
    names = [d[0] for d in cursor.description]
    got = {(type(r[0]), r[0]): dict(zip(names, r)) for r in cursor}
    before = {}
    for e in known:
        if e[1] < cut:
            before.setdefault((type(e[0]), e[0]), []).append(e)
    must(set(got) == set(before), "snapshot: customers", (set(got), set(before)))
    for who, own in before.items():
        row = got[who]
        for window in case["windows"]:
            within = [e for e in own if window == "all" or e[1] >= cut - window]
            suffix = "all" if window == "all" else f"{window}d"
            must(row[f"{name}_count_{suffix}"] == len(within), "snapshot: count", (who, window))
            same(row[f"{name}_sum_{suffix}"], sum(e[2] or 0 for e in within), "snapshot: sum", 1e-9, 1)
            for kind in case["kinds"] or ():
                must(row[f"{name}_{kind}_count_{suffix}"] == sum(e[3] == kind for e in within), "snapshot: kind", (who, window, kind))
        same(row[f"{name}_recency"], cut - max(e[1] for e in own), "snapshot: recency", 1e-9, 1)
        if "label" not in row:
            continue
        start = cut + case["gap"]
        after = [e for e in known if (type(e[0]), e[0]) == who and start <= e[1] < start + case["horizon"]]
        label = {"none": not after, "any": bool(after), "count": len(after), "sum": sum(e[2] or 0 for e in after)}[case["label"]]
        same(row["label"], label, "snapshot: label", 1e-9, 1)


def campaign_case(rng):
    rows = [[i, rng.choice([None, rng.randint(0, 9)]), rng.choice(["a", "b", None]), rng.randint(0, 1), rng.choice([0, 1, 1, None])]
            for i in range(rng.randint(1, 80))]
    return {"tables": {}, "rows": rows, "base": rng.choice(["tree", "bayes"]), "bins": rng.randint(1, 6),
            "method": rng.choice(["two_model", "class_transformation"]), "holdout": rng.choice([0, 0.3])}


@prop("mine_uplift", make=campaign_case, cases=40)
def campaigns(lab, case):
    """Bins hold every row that can be judged, once, by falling uplift; what was seen in each is counted again."""
    lab.run("CREATE TABLE t(id INTEGER PRIMARY KEY, x INTEGER, g TEXT, called INTEGER, bought INTEGER)")
    for row in case["rows"]:
        lab.run("INSERT INTO t VALUES(?, ?, ?, ?, ?)", *row)
    _, error = lab.refused("SELECT mine_train('m', 'uplift', 't', ?)", json.dumps(
        {"target": "bought", "treatment": "called", "base": case["base"], "method": case["method"], "holdout": case["holdout"]}))
    if error:
        return
    bins = lab.ask("SELECT bin, rows, treated, uplift, low, high, qini, threshold FROM mine_uplift('m', 't', ?)", f"bins={case['bins']}")
    score = dict(lab.ask("SELECT id, prediction FROM mine_predict('m', 't')"))
    known = [r for r in case["rows"] if r[4] is not None]
    must(sum(b[1] for b in bins) == len(known), "uplift: rows", (bins, len(known)))
    must(len(bins) <= case["bins"] and [b[0] for b in bins] == list(range(1, len(bins) + 1)), "uplift: bins", bins)
    above = float("inf")
    for _, rows, treated, uplift, low, high, _, threshold in bins:
        here = [r for r in known if threshold <= score[r[0]] < above]
        above = threshold
        arms = [[r[4] for r in here if r[3] == arm] for arm in (0, 1)]
        must(rows == len(here) and treated == len(arms[1]), "uplift: rows of a bin", (rows, treated))
        expected = sum(arms[1]) / len(arms[1]) - sum(arms[0]) / len(arms[0]) if all(arms) else None
        same(uplift, expected, "uplift: of a bin", 1e-9, 1)
        must(low is None or low <= uplift <= high, "uplift: interval", (low, uplift, high))
