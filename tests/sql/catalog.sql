-- What there is: algorithms, options, version; and the profile of a table.
.read tests/sql/setup.inc
.headers on
SELECT algorithm, task, title, reads FROM mine_algorithms;
SELECT count(*) > 2 AS has_citation FROM mine_algorithms WHERE length(citation) > 20;
SELECT option, type, default_value FROM mine_options('tree') ORDER BY option;
SELECT count(*) AS without_help FROM mine_options('kmeans') WHERE help IS NULL OR help = '';
SELECT mine_version() GLOB '[0-9]*.[0-9]*.[0-9]*' AS version;
SELECT length(mine_debug()) > 20 AS debug;
SELECT "column", type, rows, missing, "distinct", min, q1, median, round(mean, 3) AS mean, q3, max,
       round(stddev, 3) AS stddev, top, top_count FROM mine_profile('customers');
-- Text that reads as numbers is numeric; codes with leading zeros are not.
SELECT "column", type, missing FROM mine_profile(
  'VALUES (''1'', ''02139'', ''1e5'', ''nan'', '' 7''), (''2.5'', ''00501'', ''2'', ''1'', ''8''), ('''', ''10001'', ''3'', ''2'', ''9'')');

-- Metrics: what each figure is, and what is better; an option of others is told with whose it is.
SELECT metric, better, task FROM mine_metrics WHERE metric IN ('auc', 'rmse', 'silhouette', 'rows');
SELECT e.metric, m.better FROM mine_evaluate((SELECT mine_fit('tree',
  'SELECT value AS id, value % 7 AS x, value % 2 AS y FROM generate_series(1, 60)', 'target=y'))) e
  JOIN mine_metrics m USING (metric) WHERE m.better = 'lower';
SELECT count(*) FROM mine_metrics WHERE instr(mine_help('mine_evaluate'), '  ' || metric) = 0;
SELECT mine_train('m', 'tree', 'SELECT 1 AS id, 2 AS x, 3 AS y', 'target=y, folds=3');
SELECT mine_train('m', 'tree', 'SELECT 1 AS id, 2 AS x, 3 AS y', 'target=y, k=3');
SELECT * FROM mine_rules('SELECT 1, 2', 'scale=none');
-- No line of any help is wider than 80 columns.
WITH RECURSIVE help(topic, text) AS MATERIALIZED (
  SELECT verb, mine_help(verb) FROM mine_verbs UNION SELECT algorithm, mine_help(algorithm) FROM mine_algorithms),
line(topic, rest, line) AS (
  SELECT topic, text || char(10), '' FROM help
  UNION ALL SELECT topic, substr(rest, instr(rest, char(10)) + 1), substr(rest, 1, instr(rest, char(10)) - 1)
  FROM line WHERE rest <> '')
SELECT topic, line FROM line WHERE length(line) > 80;
