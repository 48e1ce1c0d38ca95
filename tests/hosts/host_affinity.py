"""Answers are compared as the source's own table would be: =, IN, joins and row values on keys.

An answer of a verb is copied into a table whose key columns are declared as the columns of
the source that they were read from.  Then both are asked the same random questions: every key
column, every type of the source's column, every way to write what is looked for.

    QUESTIONS=600 SEED=1 host_affinity.py

What cannot be known stays out; docs/guide/sources-and-safety.md lists it.
"""
import collections
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

mt.preload_self()

TYPES = ["INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", ""]
# Numbers that are written as SQLite writes them, so that a text is not one number in two spellings.
POOL = [0, 1, 2, 3, 7, 10, -3, 2.5, 9007199254740993, "0", "1", "3", "7", "10", "-3", "2.5", "a", "A", "a ", "b", "", "x'3"]
# Other spellings and BLOBs, where what is unknown does not matter: with literals, and beside typed columns.
WILD = POOL + [3.0, 1e15, "03", "3.0", " 3", "+3", "3e0", b"3", b"a", b"\x00", 12345678901234567890.0]


def ids(kind):
    """Values for a column: a number's text in a column without a type is neither here nor there."""
    values = [v for v in POOL if not isinstance(v, bytes)]
    return values if kind not in ("BLOB", "") else [v for v in values if not (isinstance(v, str) and v.strip("-.0123456789") == "")] + [""]


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return "x'%s'" % value.hex()
    return repr(value) if not isinstance(value, str) else "'%s'" % value.replace("'", "''")


def fill(db, rng):
    """A source for every type of an id, and a list to compare with for every type."""
    for i, kind in enumerate(TYPES):
        db.execute(f"CREATE TABLE s{i}(id {kind}, x REAL, y REAL, label)")
        label = [[0, 1], ["yes", "no"], ["0", "1"], ["a", "b"]][i % 4]
        for _ in range(30):
            x = rng.random()
            db.execute(f"INSERT INTO s{i} VALUES(?,?,?,?)", (rng.choice(ids(kind)), x, rng.random(), label[x > 0.5]))
    for i, kind in enumerate(TYPES):
        db.execute(f"CREATE TABLE r{i}(c {kind})")
        for value in rng.sample(POOL, 9) + [None]:
            db.execute(f"INSERT INTO r{i} VALUES(?)", (value,))


def calls(db):
    """(call, {key column: declared type}) of every kind of key."""
    out = []
    for i, kind in enumerate(TYPES):
        source = f"s{i}"
        model = f"m{i}"
        labels = {"integer": "INTEGER", "text": "TEXT"}[db.execute(f"SELECT typeof(label) FROM {source}").fetchone()[0]]
        db.execute(f"SELECT mine_train('{model}', 'tree', '{source}', 'id=id, target=label, max_depth=2')")
        db.execute(f"SELECT mine_train('k{i}', 'kmeans', '{source}', 'id=id, ignore=label, k=3')")
        only = f"SELECT id, x, y FROM {source}"
        out.append((f"mine_predict('{model}', '{source}')", {"id": kind, "prediction": labels}))
        out.append((f"mine_predict('k{i}', 'SELECT * FROM (SELECT id, x, y FROM {source})')", {"id": kind}))
        out.append((f"mine_cluster('{only}', 'k=3, id=id')", {"id": kind, "cluster": "INTEGER"}))
        out.append((f"mine_probabilities('{model}', '{source}')", {"id": kind, "class": labels}))
        out.append((f"mine_confusion('{model}', '{source}')", {"actual": labels, "predicted": labels}))
        other = TYPES[(i + 1) % len(TYPES)]
        out.append((f"mine_neighbors('{only}', 'SELECT id, x, y FROM s{(i + 1) % len(TYPES)}', 'k=4, id=id')",
                    {"query_id": other, "id": kind, "rank": "INTEGER"}))
    out.append(("mine_rules('SELECT label, id FROM s1', 'min_count=1, min_confidence=0.01')", {"antecedent": "TEXT"}))
    out.append(("mine_centroids('k1')", {"cluster": "INTEGER", "feature": "TEXT"}))
    out.append(("mine_tree('m1')", {"node": "INTEGER", "parent": "INTEGER"}))
    return out


