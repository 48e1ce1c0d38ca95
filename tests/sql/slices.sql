-- mine_evaluate(..., 'by=column'), and the held-out rows that a model remembers.
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)
SELECT 'c' || i AS id, i*7%31 AS calls, i%5 AS visits,
  CASE WHEN i%10 < 5 THEN 'north' WHEN i%10 < 9 THEN 'south' WHEN i%20 = 9 THEN 'west' END AS region,
  i%3 AS shop, CASE WHEN i*7%31 + i*13%17 > 26 THEN 'yes' ELSE 'no' END AS churned, i*7%31 + i*13%17 AS score
FROM n;
SELECT mine_train('m', 'tree', 'calls', 'target=churned, ignore=score|region, max_depth=3');
SELECT metric, round(value, 4) AS value, low, high, slice FROM mine_evaluate('m', 'calls', 'by=region')
WHERE metric IN ('rows', 'accuracy', 'auc', 'recall');
SELECT verb, item, name, detail FROM mine_warnings;
-- A slice is found by its key, and is what the source alone would give.
SELECT count(*) AS different FROM
  mine_evaluate('m', 'SELECT * FROM calls WHERE region = ''south''') w,
  mine_evaluate('m', 'calls', 'by=region') s
WHERE s.slice = 'south' AND s.metric = w.metric AND (s.value IS NOT w.value OR w.slice IS NOT NULL);
-- An attribute of the model, with its type.
SELECT DISTINCT slice, typeof(slice) FROM mine_evaluate('m', 'calls', 'by=shop');
SELECT count(*) FROM mine_evaluate('m', 'calls', 'by=REGION, threshold=0.3') WHERE slice = 'north';
-- What cannot be.
SELECT * FROM mine_evaluate('m', NULL, 'by=region');
SELECT * FROM mine_evaluate('m', 'calls', 'by=regio');
SELECT * FROM mine_evaluate('m', 'calls', 'by=churned');
SELECT mine_train('k', 'kmeans', 'SELECT id, calls, visits FROM calls', 'k=3');
SELECT * FROM mine_evaluate('k', 'calls', 'by=region');
SELECT mine_train('f', 'tree', 'calls', 'target=churned, ignore=score');
SELECT * FROM mine_evaluate('f', 'SELECT id, calls, visits, shop, churned, iif(region = ''west'', ''east'', region) AS region FROM calls', 'by=region');
SELECT count(DISTINCT slice) FROM mine_evaluate('f', 'SELECT *, coalesce(region, ''none'') AS part FROM calls', 'by=part');
-- A number that is predicted.
SELECT mine_train('r', 'tree', 'calls', 'target=score, ignore=churned|region');
SELECT metric, round(value, 3) AS value, slice FROM mine_evaluate('r', 'SELECT * FROM calls LIMIT 50', 'by=region') WHERE metric <> 'mae';
SELECT detail FROM mine_warnings;

-- The held-out rows: without their ids ...
SELECT count(*), count(id), count(probability), count(missing), count(leaf) FROM mine_predict('m');
SELECT item, name, detail FROM mine_warnings;
-- ... and with them, as they came.
SELECT mine_train('m', 'tree', 'calls', 'target=churned, ignore=score|region, max_depth=3, keep_ids=1');
SELECT id, prediction, label, round(probability, 3) AS probability, round(confidence, 3) AS confidence FROM mine_predict('m') LIMIT 3;
SELECT count(*) FROM mine_warnings;
SELECT (SELECT round(mine_auc(c.churned = 'yes', p.probability), 6) FROM mine_predict('m') p JOIN calls c USING (id))
     = (SELECT round(value, 6) FROM mine_evaluate('m') WHERE metric = 'auc') AS same_auc;
SELECT round(sum(probability), 3) FROM mine_predict('m', NULL, 'class=no') WHERE id IN ('c4', 'c11', 'c13');
SELECT sum(prediction = 'yes') FROM mine_predict('m', NULL, 'threshold=0.2');
SELECT mine_train('r', 'tree', 'SELECT CAST(substr(id, 2) AS INTEGER) AS id, calls, visits, score FROM calls', 'target=score, keep_ids=1');
SELECT typeof(id), count(*), count(prediction), count(DISTINCT id) FROM mine_predict('r') GROUP BY 1;
SELECT (SELECT round(mine_rmse(c.score, p.prediction), 5) FROM mine_predict('r') p JOIN calls c ON c.id = 'c' || p.id)
     = (SELECT round(value, 5) FROM mine_evaluate('r') WHERE metric = 'rmse') AS same_rmse;
-- Where there are none.
SELECT * FROM mine_predict('k');
SELECT mine_train('none', 'tree', 'calls', 'target=churned, ignore=score, holdout=0');
SELECT * FROM mine_predict('none');
