-- A survey's scale (Cronbach's alpha), and the numbers of a table, group by group.
.read tests/sql/setup.inc
-- Cronbach's alpha by hand: variances 1, 1, 1 (divisor n - 1), of the sum 7: 3/2 (1 - 3/7).
CREATE TABLE scale(id INTEGER PRIMARY KEY, a, b, c, turned, note TEXT);
INSERT INTO scale VALUES (1,1,1,2,5,'x'), (2,2,3,1,3,'y'), (3,3,2,3,2,'x'), (4,4,4,5,1,'y'), (5,5,5,4,1,'x'), (6,NULL,5,4,2,'y');
SELECT item, round(alpha, 6), items, rows, round(correlation, 6) FROM mine_alpha('SELECT id, a, b, c FROM scale');
SELECT round(k / (k - 1.0) * (1 - (va + vb + vc) / vs), 6) AS by_hand FROM (SELECT 3 AS k, mine_variance(a) AS va, mine_variance(b) AS vb, mine_variance(c) AS vc, mine_variance(a + b + c) AS vs FROM scale WHERE a IS NOT NULL);
SELECT item, round(alpha, 6), items, rows, round(correlation, 6) FROM mine_alpha('scale');
SELECT verb, item, name, detail FROM mine_warnings;
SELECT item, alpha, items, rows FROM mine_alpha('VALUES (1, 1e300, 2e300), (2, 2e300, 3e300), (3, 3e300, 5e300)');
SELECT item, alpha, items, rows FROM mine_alpha('VALUES (1, 1, 2), (2, NULL, 3), (3, 3, NULL)');
SELECT * FROM mine_alpha('SELECT id, a FROM scale');
SELECT * FROM mine_alpha('SELECT id, note FROM scale');
-- Figures by group; the rows without one are last; a date is one again.
SELECT * FROM mine_describe('SELECT id, a, b FROM scale');
SELECT group_value, feature, rows, missing, round(mean, 4), round(stddev, 4), min, q1, median, q3, max FROM mine_describe('SELECT id, a, turned, iif(id = 2, NULL, note) AS note FROM scale', 'by=note');
SELECT group_value, feature, mean, round(stddev, 3), min, median, max FROM mine_describe('SELECT id, id % 2 AS odd, date(''2024-01-01'', id || '' days'') AS day FROM scale', 'by=odd');
SELECT * FROM mine_describe('VALUES (1, 1e300), (2, 2e300), (3, -1e308), (4, 1e308)');
SELECT * FROM mine_describe('scale', 'by=gone');
SELECT * FROM mine_describe('scale', 'by=id');
SELECT * FROM mine_describe('SELECT id, note FROM scale');
SELECT * FROM mine_describe('SELECT id, a FROM scale', 'by=a');
