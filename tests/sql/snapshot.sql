-- mine_snapshot: the text of a SELECT with features before a cut-off and a label after it.
CREATE TABLE orders(customer_id INTEGER, ordered_at TEXT, amount REAL);
INSERT INTO orders VALUES
  (1, '2024-01-10', 10), (1, '2024-03-01', 20), (1, '2024-03-31', 30), (1, '2024-04-10', 40),
  (2, '2024-02-01', 5), (2, '2024-02-01', 7), (2, '2024-06-20', 9),
  (3, '2024-04-01', 100), (4, '2024-03-31 23:59:59', 1), (NULL, '2024-01-01', 1);
CREATE TABLE calls(who INTEGER, at INTEGER, topic TEXT);
INSERT INTO calls VALUES
  (1, unixepoch('2024-03-20'), 'complaint'), (1, unixepoch('2024-01-20'), 'question'),
  (5, unixepoch('2024-02-20'), 'complaint'), (2, unixepoch('2024-04-02'), 'complaint');
CREATE TABLE customers(id INTEGER PRIMARY KEY, since TEXT);
INSERT INTO customers VALUES (1, '2023-01-01'), (2, '2023-01-01'), (5, '2024-02-01'), (6, '2024-03-31'), (7, '2024-04-01');

-- The text.
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "windows":[30], "features":["count","sum"],
  "label":"none", "horizon":"30 days"}');
SELECT item, name, detail FROM mine_warnings;

-- What it yields: the text is a source like any other.
SELECT * FROM mine_profile(mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "windows":[30, "3 months", "all"]}'));

-- Several sources, kinds, customers who are silent, a gap before the label.
CREATE TABLE made AS SELECT mine_snapshot('{
  "events": {"orders": "orders",
             "calls": {"source":"calls", "customer":"who", "time":"at", "kind":"topic", "kinds":["complaint"]}},
  "customers": "customers", "cutoff": "2024-04-01", "gap": "1 week", "horizon": "2 months",
  "windows": ["12 weeks"], "features": ["count", "recency"], "label": {"of":"orders", "is":"sum"}}') AS sql;
SELECT sql FROM made;

-- Tonight: no label, the same features.
SELECT mine_snapshot('{"events":"orders", "cutoff":"now", "windows":["1 month"], "features":["count","trend"],
  "label":"none", "horizon":30, "entity":"customer"}');
SELECT item, name, detail FROM mine_warnings;

-- Refused.
SELECT mine_snapshot(NULL);
SELECT mine_snapshot('orders');
SELECT mine_snapshot('{"events":"orders"}');
SELECT mine_snapshot('{"cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":{}, "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "cutof":1}');
SELECT mine_snapshot('{"events":"nothing", "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":"customers", "cutoff":"spring"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-01-01"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2023-01-01"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "label":"none"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "label":"none", "horizon":"90 days"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "label":"lost", "horizon":"90 days"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "label":{"of":"calls","is":"any"}, "horizon":9}');
SELECT mine_snapshot('{"events":"SELECT customer_id, ordered_at FROM orders", "cutoff":"2024-04-01", "label":"sum", "horizon":9}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "windows":["soon"]}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "windows":[30,"30 days"]}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-04-01", "features":["median"]}');
SELECT mine_snapshot('{"events":{"calls":{"source":"calls","customer":"who","time":"at","kind":"topic"}}, "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":{"orders":{"source":"orders","kinds":["a"]}}, "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":{"orders":{"table":"orders"}}, "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":"SELECT 1 AS who, ''1.2.2024'' AS at UNION ALL SELECT 1, ''30.11.2024''", "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":"SELECT 1 AS who, ''2024-Q1'' AS at", "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":"SELECT * FROM orders WHERE 0", "cutoff":"2024-04-01"}');
SELECT mine_snapshot('{"events":{"source":"orders", "ammount":"amount"}, "cutoff":"2024-01-01"}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-01-01", "horizon":30, "label":{"is":"none", "off":"x"}}');
SELECT mine_snapshot('{"events":"orders", "cutoff":"2024-01-01", "colour":1}');
