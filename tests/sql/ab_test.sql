-- mine_ab_test, mine_sample_size.
CREATE TABLE shop AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 1000)
SELECT i AS who, CASE i % 2 WHEN 0 THEN 'old' ELSE 'new' END AS page, i*7%31 + i%2*3 < 10 AS bought, i*13%101*1.5 + i%2 AS spent FROM n;
SELECT variant, measure, rows, total, round(value, 9), round(low, 9), round(high, 9), round(difference, 9), round(difference_low, 9),
  round(difference_high, 9), round(lift, 9), round(p_value, 9), round(q_value, 9) FROM mine_ab_test('SELECT who, page, bought FROM shop', 'control=old');
SELECT item, name, detail FROM mine_warnings;
SELECT variant, measure, rows, round(value, 6), round(low, 6), round(high, 6), round(difference, 6), round(difference_low, 6),
  round(difference_high, 6), round(p_value, 6) FROM mine_ab_test('SELECT who, page, spent FROM shop', 'level=0.9, side=greater');
SELECT item, name, detail FROM mine_warnings;
-- By option, of words, with gaps, of a variant called control; three of them.
SELECT variant, rows, total, round(p_value, 6), round(q_value, 6) FROM mine_ab_test(
 'SELECT iif(bought, ''yes'', ''no'') AS o, who, CASE who % 3 WHEN 0 THEN ''Control'' WHEN 1 THEN ''a'' WHEN 2 THEN iif(who % 5 = 0, NULL, ''z'') END AS v, spent FROM shop',
 'id=who, variant=v, outcome=o');
SELECT item, name, detail FROM mine_warnings;
-- Two rows of one customer; one customer in both; shares that were meant.
SELECT variant, rows FROM mine_ab_test('SELECT who / 4, CASE who / 4 % 2 WHEN 0 THEN ''A'' ELSE ''B'' END, bought FROM shop');
SELECT item, name, detail FROM mine_warnings;
SELECT variant, rows FROM mine_ab_test('SELECT who % 500, page, bought FROM shop UNION ALL SELECT 1, ''old'', 1');
SELECT item, name, detail FROM mine_warnings;
SELECT variant, rows FROM mine_ab_test('SELECT who, page, bought FROM shop WHERE who % 2 OR who % 3', 'control=old');
SELECT item, name, detail FROM mine_warnings;
SELECT variant, rows FROM mine_ab_test('SELECT who, page, bought FROM shop WHERE who % 2 OR who % 3', 'control=old, shares=3|2');
SELECT item, name, detail FROM mine_warnings;
-- Nobody, everybody; one row; a number that does not vary.
SELECT variant, value, low, round(high, 9), p_value FROM mine_ab_test('VALUES (1,''a'',0),(2,''a'',0),(3,''b'',0)');
SELECT variant, value, round(low, 9), high, round(p_value, 9) FROM mine_ab_test('VALUES (1,''a'',0),(2,''a'',0),(3,''b'',1)');
SELECT variant, value, low, high, difference, p_value FROM mine_ab_test('VALUES (1,''a'',2.5),(2,''a'',2.5),(3,''b'',2.5)');
SELECT item, name, detail FROM mine_warnings WHERE name = 'column3';
SELECT variant, rows, value, difference FROM mine_ab_test('VALUES (1,''a'',NULL),(2,''b'',1),(3,''b'',0)');
-- power.prop.test(p1 = 0.05, p2 = 0.06, power = 0.8): n = 8157.615; power.t.test(delta = 1, sd = 3, power = 0.9): n = 190.0989
SELECT measure, baseline, effect, round(lift, 9), power, alpha, rows_control, rows_variant, rows, round(exact, 6) FROM mine_sample_size('baseline=0.05, effect=0.01');
SELECT measure, baseline, effect, lift, power, alpha, rows_control, rows_variant, rows, round(exact, 6) FROM mine_sample_size('stddev=3, effect=1, power=0.9');
SELECT rows_control, rows_variant, rows FROM mine_sample_size('baseline=0.05, effect=0.01, ratio=0.25, side=one');
SELECT round(power, 9) FROM mine_sample_size('baseline=0.05, effect=0.01, rows=5000');
SELECT round(effect, 9) FROM mine_sample_size('baseline=0.05, rows=5000');
SELECT round(effect, 9) FROM mine_sample_size('stddev=10, rows=50, power=0.9');
-- What counts may be 0, too; a mean has nothing that counts.
SELECT variant, total, round(value, 3), round(p_value, 9) FROM mine_ab_test('SELECT who, page, bought FROM shop', 'control=old, positive=0');
SELECT * FROM mine_ab_test('SELECT who, page, bought FROM shop', 'control=old, positive=yes');
SELECT * FROM mine_ab_test('SELECT who, page, iif(bought, ''yes'', ''no'') AS bought FROM shop', 'control=old, positive=maybe');
SELECT * FROM mine_ab_test('SELECT who, page, spent FROM shop', 'control=old, positive=1');
SELECT * FROM mine_sample_size('baseline=0.05, effect=0.01, rows=5000, power=0.9');
