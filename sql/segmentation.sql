-- segmentation.sql: which kinds of customers do we have, and who moved?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/segmentation.sql"
--
-- Writes customer_segments (customer_id, segment, segment_name, distance).

.mode box --wrap 65 --wordwrap on

-- What describes a customer: one row each, the id first, numbers and categories
-- side by side.  Adapt this list.
DROP VIEW IF EXISTS temp.customer_features;
CREATE TEMP VIEW customer_features AS
SELECT customer_id, age, plan, contract, tenure_months, monthly_charge, data_gb
FROM customers;

-- The same a year ago, of those who were with us then.
DROP VIEW IF EXISTS temp.customer_features_before;
CREATE TEMP VIEW customer_features_before AS
SELECT customer_id, age - 1 AS age, plan, contract, tenure_months - 12 AS tenure_months,
       monthly_charge, data_gb
FROM customers WHERE tenure_months > 12;

-- Groups of customers that are alike, as they were a year ago: auto finds out how
-- many there are, and sets apart who belongs to none.
SELECT mine_train('segments', 'auto', 'customer_features_before', 'keep=1') AS trained;

-- What sets each group apart, in words.
SELECT cluster AS segment, rows AS customers, sentence
FROM mine_segments('segments', NULL, 'top=3');

-- A name for each group.  z says how far its average lies from everybody's, in
-- standard deviations: above 0.8 or below -0.8 is a mark of the group.
SELECT mine_name_cluster('segments', cluster,
       CASE WHEN age > 0.8 THEN 'Seniors'
            WHEN age < -0.8 THEN 'Young and new'
            WHEN data > 0.8 THEN 'Professionals'
            WHEN charge > 0.8 THEN 'Households'
            WHEN data < -0.8 THEN 'Occasional users'
            ELSE 'Segment ' || cluster END) AS named
FROM (SELECT cluster,
             max(z) FILTER (WHERE feature = 'age') AS age,
             max(z) FILTER (WHERE feature = 'monthly_charge') AS charge,
             max(z) FILTER (WHERE feature = 'data_gb') AS data
      FROM mine_centroids('segments') GROUP BY cluster);

-- A year later: trained again under its name, a group that is found again keeps its
-- number and its name.
SELECT mine_train('segments', 'auto', 'customer_features', 'keep=1') AS trained;

-- Every customer with the segment: a table to join with anything.
DROP TABLE IF EXISTS customer_segments;
CREATE TABLE customer_segments(customer_id INTEGER PRIMARY KEY, segment INTEGER, segment_name TEXT, distance REAL);
INSERT INTO customer_segments
SELECT id AS customer_id, prediction AS segment, label AS segment_name, round(distance, 3) AS distance
FROM mine_predict('segments', 'customer_features');

-- What the segments mean for the business.
SELECT segment_name, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent,
       round(avg(monthly_charge), 2) AS charge, round(avg(spend), 0) AS spend,
       round(100.0 * avg(churned = 'yes'), 1) AS churn_percent
FROM customer_segments JOIN customers USING (customer_id) JOIN customer_orders USING (customer_id)
GROUP BY segment_name ORDER BY customers DESC;

-- Who moved: the customers of a year ago, by the groups of then and by those of now.
SELECT from_label AS segment_before, to_label AS segment_now, rows AS customers, round(100 * share, 1) AS percent
FROM mine_migration((SELECT 'segments@' || max(version) FROM mine_versions('segments') WHERE NOT current),
                    'segments', 'customer_features_before')
ORDER BY from_cluster, rows DESC;
