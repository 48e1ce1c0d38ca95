-- Linear and logistic regression: what they tell, list and answer; what is missing or was never seen is the mean.
.read tests/sql/setup.inc
SELECT mine_train('lin', 'linear', 'SELECT customer_id, age, spend, plan, churned FROM customers', 'target=spend, task=regression') AS trained;
SELECT item, name, detail FROM mine_summary('lin') WHERE item IN ('fit', 'warning', 'reference');
SELECT name, round(value, 3), round(std_error, 3), round(statistic, 3), round(p_value, 4), round(low, 3), round(high, 3) FROM mine_coefficients('lin');
SELECT feature, round(importance, 4), rank FROM mine_importance('lin');
SELECT mine_train('log', 'logistic', 'customers', 'target=churned') AS trained;
SELECT item, name, detail FROM mine_summary('log') WHERE item IN ('fit', 'warning', 'positive', 'reference');
SELECT name, round(value, 3), round(std_error, 3), round(p_value, 4) FROM mine_coefficients('log');
SELECT id, prediction, round(probability, 4) FROM mine_predict('log', 'customers') LIMIT 4;
-- By hand: y = 1 + 2x, and 3 more where k is b; the missing number is the mean 2, the unmet level the mean of both.
CREATE TABLE hand(id INTEGER PRIMARY KEY, x REAL, k TEXT, y REAL);
INSERT INTO hand VALUES (1,0,'a',1), (2,1,'b',6), (3,2,'a',5), (4,3,'b',10), (5,4,'a',9), (6,2,'b',8);
SELECT mine_train('hand', 'linear', 'hand', 'target=y, holdout=0, reference=k:a, task=regression') AS trained;
SELECT name, round(value, 9) FROM mine_coefficients('hand');
SELECT id, round(prediction, 9) FROM mine_predict('hand', 'SELECT column1 AS id, column2 AS x, column3 AS k FROM (VALUES(1, 10, ''b''), (2, NULL, ''a''), (3, 0, ''c''), (4, NULL, NULL))');
SELECT name, round(value, 9) FROM mine_coefficients((SELECT mine_fit('linear', 'hand', 'target=y, holdout=0, reference=k:b, task=regression')));
-- A column that says nothing new has no coefficient.
SELECT name, round(value, 6) FROM mine_coefficients((SELECT mine_fit('linear', 'SELECT id, x, 3 - x AS turned, k = ''b'' AS is_b, y FROM hand', 'target=y, holdout=0, task=regression')));
SELECT name, detail FROM mine_summary((SELECT mine_fit('linear', 'SELECT id, x, 3 - x AS turned, y FROM hand', 'target=y, holdout=0, task=regression'))) WHERE item = 'warning' AND detail LIKE '%collinear%';
-- Penalties: nothing is tested; a strong lasso leaves the mean.
SELECT name, round(value, 6), std_error, p_value, low FROM mine_coefficients((SELECT mine_fit('linear', 'hand', 'target=y, holdout=0, task=regression, l2=1')));
SELECT name, round(value, 6) FROM mine_coefficients((SELECT mine_fit('linear', 'hand', 'target=y, holdout=0, task=regression, alpha=100')));
SELECT item, name FROM mine_summary((SELECT mine_fit('logistic', 'customers', 'target=churned, alpha=auto'))) WHERE name = 'alpha' AND item = 'fit';
-- Many classes: shares add up to 1.
SELECT mine_train('kinds', 'logistic', 'SELECT customer_id, age, spend, churned, plan FROM customers', 'target=plan, holdout=0') IS NOT NULL AS trained;
SELECT count(*) AS rows, max(abs(p - 1)) < 1e-12 AS ones FROM (SELECT sum(probability) AS p FROM mine_probabilities('kinds', 'customers') GROUP BY id);
SELECT name, round(value, 4) FROM mine_coefficients('kinds');
-- Classes told apart without error.
SELECT name, detail FROM mine_summary((SELECT mine_fit('logistic', 'SELECT id, x, x > 1.5 AS y FROM hand', 'target=y, holdout=0'))) WHERE item = 'warning';
SELECT name, round(value, 4), std_error FROM mine_coefficients((SELECT mine_fit('logistic', 'SELECT id, x, x > 1.5 AS y FROM hand', 'target=y, holdout=0')));
-- Refused.
SELECT mine_fit('linear', 'hand', 'target=k');
SELECT mine_fit('linear', 'hand', 'target=y, holdout=0, task=regression, reference=k:z');
SELECT mine_fit('linear', 'hand', 'target=y, holdout=0, task=regression, reference=x:1');
SELECT mine_fit('linear', 'hand', 'target=y, alpha=1, l2=1');
SELECT mine_fit('linear', 'hand', 'target=y, alpha=strong');
SELECT mine_fit('linear', 'SELECT id, x, id % 4 AS u, id*id AS v, k, id*id*id AS w, sqrt(id) AS z, y FROM hand', 'target=y, holdout=0, task=regression');
SELECT mine_fit('linear', 'SELECT id, x, -y AS y FROM hand', 'target=y, holdout=0, task=regression, family=poisson');
SELECT mine_fit('linear', 'SELECT id, x, y - 1 AS y FROM hand', 'target=y, holdout=0, task=regression, family=gamma');
SELECT * FROM mine_tree('hand');
