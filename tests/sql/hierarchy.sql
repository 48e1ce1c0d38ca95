-- Series that are sums of others: forecasts that agree.
.mode box
CREATE TABLE shops(shop TEXT, month TEXT, orders REAL);
INSERT INTO shops SELECT s.column1, date('2021-01-01', (n.value - 1) || ' months'), s.column2 + n.value * s.column3 + n.value * n.value % s.column4
  FROM generate_series(1, 30) AS n, (VALUES ('Bonn', 40, 1, 7), ('Trier', 30, 0.5, 11), ('Kiel', 80, -0.5, 13)) AS s;
CREATE TABLE regions(shop TEXT, region TEXT);
INSERT INTO regions VALUES ('Bonn', 'west'), ('Trier', 'west'), ('Kiel', 'north'), ('west', 'all'), ('north', 'all'), ('Husum', 'north');
SELECT series, time, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high, model
  FROM mine_forecast('shops', 'algorithm=drift, horizon=1, fitted=0, hierarchy=SELECT * FROM regions');
SELECT item, name, detail FROM mine_warnings;
-- Every way agrees; each in its own way.
SELECT w.column1 AS reconcile, round(sum(value) FILTER (WHERE series IN ('Bonn', 'Trier', 'Kiel')), 3) AS shops,
  round(sum(value) FILTER (WHERE series IN ('west', 'north')), 3) AS regions, round(sum(value) FILTER (WHERE series = 'all'), 3) AS "all"
  FROM (VALUES ('mint'), ('wls'), ('ols'), ('bottom_up'), ('top_down')) AS w,
  mine_forecast('shops', 'algorithm=ses, season=1, horizon=3, fitted=0, hierarchy=SELECT * FROM regions, reconcile=' || w.column1) WHERE time = '2023-09-01' GROUP BY 1;
-- The fitted rows of a sum are its own; leaves not below 0; a season and regressors go along.
SELECT series, kind, count(*) AS rows FROM mine_forecast('shops', 'algorithm=ses, season=1, horizon=2, hierarchy=SELECT * FROM regions') GROUP BY 1, 2;
SELECT series, round(min(value), 3) AS least, round(min(low), 3) AS low FROM mine_forecast('SELECT shop, month, orders - 66 FROM shops',
  'algorithm=holt, season=1, horizon=12, fitted=0, nonnegative=1, hierarchy=SELECT * FROM regions') GROUP BY 1;
SELECT series, round(value, 3) AS value, model FROM mine_forecast('shops', 'algorithm=trend, seasonal=none, horizon=1, fitted=0, reconcile=wls, hierarchy=SELECT * FROM regions,
  regressors="SELECT date(''2021-01-01'', (value - 1) || '' months'') AS month, value % 3 AS promo FROM generate_series(1, 31)"');
-- A series that began later counts as 0 before; one that is in no pair stays as it is; one too short goes on with its last value.
SELECT series, time, round(value, 3) AS value FROM mine_forecast('SELECT * FROM shops WHERE shop <> ''Trier'' OR month > ''2022'' UNION ALL SELECT ''web'', month, 5 FROM shops WHERE shop = ''Kiel''',
  'algorithm=naive, horizon=1, fitted=0, reconcile=bottom_up, hierarchy=SELECT * FROM regions');
SELECT item, name, detail FROM mine_warnings;
SELECT series, time, round(value, 3) AS value, model FROM mine_forecast('SELECT * FROM shops WHERE shop <> ''Trier'' OR month > ''2023-05-01''',
  'algorithm=holt_winters, season=1, horizon=1, fitted=0, reconcile=bottom_up, hierarchy=SELECT * FROM regions');
SELECT item, name, detail FROM mine_warnings;
-- What cannot be.
SELECT * FROM mine_forecast('SELECT * FROM shops WHERE shop <> ''Trier'' OR month > ''2023-05-01''', 'algorithm=naive, hierarchy=SELECT * FROM regions');
SELECT * FROM mine_forecast('SELECT * FROM shops WHERE shop <> ''Trier'' OR month < ''2023-05-01''', 'hierarchy=SELECT * FROM regions');
SELECT * FROM mine_forecast('SELECT * FROM shops UNION ALL SELECT ''all'', ''2022-03-01'', 12', 'hierarchy=SELECT * FROM regions');
SELECT * FROM mine_forecast('shops', 'hierarchy="SELECT * FROM regions UNION ALL VALUES (''all'', ''Bonn'')"');
SELECT * FROM mine_forecast('shops', 'hierarchy="VALUES (''Köln'', ''west'')"');
SELECT * FROM mine_forecast('shops', 'hierarchy="SELECT shop, NULL FROM regions"');
SELECT * FROM mine_forecast('shops', 'hierarchy=SELECT shop FROM regions');
SELECT * FROM mine_forecast('shops', 'algorithm=naive, reconcile=top_down, hierarchy="SELECT * FROM regions UNION ALL VALUES (''Bonn'', ''big'')"');
SELECT * FROM mine_forecast('shops', 'reconcile=mint');
SELECT * FROM mine_forecast('shops', 'reconcile=best, hierarchy=SELECT * FROM regions');
SELECT * FROM mine_forecast('SELECT month, orders FROM shops WHERE shop = ''Kiel''', 'hierarchy=SELECT * FROM regions');
SELECT * FROM mine_forecast((SELECT mine_fit('ses', 'shops')), 'hierarchy=SELECT * FROM regions');
