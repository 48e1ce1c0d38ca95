-- Many indicators as one score: weights, scales, tiers, and what each counts.
.read tests/sql/setup.inc
CREATE TABLE shop(id TEXT PRIMARY KEY, spend, visits, complaints, since TEXT, city TEXT, same);
INSERT INTO shop VALUES ('ann', 100, 12, 0, '2020-01-01', 'N', 7), ('bob', 300, 2, 1, '2021-06-01', 'S', 7), ('cat', 200, 7, 4, '2019-03-01', 'N', 7),
  ('dan', 100, 12, 0, '2020-01-01', 'W', 7), ('eve', 50, 1, 2, '2024-01-01', 'S', 7), ('fay', NULL, 5, 1, '2022-01-01', 'N', 7);
-- By hand: spend and visits as (x - least) / (most - least), complaints as (most - x) / (most - least).
SELECT id, round(score, 6) AS score, rank, tier FROM mine_composite('SELECT id, spend, visits, complaints FROM shop', 'lower_is_better=complaints');
SELECT id, round(((spend - 50) / 250.0 + (visits - 1) / 11.0 + (4 - complaints) / 4.0) / 3, 6) AS by_hand FROM shop WHERE spend IS NOT NULL ORDER BY 2 DESC, id;
SELECT verb, item, name, detail FROM mine_warnings;
SELECT id, round(score, 6) AS score, rank, tier FROM mine_composite('shop', 'lower_is_better=complaints, weights=spend:3|visits:1|complaints:0|since:1/2, tiers=gold:0.2|silver:0.5|iron');
SELECT feature, weight, better, worst, best, consistency FROM mine_composite_weights('shop', 'lower_is_better=complaints|since, weights=spend:3|visits:1|same:2');
SELECT item, name, detail FROM mine_warnings;
SELECT feature, round(weight, 4) AS weight FROM mine_composite_weights('SELECT id, spend, visits, complaints FROM shop', 'lower_is_better=complaints, weights=entropy');
SELECT feature, round(weight, 4) AS weight FROM mine_composite_weights('SELECT id, spend, visits, complaints FROM shop', 'lower_is_better=complaints, weights=critic');
SELECT feature, weight FROM mine_composite_weights('SELECT id, spend FROM shop', 'weights=critic');
-- Scales; tiers by count and by score; the first rank is found by its value.
SELECT id, round(score, 6) AS score, rank, tier FROM mine_composite('SELECT id, spend, visits FROM shop', 'scale=z, tiers=best:1|good:2, by=count');
SELECT id, round(score, 6) AS score, rank, tier FROM mine_composite('SELECT id, spend, visits FROM shop', 'scale=rank, tiers=high:0.6|middle:0.3|low, by=value');
SELECT id FROM mine_composite('shop', 'ignore=city|since') WHERE rank = 1;
-- Saaty's example of 1980, which school: the judgements contradict each other.
CREATE TABLE school(id INTEGER PRIMARY KEY, learning, friends, life, training, college, music);
INSERT INTO school SELECT column1, column1 * 7 % 5, column1 * 3 % 7, column1 % 4, column1 * 5 % 3, column1 * 2 % 9, column1 * 11 % 8 FROM (VALUES (1), (2), (3), (4), (5), (6));
SELECT feature, round(weight, 2) AS weight, round(consistency, 2) AS consistency FROM mine_composite_weights('school', 'weights=ahp, pairs=learning:friends:4|learning:life:3|learning:training:1|learning:college:3|learning:music:4|friends:life:7|friends:training:3|friends:college:1/5|friends:music:1|life:training:1/5|life:college:1/5|life:music:1/6|training:college:1|training:music:1/3|college:music:3');
SELECT item, name, detail FROM mine_warnings;
-- Judgements that agree: 3 = 1.5 x 2; a column whose name has a colon.
SELECT feature, round(weight, 6) AS weight, round(consistency, 6) AS consistency FROM mine_composite_weights('SELECT id, spend AS "a:b", visits AS c, complaints AS d FROM shop', 'weights=ahp, pairs=a:b:c:1.5|c:d:2|a:b:d:3');
-- All the same; nothing known of any row.
SELECT id, score, rank, tier FROM mine_composite('SELECT id, visits AS a, visits AS b FROM shop', 'lower_is_better=b');
SELECT item, name, detail FROM mine_warnings;
SELECT * FROM mine_composite('VALUES (1, 1, NULL), (2, NULL, 2), (3, 3, NULL), (4, NULL, 5)');
SELECT id, score FROM mine_composite('VALUES (1, 1, 5), (2, 2, 5), (3, 3, NULL), (4, 9, 4)') AS c;
SELECT * FROM mine_composite('VALUES (1, 1, 5), (2, 2, 5), (3, NULL, 6)', 'missing=error');
-- Refused.
SELECT * FROM mine_composite('SELECT id, city FROM shop');
SELECT * FROM mine_composite('SELECT id, same FROM shop');
SELECT * FROM mine_composite('SELECT id, spend FROM shop LIMIT 1');
SELECT * FROM mine_composite('shop', 'weights=spend');
SELECT * FROM mine_composite('shop', 'weights=spend:much');
SELECT * FROM mine_composite('shop', 'weights=spend:-1');
SELECT * FROM mine_composite('shop', 'weights=spend:1|spend:2');
SELECT * FROM mine_composite('shop', 'weights=spent:1');
SELECT * FROM mine_composite('shop', 'weights=spend:0|visits:0');
SELECT * FROM mine_composite('shop', 'lower_is_better=complaint');
SELECT * FROM mine_composite('SELECT id, spend AS a, spend * 2 AS b FROM shop', 'weights=critic');
SELECT * FROM mine_composite('shop', 'weights=ahp');
SELECT * FROM mine_composite('shop', 'pairs=spend:visits:2');
SELECT * FROM mine_composite('SELECT id, spend, visits, complaints FROM shop', 'weights=ahp, pairs=spend:visits:2');
SELECT * FROM mine_composite('SELECT id, spend, visits FROM shop', 'weights=ahp, pairs=spend:visits:0');
SELECT * FROM mine_composite('SELECT id, spend, visits FROM shop', 'weights=ahp, pairs=spend:visits:2|visits:spend:3');
SELECT * FROM mine_composite('SELECT id, spend, visits FROM shop', 'weights=ahp, pairs=spend:spend:2');
SELECT * FROM mine_composite('SELECT id, spend, visits FROM shop', 'weights=ahp, pairs=spend:calls:2');
SELECT * FROM mine_composite('shop', 'tiers=gold|iron');
SELECT * FROM mine_composite('shop', 'tiers=gold:0.5|silver:0.2|iron');
SELECT * FROM mine_composite('shop', 'tiers=gold:0|iron');
SELECT * FROM mine_composite('shop', 'tiers=gold:0.5|silver:1.5|iron');
SELECT * FROM mine_composite('shop', 'by=value');
SELECT * FROM mine_composite('shop', 'tiers=gold:0.2|silver:0.5|iron, by=value');
