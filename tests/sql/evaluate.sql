-- Measures on held-out rows and on a source; cross validation.
.read tests/sql/setup.inc
.headers on
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=3') AS trained;
SELECT metric, round(value, 4) AS value FROM mine_evaluate('churn');
SELECT metric, round(value, 4) AS value FROM mine_evaluate('churn', 'customers');
SELECT actual, predicted, rows FROM mine_confusion('churn', 'customers');
SELECT sum(rows) AS held_out FROM mine_confusion('churn');
SELECT fold, round(value, 3) AS auc FROM mine_cross_validate('tree', 'customers', 'target=churned, folds=4')
WHERE metric = 'auc';
SELECT rank, feature, round(importance, 4) AS importance FROM mine_importance('churn') ORDER BY rank;
SELECT node, parent, depth, test, rows, prediction, round(probability, 3) AS probability, path FROM mine_tree('churn');
SELECT mine_train('seg', 'kmeans', 'SELECT customer_id, age, spend FROM customers', 'k=2') AS trained;
SELECT metric, round(value, 4) AS value FROM mine_evaluate('seg');
SELECT cluster, rows, feature, round(value, 2) AS value, round(overall, 2) AS overall, round(z, 3) AS z FROM mine_centroids('seg');
SELECT item, name, detail FROM mine_summary('churn') WHERE item IN ('rows', 'id', 'target', 'positive', 'feature', 'source');
SELECT count(*) FROM mine_tree('seg');
SELECT count(*) FROM mine_centroids('churn');
