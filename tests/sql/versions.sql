-- keep=: earlier versions of a model, mine_versions, mine_restore.
.mode list
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 600)
SELECT i AS id, i*i*7919%101 AS calls, i%5 AS visits, i*i*7919%101 + i*13%61 > 80 AS churned FROM n;
-- Without keep= there is the model and no table of versions.
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=1') IS NOT NULL;
SELECT v.version, v.metrics IS m.metrics, v.created IS m.created, v.current FROM mine_versions('m') v, mine_models m;
SELECT count(*) FROM sqlite_schema WHERE name = 'mine_model_versions';
SELECT mine_restore('m');
-- Each training puts the one before aside; the same bytes are no new version; the oldest go.
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=2, keep=2') IS NOT NULL;
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=2, keep=2') IS NOT NULL;
SELECT version, current FROM mine_versions('m');
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=3, keep=2') IS NOT NULL, mine_train('m', 'tree', 'calls', 'target=churned, max_depth=4, keep=2') IS NOT NULL;
SELECT version, current FROM mine_versions('m');
SELECT version, options FROM mine_model_versions ORDER BY version;
SELECT options FROM mine_models;
-- Back, further back, forward by number; what was current is a version.
SELECT mine_restore('m');
SELECT options FROM mine_models;
SELECT mine_restore('m');
SELECT mine_restore('m');
SELECT mine_restore('m', 4), mine_restore('m', 4);
SELECT version, current FROM mine_versions('m');
SELECT options, (SELECT count(*) FROM mine_tree('m')) FROM mine_models;
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=5, keep=1') IS NOT NULL;
SELECT version, current FROM mine_versions('m');
-- In a transaction all of it is rolled back.
BEGIN;
SELECT mine_train('m', 'tree', 'calls', 'target=churned, max_depth=6, keep=3') LIKE '%; a transaction is open%';
SELECT version, current FROM mine_versions('m');
SELECT mine_restore('m', 4);
ROLLBACK;
SELECT version, current FROM mine_versions('m');
-- Other schemas, other spellings.
ATTACH ':memory:' AS aux;
SELECT mine_train('temp.m', 'tree', 'calls', 'target=churned, keep=2, max_depth=1') IS NOT NULL, mine_train('temp.m', 'tree', 'calls', 'target=churned, keep=2, max_depth=2') IS NOT NULL,
  mine_train('aux.m', 'tree', 'calls', 'target=churned, keep=2, max_depth=1') IS NOT NULL, mine_train('aux.m', 'tree', 'calls', 'target=churned, keep=2, max_depth=2') IS NOT NULL;
SELECT mine_restore('temp.m'), mine_restore('aux. M ');
SELECT (SELECT count(*) FROM temp.mine_model_versions_temp), (SELECT count(*) FROM aux.mine_model_versions), (SELECT count(*) FROM main.mine_model_versions);
SELECT version, current FROM mine_versions('AUX.M');
-- A model that was deleted comes back from its versions.
DELETE FROM aux.mine_models;
SELECT version, current FROM mine_versions('aux.m');
SELECT mine_restore('aux.m', 1);
SELECT version, current FROM mine_versions('aux.m');
-- What is refused.
SELECT mine_restore('m', 99);
SELECT mine_restore('m', 'two');
SELECT mine_restore('nobody');
SELECT * FROM mine_versions('nobody');
SELECT * FROM mine_versions(x'00');
SELECT mine_fit('tree', 'calls', 'target=churned, keep=1');
SELECT mine_train('m', 'tree', 'calls', 'target=churned, keep=-1');
UPDATE mine_model_versions SET model = x'1234' WHERE version = 4;
SELECT mine_restore('m', 4);
UPDATE mine_model_versions SET model = 'text' WHERE version = 4;
SELECT mine_restore('m', 4);
SELECT version, current FROM mine_versions('m');
CREATE VIEW aux.v AS SELECT mine_restore('m');
SELECT * FROM aux.v;
DROP TABLE mine_model_versions;
CREATE TABLE mine_model_versions(name, note);
SELECT mine_train('m', 'tree', 'calls', 'target=churned, keep=1');
SELECT * FROM mine_versions('m');
SELECT mine_restore('m');
PRAGMA query_only = 1;
SELECT mine_restore('temp.m', 2);
