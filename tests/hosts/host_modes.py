"""Every verb's answer in the output modes of the sqlite3 shell.

Each verb of mine_verbs is called as in its own example, in the shell, in several modes; what
the shell prints is read by what people read it with, and compared with the rows themselves.

  json   one array of objects, the columns of the verb, the values of the rows
  csv    RFC 4180: a header and as many fields in each row
  quote  literals of SQL that select the rows again
  box    a table of equally long lines; in all modes no control characters

Columns of JSON carry SQLite's subtype: in json_array() they nest, through a table they do not.
"""
import csv
import io
import json
import math
import pathlib
import re
import sys
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

mt.preload_self()

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f]")
MARK = "=====8<====="


def statements(db):
    """(verb, SQL, columns of JSON) of everything that answers."""
    out = []
    for verb, kind, example, answer in db.execute("SELECT verb, kind, example, answer FROM mine_verbs"):
        out.append((verb, example.rstrip().rstrip(";"), None))
        call = mt.call_in(example, verb, kind == "table")
        if kind == "table":
            names = [name for (name,) in db.execute(f"SELECT name FROM pragma_table_xinfo('{verb}') WHERE hidden = 0")]
            what = "*"
            own = {"seconds", "created"} & set(names)  # which no two runs share
            if own:
                what = ", ".join(f'"{name}"' for name in names if name not in own)
            out.append((verb + " *", f"SELECT {what} FROM {call}", json.loads(answer)))
    return out


def printed(sqls, mode):
    """What the shell prints for each statement."""
    script = f".mode {mode}\n.headers {'off' if mode == 'quote' else 'on'}\n" + "".join(f".print {MARK}\n{sql};\n" for sql in sqls)
    code, text = mt.shell(script)
    return code, text.split(MARK + "\n")[1:]


def same(printed_value, value):
    if isinstance(value, bytes):
        return isinstance(printed_value, str)
    if isinstance(value, float) and isinstance(printed_value, (int, float)):
        return printed_value == value or math.isclose(printed_value, value, rel_tol=1e-12)
    return printed_value == value


def check_json(checks, what, text, names, rows):
    try:
        read = json.loads(text) if text.strip() else []
    except ValueError as problem:
        checks.that(False, f"{what}: json is JSON", f"{problem}: {text[:300]}")
        return
    if len(set(names)) == len(names):
        good = [list(r) for r in read] == [names] * len(rows) and all(
            same(value, cell) for r, row in zip(read, rows) for value, cell in zip(r.values(), row))
        checks.that(good, f"{what}: json has the rows", "" if good else text[:300])


def check_csv(checks, what, text, names, rows):
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    good = not rows or (read[0] == names and len(read) == len(rows) + 1 and all(len(r) == len(names) for r in read))
    checks.that(good, f"{what}: csv has the fields", "" if good else str(read[:2])[:300])


def check_quote(checks, db, what, text, rows):
    """The literals, row by row, give the rows; a text may run over lines."""
    lines = text.split("\n")
    at = 0
    for row in rows:
        literal = lines[at]
        while literal.count("'") % 2:
            at += 1
            literal += "\n" + lines[at]
        at += 1
        got = db.execute("SELECT " + re.sub(r"(?<![\w'])-?Inf\b", "9e999", literal)).fetchone()
        if len(got) != len(row) or not all(same(g, v) or isinstance(v, bytes) for g, v in zip(got, row)):
            checks.that(False, f"{what}: quote gives the row", f"{got}, not {row}"[:300])
            return
    checks.that(at == len(lines) - (lines[-1] == ""), f"{what}: quote gives the rows")


def width(line):
    return sum(0 if unicodedata.combining(c) else 1 for c in line)


def check_box(checks, what, text):
    lines = text.rstrip("\n").split("\n")
    even = len({width(line) for line in lines}) == 1
    checks.that(even, f"{what}: box is a box", "" if even else text[:300])


def nested(inner, may_be_text):
    """Lists and objects; a JSON string too, which would else come with its quotes."""
    return isinstance(inner, (list, dict)) or (may_be_text and not inner.startswith(('"', "[", "{")))


def check_subtype(checks, db, verb, sql, answer):
    """A column of JSON nests in JSON; one of text, or copied through a table, is a string."""
    call = sql[sql.index(" FROM ") + len(" FROM "):]
    for column in answer:
        if column["type"] not in ("json", "text"):
            continue
        name = '"' + column["name"] + '"'
        for origin, nests in (call, column["type"] == "json"), (f"(SELECT {name} FROM {call} GROUP BY 1)", False):
            found = db.execute(f"SELECT json_array({name}), typeof({name}) FROM {origin} WHERE {name} IS NOT NULL").fetchall()
            wrong = [text for text, kind in found
                     if kind != "text" or nested(json.loads(text)[0], nests) != nests]
            checks.that(not wrong, f"{verb}: {column['name']} {'nests' if nests else 'is a string'} in JSON"
                        f"{' through a subquery' if origin != call else ''}", str(wrong[:1]))


def main():
    checks = mt.Checks("output modes")
    db = mt.connect(isolation_level=None)
    asked = [one for one in statements(db) if not one[0].startswith("mine_debug")]
    checks.that(len(asked) >= 50, f"{len(asked)} statements")
    expected = []
    for _, sql, _ in asked:
        cursor = db.execute(sql)
        expected.append(([d[0] for d in cursor.description], cursor.fetchall()))
    for mode in "json", "csv", "quote", "box":
        code, texts = printed([sql for _, sql, _ in asked], mode)
        checks.that(code == 0 and len(texts) == len(asked), f"{mode}: every statement runs", f"{code}, {len(texts)}")
        for (verb, _, _), text, (names, rows) in zip(asked, texts, expected):
            what = f"{mode}, {verb}"
            bare = text.replace("\r\n", "\n") if mode == "csv" else text
            checks.that(not CONTROL.search(bare), f"{what}: no control characters")
            if mode == "json":
                check_json(checks, what, text, names, rows)
            elif mode == "csv":
                check_csv(checks, what, text, names, rows)
            elif mode == "quote":
                check_quote(checks, db, what, text, rows)
            elif rows:
                check_box(checks, what, text)
    for verb, sql, answer in asked:
        if answer:
            check_subtype(checks, db, verb, sql, answer)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
