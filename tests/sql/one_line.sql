-- What the one line of mine_train tells, and what it does not.
CREATE TABLE m30 AS WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM c WHERE i < 30) SELECT i FROM c;
CREATE TABLE m400 AS WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM c WHERE i < 400) SELECT i FROM c;
-- whole numbers that differ in every row: amounts of a few rows (no word) ...
SELECT mine_train('w', 'kmeans', 'SELECT ''c'' || i AS id, i * 7919 % 10007 AS spend, i * 104729 % 99991 AS paid FROM m30', 'k=2');
SELECT mine_train('w', 'kmeans', 'SELECT ''c'' || i AS id, i * 7919 % 99991 AS spend, i * 104729 % 999983 AS amount_paid FROM m400', 'k=2');
-- ... sales that rise in the order of their rows (no word) ...
SELECT mine_train('w', 'kmeans', 'SELECT ''c'' || i AS id, 5000 * i + i * 7919 % 4001 AS sales, i % 7 AS v FROM m400', 'k=2');
-- ... and row numbers, in order, backwards, with holes, in steps of ten, shuffled; codes by their names; codes that repeat
SELECT mine_train('w', 'kmeans', 'SELECT ''c'' || i AS id, i AS a, 500 - i AS b, 3 * i + i % 2 AS c, 10 * i AS d, i * 7919 % 401 AS e, i % 7 AS v FROM m400', 'k=2');
SELECT name, detail FROM mine_summary('w') WHERE item = 'warning';
SELECT mine_train('w', 'kmeans', 'SELECT ''c'' || i AS id, i * 7919 % 10007 AS account_id, i * 7919 % 10009 AS zip, i % 120 AS store_no, i % 50 AS box_no, i % 7 AS v FROM m400', 'k=2');
SELECT name, detail FROM mine_summary('w') WHERE item = 'warning';
SELECT mine_train('w', 'kmeans', 'SELECT ''c'' || i AS id, i AS rank, i % 5 AS v FROM m30', 'k=2');
-- one sentence for all columns of which the same is to be told; a sentence that is cut ends at a word, or where it explains
SELECT mine_train('l', 'kmeans', 'SELECT i AS id, iif(i % 9, i % 7, ''NA'') AS a, iif(i % 8, i % 7, ''NA'') AS b, iif(i % 11, i % 5, ''NA'') AS c, iif(i > 1, i % 5, ''NA'') AS d, iif(i % 7, i % 4, ''-'') AS e FROM m400', 'k=2');
SELECT count(*) FROM mine_summary('l') WHERE item = 'warning';
SELECT mine_train('l', 'tree', 'SELECT ''c'' || i AS id, iif(i % 3, ''a longer word'', ''one: of two, words'') AS outcome, i % 7 AS v FROM m400', 'target=outcome');
SELECT mine_train('l', 'tree', 'SELECT ''c'' || i AS id, iif(i % 3, 1, 2) AS outcome, i % 7 AS v FROM m30', 'target=outcome');
SELECT max(length(CAST(line AS BLOB))) <= 300 FROM (SELECT mine_train('l', 'tree', 'SELECT ''c'' || i AS id, iif(i % 3, ''a'', ''b'') AS ' || column1 || ', i AS ' || column1 || '2, i % 7 AS v, iif(i % 9, i % 7, ''NA'') AS ' || column1 || '3 FROM m400', 'target=' || column1) AS line
FROM (VALUES ('y'), ('a_rather_long_name_of_a_column'), ('a_name_of_a_column_that_is_much_longer_than_anybody_would_type_but_a_program_may'), ('客户是否会在下一个季度之内流失的一个很长的列名客户是否会在下一个季度之内流失')));
-- rows without a target are counted; a first column of dates that became the id is told, and the remedy works
CREATE TABLE days AS SELECT date('2023-01-01', i || ' days') AS day, i * 7919 % 101 + i / 4.0 AS sold, i % 7 AS weekday, i * 31 % 97 / 7.0 AS price FROM m400;
UPDATE days SET sold = NULL WHERE rowid % 40 = 0;
SELECT mine_train('d', 'tree', 'days', 'target=sold');
SELECT name, detail FROM mine_summary('d') WHERE item = 'warning';
SELECT mine_train('d', 'tree', 'days', 'target=sold, id=none, split_by=time, time=day');
-- no id: what the error says to paste works
SELECT mine_train('n', 'tree', 'SELECT weekday, price, sold FROM days', 'target=sold');
SELECT mine_train('n', 'tree', 'SELECT weekday, price, sold FROM days', 'target=sold, id=none');
SELECT mine_train('n', 'tree', 'SELECT rowid, weekday, price, sold FROM days', 'target=sold');
SELECT count(*) FROM days d JOIN mine_predict('n', 'SELECT rowid, * FROM days') p ON p.id = d.rowid;
SELECT mine_train('n', 'tree', 'SELECT sold, weekday, price FROM days', 'target=sold');
SELECT mine_train('n', 'tree', 'SELECT day, sold FROM days', 'target=sold');
-- a feature that carries the model: of many rows, on which it leans; not of a handful, and not one on which it does not lean
CREATE TABLE visits AS SELECT 'c' || i AS id, i * 7919 % 401 AS bill, i % 3 AS party, (i * 7919 % 401) * 0.1 + i * 104729 % 31 AS tip FROM m400;
SELECT mine_train('v', 'tree', 'SELECT * FROM visits LIMIT 200', 'target=tip, max_depth=4');
CREATE TABLE more AS SELECT v.id || '-' || n.i AS id, bill + n.i % 5 AS bill, party, tip + n.i % 3 AS tip FROM visits v, m30 n WHERE n.i <= 5;
SELECT mine_train('v', 'tree', 'more', 'target=tip, max_depth=4');
-- one row held out
SELECT mine_train('o', 'tree', 'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 11) SELECT i AS id, i * 37 % 100 / 10.0 AS x, iif(i * 53 % 40 > 18, ''p'', ''q'') AS y FROM n', 'target=y');
