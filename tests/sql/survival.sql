-- How long until they leave.
CREATE TABLE calls(id INTEGER PRIMARY KEY, months, left_us, plan);
INSERT INTO calls VALUES (1,6,1,'a'),(2,6,1,'a'),(3,6,1,'b'),(4,6,0,'b'),(5,7,1,'a'),(6,9,0,'b'),(7,10,1,'a'),(8,10,0,'b'),
  (9,11,0,'a'),(10,13,1,'b'),(11,16,1,'a'),(12,17,0,'b'),(13,19,0,'a'),(14,20,0,'b'),(15,22,1,'a'),(16,23,1,'b'),
  (17,25,0,'a'),(18,32,0,'b'),(19,32,0,'a'),(20,34,0,'b'),(21,35,0,'a');
-- 6-MP patients of Freireich et al. (1963), as in every textbook: 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448.
SELECT time, at_risk, events, censored, round(survival, 3), round(std_error, 3), round(low, 3), round(high, 3)
FROM mine_survival('SELECT id, months, left_us FROM calls');
SELECT time, round(survival, 4), round(std_error, 4), round(low, 4), round(high, 4)
FROM mine_survival('SELECT id, months, left_us FROM calls', 'interval=log-log, level=0.9') WHERE events > 0;
SELECT time, round(survival, 4), round(low, 4), round(high, 4)
FROM mine_survival('SELECT id, months, left_us FROM calls', 'interval=plain') WHERE events > 0 LIMIT 2;
SELECT time, round(survival, 4), round(-ln(survival), 4), round(std_error / survival, 4)
FROM mine_survival('SELECT id, months, left_us FROM calls', 'method=nelson_aalen') WHERE events > 0;
SELECT group_value, min(time) AS median FROM mine_survival('calls') WHERE survival <= 0.5 GROUP BY group_value;
SELECT group_value, time, at_risk FROM mine_survival('calls') WHERE group_value = 'b' AND events > 0;
SELECT count(*) FROM mine_survival('calls', 'duration=months, event=left_us');
-- Columns by name; what an event is; late entry.
SELECT time, at_risk, events FROM mine_survival('SELECT months AS m, iif(left_us, ''gone'', ''here'') AS state, id FROM calls WHERE id < 6',
  'duration=m, event=state, id=id, event_value=gone');
SELECT time, at_risk, round(survival, 3) FROM mine_survival('SELECT id, months, left_us, id % 3 * 2 AS since FROM calls WHERE id < 9',
  'start=since, duration=months, event=left_us, id=id');
SELECT time, events, survival FROM mine_survival('VALUES (1, 3, ''yes''), (2, 5, ''no''), (3, 8, ''yes'')');
-- The last one leaves; nobody leaves; one row; gaps; a duration of 0.
SELECT * FROM mine_survival('VALUES (1,1,1),(2,2,1)');
SELECT * FROM mine_survival('VALUES (1,1,1),(2,2,1)', 'interval=plain');
SELECT time, survival, std_error, low, high FROM mine_survival('VALUES (1,1,0),(2,2,0)');
SELECT item, name, detail FROM mine_warnings;
SELECT * FROM mine_survival('VALUES (1,0,1),(2,2,0)');
SELECT time, at_risk FROM mine_survival('VALUES (1,1,1),(2,NULL,1),(3,4,NULL),(4,5,0)');
SELECT item, name, detail FROM mine_warnings;
-- Whether groups differ.
SELECT group_value, rows, observed, round(expected, 4), round(statistic, 4), df, round(p_value, 4) FROM mine_logrank('calls');
SELECT group_value, round(statistic, 4), round(p_value, 4) FROM mine_logrank('calls', 'rho=1') WHERE group_value IS NULL;
SELECT round(statistic, 4), df FROM mine_logrank('SELECT *, id % 3 AS third FROM calls', 'id=id, duration=months, event=left_us, group=third, strata=plan') LIMIT 1;
SELECT group_value, rows, observed, expected, statistic, df, p_value FROM mine_logrank('VALUES (1,1,1,''a''),(2,2,1,''b''),(3,9,0,''c'')');
-- What is refused.
SELECT * FROM mine_survival('SELECT id, months, left_us + 1 FROM calls');
SELECT * FROM mine_survival('SELECT id, months, left_us FROM calls', 'event_value=7');
SELECT * FROM mine_survival('SELECT id, -months AS months, left_us FROM calls');
SELECT * FROM mine_survival('SELECT id, months, left_us, 6 AS since FROM calls', 'start=since, duration=months, event=left_us');
SELECT * FROM mine_survival('SELECT id, NULL AS months, left_us FROM calls');
SELECT * FROM mine_survival('SELECT id, months FROM calls');
SELECT * FROM mine_survival('SELECT id, plan, left_us FROM calls');
SELECT * FROM mine_survival('SELECT id, months, left_us FROM calls WHERE 0');
SELECT * FROM mine_logrank('SELECT id, months, left_us FROM calls');
SELECT * FROM mine_logrank('SELECT id, months, left_us, 1 FROM calls');
SELECT * FROM mine_logrank('SELECT id, months, 0, plan FROM calls');
SELECT * FROM mine_logrank('SELECT id, months, left_us, id FROM calls', 'rho=a');
