-- Lifetime value: who will buy again, how often, for how much, and how sure that is.
.read tests/sql/setup.inc
CREATE TABLE log AS
WITH RECURSIVE customer(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM customer LIMIT 600),
  life(i, week, u, rate, leaves, bought) AS (
    SELECT i, i % 20, i * 48271 % 2147483647, 0.02 + (i * 7919 % 1009) * (i * 7919 % 1009) / 1018081.0 * 0.5, i % 5 * 0.07, 1 FROM customer
    UNION ALL
    SELECT i, week + 1, (u * 48271 + 11) % 2147483647, rate, leaves, (u * 16807 % 2147483647) / 2147483647.0 < rate
    FROM life WHERE week < 59 AND NOT (bought AND (u * 39373 % 2147483647) / 2147483647.0 < leaves))
SELECT 'c' || i AS customer, date('2024-01-01', (week * 7 + u % 7) || ' days') AS day, 5 + i % 23 + u % 17 AS amount FROM life WHERE bought;
SELECT mine_train('b', 'bgnbd', 'SELECT customer, day FROM log') AS trained;
SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error, low < value AND value < high AS within FROM mine_coefficients('b');
SELECT item, name, detail FROM mine_summary('b') WHERE item IN ('rows', 'fit', 'holdout', 'warning', 'option', 'keeps') AND name <> 'gradient';
SELECT CAST(detail AS REAL) < 1e-6 AS at_the_top FROM mine_summary('b') WHERE item = 'fit' AND name = 'gradient';
SELECT metric, round(value, 2) AS value, slice FROM mine_evaluate('b');
SELECT metric, round(value, 2) AS value, slice FROM mine_evaluate('b', 'SELECT customer, day FROM log', 'cutoff=2024-09-30');
SELECT metric, round(value, 2) AS value FROM mine_evaluate('b', 'SELECT customer, day, amount FROM log WHERE day < ''2024-10-01''') WHERE slice IS NULL;
SELECT item, name, detail FROM mine_warnings;
SELECT id, repeats, round(last_at, 2) AS last_at, round(age, 2) AS age, round(p_alive, 3) AS p_alive, round(expected_purchases, 2) AS expected, expected_spend, clv, round(low, 2) AS low, round(high, 2) AS high
FROM mine_clv('b', 'SELECT customer, day FROM log') LIMIT 5;
SELECT item, name, detail FROM mine_warnings;
-- By name, a day, another order of the columns; the same customers as a summary.
SELECT count(*) AS customers, round(sum(expected_purchases), 3) AS expected FROM mine_clv('b', 'log', 'customer=customer, time=day, as_of=2024-12-31, horizon=8, unit=week');
CREATE TABLE summary AS SELECT id, repeats, last_at, age FROM mine_clv('b', 'SELECT customer, day FROM log');
SELECT a.value = b.value AS same FROM mine_coefficients('b') AS a JOIN mine_coefficients((SELECT mine_fit('bgnbd', 'summary'))) AS b USING (name);
SELECT count(*) AS same FROM mine_clv('b', 'summary') AS s JOIN mine_clv('b', 'SELECT customer, day FROM log') AS e USING (id) WHERE abs(s.expected_purchases - e.expected_purchases) < 1e-9;
SELECT round(p_alive, 3) AS p_alive, round(expected_purchases, 3) AS expected FROM mine_clv('b', 'summary') WHERE id = 'c7';
-- A new customer.
SELECT id, repeats, p_alive, round(expected_purchases, 3) AS expected, clv, round(low, 3) AS low FROM mine_clv('b');
SELECT round(expected_purchases, 3) AS expected FROM mine_clv('b', NULL, 'horizon=24');
SELECT a.low = b.low AND a.high = b.high AS same FROM mine_clv('b', NULL, 'discount=0.2') AS a JOIN mine_clv('b') AS b;
SELECT item, name, detail FROM mine_warnings;
-- For how much.
SELECT mine_train('g', 'gammagamma', 'log') AS trained;
SELECT item, name, detail FROM mine_summary('g') WHERE item IN ('fit', 'warning') AND name <> 'gradient';
SELECT id, round(expected_spend, 2) AS spend, round(expected_purchases * expected_spend - clv, 6) AS off, low < clv AND clv < high AS within FROM mine_clv('b', 'log', 'spend=g') LIMIT 3;
SELECT clv < expected_purchases * expected_spend AS less, clv > expected_purchases * expected_spend / 1.2 AS not_much FROM mine_clv('b', 'log', 'spend=g, discount=0.2') WHERE id = 'c7';
SELECT round(expected_spend, 2) AS spend, clv > 0 AS valued FROM mine_clv('b', NULL, 'spend=g');
-- Other processes.
SELECT mine_train('p', 'paretonbd', 'SELECT customer, day FROM log') AS trained;
SELECT mine_train('m', 'mbgcnbd', 'SELECT customer, day FROM log') AS trained;
SELECT mine_train('d', 'bgbb', 'SELECT customer, day FROM log') AS trained;
SELECT 'p' AS model, name, round(value, 3) AS value, round(std_error, 3) AS std_error FROM mine_coefficients('p') UNION ALL
SELECT 'm', name, round(value, 3), round(std_error, 3) FROM mine_coefficients('m') UNION ALL SELECT 'd', name, round(value, 3), round(std_error, 3) FROM mine_coefficients('d') WHERE name IN ('alpha', 'beta');
SELECT b.repeats, round(b.p_alive, 2) AS bgnbd, round(p.p_alive, 2) AS paretonbd, round(m.p_alive, 2) AS mbgcnbd, round(b.expected_purchases, 1) AS b, round(p.expected_purchases, 1) AS p, round(m.expected_purchases, 1) AS m
FROM mine_clv('b', 'summary') AS b JOIN mine_clv('p', 'summary') AS p USING (id) JOIN mine_clv('m', 'summary') AS m USING (id) WHERE id IN ('c1', 'c2', 'c3', 'c4');
SELECT id, repeats, last_at, age, round(p_alive, 3) AS p_alive, round(expected_purchases, 3) AS expected FROM mine_clv('d', 'SELECT customer, day FROM log') LIMIT 3;
-- Returns, gaps, times that are not over.
SELECT mine_train('r', 'bgnbd', 'SELECT customer, day, amount FROM log UNION ALL SELECT customer, day, -amount FROM log WHERE amount < 8 UNION ALL SELECT NULL, ''2024-05-01'', 3 UNION ALL SELECT ''c1'', NULL, 3 UNION ALL SELECT ''c1'', ''2024-05-01'', NULL', 'as_of=2024-12-31') AS trained;
SELECT name, detail FROM mine_summary('r') WHERE item IN ('rows', 'warning');
-- Elsewhere.
SELECT mine_import('back', mine_export('b', 'json')) IS NOT NULL AS back;
SELECT a.model = b.model AS same FROM mine_models AS a, mine_models AS b WHERE a.name = 'b' AND b.name = 'back';
SELECT mine_export('b', 'sql');
SELECT mine_export('b', 'text');
-- Refused.
SELECT * FROM mine_predict('b', 'summary');
SELECT * FROM mine_explain('b', 'summary');
SELECT * FROM mine_clv('g', 'log');
SELECT * FROM mine_clv('b', 'log', 'spend=b');
SELECT * FROM mine_clv('b', 'log', 'spend=nobody');
SELECT * FROM mine_clv('b', 'summary', 'spend=g');
SELECT * FROM mine_evaluate('g');
SELECT * FROM mine_evaluate('g', 'log');
SELECT * FROM mine_evaluate('b', 'summary');
SELECT * FROM mine_evaluate('b', 'SELECT customer, day FROM log', 'cutoff=2020-01-01');
SELECT * FROM mine_evaluate('b', 'SELECT customer, day FROM log', 'cutoff=2030-01-01');
SELECT * FROM mine_evaluate('b', NULL, 'cutoff=2024-09-30');
SELECT * FROM mine_evaluate('b', 'SELECT customer, day FROM log', 'level=0.9');
SELECT * FROM mine_cross_validate('bgnbd', 'log');
SELECT mine_fit('bgnbd', 'SELECT 1, 2, 3, 2');
SELECT mine_fit('bgnbd', 'SELECT 1');
SELECT mine_fit('bgnbd', 'SELECT 1, 0, 0, 5');
-- A return on a day without a purchase lowers nothing here, and that is told.
CREATE TABLE taken AS WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < 59)
SELECT i % 20 AS customer, date('2024-01-01', '+' || (i * i % 211) || ' days') AS day, 10.0 + i AS amount FROM s
UNION ALL SELECT 3, '2024-12-01', -5.0 UNION ALL SELECT 4, '2024-12-02', -7.0;
SELECT mine_train('taken', 'gammagamma', 'taken', 'returns=net') IS NOT NULL;
SELECT name, detail FROM mine_summary('taken') WHERE item = 'warning' AND name = 'returns';
-- What becomes of returns, and of amounts of 0, each in one sentence.
CREATE TABLE mixed AS SELECT * FROM taken UNION ALL SELECT customer, day, -1.0 FROM taken WHERE amount BETWEEN 12 AND 14
UNION ALL SELECT customer, day, -amount FROM taken WHERE amount = 20 UNION ALL SELECT 5, '2024-12-03', 0.0;
SELECT mine_train('mixed', 'gammagamma', 'mixed');
SELECT mine_train('mixed', 'gammagamma', 'mixed', 'returns=count');
SELECT name, detail FROM mine_summary('mixed') WHERE item = 'warning';
SELECT mine_train('mixed', 'gammagamma', 'mixed', 'returns=ignore');
SELECT count(*) FROM mine_clv('b', 'mixed');
SELECT * FROM mine_warnings;
