-- Neighbours of a few points on a line, by hand.
.headers on
CREATE TABLE line(id TEXT, x REAL, y REAL);
INSERT INTO line VALUES ('a',0,0),('b',3,4),('c',6,8),('d',0,1),('e',10,0);
SELECT query_id, rank, id, distance FROM mine_neighbors('line', 'SELECT * FROM line WHERE id = ''a''', 'k=3, scale=none');
-- The same source on both sides: not oneself, unless asked for.
SELECT query_id, id, round(distance, 6) AS distance FROM mine_neighbors('line', 'line', 'k=1, scale=none');
SELECT query_id, id, distance FROM mine_neighbors('line', 'line', 'k=1, scale=none, exclude_self=0');
SELECT rank, id, distance FROM mine_neighbors('line', 'SELECT ''q'', 3.0 AS x, 3.0 AS y', 'k=2, metric=manhattan, scale=none');
SELECT rank, id, round(distance, 6) AS distance FROM mine_neighbors('line', 'SELECT ''q'', 1.0 AS x, 0.0 AS y', 'k=3, metric=cosine');
-- More than there are: all of them.
SELECT count(*) AS rows FROM mine_neighbors('line', 'SELECT ''q'', 1.0 AS x, 0.0 AS y', 'k=100');
-- Mixed kinds of columns.
SELECT query_id, id, round(distance, 4) AS distance FROM mine_neighbors(
  'VALUES (1, 10, ''red''), (2, 20, ''red''), (3, 30, ''blue'')', 'VALUES (9, 12, ''blue'')', 'k=3, metric=gower');
-- A model gives the base rows.
SELECT mine_train('knn', 'knn', 'SELECT id, x, y, x > 2 AS far FROM line', 'target=far, k=1') AS trained;
SELECT rank, id FROM mine_neighbors('knn', 'SELECT ''q'' AS id, 9.0 AS x, 1.0 AS y', 'k=2');
