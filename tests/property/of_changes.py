"""What must not matter does not, what is guessed is told, and whatever is asked is answered in a sentence."""
import collections
import copy
import json
import math

import of_models
import tables
from lab import Wrong, must, near, options, prop, quoted, same

FEW = {"categorical", "task", "id"}


# ---- folds -------------------------------------------------------------------------------------


def fold_case(rng):
    case = of_models.model_case(rng, rows=(20, 45, 90), gaps=(0,))
    table = case["tables"]["t"]
    for i in range(len(table.columns) - 1, -1, -1):  # levels and their shares are those of the whole table
        if table.columns[i].kind == "category" and table.columns[i].role == "feature":
            table.drop(i)
    tables.add(table, tables.Column("steady", "REAL", "number"), [rng.gauss(0, 1) for _ in table.rows])
    tables.add(table, tables.Column("fold", "INTEGER", "number", "fold"), [rng.randint(1, 3) for _ in table.rows])
    return case


@prop("mine_cross_validate", make=fold_case, cases=40)
def folds(lab, case):
    """Each fold's measures are those of a model of the other rows; mean and standard error of them."""
    lab.create("t", case["tables"]["t"])
    case = dict(case, holdout=0)
    data = tables.Data(lab, "t", case["tables"]["t"])
    asked = {k: v for k, v in of_models.given(case).items() if k != "holdout"}
    target = data.values[data.table.of("target").name]
    if case["kind"] == "two":
        if any("\0" in str(v) for v in target):  # which no option can name
            return
        asked["positive"] = str(next(v for v in target if v is not None))
    present = [{target[i] for i in range(data.n) if data.values["fold"][i] != k and target[i] is not None} for k in (1, 2, 3)]
    rows, error = lab.refused("SELECT fold, metric, value FROM mine_cross_validate(?, 't', ?)", case["algorithm"],
                              options(dict(asked, split="fold")))
    if error:
        must(len(set(data.values["fold"])) < 3 or min(map(len, present)) < 2 or data.n < 20, "folds: refused", error)
        return
    found = collections.defaultdict(dict)
    for fold, metric, value in rows:
        found[fold][metric] = value
    every = {v for v in target if v is not None}
    for k in sorted(f for f in found if isinstance(f, int)):
        here = {target[i] for i in range(data.n) if data.values["fold"][i] == k}
        if case["kind"] != "regression" and (present[k - 1] != every or here - {None} != every):
            continue
        varying = all(len({data.values[c.name][i] for i in range(data.n) if data.values["fold"][i] != k}) > 1
                      for c in data.features())
        if not varying:
            continue
        lab.ask("SELECT mine_train('m', ?, ?, ?)", case["algorithm"], f"SELECT * FROM t WHERE fold <> {k}",
                options(dict(asked, holdout=0, ignore=["fold"])))
        want = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m', ?)", f"SELECT * FROM t WHERE fold = {k}"))
        for metric, value in want.items():
            must(near(found[k][metric], value, 1e-6, 1e-6), f"folds: {case['algorithm']} {metric}",
                 lambda: f"fold {k}: {found[k][metric]}, a model of the other rows {value}")
    parts = [found[f] for f in found if isinstance(f, int)]
    for metric, value in found["mean"].items():
        x = [p[metric] for p in parts if p.get(metric) is not None]
        if len(x) < 2:
            continue
        mean = math.fsum(x) / len(x)
        same(value, mean, f"folds: mean of {metric}", 1e-9, 1e-3)
        deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in x) / (len(x) - 1))
        same(found["se"][metric], deviation / math.sqrt(len(x)), f"folds: se of {metric}", 1e-6, 1e-3)


