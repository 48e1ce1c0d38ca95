-- mine_calibration: what was said, and what happened.
.mode list
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 2000)
SELECT i AS id, i*7%31 AS calls, i*7%31 + i%2 AS calls_2, i*7%31 - i%3 AS calls_3, i%5 AS visits,
  CASE WHEN i*7%31 + i*i*13%37 > 42 THEN 'yes' ELSE 'no' END AS churned, 1 + i%4 AS w, i%3 AS kind FROM n;
CREATE VIEW plain AS SELECT id, calls, calls_2, calls_3, visits, churned FROM calls;
SELECT substr(mine_train('sure', 'bayes', 'plain', 'target=churned'), 1, 24);
SELECT substr(mine_train('platt', 'bayes', 'plain', 'target=churned, calibrate=platt'), 1, 24);
SELECT bin, rows, round(mean_probability, 4), round(rate, 4), round(low, 4), round(high, 4) FROM mine_calibration('sure', NULL, 'bins=4');
SELECT bin, rows, round(mean_probability, 4), round(rate, 4), round(low, 4), round(high, 4) FROM mine_calibration('platt', NULL, 'bins=4');
SELECT 'sure', round(sum(rows * abs(mean_probability - rate)) / sum(rows), 3), sum(mean_probability NOT BETWEEN low AND high), count(*) FROM mine_calibration('sure', 'calls')
UNION ALL SELECT 'platt', round(sum(rows * abs(mean_probability - rate)) / sum(rows), 3), sum(mean_probability NOT BETWEEN low AND high), count(*) FROM mine_calibration('platt', 'calls');
-- The same by hand.
WITH p AS (SELECT id, probability, churned = 'yes' AS y, row_number() OVER (ORDER BY probability) AS at FROM mine_predict('platt', 'calls') JOIN calls USING (id)),
b AS (SELECT ntile(1) OVER () AS bin, y, probability FROM p), m AS (SELECT count(*) AS n, avg(y) AS r, avg(probability) AS q FROM b)
SELECT c.rows = n, abs(rate - r) < 1e-12, abs(mean_probability - q) < 1e-12,
  abs(low - (r + 1.96*1.96/(2*n) - 1.96*sqrt(r*(1-r)/n + 1.96*1.96/(4.0*n*n))) / (1 + 1.96*1.96/n)) < 1e-5,
  abs(high - (r + 1.96*1.96/(2*n) + 1.96*sqrt(r*(1-r)/n + 1.96*1.96/(4.0*n*n))) / (1 + 1.96*1.96/n)) < 1e-5
FROM m, mine_calibration('platt', 'calls', 'bins=1') c;
SELECT max(rows) - min(rows) < 200, sum(rows), count(*) <= 20 FROM mine_calibration('platt', 'calls', 'bins=20');
SELECT a.bin, round(a.rate + b.rate, 9), round(a.high + b.low, 9) FROM mine_calibration('platt', 'calls', 'bins=1') a JOIN mine_calibration('platt', 'calls', 'bins=1, class=no') b;
SELECT high - low < (SELECT high - low FROM mine_calibration('platt', 'calls', 'bins=1, level=0.99')) FROM mine_calibration('platt', 'calls', 'bins=1');
-- Weights, a few probabilities only, several classes.
SELECT substr(mine_train('heavy', 'tree', 'SELECT *, 1 AS one FROM calls', 'target=churned, weight=w, ignore=one|kind, max_depth=2'), 1, 24);
SELECT count(*), round(sum(rows * mean_probability) / sum(rows), 2) FROM mine_calibration('heavy', 'calls');
SELECT abs(rate - (SELECT 1.0 * sum(w * (churned = 'yes')) / sum(w) FROM calls)) < 1e-12 FROM mine_calibration('heavy', 'calls', 'bins=1');
SELECT substr(mine_train('three', 'tree', 'SELECT id, calls, visits, kind FROM calls', 'target=kind, task=classification'), 1, 24);
SELECT * FROM mine_calibration('three');
SELECT sum(rows) FROM mine_calibration('three', 'calls', 'class=2');
-- What cannot be.
SELECT * FROM mine_calibration('sure', 'SELECT id, calls, calls_2, calls_3, visits, NULL AS churned FROM calls');
SELECT * FROM mine_calibration('sure', NULL, 'bins=0');
SELECT * FROM mine_calibration((SELECT mine_fit('tree', 'plain', 'target=churned, holdout=0')));
SELECT * FROM mine_calibration((SELECT mine_fit('kmeans', 'plain', 'k=2, ignore=churned')));
