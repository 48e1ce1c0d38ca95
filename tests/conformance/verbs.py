#!/usr/bin/env python3
"""Every verb of mine_verbs, by its own example, on an empty database.

  example   it runs, and gives rows if the verb has arguments
  columns   the call in it gives the columns that the row declares, their cells of the
            declared type, JSON that is JSON
  keys      (once more with ids that are integers, texts of digits and reals)
            a table verb answers =, IS, IN and a join on each key column with exactly the
            rows that an ordinary table of the same columns and types gives which was
            filled from it: with values that occur, their other spellings (1, 1.0, '1'),
            NULL, values that do not occur; alone and two columns at a time; of a column
            six values, or as many as the argument says

A verb that is added is tried here without an edit.
"""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

mt.preload_self()

TYPES = {"integer": (int,), "real": (float,), "text": (str,), "json": (str,),
         "any": (int, float, str, bytes)}
MOST_VALUES = int(sys.argv[1]) if len(sys.argv) > 1 else 6  # of a column
MIXED_IDS = "CASE i%3 WHEN 0 THEN i WHEN 1 THEN CAST(i AS TEXT) ELSE -i*1.0 END AS id"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def wrong_cell(value, kind):
    """What is wrong with a cell of that declared type, or None."""
    if value is None:
        return None
    if not isinstance(value, TYPES[kind]):
        return f"{value!r} is not {kind}"
    if kind == "json":
        try:
            json.loads(value)
        except ValueError as error:
            return f"{value!r}: {error}"
    return None


def check_cells(checks, verb, answer, rows):
    wrong = [f"{column['name']}: {problem}" for row in rows for column, value in zip(answer, row)
             if (problem := wrong_cell(value, column["type"]))]
    checks.that(not wrong, f"{verb}: cells of {len(rows)} rows are of their types",
                "; ".join(wrong[:3]))


# ---- keys ------------------------------------------------------------------------------


def spellings(value):
    """The value, and others that SQL may or may not hold equal to it."""
    yield value
    if isinstance(value, (int, float)):
        yield str(value)
        if float(value).is_integer() and abs(value) < 1e15:
            yield float(value) if isinstance(value, int) else int(value)
            yield value + 0.5
    if isinstance(value, str):
        yield value.encode()
        yield value.upper()
        yield value + " "
        if re.fullmatch(r"-?\d+(\.\d+)?", value):
            yield float(value)


