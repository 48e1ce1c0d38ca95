#!/usr/bin/env python3
"""The recipes' steps on real files, imported as an analyst does: .import, all TEXT.

Telco churn, mall and wholesale customers, groceries, Online Retail.  What each must
come to is checked, not the full output (the data are not ours to keep)."""
import lzma
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("recipes on real data")

TELCO = """
.import --csv {data}/telco_customer_churn.csv customers
SELECT 'columns', count(*) FROM mine_profile('customers');
SELECT "column" || '=' || type FROM mine_profile('customers') WHERE "column" IN ('tenure', 'TotalCharges', 'Contract');
SELECT mine_train('churn', 'tree', 'customers', 'target=Churn, max_depth=5');
SELECT 'positive', detail || name FROM mine_summary('churn') WHERE item = 'positive';
SELECT 'auc', value FROM mine_evaluate('churn') WHERE metric = 'auc';
SELECT 'top', feature FROM mine_importance('churn') WHERE rank = 1;
SELECT 'lost', sum(rows) FROM mine_tree('churn') WHERE gain IS NULL;
CREATE TABLE scores AS SELECT id AS customerID, probability AS risk FROM mine_predict('churn', 'customers');
SELECT 'scored', count(*) FROM scores JOIN customers USING (customerID) WHERE risk BETWEEN 0 AND 1;
SELECT 'lift', round(avg(Churn = 'Yes') / (SELECT avg(Churn = 'Yes') FROM customers), 3)
FROM (SELECT * FROM scores ORDER BY risk DESC LIMIT 704) JOIN customers USING (customerID);
"""

MALL = """
.import --csv {data}/mall_customers.csv customers
SELECT mine_train('segments', 'kmeans', 'customers', 'k=5');
SELECT 'ids', min(id), typeof(id) FROM mine_predict('segments', 'customers');
SELECT 'segments', count(DISTINCT cluster), sum(rows) FROM (SELECT cluster, max(rows) AS rows FROM mine_centroids('segments') GROUP BY cluster);
SELECT 'inertia', round(sum(distance * distance), 4) FROM mine_cluster(
  'SELECT CustomerID, "Annual Income (k$)", "Spending Score (1-100)" FROM customers', 'k=5, scale=none');
"""

WHOLESALE = """
.import --csv {data}/wholesale_customers.csv customers
SELECT mine_train('segments', 'kmeans', 'customers', 'k=3');
SELECT mine_train('segments', 'kmeans', 'customers', 'k=3, id=none, ignore=Channel|Region');
SELECT 'rows', sum(rows) FROM (SELECT max(rows) AS rows FROM mine_centroids('segments') GROUP BY cluster);
SELECT 'alike', count(*) FROM mine_neighbors('SELECT rowid, Fresh, Milk, Grocery FROM customers',
  'SELECT rowid, Fresh, Milk, Grocery FROM customers WHERE Channel = ''1'' LIMIT 10', 'k=5');
"""

GROCERIES = """
.import --csv {data}/groceries_member_date.csv lines
CREATE VIEW baskets AS SELECT Member_number || '/' || "Date" AS basket, itemDescription AS item FROM lines;
SELECT 'baskets', count(DISTINCT basket) FROM baskets;
SELECT 'sets', count(*) > 20 FROM mine_itemsets('baskets', 'min_support=0.01');
SELECT 'check', (SELECT count FROM mine_itemsets('baskets', 'min_support=0.01') WHERE itemset = '["whole milk"]') =
                (SELECT count(DISTINCT basket) FROM baskets WHERE item = 'whole milk');
SELECT 'rules', count(*) > 5, min(confidence) >= 0.1 FROM mine_rules('baskets', 'min_support=0.001, min_confidence=0.1');
"""

RETAIL = """
.import --csv {folder}/online_retail.csv lines
CREATE TABLE sales AS SELECT InvoiceNo, StockCode, trim(Description) AS item, CustomerID,
  CAST(Quantity AS INTEGER) AS quantity, CAST(UnitPrice AS REAL) AS price, date(InvoiceDate) AS day
FROM lines WHERE InvoiceNo NOT LIKE 'C%' AND CAST(Quantity AS INTEGER) > 0 AND CAST(UnitPrice AS REAL) > 0;
SELECT 'sales', count(*) FROM sales;
SELECT 'rules', count(*) > 20, max(lift) > 10, min(count) > 300 FROM mine_rules('SELECT InvoiceNo, item FROM sales', 'min_support=0.02, min_confidence=0.5');
CREATE VIEW people AS SELECT CustomerID, count(DISTINCT InvoiceNo) AS orders, sum(quantity * price) AS spend,
  julianday('2011-12-10') - julianday(max(day)) AS days_since FROM sales WHERE CustomerID <> '' GROUP BY CustomerID;
SELECT mine_train('segments', 'kmeans', 'SELECT CustomerID, ln(orders) AS orders, ln(spend) AS spend, ln(1 + days_since) AS days_since FROM people', 'k=4');
SELECT 'people', count(*), count(DISTINCT prediction) FROM mine_predict('segments',
  'SELECT CustomerID, ln(orders) AS orders, ln(spend) AS spend, ln(1 + days_since) AS days_since FROM people');
SELECT 'best', count(DISTINCT id) > 20 FROM mine_neighbors('people', 'SELECT * FROM people ORDER BY spend DESC LIMIT 10', 'k=10, metric=gower');
"""


def run(name, script, expected, folder):
    """Each expected pattern must match a line of the output."""
    code, out = mt.shell(script.format(data=mt.DATA.resolve(), folder=folder), folder=folder)
    for pattern in expected:
        found = re.search(pattern, out, re.M)
        checks.that(found, f"{name}: {pattern}", found.group() if found else "\n" + out)


def main():
    mt.data("README.md")
    folder = mt.scratch()
    try:
        run("telco", TELCO, [r"^columns\|21$", r"^tenure=numeric$", r"^TotalCharges=numeric$", r"^Contract=category$",
                             r"^positive\|.*'Yes'$", r"^auc\|0\.8[1-9]", r"^top\|Contract$", r"^lost\|7043$",
                             r"^scored\|7043$", r"^lift\|2\.[5-9]"], folder)
        run("mall", MALL, [r"^ids\|0001\|text$", r"^segments\|5\|200$", r"^inertia\|44448\.4554$"], folder)
        run("wholesale", WHOLESALE, [r"mine_train: .*Channel.*id=", r"^rows\|440$", r"^alike\|50$"], folder)
        run("groceries", GROCERIES, [r"^baskets\|14963$", r"^sets\|1$", r"^check\|1$", r"^rules\|1\|1$"], folder)
        with lzma.open(mt.data("online_retail.csv.xz")) as packed, open(folder / "online_retail.csv", "wb") as plain:
            shutil.copyfileobj(packed, plain)
        run("online retail", RETAIL, [r"^sales\|530104$", r"^rules\|1\|1\|1$", r"^people\|4338\|4$", r"^best\|1$"], folder)
    finally:
        shutil.rmtree(folder)
    checks.end()


main()
