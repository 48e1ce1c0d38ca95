-- Series, their calendars, and forecasts.
.mode box
CREATE TABLE months(month TEXT, v REAL);
INSERT INTO months SELECT date('2019-01-01', (value - 1) || ' months'), 100 + value + 20 * (value % 12 IN (5, 6, 11)) + value * 7 % 5
  FROM generate_series(1, 60);
SELECT time, kind, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('months', 'horizon=3, fitted=0');
SELECT item, name, detail FROM mine_warnings;
SELECT kind, count(*), min(time), max(time) FROM mine_forecast('months') GROUP BY kind;
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('months', 'horizon=2, fitted=0, algorithm=holt_winters, seasonal=additive, level=0.8');
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('months', 'horizon=2, fitted=0, algorithm=seasonal_naive');
SELECT time, round(value, 3) AS value, model FROM mine_forecast('months', 'horizon=1, fitted=0, algorithm=ses')
 UNION ALL SELECT time, round(value, 3), model FROM mine_forecast('months', 'horizon=1, fitted=0, algorithm=holt')
 UNION ALL SELECT time, round(value, 3), model FROM mine_forecast('months', 'horizon=1, fitted=0, algorithm=damped')
 UNION ALL SELECT time, round(value, 3), model FROM mine_forecast('months', 'horizon=1, fitted=0, algorithm=drift')
 UNION ALL SELECT time, round(value, 3), model FROM mine_forecast('months', 'horizon=1, fitted=0, algorithm=mean')
 UNION ALL SELECT time, round(value, 3), model FROM mine_forecast('months', 'horizon=1, fitted=0, algorithm=naive');
-- One model of a family; the mean of three; bounds by a thousand futures, the same for a seed and any number of threads.
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('months', 'algorithm=ets, horizon=2, fitted=0');
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('months', 'algorithm=combination, horizon=2, fitted=0');
SELECT time, round(value, 3) AS value, round(low, 1) AS low, round(high, 1) AS high, model
  FROM mine_forecast('months', 'horizon=2, fitted=0, intervals=bootstrap');
SELECT count(*) FROM mine_forecast('months', 'intervals=bootstrap, threads=1') AS a
  JOIN mine_forecast('months', 'intervals=bootstrap') AS b USING (time, kind, value, model) WHERE a.low IS b.low AND a.high IS b.high;
SELECT count(*) FROM mine_forecast('months', 'intervals=bootstrap, fitted=0') AS a
  JOIN mine_forecast('months', 'intervals=bootstrap, fitted=0, seed=2') AS b USING (time, value) WHERE a.low = b.low;
-- Demand now and then.
SELECT time, round(value, 3) AS value, low, model FROM mine_forecast('SELECT month, iif(v % 4 < 1, v, 0) FROM months', 'horizon=1, fitted=0');
-- Months end where the calendar says; quarters, years, weeks, hours, minutes, numbers.
SELECT time, value FROM mine_forecast('VALUES (''2023-11-30'', 1), (''2023-12-31'', 2), (''2024-01-31'', 3)', 'algorithm=drift, horizon=3, fitted=0');
SELECT time, value FROM mine_forecast('VALUES (''2023-11-29'', 1), (''2023-12-29'', 2), (''2024-01-29'', 3)', 'algorithm=drift, horizon=15, fitted=0') WHERE time LIKE '%-02-%';
SELECT time, value FROM mine_forecast('VALUES (''2023-Q1'', 1), (''2023-Q2'', 2), (''2023-Q4'', 4)', 'algorithm=drift, horizon=2');
SELECT time, value FROM mine_forecast('VALUES (1999, 1), (2000, 2), (2001, 3)', 'algorithm=drift, horizon=2');
SELECT time, value FROM mine_forecast('VALUES (''2024-W51'', 1), (''2024-W52'', 2)', 'algorithm=drift, horizon=2, fitted=0');
SELECT time, value FROM mine_forecast('VALUES (''2024-03-01 21:00'', 1), (''2024-03-01 22:00'', 2), (''2024-03-02 00:00'', 4)', 'algorithm=drift, horizon=2, fitted=0');
SELECT time, value FROM mine_forecast('VALUES (''2024-03-01T21:00Z'', 1), (''2024-03-01T21:15Z'', 2), (''2024-03-01T21:45Z'', 4)', 'algorithm=drift, horizon=2, fitted=0');
SELECT item, name, detail FROM mine_warnings;
SELECT time, value FROM mine_forecast('VALUES (1, 10), (2, 20), (4, 40)', 'algorithm=drift, horizon=2, fitted=0');
SELECT time, value FROM mine_forecast('VALUES (0.25, 10), (0.5, 20), (0.75, 40)', 'algorithm=naive, horizon=2, fitted=0');
SELECT time, value FROM mine_forecast('VALUES (10001, 10), (10002, 20), (10003, 40)', 'algorithm=naive, horizon=1, fitted=0, step=1');
-- The last working day of each month: no phase, but a period.
SELECT time, value FROM mine_forecast('VALUES (''2024-01-31'', 1), (''2024-02-29'', 2), (''2024-03-29'', 3), (''2024-04-30'', 4)', 'algorithm=drift, horizon=2, fitted=0');
SELECT item, name, detail FROM mine_warnings;
-- Many series: some end early, one has a gap, one is bad.
CREATE TABLE shop(region TEXT, week TEXT, orders REAL);
INSERT INTO shop SELECT r.column1, date('2024-01-01', (value * 7) || ' days'), r.column2 + value * r.column3
  FROM generate_series(0, 9), (VALUES ('north', 10, 1), ('south', 20, 2), ('west', 5, 0)) AS r;
