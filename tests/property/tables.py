"""Random tables: types, spellings, gaps, repeated rows, orders, names; and what each value means.

A column knows how it is written and what a reader of the documents takes from it: a number, a
category, or nothing.  The tests compute from these meanings only.
"""
import dataclasses
import datetime as dt
import random

NAMES = ["x", "Net Sales", "order", "group", "select", "größe", "价格", "a.b", "it's", 'say "so"', "A1", "a,b", "p|q",
         "k=v", "100%", "λ", "rowid_", "Ünïcode", "table", "index", "y_2", "[x]", "new.x", "$", "-", "value", "feature"]
LEVELS = [["a", "b"], ["gold", "silver", "bronze"], ["北京", "上海", "广州", "深圳"], ["yes", "no"], ["é", "e\u0301", "E"],
          ["x y", "x  y", "x"], ["it's", 'a"b', "back\\slash"], ["007", "012", "099", "100a"], ["a\0b", "a\0c", "a"],
          ["only"], [f"level {i}" for i in range(12)], ["A", "a"], ["true", "false", "maybe"], ["1e3", "2e3", "x"],
          ["0x10", "0x11"], ["null-ish", "none-ish"], ["-0-", "+"], ["\U0001F600", "\U0001F601"]]
WORDS = ["NA", "n/a", "null", "-", "?"]
DATES = {"%Y-%m-%d": "DATE", "%d.%m.%Y": "TEXT", "%Y/%m/%d": "TEXT", "%Y-%m-%d %H:%M:%S": "DATETIME",
         "%d %b %Y": "VARCHAR(20)", "%Y年%m月%d日": "TEXT"}
LONG = [1023, 1024, 1025, 2048, 4097]  # what is read in blocks
TEXTUAL = ["TEXT", "VARCHAR(30)", "", "NVARCHAR", "CLOB"]
NUMERIC = ["INTEGER", "REAL", "NUMERIC", "", "DOUBLE", "DECIMAL(10,2)", "INT"]


@dataclasses.dataclass
class Column:
    name: str
    declared: str = ""
    kind: str = "number"  # number, category, date; "id", "weight" and the like are roles
    role: str = "feature"
    text: bool = False    # numbers written as texts
    words: tuple = ()     # texts that are guessed to mean missing
    form: str = ""        # of dates
    means: dict = dataclasses.field(default_factory=dict)

    def meaning(self, value):
        """What a reader takes from a stored value."""
        if self.role == "id":
            return value
        if value is None or (isinstance(value, str) and value.strip(" ") == ""):
            return None
        if self.kind == "date":
            return self.means[value]
        if self.kind == "number":
            return None if value in self.words else float(value)
        return value


class Table:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows

    def drop(self, index):
        del self.columns[index]
        for row in self.rows:
            del row[index]

    def of(self, role):
        return next((c for c in self.columns if c.role == role), None)

    def features(self):
        return [c for c in self.columns if c.role == "feature"]


class Data:
    """A table as it is stored: read back, then taken for what it means."""

    def __init__(self, lab, name, table):
        self.table, self.columns = table, table.columns
        self.stored = lab.db.execute(f'SELECT * FROM "{name}"').fetchall()
        self.n = len(self.stored)
        self.values = {c.name: [c.meaning(row[i]) for row in self.stored] for i, c in enumerate(self.columns)}
        self.raw = {c.name: [row[i] for row in self.stored] for i, c in enumerate(self.columns)}
        key = table.of("id")
        self.ids = self.raw[key.name] if key else list(range(1, self.n + 1))

    def features(self, kind=None):
        """Those that hold a value at all."""
        return [c for c in self.table.features() if any(v is not None for v in self.values[c.name])
                and (kind in (None, c.kind) or (kind == "number" and c.kind == "date"))]


# ---- columns -----------------------------------------------------------------------------


def plain(rng, v):
    """A number as a text that reads as a plain decimal."""
    if float(v).is_integer() and abs(v) < 1e15:
        text = str(int(v))
    else:
        text = f"{v:.6f}"
    return rng.choice([text, text, text, f" {text} ", text + ("0" if "." in text else "")])


