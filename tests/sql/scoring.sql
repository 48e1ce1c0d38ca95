-- Scoring sets: joins by id, writing while reading, one class, gaps.
.mode box
CREATE TABLE c(id INTEGER PRIMARY KEY, age INTEGER, plan TEXT, churn TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<1000)
INSERT INTO c SELECT i, 18+(i*37)%60, CASE i%3 WHEN 0 THEN 'gold' WHEN 1 THEN 'silver' ELSE 'basic' END,
  CASE WHEN (i*37)%60 + i%7 < 30 THEN 'yes' ELSE 'no' END FROM n;
SELECT length(mine_train('m','tree','c','target=churn')) > 0 AS trained;
-- The id finds its row whatever its type, and a LEFT JOIN keeps all customers.
CREATE TABLE as_text AS SELECT CAST(id AS TEXT) AS id, age, plan FROM c WHERE id <= 3;
INSERT INTO as_text VALUES ('07', 30, 'gold'), ('8.0', 70, 'gold'), ('9e0', 30, 'gold');
SELECT c.id, p.id, p.prediction FROM c LEFT JOIN mine_predict('m','as_text') p ON p.id = c.id WHERE c.id <= 10;
SELECT count(*) AS rows, count(prediction) AS scored FROM c LEFT JOIN mine_predict('m','c') USING(id);
SELECT id, prediction FROM mine_predict('m','c') WHERE id IN (5, '7', 9.0, 'x', NULL);
-- The order of the source is kept; LIMIT stops early.
SELECT id FROM mine_predict('m','SELECT * FROM c ORDER BY id DESC') LIMIT 3;
-- Writing into the table that is being scored does not see its own rows.
CREATE TABLE grown AS SELECT id, age, plan FROM c;
INSERT INTO grown SELECT id + 5000, 30, 'gold' FROM mine_predict('m','grown');
SELECT count(*) AS rows FROM grown;
ALTER TABLE grown ADD COLUMN score;
-- UPDATE ... FROM takes the verb itself as well as a subquery around it, in every release of SQLite from 3.38 on.
UPDATE grown SET score = p.prediction FROM mine_predict('m','c') p WHERE p.id = grown.id;
SELECT count(*) AS rows, count(score) AS scored FROM grown;
CREATE TABLE named(id TEXT PRIMARY KEY, age, plan, a, b, c, d) WITHOUT ROWID;
INSERT INTO named SELECT id, age, plan, NULL, NULL, NULL, NULL FROM c;
UPDATE named SET a = p.prediction FROM (SELECT id, prediction FROM mine_predict('m','named')) p WHERE p.id = named.id;
UPDATE named SET b = p.prediction FROM mine_predict('m','named') AS p WHERE p.id = named.id;
UPDATE named AS t SET c = prediction FROM c AS other JOIN mine_predict('m','named','class=no') AS p ON p.id = other.id WHERE p.id = t.id;
CREATE VIEW seen AS SELECT id, age, plan, d FROM named;
CREATE TRIGGER seen_d INSTEAD OF UPDATE ON seen BEGIN UPDATE named SET d = new.d WHERE id = new.id; END;
UPDATE seen SET d = p.prediction FROM mine_predict('m','seen') AS p WHERE p.id = seen.id;
SELECT count(*) AS rows, count(a) AS a, sum(a IS b) AS b, sum(a IS c) AS c, sum(a IS d) AS d FROM named;
-- Columns in another order, a column too many, gaps and a plan never seen.
SELECT id, prediction, missing, unknown FROM
  mine_predict('m','SELECT ''a'' AS id, ''platinum'' AS plan, 1 AS more, 25 AS age
                    UNION ALL SELECT ''b'', NULL, 1, NULL');
SELECT id, round(probability,3) AS p, round(confidence,3) AS c FROM mine_predict('m','SELECT * FROM c LIMIT 3','class=no');
SELECT id, class, round(probability,3) AS p FROM mine_probabilities('m','SELECT * FROM c LIMIT 2');
-- Set and row agree.
SELECT count(*) AS differ FROM c JOIN mine_predict('m','c') p USING(id)
 WHERE p.prediction IS NOT mine_predict('m','plan',plan,'age',age)
    OR p.probability IS NOT mine_probability('m','yes','age',age,'plan',plan)
    OR p.prediction IS NOT mine_predict('m',json_object('age',age,'plan',plan));
-- A TEMP view may hold a source; hidden arguments can be named.
CREATE TEMP VIEW risky AS SELECT id, probability FROM mine_predict('m','c') WHERE probability > 0.9;
SELECT count(*) > 0 AS some FROM risky;
SELECT count(*) AS rows, _model AS model FROM mine_predict WHERE _model='m' AND _source='c';
EXPLAIN QUERY PLAN SELECT * FROM c LEFT JOIN mine_predict('m','c') USING(id);
-- A correlated subquery runs the model once a statement, not once a row.
SELECT count((SELECT prediction FROM mine_predict('m','c') p WHERE p.id = c.id)) AS found FROM c;
-- Set and row agree for clusters and neighbours, too.
SELECT length(mine_train('seg','kmeans','c','k=4, ignore=churn')) > 0 AS trained;
SELECT length(mine_train('near','knn','c','target=churn, k=5')) > 0 AS trained;
SELECT count(*) AS rows, sum(p.prediction IS NOT mine_predict('seg','age',age,'plan',plan)) AS differ
  FROM c JOIN mine_predict('seg','c') p USING(id);
SELECT count(*) AS rows, sum(p.probability IS NOT mine_probability('near','yes','age',age,'plan',plan)) AS differ
  FROM c JOIN mine_predict('near','c') p USING(id);
