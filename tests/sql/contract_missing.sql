-- missing=auto, error, skip mean the same in training, scoring and evaluation.
.read tests/sql/setup.inc
CREATE VIEW seen AS SELECT customer_id, age, plan, spend, churned FROM customers;
SELECT mine_train('auto', 'tree', 'seen', 'target=churned, max_depth=2');
SELECT mine_train('error', 'tree', 'seen', 'target=churned, max_depth=2, missing=error');
SELECT mine_train('error', 'tree', 'SELECT * FROM seen WHERE age IS NOT NULL', 'target=churned, max_depth=2, missing=error');
SELECT mine_train('skip', 'tree', 'seen', 'target=churned, max_depth=2, missing=skip');
SELECT detail FROM mine_summary('skip') WHERE item = 'rows';

-- Not given: as trained.
SELECT id, prediction, missing FROM mine_predict('auto', 'SELECT * FROM seen WHERE customer_id IN (39, 40)');
SELECT id, prediction, missing FROM mine_predict('error', 'SELECT * FROM seen WHERE customer_id IN (39, 40)');
SELECT id, prediction, missing FROM mine_predict('skip', 'SELECT * FROM seen WHERE customer_id IN (39, 40)');
SELECT quote(mine_predict('auto', 'age', NULL, 'plan', 'gold', 'spend', 1)), quote(mine_predict('skip', 'age', NULL, 'plan', 'gold', 'spend', 1));
SELECT mine_predict('error', 'age', NULL, 'plan', 'gold', 'spend', 1);
-- Given: the option counts.
SELECT id, prediction IS NOT NULL AS scored FROM mine_predict('skip', 'SELECT * FROM seen WHERE customer_id IN (39, 40)', 'missing=auto');
SELECT id, prediction IS NOT NULL AS scored FROM mine_predict('auto', 'SELECT * FROM seen WHERE customer_id IN (39, 40)', 'missing=skip');
-- Measured on the same rows as in training: those without a gap.
SELECT value FROM mine_evaluate('skip', 'seen') WHERE metric = 'rows';
SELECT mine_train('segments', 'kmeans', 'SELECT customer_id, age, spend FROM customers', 'k=3, missing=skip');
SELECT abs(a.value - b.value) < 1e-9 FROM mine_evaluate('segments') AS a
JOIN mine_evaluate('segments', 'SELECT customer_id, age, spend FROM customers') AS b USING (metric) WHERE metric = 'inertia';
-- A model travels with it.
CREATE TABLE copy AS SELECT model FROM mine_models WHERE name = 'skip';
SELECT count(*) AS rows, count(prediction) AS scored FROM copy, mine_predict(copy.model, 'seen');

-- The options of every verb that has some.
SELECT v AS verb, (SELECT count(*) FROM mine_options(v)) > 3 AS told
FROM (SELECT 'mine_fit' AS v UNION ALL SELECT 'mine_cross_validate' UNION ALL SELECT 'mine_probabilities'
      UNION ALL SELECT 'mine_evaluate' UNION ALL SELECT 'mine_confusion');

-- What a model is not.
SELECT * FROM mine_tree('segments');
SELECT * FROM mine_centroids('auto');
SELECT * FROM mine_confusion('segments');
SELECT * FROM mine_confusion('segments', 'SELECT customer_id, age, spend FROM customers');
SELECT mine_train('few', 'tree', 'SELECT * FROM seen WHERE customer_id < 8', 'target=churned');
SELECT * FROM mine_evaluate('few');
SELECT * FROM mine_confusion('few');
SELECT mine_train('x', 'tree', 'SELECT customer_id, age, spend, CASE WHEN churned = ''no'' THEN ''no'' END AS churned FROM customers', 'target=churned');
