-- segmentation.sql: which kinds of customers do we have?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/segmentation.sql"
--
-- Writes customer_segments (customer_id, segment, segment_name, distance).

.mode box --wrap 65 --wordwrap on

-- What describes a customer: one row each, the id first.  Adapt this list.
DROP VIEW IF EXISTS temp.customer_features;
CREATE TEMP VIEW customer_features AS
SELECT customer_id, age, tenure_months, monthly_charge, data_gb, orders, spend
FROM customers JOIN customer_orders USING (customer_id);

-- Five groups of customers that are alike.
SELECT mine_train('segments', 'kmeans', 'customer_features', 'k=5') AS trained;

-- What is typical of each group, in the units of the table.
SELECT cluster AS segment, max(rows) AS customers,
       round(max(value) FILTER (WHERE feature = 'age'), 1) AS age,
       round(max(value) FILTER (WHERE feature = 'tenure_months'), 1) AS tenure_months,
       round(max(value) FILTER (WHERE feature = 'monthly_charge'), 2) AS monthly_charge,
       round(max(value) FILTER (WHERE feature = 'data_gb'), 1) AS data_gb,
       round(max(value) FILTER (WHERE feature = 'orders'), 1) AS orders,
       round(max(value) FILTER (WHERE feature = 'spend'), 0) AS spend
FROM mine_centroids('segments') GROUP BY cluster;

-- A name for each group.  z says how far its average lies from everybody's, in
-- standard deviations: above 0.8 or below -0.8 is a mark of the group.
DROP TABLE IF EXISTS segment_names;
CREATE TABLE segment_names AS
SELECT cluster AS segment,
       CASE WHEN spend > 0.8 THEN 'Shop regulars'
            WHEN age > 0.8 THEN 'Seniors'
            WHEN age < -0.8 THEN 'Young and new'
            WHEN charge > 0.8 THEN 'Households'
            WHEN data < -0.8 THEN 'Occasional users'
            ELSE 'Segment ' || cluster END AS segment_name
FROM (SELECT cluster,
             max(z) FILTER (WHERE feature = 'spend') AS spend,
             max(z) FILTER (WHERE feature = 'age') AS age,
             max(z) FILTER (WHERE feature = 'monthly_charge') AS charge,
             max(z) FILTER (WHERE feature = 'data_gb') AS data
      FROM mine_centroids('segments') GROUP BY cluster);

-- Every customer with the segment: a table to join with anything.
DROP TABLE IF EXISTS customer_segments;
CREATE TABLE customer_segments(customer_id INTEGER PRIMARY KEY, segment INTEGER, segment_name TEXT, distance REAL);
INSERT INTO customer_segments
SELECT id AS customer_id, segment, segment_name, round(distance, 3) AS distance
FROM mine_predict('segments', 'customer_features') JOIN segment_names ON segment = prediction;

-- What the segments mean for the business.
SELECT segment_name, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent,
       round(avg(monthly_charge), 2) AS charge, round(avg(spend), 0) AS spend,
       round(100.0 * avg(churned = 'yes'), 1) AS churn_percent
FROM customer_segments JOIN customers USING (customer_id) JOIN customer_orders USING (customer_id)
GROUP BY segment_name ORDER BY customers DESC;
