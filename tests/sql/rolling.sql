-- How far off forecasts were: rolling origins over a source, with the algorithm and options of a stored model.
.mode box
CREATE TABLE shop(region TEXT, month TEXT, orders REAL);
INSERT INTO shop SELECT r.column1, date('2020-01-01', (n.value - 1) || ' months'), r.column2 + n.value * r.column3 + n.value % 12 * 5 + n.value * n.value % 7
  FROM generate_series(1, 48) AS n, (VALUES ('north', 100, 1), ('south', 50, 0.5)) AS r;
INSERT INTO shop VALUES ('new', '2023-11-01', 7), ('new', '2023-12-01', 9), ('new', '2023-10-01', 9);
SELECT mine_train('seasons', 'holt_winters', 'SELECT region AS series, month, orders FROM shop', 'seasonal=additive');
SELECT metric, round(value, 3) AS value, low, high, slice FROM mine_evaluate('seasons', 'shop', 'horizon=3, origins=5');
SELECT item, name, detail FROM mine_warnings;
SELECT slice AS horizon, round(value, 3) AS mae FROM mine_evaluate('seasons', 'shop', 'horizon=3, origins=5, by=horizon') WHERE metric = 'mae';
SELECT slice AS series, metric, round(value, 3) AS value FROM mine_evaluate('seasons', 'shop', 'horizon=3, origins=5, by=series') WHERE metric IN ('rows', 'mase');
SELECT metric, round(value, 3) AS value FROM mine_evaluate('seasons', 'shop', 'horizon=3, origins=3, every=2, refit=0, level=0.5') WHERE metric IN ('rows', 'rmse', 'covered');
-- A value of 0 has no share; whatever was said in training (a step, gaps, names of columns) holds.
SELECT mine_train('days', 'naive', 'SELECT day, n, 1 AS one FROM (SELECT date(''2024-01-01'', value || '' days'') AS day, value % 3 AS n FROM generate_series(0, 30) WHERE value % 5 <> 2)', 'time=day, value=n, gaps=zero');
SELECT metric, round(value, 3) AS value FROM mine_evaluate('days', 'SELECT 5 AS one, n, day FROM (SELECT date(''2024-03-01'', value || '' days'') AS day, value % 4 AS n FROM generate_series(0, 30) WHERE value % 4 <> 2)', 'horizon=2');
-- Regressors are needed here as well.
SELECT mine_train('priced', 'trend', 'shop', 'seasonal=none, regressors="SELECT DISTINCT month, substr(month, 6, 2) % 3 AS price FROM shop"');
SELECT mine_train('priced', 'trend', 'SELECT * FROM shop WHERE region <> ''new''', 'seasonal=none, regressors="SELECT DISTINCT month, substr(month, 6, 2) % 3 AS price FROM shop"');
SELECT metric, round(value, 3) AS value FROM mine_evaluate('priced', 'SELECT * FROM shop WHERE region <> ''new''', 'horizon=2, regressors="SELECT DISTINCT substr(month, 6, 2) % 3 AS price, month FROM shop"') WHERE metric = 'mae';
SELECT * FROM mine_evaluate('priced', 'shop');
SELECT * FROM mine_evaluate('priced', 'shop', 'regressors="SELECT DISTINCT month, 1 AS cost FROM shop"');
SELECT * FROM mine_evaluate('seasons', 'shop', 'regressors="SELECT DISTINCT month, 1 AS cost FROM shop"');
-- What the measures are.
SELECT metric, better FROM mine_metrics WHERE task = 'forecasting';
-- What cannot be.
SELECT * FROM mine_evaluate('seasons');
SELECT * FROM mine_evaluate('seasons', 'shop', 'horizon=60');
SELECT * FROM mine_evaluate('seasons', 'shop', 'by=region');
SELECT * FROM mine_evaluate('seasons', 'shop', 'threshold=0.5');
SELECT * FROM mine_evaluate('seasons', 'shop', 'origins=0');
SELECT * FROM mine_evaluate('seasons', 'SELECT month, orders FROM shop');
SELECT * FROM mine_evaluate('seasons', 'SELECT * FROM shop WHERE 0');
SELECT * FROM mine_evaluate('seasons', 'SELECT region, ''soon'', orders FROM shop');
SELECT * FROM mine_evaluate((SELECT mine_fit('tree', 'SELECT rowid AS id, orders, region FROM shop', 'target=orders')), NULL, 'origins=3');
SELECT * FROM mine_confusion('seasons', 'shop');
