-- The model table: made by training, an ordinary table, replaced in place.
.mode box
CREATE TABLE c(id INTEGER PRIMARY KEY, age INTEGER, plan TEXT, churn TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<400)
INSERT INTO c SELECT i, 18+(i*37)%60, CASE i%3 WHEN 0 THEN 'gold' ELSE 'basic' END,
  CASE WHEN (i*37)%60 + i%7 < 30 THEN 'yes' ELSE 'no' END FROM n;
SELECT mine_init();
SELECT count(*) AS models FROM mine_models;
SELECT mine_train('churn','tree','c','target=churn, max_depth=3');
SELECT name, algorithm, task, target, source, options, features, rows, version FROM mine_models;
-- Retraining replaces the row; the name keeps its place.
SELECT mine_train('churn','tree','c','target=churn, max_depth=2');
SELECT count(*) AS models, max(options) AS options FROM mine_models;
-- Retraining every model from the table itself ends.
SELECT mine_train(name, algorithm, source, options) FROM mine_models;
-- Copied, renamed and dropped by plain SQL.
INSERT INTO mine_models SELECT 'copy', algorithm, task, target, source, options, features, rows,
  metrics, created, version, model FROM mine_models WHERE name='churn';
UPDATE mine_models SET name='kept' WHERE name='copy';
DELETE FROM mine_models WHERE name='churn';
SELECT mine_predict('kept','age',20,'plan','gold') AS p;
SELECT mine_predict('churn','age',20,'plan','gold') AS p;
-- Other schemas: the name says which.
ATTACH ':memory:' AS aux;
SELECT mine_train('aux.churn','tree','c','target=churn');
SELECT mine_train('temp.churn','tree','c','target=churn');
SELECT (SELECT count(*) FROM aux.mine_models) AS aux, (SELECT count(*) FROM temp.mine_models_temp) AS temp,
  (SELECT count(*) FROM main.mine_models) AS main;
SELECT mine_predict('aux.churn','age',20,'plan','gold') AS a, mine_predict('temp.churn','age',20,'plan','gold') AS t;
-- A BLOB is a model too.
SELECT typeof(mine_fit('kmeans','c','k=2, ignore=churn')) AS fitted;
SELECT prediction, count(*) AS rows FROM mine_predict(mine_fit('tree','c','target=churn'), 'c') GROUP BY 1;
