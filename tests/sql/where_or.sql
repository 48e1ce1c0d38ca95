-- OR between conditions on a verb's own columns: SQLite then asks for plans without
-- the arguments, which must be turned down, not reported.
.read tests/sql/setup.inc
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=3') LIKE 'churn: tree%';
SELECT count(*) FROM mine_predict('churn', 'customers') WHERE prediction = 'yes' OR probability > 0.5;
SELECT count(*) FROM mine_predict('churn', 'customers') WHERE prediction = 'yes';
SELECT count(*) FROM mine_predict('churn', 'customers') WHERE id = 3 OR id = 5;
SELECT count(*) FROM mine_predict('churn', 'customers') WHERE id IN (3, 5, 7);
SELECT count(*) FROM mine_tree('churn') WHERE depth = 0 OR depth = 1;
SELECT count(*) FROM customers JOIN mine_predict('churn', 'customers') ON id = customer_id OR id = -customer_id;
-- The same argument twice is one argument (SQLite may repeat it); two values are an error.
SELECT count(*) FROM mine_predict('churn', 'customers') WHERE _model = 'churn' AND _source = 'customers';
SELECT count(*) FROM mine_predict('churn', 'customers') WHERE id = 3 AND _source = 'purchases';
-- Without arguments there is nothing to read: an error that shows the call.
SELECT count(*) FROM mine_predict;
-- Keys that are NULL are in no list, and out of none that has a value.
CREATE TABLE some_keys AS SELECT nullif('k' || column1, 'k2') AS k, column1 AS v FROM (VALUES (1), (2), (3), (4));
SELECT count(*), count(id) FROM mine_tiers('SELECT v AS c, v FROM some_keys') WHERE id NOT IN (SELECT 1);
SELECT count(*), count(id) FROM mine_loyalty('SELECT k, v, v % 3 FROM some_keys', 'attitude_cut=2, repeat_cut=1') WHERE id NOT IN (SELECT 'k1');
SELECT count(*), count(id) FROM mine_loyalty('SELECT k, v, v % 3 FROM some_keys', 'attitude_cut=2, repeat_cut=1') WHERE id NOT IN (SELECT 'k1' WHERE 0);
SELECT count(*), count(id) FROM mine_loyalty('SELECT k, v, v % 3 FROM some_keys', 'attitude_cut=2, repeat_cut=1') WHERE id NOT IN (SELECT k FROM some_keys);
SELECT count(*), count(id) FROM mine_loyalty('SELECT k, v, v % 3 FROM some_keys', 'attitude_cut=2, repeat_cut=1') WHERE id IN (SELECT k FROM some_keys);
SELECT count(*), count(id) FROM mine_loyalty('SELECT k, v, v % 3 FROM some_keys', 'attitude_cut=2, repeat_cut=1') WHERE id IS NULL;
