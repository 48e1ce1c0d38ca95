"""One table in many spellings: numbers as texts of every kind, dates in every form, codes; and every way to name it."""
import copy
import datetime as dt
import math

import of_changes
import of_models
import of_rows
import tables
from lab import must, near, options, prop, quoted, same

EPOCH = dt.datetime(1970, 1, 1)
WAYS = ["plain", "text", "comma", "money", "percent", "exponent", "words"]


def grouped_digits(v, point, comma):
    """1234567.5 as 1,234,567.5"""
    text = repr(v) if v != int(v) else str(int(v))
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, rest = text.partition(".")
    parts = []
    while len(whole) > 3:
        parts.insert(0, whole[-3:])
        whole = whole[:-3]
    return sign + comma.join([whole, *parts]) + (point + rest if rest else "")


def spelled(rng, v, way):
    """A number as people write it; numbers here have at most three digits after the point."""
    if v is None:
        return rng.choice(["NA", "-"]) if way == "words" else rng.choice([None, "", " "]) if way != "plain" else None
    short = repr(v) if v != int(v) else str(int(v))
    if way == "plain":
        return v
    if way in ("text", "words"):
        return rng.choice([short, f" {short}", f"{short} ", short + (".0" if "." not in short else "0")])
    if way == "comma":
        return rng.choice([short.replace(".", ","), grouped_digits(v, ",", ".") if abs(v) >= 1000 else short.replace(".", ",")])
    if way == "money":
        text = grouped_digits(abs(v), ".", ",")
        return ("-" if v < 0 else "") + rng.choice(["$", "€ ", ""]) + text
    if way == "percent":
        return short + "%"
    return f"{v:.12e}" if rng.random() < 0.5 else short


def spelling_case(rng):
    case = of_models.model_case(rng, rows=(12, 30, 60), gaps=(0, 0.1), algorithms=("tree", "bayes", "knn"))
    table = case["tables"]["t"]
    for i in range(len(table.columns) - 1, -1, -1):
        if table.columns[i].role == "feature" and table.columns[i].kind != "category":
            table.drop(i)
    n = len(table.rows)
    ways = {}
    comma = rng.random() < 0.3
    for k in range(rng.randint(1, 3)):
        size = rng.choice([1, 100, 100000])
        values = [None if rng.random() < 0.05 else round(rng.uniform(-size, size), rng.choice([0, 1, 3])) for _ in range(n)]
        way = rng.choice(["plain", "comma"] if comma else [w for w in WAYS if w != "comma"])
        column = tables.Column(f"n{k}", "REAL", "number")
        tables.add(table, column, values)
        ways[column.name] = [way] + [spelled(rng, v, way) for v in values]
    days = [rng.randrange(15000, 20000) for _ in range(n)]
    tables.add(table, tables.Column("day", "REAL", "number"), [float(d) for d in days])
    form = rng.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%y", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%Y", "%Y/%m/%d"])
    ways["day"] = [form] + [(EPOCH + dt.timedelta(days=d)).strftime(form) for d in days]
    codes = [rng.choice([1, 2, 3, 10]) for _ in range(n)]
    tables.add(table, tables.Column("code", "TEXT", "category"), [f"{c}" for c in codes])
    ways["code"] = ["code"] + codes
    return dict(case, ways=ways, decimal=comma)


@prop("mine_train", "mine_predict", make=spelling_case, cases=80)
def spellings(lab, case):
    """Numbers with blanks, decimal commas, currency, percent, exponents, words for missing; dates; codes: the same model."""
    table = case["tables"]["t"]
    other = copy.deepcopy(table)
    more = {"numeric": [], "date_format": [], "categorical": [c.name for c in table.features() if c.kind == "category"]}
    for i, c in enumerate(other.columns):
        if c.name not in case["ways"]:
            continue
        way, *values = case["ways"][c.name]
        if len(values) != len(other.rows):
            return  # made smaller
        for row, value in zip(other.rows, values):
            row[i] = value
        if way == "code":
            c.declared = "INTEGER"
        elif c.name == "day":
            c.declared = "TEXT"
            more["date_format"].append(f"day:{way}")
        elif way != "plain":
            c.declared = "TEXT"
        if way in ("money", "percent", "exponent"):
            more["numeric"].append(c.name)
        if way == "words":
            more["na"] = ["NA", "-"]
    if case["decimal"]:
        more["decimal"] = "comma"
    if not more["numeric"]:
        del more["numeric"]
    a = of_changes.predictions(lab, case, table)
    b = of_changes.predictions(lab, case, other, more, "v")
    of_changes.alike(a, b, "spelling", 1e-9)


