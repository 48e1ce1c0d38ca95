-- mine_tune: combinations of options measured on the same folds, the best first.
.read tests/sql/setup.inc
SELECT rank, options, metric, round(mean, 4) AS mean, round(se, 4) AS se, typeof(seconds) AS seconds
FROM mine_tune('tree', 'customers', 'target=churned, max_depth=1|2|4, min_samples_leaf=5|20');
-- A trial is a cross validation, and its options are what mine_train takes.
SELECT t.mean = (SELECT value FROM mine_cross_validate('tree', 'customers', t.options) WHERE fold = 'mean' AND metric = t.metric) AS same,
  t.se = (SELECT value FROM mine_cross_validate('tree', 'customers', t.options) WHERE fold = 'se' AND metric = t.metric) AS same_se,
  mine_train('best' || t.rank, 'tree', 'customers', t.options) IS NOT NULL AS trained
FROM (SELECT * FROM mine_tune('tree', 'customers', 'target=churned, max_depth=1|4, criterion=entropy|gini, seed=3, weight=spend, missing=skip')) t;
SELECT name, options FROM mine_models ORDER BY name LIMIT 2;
-- Ranges: numbers by ratios where they span more than a decade, whole numbers whole; the same draws on any number of threads.
SELECT rank, options, round(mean, 4) AS mean FROM mine_tune('boost', 'customers',
  'target=churned, learning_rate=0.01..0.5, max_depth=1..3, n_trees=5, trials=4, folds=2');
SELECT count(*) AS trials, count(DISTINCT a.mean) > 1 AS differ FROM
  mine_tune('boost', 'customers', 'target=churned, learning_rate=0.01..0.5, n_trees=5, trials=4, folds=2, threads=1') a JOIN
  mine_tune('boost', 'customers', 'target=churned, learning_rate=0.01..0.5, n_trees=5, trials=4, folds=2, threads=3') b
  ON a.rank = b.rank AND a.options = b.options AND a.mean IS b.mean AND a.se IS b.se;
SELECT options FROM mine_tune('tree', 'customers', 'target=churned, ccp_alpha=0..0.1, max_depth=2..3, search=grid, folds=2') ORDER BY options;
-- No range and few combinations: all of them, in whatever order they are drawn.
SELECT count(*) AS trials FROM mine_tune('tree', 'customers', 'target=churned, max_depth=1|2|3|4, search=random, folds=2');
-- Numbers; the smaller the better.
SELECT rank, options, metric, round(mean, 3) AS mean FROM mine_tune('tree', 'customers', 'target=spend, max_depth=1|3, folds=3');
SELECT rank, options, metric, round(mean, 3) AS mean FROM mine_tune('tree', 'customers', 'target=spend, max_depth=1|3, folds=3, metric=rmse');
-- More than two classes.
SELECT rank, options, metric FROM mine_tune('bayes', 'customers', 'target=plan, smoothing=0.5|1, folds=2');
-- Halving: three rungs' worth of trials; who came further stands first.
SELECT rank, options, mean IS NOT NULL AS measured FROM mine_tune('tree', 'SELECT customer_id * 4 + x AS id, age, plan, spend, churned FROM customers, (SELECT 0 AS x UNION ALL SELECT 1 UNION ALL SELECT 2)',
  'target=churned, max_depth=1|2|3, min_samples_leaf=2|7|30, search=halving, folds=2') ORDER BY rank LIMIT 3;
-- JSON: a list of lists for an option that is a list.
SELECT rank, options FROM mine_tune('boost', 'customers', '{"target":"churned", "n_trees":5, "folds":2, "monotone":[["age:+1"],["age:-1","spend:+1"]], "learning_rate":[0.1,0.3]}') ORDER BY options;
-- Which columns are left out is searched the same way: as if each list had been given alone.
SELECT a.options, a.mean = b.value AS same FROM mine_tune('logistic', 'customers', '{"target":"churned", "ignore":[["age","plan"],["plan"],["plan","sp*"]], "folds":3}') a
  JOIN mine_cross_validate('logistic', 'customers', 'target=churned, folds=3, ignore=age|plan') b ON b.fold = 'mean' AND b.metric = a.metric AND a.options LIKE 'ignore=age|plan,%';
SELECT options FROM mine_tune('logistic', 'customers', '{"target":"churned", "ignore":[["age","plan"],["plan"],["plan","sp*"]], "folds":3}') ORDER BY options;
-- Trials are calibrated where it is asked for.
SELECT a.options, a.mean = b.value AS same FROM mine_tune('logistic', 'customers', 'target=churned, l2=1|10, calibrate=platt, metric=log_loss, folds=3') a
  JOIN mine_cross_validate('logistic', 'customers', 'target=churned, l2=10, calibrate=platt, folds=3') b ON b.fold = 'mean' AND b.metric = a.metric AND a.options LIKE 'l2=10,%';
-- Splits as everywhere: by groups, by time, by a column of fold numbers.
SELECT a.options, a.mean = b.value AS same FROM mine_tune('tree', 'SELECT *, customer_id % 7 AS shop FROM customers', 'target=churned, max_depth=1|2, split_by=group, fold_group=shop, folds=3') a
  JOIN mine_cross_validate('tree', 'SELECT *, customer_id % 7 AS shop FROM customers', 'target=churned, max_depth=1, split_by=group, fold_group=shop, folds=3') b
  ON b.fold = 'mean' AND b.metric = a.metric AND a.options LIKE 'max_depth=1,%';
SELECT options FROM mine_tune('tree', 'SELECT *, customer_id % 3 AS part FROM customers', 'target=churned, max_depth=1|2, split=part') ORDER BY options;
SELECT options FROM mine_tune('tree', 'SELECT *, date(2460000 + customer_id) AS day FROM customers', 'target=churned, max_depth=1|2, split_by=time, time=day, folds=3') ORDER BY options;
-- A trial that fails is a warning and stands last.
SELECT rank, options, mean, se FROM mine_tune('boost', 'customers', 'target=spend, objective=logistic|squared, n_trees=3, folds=2') WHERE mean IS NULL;
SELECT verb, item, name, detail FROM mine_warnings WHERE name = 'trial';
-- What it refuses.
SELECT * FROM mine_tune('boost', 'customers', 'target=spend, objective=logistic|multinomial, n_trees=3, folds=2');
SELECT * FROM mine_tune('tree', 'customers', 'target=churned');
SELECT * FROM mine_tune('tree', 'customers', 'target=churned, max_depth=1|99');
SELECT * FROM mine_tune('tree', 'customers', 'target=churned, max_depth=1|2, folds=3|5');
SELECT * FROM mine_tune('tree', 'customers', 'target=churned, max_depth=1|2, metric=rmse');
SELECT * FROM mine_tune('tree', 'customers', '{"target":"churned","ignore":[["age"],["plans"]]}');
SELECT * FROM mine_tune('tree', 'customers', '{"target":"churned","ignore":[["age"],["churned"]]}');
SELECT * FROM mine_tune('tree', 'SELECT customer_id, age, churned FROM customers', '{"target":"churned","ignore":[[],["a*"]]}');
SELECT * FROM mine_tune('tree', 'customers', '{"target":"churned","max_depth":[[1],[2]]}');
