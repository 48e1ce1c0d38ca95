#!/usr/bin/env python3
"""Columns of dates as attributes: a model of texts must answer as the model of the days
that Python's datetime makes of them, row for row.

Every form of date_forms.py with every time of day, thin and full, in three cases, and
periods: a tree, k-means and neighbours of each, the rows scored again as text, one by
one and together, with missing dates among them.  Columns that could be day first or
month first are trained with date_format=, and refused without.  What a tree says in
words (`d < 02.01.2024`) is put to every row by Python."""
import datetime as dt
import json
import pathlib
import random
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
from date_forms import DAY, EPOCH, FORMS, TIMES, days_of  # noqa: E402

mt.preload_self()
checks = mt.Checks("dates as attributes against their days")
db = mt.connect()
ROWS = 150

PERIODS = {
    "%Y-%m": lambda d: (f"{d.year}-{d.month:02}", d.replace(day=1)),
    "%Y/%m": lambda d: (f"{d.year}/{d.month:02}", d.replace(day=1)),
    "%m/%Y": lambda d: (f"{d.month:02}/{d.year}", d.replace(day=1)),
    "%Y-Q%q": lambda d: (f"{d.year}-Q{(d.month + 2) // 3}", d.replace(month=(d.month - 1) // 3 * 3 + 1, day=1)),
    "Q%q %Y": lambda d: (f"Q{(d.month + 2) // 3} {d.year}", d.replace(month=(d.month - 1) // 3 * 3 + 1, day=1)),
    "%G-W%V": lambda d: ("{}-W{:02}".format(*d.isocalendar()), d - dt.timedelta(days=d.weekday())),
    "%G-W%V-%u": lambda d: ("{}-W{:02}-{}".format(*d.isocalendar()), d),
    "%Y年%m月": lambda d: (f"{d.year}年{d.month}月", d.replace(day=1)),
    "%Y年第%q季度": lambda d: (f"{d.year}年第{(d.month + 2) // 3}季度",
                          d.replace(month=(d.month - 1) // 3 * 3 + 1, day=1)),
    "%b %Y": lambda d: (d.strftime("%b %Y"), d.replace(day=1)),
    "%b-%y": lambda d: (d.strftime("%b-%y"), d.replace(day=1)),
}


def table(texts, days, rng):
    """Two tables alike, but for d: its texts, and its days.  The target leans on d."""
    known = sorted(d for d in days if d is not None)
    middle = known[len(known) // 2]
    db.executescript("DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS numbers;"
                     "CREATE TABLE words(id INTEGER PRIMARY KEY, d TEXT, x REAL, y TEXT);"
                     "CREATE TABLE numbers(id INTEGER PRIMARY KEY, d REAL, x REAL, y TEXT);")
    for i, (text, day) in enumerate(zip(texts, days)):
        x = rng.randrange(50)
        y = "yes" if ((day or middle) >= middle) != (rng.random() < 0.15) else "no"
        db.execute("INSERT INTO words VALUES(?,?,?,?)", (i + 1, text, x, y))
        db.execute("INSERT INTO numbers VALUES(?,?,?,?)", (i + 1, day, x, y))


def predictions(model, source):
    return db.execute("SELECT prediction, probability FROM mine_predict(?, ?)", (model, source)).fetchall()


def ask(options, told):
    """Whether a training without a format is refused with a question."""
    try:
        db.execute("SELECT mine_train('asked', 'tree', 'words', ?)", (options,))
    except sqlite3.OperationalError as error:
        return "can be read in" in str(error) and told in str(error)
    return False


def read_as_dates(model):
    """Whether its report says so: the line of a training has room for the first warnings only."""
    return db.execute("SELECT count(*) FROM mine_summary(?) WHERE item = 'warning' AND name = 'd' "
                      "AND detail LIKE '%is read as dates%'", (model,)).fetchone()[0] > 0


def compare(texts, days, rng, said=None):
    """What differs between the models of the two tables; None: nothing."""
    table(texts, days, rng)
    extra = f', date_format="{said}"' if said else ""
    options = "target=y, max_depth=4, min_samples_leaf=5, min_samples_split=10"
    line, = db.execute("SELECT mine_train('words', 'tree', 'words', ?)", (options + extra,)).fetchone()
    db.execute("SELECT mine_train('numbers', 'tree', 'numbers', ?)", (options,))
    if not read_as_dates("words"):
        return line
    as_words = predictions("words", "words")
    if as_words != predictions("numbers", "numbers"):
        return "predictions"
    for i in rng.sample(range(len(texts)), 5):
        x, = db.execute("SELECT x FROM words WHERE id = ?", (i + 1,)).fetchone()
        one, = db.execute("SELECT mine_predict('words', 'd', ?, 'x', ?)", (texts[i], x)).fetchone()
        row, = db.execute("SELECT mine_predict('words', ?)", (json.dumps({"d": texts[i], "x": x}),)).fetchone()
        if (one, row) != (as_words[i][0],) * 2:
            return f"one row: {texts[i]}"
    clusters = [db.execute(f"SELECT cluster, distance FROM mine_cluster('{name}', ?)",
                           ("k=3, ignore=y" + (extra if name == "words" else ""),)).fetchall() for name in ("words", "numbers")]
    if any(a[0] != b[0] or abs(a[1] - b[1]) > 1e-6 for a, b in zip(*clusters)):
        return "clusters"
    near = [[d for d, in db.execute(
        f"SELECT distance FROM mine_neighbors('SELECT * FROM {name}', 'SELECT * FROM {name} WHERE id <= 20', ?)",
        ("k=5, metric=gower, ignore=y" + (extra if name == "words" else ""),))] for name in ("words", "numbers")]
    if len(near[0]) != len(near[1]) or any(abs(a - b) > 1e-6 for a, b in zip(*near)):
        return "neighbours"
    return None


def moments(rng, form, step):
    low, high = dt.datetime(2001, 1, 1), dt.datetime(2029, 1, 1)
    span = (high - low) // step
    some = [low + rng.randrange(span) * step for _ in range(ROWS - 1)]
    return [dt.datetime(2013, 7, 25, 5, 7, 9, 100)] + some


def with_gaps(rng, values, gaps):
    return [gap if rng.random() < 0.08 else v for v, gap in zip(values, gaps)]


def spelled():
    rng = random.Random(31)
    wrong = n = 0
    for form, write in FORMS.items():
        for tail, (step, write_time) in TIMES.items():
            if form == "Ymd" and not tail:
                continue
            for thin, case in ((False, "title"), (True, "upper"), (True, "lower")):
                full = rng.random() < 0.5
                digits = (lambda v: f"{v}") if thin else (lambda v: f"{v:02}")
                some = [EPOCH + (d - EPOCH) // step * step for d in moments(rng, form, step)]
                texts = [write(d, digits, case, full) + write_time(d, digits, case) for d in some]
                days = [days_of(d) for d in some]
                if rng.random() < 0.5:
                    keep = [rng.random() > 0.08 or i == 0 for i in range(ROWS)]
                    texts = [t if k else rng.choice((None, "", " ")) for t, k in zip(texts, keep)]
                    days = [d if k else None for d, k in zip(days, keep)]
                problem = compare(texts, days, rng)
                n += 1
                wrong += problem is not None
                if problem:
                    print(f"  {form}{tail} thin={thin} {case}: {problem}; {texts[1]}")
    checks.that(wrong == 0 and n >= 240, "every form with every time of day", f"{n} spellings, {wrong} wrong")


def periods():
    rng = random.Random(32)
    wrong = 0
    for fmt, write in PERIODS.items():
        some = [write(d.replace(hour=0, minute=0, second=0, microsecond=0)) for d in moments(rng, fmt, DAY)]
        problem = compare([text for text, _ in some], [days_of(d) for _, d in some], rng)
        wrong += problem is not None
        if problem:
            print(f"  {fmt}: {problem}; {some[1]}")
    checks.that(wrong == 0, "months, quarters, weeks", f"{len(PERIODS)} forms, {wrong} wrong")


def ambiguous():
    """Days up to 12: a question; what it says is then said, for all columns or for one."""
    rng = random.Random(33)
    wrong = n = 0
    for mark in "./-":
        for fmt in (f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y", f"%d{mark}%m{mark}%y", f"%m{mark}%d{mark}%y"):
            some = [dt.datetime(rng.randrange(2001, 2013), rng.randrange(1, 13), rng.randrange(1, 13))
                    for _ in range(ROWS)]
            texts, days = [d.strftime(fmt) for d in some], [days_of(d) for d in some]
            for said in (fmt, f"d:{fmt}", f" D : {fmt}".replace(" : ", ":")):
                problem = compare(texts, days, rng, said)
                n += 1
                if problem or not ask("target=y", f"date_format={fmt}"):
                    wrong += 1
                    print(f"  {said}: {problem}; {texts[1]}")
    checks.that(wrong == 0, "day or month first", f"{n} formats, {wrong} wrong")


def kept():
    """A model reads tonight's rows as it learned: rows that alone would be read otherwise."""
    rng = random.Random(34)
    wrong = n = 0
    for fmt in ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%y.%m.%d", "%d-%m-%Y"):
        some = [d.replace(hour=0, minute=0, second=0, microsecond=0) for d in moments(rng, fmt, DAY)]
        some = [d for d in some if d.year < 2029] + [dt.datetime(2001, 1, 31), dt.datetime(2001, 12, 31)]
        texts, days = [d.strftime(fmt) for d in some], [days_of(d) for d in some]
        wrong += compare(texts, days, rng, fmt) is not None
        low = [d for d in some if d.day <= 12]
        for d in rng.sample(low, 10):
            text = d.strftime(fmt)
            got = predictions("words", f"SELECT 1 AS id, '{text}' AS d, 7.0 AS x")
            want = predictions("numbers", f"SELECT 1 AS id, {days_of(d)} AS d, 7.0 AS x")
            n += 1
            wrong += got != want
    checks.that(wrong == 0 and n == 50, "a model keeps its reading", f"{n} rows, {wrong} wrong")


def digits():
    """Numbers are numbers until they are named."""
    rng = random.Random(35)
    some = moments(rng, "", dt.timedelta(seconds=1))
    kinds = {
        "unix": ([(d - EPOCH) // dt.timedelta(seconds=1) for d in some], dt.timedelta(seconds=1)),
        "unix_ms": ([(d - EPOCH) // dt.timedelta(milliseconds=1) for d in some], dt.timedelta(milliseconds=1)),
        "%Y%m%d": ([int(d.strftime("%Y%m%d")) for d in some], DAY),
        "%Y%m%d%H%M%S": ([int(d.strftime("%Y%m%d%H%M%S")) for d in some], dt.timedelta(seconds=1)),
    }
    for fmt, (values, step) in kinds.items():
        days = [days_of(EPOCH + (d - EPOCH) // step * step) for d in some]
        for as_text in (False, True):
            cells = [str(v) for v in values] if as_text else values
            table(cells, days, rng)
            if not as_text:
                db.execute("DROP TABLE words")
                db.execute("CREATE TABLE words AS SELECT id, d, x, y FROM numbers")
                db.executemany("UPDATE words SET d = ? WHERE id = ?", [(v, i + 1) for i, v in enumerate(cells)])
            db.execute("SELECT mine_train('words', 'tree', 'words', 'target=y')")
            told = " ".join(row[0] for row in db.execute("SELECT detail FROM mine_summary('words') WHERE item = 'warning'"))
            line, = db.execute("SELECT mine_train('words', 'tree', 'words', 'target=y, date_format=d:' || ?)", (fmt,)).fetchone()
            db.execute("SELECT mine_train('numbers', 'tree', 'numbers', 'target=y')")
            checks.that(f"date_format=d:{fmt}" in told and read_as_dates("words") and
                        predictions("words", "words") == predictions("numbers", "numbers"),
                        f"{fmt} as {'text' if as_text else 'number'}")


def tests_in_words():
    """Every row goes where the words of the tree send it."""
    rng = random.Random(36)
    wrong = n = 0
    for fmt, step in (("%Y-%m-%d", DAY), ("%d.%m.%Y", DAY), ("%Y-%m-%d %H:%M", dt.timedelta(minutes=1)),
                      ("%Y年%m月%d日", DAY), ("%m/%d/%Y %H:%M:%S", dt.timedelta(seconds=1))):
        some = [EPOCH + (d - EPOCH) // step * step for d in moments(rng, fmt, step)]
        table([d.strftime(fmt) for d in some], [days_of(d) for d in some], rng)
        db.execute("SELECT mine_train('words', 'tree', 'words', 'target=y, ignore=x, max_depth=5, min_samples_leaf=3, min_samples_split=6')")
        for test, rows in db.execute("SELECT path, rows FROM mine_tree('words') WHERE parent"):
            inside = some
            for part in test.split(" and "):
                sign = " >= " if " >= " in part else " < "
                bound = dt.datetime.strptime(part.split(sign)[1], fmt)
                inside = [d for d in inside if (d >= bound) == (sign == " >= ")]
            n += 1
            wrong += len(inside) != rows
    checks.that(wrong == 0 and n > 50, "paths in words hold the rows they say", f"{n} nodes, {wrong} wrong")


def no_dates():
    """What looks a little like dates and is none stays a category or a number."""
    rng = random.Random(37)
    kinds = {
        "versions": lambda: f"{rng.randrange(1, 5)}.{rng.randrange(20)}.{rng.randrange(30)}",
        "telephones": lambda: f"0{rng.randrange(100, 999)}-{rng.randrange(10000, 99999)}",
        "ranges": lambda: rng.choice(("0-4", "5-9", "10-14", "15-19")),
        "scores": lambda: f"{rng.randrange(6)}:{rng.randrange(6)}",
        "sizes": lambda: f"{rng.randrange(1, 9)}/{rng.randrange(1, 9)}",
        "names of months": lambda: rng.choice(("May", "June", "April")),
        "clock": lambda: f"{rng.randrange(24)}:{rng.randrange(60):02}",
        "addresses": lambda: f"10.{rng.randrange(3)}.{rng.randrange(9)}.{rng.randrange(200)}",
        "money": lambda: f"${rng.randrange(900)}.{rng.randrange(10, 99)}",
        "quarters": lambda: f"Q{rng.randrange(1, 5)}",
    }
    for kind, make in kinds.items():
        table([make() for _ in range(ROWS)], [float(i) for i in range(ROWS)], rng)
        line, = db.execute("SELECT mine_train('words', 'tree', 'words', 'target=y, holdout=0')").fetchone()
        checks.that("dates" not in line, kind, line if "dates" in line else "")


def main():
    spelled()
    periods()
    ambiguous()
    kept()
    digits()
    tests_in_words()
    no_dates()
    checks.end()


main()
