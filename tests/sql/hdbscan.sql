-- HDBSCAN: clusters of different densities, noise apart, how surely a row belongs, how far out it lies.
.headers on
CREATE TABLE stars AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 90)
SELECT i AS id, CASE WHEN i % 30 = 0 THEN 40 + i WHEN i % 2 THEN i * 7 % 11 * 0.1 ELSE 20 + i * 5 % 13 END AS x,
  CASE WHEN i % 30 = 0 THEN -i WHEN i % 2 THEN i * 3 % 7 * 0.1 ELSE i * 11 % 17 END AS y FROM n;
SELECT cluster, count(*) AS rows, sum(id % 2) AS odd, round(min(confidence), 3) AS least, max(confidence) AS most
FROM mine_cluster('stars', 'algorithm=hdbscan, scale=none') GROUP BY cluster;
SELECT id, cluster, round(distance, 3) AS distance, confidence, round(outlier, 3) AS outlier
FROM mine_cluster('stars', 'algorithm=hdbscan, scale=none') WHERE id IN (1, 2, 30, 60, 90);
SELECT count(DISTINCT cluster) AS clusters FROM mine_cluster('stars', 'algorithm=hdbscan, scale=none, selection=leaf, min_cluster_size=8');
SELECT count(DISTINCT cluster) AS clusters FROM mine_cluster('stars', 'algorithm=hdbscan, scale=none, cluster_selection_epsilon=60, allow_single_cluster=1');
-- A model: what training found, for its rows; the nearest row's cluster for others, or noise.
SELECT mine_train('sky', 'hdbscan', 'stars', 'scale=none') AS trained;
SELECT count(*) AS rows, sum(prediction = cluster AND p.confidence = c.confidence AND p.outlier = c.outlier) AS same
FROM mine_predict('sky', 'stars') AS p JOIN mine_cluster('stars', 'algorithm=hdbscan, scale=none') AS c USING (id);
SELECT id, prediction, round(confidence, 3) AS confidence, outlier FROM mine_predict('sky', 'SELECT 1 AS id, 0.35 AS x, 0.25 AS y UNION ALL SELECT 2, 25.5, 8 UNION ALL SELECT 3, 500, 500 UNION ALL SELECT 4, NULL, NULL');
SELECT cluster, rows, feature, round(value, 3) AS value FROM mine_centroids('sky');
SELECT item, name, detail FROM mine_summary('sky') WHERE item IN ('fit', 'warning', 'keeps');
-- Any order of the rows, any threads: the same; ties are merged at once.
CREATE TABLE grid AS WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n LIMIT 300)
SELECT i AS id, i * 7 % 5 + i % 3 * 9 AS x, i * 3 % 4 + i % 3 * 9 AS y FROM n;
SELECT (SELECT group_concat(cluster || ' ' || confidence || ' ' || outlier) FROM (SELECT * FROM mine_cluster('grid', 'algorithm=hdbscan') ORDER BY id)) =
  (SELECT group_concat(cluster || ' ' || confidence || ' ' || outlier) FROM (SELECT * FROM mine_cluster('SELECT * FROM grid ORDER BY id * 37 % 300', 'algorithm=hdbscan, threads=2') ORDER BY id)) AS same;
-- What says nothing is told; what cannot be is refused.
SELECT mine_train('even', 'hdbscan', 'SELECT id, id % 2 AS x FROM stars', 'min_cluster_size=50') AS trained;
SELECT mine_train('few', 'hdbscan', 'SELECT * FROM stars LIMIT 3', '') AS trained;
SELECT prediction, count(*) AS rows FROM mine_predict('few', 'stars') GROUP BY 1;
SELECT mine_fit('hdbscan', 'stars', 'min_cluster_size=1');
SELECT mine_fit('hdbscan', 'stars', 'selection=best');
SELECT mine_export('sky', 'c');