DELETE FROM shop WHERE (region = 'south' AND week > '2024-02-15') OR (region = 'west' AND week IN ('2024-01-15', '2024-01-22'));
INSERT INTO shop VALUES ('new', '2024-03-04', 7), (NULL, '2024-03-04', 7), ('north', NULL, 7), ('empty', '2024-01-01', NULL), ('north', '2024-03-11', NULL);
SELECT series, time, value, model FROM mine_forecast('shop', 'algorithm=holt, horizon=1, fitted=0');
SELECT item, name, detail FROM mine_warnings;
SELECT series, time, value FROM mine_forecast('shop', 'algorithm=naive, horizon=1, fitted=0, gaps=zero');
SELECT item, name, detail FROM mine_warnings;
SELECT series, time, value FROM mine_forecast('SELECT * FROM shop WHERE region IN (''north'', ''west'')', 'algorithm=naive, horizon=1, gaps=interpolate') WHERE series = 'west';
SELECT series, count(*) FROM mine_forecast('shop', 'series=region, time=week, value=orders, algorithm=naive, horizon=4') WHERE series = 'north';
-- Events become totals.
CREATE TABLE calls(at TEXT);
INSERT INTO calls SELECT datetime('2024-01-01 00:07:11', (value * value % 1000 * 37) || ' minutes') FROM generate_series(1, 300);
SELECT time, round(value, 3) AS value FROM mine_forecast('SELECT at, 1 FROM calls', 'step=day, duplicates=sum, gaps=zero, algorithm=mean, horizon=1, fitted=0, season=1');
SELECT item, name, detail FROM mine_warnings;
SELECT round(value, 3) AS value FROM mine_forecast('SELECT at, 1 FROM calls', 'step=week, duplicates=mean, algorithm=mean, horizon=1, fitted=0');
-- All equal; one below zero; bounds that stay above it.
SELECT DISTINCT value, low, high, model FROM mine_forecast('SELECT month, 5 FROM months', 'fitted=0');
SELECT round(value, 3) AS value, low >= 0 AS above FROM mine_forecast('SELECT month, v - 120 FROM months', 'horizon=1, fitted=0, nonnegative=1');
SELECT DISTINCT model FROM mine_forecast('SELECT month, v - 120 FROM months', 'horizon=1');
-- Several methods in one model, moved on.
SELECT mine_train('several', 'auto_forecast', 'SELECT * FROM months WHERE month < ''2023-07''');
SELECT name, round(value, 4) AS value FROM mine_coefficients('several');
SELECT mine_train('several', 'auto_forecast', 'SELECT * FROM months WHERE month >= ''2023-07''', 'update=1');
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model FROM mine_forecast('several', 'horizon=2');
SELECT item, name, detail FROM mine_summary('several') WHERE item = 'form';
-- Stored, moved on by new rows, and out and in again.
SELECT mine_train('orders', 'ets', 'SELECT * FROM months WHERE month < ''2023-07''');
SELECT name, round(value, 4) AS value, group_value FROM mine_coefficients('orders');
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model FROM mine_forecast('orders', 'horizon=2');
SELECT mine_train('orders', 'ets', 'SELECT * FROM months WHERE month >= ''2023-05''', 'update=1');
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high FROM mine_forecast('orders', 'horizon=1, level=0.8');
SELECT item, name, detail FROM mine_summary('orders') WHERE item <> 'option';
SELECT mine_train('weekly', 'holt', 'SELECT * FROM shop WHERE region IN (''north'', ''south'')');
SELECT mine_train('weekly', 'holt', 'VALUES (''north'', ''2024-03-18'', 25), (''east'', ''2024-03-18'', 1)', 'update=1');
SELECT series, time, round(value, 3) AS value FROM mine_forecast('weekly', 'horizon=2');
SELECT mine_import('again', mine_export('weekly', 'json')) IS NOT NULL AS imported;
SELECT count(*) AS differ FROM (SELECT * FROM mine_forecast('weekly') EXCEPT SELECT * FROM mine_forecast('again'));
-- Every method is stored; those that learn nothing but where the series is foretell after new rows what a new fit would.
CREATE TABLE demand(series TEXT, month TEXT, v REAL);
INSERT INTO demand SELECT s.column1, date('2021-01-01', value || ' months'), s.column2 * (value * value % 5 = 1) * (1 + value % 7)
  FROM generate_series(0, 40), (VALUES ('one', 1), ('two', 10)) AS s;
