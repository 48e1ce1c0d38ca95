-- Tiers of customers, and how a total is spread.
.mode box
CREATE TABLE spend(customer, amount);
INSERT INTO spend VALUES ('a', 500), ('b', 300), ('c', 100), ('d', 50), ('e', 30), ('f', 15), ('g', 5), ('a', 0);
SELECT * FROM mine_tiers('spend');
SELECT tier, count(*) AS customers FROM mine_tiers('spend', 'tiers=gold:2|silver:4|lead, by=count') GROUP BY tier;
SELECT tier, count(*) AS customers FROM mine_tiers('spend', 'by=count') GROUP BY tier;
SELECT id, tier FROM mine_tiers('spend', 'tiers=A:300|B:30, by=value');
SELECT id, tier FROM mine_tiers('spend', '{"tiers":["vip: one:0.5","rest"]}') LIMIT 2;
SELECT id, tier FROM mine_tiers('spend', 'customer=customer, value=amount, tiers=A:0.9|B') WHERE tier = 'B';
-- Ties are in one tier; below 0 counts as 0; who has no value has no tier.
SELECT * FROM mine_tiers('VALUES (1, 10), (2, 10), (3, 10), (4, -5), (5, NULL), (NULL, 3)', 'tiers=A:0.5|B');
SELECT item, name, detail FROM mine_warnings;
SELECT * FROM mine_lorenz('spend', 'points=5');
SELECT gini FROM mine_lorenz('VALUES (1, 10), (2, 10), (3, 10)', 'points=1');
SELECT gini FROM mine_lorenz('VALUES (1, 1e308), (2, 1e308), (3, 0), (4, 0)', 'points=1');
-- What cannot be.
SELECT * FROM mine_tiers('SELECT * FROM spend WHERE 0');
SELECT * FROM mine_tiers('VALUES (1, 0), (2, -1)');
SELECT * FROM mine_tiers('VALUES (1, 0), (2, -1)', 'by=value');
SELECT * FROM mine_tiers('VALUES (1, NULL)');
SELECT * FROM mine_tiers('spend', 'tiers=A:0.8|B:0.5|C');
SELECT * FROM mine_tiers('spend', 'tiers=A:8|B');
SELECT * FROM mine_tiers('spend', 'tiers=A|B:0.5');
SELECT * FROM mine_tiers('spend', 'tiers=A:0.5|A');
SELECT * FROM mine_tiers('spend', 'tiers=A:1.5|B:3, by=count');
SELECT * FROM mine_tiers('spend', 'tiers=A:1|B:3, by=value');
SELECT * FROM mine_lorenz('VALUES (1, 0), (2, -1)');
SELECT * FROM mine_lorenz('VALUES (1, 1e308), (1, 1e308)');
-- Who has no value is on no curve, and that is said.
SELECT gini FROM mine_lorenz('VALUES (1, 1), (2, NULL), (3, -2), (4, 3)', 'points=1');
SELECT * FROM mine_warnings();
