-- Recommenders: gp and cooccurrence, what they offer, why, and what they refuse.
CREATE TABLE taken(customer, item, day);
INSERT INTO taken VALUES
 ('ann','tea','2024-01-01'),('ann','milk','2024-01-01'),('ann','tea','2024-01-08'),
 ('bob','tea','2024-01-02'),('bob','bread','2024-01-02'),('bob','milk','2024-01-09'),
 ('cyd','bread','2024-01-03'),('cyd','oil','2024-01-03'),
 ('dan','tea','2024-01-04'),('dan','milk','2024-01-04'),('dan','bread','2024-01-04'),
 ('dan','oil','2024-01-04'),('dan','soap','2024-01-04'),
 (NULL,'tea','2024-01-04'),('eve',NULL,'2024-01-05'),('bob','tea',NULL);
SELECT mine_train('gp','gp','taken');
SELECT mine_train('with','cooccurrence','taken');
SELECT item, name, detail FROM mine_summary('with');
SELECT id, rank, item, round(score,4), because, json_valid(because) FROM mine_recommend('gp',NULL,'top=3');
SELECT id, rank, item, round(score,4), because FROM mine_recommend('with');
-- dan has everything: told
SELECT source, item, name, detail FROM mine_warnings;
SELECT id, rank, item, round(score,4) FROM mine_recommend('with',NULL,'repeat=only,top=2') WHERE id = 'ann';
SELECT id, rank, item, round(score,4), because
  FROM mine_recommend('with','VALUES (''new'',''tea'',NULL),(''nobody'',NULL,NULL),(''ann'',NULL,NULL),(''odd'',''gold'',''2024-01-01'')','top=2');
SELECT id, rank, item FROM mine_recommend('with','SELECT ''new'', ''tea''',
  'blocked="SELECT ''milk''"');
SELECT id, rank, item FROM mine_recommend('with','SELECT ''new'', ''tea'' UNION ALL SELECT ''old'', ''tea''',
  'blocked="SELECT ''new'', ''milk''", candidates="VALUES (''milk''),(''bread'')"');
SELECT id, item, because FROM mine_recommend('with','SELECT ''new'', ''tea''','because=1,top=1');
SELECT id, item, because FROM mine_recommend('with','SELECT ''new'', ''tea''','because=0,top=1');
SELECT * FROM mine_similar('with','tea');
SELECT item, rank, other FROM mine_similar('with','["oil","soap"]','top=1');
SELECT item, rank, other FROM mine_similar('with','SELECT ''oil''','top=1');
SELECT count(*) FROM mine_similar('with');
SELECT * FROM mine_similar('with','teas');
SELECT * FROM mine_similar('gp','tea');
SELECT * FROM mine_recommend('with','taken','candidates="SELECT ''gold''"');
SELECT * FROM mine_predict('gp','taken');
SELECT * FROM mine_explain('gp','taken');
SELECT * FROM mine_drift('gp','taken');
SELECT mine_export('gp', 'call');
SELECT mine_export('gp','sql');
SELECT mine_import('again', mine_export('with','json'),'json') IS NOT NULL;
SELECT count(*) FROM (SELECT * FROM mine_recommend('with') EXCEPT SELECT * FROM mine_recommend('again'));
-- ties
SELECT item, round(score,4) FROM mine_recommend((SELECT mine_fit('gp','taken','ties=recent')),NULL) WHERE id='bob' LIMIT 3;
SELECT item, round(score,4) FROM mine_recommend((SELECT mine_fit('gp','taken','ties=popular')),NULL) WHERE id='bob' LIMIT 3;
-- the time may be a number that grows; without one every row is a basket
SELECT item, score FROM mine_recommend((SELECT mine_fit('gp','VALUES (1,7,1),(1,8,2),(1,8,3),(2,7,1)')),NULL,'top=1');
SELECT item, score FROM mine_recommend((SELECT mine_fit('gp','VALUES (1,7),(1,8),(1,8),(2,7)')),NULL,'top=1');
-- bad input
SELECT mine_fit('gp','SELECT customer, item FROM taken WHERE 0');
SELECT mine_fit('cooccurrence','SELECT customer, NULL FROM taken');
SELECT mine_train('alike','gp','VALUES (1,''Milk''),(2,''milk''),(1,1),(2,''1'')');
SELECT name, detail FROM mine_summary('alike') WHERE item = 'warning';
SELECT mine_train('one','cooccurrence','VALUES (1,''a''),(1,''b'')');
SELECT name, detail FROM mine_summary('one') WHERE item = 'warning';
SELECT mine_train('apart','cooccurrence','VALUES (1,''a''),(2,''b'')');
SELECT * FROM mine_recommend('apart');
SELECT count(*) FROM mine_tune('gp','taken','ties=first|recent');
