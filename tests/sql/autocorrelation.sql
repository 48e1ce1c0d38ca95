-- How series go with themselves some steps before; and what is said of those that do not.
.mode list
CREATE TABLE months AS WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n LIMIT 48)
  SELECT date('2021-01-01', i || ' months') AS month, 100 + (i % 12) * (i % 12) + i * i % 7 AS v FROM n;
SELECT lag, round(acf, 4), round(pacf, 4), round(low, 4), round(high, 4) FROM mine_autocorrelation('months', 'lags=3');
-- A season stands out at its length.
SELECT lag FROM mine_autocorrelation('months', 'lags=14') WHERE lag > 1 ORDER BY acf DESC LIMIT 1;
SELECT count(*), max(lag), max(series) FROM mine_autocorrelation('months');
SELECT count(*), round(max(high), 6) FROM mine_autocorrelation('months', 'level=0.9,lags=1000');
-- Pairs that are known count: (1, 2), (2, 4) around the mean of 1, 2, 4, 3.
SELECT lag, round(acf, 6), round(pacf, 6) FROM mine_autocorrelation('VALUES (1, 1), (2, 2), (3, 4), (4, NULL), (5, 3)', 'lags=3');
SELECT lag, acf, pacf FROM mine_autocorrelation('VALUES (1, 1), (2, -1), (3, 1), (4, -1)', 'lags=2');
SELECT series, lag, round(acf, 4) FROM mine_autocorrelation('SELECT ''a'' AS which, month, v FROM months
  UNION ALL SELECT ''b'', month, 5 FROM months UNION ALL VALUES (''c'', ''2021-01-01'', 5) UNION ALL SELECT ''d'', month, -v FROM months', 'lags=1');
SELECT item, name, detail FROM mine_warnings;
SELECT * FROM mine_autocorrelation('VALUES (1, 5), (2, 5), (3, 5)');
SELECT * FROM mine_autocorrelation('VALUES (1, 1e200), (2, -1e200), (3, 1)');
SELECT * FROM mine_autocorrelation('months', 'level=1');
SELECT * FROM mine_autocorrelation('months', 'lags=0');
SELECT * FROM mine_autocorrelation('SELECT * FROM months WHERE 0');
