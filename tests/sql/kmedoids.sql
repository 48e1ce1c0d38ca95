-- k-medoids: every cluster is around one of its own rows.
.headers on
CREATE TABLE points(id TEXT PRIMARY KEY, x REAL, y REAL);
INSERT INTO points VALUES ('a',1,1),('b',1,2),('c',2,1),('d',9,9),('e',9,8),('f',8,9),('g',8,8),('h',1,9),('i',2,9);
SELECT id, cluster, round(distance, 4) AS distance FROM mine_cluster('points', 'algorithm=kmedoids, k=3, scale=none');
-- The cost: each row to the medoid that costs least, by every choice of three rows.
WITH d AS (SELECT p.id AS p, q.id AS q, abs(p.x - q.x) + abs(p.y - q.y) AS d FROM points AS p, points AS q),
choice AS (SELECT a.id AS a, b.id AS b, c.id AS c FROM points AS a, points AS b, points AS c WHERE a.id < b.id AND b.id < c.id)
SELECT (SELECT min(cost) FROM (SELECT sum(least) AS cost FROM (SELECT a, b, c, q, min(d) AS least FROM choice JOIN d ON p IN (a, b, c) GROUP BY a, b, c, q) GROUP BY a, b, c)) AS best,
       (SELECT sum(distance) FROM mine_cluster('points', 'algorithm=kmedoids, k=3, scale=none, metric=manhattan')) AS ours;
-- Mixed attributes with gaps.
CREATE TABLE buyers AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 240)
SELECT i AS id, CASE WHEN i % 19 THEN CASE i % 3 WHEN 0 THEN 20 WHEN 1 THEN 40 ELSE 60 END + i * 7 % 11 END AS age,
       CASE WHEN i % 17 = 0 THEN NULL WHEN i % 3 = 0 THEN 'app' WHEN i % 3 = 1 THEN 'post' ELSE 'shop' END AS channel,
       CASE WHEN i % 3 = 2 OR i % 13 = 0 THEN 'yes' ELSE 'no' END AS member FROM n;
SELECT mine_train('b', 'kmedoids', 'buyers', 'k=3, id=id, metric=gower') AS trained;
SELECT item, name, detail FROM mine_summary('b') WHERE item IN ('metric', 'keeps', 'fit');
SELECT cluster, rows, feature, round(value, 3) AS value, round(overall, 3) AS overall FROM mine_centroids('b');
-- The medoids are rows of the table, at distance 0.
SELECT p.prediction AS cluster, min(b.id) AS medoid, b.age, b.channel, b.member FROM mine_predict('b', 'buyers') AS p JOIN buyers AS b USING (id)
WHERE p.distance = 0 AND age + 1 > 0 AND channel > '' GROUP BY 1;
-- A row that shares nothing known with any medoid is 1 away; a level never seen differs from all.
SELECT id, prediction, round(distance, 6) AS distance FROM mine_predict('b',
  'SELECT 1 AS id, NULL AS age, NULL AS channel, NULL AS member UNION ALL SELECT 2, 65, ''fax'', NULL UNION ALL SELECT 3, 500, NULL, NULL');
-- How many; many rows; all threads; written; back from bytes.
SELECT mine_train('auto', 'kmedoids', 'buyers', 'k=auto, max_k=5, id=id, metric=gower') AS trained;
SELECT item, name, detail FROM mine_summary('auto') WHERE item IN ('k', 'chosen');
SELECT mine_train('many', 'kmedoids', 'buyers', 'k=3, id=id, exact_rows=100, sample_rows=60, samples=3') AS trained;
SELECT name, detail FROM mine_summary('many') WHERE item = 'fit';
SELECT (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('buyers', 'algorithm=kmedoids, threads=1, metric=gower')) =
       (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('buyers', 'algorithm=kmedoids, threads=2, metric=gower')) AS same;
SELECT * FROM mine_formats WHERE kind = 'medoids';
SELECT mine_export('b', 'pmml');
SELECT mine_import('again', mine_export('b', 'json')) IS NOT NULL AS imported;
SELECT count(*) AS rows, sum(x.prediction = p.prediction AND x.distance = p.distance) AS same
FROM mine_predict('again', 'buyers') AS x JOIN mine_predict('b', 'buyers') AS p USING (id);
-- Wrong.
SELECT mine_train('x', 'kmedoids', 'points', 'k=10');
SELECT mine_train('x', 'kmedoids', 'points', 'metric=chebyshev');
SELECT mine_train('x', 'kmedoids', 'SELECT id, 1 + id % 2 AS a FROM buyers', 'k=3, id=id');
SELECT mine_train('x', 'kmedoids', 'buyers', 'k=80, id=id, exact_rows=100');
SELECT mine_train('x', 'kmedoids', 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 16385) SELECT i, ''level '' || i AS level FROM n', 'k=3, categorical=level');
SELECT count(*) FROM mine_neighbors('b', 'buyers');
