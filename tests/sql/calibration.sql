-- calibrate=: probabilities that are rates.
.mode list
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 2000)
SELECT i AS id, i*7%31 AS calls, i*7%31 + i%2 AS calls_2, i*7%31 - i%3 AS calls_3, i%5 AS visits,
  CASE WHEN i*7%31 + i*i*13%37 > 42 THEN 'yes' ELSE 'no' END AS churned, i%3 AS kind,
  CASE WHEN i*7%31 < 9 THEN 'low' WHEN i*i*13%37 < 15 THEN 'mid' ELSE 'high' END AS level, 1 + i%4 AS w FROM n;
CREATE VIEW plain AS SELECT id, calls, calls_2, calls_3, visits, churned FROM calls;
SELECT mine_train('sure', 'bayes', 'plain', 'target=churned');
SELECT mine_train('platt', 'bayes', 'plain', 'target=churned, calibrate=platt');
SELECT mine_train('isotonic', 'bayes', 'plain', 'target=churned, calibrate=isotonic');
SELECT name, detail FROM mine_summary('platt') WHERE item = 'calibration' OR name = 'calibrate'
UNION ALL SELECT name, detail FROM mine_summary('isotonic') WHERE item = 'calibration' OR name = 'calibrate';
-- Three columns say one thing: naive Bayes is too sure.  On held-out rows the losses fall, the order stays.
SELECT metric, round(a.value, 3), round(b.value, 3), round(c.value, 3)
FROM mine_evaluate('sure') a JOIN mine_evaluate('platt') b USING (metric) JOIN mine_evaluate('isotonic') c USING (metric)
WHERE metric IN ('log_loss', 'brier', 'auc');
-- One map everywhere: tables, rows one by one, other verbs.
SELECT count(*), sum(p.probability = mine_probability('platt', 'yes', 'calls', calls, 'calls_2', calls_2, 'calls_3', calls_3, 'visits', visits)),
  sum(p.prediction = mine_predict('platt', 'calls', calls, 'calls_2', calls_2, 'calls_3', calls_3, 'visits', visits)),
  sum((p.prediction = 'yes') = (p.probability > 0.5))
FROM mine_predict('platt', 'calls') p JOIN calls USING (id);
SELECT count(*), max(abs(p.probability - q.probability)), max(abs(1 / (1 + exp(-(slope * ln(s.probability / (1 - s.probability)) + intercept))) - p.probability)) < 0.001
FROM mine_predict('platt', 'calls') p JOIN mine_probabilities('platt', 'calls') q USING (id) JOIN mine_predict('sure', 'calls') s USING (id),
  (SELECT CAST(substr(detail, instr(detail, 'slope ') + 6) AS REAL) AS slope, CAST(substr(detail, instr(detail, 'intercept ') + 10) AS REAL) AS intercept
   FROM mine_summary('platt') WHERE item = 'calibration')
WHERE q.class = 'yes';
SELECT round(a.value - b.value, 9), (SELECT count(DISTINCT threshold) FROM mine_roc('isotonic', 'calls')) < (SELECT count(DISTINCT threshold) FROM mine_roc('sure', 'calls'))
FROM mine_evaluate('platt', 'calls') a, mine_evaluate('sure', 'calls') b WHERE a.metric = 'auc' AND b.metric = 'auc';
-- The threshold is found, and holds, on calibrated shares.
SELECT mine_train('cut', 'bayes', 'plain', 'target=churned, calibrate=platt, threshold=f1');
SELECT detail FROM mine_summary('cut') WHERE item = 'threshold';
SELECT max(probability) FILTER (WHERE prediction = 'no') < min(probability) FILTER (WHERE prediction = 'yes'),
  round(max(probability) FILTER (WHERE prediction = 'no'), 3), round(min(probability) FILTER (WHERE prediction = 'yes'), 3) FROM mine_predict('cut', 'calls');
-- Many classes, weights, groups, folds by time and by group, auto.
SELECT mine_train('many', 'tree', 'calls', 'target=level, ignore=churned|w, calibrate=platt, max_depth=3');
SELECT detail FROM mine_summary('many') WHERE item = 'calibration';
SELECT count(*), max(abs(total - 1)) < 1e-12 FROM (SELECT sum(probability) AS total FROM mine_probabilities('many', 'calls') GROUP BY id);
SELECT mine_train('weighted', 'bayes', 'SELECT id, calls, calls_2, calls_3, churned, w FROM calls', 'target=churned, weight=w, class_weight=balanced, calibrate=platt');
SELECT round(sum(w * probability) / sum(w), 3), round(1.0 * sum(w * (churned = 'yes')) / sum(w), 3) FROM mine_predict('weighted', 'calls') JOIN calls USING (id);
SELECT mine_train('grouped', 'bayes', 'calls', 'target=churned, ignore=level|w, group=kind, calibrate=isotonic');
SELECT item, name, substr(detail, 1, 60) FROM mine_summary('grouped') WHERE item = 'calibration';
SELECT mine_train('later', 'bayes', 'SELECT id, calls, calls_2, calls_3, churned, date(''2020-01-01'', id || '' days'') AS day FROM calls', 'target=churned, split_by=time, time=day, calibrate=platt');
SELECT substr(detail, instr(detail, 'learned')) FROM mine_summary('later') WHERE item = 'calibration';
SELECT mine_train('whole', 'bayes', 'SELECT id, calls, calls_2, calls_3, churned, id / 9 AS household FROM calls', 'target=churned, split_by=group, fold_group=household, calibrate=platt');
SELECT substr(detail, instr(detail, 'learned')) FROM mine_summary('whole') WHERE item = 'calibration';
SELECT mine_train('mean', 'auto', 'plain', 'target=churned, portfolio=tree|bayes, calibrate=platt');
SELECT substr(detail, instr(detail, 'learned')) FROM mine_summary('mean') WHERE item = 'calibration';
SELECT metric, round(a.value, 3) > round(b.value, 3) FROM mine_cross_validate('bayes', 'plain', 'target=churned') a
JOIN mine_cross_validate('bayes', 'plain', 'target=churned, calibrate=platt') b USING (fold, metric) WHERE fold = 'mean' AND metric IN ('log_loss', 'brier');
-- Few rows are told; too few, numbers and clusters are refused.
SELECT mine_train('few', 'bayes', 'SELECT * FROM plain LIMIT 300', 'target=churned, calibrate=isotonic');
SELECT mine_train('few', 'bayes', 'SELECT * FROM plain LIMIT 15', 'target=churned, calibrate=isotonic');
SELECT mine_train('few', 'tree', 'SELECT id, calls, kind FROM calls', 'target=calls, task=regression, calibrate=platt');
SELECT mine_train('few', 'kmeans', 'plain', 'ignore=churned, calibrate=platt');
SELECT mine_train('few', 'knn', 'plain', 'ignore=churned, calibrate=platt');
SELECT mine_train('few', 'tree', 'plain', 'target=churned, calibrate=yes');
SELECT mine_train('few', 'tree', 'plain', 'target=churned, intervals=cross');
