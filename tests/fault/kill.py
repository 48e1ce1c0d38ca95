#!/usr/bin/env python3
"""kill -9 while models and scores are written: the old ones or the new ones, never a part.

    kill.py [kills [seed]]

A forked child trains and scores over and over, alternately with two depths; after a
seeded delay it is killed.  The database is then opened again: integrity_check is ok,
the model is byte for byte one of the two, it loads and predicts, and the scores are all
of one training and, where both were written in one transaction, of that model.
"""
import itertools
import os
import random
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import minetest as mt  # noqa: E402

mt.preload_self()
ROWS = 1500
FILL = f"""
CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL, y REAL, target TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
INSERT INTO t SELECT i, i * 37 % 101, i * 53 % 97,
  CASE WHEN i * 37 % 101 + i * 53 % 97 > 90 THEN 'yes' ELSE 'no' END FROM n;
CREATE TABLE scores(id INTEGER PRIMARY KEY, depth, prediction, padding);
"""


def train(db, depth):
    db.execute(f"SELECT mine_train('m', 'tree', 't', 'target=target, max_depth={depth}, keep=1')").fetchall()


def score(db, depth):
    db.execute("DELETE FROM scores")
    db.execute("INSERT INTO scores SELECT id, ?, prediction, hex(zeroblob(1000)) "
               "FROM mine_predict('m', 't')", (depth,))


def work(path, together, ready):
    """Forever: train, score; in one transaction or each by itself."""
    db = mt.connect(path, isolation_level=None, timeout=10)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=20")  # spill: write into the file before the commit
    os.write(ready, b".")
    for depth in itertools.cycle((2, 6)):
        if together:
            db.execute("BEGIN IMMEDIATE")
            train(db, depth)
            score(db, depth)
            db.execute("COMMIT")
        else:
            train(db, depth)
            db.execute("BEGIN IMMEDIATE")
            score(db, depth)
            db.execute("COMMIT")


def killed(path, together, delay):
    """Run the work in a child and kill it `delay` after it is ready."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(path, together, writing)
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def unfinished(path):
    """Whether the kill hit a write: a journal or log that recovery must look at."""
    return any(os.path.exists(f"{path}{end}") and os.path.getsize(f"{path}{end}") > 0
               for end in ("-journal", "-wal"))


def problem(path, allowed, together):
    """What is wrong with the database, or None."""
    db = mt.connect(path, isolation_level=None)
    try:
        if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return "integrity_check"
        model, = db.execute("SELECT model FROM mine_models WHERE name = 'm'").fetchone()
        depth = allowed.get(model)
        if depth is None:
            return "the model is neither the old nor the new one"
        versions = db.execute("SELECT version, current FROM mine_versions('m')").fetchall()
        kept = [m for (m,) in db.execute("SELECT model FROM mine_model_versions")]
        if not set(kept) <= set(allowed) or len(kept) > 2 or [c for _, c in versions].count(1) != 1:
            return f"versions {versions}"
        predicted = db.execute("SELECT id, prediction FROM mine_predict('m', 't')").fetchall()
        if len(predicted) != ROWS:
            return "the model does not score every row"
        scores = db.execute("SELECT id, prediction, depth FROM scores ORDER BY id").fetchall()
        if len(scores) != ROWS or len({s[2] for s in scores}) != 1:
            return f"{len(scores)} scores of {len({s[2] for s in scores})} trainings"
        if together and (scores[0][2] != depth or [s[:2] for s in scores] != predicted):
            return "the scores are not those of the model"
        return None
    finally:
        db.close()


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    checks = mt.Checks("kill")
    folder = mt.scratch()
    slow = 5 if mt.PRELOAD else 1
    for mode, together in itertools.product(("DELETE", "WAL"), (True, False)):
        path = folder / f"{mode}-{together}.db"
        db = mt.connect(path, isolation_level=None)
        db.execute(f"PRAGMA journal_mode={mode}")
        db.executescript(FILL)
        allowed = {}
        for depth in (6, 2, 6, 2):  # retrained: the positive class is kept, and said to be
            train(db, depth)
            allowed[db.execute("SELECT model FROM mine_models").fetchone()[0]] = depth
        score(db, 2)
        db.close()
        hits, problems = 0, []
        for _ in range(kills // 4):
            if not killed(path, together, slow * chance.uniform(0, 0.12)):
                problems.append("the child ended by itself")
            hits += unfinished(path)
            found = problem(path, allowed, together)
            if found:
                problems.append(found)
        how = "model and scores in one transaction" if together else "each by itself"
        checks.equal(problems, [], f"{mode}, {how}: {kills // 4} kills, {hits} hit a write; problems")
        checks.that(hits > 0, f"{mode}, {how}: some kills hit a write")
    shutil.rmtree(folder)
    checks.end()


main()
