-- k-prototypes: numbers and categories in one distance.
.headers on
CREATE TABLE buyers AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 240)
SELECT i AS id, CASE i % 3 WHEN 0 THEN 20 WHEN 1 THEN 40 ELSE 60 END + i * 7 % 11 AS age,
       CASE WHEN i % 17 = 0 THEN 'visits' WHEN i % 3 = 0 THEN 'app' WHEN i % 3 = 1 THEN 'post' ELSE 'shop' END AS channel,
       CASE WHEN i % 3 = 2 OR i % 13 = 0 THEN 'yes' ELSE 'no' END AS member FROM n;
SELECT mine_train('b', 'kprototypes', 'buyers', 'k=3, id=id') AS trained;
SELECT item, name, detail FROM mine_summary('b') WHERE name = 'gamma' OR item = 'metric';
SELECT cluster, rows, feature, round(value, 3) AS value, round(overall, 3) AS overall, round(z, 2) AS z FROM mine_centroids('b');
-- The cost by hand: (x - mean)^2 of the scaled numbers, and gamma for each category off the mode.
WITH m AS (SELECT avg(age) AS mean, sqrt(avg(age * age) - avg(age) * avg(age)) AS dev FROM buyers),
p AS (SELECT p.prediction AS c, (b.age - m.mean) / m.dev AS z, channel, member, p.distance AS d
      FROM mine_predict('b', 'SELECT * FROM buyers') AS p JOIN buyers AS b USING (id), m),
modes AS (SELECT c, avg(z) AS z,
  (SELECT channel FROM p AS q WHERE q.c = p.c GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) AS channel,
  (SELECT member FROM p AS q WHERE q.c = p.c GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) AS member FROM p GROUP BY c)
SELECT round(sum(d * d), 6) AS cost,
       round(sum((p.z - modes.z) * (p.z - modes.z) + 0.5 * ((p.channel <> modes.channel) + (p.member <> modes.member))), 6) AS by_hand
FROM p JOIN modes USING (c);
-- A category that counts much, and one that does not count.
SELECT count(DISTINCT member) AS kinds FROM mine_cluster('buyers', 'algorithm=kprototypes, k=2, gamma=1000, id=id, ignore=channel') JOIN buyers USING (id) GROUP BY cluster;
SELECT (SELECT group_concat(cluster) FROM mine_cluster('buyers', 'algorithm=kprototypes, k=3, gamma=0, id=id')) =
       (SELECT group_concat(cluster) FROM mine_cluster('buyers', 'k=3, id=id, ignore=channel|member')) AS as_kmeans_of_age;
-- What is missing or was never seen adds gamma / 2 wherever the row goes.
SELECT id, prediction, round(distance * distance, 6) AS square FROM mine_predict('b',
  'SELECT 1 AS id, 65.0 AS age, ''shop'' AS channel, ''yes'' AS member UNION ALL SELECT 2, 65.0, NULL, ''yes''
   UNION ALL SELECT 3, 65.0, ''fax'', NULL UNION ALL SELECT 4, NULL, ''shop'', ''yes''');
-- Only categories; only numbers; how many clusters; all threads; a row for one.
SELECT mine_train('modes', 'kprototypes', 'SELECT id, channel, member FROM buyers', 'k=2, id=id') AS trained;
SELECT detail FROM mine_summary('modes') WHERE name = 'gamma';
SELECT mine_train('numbers', 'kprototypes', 'SELECT id, age FROM buyers', 'k=2, id=id') AS trained;
SELECT detail FROM mine_summary('numbers') WHERE name = 'gamma';
SELECT mine_train('auto', 'kprototypes', 'buyers', 'k=auto, max_k=5, id=id') AS trained;
SELECT (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('buyers', 'algorithm=kprototypes, threads=1')) =
       (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('buyers', 'algorithm=kprototypes, threads=2')) AS same;
SELECT mine_predict('b', 'age', 62, 'channel', 'shop', 'member', 'yes') AS cluster;
-- It is written as SQL.
SELECT mine_export('b', 'sql') LIKE '%CASE%' AS written;
-- Wrong.
SELECT mine_train('x', 'kprototypes', 'buyers', 'gamma=some');
SELECT mine_train('x', 'kprototypes', 'buyers', 'gamma=-1');
SELECT mine_train('x', 'kprototypes', 'SELECT id, member, channel FROM buyers', 'k=30, id=id');
