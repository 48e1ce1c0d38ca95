-- Bins of attributes, and scorecards made of them.
.read tests/sql/setup.inc
CREATE TABLE loans(id INTEGER PRIMARY KEY, months REAL, job TEXT, noise INTEGER, since TEXT, bad TEXT);
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
INSERT INTO loans
SELECT i, CASE WHEN i % 11 THEN 3 + i * 37 % 50 END,
       CASE WHEN i % 97 = 0 THEN 'diver ' || i WHEN i % 3 = 0 THEN 'clerk' WHEN i % 3 = 1 THEN 'cook' ELSE 'smith' END,
       i * 53 % 17, date('2020-01-01', '+' || (i * 7 % 900) || ' days'),
       CASE WHEN i * 71 % 100 < 8 + i * 37 % 50 / 2 + 12 * (i % 3 = 0) + 20 * (i % 11 = 0) THEN 'yes' ELSE 'no' END
FROM n;
SELECT feature, bin, low, high, levels, rows, round(rate, 4), round(woe, 4), round(iv, 4), points FROM mine_bins('loans', 'target=bad');
SELECT item, name, detail FROM mine_warnings;
-- iv by hand: the sum over bins of (share of positives - share of others) times woe.
SELECT feature, abs(sum(iv) - sum((rows * rate / 305 - rows * (1 - rate) / 895) * woe)) < 1e-12 AS same, sum(rows) AS rows, round(sum(rows * rate)) AS positives
FROM mine_bins('loans', 'target=bad, ignore=since') GROUP BY feature;
-- More bins only where they are asked for; a direction; the other class.
SELECT feature, count(*) AS bins FROM mine_bins('loans', 'target=bad, min_gain=0') GROUP BY 1;
SELECT feature, count(*) AS bins FROM mine_bins('loans', 'target=bad, min_gain=0, max_bins=4, min_share=0.2') GROUP BY 1;
SELECT bin, low, round(rate, 3) FROM mine_bins('loans', 'target=bad, min_gain=0, monotone=ascending, max_bins=5') WHERE feature = 'months';
SELECT bin, round(rate, 3) FROM mine_bins('loans', 'target=bad, min_gain=0, monotone=descending, max_bins=5') WHERE feature = 'noise';
SELECT a.bin, abs(a.woe + b.woe) < 1e-12 AS turned FROM mine_bins('loans', 'target=bad') a JOIN mine_bins('loans', 'target=bad, positive=no') b USING (feature, bin) WHERE feature = 'months';
-- Two bins by hand: x = 1 has 2 of 8, x = 2 has 9 of 12, x missing 1 of 4.
SELECT bin, low, high, rows, rate, woe, abs(woe - ln(CASE bin WHEN 0 THEN 1/3.0 WHEN 1 THEN 2/6.0 ELSE 9/3.0 END)) < 1e-12 AS by_hand
FROM mine_bins('WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 23)
  SELECT i AS id, CASE WHEN i < 8 THEN 1 WHEN i < 20 THEN 2 END AS x, i < 2 OR (i >= 8 AND i < 17) OR i = 20 AS y FROM n', 'target=y, min_gain=0');
-- A scorecard.
SELECT mine_train('card', 'logistic', 'loans', 'target=bad, transform=woe, ignore=noise|since, points=600|20|50') AS trained;
SELECT item, name, detail FROM mine_summary('card') WHERE item IN ('bins', 'fit', 'warning', 'reference');
SELECT name, round(value, 3), round(std_error, 3), round(p_value, 4) FROM mine_coefficients('card');
SELECT feature, bin, low, high, levels, rows, round(woe, 3) AS woe, round(points, 2) AS points, group_value FROM mine_bins('card');
SELECT id, prediction, round(probability, 4), round(points, 2) FROM mine_predict('card', 'loans') LIMIT 3;
-- The points of a row are those of its bins, and those of its probability.
WITH scored AS (SELECT p.id, p.points, p.probability, l.months, l.job FROM mine_predict('card', 'loans') p JOIN loans l USING (id)),
  card AS MATERIALIZED (SELECT * FROM mine_bins('card'))
SELECT count(*) AS rows, max(abs(s.points - m.points - j.points)) < 1e-9 AS add_up,
  max(abs(s.points - (600 + 20 * (log2((1 - s.probability) / s.probability) - log2(50))))) < 1e-9 AS as_said
FROM scored s
JOIN card m ON m.feature = 'months' AND CASE WHEN s.months IS NULL THEN m.bin = 0 ELSE m.bin > 0 AND s.months >= coalesce(m.low, -1e9) AND s.months < coalesce(m.high, 1e9) END
JOIN card j ON j.feature = 'job' AND s.job IN (SELECT value FROM json_each(j.levels));
-- A level never seen counts as the rare ones; a missing one, which training had not, says 0.
SELECT id, round(points, 2) FROM mine_predict('card', 'SELECT 1 AS id, 20 AS months, ''pilot'' AS job UNION ALL SELECT 2, 20, ''diver 97'' UNION ALL SELECT 3, 20, NULL', 'unknown=auto');
SELECT round(mine_probability('card', 'yes', 'months', 20, 'job', 'cook'), 6) AS p;
-- A card for each group; the other verbs have nothing to add.
SELECT mine_train('cards', 'logistic', 'SELECT id, months, job, id % 2 AS half, bad FROM loans', 'target=bad, transform=woe, group=half, holdout=0') IS NOT NULL AS trained;
SELECT group_value, feature, count(*) AS bins FROM mine_bins('cards') GROUP BY 1, 2;
SELECT count(points) AS scored FROM mine_predict('cards', 'SELECT id, months, job, id % 2 AS half FROM loans');
-- Calibrated, the probability is another; points stay the sum of those of the bins.
SELECT mine_train('fair', 'logistic', 'loans', 'target=bad, transform=woe, ignore=noise|since, calibrate=platt') IS NOT NULL AS trained;
SELECT max(abs(a.points - b.points)) < 1e-9 AS same, max(abs(a.probability - b.probability)) > 1e-4 AS another
FROM mine_predict('card', 'loans') a JOIN mine_predict('fair', 'loans') b USING (id);
SELECT count(points) AS held, round(avg(points), 2) AS mean FROM mine_predict('card');
-- Nothing to tell apart.
SELECT item, name, detail FROM mine_summary((SELECT mine_fit('logistic', 'SELECT id, noise, bad FROM loans', 'target=bad, transform=woe, holdout=0'))) WHERE item IN ('bins', 'warning');
SELECT name, value FROM mine_coefficients((SELECT mine_fit('logistic', 'SELECT id, noise, bad FROM loans', 'target=bad, transform=woe, holdout=0'))) WHERE name = 'noise';
-- Refused.
SELECT * FROM mine_bins('customers', 'target=plan');
SELECT * FROM mine_bins('customers', 'target=spend');
SELECT * FROM mine_bins('customers', 'target=spend, task=regression');
SELECT * FROM mine_bins('customers');
SELECT * FROM mine_bins('card', 'max_bins=3');
SELECT mine_train('plain', 'logistic', 'customers', 'target=churned') IS NOT NULL AS trained;
SELECT * FROM mine_bins('plain');
SELECT mine_fit('logistic', 'customers', 'target=plan, transform=woe');
SELECT mine_fit('logistic', 'customers', 'target=churned, max_bins=5');
SELECT mine_fit('logistic', 'customers', 'target=churned, transform=woe, points=600|20');
SELECT mine_fit('logistic', 'customers', 'target=churned, transform=woe, reference=plan:gold');
SELECT * FROM mine_bins('SELECT id, months, bad FROM loans', 'target=bad, monotone=sideways');