SELECT mine_train('stored_' || column1, column1, 'SELECT * FROM demand WHERE month < ''2024-01''') AS trained,
  mine_train('stored_' || column1, column1, 'SELECT * FROM demand WHERE month >= ''2024-01''', 'update=1') AS moved_on
  FROM (VALUES ('theta'), ('theta_optimised'), ('croston'), ('sba'), ('tsb'), ('naive'), ('seasonal_naive'), ('drift'), ('mean'));
SELECT f.model, f.series, f.time, round(f.value, 4) AS stored, round(g.value - f.value, 4) AS differ
  FROM (SELECT name FROM mine_models WHERE name GLOB 'stored_*') AS m, mine_forecast(m.name, 'horizon=1') AS f,
  mine_forecast('demand', 'horizon=1, fitted=0, algorithm=' || substr(m.name, 8)) AS g WHERE g.series IS f.series;
SELECT mine_train('weekly', 'ets', 'shop', 'update=1');
SELECT mine_train('nothing', 'ets', 'shop', 'update=1');
SELECT mine_train('weekly', 'holt', 'VALUES (''north'', ''2023-01-02 11:00'', 25)', 'update=1');
SELECT * FROM mine_forecast('weekly', 'algorithm=ses');
SELECT * FROM mine_predict('weekly', 'shop');
SELECT mine_export('weekly', 'sql');
SELECT * FROM mine_cross_validate('ets', 'months');
SELECT * FROM mine_forecast((SELECT mine_fit('kmeans', 'SELECT rowid AS id, v FROM months', 'k=2')));
-- A line, a season and what is known of every month, past and to come.
CREATE TABLE known AS SELECT date('2019-01-01', (value - 1) || ' months') AS month, value * value % 7 AS price, value % 12 IN (5, 6, 11) AS promo,
  1 AS one, value * value % 7 + 1 AS price_and_1 FROM generate_series(1, 70);
SELECT time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('SELECT month, v - 3 * price FROM months JOIN known USING (month)', 'algorithm=trend, horizon=2, fitted=0, seasonal=none, regressors=SELECT * FROM known');
SELECT item, name, detail FROM mine_warnings;
SELECT kind, count(*) AS rows, round(max(value), 3) AS most FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors="SELECT month, promo FROM known"') GROUP BY 1;
SELECT mine_train('lined', 'trend', 'SELECT * FROM months WHERE month < ''2023-07''', 'season=1, regressors="SELECT month, promo, price FROM known"');
SELECT name, round(value, 4) AS value FROM mine_coefficients('lined');
SELECT mine_train('lined', 'trend', 'SELECT * FROM months WHERE month >= ''2023-07''', 'update=1, regressors=SELECT * FROM known');
SELECT time, round(value, 3) AS value, round(low, 3) AS low FROM mine_forecast('lined', 'horizon=2, regressors=SELECT * FROM known');
SELECT time, round(value, 3) AS value, round(low, 3) AS low FROM mine_forecast('months', 'algorithm=trend, horizon=2, fitted=0, season=1, regressors="SELECT price, month, promo FROM known"');
SELECT mine_import('lined_again', mine_export('lined', 'json')) IS NOT NULL AS imported;
SELECT count(*) AS differ FROM (SELECT * FROM mine_forecast('lined', 'horizon=2, regressors=SELECT * FROM known')
  EXCEPT SELECT * FROM mine_forecast('lined_again', 'horizon=2, regressors=SELECT * FROM known'));
