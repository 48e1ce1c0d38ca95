-- Why a model says of a row what it says: the parts add up to the margin, whatever the model.
.read tests/sql/setup.inc
CREATE TEMP VIEW rows_ AS SELECT customer_id, age, plan, spend FROM customers;
SELECT mine_train('m', 'tree', 'customers', 'target=churned, max_depth=3') IS NOT NULL AS trained;
SELECT id, rank, feature, value, round(contribution, 4) AS contribution, because, class FROM mine_explain('m', 'customers') LIMIT 8;
SELECT id, rank, feature, round(contribution, 4) AS contribution, because FROM mine_explain('m', 'customers', 'top=1, lang=zh') WHERE id IN (40, 41);
-- The probability itself.
SELECT max(abs(e.sum - p.probability)) < 1e-12 AS probability FROM mine_predict('m', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('m', 'customers') GROUP BY id) e USING (id);
SELECT max(abs(e.sum - p.probability)) < 1e-12 AS of_no FROM mine_predict('m', 'customers', 'class=no') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('m', 'customers', 'class=no, top=2') GROUP BY id) e USING (id);
-- Log-odds.
CREATE TEMP TABLE models(name, options);
INSERT INTO models VALUES ('boost', 'n_trees=12'), ('logistic', 'l2=1'), ('bayes', ''), ('forest', 'n_trees=5'), ('extra_trees', 'n_trees=5');
SELECT name, mine_train(name, name, 'customers', 'target=churned, seed=1' || CASE options WHEN '' THEN '' ELSE ', ' || options END) IS NOT NULL AS trained FROM models;
SELECT mine_train('card', 'logistic', 'customers', 'target=churned, transform=woe') IS NOT NULL AS trained;
WITH e AS (SELECT 'boost' AS m, id, sum(contribution) AS s FROM mine_explain('boost', 'customers') GROUP BY id
    UNION ALL SELECT 'logistic', id, sum(contribution) FROM mine_explain('logistic', 'customers') GROUP BY id
    UNION ALL SELECT 'card', id, sum(contribution) FROM mine_explain('card', 'customers') GROUP BY id
    UNION ALL SELECT 'bayes', id, sum(contribution) FROM mine_explain('bayes', 'customers') GROUP BY id),
  p AS (SELECT 'boost' AS m, id, probability AS p FROM mine_predict('boost', 'customers')
    UNION ALL SELECT 'logistic', id, probability FROM mine_predict('logistic', 'customers')
    UNION ALL SELECT 'card', id, probability FROM mine_predict('card', 'customers')
    UNION ALL SELECT 'bayes', id, probability FROM mine_predict('bayes', 'customers'))
SELECT m, count(*) AS rows, max(abs(s - ln(p / (1 - p)))) < 1e-9 AS log_odds FROM e JOIN p USING (m, id) GROUP BY m;
SELECT max(abs(e.sum - p.probability)) < 1e-12 AS forest FROM mine_predict('forest', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('forest', 'customers') GROUP BY id) e USING (id);
-- More than two classes: the one predicted, against the mean of all.
SELECT mine_train('plans', 'boost', 'customers', 'target=plan, n_trees=6') IS NOT NULL AS trained;
SELECT e.class = p.prediction AS predicted, count(*) AS rows, max(abs(e.sum - l.log_)) < 1e-9 AS add_up
FROM (SELECT id, class, sum(contribution) AS sum FROM mine_explain('plans', 'customers') GROUP BY id) e
JOIN mine_predict('plans', 'customers') p USING (id)
JOIN (SELECT a.id, a.class, ln(a.probability) - avg(ln(b.probability)) AS log_ FROM mine_probabilities('plans', 'customers') a
      JOIN mine_probabilities('plans', 'customers') b USING (id) GROUP BY a.id, a.class) l ON l.id = e.id AND l.class = e.class GROUP BY 1;
