-- basket_views.sql: how large baskets are, who buys what, and what comes next.
--
--     sqlite3 demo.db ".load ./mine" ".read sql/basket_views.sql"
--
-- Writes product_reach (product, orders, customers, share_of_orders, share_of_customers) and
-- next_purchases (product, next_product, buyers, followed, share, days).

.mode box --wrap 45 --wordwrap on

-- A line of an order with everything that is asked below.
DROP VIEW IF EXISTS temp.basket_lines;
CREATE TEMP VIEW basket_lines AS
SELECT order_id, customer_id, order_date, region, plan, product, quantity, quantity * unit_price AS amount
FROM order_lines JOIN orders USING (order_id) JOIN products USING (product_id) JOIN customers USING (customer_id);

-- Size: products, pieces and money in a basket, by region.
SELECT region, count(*) AS orders, round(avg(lines), 2) AS products, round(mine_median(pieces), 1) AS middle_pieces,
       round(avg(amount), 2) AS amount, round(100.0 * sum(lines = 1) / count(*), 1) AS single_percent
FROM (SELECT region, order_id, count(*) AS lines, sum(quantity) AS pieces, sum(amount) AS amount
      FROM basket_lines GROUP BY order_id)
GROUP BY region;

-- Penetration: the share of orders that hold a product, and of customers who ever bought it.
DROP TABLE IF EXISTS product_reach;
CREATE TABLE product_reach AS
SELECT product, count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers,
       round(1.0 * count(DISTINCT order_id) / (SELECT count(DISTINCT order_id) FROM basket_lines), 4) AS share_of_orders,
       round(1.0 * count(DISTINCT customer_id) / (SELECT count(DISTINCT customer_id) FROM basket_lines), 4) AS share_of_customers
FROM basket_lines GROUP BY product ORDER BY orders DESC, product;
SELECT * FROM product_reach LIMIT 6;

-- Pairs of each plan from one call: the best direction of a pair, the first four of each.
SELECT group_value AS plan, antecedent_text AS who_buys, consequent_text AS also_buys, count, round(lift, 2) AS lift,
       round(q_value, 4) AS q_value
FROM mine_rules('basket_lines', 'basket=order_id, item=product, group=plan, min_support=0.005, min_confidence=0.1,
                                 max_length=2, per_itemset=1, top=4')
ORDER BY group_value, lift DESC;

-- Kinds of products as well: which kind goes with which product.
SELECT antecedent_text AS who_buys, consequent_text AS also_buys, count, round(100 * confidence, 1) AS percent, round(lift, 2) AS lift
FROM mine_rules('basket_lines', 'basket=order_id, item=product, hierarchy="SELECT product, category FROM products",
                                 min_support=0.01, min_confidence=0.3, max_length=2')
WHERE consequent_text IN (SELECT category FROM products) LIMIT 6;

-- What comes next: of those who buy a product, how many buy another one within 30 days.  Orders
-- of the last 30 days are left out: nobody knows yet what follows.
DROP TABLE IF EXISTS next_purchases;
CREATE TABLE next_purchases AS
WITH firsts AS (
  SELECT customer_id, product, min(order_date) AS day FROM basket_lines GROUP BY customer_id, product
  HAVING day <= date((SELECT max(order_date) FROM orders), '-30 days')),
buyers AS (SELECT product, count(*) AS buyers FROM firsts GROUP BY product),
followed AS (
  SELECT f.product, l.product AS next_product, f.customer_id, min(julianday(l.order_date) - julianday(f.day)) AS days
  FROM firsts f JOIN basket_lines l
    ON l.customer_id = f.customer_id AND l.order_date > f.day AND l.order_date <= date(f.day, '+30 days') AND l.product <> f.product
  GROUP BY f.product, l.product, f.customer_id)
SELECT product, next_product, buyers, count(*) AS followed, round(1.0 * count(*) / buyers, 4) AS share, mine_median(days) AS days
FROM followed JOIN buyers USING (product)
GROUP BY product, next_product HAVING count(*) >= 10;
SELECT * FROM next_purchases ORDER BY share DESC, product, next_product LIMIT 8;
