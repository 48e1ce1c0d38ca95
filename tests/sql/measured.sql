-- Lift, thresholds by goal, intervals of measures, and models compared on the same rows.
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 600)
SELECT i AS id, i*7%31 AS calls, i%5 AS visits, i*11%23 AS age,
  CASE WHEN i*7%31 + i*i*13%37 > 42 THEN 'yes' ELSE 'no' END AS churned, i%3 AS kind, i*7%31 + i*i*13%37 AS score FROM n;
SELECT mine_train('m', 'tree', 'calls', 'target=churned, ignore=kind|score, max_depth=4');
SELECT metric, round(value, 4) AS value FROM mine_evaluate('m');

-- Lift: of the held-out rows; of a source; the last bin holds all.
SELECT bin, rows, positives, round(rate, 3), round(lift, 3), round(threshold, 3), cumulative_rows, cumulative_positives,
  round(cumulative_gain, 3), round(cumulative_lift, 3), profit, cumulative_profit FROM mine_lift('m');
SELECT bin, rows, positives, cumulative_rows, profit, cumulative_profit FROM mine_lift('m', NULL, 'bins=3, revenue=20, cost=5, fixed_cost=100');
-- Each bin ends at a threshold, whatever the order of the rows.
SELECT count(*) AS bins, sum(l.cumulative_rows = (SELECT count(*) FROM mine_predict('m', 'calls') WHERE probability >= l.threshold)) AS ends_there
FROM mine_lift('m', 'calls', 'bins=20') l;
SELECT count(*) AS different FROM (SELECT * FROM mine_lift('m', 'SELECT * FROM calls ORDER BY calls, id DESC') EXCEPT SELECT * FROM mine_lift('m', 'calls'));
SELECT mine_train('b', 'bayes', 'calls', 'target=churned, ignore=kind|score');
SELECT bin, rows, cumulative_rows, round(cumulative_gain, 3) FROM mine_lift('b', 'calls') WHERE bin IN (1, 2, 9, 10);
SELECT cumulative_rows, cumulative_lift FROM mine_lift('b', 'calls', 'bins=1');
-- Weights: as if the row were there so often.
SELECT mine_train('w', 'tree', 'SELECT *, 1 + id % 3 AS w FROM calls', 'target=churned, ignore=kind|score, weight=w, max_depth=3');
CREATE TABLE often AS SELECT c.* FROM calls c JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) ON n <= c.id % 3;
CREATE TABLE weighs AS SELECT *, 1 + id % 3 AS w FROM calls;
SELECT count(*) AS bins, sum(abs(a.rate - b.rate) < 1e-12 AND abs(a.cumulative_profit - b.cumulative_profit) < 1e-9 AND a.threshold = b.threshold) AS same
FROM mine_lift('w', 'weighs', 'bins=5, revenue=9, cost=2') a JOIN mine_lift('w', 'SELECT *, 1 AS w FROM often', 'bins=5, revenue=9, cost=2') b USING (bin);
SELECT count(*) AS goals, sum(abs(a.value - b.value) < 1e-12 AND a.threshold = b.threshold) AS same
FROM mine_threshold('w', 'weighs') a JOIN mine_threshold('w', 'SELECT *, 1 AS w FROM often') b USING (goal) WHERE goal <> 'profit';
-- The held-out rows keep their weights.
SELECT goal, threshold, round(value, 4) AS value, rows FROM mine_threshold('w') WHERE goal IN ('f1', 'accuracy');
SELECT mine_train('w2', 'tree', 'weighs', 'target=churned, ignore=kind|score, weight=w, max_depth=3, threshold=f1') AS the_same_threshold;
SELECT round(sum(b.rate * b.w) / sum(b.w), 6) = round(max(l.cumulative_gain * 0 + l.rate / l.lift), 6) AS weighted_rate
FROM (SELECT rate, 1 AS w FROM mine_lift('w', NULL, 'bins=1')) b, mine_lift('w') l;