def probes(rows, column):
    seen = {}
    for row in rows:
        seen.setdefault((type(row[column]), row[column]), row[column])
    values = list(seen.values())
    picked = values[:: max(1, len(values) // MOST_VALUES)][:MOST_VALUES]
    for value in picked:
        yield from spellings(value)
    yield from (None, "", "no such value", -987654321, 0.25, b"")


def literal(connection, value):
    return connection.execute("SELECT quote(?)", (value,)).fetchone()[0]


def affinity(column, rows, at):
    """The type of a column that declares none: an id's is that of the source's column, here
    an expression, which has none; a label's is that of its values."""
    if column["name"].endswith("id") or not column["key"]:
        return ""
    kinds = {type(row[at]) for row in rows if row[at] is not None}
    return "TEXT" if kinds == {str} else "NUMERIC" if kinds and kinds <= {int, float} else ""


def is_mixed(rows, at):
    kinds = {isinstance(row[at], str) for row in rows if row[at] is not None}
    return len(kinds) == 2


class Keys:
    """A verb's call beside the table that was filled from it."""

    def __init__(self, connection, call, answer):
        self.connection, self.call, self.answer = connection, call, answer
        verb = call.split("(")[0]
        types = {row[0]: row[1] for row in connection.execute(
            "SELECT name, type FROM pragma_table_xinfo(?)", (verb,))}
        first = connection.execute(f"SELECT * FROM {call}").fetchall()
        columns = ", ".join(f"{quoted(c['name'])} {types[c['name']] or affinity(c, first, i)}"
                            for i, c in enumerate(answer))
        connection.execute("DROP TABLE IF EXISTS temp.copy")
        connection.execute(f"CREATE TEMP TABLE copy({columns})")
        connection.execute(f"INSERT INTO copy SELECT * FROM {call}")
        self.rows = connection.execute("SELECT * FROM copy").fetchall()
        # How long something took, and when, is another each time.
        self.same = ", ".join(f"t.{quoted(c['name'])}" for c in answer if c["name"] not in ("seconds", "created"))
        self.problems, self.found, self.asked = [], 0, 0

    def both(self, condition, parameters=()):
        """Compare the rows of the two under a condition."""
        def ask(source):
            rows = self.connection.execute(f"SELECT {self.same} FROM {source} AS t {condition}",
                                           parameters).fetchall()
            return sorted(map(repr, rows))
        got, expected = ask(self.call), ask("copy")
        self.asked += 1
        self.found += bool(expected)
        if got != expected:
            self.problems.append(f"{condition} {parameters}: {len(got)} rows, not {len(expected)}")

    def exact(self, c):
        """The values of the column, and NULL."""
        return [row[c] for row in self.rows] + [None]

    def column(self, c):
        name = f"t.{quoted(self.answer[c]['name'])}"
        values = list(probes(self.rows, c))
        if is_mixed(self.rows, c):
            # Beside texts that read as numbers a number that is no literal is equal to more of
            # them than in a table: what it is compared as is not told (ext/key_compare.h).
            for value in values:
                self.both(f"WHERE {name} = {literal(self.connection, value)}")
                if isinstance(value, str):
                    self.both(f"WHERE {name} = ?", (value,))
            return
        for value in values:
            self.both(f"WHERE {name} = ?", (value,))
            self.both(f"WHERE {name} = {literal(self.connection, value)}")
            if value in self.exact(c):  # IS is SQLite's, and the column declares no type
                self.both(f"WHERE {name} IS ?", (value,))
        for at in range(0, len(values), 3):
            some = values[at:at + 3] + values[:1]  # one of them twice
            self.both(f"WHERE {name} IN ({','.join('?' * len(some))})", some)
            self.both(f"WHERE {name} IN ({','.join(literal(self.connection, v) for v in some)})")
        self.connection.execute("DROP TABLE IF EXISTS temp.wanted")
        self.connection.execute("CREATE TEMP TABLE wanted(value)")
        self.connection.executemany("INSERT INTO wanted VALUES(?)", [(v,) for v in values[::2]])
        self.both(f"WHERE {name} IN (SELECT value FROM wanted)")
        self.both(f"WHERE {name} NOT IN (SELECT value FROM wanted WHERE value IS NOT NULL)")
        self.both(f"JOIN wanted ON {name} = wanted.value")
        self.both(f"LEFT JOIN wanted ON {name} = wanted.value ORDER BY {name} LIMIT 20")

    def pair(self, c, d):
        a, b = (f"t.{quoted(self.answer[i]['name'])}" for i in (c, d))
        for row in self.rows[:: max(1, len(self.rows) // 4)][:4]:
            self.both(f"WHERE {a} = ? AND {b} = ?", (row[c], row[d]))
            self.both(f"WHERE {a} IN (?, ?) AND {b} IS ?", (row[c], self.rows[0][c], row[d]))
            self.both(f"WHERE {a} = ? OR {b} = ?", (row[c], row[d]))


def check_keys(checks, connection, verb, call, answer):
    keys = Keys(connection, call, answer)
    which = [c for c, column in enumerate(answer) if column["key"]]
    for c in which:
        keys.column(c)
        for d in which:
            if c < d:
                keys.pair(c, d)
    checks.that(not keys.problems and (keys.found or not which or not keys.rows),
                f"{verb}: {len(which)} keys, {keys.asked} questions, {keys.found} with rows",
                "; ".join(keys.problems[:3]))


# ---- every verb -----------------------------------------------------------------------------


def check_verb(checks, verb, kind, columns, example, answer, has_arguments):
    connection = mt.connect()
    name = f"{verb} ({kind})"
    rows = connection.execute(example.rstrip().rstrip(";")).fetchall()
    checks.that(rows or not has_arguments, f"{name}: the example gives rows")
    call = mt.call_in(example, verb, kind == "table")
    if not checks.that(call, f"{name}: its example calls it"):
        return
    checks.equal([c["name"] for c in answer], columns.split(", "), f"{name}: columns")
    if kind == "table":
        cursor = connection.execute(f"SELECT * FROM {call}")
        checks.equal([d[0] for d in cursor.description], [c["name"] for c in answer],
                     f"{name}: columns of the answer")
        check_cells(checks, name, answer, cursor.fetchall())
        check_keys(checks, connection, name, call, answer)
        if "i AS id" in call and any(c["key"] and c["type"] == "any" for c in answer):
            mixed = call.replace("i AS id", MIXED_IDS)
            check_keys(checks, connection, name + " of mixed ids", mixed, answer)
    elif kind == "scalar":
        check_cells(checks, name, answer, connection.execute(f"SELECT {call}").fetchall())
    connection.close()


def main():
    checks = mt.Checks("verbs by their examples")
    verbs = mt.connect().execute(
        "SELECT verb, kind, columns, example, answer, form LIKE '%(%' FROM mine_verbs").fetchall()
    checks.that(len(verbs) >= 30 and len({v[1] for v in verbs}) > 1, f"{len(verbs)} verbs")
    for verb, kind, columns, example, answer, has_arguments in verbs:
        check_verb(checks, verb, kind, columns, example, json.loads(answer), has_arguments)
    checks.end()


main()
