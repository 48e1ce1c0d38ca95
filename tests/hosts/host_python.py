#!/usr/bin/env python3
"""A Python application: open, load, train, score, close, twenty times (under a sanitizer eight); then fork.

Catches what a shell test cannot: workers left behind when the connection closes
(the library is unloaded under them), a hang in a forked child, file descriptors
that leak, a changed locale or thread count.
"""
import locale
import os
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("python host")
TURNS = 8 if mt.PRELOAD else 20

FILL = """
CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL, y REAL, kind TEXT, target TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
INSERT INTO t SELECT i, i * 37 % 101, i * 53 % 97, CASE i % 3 WHEN 0 THEN 'a' ELSE 'b' END,
                     CASE WHEN i * 37 % 101 > 50 THEN 'yes' ELSE 'no' END FROM n;
"""


def work(path):
    db = mt.connect(path)
    db.execute("SELECT mine_train('segments', 'kmeans', 'SELECT id, x, y, kind FROM t', 'k=4')")
    db.execute("SELECT mine_train('tree', 'tree', 't', 'target=target')")
    rows = db.execute("SELECT prediction, count(*) FROM mine_predict('tree', 't') GROUP BY 1").fetchall()
    models = [m for (m,) in db.execute("SELECT model FROM mine_models ORDER BY name")]
    db.commit()
    db.close()
    return rows, models


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def in_child(path):
    """Work in a forked child: its exit code, or None when it hangs."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if work(path)[0] else 1)
        except BaseException as error:
            print("child:", error)
            os._exit(2)
    deadline = time.monotonic() + 5 * (10 if mt.PRELOAD else 1)
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def system_threads():
    """How many there are.  One that was joined may stand in /proc for a moment longer."""
    seen = []
    for _ in range(20):
        seen.append(len(os.listdir("/proc/self/task")))
        time.sleep(0.001)
    return min(seen)


def main():
    folder = mt.scratch()
    path = folder / "host.db"
    db = mt.connect(path)
    db.executescript(FILL)
    db.close()

    language, before = locale.setlocale(locale.LC_ALL), None
    results = []
    for turn in range(TURNS):
        results.append(work(path))
        if turn == 2:
            before = descriptors(), threading.active_count(), system_threads()
    after = descriptors(), threading.active_count(), system_threads()
    checks.that(all(r[0] == results[0][0] for r in results), f"{TURNS} times the same predictions",
                str(results[0][0]))
    # The first training chose the positive class, the later ones kept it: they say so.
    checks.that(all(r[1] == results[1][1] for r in results[1:]), "the same model bytes when retrained")
    checks.equal(after, before, "descriptors, Python threads, system threads after turn 3 and the last")
    checks.equal(locale.setlocale(locale.LC_ALL), language, "locale unchanged")
    checks.equal(in_child(path), 0, "a forked child trains and scores in time")
    checks.that(work(path)[0] == results[0][0], "the parent still works after the fork")

    connections = [mt.connect(path) for _ in range(5)]
    for connection in connections:
        connection.execute("SELECT count(*) FROM mine_predict('tree', 't')").fetchall()
    for connection in connections:
        connection.close()
    checks.that(True, "five connections at once, closed in order")

    failures = []

    def in_thread():
        try:
            work_db = mt.connect(path)
            work_db.execute("SELECT length(mine_fit('kmeans', 'SELECT id, x, y FROM t', 'k=3'))").fetchall()
            work_db.close()
        except Exception as error:
            failures.append(str(error))

    threads = [threading.Thread(target=in_thread) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checks.equal(failures, [], "four threads with a connection each")
    checks.end()


main()
