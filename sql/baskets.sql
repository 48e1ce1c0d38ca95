-- baskets.sql: what sells together?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/baskets.sql"
--
-- Writes companions (product, companion, confidence, lift).

.mode box --wrap 45 --wordwrap on

-- A basket is an order: two columns, the basket first, then the item.
DROP VIEW IF EXISTS temp.basket_items;
CREATE TEMP VIEW basket_items AS
SELECT order_id, product FROM order_lines JOIN products USING (product_id);

-- The pairs and triples that are bought together most often.
SELECT itemset, count, round(100 * support, 2) AS percent
FROM mine_itemsets('basket_items', 'min_support=0.01') WHERE size >= 2 LIMIT 12;

-- Who buys this, also buys that.  Confidence: how many of them.  Lift: how many
-- times more often than everybody.
SELECT antecedent AS who_buys, consequent AS also_buys, count, round(100 * confidence, 1) AS percent,
       round(lift, 2) AS lift
FROM mine_rules('basket_items', 'min_support=0.005, min_confidence=0.4') LIMIT 15;

-- Only rules about one product: what leads to the printer ink?
SELECT antecedent AS who_buys, consequent AS also_buys, count, round(100 * confidence, 1) AS percent,
       round(lift, 2) AS lift
FROM mine_rules('basket_items', 'min_support=0.001, min_confidence=0.3, consequent=Ink Cartridge') LIMIT 5;

-- A table for the shop: up to three companions for each product.
DROP TABLE IF EXISTS companions;
CREATE TABLE companions AS
SELECT product, companion, confidence, lift FROM (
  SELECT antecedent ->> 0 AS product, consequent ->> 0 AS companion, round(confidence, 3) AS confidence,
         round(lift, 2) AS lift,
         row_number() OVER (PARTITION BY antecedent ORDER BY lift DESC, consequent) AS place
  FROM mine_rules('basket_items', 'min_count=50, min_confidence=0.1, min_lift=1.2, max_length=2'))
WHERE place <= 3 ORDER BY product, place;
SELECT product, group_concat(companion, ', ') AS offer_with_it FROM companions GROUP BY product LIMIT 12;
