-- A model that leaves: drawings, graphs, a SELECT without the extension, and what is refused.
.read tests/sql/setup.inc
.mode list
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=2') IS NOT NULL;
SELECT mine_train('risk', 'logistic', 'customers', 'target=churned') IS NOT NULL;
SELECT mine_train('seg', 'kmeans', 'SELECT customer_id, age, plan, spend FROM customers', 'k=3') IS NOT NULL;
SELECT mine_train('boosted', 'boost', 'customers', 'target=churned, n_trees=20') IS NOT NULL;
SELECT mine_train('by_plan', 'tree', 'customers', 'target=churned, group=plan, max_depth=1') IS NOT NULL;
SELECT mine_train('near', 'knn', 'customers', 'target=churned') IS NOT NULL;
-- drawings
SELECT mine_export('churn', 'text');
SELECT mine_export('risk', 'text');
SELECT mine_export('seg', 'text');
SELECT mine_export('by_plan', 'text');
SELECT mine_export('churn', 'dot');
-- the SELECT, run as it is, on the rows of training and on what training never met
CREATE TABLE fresh AS SELECT customer_id, CASE WHEN customer_id % 5 THEN age END AS age, CASE customer_id % 7 WHEN 0 THEN 'never seen' WHEN 1 THEN NULL ELSE plan END AS plan,
  CASE customer_id % 3 WHEN 0 THEN spend WHEN 1 THEN ' ' || spend ELSE '' END AS spend FROM customers;
.once export_model.sql
SELECT 'CREATE TEMP VIEW ' || m || '_' || t || ' AS ' || mine_export(m, 'sql', NULL, 'table=' || t) || '; CREATE TEMP VIEW ' || m || '_check AS ' || mine_export(m, 'sql', NULL, 'what=check, table=' || t) || ';'
FROM (SELECT 'churn' AS m UNION ALL VALUES ('risk'), ('seg'), ('boosted'), ('by_plan')), (SELECT 'fresh' AS t);
.read export_model.sql
SELECT (SELECT count(*) FROM churn_check), (SELECT count(*) FROM risk_check), (SELECT count(*) FROM seg_check), (SELECT count(*) FROM boosted_check), (SELECT count(*) FROM by_plan_check);
SELECT count(*), sum(e.prediction IS p.prediction), max(abs(e.probability - p.probability)) < 1e-12 FROM mine_predict('churn', 'fresh') AS p JOIN churn_fresh AS e USING (id);
SELECT count(*), sum(e.prediction IS p.prediction), max(abs(e.probability - p.probability)) < 1e-12 FROM mine_predict('risk', 'fresh') AS p JOIN risk_fresh AS e USING (id);
SELECT count(*), sum(e.prediction IS p.prediction), max(abs(e.distance - p.distance)) < 1e-12 FROM mine_predict('seg', 'fresh') AS p JOIN seg_fresh AS e USING (id);
SELECT count(*), sum(e.prediction IS p.prediction), max(abs(e.probability - p.probability)) < 1e-12 FROM mine_predict('boosted', 'fresh') AS p JOIN boosted_fresh AS e USING (id);
SELECT count(*), sum(e.prediction IS p.prediction), max(abs(e.probability - p.probability)) < 1e-12 FROM mine_predict('by_plan', 'fresh') AS p JOIN by_plan_fresh AS e USING (id);
-- rows of a source instead of those made of the model; names that would end a comment or a statement
SELECT instr(mine_export('churn', 'sql', 'customers'), 'rows of a source') > 0;
CREATE TABLE "o'dd; -- x" AS SELECT customer_id AS "id -- 1", age AS "_a""b", replace(plan, 'gold', 'a''b -- c' || char(10) || '; d') AS "p */ q", churned AS "y ?> z" FROM customers;
SELECT mine_train('o''dd */ --', 'tree', 'o''dd; -- x', 'target=y ?> z, max_depth=2') IS NOT NULL;
.once export_model.sql
SELECT 'CREATE TEMP VIEW odd_one AS ' || mine_export('o''dd */ --', 'sql');
.read export_model.sql
SELECT count(*), sum(e.prediction IS p.prediction) FROM mine_predict('o''dd */ --', 'o''dd; -- x') AS p JOIN odd_one AS e USING (id);
SELECT substr(c, 1, 29), instr(c, '\?> z') = 0 AND instr(c, 'a''b -- c\012; d') > 0 FROM (SELECT mine_export('o''dd */ --', 'c') AS c);
-- what is not written so, and what would be forgotten in silence
SELECT mine_export('near', 'sql');
SELECT mine_export('risk', 'dot');
SELECT mine_export('churn', 'text', NULL, 'dialect=mysql');
SELECT mine_export('churn', 'c', NULL, 'what=check');
SELECT mine_export('churn', 'call', NULL, 'what=check');
SELECT mine_export('churn', 'sql', NULL, 'dialect=oracle');
SELECT mine_export('churn', 'trigger', NULL, 'table=customers, column=AGE');
SELECT mine_export('churn', 'sql', NULL, 'column=x');
SELECT mine_export('seg', 'sql', NULL, 'what=probability');
-- what SQLite would not take is said before
CREATE TABLE many AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 2500) SELECT i, i * i % 2503 AS x, i % 2 AS y FROM n;
SELECT mine_train('many', 'kmeans', 'many', 'k=2000, starts=1, max_iter=1') IS NOT NULL;
SELECT mine_export('many', 'sql');
SELECT mine_train('wide', 'mlp', 'many', 'target=y, hidden=2000, epochs=1') IS NOT NULL;
SELECT mine_export('wide', 'sql');
SELECT length(mine_export('wide', 'c')) > 100000;
-- MySQL and MariaDB differ in the name, the collation and ROW; PostgreSQL should not compile it
SELECT replace(replace(replace(mine_export('churn', 'sql', NULL, 'dialect=mysql'), 'utf8mb4_0900_bin', 'utf8mb4_nopad_bin'), 'ROW(', '('), 'MySQL 8.0.19', 'MariaDB 10.5') = mine_export('churn', 'sql', NULL, 'dialect=mariadb') AS same;
SELECT instr(mine_export('churn', 'sql', NULL, 'dialect=postgresql'), char(10) || '-- Say SET jit = off; before it') > 0 AS said;
-- which model as what
SELECT kind, group_concat(format) FROM mine_formats WHERE written GROUP BY kind ORDER BY kind;
SELECT DISTINCT kind, why_not FROM mine_formats WHERE NOT written AND format IN ('sql', 'c', 'text', 'dot') ORDER BY kind;
