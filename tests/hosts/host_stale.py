#!/usr/bin/env python3
"""A scored row never comes from a model that is no longer there: not after another
connection's commit, in WAL and in DELETE mode, nor after ATTACH and DETACH, in the
scalar form, in a trigger and in the set form.  What happens to stored models at random
(trained, renamed, exchanged, copied, deleted, rolled back, moved by VACUUM, here or by
another connection) is seen by the next firing of a trigger."""
import os
import random
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import minetest as mt

mt.preload_self()

TABLES = """
CREATE TABLE low(id INTEGER PRIMARY KEY, x REAL, y TEXT);
CREATE TABLE high(id INTEGER PRIMARY KEY, x REAL, y TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<100)
INSERT INTO low SELECT i, i, CASE WHEN i < 20 THEN 'b' ELSE 'a' END FROM n;
INSERT INTO high SELECT id, x, CASE WHEN x < 80 THEN 'b' ELSE 'a' END FROM low;
CREATE TABLE arrivals(id INTEGER PRIMARY KEY, x REAL, score TEXT);
"""
TRIGGER = """CREATE TRIGGER judge AFTER INSERT ON arrivals BEGIN
UPDATE arrivals SET score = mine_predict('m', 'x', new.x) WHERE id = new.id; END;"""


def train(connection, table, model="m"):
    connection.execute("SELECT mine_train(?, 'tree', ?, 'target=y')", (model, table)).fetchall()
    connection.commit()


def row(connection, model="m"):
    return connection.execute(f"SELECT mine_predict('{model}', 'x', 50.0)").fetchone()[0]


def rows(connection, model="m"):
    sql = f"SELECT prediction FROM mine_predict('{model}', 'SELECT 1 AS id, 50.0 AS x')"
    return connection.execute(sql).fetchone()[0]


def arrival(connection):
    connection.execute("INSERT INTO arrivals(x) VALUES (50.0)")
    connection.commit()
    return connection.execute("SELECT score FROM arrivals ORDER BY id DESC LIMIT 1").fetchone()[0]


def other_connection(checks, folder, mode):
    path = os.path.join(folder, mode + ".db")
    reader = mt.connect(path)
    reader.execute("PRAGMA journal_mode=" + mode).fetchall()
    reader.executescript(TABLES)
    writer = mt.connect(path)
    train(reader, "low")
    reader.executescript(TRIGGER)
    checks.equal((row(reader), rows(reader), arrival(reader)), ("a", "a", "a"), f"{mode}: trained on low")
    train(writer, "high")
    checks.equal((row(reader), rows(reader), arrival(reader)), ("b", "b", "b"),
                 f"{mode}: retrained by another connection")
    writer.execute("DELETE FROM mine_models")
    writer.commit()
    checks.raises(lambda: row(reader), "no such model: m", f"{mode}: deleted by another connection")
    reader.close()
    writer.close()


ACTIONS = (
    "SELECT mine_train('m', 'tree', 'low', 'target=y')", "SELECT mine_train('m', 'tree', 'high', 'target=y')",
    "SELECT mine_train('n', 'tree', 'high', 'target=y')", "DELETE FROM mine_models WHERE name = 'm'",
    "UPDATE mine_models SET name = 'k' WHERE name = 'm'", "UPDATE OR REPLACE mine_models SET name = 'm' WHERE name = 'k'",
    "UPDATE OR REPLACE mine_models SET name = 'm' WHERE name = 'n'",
    "UPDATE mine_models SET name = CASE name WHEN 'm' THEN 'n' ELSE 'm' END WHERE name IN ('m', 'n') AND rowid = "
    "(SELECT max(rowid) FROM mine_models)",
    "UPDATE mine_models SET model = (SELECT model FROM mine_models WHERE name = 'n') WHERE name = 'm'",
    "UPDATE mine_models SET model = substr(model, 1, 90) WHERE name = 'm'", "UPDATE mine_models SET name = upper(name)",
    "UPDATE mine_models SET name = lower(name)", "UPDATE mine_models SET rowid = rowid + 10",
    "INSERT OR REPLACE INTO mine_models SELECT * FROM mine_models WHERE name = 'm'", "DROP TABLE mine_models", "VACUUM")
STEPS = ("BEGIN", "ROLLBACK", "COMMIT", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s")


def answer(ask, *arguments):
    try:
        return ask(*arguments)
    except sqlite3.Error as error:
        return str(error)


def firing(connection):
    """What a firing says, whatever transaction it is in."""
    connection.execute("INSERT INTO temp.event(x) VALUES (50.0)")
    return connection.execute("SELECT score FROM temp.event ORDER BY rowid DESC LIMIT 1").fetchone()[0]


def at_random(checks, folder, encoding):
    """A trigger of TEMP: between its firings nothing need be locked.  The set form looks
    for its model anew each time."""
    chance = random.Random(8)
    here, there = (mt.connect(os.path.join(folder, encoding + ".db"), isolation_level=None) for _ in "12")
    here.execute(f"PRAGMA encoding='{encoding}'")
    here.executescript(TABLES)
    here.executescript("""CREATE TEMP TABLE event(x REAL, score TEXT);
        CREATE TEMP TRIGGER judged AFTER INSERT ON event BEGIN
        UPDATE event SET score = mine_predict('m', 'x', new.x) WHERE rowid = new.rowid; END;""")
    there.execute("PRAGMA busy_timeout=0")
    seen, wrong = set(), []
    for _ in range(600):
        who = here if chance.random() < 0.7 else there
        action = chance.choice(STEPS if who is here and chance.random() < 0.4 else ACTIONS)
        answer(lambda: who.execute(action).fetchall())
        expected, got = answer(rows, here), answer(firing, here)
        seen.add(expected)
        if expected != got:
            wrong.append(f"after {action}: {got} for {expected}")
    checks.that(not wrong, f"{encoding}: 600 changes of the models", "; ".join(wrong[:3]))
    checks.that({"a", "b"} < seen and len(seen) > 4, f"{encoding}: both models and errors were seen", f"{len(seen)}")
    here.close()
    there.close()


def attached(checks, folder):
    for table in ("low", "high"):
        made = mt.connect(os.path.join(folder, table + ".db"))
        made.executescript(TABLES)
        train(made, table)
        made.close()
    connection = mt.connect()
    for table, answer in (("low", "a"), ("high", "b"), ("low", "a")):
        connection.execute("ATTACH ? AS aux", (os.path.join(folder, table + ".db"),))
        checks.equal((row(connection, "aux.m"), rows(connection, "aux.m")), (answer, answer),
                     f"the file of {table} attached")
        connection.execute("DETACH aux")
    checks.raises(lambda: row(connection, "aux.m"), "there is no database 'aux'", "nothing attached")
    connection.close()


def main():
    checks = mt.Checks("stale models")
    with tempfile.TemporaryDirectory() as folder:
        for mode in ("DELETE", "WAL"):
            other_connection(checks, folder, mode)
        attached(checks, folder)
        for encoding in ("UTF-8", "UTF-16"):
            at_random(checks, folder, encoding)
    checks.end()


if __name__ == "__main__":
    main()
