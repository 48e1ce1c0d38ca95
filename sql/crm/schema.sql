-- crm/schema.sql: the shape of the tables that the recipes of this folder read.
--
--     sqlite3 demo.db ".read sql/crm/schema.sql"
--
-- Six views over the demo database.  Adapt what stands behind FROM, and keep the
-- names of the columns; a table that you do not have stays an empty view.

-- Who they are: one row each.
DROP VIEW IF EXISTS crm_customers;
CREATE VIEW crm_customers AS
SELECT customer_id AS customer, name, region, plan AS category, signup_date AS since FROM customers;

-- What they bought: one row an order, with what it came to.
DROP VIEW IF EXISTS crm_orders;
CREATE VIEW crm_orders AS
SELECT customer_id AS customer, order_date AS at,
       (SELECT sum(quantity * unit_price) FROM order_lines AS l WHERE l.order_id = o.order_id) AS amount,
       channel AS kind, order_id
FROM orders AS o;

-- The lines of the orders: one row a product.
DROP VIEW IF EXISTS crm_order_lines;
CREATE VIEW crm_order_lines AS
SELECT customer_id AS customer, order_date AS at, quantity * unit_price AS amount, category AS kind, order_id, product, quantity
FROM order_lines JOIN orders USING (order_id) JOIN products USING (product_id);

-- Calls, visits, mails: one row each, with its kind.
DROP VIEW IF EXISTS crm_interactions;
CREATE VIEW crm_interactions AS
SELECT NULL AS customer, NULL AS at, NULL AS kind WHERE 0;

-- Complaints: when, of what kind, how bad (1 to 5), and when it was settled.
DROP VIEW IF EXISTS crm_complaints;
CREATE VIEW crm_complaints AS
SELECT NULL AS customer, NULL AS at, NULL AS kind, NULL AS severity, NULL AS settled WHERE 0;

-- Answers of surveys: one row a question, with a mark.
DROP VIEW IF EXISTS crm_answers;
CREATE VIEW crm_answers AS
SELECT NULL AS customer, NULL AS at, NULL AS question, NULL AS mark WHERE 0;

-- The day of the run: what is looked at is what came before it.  With a living
-- database write date('now'); the demo ends with its last order.
DROP VIEW IF EXISTS crm_today;
CREATE VIEW crm_today AS
SELECT date(max(at), '+1 day') AS at FROM crm_orders;
