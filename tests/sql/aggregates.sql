-- Aggregates: of groups, of windows, and what they refuse.
CREATE TABLE t AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 12)
SELECT i AS id, iif(i%5=0, NULL, i*7%11) AS x, iif(i%3, 'a', 'b') AS kind FROM n;
SELECT verb, kind, form FROM mine_verbs WHERE kind = 'aggregate';
SELECT mine_help('mine_quantile');
SELECT kind, count(x), mine_quantile(x, 0.5), mine_quantile(x, 0), mine_quantile(x, 1) FROM t GROUP BY kind;
-- The frame: three rows, none at first; a partition each.
SELECT id, x, mine_quantile(x, 0.5) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING),
       mine_quantile(x, 0.9) OVER (PARTITION BY kind), mine_quantile(x, 0.9) FILTER (WHERE x > 3) OVER (ORDER BY id)
FROM t ORDER BY id;
-- Nothing is NULL; texts that read as numbers are; infinity is a value like others.
SELECT mine_quantile(x, 0.5) FROM t WHERE 0;
SELECT mine_quantile(NULL, 0.5), mine_quantile('', 0.5), mine_quantile(' 2.5 ', '0.5'), mine_quantile(9e999, 0.5);
SELECT mine_quantile(column1, 0.5) FROM (VALUES (1e308), (-1e308), (1e308), (1.7e308));
SELECT mine_quantile(column1, 0.25), mine_quantile(column1, 0.75), mine_quantile(column1, 0.5)
FROM (VALUES (-9e999), (9e999), (0), (9e999), (-9e999));
-- Sentences.
SELECT mine_quantile(kind, 0.5) FROM t;
SELECT mine_quantile('02139', 0.5);
SELECT mine_quantile(x, 50) FROM t;
SELECT mine_quantile(x, id / 100.0) FROM t;
SELECT kind, mine_quantile(x, iif(kind = 'a', 0.5, 0.25)) FROM t GROUP BY kind;
SELECT mine_quantile(x, NULL) FROM t;
SELECT mine_quantile(x) FROM t;
SELECT mine_quantile();
SELECT * FROM mine_quantile(1, 0.5);
SELECT max(q) FROM (SELECT mine_quantile(iif(id = 9, 'nine', id), 0.5) OVER (ORDER BY id ROWS 2 PRECEDING) AS q FROM t);
-- In a view, of a stranger's schema too: it only looks at its arguments.
CREATE VIEW middle AS SELECT mine_quantile(x, 0.5) AS x FROM t;
PRAGMA trusted_schema = 0;
SELECT x FROM middle;
-- The others, by group.
CREATE TABLE s AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 40)
SELECT i AS id, i%4 AS part, i*7%11 AS x, iif(i%9=0, NULL, i*5%13/2.0) AS y, iif(i*i%5 > 1, 'yes', 'no') AS flag,
       i*i%7/8.0 AS p, substr('aabbcz', i*i%6+1, 1) AS word FROM n;
SELECT part, mine_median(y), round(mine_variance(y), 12), round(mine_stddev(x), 12), round(mine_corr(x, y), 12),
       round(mine_rmse(x, y), 12) FROM s GROUP BY part;
SELECT part, round(mine_auc(flag, p), 12), round(mine_log_loss(flag, p), 12), round(mine_entropy(word), 12),
       mine_mode(word), mine_mode(y) FROM s GROUP BY part;
-- A window that moves says what a group of the same rows says.
SELECT count(*), count(w.a), sum(w.a IS NOT g.a) + sum(w.b IS NOT g.b) + sum(w.c IS NOT g.c) + sum(w.d IS NOT g.d) AS differ
FROM (SELECT id, mine_auc(flag, p) OVER f AS a, mine_mode(word) OVER f AS b, mine_entropy(x) OVER f AS c, mine_corr(x, y) OVER f AS d
      FROM s WINDOW f AS (ORDER BY id ROWS 6 PRECEDING)) w
JOIN (SELECT a.id, mine_auc(b.flag, b.p) AS a, mine_mode(b.word) AS b, mine_entropy(b.x) AS c, mine_corr(b.x, b.y) AS d
      FROM s a JOIN s b ON b.id BETWEEN a.id - 6 AND a.id GROUP BY a.id) g USING(id);
-- What is not defined is NULL: one row, no spread, one class.
SELECT mine_stddev(1), mine_variance(NULL), mine_corr(x, 3), mine_auc(1, x) FROM s;
SELECT mine_variance(x), mine_stddev(9e999), mine_rmse(9e999, 9e999), mine_rmse(1, 9e999) FROM s WHERE 0;
SELECT mine_stddev(column1), mine_rmse(column1, 1), mine_rmse(column1, column1), mine_median(column1)
FROM (VALUES (9e999), (1), (2));
-- No digit is lost to an offset, none to a frame that held something large.
SELECT mine_variance(column1) FROM (VALUES (1e15 + 1), (1e15 + 2), (1e15 + 6));
SELECT mine_stddev(column1) OVER (ORDER BY rowid ROWS 1 PRECEDING) FROM (SELECT 1 AS rowid, 1e300 AS column1 UNION ALL VALUES (2, 1), (3, 3));
-- As they went in; the smallest of several; 1 and '1' differ, 1 and 1.0 do not.
SELECT mine_mode(column1), typeof(mine_mode(column1)), mine_entropy(column1) FROM (VALUES ('1'), (1), (1.0), ('1'), (x'31'));
SELECT mine_mode(column1), mine_entropy(column1) FROM (VALUES ('b'), ('a'), (NULL));
-- Which class is positive.
SELECT mine_auc(column1, column2), mine_auc(column1 = 'No', column2), mine_log_loss(column1, column2)
FROM (VALUES ('Yes', 0.9), ('No', 0.2), ('Yes', 0.2));
SELECT mine_auc(column1, column2), mine_auc(-column1, column2) FROM (VALUES (-1, 0.2), (1, 0.3));
SELECT mine_log_loss(1, 0), mine_log_loss(0, 0), mine_log_loss('no', 0.5);
SELECT mine_auc(word, p) FROM s;
SELECT mine_auc(iif(part, 'yes', 0), p) FROM s;
SELECT mine_auc(part, p) FROM s;
SELECT mine_log_loss(flag, x) FROM s;
SELECT mine_corr(x, word) FROM s;
-- The figures of mine_evaluate.
SELECT count(mine_fit('tree', 'SELECT id, x, y, flag FROM s', 'target=flag, holdout=0, max_depth=2')) AS fitted;
SELECT metric, abs(e.value - iif(metric = 'auc', a, l)) < 1e-12
FROM mine_evaluate((SELECT mine_fit('tree', 'SELECT id, x, y, flag FROM s', 'target=flag, holdout=0, max_depth=2')), 's') e,
     (SELECT mine_auc(flag, probability) AS a, mine_log_loss(flag, probability) AS l FROM s JOIN
      mine_probabilities((SELECT mine_fit('tree', 'SELECT id, x, y, flag FROM s', 'target=flag, holdout=0, max_depth=2')), 's')
      USING (id) WHERE class = 'yes') WHERE metric IN ('auc', 'log_loss');
