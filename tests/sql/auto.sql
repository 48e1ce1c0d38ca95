-- auto: a portfolio on the same folds, and a mean of the best as one model.
.read tests/sql/setup.inc
SELECT mine_train('a', 'auto', 'customers', 'target=churned, portfolio=baseline|tree|bayes|boost_small|knn') AS trained;
SELECT rank, options, metric, round(mean, 4) AS mean, round(se, 4) AS se, seconds, algorithm, weight, name FROM mine_trials('a');
SELECT item, name, detail FROM mine_summary('a') WHERE item IN ('trial', 'chosen') OR name = 'portfolio';
SELECT options FROM mine_models;
-- It predicts, evaluates, exports and saves like any other; the stored options make the same bytes, on any number of threads.
SELECT id, prediction, round(probability, 3) AS p FROM mine_predict('a', 'customers') LIMIT 3;
SELECT metric, round(value, 3) AS value FROM mine_evaluate('a') WHERE metric IN ('auc', 'rows');
SELECT mine_fit('auto', 'customers', options) = model AS same, mine_fit('auto', 'customers', options || ', threads=1') = model AS one_thread FROM mine_models;
SELECT mine_predict('a', 'age', 22, 'plan', 'silver', 'spend', 300) AS row_by_row, length(mine_export('a', 'call')) > 0 AS exports;
-- The budget is spent at once: the baseline and a tree are tried all the same. What ran is remembered.
SELECT mine_train('spent', 'auto', 'customers', 'target=churned, budget_seconds=0') IS NOT NULL AS trained;
SELECT options FROM mine_models WHERE name = 'spent';
-- A trial is a cross validation on the same folds.
SELECT algorithm, abs(mean - (SELECT value FROM mine_cross_validate(t.algorithm, 'customers', replace(t.options, ', holdout=0', '')) WHERE fold = 'mean' AND metric = t.metric)) < 1e-12 AS same
FROM mine_trials((SELECT mine_fit('auto', 'customers', 'target=churned, holdout=0, portfolio=baseline|tree|bayes'))) t;
-- Nothing to learn: the baseline is as good, and that is said.
SELECT mine_train('noise', 'auto', 'SELECT customer_id, customer_id * 7919 % 101 AS x, customer_id * 104729 % 2503 % 2 AS y FROM customers', 'target=y, portfolio=baseline|tree') AS trained;
SELECT name, detail FROM mine_summary('noise') WHERE item = 'warning';
-- Numbers; more classes; time; groups.
SELECT mine_train('n', 'auto', 'customers', 'target=spend, portfolio=baseline|tree|knn') IS NOT NULL AS numbers;
SELECT rank, metric, algorithm, weight FROM mine_trials('n');
SELECT mine_train('p', 'auto', 'customers', 'target=plan, portfolio=baseline|bayes') IS NOT NULL AS classes;
SELECT mine_train('t', 'auto', 'SELECT *, date(2460000 + customer_id) AS day FROM customers', 'target=churned, portfolio=baseline|tree, split_by=time, time=day') IS NOT NULL AS by_time;
SELECT mine_train('g', 'auto', 'SELECT *, customer_id % 7 AS shop FROM customers', 'target=churned, portfolio=baseline|tree, split_by=group, fold_group=shop') IS NOT NULL AS by_group;
SELECT fold, metric, round(value, 3) AS value FROM mine_cross_validate('auto', 'customers', 'target=churned, portfolio=baseline|tree, folds=2') WHERE fold = 'mean' AND metric = 'auc';
-- A model for each group: what is tried is one for each, and so is what is kept.
SELECT mine_train('e', 'auto', 'customers', 'target=churned, group=plan, portfolio=baseline|tree|bayes') AS trained;
SELECT rank, round(mean, 4) AS mean, algorithm, weight FROM mine_trials('e');
SELECT id, prediction, round(probability, 3) AS p FROM mine_predict('e', 'customers') LIMIT 3;
SELECT feature, rank, group_value FROM mine_importance('e') LIMIT 2;
SELECT mine_fit('auto', 'customers', options) = model AS same FROM mine_models WHERE name = 'e';
SELECT algorithm, abs(mean - (SELECT value FROM mine_cross_validate(t.algorithm, 'customers', replace(t.options, ', holdout=0', '')) WHERE fold = 'mean' AND metric = t.metric)) < 1e-12 AS same
FROM mine_trials((SELECT mine_fit('auto', 'customers', 'target=churned, holdout=0, group=plan, portfolio=baseline|tree|bayes'))) t;
-- What it refuses.
SELECT * FROM mine_cross_validate('auto', 'customers');
SELECT mine_train('x', 'auto', 'customers', 'target=churned, portfolio=trees');
SELECT mine_train('x', 'auto', 'customers', 'target=churned, portfolio=tree|tree');
SELECT mine_train('x', 'auto', 'customers', 'target=spend, portfolio=bayes');
SELECT mine_train('x', 'auto', 'SELECT * FROM customers LIMIT 4', 'target=churned, holdout=0');
SELECT * FROM mine_tune('auto', 'customers', 'target=churned, budget_seconds=1|2');
CREATE TABLE one AS SELECT mine_fit('tree', 'customers', 'target=churned') AS model;
SELECT * FROM mine_trials((SELECT model FROM one));
