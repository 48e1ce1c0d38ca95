-- Classes come back as they went in; asked for by hand, 1 also finds '1'.
.read tests/sql/setup.inc
.nullvalue NULL
CREATE VIEW numbers AS SELECT customer_id, age, spend, churned = 'yes' AS churned FROM customers;
CREATE VIEW texts AS SELECT customer_id, age, spend, iif(churned = 'yes', '1', '0') AS churned FROM customers;
CREATE VIEW both AS SELECT customer_id, age, spend, CASE WHEN churned = 'no' THEN 0 WHEN age < 30 THEN 1 ELSE '1' END AS churned FROM customers;
CREATE VIEW large AS SELECT customer_id + 9007199254740992 AS id, age, spend, iif(churned = 'yes', 9007199254740993, 9007199254740992) AS churned FROM customers;
SELECT mine_train('numbers', 'tree', 'numbers', 'target=churned, max_depth=2');
SELECT mine_train('texts', 'tree', 'texts', 'target=churned, max_depth=2');
SELECT mine_train('both', 'tree', 'both', 'target=churned, task=classification');
SELECT mine_train('large', 'tree', 'large', 'target=churned, max_depth=2');
SELECT DISTINCT prediction, typeof(prediction), label, typeof(label) FROM mine_predict('numbers', 'numbers');
SELECT DISTINCT prediction, typeof(prediction), label, typeof(label) FROM mine_predict('texts', 'texts');
SELECT class, typeof(class) FROM mine_probabilities('both', 'both') LIMIT 3;
SELECT actual, typeof(actual), predicted, typeof(predicted), rows FROM mine_confusion('both', 'both');
SELECT DISTINCT prediction, typeof(prediction) FROM mine_predict('large', 'large');
SELECT min(id), max(id), count(DISTINCT id) FROM mine_predict('large', 'large');
-- The class of an option and of mine_probability: the exact one if there is one.
SELECT mine_probability('numbers', 1, 'age', 21, 'spend', 300) = mine_probability('numbers', '1', 'age', 21, 'spend', 300) AS same,
       mine_probability('texts', 1, 'age', 21, 'spend', 300) = mine_probability('texts', '1', 'age', 21, 'spend', 300) AS same;
SELECT round(mine_probability('both', 1, 'age', 33, 'spend', 300), 6) AS number, round(mine_probability('both', '1', 'age', 33, 'spend', 300), 6) AS text,
       round(mine_probability('both', 0, 'age', 33, 'spend', 300), 6) AS zero;
SELECT count(*) AS rows, sum(a.probability IS b.probability) AS same FROM mine_predict('numbers', 'numbers', 'class=1') AS a
JOIN mine_predict('numbers', 'numbers', '{"class":1}') AS b USING (id);
SELECT mine_probability('numbers', 'yes', 'age', 21, 'spend', 300);
-- A call has no row number of its own: always row 1.
SELECT count(mine_predict('numbers', 'age', age, 'spend', spend)) FROM customers;
SELECT mine_predict('numbers', 'age', 'old', 'spend', 300);
