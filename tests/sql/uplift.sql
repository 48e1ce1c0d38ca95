-- uplift: what a treatment adds; mine_uplift, whom to treat.
CREATE TABLE campaign AS
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 2000),
dice AS (SELECT i, i * 48271 % 2147483647 * 16807 % 2147483647 / 2147483647.0 AS u,
                i * 69621 % 2147483647 * 39373 % 2147483647 % 2 AS called, i * 7919 % 101 AS age, i * 31 % 7 AS visits FROM n)
SELECT i AS id, age, visits, CASE i % 3 WHEN 0 THEN 'gold' WHEN 1 THEN 'silver' ELSE 'none' END AS plan, called,
       u < 0.3 + 0.4 * called * (visits > 3) - 0.2 * called * (visits < 2) AS bought,
       round(20 + 10 * u + 5 * called * (visits > 3), 2) AS spend FROM dice;
SELECT called, count(*), round(avg(bought), 3) FROM campaign GROUP BY called;

SELECT mine_train('u', 'uplift', 'campaign', 'target=bought, treatment=called, base=logistic, ignore=spend');
SELECT item, name, detail FROM mine_summary('u') WHERE item IN ('treatment', 'target', 'warning', 'fit');
SELECT bin, rows, treated, round(uplift, 3), round(low, 3), round(high, 3), round(qini, 2), round(cumulative, 3), round(threshold, 3)
FROM mine_uplift('u', NULL, 'bins=4');
SELECT bin, rows, treated, round(uplift, 3) FROM mine_uplift('u', 'campaign', 'bins=2, level=0.9');
SELECT * FROM mine_evaluate('u');
SELECT visits > 3 AS helped, round(avg(prediction), 2), count(*) FROM campaign JOIN mine_predict('u', 'SELECT id, age, visits, plan FROM campaign') USING (id) GROUP BY 1;
SELECT feature, round(value, 2), round(contribution, 3) FROM mine_explain('u', 'SELECT * FROM campaign LIMIT 1') ORDER BY feature;
SELECT feature, round(sum(importance), 6) = 1 AS one FROM mine_importance('u') GROUP BY 1 HAVING count(*) > 1 UNION ALL SELECT count(*) || ' features', round(sum(importance), 6) = 1 FROM mine_importance('u');
SELECT * FROM mine_importance('u', 'campaign');
SELECT feature, value, round(prediction, 2) AS uplift, rows FROM mine_dependence('u', 'campaign', 'feature=visits');
SELECT item, kind, drifted, was, now FROM mine_drift('u', 'campaign') WHERE kind = 'score';
SELECT name, detail FROM mine_summary('u') WHERE item = 'keeps';
-- An attribute that decides who is treated: no level has both.
SELECT mine_fit('uplift', 'SELECT id, age, iif(called, ''day'', ''night'') AS shift, called, bought FROM campaign', 'target=bought, treatment=called, base=logistic') IS NOT NULL;
SELECT name, detail FROM mine_warnings WHERE name = 'shift';
SELECT round(mine_predict('u', 'age', 50, 'visits', 6, 'plan', 'gold'), 3) > round(mine_predict('u', 'age', 50, 'visits', 0, 'plan', 'gold'), 3);
SELECT metric, round(value, 3) AS value, round(low, 3) AS low, round(high, 3) AS high FROM mine_evaluate('u', NULL, 'level=0.9, resamples=200');
SELECT metric, round(value, 3) AS value, low FROM mine_evaluate('u', 'SELECT * FROM campaign WHERE id > 1500');
SELECT bin, round(qini_low, 2), round(qini_high, 2), round(cumulative_low, 3), round(cumulative_high, 3) FROM mine_uplift('u', NULL, 'bins=2');
SELECT mine_train('v', 'uplift', 'SELECT *, 1 + id % 2 AS w FROM campaign', 'target=bought, treatment=called, base=logistic, ignore=spend, weight=w');
SELECT metric, round(value, 3) AS value FROM mine_evaluate('v', 'SELECT *, 1 + id % 2 AS w FROM campaign');
SELECT * FROM mine_evaluate('v', 'campaign');
SELECT * FROM mine_evaluate('u', 'campaign', 'by=plan');
SELECT * FROM mine_evaluate('u', 'campaign', 'times=3');

-- Texts, a number, the other method, other bases.
SELECT mine_train('t', 'uplift', 'SELECT id, age, visits, CASE called WHEN 1 THEN ''b'' ELSE ''a'' END AS arm, CASE bought WHEN 1 THEN ''yes'' ELSE ''no'' END AS reply FROM campaign',
  'target=reply, treatment=arm, treated=b, base=logistic, method=class_transformation');
SELECT bin, rows, round(uplift, 3) FROM mine_uplift('t', NULL, 'bins=2');
SELECT mine_train('n', 'uplift', 'campaign', 'target=spend, treatment=called, base=linear, ignore=bought');
SELECT bin, rows, round(uplift, 2) FROM mine_uplift('n', NULL, 'bins=2');
SELECT mine_train('f', 'uplift', 'campaign', 'target=bought, treatment=called, ignore=spend, base=boost, base_options="n_trees=20, max_leaves=4"');

-- Chance did not decide.
SELECT mine_train('b', 'uplift', 'SELECT id, age, visits, plan, visits > 2 AS called, bought FROM campaign', 'target=bought, treatment=called, base=logistic');

-- What leaves.
SELECT * FROM mine_formats WHERE kind = 'uplift';

-- Refused.
SELECT mine_fit('uplift', 'campaign', 'target=bought');
SELECT mine_fit('uplift', 'campaign', 'treatment=called');
SELECT mine_fit('uplift', 'campaign', 'target=bought, treatment=bought');
SELECT mine_fit('uplift', 'campaign', 'target=bought, treatment=nobody');
SELECT mine_fit('uplift', 'campaign', 'target=bought, treatment=plan');
SELECT mine_fit('uplift', 'SELECT *, ''x'' AS arm FROM campaign', 'target=bought, treatment=arm');
SELECT mine_fit('uplift', 'SELECT *, CASE called WHEN 1 THEN ''b'' ELSE ''a'' END AS arm FROM campaign', 'target=bought, treatment=arm');
SELECT mine_fit('uplift', 'SELECT id, age, called, called AND bought AS bought FROM campaign', 'target=bought, treatment=called');
SELECT mine_fit('uplift', 'campaign', 'target=plan, treatment=called');
SELECT mine_fit('uplift', 'campaign', 'target=spend, treatment=called, method=class_transformation');
SELECT mine_fit('uplift', 'campaign', 'target=spend, treatment=called, base=logistic');
SELECT mine_fit('uplift', 'campaign', 'target=bought, treatment=called, base=linear');
SELECT mine_fit('uplift', 'campaign', 'target=bought, treatment=called, base_options="trees=5"');
SELECT mine_fit('tree', 'campaign', 'target=bought, treatment=called');
SELECT * FROM mine_uplift((SELECT mine_fit('tree', 'campaign', 'target=bought')));
SELECT * FROM mine_uplift('u', 'SELECT id, age, visits, plan FROM campaign');
SELECT * FROM mine_uplift('u', 'SELECT * FROM campaign WHERE NOT called');
SELECT * FROM mine_uplift('u', 'SELECT * FROM campaign WHERE called');
SELECT * FROM mine_evaluate('u', 'SELECT * FROM campaign WHERE called');
SELECT * FROM mine_roc('u', 'campaign');
