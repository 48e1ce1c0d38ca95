#!/usr/bin/env python3
"""The nightly batch: what a good night changes, and that a bad one changes nothing."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("nightly")


def nightly(database, **more):
    # A sanitizer's library belongs in sqlite3 only; sh does not survive every one.
    shell = f"env LD_PRELOAD={mt.PRELOAD} {mt.SHELL}" if mt.PRELOAD else mt.SHELL
    env = dict(mt.environment(), MINE_SQLITE=shell, **more)
    env.pop("LD_PRELOAD", None)
    done = subprocess.run(["sh", str(mt.ROOT / "sql/nightly.sh"), str(database), str(mt.EXTENSION)],
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def state(database):
    """Everything a reader of last night's results could see."""
    db = mt.sqlite3.connect(database)
    tables = {t for (t,) in db.execute("SELECT name FROM sqlite_schema")}
    models = db.execute("SELECT * FROM mine_models ORDER BY name").fetchall() if "mine_models" in tables else []
    scores = (db.execute("SELECT * FROM churn_scores ORDER BY customer_id").fetchall()
              if "churn_scores" in tables else [])
    db.close()
    return models, scores


def change(database, sql):
    db = mt.sqlite3.connect(database)
    db.executescript(sql)
    db.close()


def bad_night(good, folder, what, sql, pattern, undo=None, **more):
    """A copy of the good database, damaged by sql, must keep models and scores."""
    path = folder / "bad.db"
    shutil.copy(good, path)
    change(path, sql)
    before = state(path)
    code, log = nightly(path, **more)
    checks.that(code != 0, f"{what}: exit code", str(code))
    checks.that(pattern in log, f"{what}: the log says why", log.strip().splitlines()[-2] if log else "")
    checks.that("unchanged" in log, f"{what}: the log says that last night's results stand")
    checks.that(state(path) == before and before[0] and before[1], f"{what}: model and scores untouched")
    check = mt.sqlite3.connect(path)
    checks.equal(check.execute("PRAGMA integrity_check").fetchone()[0], "ok", f"{what}: integrity")
    check.close()


def main():
    folder = mt.scratch()
    try:
        good = folder / "good.db"
        shutil.copy(mt.DEMO / "demo.db", good)
        code, log = nightly(good)
        checks.equal(code, 0, "first night: exit code")
        if code:
            print(log)
        models, scores = state(good)
        checks.equal((len(models), len(scores)), (1, 20000), "first night: one model, all scores")

        change(good, "UPDATE customers SET complaints = complaints + 1 WHERE customer_id % 7 = 0")
        code, log = nightly(good)
        checks.equal(code, 0, "second night: exit code")
        again, new_scores = state(good)
        checks.that(again[0] != models[0] and new_scores != scores, "second night: model and scores are new")
        checks.that("WARNING: drift of complaints, feature" in log, "second night: the log says what drifted")
        checks.that("20000 customers scored" in log, "second night: the log counts", log.splitlines()[-2])

        bad_night(good, folder, "column gone", "ALTER TABLE customers RENAME COLUMN churned TO gone", "churned")
        bad_night(good, folder, "no rows", "DELETE FROM customers", "mine_train:")
        bad_night(good, folder, "useless model",
                  "UPDATE customers SET churned = iif(customer_id * 7919 % 1009 % 4 = 0, 'yes', 'no')",
                  "auc_is_at_least_070")
        bad_night(good, folder, "a column spelled otherwise", "UPDATE customers SET contract = upper(contract)", "no_feed_is_broken")
        bad_night(good, folder, "a column that is empty", "UPDATE customers SET autopay = NULL, data_gb = iif(customer_id % 3 = 0, data_gb, NULL)",
                  "no_feed_is_broken")
        bad_night(good, folder, "failure inside the swap",
                  "CREATE TRIGGER stop BEFORE INSERT ON churn_scores WHEN new.customer_id = 29000 "
                  "BEGIN SELECT raise(ABORT, 'disk of the scores is full'); END", "disk of the scores is full")

        locked = folder / "locked.db"
        shutil.copy(good, locked)
        before = state(locked)
        holder = mt.sqlite3.connect(locked, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        code, log = nightly(locked, MINE_NIGHTLY_TIMEOUT="300")
        holder.execute("ROLLBACK")
        holder.close()
        checks.that(code != 0 and "locked" in log, "another writer: exit code and reason", log.splitlines()[-2])
        checks.that(state(locked) == before, "another writer: model and scores untouched")

        code, log = nightly(folder / "absent.db")
        checks.equal((code, (folder / "absent.db").exists()), (2, False), "no database: refused, none created")
    finally:
        shutil.rmtree(folder)
    checks.end()


main()
