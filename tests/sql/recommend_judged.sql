-- tifu and rules, and recommenders judged on what came later.
CREATE TABLE taken(customer, item, day);
INSERT INTO taken VALUES
 ('ann','tea','2024-01-01'),('ann','milk','2024-01-01'),('ann','tea','2024-01-08'),
 ('bob','tea','2024-01-02'),('bob','bread','2024-01-02'),('bob','milk','2024-01-09'),
 ('cyd','bread','2024-01-03'),('cyd','oil','2024-01-03'),
 ('dan','tea','2024-01-04'),('dan','milk','2024-01-04'),('dan','bread','2024-01-05');
SELECT mine_train('habit','tifu','taken','neighbors=2');
SELECT mine_train('rule','rules','taken','min_support=0.5, min_confidence=0.5');
SELECT id, rank, item, round(score,4), because FROM mine_recommend('habit',NULL,'top=2');
SELECT id, rank, item, round(score,4), because FROM mine_recommend('rule');
SELECT item, rank, other, round(score,4) FROM mine_similar('rule','tea');
SELECT metric, round(value,4) FROM mine_evaluate('habit');
SELECT name, detail FROM mine_summary('habit') WHERE item = 'rows';
CREATE TABLE later(customer, item);
INSERT INTO later VALUES ('ann','milk'),('ann','bread'),('bob','gold'),('eve','tea');
SELECT metric, round(value,4) FROM mine_evaluate('habit','later','k=2');
SELECT source, item, detail FROM mine_warnings WHERE item = 'warning';
SELECT metric, round(value,4) FROM mine_evaluate('habit','later','k=2, repeat=exclude') LIMIT 3;
-- without times a row by chance is held out
SELECT mine_train('rule2','rules','SELECT customer, item FROM taken','min_support=0.5, seed=2');
SELECT name, detail FROM mine_summary('rule2') WHERE name = 'held out';
SELECT mine_train('rule3','rules','taken','holdout=0');
-- refused
SELECT * FROM mine_evaluate('rule3');
SELECT * FROM mine_evaluate('rule',NULL,'k=5');
SELECT * FROM mine_evaluate('rule','later','by=customer');
SELECT mine_train('habit','tifu','SELECT customer, item FROM taken');
SELECT * FROM mine_similar('habit','tea');
SELECT mine_train('rule','rules','taken','min_support=0');
SELECT mine_train('t','tree','WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 40) SELECT i AS id, i%2 AS y, i%2+i%3 AS x FROM n','target=y');
SELECT * FROM mine_evaluate('t',NULL,'k=5');
SELECT mine_import('again', mine_export('rule','json'),'json') IS NOT NULL;
SELECT count(*) FROM (SELECT * FROM mine_recommend('rule') EXCEPT SELECT * FROM mine_recommend('again'));
SELECT mine_import('again', mine_export('habit','json'),'json') IS NOT NULL;
SELECT count(*) FROM (SELECT * FROM mine_recommend('habit') EXCEPT SELECT * FROM mine_recommend('again'));
-- cross-validated: each customer's last basket once, or one stretch of time after the other
SELECT fold, metric, round(value,4) FROM mine_cross_validate('gp','taken','folds=3, k=2') WHERE metric IN ('rows', 'recall@2', 'new_recall@2');
SELECT fold, metric, round(value,4) FROM mine_cross_validate('gp','taken','folds=2, split_by=time, repeat=exclude') WHERE metric IN ('rows', 'recall@10');
SELECT source, item, name, detail FROM mine_warnings WHERE item = 'warning';
SELECT fold, metric, round(value,4) FROM mine_cross_validate('cooccurrence','SELECT customer, item FROM taken','folds=2') WHERE metric = 'recall@10';
SELECT * FROM mine_cross_validate('gp','taken','folds=4');
SELECT * FROM mine_cross_validate('gp','taken','folds=9, split_by=time');
SELECT * FROM mine_cross_validate('gp','SELECT customer, item FROM taken','split_by=time');
SELECT * FROM mine_cross_validate('tifu','SELECT customer, item FROM taken');
SELECT * FROM mine_cross_validate('gp','taken','target=item');
SELECT * FROM mine_cross_validate('bgnbd','taken');
