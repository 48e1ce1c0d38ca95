-- A clustering that keeps the ids of its rows is aligned on its members when it is trained again.
.headers on
CREATE TABLE shoppers(id INTEGER PRIMARY KEY, spend REAL, visits INTEGER);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)
INSERT INTO shoppers SELECT i,
  CASE i % 4 WHEN 0 THEN 500 + i * 7 % 40 WHEN 1 THEN 100 + i * 11 % 30 WHEN 2 THEN 900 + i % 23 ELSE 20 + i * 5 % 17 END,
  CASE i % 4 WHEN 0 THEN 30 + i % 7 WHEN 1 THEN 4 + i % 3 WHEN 2 THEN 60 + i % 5 ELSE 15 + i % 5 END FROM n
WHERE i % 4 < 3 OR i < 300;
SELECT mine_train('m', 'kmeans', 'shoppers', 'k=4, keep_ids=1, keep=5') AS trained;
SELECT name, detail FROM mine_summary('m') WHERE item = 'keeps' OR name = 'keep_ids';
SELECT options FROM mine_models;
SELECT substr(mine_export('m', 'json'), 1, 80) AS exported;
SELECT mine_name_cluster('m', 1, 'First'), mine_name_cluster('m', 2, 'Second'), mine_name_cluster('m', 4, 'Fourth');
-- A name does not cost the ids.
SELECT detail FROM mine_summary('m') WHERE item = 'keeps' AND name = 'ids';
CREATE TEMP TABLE before AS SELECT id, prediction, label FROM mine_predict('m', 'shoppers');
-- The same rows: nothing to tell but the names.
SELECT mine_train('m', 'kmeans', 'shoppers', 'k=4, keep_ids=1, keep=5') AS again;
SELECT name, detail FROM mine_summary('m') WHERE item = 'aligned';
-- Everybody spends ten times as much and comes as seldom as another segment did: centres say nothing of who is who, members do.
CREATE VIEW later AS SELECT id, 10 * spend + 3000 AS spend, 70 - visits AS visits FROM shoppers;
SELECT mine_train('m', 'kmeans', 'later', 'k=4, keep_ids=1, keep=5, scale=none') AS later;
SELECT name, detail FROM mine_summary('m') WHERE item = 'aligned';
SELECT count(*) AS rows, sum(p.prediction = b.prediction AND p.label = b.label) AS same
FROM mine_predict('m', 'later') AS p JOIN before AS b USING (id);
-- A segment with a name is gone: the line and the warnings say which.
SELECT mine_train('m', 'kmeans', 'SELECT * FROM later WHERE id NOT IN (SELECT id FROM before WHERE label = ''Second'')', 'k=3, keep=5, scale=none') AS gone;
SELECT name, detail FROM mine_summary('m') WHERE item IN ('aligned', 'warning');
SELECT count(*) AS ids FROM mine_summary('m') WHERE item = 'keeps' AND name = 'ids';
-- Kept no more: on the centres.  Of other customers: on the centres, and said.
SELECT mine_train('m', 'kmeans', 'SELECT * FROM later WHERE id % 3 > 0', 'k=3, keep=5, scale=none, keep_ids=1') AS centres;
SELECT name, detail FROM mine_summary('m') WHERE item = 'aligned' AND name = '';
SELECT mine_name_cluster('m', 1, 'Again');
SELECT mine_train('m', 'kmeans', 'SELECT id + 1000 AS id, spend, visits FROM later WHERE id % 3 > 0', 'k=3, keep=5, scale=none') AS others;
SELECT name, detail FROM mine_summary('m') WHERE item = 'aligned' AND name = '';
-- Noise counts as gone; texts as ids; any kind of clustering.
CREATE VIEW named AS SELECT 'c' || id AS customer, spend, visits FROM shoppers;
SELECT mine_train('d', 'dbscan', 'named', 'eps=0.5, min_samples=5, keep_ids=1') AS dense;
SELECT name, detail FROM mine_summary('d') WHERE item = 'keeps';
SELECT mine_train('d', 'dbscan', 'SELECT customer, -spend AS spend, visits FROM named ORDER BY customer', 'eps=0.5, min_samples=5, keep_ids=1') AS dense;
SELECT name, detail FROM mine_summary('d') WHERE item = 'aligned';
SELECT mine_train('g', 'gmm', 'named', 'k=2, keep_ids=1') AS mixture, mine_train('a', 'auto', 'named', 'keep_ids=1') AS automatic;
SELECT count(*) AS models FROM mine_models, mine_summary(mine_models.name) WHERE mine_models.name IN ('g', 'a') AND item = 'keeps' AND mine_summary.name = 'ids';
-- What makes no sense.
SELECT mine_train('x', 'kmeans', 'shoppers', 'k=2, keep_ids=1, id=none, ignore=id');
SELECT mine_train('x', 'kmeans', 'SELECT id, spend, visits, id % 2 AS half FROM shoppers', 'k=2, keep_ids=1, group=half');
SELECT mine_train('x', 'kmeans', 'shoppers', 'k=2, keep_ids=1, batch=1');
SELECT * FROM mine_cluster('shoppers', 'k=2, keep_ids=1');
