-- A scored row never sees a model that is no longer there: after retraining, a
-- rollback, a savepoint, the same name in another schema.
CREATE TABLE low(id INTEGER PRIMARY KEY, x REAL, y TEXT);
CREATE TABLE high(id INTEGER PRIMARY KEY, x REAL, y TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<100)
INSERT INTO low SELECT i, i, CASE WHEN i < 20 THEN 'a' ELSE 'b' END FROM n;
INSERT INTO high SELECT id, x, CASE WHEN x < 80 THEN 'a' ELSE 'b' END FROM low;
SELECT 'x=50 is b when trained on low, a when trained on high';
SELECT length(mine_train('m','tree','low','target=y')) > 0;
SELECT 'low', mine_predict('m','x',50);
BEGIN;
SELECT length(mine_train('m','tree','high','target=y')) > 0;
SELECT 'high, in the transaction', mine_predict('m','x',50);
ROLLBACK;
SELECT 'low, after the rollback', mine_predict('m','x',50);
BEGIN;
SAVEPOINT s;
SELECT length(mine_train('m','tree','high','target=y')) > 0;
SELECT 'high, in the savepoint', mine_predict('m','x',50);
ROLLBACK TO s;
SELECT 'low, after ROLLBACK TO', mine_predict('m','x',50);
RELEASE s;
COMMIT;
SELECT length(mine_train('temp.m','tree','high','target=y')) > 0;
SELECT 'low in main, high in temp', mine_predict('m','x',50), mine_predict('temp.m','x',50);
SELECT 'within one statement: the row after the training sees it';
SELECT id, CASE id WHEN 2 THEN length(mine_train('m','tree','high','target=y')) > 0
  ELSE mine_predict('m','x',50) END FROM low WHERE id <= 3;
SELECT 'in a trigger';
CREATE TABLE incoming(id INTEGER PRIMARY KEY, x REAL, score TEXT);
CREATE TRIGGER scored AFTER INSERT ON incoming BEGIN
  UPDATE incoming SET score = mine_predict('m','x',new.x) WHERE id = new.id;
END;
INSERT INTO incoming(x) VALUES (10), (50), (90);
SELECT length(mine_train('m','tree','low','target=y')) > 0;
INSERT INTO incoming(x) VALUES (10), (50), (90);
SELECT * FROM incoming;
SELECT 'in a permanent view';
CREATE VIEW judged AS SELECT id, mine_predict('m','x',x) AS y FROM low;
SELECT y, count(*) FROM judged GROUP BY 1;
SELECT 'a stored model that no longer reads is no obstacle to its remedy';
UPDATE mine_models SET model = substr(model, 1, 100) WHERE name = 'm';
SELECT mine_predict('m','x',50);
SELECT length(mine_train('m','tree','high','target=y')) > 0;
SELECT mine_predict('m','x',50);
