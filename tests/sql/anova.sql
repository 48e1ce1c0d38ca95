-- More of mine_anova: Welch, ranks, pairs of groups, two categories.
CREATE TABLE plants(id INTEGER PRIMARY KEY, weight REAL, grp TEXT); -- R's PlantGrowth
INSERT INTO plants(weight, grp) VALUES (4.17,'ctrl'),(5.58,'ctrl'),(5.18,'ctrl'),(6.11,'ctrl'),(4.50,'ctrl'),(4.61,'ctrl'),
 (5.17,'ctrl'),(4.53,'ctrl'),(5.33,'ctrl'),(5.14,'ctrl'),(4.81,'trt1'),(4.17,'trt1'),(4.41,'trt1'),(3.59,'trt1'),(5.87,'trt1'),
 (3.83,'trt1'),(6.03,'trt1'),(4.89,'trt1'),(4.32,'trt1'),(4.69,'trt1'),(6.31,'trt2'),(5.12,'trt2'),(5.54,'trt2'),(5.50,'trt2'),
 (5.37,'trt2'),(5.29,'trt2'),(4.92,'trt2'),(6.15,'trt2'),(5.80,'trt2'),(5.26,'trt2');
-- F = 4.846, p = 0.01591; H = 7.9882, p = 0.01842; Welch F = 5.181, df2 = 17.128, p = 0.01739
SELECT test, round(statistic, 4) AS statistic, df, round(df2, 3) AS df2, round(p_value, 5) AS p, round(effect, 5) AS effect, detail
FROM mine_anova('plants', 'test=all');
-- trt2-trt1 0.865 (0.1737839 to 1.5562161), p adj 0.0120064
SELECT group_a, group_b, round(difference, 3), round(low, 7), round(high, 7), round(p_value, 7), round(statistic, 4), df, df2, round(effect, 4)
FROM mine_anova('plants', 'test=tukey');
SELECT round(high - low, 5) FROM mine_anova('plants', 'test=tukey, level=0.99');
CREATE TABLE two AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 70)
SELECT i AS id, substr('xyz', i*i%3+1, 1) AS kind, iif(i*7%31 > 15, 'yes', 'no') AS flag, iif(i%9=0, NULL, i*13%23+i*0.3) AS c FROM n;
SELECT test, first, second, round(statistic, 6) AS f, df, df2, round(p_value, 6) AS p, round(effect, 6) AS effect, detail
FROM mine_anova('two', 'test=two-way');
SELECT first, round(statistic, 6) AS f, detail FROM mine_anova('two', 'test=two-way, squares=1, interaction=0');
SELECT first, round(statistic, 6) AS f, detail FROM mine_anova('two', 'test=two-way, squares=3');
-- One row a combination; a combination without rows; two categories that are one.
SELECT first, statistic, df2, detail FROM mine_anova('VALUES (1,''a'',''u'',1),(2,''a'',''v'',2),(3,''b'',''u'',4),(4,''b'',''v'',3)', 'test=two-way');
SELECT first, statistic, df2, detail FROM mine_anova('VALUES (1,''a'',''u'',1),(2,''a'',''v'',2),(3,''b'',''u'',4),(4,''b'',''v'',3)', 'test=two-way, interaction=0');
SELECT first, round(statistic, 6), df, df2, detail FROM mine_anova('SELECT * FROM two WHERE kind <> ''y'' OR flag = ''yes''', 'test=two-way, squares=3');
SELECT first, round(statistic, 6), df, df2, detail FROM mine_anova('SELECT id, kind, kind || 1 AS again, c FROM two', 'test=two-way');
SELECT * FROM mine_anova('SELECT id, kind, c FROM two', 'test=two-way');
-- Groups of one row, groups that do not vary, numbers that are all the same in the rows of a pair.
SELECT test, statistic, p_value, detail FROM mine_anova('VALUES (1,''a'',1),(2,''a'',2),(3,''b'',3),(4,''b'',5),(5,''c'',9)', 'test=all');
SELECT test, statistic, p_value, detail FROM mine_anova('VALUES (1,''a'',1),(2,''a'',1),(3,''b'',2),(4,''b'',2)', 'test=all');
SELECT group_a, difference, low, p_value, detail FROM mine_anova('VALUES (1,''a'',1),(2,''a'',1),(3,''b'',2),(4,''b'',2)', 'test=tukey');
SELECT group_a, difference, low, p_value, detail FROM mine_anova('VALUES (1,''a'',1),(2,''b'',4),(3,''c'',2)', 'test=tukey');
SELECT test, statistic, p_value, detail FROM mine_anova('VALUES (1,''a'',1),(2,''a'',2),(3,''b'',NULL),(4,''b'',NULL)', 'test=all');
SELECT test, detail FROM mine_anova('VALUES (1,''a'',1),(2,''a'',2),(3,''b'',NULL),(4,''b'',NULL)', 'test=tukey');
SELECT * FROM mine_anova('plants', 'test=tukei');
-- Groups in order.
CREATE TABLE steps(id INTEGER PRIMARY KEY, step TEXT, worth REAL);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 40)
INSERT INTO steps SELECT i, CASE i % 3 WHEN 0 THEN 'low' WHEN 1 THEN 'mid' ELSE 'high' END, i * 31 % 17 + 3 * (i % 3) FROM n;
SELECT statistic, round(p_value, 8), round(effect, 4), detail FROM mine_anova('steps', 'test=jonckheere');
SELECT statistic, round(p_value, 8), round(effect, 4), detail FROM mine_anova('steps', 'test=jonckheere, order=low|mid|high');
SELECT statistic, detail FROM mine_anova('steps', 'test=jonckheere, order=low|top');
SELECT statistic, p_value, detail FROM mine_anova('SELECT id, step, id % 3 > 9 AS worth, 1 AS one FROM steps UNION ALL SELECT 99, ''low'', NULL, 2', 'test=jonckheere');
SELECT * FROM mine_anova('steps', 'order=low|mid|high');