@prop("mine_tune", make=fold_case, cases=20)
def tuned(lab, case):
    """Each trial's mean is that of mine_cross_validate with its options; ranks follow the mean."""
    lab.create("t", case["tables"]["t"])
    asked = {k: v for k, v in of_models.given(dict(case, holdout=0)).items() if k in ("target", "task", "id", "weight")}
    rows, error = lab.refused("SELECT rank, options, metric, mean, se FROM mine_tune('tree', 't', ?)",
                              options(dict(asked, split="fold", max_depth=[1, 2, 4])))
    if error:
        return
    must([r[0] for r in rows] == [1, 2, 3], "tune: ranks", rows)
    means = [r[3] for r in rows if r[3] is not None]
    down = rows[0][2] in ("log_loss", "brier", "rmse", "mae")
    must(means == sorted(means, reverse=not down), "tune: order", rows)
    for _, text, metric, mean, se in rows:
        depth = int(text.split("max_depth")[1].lstrip('":= ').split(",")[0].rstrip("}"))
        found = {(f, m): v for f, m, v in lab.ask("SELECT fold, metric, value FROM mine_cross_validate('tree', 't', ?)",
                                                 options(dict(asked, split="fold", max_depth=depth)))}
        must(near(found.get(("mean", metric)), mean, 1e-9, 1e-9), "tune: mean", lambda: (text, mean, found.get(("mean", metric))))
        must(near(found.get(("se", metric)), se, 1e-9, 1e-9), "tune: se", lambda: (text, se, found.get(("se", metric))))


@prop("mine_trials", make=fold_case, cases=20)
def tried(lab, case):
    """What ran is what the portfolio names, each once; the least loss first; how often each was chosen."""
    lab.create("t", case["tables"]["t"])
    asked = {k: v for k, v in of_models.given(dict(case, holdout=0)).items() if k in ("target", "task", "id", "weight")}
    error = lab.refused("SELECT mine_train('a', 'auto', 't', ?)", options(dict(asked, holdout=0, portfolio=["baseline", "tree"])))[1]
    if error:
        return
    rows = lab.ask("SELECT rank, algorithm, mean, weight FROM mine_trials('a')")
    must([r[0] for r in rows] == list(range(1, len(rows) + 1)), "trials: ranks", rows)
    must([r[1] for r in rows] == ["tree", "tree"], "trials: names", rows)  # the baseline is a tree of one leaf
    means = [r[2] for r in rows]
    must(means == sorted(means), "trials: order by what is lost", rows)
    must(all(r[3] >= 0 and r[3] == int(r[3]) for r in rows) and sum(r[3] for r in rows) >= 1, "trials: times chosen", rows)


# ---- what does not matter ----------------------------------------------------------------------


def predictions(lab, case, table, more=None, name="u"):
    """id -> (prediction, probabilities of the classes in order) of a model of a table; None: refused."""
    lab.run(f"DROP TABLE IF EXISTS {name}")
    lab.create(name, table)
    asked = of_models.given(dict(case, tables={"t": table}, holdout=0), **(more or {}))
    _, error = lab.refused("SELECT mine_train('n', ?, ?, ?)", case["algorithm"], name, options(asked))
    if error:
        return None
    rows = dict(lab.ask(f"SELECT id, prediction FROM mine_predict('n', '{name}')"))
    out = {k: (v, []) for k, v in rows.items()}
    if case["kind"] != "regression":
        for k, _, p in lab.ask(f"SELECT id, class, probability FROM mine_probabilities('n', '{name}')"):
            out[k][1].append(p)
    return out


def alike(a, b, kind, most=1e-9, text=True):
    must((a is None) == (b is None), f"{kind}: one is refused", lambda: (a, b))
    for k in a or {}:
        if isinstance(a[k][0], str) or not text:
            surest = sorted(a[k][1])[-2:]
            must(a[k][0] == b[k][0] or near(surest[0], surest[-1], 1e-6), f"{kind}: another class", lambda: (k, a[k], b[k]))
        else:
            must(near(a[k][0], b[k][0], most, 1e-6), f"{kind}: another number", lambda: (k, a[k], b[k]))
        must(all(near(x, y, most, 1e-6) for x, y in zip(a[k][1], b[k][1])), f"{kind}: another probability",
             lambda: (k, a[k], b[k]))


