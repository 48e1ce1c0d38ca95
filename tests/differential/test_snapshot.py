#!/usr/bin/env python3
"""mine_snapshot against Python's own counting, on random events.

The text is run by a connection without the extension.  Then events after the cut-off are
added, moved and removed: no feature may change, and in the text every table stands beside the
comparison that ends it.  The same events in other forms of time give the same rows."""
import datetime as dt
import json
import pathlib
import random
import re
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("snapshots")
CUTOFF = dt.datetime(2024, 7, 1)
WINDOWS = {"30d": 30, "12w": 84, "all": None}
DEFINITION = {
    "events": {"orders": "SELECT customer_id, ordered_at, amount FROM orders",
               "calls": {"source": "calls", "customer": "who", "time": "at", "kind": "topic",
                         "kinds": ["complaint", "it's"]}},
    "cutoff": "2024-07-01", "windows": [30, "12 weeks", "all"], "gap": "1 week", "horizon": "60 days",
    "label": {"of": "orders", "is": "count"}}


def make(connection, seed):
    random.seed(seed)
    start = dt.datetime(2024, 1, 1)
    orders, calls = [], []
    for _ in range(1500):
        at = start + dt.timedelta(seconds=random.choice([random.randrange(300 * 86400), 182 * 86400,
                                                         182 * 86400 - 1, 189 * 86400, 249 * 86400]))
        orders.append((random.randrange(60), at.isoformat(" "), random.choice([None, round(random.random() * 50, 2)])))
    for _ in range(400):
        at = start + dt.timedelta(days=random.randrange(300))
        calls.append((random.randrange(80), int(at.replace(tzinfo=dt.timezone.utc).timestamp()),
                      random.choice(["complaint", "it's", "other"])))
    connection.execute("CREATE TABLE orders(customer_id INTEGER, ordered_at TEXT, amount REAL)")
    connection.execute("CREATE TABLE calls(who INTEGER, at INTEGER, topic TEXT)")
    connection.executemany("INSERT INTO orders VALUES(?,?,?)", orders)
    connection.executemany("INSERT INTO calls VALUES(?,?,?)", calls)
    connection.commit()
    return ([(c, dt.datetime.fromisoformat(t), a, None) for c, t, a in orders],
            [(c, dt.datetime.fromtimestamp(t, dt.timezone.utc).replace(tzinfo=None), None, k) for c, t, k in calls])


def days(delta):
    return delta.total_seconds() / 86400


def expected(name, events, customer, kinds, amounts):
    """What the columns of a source must hold for one customer."""
    own = [e for e in events if e[0] == customer and e[1] < CUTOFF]
    out = {}

    def window(rows, length):
        return [e for e in rows if length is None or e[1] >= CUTOFF - dt.timedelta(days=length)]

    for suffix, length in WINDOWS.items():
        within = window(own, length)
        money = [e[2] for e in within if e[2] is not None]
        out[f"{name}_count_{suffix}"] = len(within)
        out[f"{name}_days_{suffix}"] = len({e[1].date() for e in within})
        if amounts:
            out[f"{name}_sum_{suffix}"] = sum(money)
            out[f"{name}_mean_{suffix}"] = statistics.fmean(money) if money else None
        if length is not None:
            middle = CUTOFF - dt.timedelta(days=length) / 2
            later = sum(e[1] >= middle for e in within)
            out[f"{name}_trend_{suffix}"] = (2 * later - len(within)) / len(within) if within else None
        for kind in kinds:
            out[f"{name}_{kind}_count_{suffix}"] = sum(e[3] == kind for e in within)
    out[f"{name}_recency"] = days(CUTOFF - max(e[1] for e in own)) if own else None
    out[f"{name}_tenure"] = days(CUTOFF - min(e[1] for e in own)) if own else None
    for kind in kinds:
        of = [e[1] for e in own if e[3] == kind]
        out[f"{name}_{kind}_recency"] = days(CUTOFF - max(of)) if of else None
    seen = sorted({e[1].date() for e in own})
    gaps = [(b - a).days for a, b in zip(seen, seen[1:])]
    out[f"{name}_gap_mean"] = statistics.fmean(gaps) if gaps else None
    out[f"{name}_gap_longest"] = max(gaps) if gaps else None
    out[f"{name}_overdue"] = (CUTOFF.date() - seen[-1]).days / statistics.fmean(gaps) if gaps else None
    return out


def same(a, b):
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-6 * max(1, abs(b))


def rows_of(path, sql):
    """By a connection that never loaded the extension."""
    plain = mt.sqlite3.connect(path)
    cursor = plain.execute(sql)
    names = [d[0] for d in cursor.description]
    rows = {row[0]: dict(zip(names, row)) for row in cursor}
    plain.close()
    return names, rows


def against_python(connection, path, orders, calls):
    sql = connection.execute("SELECT mine_snapshot(?)", (json.dumps(DEFINITION),)).fetchone()[0]
    names, rows = rows_of(path, sql)
    who = {e[0] for e in orders + calls if e[1] < CUTOFF}
    checks.equal(sorted(rows), sorted(who), "a row for everybody with an event before")
    wrong, cells = [], 0
    begin = CUTOFF + dt.timedelta(days=7)
    for customer, row in rows.items():
        wanted = {**expected("orders", orders, customer, [], True),
                  **expected("calls", calls, customer, ["complaint", "it's"], False)}
        wanted["label"] = sum(e[0] == customer and begin <= e[1] < begin + dt.timedelta(days=60) for e in orders)
        cells += len(wanted)
        if set(wanted) != set(names[1:]):
            wrong.append(set(wanted) ^ set(names[1:]))
        wrong += [(customer, n, row.get(n), v) for n, v in wanted.items() if not same(row.get(n), v)]
    checks.that(not wrong, f"{cells} cells of {len(rows)} customers", str(wrong[:3]))
    labels = [row["label"] for row in rows.values()]
    checks.that(0 < sum(v > 0 for v in labels), "some labels are not 0", str(sum(labels)))
    return sql, names, rows


