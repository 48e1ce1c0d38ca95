"""Joins on the keys of an answer are linear: counted in steps of SQLite's machine, not by the clock.

Every key column is joined with a table of n and of 8 n rows, in the ways people write it.  A join
that went through the answer once for each row would take 64 times the steps; an index takes 8.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

mt.preload_self()

WAYS = {
    "join": "SELECT count(*) FROM keys k JOIN {call} a ON a.{key} = k.c",
    "join, reversed": "SELECT count(*) FROM {call} a JOIN keys k ON k.c = a.{key}",
    "left join": "SELECT count(a.{key}) FROM keys k LEFT JOIN {call} a ON a.{key} = k.c",
    "scalar subquery": "SELECT count((SELECT 1 FROM {call} a WHERE a.{key} = k.c LIMIT 1)) FROM keys k",
    "exists": "SELECT count(*) FROM keys k WHERE EXISTS (SELECT 1 FROM {call} a WHERE a.{key} = k.c)",
    "in": "SELECT count(*) FROM {call} a WHERE a.{key} IN (SELECT c FROM keys)",
}

N = 500


def calls(n):
    """(call of an answer of about n rows, key, the keys of a table to join with)"""
    points = f"SELECT id, x, y FROM points WHERE id <= {n}"
    few = f"SELECT id, x, y FROM points WHERE id <= {n // 5}"
    pairs = f"SELECT id/3, 'i' || (id * 7919 % {n}) FROM points WHERE id <= {n}"
    rules = f"mine_rules('{pairs.replace(chr(39), chr(39) * 2)}', 'min_count=1, min_confidence=0.01, max_length=2')"
    sets = f"mine_itemsets('{pairs.replace(chr(39), chr(39) * 2)}', 'min_count=1, max_length=1')"
    ids = f"SELECT id FROM points WHERE id <= {n}"
    items = f"SELECT json_array('i' || id) FROM points WHERE id <= {n}"
    return [
        ("predict", f"mine_predict('m', '{points}')", "id", ids),
        ("cluster", f"mine_cluster('{points}', 'k=2')", "id", ids),
        ("neighbors", f"mine_neighbors('{points}', '{few}', 'k=5')", "query_id", ids),
        ("neighbors", f"mine_neighbors('{points}', '{few}', 'k=5')", "id", ids),
        ("probabilities", f"mine_probabilities('t', '{points}')", "id", ids),
        ("rules", rules, "antecedent", items),
        ("rules", rules, "consequent", items),
        ("itemsets", sets, "itemset", items),
    ]


def steps(db, sql):
    count = [0]

    def tick():
        count[0] += 1

    db.set_progress_handler(tick, 10)
    found = db.execute(sql).fetchone()[0]
    db.set_progress_handler(None, 0)
    return 10 * count[0], found


def main():
    test = mt.Checks("host_keys")
    db = mt.connect(isolation_level=None)
    db.execute("CREATE TABLE points(id INTEGER PRIMARY KEY, x REAL, y REAL, far TEXT)")
    db.execute("WITH RECURSIVE n(value) AS (VALUES(1) UNION ALL SELECT value + 1 FROM n LIMIT %d) " % (8 * N) +
               "INSERT INTO points SELECT value, value * 37 % 101, value * 53 % 97, iif(value * 37 % 101 > 50, 'a', 'b') "
               "FROM n")
    db.execute("SELECT mine_train('m', 'kmeans', 'SELECT id, x, y FROM points', 'k=3')")
    db.execute("SELECT mine_train('t', 'tree', 'points', 'target=far, max_depth=2, ignore=id')")
    for small, large in zip(calls(N), calls(8 * N)):
        for way, sql in WAYS.items():
            taken = []
            for name, call, key, keys in small, large:
                db.execute("DROP TABLE IF EXISTS keys")
                db.execute("CREATE TABLE keys(c)")
                db.execute("INSERT INTO keys " + keys)
                taken.append(steps(db, sql.format(call=call, key=key)))
            test.that(taken[1][1] > 0, f"{name}.{key}, {way}: finds rows", str(taken))
            test.that(taken[1][0] < 16 * taken[0][0], f"{name}.{key}, {way}: linear", str(taken))
            plan = " ".join(row[3] for row in db.execute("EXPLAIN QUERY PLAN " + sql.format(call=large[1], key=key)))
            number = int(plan.split("VIRTUAL TABLE INDEX ")[1].split(":")[0])
            test.that(number >> 7 > 0, f"{name}.{key}, {way}: the plan has the key", plan)
    return test.end()


if __name__ == "__main__":
    sys.exit(main())