def change_case(rng):
    case = of_models.model_case(rng, rows=(12, 30, 60))
    case["change"] = rng.choice(["constant", "names", "levels", "order", "threads", "short", "columns", "skip", "ignore", "no id",
                                  "balanced"])
    case["order"] = rng.random()
    return case


@prop("mine_predict", "mine_probabilities", make=change_case, cases=150)
def indifferent(lab, case):
    """A constant column, other names, renamed levels, another order of rows or columns, threads, the short form."""
    table = case["tables"]["t"]
    change, algorithm = case["change"], case["algorithm"]
    other, more = copy.deepcopy(table), {}
    if change == "constant":
        if case["own"].get("metric") in ("cosine", "gower"):
            return
        tables.add(other, tables.Column("always the same", "", "number"), [7] * len(table.rows))
    elif change == "names":
        for i, c in enumerate(other.features()):
            c.name = f"renamed {i}"
    elif change == "levels":
        for i, c in enumerate(other.columns):
            if c.kind == "category" and c.role == "feature":
                for row in other.rows:
                    if row[i] is not None and row[i].strip(" "):
                        row[i] = "q" + row[i]
    elif change == "order":
        if algorithm == "knn" or (algorithm == "tree" and case["kind"] == "regression"):
            return  # equal distances, and sums that round another way
        if any(c.role == "id" and "PRIMARY" in c.declared for c in table.columns):
            return
        other.rows = other.rows[::-1]
    elif change == "columns":
        if algorithm == "tree":
            return  # of two equal questions the first column's is asked
        at = [i for i, c in enumerate(other.columns) if c.role == "feature"]
        for row in [other.columns, *other.rows]:
            for i, v in zip(at, [row[i] for i in at][::-1]):
                row[i] = v
        if algorithm == "knn":
            return
    elif change == "threads":
        more = {"threads": 1}
    elif change == "ignore":
        tables.add(other, tables.Column("left, out", "", "category"), [f"k{i % 3}" for i in range(len(table.rows))], first=False)
        more = {"ignore": ["left, out"], "categorical": [c.name for c in table.features() if c.kind == "category"]}
    elif change == "skip":
        skipping(lab, case)
        return
    elif change == "no id":
        unnamed(lab, case)
        return
    elif change == "balanced":
        balanced(lab, case)
        return
    a = predictions(lab, case, table, {"threads": 4} if change == "threads" else None)
    if change == "short":
        said = of_models.given(dict(case, holdout=0))
        short = ", ".join(f"{k}={written(v)}" for k, v in said.items() if v != [])
        _, error = lab.refused("SELECT mine_train('n', ?, 'u', ?)", algorithm, short)
        must((error is None) == (a is not None), "short form: refused", error)
        if a:
            rows = dict(lab.ask("SELECT id, prediction FROM mine_predict('n', 'u')"))
            must(rows == {k: v[0] for k, v in a.items()}, "short form: other predictions", short)
        return
    alike(a, predictions(lab, case, other, more), f"{algorithm} {change}", 1e-6 if change in ("order", "columns") else 1e-9)


def skipping(lab, case):
    """missing=skip learns from the complete rows."""
    table = case["tables"]["t"]
    lab.create("w", table)
    data = tables.Data(lab, "w", table)
    whole = [i for i in range(data.n) if all(data.values[c.name][i] is not None for c in data.features())]
    if any(len({data.values[c.name][i] for i in whole}) < 2 for c in table.features()):
        return
    asked = of_models.given(dict(case, holdout=0), missing="skip")
    lab.create("complete", tables.Table(table.columns, [list(data.stored[i]) for i in whole]))
    _, error = lab.refused("SELECT mine_train('a', ?, 'w', ?)", case["algorithm"], options(asked))
    _, other = lab.refused("SELECT mine_train('b', ?, 'complete', ?)", case["algorithm"], options(asked))
    must((error is None) == (other is None), "skip: one is refused", (error, other))
    if error:
        return
    a = dict(lab.ask("SELECT id, prediction FROM mine_predict('a', 'complete')"))
    b = dict(lab.ask("SELECT id, prediction FROM mine_predict('b', 'complete')"))
    levels = [c for c in data.features() if c.kind == "category"]
    if case["algorithm"] != "tree" and levels:
        return  # levels that only the rows left out have
    must(a == b or (case["kind"] == "regression" and all(near(a[k], b[k], 1e-9, 1e-6) for k in a)), "skip: another prediction",
         lambda: [(k, a[k], b[k]) for k in a if a[k] != b[k]][:3])
    every = lab.ask("SELECT id, prediction FROM mine_predict('a', 'w')")
    for i, (ident, prediction) in enumerate(every):
        must((prediction is None) == (i not in whole), "skip: a prediction of a gap, or none", (ident, prediction))


