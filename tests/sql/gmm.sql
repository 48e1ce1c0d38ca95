-- Gaussian mixtures: clusters that overlap, with shares.
.headers on
-- Two groups by hand: 60 rows of a long ellipse, 40 of a round one across its end.
CREATE TABLE visits AS WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n LIMIT 100)
SELECT i AS id,
  CASE WHEN i < 60 THEN i * 37 % 61 * 1.0 ELSE 100 + i * 7 % 11 END AS minutes,
  CASE WHEN i < 60 THEN i * 37 % 61 * 0.5 + i * 13 % 5 ELSE 10 + i * 5 % 9 END AS pages FROM n;
SELECT mine_train('parts', 'gmm', 'visits', 'max_k=4, id=id') AS trained;
SELECT metric, round(value, 3) AS value FROM mine_evaluate('parts');
SELECT cluster, rows, feature, round(value, 3) AS value, round(overall, 3) AS overall FROM mine_centroids('parts');
SELECT name, round(value, 4) AS value FROM mine_coefficients('parts');
-- Shares of a row sum to 1, its cluster has the largest; far away, distance tells.
SELECT id, class, round(probability, 6) AS probability FROM mine_probabilities('parts', 'SELECT 1 AS id, 30 AS minutes, 16 AS pages UNION ALL SELECT 2, 80, 14 UNION ALL SELECT 3, NULL, NULL');
SELECT id, prediction, round(distance, 4) AS distance FROM mine_predict('parts', 'SELECT 1 AS id, 30 AS minutes, 16 AS pages UNION ALL SELECT 2, 80, 14 UNION ALL SELECT 3, NULL, NULL UNION ALL SELECT 4, 1e300, 1e300');
SELECT mine_predict('parts', 'minutes', 30, 'pages', 16) AS one, mine_probability('parts', 2, 'minutes', 105, 'pages', 14) > 0.99 AS sure;
-- The four forms; from given centres; the table function; all threads give the same rows.
SELECT column1 AS covariance, (SELECT count(DISTINCT cluster) FROM mine_cluster('visits', 'algorithm=gmm, id=id, k=2, covariance=' || column1)) AS clusters
FROM (VALUES ('full'), ('tied'), ('diagonal'), ('spherical'), ('auto'));
SELECT cluster, count(*) AS rows FROM mine_cluster('visits', 'algorithm=gmm, id=id, init="SELECT minutes, pages FROM visits WHERE id IN (3, 70)"') GROUP BY cluster;
SELECT (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('visits', 'algorithm=gmm, id=id, k=3, threads=1')) =
       (SELECT group_concat(cluster || ' ' || distance) FROM mine_cluster('visits', 'algorithm=gmm, id=id, k=3, threads=2')) AS same;
SELECT mine_train('tied', 'gmm', 'visits', 'k=2, id=id, covariance=tied') IS NOT NULL AS trained;
SELECT name, round(value, 4) AS value FROM mine_coefficients('tied');
-- A column that follows from another: singular, and told.
SELECT mine_train('flat', 'gmm', 'SELECT id, minutes, pages, 2 * minutes + 1 AS twice FROM visits', 'k=2, id=id') AS trained;
SELECT item, name, detail FROM mine_warnings;
-- Levels of a category always are.
SELECT mine_train('mixed', 'gmm', 'SELECT id, minutes, pages, CASE id % 3 WHEN 0 THEN ''web'' ELSE ''shop'' END AS channel FROM visits', 'k=2, id=id') AS trained;
SELECT mine_train('mixed', 'gmm', 'SELECT id, minutes, pages, CASE id % 3 WHEN 0 THEN ''web'' ELSE ''shop'' END AS channel FROM visits', 'k=2, id=id, covariance=diagonal') AS trained;
SELECT name, round(value, 4) AS value FROM mine_coefficients('mixed') WHERE name LIKE '%| 1';
-- What it cannot do.
SELECT mine_train('no', 'gmm', 'SELECT id, minutes FROM visits LIMIT 5', 'k=6, id=id');
SELECT mine_train('no', 'gmm', 'SELECT id, id % 2 AS flag FROM visits', 'k=3, id=id');
SELECT mine_train('no', 'gmm', 'visits', 'covariance=round');
SELECT length(mine_export('parts', 'pmml')) FROM visits LIMIT 1;
SELECT item, name, detail FROM mine_summary('parts') WHERE item IN ('k', 'fit', 'chosen');
