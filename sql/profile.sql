-- profile.sql: look at the columns before you mine them.
--
--     sqlite3 demo.db ".load ./mine" ".read sql/profile.sql"

.mode box --wrap 65 --wordwrap on

-- One line per column of the customer table: its type as mining sees it, what is
-- missing, and how the values spread.
SELECT "column", type, missing, "distinct", iif(type = 'numeric', round(min, 2), min) AS min,
       round(median, 1) AS median,
       iif(type = 'numeric', round(max, 2), max) AS max, top
FROM mine_profile('customers');

-- The same for any SELECT: here the orders, one line per customer.
SELECT "column", type, missing, round(min, 1) AS min, round(median, 1) AS median,
       round(q3, 1) AS q3, round(max, 1) AS max
FROM mine_profile('SELECT customer_id, orders, spend FROM customer_orders');
