-- Scoring: by name, with the id carried back; table and scalar form agree.
.read tests/sql/setup.inc
.headers on
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=3') AS trained;
SELECT mine_train('seg', 'kmeans', 'SELECT customer_id, age, spend, plan FROM customers', 'k=3') AS trained;
SELECT mine_train('near', 'knn', 'SELECT customer_id, age, spend, plan, churned FROM customers', 'target=churned, k=5') AS trained;
SELECT mine_train('amount', 'tree', 'SELECT customer_id, age, plan, spend FROM customers', 'target=spend, max_depth=2') AS trained;

-- Every column of the result; rows come in source order.
SELECT id, prediction, label, round(probability, 4) AS probability, round(confidence, 4) AS confidence, distance,
       missing, unknown FROM mine_predict('churn', 'SELECT * FROM customers ORDER BY spend DESC LIMIT 5');
SELECT id, prediction, label, probability, confidence, round(distance, 4) AS distance, missing, unknown
FROM mine_predict('seg', 'SELECT * FROM customers LIMIT 4');
SELECT id, typeof(prediction), probability, confidence FROM mine_predict('amount', 'SELECT * FROM customers LIMIT 1');

-- Columns in any order and extra ones; missing and never seen values are counted.
SELECT id, prediction, missing, unknown FROM mine_predict('churn',
  'SELECT ''x'' AS extra, plan, spend, age, customer_id FROM customers LIMIT 2');
SELECT id, missing, unknown FROM mine_predict('churn',
  'SELECT 7 AS customer_id, NULL AS age, ''platinum'' AS plan, 250.0 AS spend');
-- Without the trained id, the first column is it.
SELECT id, missing FROM mine_predict('churn', 'SELECT ''A-1'' AS code, 30 AS age, ''gold'' AS plan, 250.0 AS spend');

-- All classes, adding up to 1; the probability of another class.
SELECT id, class, round(probability, 4) AS probability FROM mine_probabilities('near', 'SELECT * FROM customers LIMIT 2');
SELECT count(*) AS rows_off FROM (SELECT id, sum(probability) AS s FROM mine_probabilities('churn', 'customers') GROUP BY id)
WHERE abs(s - 1) > 1e-9;
SELECT round(a.probability + b.probability, 9) AS together FROM mine_predict('churn', 'customers') AS a
JOIN mine_predict('churn', 'customers', 'class=no') AS b USING (id) LIMIT 1;

-- The scalar of the same name says the same as the table function.
SELECT count(*) AS differ FROM customers JOIN mine_predict('churn', 'customers') ON id = customer_id
WHERE prediction IS NOT mine_predict('churn', 'age', age, 'plan', plan, 'spend', spend)
   OR abs(probability - mine_probability('churn', 'yes', 'age', age, 'plan', plan, 'spend', spend)) > 1e-12;
SELECT mine_predict('churn', json_object('age', 21, 'plan', 'basic', 'spend', 120.5)) AS from_json;
SELECT mine_export('churn', 'call') AS call;
SELECT mine_predict('churn', 'customers');

-- Joined by id: once per statement, NULL for the absent.
SELECT count(*) AS rows, count(prediction) AS scored FROM customers AS c
LEFT JOIN mine_predict('churn', 'SELECT * FROM customers WHERE customer_id <= 100') AS p ON p.id = c.customer_id;
SELECT prediction FROM mine_predict('churn', 'customers') WHERE id = 17;
SELECT count(*) AS by_text FROM mine_predict('churn', 'customers') WHERE id = '17';

-- Inserting into the table that is read: the source is read to its end first.
CREATE TABLE grow AS SELECT customer_id, age, plan, spend FROM customers;
INSERT INTO grow SELECT id + 1000, 30, 'gold', 200 FROM mine_predict('churn', 'grow');
SELECT count(*) AS rows FROM grow;

-- In triggers and permanent views the scalar works; a permanent view over a source does not.
CREATE TABLE inbox(customer_id INTEGER, age, plan, spend, alert TEXT);
CREATE TRIGGER warn AFTER INSERT ON inbox BEGIN
  UPDATE inbox SET alert = mine_predict('churn', 'age', new.age, 'plan', new.plan, 'spend', new.spend)
  WHERE customer_id = new.customer_id;
END;
INSERT INTO inbox(customer_id, age, plan, spend) VALUES (1, 21, 'silver', 300), (2, 60, 'gold', 300);
SELECT customer_id, alert FROM inbox;
CREATE VIEW risky AS SELECT * FROM mine_predict('churn', 'customers');
SELECT count(*) FROM risky;
CREATE TEMP VIEW fine AS SELECT * FROM mine_predict('churn', 'customers');
SELECT count(*) AS through_a_temp_view FROM fine;
CREATE VIEW leaves AS SELECT * FROM mine_tree('churn') WHERE gain IS NULL;
SELECT count(*) > 1 AS a_view_without_a_source FROM leaves;