-- Thresholds: the goal means the same in training and in every verb.
SELECT goal, threshold, round(value, 4) AS value, rows, true_positives, false_positives, round(precision, 3), round(recall, 3) FROM mine_threshold('m');
SELECT goal, threshold, value, rows FROM mine_threshold('m', NULL, 'revenue=20, cost=5, fixed_cost=100') WHERE goal = 'profit';
SELECT goal, threshold, value, rows FROM mine_threshold('m', NULL, 'revenue=20, cost=5, fixed_cost=100, budget=300') WHERE goal = 'profit';
SELECT t.goal, t.rows = (SELECT sum(rows) FROM mine_confusion('m', NULL, 'threshold=' || t.goal) WHERE predicted = 'yes') AS same
FROM mine_threshold('m') t WHERE t.goal <> 'profit';
SELECT mine_train('t', 'tree', 'calls', 'target=churned, ignore=kind|score, max_depth=4, threshold=profit, revenue=20, cost=5');
SELECT threshold, value FROM mine_threshold('t', NULL, 'revenue=20, cost=5') WHERE goal = 'profit';
SELECT goal, threshold, value, rows FROM mine_threshold('m', 'calls', 'revenue=1, cost=50') WHERE goal = 'profit';
SELECT verb, item, name, detail FROM mine_warnings;
SELECT goal, threshold, value, rows FROM mine_threshold('m', 'calls', 'revenue=9, cost=5, budget=4') WHERE goal = 'profit';
SELECT verb, item, name, detail FROM mine_warnings;
SELECT goal, rows FROM mine_threshold('m', 'calls', 'class=no, revenue=9, cost=0') WHERE goal = 'profit';
SELECT mine_train('three', 'tree', 'calls', 'target=kind, task=classification, ignore=score|churned');
SELECT goal, rows, true_positives FROM mine_threshold('three', 'calls', 'class=2') WHERE goal = 'f1';

-- Intervals of measures.
SELECT metric, round(value, 4) AS value, round(low, 4) AS low, round(high, 4) AS high FROM mine_evaluate('m', NULL, 'level=0.95');
SELECT count(*) AS measures, sum(low <= value AND value <= high) AS between_them FROM mine_evaluate('m', 'calls', 'level=0.9') WHERE metric <> 'rows';
SELECT count(*) AS different FROM (SELECT * FROM mine_evaluate('m', 'calls', 'level=0.9, threads=1') EXCEPT SELECT * FROM mine_evaluate('m', 'calls', 'level=0.9, threads=3'));
SELECT count(*) > 5 AS by_another_draw FROM (SELECT * FROM mine_evaluate('m', 'calls', 'level=0.9') EXCEPT SELECT * FROM mine_evaluate('m', 'calls', 'level=0.9, seed=2'));
SELECT count(*) AS values_that_move FROM (SELECT metric, value FROM mine_evaluate('m', NULL, 'level=0.9') EXCEPT SELECT metric, value FROM mine_evaluate('m'));
SELECT slice, metric, round(low, 3) AS low, round(high, 3) AS high FROM mine_evaluate('m', 'calls', 'level=0.95, by=kind') WHERE metric IN ('auc', 'recall');
SELECT metric, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high FROM mine_evaluate('m', NULL, 'level=0.95, threshold=0.3') WHERE metric IN ('recall', 'mcc', 'kappa', 'auc');
SELECT mine_train('r', 'tree', 'calls', 'target=score, ignore=churned|kind');
SELECT metric, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high FROM mine_evaluate('r', NULL, 'level=0.9');
SELECT metric, value FROM mine_evaluate('r', 'SELECT id, calls, visits, age, score - min(score) OVER () AS score FROM calls') WHERE metric = 'mape';
SELECT mine_train('g', 'tree', 'calls', 'target=churned, ignore=score, group=kind, max_depth=3, calibrate=platt');
SELECT slice, metric, low < value AND value < high AS within FROM mine_evaluate('g', 'calls', 'level=0.95, by=kind') WHERE metric IN ('auc', 'brier');
SELECT mine_train('few', 'tree', 'SELECT * FROM calls LIMIT 60', 'target=churned, ignore=kind|score');
SELECT metric, value, low FROM mine_evaluate('few', NULL, 'level=0.95') WHERE metric IN ('rows', 'auc', 'mcc', 'ks');

-- Compared: on rows that none of them has seen.
SELECT mine_train('first', 'tree', 'SELECT * FROM calls WHERE id <= 400', 'target=churned, ignore=kind|score, max_depth=1');
SELECT mine_train('second', 'tree', 'SELECT * FROM calls WHERE id <= 400', 'target=churned, ignore=kind|score, max_depth=4');
SELECT model, metric, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, round(difference, 3) AS difference, round(p_value, 3) AS p
FROM mine_compare('first|second', 'SELECT * FROM calls WHERE id > 400') WHERE metric IN ('rows', 'accuracy', 'auc', 'gini', 'brier', 'ks');
SELECT count(*) FROM mine_warnings;
SELECT metric FROM mine_compare(' first | first ', 'SELECT * FROM calls WHERE id > 400') WHERE difference <> 0 OR p_value <> 1;
SELECT count(*) AS different FROM (SELECT * FROM mine_compare('["first","second"]', 'calls', 'threads=1') EXCEPT SELECT * FROM mine_compare('first|second', 'calls', 'threads=3'));
SELECT count(DISTINCT model), count(*) FROM mine_compare('first|second|b|m', 'calls');
SELECT item, name, detail FROM mine_warnings;
SELECT model, metric, value FROM mine_compare('first|w', 'weighs') WHERE metric = 'rows';
SELECT item, name, detail FROM mine_warnings;
SELECT metric, difference IS NOT NULL AS differs FROM mine_compare('r|r', 'calls') WHERE model = 'r' AND metric = 'mae';
-- Rows that one of them does not answer.
SELECT mine_train('skips', 'tree', 'SELECT * FROM calls WHERE id <= 400', 'target=churned, ignore=kind|score, missing=skip');
SELECT model, value FROM mine_compare('first|skips', 'SELECT id, iif(id % 4, calls, NULL) AS calls, visits, age, churned FROM calls WHERE id > 400') WHERE metric = 'rows';
SELECT item, name, detail FROM mine_warnings;

