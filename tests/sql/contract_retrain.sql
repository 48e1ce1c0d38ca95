-- Retraining: the positive class is kept, and the same rows give the same bytes.
.read tests/sql/setup.inc
CREATE TABLE bytes(step TEXT, model BLOB);
SELECT mine_train('churn', 'tree', 'customers', 'target=churned');
INSERT INTO bytes SELECT 'first', model FROM mine_models WHERE name = 'churn';
SELECT mine_train('churn', 'tree', 'customers', 'target=churned');
INSERT INTO bytes SELECT 'again', model FROM mine_models WHERE name = 'churn';
INSERT INTO bytes SELECT 'fit', mine_fit('tree', 'customers', 'target=churned');
INSERT INTO bytes SELECT 'four threads', mine_fit('tree', 'customers', 'target=churned, threads=4');
SELECT count(*) AS models, count(DISTINCT model) AS different FROM bytes;

-- A class that was asked for stays the positive one, and the summary says so.
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, positive=no');
SELECT mine_train('churn', 'tree', 'customers', 'target=churned');
SELECT name, detail FROM mine_summary('churn') WHERE item = 'positive';

-- Two classes without an obvious one: the rarer, with a warning every time.
CREATE VIEW plans AS SELECT customer_id, age, spend, iif(plan = 'gold', 'gold', 'other') AS kind FROM customers;
SELECT mine_train('kind', 'tree', 'plans', 'target=kind');
SELECT mine_train('kind', 'tree', 'plans', 'target=kind');
SELECT item, name, detail FROM mine_summary('kind') WHERE item IN ('positive', 'warning');
-- Rarer the other way round: kept.
SELECT mine_train('kind', 'tree', 'SELECT customer_id, age, spend, iif(kind = ''gold'', ''other'', ''gold'') AS kind FROM plans', 'target=kind');
SELECT item, name, detail FROM mine_summary('kind') WHERE item IN ('positive', 'warning');