def unnamed(lab, case):
    """id=none numbers the rows from 1."""
    table = case["tables"]["t"]
    a = predictions(lab, case, table)
    at = next(i for i, c in enumerate(table.columns) if c.role == "id")
    ids = [r[0] for r in lab.db.execute("SELECT * FROM u").fetchall()] if at == 0 else None
    rest = ", ".join(quoted(c.name) for c in table.columns if c.role != "id")
    _, error = lab.refused("SELECT mine_train('b', ?, ?, ?)", case["algorithm"], f"SELECT {rest} FROM u",
                           options(of_models.given(dict(case, holdout=0), id="none")))
    must((error is None) == (a is not None), "id=none: refused", error)
    if error or ids is None:
        return
    rows = lab.ask("SELECT id, prediction FROM mine_predict('b', ?, ?)", f"SELECT {rest} FROM u", options({}))
    first = next(i for i, c in enumerate(table.columns) if c.role != "id")
    if len({r[first] for r in table.rows} - {None}) > 1:  # else it is no attribute, and an id as any first column is
        must([r[0] for r in rows] == list(range(1, len(ids) + 1)), "id=none: numbers", rows[:3])
    for ident, (_, prediction) in zip(ids, rows):
        must(prediction == a[ident][0], "id=none: another prediction", (ident, prediction, a[ident]))


def balanced(lab, case):
    """class_weight=balanced is a weight that makes every class count the same in total."""
    table = case["tables"]["t"]
    if case["kind"] == "regression" or case["algorithm"] == "knn":
        return
    lab.create("w", table)
    data = tables.Data(lab, "w", table)
    target = data.values[data.table.of("target").name]
    known = [v for v in target if v is not None]
    classes = sorted(set(known), key=str)
    if len(classes) < 2:
        return
    other = copy.deepcopy(table)
    other.rows = [list(r) for r in data.stored]
    tables.add(other, tables.Column("w", "REAL", "number", "weight"),
               [1.0 if v is None else len(known) / (len(classes) * known.count(v)) for v in target])
    a = predictions(lab, case, table, {"class_weight": "balanced"})
    b = predictions(lab, case, other, {"weight": "w"}, "v")
    if case["algorithm"] == "bayes" or a is None:
        alike(a, b, "balanced", 1e-6)


def written(value):
    """A value in the short form: quoted where it must be."""
    if isinstance(value, list):
        return "|".join(map(written, value))
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",|=()[]* ') else text


def group_case(rng):
    case = of_models.model_case(rng, rows=(30, 60, 120), gaps=(0, 0.1))
    table = case["tables"]["t"]
    tables.add(table, tables.Column("part", "TEXT", "category", "group"), [rng.choice("xyz") for _ in table.rows])
    return case


