-- Calls that are made row by row: what is NULL, and which of them failed.
.read tests/sql/setup.inc
CREATE TABLE plans(name, k); INSERT INTO plans VALUES('gold', 2), ('tin', NULL), ('silver', 100000);
SELECT mine_train('seg', 'kmeans', 'customers', 'ignore=churned|plan, k=2');
-- A NULL in the options makes them NULL: an error with every verb that takes any.
SELECT count(*) FROM plans, mine_cluster('customers', 'ignore=churned, k=' || k) WHERE name = 'tin';
SELECT mine_train('n', 'kmeans', 'customers', NULL);
SELECT length(mine_fit('kmeans', 'customers', NULL));
SELECT count(*) FROM mine_rules('purchases', NULL);
SELECT count(*) FROM mine_itemsets('purchases', 'min_count=' || NULL);
SELECT count(*) FROM mine_predict('seg', 'customers', NULL);
SELECT count(*) FROM mine_evaluate('seg', 'customers', NULL);
SELECT count(*) FROM mine_neighbors('SELECT customer_id, age, spend FROM customers', NULL, NULL);
SELECT count(*) FROM mine_profile('customers', NULL);
SELECT count(*) FROM mine_cross_validate('tree', 'customers', NULL);
SELECT count(*) FROM mine_correlate('customers', NULL);
SELECT count(*) FROM mine_cluster('customers') WHERE _options = NULL;
-- Which call failed is told where the statement does not show its text: the source,
SELECT name, count(*) FROM plans, mine_cluster('SELECT customer_id, age, spend FROM customers WHERE plan=' || quote(name), 'k=2') GROUP BY 1;
SELECT name, count(id) FROM plans LEFT JOIN mine_cluster('SELECT customer_id, age FROM customers WHERE plan=' || quote(name), 'k=3') WHERE name > 'h' GROUP BY 1 ORDER BY name DESC;
SELECT name, mine_train('seg_' || name, 'kmeans', 'SELECT customer_id, age FROM customers WHERE plan=' || quote(name), 'k=3') FROM plans WHERE name = 'tin';
SELECT (SELECT count(*) FROM mine_rules('SELECT basket, item FROM purchases WHERE item=' || quote(name))) FROM plans WHERE name = 'tin';
SELECT (SELECT count(*) FROM mine_profile(name)) FROM plans WHERE name = 'tin';
SELECT (SELECT count(*) FROM mine_predict('seg', 'SELECT customer_id, age FROM customers WHERE plan=' || quote(name))) FROM plans;
-- the model,
SELECT (SELECT count(*) FROM mine_tree(name)) FROM mine_models;
SELECT (SELECT count(*) FROM mine_evaluate(name, 'SELECT spend FROM customers')) FROM mine_models;
-- on one line, and shortened between characters.
CREATE TABLE texts(t); INSERT INTO texts VALUES('SELECT 1 AS id,' || char(10) || ' 2 AS x, ''' || replace(hex(zeroblob(60)), '00', 'ää') || ''' AS w WHERE 0');
SELECT (SELECT count(*) FROM mine_cluster(t)) FROM texts;
-- and not where the statement shows it.
SELECT count(*) FROM mine_cluster('SELECT customer_id, age FROM customers WHERE plan=''tin''', 'k=3');
-- A WITH of the statement is not seen from within a source.
WITH recent AS (SELECT * FROM customers WHERE customer_id > 200) SELECT count(*) FROM mine_predict('seg', 'recent');
WITH a AS (SELECT 1), recent(id, age) AS MATERIALIZED (SELECT customer_id, age FROM customers) SELECT count(*) FROM recent, mine_profile('SELECT * FROM recent');
WITH "new rows" AS NOT MATERIALIZED (SELECT * FROM customers) SELECT count(*) FROM mine_cluster('SELECT * FROM "new rows"', 'k=2'), "new rows";
WITH other AS (SELECT 1) SELECT count(*) FROM other, mine_profile('recent');
-- A class, and pairs behind it.
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=2') LIKE 'churn: tree%';
SELECT mine_probability('churn', 'age', 30, 'plan', 'gold', 'spend', 3);
SELECT mine_probability('churn', '{"age":30}');
-- A class that the model never saw is shown, so that a dot, a space or a case is seen.
SELECT count(*) FROM mine_evaluate('churn', 'SELECT customer_id, age, plan, spend, churned || ''.'' AS churned FROM customers');
SELECT count(*) FROM mine_confusion('churn', 'SELECT customer_id, age, plan, spend, iif(customer_id = 7, ''YES '', churned) AS churned FROM customers');
