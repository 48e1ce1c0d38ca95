#!/usr/bin/env python3
"""Components that leave say what mine_project says, on every row: SQL in a plain SQLite, C through a compiler, ONNX where
onnxruntime is (the peers); on the rows of training and on the same with gaps and levels never seen.  Their proofs prove them, and
a file in which one weight was changed is disproved."""
import ctypes
import datetime
import json
import math
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile

import exported as ex
from exported import mt
from leaving import peers_first

mt.preload_self()
peers_first()
try:
    import numpy as np
    import onnxruntime
except ImportError:
    onnxruntime = None
checks = mt.Checks("exported components against mine_project")
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mine-components-"))
COMPILER = shutil.which("cc")

# name, algorithm, options; columns that the model has not
MODELS = [
    ("pca", "pca", {"components": 3}, ["流失", "tier"]),
    ("pca of covariances", "pca", {"components": 2, "scale": "none"}, ["流失", "tier"]),
    ("pca of logs", "pca", {"components": "all", "scale": "log"}, ["流失", "tier", "a b"]),
    ("pca of ranks", "pca", {"components": 2, "scale": "quantile"}, ["流失", "tier"]),
    ("pca that skips", "pca", {"components": 2, "missing": "skip"}, ["流失", "tier"]),
    ("one component", "pca", {"components": 1}, ["流失", "tier", "a b", "select"]),
    ("factor", "factor", {"factors": 1}, ["流失", "tier", "a b", "select", "amount"]),
    ("factors", "factor", {"factors": 2, "rotation": "promax", "method": "minres"}, ["流失", "tier", "a b", "select"]),
]


def want_of(db, table):
    """id -> its scores"""
    out = {}
    for ident, _, value in db.execute("SELECT id, component, value FROM mine_project('m', ?) ORDER BY id, component", (table,)):
        out.setdefault(ident, []).append(value)
    return out


def wrong_of(rows, want):
    bad = [r for r in rows if len(r[1:]) != len(want[r[0]]) or not all(ex.close(a, b) for a, b in zip(r[1:], want[r[0]]))]
    return bad + ([("rows", len(rows), len(want))] if len(rows) != len(want) else [])


def as_sql(db, bare, want, where):
    (text,), = db.execute("SELECT mine_export('m', 'sql', NULL, 'table=rows')")
    cursor = bare.execute(text)
    rows = cursor.fetchall()
    named = [d[0] for d in cursor.description]
    checks.that(named == ["id"] + [f"component_{c}" for c in range(1, len(named))], f"sql: {where}: columns", str(named))
    wrong = wrong_of(rows, want)
    checks.that(not wrong, f"sql: {where}", f"{len(rows)} rows, {len(wrong)} wrong {wrong[:2]}")
    (text,), = db.execute("SELECT mine_export('m', 'sql', NULL, 'table=rows, what=check')")
    checks.that(not bare.execute(text).fetchall(), f"sql: {where} checks itself")
    last = list(re.finditer(r", \(?(NULL|[-0-9.e]+)\)?\)(,\n|\n\))", text[:text.index("\n_source")]))[-1]  # of the proof's last row
    if last.group(1) != "NULL":
        changed = text[:last.start(1)] + repr(float(last.group(1)) + 1) + text[last.end(1):]
        checks.that(len(bare.execute(changed).fetchall()) == 1, f"sql: {where}: a changed score is seen")


def cells_of(asked, names, row):
    """number[], text[] as the file takes them."""
    place = {n: k for k, n in enumerate(names)}
    numbers, texts = (ctypes.c_double * len(asked))(*[math.nan] * len(asked)), (ctypes.c_char_p * len(asked))()
    for f, name in enumerate(asked):
        cell = row[place[name]]
        if cell is None or cell == "":
            continue
        texts[f] = str(cell).encode()
        try:
            numbers[f] = (datetime.date.fromisoformat(cell) - datetime.date(1970, 1, 1)).days if name == "since" else float(cell)
        except ValueError:
            pass
    return numbers, texts


