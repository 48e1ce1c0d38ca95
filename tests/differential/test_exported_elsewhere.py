#!/usr/bin/env python3
"""Exported SELECTs in PostgreSQL, MariaDB and DuckDB: what mine_predict says, on every row.

    test_exported_elsewhere.py [postgresql | mariadb | duckdb] [made | telco | adult]    MINE_LONG: all rows

PostgreSQL 15 and MariaDB of Debian (servers of their own, in a temporary folder, reached by a socket there);
DuckDB from the peers' environment (bench/install_peers, or MINE_PEERS).  Each is skipped by name where it is not
there.  Debian has no MySQL: MariaDB reads what the mysql dialect writes but for two words, a collation and ROW.
"""
import csv
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time

import exported as ex
from exported import mt

mt.preload_self()
checks = mt.Checks("exported models in other databases")
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mine-elsewhere-"))
SERVER = pathlib.Path("/usr/lib/postgresql/15/bin")
DIALECTS = {"postgresql", "mariadb", "duckdb"}
PEERS = pathlib.Path(os.environ.get("MINE_PEERS") or mt.ROOT / "build" / "peers") / "bin" / "python"


def kind_of(cells):
    """The type of a column of typed databases."""
    known = [c for c in cells if c is not None and c != ""]
    if any(isinstance(c, str) for c in known):
        return "text"
    return "double precision" if any(isinstance(c, float) for c in known) else "integer"


def write_table(folder, table, names, rows):
    """TABLE.create, TABLE.csv and TABLE.json"""
    kinds = [kind_of([row[k] for row in rows]) for k in range(len(names))]
    columns = ", ".join(f"{ex.quoted(n)} {kind}" for n, kind in zip(names, kinds))
    (folder / f"{table}.create").write_text(f"CREATE TABLE {table}({columns})", encoding="utf-8")
    with open(folder / f"{table}.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
        out.writerow(names)
        out.writerows([["\\N" if c is None else c for c in row] for row in rows])
    (folder / f"{table}.json").write_text(json.dumps(rows), encoding="utf-8")


class Postgres:
    """A server in a folder of its own."""
    name, dialect = "PostgreSQL", "postgresql"

    def __init__(self):
        self.data = FOLDER / "server"
        if os.getuid() == 0:
            shutil.chown(FOLDER, "postgres")
            FOLDER.chmod(0o755)
        self.run("initdb", "-D", str(self.data), "-U", "mine", "--locale=C.UTF-8", "-E", "UTF8", "-A", "trust")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(FOLDER / "log"), "-o",
                 f"-c listen_addresses='' -k {FOLDER} -c fsync=off", "start")

    @staticmethod
    def there():
        return (SERVER / "postgres").exists() and shutil.which("psql")

    @staticmethod
    def run(program, *arguments):
        """As the server's user, who must not be root."""
        command = [str(SERVER / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    @staticmethod
    def psql(*arguments):
        # Compiling the SELECT of 30 trees takes PostgreSQL half an hour, and answering it five seconds.
        said = {**os.environ, "PGOPTIONS": "-c jit=off"}
        return subprocess.run(["psql", "-h", str(FOLDER), "-U", "mine", "-d", "postgres", "-X", "-q", "-v", "ON_ERROR_STOP=1",
                               *arguments], capture_output=True, text=True, check=False, env=said)

    def load(self, folder):
        for create in folder.glob("*.create"):
            table = create.stem
            done = self.psql("-c", f"DROP TABLE IF EXISTS {table}", "-f", str(create), "-c",
                             f"\\copy {table} FROM '{folder / (table + '.csv')}' WITH (FORMAT csv, HEADER, NULL '\\N')")
            checks.that(done.returncode == 0, f"PostgreSQL: {table}", done.stderr[:300])

    def ask(self, path):
        """(columns, rows) of a script."""
        done = self.psql("--csv", "-P", "null=\\N", "-f", str(path))
        if done.returncode:
            return None, done.stderr[:400]
        lines = list(csv.reader(done.stdout.splitlines()))
        return lines[0], [tuple(None if c == "\\N" else typed(c) for c in line) for line in lines[1:]]

    def close(self):
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")


class MariaDB:
    """A server in a folder of its own."""
    name, dialect = "MariaDB", "mariadb"

    def __init__(self):
        self.data, self.socket = FOLDER / "mariadb", FOLDER / "mariadb.socket"
        who = [f"--user={pwd.getpwuid(os.getuid()).pw_name}"]
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={self.data}", "--auth-root-authentication-method=normal",
                        "--skip-test-db", *who], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server = subprocess.Popen(
            [self.program(), "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}", "--skip-networking", "--skip-grant-tables",
             "--max-allowed-packet=256M", "--thread-stack=8M", "--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4", *who],
            stdout=subprocess.DEVNULL, stderr=open(FOLDER / "mariadb.log", "w"))
        for _ in range(600):
            if self.shell("SELECT 1").returncode == 0:
                self.shell("CREATE DATABASE mine CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
                return
            time.sleep(0.1)
        raise RuntimeError((FOLDER / "mariadb.log").read_text()[-1000:])

    @staticmethod
    def program():
        return shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")

    @staticmethod
    def there():
        return MariaDB.program() and shutil.which("mariadb") and shutil.which("mariadb-install-db")

    def shell(self, text, database=()):
        return subprocess.run(["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot", "--default-character-set=utf8mb4",
                               "--max-allowed-packet=256M", "--batch", *database], input=text, capture_output=True, text=True, check=False)

    @staticmethod
    def literal(cell):
        if cell is None:
            return "NULL"
        return repr(cell) if not isinstance(cell, str) else "'" + cell.replace("\\", "\\\\").replace("'", "''") + "'"

    def load(self, folder):
        for create in folder.glob("*.create"):
            table = create.stem
            kinds = create.read_text(encoding="utf-8").replace(" text", " longtext")
            rows = json.loads((folder / f"{table}.json").read_text(encoding="utf-8"))
            text = [f"SET sql_mode = 'ANSI_QUOTES'; DROP TABLE IF EXISTS {table}; {kinds};\n"]
            for first in range(0, len(rows), 1000):
                text.append(f"INSERT INTO {table} VALUES " + ",\n".join(
                    "(" + ", ".join(self.literal(c) for c in row) + ")" for row in rows[first:first + 1000]) + ";\n")
            done = self.shell("".join(text), ["mine"])
            checks.that(done.returncode == 0, f"MariaDB: {table}", done.stderr[:300])

    def ask(self, path):
        """(columns, rows) of a script; without rows not even the columns are told."""
        done = self.shell(path.read_text(encoding="utf-8"), ["mine"])
        if done.returncode:
            return None, done.stderr[:400]
        if not done.stdout:
            return [], []
        lines = [[self.cell(c) for c in line.split("\t")] for line in done.stdout.rstrip("\n").split("\n")]
        return lines[0], [tuple(line) for line in lines[1:]]

    @staticmethod
    def cell(text):
        if text == "NULL":
            return None
        return typed(re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "0": "\0"}.get(m[1], m[1]), text))

    def close(self):
        self.server.kill()
        self.server.wait()


