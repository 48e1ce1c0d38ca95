-- Sequences of four customers (Pei et al. 2001, table 1), their limits, rules, and outcomes.
.headers on
CREATE TABLE journey(customer, day, item);
WITH events(customer, day, items) AS (VALUES
  (1, 1, 'a'), (1, 2, 'abc'), (1, 3, 'ac'), (1, 4, 'd'), (1, 5, 'cf'),
  (2, 1, 'ad'), (2, 2, 'c'), (2, 3, 'bc'), (2, 4, 'ae'),
  (3, 1, 'ef'), (3, 2, 'ab'), (3, 3, 'df'), (3, 4, 'c'), (3, 5, 'b'),
  (4, 1, 'e'), (4, 2, 'g'), (4, 3, 'af'), (4, 4, 'c'), (4, 5, 'b'), (4, 6, 'c')),
n(i) AS (VALUES (1), (2), (3))
INSERT INTO journey SELECT customer, day, substr(items, i, 1) FROM events JOIN n ON i <= length(items) ORDER BY customer * 7 % 5, day DESC;
SELECT count(*) AS sequences, sum(count) AS counts FROM mine_sequences('journey', 'min_count=2');
SELECT * FROM mine_sequences('journey', 'min_count=3, min_length=2, max_items=2');
SELECT sequence, count FROM mine_sequences('journey', 'min_count=2, kind=closed, min_length=3');
SELECT sequence, count FROM mine_sequences('journey', 'min_support=0.5, contains=f|c');
SELECT sequence, count FROM mine_sequences('journey', 'min_count=2, top=3');
-- What was guessed and left out is told.
SELECT name, detail FROM mine_warnings();
SELECT sequence, count FROM mine_sequences('SELECT * FROM journey UNION ALL SELECT NULL, 1, ''a'' UNION ALL SELECT 1, NULL, ''a'' UNION ALL SELECT 1, 2, NULL UNION ALL SELECT 1, 2, ''b''', 'min_count=4, max_length=1');
SELECT name, detail FROM mine_warnings();
-- Limits between events: an item farther away than max_gap does not follow.
SELECT count(*) AS near FROM mine_sequences('journey', 'min_count=2, max_gap=1');
SELECT sequence, count FROM mine_sequences('journey', 'min_count=2, min_gap=2, max_gap=2, min_length=2');
SELECT count(*) AS far FROM mine_sequences('journey', 'min_count=2, min_gap=3, min_length=2');
SELECT count(*) AS short FROM mine_sequences('journey', 'min_count=2, max_span=2, kind=closed');
-- Dates, times of day: gaps are days.
CREATE TABLE orders(buyer, ordered_at, product);
INSERT INTO orders VALUES
  ('Ann', '2024-01-05 10:00', 'phone'), ('Ann', '2024-01-05 10:00', 'case'), ('Ann', '2024-02-04 10:00', 'plan'),
  ('Ben', '2024-01-31 23:00', 'phone'), ('Ben', '2024-03-01 23:00', 'plan'), ('Cem', '2024-01-01 00:00', 'phone'),
  ('Cem', '2024-01-31 00:01', 'plan'), ('Dee', '2024-05-01 12:00', 'plan');
SELECT sequence, count FROM mine_sequences('orders', 'min_count=2, max_gap=30');
SELECT sequence, count FROM mine_sequences('SELECT 9 AS shop, * FROM orders', 'min_count=2, customer=buyer, time=ordered_at, item=product, max_gap=31');
-- Rules: who had the antecedent then has the consequent.
SELECT * FROM mine_sequence_rules('orders', 'min_count=2');
SELECT antecedent, consequent, count, confidence, mean_gap FROM mine_sequence_rules('orders', 'min_count=1, within=30, min_confidence=0.6');
SELECT antecedent, consequent, count, round(confidence, 3) AS confidence, round(lift, 3) AS lift, mean_gap, median_gap
FROM mine_sequence_rules('journey', 'min_count=3, within=2, consequent=c, sort=confidence, top=4');
-- Outcomes: the columns at the end, else NULL; the order is by how they separate.
CREATE TABLE stories AS
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 60)
SELECT i AS customer, date('2024-01-01', '+' || (i % 11 + 10 * s.k) || ' days') AS day,
       CASE s.k WHEN 0 THEN 'join' WHEN 1 THEN iif(i % 3 = 0, 'complain', 'call') ELSE iif(i % 4 = 0, 'call', 'pay') END AS step,
       iif(i % 3 = 0 AND i % 5 > 0, 'yes', 'no') AS left_us
FROM n, (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2) s;
SELECT sequence, count, outcome, positives, round(rate, 3) AS rate, round(lift, 3) AS lift, round(support_positive, 3) AS sp,
       round(support_other, 3) AS so, round(difference, 3) AS difference, p_value < 0.001 AS strong, q_value >= p_value AS q
FROM mine_sequences('stories', 'outcome=left_us, min_support=0.2, top=6');
SELECT sequence, outcome, round(rate, 3) AS rate FROM mine_sequences('stories', 'outcome=left_us, positive=no, min_support=0.2, top=2');
SELECT count(*) AS unknown_left_out, max(count) AS most FROM mine_sequences('SELECT customer, day, step, iif(customer > 50, NULL, left_us) AS left_us FROM stories', 'outcome=left_us');
SELECT name, detail FROM mine_warnings();
SELECT sequence, outcome, rate FROM mine_sequences('SELECT customer, day, step, iif(customer % 3, ''stays'', ''goes'') AS fate FROM stories', 'outcome=fate, max_length=1, top=1');
SELECT name, detail FROM mine_warnings();
-- Bad input.
SELECT * FROM mine_sequences('SELECT * FROM journey WHERE 0');
SELECT * FROM mine_sequences('SELECT NULL AS c, NULL AS t, NULL AS i');
SELECT * FROM mine_sequences('SELECT customer, item FROM journey');
SELECT * FROM mine_sequences('journey', 'min_support=0');
SELECT * FROM mine_sequences('journey', 'min_support=3');
SELECT * FROM mine_sequences('journey', 'min_support=0.1, min_count=2');
SELECT * FROM mine_sequences('journey', 'min_gap=5, max_gap=2');
SELECT * FROM mine_sequences('journey', 'min_gap=5, max_span=2');
SELECT * FROM mine_sequences('journey', 'min_length=3, max_length=2');
SELECT * FROM mine_sequences('journey', 'kind=closed, max_gap=2');
SELECT * FROM mine_sequences('orders', 'contains=fone');
SELECT * FROM mine_sequences('orders', 'positive=yes');
SELECT * FROM mine_sequences('stories', 'outcome=left_us, positive=maybe');
SELECT * FROM mine_sequences('SELECT *, 1 AS same FROM journey', 'outcome=same');
SELECT * FROM mine_sequences('SELECT *, customer AS many FROM journey', 'outcome=many');
SELECT * FROM mine_sequences('SELECT *, day > 2 AS late FROM journey', 'outcome=late');
SELECT * FROM mine_sequence_rules('orders', 'within=2, min_gap=5');
SELECT * FROM mine_sequence_rules('orders', 'max_length=1');
SELECT count(*) AS one_customer FROM mine_sequences('SELECT * FROM journey WHERE customer = 2', 'min_count=1');
SELECT count(*) AS none FROM mine_sequences('journey', 'min_count=5');
SELECT detail FROM mine_warnings() WHERE detail LIKE 'no rows%';
SELECT count(*) FROM mine_sequences('WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n LIMIT 120) SELECT i / 60 AS c, i % 60 AS t, i % 60 AS item FROM n', 'min_count=2, max_memory=40MB, threads=1');
