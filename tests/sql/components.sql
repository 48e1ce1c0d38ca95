-- Principal components: how many, what they are made of, the numbers of rows, and clusters of those.
.read tests/sql/setup.inc
CREATE TABLE survey(id INTEGER PRIMARY KEY, price, cost, service, staff, speed, region TEXT, w);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150)
INSERT INTO survey SELECT i, 1 + i*37%7, 1 + (i*37%7*3 + i*11%5) / 4, 1 + i*13%5, 1 + (i*13%5*3 + i*7%4) / 4, 1 + (i*13%5*2 + i*17%6) / 3,
  substr('NSEW', 1 + i%4, 1), 1 + i % 2 FROM n;
SELECT mine_train('p', 'pca', 'survey', 'ignore=region|w') AS trained;
SELECT item, name, detail FROM mine_summary('p') WHERE item IN ('chosen', 'fit', 'warning', 'metric', 'option', 'keeps');
SELECT component, feature, round(loading, 4) AS loading, round(variance_share, 4) AS share, round(eigenvalue, 4) AS eigenvalue, round(weight, 4) AS weight,
  round(communality, 4) AS communality, round(uniqueness, 4) AS uniqueness FROM mine_loadings('p');
SELECT * FROM mine_evaluate('p') WHERE metric = 'components';
-- Scores: of mean 0, their variances the eigenvalues, uncorrelated.
SELECT id, component, round(value, 4) AS value FROM mine_project('p', 'survey') LIMIT 4;
SELECT component, abs(avg(value)) < 1e-9 AS centred, abs(avg(value*value) - (SELECT max(eigenvalue) FROM mine_loadings('p') l WHERE l.component = s.component)) < 1e-9 AS spread
FROM mine_project('p', 'survey') s GROUP BY component;
SELECT abs(sum(a.value * b.value)) < 1e-9 AS apart FROM mine_project('p', 'survey') a JOIN mine_project('p', 'survey') b ON a.id = b.id AND a.component = 1 AND b.component = 2;
SELECT component, round(value, 4) AS value FROM mine_project('p', 'survey') WHERE id = 17;
-- Clusters of the scores.
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT id, max(value) FILTER (WHERE component = 1) AS first, max(value) FILTER (WHERE component = 2) AS second
  FROM mine_project(''p'', ''SELECT * FROM survey'') GROUP BY id', 'k=3, scale=none') GROUP BY cluster;
-- How many: a number, a share, Kaiser's rule, all.
SELECT o, (SELECT max(component) FROM mine_loadings(mine_fit('pca', 'survey', 'ignore=region|w, components=' || o))) AS k
FROM (SELECT column1 AS o FROM (VALUES ('1'), ('3'), ('0.5'), ('0.99'), ('kaiser'), ('all'), ('auto')));
-- A category, a date, gaps; a row of weight 2 is there twice.
SELECT mine_train('c', 'pca', 'SELECT id, price, staff, region FROM survey', 'components=all') AS trained;
SELECT name, detail FROM mine_summary('c') WHERE item IN ('fit', 'warning');
SELECT feature, round(loading, 4) AS loading FROM mine_loadings('c') WHERE component = 1;
SELECT mine_train('g', 'pca', 'SELECT id, nullif(price, 3) AS price, cost, speed FROM survey', 'components=1') AS trained;
SELECT id, value IS NULL AS unknown FROM mine_project('g', 'SELECT 1 AS id, 3 AS price, NULL AS cost, 2 AS speed UNION ALL SELECT 2, 1, 1, 1', 'missing=skip');
SELECT max(abs(a.loading - b.loading)) < 1e-12 AS same FROM mine_loadings((SELECT mine_fit('pca', 'SELECT id, price, cost, speed, w FROM survey', 'weight=w, components=2'))) a
JOIN mine_loadings((SELECT mine_fit('pca', 'SELECT id, price, cost, speed FROM survey UNION ALL SELECT 1000 + id, price, cost, speed FROM survey WHERE w = 2', 'components=2'))) b USING (component, feature);
SELECT mine_train('n', 'pca', 'SELECT i AS id, i*7919%1009 AS a, i*104729%1013 AS b, i*1299709%1019 AS c FROM (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n)') AS noise;
-- Elsewhere.
SELECT mine_export('p', 'text');
.mode list
.once export_model.sql
SELECT 'CREATE TEMP VIEW ' || m || '_scores AS ' || mine_export(m, 'sql', NULL, 'table=survey') || '; CREATE TEMP VIEW ' || m || '_check AS ' || mine_export(m, 'sql', NULL, 'what=check, table=survey') || ';'
FROM (SELECT 'p' AS m UNION ALL VALUES ('c'), ('g'));
.read export_model.sql
SELECT (SELECT count(*) FROM p_check), (SELECT count(*) FROM c_check), (SELECT count(*) FROM g_check);
SELECT * FROM p_scores LIMIT 2;
SELECT count(*), max(abs(e.component_1 - p.value)) < 1e-12, max(abs(e.component_2 - q.value)) < 1e-12 FROM p_scores AS e JOIN mine_project('p', 'survey') AS p USING (id) JOIN mine_project('p', 'survey') AS q USING (id) WHERE p.component = 1 AND q.component = 2;
SELECT length(mine_export('p', 'c')) > 1000, typeof(mine_export('p', 'onnx'));
SELECT mine_export('p', 'pmml');
SELECT mine_import('back', mine_export('p', 'json')) IS NOT NULL AS back;
SELECT a.model = b.model AS same FROM mine_models AS a, mine_models AS b WHERE a.name = 'p' AND b.name = 'back';
-- Refused.
SELECT * FROM mine_predict('p', 'survey');
SELECT mine_predict('p', 'price', 1);
SELECT * FROM mine_evaluate('p', 'survey');
SELECT * FROM mine_explain('p', 'survey');
SELECT mine_export('p', 'call');
SELECT * FROM mine_project('k', 'survey');
SELECT mine_train('k', 'kmeans', 'survey', 'k=2') IS NOT NULL AS clusters;
SELECT * FROM mine_project('k', 'survey');
SELECT * FROM mine_loadings('k');
SELECT * FROM mine_cluster('survey', 'algorithm=pca');
SELECT * FROM mine_cross_validate('pca', 'survey');
SELECT mine_fit('pca', 'survey', 'components=2.5');
SELECT mine_fit('pca', 'survey', 'components=0');
SELECT mine_fit('pca', 'survey', 'components=some');
SELECT mine_fit('pca', 'SELECT id, price, price + 1 AS more FROM survey', 'components=2');
SELECT mine_fit('pca', 'SELECT id, price, cost FROM survey LIMIT 1');
SELECT mine_fit('pca', 'SELECT id, 1 AS a, NULL AS b FROM survey');
SELECT mine_fit('pca', 'SELECT id, price, iif(id = 1, 1e300, 1e-300 * id) AS far FROM survey');
-- The columns of components are watched as any model's; they say no score.
SELECT item, kind, drifted, was, now FROM mine_drift('p', 'SELECT *, 0 AS "0" FROM survey') WHERE drifted OR kind = 'score';
SELECT count(*) > 0 AS drifted FROM mine_drift('p', (SELECT 'SELECT id, ' || group_concat(iif(name = 'price', 'price + 5 AS price', name)) || ' FROM survey' FROM pragma_table_info('survey') WHERE name <> 'id')) WHERE drifted AND item = 'price';