-- A number, and one that is above zero.
SELECT mine_train('spend', 'boost', 'customers', 'target=spend, n_trees=5') IS NOT NULL AS trained;
SELECT max(abs(e.sum - p.prediction)) < 1e-9 AS number FROM mine_predict('spend', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('spend', 'customers') GROUP BY id) e USING (id);
SELECT mine_train('counted', 'boost', 'SELECT customer_id, age, plan, customer_id % 7 AS visits FROM customers', 'target=visits, task=regression, objective=poisson, n_trees=5') IS NOT NULL AS trained;
SELECT max(abs(e.sum - ln(p.prediction))) < 1e-9 AS logarithm FROM mine_predict('counted', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('counted', 'customers') GROUP BY id) e USING (id);
-- Values as they went in: dates, gaps, what was never seen; a calibrated model's margin is that before.
SELECT mine_train('dated', 'tree', 'SELECT customer_id, date(''2024-01-01'', customer_id || '' days'') AS since, plan, churned FROM customers', 'target=churned, max_depth=3') IS NOT NULL AS trained;
SELECT rank, feature, value, because FROM mine_explain('dated', 'SELECT 1 AS customer_id, ''2024-03-05'' AS since, ''platinum'' AS plan UNION ALL SELECT 2, NULL, NULL');
SELECT mine_train('sure', 'boost', 'customers', 'target=churned, n_trees=12, calibrate=platt') IS NOT NULL AS trained;
SELECT count(*) AS rows, max(abs(a.contribution - b.contribution)) < 1e-12 AS as_before FROM mine_explain('sure', 'customers') a
  JOIN mine_explain('boost', 'customers') b USING (id, feature);
-- Estimated: they add up exactly all the same, and say how well they are known.
SELECT mine_train('net', 'mlp', 'customers', 'target=churned, epochs=3, hidden=5, networks=1') IS NOT NULL AS trained;
SELECT max(abs(e.sum - ln(p.probability / (1 - p.probability)))) < 1e-9 AS mlp FROM mine_predict('net', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('net', 'customers') GROUP BY id) e USING (id);
SELECT mine_train('near', 'knn', 'customers', 'target=churned, k=7') IS NOT NULL AS trained;
SELECT max(abs(e.sum - p.probability)) < 1e-12 AS knn FROM mine_predict('near', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('near', 'customers', 'pairs=4') GROUP BY id) e USING (id);
SELECT max(std_error) > 0 AS estimated, sum(because LIKE '% ± %') > 0 AS told FROM mine_explain('near', 'SELECT * FROM customers LIMIT 9');
SELECT sum(a.std_error) > sum(b.std_error) AS better_known FROM mine_explain('near', 'SELECT * FROM customers LIMIT 9', 'pairs=4') a
  JOIN mine_explain('near', 'SELECT * FROM customers LIMIT 9', 'pairs=64') b USING (id, feature);
SELECT count(*) AS rows FROM (SELECT * FROM mine_explain('near', 'customers', 'pairs=2, threads=1') EXCEPT SELECT * FROM mine_explain('near', 'customers', 'pairs=2, threads=3'));
-- Means of models: the probability, calibrated as their members answer; a model for each group.
SELECT mine_train('best', 'auto', 'customers', 'target=churned, portfolio=logistic|tree|bayes, holdout=0.3') IS NOT NULL AS trained;
SELECT max(abs(e.sum - p.probability)) < 1e-9 AS auto FROM mine_predict('best', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('best', 'customers') GROUP BY id) e USING (id);
SELECT mine_train('best', 'auto', 'customers', 'target=plan, portfolio=logistic|tree|bayes, holdout=0.3') IS NOT NULL AS trained;
SELECT max(abs(e.sum - p.confidence)) < 1e-9 AS auto_of_many FROM mine_predict('best', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('best', 'customers') GROUP BY id) e USING (id);
SELECT mine_train('best', 'auto', 'customers', 'target=spend, portfolio=linear|tree, holdout=0.3') IS NOT NULL AS trained;
SELECT max(abs(e.sum - p.prediction)) < 1e-9 AS auto_of_numbers FROM mine_predict('best', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('best', 'customers') GROUP BY id) e USING (id);
SELECT mine_train('each', 'boost', 'customers', 'target=churned, group=plan, n_trees=6, min_samples_leaf=5') IS NOT NULL AS trained;
SELECT count(*) AS rows, max(abs(e.sum - ln(p.probability / (1 - p.probability)))) < 1e-9 AS grouped FROM mine_predict('each', 'customers') p
  JOIN (SELECT id, sum(contribution) AS sum FROM mine_explain('each', 'customers') GROUP BY id) e USING (id);
