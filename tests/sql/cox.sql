-- Models of when the event comes.
CREATE TABLE remission(id INTEGER PRIMARY KEY, weeks, relapsed, treatment);
WITH a(weeks, relapsed) AS (VALUES (6,1),(6,1),(6,1),(6,0),(7,1),(9,0),(10,1),(10,0),(11,0),(13,1),(16,1),(17,0),(19,0),
  (20,0),(22,1),(23,1),(25,0),(32,0),(32,0),(34,0),(35,0)),
b(weeks) AS (VALUES (1),(1),(2),(2),(3),(4),(4),(5),(5),(8),(8),(8),(8),(11),(11),(12),(12),(15),(17),(22),(23))
INSERT INTO remission(weeks, relapsed, treatment) SELECT weeks, relapsed, '6-MP' FROM a UNION ALL SELECT weeks, 1, 'placebo' FROM b;
-- Freireich et al. (1963): 1.5721 (0.4124), by Breslow's ties 1.5092 (0.4096).
SELECT mine_train('m', 'cox', 'remission', 'target=weeks, event=relapsed, reference=treatment:6-MP');
SELECT name, round(value, 4), round(std_error, 4), round(statistic, 3), round(p_value, 6), round(exp(low), 2), round(exp(high), 2) FROM mine_coefficients('m');
SELECT item, name, detail FROM mine_summary('m') WHERE item IN ('rows', 'target', 'reference', 'fit', 'warning', 'metric', 'option');
SELECT metric, round(value, 4) FROM mine_evaluate('m');
SELECT term, round(statistic, 6), df, round(p_value, 4) FROM mine_ph_test('m');
SELECT id, round(prediction, 4) FROM mine_predict('m', 'SELECT * FROM remission WHERE id IN (1, 30)');
SELECT id, time, round(survival, 4), round(hazard, 4) FROM mine_survival_curve('m', 'SELECT * FROM remission WHERE id IN (1, 30)', 'times=5|23|30|36');
SELECT count(*), count(DISTINCT time), min(time), max(time) FROM mine_survival_curve('m', 'SELECT * FROM remission WHERE id = 1');
SELECT id, feature, round(contribution, 4) FROM mine_explain('m', 'SELECT * FROM remission WHERE id IN (1, 30)');
SELECT round(value, 4), round(std_error, 4) FROM mine_coefficients((SELECT mine_fit('cox', 'remission', 'target=weeks, event=relapsed, reference=treatment:6-MP, ties=breslow')));
-- A Weibull model: 1.2673 (0.3106), scale 0.7322.
SELECT mine_train('w', 'weibull', 'remission', 'target=weeks, event=relapsed, reference=treatment:placebo');
SELECT name, round(value, 4), round(std_error, 4) FROM mine_coefficients('w');
SELECT id, time, round(survival, 4) FROM mine_survival_curve('w', 'SELECT * FROM remission WHERE id IN (1, 30)', 'times=10|100');
-- Strata, late entry, robust errors, weights.
CREATE TABLE lives AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 120)
SELECT i AS id, i*7%31 AS calls, substr('abc', i*i%3+1, 1) AS plan, i*13%5 AS shop, 40 - i*7%31 + i*13%17 AS months,
  iif(i % 4, 'gone', 'here') AS state, i*11%9 AS since, 1 + i%3 AS times, i*i*31%100 AS noise FROM n;
SELECT name, round(value, 5), round(std_error, 5) FROM mine_coefficients((SELECT mine_fit('cox', 'lives',
  'target=months, event=state, event_value=gone, start=since, strata=shop, weight=times, cluster=id')));
SELECT mine_train('s', 'cox', 'lives', 'target=months, event=state, event_value=gone, strata=plan, ignore=since|times|noise');
SELECT id, time, round(survival, 4) FROM mine_survival_curve('s', 'SELECT * FROM lives WHERE id < 4', 'times=20');
SELECT id, time, survival FROM mine_survival_curve('s', 'SELECT id, calls, ''z'' AS plan, shop FROM lives WHERE id < 2', 'times=20');
SELECT term, df FROM mine_ph_test('s');
SELECT item, name, detail FROM mine_summary((SELECT mine_fit('cox', 'SELECT *, calls * 2 AS again FROM lives',
  'target=months, event=state, event_value=gone, ignore=since|times|noise'))) WHERE item = 'warning';
SELECT item, name, detail FROM mine_summary((SELECT mine_fit('cox', 'SELECT id, months, state, calls, plan = ''a'' AND state = ''here'' AS lucky FROM lives',
  'target=months, event=state, event_value=gone'))) WHERE item = 'warning';
