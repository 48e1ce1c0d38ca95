-- RFM: recency, frequency, monetary value; scores; segments.
.mode box
CREATE TABLE log(customer TEXT, day TEXT, amount REAL, invoice INTEGER);
INSERT INTO log VALUES
 ('ann','2024-03-01',20,1),('ann','2024-05-01',30,2),('ann','2024-06-28',25,3),('ann','2024-06-28',5,3),
 ('bob','2024-01-10',200,4),('bob','2024-02-10',100,5),('bob','2024-02-12',-40,NULL),
 ('cy','2024-06-30',9,6),('dee','2023-07-01',5,7),('eve','2024-04-15',80,8),('eve','2024-05-15',80,9),
 ('fay',NULL,NULL,NULL),(NULL,'2024-06-01',3,10);
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log');
SELECT item, name, detail FROM mine_warnings;
SELECT id, frequency, monetary FROM mine_rfm('log', 'customer=customer, time=day, amount=amount, order=invoice');
SELECT id, frequency, monetary FROM mine_rfm('SELECT customer, day, amount FROM log', 'count=days, monetary=mean, returns=ignore');
SELECT id, recency, r, f, m FROM mine_rfm('SELECT customer, day, amount FROM log', 'method=nested, bins=2, ties=cells, unit=week');
SELECT id, r, f, m, score FROM mine_rfm('SELECT customer, day, amount FROM log', 'bins=10');
SELECT id, recency, frequency, monetary, score FROM mine_rfm('SELECT customer, day, amount FROM log', 'method=breaks, recency_breaks=30|90, frequency_breaks=2|4, monetary_breaks=50|200');
-- Without amounts; at an earlier date; returns that count.
SELECT id, recency, frequency, monetary, m, score, segment FROM mine_rfm('SELECT customer, day FROM log', 'as_of=2024-04-30');
SELECT item, name, detail FROM mine_warnings;
SELECT id, recency, frequency, monetary FROM mine_rfm('SELECT customer, day, amount FROM log WHERE customer = ''bob''', 'returns=count');
-- Segments: in Chinese; of a table; nobody fits.
SELECT segment, count(*) AS customers FROM mine_rfm('SELECT customer, day, amount FROM log', 'lang=zh') GROUP BY segment;
CREATE TABLE rules(segment TEXT, r_from, r_to, f_from, f_to, m_from, m_to);
INSERT INTO rules VALUES ('big', NULL, NULL, NULL, NULL, 4, NULL), ('here', 4, NULL, NULL, NULL, NULL, NULL);
SELECT id, r, m, segment FROM mine_rfm('SELECT customer, day, amount FROM log', 'segments="SELECT * FROM rules"');
-- The same for any order of the rows, and of times written otherwise.
SELECT count(*) AS different FROM (
  SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'ties=cells')
  EXCEPT SELECT * FROM mine_rfm('SELECT customer, strftime(''%d.%m.%Y'', day), amount FROM log ORDER BY amount', 'ties=cells, date_format=%d.%m.%Y'));
-- A day holds its whole day; an hour does not.
SELECT id, recency, frequency FROM mine_rfm('VALUES (1, ''2024-05-01 10:00'', 5), (1, ''2024-05-02 18:30'', 5), (2, ''2024-05-02 09:00'', 5)', 'as_of=2024-05-02');
SELECT id, recency, frequency FROM mine_rfm('VALUES (1, ''2024-05-01 10:00'', 5), (1, ''2024-05-02 18:30'', 5), (2, ''2024-05-02 09:00'', 5)', 'as_of=2024-05-02 12:00, unit=hour');
-- Everybody alike.
SELECT id, score, segment FROM mine_rfm('VALUES (1, ''2024-05-01'', 5), (2, ''2024-05-01'', 5), (3, ''2024-05-01'', 5)');
SELECT item, name, detail FROM mine_warnings;
-- What cannot be.
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log WHERE 0');
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'as_of=2020-01-01');
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'returns=error');
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'method=breaks');
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'recency_breaks=1|2');
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'method=breaks, recency_breaks=2|1, frequency_breaks=2');
SELECT * FROM mine_rfm('SELECT customer, day, amount FROM log', 'method=breaks, recency_breaks=1|2, frequency_breaks=2');
SELECT * FROM mine_rfm('log', 'customer=customer, time=day, order=invoice, count=days');
SELECT * FROM mine_rfm('SELECT customer, day FROM log', 'segments="SELECT * FROM rules"');
SELECT * FROM mine_rfm('SELECT customer, day FROM log', 'segments="SELECT segment, 5 AS a, 4 AS b, 1 AS c, 1 AS d FROM rules"');
SELECT * FROM mine_rfm('SELECT customer, day FROM log', 'segments="SELECT * FROM rules WHERE 0"');
SELECT * FROM mine_rfm('SELECT customer, day FROM log', 'segments=rules');
SELECT * FROM mine_rfm('VALUES (1, ''2024-05-01'', 5), (2, ''01.05.2024'', 5)');
SELECT * FROM mine_rfm('VALUES (1, ''01/05/2024'', 5), (2, ''02/05/2024'', 5)');
SELECT * FROM mine_rfm('VALUES (1, ''2024-05-01'', -5)', 'returns=ignore');
SELECT * FROM mine_rfm('SELECT NULL, ''2024-05-01'', 5');
SELECT * FROM mine_rfm('SELECT 1, NULL, 5');