@prop("mine_train", "mine_predict", make=group_case, cases=60)
def grouped(lab, case):
    """group= predicts each row as a model of its group's rows alone."""
    lab.create("t", case["tables"]["t"])
    case = dict(case, holdout=0)
    data = of_models.trained(lab, case, group="part")
    if data is None:
        return
    rows = dict(lab.ask("SELECT id, prediction FROM mine_predict('m', 't')"))
    for part in sorted(set(data.values["part"])):
        source = f"SELECT * FROM t WHERE part = '{part}'"
        inside = [i for i in range(data.n) if data.values["part"][i] == part]
        own, error = lab.refused("SELECT mine_train('own', ?, ?, ?)", case["algorithm"], source,
                                 options(of_models.given(case, ignore=["part"])))
        if error:
            continue
        alone = dict(lab.ask("SELECT id, prediction FROM mine_predict('own', ?)", source))
        varying = all(len({data.values[c.name][i] for i in inside}) > 1 for c in data.features())
        if not varying or any(rows[data.ids[i]] is None for i in inside):
            continue
        for i in inside:
            a, b = rows[data.ids[i]], alone[data.ids[i]]
            must(a == b or (not isinstance(a, str) and near(a, b, 1e-9, 1e-6)), f"group: {case['algorithm']} says another",
                 lambda: (part, data.ids[i], a, b))


def weight_case(rng):
    case = of_models.model_case(rng, algorithms=("tree", "bayes"), rows=(10, 30), gaps=(0, 0.1))
    case["times"] = [rng.choice([1, 1, 2, 3]) for _ in case["tables"]["t"].rows]
    case["half"] = rng.random() < 0.5
    table = case["tables"]["t"]
    if case["algorithm"] == "tree":
        case["own"] = {"max_depth": 1, "min_samples_leaf": 1, "min_samples_split": 2}
    tables.add(table, tables.Column("w", "", "number", "weight"), list(case["times"]))
    return case


@prop("mine_train", "mine_tree", "mine_probabilities", make=weight_case, cases=60)
def weights(lab, case):
    """A row of weight 2 is two rows; every row twice with half of its weight is the same table."""
    table = case["tables"]["t"]
    at = next(i for i, c in enumerate(table.columns) if c.role == "weight")
    key = next((i for i, c in enumerate(table.columns) if c.role == "id"), None)
    many = copy.deepcopy(table)
    many.rows = []
    for row in table.rows:
        for k in range(2 if case["half"] else int(row[at])):
            more = list(row)
            more[at] = row[at] / 2 if case["half"] else 1
            if k and key is not None:
                more[key] = f"{row[key]}+{k}" if isinstance(row[key], str) else row[key] + 10**6 * k
            many.rows.append(more)
    a = predictions(lab, case, table, {"weight": "w"}, "u")
    gain = lab.ask("SELECT gain FROM mine_tree('n') WHERE node = 1") if a and case["algorithm"] == "tree" else None
    b = predictions(lab, case, many, {"weight": "w"}, "v")
    if gain is None:
        if a is not None and b is not None:
            alike(a, b, "bayes weights", 1e-6)
        return
    again = lab.ask("SELECT gain FROM mine_tree('n') WHERE node = 1")
    must((gain[0][0] is None) == (again[0][0] is None), "tree weights: split or not", (gain, again))
    same(again[0][0], gain[0][0], "tree weights: gain of the root", 1e-9, 1e-6)


# ---- what is guessed ----------------------------------------------------------------------------


def guess_case(rng):
    table = tables.table(rng, rows=(20, 40, 200), width=(2, 5), gaps=(0, 0.1))
    if rng.random() < 0.5:
        words = [rng.choice(["NA", "n/a", "null", "-"])]
        column = tables.Column("with words", "TEXT", "number", text=True, words=tuple(words))
        tables.add(table, column, [rng.choice(words) if rng.random() < 0.2 else str(rng.randrange(90)) for _ in table.rows])
    if rng.random() < 0.3:
        tables.add(table, tables.Column("all the same", "", "number"), [3 for _ in table.rows])
    if rng.random() < 0.3:
        tables.add(table, tables.Column("nothing", "TEXT", "category"), [rng.choice([None, ""]) for _ in table.rows])
    if rng.random() < 0.3:
        tables.add(table, tables.Column("notes", "TEXT", "category"), [f"note {i} of {rng.random()}" for i in range(len(table.rows))])
    tables.add(table, tables.Column("steady", "REAL", "number"), [rng.gauss(0, 1) for _ in table.rows])
    return {"tables": {"t": table}, "verb": rng.choice(["mine_cluster", "mine_train", "mine_correlate", "mine_neighbors"]),
            "say": rng.random() < 0.5}


