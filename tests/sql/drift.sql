-- mine_drift: tonight's rows beside those that a model learned from.
.mode list
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 3000)
SELECT i AS id, i*i*7919%1009 AS calls, i%5 AS visits, CASE i*i*31%97%10 WHEN 0 THEN 'gold' WHEN 1 THEN NULL WHEN 2 THEN 'basic' ELSE 'family' END AS plan,
  date('2024-01-01', (i*i*7919%300) || ' days') AS since, i*i*7919%1009 + i*13%617 > 800 AS churned FROM n;
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=4');
-- The rows themselves: nothing, every item listed.
SELECT item, kind, psi < 0.01, statistic < 30, p_value > 0.01, drifted, was, now FROM mine_drift('m', 'calls') ORDER BY item, kind;
SELECT count(*) FROM mine_drift('m', 'SELECT * FROM calls WHERE id % 3 = 1') WHERE drifted;
-- What changed comes first, in words.
CREATE TABLE tonight AS SELECT id, calls + 100 AS calls, iif(id % 9 = 0, 7, visits) AS visits, iif(plan = 'gold', 'Gold', plan) AS plan, since FROM calls;
UPDATE tonight SET plan = NULL WHERE id % 10 = 3;
UPDATE tonight SET since = date(since, '100 days');
SELECT item, kind, round(psi, 2), p_value < 1e-6, was, now FROM mine_drift('m', 'tonight') WHERE drifted;
SELECT item, kind, was, now FROM mine_drift('m', 'tonight', 'lang=zh') WHERE drifted;
SELECT count(*) FROM mine_drift('m', 'tonight', 'min_psi=100') WHERE drifted;
SELECT count(*) FROM mine_drift('m', 'tonight', 'alpha=0') WHERE drifted AND p_value > 0;
-- By key, and beside other tables.
SELECT kind, drifted FROM mine_drift('m', 'tonight') WHERE item = 'calls' ORDER BY kind;
SELECT item FROM mine_drift('m', 'tonight') WHERE kind = 'unknown';
-- The other tasks: numbers, many classes, clusters, groups, no holdout, rows that are skipped.
SELECT mine_train('number', 'linear', 'SELECT id, visits, plan, calls FROM calls', 'target=calls, l2=1') IS NOT NULL,
  mine_train('classes', 'bayes', 'SELECT id, calls, visits, plan FROM calls', 'target=plan') IS NOT NULL,
  mine_train('clusters', 'kmeans', 'SELECT id, calls, visits FROM calls', 'k=3') IS NOT NULL,
  mine_train('groups', 'tree', 'SELECT id, calls, visits, plan, churned FROM calls', 'target=churned, group=plan') IS NOT NULL,
  mine_train('unmeasured', 'tree', 'SELECT id, calls, visits, churned FROM calls', 'target=churned, holdout=0') IS NOT NULL,
  mine_train('skips', 'tree', 'SELECT id, calls, plan, churned FROM calls', 'target=churned, missing=skip') IS NOT NULL;
SELECT m.name, count(*), sum(d.drifted), group_concat(item || ' ' || was, ', ') FILTER (WHERE kind = 'score')
FROM mine_models m, mine_drift(m.name, 'calls') d WHERE m.name <> 'm' GROUP BY m.name;
SELECT m.name, group_concat(item || ' ' || kind || ': ' || coalesce(was, 'NULL') || ' -> ' || coalesce(now, 'NULL'), ', ')
FROM mine_models m, mine_drift(m.name, 'tonight') d WHERE m.name <> 'm' AND drifted GROUP BY m.name;
-- Few rows, one row, rows without any value, columns that only vary now.
SELECT count(*), sum(drifted) FROM mine_drift('m', 'SELECT * FROM calls LIMIT 1');
SELECT kind, psi, p_value, drifted, was, now FROM mine_drift('m', 'SELECT id, NULL AS calls, visits, plan, since FROM calls') WHERE item = 'calls' ORDER BY kind;
SELECT count(*), sum(drifted) FROM mine_drift('m', 'SELECT * FROM calls LIMIT 40');
-- A BLOB is a model, too; a scalar call says how it is written.
SELECT count(*) > 0, sum(drifted) FROM mine_drift((SELECT mine_fit('logistic', 'calls', 'target=churned, l2=1, ignore=since')), 'calls');
SELECT mine_drift('m', 'calls');
SELECT * FROM mine_drift('m', 'SELECT * FROM calls WHERE 0');
SELECT * FROM mine_drift('m');
SELECT * FROM mine_drift('m', 'SELECT id, calls FROM calls');
SELECT * FROM mine_drift('m', 'calls', 'min_psi=-1');
SELECT * FROM mine_drift('m', 'calls', 'threshold=1');
-- The rows held out are of another kind: said when they were not chosen by chance.
SELECT mine_train('late', 'tree', 'SELECT id, calls + iif(since > ''2024-08-20'', 300, 0) AS calls, visits, since, churned FROM calls', 'target=churned, split_by=time, time=since');
SELECT item, name, detail FROM mine_summary('late') WHERE item = 'warning';
SELECT count(*) FROM mine_summary('m') WHERE item = 'warning' AND detail LIKE '%held out%';
-- What a model keeps.
SELECT name, detail FROM mine_summary('m') WHERE item = 'keeps';
SELECT mine_train('near', 'knn', 'SELECT id, calls, visits, churned FROM calls LIMIT 500', 'target=churned, keep_ids=1') IS NOT NULL,
  mine_train('names', 'bayes', 'SELECT id, ''n'' || (id * 2 / 3) AS name, calls, churned FROM calls LIMIT 500', 'target=churned, holdout=0') IS NOT NULL;
SELECT name, detail FROM mine_summary('near') WHERE item = 'keeps';
SELECT name, detail FROM mine_summary('names') WHERE item = 'keeps';