def draw_numbers(rng, n, far=False):
    how = rng.randrange(9)
    if far and rng.random() < 0.1:
        size = rng.choice([1e200, 1e-200, 1e-310])
        return [size * rng.randrange(1, 1000) for _ in range(n)]
    if how == 0:
        return [float(rng.randrange(5)) for _ in range(n)]
    if how == 1:
        return [rng.gauss(0, 1) for _ in range(n)]
    if how == 2:
        return [1e9 + rng.randrange(1000) for _ in range(n)]
    if how == 3:
        return [rng.choice([1e-6, 1.0, 1e6]) * rng.gauss(0, 1) for _ in range(n)]
    if how == 4:
        return [rng.choice([0.0, -0.0, 1.0, -1.0]) for _ in range(n)]
    if how == 5:
        return [float(int(rng.lognormvariate(3, 1.5))) for _ in range(n)]
    if how == 6:
        return [float(i // 2) for i in range(n)]
    if how == 7:
        value = rng.choice([0.0, 7.0, -2.5])
        return [value] * n
    return [round(rng.uniform(-50, 50), 1) for _ in range(n)]


def far_column(rng, name, n):
    """Numbers whose squares are beyond a double, too."""
    return Column(name, "", "number"), draw_numbers(rng, n, True)


def number_column(rng, name, n):
    column = Column(name, rng.choice(NUMERIC), "number")
    values = draw_numbers(rng, n)
    if rng.random() < 0.3:
        column.text, column.declared = True, rng.choice(TEXTUAL)
        return column, [plain(rng, v) for v in values]
    if rng.random() < 0.5:
        values = [int(v) if v.is_integer() else v for v in values]
    return column, values


def category_column(rng, name, n, choices=None):
    levels = rng.choice(LEVELS) if choices is None else choices
    weights = [rng.random() + 0.1 for _ in levels]
    return Column(name, rng.choice(TEXTUAL), "category"), rng.choices(levels, weights, k=n)


def date_column(rng, name, n):
    form = rng.choice(sorted(DATES))
    column = Column(name, rng.choice([DATES[form], "TEXT"]), "date", form=form)
    values = []
    for _ in range(n):
        moment = dt.datetime(2024, 1, 1) + dt.timedelta(days=rng.randrange(700))
        if "%H" in form:
            moment += dt.timedelta(seconds=rng.randrange(86400))
        text = moment.strftime(form)
        column.means[text] = (moment - dt.datetime(1970, 1, 1)) / dt.timedelta(days=1)
        values.append(text)
    if form == "%d.%m.%Y":  # days that no month can be: one way to read it, whichever rows are left
        for i, text in enumerate(values):
            day = 13 + int(text[:2]) % 16
            values[i] = f"{day}{text[2:]}"
            moment = dt.datetime.strptime(values[i], form)
            column.means[values[i]] = (moment - dt.datetime(1970, 1, 1)) / dt.timedelta(days=1)
    return column, values


def with_gaps(rng, column, values, share):
    gaps = [None, None, "", " "] if column.text or column.kind != "number" else [None]
    if column.declared == "" and not column.text and column.kind == "number":
        gaps = [None, ""]
    return [rng.choice(gaps) if rng.random() < share else v for v in values]


def names(rng, n):
    out, seen = [], set()
    while len(out) < n:
        name = rng.choice(NAMES) if rng.random() < 0.5 else f"c{len(out)}"
        if name.lower() not in seen:
            seen.add(name.lower())
            out.append(name)
    return out


def id_column(rng, n):
    how = rng.randrange(5)
    if how == 0:
        return Column("id", "INTEGER PRIMARY KEY", "number", "id"), list(range(1, n + 1))
    if how == 1:
        return Column("Customer No", "INTEGER", "number", "id"), rng.sample(range(-5 * n - 5, 5 * n + 5), n)
    if how == 2:
        return Column("key", "TEXT", "category", "id"), [f"k{i:04}" for i in rng.sample(range(5 * n + 5), n)]
    if how == 3:
        return Column("客户", "TEXT", "category", "id"), [f"客{i}" for i in range(n)]
    return Column("id", "", "number", "id"), [2**53 + i if i % 3 else f"t{i}" for i in range(n)]


KINDS = {"number": number_column, "category": category_column, "date": date_column, "far": far_column}


def table(rng, rows=(0, 1, 2, 3, 5, 9, 20, 60), kinds=("number", "number", "category", "date"), width=(1, 5),
          gaps=(0, 0, 0, 0.1, 0.5), identified=True, repeats=True):
    """An id and features; some rows repeated (with ids of their own), in any order."""
    n = rng.choice(rows)
    if rng.random() < 0.02 and max(rows) > 50:
        n = rng.choice(LONG)
    columns, values = [], []
    for name in names(rng, rng.randint(*width)):
        column, drawn = KINDS[rng.choice(kinds)](rng, name, n)
        columns.append(column)
        values.append(with_gaps(rng, column, drawn, rng.choice(gaps)))
    if repeats and n > 3 and rng.random() < 0.3:
        for _ in range(n // 4):
            a, b = rng.randrange(n), rng.randrange(n)
            for drawn in values:
                drawn[a] = drawn[b]
    if identified:
        column, ids = id_column(rng, n)
        while any(c.name.lower() == column.name.lower() for c in columns):
            column, ids = id_column(rng, n)
        columns.insert(0, column)
        values.insert(0, ids)
    order = list(range(n))
    if rng.random() < 0.5:
        rng.shuffle(order)
    return Table(columns, [[v[i] for v in values] for i in order])


def add(table_, column, values, first=False):
    at = 0 if first else len(table_.columns)
    table_.columns.insert(at, column)
    for row, value in zip(table_.rows, values):
        row.insert(at, value)


def generator(name, seed):
    return random.Random(f"{name} {seed}")
