-- Neural networks: what they tell, list and answer. Their weights differ from processor to processor in the last digits.
.read tests/sql/setup.inc
SELECT mine_train('net', 'mlp', 'SELECT customer_id, age, spend, plan, churned FROM customers', 'target=churned, hidden=8|4, epochs=3, networks=2') IS NOT NULL AS trained;
SELECT item, name, detail FROM mine_summary('net') WHERE item = 'fit';
SELECT count(*) AS weights, count(value) AS 'values', count(std_error) AS errors FROM mine_coefficients('net');
SELECT name FROM mine_coefficients('net') WHERE name LIKE '1 out%' OR name LIKE '2 h1.3 %' OR name LIKE '2 h2.4%';
SELECT count(*) AS features, round(sum(importance), 9) AS whole FROM mine_importance('net');
SELECT count(*) AS rows, count(probability) AS probabilities, min(probability) > 0 AND max(probability) < 1 AS inside FROM mine_predict('net', 'customers');
-- The same bytes again, on one thread; a row alone has the bits that it has among others.
SELECT mine_fit('mlp', 'customers', 'target=churned, hidden=8, epochs=3, threads=1') = mine_fit('mlp', 'customers', 'target=churned, hidden=8, epochs=3, threads=2') AS same;
SELECT count(*) AS rows, sum(p.probability = mine_probability('net', 'yes', 'age', c.age, 'spend', c.spend, 'plan', c.plan)) AS same FROM mine_predict('net', 'customers') AS p JOIN customers AS c ON c.customer_id = p.id;
-- A number, a rule that straight lines cannot tell, a category of many levels, gaps.
CREATE TABLE rule AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 1200)
  SELECT i AS id, i * 37 % 101 AS a, CASE WHEN i % 9 THEN i * 53 % 97 END AS b, 'city ' || (i * 7 % 45) AS city,
         CASE WHEN (i * 37 % 101 > 50) = (i * 53 % 97 > 48) THEN 'same' ELSE 'other' END AS rule,
         abs(i * 37 % 101 - 50) + (i * 7 % 45 < 20) * 30 AS amount FROM n;
SELECT mine_train('rule', 'mlp', 'SELECT id, a, b, rule FROM rule WHERE b IS NOT NULL', 'target=rule, learning_rate=0.01') IS NOT NULL AS trained;
SELECT metric, value > 0.95 AS good FROM mine_evaluate('rule') WHERE metric = 'accuracy';
SELECT mine_train('amount', 'mlp', 'SELECT id, a, b, city, amount FROM rule', 'target=amount, task=regression, learning_rate=0.01') IS NOT NULL AS trained;
SELECT metric, value > 0.95 AS good FROM mine_evaluate('amount') WHERE metric = 'r2';
SELECT feature FROM mine_importance('amount');
SELECT name, detail FROM mine_summary('amount') WHERE item = 'fit' AND name = 'b';
SELECT name FROM mine_coefficients('amount') WHERE name LIKE '3 city=city 7.%' OR name LIKE '3 city=(%).1' OR name LIKE '1 h1.64 %';
-- A missing value and a level that training never met stand at the mean.
SELECT id, prediction BETWEEN 0 AND 100 AS sensible FROM mine_predict('amount', 'SELECT 1 AS id, 90 AS a, NULL AS b, ''nowhere'' AS city');
-- Three classes: shares add up to 1.
SELECT count(*) AS rows, max(abs(p - 1)) < 1e-12 AS ones FROM (SELECT sum(probability) AS p FROM
  mine_probabilities((SELECT mine_fit('mlp', 'SELECT customer_id, age, spend, plan FROM customers', 'target=plan, hidden=6, epochs=4')), 'customers') GROUP BY id);
-- Searched.
SELECT count(*) AS trials, count(DISTINCT options) AS different FROM mine_tune('mlp', 'SELECT id, a, b, rule FROM rule WHERE id < 200', '{"target":"rule","epochs":2,"hidden":[[8],[4,4]],"folds":2}');
-- Refused.
SELECT mine_fit('mlp', 'customers', 'target=churned, hidden=8|8|8|8|8|8|8|8');
SELECT mine_fit('mlp', 'rule', 'target=amount, task=regression, learning_rate=10, epochs=30');
-- The latest rows, which are watched, say the contrary: no epoch is better than guessing.
SELECT name, detail FROM mine_summary((SELECT mine_fit('mlp', 'SELECT id, date(''2024-01-01'', ''+'' || id || '' days'') AS day, a, CASE WHEN (a > 50) = (id < 860) THEN ''yes'' ELSE ''no'' END AS turned FROM rule', 'target=turned, ignore=id, split_by=time, time=day, positive=yes'))) WHERE item = 'warning' AND name = 'epochs';
