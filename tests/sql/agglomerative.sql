-- Hierarchical clustering, by hand: five points on a line.
.headers on
.read tests/sql/setup.inc
CREATE TABLE line(id TEXT, x REAL);
INSERT INTO line VALUES ('a', 0), ('b', 1), ('c', 5), ('d', 7), ('e', 20);
SELECT mine_train('single', 'agglomerative', 'line', 'linkage=single, scale=none, k=3') AS trained;
SELECT * FROM mine_dendrogram('single');
SELECT id, prediction, distance FROM mine_predict('single', 'line');
SELECT step, first, second, round(distance, 4) AS distance FROM mine_dendrogram((SELECT mine_fit('agglomerative', 'line', 'linkage=average, scale=none')));
SELECT step, first, second, distance FROM mine_dendrogram((SELECT mine_fit('agglomerative', 'line', 'linkage=complete, scale=none')));
SELECT step, first, second, round(distance, 4) AS distance FROM mine_dendrogram((SELECT mine_fit('agglomerative', 'line', 'scale=none')));
-- A row that was not there goes to the cluster of the nearest; the cut by distance; the number chosen.
SELECT id, prediction, distance FROM mine_predict('single', 'SELECT ''q'' AS id, 6.0 AS x UNION ALL SELECT ''r'', 100.0');
SELECT id, cluster FROM mine_cluster('line', 'algorithm=agglomerative, linkage=single, scale=none, distance=2');
SELECT id, cluster FROM mine_cluster('line', 'algorithm=agglomerative, scale=none');
SELECT item, name, detail FROM mine_summary((SELECT mine_fit('agglomerative', 'line', 'scale=none'))) WHERE item IN ('k', 'chosen', 'fit');
-- Equal rows are merged first and stay together; k above the different rows is refused.
SELECT step, first, second, distance, rows FROM mine_dendrogram((SELECT mine_fit('agglomerative', 'VALUES (1, 4), (2, 4), (3, 9), (4, 4), (5, 9), (6, 30)', 'scale=none, k=3')));
SELECT mine_fit('agglomerative', 'VALUES (1, 4), (2, 4), (3, 9), (4, 4)', 'k=3');
-- A mixed table.
SELECT mine_train('plans', 'agglomerative', 'customers', 'ignore=churned, k=3') AS trained;
SELECT cluster, rows, feature, round(value, 2) AS value FROM mine_centroids('plans');
SELECT count(*) AS same FROM mine_predict('plans', 'customers') p JOIN mine_cluster('customers', 'algorithm=agglomerative, ignore=churned, k=3') c USING (id) WHERE p.prediction = c.cluster AND p.distance = 0;
-- More rows than are merged by themselves.
SELECT mine_train('many', 'agglomerative', 'customers', 'ignore=churned, k=3, max_rows=100, pre_clusters=40') AS trained;
SELECT count(*) AS steps, sum(distance = 0) AS within, max(rows) AS rows FROM mine_dendrogram('many');
-- What is refused.
SELECT mine_fit('agglomerative', 'customers', 'k=3, distance=2');
SELECT mine_fit('agglomerative', 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i, i * i % 1999 AS x FROM n', 'linkage=complete, max_memory=3MB');
SELECT * FROM mine_dendrogram((SELECT mine_fit('kmeans', 'line', 'k=2')));