def as_c(db, names, rows, want, where, n):
    (text,), = db.execute("SELECT mine_export('m', 'c')")
    source, program, library = FOLDER / "model.c", FOLDER / "model", FOLDER / f"model{n}.so"
    source.write_text(text, encoding="utf-8")
    flags = [COMPILER, "-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Wno-overlength-strings", "-Werror"]
    done = subprocess.run([*flags, "-o", str(program), str(source), "-lm"], capture_output=True, text=True, check=False)
    checks.that(done.returncode == 0, f"c: {where} compiles", done.stderr[:300])
    if done.returncode:
        return
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    checks.that(done.returncode == 0, f"c: {where} checks itself", done.stdout[-200:])
    subprocess.run([*flags, "-DMINE_NO_MAIN", "-shared", "-fPIC", "-o", str(library), str(source), "-lm"], check=True)
    shared = ctypes.CDLL(str(library))
    asked = [t.decode() for t in iter(iter((ctypes.c_char_p * 1000).in_dll(shared, "mine_features")).__next__, None)]
    found, k = [], len(next(iter(want.values())))
    for row in rows:
        out = (ctypes.c_double * k)()
        group = shared.mine_score(*cells_of(asked, names, row), out)
        found.append((row[0], *(None if group < 0 else v for v in out)))
    wrong = wrong_of(found, want)
    checks.that(not wrong, f"c: {where}", f"{len(found)} rows, {len(wrong)} wrong {wrong[:2]}")


def as_onnx(db, names, rows, want, where):
    session = onnxruntime.InferenceSession(db.execute("SELECT mine_export('m', 'onnx')").fetchone()[0], providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()

    def ask(cells):
        fed = {}
        for i, column in zip(inputs, cells):
            number = i.type == "tensor(double)"
            fed[i.name] = (np.array([math.nan if v in (None, "") else float(v) for v in column], np.float64) if number else
                           np.array(["" if v is None else str(v) for v in column], object)).reshape(-1, 1)
        return session.run(["value"], fed)[0]

    def day(name, v):
        return (datetime.date.fromisoformat(v) - datetime.date(1970, 1, 1)).days if name == "since" and v else v
    place = {n: k for k, n in enumerate(names)}
    got = ask([[day(i.name, row[place[i.name]]) for row in rows] for i in inputs])
    wrong = wrong_of([(row[0], *map(float, v)) for row, v in zip(rows, got)], want)
    checks.that(not wrong, f"onnx: {where}", f"{len(wrong)} wrong {wrong[:2]}")
    proof = json.loads(session.get_modelmeta().custom_metadata_map["proof"])
    got = ask([[day(i.name, row["row"][k]) for row in proof] for k, i in enumerate(inputs)])
    bad = [k for k, row in enumerate(proof) if not all(ex.close(float(a), b) for a, b in zip(got[k], row["value"]))]
    checks.that(len(proof) >= 100 and not bad, f"onnx: {where}: its {len(proof)} rows prove it", str(bad[:3]))


def main():
    names, rows = ex.made()
    other = ex.spoilt(names, rows, {"流失", "tier"})
    db, bare = mt.connect(), {}
    for table, cells in (("rows", rows), ("spoilt", other)):
        ex.create(db, table, names, cells)
        bare[table] = sqlite3.connect(":memory:")
        ex.create(bare[table], "rows", names, cells)
    for n, (name, algorithm, options, gone) in enumerate(MODELS):
        said = json.dumps({**options, "ignore": gone + (["code"] if algorithm == "factor" else [])})
        db.execute("SELECT mine_train('m', ?, 'rows', ?)", (algorithm, said))
        for table, cells in (("rows", rows), ("spoilt", other)):
            want, where = want_of(db, table), f"{name}, {table}"
            as_sql(db, bare[table], want, where)
            if COMPILER and table == "spoilt":
                as_c(db, names, cells, want, where, n)
            if onnxruntime and table == "spoilt" and options.get("scale") != "quantile" and "missing" not in options:
                as_onnx(db, names, cells, want, where)
    shutil.rmtree(FOLDER)
    checks.end()


main()