SELECT id, rank, feature, value, contribution, because FROM mine_explain('each', 'SELECT 1 AS customer_id, 30 AS age, ''none'' AS plan, 1.5 AS spend', 'top=1');
-- Without a prediction.
SELECT id, rank, contribution, because, class FROM mine_explain('m', 'customers', 'missing=skip, top=1') WHERE id IN (39, 40);
-- The same however many threads.
SELECT count(*) AS rows FROM (SELECT * FROM mine_explain('boost', 'customers', 'threads=1') EXCEPT SELECT * FROM mine_explain('boost', 'customers', 'threads=3'));
-- A sentence a customer.
SELECT c.customer_id, group_concat(e.because, '; ') AS reasons FROM customers c JOIN mine_explain('boost', 'customers', 'top=2') e ON e.id = c.customer_id
WHERE e.rank BETWEEN 1 AND 2 AND c.customer_id <= 3 GROUP BY c.customer_id;
-- Clusters: what speaks for a row's own; a value that is missing says nothing.
SELECT mine_train('k', 'kmeans', 'rows_', 'k=3') IS NOT NULL AS trained;
SELECT id, rank, feature, value, round(contribution, 4) AS contribution, because, class FROM mine_explain('k', 'customers') WHERE id IN (1, 40);
SELECT count(*) AS rows FROM (SELECT id, class FROM mine_explain('k', 'customers', 'top=1') WHERE rank = 0 EXCEPT SELECT id, prediction FROM mine_predict('k', 'customers'));
SELECT p.prediction, count(*) AS rows, min(class) = 2 AND max(class) = 2 AS of_two, min(sum) > 0 AS speaks_for FROM (SELECT id, class, sum(contribution) AS sum FROM mine_explain('k', 'customers', 'class=2') GROUP BY id) e
JOIN mine_predict('k', 'customers') p USING (id) GROUP BY 1;
SELECT mine_train('mix', 'gmm', 'rows_', 'k=2') IS NOT NULL AS trained, mine_name_cluster('mix', 1, 'steady') IS NOT NULL AS named;
SELECT e.class, count(*) AS rows, max(abs(e.sum - l.log_) / (1 + abs(l.log_))) < 1e-9 AS log_odds FROM (SELECT id, class, sum(contribution) AS sum FROM mine_explain('mix', 'customers') GROUP BY id) e
JOIN (SELECT a.id, a.class, ln(a.probability / b.probability) AS log_ FROM mine_probabilities('mix', 'customers') a JOIN mine_probabilities('mix', 'customers') b ON a.id = b.id AND a.class <> b.class
      WHERE b.probability > 1e-200) l ON l.id = e.id AND l.class = e.class GROUP BY 1;
SELECT max(abs(e.sum)) < 1e-9 AS of_all FROM (SELECT id, sum(contribution) AS sum FROM (SELECT * FROM mine_explain('mix', 'customers', 'class=steady') UNION ALL SELECT * FROM mine_explain('mix', 'customers', 'class=2')) GROUP BY id) e;
CREATE TEMP TABLE spots AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 300)
  SELECT i AS id, i % 3 * 20 + i * 7 % 11 AS x, i % 3 * 15 + i * 5 % 13 AS y, substr('abc', i % 3 + 1, 1) AS kind FROM n WHERE i <= 292 UNION ALL SELECT i, i * 83 % 997 - 400, i * 57 % 883 - 500, 'c' FROM n WHERE i > 292;
