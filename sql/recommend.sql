-- recommend.sql: what to offer each customer next, and why.
--
--     sqlite3 demo.db ".load ./mine" ".read sql/recommend.sql"
--
-- Writes the model next_offer and the tables offers (customer_id, place, product, strength, reason)
-- and goes_with (product, place, companion, strength).

.mode box --wrap 60 --wordwrap on

-- Who took what, and when: what a customer took on one day is a basket.
DROP VIEW IF EXISTS temp.bought;
CREATE TEMP VIEW bought AS
SELECT customer_id, product, order_date FROM orders JOIN order_lines USING (order_id) JOIN products USING (product_id);

-- Which algorithm? The last baskets of a fifth of the customers at a time are held out, and ten
-- offers are compared with them. Products that the customer has are offered by none here; se is
-- the standard error: smaller differences mean nothing.
DROP TABLE IF EXISTS temp.tried;
CREATE TEMP TABLE tried(algorithm, fold, metric, value);
INSERT INTO tried SELECT 'gp', * FROM mine_cross_validate('gp', 'bought', 'repeat=exclude');
INSERT INTO tried SELECT 'cooccurrence', * FROM mine_cross_validate('cooccurrence', 'bought');
INSERT INTO tried SELECT 'ease', * FROM mine_cross_validate('ease', 'bought');
INSERT INTO tried SELECT 'als', * FROM mine_cross_validate('als', 'bought', 'factors=16');
SELECT algorithm, round(max(value) FILTER (WHERE metric = 'new_recall@10' AND fold = 'mean'), 4) AS of_new_items,
       round(max(value) FILTER (WHERE metric = 'new_recall@10' AND fold = 'se'), 4) AS se,
       round(max(value) FILTER (WHERE metric = 'coverage' AND fold = 'mean'), 2) AS coverage
FROM tried GROUP BY algorithm ORDER BY of_new_items DESC;

-- The best of them, of all that was bought.
SELECT mine_train('next_offer', 'ease', 'bought');
SELECT metric, round(value, 4) AS value FROM mine_evaluate('next_offer');

-- Three offers for every customer who has bought something. What the shop does not want to sell
-- this way is blocked for all, and phones for who has one of them.
DROP TABLE IF EXISTS temp.not_to_offer;
CREATE TEMP TABLE not_to_offer AS
SELECT customer_id, other.product
FROM bought JOIN products USING (product) JOIN products AS other USING (category)
WHERE category = 'Phones' GROUP BY customer_id, other.product;
INSERT INTO not_to_offer SELECT customer_id, 'SIM Card' FROM customers;

DROP TABLE IF EXISTS offers;
CREATE TABLE offers(customer_id INTEGER, place INTEGER, product TEXT, strength REAL, reason TEXT,
                    PRIMARY KEY (customer_id, place)) WITHOUT ROWID;
INSERT INTO offers
SELECT id, rank, item, round(score, 6), because
FROM mine_recommend('next_offer', NULL, 'top=3, blocked="SELECT * FROM not_to_offer"');
SELECT customer_id, name, place, offers.product, reason
FROM offers JOIN customers USING (customer_id) WHERE place <= 2 LIMIT 8;

-- What is offered most often.
SELECT product, count(*) AS offered, count(*) FILTER (WHERE place = 1) AS offered_first
FROM offers GROUP BY product ORDER BY offered DESC, product LIMIT 8;

-- Who has bought nothing yet is offered what most customers take, and the reason says so.
INSERT INTO offers
SELECT id, rank, item, round(score, 6), because
FROM mine_recommend('next_offer',
  'SELECT customer_id, NULL FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)',
  'top=3, blocked="SELECT * FROM not_to_offer"');
SELECT count(*) AS offered, product, reason FROM offers WHERE reason LIKE '"popular%' GROUP BY product, reason ORDER BY offered DESC;

-- A basket that is on the counter right now, with its reasons.
SELECT rank, item AS product, because
FROM mine_recommend('next_offer',
  'SELECT ''counter'', product FROM products WHERE product = ''Printer'' OR product = ''Mouse''', 'top=4');

-- For the product's own page: what goes with it.
DROP TABLE IF EXISTS goes_with;
CREATE TABLE goes_with AS
SELECT item AS product, rank AS place, other AS companion, round(score, 4) AS strength
FROM mine_similar('next_offer', NULL, 'top=2');
SELECT product, group_concat(companion, ', ') AS goes_with_it
FROM (SELECT * FROM goes_with ORDER BY product, place) GROUP BY product LIMIT 8;
