-- Dates as attributes: every common form is seen, read as days, and shown as it came.
.headers on
CREATE TABLE visits(id INTEGER PRIMARY KEY, d TEXT, x REAL, y TEXT);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 360)
INSERT INTO visits
SELECT i, date('2023-11-01', (i * 37 % 120) || ' days'), i * 29 % 53,
       CASE WHEN (i * 37 % 120 > 61) <> (i % 11 = 0) THEN 'yes' ELSE 'no' END
FROM n;
-- One table, many spellings: %1 stands for the date.
CREATE TABLE forms(form TEXT, spelled TEXT);
INSERT INTO forms VALUES
  ('iso', 'd'), ('iso time', 'd || '' 00:00:00'''), ('iso T', 'd || ''T00:00'''), ('utc', 'd || ''T00:00:00Z'''),
  ('offset', 'd || ''T02:00:00+02:00'''), ('fraction', 'd || '' 00:00:00.000'''),
  ('slashes', 'strftime(''%Y/%m/%d'', d)'), ('de', 'strftime(''%d.%m.%Y'', d)'),
  ('de thin', 'ltrim(strftime(''%d'', d), ''0'') || ''.'' || ltrim(strftime(''%m'', d), ''0'') || strftime(''.%Y'', d)'),
  ('uk', 'strftime(''%d/%m/%Y'', d)'),
  ('us', 'strftime(''%m/%d/%Y'', d)'), ('us time', 'strftime(''%m/%d/%Y'', d) || '' 12:00 AM'''),
  ('dashes', 'strftime(''%d-%m-%Y'', d)'), ('zh', 'strftime(''%Y年%m月%d日'', d)'),
  ('zh thin', 'strftime(''%Y年'', d) || ltrim(strftime(''%m'', d), ''0'') || ''月'' || ltrim(strftime(''%d'', d), ''0'') || ''日'''),
  ('month name', 'strftime(''%d '', d) || substr(''JanFebMarAprMayJunJulAugSepOctNovDec'', 3 * strftime(''%m'', d) - 2, 3) || strftime('' %Y'', d)'),
  ('name first', 'substr(''JanFebMarAprMayJunJulAugSepOctNovDec'', 3 * strftime(''%m'', d) - 2, 3) || strftime('' %d, %Y'', d)'),
  ('oracle', 'strftime(''%d-'', d) || substr(''JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC'', 3 * strftime(''%m'', d) - 2, 3) || ''-'' || substr(d, 3, 2)'),
  ('compact time', 'strftime(''%Y%m%dT000000'', d)');
-- The same tree of each: its first question, and how many rows it answers as the tree of julianday() does.
SELECT mine_train('days', 'tree', 'SELECT id, julianday(d) AS d, x, y FROM visits', 'target=y, max_depth=3') AS trained;
SELECT form, mine_train('form_' || replace(form, ' ', '_'), 'tree', 'SELECT id, ' || spelled || ' AS d, x, y FROM visits',
                        'target=y, max_depth=3') AS trained
FROM forms;
SELECT form, (SELECT test FROM mine_tree('form_' || replace(form, ' ', '_')) WHERE node = 2) AS test,
       (SELECT count(*) FROM mine_predict('form_' || replace(form, ' ', '_'), 'SELECT id, ' || spelled || ' AS d, x FROM visits') a
          JOIN mine_predict('days', 'SELECT id, julianday(d) AS d, x FROM visits') b USING (id)
        WHERE a.prediction = b.prediction AND a.probability = b.probability) AS same
