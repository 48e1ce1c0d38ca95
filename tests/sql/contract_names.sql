-- Names as they come: Chinese, quotes, dots, commas, keywords; models that travel.
ATTACH ':memory:' AS other;
CREATE TABLE "客户 表"("客户 号" INTEGER PRIMARY KEY, "年 龄", "it's", "a""b", "x.y", "select", "a,b|c=d", "城市", "流失");
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300)
INSERT INTO "客户 表" SELECT i, CASE WHEN i % 17 THEN 18 + i * 37 % 60 END, i * 911 % 400 / 4.0, i % 11, i % 5,
  CASE i % 2 WHEN 0 THEN '甲' ELSE 'l''Aquila' END, i % 3, CASE i % 3 WHEN 0 THEN '北京' WHEN 1 THEN '上海' ELSE '广 州' END,
  iif(i * 37 % 60 < 20 + i % 9, '是', '否') FROM n;
SELECT mine_train('流失 ''"模型', 'tree', '客户 表', 'target=流失, max_depth=3, min_samples_leaf=20, ignore="a,b|c=d"');
SELECT mine_train('json', 'tree', 'main."客户 表"', '{"target":"流失","max_depth":3,"min_samples_leaf":20,"ignore":["a,b|c=d"]}');
SELECT item, name, detail FROM mine_summary('json') WHERE item IN ('id', 'target', 'positive', 'feature');
SELECT count(*) AS models, count(DISTINCT (SELECT group_concat(test || prediction) FROM mine_tree(name))) AS different FROM mine_models;

-- The call, ready to paste, and what it says.
SELECT mine_export('流失 ''"模型', 'call');
SELECT count(*) AS rows, sum(prediction IS mine_predict('流失 ''"模型', '年 龄', "年 龄", 'it''s', "it's", 'a"b', "a""b", 'x.y', "x.y", 'select', "select", '城市', "城市")) AS same
FROM "客户 表" JOIN mine_predict('流失 ''"模型', '客户 表') ON id = "客户 号";

-- To another database and back under another name; by BLOB.
SELECT mine_init('other');
INSERT INTO other.mine_models SELECT * FROM main.mine_models WHERE name = 'json';
UPDATE other.mine_models SET name = '副本';
CREATE TABLE other.blobs AS SELECT mine_fit('tree', '客户 表', 'target=流失, max_depth=3, min_samples_leaf=20, ignore="a,b|c=d"') AS model;
SELECT count(*) AS rows, sum(a.prediction IS b.prediction AND a.probability = b.probability) AS copied,
       sum(a.prediction IS c.prediction AND a.probability = c.probability) AS fitted
FROM mine_predict('json', '客户 表') AS a JOIN mine_predict('other.副本', '客户 表') AS b USING (id)
JOIN other.blobs JOIN mine_predict(blobs.model, '客户 表') AS c USING (id);
SELECT mine_export('other.副本', 'call') LIKE 'mine_predict(''other.副本'', %' AS named;
SELECT count(*) FROM mine_predict('副本', '客户 表');
SELECT count(*) FROM mine_predict('json', 'SELECT "客户 号", "年 龄", "城市" FROM "客户 表"');

-- Sixty-three features are pairs, more are JSON.
SELECT mine_train('w63', 'tree', (SELECT 'SELECT n.i, n.i % 2 AS y, ' || group_concat('n.i * ' || value || ' % 97 AS f' || value, ', ') ||
  ' FROM (SELECT "客户 号" AS i FROM "客户 表") AS n' FROM (WITH RECURSIVE g(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM g WHERE value < 63) SELECT value FROM g)), 'target=y');
SELECT mine_train('w64', 'tree', (SELECT 'SELECT n.i, n.i % 2 AS y, ' || group_concat('n.i * ' || value || ' % 97 AS f' || value, ', ') ||
  ' FROM (SELECT "客户 号" AS i FROM "客户 表") AS n' FROM (WITH RECURSIVE g(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM g WHERE value < 64) SELECT value FROM g)), 'target=y');
SELECT mine_export('w63', 'call') LIKE '%json%' AS json_at_63, mine_export('w64', 'call') LIKE '%json%' AS json_at_64;
