-- A model that leaves as SQL: the call in both forms, pasted; the trigger, run as it is.
.read tests/sql/setup.inc
.mode list
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=3') IS NOT NULL;
SELECT mine_train('plan', 'tree', 'SELECT customer_id, age, spend, plan FROM customers', 'target=plan, max_depth=2') IS NOT NULL;
SELECT mine_train('amount', 'tree', 'SELECT customer_id, age, plan, spend FROM customers', 'target=spend, max_depth=2') IS NOT NULL;
SELECT mine_train('seg', 'kmeans', 'SELECT customer_id, age, spend FROM customers', 'k=3') IS NOT NULL;
SELECT mine_export('churn', 'call');
SELECT mine_export('churn', 'call', NULL);
SELECT mine_export('churn', 'call', NULL, 'prefix=new.');
SELECT mine_export('churn', 'call', NULL, 'what=probability');
SELECT mine_export('churn', 'call', NULL, 'what=probability, class=no, prefix=c.');
SELECT mine_export('churn', 'CALL', NULL, '{"what":"prediction","prefix":"\"my table\"."}');
-- a source must have what the call names
SELECT mine_export('churn', 'call', 'customers');
SELECT mine_export('churn', 'call', 'SELECT customer_id, age, plan FROM customers', 'what=probability');
-- what is pasted runs, and says what the table form says
CREATE TEMP TABLE pasted AS SELECT customer_id,
  mine_predict('churn', 'age', c."age", 'plan', c."plan", 'spend', c."spend") AS prediction,
  mine_probability('churn', 'yes', 'age', c."age", 'plan', c."plan", 'spend', c."spend") AS probability
FROM customers AS c;
SELECT count(*), sum(a.prediction = p.prediction), sum(a.probability = p.probability)
FROM mine_predict('churn', 'customers') AS p JOIN pasted AS a ON a.customer_id = p.id;
-- more than two classes: whose probability?
SELECT mine_export('plan', 'call', NULL, 'what=probability');
SELECT mine_export('plan', 'call', NULL, 'what=probability, class=gold');
SELECT mine_export('plan', 'call', NULL, 'what=probability, class=golden');
SELECT mine_export('amount', 'call', NULL, 'what=probability');
SELECT mine_export('seg', 'call', NULL, 'what=probability');
-- a class that is a number stays one; quotes and odd names survive
CREATE TABLE odd AS SELECT customer_id, age AS "it's ""age""", spend AS "a b", churned = 'yes' AS "left" FROM customers;
SELECT mine_train('o''dd', 'tree', 'odd', 'target=left, max_depth=2') IS NOT NULL;
SELECT mine_export('o''dd', 'call', NULL, 'what=probability, prefix=new.');
-- the trigger: pasted, then a row is inserted
CREATE TABLE inbox(customer_id INTEGER PRIMARY KEY, age, plan, spend, risk, guess);
SELECT mine_export('churn', 'trigger', NULL, 'what=probability, table=inbox, column=risk');
SELECT mine_export('churn', 'trigger', NULL, 'table=inbox, column=guess');
.once export_trigger.sql
SELECT mine_export('churn', 'trigger', NULL, 'what=probability, table=inbox, column=risk');
.read export_trigger.sql
.once export_trigger.sql
SELECT mine_export('churn', 'trigger', NULL, 'table=inbox, column=guess');
.read export_trigger.sql
INSERT INTO inbox(customer_id, age, plan, spend) SELECT customer_id, age, plan, spend FROM customers;
SELECT count(*), sum(i.guess = p.prediction), sum(i.risk = p.probability)
FROM mine_predict('churn', 'customers') AS p JOIN inbox AS i ON i.customer_id = p.id;
CREATE TABLE "in box"("it's ""age""", "a b", "the risk" REAL);
.once export_trigger.sql
SELECT mine_export('o''dd', 'trigger', NULL, 'what=probability, table=in box, column=the risk');
.read export_trigger.sql
INSERT INTO "in box" SELECT "it's ""age""", "a b", NULL FROM odd;
SELECT count(*), sum(i."the risk" = p.probability)
FROM mine_predict('o''dd', 'odd') AS p JOIN "in box" AS i ON i.rowid = p.id;
-- 62 attributes are pairs in both forms, 63 in mine_predict only: a function takes 127 arguments
CREATE TABLE wide AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 60) SELECT i AS id, i % 2 AS y FROM n;
.once export_wide.sql
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 63)
SELECT 'ALTER TABLE wide ADD COLUMN x' || i || '; UPDATE wide SET x' || i || ' = (id * ' || (3 + i) || ') % 67;' FROM n;
.read export_wide.sql
SELECT mine_train('w63', 'tree', 'wide', 'target=y, holdout=0') IS NOT NULL;
SELECT mine_train('w62', 'tree', 'wide', 'target=y, holdout=0, ignore=x63') IS NOT NULL;
SELECT m, mine_export(m, 'call') LIKE '%json%', mine_export(m, 'call', NULL, 'what=probability') LIKE '%json%'
FROM (SELECT 'w62' AS m UNION ALL SELECT 'w63');
CREATE TABLE wider AS SELECT *, NULL AS risk FROM wide WHERE 0;
.once export_trigger.sql
SELECT mine_export('w63', 'trigger', NULL, 'what=probability, table=wider, column=risk');
.read export_trigger.sql
INSERT INTO wider SELECT *, NULL FROM wide;
SELECT count(*), sum(w.risk = p.probability) FROM mine_predict('w63', 'wide') AS p JOIN wider AS w ON w.id = p.id;
-- what would be forgotten in silence is refused
SELECT mine_export('churn', 'call', NULL, 'table=inbox');
SELECT mine_export('churn', 'call', NULL, 'class=yes');
SELECT mine_export('churn', 'call', NULL, 'what=both');
SELECT mine_export('churn', 'trigger');
SELECT mine_export('churn', 'trigger', NULL, 'table=inbox');
SELECT mine_export('churn', 'trigger', NULL, 'table=inbox, column=risk, prefix=old.');
SELECT mine_export((SELECT model FROM mine_models WHERE name = 'churn'), 'trigger', NULL, 'table=inbox, column=risk');
SELECT mine_export('churn', 'fax');
