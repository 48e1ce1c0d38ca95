-- Nothing is guessed in silence: how numbers and missing values are written, codes, JSON, leaks.
.mode list
CREATE TABLE n AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i, i * 37 % 60 AS v FROM n;
CREATE TABLE t AS SELECT CAST(i AS TEXT) AS id, iif(i % 25 = 0, 'NA', CAST(v + 18 AS TEXT)) AS na, replace(printf('%.1f', v / 2.0), '.', ',') AS comma,
  v || '%' AS pct, '$' || v || '.00' AS money, CASE v WHEN 7 THEN '1e+05' ELSE CAST(99990 + v AS TEXT) END AS r_export,
  '1' || char(160) || (100 + v) AS nbsp FROM n;
SELECT mine_train('k', 'kmeans', 't', 'k=3');
SELECT item, name, detail FROM mine_summary('k') WHERE item IN ('feature', 'numbers', 'missing', 'warning');
-- said, all of them are numbers, and the summary says how they were read
SELECT mine_train('k', 'kmeans', 't', 'k=3, numeric=pct|money|r_export|nbsp, decimal=comma, na=NA');
UPDATE t SET money = '$' || replace(substr(money, 2), '.', ',');
SELECT mine_train('k', 'kmeans', 't', 'k=3, numeric=pct|money|r_export|nbsp, decimal=comma, na=NA');
SELECT item, name, detail FROM mine_summary('k') WHERE item IN ('numbers', 'missing', 'warning');
SELECT name, detail FROM mine_summary('k') WHERE item = 'feature';
-- and so are tonight's rows, which the model reads as it learned
SELECT count(*), sum(missing), count(cluster) FROM (SELECT p.missing, p.prediction AS cluster FROM mine_predict('k', 't') p);
SELECT count(*) FROM mine_predict('k', 't') p JOIN mine_predict('k', 'SELECT i AS id, iif(i % 25 = 0, NULL, v + 18) AS na, v / 2.0 AS comma, v AS pct,
  v AS money, CASE v WHEN 7 THEN 1e5 ELSE 99990 + v END AS r_export, 1100 + v AS nbsp FROM n') q ON q.id = CAST(p.id AS INTEGER) AND q.prediction = p.prediction AND q.missing = p.missing;
-- the same when the numbers are declared INTEGER
CREATE TABLE typed(id INTEGER PRIMARY KEY, na INTEGER, w INTEGER);
INSERT INTO typed SELECT id, na, 1 + v % 3 FROM t JOIN n ON i = CAST(id AS INTEGER);
SELECT mine_train('k', 'kmeans', 'SELECT id, na FROM typed', 'k=3');
SELECT mine_train('k', 'kmeans', 'SELECT id, na FROM typed', 'k=3, na=NA');
SELECT mine_train('k', 'kmeans', 'SELECT id, iif(id = 3, ''abc'', na) AS na FROM typed', 'k=3');
SELECT mine_train('k', 'kmeans', 'SELECT id, iif(id = 3, ''18,5'', na) AS na FROM typed', 'k=3');
SELECT mine_train('k', 'kmeans', 'SELECT id, iif(id = 3, ''abc'', na) AS na FROM typed', 'k=3, na=NA|abc');
SELECT name, detail FROM mine_summary('k') WHERE item = 'missing';
SELECT mine_train('k', 'kmeans', 'SELECT id, na FROM typed', 'k=3, na=-999');
-- words among categories are levels, unless they are named
SELECT mine_train('c', 'tree', 'SELECT i AS id, v, CASE i % 5 WHEN 0 THEN ''?'' WHEN 1 THEN ''red'' ELSE ''blue'' END AS colour, v > 20 AND i % 7 < 5 AS y FROM n', 'target=y');
SELECT detail FROM mine_summary('c') WHERE name = 'colour';
SELECT mine_train('c', 'tree', 'SELECT i AS id, v, CASE i % 5 WHEN 0 THEN ''?'' WHEN 1 THEN ''red'' ELSE ''blue'' END AS colour, v > 20 AND i % 7 < 5 AS y FROM n', 'target=y, na=?');
SELECT item, detail FROM mine_summary('c') WHERE name = 'colour';
SELECT missing, unknown FROM mine_predict('c', 'SELECT 1 AS id, 3 AS v, ''?'' AS colour');
SELECT missing, unknown FROM mine_predict('c', 'SELECT 1 AS id, 3 AS v, ''-'' AS colour');
-- targets: a few words do not change the task; other texts do, and it is said
SELECT mine_train('y', 'tree', 'SELECT id, w, iif(id % 10 = 0, ''n/a'', id % 97 + w) AS y FROM typed', 'target=y');
SELECT item, name, detail FROM mine_summary('y') WHERE item IN ('target', 'rows');
SELECT mine_train('y', 'tree', 'SELECT id, w, na, iif(id = 10, ''about 5'', CAST(id % 9 AS TEXT)) AS y FROM typed', 'target=y');
SELECT mine_train('y', 'tree', 'SELECT id, w, na, iif(id % 50 = 0, ''NA'', iif(id % 3, ''yes'', ''no'')) AS y FROM typed', 'target=y, na=n/a');
SELECT mine_train('y', 'tree', 'SELECT id, w, na, iif(id % 50 = 0, ''NA'', iif(id % 3, ''yes'', ''no'')) AS y FROM typed', 'target=y, na=NA');
-- codes
CREATE TABLE codes AS SELECT i AS customer_id, 'A' || (500000 + i * 31 % 2001) AS code, 500000 + i * 31 % 2001 AS account_no, 2000 - i AS backwards, v AS age,
  i * 7919 % 5003 / 10.0 AS spend, CAST(i * 31 % 2001 AS TEXT) AS text_no, 500000 + i * 31 % 1900 AS phone FROM n;
SELECT mine_train('k', 'kmeans', 'codes', 'k=3');
SELECT item, name, detail FROM mine_summary('k') WHERE item IN ('dropped', 'warning', 'numbers');
SELECT mine_train('k', 'kmeans', 'codes', 'k=3, ignore=*code|*_no|PHONE*|back????s');
SELECT mine_train('k', 'kmeans', 'codes', 'k=3, ignore=x*');
SELECT mine_train('k', 'kmeans', 'codes', 'k=3, ignore=*');
SELECT mine_train('k', 'kmeans', 'SELECT customer_id, age, spend FROM codes', 'k=3, categorical=a*, numeric=*');
SELECT name, substr(detail, 1, 12) FROM mine_summary('k') WHERE item = 'feature';
SELECT mine_train('k', 'kmeans', 'codes', 'k=3, ignore=code ignore=phone');
-- JSON
SELECT mine_train('k', 'kmeans', 'SELECT i AS id, v, json_array(v % 3, ''x'') AS tags, json_object(''a'', v % 2) AS more FROM n', 'k=3');
SELECT item, name, detail FROM mine_warnings;
-- a row number of a file sorted by the target; a feature that carries the model; scores written back into the table
CREATE TABLE houses AS SELECT i, i * 7919 % 997 AS size, i % 4 AS rooms, i * 7919 % 997 * 100 + i * 31 % 60000 AS price FROM n;
CREATE TABLE sorted AS SELECT 'h' || i AS id, row_number() OVER (ORDER BY price, i) AS row, size, rooms, price FROM houses ORDER BY price, i;
SELECT mine_train('r', 'tree', 'sorted', 'target=price');
SELECT mine_train('r', 'tree', 'SELECT id, row * 0.5 AS rank, size, rooms, price FROM sorted ORDER BY size, id', 'target=price');
SELECT name, detail FROM mine_summary('r') WHERE item = 'warning';
SELECT mine_train('r', 'tree', 'SELECT id, size, rooms, price FROM sorted', 'target=price');
CREATE TABLE callers AS SELECT id, size, rooms, row * 17 % 101 AS z, iif(size * 3 + rooms * 900 + row * 7919 % 2500 > 3500, 'yes', 'no') AS y FROM sorted;
SELECT mine_train('b', 'tree', 'callers', 'target=y, max_depth=5');
CREATE TABLE scored AS SELECT c.*, p.probability AS risk FROM callers c JOIN mine_predict('b', 'callers') p USING (id);
SELECT mine_train('b', 'tree', 'scored', 'target=y, max_depth=5');
SELECT count(*) > 0 FROM mine_cross_validate('tree', 'scored', 'target=y, max_depth=5');
-- What stands for missing in the target and the weight does so when a model is measured, too.
CREATE TABLE asked AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)
SELECT 'k' || i AS id, i*7%31 AS calls, CASE WHEN i%10 = 3 THEN 'weiß nicht' WHEN i*7%31 > 12 THEN 'ja' ELSE 'nein' END AS bought,
  CASE WHEN i%9 = 4 THEN '--' ELSE i*7%31*2 || ',5' END AS spent, i%3 || ',5' AS counts FROM n;
