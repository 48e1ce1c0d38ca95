-- Clustering without a stored model.
.headers on
CREATE TABLE points(id TEXT PRIMARY KEY, x REAL, y REAL);
INSERT INTO points VALUES ('a',1,1),('b',1,2),('c',2,1),('d',9,9),('e',9,8),('f',8,9),('g',8,8),('h',1,9),('i',2,9);
-- Numbered by falling size; ids come back as they went in; rows in source order.
SELECT id, cluster, round(distance, 4) AS distance FROM mine_cluster('points', 'k=3, scale=none');
SELECT cluster, count(*) AS rows FROM mine_cluster('points', '{"k":3}') GROUP BY cluster;
-- sum(distance * distance) is the inertia: here by hand (4/3 + 2 + 1/2).
SELECT round(sum(distance * distance), 6) AS inertia, round(4 / 3.0 + 2 + 0.5, 6) AS by_hand
FROM mine_cluster('points', 'k=3, scale=none');
-- Started from given rows.
SELECT count(DISTINCT cluster) AS clusters FROM mine_cluster('points', 'k=2, init="SELECT x, y FROM points WHERE id IN (''a'',''d'')"');
-- Rows numbered from 1, a quoted source, a schema, VALUES.
SELECT group_concat(id) AS ids FROM mine_cluster('SELECT x, y FROM points', 'k=2, id=none');
SELECT count(*) AS rows FROM mine_cluster('"points"', 'k=2');
SELECT count(*) AS rows FROM mine_cluster('main.points', 'k=2');
SELECT id, cluster FROM mine_cluster('VALUES (1, 0.0), (2, 0.1), (3, 5.0)', 'k=2');
-- All threads give the same rows.
SELECT (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('points', 'k=3, threads=1')) =
       (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('points', 'k=3, threads=2')) AS same;
-- Long right tails: the logarithm, or the share of the rows below.  Centres are in the units of the table.
CREATE TABLE buyers AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 40)
SELECT i AS id, CASE WHEN i % 4 = 0 THEN 900.0 + i ELSE 9.0 + i % 4 END AS spend, CASE WHEN i = 40 THEN 100000 ELSE i % 7 END AS visits FROM n;
SELECT count(*) AS rows FROM mine_cluster('buyers', 'k=2') GROUP BY cluster;
SELECT count(*) AS rows, min(spend) AS least FROM mine_cluster('buyers', 'k=2, scale=log, ignore=visits') JOIN buyers USING (id) GROUP BY cluster;
SELECT mine_train('buyers_log', 'kmeans', 'SELECT id, spend FROM buyers', 'k=2, scale=log') IS NOT NULL AS trained;
SELECT c.cluster, c.rows, round(value, 6) AS value, round(overall, 6) AS overall,
  (SELECT round(exp(avg(ln(1 + spend))) - 1, 6) FROM buyers WHERE (id % 4 = 0) = (cluster = 2)) AS by_hand
FROM mine_centroids('buyers_log') AS c;
SELECT mine_train('buyers_quantile', 'kmeans', 'SELECT id, spend FROM buyers', 'k=2, scale=quantile') IS NOT NULL AS trained;
SELECT cluster, rows, round(value, 3) AS value, round(overall, 3) AS overall FROM mine_centroids('buyers_quantile');
SELECT id, prediction, round(distance, 4) AS distance FROM mine_predict('buyers_quantile', 'SELECT 1 AS id, -5 AS spend UNION ALL SELECT 2, 1e9 UNION ALL SELECT 3, NULL');
SELECT count(DISTINCT cluster) AS clusters FROM mine_cluster('buyers', 'k=2, scale=quantile, init="SELECT spend, visits FROM buyers WHERE id IN (1, 40)"');
SELECT query_id, id, round(distance, 4) AS distance FROM mine_neighbors('buyers', 'SELECT * FROM buyers WHERE id = 40', 'k=2, scale=quantile');
-- A few large values that decide the clusters are told; the line names the k that was chosen.
CREATE TABLE rfm AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 1000)
SELECT i AS id, i % 370 AS recency, 1 + i * 7 % 5 AS frequency, exp(i * 37 % 1000 / 50.0) AS amount FROM n;
SELECT mine_train('segments', 'kmeans', 'rfm', 'k=auto, max_k=4, id=id') AS trained;
SELECT mine_train('segments', 'kmeans', 'rfm', 'k=auto, max_k=4, id=id, scale=log') AS trained;
SELECT mine_train('segments', 'kmeans', 'rfm', 'k=3, id=id, scale=quantile') AS trained;
SELECT count(*) AS rows FROM mine_cluster('rfm', 'k=2, id=id');
SELECT item, name, detail FROM mine_warnings;
-- A rare flag is skewed, too, but no tail.
SELECT count(*) AS rows FROM mine_cluster('SELECT id, recency, id % 100 = 0 AS flag FROM rfm', 'k=3, id=id');
SELECT item, name, detail FROM mine_warnings;