@prop("mine_warnings", make=guess_case, cases=100)
def guesses(lab, case):
    """Numbers in texts, words for missing, dates, columns left out and the id: each is told, with its name."""
    table = case["tables"]["t"]
    lab.create("t", table)
    data = tables.Data(lab, "t", table)
    said = {"id": table.of("id").name} if case["say"] else {}
    verb = case["verb"]
    if verb == "mine_train":
        _, error = lab.refused("SELECT mine_train('m', 'kmeans', 't', ?)", options(dict(said, k=2)))
    elif verb == "mine_neighbors":
        _, error = lab.refused("SELECT count(*) FROM mine_neighbors('t', 't', ?)", options(dict(said, k=2)))
    else:
        _, error = lab.refused(f"SELECT count(*) FROM {verb}('t', ?)", options(dict(said, **({"k": 2} if verb == "mine_cluster" else {}))))
    told = lab.ask("SELECT verb, item, name, detail FROM mine_warnings")
    if error:
        must(told == [], "warnings: after a call that failed", told)
        return
    must(all(r[0] == verb and r[3] for r in told), "warnings: verb or detail", told)
    items = collections.defaultdict(set)
    for _, item, name, detail in told:
        items[item].add(name)
    named = {name for _, _, name, _ in told}
    if not case["say"]:
        must(table.columns[0].name in items["id"], "warnings: the id is not told", told)
    for c in table.features():
        there = [v for v in data.raw[c.name] if v is not None and not (isinstance(v, str) and v.strip(" ") == "")]
        if not there:
            must(c.name in named, "warnings: an empty column is not told", (c.name, told))
            continue
        if c.kind == "number" and all(isinstance(v, str) for v in there) and len(set(there)) > 1:
            must(c.name in items["numbers"] or c.name in items["dropped"] or (c.words and c.name in items["warning"]),
                 "warnings: numbers in texts are not told", (c.name, told))
        if c.words and any(v in c.words for v in there):
            must(any(r[2] == c.name and "missing" in r[3] for r in told), "warnings: words are not told", (c.name, told))
        if c.kind == "date" and len(set(there)) > 1:
            must(c.name in named, "warnings: dates are not told", (c.name, told))
        if len(set(data.values[c.name])) == 1:
            must(c.name in named or verb == "mine_neighbors", "warnings: a constant is not told", (c.name, told))
        if c.name == "notes" and len(set(there)) > 100 and verb in ("mine_cluster", "mine_train"):
            must("notes" in named, "warnings: a text for each row is not told", told)


# ---- ids, classes and levels that training never saw ----------------------------------------------


def odd_case(rng):
    case = of_models.model_case(rng, kinds=("two", "two", "more", "regression"), rows=(25, 60), gaps=(0, 0.1))
    case["what"] = rng.choice(["twice", "null", "fraction", "positive", "unknown"])
    case["at"] = rng.random()
    return case


