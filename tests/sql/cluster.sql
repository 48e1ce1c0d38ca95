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