# ---- neighbours' votes -------------------------------------------------------------------------


def vote_case(rng):
    return of_models.model_case(rng, algorithms=("knn",), rows=(12, 30, 60))


@prop("mine_predict", "mine_probabilities", make=vote_case, cases=100)
def votes(lab, case):
    """What the k nearest say, counted by hand; rows whose k-th neighbour is tied are left out."""
    lab.create("t", case["tables"]["t"])
    case = dict(case, holdout=0)
    data = of_models.trained(lab, case)
    if data is None:
        return
    target = data.values[data.table.of("target").name]
    used = [i for i in range(data.n) if target[i] is not None]
    base = {c.name: [data.values[c.name][i] for i in used] for c in data.columns}
    own = case["own"]
    if own["metric"] == "gower":
        far = of_rows.gower(data.features(), base, data.values, len(used), data.n, True)
    else:
        space = of_rows.Space(data.features(), base, "none" if own["metric"] == "cosine" else "standard", False)
        far = of_rows.distances(own["metric"], space.place(base, len(used)), space.place(data.values, data.n)).tolist()
    got = dict(lab.ask("SELECT id, prediction FROM mine_predict('m', 't')"))
    shares = {}
    if case["kind"] != "regression":
        for ident, c, p in lab.ask("SELECT id, class, probability FROM mine_probabilities('m', 't')"):
            shares[ident, c] = p
    for i in range(data.n):
        counted(case, [target[j] for j in used], far[i], own, got[data.ids[i]],
                {c: p for (ident, c), p in shares.items() if ident == data.ids[i]})


def counted(case, answers, far, own, got, shares):
    order = sorted((math.inf if d is None else d, j) for j, d in enumerate(far))
    k = min(own["k"], len(order))
    if len(order) > k and near(order[k - 1][0], order[k][0], 1e-5, 1e-3):
        return
    chosen = [(d, j) for d, j in order[:k] if d < math.inf] or order[:k]
    if own["voting"] == "distance" and chosen[0][0] < 1e-5 and chosen[-1][0] > 0:
        return  # zero, or what rounding makes of it
    weights = [1.0] * len(chosen)
    if own["voting"] == "distance" and 0 < chosen[0][0] < math.inf:
        weights = [1 / d for d, _ in chosen]
    total = math.fsum(weights)
    if case["kind"] == "regression":
        mean = math.fsum(w * answers[j] for w, (_, j) in zip(weights, chosen)) / total
        same(got, mean, "votes: mean", 1e-6, max(abs(float(v)) for v in answers) * 1e-3)
        return
    for c, p in shares.items():
        same(p, math.fsum(w for w, (_, j) in zip(weights, chosen) if answers[j] == c) / total, "votes: share", 1e-6, 1e-3)


# ---- splits, thresholds, triggers, ways to name a source ---------------------------------------


def split_case(rng):
    case = of_models.model_case(rng, rows=(30, 60, 120), gaps=(0,))
    table = case["tables"]["t"]
    for i in range(len(table.columns) - 1, -1, -1):
        if table.columns[i].role == "feature" and table.columns[i].kind == "category":
            table.drop(i)
    tables.add(table, tables.Column("steady", "REAL", "number"), [rng.gauss(0, 1) for _ in table.rows])
    tables.add(table, tables.Column("side", "TEXT", "category", "side"), [rng.choice(["train", "train", "test"]) for _ in table.rows])
    return dict(case, threshold=rng.choice([0, 0.2, 0.5, 0.8, 1]))