def copy(db, number, call, keys):
    columns = [(name, kind) for name, kind in
               db.execute("SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden=0", (call.split("(")[0],))]
    declared = ", ".join(f'"{name}" {keys.get(name, kind)}' for name, kind in columns)
    db.execute(f"CREATE TABLE copy{number}({declared})")
    db.execute(f"INSERT INTO copy{number} SELECT * FROM {call}")
    same = db.execute(f"SELECT count(*) FROM (SELECT * FROM copy{number} EXCEPT SELECT * FROM {call})").fetchone()[0]
    assert same == 0, f"{call}: the copy differs"
    return [name for name, _ in columns]


def sought(rng):
    """What is looked for, as SQL, and the value of its parameter."""
    value = rng.choice(POOL)
    form = rng.randrange(6)
    if form < 3:
        return literal(rng.choice(WILD)), None
    if form == 3:
        return "?1", value
    if form == 4:
        return f"CAST({literal(value)} AS TEXT)", None
    return f"coalesce(NULL, {literal(value)})", None


def some(rng, n):
    return ", ".join(literal(v) for v in rng.sample(POOL, n) + [None] * (rng.random() < 0.3))


def question(rng, keys):
    """(joined tables, condition, parameter)"""
    key = rng.choice(keys)
    other = rng.choice([k for k in keys if k != key] or [None])
    table = rng.choice([f"r{i}" for i in range(4)])
    form = rng.randrange(14)
    if form <= 1:
        sql, value = sought(rng)
        return "", rng.choice([f"a.{key} = {sql}", f"{sql} = a.{key}"]), value
    if form == 2:
        return "", f"a.{key} IN ({some(rng, 4)})", None
    if form == 3:
        return "", f"a.{key} IN (SELECT c FROM {table})", None
    if form == 4:
        return f" JOIN {table} v ON v.c = a.{key}", "1", None
    if form == 5:
        return f" JOIN {table} v ON a.{key} = v.c", "1", None
    if form == 6:
        return "", f"(a.{key}, 1) = ({literal(rng.choice(WILD))}, 1)", None
    if form == 7 and other:
        return "", f"a.{key} = {literal(rng.choice(WILD))} AND a.{other} = {literal(rng.choice(WILD))}", None
    if form == 8 and other:
        return "", f"a.{key} IN ({some(rng, 6)}) AND a.{other} IN ({some(rng, 6)})", None
    if form == 9 and other:
        return "", f"a.{key} IN (SELECT c FROM {table}) AND a.{other} = {literal(rng.choice(WILD))}", None
    if form == 10:
        return f" JOIN {table} v ON v.c = a.{key}", f"a.{key} IN ({some(rng, 5)})", None
    if form == 11:
        return "", f"a.{key} IS {literal(rng.choice(WILD))}", None
    if form == 12:
        return "", f"a.{key} IS NOT NULL AND a.{key} = {literal(rng.choice(WILD))}", None
    return "", f"a.{key} = (SELECT c FROM {table} WHERE rowid = {rng.randrange(1, 11)})", None


def ask(db, columns, table, joined, condition, value):
    shown = ", ".join(f'quote(a."{name}")' for name in columns) + (", quote(v.c)" if joined else "")
    return sorted(db.execute(f"SELECT {shown} FROM {table} a{joined} WHERE {condition}",
                             (value,) if "?1" in condition else ()).fetchall())


def main():
    questions = int(os.environ.get("QUESTIONS", "600"))
    seed = int(os.environ.get("SEED", "1"))
    rng = random.Random(seed)
    db = mt.connect(isolation_level=None)
    fill(db, rng)
    tables = [(call, keys, copy(db, n, call, keys)) for n, (call, keys) in enumerate(calls(db))]
    wrong = collections.Counter()
    example = {}
    for _ in range(questions):
        n = rng.randrange(len(tables))
        call, keys, columns = tables[n]
        joined, condition, value = question(rng, list(keys))
        got = ask(db, columns, call, joined, condition, value)
        want = ask(db, columns, f"copy{n}", joined, condition, value)
        if got != want:
            group = str(sorted(keys.items()))
            wrong[group] += 1
            example.setdefault(group, (call, joined, condition, value, len(got), len(want)))
    for group, count in wrong.most_common():
        print(count, group, example[group])
    print(f"{questions} questions, {sum(wrong.values())} differ")
    return bool(wrong) or questions == 0


if __name__ == "__main__":
    sys.exit(main())
