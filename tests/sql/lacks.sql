-- What is not there is listed whole, and what may be missing is said.
.read tests/sql/setup.inc
.mode list
CREATE TABLE wide AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 200)
SELECT i AS id, iif(i * 7 % 31 > 15, 'yes', 'no') AS y, i * 7 % 31 AS a1, i * 3 % 31 AS a2, i * 5 % 31 AS a3, i * 4 % 31 AS a4, i * 6 % 31 AS a5,
  i * 8 % 31 AS a6, i * 9 % 31 AS a7, i * 10 % 31 AS a8, i * 11 % 31 AS a9, i * 12 % 31 AS b1, i * 13 % 31 AS b2, i * 14 % 31 AS b3, i * 15 % 31 AS b4,
  i * 16 % 31 AS b5, i * 17 % 31 AS b6, i * 18 % 31 AS b7, i * 19 % 31 AS b8, nullif(i * 20 % 31, 3) AS b9, nullif(i * 21 % 31, 4) AS c1,
  i * 22 % 31 AS c2, i * 23 % 31 AS c3, i * 24 % 31 AS c4 FROM n;
SELECT mine_train('w', 'tree', 'wide', 'target=y, id=id') IS NOT NULL;
SELECT mine_train('strict', 'tree', 'SELECT id, y, a1, a2 FROM wide', 'target=y, id=id, missing=error') IS NOT NULL;
SELECT mine_train('skips', 'tree', 'SELECT id, y, a1, a2 FROM wide', 'target=y, id=id, missing=skip') IS NOT NULL;
SELECT mine_train('churn', 'tree', 'customers', 'target=churned') IS NOT NULL;
-- 20 of 22, all by name
SELECT mine_predict('w', 'a1', 1, 'a2', 2);
SELECT mine_probability('w', 'yes', 'a1', 1);
SELECT mine_predict('churn', 'plan', 'gold', 'spend', 3);
SELECT mine_predict('strict', 'a1', 1);
SELECT mine_predict('skips', 'a1', 1);
SELECT mine_predict('skips', 'a1', 1, 'a2', NULL) IS NULL;
SELECT count(*) FROM mine_predict('w', 'SELECT id, a1, a2 FROM wide');
-- lists of models that stop at ten say so; ten are ten
SELECT count(mine_train('model ' || value, 'kmeans', 'SELECT id, a1 FROM wide', 'k=2')) FROM json_each('[10,11,12,13,14,15]');
SELECT * FROM mine_summary('modell');
SELECT count(mine_train('model ' || value, 'kmeans', 'SELECT id, a1 FROM wide', 'k=2')) FROM json_each('[16,17]');
SELECT * FROM mine_summary('modell');
-- lists of classes too
SELECT mine_train('many', 'tree', 'SELECT id, (a1 % 25) || '' c'' AS class, a2, a3 FROM wide', 'target=class, min_samples_leaf=1') IS NOT NULL;
SELECT mine_probability('many', 'x', 'a2', 1, 'a3', 2);
SELECT count(*) FROM mine_predict('many', 'wide', 'class=x');
SELECT mine_export('many', 'call', NULL, 'what=probability');
