"""A model watched: drift, versions, and the groups that differ."""
import itertools

import tables
from lab import must, options, prop, same
from of_models import given, learnable, model_case, trained


def drift_case(rng):
    return dict(model_case(rng, rows=(12, 30, 60, 150)), step=rng.randint(2, 5))


@prop("mine_drift", make=drift_case, cases=25)
def drift_of_its_own_rows(lab, case):
    """Rows that a model learned from have not drifted; shares are those of the table; order does not matter."""
    lab.create("t", case["tables"]["t"])
    data = trained(lab, case)
    if not data:
        return
    rows = lab.ask("SELECT * FROM mine_drift('m', 't')")
    must(not any(r[5] for r in rows), "drift: of the rows themselves", [r for r in rows if r[5]])
    features = [n for (n,) in lab.ask("SELECT name FROM mine_summary('m') WHERE item = 'feature'")]
    kinds = {n: sorted(r[1] for r in rows if r[0] == n and r[1] != "score") for n in features}
    must(all(k in (["feature", "missing"], ["feature", "missing", "unknown"]) for k in kinds.values()), "drift: items", kinds)
    target = data.table.of("target").name
    used = [i for i in range(data.n) if data.values[target][i] is not None]
    for item, kind, psi, statistic, p, drifted, was, now in rows:
        must(psi is None or psi >= 0, "drift: psi", psi)
        must(p is None or 0 <= p <= 1 + 1e-12, "drift: p", p)
        if kind == "missing" and len(used) == data.n:
            share = sum(v is None for v in data.values[item]) / data.n
            same(float(now.split("%")[0]), 100 * share, "drift: gaps now", 0.006, 1)
            must(was == now, "drift: gaps of the same rows", (was, now))
    again = lab.ask("SELECT * FROM mine_drift('m', 'SELECT * FROM t ORDER BY random()')")
    must(sorted(map(repr, (r[:6] for r in rows if r[1] != "score"))) == sorted(map(repr, (r[:6] for r in again if r[1] != "score"))),
         "drift: another order", "")


def versions_case(rng):
    steps = [(rng.choice(["train", "train", "train", "restore", "back"]), rng.randint(1, 6), rng.choice([0, 1, 2, 3])) for _ in range(12)]
    return {"tables": {}, "steps": steps, "schema": rng.choice(["", "temp."])}


@prop("mine_versions", "mine_restore", make=versions_case, cases=15)
def versions(lab, case):
    """Trainings and restorings in any order: the versions are those of a list in Python."""
    lab.run("CREATE TABLE t AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 80) "
            "SELECT i AS id, i*i*7919%101 AS x, i*13%61 AS z, i*i*7919%101 + i*13%61 > 80 AS y FROM n")
    name, kept, current, number = case["schema"] + "m", {}, None, 0  # kept: number -> depth
    for what, depth, keep in case["steps"]:
        if what == "train":
            lab.ask(f"SELECT mine_train('{name}', 'tree', 't', 'target=y, min_samples_leaf=1, min_samples_split=2, max_depth={depth}, keep={keep}')")
            fresh = (depth, keep)
            if keep and current not in (None, fresh) and current not in kept.values():
                kept[max(kept, default=0) + 1] = current
            current = fresh
            if keep:
                others = sorted((n for n, v in kept.items() if v != current), reverse=True)
                for n in others[keep:]:
                    del kept[n]
        elif current:
            now = next((n for n, v in kept.items() if v == current), max(kept, default=0) + 1)
            wanted = depth if what == "restore" else max((n for n in kept if n < now), default=None)
            line, error = lab.refused(f"SELECT mine_restore('{name}'" + (f", {depth})" if what == "restore" else ")"))
            if wanted not in kept and wanted != now:
                must(error, "versions: a restore that must fail", line)
                continue
            must(not error, "versions: a restore", error)
            if wanted != now:
                if current not in kept.values():
                    kept[max(kept, default=0) + 1] = current
                current = kept[wanted]
        if not current:
            continue
        now = next((n for n, v in kept.items() if v == current), max(kept, default=0) + 1)
        expected = sorted({**{n: 0 for n in kept}, now: 1}.items(), reverse=True)
        got = lab.ask(f"SELECT version, current FROM mine_versions('{name}')")
        must(got == expected, "versions: listed", f"{got}, not {expected}")


def drivers_case(rng):
    case = model_case(rng, kinds=("two", "regression"), algorithms=("tree",), rows=(30, 60, 150))
    case["asked"] = {"min_support": rng.choice([0.05, 0.1, 0.3]), "bins": rng.randint(2, 6), "max_conditions": rng.randint(1, 3),
                     "max_q": rng.choice([0.05, 1])}
    return case


@prop("mine_drivers", make=drivers_case, cases=25)
def drivers(lab, case):
    """Figures of a segment are those of the rows of which SQL says that they meet its conditions."""
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    said = {k: v for k, v in given(case).items() if k in ("target", "categorical", "id")}
    rows, error = lab.refused("SELECT * FROM mine_drivers('t', ?)", options({**said, **case["asked"]}))
    if error:
        must(not learnable(data) or "leak" in error or "classes" in error or "class" in error, "drivers: refused", error)
        return
    n = sum(v is not None for v in data.values[data.table.of("target").name])
    must([r[0] for r in rows] == list(range(1, len(rows) + 1)), "drivers: ranks", rows)
    for a, b in itertools.pairwise(rows) if hasattr(itertools, "pairwise") else zip(rows, rows[1:]):
        must(abs(a[7]) >= abs(b[7]), "drivers: order", (a, b))
    for rank, conditions, size, count, rate, overall, lift, contribution, p, q in rows:
        must(conditions.count(" AND ") >= size - 1 and 1 <= size <= case["asked"]["max_conditions"], "drivers: size", conditions)
        must(p <= q + 1e-15 and q <= case["asked"]["max_q"], "drivers: q", (p, q))
        must(case["asked"]["min_support"] * n - 1e-6 <= count < n, "drivers: support", count)
        rest = (n * overall - count * rate) / (n - count)
        same(contribution, overall - rest, "drivers: contribution", 1e-9, max(1, abs(overall)))