class Duck:
    """A process for each question."""
    name, dialect = "DuckDB", "duckdb"

    def __init__(self):
        self.folder = None

    @staticmethod
    def python():
        asked = [str(PEERS), "-c", "import duckdb"]
        return str(PEERS) if PEERS.exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0 else None

    @staticmethod
    def there():
        return Duck.python()

    def load(self, folder):
        self.folder = folder

    def ask(self, path):
        done = subprocess.run([Duck.python(), str(pathlib.Path(__file__).parent / "exported_duckdb.py"), str(self.folder), str(path)],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            return None, done.stderr[-400:]
        answer = json.loads(done.stdout)
        return answer["columns"], [tuple(row) for row in answer["rows"]]

    def close(self):
        pass


def typed(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def alike(want):
    """Answers as the text of another database has them: 1 for 1.0."""
    return {ident: (typed(str(row[0])) if isinstance(row[0], str) else row[0], *row[1:]) for ident, row in want.items()}


def main():
    if not ex.LONG and len(sys.argv) < 2:
        mt.skip("other databases are for tools/long_checks.sh exports")
    asked = set(sys.argv[1:])
    wanted = [engine for engine in (Postgres, MariaDB, Duck) if engine.dialect in asked or not asked & DIALECTS]
    engines = [engine() for engine in wanted if engine.there()]
    for engine in wanted:
        if not engine.there():
            print(f"skipped: {engine.name} is not installed")
    if not engines:
        mt.skip("none of the databases is installed")
    try:
        for table, (rows_of, roles) in ex.TABLES.items():
            found = rows_of()
            if not found or not (table in asked or not asked & set(ex.TABLES)):
                continue
            names, rows = found
            if not ex.LONG and table != ex.DAILY:
                print(f"{table}: tools/long_checks.sh exports")
                continue
            db = mt.connect()
            other = ex.spoilt(names, rows, {roles[r] for r in ("two", "many", "number")})
            folder = FOLDER / table
            folder.mkdir()
            ex.create(db, table, names, rows)
            ex.create(db, "spoilt", names, other)
            write_table(folder, "spoilt", names, other)
            for engine in engines:
                engine.load(folder)
            for row in ex.MODELS:
                if ex.train(db, "m", table, names, roles, row):
                    compare(db, engines, folder, f"{row[0]} of {table}")
    finally:
        for engine in engines:
            engine.close()
        shutil.rmtree(FOLDER, ignore_errors=True)
    checks.end()


def compare(db, engines, folder, where):
    want, ties = alike(ex.expected(db, "m", "spoilt")), ex.tied(db, "m", "spoilt")
    for engine in engines:
        for what in ("prediction", "check"):
            (text,), = db.execute("SELECT mine_export('m', 'sql', NULL, ?)",
                                  (f"table=spoilt, dialect={engine.dialect}" + (", what=check" if what == "check" else ""),))
            path = folder / "question.sql"
            path.write_text(text, encoding="utf-8")
            columns, answer = engine.ask(path)
            if columns is None:
                checks.that(False, f"{engine.name}: {where}, {what}", answer)
                continue
            wrong = answer if what == "check" else ex.differences(columns, answer, want, ties)
            checks.that(not wrong, f"{engine.name}: {where}, {what}", f"{len(answer)} rows, {len(wrong)} wrong {wrong[:3]}")


main()