-- The leaf of a single tree is the node of mine_tree: the same prediction and probability, and as many rows.
SELECT count(*) AS rows, sum(p.prediction IS n.prediction AND abs(p.probability - n.probability) < 1e-12 AND n.gain IS NULL) AS same
FROM mine_predict('churn', 'customers') AS p JOIN mine_tree('churn') AS n ON n.node = p.leaf;
SELECT count(*) AS differ FROM (SELECT leaf, count(*) AS c FROM mine_predict('churn', 'customers') GROUP BY leaf) JOIN mine_tree('churn') ON node = leaf WHERE c <> rows;
SELECT count(*) AS rows, sum(p.prediction = n.prediction) AS same
FROM mine_predict('amount', 'customers') AS p JOIN mine_tree('amount') AS n ON n.node = p.leaf;
SELECT leaf, typeof(leaf) AS type FROM mine_predict('near', 'SELECT * FROM customers LIMIT 1');
SELECT leaf IS NOT NULL AS known FROM mine_predict('churn', 'SELECT 7 AS customer_id, NULL AS age, ''platinum'' AS plan, 250.0 AS spend');
-- Of more than two classes the probability in mine_tree is that of the prediction.
SELECT mine_train('plans', 'tree', 'SELECT customer_id, age, spend, plan FROM customers', 'target=plan, max_depth=2') AS trained;
SELECT count(*) AS rows, sum(abs(p.confidence - n.probability) < 1e-12) AS same
FROM mine_predict('plans', 'SELECT customer_id, age, spend FROM customers') AS p JOIN mine_tree('plans') AS n ON n.node = p.leaf;

-- A threshold: the prediction, the confusion and the measures follow it, from a source and from the held-out rows.
SELECT sum(p.prediction = 'yes') = sum(p.probability >= 0.2) AS follows, sum((p.prediction = 'yes') <> (p.probability >= 0.2)) AS differ,
  min(abs(p.confidence - CASE WHEN p.prediction = 'yes' THEN p.probability ELSE 1 - p.probability END)) < 1e-12 AS sure
FROM mine_predict('churn', 'customers', 'threshold=0.2') AS p;
SELECT sum(rows) AS rows, sum(rows) FILTER (WHERE predicted = 'yes') = (SELECT sum(prediction = 'yes') FROM mine_predict('churn', 'customers', 'threshold=0.2')) AS agrees
FROM mine_confusion('churn', 'customers', 'threshold=0.2');
WITH c AS (SELECT actual = 'yes' AS a, predicted = 'yes' AS p, rows FROM mine_confusion('churn', 'customers', 'threshold=0.2'))
SELECT metric, abs(value - CASE metric
  WHEN 'accuracy' THEN (SELECT 1.0 * sum(rows * (a = p)) / sum(rows) FROM c)
  WHEN 'precision' THEN (SELECT 1.0 * sum(rows * a * p) / sum(rows * p) FROM c)
  WHEN 'recall' THEN (SELECT 1.0 * sum(rows * a * p) / sum(rows * a) FROM c) END) < 1e-12 AS agrees
FROM mine_evaluate('churn', 'customers', 'threshold=0.2') WHERE metric IN ('accuracy', 'precision', 'recall');
WITH c AS (SELECT actual = 'yes' AS a, predicted = 'yes' AS p, rows FROM mine_confusion('churn', NULL, 'threshold=0.2'))
SELECT metric, abs(value - (SELECT 1.0 * sum(rows * (a = p)) / sum(rows) FROM c)) < 1e-12 AS agrees
FROM mine_evaluate('churn', NULL, 'threshold=0.2') WHERE metric = 'accuracy';
SELECT count(*) AS others_differ FROM mine_evaluate('churn', NULL, 'threshold=0.2') AS a JOIN mine_evaluate('churn') AS b USING (metric)
WHERE metric IN ('auc', 'log_loss', 'brier', 'rows') AND a.value IS NOT b.value;
SELECT count(DISTINCT prediction) AS all_of_one FROM mine_predict('churn', 'customers', 'threshold=0');
SELECT count(*) FROM mine_predict('plans', 'customers', 'threshold=0.2');
SELECT count(*) FROM mine_predict('amount', 'customers', 'threshold=0.2');
SELECT count(*) FROM mine_predict('churn', 'customers', 'threshold=20');
-- Words of a tree in Chinese.
CREATE TABLE kehu AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 300)
SELECT i AS 编号, CASE WHEN i%9 = 4 THEN NULL ELSE i*7%31 END AS 投诉, CASE i%4 WHEN 0 THEN '按月' WHEN 1 THEN '按年' WHEN 2 THEN '两年' END AS 合约,
  CASE WHEN i%9 = 4 OR (i*7%31 > 20 AND i%4 < 2) THEN '是' ELSE '否' END AS 流失 FROM n;
SELECT mine_train('流失', 'tree', 'kehu', 'target=流失, max_depth=3');
SELECT test, path FROM mine_tree('流失', 'lang=zh') WHERE gain IS NULL;
SELECT path FROM mine_tree('流失', 'lang=en') EXCEPT SELECT path FROM mine_tree('流失');
SELECT * FROM mine_tree('流失', 'lang=fr');
