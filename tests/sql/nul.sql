-- A NUL inside a text: exact where it is data, \0 where it is a text for people.
CREATE TABLE cut AS SELECT value AS id, CAST('a' || char(0) || CASE WHEN value%2 THEN 'b' ELSE 'c' END AS TEXT) AS c,
  (value*37)%101 AS x, CAST(CASE WHEN value%2 AND value%9 THEN 'y' || char(0) || 'es' ELSE 'y' || char(0) || 'o' END AS TEXT) AS y
  FROM generate_series(1, 200);
SELECT mine_train('cut', 'tree', 'cut', 'target=y, max_depth=1') AS trained;
SELECT test, path, hex(prediction) FROM mine_tree('cut');
SELECT hex(prediction), hex(label), count(*) FROM mine_predict('cut', 'cut') GROUP BY prediction;
SELECT hex(class), count(*) FROM mine_probabilities('cut', 'cut') GROUP BY class;
SELECT hex(actual), hex(predicted), rows FROM mine_confusion('cut', 'cut');
SELECT item, name, detail FROM mine_summary('cut') WHERE item IN ('target', 'positive', 'feature');
SELECT hex(mine_predict('cut', 'c', CAST('a' || char(0) || 'b' AS TEXT), 'x', 1)) AS one;
SELECT round(mine_probability('cut', CAST('y' || char(0) || 'o' AS TEXT), 'c', CAST('a' || char(0) || 'c' AS TEXT), 'x', 1), 3) AS sure;
SELECT sum(distance) > 0 FROM mine_neighbors('SELECT id, c FROM cut WHERE id < 3', 'SELECT id, c FROM cut WHERE id < 3');
SELECT mine_train('parts', 'kmeans', 'SELECT id, c, x FROM cut', 'k=2') AS trained;
SELECT DISTINCT feature FROM mine_centroids('parts');
SELECT hex(top), distinct_values FROM mine_profile('SELECT id, y FROM cut') WHERE "column" = 'y';
SELECT antecedent, consequent FROM mine_rules('SELECT id, c FROM cut UNION ALL SELECT id, y FROM cut', 'min_confidence=0.9');
SELECT itemset, count FROM mine_itemsets('SELECT id, c FROM cut', 'min_support=0.1');
SELECT count(*) FROM mine_predict('cut', 'SELECT id, substr(CAST(c AS BLOB), 1, 1) || '''' AS c, x FROM cut');
-- SQLite's JSON ends a text at a NUL; an escaped backslash before u0000 is none.
SELECT mine_predict('cut', '{"c":"a\u0000b","x":1}');
SELECT hex(mine_predict('cut', '{"c":"a\\u0000b","x":1}')) AS another;
-- Classes are shown whole; an exported class is read back in a database of any encoding.
SELECT mine_probability('cut', 'a', 'c', 'x', 'x', 1);
SELECT mine_export('cut', 'call', NULL, 'what=probability');