@prop("mine_evaluate", "mine_confusion", "mine_roc", "mine_predict", make=split_case, cases=80)
def held_out(lab, case):
    """The rows that split= holds out are measured by a model of the others; a threshold moves what it should."""
    lab.create("t", case["tables"]["t"])
    data = tables.Data(lab, "t", case["tables"]["t"])
    asked = {k: v for k, v in of_models.given(case).items() if k != "holdout"}
    target = data.values[data.table.of("target").name]
    if case["kind"] == "two":
        asked["positive"] = str(next(v for v in target if v is not None))
        if any("\0" in str(v) for v in target):
            return
    _, error = lab.refused("SELECT mine_train('m', ?, 't', ?)", case["algorithm"], options(dict(asked, split="side", refit=0)))
    sides = {s: [target[i] for i in range(data.n) if data.values["side"][i] == s and target[i] is not None] for s in ("train", "test")}
    every = {v for v in target if v is not None}
    whole = case["kind"] == "regression" or set(sides["train"]) == set(sides["test"]) == every
    varying = all(len({data.values[c.name][i] for i in range(data.n) if data.values["side"][i] == "train"}) > 1
                  for c in data.features())
    if error or not whole or not varying:
        return
    test = "SELECT * FROM t WHERE side = 'test'"
    held = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m')"))
    given = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m', ?)", test))
    lab.ask("SELECT mine_train('n', ?, ?, ?)", case["algorithm"], "SELECT * FROM t WHERE side = 'train'",
            options(dict(asked, holdout=0, ignore=["side"])))
    alone = dict(lab.ask("SELECT metric, value FROM mine_evaluate('n', ?)", test))
    for metric, value in alone.items():
        must(near(given[metric], value, 1e-6, 1e-6), f"split: {metric} of a model of the others", lambda: (given, alone))
        must(held[metric] is None or near(held[metric], value, 1e-6, 1e-6), f"split: {metric} of the held-out rows", lambda: (held, alone))
    if case["kind"] == "two":
        threshold(lab, case, data, test, asked["positive"])


def threshold(lab, case, data, test, plus):
    """On the held-out rows and on the same rows as a source."""
    cut = {"threshold": case["threshold"]}
    rows = lab.ask("SELECT prediction, probability FROM mine_predict('m', ?, ?)", test, options(cut))
    for prediction, p in rows:
        must((str(prediction) == plus) == (p >= case["threshold"]), "threshold: prediction", (prediction, p, plus))
    measured = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m', ?, ?)", test, options(cut)))
    held = dict(lab.ask("SELECT metric, value FROM mine_evaluate('m', NULL, ?)", options(cut)))
    actual = [v for v, s in zip(data.values[data.table.of("target").name], data.values["side"]) if s == "test"]
    both = [(str(a) == plus, str(p) == plus) for a, (p, _) in zip(actual, rows) if a is not None]
    called, hit = sum(b for _, b in both), sum(a and b for a, b in both)
    for found in (measured, held):
        same(found["accuracy"], sum(a == b for a, b in both) / len(both), "threshold: accuracy", 1e-12)
        if found.get("recall") is not None:
            same(found["recall"], hit / sum(a for a, _ in both), "threshold: recall", 1e-12)
        if found.get("precision") is not None:
            same(found["precision"], hit / called, "threshold: precision", 1e-12)


@prop("mine_export", "mine_train", make=of_models.model_case, cases=60)
def triggers(lab, case):
    """The trigger that mine_export writes scores new rows as mine_predict does."""
    table = case["tables"]["t"]
    lab.create("t", table)
    if of_models.trained(lab, case) is None:
        return
    columns = ", ".join(f"{quoted(c.name)} {c.declared}" for c in table.columns)
    lab.run(f"CREATE TABLE fresh({columns}, answer)")
    kind = [{}, {"what": "probability"}][case["kind"] == "two" and case["seed"] % 2]
    (made,), = lab.ask("SELECT mine_export('m', 'trigger', NULL, ?)", options(dict(kind, table="fresh", column="answer")))
    first = made.rindex("\nCREATE TRIGGER ")
    lab.ask(made[:first])
    lab.ask(made[first:])
    lab.ask("INSERT INTO fresh SELECT *, NULL FROM t")
    want = lab.ask(f"SELECT {'probability' if kind else 'prediction'} FROM mine_predict('m', 't')")
    one = quoted(next(name for (name,) in lab.ask("SELECT name FROM mine_summary('m') WHERE item = 'feature'")))
    for change in ("", "UPDATE fresh SET answer = 'forgotten'", f"UPDATE fresh SET {one} = {one}"):
        if change:
            lab.ask(change)
        got = lab.ask("SELECT answer FROM fresh ORDER BY rowid")
        same = got == want or change.endswith("'forgotten'")
        must(same, "trigger: another answer", lambda: (change, of_models.differing(got, want)))


