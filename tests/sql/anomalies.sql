-- What is wrong in series, with reasons; and what is said of those that cannot be judged.
.mode list
CREATE TABLE months AS WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n LIMIT 60)
  SELECT date('2020-01-01', i || ' months') AS month, 100 + i + (i % 12) * 5 + i * 37 % 11 AS v, i FROM n;
CREATE VIEW wrong AS SELECT 'point' AS which, month, v + (i = 30) * 90 AS v FROM months
  UNION ALL SELECT 'dip', month, v - (i = 59) * 90 FROM months
  UNION ALL SELECT 'shift', month, v - (i >= 40) * 60 FROM months
  UNION ALL SELECT 'scatter', month, 100 + (i * 37 % 11 - 5) * (1 + 7 * (i >= 30)) FROM months
  UNION ALL SELECT 'begins', month, 100 + (i >= 30) * (i * 37 % 11 - 5) FROM months
  UNION ALL SELECT 'grows', month, v * v * (1 + (i >= 40) * 2) FROM months
  UNION ALL SELECT 'same', month, 7 FROM months
  UNION ALL SELECT 'once', month, 7 + (i = 20) * 5 FROM months
  UNION ALL SELECT 'now and then', month, (i % 4 = 0) * (3 + i * 7 % 5) + (i = 44) * 60 FROM months;
SELECT series, time, value, round(expected), round(score, 1), kind, reason FROM mine_anomalies('wrong') WHERE anomaly ORDER BY series, time;
SELECT series, time, kind, reason FROM mine_anomalies('wrong', 'lang=zh') WHERE anomaly ORDER BY series, time;
-- Last night only; a missing value has an expectation and no score.
SELECT series, time, anomaly, kind, reason FROM mine_anomalies('wrong', 'last=1') WHERE series IN ('dip', 'point');
SELECT time, value, round(expected), score, anomaly, quote(kind), quote(reason) FROM mine_anomalies('SELECT month, CASE i WHEN 9 THEN NULL ELSE v END FROM months')
  WHERE value IS NULL;
SELECT count(*), sum(anomaly), max(score) FROM mine_anomalies('SELECT month, 5 FROM months');
SELECT round(max(abs(value - expected)) < 1e-6) FROM mine_anomalies('SELECT month, 3.5 * i FROM months');
-- One step ahead.
SELECT series, time, value, round(expected), round(score, 1), kind FROM mine_anomalies('SELECT * FROM wrong WHERE which IN (''point'', ''shift'')',
  'method=forecast, algorithm=holt_winters') WHERE anomaly;
SELECT time, kind FROM mine_anomalies('SELECT month, v FROM wrong WHERE which = ''point''', 'threshold=50, seasonal_window=0, trend_window=15') WHERE anomaly;
-- By the week and by the hour.
SELECT time, reason FROM mine_anomalies('SELECT date(''2024-01-01'', i || '' days''), 50 + (i % 7) * 8 + i * 37 % 11 + (i = 33) * 80 FROM months') WHERE anomaly;
SELECT item, name, detail FROM mine_warnings;
-- Left out, and plain.
SELECT count(*), sum(anomaly) FROM mine_anomalies('SELECT which, month, v FROM wrong WHERE which = ''same'' UNION ALL VALUES (''short'', ''2020-01-01'', 5), (''short'', ''2020-02-01'', 6)');
SELECT item, name, detail FROM mine_warnings;
SELECT count(*) FROM mine_anomalies('SELECT month, v FROM months LIMIT 20');
SELECT item, name, detail FROM mine_warnings WHERE item = 'warning';
SELECT * FROM mine_anomalies('SELECT month, v FROM months LIMIT 5');
SELECT * FROM mine_anomalies('SELECT month, v - 120 FROM months', 'seasonal=multiplicative');
SELECT * FROM mine_anomalies('months', 'value=v, time=month, algorithm=ets');
SELECT * FROM mine_anomalies('SELECT month, v FROM months', 'seasonal_window=4');
SELECT * FROM mine_anomalies('SELECT month, v FROM months', 'threshold=0');
SELECT * FROM mine_anomalies('SELECT month, v FROM months', 'last=0');
SELECT * FROM mine_anomalies('SELECT month, v FROM months WHERE 0');
