-- More of mine_chi2: the correction for continuity, exact tests.
CREATE TABLE tea(id INTEGER PRIMARY KEY, said TEXT, was TEXT); -- Fisher's lady
INSERT INTO tea(said, was) VALUES ('milk','milk'),('milk','milk'),('milk','milk'),('tea','milk'),('milk','tea'),('tea','tea'),('tea','tea'),('tea','tea');
-- p = 0.4857 two-sided; with Yates chi-squared 0.5, p = 0.4795
SELECT test, round(statistic, 6) AS statistic, df, round(p_value, 10) AS p, effect, detail FROM mine_chi2('tea', 'test=all');
-- Job satisfaction (Agresti 2002, p. 57): fisher.test gives p = 0.7827
CREATE TABLE jobs AS WITH c(income, b, n) AS (VALUES (1,1,1),(1,2,3),(1,3,10),(1,4,6),(2,1,2),(2,2,3),(2,3,10),(2,4,7),(3,1,1),(3,2,6),(3,3,14),
 (3,4,12),(4,1,0),(4,2,1),(4,3,9),(4,4,11)), k(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM k LIMIT 20)
SELECT row_number() OVER () AS id, 'i' || income AS income, 's' || b AS satisfied FROM c JOIN k ON i <= n;
SELECT test, statistic, df, round(p_value, 10) AS p, round(effect, 6), detail FROM mine_chi2('jobs', 'test=fisher');
SELECT test, statistic, df, p_value, detail FROM mine_chi2('jobs', 'test=yates');
SELECT test, round(p_value, 9), detail FROM mine_chi2('SELECT id, satisfied, income FROM jobs', 'test=fisher');
-- No table is less likely; a cell is 0; a gap; one level left.
SELECT statistic, p_value, detail FROM mine_chi2('VALUES (1,''a'',''x''),(2,''b'',''y'')', 'test=fisher');
SELECT statistic, p_value, detail FROM mine_chi2('VALUES (1,''a'',''x''),(2,''b'',''y''),(3,''b'',NULL),(4,''a'',''x''),(5,''b'',''y''),(6,''a'',''x''),(7,''b'',''y'')', 'test=fisher');
SELECT test, statistic, p_value, detail FROM mine_chi2('VALUES (1,''a'',''x''),(2,''b'',NULL),(3,''a'',''y'')', 'test=all');
-- Too many tables: some are drawn, or a sentence says what will do.
SELECT test, p_value, detail FROM mine_chi2('WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 5000) SELECT i, ''a'' || (i*i%23) AS a, ''b'' || (i*7%19) AS b FROM n', 'test=all');
SELECT p_value, detail FROM mine_chi2('WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 30000) SELECT i, ''a'' || (i*i%23) AS a, ''b'' || (i*7%19) AS b FROM n', 'test=fisher');
SELECT count(DISTINCT p_value) FROM (SELECT p_value FROM mine_chi2('WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 90) SELECT i, ''a'' || (i*i%23) AS a, ''b'' || (i*i%19) AS b FROM n', 'test=fisher') UNION ALL
 SELECT p_value FROM mine_chi2('WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 90) SELECT i, ''a'' || (i*i%23) AS a, ''b'' || (i*i%19) AS b FROM n', 'test=fisher, seed=2'));
SELECT * FROM mine_chi2('tea', 'test=exact');
-- A trend along ordered levels.
CREATE TABLE smokers(id INTEGER PRIMARY KEY, dose TEXT, ill TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 90)
INSERT INTO smokers SELECT i, CASE WHEN i <= 30 THEN 'none' WHEN i <= 60 THEN 'few' ELSE 'many' END, iif(i * 7919 % 97 < i, 'yes', 'no') FROM n;
SELECT round(statistic, 6), df, round(p_value, 8), round(effect, 4), detail FROM mine_chi2('smokers', 'test=trend');
SELECT round(statistic, 6), df, round(p_value, 8), round(effect, 4), detail FROM mine_chi2('smokers', 'test=trend, order=none|few|many');
SELECT round(statistic, 6), detail FROM mine_chi2('smokers', 'test=trend, order=none|many');
SELECT statistic, detail FROM mine_chi2('smokers', 'test=trend, order=none|lots');
SELECT statistic, detail FROM mine_chi2('SELECT id, dose, ill || (id % 2) AS state FROM smokers', 'test=trend');
SELECT * FROM mine_chi2('smokers', 'order=none|few|many');
