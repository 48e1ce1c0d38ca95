"""Where a property is tried: a connection that remembers what was said, and a case made smaller.

A property is a maker of cases (from random numbers) and a check that raises Wrong.  What a
check needs is in the case, as plain values, so that a failing case can be made smaller by
dropping rows and columns while it still fails in the same way, and be printed as SQL.
"""
import copy
import json
import math
import pathlib
import re
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

PROPERTIES = []


class Wrong(Exception):
    """What a property found: a short name of the kind (the same while a case shrinks), and the values."""

    def __init__(self, kind, detail=""):
        super().__init__(f"{kind}: {detail}")
        self.kind = kind


class Property:
    def __init__(self, check, verbs, make, cases):
        self.name, self.check, self.verbs, self.make, self.cases = check.__name__, check, verbs, make, cases
        self.what = (check.__doc__ or "").strip().split("\n")[0]


def prop(*verbs, make, cases):
    """A check of these verbs; `cases` of it are a share of the daily run."""
    def declare(check):
        PROPERTIES.append(Property(check, verbs, make, cases))
        return check
    return declare


def literal(value):
    """A value in SQL; a NUL in a text needs char(0)."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, str):
        return " || char(0) || ".join("'" + part.replace("'", "''") + "'" for part in value.split("\0"))
    if isinstance(value, float) and math.isinf(value):
        return "9e999" if value > 0 else "-9e999"
    return repr(value)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


# What a sentence of ours looks like: the function, then the problem.
SENTENCE = re.compile(r"^mine_[a-z0-9_]+: [^ ].*[^ :;,]$", re.S)
NEVER = ("not an error", "unknown error", "SQL logic error", "(null)", "nan ", "%s", "%l", "%.", "internal error")


def sentence(text):
    """Raises Wrong where an error is no sentence of ours."""
    plain = re.sub(r"'(?:[^']|'')*'", "''", text)  # not what is quoted from the data
    if not SENTENCE.match(text):
        raise Wrong("an error that is no sentence", text)
    for word in NEVER:
        if word in plain.split("(valid:")[0]:
            raise Wrong(f"an error with {word!r}", text)


def spoiled(rows, dice):
    """An answer with one value changed."""
    rows = [list(r) for r in rows]
    row = dice.choice(rows)
    at = dice.randrange(len(row))
    value = row[at]
    row[at] = "x" if value is None else value + "x" if isinstance(value, str) else value + 1
    return [tuple(r) for r in rows]


class Lab:
    spoil = None  # a random number generator: answers are changed, and properties must notice

    def __init__(self, encoding=None):
        self.db = mt.connect(isolation_level=None)
        if encoding:
            self.db.execute(f"PRAGMA encoding = '{encoding}'")
        self.db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        self.said = []

    def run(self, sql, *values):
        """Rows; an error passes, once it is known to be a sentence."""
        self.said.append((sql, values))
        try:
            rows = self.db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            sentence(str(error))
            raise
        return spoiled(rows, Lab.spoil) if Lab.spoil and rows and "mine_" in sql else rows

    def ask(self, sql, *values):
        """Rows of a call that has no reason to fail."""
        try:
            return self.run(sql, *values)
        except sqlite3.Error as error:
            raise Wrong("refused", str(error)) from error

    def refused(self, sql, *values):
        """(rows, None) or (None, the sentence)"""
        try:
            return self.run(sql, *values), None
        except sqlite3.Error as error:
            return None, str(error)

    def create(self, name, table):
        columns = ", ".join(f"{quoted(c.name)} {c.declared}" for c in table.columns)
        self.said.append((f"CREATE TABLE {quoted(name)}({columns})", ()))
        self.db.execute(self.said[-1][0])
        if table.rows:
            marks = ", ".join("?" * len(table.columns))
            self.db.executemany(f"INSERT INTO {quoted(name)} VALUES({marks})", table.rows)
            self.said += [(f"INSERT INTO {quoted(name)} VALUES({marks})", tuple(row)) for row in table.rows]

    def script(self):
        """What was said, as a script for the shell."""
        out = []
        for sql, values in self.said:
            parts, given = sql.split("?"), iter(values)
            numbered = re.search(r"\?\d", sql)
            if numbered:
                out.append(re.sub(r"\?(\d)", lambda m: literal(values[int(m.group(1)) - 1]), sql) + ";")
                continue
            text = parts[0]
            for part in parts[1:]:
                text += literal(next(given)) + part
            out.append(text + ";")
        return "\n".join(out)


# ---- numbers ---------------------------------------------------------------------------


def near(ours, theirs, most=1e-9, scale=0.0):
    """Both None, or equal up to a share of the size of the value (or of `scale`)."""
    if theirs is None or theirs != theirs:
        return ours is None
    if ours is None or isinstance(ours, (str, bytes)):
        return False
    if math.isinf(theirs) or math.isinf(ours):
        return ours == theirs
    return abs(ours - theirs) <= most * max(abs(ours), abs(theirs), scale) + 1e-300


def must(good, kind, detail=""):
    if not good:
        raise Wrong(kind, detail() if callable(detail) else detail)


def same(ours, theirs, kind, most=1e-9, scale=0.0):
    if not near(ours, theirs, most, scale):
        raise Wrong(kind, f"{ours!r}, expected {theirs!r}")


def options(given):
    """The JSON form, which takes any value."""
    return json.dumps(given, ensure_ascii=False)


# ---- a failing case made smaller ---------------------------------------------------------


def fails(prop_, case):
    """The kind of failure, or None; anything but Wrong is a fault of the test or of the engine."""
    lab = Lab(case.get("encoding"))
    try:
        prop_.check(lab, case)
    except Wrong as wrong:
        return wrong.kind, str(wrong), lab
    except sqlite3.Error as error:
        return "an error", str(error), lab
    finally:
        lab.db.close()
    return None, "", lab


def smaller(case):
    """Cases with fewer rows (halves first), then fewer columns."""
    for name, table in case["tables"].items():
        n = len(table.rows)
        size = n // 2
        while size >= 1:
            for start in range(0, n, size):
                less = copy.deepcopy(case)
                del less["tables"][name].rows[start:start + size]
                yield less
            size //= 2
        for i, column in enumerate(table.columns):
            if column.role == "feature":
                less = copy.deepcopy(case)
                less["tables"][name].drop(i)
                yield less


def shrink(prop_, case, kind, tries=400):
    found = True
    while found and tries > 0:
        found = False
        for less in smaller(case):
            tries -= 1
            if tries <= 0:
                break
            try:
                still = fails(prop_, less)[0]
            except Exception:  # a case too small for the check
                continue
            if still == kind:
                case, found = less, True
                break
    return case
