-- Naive Bayes: what it tells, lists and answers; what is missing or was never seen is left out.
.read tests/sql/setup.inc
SELECT mine_train('b', 'bayes', 'customers', 'target=churned') AS trained;
SELECT item, name, detail FROM mine_summary('b') WHERE item IN ('fit', 'warning', 'positive');
SELECT name, round(value, 4), round(std_error, 4), statistic, p_value, round(low, 4), round(high, 4), group_value
FROM mine_coefficients('b');
SELECT feature, round(importance, 4), rank FROM mine_importance('b');
SELECT id, prediction, round(probability, 4) FROM mine_predict('b', 'customers') LIMIT 4;
-- By hand: five rows, two classes; a level has (count + 1) / (rows + 2).
CREATE TABLE five(id INTEGER PRIMARY KEY, colour TEXT, size REAL, y TEXT, w REAL);
INSERT INTO five VALUES (1,'red',1,'a',1), (2,'red',3,'a',1), (3,'blue',2,'a',1), (4,'blue',5,'b',1), (5,'blue',7,'b',1);
SELECT mine_train('five', 'bayes', 'five', 'target=y, holdout=0, var_smoothing=0, ignore=w') IS NOT NULL AS trained;
SELECT name, round(value, 6) FROM mine_coefficients('five');
SELECT class, round(probability, 6) AS p FROM mine_probabilities('five', 'SELECT 1 AS id, ''red'' AS colour, 4 AS size');
SELECT round(a/(a+b), 6) AS a FROM (SELECT 0.6 * 3/5 * exp(-0.5*4/(2/3.0)) / sqrt(2/3.0) AS a, 0.4 * 1/4 * exp(-0.5*4/1.0) AS b);
-- Missing and unknown: only the other column speaks; without any, the prior does.
SELECT id, round(probability, 6) AS p FROM mine_predict('five',
  'SELECT column1 AS id, column2 AS colour, column3 AS size FROM (VALUES(1, ''red'', NULL), (2, ''green'', 4), (3, NULL, 4), (4, NULL, NULL))', 'class=a');
-- Far out: the wider class, then the nearer one where both are as wide; every answer is a number.
SELECT id, prediction, probability FROM mine_predict('five',
  'SELECT column1 AS id, NULL AS colour, column2 AS size FROM (VALUES(1, 1e300), (2, -1e300), (3, 1e17), (4, -1e6))');
SELECT mine_train('even', 'bayes', 'SELECT id, CASE y WHEN ''a'' THEN id % 2 ELSE 5 + id % 2 END AS x, y FROM five WHERE id > 1',
  'target=y, holdout=0, var_smoothing=0') IS NOT NULL AS trained;
SELECT id, prediction, probability FROM mine_predict('even', 'SELECT column1 AS id, column2 AS x FROM (VALUES(1, 1e300), (2, -1e300), (3, 1e17), (4, -1e17))');
-- Weights are rows.
SELECT mine_train('w', 'bayes', 'SELECT id, colour, size, y, 1 + (id = 2) AS w FROM five', 'target=y, holdout=0, weight=w') IS NOT NULL AS weighted,
  mine_train('r', 'bayes', 'SELECT * FROM (SELECT id, colour, size, y FROM five UNION ALL SELECT 6, colour, size, y FROM five WHERE id = 2)', 'target=y, holdout=0') IS NOT NULL AS repeated;
SELECT count(*) AS figures, max(abs(a.value - b.value)) < 1e-14 AS same FROM mine_coefficients('w') a JOIN mine_coefficients('r') b USING (name);
SELECT name, value, std_error FROM mine_coefficients((SELECT mine_fit('bayes', 'five', 'target=y, holdout=0, prior=uniform, ignore=w'))) LIMIT 2;
SELECT name, round(value, 4) FROM mine_coefficients((SELECT mine_fit('bayes', 'five', 'target=y, holdout=0, class_weight=balanced, ignore=w'))) LIMIT 2;
-- What is told.
SELECT name, detail FROM mine_summary((SELECT mine_fit('bayes', 'SELECT id, colour, size, CASE id WHEN 5 THEN ''c'' ELSE y END AS y FROM five WHERE id <> 4', 'target=y, holdout=0'))) WHERE item = 'warning';
SELECT name, detail FROM mine_summary((SELECT mine_fit('bayes', 'SELECT id, colour, CASE y WHEN ''a'' THEN 1 ELSE size END AS size, CASE y WHEN ''a'' THEN size END AS held, y FROM five', 'target=y, holdout=0'))) WHERE item = 'warning';
SELECT name, detail FROM mine_summary((SELECT mine_fit('bayes', 'SELECT id, size, size % 2 + id % 2 AS flag, id * 1e6 AS money, y FROM five', 'target=y, holdout=0'))) WHERE item = 'warning';
-- Refused.
SELECT mine_fit('bayes', 'five', 'target=size, task=regression');
SELECT mine_fit('bayes', 'five', 'target=y, smoothing=-1');
SELECT * FROM mine_tree('b');
