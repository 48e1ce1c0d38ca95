#!/usr/bin/env python3
"""sql/crm on public purchase logs: Online Retail (cancellations, lines without a customer), CDNOW and
Groceries by member.  The views are mapped as an analyst would; two nights, the report, and a snapshot whose
features do not move when the future changes."""
import csv
import json
import os
import lzma
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("customers of real shops")


def retail(db):
    db.execute("CREATE TABLE lines(invoice, stock, description, quantity INTEGER, at, price REAL, customer, country)")
    with lzma.open(mt.data("online_retail.csv.xz"), "rt", encoding="utf-8", newline="") as file:
        db.executemany("INSERT INTO lines VALUES(?,?,?,?,?,?,?,?)", list(csv.reader(file))[1:])
    return ("SELECT CAST(customer AS INTEGER) AS customer, max(at) AS at, sum(quantity * price) AS amount, country AS kind, "
            "invoice AS order_id FROM lines WHERE customer <> '' GROUP BY invoice", "2011-09-01", "2011-10-01")


def cdnow(db):
    db.execute("CREATE TABLE lines(customer INTEGER, at TEXT, number INTEGER, amount REAL)")
    rows = [line.split() for line in mt.data("CDNOW_master.txt").read_text().splitlines() if line.strip()[:1].isdigit()]
    db.executemany("INSERT INTO lines VALUES(?,?,?,?)", rows)
    return ("SELECT customer, substr(at, 1, 4) || '-' || substr(at, 5, 2) || '-' || substr(at, 7, 2) AS at, amount, NULL AS kind, "
            "rowid AS order_id FROM lines", "1998-03-01", "1998-04-01")


def groceries(db):
    db.execute("CREATE TABLE lines(customer INTEGER, at TEXT, item TEXT)")
    with open(mt.data("groceries_member_date.csv"), encoding="utf-8", newline="") as file:
        db.executemany("INSERT INTO lines VALUES(?,?,?)", list(csv.reader(file))[1:])
    return ("SELECT customer, substr(at, 7, 4) || '-' || substr(at, 4, 2) || '-' || substr(at, 1, 2) AS at, count(*) AS amount, "
            "NULL AS kind, customer || lines.at AS order_id FROM lines GROUP BY customer, lines.at", "2015-10-01", "2015-11-01")


def schema(orders):
    """The views of sql/crm/schema.sql that the scripts read, over these orders."""
    return f"""CREATE VIEW crm_orders AS {orders};
CREATE VIEW crm_order_lines AS SELECT customer, at, amount, kind, order_id, order_id AS 订单编号 FROM crm_orders;
CREATE VIEW crm_complaints AS SELECT NULL AS customer, NULL AS at, NULL AS kind, NULL AS severity, NULL AS settled WHERE 0;
CREATE VIEW crm_answers AS SELECT NULL AS customer, NULL AS at, NULL AS question, NULL AS mark WHERE 0;
CREATE VIEW crm_today AS SELECT '2000-01-01' AS at;"""


def run(name, recipe, day, database, folder):
    code, said = mt.shell(f"DROP VIEW crm_today; CREATE VIEW crm_today AS SELECT '{day}' AS at;\n.read sql/{recipe}.sql\n",
                          database, folder, options=("-bail",))
    checks.equal(code, 0, f"{name}: {recipe} on {day}" + (f" {said[-300:]}" if code else ""))
    return said


def leaks(name, database, day):
    definition = json.dumps({"events": {"orders": "SELECT customer, at, amount FROM crm_orders"}, "cutoff": day,
                             "windows": [30, "3 months", "all"], "label": "none", "horizon": 30})
    with_mine = mt.connect(database)
    sql = with_mine.execute("SELECT mine_snapshot(?)", (definition,)).fetchone()[0]
    with_mine.close()
    plain = mt.sqlite3.connect(database)
    before = plain.execute(sql).fetchall()
    plain.execute("CREATE TABLE purchases AS SELECT * FROM crm_orders")
    plain.execute("DROP VIEW crm_orders")
    plain.execute("CREATE VIEW crm_orders AS SELECT customer, at, amount FROM purchases WHERE at < ? UNION ALL "
                  "SELECT customer, date(?, '+5 days'), 1e9 FROM purchases".replace("?", f"'{day}'"))
    after = plain.execute(sql).fetchall()
    plain.close()
    checks.that(before and [r[:-1] for r in before] == [r[:-1] for r in after] and before != after,
                f"{name}: {len(before)} customers, no feature sees the future")


WORDS = {"crm": ("champions", "gold", "active"), "zh/crm": ("冠军客户", "金", "活跃")}


def shop(name, make, recipes):
    folder = mt.scratch()
    database = folder / "shop.db"
    try:
        db = mt.sqlite3.connect(database)
        orders, first, second = make(db)
        db.executescript(schema(orders))
        db.commit()
        db.close()
        run(name, f"{recipes}/alerts", first, database, folder)
        run(name, f"{recipes}/alerts", second, database, folder)
        db = mt.sqlite3.connect(database)
        alerts = db.execute("SELECT * FROM mine_alerts ORDER BY 1, 2").fetchall()
        db.close()
        run(name, f"{recipes}/alerts", second, database, folder)
        db = mt.sqlite3.connect(database)
        checks.that(alerts and db.execute("SELECT * FROM mine_alerts ORDER BY 1, 2").fetchall() == alerts,
                    f"{name}: {len(alerts)} alerts, and the same again", str(sorted({a[1] for a in alerts})))
        db.close()
        report = run(name, f"{recipes}/report", second, database, folder)
        checks.that(all(word in report for word in WORDS[recipes]), f"{name}: the report of {recipes}")
        leaks(name, database, first)
    finally:
        shutil.rmtree(folder)


def main():
    if "MINE_LONG" not in os.environ:
        mt.skip("a minute of real purchase logs: tools/long_checks.sh peers")
    for recipes in WORDS:
        shop("Online Retail", retail, recipes)
        shop("CDNOW", cdnow, recipes)
        shop("Groceries", groceries, recipes)
    checks.end()


main()
