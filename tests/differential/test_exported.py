#!/usr/bin/env python3
"""What leaves says what mine_predict says, on every row: SQL in a plain SQLite, C through a compiler.

The rows are those of training and the same with gaps and levels never seen.  Ties of classes are
decided by rounding and left out, as the proofs do.
"""
import ctypes
import datetime
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import exported as ex
from exported import mt

mt.preload_self()
checks = mt.Checks("exported models against mine_predict")
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mine-exported-"))
COMPILER = shutil.which("cc")


def plain(names, rows):
    """A SQLite without the extension that holds the table."""
    db = sqlite3.connect(":memory:")
    ex.create(db, "rows", names, rows)
    return db


def as_sql(db, bare, want, ties, where):
    (text,), = db.execute("SELECT mine_export('m', 'sql', NULL, 'table=rows')")
    cursor = bare.execute(text)
    rows = cursor.fetchall()
    wrong = ex.differences([d[0] for d in cursor.description], rows, want, ties)
    checks.that(not wrong, f"sql: {where}", f"{len(rows)} rows, {len(text)} bytes, {len(wrong)} wrong {wrong[:3]}")
    (text,), = db.execute("SELECT mine_export('m', 'sql', NULL, 'table=rows, what=check')")
    wrong = bare.execute(text).fetchall()
    checks.that(not wrong, f"sql: {where} checks itself", f"{wrong[:3]}")


def as_c(db, names, rows, want, ties, where):
    (text,), = db.execute("SELECT mine_export('m', 'c')")
    source, program, library = FOLDER / "model.c", FOLDER / "model", FOLDER / f"model{as_c.n}.so"
    as_c.n += 1
    source.write_text(text, encoding="utf-8")
    flags = [COMPILER, "-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Wno-overlength-strings", "-Werror"]
    done = subprocess.run([*flags, "-o", str(program), str(source), "-lm"], capture_output=True, text=True, check=False)
    checks.that(done.returncode == 0, f"c: {where} compiles", done.stderr[:300])
    if done.returncode:
        return
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    checks.that(done.returncode == 0, f"c: {where} checks itself", done.stdout[-200:].replace("\n", " "))
    subprocess.run([*flags, "-DMINE_NO_MAIN", "-shared", "-fPIC", "-o", str(library), str(source), "-lm"], check=True)
    shared = ctypes.CDLL(str(library))
    wrong = [d for row in rows for d in scored(shared, names, row, want, ties)]
    checks.that(not wrong, f"c: {where}", f"{len(rows)} rows, {len(wrong)} wrong {wrong[:3]}")


as_c.n = 0


def features(shared):
    """(name, whether it is a number, of a date) as the file says."""
    table = (ctypes.c_char_p * 1000).in_dll(shared, "mine_features")
    out = []
    for name in table:
        if name is None:
            return out
        out.append(name.decode())
    return out


def days(text):
    """A date as days since 1970."""
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


def scored(shared, names, row, want, ties):
    """What is another answer in one row."""
    asked = features(shared)
    place = {n: k for k, n in enumerate(names)}
    numbers = (ctypes.c_double * len(asked))(*[float("nan")] * len(asked))
    texts = (ctypes.c_char_p * len(asked))()
    for f, name in enumerate(asked):
        cell = row[place[name]]
        if cell is None or cell == "":
            continue
        texts[f] = str(cell).encode()
        try:
            numbers[f] = days(cell) if name == "since" else float(cell)
        except ValueError:
            pass
    out = (ctypes.c_double * 100)(*[-1.0] * 100)
    shared.mine_score.restype = ctypes.c_int
    group = shared.mine_score(numbers, texts, out)
    prediction, probability, confidence, distance = want[row[0]]
    if distance is not None:  # a clustering; behind shares, where it has them.  Noise has no confidence
        filled = len([c for c in list(out) if c != -1.0])
        good = group + 1 == prediction and ex.close(out[filled - 1], distance)
        good = row[0] in ties or good and (confidence is None or group < 0 or ex.close(out[group], confidence))
    elif confidence is not None:
        good = row[0] in ties or group >= 0 and ex.close(out[group], confidence)
    elif isinstance(prediction, float):
        good = ex.close(out[0], prediction)
    else:
        good = group == -1
    return [] if good else [(row[0], group, list(out)[:3], want[row[0]])]


def main():
    for table, (rows_of, roles) in ex.TABLES.items():
        found = rows_of()
        if not found:
            print(f"skipped: {table}: its data are not in MINE_DATA")
            continue
        names, rows = found
        if not ex.LONG and table != ex.DAILY:
            print(f"{table}: tools/long_checks.sh exports")
            continue
        db = mt.connect()
        ex.create(db, "rows", names, rows)
        ex.create(db, table, names, rows)
        other = ex.spoilt(names, rows, {roles[r] for r in ("two", "many", "number")})
        bare, spoilt = plain(names, rows), plain(names, other)
        ex.create(db, "spoilt", names, other)
        lacking = []  # models that the table has no columns for
        for row in ex.MODELS:
            if len(sys.argv) > 1 and sys.argv[1] not in (row[0], table):
                continue
            if not ex.train(db, "m", table, names, roles, row):
                lacking.append(row[0])
                continue
            skips = row[3].get("missing") == "skip"
            for source, database, cells in (("rows", bare, rows), ("spoilt", spoilt, other)):
                want, ties = ex.expected(db, "m", source), ex.tied(db, "m", source)
                where = f"{row[0]} of {table}, {source}, {len(ties)} ties"
                as_sql(db, database, want, ties, where)
                if COMPILER and (source == "spoilt" or (ex.LONG and table != "adult")):
                    as_c(db, names, cells[:2000] if skips or table == "adult" else cells, want, ties, where)
        if table == ex.DAILY:
            checks.equal(lacking, [], f"models that {table} has no columns for")
    shutil.rmtree(FOLDER)
    checks.end()


main()
