-- What customers think, beside what they do.
.mode box
CREATE TABLE survey(customer, satisfaction, purchases, brand);
INSERT INTO survey VALUES (1, 5, 9, 'tea'), (2, 5, 1, 'tea'), (3, 2, 8, 'tea'), (4, 1, 2, 'tea'), (5, 4, 30, 'rice'), (6, 2, 40, 'rice'),
  (7, 3, 20, 'rice'), (8, NULL, 5, 'rice'), (9, 4, 5, NULL);
SELECT * FROM mine_loyalty('SELECT customer, satisfaction, purchases FROM survey');
SELECT item, name, detail FROM mine_warnings;
SELECT id, kind, product FROM mine_loyalty('survey', 'id=customer, attitude=satisfaction, repeat=purchases, product=brand');
SELECT id, kind FROM mine_loyalty('SELECT customer, satisfaction, purchases FROM survey', 'attitude_cut=4, repeat_cut=6, lang=zh');
SELECT kind, count(*) FROM mine_loyalty('VALUES (1, 5, 3), (2, 5, 4), (3, 4, 1), (4, 5, 9)') GROUP BY kind;
SELECT kind, count(*) FROM mine_loyalty('VALUES (1, 1, 3), (2, 1, 4), (3, 4, 1), (4, 5, 9), (5, 1, 3)') GROUP BY kind;
SELECT item, name, detail FROM mine_warnings;
-- A row alone is its own median.
SELECT id, kind FROM mine_loyalty('VALUES (1, 1, 1)');
SELECT item, name, detail FROM mine_warnings;
SELECT id, kind FROM mine_loyalty('SELECT * FROM survey WHERE brand = ''tea'' OR customer = 6', 'id=customer, attitude=satisfaction, repeat=purchases, product=brand');
SELECT item, name, detail FROM mine_warnings;
SELECT count(*) FROM mine_loyalty('VALUES (1, 1, 1)', 'attitude_cut=2, repeat_cut=1');
SELECT item, name, detail FROM mine_warnings;
-- What cannot be: behaviour alone, behaviour twice, one attitude of all.
SELECT * FROM mine_loyalty('SELECT customer, purchases FROM survey');
SELECT * FROM mine_loyalty('SELECT customer, NULL AS attitude, purchases FROM survey');
SELECT * FROM mine_loyalty('WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 20) SELECT i, i*7%11, 3 + 2*(i*7%11) FROM n');
SELECT * FROM mine_loyalty('SELECT customer, 5, purchases FROM survey');
SELECT count(*) FROM mine_loyalty('SELECT customer, 5, purchases FROM survey', 'attitude_cut=4');
SELECT * FROM mine_loyalty('SELECT * FROM survey WHERE 0', 'id=customer, attitude=satisfaction, repeat=purchases');
