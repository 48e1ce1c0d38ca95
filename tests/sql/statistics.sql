-- Statistical verbs: pairs of attributes of one table.
CREATE TABLE t AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 60)
SELECT i AS id, i*7%31 AS a, i*i%17 AS b, iif(i%9=0, NULL, i*13%23+i*0.3) AS c,
       substr('xyz', i*i%3+1, 1) AS kind, iif(i*7%31 > 15, 'yes', 'no') AS flag FROM n;
SELECT first, second, method, round(coefficient, 10), round(p_value, 10), rows FROM mine_correlate('t');
SELECT first, second, method, round(coefficient, 10), round(p_value, 10), rows
FROM mine_correlate('t', 'method=spearman, ignore=b');
SELECT * FROM mine_correlate('SELECT id, kind, a FROM t');
SELECT test, round(statistic, 10), df, df2, round(p_value, 10), round(effect, 10), detail, first, second
FROM mine_chi2('t');
SELECT first, second, detail FROM mine_chi2('SELECT id, a, kind FROM t WHERE id < 12', 'categorical=a');
SELECT * FROM mine_chi2('SELECT id, kind, a FROM t');
SELECT test, round(statistic, 10), df, df2, round(p_value, 10), round(effect, 10), detail, first, second
FROM mine_anova('SELECT id, kind, a, c FROM t');
SELECT first, second, detail FROM mine_anova('SELECT id, kind, a FROM t WHERE id < 4');
SELECT * FROM mine_anova('SELECT id, a, b FROM t');
-- missing= of the statistical verbs: rows with a gap in any attribute are left out, or refused.
SELECT first, second, rows FROM mine_correlate('t', 'missing=skip');
SELECT item, name, detail FROM mine_warnings WHERE item = 'rows';
SELECT * FROM mine_correlate('t', 'missing=error');
SELECT first, second, detail FROM mine_chi2('SELECT id, kind, flag, c FROM t', 'missing=skip');
SELECT first, second, df2 FROM mine_anova('SELECT id, kind, a, c FROM t', 'missing=skip');
SELECT * FROM mine_anova('SELECT id, kind, a, c FROM t', 'missing=error');
SELECT * FROM mine_correlate('SELECT id, a, b, c FROM t WHERE id % 9 = 0 OR id = 1', 'missing=skip');
SELECT * FROM mine_correlate('SELECT id, a, iif(id % 2, b, NULL) AS b, iif(id % 2, NULL, c) AS c FROM t', 'missing=skip');
-- Very large and very small numbers; a line is 1, not nearly 1.
SELECT coefficient, p_value FROM mine_correlate('VALUES (1,1,7),(2,2,5),(3,3,3)');
SELECT coefficient, p_value FROM mine_correlate('VALUES (1,1e200,7),(2,2e200,5),(3,3e200,3)');
SELECT coefficient, p_value FROM mine_correlate('VALUES (1,1e-200,7),(2,2e-200,5),(3,3e-200,3)');
SELECT round(statistic, 9), round(effect, 9), detail FROM mine_anova('VALUES (1,''a'',1e200),(2,''a'',2e200),(3,''b'',4e200),(4,''b'',3e200)');
SELECT round(statistic, 9), round(effect, 9), detail FROM mine_anova('VALUES (1,''a'',1e-200),(2,''a'',2e-200),(3,''b'',4e-200),(4,''b'',3e-200)');
SELECT "column", type, mean, stddev FROM mine_profile('VALUES (1e-200, 1e200), (2e-200, 2e200), (3e-200, 3e200)');
-- More digits than a double holds are no number.
CREATE TABLE digits AS SELECT id, a, iif(id = 3, printf('1%.400d', 0), a) AS b, kind FROM t;
SELECT "column", type FROM mine_profile('SELECT b FROM digits');
SELECT first, second, detail FROM mine_chi2('SELECT id, CAST(b AS TEXT) AS b, kind FROM digits');
SELECT * FROM mine_correlate('SELECT id, a, CAST(b AS TEXT) AS b FROM digits');
-- Exact of few rows without equal values.
SELECT round(coefficient, 6), round(p_value, 8) FROM mine_correlate('SELECT 1 AS id, 1 AS x, 2 AS y UNION ALL SELECT 2, 2, 1 UNION ALL SELECT 3, 3, 4 UNION ALL SELECT 4, 4, 3 UNION ALL SELECT 5, 5, 6 UNION ALL SELECT 6, 6, 5', 'method=spearman');
