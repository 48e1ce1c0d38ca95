-- What a call guessed: in the one line of a training, and in mine_warnings for every verb that reads.
.mode list
CREATE TABLE people(income INTEGER, age INTEGER, churn TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 400)
INSERT INTO people SELECT 20000 + (i * 7919) % 65537, 20 + (i * 37) % 50, iif((i * 7919) % 65537 < 25000, 'yes', 'no') FROM n;
-- nothing was called yet
SELECT * FROM mine_warnings;
-- an id by its position is said; one that was named is not
SELECT mine_train('m', 'tree', 'people', 'target=churn');
SELECT * FROM mine_warnings;
SELECT item, name, detail FROM mine_summary('m') WHERE item = 'id';
SELECT mine_train('m', 'tree', 'people', 'target=churn, id=income');
SELECT count(*) FROM mine_warnings;
SELECT mine_train('m', 'tree', 'people', 'target=churn, id=none');
SELECT verb, item, name FROM mine_warnings;
-- it must be unique, else nobody meant an id
SELECT mine_train('m', 'tree', 'SELECT age, income, churn FROM people', 'target=churn');
SELECT count(*) FROM mine_warnings;
SELECT mine_train('m', 'tree', 'SELECT income / 2 * 2 AS income, age, churn FROM people', 'target=churn');
SELECT id, cluster FROM mine_cluster('SELECT age, income FROM people', 'k=2') LIMIT 1;
SELECT count(*) FROM mine_neighbors('SELECT age, income FROM people', 'SELECT 1 AS id, 30000 AS income', 'k=1');
SELECT count(*) FROM mine_correlate('SELECT age, age AS a, income FROM people');
-- verbs without a model leave it there; reading it changes nothing, nor does a call without a source
SELECT count(*) FROM mine_cluster('SELECT income, age, 1 AS one FROM people', 'k=2');
SELECT count(*) FROM mine_algorithms WHERE algorithm = 'tree';
SELECT * FROM mine_warnings;
SELECT item, name FROM mine_warnings WHERE item = 'dropped';
SELECT count(*) FROM mine_neighbors('SELECT income, age FROM people', 'SELECT income, age FROM people LIMIT 2', 'k=1');
SELECT verb, source, item, name FROM mine_warnings;
SELECT first, second, rows FROM mine_correlate('SELECT rowid AS i, age, income, 5 AS five FROM people');
SELECT verb, item, name FROM mine_warnings;
SELECT count(*) > 0 FROM mine_cross_validate('tree', 'people', 'target=churn, folds=2');
SELECT verb, item, name, detail FROM mine_warnings WHERE item = 'id';
SELECT length(mine_fit('tree', 'people', 'target=churn')) > 0;
SELECT verb, item, name, detail FROM mine_warnings WHERE item = 'id';
-- '' and blanks are missing: in baskets too
CREATE TABLE lines(order_id TEXT, product TEXT);
INSERT INTO lines VALUES ('1', 'tea'), ('2', 'tea'), ('3', 'cup'), ('', 'tea'), ('', 'cup'), (' ', 'lamp'), ('4', ''), ('5', char(160)), ('6', char(9));
SELECT itemset, count, round(support, 3) FROM mine_itemsets('lines', 'min_count=1');
SELECT verb, item, name, detail FROM mine_warnings;
SELECT "column", missing, distinct_values FROM mine_profile('lines');