-- What cannot be.
SELECT * FROM mine_lift('r');
SELECT * FROM mine_lift('three');
SELECT * FROM mine_lift('m', 'SELECT * FROM calls WHERE churned = ''no''');
SELECT * FROM mine_threshold('m', 'SELECT * FROM calls WHERE churned = ''yes''');
SELECT * FROM mine_lift('m', NULL, 'revenue=5');
SELECT * FROM mine_lift('m', NULL, 'fixed_cost=5');
SELECT * FROM mine_lift('m', NULL, 'revenue=5, cost=-1');
SELECT * FROM mine_lift('m', NULL, 'revenue=5, cost=1, budget=7');
SELECT * FROM mine_threshold('m', NULL, 'revenue=5, cost=1, fixed_cost=500, budget=100');
SELECT * FROM mine_threshold('m', NULL, 'budget=100');
SELECT * FROM mine_evaluate('m', NULL, 'level=1');
SELECT mine_train('none', 'tree', 'calls', 'target=churned, ignore=kind|score, holdout=0');
SELECT * FROM mine_lift('none');
SELECT * FROM mine_evaluate('none', NULL, 'level=0.95');
SELECT mine_train('k', 'kmeans', 'SELECT id, calls, visits FROM calls', 'k=3');
SELECT * FROM mine_evaluate('k', NULL, 'level=0.95');
SELECT * FROM mine_evaluate('k', 'calls', 'level=0.95');
SELECT * FROM mine_lift('k');
-- All scores equal: nobody comes first.
SELECT mine_train('flat', 'tree', 'SELECT id, calls, id % 2 AS y FROM calls', 'target=y, max_depth=1, min_samples_leaf=300');
SELECT bin, rows, lift, cumulative_gain FROM mine_lift('flat', 'SELECT id, calls, id % 2 AS y FROM calls');
SELECT item, detail FROM mine_warnings;
SELECT metric, value, low, high FROM mine_evaluate('flat', 'SELECT id, calls, id % 2 AS y FROM calls', 'level=0.95') WHERE metric IN ('auc', 'ks', 'pr_auc', 'mcc', 'top_decile_lift');
SELECT * FROM mine_compare('first', 'nowhere');
SELECT * FROM mine_compare('first|nothing', 'calls');
SELECT * FROM mine_compare('first||second', 'calls');
SELECT * FROM mine_compare('[1,2]', 'calls');
SELECT * FROM mine_compare('["first"', 'calls');
SELECT * FROM mine_compare('[]', 'calls');
SELECT * FROM mine_compare(x'00', 'calls');
SELECT * FROM mine_compare('first|r', 'calls');
SELECT * FROM mine_compare('first|k', 'calls');
SELECT mine_train('words', 'tree', 'SELECT id, calls, visits, iif(churned = ''yes'', ''gone'', ''here'') AS churned FROM calls', 'target=churned');
SELECT * FROM mine_compare('first|words', 'calls');
SELECT mine_train('other', 'tree', 'calls', 'target=churned, ignore=kind|score, positive=no');
SELECT * FROM mine_compare('first|other', 'calls');
SELECT * FROM mine_compare('first|second', 'SELECT * FROM calls WHERE 0');
SELECT * FROM mine_compare('first|second', 'SELECT id, calls, visits, age FROM calls');
-- Without a source: the rows that all models held out, and what mine_evaluate says of each.
SELECT mine_train('deep', 'tree', 'calls', 'target=churned, ignore=kind|score, max_depth=6'), mine_train('flatter', 'tree', 'calls', 'target=churned, ignore=kind|score, max_depth=1');
SELECT count(*) AS measured, sum(abs(c.value - e.value) > 1e-6) AS differ FROM mine_compare('deep|flatter') c JOIN (SELECT 'deep' AS m, * FROM mine_evaluate('deep') UNION ALL SELECT 'flatter', * FROM mine_evaluate('flatter')) e ON e.m = c.model AND e.metric = c.metric;
SELECT mine_train('reseeded', 'tree', 'calls', 'target=churned, ignore=kind|score, seed=2'), mine_train('elsewhere', 'tree', 'SELECT * FROM calls', 'target=churned, ignore=kind|score');
SELECT * FROM mine_compare('deep|reseeded');
SELECT * FROM mine_compare('deep|elsewhere');
SELECT * FROM mine_compare('deep|none');
SELECT * FROM mine_compare('first,second');
