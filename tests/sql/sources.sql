-- What may be a source.
.mode list
CREATE TABLE "odd name"(id INTEGER PRIMARY KEY, v REAL, w REAL);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<50)
INSERT INTO "odd name" SELECT i, i%10, i/7.0 FROM n;
CREATE VIEW seen AS SELECT * FROM "odd name";
CREATE TABLE s AS SELECT * FROM "odd name";
ATTACH ':memory:' AS aux;
CREATE TABLE aux.there AS SELECT * FROM "odd name";
CREATE TABLE "SELECT 1" AS SELECT * FROM "odd name" LIMIT 7;
SELECT 'a name with a space', count(*) FROM mine_cluster('odd name','k=2');
SELECT 'quoted', count(*) FROM mine_cluster('"odd name"','k=2');
CREATE TABLE "客户 ""1""" AS SELECT * FROM "odd name" LIMIT 9;
CREATE TABLE 客户 AS SELECT * FROM "odd name" LIMIT 8;
SELECT 'quotes within quotes', count(*) FROM mine_cluster('main."客户 ""1"""','k=2');
SELECT 'not ASCII', count(*) FROM mine_cluster('main.客户','k=2');
SELECT 'in backticks', count(*) FROM mine_cluster('`odd name`','k=2');
SELECT 'in brackets', count(*) FROM mine_cluster('[odd name]','k=2');
SELECT 'a view', count(*) FROM mine_cluster('seen','k=2');
SELECT 'schema.table', count(*) FROM mine_cluster('aux.there','k=2');
SELECT 'main."odd name"', count(*) FROM mine_cluster('main."odd name"','k=2');
SELECT 'a table called like a query', count(*) FROM mine_cluster('SELECT 1','k=2');
SELECT 'a table called s', count(*) FROM mine_cluster('s','k=2');
SELECT 'a query over it', count(*) FROM mine_cluster('SELECT * FROM s','k=2');
SELECT 'comments and a semicolon', count(*) FROM mine_cluster('/* a */ SELECT * FROM s -- b
  WHERE id < 11; -- c','k=2');
SELECT 'a common table', count(*) FROM mine_cluster('WITH t AS (SELECT * FROM s) SELECT * FROM t','k=2');
SELECT 'values', count(*) FROM mine_cluster('VALUES (1,2.5),(2,3.5),(3,9.5)','k=2');
SELECT 'lower case', count(*) FROM mine_cluster('select * from s','k=2');
SELECT 'order is kept', group_concat(id) FROM (SELECT id FROM mine_cluster('SELECT * FROM s ORDER BY id DESC LIMIT 5','k=2'));
SELECT 'a table function', rows FROM mine_profile('SELECT value FROM json_each(''[1,2,3]'')');
SELECT 'our own as a source', count(*) FROM mine_cluster('SELECT id, distance, cluster FROM mine_cluster(''s'',''k=3'')','k=2');
SELECT 'temp before main', count(*) FROM mine_cluster('s','k=2');
CREATE TEMP TABLE s AS SELECT * FROM main.s LIMIT 9;
SELECT 'temp before main', count(*) FROM mine_cluster('s','k=2');
SELECT 'wide: 300 columns', count(*) FROM mine_profile('SELECT ' || (WITH RECURSIVE n(i) AS (VALUES(1)
  UNION ALL SELECT i+1 FROM n WHERE i<300) SELECT group_concat(i || ' AS c' || i) FROM n));
