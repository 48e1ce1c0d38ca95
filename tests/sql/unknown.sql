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
