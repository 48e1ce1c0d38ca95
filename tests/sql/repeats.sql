-- Rows that stand on both sides of the holdout are counted, and the measure without them is told.
CREATE TABLE once(id INTEGER PRIMARY KEY, a REAL, b REAL, y TEXT);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 400)
INSERT INTO once SELECT i, i * 7919 % 10007 / 10.0, i * 104729 % 9973 / 10.0, CASE WHEN i * 2654435761 / 128 % 2 THEN 'yes' ELSE 'no' END FROM n;
CREATE VIEW thrice AS SELECT row_number() OVER () AS id, a, b, y FROM (SELECT * FROM once UNION ALL SELECT * FROM once UNION ALL SELECT * FROM once);
SELECT mine_train('once', 'knn', 'once', 'target=y, k=1') IS NOT NULL AS trained, mine_train('thrice', 'knn', 'thrice', 'target=y, k=1') IS NOT NULL AS trained;
SELECT count(*) AS none FROM mine_summary('once') WHERE detail LIKE '%repeat%';
SELECT item, name, detail FROM mine_summary('thrice') WHERE detail LIKE '%repeat%';
-- A table of few combinations repeats them in the nature of things: counted, but no warning.
SELECT mine_train('few', 'tree', 'SELECT id, id % 2 AS p, id % 3 AS q, y FROM once', 'target=y') IS NOT NULL AS trained;
SELECT item, name, detail FROM mine_summary('few') WHERE detail LIKE '%repeat%';
-- A number as the target.
SELECT mine_train('number', 'tree', 'SELECT row_number() OVER () AS id, a, b FROM (SELECT * FROM once UNION ALL SELECT * FROM once)', 'target=b') IS NOT NULL AS trained;
SELECT item, name, detail FROM mine_summary('number') WHERE detail LIKE '%repeat%';
