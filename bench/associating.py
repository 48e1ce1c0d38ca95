"""Itemsets beside SQLite's own work and other libraries: a group of workloads, as in workloads.py.

Three kinds of baskets: retail (16,470 items, long tails), T10I4D100K (sparse) and mushroom (dense:
23 of 119 items in each), from the files of MINE_DATA, else generated.  Ours begins with the rows of
a table.  Of pyfim the mining alone is measured, and its mining with the reading of the same rows;
of mlxtend and efficient-apriori the mining alone, at supports that they bear.
"""
import os
import pathlib
import sqlite3

from workloads import HERE, Comparison
from sides import Side

FILES = {"baskets": "retail.dat", "sparse": "T10I4D100K.dat", "dense": "mushroom.dat"}
OUTPUT = "SELECT count(*), sum(length(item)) FROM (SELECT * FROM b ORDER BY basket, item LIMIT -1 OFFSET 0)"


def source(name):
    """The file behind a database of baskets, or None: generated ones stand in."""
    folder = pathlib.Path(os.environ.get("MINE_DATA", HERE.parent.parent / "shared" / "data"))
    path = folder / FILES.get(name, "")
    return path if path.is_file() else None


def read(path, lines_of):
    """One line of the file is one basket."""
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE b(basket INTEGER, item INTEGER)")
    with open(lines_of, encoding="ascii") as lines:
        con.executemany("INSERT INTO b VALUES(?,?)",
                        ((n, int(item)) for n, line in enumerate(lines, 1) for item in line.split()))
    con.commit()
    con.close()


def data_plan(s, wanted):
    if "itemsets" not in wanted:
        return {}
    few = max(s.rows // 10, 10000)
    return {"baskets": ("baskets", few, 1), "sparse": ("baskets", few, 1), "dense": ("dense", max(s.rows // 120, 1000), 1)}


def itemsets(s):
    cases = []
    for name, count, counted in (("baskets", 45, False), ("sparse", 100, False), ("dense", 813, False), ("dense", 407, True)):
        if not source(name):
            count = count if name == "baskets" else None
        number = count or max(s.rows // 1000, 20)
        what = f"itemsets at count {number}, {FILES[name] if source(name) else 'generated ' + name + ' baskets'}"
        sets = "count(*)" if counted else "count(*), sum(length(itemset))"
        ours = s.worker("sqlite-mine", name, "sql", "", f"SELECT {sets} FROM mine_itemsets('b', 'min_count={number}')")
        same = {"db": s.db(name), "count": number}
        sides = [ours, *(s.peer(f"pyfim {f}{', reading too' if r else ''}", "pyfim", by=f, reading=r, **same)
                         for f in ("fpgrowth", "eclat") for r in (False, True))]
        goals = {"pyfim fpgrowth, reading too": 1.0, "pyfim eclat, reading too": 1.0}
        if counted:
            cases.append(Comparison(what + ", only counted", sides, goals=goals, judge="itemsets"))
            continue
        sides.append(Side("R arules", ["Rscript", str(HERE / "arules.R"), s.db(name), str(number)]))
        cases.append(Comparison(what, sides, goals=goals, judge="itemsets"))
        cases.append(Comparison(f"{what}, and SQLite's ordered scan", [ours_again(s, name, number), s.worker(
            "the rows in order", name, "sql", "", OUTPUT)], "floor", {"the rows in order": 2.0}))
    for name, count, function in (("dense", 2437, "efficient_apriori"), ("dense", 1625, "mlxtend_fpgrowth"),
                                  ("sparse", 1000, "efficient_apriori"), ("sparse", 1000, "mlxtend_fpgrowth")):
        if source(name):
            cases.append(Comparison(f"itemsets at count {count}, {FILES[name]}", [
                ours_again(s, name, count), s.peer(function.replace("_", " "), function, db=s.db(name), count=count)],
                goals={function.replace("_", " "): 1.0}, judge="itemsets", warm=False))
    return cases


def ours_again(s, name, count):
    return s.worker("sqlite-mine", name, "sql", "",
                    f"SELECT count(*), sum(length(itemset)) FROM mine_itemsets('b', 'min_count={count}')")


GROUPS = {"itemsets": itemsets}
