-- Trend, season, remainder; demand now and then; and what is said where there is none.
.mode list
CREATE TABLE months AS WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n LIMIT 36)
  SELECT date('2021-01-01', i || ' months') AS month, 100 + i + (i % 12) * 5 + (i = 20) * 80 AS v FROM n;
SELECT time, value, round(trend, 2), round(seasonal, 2), round(remainder, 2) FROM mine_decompose('months') LIMIT 3;
SELECT time, round(remainder) FROM mine_decompose('months', 'robust=1') WHERE abs(remainder) > 20;
SELECT count(*), count(trend), count(remainder) FROM mine_decompose('months', 'method=classical');
SELECT round(max(abs(trend * seasonal * remainder - value)), 9) FROM mine_decompose('months', 'seasonal=multiplicative');
SELECT count(*), count(value), count(remainder) FROM mine_decompose('SELECT * FROM months WHERE month NOT LIKE ''2022%-03%''');
SELECT max(seasonal), count(*) FROM mine_decompose('SELECT * FROM months LIMIT 20');
SELECT item, name, detail FROM mine_warnings;
SELECT series, count(*) FROM mine_decompose('SELECT ''a'', month, v FROM months UNION ALL VALUES (''b'', ''2021-01-01'', 5)') GROUP BY 1;
SELECT item, name, detail FROM mine_warnings;
SELECT * FROM mine_decompose('SELECT * FROM months LIMIT 2');
SELECT * FROM mine_decompose('SELECT month, v - 120 FROM months', 'seasonal=multiplicative');
SELECT * FROM mine_decompose('months', 'season=1, method=classical');
SELECT * FROM mine_decompose('months', 'seasonal_window=8');
SELECT * FROM mine_decompose('months', 'trend_window=1');
SELECT * FROM mine_decompose('SELECT * FROM months WHERE 0');
SELECT algorithm, round(value, 4), round(low, 4) FROM (SELECT 'croston' AS algorithm UNION ALL SELECT 'sba' UNION ALL SELECT 'tsb'),
  mine_forecast('VALUES (1, 0), (2, 0), (3, 3), (4, 0), (5, 0), (6, 5), (7, 1), (8, 0)', 'horizon=1, fitted=0, algorithm=' || algorithm);
SELECT * FROM mine_forecast('VALUES (1, 0), (2, 0), (3, 0)', 'algorithm=croston');
SELECT * FROM mine_forecast('VALUES (1, 2), (2, -1), (3, 0)', 'algorithm=tsb');
SELECT * FROM mine_forecast('VALUES (1, 2), (2, 3)', 'algorithm=theta');
SELECT value, model FROM mine_forecast('VALUES (1, 7), (2, 7), (3, 7), (4, 7)', 'algorithm=theta, horizon=1, fitted=0');
