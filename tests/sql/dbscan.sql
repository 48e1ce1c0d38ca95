-- DBSCAN: clusters of any shape, noise apart; the model is its rows.
.headers on
CREATE TABLE places(id TEXT PRIMARY KEY, x REAL, y REAL);
INSERT INTO places VALUES ('a',0,0),('b',1,0),('c',2,0),('d',3,0),('e',0,1),('f',9,9),('g',9,8),('h',8,9),('i',4.5,0),('j',50,50);
-- Core rows, border rows (e has two neighbours, i none) and noise.
SELECT id, cluster, distance FROM mine_cluster('places', 'algorithm=dbscan, eps=1, min_samples=3, scale=none');
SELECT cluster, count(*) AS rows FROM mine_cluster('places', 'algorithm=dbscan, eps=1.5, min_samples=3, scale=none') GROUP BY cluster;
-- A row between two clusters goes with the nearer core row, whatever comes first.
CREATE TABLE middle(id INTEGER PRIMARY KEY, x REAL);
INSERT INTO middle VALUES (1,0),(2,0.5),(3,1),(4,2.4),(5,3.5),(6,4),(7,4.5);
SELECT id, cluster FROM mine_cluster('middle', 'algorithm=dbscan, eps=1.4, min_samples=4, scale=none') WHERE id IN (1, 4, 7);
SELECT group_concat(cluster) AS forwards FROM (SELECT cluster FROM mine_cluster('SELECT id, x FROM middle', 'algorithm=dbscan, eps=1.1, min_samples=3, scale=none') ORDER BY id);
SELECT group_concat(cluster) AS backwards FROM (SELECT cluster FROM mine_cluster('SELECT id, x FROM middle ORDER BY id DESC', 'algorithm=dbscan, eps=1.1, min_samples=3, scale=none') ORDER BY id);
-- A model: training rows get their clusters again, others the nearest core row's within eps.
SELECT mine_train('near', 'dbscan', 'places', 'eps=1, min_samples=3, scale=none') AS trained;
SELECT count(*) AS rows, sum(prediction = cluster) AS same FROM mine_predict('near', 'places') JOIN
  mine_cluster('places', 'algorithm=dbscan, eps=1, min_samples=3, scale=none') USING (id);
SELECT id, prediction, round(distance, 3) AS distance FROM mine_predict('near', 'SELECT 1 AS id, 1.5 AS x, 0.5 AS y UNION ALL SELECT 2, 9, 10 UNION ALL SELECT 3, -1, 0 UNION ALL SELECT 4, 20, 20 UNION ALL SELECT 5, NULL, NULL');
SELECT mine_predict('near', 'x', 2.2, 'y', 0) AS one;
SELECT cluster, rows, feature, value, overall FROM mine_centroids('near');
SELECT item, name, detail FROM mine_summary('near') WHERE item IN ('fit', 'warning', 'keeps', 'chosen');
-- By sums of differences: (0, 0) and (1, 1) are 2 apart, and the model keeps to it.
CREATE TEMP TABLE corners(id, x, y);
INSERT INTO corners VALUES (1, 0, 0), (2, 1, 1), (3, 2, 2), (4, 3, 2), (5, 4, 2), (6, 9, 9);
SELECT group_concat(cluster) AS euclidean FROM mine_cluster('corners', 'algorithm=dbscan, eps=1.5, min_samples=2, scale=none');
SELECT group_concat(cluster) AS manhattan FROM mine_cluster('corners', 'algorithm=dbscan, eps=1.5, min_samples=2, scale=none, metric=manhattan');
SELECT mine_train('sums', 'dbscan', 'corners', 'eps=2, min_samples=2, scale=none, metric=manhattan') AS trained;
SELECT group_concat(prediction) AS prediction, group_concat(distance) AS distance FROM mine_predict('sums', 'SELECT 7 AS id, 0.5 AS x, -1.5 AS y UNION ALL SELECT 8, 0.5, -1.6 UNION ALL SELECT 9, 4, 2');
SELECT mine_fit('dbscan', 'corners', 'metric=cosine');
-- eps from the data, told.
SELECT mine_train('auto', 'dbscan', 'SELECT id, x, y FROM places', 'min_samples=3') AS trained;
SELECT name, detail FROM mine_summary('auto') WHERE item = 'chosen';
-- What says nothing is told; what cannot be is refused.
SELECT mine_train('nothing', 'dbscan', 'places', 'eps=0.01') AS trained;
SELECT count(*) AS clusters FROM mine_centroids('nothing');
SELECT prediction, count(*) AS rows, max(distance) AS distance FROM mine_predict('nothing', 'places') GROUP BY 1;
SELECT count(*) AS told FROM mine_drift('nothing', 'places');
SELECT mine_export('nothing', 'text') AS drawn;
SELECT mine_train('one', 'dbscan', 'places', 'eps=100') AS trained;
SELECT mine_fit('dbscan', 'places', 'eps=0');
SELECT mine_fit('dbscan', 'places', 'eps=-1');
SELECT mine_fit('dbscan', 'places', 'min_samples=0');
SELECT mine_fit('dbscan', 'places', 'target=x');
SELECT mine_fit('dbscan', 'SELECT id, x FROM places WHERE x > 100', '');
SELECT mine_export('near', 'sql');
SELECT mine_export('near', 'pmml');
SELECT mine_export('near', 'text');
