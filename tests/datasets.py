"""Public data sets as an analyst gets them: CSV imported as TEXT, baskets as rows."""
import csv
import io
import lzma

import minetest as mt


def read_text(name):
    path = mt.data(name)
    if path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
            return file.read()
    return path.read_text(encoding="utf-8-sig")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def load_csv(db, table, name, header=None, delimiter=","):
    """All columns TEXT, as the shell's .import makes them.  header: names when the
    file has none."""
    rows = [r for r in csv.reader(io.StringIO(read_text(name)), delimiter=delimiter) if r]
    names = header or rows.pop(0)
    columns = ", ".join(f"{quoted(n)} TEXT" for n in names)
    db.execute(f"CREATE TABLE {table}({columns})")
    marks = ", ".join("?" * len(names))
    db.executemany(f"INSERT INTO {table} VALUES({marks})", (r for r in rows if len(r) == len(names)))
    return names


def load_baskets(db, table, name, delimiter=None):
    """One basket a line: table(basket, item), duplicates and all."""
    convert = str if delimiter else int
    db.execute(f"CREATE TABLE {table}(basket INTEGER, item)")

    def rows():
        for basket, line in enumerate(read_text(name).splitlines()):
            for item in line.split(delimiter):
                if item.strip():
                    yield basket, convert(item.strip())

    db.executemany(f"INSERT INTO {table} VALUES(?, ?)", rows())


ADULT = ("age workclass fnlwgt education education_num marital_status occupation relationship race "
         "sex capital_gain capital_loss hours_per_week native_country income").split()


def load_adult(db):
    """adult_train, adult_test(id, ..., income): blanks trimmed, `?` kept as a level."""
    for part in ("train", "test"):
        load_csv(db, f"raw_{part}", f"adult_{part}.csv", ADULT)
        columns = ", ".join(f"trim({c}) AS {c}" for c in ADULT[:-1])
        db.execute(f"CREATE TABLE adult_{part} AS SELECT rowid AS id, {columns}, "
                   f"rtrim(trim(income), '.') AS income FROM raw_{part}")
