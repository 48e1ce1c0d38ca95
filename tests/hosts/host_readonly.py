"""Databases that can only be read: verbs that read work, verbs that store say what to do.

A file opened with mode=ro or immutable=1, the same attached, and a file with a write-ahead
log in a folder without write permission, as a user whom permissions bind: root becomes
nobody for that part.
"""
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

mt.preload_self()

NOBODY = 65534
TABLE = """
CREATE TABLE c(id INTEGER PRIMARY KEY, x REAL, y TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<100)
INSERT INTO c SELECT i, i, CASE WHEN i < 40 THEN 'a' ELSE 'b' END FROM n;
"""
READS = [
    "SELECT * FROM mine_profile('{}c')",
    "SELECT * FROM mine_predict('{}m', '{}c')",
    "SELECT * FROM mine_predict('{}M', '{}c') WHERE id = 7",
    "SELECT mine_predict('{}m', 'x', 3)",
    "SELECT mine_export('{}m', 'call')",
    "SELECT * FROM mine_tree('{}m')",
    "SELECT * FROM mine_summary('{}m')",
    "SELECT * FROM mine_evaluate('{}m', '{}c')",
    "SELECT * FROM mine_cluster('SELECT id, x FROM {}c', 'k=2')",
    "SELECT * FROM mine_neighbors('SELECT id, x FROM {}c', 'SELECT id, x FROM {}c', 'k=1')",
    "SELECT length(mine_fit('tree', '{}c', 'target=y'))",
    "SELECT mine_train('temp.t', 'tree', '{}c', 'target=y')",
    "SELECT * FROM mine_predict('temp.t', '{}c')",
    "SELECT count(*) FROM mine_warnings",
]


def made(folder, mode):
    path = os.path.join(folder, mode + ".db")
    connection = mt.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=" + mode).fetchall()
    connection.executescript(TABLE)
    connection.execute("SELECT mine_train('m', 'tree', 'c', 'target=y')").fetchall()
    connection.close()
    return path


def check(checks, connection, schema, what):
    dot = schema + "." if schema != "main" else ""
    for sql in READS:
        sql = sql.replace("{}", dot)
        checks.that(connection.execute(sql).fetchall(), f"{what}: {sql}")
    for name in "m", "new":
        checks.raises(lambda: connection.execute(f"SELECT mine_train('{dot}{name}', 'tree', '{dot}c', 'target=y')").fetchall(),
                      f"mine_train: attempt to write a readonly database .{schema}.; store the model as 'temp.{name}', or keep",
                      f"{what}: storing {name}")
    checks.raises(lambda: connection.execute(f"SELECT mine_init('{schema}')").fetchall(),
                  f"mine_init: attempt to write a readonly database .{schema}.; use 'temp'$", f"{what}: mine_init")
    checks.equal(connection.execute(f"SELECT group_concat(name) FROM {dot}mine_models").fetchone(), ("m",), f"{what}: one model")


def unreadable(checks, path):
    """SQLite itself reads nothing there; the sentence says why, and what to do."""
    connection = mt.connect(f"file:{path}", uri=True, isolation_level=None)
    for sql in ["SELECT mine_predict('m', 'x', 3)", "SELECT mine_export('m', 'call')", "SELECT mine_init()",
                "SELECT mine_train('m', 'tree', 'c', 'target=y')", "SELECT mine_train('temp.m', 'tree', 'c', 'target=y')",
                "SELECT length(mine_fit('tree', 'c', 'target=y'))"]:
        checks.raises(lambda: connection.execute(sql).fetchall(), "^mine_.*write-ahead log needs a folder that can be written"
                      ".*immutable=1", "WAL in a folder that cannot be written: " + sql)
    connection.close()


def as_nobody(work):
    """Do the work in a child whom permissions bind; 1 when it fails."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    failed = 1
    try:
        failed = work()
        sys.stdout.flush()
    finally:
        os._exit(1 if failed else 0)


def bound(folder, mode, checks):
    """The folder and the file without write permission."""
    path = made(folder, mode)
    os.chmod(path, 0o444)
    os.chmod(folder, 0o555)

    def work():
        if mode == "WAL":
            unreadable(checks, path)
        else:
            check(checks, mt.connect(path, isolation_level=None), "main", f"{mode} without permission")
        check(checks, mt.connect(f"file:{path}?immutable=1", uri=True, isolation_level=None), "main", f"{mode}, immutable")
        return checks.failed

    code = as_nobody(work)
    os.chmod(folder, 0o755)
    checks.equal(code, 0, f"{mode} in a folder without write permission")


def main():
    checks = mt.Checks("databases that can only be read")
    mt.connect().close()  # the extension is mapped before rights are given up
    for mode in "DELETE", "WAL":
        with tempfile.TemporaryDirectory() as folder:
            path = made(folder, mode)
            for how in "mode=ro", "immutable=1":
                uri = f"file:{path}?{how}"
                connection = mt.connect(uri, uri=True, isolation_level=None)
                check(checks, connection, "main", f"{mode}, {how}")
                connection.close()
                connection = mt.connect("file::memory:", uri=True, isolation_level=None)
                connection.execute(f"ATTACH '{uri}' AS shelf")
                check(checks, connection, "shelf", f"{mode}, {how}, attached")
                connection.close()
            connection = mt.connect(path, isolation_level=None)
            connection.execute("PRAGMA query_only = 1")
            checks.raises(lambda: connection.execute("SELECT mine_train('m', 'tree', 'c', 'target=y')").fetchall(),
                          "PRAGMA query_only is on", f"{mode}, query_only")
            checks.equal(connection.execute("SELECT count(*) FROM mine_predict('m', 'c')").fetchone(), (100,),
                         f"{mode}, query_only: reading")
            connection.close()
        with tempfile.TemporaryDirectory() as folder:
            bound(folder, mode, checks)
    checks.end()


if __name__ == "__main__":
    main()
