-- Which rows a model is measured on: by the id, by time, by whole groups, or as a column says.
CREATE TABLE visits(id INTEGER PRIMARY KEY, day TEXT, patient TEXT, x REAL, part TEXT, fold INTEGER, y TEXT);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 600)
INSERT INTO visits SELECT i, date('2024-01-01', (i * 7919 % 200) || ' days'), 'p' || (i * 31 % 40), i * 37 % 101,
  CASE WHEN i % 4 = 0 THEN 'test' ELSE 'train' END, 1 + i % 3, CASE WHEN i * 37 % 101 > 50 OR i % 11 = 0 THEN 'yes' ELSE 'no' END FROM n;
-- By chance on a table with times: told, unless it is what was asked for.
SELECT mine_train('chance', 'tree', 'SELECT id, day, x, y FROM visits', 'target=y') IS NOT NULL AS trained;
SELECT name, detail FROM mine_summary('chance') WHERE item = 'warning' AND detail LIKE '%chance%';
SELECT mine_train('asked', 'tree', 'SELECT id, day, x, y FROM visits', 'target=y, split_by=id') IS NOT NULL AS trained;
SELECT count(*) AS told FROM mine_summary('asked') WHERE detail LIKE '%by chance%';
SELECT count(*) AS warned FROM mine_cross_validate('tree', 'SELECT id, day, x, y FROM visits', 'target=y'), mine_warnings WHERE detail LIKE '%chance%' AND metric = 'auc' AND fold = 1;
-- The latest rows; rows of one day stay together; the time is no attribute.
SELECT mine_train('time', 'tree', 'SELECT id, day, x, y FROM visits', 'target=y, split_by=time, time=day') IS NOT NULL AS trained;
SELECT detail FROM mine_summary('time') WHERE item = 'holdout';
SELECT count(*) AS latest FROM visits WHERE day >= '2024-06-09';
SELECT group_concat(name) AS attributes FROM mine_summary('time') WHERE item = 'feature';
SELECT value AS held FROM mine_evaluate('time') WHERE metric = 'rows';
-- The model that is measured has seen the earlier rows only: it is the model of these.
SELECT mine_train('kept', 'tree', 'SELECT id, day, x, y FROM visits', 'target=y, split_by=time, time=day, refit=0') IS NOT NULL AS trained,
       mine_train('early', 'tree', 'SELECT id, x, y FROM visits WHERE day < ''2024-06-09''', 'target=y, holdout=0') IS NOT NULL AS trained;
