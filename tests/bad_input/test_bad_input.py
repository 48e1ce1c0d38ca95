#!/usr/bin/env python3
"""Every row of cases.py, and those that derived.py makes of the verbs: the sentence comes, and nothing is written."""
import hashlib
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt

mt.preload_self()
import cases
import derived

SETUP = """
CREATE TABLE customers(id INTEGER PRIMARY KEY, age INTEGER, income REAL, plan TEXT, churn TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<200)
INSERT INTO customers SELECT i, 20+(i*37)%50, 1000.0+(i*911)%4000,
  CASE i%3 WHEN 0 THEN 'gold' WHEN 1 THEN 'silver' ELSE 'basic' END,
  CASE WHEN (i*37)%50 + (i*17)%20 < 25 THEN 'yes' ELSE 'no' END FROM n;
CREATE TABLE baskets(basket, item);
INSERT INTO baskets VALUES (1,'a'),(1,'b'),(2,'a'),(2,'b'),(2,'c'),(3,'a'),(3,'c'),(4,'b'),(4,'a');
CREATE VIEW broken AS SELECT * FROM gone;
CREATE VIEW optimizes AS SELECT * FROM pragma_optimize;
CREATE TABLE both AS SELECT * FROM customers;
SELECT mine_train('m','tree','customers','target=churn, max_depth=1');
SELECT mine_train('m','tree','customers','target=churn, ignore=, keep=1');
SELECT mine_train('km','kmeans','customers','k=3');
SELECT mine_train('nn','knn','customers','target=churn');
CREATE VIEW sneaky AS SELECT * FROM mine_predict('m','customers');
CREATE TABLE defaults(a, b DEFAULT (mine_fit('kmeans','customers')));
CREATE TABLE triggers(a);
CREATE TRIGGER trains AFTER INSERT ON triggers BEGIN SELECT mine_train('z','tree','customers','target=churn'); END;
CREATE TABLE restores(a);
CREATE TRIGGER restores_too AFTER INSERT ON restores BEGIN SELECT mine_restore('m'); END;
CREATE VIEW sneaky_train AS SELECT mine_train('z','tree','customers','target=churn') AS a;
"""
TEMPORARY = """
CREATE TEMP VIEW selfish AS SELECT id, age, income, plan FROM mine_predict('m','SELECT * FROM temp.selfish')
  JOIN customers USING(id);
CREATE TEMP VIEW broken_far AS SELECT * FROM main.gone;
ATTACH ':memory:' AS temporary;
CREATE TEMP VIEW broken_alike AS SELECT * FROM temporary.gone;
"""


def run_script(connection, script):
    """executescript ignores rows; here every statement's rows are fetched."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):  # knows that a trigger's body goes on
            connection.execute(statement).fetchall()
            statement = ""
    if statement.strip(" ;\n"):
        connection.execute(statement.rstrip(";")).fetchall()


def template():
    connection = mt.connect()
    run_script(connection, SETUP)
    connection.execute("INSERT INTO mine_models SELECT 'both', algorithm, task, target, source, options, "
                       "features, rows, metrics, created, version, model FROM mine_models WHERE name='nn'")
    connection.commit()
    return connection


def fingerprint(connection):
    digest = hashlib.sha256()
    for line in connection.iterdump():
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def rows(connection):
    """Every (name, SQL, fragment): the listed cases, then what is derived of the verbs."""
    yield from cases.CASES
    for name, options, fragment in cases.OPTIONS:
        yield f"option {name}", cases.OPTIONS_OF.format(o=options), fragment
    for verb, kind in connection.execute("SELECT verb, kind FROM mine_verbs").fetchall():
        yield from derived.of_verb(connection, verb, kind)
    yield from derived.of_options(connection)


def attempt(model, sql):
    """Run on a fresh copy: (the error's text or None, whether nothing was written)."""
    connection = mt.connect()
    model.backup(connection)
    connection.executescript(TEMPORARY)
    before = fingerprint(connection)
    problem = None
    try:
        run_script(connection, sql)
    except sqlite3.Error as error:
        problem = str(error)
    connection.rollback()
    connection.execute("PRAGMA query_only=0")
    unchanged = fingerprint(connection) == before
    connection.close()
    return problem, unchanged


def main():
    checks = mt.Checks("bad input")
    model = template()
    for name, sql, fragment in rows(model):
        problem, unchanged = attempt(model, sql)
        expected = fragment if isinstance(fragment, tuple) else (fragment,)
        good = any(problem is f if f is None or problem is None else f in problem for f in expected)
        checks.that(good, name, f"{problem} (expected {fragment!r})" if not good else problem)
        if not unchanged:
            checks.that(False, name, "the database was changed")
    checks.end()


if __name__ == "__main__":
    main()
