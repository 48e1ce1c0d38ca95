"""Recommenders beside numpy and implicit: groups of workloads, as in workloads.py.

At a million rows (the default): EASE on 10,000 items of two million events, alternating least
squares on five million events and 64 factors, and TIFU-KNN on the log of Ta-Feng, trained and asked
for all of its customers.  --rows scales the first two.  What is fitted has been read before, here
and there; of TIFU-KNN ours begins with the table.
"""
import csv
import lzma
import os
import pathlib
import sqlite3

from workloads import HERE, Comparison

FACTORS, TURNS, ALPHA, PENALTY = 64, 15, 5, 50.0
LAMBDA = 500
HIT = """SELECT sum(item IN (SELECT i FROM future WHERE future.c = o.id)) * 1.0 / (SELECT count(DISTINCT c) FROM future)
         FROM mine_recommend((SELECT mine_fit('tifu', 't', 'holdout=0'))) o"""


def sizes(s):
    """(items of EASE, its events, events of ALS, its items)"""
    return (max(300, s.rows // 100), max(20000, 2 * s.rows), max(50000, 5 * s.rows), max(500, s.rows // 50))


def data_plan(s, wanted):
    if "recommend" not in wanted:
        return {}
    items, events, many, others = sizes(s)
    return {"offers": ("events", events, items), "taken": ("events", many, others)}


def tafeng(s):
    """The database of Ta-Feng, or None; t is what was before the basket to be foretold."""
    folder = pathlib.Path(os.environ.get("MINE_DATA", HERE.parent.parent / "shared" / "data"))
    source, path = folder / "tafeng_baskets.csv.xz", s.data / "tafeng.db"
    if not source.exists():
        return None
    if not path.exists():
        con = sqlite3.connect(path)
        con.execute("CREATE TABLE t(c INTEGER, i INTEGER, b INTEGER)")
        con.execute("CREATE TABLE future(c INTEGER, i INTEGER)")
        with lzma.open(source, "rt") as lines:
            for c, b, i in list(csv.reader(lines))[1:]:
                if b == "0":
                    con.execute("INSERT INTO future VALUES(?, ?)", (int(c), int(i)))
                else:
                    con.execute("INSERT INTO t VALUES(?, ?, ?)", (int(c), int(i), int(b)))
        con.execute("CREATE INDEX of ON future(c, i)")
        con.commit()
        con.close()
    return path


def recommend(s):
    items, events, many, others = sizes(s)
    als = (f"factors={FACTORS}, iterations={TURNS}, alpha={ALPHA}, regularization={PENALTY}, regularization_scale=0, "
           "holdout=0")
    last = "SELECT CAST(replace(detail, rtrim(detail, '0123456789.e+'), '') AS REAL) FROM mine_summary(?1) WHERE name = 'loss'"
    ease = f"lambda={LAMBDA}, neighbors=1000, holdout=0"
    cases = [
        Comparison(f"EASE, {items} items of {events} events", [
            s.worker("sqlite-mine", "offers", "fit", "", "e", "ease", ease,
                     "SELECT sum(score) FROM mine_similar(?1, NULL, 'top=1')"),
            s.peer("numpy", "numpy_ease", db=s.db("offers"), penalty=LAMBDA)],
            goals={"numpy": 1.0}, judge="sum of best weights", warm=False),
        Comparison(f"ALS, {many} events, {FACTORS} factors, {TURNS} turns", [
            s.worker("sqlite-mine", "taken", "fit", "", "e", "als", als, last),
            s.peer("implicit", "implicit_als", db=s.db("taken"), factors=FACTORS, turns=TURNS, alpha=ALPHA,
                   penalty=PENALTY)],
            goals={"implicit": 1.0}, judge="loss", warm=False)]
    if tafeng(s):
        cases.append(Comparison("TIFU-KNN, Ta-Feng, all 13,858 customers", [
            s.worker("sqlite-mine", "tafeng", "sql", "",
                     "SELECT sum(item) FROM mine_recommend((SELECT mine_fit('tifu', 't', 'holdout=0')))", HIT),
            s.peer("numpy, scipy", "numpy_tifu", db=s.db("tafeng"))],
            goals={"numpy, scipy": 1.0}, judge="hits a customer", warm=False))
    return cases


GROUPS = {"recommend": recommend}
