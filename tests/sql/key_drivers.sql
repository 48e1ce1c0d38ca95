-- mine_key_drivers: relative weights.
CREATE TABLE survey AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)
SELECT i AS id, i*7%11 AS staff, i*7%11 + i*3%5 AS wait, iif(i % 50 = 0, NULL, i*13%7) AS price, substr('NS', i%2+1, 1) AS region,
  i*7%11 + i*13%7 + i%3 AS satisfaction FROM n;
SELECT rank, driver, round(weight, 9), round(correlation, 9), round(beta, 9), round(coefficient, 9), round(r_squared, 9), rows
FROM mine_key_drivers('survey', 'target=satisfaction, bootstrap=0');
SELECT item, name, detail FROM mine_warnings;
SELECT rank, driver, low < weight AND weight < high FROM mine_key_drivers('survey', 'target=satisfaction, seed=3');
SELECT sum(a.low = b.low AND a.high = b.high) FROM mine_key_drivers('survey', 'target=satisfaction, threads=1') a
JOIN mine_key_drivers('survey', 'target=satisfaction, threads=2') b USING (driver);
-- Drivers that follow from each other; a target of words; one driver.
SELECT driver, round(weight, 9), round(r_squared, 9) FROM mine_key_drivers('SELECT id, staff, wait, staff + wait AS both, satisfaction FROM survey', 'target=satisfaction, bootstrap=0');
SELECT item, name, detail FROM mine_warnings WHERE item = 'warning';
SELECT driver, round(weight, 9) FROM mine_key_drivers('SELECT id, staff, wait, iif(satisfaction > 9, ''yes'', ''no'') AS happy FROM survey', 'target=happy, bootstrap=0');
SELECT item, name, detail FROM mine_warnings;
SELECT driver, weight, low, high, round(r_squared, 9) FROM mine_key_drivers('SELECT id, staff, satisfaction FROM survey', 'target=satisfaction');
SELECT * FROM mine_key_drivers('survey', 'bootstrap=0');
SELECT * FROM mine_key_drivers('survey', 'target=region');
SELECT * FROM mine_key_drivers('SELECT id, iif(id > 3, NULL, staff) AS staff, iif(id < 3, NULL, satisfaction) AS satisfaction FROM survey', 'target=satisfaction');
