-- The curve of a model: held-out rows, a source, one class of several, and its area.
.read tests/sql/setup.inc
SELECT mine_train('m', 'tree', 'customers', 'target=churned, max_depth=3') IS NOT NULL AS trained;
SELECT * FROM (SELECT round(threshold, 4), round(true_positive_rate, 4), round(false_positive_rate, 4),
  round(precision, 4), rows FROM mine_roc('m')) LIMIT 4;
-- Trapezoids give the auc of mine_evaluate.
WITH points AS (SELECT row_number() OVER () AS i, true_positive_rate AS y, false_positive_rate AS x
                FROM mine_roc('m', 'customers')),
     area AS (SELECT sum((b.x - a.x) * (a.y + b.y) / 2) AS auc FROM points a JOIN points b ON b.i = a.i + 1)
SELECT abs(area.auc - e.value) < 1e-12 AS same_auc FROM area, mine_evaluate('m', 'customers') e WHERE e.metric = 'auc';
SELECT min(threshold) >= 0, max(true_positive_rate), max(false_positive_rate), max(rows) FROM mine_roc('m', 'customers', 'class=no');
SELECT mine_train('three', 'tree', 'customers', 'target=plan, ignore=churned') IS NOT NULL AS trained;
SELECT * FROM mine_roc('three');
SELECT count(*) > 2 AS points FROM mine_roc('three', 'customers', 'class=gold');
SELECT mine_train('k', 'kmeans', 'customers', 'k=2') IS NOT NULL AS trained;
SELECT * FROM mine_roc('k');
SELECT * FROM mine_roc('m', 'SELECT * FROM customers WHERE churned = ''no''');
