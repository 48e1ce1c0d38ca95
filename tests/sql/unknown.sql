-- Categories that the model never saw: one is handled, a column of them is another spelling.
CREATE TABLE club(id INTEGER PRIMARY KEY, vip TEXT, spend REAL, won TEXT);
INSERT INTO club SELECT value, CASE WHEN value%3=0 THEN 'True' ELSE 'False' END, (value*37)%101,
  CASE WHEN (value%3=0 AND value%10<>0) OR value%11=0 THEN 'yes' ELSE 'no' END FROM generate_series(1, 300);
SELECT mine_train('vips', 'tree', 'club', 'target=won') AS trained;
SELECT count(*) FROM mine_predict('vips', 'club');

-- Every row spelled otherwise, in every verb that reads rows.
SELECT count(*) FROM mine_predict('vips', 'SELECT id, vip=''True'' AS vip, spend FROM club');
SELECT count(*) FROM mine_probabilities('vips', 'SELECT id, vip=''True'' AS vip, spend FROM club');
SELECT count(*) FROM mine_evaluate('vips', 'SELECT id, vip=''True'' AS vip, spend, won FROM club');
SELECT count(*) FROM mine_confusion('vips', 'SELECT id, upper(vip) AS vip, spend, won FROM club');
SELECT count(*) FROM mine_roc('vips', 'SELECT id, vip || '' '' AS vip, spend, won FROM club');
SELECT count(*) FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club LIMIT 20');
SELECT count(*) FROM mine_predict('vips', 'SELECT id, ''wàhr'' AS vip, spend FROM club');
-- Before the first row, so that LIMIT and joins see it, in a source of any length.
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
INSERT INTO club SELECT 1000 + i, NULL, i % 7, NULL FROM n;
SELECT id FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club WHERE id <= 300') LIMIT 5;
SELECT id FROM mine_predict('vips', 'SELECT id, lower(coalesce(vip, ''x'')) AS vip, spend FROM club') LIMIT 5;
SELECT id FROM mine_probabilities('vips', 'SELECT id, lower(vip) AS vip, spend FROM club') LIMIT 5;
SELECT c.id, p.prediction FROM club AS c JOIN mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club') AS p USING (id) LIMIT 5;
SELECT c.id, p.prediction FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club') AS p, club AS c WHERE c.id = p.id + 0 LIMIT 5;
SELECT EXISTS (SELECT 1 FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club'));
SELECT id FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club', 'unknown=auto') LIMIT 2;
-- The only known one is the last: the rows before it are answered.
SELECT id, unknown FROM mine_predict('vips', 'SELECT id, iif(id = 6000, ''True'', ''x'') AS vip, spend FROM club') LIMIT 2;
DELETE FROM club WHERE id > 300;
-- Fewer than 20 rows, or said so: as unknown.
SELECT count(*), sum(unknown) FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club LIMIT 19');
SELECT count(*), sum(unknown) FROM mine_predict('vips', 'SELECT id, lower(vip) AS vip, spend FROM club', 'unknown=auto');
-- Known ones that come late, and a column that is missing, are none of that.
SELECT count(*), sum(unknown) FROM mine_predict('vips', 'SELECT id, CASE WHEN id <= 290 THEN ''new'' ELSE vip END AS vip, spend FROM club');
SELECT item, name, detail FROM mine_warnings;
SELECT count(*), sum(missing) FROM mine_predict('vips', 'SELECT id, NULL AS vip, spend FROM club');
SELECT count(*) FROM mine_warnings;

-- unknown=error: by the call, by the model, for single rows.
SELECT count(*) FROM mine_predict('vips', 'SELECT id, CASE WHEN id = 7 THEN ''FALSE'' ELSE vip END AS vip, spend FROM club', 'unknown=error');
SELECT mine_predict('vips', 'vip', 'false', 'spend', 3) AS handled;
SELECT mine_train('strict', 'tree', 'club', 'target=won, unknown=error') AS trained;
SELECT mine_predict('strict', 'vip', 'True', 'spend', 3), mine_predict('strict', 'vip', NULL, 'spend', 3);
SELECT mine_predict('strict', 'vip', 'true', 'spend', 3);
SELECT mine_probability('strict', 'yes', 'vip', 'True ', 'spend', 3);
SELECT mine_predict('strict', '{"vip": 1, "spend": 3}');
SELECT count(*) FROM mine_predict('strict', 'SELECT id, vip || ''.'' AS vip, spend FROM club LIMIT 3');
SELECT count(*) FROM mine_predict('strict', 'SELECT id, vip || ''.'' AS vip, spend FROM club LIMIT 3', 'unknown=auto');
SELECT item, name, detail FROM mine_summary('strict') WHERE name = 'unknown';

-- A number for its text, and the reverse, is the same category.
SELECT mine_train('codes', 'tree', 'SELECT id, CAST(id%3 AS TEXT) || CASE WHEN id%7 = 0 THEN ''x'' ELSE '''' END AS code, spend, won FROM club', 'target=won') AS trained;
SELECT sum(unknown) FROM mine_predict('codes', 'SELECT id, id%3 AS code, spend FROM club');
SELECT count(*) FROM mine_predict('codes', 'SELECT id, printf(''%.1f'', id%3) || '' '' AS code, spend FROM club');
