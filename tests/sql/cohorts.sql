-- Cohorts: who comes back, unit by unit.
.mode box
CREATE TABLE log(customer TEXT, day TEXT, amount REAL);
INSERT INTO log VALUES
 ('ann','2024-01-05',10),('ann','2024-02-05',10),('ann','2024-04-05',10),
 ('bob','2024-01-31',20),('bob','2024-02-01',5),('bob','2024-02-20',-5),
 ('cy','2024-02-10',7),('cy','2024-04-30',7),('dee','2024-04-02',1),
 ('eve','2024-03-01',-3),('eve','2024-04-01',9),('fay','2024-03-15',-9),('gil',NULL,NULL);
SELECT * FROM mine_cohorts('log');
SELECT item, name, detail FROM mine_warnings;
SELECT cohort, period, active, retention FROM mine_cohorts('log', 'rolling=1');
SELECT cohort, period, customers, active, amount FROM mine_cohorts('log', 'unit=quarter, as_of=2024-06-30');
SELECT count(*) AS cells FROM mine_cohorts('log', 'as_of=2024-04-15');
SELECT count(*) AS cells FROM mine_cohorts('log', 'as_of=2024-04-15, complete=1');
SELECT cohort, period, active FROM mine_cohorts('SELECT customer, strftime(''%d.%m.%Y'', day) FROM log WHERE customer = ''bob''', 'unit=week, date_format=%d.%m.%Y');
SELECT * FROM mine_cohorts('SELECT customer, day, -abs(amount) FROM log');
SELECT count(*) FROM mine_cohorts('SELECT * FROM log UNION ALL SELECT ''old'', ''0001-01-01'', 1', 'unit=day');
SELECT cohort, period, customers, active FROM mine_cohorts('VALUES (1,''2024-01''),(1,''2024-03''),(2,''2024-03'')');
SELECT count(*) FROM mine_cohorts('VALUES (1,''2024-01''),(1,''2024-03'')', 'unit=day');
SELECT count(*) FROM mine_cohorts('VALUES (1,''2024-01-01'',1e308),(1,''2024-03-01'',1e308)');
