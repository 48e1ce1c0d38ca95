-- Stages by each customer's own rhythm, and who moved.
.mode box
CREATE TABLE log(customer TEXT, day TEXT, amount REAL);
INSERT INTO log VALUES
 ('monthly','2024-01-01',1),('monthly','2024-02-01',1),('monthly','2024-03-01',1),('monthly','2024-04-01',1),('monthly','2024-05-15',1),
 ('weekly','2024-04-01',1),('weekly','2024-04-08',1),('weekly','2024-04-15',1),('weekly','2024-04-15',1),
 ('gone','2023-11-01',1),('gone','2023-11-08',1),('gone','2023-11-15',1),
 ('back','2023-11-01',1),('back','2023-11-11',1),('back','2023-11-21',1),('back','2024-05-28',1),
 ('new','2024-05-20',1),('only returns','2024-05-20',-1),('never',NULL,NULL),('later','2024-06-20',1);
SELECT * FROM mine_lifecycle('log', 'as_of=2024-06-01');
SELECT id, stage, since FROM mine_lifecycle('log', 'as_of=2024-06-01, by=days, lang=zh');
SELECT id, stage, usual_gap FROM mine_lifecycle('log', 'as_of=2024-06-01, at_risk=1, dormant=1, lost=20, min_gaps=3');
SELECT * FROM mine_lifecycle_moves('log', 'from=2024-04-20, as_of=2024-06-01');
SELECT * FROM mine_lifecycle_moves('log', 'lang=zh');
SELECT item, name, detail FROM mine_warnings;
-- By the chance to be there still.
SELECT id, stage, since, round(p_alive, 2) AS p_alive FROM mine_lifecycle('WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)
  SELECT 1 + i*i%61 AS customer, date(''2024-01-01'', (i*7%365 * (i*i%61) / 61) || '' days'') AS day FROM n', 'by=p_alive, as_of=2024-12-31') WHERE id < 20;
-- What cannot be.
SELECT * FROM mine_lifecycle('log', 'at_risk=5');
SELECT * FROM mine_lifecycle('VALUES (1, ''2024-05-01''), (2, ''2024-05-02'')');
SELECT * FROM mine_lifecycle('VALUES (1, ''2024-05-01''), (2, ''2024-05-02'')', 'by=days');
SELECT * FROM mine_lifecycle_moves('log', 'from=2024-06-30');
SELECT * FROM mine_lifecycle_moves('log', 'from=2020-06-30');
SELECT * FROM mine_lifecycle_moves('log', 'from=2020-06-30, by=days');
SELECT * FROM mine_lifecycle('log', 'by=p_alive, at_risk=0.3');
SELECT * FROM mine_lifecycle('VALUES (1, ''2024-05-01''), (2, ''2024-05-02'')', 'by=p_alive');