SELECT mine_train('bought', 'tree', 'asked', 'target=bought, na=weiß nicht|--, ignore=spent|counts');
SELECT metric, value FROM mine_evaluate('bought', 'asked') WHERE metric IN ('rows', 'accuracy');
SELECT mine_train('spent', 'tree', 'asked', 'target=spent, decimal=comma, weight=counts, ignore=bought');
SELECT metric, round(value, 3) FROM mine_evaluate('spent', 'asked') WHERE metric IN ('rows', 'rmse');
-- A look at a table tells what training would ask for; a verb that finds no numbers tells which texts are some.
CREATE TABLE looked AS SELECT 'k' || i AS id, printf('%,d', i * 997) AS price, (i % 9) || '%' AS off, (i % 9) || ',5' AS weight,
  printf('%02d/%02d/2024', 1 + i % 12, 1 + i % 12) AS day, CAST(CASE WHEN i % 20 THEN i % 7 ELSE 'soon' END AS TEXT) AS wait, i % 5 AS plain, 'x' || (i % 3) AS kind
FROM n WHERE i <= 100;
SELECT "column", type FROM mine_profile('looked');
SELECT name, detail FROM mine_warnings;
SELECT * FROM mine_correlate('SELECT id, price, plain FROM looked');
SELECT * FROM mine_anova('SELECT id, weight, plain FROM looked', 'categorical=plain');
SELECT * FROM mine_ttest('SELECT id, off, CASE WHEN plain > 2 THEN ''a'' ELSE ''b'' END AS half FROM looked');