def no_leak(connection, path, sql, names, rows):
    """Whatever happens after the cut-off, no feature moves."""
    features = names[1:-1]
    plain = mt.sqlite3.connect(path)
    plain.execute("INSERT INTO orders SELECT customer_id, datetime('2024-07-01', (abs(random()) % 200) || ' days'), 1e6 "
                  "FROM orders")
    plain.execute("INSERT INTO calls SELECT who, unixepoch('2024-07-01') + abs(random()) % 9000000, 'complaint' FROM calls")
    plain.execute("INSERT INTO orders VALUES(999, '2024-07-01', 5)")
    plain.execute("DELETE FROM orders WHERE ordered_at > '2024-08-01' AND rowid % 3 = 0")
    plain.commit()
    plain.close()
    _, after = rows_of(path, sql)
    moved = [(c, f) for c in rows for f in features if after[c][f] != rows[c][f]]
    checks.equal(sorted(after), sorted(rows), "customers of the future get no row")
    checks.that(not moved, "no feature moves", str(moved[:3]))
    checks.that(any(after[c]["label"] != rows[c]["label"] for c in rows), "labels do")
    again = connection.execute("SELECT mine_snapshot(?)", (json.dumps(DEFINITION),)).fetchone()[0]
    checks.equal(again, sql, "the text does not depend on the events")
    # Made false: without the comparison that cuts off, the features move, so the test can fail.
    broken = re.sub(r" < julianday\('2024-07-01'\)", " < julianday('2025-07-01')", sql)
    _, leaking = rows_of(path, broken)
    checks.that(any(leaking[c][f] != rows[c][f] for c in rows for f in features), "a leak would be seen")


def tonight(connection, names, path):
    definition = dict(DEFINITION, cutoff="now")
    sql = connection.execute("SELECT mine_snapshot(?)", (json.dumps(definition),)).fetchone()[0]
    got, _ = rows_of(path, sql)
    checks.equal(got, names[:-1], "tonight: the same features in the same order, and no label")
    late = dict(DEFINITION, cutoff="2026-01-01")
    got, rows = rows_of(path, connection.execute("SELECT mine_snapshot(?)", (json.dumps(late),)).fetchone()[0])
    checks.equal(got, names[:-1], "nothing lies after the cut-off: no label")
    connection.execute(f"CREATE TEMP VIEW tonight AS {sql}")
    count, = connection.execute("SELECT count(*) FROM tonight").fetchone()
    checks.that(count == len(rows), "the text is a view", f"{count} rows")


def forms(connection, path):
    """The same moments, written in other ways."""
    ways = {"iso date": ("date(t)", True), "iso": ("t", False), "with T": ("replace(t, ' ', 'T')", False),
            "zone": ("datetime(t, '+2 hours') || '+02:00'", False),
            "unix": ("unixepoch(t)", False), "unix ms": ("unixepoch(t) * 1000", False), "julian": ("julianday(t)", False),
            "yyyymmdd": ("CAST(strftime('%Y%m%d', t) AS INTEGER)", True), "digits": ("strftime('%Y%m%d', t)", True),
            "german": ("strftime('%d.%m.%Y', t)", True), "german time": ("strftime('%d.%m.%Y %H:%M:%S', t)", False),
            "chinese": ("strftime('%Y年%m月%d日', t)", True), "month": ("strftime('%Y-%m', t)", None)}
    connection.execute("CREATE TABLE moments AS SELECT customer_id AS c, ordered_at AS t, amount AS a FROM orders")
    result = {}
    for name, (expression, dated) in ways.items():
        t = {True: "date(t)", False: "t", None: "strftime('%Y-%m-01', t)"}[dated]
        both = []
        for written in (t, expression):
            table = f"form_{len(result)}_{len(both)}"
            connection.execute(f"CREATE TABLE {table} AS SELECT c, {written} AS at, a FROM moments")
            connection.commit()
            sql = connection.execute("SELECT mine_snapshot(?)", (json.dumps(
                {"events": table, "cutoff": "2024-07-01", "windows": [30, 90]}),)).fetchone()[0]
            both.append(rows_of(path, sql)[1])
        wrong = [(c, n, v, both[0][c][n]) for c, row in both[1].items() for n, v in row.items()
                 if not same(v, both[0][c][n])]
        result[name] = len(both[1])
        checks.that(len(both[0]) == len(both[1]) > 50 and not wrong, f"times as {name}", str(wrong[:2]))


def used(connection):
    """A model of what was known, and tonight's scores, by one definition."""
    text = json.dumps(DEFINITION | {"label": "none"})
    connection.execute("SELECT mine_train('returns', 'logistic', mine_snapshot(?), 'target=label, l2=1')", (text,))
    rows = connection.execute("SELECT id, probability FROM mine_predict('returns', mine_snapshot(json_set(?, '$.cutoff', 'now')))",
                              (text,)).fetchall()
    checks.that(len(rows) > 50 and all(0 <= p <= 1 for _, p in rows), "train and score tonight", f"{len(rows)} rows")


def main():
    folder = mt.scratch()
    path = folder / "events.db"
    connection = mt.connect(path)
    orders, calls = make(connection, 5)
    sql, names, rows = against_python(connection, path, orders, calls)
    forms(connection, path)
    used(connection)
    no_leak(connection, path, sql, names, rows)
    tonight(connection, names, path)
    connection.close()
    checks.end()


main()