-- ... of every series its own.
SELECT series, time, round(value, 3) AS value, model FROM mine_forecast('SELECT * FROM shop WHERE region <> ''new''', 'algorithm=trend, horizon=1, fitted=0,
  regressors="SELECT region, date(''2024-01-01'', (n.value * 7) || '' days'') AS week, length(region) * n.value % 4 AS visits FROM generate_series(0, 11) AS n, (SELECT DISTINCT region FROM shop)"');
SELECT * FROM mine_forecast('months', 'algorithm=ets, regressors=SELECT * FROM known');
SELECT * FROM mine_forecast('months', 'algorithm=trend, regressors=known');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=20, regressors=SELECT * FROM known');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors=SELECT * FROM known WHERE month <> ''2020-02-01''');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors="SELECT month, nullif(price, 4) AS price FROM known"');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors="SELECT month, ''high'' AS price FROM known"');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors=SELECT month FROM known');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors=SELECT * FROM known WHERE 0');
SELECT * FROM mine_forecast('months', 'algorithm=trend, horizon=2, regressors=SELECT * FROM known UNION ALL SELECT * FROM known');
SELECT * FROM mine_forecast('months', 'algorithm=trend, seasonal=multiplicative');
SELECT * FROM mine_forecast('VALUES (1, 10), (2, 20)', 'algorithm=trend');
SELECT * FROM mine_forecast('lined');
SELECT * FROM mine_forecast('lined', 'regressors="SELECT month, promo FROM known"');
SELECT * FROM mine_forecast('weekly', 'regressors=SELECT * FROM known');
SELECT mine_train('lined', 'trend', 'SELECT * FROM months', 'update=1');
SELECT mine_train('lined', 'trend', 'SELECT * FROM months', 'update=1, regressors="SELECT month, promo FROM known"');
-- ARIMA: its order found, or said; stored, moved on over a gap, out and in again.
SELECT time, round(value, 2) AS value, round(low, 1) AS low, round(high, 1) AS high, model
  FROM mine_forecast('months', 'horizon=2, fitted=0, algorithm=arima');
SELECT time, round(value, 2) AS value, round(low, 1) AS low, round(high, 1) AS high, model
  FROM mine_forecast('months', 'horizon=2, fitted=0, algorithm=arima, order=1|1|0, constant=yes, seasonal=none');
SELECT count(*) AS told, min(time) AS first FROM mine_forecast('months', 'algorithm=arima, order=0|1|1, seasonal_order=0|1|1') WHERE kind = 'fitted';
SELECT mine_train('moving', 'arima', 'SELECT * FROM months WHERE month < ''2023-07''', 'order=1|0|0, seasonal_order=0|1|0');
SELECT name, round(value, 2) AS value FROM mine_coefficients('moving');
SELECT mine_train('moving', 'arima', 'SELECT * FROM months WHERE month >= ''2023-09''', 'update=1');
SELECT time, round(value, 2) AS value, round(low, 1) AS low, round(high, 1) AS high, model FROM mine_forecast('moving', 'horizon=2');
SELECT mine_train('moving', 'arima', 'SELECT * FROM months WHERE month >= ''2023-09''', 'update=1, order=1|1|1');
SELECT mine_import('again', mine_export('moving', 'json')) IS NOT NULL AS imported;
SELECT count(*) AS differ FROM (SELECT * FROM mine_forecast('moving') EXCEPT SELECT * FROM mine_forecast('again'));
SELECT * FROM mine_forecast('months', 'order=1|1|1');
SELECT mine_train('moving', 'holt', 'months', 'constant=yes');
SELECT * FROM mine_forecast('months', 'algorithm=arima, order=1|1');
SELECT * FROM mine_forecast('months', 'algorithm=arima, seasonal_order=1|2|1');
SELECT * FROM mine_forecast('months', 'algorithm=arima, seasonal_order=1|0|1, season=1');
SELECT * FROM mine_forecast('months', 'algorithm=arima, seasonal=multiplicative');
SELECT * FROM mine_forecast('moving', 'order=1|1|1');
-- A constant that is asked for is in every order that is tried; a parent without values leaves its series a leaf.
SELECT model FROM mine_forecast('WITH RECURSIVE n(i,v) AS (VALUES(1,10.0) UNION ALL SELECT i+1, v + (i*7919%101)/50.0 - 1 FROM n LIMIT 80) SELECT i, v FROM n',
  'algorithm=arima, season=1, constant=yes, fitted=0, horizon=1');
