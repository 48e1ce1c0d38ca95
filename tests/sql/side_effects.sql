-- What a training leaves behind on the connection and in the table it writes.
.read tests/sql/setup.inc
CREATE TABLE t(id INTEGER PRIMARY KEY, q);
INSERT INTO t SELECT value, value * value FROM generate_series(1, 100);
INSERT INTO t(id, q) VALUES (700, 5);
-- last_insert_rowid() is the host's; the stored row counts as a change.
SELECT last_insert_rowid(), changes();
CREATE TEMP TABLE before AS SELECT total_changes() AS n;
SELECT mine_train('m', 'kmeans', 't', 'k=2');
SELECT last_insert_rowid(), changes(), total_changes() - n FROM before;
SELECT mine_train('m', 'kmeans', 't', 'k=3'), mine_train('temp.m', 'kmeans', 't', 'k=2');
SELECT last_insert_rowid(), changes(), total_changes() - n FROM before;
SELECT mine_init('temp'), mine_init();
SELECT length(mine_fit('kmeans', 't', 'k=2')) > 100, last_insert_rowid(), total_changes() - n FROM before;
SELECT mine_train('failed', 'kmeans', 'SELECT * FROM t WHERE 0');
SELECT last_insert_rowid(), total_changes() - n FROM before;
INSERT INTO t(q) SELECT length(mine_train('m', 'kmeans', 't', 'k=2')) > 0;
SELECT last_insert_rowid();
-- In a transaction the model stands and falls with it, and the line says so.
SAVEPOINT host;
SELECT mine_train('m2', 'kmeans', 't', 'k=2');
ROLLBACK TO host; RELEASE host;
SELECT name FROM mine_models ORDER BY 1;
BEGIN; SELECT mine_train('m2', 'kmeans', 't', 'k=2'); SELECT mine_train('temp.m2', 'kmeans', 't', 'k=2'); ROLLBACK;
SELECT name FROM mine_models UNION ALL SELECT name FROM mine_models_temp ORDER BY 1;
SELECT max(length(mine_train(substr(replace(hex(zeroblob(60)), '00', 'long'), 1, 150), 'kmeans', 't', 'k=2'))) <= 300;
DELETE FROM mine_models WHERE length(name) > 100;
-- Models trained again from their own list keep their names, whatever way the list is read;
INSERT INTO t SELECT value, value FROM generate_series(1000, 1100);
SELECT mine_train(name, algorithm, source, options) FROM mine_models;
SELECT mine_train(name, algorithm, source, options) FROM mine_models ORDER BY created DESC, name;
-- new names are refused while the list is read: it would grow under its reader.
CREATE VIEW listed AS SELECT name, algorithm AS a, source AS s, options AS o FROM mine_models;
CREATE TABLE log(line);
SELECT mine_train(name || '_c', algorithm, source, options) FROM mine_models LIMIT 20;
SELECT mine_train(name || '_c', a, s, o) FROM listed LIMIT 20;
SELECT mine_train(name || '_c', 'kmeans', 't') FROM mine_models LIMIT 20;
SELECT mine_train(name || '_c', algorithm, source) FROM mine_models WHERE rows > 3 ORDER BY name DESC LIMIT 20;
SELECT mine_train(l.name || log.line, a, s, o) FROM (SELECT '_c' AS line UNION ALL SELECT '_d') AS log, listed AS l LIMIT 20;
SELECT (SELECT mine_train(name || '_c', algorithm, source, options)) FROM mine_models LIMIT 20;
SELECT 1 FROM mine_models WHERE mine_train(name || '_c', algorithm, source, options) > '' LIMIT 20;
INSERT INTO log SELECT mine_train(name || '_c', algorithm, source, options) FROM mine_models LIMIT 20;
UPDATE mine_models SET options = mine_train(name || '_c', algorithm, source, options);
WITH l AS (SELECT * FROM mine_models) SELECT MINE_TRAIN(name || '_c', algorithm, source, options) FROM l LIMIT 20;
SELECT mine_train('temp.' || name || '_c', algorithm, source, options) FROM mine_models_temp LIMIT 20;
ATTACH ':memory:' AS aux;
SELECT mine_train('aux.' || name, algorithm, source, options) FROM mine_models;
SELECT mine_train('aux.' || name || '_c', algorithm, source, options) FROM aux.mine_models LIMIT 20;
-- Finite and right: another schema's list, a list made first, one row found by its name, none.
SELECT mine_train('aux.' || name || '_c', algorithm, source, options) FROM mine_models;
CREATE TEMP TABLE list AS SELECT * FROM mine_models;
SELECT mine_train(name || '_c', algorithm, source, options) FROM list;
SELECT mine_train(name || '_d', algorithm, source, options) FROM mine_models WHERE name = 'm';
SELECT mine_train('once', 'kmeans', 't', 'k=2') WHERE NOT EXISTS (SELECT 1 FROM mine_models WHERE name = 'once');
SELECT mine_train('once', 'kmeans', 't', 'k=2') WHERE NOT EXISTS (SELECT 1 FROM mine_models WHERE name = 'once');
SELECT mine_train('n' || (SELECT count(*) FROM mine_models), 'kmeans', 't', 'k=2');
SELECT name FROM mine_models ORDER BY 1;
-- A second spelling of a stored name is a mistake.
SELECT mine_train('ONCE', 'kmeans', 't', 'k=2');
SELECT mine_train('main.Once', 'kmeans', 't', 'k=2');
-- PRAGMA query_only holds for temp, too: no advice that cannot work.
PRAGMA query_only = 1;
SELECT mine_train('m', 'kmeans', 't', 'k=2');
SELECT mine_train('temp.m', 'kmeans', 't', 'k=2');
SELECT length(mine_fit('kmeans', 't', 'k=2')) > 100;