SELECT mine_train('spots', 'auto', 'spots', 'seed=1') IS NOT NULL AS trained;
SELECT p.prediction = 0 AS noise, count(DISTINCT e.id) AS rows, min(e.sum > 0) AS speaks_for, count(DISTINCT e.class) AS classes FROM (SELECT id, class, sum(contribution) AS sum FROM mine_explain('spots', 'spots') GROUP BY id) e
JOIN mine_predict('spots', 'spots') p ON p.id = e.id AND p.prediction = e.class GROUP BY 1;
SELECT count(*) AS rows FROM (SELECT * FROM mine_explain('spots', 'spots', 'threads=1') EXCEPT SELECT * FROM mine_explain('spots', 'spots', 'threads=3'));
SELECT mine_train('each', 'gmm', 'SELECT customer_id, age, spend, plan FROM customers', 'k=2, group=plan') IS NOT NULL AS trained;
SELECT count(DISTINCT e.id) AS rows, min(e.sum > 0) AS speaks_for FROM (SELECT id, class, sum(contribution) AS sum FROM mine_explain('each', 'customers') GROUP BY id) e JOIN mine_predict('each', 'customers') p ON p.id = e.id AND p.prediction = e.class;
-- Refused.
SELECT mine_train('one', 'kmeans', 'rows_', 'k=1') IS NOT NULL AS trained;
SELECT * FROM mine_explain('one', 'customers');
SELECT * FROM mine_explain('k', 'customers', 'class=4');
SELECT mine_train('around', 'kmedoids', 'rows_', 'k=2, metric=cosine') IS NOT NULL AS trained;
SELECT * FROM mine_explain('around', 'customers');
SELECT mine_train('near', 'dbscan', 'SELECT customer_id, age, spend FROM customers', 'eps=1') IS NOT NULL AS trained;
SELECT * FROM mine_explain('near', 'customers');
SELECT * FROM mine_explain('m', 'customers', 'top=0');
SELECT * FROM mine_explain('m', 'customers', 'class=maybe');
SELECT * FROM mine_explain('spend', 'customers', 'class=yes');
SELECT * FROM mine_explain('m');
-- Which features count: by permutation of a source that has the target; and how the answer depends on one.
SELECT feature, round(importance, 3), rank, std_dev IS NULL AS no_std_dev FROM mine_importance('m');
SELECT feature, round(importance, 3), rank, round(std_dev, 3) FROM mine_importance('m', 'customers', 'repeats=3');
SELECT feature, round(importance, 3), rank FROM mine_importance('m', 'customers', 'metric=log_loss, repeats=1');
SELECT feature, rank, std_dev FROM mine_importance('spend', 'customers', 'repeats=1, seed=2');
SELECT count(*) AS rows FROM (SELECT * FROM mine_importance('boost', 'customers', 'threads=1') EXCEPT SELECT * FROM mine_importance('boost', 'customers', 'threads=3'));
SELECT feature, value, round(prediction, 3), rows FROM mine_dependence('m', 'customers', 'feature=age|plan, points=5');
SELECT count(DISTINCT feature) AS features, sum(rows) AS rows, max(n) AS points FROM (SELECT *, count(*) OVER (PARTITION BY feature) AS n FROM mine_dependence('spend', 'customers'));
SELECT value, round(prediction, 3), rows FROM mine_dependence('dated', 'SELECT customer_id, date(''2024-01-01'', customer_id || '' days'') AS since, plan FROM customers', 'feature=since, points=3');
SELECT value, round(prediction, 3) FROM mine_dependence('plans', 'customers', 'feature=churned, class=gold');
SELECT * FROM mine_dependence('plans', 'customers');
SELECT * FROM mine_dependence('m', 'customers', 'feature=agee');
SELECT * FROM mine_dependence('k', 'customers');
SELECT * FROM mine_importance('k', 'customers');
-- A mean of models says the mean of what its members say, by their weights; k-NN says nothing of itself.
SELECT mine_train('two', 'auto', 'customers', 'target=churned, portfolio=tree|bayes, seed=3') IS NOT NULL;
WITH member AS (SELECT name, weight * 1.0 / sum(weight) OVER () AS share FROM mine_trials('two') WHERE weight > 0),
said AS (SELECT i.feature, sum(share * i.importance) AS importance FROM member,
         mine_importance(iif(name = 'tree', (SELECT mine_fit('tree', 'customers', 'target=churned, seed=3')), (SELECT mine_fit('bayes', 'customers', 'target=churned, seed=3')))) AS i GROUP BY 1)
SELECT (SELECT count(*) FROM member) AS members, count(*) AS features, max(abs(a.importance - b.importance)) < 1e-12 AS same FROM mine_importance('two') AS a JOIN said AS b USING (feature);
SELECT mine_train('near', 'knn', 'customers', 'target=churned') IS NOT NULL;
SELECT * FROM mine_importance('near');
SELECT mine_train('near_only', 'auto', 'customers', 'target=churned, portfolio=knn') IS NOT NULL;
SELECT * FROM mine_importance('near_only');
SELECT count(*) FROM mine_importance('near_only', 'customers');
SELECT mine_train('mixed', 'auto', 'customers', 'target=churned, portfolio=tree|knn, seed=3') IS NOT NULL;
SELECT count(*) FROM mine_importance('mixed');
SELECT name, detail FROM mine_warnings WHERE name = 'knn';
-- Of groups, each with a mean of its own: once.
SELECT mine_train('mixed_groups', 'auto', 'customers', 'target=churned, portfolio=tree|knn, group=plan, seed=3') IS NOT NULL;
SELECT count(DISTINCT group_value) AS groups FROM mine_importance('mixed_groups');
SELECT name, detail FROM mine_warnings WHERE name = 'knn';
SELECT * FROM mine_importance('m', 'customers', 'metric=rmse');
SELECT * FROM mine_importance('m', 'SELECT * FROM customers WHERE churned = ''no''', 'metric=auc');
SELECT mine_help('reasons');
