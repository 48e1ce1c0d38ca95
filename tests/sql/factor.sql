-- Factor analysis of a survey: how many factors, what they are, scores, and what has no answer.
.read tests/sql/setup.inc
-- Six answers of 1 to 5, three for each of two things; the seventh is noise.
CREATE TABLE survey(id INTEGER PRIMARY KEY, price, offers, worth, staff, service, help, noise, region TEXT);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 240),
made AS (SELECT i, i*7919%1009/101.0 AS a, i*104729%1013/101.3 AS b, i*15485863%1019/255.0 AS e1, i*32452843%1021/256.0 AS e2, i*49979687%1031/258.0 AS e3,
  i*67867967%1033/259.0 AS e4, i*86028121%1039/260.0 AS e5, i*104395301%1049/263.0 AS e6, i*122949823%1051/105.1 AS e7 FROM n)
INSERT INTO survey SELECT i, 1 + CAST((a+e1)/2.8 AS INT), 1 + CAST((a+e2)/2.8 AS INT), 1 + CAST((a+e3)/2.8 AS INT),
  1 + CAST((b+e4)/2.8 AS INT), 1 + CAST((b+e5)/2.8 AS INT), 5 - CAST((b+e6)/2.8 AS INT), 1 + CAST(e7/2 AS INT), substr('NSEW', 1 + i%4, 1) FROM made;
SELECT mine_train('f', 'factor', 'survey', 'ignore=region') AS trained;
SELECT item, name, detail FROM mine_summary('f') WHERE item IN ('chosen', 'fit', 'warning', 'metric', 'option');
SELECT component, feature, round(loading, 3) AS loading, round(variance_share, 3) AS share, round(eigenvalue, 3) AS eigenvalue,
  round(weight, 3) AS weight, round(communality, 3) AS communality, round(uniqueness, 3) AS uniqueness FROM mine_loadings('f');
SELECT id, component, round(value, 3) AS value FROM mine_project('f', 'survey') LIMIT 4;
SELECT component, abs(avg(value)) < 1e-9 AS centred FROM mine_project('f', 'survey') GROUP BY component;
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT id, max(value) FILTER (WHERE component = 1) AS first, max(value) FILTER (WHERE component = 2) AS second
  FROM mine_project(''f'', ''SELECT * FROM survey'') GROUP BY id', 'k=4, scale=none') GROUP BY cluster;
-- Factors that correlate; scores without bias; as they come; least residuals.
SELECT name, detail FROM mine_summary((SELECT mine_fit('factor', 'survey', 'ignore=region|noise, factors=2, rotation=promax'))) WHERE item = 'fit';
SELECT component, feature, round(loading, 3) AS loading FROM mine_loadings((SELECT mine_fit('factor', 'survey', 'ignore=region|noise, factors=2, rotation=promax')));
SELECT component, feature, round(weight, 3) AS weight FROM mine_loadings((SELECT mine_fit('factor', 'survey', 'ignore=region|noise, factors=2, scores=bartlett'))) WHERE component = 1;
SELECT component, feature, round(loading, 3) AS loading FROM mine_loadings((SELECT mine_fit('factor', 'survey', 'ignore=region|noise, factors=2, rotation=none')));
SELECT component, feature, round(loading, 3) AS loading FROM mine_loadings((SELECT mine_fit('factor', 'survey', 'ignore=region|noise, factors=2, method=minres')));
-- A row of weight 2 is there twice; gaps are told.
SELECT max(abs(a.loading - b.loading)) < 1e-9 AS same FROM mine_loadings((SELECT mine_fit('factor', 'SELECT id, price, offers, worth, staff, 1 + id % 2 AS w FROM survey', 'weight=w, factors=1'))) a
JOIN mine_loadings((SELECT mine_fit('factor', 'SELECT id, price, offers, worth, staff FROM survey UNION ALL SELECT 1000 + id, price, offers, worth, staff FROM survey WHERE id % 2', 'factors=1'))) b USING (component, feature);
SELECT mine_train('g', 'factor', 'SELECT id, nullif(price, 1) AS price, offers, worth, staff, service, help FROM survey', 'factors=2') AS gaps;
SELECT mine_train('h', 'factor', 'SELECT id, nullif(price, 1) AS price, offers, worth, staff, service, help FROM survey', 'factors=2, missing=skip') AS skipped;
-- Of its own nothing: a Heywood case; a column that follows from others.
SELECT mine_train('x', 'factor', 'SELECT id, price, price + id%2 * 0.001 AS again, worth, staff, service FROM survey', 'factors=2') AS heywood;
SELECT mine_train('x', 'factor', 'SELECT id, price, price + id%2 * 0.001 AS again, worth, staff, service FROM survey', 'factors=2, method=ml') AS held;
SELECT mine_train('x', 'factor', 'SELECT id, price, offers, price + offers AS both, staff, service, help FROM survey', 'factors=2') AS follows;
SELECT mine_fit('factor', 'SELECT id, price, offers, price + offers AS both, staff, service, help FROM survey', 'factors=2, method=ml');
-- Refused.
SELECT mine_fit('factor', 'survey', 'factors=2');
SELECT mine_fit('factor', 'survey', 'ignore=region, factors=4');
SELECT mine_fit('factor', 'SELECT id, price, worth FROM survey');
SELECT mine_fit('factor', 'SELECT id, price, worth, staff FROM survey', 'factors=2');
SELECT mine_fit('factor', 'SELECT id, price, worth, staff, iif(id < 9, 3, NULL) AS flat FROM survey', 'factors=1');
SELECT mine_fit('factor', 'SELECT id, price, worth, staff FROM survey LIMIT 1', 'factors=1');
SELECT mine_fit('factor', 'SELECT id, price, worth, staff, iif(id = 1, 1e300, 1e-300 * id) AS far FROM survey');
SELECT mine_fit('factor', 'survey', 'ignore=region, rotation=oblimin');
SELECT mine_fit('factor', 'survey', 'ignore=region, components=2');
SELECT * FROM mine_predict('f', 'survey');
