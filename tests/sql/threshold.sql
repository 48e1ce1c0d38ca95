-- threshold=: a number or a goal, in training, scoring and judging.
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 600)
SELECT i AS id, i*7%31 AS calls, i%5 AS visits, i*11%23 AS age,
  CASE WHEN i*7%31 + i*i*13%37 > 42 THEN 'yes' ELSE 'no' END AS churned, i%3 AS kind FROM n;
SELECT mine_train('plain', 'tree', 'calls', 'target=churned, ignore=kind, max_depth=4');
SELECT sum(prediction = 'yes') FROM mine_predict('plain', 'calls');
SELECT sum(prediction = 'yes') FROM mine_predict('plain', 'calls', 'threshold=f1');
SELECT verb, item, name, detail FROM mine_warnings;
SELECT metric, round(value, 4) AS value FROM mine_evaluate('plain', NULL, 'threshold=f1') WHERE metric IN ('f1', 'recall', 'precision');
SELECT item, name, substr(detail, 1, 60) FROM mine_warnings;
SELECT * FROM mine_confusion('plain', NULL, 'threshold=f1');
-- Every goal is at least what the others reach of it.
WITH goal(g) AS (VALUES ('f1'), ('accuracy'), ('balanced_accuracy')), said(t) AS (VALUES ('f1'), ('youden'), ('accuracy'), ('balanced_accuracy'), ('0.2'), ('0.5'), ('0.8'))
SELECT g, max(value) = max(iif(t = g, value, NULL)) AS best FROM goal, said, mine_evaluate('plain', NULL, 'threshold=' || t) e WHERE e.metric = g GROUP BY g;
SELECT actual, rows FROM mine_confusion('plain', NULL, 'threshold=profit, revenue=10, cost=1') WHERE predicted = 'yes';
SELECT actual, rows FROM mine_confusion('plain', NULL, 'threshold=profit, revenue=10, cost=8') WHERE predicted = 'yes';
-- The model remembers it: everything follows.
SELECT mine_train('cut', 'tree', 'calls', 'target=churned, ignore=kind, max_depth=4, threshold=f1');
SELECT item, name, detail FROM mine_summary('cut') WHERE item IN ('threshold', 'chosen') OR name = 'threshold';
SELECT metric, round(value, 4) AS value FROM mine_evaluate('cut') WHERE metric IN ('f1', 'recall', 'precision', 'auc');
SELECT * FROM mine_confusion('cut');
SELECT sum(prediction = 'yes') FROM mine_predict('cut', 'calls');
SELECT sum(mine_predict('cut', 'calls', calls, 'visits', visits, 'age', age) = 'yes') FROM calls;
SELECT sum(prediction = 'yes') = (SELECT sum(rows) FROM mine_confusion('cut') WHERE predicted = 'yes') FROM mine_predict('cut');
SELECT count(*) AS leaves_that_differ FROM mine_tree('cut') t JOIN mine_predict('cut', 'calls') p ON p.leaf = t.node WHERE t.prediction <> p.prediction;
SELECT sum(prediction = 'yes') FROM mine_predict('cut', 'calls', 'threshold=0.5');
SELECT mine_train('cut', 'knn', 'calls', 'target=churned, ignore=kind, threshold=0.9, positive=no');
SELECT sum(prediction = 'no'), sum(probability >= 0.9) FROM mine_predict('cut', 'calls');
SELECT mine_train('cut', 'tree', 'calls', 'target=churned, group=kind, threshold=youden, max_depth=3');
SELECT sum(prediction = 'yes') = sum(probability >= 0.9), sum(prediction = 'yes') FROM mine_predict('cut', 'calls');
-- Weights: the goal is found in training, where they are known.
SELECT mine_train('heavy', 'tree', 'SELECT *, 1 + id % 4 AS w FROM calls', 'target=churned, ignore=kind, weight=w, max_depth=4, threshold=f1');
SELECT sum(rows) FROM mine_confusion('heavy') WHERE predicted = 'yes';
SELECT sum(prediction = 'yes') FROM mine_predict('heavy', 'calls', 'threshold=f1');
-- What cannot be.
SELECT * FROM mine_predict('plain', 'calls', 'threshold=f2');
SELECT * FROM mine_predict('plain', 'calls', 'threshold=1.5');
SELECT * FROM mine_predict('plain', 'calls', 'threshold=profit');
SELECT * FROM mine_predict('plain', 'calls', 'threshold=f1, cost=3');
SELECT mine_train('x', 'tree', 'calls', 'target=churned, threshold=f1, holdout=0');
SELECT mine_train('x', 'tree', 'SELECT * FROM calls LIMIT 3', 'target=churned, threshold=f1');
SELECT mine_train('x', 'tree', 'calls', 'target=age, threshold=0.5');
SELECT mine_train('x', 'tree', 'calls', 'target=kind, task=classification, threshold=f1');
SELECT mine_train('x', 'kmeans', 'calls', 'threshold=f1');
SELECT mine_train('none', 'tree', 'calls', 'target=churned, holdout=0');
SELECT * FROM mine_predict('none', 'calls', 'threshold=f1');
SELECT option, type, default_value, range FROM mine_options('tree') WHERE option IN ('threshold', 'revenue', 'cost');
