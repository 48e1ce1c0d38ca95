#!/usr/bin/env python3
"""Databases that cannot be written now: another writer, a snapshot that is too old, a
read-only file.  A clear sentence, SQLite's own code, and the old model stays; loading
the extension twice changes nothing."""
import os
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import minetest as mt

mt.preload_self()

TABLE = """
CREATE TABLE c(id INTEGER PRIMARY KEY, x REAL, y TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<100)
INSERT INTO c SELECT i, i, CASE WHEN i < 40 THEN 'a' ELSE 'b' END FROM n;
CREATE TABLE other(a);
"""
TRAIN = "SELECT mine_train('m', 'tree', 'c', 'target=y{}')"


def models(connection):
    return connection.execute("SELECT name, hex(model) FROM mine_models").fetchall()


def refused(checks, connection, pattern, what):
    before = models(connection)
    checks.raises(lambda: connection.execute(TRAIN.format(", max_depth=2")).fetchall(), pattern, what)
    connection.rollback()
    checks.that(models(connection) == before, what + ": the old model stays")


def made(folder, mode):
    path = os.path.join(folder, mode + ".db")
    connection = mt.connect(path, timeout=0.1, isolation_level=None)
    connection.execute("PRAGMA journal_mode=" + mode).fetchall()
    connection.executescript(TABLE)
    connection.execute(TRAIN.format("")).fetchall()
    return path, connection


def another_writer(checks, folder, mode):
    path, connection = made(folder, mode)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    refused(checks, connection, "database is locked.*|BEGIN IMMEDIATE", f"{mode}: another connection writes")
    writer.execute("ROLLBACK")
    checks.that(connection.execute(TRAIN.format("")).fetchone()[0].startswith("m: tree"), f"{mode}: and then it works")
    writer.close()
    connection.close()


def old_snapshot(checks, folder):
    path, connection = made(folder, "WAL")
    writer = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM c").fetchall()
    writer.execute("INSERT INTO other VALUES (1)")
    refused(checks, connection, "cannot be stored .*BEGIN IMMEDIATE.*database is locked", "WAL: the snapshot is too old")
    writer.close()
    connection.close()


def read_only(checks, folder):
    path, connection = made(folder, "DELETE")
    connection.close()
    connection = mt.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    refused(checks, connection, "readonly database .main.; store the model as 'temp.m'", "a read-only file")
    line = connection.execute(TRAIN.format("").replace("'m'", "'temp.m'")).fetchone()[0]
    checks.that(line.startswith("m: tree"), "the remedy of the sentence works", line)
    connection.close()


def loaded_twice(checks):
    connection = mt.connect()
    connection.enable_load_extension(True)
    for _ in range(2):
        connection.load_extension(str(mt.EXTENSION))
        connection.execute("SELECT load_extension(?)", (str(mt.EXTENSION),)).fetchall()
    checks.equal(connection.execute("SELECT count(*) > 0 FROM mine_algorithms").fetchone(), (1,), "loaded five times")
    connection.close()


def main():
    checks = mt.Checks("databases that cannot be written")
    for mode in ("DELETE", "WAL"):
        with tempfile.TemporaryDirectory() as folder:
            another_writer(checks, folder, mode)
    with tempfile.TemporaryDirectory() as folder:
        old_snapshot(checks, folder)
    with tempfile.TemporaryDirectory() as folder:
        read_only(checks, folder)
    loaded_twice(checks)
    checks.end()


if __name__ == "__main__":
    main()