@prop("mine_export", "mine_import", "mine_formats", "mine_train", make=of_models.model_case, cases=60)
def exported(lab, case):
    """The SELECT that mine_export writes says what mine_predict says, and proves it; other forms are texts."""
    lab.create("t", case["tables"]["t"])
    if of_models.trained(lab, case) is None:
        return
    (kind,), = lab.ask("SELECT kind FROM mine_formats WHERE ', ' || algorithms || ',' LIKE '%, ' || ? || ',%' LIMIT 1", case["algorithm"])
    for name, written in lab.ask("SELECT format, written FROM mine_formats WHERE kind = ? AND format NOT IN ('trigger', 'sql')", kind):
        texts, error = lab.refused("SELECT mine_export('m', ?)", name)
        said = error and any(w in error for w in ("XML cannot hold", "cannot tell apart", "no form for", "needs for itself"))
        must((error is None) == bool(written) or said, "export: not as mine_formats has it", lambda: (name, kind, error))
        must(error or texts[0][0], "export: nothing", (name, kind))
    lab.ask("SELECT mine_import('back', mine_export('m', 'json'))")
    (same_bytes,), = lab.ask("SELECT a.model = b.model FROM mine_models AS a, mine_models AS b WHERE a.name = 'm' AND b.name = 'back'")
    must(same_bytes, "import: other bytes", kind)
    texts, error = lab.refused("SELECT mine_export('m', 'sql', NULL, 'table=t')")
    if error:
        must(kind == "neighbours" or "do not all look alike" in error, "export: refused", error)
        return
    want = lab.ask("SELECT prediction, confidence, distance FROM mine_predict('m', 't')")
    close = {i for i, row in enumerate(want) if row[1] is not None and abs(row[1] - 0.5) < 1e-9}
    got = lab.ask(texts[0][0])
    must(len(got) == len(want), "export: rows", lambda: (len(got), len(want)))
    for i, (row, ours) in enumerate(zip(got, want)):
        if isinstance(ours[0], float):
            same(row[1], ours[0], "export: another number", 1e-9)
        else:
            must(row[1] == ours[0] or i in close, "export: another answer", lambda: (i, row, ours))
        said = ours[1] if ours[1] is not None else ours[2]
        if said is not None:
            same(row[-1], said, "export: another probability or distance", 1e-9)
    (check,), = lab.ask("SELECT mine_export('m', 'sql', 't', 'table=t, what=check')")
    must(not lab.ask(check), "export: the rows given are wrong", lambda: lab.ask(check))
    (check,), = lab.ask("SELECT mine_export('m', 'sql', NULL, 'table=t, what=check')")
    must(not lab.ask(check), "export: the proof is wrong", lambda: lab.ask(check))


def source_case(rng):
    case = of_models.model_case(rng, rows=(12, 30))
    return dict(case, name=rng.choice(["t 1", 'q"q', "order", "客户", "a.b", "select", "T'x", "main", "WITHdraw", "x;y"]))


@prop("mine_fit", "mine_predict", "mine_profile", make=source_case, cases=50)
def sources(lab, case):
    """A table by its name, quoted, with its schema, as a view, a TEMP view, a SELECT: the same answers."""
    table, name = case["tables"]["t"], case["name"]
    lab.create("t", table)
    lab.create(name, table)
    lab.ask(f"CREATE VIEW {quoted('v ' + name)} AS SELECT * FROM {quoted(name)}")
    lab.ask(f"CREATE TEMP VIEW {quoted('tv ' + name)} AS SELECT * FROM {quoted(name)}")
    if of_models.trained(lab, case) is None:
        return
    want = lab.ask("SELECT * FROM mine_predict('m', 't')")
    shown = lab.ask("SELECT * FROM mine_profile('t')")
    for source in (name, quoted(name), f"main.{quoted(name)}", "v " + name, "tv " + name, f"temp.{quoted('tv ' + name)}",
                   f"/* a */ SELECT * FROM {quoted(name)} -- b", f"WITH w AS (SELECT * FROM {quoted(name)}) SELECT * FROM w"):
        lab.ask("SELECT mine_train('n', ?, ?, ?)", case["algorithm"], source, options(of_models.given(case)))
        must(lab.ask("SELECT * FROM mine_predict('n', ?)", source) == want, "source: another answer", source)
        must(lab.ask("SELECT * FROM mine_profile(?)", source) == shown, "source: another profile", source)
