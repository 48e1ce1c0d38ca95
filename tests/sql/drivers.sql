-- mine_drivers: which groups of rows differ from the rest.
.mode list
CREATE TABLE calls AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 2000)
SELECT i AS id, i*i*7919%101 AS calls, i%3 AS visits, CASE i*i*31%97%4 WHEN 0 THEN 'gold' WHEN 1 THEN 'it''s' WHEN 2 THEN NULL ELSE 'family' END AS plan,
  date('2024-01-01', (i*i*7919%300) || ' days') AS since, 1 + (i > 1000) AS half FROM n;
ALTER TABLE calls ADD COLUMN churned TEXT;
ALTER TABLE calls ADD COLUMN "spend, net" REAL;
UPDATE calls SET churned = iif(calls > 60 AND coalesce(plan, '') <> 'gold' AND id % 7 < 5 OR id % 11 = 0, 'yes', 'no'),
  "spend, net" = 10 + visits * 3 + id * 7 % 13 + iif(half = 2 AND plan = 'family', 8, 0);
CREATE VIEW c AS SELECT id, calls, visits, plan, since, churned FROM calls;
CREATE VIEW s AS SELECT id, calls, visits, plan, "spend, net", half FROM calls;
SELECT rank, conditions, size, rows, round(rate, 3), round(overall, 3), round(lift, 2), round(contribution, 4), p_value < 1e-9, q_value < 1e-9
FROM mine_drivers('c', 'target=churned');
SELECT rank, conditions, rows, round(rate, 2), round(contribution, 3) FROM mine_drivers('s', 'target="spend, net", ignore=half');
SELECT rank, conditions, rows, round(rate, 2), round(overall, 2), round(lift, 2), round(contribution, 2) FROM mine_drivers('s', 'period=half, value="spend, net"');
-- Options.
SELECT count(*) FROM mine_drivers('c', 'target=churned, max_conditions=1');
SELECT count(*) FROM mine_drivers('c', 'target=churned, top=2');
SELECT conditions FROM mine_drivers('c', 'target=churned, positive=no, bins=2, max_conditions=1, ignore=since');
SELECT conditions FROM mine_drivers('c', 'target=churned, bins=10, max_conditions=1, min_support=0.3, ignore=since');
SELECT conditions, size FROM mine_drivers('c', 'target=churned') WHERE rank = 1;
-- Names and levels that must be quoted; missing values.
CREATE TABLE odd AS SELECT id, iif(id % 4 = 0, NULL, plan) AS "the ""plan""", calls AS "order", churned FROM calls;
SELECT conditions FROM mine_drivers('odd', 'target=churned, max_conditions=2');
SELECT conditions FROM mine_drivers('SELECT id, iif(churned = ''yes'' AND id % 2, NULL, id % 10) AS x, churned FROM calls', 'target=churned, max_conditions=1');
-- Noise has no drivers, and it is said why there are no rows.
SELECT count(*) FROM mine_drivers('SELECT id, id % 4 AS a, id % 9 AS b, id * 7919 % 1009 % 3 = 0 AS y FROM calls', 'target=y');
SELECT item, name, detail FROM mine_warnings;
SELECT count(*) FROM mine_drivers('SELECT id, id % 4 AS a, id * 7919 % 1009 % 3 = 0 AS y FROM calls', 'target=y, min_support=0.9');
SELECT item, name, detail FROM mine_warnings;
-- What is refused.
SELECT * FROM mine_drivers('c');
SELECT * FROM mine_drivers('c', 'bins=3');
SELECT * FROM mine_drivers('c', 'target=churned, period=visits');
SELECT * FROM mine_drivers('s', 'period=half');
SELECT * FROM mine_drivers('s', 'value=half');
SELECT * FROM mine_drivers('s', 'period=half, value=visits, positive=2');
SELECT * FROM mine_drivers('s', 'period=plan, value=visits');
SELECT * FROM mine_drivers('s', 'period=half, value=plan');
SELECT * FROM mine_drivers('c', 'target=plan');
SELECT * FROM mine_drivers('c', 'target=nothing');
SELECT * FROM mine_drivers('c', 'target=churned, max_conditions=4');
SELECT * FROM mine_drivers('c', 'target=churned, min_support=0.001, bins=50, max_segments=1000');
SELECT * FROM mine_drivers('SELECT id, calls, 1 AS churned FROM calls', 'target=churned');
SELECT * FROM mine_drivers('SELECT * FROM c WHERE 0', 'target=churned');
SELECT mine_drivers('c', 'target=churned');
