-- Boosting and forests: what they tell, list and answer.
.read tests/sql/setup.inc
CREATE TABLE many AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 900)
  SELECT i AS id, CASE WHEN i % 11 THEN i*7919%101/10.0 END AS calls, char(97 + i*31%6) AS plan, i*17%5 AS kids,
    i*7919%101 + 20*(i*31%6 = 2) - 8*(i*17%5) > 60 AS churned, i*7919%101/4.0 + 3*(i*31%6) AS spend,
    CASE i*7919%101 / 34 WHEN 0 THEN 'low' WHEN 1 THEN 'mid' ELSE 'high' END AS class FROM n;
SELECT mine_train('b', 'boost', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, learning_rate=0.3') AS trained;
SELECT item, name, detail FROM mine_summary('b') WHERE item IN ('fit', 'warning');
SELECT feature, round(importance, 2) AS importance, rank FROM mine_importance('b');
SELECT id, prediction, round(probability, 3) AS p FROM mine_predict('b', 'many') LIMIT 4;
-- A row, a set, and JSON give the same.
SELECT count(*) AS rows, sum(p.probability = mine_probability('b', 1, 'calls', m.calls, 'plan', m.plan, 'kids', m.kids)) AS same
FROM mine_predict('b', 'many') p JOIN many m USING (id);
-- One stump by hand: logistic loss, half of the rows positive, one step of rate 1 without a penalty.
CREATE TABLE stump(id INTEGER PRIMARY KEY, x REAL, y INTEGER);
INSERT INTO stump SELECT value, value, value > 20 OR value % 10 = 0 FROM generate_series(1, 40);
SELECT mine_train('s', 'boost', 'stump', 'target=y, holdout=0, early_stopping=0, n_trees=1, max_leaves=2, learning_rate=1, l2=0, min_samples_leaf=1') IS NOT NULL AS trained;
SELECT feature, test, rows, round(prediction, 4) AS margin FROM mine_tree('s');
SELECT id, round(probability, 4) AS p FROM mine_predict('s', 'SELECT * FROM stump WHERE id IN (1, 40)');
SELECT round(1/(1+exp(-(b + s))), 4) AS p FROM (SELECT ln(22.5/18.5) AS b, (1 - 19*q)/(19*q*(1-q)) AS s FROM (SELECT 22.5/41 AS q))
UNION ALL SELECT round(1/(1+exp(-(b + s))), 4) FROM (SELECT ln(22.5/18.5) AS b, (21 - 21*q)/(21*q*(1-q)) AS s FROM (SELECT 22.5/41 AS q));
-- Never to stop is to try all rounds, and the best of them is taken.
SELECT name, CAST(detail AS INTEGER) > 1 AS more_than_one FROM mine_summary((SELECT mine_fit('boost', 'stump', 'target=y, holdout=0, early_stopping=0, min_samples_leaf=1'))) WHERE name = 'rounds';
-- More classes, numbers, and other losses.
SELECT metric, value > 0.85 AS good FROM mine_evaluate((SELECT mine_fit('boost', 'SELECT id, calls, plan, kids, class FROM many', 'target=class, n_trees=60, learning_rate=0.1'))) WHERE metric IN ('accuracy');
SELECT count(*) AS rows, round(max(abs(p - 1)), 12) AS off FROM (SELECT sum(probability) AS p FROM mine_probabilities((SELECT mine_fit('boost', 'SELECT id, calls, plan, class FROM many', 'target=class, n_trees=20')), 'many') GROUP BY id);
SELECT metric, value > 0.8 AS good FROM mine_evaluate((SELECT mine_fit('boost', 'SELECT id, calls, plan, kids, spend FROM many', 'target=spend, task=regression, n_trees=150, learning_rate=0.1'))) WHERE metric = 'r2';
SELECT 'quantile 0.9' AS objective, round(avg(m.spend <= p.prediction), 1) AS below FROM mine_predict((SELECT mine_fit('boost', 'SELECT id, plan, kids, spend FROM many', 'target=spend, task=regression, objective=quantile, alpha=0.9, n_trees=60, learning_rate=0.1')), 'many') p JOIN many m USING (id);
SELECT 'absolute' AS objective, round(avg(m.spend <= p.prediction), 1) AS below FROM mine_predict((SELECT mine_fit('boost', 'SELECT id, plan, kids, spend FROM many', 'target=spend, task=regression, objective=absolute, n_trees=60, learning_rate=0.1')), 'many') p JOIN many m USING (id);
SELECT mine_train('n' || objective, 'boost', 'SELECT id, calls, plan, kids FROM many', 'target=kids, task=regression, n_trees=50, objective=' || objective) IS NOT NULL AS trained FROM (SELECT 'poisson' AS objective UNION ALL SELECT 'tweedie');
SELECT min(p.prediction) > 0 AS positive, abs(avg(p.prediction) / avg(m.kids) - 1) < 0.05 AS mean_is_kept FROM mine_predict('npoisson', 'many') p JOIN many m USING (id);
SELECT min(p.prediction) > 0 AS positive, abs(avg(p.prediction) / avg(m.kids) - 1) < 0.05 AS mean_is_kept FROM mine_predict('ntweedie', 'many') p JOIN many m USING (id);
-- What may only rise does; what may not meet does not.
SELECT mine_train('up', 'boost', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, monotone=calls:+1|kids:-1, n_trees=60, early_stopping=0') IS NOT NULL AS trained;
SELECT count(*) AS steps, sum(p < before) AS falls FROM (SELECT p, lag(p) OVER (PARTITION BY plan, kids ORDER BY calls) AS before FROM (
  SELECT c.value / 4.0 AS calls, char(97 + l.value) AS plan, k.value AS kids, mine_probability('up', 1, 'calls', c.value / 4.0, 'plan', char(97 + l.value), 'kids', k.value) AS p
  FROM generate_series(0, 44) c, generate_series(0, 5) l, generate_series(0, 4) k)) WHERE before IS NOT NULL;
SELECT count(*) AS steps, sum(p > before) AS rises FROM (SELECT p, lag(p) OVER (PARTITION BY plan, calls ORDER BY kids) AS before FROM (
  SELECT c.value / 4.0 AS calls, char(97 + l.value) AS plan, k.value AS kids, mine_probability('up', 1, 'calls', c.value / 4.0, 'plan', char(97 + l.value), 'kids', k.value) AS p
  FROM generate_series(0, 44) c, generate_series(0, 5) l, generate_series(0, 4) k)) WHERE before IS NOT NULL;
-- It is the positive class whose probability rises, whichever of the two that is.
SELECT mine_train('other', 'boost', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, positive=0, monotone=calls:+1, n_trees=60') IS NOT NULL AS trained;
SELECT count(*) AS steps, sum(p < before) AS falls FROM (SELECT p, lag(p) OVER (PARTITION BY plan, kids ORDER BY calls) AS before FROM (
  SELECT c.value / 4.0 AS calls, char(97 + l.value) AS plan, k.value AS kids, mine_probability('other', 0, 'calls', c.value / 4.0, 'plan', char(97 + l.value), 'kids', k.value) AS p
  FROM generate_series(0, 44) c, generate_series(0, 5) l, generate_series(0, 4) k)) WHERE before IS NOT NULL;
SELECT count(*) AS mixed FROM mine_tree((SELECT mine_fit('boost', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, interactions=calls&kids, n_trees=40, early_stopping=0'))) WHERE path LIKE '%plan%' AND (path LIKE '%calls%' OR path LIKE '%kids%');
-- A category of many levels.
SELECT metric, value > 0.6 AS better_than_chance FROM mine_evaluate((SELECT mine_fit('boost', 'SELECT id, ''shop '' || (id*7919%101/2) AS shop, kids, churned FROM many', 'target=churned, categories=ordered, n_trees=40, learning_rate=0.1'))) WHERE metric = 'auc';
-- Forests.
SELECT mine_train('f', 'forest', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, n_trees=40') AS trained;
SELECT item, name, detail > 0.8 AS good FROM mine_summary('f') WHERE item = 'out of bag' AND name IN ('auc', 'accuracy');
SELECT mine_train('x', 'extra_trees', 'SELECT id, calls, plan, kids, class FROM many', 'target=class, n_trees=40') IS NOT NULL AS trained;
SELECT metric, value > 0.8 AS good FROM mine_evaluate('x') WHERE metric = 'accuracy';
SELECT metric, value > 0.7 AS good FROM mine_evaluate((SELECT mine_fit('forest', 'SELECT id, calls, plan, kids, spend FROM many', 'target=spend, task=regression, n_trees=40'))) WHERE metric = 'r2';
-- One tree of all rows and features is that of `tree` but for its bins.
SELECT count(*) AS rows, sum(a.prediction <> b.prediction) AS differ FROM mine_predict((SELECT mine_fit('forest', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, n_trees=1, bootstrap=0, max_features=3, max_depth=2, min_samples_leaf=7, holdout=0')), 'many') a
  JOIN mine_predict((SELECT mine_fit('tree', 'SELECT id, calls, plan, kids, churned FROM many', 'target=churned, max_depth=2, holdout=0')), 'many') b USING (id);
-- A row of weight 2 is the row twice.
CREATE VIEW heavy AS SELECT id, calls, plan, kids, churned, 1 + (id % 3 = 0) AS w FROM many;
CREATE VIEW twice AS SELECT id, calls, plan, kids, churned FROM many UNION ALL SELECT id + 1000, calls, plan, kids, churned FROM many WHERE id % 3 = 0;
SELECT mine_train('f' || name, 'forest', name, 'target=churned, holdout=0, n_trees=1, bootstrap=0, max_features=3, min_samples_leaf=1, max_depth=4' || options) IS NOT NULL AS forest,
  mine_train('b' || name, 'boost', name, 'target=churned, holdout=0, n_trees=20, min_samples_leaf=1' || options) IS NOT NULL AS boost
FROM (SELECT 'heavy' AS name, ', weight=w' AS options UNION ALL SELECT 'twice', '');
SELECT round(max(abs(a.probability - b.probability)), 12) AS forest_differs FROM mine_predict('fheavy', 'many') a JOIN mine_predict('ftwice', 'many') b USING (id);
SELECT avg(abs(a.probability - b.probability)) < 0.002 AS boost_alike FROM mine_predict('bheavy', 'many') a JOIN mine_predict('btwice', 'many') b USING (id);
-- A share of the rows that is hardly a row.
SELECT count(*) AS rows, sum(prediction BETWEEN 0 AND 50) AS numbers FROM mine_predict((SELECT mine_fit('boost', 'SELECT id, kids, spend FROM many LIMIT 40', 'target=spend, task=regression, objective=quantile, subsample=0.001, n_trees=20')), 'many');
SELECT count(*) AS rows, sum(prediction BETWEEN 0 AND 50) AS numbers FROM mine_predict((SELECT mine_fit('extra_trees', 'SELECT id, kids, spend FROM many LIMIT 40', 'target=spend, task=regression, max_samples=0.001, n_trees=20')), 'many');
SELECT count(*) AS rows, sum(prediction BETWEEN 0 AND 50) AS numbers FROM mine_predict((SELECT mine_fit('forest', 'SELECT id, kids, spend FROM many LIMIT 40', 'target=spend, task=regression, max_samples=0.001, n_trees=20')), 'many');
-- Refused.
SELECT mine_fit('boost', 'many', 'target=class, monotone=calls:+1');
SELECT mine_fit('boost', 'many', 'target=churned, objective=poisson');
SELECT mine_fit('boost', 'many', 'target=spend, task=regression, objective=logistic');
SELECT mine_fit('boost', 'many', 'target=class, objective=logistic');
SELECT mine_fit('boost', 'SELECT id, calls, kids, spend - 20 AS spend FROM many', 'target=spend, task=regression, objective=poisson');
SELECT mine_fit('boost', 'many', 'target=churned, monotone=calls');
SELECT mine_fit('boost', 'many', 'target=churned, monotone=plan:+1');
SELECT mine_fit('boost', 'many', 'target=churned, interactions=calls&nobody');
SELECT mine_fit('boost', 'many', 'target=churned, learning_rate=2');
SELECT mine_fit('forest', 'many', 'target=churned, criterion=squared_error');
SELECT mine_fit('forest', 'many', 'target=spend, task=regression, criterion=gini');
