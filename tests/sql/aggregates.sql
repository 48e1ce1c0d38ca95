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
