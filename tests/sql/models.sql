-- A model is a row of mine_models: it obeys SQL and the transaction.
.read tests/sql/setup.inc
.headers on

SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=3') AS trained;
SELECT name, algorithm, task, target, source, options, features, rows, typeof(model) AS model, version
FROM mine_models;
SELECT date(created) = date('now') AS created_today FROM mine_models;

-- Renamed, copied, deleted by SQL; the copy predicts the same.
UPDATE mine_models SET name = 'first' WHERE name = 'churn';
INSERT INTO mine_models SELECT 'second', algorithm, task, target, source, options, features, rows, metrics,
  created, version, model FROM mine_models WHERE name = 'first';
SELECT count(*) AS same FROM mine_predict('first', 'customers') AS a JOIN mine_predict('second', 'customers') AS b
  USING (id) WHERE a.probability = b.probability;
DELETE FROM mine_models WHERE name = 'second';
SELECT count(*) FROM mine_predict('second', 'customers');

-- Rolled back with the transaction.
BEGIN;
SELECT mine_train('gone', 'kmeans', 'SELECT customer_id, age, spend FROM customers', 'k=2') AS trained;
ROLLBACK;
SELECT group_concat(name) AS names FROM mine_models;

-- Replaced when the new one is complete; a failing training leaves the old one.
CREATE TEMP TABLE before AS SELECT model FROM mine_models WHERE name = 'first';
SELECT mine_train('first', 'tree', 'SELECT customer_id, age, churned FROM customers WHERE customer_id < 0', 'target=churned');
SELECT (SELECT model FROM mine_models WHERE name = 'first') = (SELECT model FROM before) AS untouched;
SELECT mine_train('first', 'tree', 'SELECT customer_id, age, churned FROM customers', 'target=churned') AS retrained;
SELECT (SELECT model FROM mine_models WHERE name = 'first') = (SELECT model FROM before) AS untouched;

-- In another schema, and in TEMP.
ATTACH ':memory:' AS aux;
SELECT mine_train('aux.m', 'kmeans', 'SELECT customer_id, age, spend FROM customers', 'k=2') AS trained;
SELECT mine_train('temp.m', 'kmeans', 'SELECT customer_id, age, spend FROM customers', 'k=3') AS trained;
SELECT (SELECT count(DISTINCT cluster) FROM mine_centroids('aux.m')) AS in_aux,
       (SELECT count(DISTINCT cluster) FROM mine_centroids('temp.m')) AS in_temp,
       (SELECT count(*) FROM aux.mine_models) AS aux_rows, (SELECT count(*) FROM temp.mine_models_temp) AS temp_rows;
SELECT count(*) FROM mine_centroids('m');

-- A model BLOB stands for a model; nothing is written by mine_fit.
CREATE TABLE shelf(model BLOB);
INSERT INTO shelf SELECT mine_fit('tree', 'customers', 'target=churned, max_depth=2');
SELECT count(*) AS scored FROM mine_predict((SELECT model FROM shelf), 'customers');
SELECT group_concat(name) AS names FROM mine_models;

-- The same rows, the same options, any number of threads: the same bytes.
SELECT mine_fit('tree', 'customers', 'target=churned') = mine_fit('tree', 'customers', 'target=churned') AS same_bytes,
       mine_fit('kmeans', 'SELECT customer_id, age, spend, plan FROM customers', 'k=3, seed=7') =
       mine_fit('kmeans', 'SELECT customer_id, age, spend, plan FROM customers', 'k=3, seed=7') AS same_clusters;

-- An empty store for tools that come first.
ATTACH ':memory:' AS fresh;
SELECT mine_init('fresh');
SELECT count(*) AS models FROM fresh.mine_models;