SELECT DISTINCT series FROM mine_forecast('SELECT s, i, i*k FROM (SELECT ''A'' AS s, 1 AS k UNION ALL VALUES (''B'',2),(''C'',3)), (WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 20) SELECT i FROM n)',
  'algorithm=ses, fitted=0, horizon=1, hierarchy="VALUES (''x'',''A''),(''B'',''T''),(''C'',''T'')"');
-- What an update measures is fitted as the training said.
SELECT mine_train('steady', 'arima', 'SELECT * FROM months WHERE month < ''2023-07''', 'order=1|0|0, season=1');
CREATE TEMP TABLE before AS SELECT * FROM mine_evaluate('steady', 'months');
SELECT mine_train('steady', 'arima', 'SELECT * FROM months WHERE month >= ''2023-07''', 'update=1');
SELECT count(*) AS differ FROM (SELECT * FROM mine_evaluate('steady', 'months') EXCEPT SELECT * FROM before);
SELECT name, detail FROM mine_summary('steady') WHERE item = 'option' AND name IN ('order', 'season');
-- What cannot be.
SELECT * FROM mine_forecast('VALUES (''2024-01-01'', 1)');
SELECT * FROM mine_forecast('VALUES (''2024-01-01'', 1)', 'algorithm=ets, step=month');
SELECT * FROM mine_forecast('VALUES (''2024-01-01'', 1), (''2024-01-01'', 2)', 'algorithm=naive');
SELECT * FROM mine_forecast('VALUES (''2024-01-01'', 1), (''2024-01-01'', 2), (''2024-01-02'', 2)', 'algorithm=naive');
SELECT * FROM mine_forecast('VALUES (''2024-01-01'', NULL), (''2024-01-02'', NULL)');
SELECT * FROM mine_forecast('VALUES (''2024-01-01'', ''many''), (''2024-01-02'', 2)');
SELECT * FROM mine_forecast('VALUES (''soon'', 1), (''later'', 2)');
SELECT * FROM mine_forecast('SELECT at, 1 FROM calls');
SELECT * FROM mine_forecast('SELECT at, 1 FROM calls', 'step=day');
SELECT * FROM mine_forecast('months', 'step=0.5');
SELECT * FROM mine_forecast('VALUES (1, 2), (2, 3)', 'step=day');
SELECT * FROM mine_forecast('VALUES (10001, 10), (10002, 20)');
SELECT * FROM mine_forecast('SELECT * FROM months WHERE month <> ''2020-03-01''', 'gaps=error');
SELECT * FROM mine_forecast('months', 'horizon=0');
SELECT * FROM mine_forecast('months', 'horizon=1000000');
SELECT * FROM mine_forecast('months', 'algorithm=magic');
SELECT * FROM mine_forecast('months', 'level=1');
SELECT * FROM mine_forecast('SELECT month, v - 120 FROM months', 'algorithm=ets, seasonal=multiplicative');
SELECT * FROM mine_forecast('SELECT month, v - 120 FROM months', 'seasonal=multiplicative, algorithm=holt_winters');
SELECT * FROM mine_forecast('SELECT month FROM months');
SELECT * FROM mine_forecast('SELECT * FROM months WHERE 0');
-- Sums of a month that is not over are told; a month over, weekends without rows, and a mean are not.
CREATE TABLE orders AS SELECT date('2024-01-01', value || ' days') AS day, 10 + value % 3 AS amount FROM generate_series(0, 200)
WHERE strftime('%w', '2024-01-01', value || ' days') BETWEEN '1' AND '5';
SELECT count(*) FROM mine_forecast('SELECT * FROM orders', 'step=month, duplicates=sum, algorithm=naive, horizon=1, fitted=0');
SELECT name, detail FROM mine_warnings WHERE item = 'warning';
SELECT count(*) FROM mine_forecast('SELECT * FROM orders WHERE day < ''2024-07-01''', 'step=month, duplicates=sum, algorithm=naive, horizon=1, fitted=0');
SELECT name, detail FROM mine_warnings WHERE item = 'warning' AND name = 'time';
SELECT count(*) FROM mine_forecast('SELECT * FROM orders', 'step=month, duplicates=mean, algorithm=naive, horizon=1, fitted=0');
SELECT name, detail FROM mine_warnings WHERE item = 'warning' AND name = 'time';
