"""Models: a tree walked by its own words, naive Bayes by its formula, and every way to ask the same question."""
import collections
import datetime as dt
import json
import math
import re

import numpy as np
from sklearn import metrics

import tables
from lab import Wrong, must, near, options, prop, quoted, same

TWO = [["no", "yes"], [0, 1], ["0", "1"], ["a", "b"], ["好", "坏"], ["False", "True"], ["it's", 'x"y'], ["a\0b", "a"], [0.5, 1.5], [-1, 1], ["1", "02"]]
MORE = [["a", "b", "c"], [1, 2, 3], ["low", "mid", "high", "top"], ["一", "二", "三"], [0, 1, 2, 3, 4]]


def score(rng, table):
    """A number a row that depends on the first columns, and on chance."""
    out = []
    seen = {}
    for row in table.rows:
        s = rng.gauss(0, 0.7)
        for i, c in enumerate(table.columns[:4]):
            v = row[i]
            if v is None or c.role != "feature":
                continue
            s += seen.setdefault((i, str(v)[:2]), rng.gauss(0, 1))
        out.append(s)
    return out


def with_target(rng, table, kind):
    s = score(rng, table)
    if kind == "regression":
        how = rng.randrange(3)
        values = [round(v * 10) if how == 0 else v if how == 1 else round(v, 1) + 100 for v in s]
        column = tables.Column("target y", rng.choice(["REAL", "", "NUMERIC"]), "number", "target")
    else:
        classes = rng.choice(TWO if kind == "two" else MORE)
        cuts = sorted(s)
        cuts = [cuts[len(s) * (i + 1) // len(classes)] for i in range(len(classes) - 1)]
        values = [classes[sum(v >= c for c in cuts)] for v in s]
        column = tables.Column("target y", "" if not isinstance(classes[0], str) else rng.choice(tables.TEXTUAL), "category", "target")
    values = [None if rng.random() < 0.02 else v for v in values]
    tables.add(table, column, values)


def model_case(rng, kinds=("regression", "two", "two", "more"), algorithms=("tree", "knn", "bayes"), rows=(12, 30, 60, 150),
               gaps=(0, 0, 0.1, 0.4)):
    algorithm = rng.choice(algorithms)
    kind = rng.choice([k for k in kinds if algorithm != "bayes" or k != "regression"])
    table = tables.table(rng, rows=rows, width=(1, 4), gaps=gaps)
    with_target(rng, table, kind)
    own = {}
    if algorithm == "tree":
        own = {"max_depth": rng.randint(1, 6), "min_samples_leaf": rng.choice([1, 2, 5, 7]),
               "min_samples_split": rng.choice([2, 5, 20])}
        if kind != "regression":
            own["criterion"] = rng.choice(["gini", "entropy"])
        if rng.random() < 0.2:
            own["max_leaves"] = rng.randint(2, 6)
        if rng.random() < 0.2:
            own["ccp_alpha"] = rng.choice([0.001, 0.01, 0.05])
        if rng.random() < 0.3:
            own["splits"] = "histogram"
    if algorithm == "knn":
        own = {"k": rng.choice([1, 3, 7]), "metric": rng.choice(["euclidean", "manhattan", "cosine", "gower"]),
               "voting": rng.choice(["uniform", "distance"])}
    if algorithm == "bayes":
        own = {"smoothing": rng.choice([0.5, 1, 2]), "prior": rng.choice(["data", "uniform"])}
    if algorithm == "mlp":
        own = {"hidden": [rng.choice([1, 3, 9]), rng.choice([2, 5])][:rng.randint(1, 2)], "epochs": 3, "networks": rng.randint(1, 2),
               "activation": rng.choice(["relu", "tanh"])}
    return {"tables": {"t": table}, "algorithm": algorithm, "kind": kind, "own": own, "holdout": rng.choice([0, 0, 0.3]),
            "seed": rng.randrange(100)}


def given(case, **more):
    table = case["tables"]["t"]
    out = {"target": table.of("target").name, "holdout": case["holdout"], "seed": case["seed"], **case["own"],
           "categorical": [c.name for c in table.features() if c.kind == "category"],
           "task": "regression" if case["kind"] == "regression" else "classification"}
    if table.of("id"):
        out["id"] = table.of("id").name
    out.update(more)
    return out


def learnable(data):
    """Whether there are two classes (or a number that varies) and a column that does."""
    target = data.table.of("target").name
    used = [i for i in range(data.n) if data.values[target][i] is not None]
    return (len({data.values[target][i] for i in used}) > 1 and
            any(len({data.values[c.name][i] for i in range(data.n)}) > 1 for c in data.features()))


def trained(lab, case, name="m", source="t", **more):
    """A Data of the table, or None where nothing can be learned (and a sentence says so)."""
    data = tables.Data(lab, "t", case["tables"]["t"])
    line, error = lab.refused("SELECT mine_train(?, ?, ?, ?)", name, case["algorithm"], source, options(given(case, **more)))
    if error:
        must(not learnable(data), f"{case['algorithm']}: refused", error)
        return None
    must(line[0][0].startswith(f"{name}: {case['algorithm']} on "), "train: the line", line)
    return data


# ---- trees ---------------------------------------------------------------------------------


def shown(level):
    return str(level).replace("\0", "\\0")


def question(column, text, lang="en"):
    """A node's own question as a function of a value; from the words of `test`."""
    name = shown(column.name)
    must(text.startswith(name + " "), "tree: test does not start with its feature", text)
    rest = text[len(name) + 1:]
    missing = rest.endswith(" or missing") or rest == "is missing"
    rest = rest[:-len(" or missing")] if rest.endswith(" or missing") else rest
    if rest in ("is missing", "is not missing", "is known"):
        return lambda v: (v is None) == (rest == "is missing")
    found = re.match(r"(in|not in) \((.*)\)$", rest, re.S)
    if found:
        levels = found.group(2).split(", ")
        inside = found.group(1) == "in"
        return lambda v: missing if v is None else (shown(v) in levels) == inside
    found = re.match(r"(<|>=) (.*)$", rest)
    must(found, "tree: a test that nobody understands", text)
    border = found.group(2)
    if column.kind == "date":
        border = (dt.datetime.strptime(border, column.form) - dt.datetime(1970, 1, 1)) / dt.timedelta(days=1)
    border = float(border)
    if found.group(1) == "<":
        return lambda v: missing if v is None else v < border
    return lambda v: missing if v is None else v >= border


def impurity(y, w, criterion):
    total = w.sum()
    if criterion == "squared_error":
        mean = (w * y).sum() / total
        return float((w * (y - mean) ** 2).sum() / total)
    share = np.array([w[y == c].sum() for c in set(y)]) / total
    if criterion == "gini":
        return float(1 - (share ** 2).sum())
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


class Walked:
    """The rows of mine_tree, and where each row of the data ends when the questions are asked of it."""

    def __init__(self, lab, data, model="m"):
        self.node = {r[1]: r for r in lab.ask(
            "SELECT tree, node, parent, depth, feature, test, rows, prediction, probability, gain, path FROM mine_tree(?)", model)}
        self.below = collections.defaultdict(list)
        columns = {c.name: c for c in data.columns}
        self.asks = {}
        for n, r in self.node.items():
            if r[2] is not None:
                self.below[r[2]].append(n)
                column = columns[r[4]]
                self.asks[n] = (column, question(column, r[5]))
        self.path = [self.walk(data, i) for i in range(data.n)]

    def walk(self, data, i):
        at, path = 1, [1]
        while self.below[at]:
            chosen = [n for n in self.below[at] if self.asks[n][1](data.values[self.asks[n][0].name][i])]
            if len(chosen) != 1:
                return None
            at = chosen[0]
            path.append(at)
        return path


def tree_case(rng):
    return model_case(rng, algorithms=("tree",))


@prop("mine_tree", "mine_importance", "mine_predict", make=tree_case, cases=120)
def tree_walk(lab, case):
    """Rows walk to the leaf that mine_predict says; counts, predictions, shares and gains of nodes; importance."""
    lab.create("t", case["tables"]["t"])
    case = dict(case, holdout=0)
    data = trained(lab, case)
    if data is None:
        return
    target = data.table.of("target").name
    y = np.array(data.values[target], dtype=object)
    used = [i for i in range(data.n) if y[i] is not None]
    tree = Walked(lab, data)
    must(all(tree.path[i] for i in used), "tree: a row fits no question or two", lambda: [i for i in used if not tree.path[i]])
    answers = lab.ask("SELECT id, prediction, probability, confidence, leaf FROM mine_predict('m', 't')")
    for i in used:
        must(answers[i][4] == tree.path[i][-1], "tree: another leaf", (answers[i], tree.path[i]))
    criterion = case["own"].get("criterion", "squared_error")
    kept = {n: [i for i in used if n in tree.path[i]] for n in tree.node}
    for n, r in tree.node.items():
        rows = kept[n]
        must(r[6] == len(rows), "tree: rows of a node", lambda: (r, len(rows)))
        inside = y[rows]
        leaf_says(case, r, inside)
        gain = 0.0
        if tree.below[n]:
            weight = np.ones(len(rows))
            gain = impurity(inside, weight, criterion)
            for c in tree.below[n]:
                gain -= len(kept[c]) / len(rows) * impurity(y[kept[c]], np.ones(len(kept[c])), criterion)
            gain *= len(rows) / len(used)
            size = impurity(y[used], np.ones(len(used)), criterion)
            same(r[9], gain, "tree: gain", 1e-6, size * 1e-3)
            must(all(len(kept[c]) >= case["own"]["min_samples_leaf"] for c in tree.below[n]), "tree: a leaf too small", r)
            must(len(rows) >= case["own"]["min_samples_split"] and r[3] < case["own"]["max_depth"], "tree: beyond its limits", r)
        else:
            must(r[9] is None, "tree: gain of a leaf", r)
    importance(lab, tree)
    if data.n > 200:
        return
    best_splits(case, data, tree, kept, y, criterion)


def leaf_says(case, r, inside):
    if case["kind"] == "regression":
        same(r[7], float(sum(inside) / len(inside)), "tree: mean of a node", 1e-9, float(max(map(abs, inside))))
        return
    times = collections.Counter(inside)
    must(times[r[7]] == max(times.values()), "tree: class of a node", lambda: (r, times))
    if r[8] is not None:
        must(any(near(r[8], k / len(inside), 1e-12) for k in list(times.values()) + [0]), "tree: share in a node", lambda: (r, times))


def importance(lab, tree):
    rows = lab.ask("SELECT feature, importance, rank FROM mine_importance('m')")
    gains = collections.Counter()
    for n, r in tree.node.items():
        if tree.below[n]:
            gains[tree.asks[tree.below[n][0]][0].name] += r[9]
    total = sum(gains.values())
    for feature, value, _ in rows:
        same(value, gains[feature] / total if total else 0.0, "importance: share of the gain", 1e-9, 1e-6)
    must([r[2] for r in sorted(rows, key=lambda r: r[2])] == list(range(1, len(rows) + 1)), "importance: ranks", rows)


def best_splits(case, data, tree, kept, y, criterion):
    """No cut of a number without gaps would have been better than the question that was asked."""
    if "max_leaves" in case["own"] or "ccp_alpha" in case["own"]:
        return
    least, leaf_min = case["own"]["min_samples_split"], case["own"]["min_samples_leaf"]
    whole = impurity(y[kept[1]], np.ones(len(kept[1])), criterion)
    for n, rows in kept.items():
        if len(rows) < least or tree.node[n][3] >= case["own"]["max_depth"]:
            continue
        for c in data.features("number"):
            x = [data.values[c.name][i] for i in rows]
            if None in x:
                continue
            best = best_cut(np.array(x), y[rows], criterion, leaf_min) * len(rows) / len(kept[1])
            must(best <= (tree.node[n][9] or 0) + 1e-6 * whole + 1e-12, "tree: a better cut",
                 lambda: f"node {n} {c.name}: {best}, taken {tree.node[n][9]}")


def best_cut(x, y, criterion, leaf_min):
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    n, best = len(x), 0.0
    before = impurity(y, np.ones(n), criterion)
    for i in range(leaf_min, n - leaf_min + 1):
        if 0 < i < n and x[i - 1] < x[i]:
            after = i / n * impurity(y[:i], np.ones(i), criterion) + (n - i) / n * impurity(y[i:], np.ones(n - i), criterion)
            best = max(best, before - after)
    return best


# ---- naive Bayes -----------------------------------------------------------------------------


def bayes_case(rng):
    case = model_case(rng, algorithms=("bayes",), kinds=("two", "more"))
    case["var_smoothing"] = rng.choice([1e-9, 1e-3, 0.1])
    case["weighted"] = rng.random() < 0.4
    table = case["tables"]["t"]
    if case["weighted"]:
        tables.add(table, tables.Column("w", "", "number", "weight"), [rng.choice([1, 2, 0.5, 3]) for _ in table.rows])
    return case


@prop("mine_coefficients", "mine_probabilities", make=bayes_case, cases=100)
def bayes_formula(lab, case):
    """Probabilities by the formula, from the stored values; priors and shares as mine_coefficients says."""
    lab.create("t", case["tables"]["t"])
    case = dict(case, holdout=0)
    more = {"var_smoothing": case["var_smoothing"]}
    if case["weighted"]:
        more["weight"] = "w"
    data = trained(lab, case, **more)
    if data is None:
        return
    target = data.table.of("target").name
    y = data.values[target]
    used = [i for i in range(data.n) if y[i] is not None]
    weight = np.array(data.values["w"] if case["weighted"] else [1.0] * data.n)
    classes = sorted({y[i] for i in used}, key=lambda v: (isinstance(v, str), v))
    log = bayes_logs(case, data, used, y, weight, classes)
    p = np.exp(log - log.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = lab.ask("SELECT id, class, probability FROM mine_probabilities('m', 't')")
    must(len(rows) == data.n * len(classes), "bayes: rows", len(rows))
    at = {v: i for i, v in enumerate(data.ids)}
    for ident, c, value in rows:
        want = p[at[ident], classes.index(c)]
        must(near(value, float(want), 1e-6, 1e-6), "bayes: probability", lambda: f"{ident!r} {c!r}: {value}, expected {want}")
    figures = {r[0]: r[1] for r in lab.ask("SELECT name, value FROM mine_coefficients('m')")}
    total = sum(weight[i] for i in used)
    for c in classes:
        share = sum(weight[i] for i in used if y[i] == c) / total if case["own"]["prior"] == "data" else 1 / len(classes)
        same(figures[f"prior {target}={c}"], share, "bayes: prior", 1e-9)


def network_inputs(data, used, w):
    """Names and values of the first layer's inputs, every level with one of its own."""
    names, rows = [], []
    for f in data.features():
        x = data.values[f.name]
        many = sum(1 for n in w if n.startswith(f"1 h1.1 <- {f.name}."))
        if f"1 h1.1 <- {f.name}" in w:
            known = np.array([x[i] for i in used if x[i] is not None], dtype=float)
            z = (np.array([known.mean() if v is None else v for v in x]) - known.mean()) / (known.std() or 1)
            names.append(f.name)
            rows.append(z / np.sqrt(1 + (z / 3) ** 2))
            if f"1 h1.1 <- {f.name}=(missing)" in w:
                names.append(f"{f.name}=(missing)")
                rows.append([float(v is None) for v in x])
        elif f"1 h1.1 <- {f.name}=(mean)" in w or many:
            first = "1 {}={}.1" if many else "1 h1.1 <- {}={}"
            level = ["(missing)" if v is None else v if first.format(f.name, v) in w else "(mean)" for v in x]
            for j in range(many):
                names.append(f"{f.name}.{j + 1}")
                rows.append([w[f"1 {f.name}={v}.{j + 1}"] for v in level])
            for v in () if many else set(level):
                names.append(f"{f.name}={v}")
                rows.append([float(u == v) for u in level])
    return names, np.array(rows, dtype=float).reshape(len(names), data.n).T


@prop("mine_coefficients", "mine_probabilities", "mine_predict",
      make=lambda rng: model_case(rng, algorithms=("mlp",), rows=(12, 60, 150)), cases=60)
def network_formula(lab, case):
    """Answers by the weights that mine_coefficients lists; importances are shares."""
    lab.create("t", case["tables"]["t"])
    case = dict(case, holdout=0, own=dict(case["own"], networks=1))
    y = tables.Data(lab, "t", case["tables"]["t"]).values[case["tables"]["t"].of("target").name]
    used = [i for i in range(len(y)) if y[i] is not None]
    classes = [] if case["kind"] == "regression" else sorted({y[i] for i in used}, key=lambda v: (isinstance(v, str), v))
    data = trained(lab, case, **({"positive": classes[0]} if len(classes) == 2 else {}))
    if data is None:
        return
    w = dict(lab.ask("SELECT name, value FROM mine_coefficients('m')"))
    names, a = network_inputs(data, used, w)
    hidden = [[f"h{k + 1}.{u + 1}" for u in range(n)] for k, n in enumerate(case["own"]["hidden"])]
    layers = hidden + [[f"{c}" for c in classes] if len(classes) > 2 else ["out"]]
    for layer in layers:
        a = a @ np.array([[w[f"1 {u} <- {i}"] for u in layer] for i in names]).reshape(len(names), len(layer)) + [w[f"1 {u}"] for u in layer]
        names = layer
        if layer is not layers[-1]:
            a = np.tanh(a) if case["own"]["activation"] == "tanh" else np.maximum(a, 0)
    at = {v: i for i, v in enumerate(data.ids)}
    if len(classes) == 2:
        a = np.column_stack([a[:, 0], np.zeros(data.n)])
    for ident, c, got in lab.ask("SELECT id, class, probability FROM mine_probabilities('m', 't')") if classes else []:
        e = np.exp(a[at[ident]] - a[at[ident]].max())
        must(near(got, float(e[classes.index(c)] / e.sum()), 1e-6, 1e-6), "network: share", lambda: (ident, c, got, list(e / e.sum())))
    for ident, got in lab.ask("SELECT id, prediction FROM mine_predict('m', 't')") if not classes else []:
        known = np.array([y[i] for i in used], dtype=float)
        want = known.mean() + known.std() * a[at[ident], 0]
        must(near(got, float(want), 1e-6 * max(1, known.std()), 1e-6), "network: number", lambda: (ident, got, want))
    shares = [r[0] for r in lab.ask("SELECT importance FROM mine_importance('m')")]
    must(all(s >= 0 for s in shares) and (near(sum(shares), 1, 1e-9) or not any(shares)), "network: importance", shares)


def bayes_logs(case, data, used, y, weight, classes):
    log = np.zeros((data.n, len(classes)))
    total = sum(weight[i] for i in used)
    for k, c in enumerate(classes):
        share = sum(weight[i] for i in used if y[i] == c) / total
        log[:, k] += math.log(share if case["own"]["prior"] == "data" else 1 / len(classes))
    moments, largest = {}, 0.0
    for f in data.features("number"):
        x = data.values[f.name]
        if len({x[i] for i in range(data.n)}) == 1:
            continue
        known = [i for i in used if x[i] is not None]
        overall = weighted(x, weight, known)  # of a class in which it is never known, as in all rows
        moments[f.name] = [weighted(x, weight, [i for i in known if y[i] == c]) or overall for c in classes]
        if overall:
            largest = max(largest, overall[1])
    for name, parts in moments.items():
        for i in range(data.n):
            v = data.values[name][i]
            for k, part in enumerate(parts):
                if v is None or part is None:
                    continue
                variance = part[1] + case["var_smoothing"] * largest
                if variance == 0:  # no column varies in the rows that have a target
                    continue
                log[i, k] -= 0.5 * math.log(2 * math.pi * variance) + (v - part[0]) ** 2 / (2 * variance)
    for f in data.features("category"):
        x = data.values[f.name]
        if len(set(x)) == 1:
            continue
        levels = sorted({x[i] for i in used if x[i] is not None})  # a level that no row with a target has is left out
        alpha = case["own"]["smoothing"]
        for k, c in enumerate(classes):
            count = {v: alpha + sum(weight[i] for i in used if y[i] == c and x[i] == v) for v in levels}
            whole = sum(count.values())
            for i in range(data.n):
                if x[i] in count:
                    log[i, k] += math.log(count[x[i]] / whole)
    return log


def weighted(x, weight, rows):
    total = sum(weight[i] for i in rows)
    if not total:
        return None
    mean = sum(weight[i] * x[i] for i in rows) / total
    return mean, sum(weight[i] * (x[i] - mean) ** 2 for i in rows) / total


# ---- one answer, many ways to ask ------------------------------------------------------------


def bound(case, row):
    """Names and values of the features."""
    table = case["tables"]["t"]
    return [(c.name, row[i]) for i, c in enumerate(table.columns) if c.role == "feature"]


@prop("mine_train", "mine_fit", "mine_predict", "mine_probability", "mine_probabilities", "mine_export", "mine_summary",
      make=model_case, cases=120)
def same_answers(lab, case):
    """The table form, the scalar with pairs, with JSON, what export writes, a BLOB, a copy of the stored row."""
    table = case["tables"]["t"]
    lab.create("t", table)
    data = trained(lab, case)
    if data is None:
        return
    rows = lab.ask("SELECT id, prediction, label, probability, confidence, missing, unknown, leaf FROM mine_predict('m', 't')")
    must([r[0] for r in rows] == data.ids, "predict: ids", rows[:9])
    used = [name for (name,) in lab.ask("SELECT name FROM mine_summary('m') WHERE item = 'feature'")]
    lab.ask("CREATE TEMP TABLE IF NOT EXISTS models AS SELECT mine_fit(?, 't', ?) AS model", case["algorithm"], options(given(case)))
    again = lab.ask("SELECT id, prediction, label, probability, confidence, missing, unknown, leaf "
                    "FROM mine_predict((SELECT model FROM temp.models), 't')")
    must(rows == again, "predict: of a BLOB", lambda: differing(rows, again))
    lab.run("ATTACH ':memory:' AS other")
    lab.ask("SELECT mine_init('other')")
    lab.run("INSERT INTO other.mine_models SELECT * FROM main.mine_models")
    again = lab.ask("SELECT id, prediction, label, probability, confidence, missing, unknown, leaf FROM mine_predict('other.m', 't')")
    must(rows == again, "predict: of a copied model", lambda: differing(rows, again))
    (export,), = lab.ask("SELECT mine_export('m', 'call')")
    exported = lab.ask(f"SELECT {export} FROM t")
    for i, stored in enumerate(data.stored):
        pairs = [(n, v) for n, v in bound(case, stored) if n in used]
        missing = sum(1 for n, _ in pairs if data.values[n][i] is None)
        must(rows[i][5] == missing and rows[i][6] == 0, "predict: missing", lambda: (rows[i], missing))
        must(exported[i][0] == rows[i][1] and type(exported[i][0]) is type(rows[i][1]), "export: another answer",
             lambda: (exported[i], rows[i]))
        if i < 12:
            values = [x for pair in pairs for x in pair]
            marks = ", ".join("?" * len(values))
            (one,), = lab.ask(f"SELECT mine_predict('m', {marks})", *values)
            must(one == rows[i][1] and type(one) is type(rows[i][1]), "scalar: another answer", lambda: (one, rows[i]))
            two, error = lab.refused("SELECT mine_predict('m', ?)", json.dumps(dict(pairs)))
            if any("\0" in str(x) for x in values):
                must(error and "NUL" in error, "scalar: JSON with a NUL", (error, two))
                continue
            must(two == [(one,)], "scalar: JSON says another", lambda: (one, two, pairs))
    if case["kind"] != "regression":
        probabilities(lab, case, data, rows, used)
    else:
        must(all(r[3] is None and r[4] is None for r in rows), "predict: a probability of a number", rows[:3])


def differing(a, b):
    return next((x, y) for x, y in zip(a, b) if x != y)


def probabilities(lab, case, data, rows, used):
    """They add up to 1; the prediction has the largest; scalar and table agree."""
    by_row = collections.defaultdict(dict)
    for ident, c, p in lab.ask("SELECT id, class, probability FROM mine_probabilities('m', 't')"):
        by_row[ident][c] = p
    for i, (ident, prediction, label, probability, confidence, _, _, _) in enumerate(rows):
        classes = by_row[ident]
        same(math.fsum(classes.values()), 1.0, "probabilities: sum", 1e-9)
        must(all(-1e-12 <= p <= 1 + 1e-12 for p in classes.values()), "probabilities: range", classes)
        must(classes[prediction] >= max(classes.values()) - 1e-12, "predict: not the most probable", lambda: (prediction, classes))
        same(confidence, classes[prediction], "predict: confidence", 1e-12, 1e-3)
        must(label == shown(prediction) or label == str(prediction), "predict: label", (label, prediction))
        if len(classes) == 2:
            must(any(near(probability, p, 1e-12, 1e-3) for p in classes.values()), "predict: probability", lambda: (probability, classes))
        else:
            must(probability is None, "predict: a probability of several classes", rows[i])
        if i < 6:
            pairs = [x for n, v in bound(case, data.stored[i]) if n in used for x in (n, v)]
            for c, p in classes.items():
                (one,), = lab.ask(f"SELECT mine_probability('m', ?, {', '.join('?' * len(pairs))})", c, *pairs)
                same(one, p, "mine_probability", 1e-12, 1e-3)


# ---- how good --------------------------------------------------------------------------------


@prop("mine_evaluate", "mine_confusion", "mine_roc", "mine_calibration", "mine_lift", "mine_threshold", "mine_compare",
      "mine_metrics", make=model_case, cases=120)
def judged(lab, case):
    """Measures, confusion and ROC of a source, from what mine_predict says of its rows."""
    lab.create("t", case["tables"]["t"])
    data = trained(lab, case)
    if data is None:
        return
    y = data.values[data.table.of("target").name]
    rows = lab.ask("SELECT prediction, probability FROM mine_predict('m', 't')")
    used = [i for i in range(data.n) if y[i] is not None]
    found = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m', 't')"))
    must(found["rows"] == len(used), "evaluate: rows", found)
    unsaid = lab.ask("SELECT metric FROM mine_evaluate('m', 't') EXCEPT SELECT metric FROM mine_metrics")
    must(not unsaid, "metrics: without an entry", unsaid)
    actual, says = [y[i] for i in used], [rows[i][0] for i in used]
    compared(lab, found)
    if case["kind"] == "regression":
        a, b = np.array(actual, dtype=float), np.array(says, dtype=float)
        same(found["rmse"], float(np.sqrt(((a - b) ** 2).mean())), "evaluate: rmse", 1e-9, 1e-6)
        same(found["mae"], float(np.abs(a - b).mean()), "evaluate: mae", 1e-9, 1e-6)
        if a.std() > 0:
            same(found["r2"], float(1 - ((a - b) ** 2).sum() / ((a - a.mean()) ** 2).sum()), "evaluate: r2", 1e-7, 1e-3)
        return
    same(found["accuracy"], sum(a == b for a, b in zip(actual, says)) / len(used), "evaluate: accuracy")
    recalls = [sum(1 for a, b in zip(actual, says) if a == b == c) / actual.count(c) for c in set(actual)]
    same(found["balanced_accuracy"], sum(recalls) / len(recalls), "evaluate: balanced_accuracy")
    counts = {(a, b): n for a, b, n in lab.ask("SELECT actual, predicted, rows FROM mine_confusion('m', 't')")}
    want = collections.Counter(zip(actual, says))
    must({k: n for k, n in counts.items() if n} == dict(want), "confusion", lambda: f"{counts}, expected {want}")
    by_row = collections.defaultdict(dict)
    for ident, c, p in lab.ask("SELECT id, class, probability FROM mine_probabilities('m', 't')"):
        by_row[ident][c] = p
    least = 2.0 ** -52
    loss = math.fsum(-math.log(min(1 - least, max(least, by_row[data.ids[i]][y[i]]))) for i in used) / len(used)
    must(near(found["log_loss"], loss, 1e-6, 1e-9), "evaluate: log_loss", lambda: f"{found['log_loss']}, expected {loss}")
    plus = positive(lab, by_row, rows, data) if len(by_row[data.ids[0]]) == 2 else None
    if plus is not None:
        two_classes(lab, found, actual, says, [rows[i][1] for i in used], plus)


def positive(lab, by_row, rows, data):
    """The class whose probability mine_predict says; None where the rows cannot tell."""
    fits = [c for c in by_row[data.ids[0]] if all(near(by_row[i][c], r[1], 1e-12, 1e-3) for i, r in zip(data.ids, rows))]
    must(fits, "predict: whose probability?", rows[:3])
    return fits[0] if len(fits) == 1 else None


def two_classes(lab, found, actual, says, p, plus):
    is_plus = [a == plus for a in actual]
    called = [b == plus for b in says]
    hit = sum(a and b for a, b in zip(is_plus, called))
    if len(set(is_plus)) == 2 and len(set(p)) > 1:
        same(found["auc"], float(metrics.roc_auc_score(is_plus, p)), "evaluate: auc", 1e-12)
        same(found["precision"], hit / sum(called) if sum(called) else None, "evaluate: precision")
        same(found["recall"], hit / sum(is_plus), "evaluate: recall")
        same(found["brier"], float(np.mean([(q - a) ** 2 for a, q in zip(is_plus, p)])), "evaluate: brier", 1e-9, 1e-9)
    bins = lab.ask("SELECT bin, rows, mean_probability, rate, low, high FROM mine_calibration('m', 't', 'bins=4')")
    must([b[0] for b in bins] == list(range(1, len(bins) + 1)) and len(bins) <= 4, "calibration: bins", bins)
    in_order, at = sorted(zip(p, is_plus)), 0
    for _, n, mean, rate, low, high in bins:
        part, at = in_order[at:at + n], at + n
        same(mean, sum(q for q, _ in part) / n, "calibration: mean", 1e-9, 1e-12)
        must(at == len(p) or in_order[at][0] > part[-1][0], "calibration: equal probabilities are torn", (at, bins))
        hits, z = sum(a for q, a in part), 1.959963984540054
        same(rate, hits / n, "calibration: rate", 1e-12)
        r, add = hits / n, z * z / n
        reach = z * math.sqrt(r * (1 - r) / n + add / (4 * n))
        same(low, max(0, (r + add / 2 - reach) / (1 + add)), "calibration: low", 1e-9, 1)
        same(high, min(1, (r + add / 2 + reach) / (1 + add)), "calibration: high", 1e-9, 1)
    must(at == len(p), "calibration: rows", bins)
    curve = lab.ask("SELECT threshold, true_positive_rate, false_positive_rate, precision, rows FROM mine_roc('m', 't')")
    must(curve[0][0] == math.inf and curve[0][4] == 0, "roc: first row", curve[0])
    must([r[0] for r in curve[1:]] == sorted(set(p), reverse=True), "roc: thresholds", lambda: (curve, sorted(set(p))))
    for threshold, tpr, fpr, precision, n in curve:
        over = [a for a, q in zip(is_plus, p) if q >= threshold]
        must(n == len(over), "roc: rows", (threshold, n))
        same(tpr, sum(over) / sum(is_plus) if sum(is_plus) else None, "roc: true positives")
        minus = len(actual) - sum(is_plus)
        same(fpr, (len(over) - sum(over)) / minus if minus else None, "roc: false positives")
        same(precision, sum(over) / n if n else None, "roc: precision")
    if len(set(is_plus)) == 2:
        campaign(lab, is_plus, p, curve)


def campaign(lab, is_plus, p, curve):
    """Lift adds up to the curve; no point of it is worth more than the threshold for profit."""
    plus = sum(is_plus)
    bins = lab.ask("SELECT rows, positives, threshold, cumulative_rows, cumulative_positives, cumulative_gain, profit, cumulative_profit "
                   "FROM mine_lift('m', 't', 'bins=5, revenue=7, cost=2, fixed_cost=3')")
    must(len(bins) <= 5 and bins[-1][3] == len(p), "lift: bins", bins)
    seen = positives = 0
    points = {t: (n, tpr) for t, tpr, _, _, n in curve}
    for n, hits, threshold, rows, caught, gain, profit, total in bins:
        seen, positives = seen + n, positives + hits
        must((rows, caught) == (seen, positives) and points[threshold][0] == rows, "lift: cumulative", bins)
        same(gain, points[threshold][1], "lift: gain", 1e-12)
        same(profit, 7 * hits - 2 * n, "lift: profit", 1e-9)
        same(total, 7 * caught - 2 * rows - 3, "lift: cumulative profit", 1e-9)
    goals = {r[0]: r[1:] for r in lab.ask("SELECT * FROM mine_threshold('m', 't', 'revenue=7, cost=2, fixed_cost=3')")}
    best = max(7 * round(tpr * plus) - 2 * n - 3 for n, tpr in points.values() if n)
    same(goals["profit"][1], best, "threshold: profit", 1e-9)
    for goal, (threshold, _, n, hits, misses, *_) in goals.items():
        over = [a for a, q in zip(is_plus, p) if q >= threshold]
        must((n, hits, misses) == (len(over), sum(over), len(over) - sum(over)), f"threshold: {goal}", goals)


def compared(lab, found):
    """A model beside itself: its measures, no difference, and bounds of both."""
    pair = lab.ask("SELECT metric, value, low, high, difference, p_value FROM mine_compare('m|m', 't', 'resamples=100')")
    must(len(pair) == 2 * len(found), "compare: rows", lambda: (pair, found))
    for i, (metric, value, low, high, difference, p_value) in enumerate(pair):
        same(value, found[metric], "compare: " + metric, 0, 0)
        none = i < len(found) or value is None or metric == "rows"
        must(difference is None if none else difference == 0, "compare: difference", pair[i])
        must(p_value in (None, 1) and (low is None) == (high is None) and (low is None or low <= high), "compare: p", pair[i])
