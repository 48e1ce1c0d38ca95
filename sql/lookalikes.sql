-- lookalikes.sql: who looks like our best customers, but is not one yet?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/lookalikes.sql"
--
-- Writes lookalikes (customer_id, resembles, distance).

.mode box --wrap 65 --wordwrap on

-- What makes customers alike.  The spending itself is left out: it is the goal.
DROP VIEW IF EXISTS temp.likeness;
CREATE TEMP VIEW likeness AS
SELECT customer_id, age, plan, contract, tenure_months, monthly_charge, data_gb FROM customers;

-- The 50 best customers of the shop, and everybody who spent less than average.
DROP TABLE IF EXISTS temp.best;
CREATE TEMP TABLE best AS
SELECT customer_id FROM customer_orders ORDER BY spend DESC, customer_id LIMIT 50;
DROP TABLE IF EXISTS temp.others;
CREATE TEMP TABLE others AS
SELECT customer_id FROM customer_orders WHERE spend < (SELECT avg(spend) FROM customer_orders);

-- For each of the best, the 20 nearest of the others; who comes up again and again
-- resembles many of them.
DROP TABLE IF EXISTS lookalikes;
CREATE TABLE lookalikes(customer_id INTEGER PRIMARY KEY, resembles INTEGER, distance REAL);
INSERT INTO lookalikes
SELECT id AS customer_id, count(*) AS resembles, round(min(distance), 4) AS distance
FROM mine_neighbors('SELECT * FROM likeness WHERE customer_id IN others',
                    'SELECT * FROM likeness WHERE customer_id IN best', 'k=20, metric=gower')
GROUP BY id;

SELECT customer_id, name, age, plan, contract, spend AS spent_so_far, resembles, distance
FROM lookalikes JOIN customers USING (customer_id) JOIN customer_orders USING (customer_id)
WHERE churned = 'no' ORDER BY resembles DESC, distance, customer_id LIMIT 15;
