-- Recommenders ease and als: what they offer, why, and what they refuse.
CREATE TABLE taken(customer, item);
WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM n LIMIT 240)
INSERT INTO taken SELECT 'c' || (i % 30), substr('abcdefghij', 1 + (i % 30 % 2) * 5 + (i * i + i / 30) % 5, 1) FROM n;
SELECT mine_train('woven', 'ease', 'taken', 'lambda=5');
SELECT mine_train('points', 'als', 'taken', 'factors=2, regularization=0.5, regularization_scale=0, solver=cholesky');
SELECT item, name, detail FROM mine_summary('woven') WHERE item = 'fit';
SELECT item, name FROM mine_summary('points') WHERE item = 'fit';
-- whoever takes from the first half is offered the first half, and for what he took
SELECT id, item, round(score, 4), because FROM mine_recommend('woven', 'SELECT ''new'', ''a'' UNION ALL SELECT ''new'', ''b''', 'top=2');
SELECT id, item, because FROM mine_recommend('points', 'SELECT ''new'', ''a'' UNION ALL SELECT ''new'', ''b''', 'top=2');
SELECT other, round(score, 4) FROM mine_similar('woven', 'a', 'top=2');
SELECT min(other BETWEEN 'a' AND 'e') FROM mine_similar('points', 'a', 'top=2');
-- the parts of a score are the score: one item alone carries all of it
SELECT item, because FROM mine_recommend('points', 'SELECT ''one'', ''g''', 'top=1');
-- kept and read back
SELECT mine_import('again', mine_export('points', 'json'), 'json') IS NOT NULL;
SELECT count(*) FROM (SELECT * FROM mine_recommend('points') EXCEPT SELECT * FROM mine_recommend('again'));
SELECT mine_import('again', mine_export('woven', 'json'), 'json') IS NOT NULL;
SELECT count(*) FROM (SELECT * FROM mine_recommend('woven') EXCEPT SELECT * FROM mine_recommend('again'));
-- weights, few neighbors, only the most taken: told
SELECT mine_train('few', 'ease', 'taken', 'lambda=5, weights=count, neighbors=2, max_items=4');
SELECT item, name, detail FROM mine_summary('few') WHERE item IN ('fit', 'warning');
SELECT count(DISTINCT item) FROM mine_recommend('few', 'taken', 'repeat=allow');
-- a penalty that leaves nothing is told
SELECT mine_train('none', 'als', 'taken', 'factors=2, regularization=1e6');
-- one item, one customer
SELECT mine_fit('ease', 'SELECT 1, 2') IS NOT NULL, mine_fit('als', 'SELECT 1, 2') IS NOT NULL;
-- refused: what does not fit is said before it begins
SELECT mine_fit('ease', 'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200000) SELECT i % 1000, i FROM n', 'max_memory=2GB');
SELECT mine_fit('ease', 'taken', 'lambda=0');
SELECT mine_fit('als', 'taken', 'alpha=0');
SELECT mine_fit('als', 'taken', 'solver=svd');
SELECT mine_fit('als', 'taken', 'factors=2000');
