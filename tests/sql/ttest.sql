-- mine_ttest: two groups, two columns.
CREATE TABLE sleep(id INTEGER PRIMARY KEY, drug TEXT, extra REAL); -- R's sleep
INSERT INTO sleep(drug, extra) VALUES ('1',0.7),('1',-1.6),('1',-0.2),('1',-1.2),('1',-0.1),('1',3.4),('1',3.7),('1',0.8),('1',0.0),('1',2.0),
 ('2',1.9),('2',0.8),('2',1.1),('2',0.1),('2',-0.1),('2',4.4),('2',5.5),('2',1.6),('2',4.6),('2',3.4);
-- t = -1.8608, df = 17.776, p = 0.07939, -3.3654832 to 0.2054832; W = 25.5, p = 0.06933
SELECT test, round(statistic, 4) AS statistic, round(df, 3) AS df, round(p_value, 5) AS p, round(effect, 4) AS effect, detail,
       first, second, group_a, group_b, round(difference, 4) AS difference, round(low, 7) AS low, round(high, 7) AS high
FROM mine_ttest('sleep', 'test=all, categorical=drug');
SELECT test, round(p_value, 6), round(low, 6), high FROM mine_ttest('sleep', 'categorical=drug, side=greater');
SELECT test, round(p_value, 6), low, round(high, 6) FROM mine_ttest('sleep', 'categorical=drug, side=less, level=0.9');
CREATE TABLE both AS SELECT id, extra AS one, (SELECT extra FROM sleep b WHERE b.id = a.id + 10) AS other FROM sleep a WHERE id <= 10;
-- t = -4.0621, df = 9, p = 0.002833, -2.4598858 to -0.7001142; V = 0, p = 0.009091
SELECT test, round(statistic, 4), df, round(p_value, 6), round(effect, 4), detail, first, second, round(difference, 2), round(low, 7), round(high, 7)
FROM mine_ttest('both', 'test=paired');
SELECT test, statistic, df, round(p_value, 6), round(effect, 4), detail FROM mine_ttest('both', 'test=signed-rank');
SELECT test, statistic, round(p_value, 10), detail FROM mine_ttest('SELECT id, one, other + id * 0.01 AS other FROM both WHERE id <> 5', 'test=signed-rank');
-- More than two groups; those of groups=, also turned round; a level that is none.
CREATE TABLE t AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 60)
SELECT i AS id, i*7%31 AS a, substr('xyz', i*i%3+1, 1) AS kind, iif(i%9=0, NULL, iif(i*7%31 > 15, 'yes', 'no')) AS flag, i*13%23 AS b FROM n;
SELECT first, second, statistic, detail, group_a, round(p_value, 9) FROM mine_ttest('t', 'ignore=b');
SELECT first, second, detail, group_a, group_b, round(difference, 6), round(statistic, 6) FROM mine_ttest('t', 'groups=y|x');
SELECT first, second, detail, group_a, group_b, round(difference, 6), round(statistic, 6) FROM mine_ttest('t', '{"groups":["x","y"],"ignore":"flag"}');
SELECT * FROM mine_ttest('t', 'groups=x');
SELECT * FROM mine_ttest('t', 'groups=x|y, test=paired');
SELECT * FROM mine_ttest('SELECT id, a, b FROM t');
SELECT * FROM mine_ttest('SELECT id, a, kind FROM t', 'test=paired');
-- Groups of one row, without spread, without rows; a difference that is the same in all rows; all equal.
SELECT test, statistic, p_value, difference, detail FROM mine_ttest('VALUES (1,''a'',1),(2,''a'',2),(3,''b'',3)', 'test=all');
SELECT test, statistic, p_value, difference, detail FROM mine_ttest('VALUES (1,''a'',1),(2,''b'',2)', 'test=all');
SELECT test, statistic, p_value, difference, detail FROM mine_ttest('VALUES (1,''a'',1),(2,''a'',1),(3,''b'',2),(4,''b'',2)', 'test=all');
SELECT test, statistic, p_value, difference, detail FROM mine_ttest('VALUES (1,''a'',1),(2,''a'',2),(3,''b'',NULL),(4,''b'',NULL)', 'test=all');
SELECT test, statistic, p_value, difference, detail FROM mine_ttest('VALUES (1,1,3),(2,2,4),(3,5,7)', 'test=paired');
SELECT test, statistic, p_value, effect, detail FROM mine_ttest('VALUES (1,1,1),(2,2,2),(3,5,5)', 'test=signed-rank');
SELECT test, statistic, p_value, effect, detail FROM mine_ttest('VALUES (1,1,NULL),(2,2,2),(3,NULL,5)', 'test=paired');
-- Very large and very small numbers.
SELECT round(statistic, 9), difference, low < high FROM mine_ttest('VALUES (1,''a'',1e200),(2,''a'',2e200),(3,''b'',4e200),(4,''b'',3e200)');
SELECT round(statistic, 9), difference, low < high FROM mine_ttest('VALUES (1,''a'',1e-200),(2,''a'',2e-200),(3,''b'',4e-200),(4,''b'',3e-200)');
SELECT round(statistic, 9), difference FROM mine_ttest('VALUES (1,1e200,2e200),(2,3e200,3e200),(3,5e200,9e200)', 'test=paired');
-- By how much: the median of all differences, and of all means of two.
SELECT round(difference, 6), low, high, detail FROM mine_ttest('SELECT id, iif(id % 2, ''a'', ''b'') AS half, worth FROM (WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 21) SELECT i AS id, i * i % 101 + i / 64.0 AS worth FROM n)', 'test=mann-whitney, level=0.9');
SELECT round(difference, 6), low, high, detail FROM mine_ttest('SELECT id, a, b FROM (WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 21) SELECT i AS id, i * i % 101 + i / 64.0 AS a, i * 7 % 53 AS b FROM n)', 'test=signed-rank, side=greater');
SELECT round(difference, 6), low, high, detail FROM mine_ttest('SELECT id, a, b FROM (WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 3) SELECT i AS id, i * i AS a, i % 2 AS b FROM n)', 'test=signed-rank');
