-- group=: a model for each value of a column, stored as one.
.read tests/sql/setup.inc
CREATE VIEW shops AS SELECT customer_id, substr('NSW', 1 + customer_id * customer_id % 3, 1) AS region, age, spend, churned FROM customers;
INSERT INTO customers VALUES(900, 30, 'gold', 120, 'yes');
SELECT mine_train('by', 'tree', 'shops', 'target=churned, group=region, max_depth=3') LIKE 'by: tree on 241 rows%' AS trained;
SELECT item, name, detail FROM mine_summary('by') WHERE item IN ('groups', 'group');
-- Each member is the model of its rows alone.
SELECT mine_train('north', 'tree', 'SELECT * FROM shops WHERE region = ''N''', 'target=churned, ignore=region, max_depth=3') IS NOT NULL AS trained,
       mine_train('south', 'tree', 'SELECT * FROM shops WHERE region = ''S''', 'target=churned, ignore=region, max_depth=3') IS NOT NULL AS trained;
SELECT count(*) AS rows, sum(a.probability IS b.probability) AS same
FROM mine_predict('by', 'shops') a
JOIN (SELECT * FROM mine_predict('north', 'SELECT * FROM shops WHERE region = ''N''')
      UNION ALL SELECT * FROM mine_predict('south', 'SELECT * FROM shops WHERE region = ''S''')) b USING (id);
SELECT count(*) AS nodes, count(DISTINCT group_value) AS "groups" FROM mine_tree('by');
SELECT (SELECT group_concat(path, '|') FROM mine_tree('by') WHERE group_value = 'N') = (SELECT group_concat(path, '|') FROM mine_tree('north')) AS same_tree,
       (SELECT max(group_value) FROM mine_tree('north')) AS none;
SELECT feature, rank, group_value FROM mine_importance('by') WHERE rank = 1;
-- A group never seen, or none: no answer.
SELECT mine_predict('by', 'region', 'X', 'age', 30, 'spend', 120) IS NULL AS unseen,
       mine_predict('by', 'region', NULL, 'age', 30, 'spend', 120) IS NULL AS missing,
       mine_predict('by', 'region', 'N', 'age', 30, 'spend', 120) IS NOT NULL AS known;
-- One that cannot be fitted is a warning with its name; rows without a group are counted.
SELECT mine_train('few', 'tree', 'SELECT * FROM shops UNION ALL SELECT 950, ''X'', 30, 100.0, ''no'' UNION ALL SELECT 951, NULL, 30, 100.0, ''no''',
  'target=churned, group=region') IS NOT NULL AS trained;
SELECT item, name, detail FROM mine_summary('few') WHERE item = 'warning' OR name = 'skipped';
-- Clusters, rules, folds.
SELECT group_value, cluster, count(*) AS rows FROM mine_cluster('shops', 'k=2, group=region, ignore=churned') GROUP BY 1, 2;
SELECT mine_train('segments', 'kmeans', 'shops', 'k=2, group=region, ignore=churned') IS NOT NULL AS trained;
SELECT count(*) AS differ FROM mine_predict('segments', 'shops') p JOIN mine_cluster('shops', 'k=2, group=region, ignore=churned') c USING (id) WHERE p.prediction <> c.cluster;
SELECT group_value, cluster, feature, rows FROM mine_centroids('segments') WHERE feature = 'age';
SELECT fold, metric, value FROM mine_cross_validate('knn', 'shops', 'target=churned, group=region, folds=3') WHERE metric = 'rows';
CREATE VIEW visits AS SELECT basket, item, CASE WHEN basket < 3 THEN 'early' ELSE 'late' END AS week FROM purchases;
SELECT antecedent, consequent, count, round(lift, 3) AS lift, group_value FROM mine_rules('visits', 'basket=basket, item=item, group=week, min_count=2') ORDER BY group_value, lift DESC, antecedent LIMIT 6;
SELECT count(*) AS rules, sum(group_value IS NULL) AS without FROM mine_rules('purchases', 'min_count=2');
SELECT sum(a.lift IS b.lift) = count(*) AS same FROM mine_rules('visits', 'basket=basket, item=item, group=week, min_count=2') a
JOIN mine_rules('SELECT basket, item FROM visits WHERE week = ''late''', 'min_count=2') b ON a.antecedent = b.antecedent AND a.consequent = b.consequent AND a.group_value = 'late';
-- Refused.
SELECT mine_train('no', 'tree', 'shops', 'target=churned, group=churned');
SELECT mine_train('no', 'tree', 'shops', 'target=churned, group=customer_id');
SELECT mine_train('no', 'tree', 'shops', 'target=churned, group=regoin');
-- Small groups side by side: as one after another, to the byte, with what each has to say.
CREATE TABLE bons AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 6000)
SELECT i/5 AS basket, 'item' || (i*i*7%23 + i%3) AS item, CASE WHEN i/5%97 = 0 THEN 'rare' ELSE 'shop' || (i/5%12) END AS shop FROM n;
CREATE TABLE one AS SELECT * FROM mine_rules('bons', 'group=shop, min_support=0.05, min_confidence=0.25, threads=1');
CREATE TABLE many AS SELECT * FROM mine_rules('bons', 'group=shop, min_support=0.05, min_confidence=0.25, threads=4');
SELECT count(*), count(DISTINCT group_value), (SELECT count(*) FROM (SELECT rowid, * FROM one EXCEPT SELECT rowid, * FROM many)) AS differ FROM one;
SELECT count(*) AS differ FROM (SELECT antecedent, consequent, count, support FROM many WHERE group_value = 'shop3' EXCEPT
  SELECT antecedent, consequent, count, support FROM mine_rules('SELECT basket, item FROM bons WHERE shop = ''shop3''', 'min_support=0.05, min_confidence=0.25'));
SELECT count(*) FROM mine_rules('bons', 'group=shop, min_support=0.9, threads=4');
SELECT name, substr(detail, 1, 70) FROM mine_warnings LIMIT 3;
SELECT count(*) FROM mine_rules('bons', 'group=shop, min_count=1, max_itemsets=3, threads=4');
