#!/usr/bin/env python3
"""The reader of time against Python's datetime: every day of the years 1 to 9999, every
form at random moments, offsets, ISO weeks, numbers, and which readings a column allows
(those strptime formats that read all of it).

The other side is `unit_dates --probe`, which reads columns and prints days."""
import datetime as dt
import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
from date_forms import DAY, EPOCH, FORMS, TIMES, days_of  # noqa: E402

PROBE = mt.BUILD / "unit_dates"
if not PROBE.exists():
    mt.skip(f"{PROBE} is not built (apt-get install libcmocka-dev)")

LONG = bool(os.environ.get("MINE_LONG"))
CASES = 4000 if LONG else 1000

checks = mt.Checks("dates against Python's datetime")


def ask(columns):
    """Columns (mode and format, lines) to answers: (head, rows of (days, written)) each."""
    text = "".join(f"= {head}\n" + "".join(f"{line}\n" for line in lines) + ".\n" for head, lines in columns)
    done = subprocess.run([PROBE, "--probe"], input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = []
    for line in done.stdout.decode().splitlines():
        if line[:1] in "=!":
            answers.append((line, []))
        else:
            answers[-1][1].append(tuple(line.split("\t")))
    return answers


def every_day():
    """Days, and the same text again: all in the long run, else those of every seventh year."""
    wrong, n = 0, 0
    days = [i for i in range(1, dt.date.max.toordinal() + 1) if LONG or dt.date.fromordinal(i).year % 7 == 4]
    texts = [dt.date.fromordinal(i).isoformat() for i in days]
    for start in range(0, len(texts), 500000):
        part = texts[start:start + 500000]
        (_, rows), = ask([("w", ["t" + text for text in part])])
        for text, (read, back) in zip(part, rows):
            wrong += int(read) != days[n] - EPOCH.toordinal() or back[1:] != text
            n += 1
    checks.that(n == (3652059 if LONG else 521566) and wrong == 0, "every day of the years", f"{n} days, {wrong} wrong")


def weeks():
    texts, expected = [], []
    for ordinal in range(1, dt.date.max.toordinal() - 400, 11):
        day = dt.date.fromordinal(ordinal)
        year, week, weekday = day.isocalendar()
        texts.append(f"t{year:04}-W{week:02}-{weekday}")
        expected.append(ordinal - EPOCH.toordinal())
    (head, rows), = ask([("w", texts)])
    wrong = sum(int(days) != e or back != t for (days, back), e, t in zip(rows, expected, texts))
    checks.that(len(rows) == len(texts) and wrong == 0, "ISO weeks", f"{len(rows)} of {len(texts)} read, {wrong} wrong; {head}")


def moments(rng, n, form, step):
    """Random moments, the 25th of some month among them: no month is 25."""
    low, high = (dt.datetime(1970, 1, 1), dt.datetime(2068, 12, 31)) if form.endswith("y") else (
        dt.datetime(1800, 1, 1), dt.datetime(2140, 1, 1))
    span = (high - low) // step
    return [dt.datetime(1999, 7, 25, 5, 7, 9, 100) if i == 0 else low + rng.randrange(span) * step for i in range(n)]


def forms():
    rng = random.Random(5)
    columns, expected = [], []
    for form, write in FORMS.items():
        for tail, (step, write_time) in TIMES.items():
            for thin in (False, True):
                for case in ("title", "upper", "lower"):
                    if form == "Ymd" and not tail:
                        continue  # digits alone: numbers() has them
                    full = rng.random() < 0.5
                    digits = (lambda v: f"{v}") if thin else (lambda v: f"{v:02}")
                    days = [EPOCH + (d - EPOCH) // step * step for d in moments(rng, 60, form, step)]
                    lines = ["t" + write(d, digits, case, full) + write_time(d, digits, case) for d in days]
                    columns.append(("w", lines))
                    expected.append((f"{form}{tail}", days, lines))
    wrong = 0
    for (head, rows), (what, days, lines) in zip(ask(columns), expected):
        good = len(rows) == len(lines) and all(
            abs(float(got) - days_of(d)) < 1e-11 and back == line for (got, back), d, line in zip(rows, days, lines))
        if not good:
            wrong += 1
            bad = next(((r, l) for r, l in zip(rows, lines) if r[-1] != l), None)
            print(f"  {what}: {head}; {bad}")
    checks.that(wrong == 0 and len(columns) > 400, "forms with times, in three cases, thin and full",
                f"{len(columns)} columns, {wrong} wrong")


def offsets():
    rng = random.Random(6)
    wrong = 0
    for _ in range(50):
        minutes = rng.randrange(-12 * 60, 14 * 60)
        zone = dt.timezone(dt.timedelta(minutes=minutes))
        some = [dt.datetime(1990, 1, 1, tzinfo=zone) + dt.timedelta(seconds=rng.randrange(10 ** 9)) for _ in range(40)]
        lines = ["t" + d.isoformat() for d in some]
        (head, rows), = ask([("w", lines)])
        wrong += len(rows) != len(lines) or any(
            abs(float(got) - days_of(d.astimezone(dt.timezone.utc).replace(tzinfo=None))) > 1e-11 or back != line
            for (got, back), d, line in zip(rows, some, lines))
    checks.that(wrong == 0, "one offset a column", f"50 columns, {wrong} wrong")
    paris = [dt.datetime(2024, month, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2 if 4 <= month <= 10 else 1)))
             for month in range(1, 13)]
    (head, rows), = ask([("w", ["t" + d.isoformat() for d in paris])])
    checks.equal([back[1:] for _, back in rows], [d.astimezone(dt.timezone.utc).isoformat() for d in paris],
                 "several offsets: written in UTC")