-- How good it is on rows that say how lives went.
SELECT metric, round(value, 4) AS value FROM mine_evaluate('m', 'SELECT * FROM remission WHERE id % 2', 'times=5|10.5|99');
SELECT metric, round(value, 4) AS value FROM mine_evaluate((SELECT mine_fit('cox', 'SELECT * FROM lives', 'target=months, event=state, event_value=gone, start=since, strata=plan, ignore=times|noise')), 'lives', 'times=3');
SELECT item, name, detail FROM mine_warnings;
SELECT metric, round(value, 4) AS value FROM mine_evaluate((SELECT mine_fit('cox', 'SELECT * FROM remission WHERE weeks < 20', 'target=weeks, event=relapsed')), 'SELECT *, CASE id WHEN 3 THEN NULL ELSE relapsed END AS relapsed2 FROM remission');
SELECT item, name, detail FROM mine_warnings;
SELECT metric, round(value, 4) AS value FROM mine_evaluate((SELECT mine_fit('weibull', 'remission', 'target=weeks, event=relapsed')), 'remission');
SELECT name, round(ratio, 3), round(ratio_low, 3), round(ratio_high, 3) FROM mine_coefficients('m');
-- It leaves as the arithmetic of the risk.
SELECT length(mine_export('m', 'sql')) > 0, length(mine_export('m', 'c')) > 0, mine_export('m', 'pmml') LIKE '%RegressionModel%', mine_export('m', 'json') LIKE '%"baseline"%';
SELECT mine_import('back', mine_export('m', 'json'));
SELECT count(*) FROM (SELECT * FROM mine_survival_curve('m', 'remission') EXCEPT SELECT * FROM mine_survival_curve('back', 'remission'));
SELECT mine_export('m', 'text');
-- What is refused.
SELECT mine_train('x', 'cox', 'remission', 'target=weeks');
SELECT mine_train('x', 'cox', 'remission', 'event=relapsed');
SELECT mine_train('x', 'cox', 'remission', 'target=weeks, event=weeks');
SELECT mine_train('x', 'cox', 'lives', 'target=months, event=state');
SELECT mine_train('x', 'cox', 'SELECT id, weeks, 0 AS relapsed, treatment FROM remission', 'target=weeks, event=relapsed');
SELECT mine_train('x', 'cox', 'SELECT id, -weeks AS weeks, relapsed, treatment FROM remission', 'target=weeks, event=relapsed');
SELECT mine_train('x', 'cox', 'SELECT id, weeks, relapsed, treatment, 7 AS since FROM remission', 'target=weeks, event=relapsed, start=since');
SELECT mine_train('x', 'cox', 'SELECT id, weeks, relapsed, 1 AS one FROM remission', 'target=weeks, event=relapsed');
SELECT mine_train('x', 'cox', 'SELECT * FROM remission WHERE id = 1', 'target=weeks, event=relapsed');
SELECT mine_train('x', 'cox', 'SELECT id, weeks, relapsed, treatment FROM remission', 'target=weeks, event=relapsed, strata=treatment');
SELECT mine_train('x', 'weibull', 'SELECT id, weeks - 1 AS weeks, relapsed, treatment FROM remission', 'target=weeks, event=relapsed');
SELECT mine_train('x', 'weibull', 'lives', 'target=months, event=state, event_value=gone, strata=plan');
SELECT mine_train('x', 'cox', 'remission', 'target=weeks, event=relapsed, holdout=0.2');
SELECT * FROM mine_evaluate('m', 'SELECT id, weeks, treatment FROM remission');
SELECT * FROM mine_evaluate('m', 'SELECT id, weeks, ''maybe'' AS relapsed, treatment FROM remission');
SELECT * FROM mine_evaluate('m', 'SELECT id, NULL AS weeks, relapsed, treatment FROM remission');
SELECT * FROM mine_evaluate('m', 'remission', 'level=0.9');
SELECT * FROM mine_evaluate('m', 'remission', 'by=treatment');
SELECT * FROM mine_evaluate('m', NULL, 'times=5');
SELECT * FROM mine_importance('m', 'remission');
SELECT * FROM mine_survival_curve('w', 'remission');
SELECT * FROM mine_ph_test('w');
SELECT * FROM mine_survival_curve((SELECT mine_fit('kmeans', 'SELECT id, calls, noise FROM lives', 'k=2')), 'lives');
-- No error is left: told, for there are no standard errors.
SELECT mine_train('x', 'weibull', 'SELECT id, 3 AS weeks, 1 AS relapsed, id % 7 AS dose FROM remission', 'target=weeks, event=relapsed');
SELECT item, name, detail FROM mine_summary('x') WHERE item = 'warning';
-- Measured by mine_evaluate, whatever options are given; and base is 0, not what rounding leaves of it.
SELECT * FROM mine_cross_validate('cox', 'lives', 'target=months, event=state, event_value=gone');
SELECT * FROM mine_cross_validate('weibull', 'remission', 'target=weeks');
SELECT * FROM mine_tune('cox', 'remission', 'target=weeks, event=relapsed');
SELECT * FROM mine_tune('kmeans', 'remission', 'k=2|3');
SELECT DISTINCT contribution, because FROM mine_explain((SELECT mine_fit('cox', 'SELECT id, calls, calls*calls/7.0 AS more, noise/3.0 AS noise, shop, plan, months, state FROM lives',
  'target=months, event=state, event_value=gone')), 'SELECT id, calls, calls*calls/7.0 AS more, noise/3.0 AS noise, shop, plan FROM lives') WHERE rank = 0;
