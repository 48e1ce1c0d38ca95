#!/usr/bin/env python3
"""A scored row never comes from a model that is no longer there: not after another
connection's commit, in WAL and in DELETE mode, nor after ATTACH and DETACH, in the
scalar form, in a trigger and in the set form."""
import os
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
    checks.end()


if __name__ == "__main__":
    main()
