-- Columns, tables and models are found as SQLite finds identifiers: exactly, else but for
-- case, else but for white space around; two that fit alike are named.
.mode list
CREATE TABLE " Churn data "(id INTEGER PRIMARY KEY, "Plan " TEXT, age REAL, churn INT);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO " Churn data " SELECT i, iif(i % 3, 'a', 'b'), i * 37 % 101, i * 37 % 101 > 50 FROM n;

-- Tables, and the columns that options name.
SELECT mine_train('m', 'tree', ' Churn data ', 'target=churn, ignore="Plan ", holdout=0') LIKE 'm: tree on 200 rows%' AS exact;
SELECT mine_train('m', 'tree', 'churn data', 'target= CHURN , ignore=plan, holdout=0') LIKE 'm: tree on 200 rows%' AS other;
SELECT mine_train('m', 'tree', 'Main.CHURN DATA', 'target=Churn, ignore=PLAN, holdout=0') LIKE 'm: tree on 200 rows%' AS other;
SELECT mine_train('m', 'tree', '  main.churn data', '{"target":" churn","ignore":["plan"],"holdout":0}') LIKE 'm: tree on 200 rows%' AS other;
SELECT mine_train('m', 'tree', (SELECT char(65279) || 'SELECT * FROM " churn data "'), 'target=churn, ignore=plan, holdout=0') LIKE 'm: tree on 200 rows%' AS marked;
SELECT mine_train('m', 'tree', 'SELECT id, age AS Age, age / 2 AS "AGE", churn FROM " Churn data "', 'target=churn, ignore=age');
SELECT mine_train('m', 'tree', 'SELECT id, age AS " age", age / 2 AS "age ", churn FROM " Churn data "', 'target=churn, ignore=age');
CREATE TABLE "x "(a INT, b INT);
INSERT INTO "x " VALUES (1, 2), (2, 3);
SELECT "column" FROM mine_profile('X');
CREATE TABLE " x"(c);
SELECT * FROM mine_profile('x');
SELECT "column" FROM mine_profile('x ');
CREATE TEMP TABLE "x  "(d INT);
INSERT INTO "x  " VALUES (1), (2);
SELECT "column" FROM mine_profile('X'); -- temp is searched first
SELECT * FROM mine_profile('nope');
SELECT * FROM mine_profile('nope.nope');
SELECT * FROM mine_profile('nope.x');

-- A byte order mark is no part of the first column's name, nor of the name that is looked for.
SELECT mine_train('bom', 'tree', 'SELECT id AS "' || char(65279) || 'ID", age, churn FROM " Churn data "', char(123) || '"id":"' || char(65279) || 'id","target":"churn","holdout":0}') LIKE 'bom: tree on 200 rows%' AS marked;
SELECT name FROM mine_summary('bom') WHERE item = 'id';
SELECT count(*), min(id) FROM mine_predict('bom', 'SELECT age, id AS "Id " FROM " Churn data "');
SELECT * FROM mine_predict('bom', 'SELECT age, id AS "Id ", id AS "ID  " FROM " Churn data "');

-- Storing is exact; only looking up falls back, in every verb that takes a model.
SELECT mine_train('M', 'tree', 'churn data', 'target=churn, ignore=plan, holdout=0');
SELECT mine_train('Two', 'tree', 'churn data', 'target=churn, ignore=plan, holdout=0') LIKE 'Two: %' AS stored;
SELECT mine_train('Two ', 'tree', 'churn data', 'target=churn, ignore=plan, holdout=0') LIKE 'Two : %' AS stored;
SELECT name FROM mine_models ORDER BY name;
SELECT count(*) FROM mine_predict('M', 'churn data');
SELECT count(*) FROM mine_predict(' m ', 'churn data');
SELECT count(*) FROM mine_predict('MAIN.M', 'churn data');
SELECT count(*) FROM mine_predict(' Main . M', 'churn data');
SELECT count(*) FROM mine_predict('two', 'churn data');
SELECT count(*) FROM mine_predict('TWO ', 'churn data');
SELECT count(*) FROM mine_predict(' two ', 'churn data');
SELECT count(*) > 0 FROM mine_summary('M');
SELECT count(*) > 0 FROM mine_tree('M');
SELECT count(*) FROM mine_importance('M');
SELECT count(*) > 0 FROM mine_evaluate('M', 'churn data');
SELECT count(*) > 0 FROM mine_confusion('M', 'churn data');
SELECT count(*) > 0 FROM mine_roc('M', 'churn data');
SELECT count(*) > 0 FROM mine_probabilities('M', 'churn data');
SELECT mine_export('M ', 'call');
SELECT mine_predict('zz', 'a', 1);

-- The scalar, whose plan is kept from row to row: each row's model is its own.
SELECT mine_predict('M', 'AGE', 3), mine_predict('m', ' age', 99), mine_predict('M ', '{"Age":99}'), round(mine_probability('M', 1, 'aGe', 3), 3);
SELECT mine_predict('M', 'age', 3, 'AGE', 99);
SELECT mine_predict('M', 'aGE', 3, 'AGE', 99);
SELECT mine_train('n', 'tree', 'SELECT id, age, 1 - churn AS churn FROM " Churn data "', 'target=churn, holdout=0') LIKE 'n: %' AS stored;
SELECT group_concat(mine_predict(name, 'age', 3), ' ') FROM (SELECT column1 AS name FROM (VALUES ('m'), ('N'), ('M'), ('n '), ('M ')));
-- A name that was found by another spelling is not found when its own comes.
CREATE TEMP TABLE seen AS SELECT mine_predict('N', 'age', 3) AS before;
UPDATE mine_models SET name = 'N' WHERE name = 'm';
SELECT before, mine_predict('N', 'age', 3) AS after FROM seen;

-- The base of neighbours: a table as SQLite finds it comes before a model in another spelling.
CREATE TABLE points(id INTEGER PRIMARY KEY, x REAL);
INSERT INTO points VALUES (1, 1.0), (2, 2.0), (3, 5.0);
SELECT mine_train('Points', 'kmeans', 'points', 'k=1') LIKE 'Points: %' AS stored;
SELECT count(*) FROM mine_neighbors('POINTS', 'points', 'k=1');
SELECT count(*) FROM mine_neighbors('Points', 'points', 'k=1');