@prop("mine_train", "mine_predict", make=odd_case, cases=80)
def oddities(lab, case):
    """An id that repeats, is NULL or a fraction is refused where it was guessed; the other class has the other
    probability; a level never seen counts as unknown."""
    table, what = case["tables"]["t"], case["what"]
    lab.create("t", table)
    data = tables.Data(lab, "t", table)
    at = int(case["at"] * data.n)
    if what in ("twice", "null", "fraction"):
        if table.columns[0].role != "id" or "PRIMARY" in table.columns[0].declared or data.n < 3:
            return
        value = {"twice": data.ids[(at + 1) % data.n], "null": None, "fraction": 2.5}[what]
        lab.run(f"UPDATE t SET {quoted(table.columns[0].name)} = ? WHERE rowid = ?", value, at + 1)
        asked = of_models.given(dict(case, holdout=0))
        del asked["id"]
        _, error = lab.refused("SELECT mine_train('m', ?, 't', ?)", case["algorithm"], options(asked))
        told = lab.ask("SELECT name, detail FROM mine_warnings")
        if what == "fraction" and any(isinstance(v, str) for v in data.ids):
            return
        must(error is not None or any(name == table.columns[0].name for name, _ in told), f"id: {what}, without a word", told)
        return
    target = data.values[table.of("target").name]
    if what == "positive":
        classes = sorted({v for v in target if v is not None}, key=str)
        if case["kind"] != "two" or len(classes) != 2 or any("\0" in str(c) for c in classes):
            return
        found = []
        for c in classes:
            _, error = lab.refused("SELECT mine_train('m', ?, 't', ?)", case["algorithm"],
                                   options(of_models.given(dict(case, holdout=0), positive=str(c))))
            if error:
                must(not of_models.learnable(data), "positive: refused", error)
                return
            found.append(lab.ask("SELECT probability FROM mine_predict('m', 't')"))
        for (a,), (b,) in zip(*found):
            same(a + b, 1.0, "positive: the two probabilities", 1e-9)
        return
    if of_models.trained(lab, case) is None:
        return
    levels = [c for c in data.features("category") if len(set(data.values[c.name])) > 1]
    used = {name for (name,) in lab.ask("SELECT name FROM mine_summary('m') WHERE item = 'feature'")}
    levels = [c for c in levels if c.name in used]
    if not levels:
        return
    before = lab.ask("SELECT id, unknown, missing FROM mine_predict('m', 't')")
    for c in levels:
        lab.run(f"UPDATE t SET {quoted(c.name)} = 'never seen' WHERE rowid = ?", at + 1)
    after = lab.ask("SELECT id, prediction, unknown, missing FROM mine_predict('m', 't')")
    changed = [(a, b) for a, b in zip(before, after) if a[1] != b[2]]
    must(len(changed) == 1 and changed[0][1][2] == len(levels), "unknown: counted", (changed, len(levels)))
    must(all(r[1] is not None for r in after), "unknown: no prediction", after)
    pairs = {c.name: v for c, v in zip(table.columns, lab.db.execute("SELECT * FROM t").fetchall()[before.index(changed[0][0])])
             if c.name in used}
    (one,), = lab.ask(f"SELECT mine_predict('m', {', '.join('?' * 2 * len(pairs))})", *[x for p in pairs.items() for x in p])
    must(one == changed[0][1][1], "unknown: the scalar says another", (one, changed))


# ---- anything at all ------------------------------------------------------------------------------


WILD = [0, 1, 2, -1, 5, 0.5, 1e9, 1e300, -0.0, "", "x", "auto", None, True, [], ["x"], "1e3", "NA|-", "temp", 2**63, {"a": 1}]
POOL = [None, "", " ", 0, 1, -0.0, 2**63 - 1, -2**63, 1e308, -1e308, 5e-324, "NA", "1", " 1", "1,5", "$3", "1e5", "x", "a\0b",
        "é", "2024-01-05", "05.01.2024", "03/04/2024", "[1,2]", '{"a":1}', "nan", "inf", "0x1f", "007", "true", b"", b"x", 0.1,
        "很", "\U0001F600", "'", '"', "-", "?", "12:30", "2024-W07", "9" * 400, "a" * 300]


def wild_case(rng):
    n = rng.choice((0, 1, 2, 7, 25, 60))
    columns = [tables.Column(name, rng.choice(tables.TEXTUAL + tables.NUMERIC + ["BOOLEAN", "BLOB", "DATE"]), "category")
               for name in tables.names(rng, rng.randint(1, 5))]
    drawn = []
    for _ in columns:
        pool = rng.sample(POOL, rng.choice((1, 2, 3, 10)))
        drawn.append([rng.choice(pool) for _ in range(n)])
    if rng.random() < 0.7:
        drawn[0] = list(range(n))
    return {"tables": {"t": tables.Table(columns, [list(r) for r in zip(*drawn)])}, "dice": rng.random()}


