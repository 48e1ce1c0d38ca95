-- What sets clusters apart, in sentences; names that stay; who moved; how good a clustering is.
.headers on
CREATE TABLE shoppers(id INTEGER PRIMARY KEY, spend REAL, visits INTEGER, plan TEXT, member INTEGER, joined TEXT, kind TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 300)
INSERT INTO shoppers SELECT i,
  CASE i % 3 WHEN 0 THEN 500 + i * 7 % 40 WHEN 1 THEN 100 + i * 11 % 30 ELSE 20 + i * 5 % 17 END,
  CASE i % 3 WHEN 0 THEN 30 + i % 7 WHEN 1 THEN 4 + i % 3 ELSE 15 + i % 5 END,
  CASE WHEN i % 3 = 0 AND i % 5 THEN 'gold' WHEN i % 3 = 1 OR i % 8 = 2 THEN 'silver' ELSE 'basic' END,
  i % 3 = 0 OR i % 7 = 1,
  date('2020-01-01', ((i % 3) * 400 + i % 30) || ' days'),
  CASE i % 3 WHEN 0 THEN 'best' WHEN 1 THEN 'rare' ELSE 'small' END FROM n;
CREATE VIEW shopping AS SELECT id, spend, visits, plan, member, joined FROM shoppers;
SELECT mine_train('seg', 'kmeans', 'shopping', 'k=3, keep=3') AS trained;
SELECT cluster, label, rows, round(share, 3) AS share, rank, feature,
  CASE typeof(value) WHEN 'real' THEN round(value, 3) ELSE value END AS value,
  CASE typeof(overall) WHEN 'real' THEN round(overall, 3) ELSE overall END AS overall,
  round(z, 2) AS z, round(lift, 2) AS lift, sentence FROM mine_segments('seg');
SELECT cluster, label, sentence FROM mine_segments('seg', NULL, 'top=2, lang=zh');
-- Of some rows of a source only: shares are of these.
SELECT cluster, rows, round(share, 2) AS share, sentence FROM mine_segments('seg', 'SELECT * FROM shoppers WHERE id <= 60', 'top=1');
-- Half, nine tenths ... of the rows are no farther from their centre.
SELECT s.cluster, (SELECT round(avg(distance <= s.distance_p50), 2) FROM mine_predict('seg', 'shopping') WHERE prediction = s.cluster) AS half,
  (SELECT round(avg(distance <= s.distance_p90), 2) FROM mine_predict('seg', 'shopping') WHERE prediction = s.cluster) AS most
FROM mine_segments('seg', NULL, 'top=1') AS s;
SELECT id FROM mine_predict('seg', 'SELECT * FROM shopping UNION ALL SELECT 999, 9000, 1, ''gold'', 1, ''2020-05-05''') AS p
WHERE distance > 2 * (SELECT distance_p99 FROM mine_segments('seg') AS s WHERE s.cluster = p.prediction AND s.rank = 1);
-- A name is the label from now on; predictions are what they were.
CREATE TEMP TABLE before AS SELECT id, prediction FROM mine_predict('seg', 'shopping');
SELECT mine_name_cluster('seg', (SELECT prediction FROM before WHERE id = 3), 'Best friends') AS named;
SELECT DISTINCT p.label, p.prediction = b.prediction AS same FROM mine_predict('seg', 'shopping') AS p JOIN before AS b USING (id) ORDER BY 1;
SELECT DISTINCT label FROM mine_segments('seg') ORDER BY 1;
SELECT mine_name_cluster('seg', 'Best friends', 'Friends') AS renamed;
SELECT mine_name_cluster('SEG ', 'Friends', '') AS gone;
SELECT count(*) AS numbers FROM mine_predict('seg', 'shopping') WHERE label = CAST(prediction AS TEXT);
SELECT mine_name_cluster('seg', 1, 'one'), mine_name_cluster('seg', 2, 'two');
SELECT mine_name_cluster('seg', 2, 'one');
SELECT mine_name_cluster('seg', 3, '1');
BEGIN;
SELECT mine_name_cluster('seg', 3, 'three') AS open;
ROLLBACK;
SELECT DISTINCT label FROM mine_predict('seg', 'shopping') ORDER BY 1;
-- The same rows again: the same numbers and names, and nothing to tell.
SELECT mine_train('seg', 'kmeans', 'shopping', 'k=3, keep=3') AS again;
SELECT DISTINCT label FROM mine_predict('seg', 'shopping') ORDER BY 1;
SELECT name, detail FROM mine_summary('seg') WHERE item = 'aligned';
-- Fewer of the one that was first: it keeps its number and name, and what changed is told.
SELECT mine_train('seg', 'kmeans', 'SELECT * FROM shopping WHERE id % 3 <> 0 OR id % 7 = 0', 'k=3, keep=3') AS later;
SELECT name, detail FROM mine_summary('seg') WHERE item = 'aligned';
SELECT from_cluster, from_label, to_cluster, to_label, rows, round(share, 2) AS share FROM mine_migration('seg@2', 'seg', 'shopping');
-- One more, one fewer, and numbered anew.
SELECT mine_train('seg', 'kmeans', 'SELECT * FROM shopping UNION ALL SELECT id + 1000, -800 - id % 9, 90 + id % 5, ''basic'', 0, ''2030-01-01'' FROM shopping WHERE id <= 50', 'k=4, keep=3') AS more;
SELECT name, detail FROM mine_summary('seg') WHERE item = 'aligned';
SELECT from_cluster, from_label, to_cluster, to_label, rows FROM mine_migration('seg@3', 'seg@4', 'shopping');
SELECT mine_train('seg', 'kmeans', 'shopping', 'k=2') AS fewer;
SELECT name, detail FROM mine_summary('seg') WHERE item = 'aligned';
SELECT mine_train('seg', 'kmeans', 'shopping', 'k=3, align=0') AS anew;
SELECT count(*) AS named FROM mine_predict('seg', 'shopping') WHERE label <> CAST(prediction AS TEXT);
SELECT count(*) AS told FROM mine_summary('seg') WHERE item = 'aligned';
-- A clustering that is another altogether is not compared with words.
SELECT mine_train('seg', 'kmeans', 'SELECT id, visits AS v FROM shopping', 'k=2') AS other;
-- How good it is, on a source; against what the rows should be.
SELECT mine_train('seg', 'kmeans', 'shopping', 'k=3') IS NOT NULL AS trained;
SELECT metric, round(value, 6) AS value FROM mine_evaluate('seg', 'shoppers', 'label=kind');
SELECT metric, round(value, 4) AS value FROM mine_evaluate('seg', 'shopping') WHERE metric LIKE 'sil%';
SELECT * FROM mine_evaluate('seg', 'shoppers', 'label=plan');
SELECT * FROM mine_evaluate('seg', 'shopping', 'label=nobody');
-- Groups have segments of their own.
SELECT mine_train('parts', 'kmeans', 'shoppers', 'k=2, group=kind') IS NOT NULL AS trained;
SELECT group_value, cluster, rows, rank FROM mine_segments('parts', NULL, 'top=1');
SELECT * FROM mine_segments('parts', 'shoppers');
SELECT mine_name_cluster('parts', 1, 'x');
-- One cluster of everything: nothing sets it apart.
SELECT cluster, label, rows, share, rank, feature, sentence FROM mine_segments((SELECT mine_fit('kmeans', 'shopping', 'k=1')));
