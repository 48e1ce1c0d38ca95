-- auto without a target: clusters of mixed columns, their number, and noise apart.
.headers on
CREATE TABLE shoppers AS WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n LIMIT 600)
SELECT i + 1 AS id,
  CASE i % 3 WHEN 0 THEN 20 WHEN 1 THEN 55 ELSE 40 END + (i * 7919 % 101 + i * 104729 % 97) / 20.0 AS age,
  CASE i % 3 WHEN 0 THEN 1000.0 WHEN 1 THEN 3000.0 ELSE 9000.0 END * (1 + (i * 611953 % 89 + i * 15485863 % 83) / 400.0) AS spend,
  CASE WHEN i * 31 % 100 < 85 THEN CASE i % 3 WHEN 0 THEN 'basic' WHEN 1 THEN 'plus' ELSE 'gold' END ELSE 'plus' END AS plan
FROM n;
-- Rows that are like no others; a missing cell is left out.
INSERT INTO shoppers SELECT 600 + i, 5 + 8 * i, 25000.0 - 1900 * i, CASE i % 3 WHEN 0 THEN 'gold' ELSE 'basic' END FROM (SELECT id AS i FROM shoppers LIMIT 12);
UPDATE shoppers SET age = NULL WHERE id % 50 = 7;
UPDATE shoppers SET plan = NULL WHERE id % 60 = 11;
SELECT mine_train('segments', 'auto', 'shoppers') AS trained;
SELECT item, name, detail FROM mine_summary('segments') WHERE item IN ('chosen', 'stability', 'warning') OR name = 'noise';
SELECT cluster, count(*) AS rows, round(avg(age), 1) AS age, round(avg(spend)) AS spend, min(plan) AS plan, sum(id > 600) AS odd
FROM mine_cluster('shoppers', 'algorithm=auto') JOIN shoppers USING (id) GROUP BY cluster;
SELECT cluster, rows, feature, round(value, 2) AS value FROM mine_centroids('segments') WHERE feature <> 'age';
SELECT feature, rank FROM mine_importance('segments');
-- The order of the rows changes nothing, nor do threads.
SELECT count(*) AS rows, sum(a.cluster = b.cluster AND a.distance = b.distance) AS same
FROM mine_cluster('shoppers', 'algorithm=auto') AS a JOIN mine_cluster('SELECT * FROM shoppers ORDER BY spend DESC, id', 'algorithm=auto, threads=3') AS b USING (id);
-- The rows it learned from get the clusters they had; the shares of clusters leave the rest to noise.
SELECT sum(prediction = cluster) AS same FROM mine_predict('segments', 'shoppers') JOIN mine_cluster('shoppers', 'algorithm=auto') USING (id);
SELECT id, prediction, round(distance, 2) AS distance FROM mine_predict('segments', 'shoppers') WHERE id IN (1, 2, 3, 604);
SELECT id, class, round(probability, 4) AS probability FROM mine_probabilities('segments', 'SELECT * FROM shoppers WHERE id IN (1, 604)');
SELECT id, prediction FROM mine_predict('segments', 'SELECT 1 AS id, 22 AS age, 1100 AS spend, ''basic'' AS plan UNION ALL SELECT 2, NULL, NULL, NULL UNION ALL SELECT 3, 1e300, -1e300, ''silver''');
-- k given; nobody apart; no resamples; a model for each group.
SELECT cluster, count(*) AS rows FROM mine_cluster('shoppers', 'algorithm=auto, k=2, noise=0') GROUP BY cluster;
SELECT mine_train('two', 'auto', 'shoppers', 'k=2, noise=0, resamples=0') AS trained;
SELECT count(*) AS told FROM mine_summary('two') WHERE item = 'stability';
SELECT group_value, cluster, count(*) AS rows FROM mine_cluster('SELECT *, id % 2 AS half FROM shoppers', 'algorithm=auto, group=half') GROUP BY group_value, cluster;
-- It leaves as SQL, says the same and brings its proof; it comes back from JSON.
SELECT length(mine_export('segments', 'sql')) > 0 AS written;
SELECT length(mine_export('segments', 'c')) > 0 AS written;
SELECT mine_export('segments', 'text');
SELECT mine_import('copied', mine_export('segments', 'json')) IS NOT NULL AS imported;
SELECT sum(a.prediction = b.prediction AND a.distance = b.distance) AS same FROM mine_predict('segments', 'shoppers') AS a JOIN mine_predict('copied', 'shoppers') AS b USING (id);
SELECT mine_export('segments', 'pmml');
SELECT mine_export('segments', 'onnx');
-- Tables that have no clusters.
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT 1 AS id, 2.5 AS x', 'algorithm=auto') GROUP BY cluster;
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT id, 1 AS x, ''a'' AS y FROM shoppers', 'algorithm=auto') GROUP BY cluster;
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT id, id * 7919 % 6007 AS x FROM shoppers', 'algorithm=auto') GROUP BY cluster;
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT id, CASE id % 2 WHEN 0 THEN 1e300 ELSE 1e-300 END AS x FROM shoppers', 'algorithm=auto') GROUP BY cluster;
SELECT cluster, count(*) AS rows FROM mine_cluster('SELECT id, spend, ''c'' || id AS name FROM shoppers', 'algorithm=auto') GROUP BY cluster;
SELECT item, name, detail FROM mine_warnings;
-- What it refuses.
SELECT * FROM mine_cluster('SELECT id, id % 2 AS x FROM shoppers', 'algorithm=auto, k=3');
SELECT * FROM mine_cluster('shoppers', 'algorithm=auto, noise=0.9');
SELECT * FROM mine_cluster('shoppers', 'algorithm=auto, target=plan');
SELECT mine_train('x', 'auto', 'shoppers', 'calibrate=platt');
