-- low, high: where the target of a number lies.
.mode list
CREATE TABLE sales AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 4000)
SELECT i AS id, i*7%31 AS calls, i%5 AS visits, i%3 AS region, i%2 AS known,
  10 + i*7%31 * (1 + (i*i*13%101 - 50) / 100.0) AS spend, date('2020-01-01', i || ' days') AS day FROM n;
CREATE VIEW past AS SELECT id, calls, visits, region, spend, day FROM sales WHERE known;
CREATE VIEW fresh AS SELECT * FROM sales WHERE NOT known;
SELECT mine_train('spend', 'linear', 'past', 'target=spend, ignore=day');
SELECT item, detail FROM mine_summary('spend') WHERE item = 'interval' OR name = 'intervals';
SELECT id, round(prediction, 2), round(low, 2), round(high, 2), leaf FROM mine_predict('spend', 'sales') LIMIT 3;
SELECT round(prediction, 2), round(low, 2), round(high, 2) FROM mine_predict('spend') LIMIT 2;
-- As many as promised lie between, also where it scatters more.
SELECT calls / 11 AS part, round(avg(spend BETWEEN low AND high), 2), round(avg(high - low), 1)
FROM mine_predict('spend', 'fresh', 'level=0.8') JOIN sales USING (id) GROUP BY 1;
SELECT round(avg(spend BETWEEN low AND high), 3) FROM mine_predict('spend', 'fresh', 'level=0.5') JOIN sales USING (id);
SELECT round(avg(spend BETWEEN low AND high), 3) FROM mine_predict('spend', 'fresh') JOIN sales USING (id);
SELECT round(avg(spend BETWEEN low AND high), 3) FROM mine_predict('spend', 'fresh', 'level=0.98') JOIN sales USING (id);
-- Residuals out of fold; none; the latest rows; groups; auto; a quantile, which is not in the middle.
SELECT mine_train('crossed', 'tree', 'past', 'target=spend, ignore=day, intervals=cross, holdout=0');
SELECT detail FROM mine_summary('crossed') WHERE item = 'interval';
SELECT round(avg(spend BETWEEN low AND high), 3) FROM mine_predict('crossed', 'fresh') JOIN sales USING (id);
SELECT mine_train('none', 'tree', 'past', 'target=spend, ignore=day, intervals=none');
SELECT count(*), count(low), count(high) FROM mine_predict('none', 'sales');
SELECT mine_train('later', 'linear', 'past', 'target=spend, split_by=time, time=day');
SELECT detail FROM mine_summary('later') WHERE item = 'interval';
SELECT mine_train('grouped', 'linear', 'past', 'target=spend, ignore=day, group=region, intervals=cross');
SELECT detail FROM mine_summary('grouped') WHERE item = 'interval';
SELECT round(avg(spend BETWEEN low AND high), 3) FROM mine_predict('grouped', 'fresh') JOIN sales USING (id);
SELECT mine_train('mean', 'auto', 'past', 'target=spend, ignore=day, portfolio=tree|linear, intervals=cross');
SELECT detail FROM mine_summary('mean') WHERE item = 'interval';
SELECT mine_train('quantile', 'boost', 'past', 'target=spend, ignore=day, objective=quantile, alpha=0.9, n_trees=60');
SELECT round(avg(prediction > spend), 2), round(avg(spend BETWEEN low AND high), 2) FROM mine_predict('quantile', 'fresh') JOIN sales USING (id);
-- Kept through the bytes.
SELECT count(*) FROM mine_predict('spend', 'sales') a JOIN mine_predict((SELECT model FROM mine_models WHERE name = 'spend'), 'sales') b USING (id) WHERE a.low = b.low AND a.high = b.high;
-- What cannot be.
SELECT mine_train('few', 'tree', 'SELECT * FROM past LIMIT 60', 'target=spend, ignore=day');
SELECT detail FROM mine_summary('few') WHERE item = 'interval';
SELECT count(low) FROM mine_predict('few', 'sales');
SELECT count(*) FROM mine_predict('few', 'sales', 'level=0.8');
SELECT count(low) FROM mine_predict('spend', 'sales', 'level=0.999');
SELECT item, name, detail FROM mine_warnings;
SELECT count(*) FROM mine_predict('spend', 'sales', 'level=1');
SELECT count(*) FROM mine_predict('spend', 'sales', 'level=0');
SELECT mine_train('class', 'tree', 'past', 'target=region, task=classification, ignore=day');
SELECT count(low) FROM mine_predict('class', 'sales');
SELECT count(*) FROM mine_predict('class', 'sales', 'level=0.8');
SELECT mine_train('class', 'tree', 'past', 'target=region, task=classification, intervals=cross');