def numbers():
    rng = random.Random(7)
    some = [dt.datetime(1975, 1, 1) + dt.timedelta(microseconds=rng.randrange(3 * 10 ** 15)) for _ in range(300)]
    micro = dt.timedelta(microseconds=1)
    kinds = {
        "unix": [(d - EPOCH) // dt.timedelta(seconds=1) for d in some],
        "unix_ms": [(d - EPOCH) // dt.timedelta(milliseconds=1) for d in some],
        "unix_us": [(d - EPOCH) // micro for d in some],
        "%Y%m%d": [int(d.strftime("%Y%m%d")) for d in some],
        "%Y%m%d%H%M%S": [int(d.strftime("%Y%m%d%H%M%S")) for d in some],
        "%Y": [d.year for d in some],
        "%Y%m": [d.year * 100 + d.month for d in some],
    }
    steps = {"unix": dt.timedelta(seconds=1), "unix_ms": dt.timedelta(milliseconds=1), "unix_us": micro,
             "%Y%m%d": DAY, "%Y%m%d%H%M%S": dt.timedelta(seconds=1)}
    for kind, values in kinds.items():
        for mark in "it":
            lines = [f"{mark}{v}" for v in values]
            (head, rows), = ask([("w", lines)])
            exact = [EPOCH + (d - EPOCH) // steps[kind] * steps[kind] if kind in steps else
                     dt.datetime(d.year, d.month if "m" in kind else 1, 1) for d in some]
            wrong = sum(abs(float(got) - days_of(d)) > 1e-11 or back != line for (got, back), d, line in zip(rows, exact, lines))
            checks.that(head.split("\t")[0] == f"= {mark} 0 {kind}" and wrong == 0, f"{kind} as {mark}", f"{head}, {wrong} wrong")


def readings(values, formats):
    def reads(fmt):
        try:
            for value in values:
                dt.datetime.strptime(value, fmt)
        except ValueError:
            return False
        return True
    return [fmt for fmt in formats if reads(fmt)]


def decisions():
    """Columns of small and large days in one order: one reading, or a question."""
    rng = random.Random(8)
    columns, expected = [], []
    for _ in range(CASES):
        mark, year = rng.choice("./-"), rng.choice("Yy")
        formats = [f"%d{mark}%m{mark}%{year}", f"%m{mark}%d{mark}%{year}"]
        if year == "y":
            formats.append(f"%y{mark}%m{mark}%d")
        truth = rng.choice(formats)
        top = rng.choice((10, 13, 28))
        values = [dt.date(rng.randrange(1990, 2035), rng.randrange(1, 13), rng.randrange(1, top)).strftime(truth)
                  for _ in range(rng.randrange(1, 7))]
        columns.append(("w", ["t" + v for v in values]))
        expected.append(readings(values, formats))
    wrong = asked = 0
    for (head, _), allowed, (_, lines) in zip(ask(columns), expected, columns):
        asked += len(allowed) > 1
        if len(allowed) == 1:
            good = head.split("\t")[0] == f"= t 0 {allowed[0]}"
        else:
            good = "can be read in" in head and all(f"date_format={fmt}" in head for fmt in allowed)
            good = good and head.count("date_format=") == len(allowed)
        if not good:
            wrong += 1
            print(f"  {lines}: {head}, expected {allowed}")
    checks.that(wrong == 0 and CASES // 8 < asked < CASES - CASES // 8, "one reading or a question", f"{asked} of {CASES} ask, {wrong} wrong")


def main():
    weeks()
    forms()
    offsets()
    numbers()
    decisions()
    every_day()
    checks.end()


main()