FROM forms;
SELECT item, name, detail FROM mine_summary('form_de') WHERE name = 'd';
-- Periods are their first day.
SELECT mine_train('week', 'tree', 'SELECT id, strftime(''%Y'', d) || ''-Q'' || ((strftime(''%m'', d) + 2) / 3) AS q, substr(d, 1, 7) AS m, y FROM visits', 'target=y, max_depth=1') AS trained;
SELECT name, detail FROM mine_summary('week') WHERE item = 'feature';
SELECT test FROM mine_tree('week') WHERE parent;
-- A model keeps the reading it learned: also where tonight's rows could be read in two ways, or are one row.
SELECT id, prediction FROM mine_predict('form_uk', 'SELECT 1 AS id, ''02/01/2024'' AS d, 3 AS x UNION ALL SELECT 2, ''05/12/2023'', 3 UNION ALL SELECT 3, '''', 3');
SELECT id, prediction FROM mine_predict('form_us', 'SELECT 1 AS id, ''02/01/2024'' AS d, 3 AS x UNION ALL SELECT 2, ''05/12/2023'', 3 UNION ALL SELECT 3, NULL, 3');
SELECT mine_predict('form_zh', 'd', '2024年01月15日', 'x', 3) AS late, mine_predict('form_zh', 'd', '2023年11月03日', 'x', 3) AS early,
       mine_predict('form_zh', '{"d":"2024年1月15日","x":3}') AS json, mine_predict('form_zh', 'd', NULL, 'x', 3) AS missing;
-- Another form at scoring is an error with row and value.
SELECT * FROM mine_predict('form_iso', 'SELECT 1 AS id, ''2024-01-02'' AS d, 3 AS x UNION ALL SELECT 2, ''03.01.2024'', 3');
SELECT * FROM mine_predict('form_de', 'SELECT 1 AS id, ''31.02.2024'' AS d, 3 AS x');
SELECT mine_predict('form_de', 'd', '2024-01-02', 'x', 3);
SELECT mine_predict('form_de', 'd', 20240102, 'x', 3);
-- Day first or month first: a question.  Said of all columns, or of one.
SELECT mine_train('two', 'tree', 'SELECT id, strftime(''%d/%m/%Y'', d) AS d, x, y FROM visits WHERE strftime(''%d'', d) < ''13''', 'target=y');
SELECT mine_train('two', 'tree', 'SELECT id, strftime(''%d/%m/%Y'', d) AS d, x, y FROM visits WHERE strftime(''%d'', d) < ''13''', 'target=y, date_format=%d/%m/%Y') AS trained;
SELECT detail FROM mine_summary('two') WHERE item = 'feature' AND name = 'd';
SELECT mine_train('two', 'tree', 'SELECT id, strftime(''%m/%d/%Y'', d) AS d, strftime(''%d/%m/%Y'', d) AS "e:f", d AS iso, x, y FROM visits WHERE strftime(''%d'', d) < ''13''', 'target=y, date_format=d:%m/%d/%Y|e:f:%d/%m/%Y') AS trained;
SELECT name, detail FROM mine_summary('two') WHERE item = 'feature';
SELECT mine_train('two', 'tree', 'SELECT id, strftime(''%d.%m.'', d) || substr(d, 3, 2) AS d, x, y FROM visits', 'target=y');
SELECT mine_train('two', 'tree', 'SELECT id, strftime(''%d.%m.'', d) || substr(d, 3, 2) AS d, x, y FROM visits', 'target=y, date_format=%d.%m.%y') AS trained;
-- A form that nobody guesses, with a time of day in it.
SELECT mine_train('two', 'tree', 'SELECT id, strftime(''at %H.%M on %j in %Y'', d) AS d, x, y FROM visits', 'target=y, date_format=at %H.%M on %j in %Y') AS trained;
SELECT mine_train('two', 'tree', 'visits', 'target=y, date_format=%d.%m.%Y');
SELECT mine_train('two', 'tree', 'visits', 'target=y, date_format=d:%d.%m.%Y');
SELECT mine_train('two', 'tree', 'visits', 'target=y, date_format=%d.%m.%Y|%Y-%m-%d');
SELECT mine_train('two', 'tree', 'visits', 'target=y, date_format=x:soon');
SELECT mine_train('two', 'tree', 'visits', 'target=y, date_format=y:%d.%m.%Y');
SELECT mine_train('two', 'tree', 'visits', 'target=y, date_format=d:%Y-%m-%d, categorical=d');
SELECT mine_train('two', 'tree', 'visits', '{"target":"y","date_format":[3]}');
-- One text among dates, one date of another form, a day that is none.
SELECT mine_train('two', 'tree', 'SELECT id, iif(id = 7, ''soon'', d) AS d, x, y FROM visits', 'target=y');
SELECT mine_train('two', 'tree', 'SELECT id, iif(id = 7, ''31.12.2023'', d) AS d, x, y FROM visits', 'target=y');
SELECT mine_train('two', 'tree', 'SELECT id, iif(id = 7, ''2023-02-30'', d) AS d, x, y FROM visits', 'target=y');
-- Days or months first, and another form beside them: no date_format= reads both.
SELECT * FROM mine_rfm('WITH v(who, d, sum) AS (VALUES (1, ''01/02/2024'', 1), (2, ''2024-02-03'', 2)) SELECT * FROM v');
SELECT * FROM mine_rfm('WITH v(who, d, sum) AS (VALUES (1, ''2024-02-03'', 1), (2, ''01/02/2024'', 2), (3, ''03/04/2024'', 2), (4, ''05/06/2024'', 2)) SELECT * FROM v');
SELECT * FROM mine_rfm('WITH v(who, d, sum) AS (VALUES (1, ''01/02/2024'', 1), (2, ''03/04/2024'', 2), (3, ''unknown'', 2)) SELECT * FROM v');
SELECT * FROM mine_rfm('WITH v(who, d, sum) AS (VALUES (1, ''01/02/2024'', 1), (2, ''2024-02-03'', 2), (3, ''2024-02-04'', 2)) SELECT * FROM v');
-- Missing dates: NULL, nothing, blanks.
SELECT mine_train('two', 'tree', 'SELECT id, CASE id % 9 WHEN 0 THEN NULL WHEN 1 THEN '''' WHEN 2 THEN ''  '' ELSE d END AS d, x, y FROM visits', 'target=y') AS trained;
SELECT detail FROM mine_summary('two') WHERE item = 'feature' AND name = 'd';
-- Digits stay numbers, told; named, they are dates.
SELECT mine_train('digits', 'kmeans', 'SELECT id, CAST(strftime(''%Y%m%d'', d) AS INTEGER) AS d, x FROM visits', 'k=2') AS trained;
SELECT mine_train('digits', 'kmeans', 'SELECT id, CAST(strftime(''%s'', d) AS INTEGER) AS d, x FROM visits', 'k=2') AS trained;
SELECT mine_train('digits', 'kmeans', 'SELECT id, CAST(strftime(''%Y%m%d'', d) AS INTEGER) AS d, x FROM visits', 'k=2, date_format=d:%Y%m%d') AS trained;
SELECT cluster, feature, value, overall, typeof(value) AS type FROM mine_centroids('digits') WHERE feature = 'd';
SELECT mine_train('digits', 'kmeans', 'SELECT id, strftime(''%Y%m%d'', d) AS d, x FROM visits', 'k=2, date_format=%Y%m%d') AS trained;
SELECT cluster, feature, value, overall, typeof(value) AS type FROM mine_centroids('digits') WHERE feature = 'd';
-- Centres are dates, in the form in which they came; z is a number.
SELECT mine_train('k', 'kmeans', 'SELECT id, strftime(''%d.%m.%Y'', d) AS d, x FROM visits', 'k=2') AS trained;
SELECT cluster, feature, CASE feature WHEN 'd' THEN value ELSE round(value, 2) END AS value, round(z, 3) AS z FROM mine_centroids('k');
-- Verbs without a model use them too: a year away is no twin.
CREATE TABLE deals(id INTEGER PRIMARY KEY, price REAL, day TEXT);
INSERT INTO deals VALUES (1, 100, '01/31/2024'), (2, 100, '12/31/2024'), (3, 101, '02/01/2024'), (4, 150, '06/01/2024');
SELECT id, round(distance, 4) AS distance FROM mine_neighbors('deals', 'SELECT * FROM deals WHERE id = 1', 'k=3, exclude_self=1, metric=gower');
SELECT id, cluster FROM mine_cluster('deals', 'k=2');
SELECT metric, round(value, 3) AS value FROM mine_cross_validate('tree', 'SELECT id, strftime(''%d.%m.%Y'', d) AS d, y FROM visits', 'target=y') WHERE fold = 'mean' AND metric IN ('accuracy', 'auc');
SELECT first, second, round(statistic, 2) AS f FROM mine_anova('SELECT id, d, y FROM visits');
SELECT first, second, round(coefficient, 4) AS r FROM mine_correlate('SELECT id, d, julianday(d) AS j FROM visits');
-- What was taken for dates is told by them, too.
SELECT verb, item, name, detail FROM mine_warnings;
-- A target of dates is a question of classes, told; a constant date is dropped and no more.
SELECT mine_train('c', 'tree', 'SELECT id, x, substr(d, 1, 8) || ''01'' AS month FROM visits', 'target=month') AS trained;
SELECT mine_train('c', 'tree', 'SELECT id, x, ''2024-01-31'' AS today, y FROM visits', 'target=y') AS trained;
-- Whoever insists has categories.
SELECT mine_train('c', 'tree', 'SELECT id, substr(d, 1, 7) AS month, y FROM visits', 'target=y, categorical=month') AS trained;
SELECT name, detail FROM mine_summary('c') WHERE item = 'feature';
-- A table of them.
SELECT "column", type, missing, min, max, top FROM mine_profile('SELECT strftime(''%d.%m.%Y'', d) AS de, iif(id = 7, ''soon'', d) AS mixed, iif(id = 7, '' '', d) AS gap, strftime(''%m/%d/%Y %H:%M'', d) AS us FROM visits');
SELECT "column", type, missing, min, max, top FROM mine_profile('SELECT strftime(''%d/%m/%Y'', d) AS two FROM visits WHERE strftime(''%d'', d) < ''13''');
-- Versions, telephone numbers, room numbers are no dates.
SELECT "column", type FROM mine_profile('SELECT ''1.'' || (id % 7) || ''.'' || (id % 3) AS version, ''555-'' || (1000 + id) AS phone, (id % 9) || ''-'' || (id % 30) AS room, (id % 24) || '':30'' AS clock FROM visits');
