-- The rows of a regression in another order give the same coefficients, also of a level that stands in few rows together.
CREATE TABLE t AS
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n LIMIT 60000),
r AS MATERIALIZED (SELECT i, (i + 1) * 2654435761 % 1000003 / 1000003.0 AS u, ((i + 7) * 40503 + i * i * 7919) % 999983 / 999983.0 AS v, i % 4096 BETWEEN 2000 AND 2002 AS rare FROM n)
SELECT i, u AS x, CASE WHEN rare THEN 'rare' WHEN i % 3 = 0 THEN 'a' ELSE 'b' END AS level,
  CASE WHEN v < 1 / (1 + exp(-(2 * u - 1 + CASE WHEN rare THEN 0.7 WHEN i % 3 = 0 THEN 0.5 ELSE 0 END))) THEN 'y' ELSE 'n' END AS two,
  CASE WHEN v < 0.3 + 0.2 * u THEN 'p' WHEN v < 0.6 + rare * 0.2 THEN 'q' ELSE 'r' END AS three,
  CAST(-ln(1 - v * 0.9999) * exp(u) * (1 + 2 * rare) AS INTEGER) AS counts,
  0.01 - ln(1 - v * 0.9999) * exp(u) * (1 + 2 * rare) AS amounts
FROM r;
CREATE TABLE tried(target, algorithm, options);
INSERT INTO tried VALUES ('two', 'logistic', ''), ('two', 'logistic', ', l2=1e-6'), ('two', 'logistic', ', l1=1'), ('three', 'logistic', ''),
  ('counts', 'linear', ', family=poisson'), ('amounts', 'linear', ', family=gamma'), ('amounts', 'linear', '');
CREATE TABLE said(number, place, name, value);
INSERT INTO said SELECT t.rowid, place, name, value FROM tried AS t, (SELECT 'i' AS place UNION SELECT 'x' UNION SELECT 'level, i'),
  mine_coefficients((SELECT mine_fit(algorithm, 'SELECT x, level, ' || target || ' FROM t ORDER BY ' || place, 'holdout=0, id=none, target=' || target || options))) AS c;
SELECT target, options, count(DISTINCT name) AS coefficients, max(abs(a.value - b.value)) < 1e-6 AS same
FROM said AS a JOIN said AS b USING (number, name) JOIN tried AS t ON t.rowid = number
WHERE b.place = 'i' GROUP BY number;
SELECT target, round(value, 3) AS rare FROM said JOIN tried AS t ON t.rowid = number WHERE place = 'i' AND name LIKE '%level=rare' AND options NOT LIKE '%l_=%' ORDER BY number;
-- A small learning rate watches with longer steps, but not with any.
SELECT mine_train('slow', 'boost', 'SELECT i AS id, x, two FROM t WHERE i < 300', 'target=two, learning_rate=1e-30, holdout=0') IS NOT NULL;
SELECT CAST(detail AS INTEGER) <= 3000 AS bounded FROM mine_summary('slow') WHERE item = 'fit' AND name = 'rounds';
