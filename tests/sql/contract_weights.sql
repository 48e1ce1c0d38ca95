-- Weights count in the same way everywhere: in training, on held-out rows, on a source.
.read tests/sql/setup.inc
CREATE VIEW weighted AS SELECT *, (customer_id + 1) % 4 AS w FROM customers;

-- A weight of 3 is the row three times, 0 is no row.
CREATE VIEW repeated AS
SELECT customer_id * 10 + i AS customer_id, age, plan, spend, churned
FROM weighted, (VALUES (1), (2), (3)) JOIN (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3) ON column1 = i
WHERE i <= w;
CREATE TABLE a AS SELECT node, test, prediction, round(probability, 9) AS p
FROM mine_tree(mine_fit('tree', 'weighted', 'target=churned, weight=w, holdout=0, min_samples_leaf=1, min_samples_split=2, max_depth=3'));
CREATE TABLE b AS SELECT node, test, prediction, round(probability, 9) AS p
FROM mine_tree(mine_fit('tree', 'repeated', 'target=churned, holdout=0, min_samples_leaf=1, min_samples_split=2, max_depth=3'));
SELECT (SELECT count(*) FROM a) AS nodes, (SELECT count(*) FROM (SELECT * FROM a EXCEPT SELECT * FROM b)) AS differ;

-- With and without a source: the held-out rows are those that a nearest-neighbour
-- model of the same rows and seed does not know.
SELECT mine_train('known', 'knn', 'SELECT customer_id, spend, w, churned FROM weighted', 'target=churned, weight=w, refit=0, holdout=0.5, k=1');
CREATE TABLE held_out AS SELECT customer_id FROM weighted WHERE w > 0 AND customer_id NOT IN
  (SELECT query_id FROM mine_neighbors('known', 'weighted', 'k=1, exclude_self=0') WHERE id = query_id);
SELECT mine_train('m', 'tree', 'weighted', 'target=churned, weight=w, refit=0, holdout=0.5, max_depth=1');
SELECT (SELECT count(*) FROM held_out) AS held_out, count(*) AS metrics, sum(x.value IS NOT y.value) AS differ
FROM mine_evaluate('m') AS x
JOIN mine_evaluate('m', 'SELECT * FROM weighted WHERE customer_id IN (SELECT customer_id FROM held_out)') AS y USING (metric);
SELECT (SELECT json_group_array(json_array(actual, predicted, rows)) FROM mine_confusion('m')) =
       (SELECT json_group_array(json_array(actual, predicted, rows)) FROM mine_confusion('m',
          'SELECT * FROM weighted WHERE customer_id IN (SELECT customer_id FROM held_out)')) AS same_confusion;
-- The weighted accuracy, in SQL.
SELECT round(value - (SELECT sum(w * (prediction = churned)) * 1.0 / sum(w) FROM weighted JOIN mine_predict('m', 'weighted') ON id = customer_id), 12) AS off
FROM mine_evaluate('m', 'weighted') WHERE metric = 'accuracy';
SELECT value = (SELECT count(*) FROM weighted WHERE w > 0) AS rows_that_count FROM mine_evaluate('m', 'weighted') WHERE metric = 'rows';

-- What cannot be a weight; a source without it.
SELECT count(*) FROM mine_evaluate('m', 'customers');
SELECT count(*) FROM mine_evaluate('m', 'SELECT customer_id, age, plan, spend, churned, -1 AS w FROM customers');
SELECT count(*) FROM mine_evaluate('m', 'SELECT customer_id, age, plan, spend, churned, NULL AS w FROM customers');
SELECT count(*) FROM mine_evaluate('m', 'SELECT customer_id, age, plan, spend, churned, ''x'' AS w FROM customers');
SELECT mine_train('n', 'tree', 'SELECT customer_id, age, churned, -1 AS w FROM customers', 'target=churned, weight=w');
SELECT mine_train('n', 'tree', 'SELECT customer_id, age, churned, 0 AS w FROM customers', 'target=churned, weight=w');
SELECT name, detail FROM mine_summary('m') WHERE item = 'rows';
-- Scoring needs no weight.
SELECT count(prediction) AS scored FROM mine_predict('m', 'customers');
SELECT mine_train('n', 'tree', 'weighted', 'target=churned, weight=customer_id');
SELECT mine_train('n', 'tree', 'weighted', 'target=churned, weight=churned');