CALLS = ["SELECT * FROM mine_profile('t')", "SELECT * FROM mine_cluster('t', ?)", "SELECT mine_train('m', 'tree', 't', ?)",
         "SELECT mine_train('m', 'knn', 't', ?)", "SELECT mine_train('m', 'bayes', 't', ?)", "SELECT mine_train('m', 'kmeans', 't', ?)",
         "SELECT * FROM mine_itemsets('t', ?)", "SELECT * FROM mine_rules('t', ?)", "SELECT * FROM mine_neighbors('t', 't', ?)",
         "SELECT * FROM mine_anova('t', ?)", "SELECT * FROM mine_chi2('t', ?)", "SELECT * FROM mine_correlate('t', ?)",
         "SELECT * FROM mine_cross_validate('tree', 't', ?)", "SELECT * FROM mine_cross_validate('bayes', 't', ?)",
         "SELECT length(mine_fit('tree', 't', ?))"]
AFTER = ["SELECT * FROM mine_predict('m', 't', ?)", "SELECT * FROM mine_evaluate('m', 't', ?)", "SELECT * FROM mine_confusion('m', 't', ?)",
         "SELECT * FROM mine_roc('m', 't', ?)", "SELECT * FROM mine_probabilities('m', 't', ?)", "SELECT * FROM mine_tree('m')",
         "SELECT * FROM mine_importance('m')", "SELECT * FROM mine_coefficients('m')", "SELECT * FROM mine_centroids('m')",
         "SELECT * FROM mine_summary('m')", "SELECT mine_export('m', 'call')", "SELECT * FROM mine_neighbors('m', 't', ?)",
         "SELECT * FROM mine_evaluate('m')", "SELECT * FROM mine_warnings"]


@prop("mine_summary", make=wild_case, cases=150)
def anything(lab, case):
    """Any values in any columns with any options: rows or a sentence, and every figure finite or said to be none."""
    table = case["tables"]["t"]
    lab.create("t", table)
    rng = tables.generator("anything", case["dice"])
    for call in rng.sample(CALLS, 5):
        verb = call.split("(")[0].split()[-1].removeprefix("length(")
        about = "tree" if "mine_train" in call or "mine_fit" in call or "validate" in call else verb
        listed = [r for r in lab.db.execute("SELECT option, type, default_value FROM mine_options(?)", (about,))]
        asked = {}
        for name, kind, default in rng.sample(listed, min(len(listed), rng.randint(0, 3))):
            value = rng.choice(WILD + [c.name for c in table.columns] * 3 + ([default] if default else []))
            if name not in ("threads", "max_memory", "max_seconds", "progress", "max_iter", "starts"):
                asked[name] = value
        if rng.random() < 0.7 and ("mine_train" in call or "validate" in call):
            asked["target"] = rng.choice(table.columns).name
        if "kmeans" in call or "cluster" in verb:
            asked["k"] = rng.choice([1, 2, 3])
        values = (options(asked),) if "?" in call else ()
        rows, error = lab.refused(call, *values)
        if error is None:
            finite(lab, call, rows)
            if "mine_train" in call:
                for _ in range(rng.choice((0, 0, 3)) if table.rows else 0):  # rows that training never saw
                    column = rng.choice(table.columns)
                    lab.run(f"UPDATE t SET {quoted(column.name)} = ? WHERE rowid = ?", rng.choice(POOL), rng.randint(1, len(table.rows)))
                for after in rng.sample(AFTER, 4):
                    rows, error = lab.refused(after, *(("{}",) if "?" in after else ()))
                    if error is None:
                        finite(lab, after, rows)


def finite(lab, call, rows):
    if any(isinstance(v, float) and math.isinf(v) for row in lab.db.execute("SELECT * FROM t") for v in row):
        return
    for row in rows:
        for v in row:
            if isinstance(v, float) and math.isinf(v) and "roc" not in call and "anova" not in call:
                raise Wrong("an infinite figure", (call, row))