SELECT count(*) AS rows, sum(a.probability IS b.probability) AS same FROM mine_predict('kept', 'visits') a JOIN mine_predict('early', 'visits') b USING (id);
SELECT e.metric, e.value IS f.value AS same FROM mine_evaluate('kept') e JOIN mine_evaluate('early', 'SELECT * FROM visits WHERE day >= ''2024-06-09''') f USING (metric) WHERE metric IN ('rows', 'accuracy', 'f1');
-- Times are read as everywhere: other forms, date_format, rows without one, all the same.
SELECT mine_train('german', 'tree', 'SELECT id, strftime(''%d.%m.%Y'', day) AS day, x, y FROM visits', 'target=y, split_by=time, time=day') IS NOT NULL AS trained;
SELECT detail FROM mine_summary('german') WHERE item = 'holdout';
SELECT mine_train('digits', 'tree', 'SELECT id, 0 + strftime(''%Y%m%d'', day) AS day, x, y FROM visits', 'target=y, split_by=time, time=day, date_format=day:%Y%m%d') IS NOT NULL AS trained;
SELECT detail FROM mine_summary('digits') WHERE item = 'holdout';
SELECT mine_train('gaps', 'tree', 'SELECT id, nullif(day, ''2024-01-01'') AS day, x, y FROM visits', 'target=y, split_by=time, time=day') IS NOT NULL AS trained;
SELECT detail FROM mine_summary('gaps') WHERE name = 'skipped';
SELECT mine_train('no', 'tree', 'SELECT id, ''2024-01-01'' AS day, x, y FROM visits', 'target=y, split_by=time, time=day');
SELECT mine_train('no', 'tree', 'SELECT id, ''01/02/2024'' AS day, x, y FROM visits', 'target=y, split_by=time, time=day');
-- Folds roll forward.
SELECT fold, value FROM mine_cross_validate('tree', 'SELECT id, day, x, y FROM visits', 'target=y, split_by=time, time=day') WHERE metric = 'rows';
SELECT fold, value FROM mine_cross_validate('tree', 'SELECT id, ''2024-01-0'' || (1 + id % 3) AS day, x, y FROM visits', 'target=y, split_by=time, time=day, folds=2') WHERE metric = 'rows';
SELECT fold, value FROM mine_cross_validate('tree', 'SELECT id, ''2024-01-0'' || (1 + id % 3) AS day, x, y FROM visits', 'target=y, split_by=time, time=day, folds=3') WHERE metric = 'rows';
SELECT metric, c.value IS e.value AS same FROM mine_cross_validate('tree', 'SELECT id, ''2024-01-0'' || (1 + id % 3) AS day, x, y FROM visits', 'target=y, split_by=time, time=day, folds=2') c
JOIN mine_evaluate(mine_fit('tree', 'SELECT id, x, y FROM visits WHERE id % 3 < 2', 'target=y, holdout=0'), 'SELECT * FROM visits WHERE id % 3 = 2') e USING (metric) WHERE fold = 2 AND metric IN ('rows', 'accuracy', 'auc');
-- Whole groups.
SELECT mine_train('groups', 'tree', 'SELECT id, patient, x, y FROM visits', 'target=y, split_by=group, fold_group=patient') IS NOT NULL AS trained;
SELECT detail FROM mine_summary('groups') WHERE item = 'holdout';
SELECT fold, value FROM mine_cross_validate('tree', 'SELECT id, patient, x, y FROM visits', 'target=y, split_by=group, fold_group=patient, folds=4') WHERE metric = 'rows';
SELECT fold, value FROM mine_cross_validate('tree', 'SELECT patient, x, y FROM visits', 'target=y, id=patient, split_by=group, fold_group=patient, folds=3') WHERE metric = 'rows';
SELECT mine_train('no', 'tree', 'SELECT id, 7 AS patient, x, y FROM visits', 'target=y, split_by=group, fold_group=patient, seed=3') LIKE '%not measured%' AS told;
SELECT fold FROM mine_cross_validate('tree', 'SELECT id, id % 3 AS patient, x, y FROM visits', 'target=y, split_by=group, fold_group=patient');
-- As a column says.
SELECT mine_train('said', 'tree', 'SELECT id, part, x, y FROM visits', 'target=y, split=part') LIKE '%150 held-out rows%' AS trained;
SELECT detail FROM mine_summary('said') WHERE item = 'holdout';
SELECT fold, value FROM mine_cross_validate('tree', 'SELECT id, fold - 1 AS fold, x, y FROM visits', 'target=y, split=fold') WHERE metric = 'rows';
SELECT metric, c.value IS e.value AS same FROM mine_cross_validate('tree', 'SELECT id, fold, x, y FROM visits', 'target=y, split=fold') c
JOIN mine_evaluate(mine_fit('tree', 'SELECT id, x, y FROM visits WHERE fold <> 2', 'target=y, holdout=0'), 'SELECT * FROM visits WHERE fold = 2') e USING (metric) WHERE c.fold = 2 AND metric IN ('rows', 'accuracy', 'auc');
SELECT mine_train('no', 'tree', 'SELECT id, CASE id WHEN 9 THEN ''Test'' ELSE part END AS part, x, y FROM visits', 'target=y, split=part');
SELECT mine_train('no', 'tree', 'SELECT id, CASE WHEN id <> 5 THEN part END AS part, x, y FROM visits', 'target=y, split=part');
SELECT mine_train('no', 'tree', 'SELECT id, fold, x, y FROM visits', 'target=y, split=fold');
SELECT fold FROM mine_cross_validate('tree', 'SELECT id, part, x, y FROM visits', 'target=y, split=part');
SELECT fold FROM mine_cross_validate('tree', 'SELECT id, 1 AS fold, x, y FROM visits', 'target=y, split=fold');
-- What does not go together.
SELECT mine_train('no', 'tree', 'visits', 'target=y, split=part, holdout=0.1');
SELECT fold FROM mine_cross_validate('tree', 'visits', 'target=y, split=fold, folds=3');
SELECT mine_train('no', 'tree', 'visits', 'target=y, split=part, split_by=id');
SELECT mine_train('no', 'tree', 'visits', 'target=y, split_by=time');
SELECT mine_train('no', 'tree', 'visits', 'target=y, split_by=group');
SELECT mine_train('no', 'tree', 'visits', 'target=y, time=day');
SELECT mine_train('no', 'tree', 'visits', 'target=y, split_by=time, time=day, fold_group=patient');
SELECT mine_train('no', 'tree', 'visits', 'target=y, split_by=time, time=y');
SELECT mine_train('no', 'tree', 'visits', 'target=y, split_by=time, time=dya');
SELECT mine_train('no', 'tree', 'SELECT day, x, y FROM visits', 'target=y, split_by=time, time=day');
SELECT mine_train('no', 'tree', 'visits', 'target=y, group=patient, split_by=group, fold_group=patient');
SELECT mine_train('no', 'knn', 'SELECT id, day, x FROM visits', 'split_by=time, time=day');
SELECT mine_train('no', 'kmeans', 'SELECT id, day, x FROM visits', 'split_by=time, time=day');
