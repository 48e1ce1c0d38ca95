-- Rows that stand apart: who, how far, and by which values.
.headers on
.read tests/sql/setup.inc
UPDATE customers SET spend = 9100 WHERE customer_id = 77;
UPDATE customers SET plan = 'platinum', age = 19 WHERE customer_id = 140;
SELECT id, round(score, 3) AS score, rank, reason FROM mine_outliers('customers');
-- Every method finds them.
SELECT id, rank, reason FROM mine_outliers('customers', 'algorithm=lof, share=0.005');
SELECT id, rank, reason FROM mine_outliers('customers', 'algorithm=knn, share=0.005');
SELECT id, rank, reason FROM mine_outliers('customers', 'algorithm=mahalanobis, share=0.005');
-- In Chinese; with one feature named; with none.
SELECT id, reason FROM mine_outliers('customers', 'share=0.005, lang=zh');
SELECT id, reason FROM mine_outliers('customers', 'share=0.005, reasons=1');
SELECT id, reason IS NULL AS untold FROM mine_outliers('customers', 'share=0.005, reasons=0');
-- All rows, ranked by score; equal scores in the order of the source.
SELECT count(*) AS rows, max(rank) AS last, sum(score > 0 AND score < 1) AS inside
FROM mine_outliers('customers', 'share=1');
SELECT id, rank FROM mine_outliers('SELECT 10 - value AS id, value = 3 AS x FROM json_each(''[1,2,3,4,5,6]'')', 'share=1, algorithm=knn, k=2');
-- The same forest for the same seed, another for another.
SELECT count(*) AS same FROM mine_outliers('customers', 'share=1, threads=1') a
JOIN mine_outliers('customers', 'share=1, threads=4') b USING (id, score, rank, reason);
SELECT count(*) < 200 AS other FROM mine_outliers('customers', 'share=1') a
JOIN mine_outliers('customers', 'share=1, seed=2') b USING (id, score);
-- Numbers that are usual by themselves, but not together.
CREATE TABLE pairs AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100)
SELECT i AS id, i * 37 % 101 AS bought, 2.0 * (i * 37 % 101) + i * 13 % 7 AS paid FROM n;
UPDATE pairs SET paid = 40 WHERE id = 30;
SELECT id, round(score, 1) AS score, reason FROM mine_outliers('pairs', 'algorithm=mahalanobis');
-- Dates are told as dates; a gap sets no row apart; rows of gaps only are left out.
SELECT id, rank, reason FROM mine_outliers(
  'SELECT customer_id, date(''2024-01-01'', iif(customer_id = 9, ''+9000'', ''+'' || (customer_id % 50)) || '' days'') AS joined,
     iif(customer_id = 50, NULL, spend) AS spend FROM customers', 'share=0.005');
SELECT count(*) AS rows FROM mine_outliers('VALUES (1, 1, ''a''), (2, NULL, NULL), (3, 2, ''b''), (4, 5, '''')', 'share=1');
SELECT item, name, detail FROM mine_warnings WHERE item = 'warning';
SELECT count(*) AS rows FROM mine_outliers('customers', 'share=1, missing=skip');
-- Rows with more than k twins: places are compared, and that is told.
SELECT id, round(score, 2) AS score FROM mine_outliers(
  'SELECT customer_id, customer_id % 5 AS x, iif(customer_id = 3, 9, customer_id % 3) AS y FROM customers', 'algorithm=lof, k=4, share=0.005');
SELECT name, detail FROM mine_warnings WHERE item = 'warning';
-- Half of the rows in a plane.
SELECT id FROM mine_outliers('SELECT customer_id, age, iif(customer_id % 10 < 7, 0, spend) AS spend FROM customers', 'algorithm=mahalanobis, share=0.005');
SELECT name, substr(detail, 1, 33) AS detail FROM mine_warnings WHERE item = 'warning';
-- What is refused.
SELECT * FROM mine_outliers('customers', 'k=5');
SELECT * FROM mine_outliers('customers', 'algorithm=lof, n_trees=5');
SELECT * FROM mine_outliers('customers', 'share=0');
SELECT * FROM mine_outliers('VALUES (1, 5, NULL), (2, NULL, NULL), (3, NULL, NULL)');
