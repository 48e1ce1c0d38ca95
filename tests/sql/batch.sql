-- k-means that reads its source in passes.
.headers on
CREATE TABLE shoppers(id INTEGER PRIMARY KEY, spend REAL, visits INTEGER, plan TEXT, joined TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 900)
INSERT INTO shoppers SELECT i,
  CASE i % 3 WHEN 0 THEN 500 + i * 7 % 40 WHEN 1 THEN 100 + i * 11 % 30 ELSE 20 + i * 5 % 17 END,
  CASE i % 3 WHEN 0 THEN 30 + i % 7 WHEN 1 THEN 4 + i % 3 ELSE 15 + i % 5 END,
  CASE WHEN i % 50 = 7 THEN NULL WHEN i % 3 = 0 THEN 'gold' WHEN i % 3 = 1 OR i % 8 = 2 THEN 'silver' ELSE 'basic' END,
  date('2020-01-01', ((i % 3) * 400 + i % 30) || ' days') FROM n;
SELECT mine_train('passes', 'kmeans', 'shoppers', 'k=3, batch=1') AS trained;
SELECT mine_train('memory', 'kmeans', 'shoppers', 'k=3') AS trained;
-- What was read, and how far the centres are from those of another pass.
SELECT item, name, detail FROM mine_summary('passes') WHERE item IN ('rows', 'fit') OR name = 'batch';
-- The same clusters, profiles and distances as in memory.
SELECT count(*) AS rows, sum(p.prediction = m.prediction) AS same, max(abs(p.distance - m.distance)) < 1e-9 AS near
FROM mine_predict('passes', 'shoppers') AS p JOIN mine_predict('memory', 'shoppers') AS m USING (id);
SELECT count(*) AS centres, sum(p.rows = m.rows AND (p.value = m.value OR abs(p.value - m.value) < 1e-9)) AS same
FROM mine_centroids('passes') AS p JOIN mine_centroids('memory') AS m USING (cluster, feature);
SELECT cluster, sentence FROM mine_segments('passes', NULL, 'top=2');
-- The number of clusters is chosen on the sample; a start may be given; gaps are left out.
SELECT mine_train('chosen', 'kmeans', 'shoppers', 'k=auto, max_k=5, batch=1') AS trained;
SELECT mine_train('given', 'kmeans', 'shoppers', 'k=3, batch=1, ignore=joined, init="SELECT * FROM shoppers WHERE id <= 3"') AS trained;
SELECT mine_train('whole', 'kmeans', 'shoppers', 'k=3, batch=1, missing=skip') AS trained;
SELECT item, name, detail FROM mine_summary('whole') WHERE item = 'rows';
-- Trained again: numbers and names stay.
SELECT mine_name_cluster('passes', 2, 'Seldom') AS named;
SELECT mine_train('passes', 'kmeans', 'SELECT * FROM shoppers WHERE id > 300 OR id % 3 > 0', 'k=3, batch=1') AS again;
SELECT DISTINCT label FROM mine_predict('passes', 'shoppers') ORDER BY 1;
-- What makes no sense, and sources that are not the same twice.
SELECT mine_train('x', 'kmeans', 'shoppers', 'k=3, batch=1, group=plan');
SELECT * FROM mine_cluster('shoppers', 'k=3, batch=1');
SELECT * FROM mine_choose_k('shoppers', 'batch=1');
SELECT mine_train('x', 'kprototypes', 'shoppers', 'k=3, batch=1');
SELECT mine_train('x', 'kmeans', 'shoppers', 'k=3, batch=1, missing=error');
SELECT mine_train('x', 'kmeans', 'SELECT id, spend, random() % 1000 AS r FROM shoppers', 'k=3, batch=1');
SELECT mine_train('x', 'kmeans', 'SELECT id, spend, visits FROM shoppers ORDER BY random()', 'k=3, batch=1');
SELECT mine_train('x', 'kmeans', 'SELECT * FROM shoppers WHERE 0', 'k=3, batch=1');
SELECT count(*) AS kept FROM mine_models WHERE name = 'x';
