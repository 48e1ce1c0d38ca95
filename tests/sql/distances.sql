-- Distances to what the source does not tell apart, does not reach, or does not know.
CREATE TABLE points(id INTEGER PRIMARY KEY, a, b);
INSERT INTO points VALUES (1, 1.0, 0.0), (2, 1.0, 5.0), (3, 1.0, 9.0);

-- A column that is constant in the source counts.
SELECT id, round(distance, 4) AS distance FROM mine_neighbors('points', 'SELECT 9 id, 1.0 a, 0.0 b', 'metric=cosine');
SELECT id, round(distance, 4) AS distance FROM mine_neighbors('points', 'SELECT 9 id, 1.0 a, 6.0 b', 'metric=cosine');
SELECT id, round(distance, 4) AS distance FROM mine_neighbors('points', 'SELECT 9 id, 8.0 a, 0.0 b', 'scale=none');
SELECT id, round(distance, 4) AS distance FROM mine_neighbors('points', 'SELECT 9 id, 8.0 a, 0.0 b', 'scale=minmax');
SELECT id, distance FROM mine_neighbors('SELECT 1 id, 3 a, 4 b UNION ALL SELECT 2, 3, 4', 'SELECT 9 id, 6 a, 8 b', 'metric=cosine');

-- A source of one row, by every metric.
SELECT 'euclidean' AS metric, distance FROM mine_neighbors('SELECT 1 id, 7 a', 'SELECT 9 id, 8 a')
UNION ALL SELECT 'none', distance FROM mine_neighbors('SELECT 1 id, 7 a', 'SELECT 9 id, 8 a', 'scale=none')
UNION ALL SELECT 'manhattan', distance FROM mine_neighbors('SELECT 1 id, 7 a', 'SELECT 9 id, 9 a', 'metric=manhattan')
UNION ALL SELECT 'gower', distance FROM mine_neighbors('SELECT 1 id, 7 a', 'SELECT 9 id, 8 a', 'metric=gower')
UNION ALL SELECT 'text', distance FROM mine_neighbors('SELECT 1 id, ''DE'' a', 'SELECT 9 id, ''FR'' a');

-- Gower: the range is over both sources; a model has its own.
SELECT id, distance FROM mine_neighbors('SELECT 1 id, ''DE'' country, 10 age UNION ALL SELECT 2, ''DE'', 20 UNION ALL SELECT 3, ''DE'', 30',
  'SELECT 9 id, ''FR'' country, 10 age', 'metric=gower');
SELECT id, distance FROM mine_neighbors('SELECT 1 id, 0 age UNION ALL SELECT 2, 10', 'SELECT 9 id, 40 age', 'metric=gower');
CREATE TABLE ages(id INTEGER PRIMARY KEY, age, y); INSERT INTO ages VALUES (1, 0, 'p'), (2, 10, 'q');
SELECT mine_train('old', 'knn', 'ages', 'target=y, positive=q, k=1, metric=gower, holdout=0') AS trained;
SELECT id, distance FROM mine_neighbors('old', 'SELECT 9 id, 40 age');
SELECT prediction FROM mine_predict('old', 'SELECT 9 id, 40 age');

-- Nothing in common: no distance.
SELECT query_id, id, distance FROM mine_neighbors('SELECT 1 id, 10 age, NULL plan UNION ALL SELECT 2, NULL, ''basic''',
  'SELECT 8 id, NULL age, ''basic'' plan UNION ALL SELECT 9, NULL, NULL', 'metric=gower');

-- k-NN: each row is its own nearest, also along a constant column.
CREATE TABLE rays(id INTEGER PRIMARY KEY, a, b, y); INSERT INTO rays VALUES (1, 1, 0.1, 'p'), (2, 1, 0.2, 'p'), (3, 1, 8, 'q'), (4, 1, 9, 'q');
SELECT mine_train('rays', 'knn', 'rays', 'target=y, positive=q, k=1, metric=cosine, holdout=0') AS trained;
SELECT group_concat(prediction, ' ') AS predicted FROM mine_predict('rays', 'rays');
