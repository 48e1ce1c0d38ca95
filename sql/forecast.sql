-- forecast.sql: what comes next, and what went wrong last night?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/forecast.sql"
--
-- Writes demand_forecast (category, week, lines, low, high).  Run it once a night:
-- the model learns what came since, and nothing is fitted anew.

.mode box --wrap 72 --wordwrap on

-- Demand: lines of orders a week, by product group.  Weeks begin on Monday; the one
-- that has not ended is left out.
DROP VIEW IF EXISTS temp.demand_weeks;
CREATE TEMP VIEW demand_weeks AS
SELECT category, date(order_date, 'weekday 0', '-6 days') AS week, count(*) AS lines
FROM orders JOIN order_lines USING (order_id) JOIN products USING (product_id)
WHERE order_date < (SELECT date(max(order_date), '+1 day', 'weekday 0', '-6 days') FROM orders)
  AND order_date >= (SELECT date(min(order_date), '-1 day', 'weekday 1') FROM orders)
GROUP BY 1, 2;

-- The first night fits a model to each group; the following ones move it on by the
-- weeks that it has not seen.
SELECT mine_init('main') AS models;
SELECT mine_train('demand', 'ets', 'SELECT * FROM demand_weeks WHERE week < date((SELECT max(week) FROM demand_weeks), ''-28 days'')',
                  'gaps=zero, season=1') AS trained
WHERE NOT EXISTS (SELECT 1 FROM main.mine_models WHERE name = 'demand');
SELECT mine_train('demand', 'ets', 'SELECT * FROM demand_weeks WHERE week >= ''' || next || '''', 'update=1') AS moved_on
FROM (SELECT min(time) AS next FROM mine_forecast('demand', 'horizon=1'))
WHERE next <= (SELECT max(week) FROM demand_weeks);

-- The next eight weeks: what to order, and between which bounds 80 of 100 weeks lie.
DROP TABLE IF EXISTS demand_forecast;
CREATE TABLE demand_forecast AS
SELECT series AS category, time AS week, round(value) AS lines, round(low) AS low, round(high) AS high
FROM mine_forecast('demand', 'horizon=8, level=0.8, nonnegative=1');
SELECT category, sum(lines) AS next_eight_weeks, min(low) AS at_least, max(high) AS at_most
FROM demand_forecast GROUP BY category ORDER BY next_eight_weeks DESC;

-- Cash: what a month brings in, and the months to come.  With returns, take them away
-- in the sum.
SELECT time AS month, round(value) AS revenue, round(low) AS low, round(high) AS high
FROM mine_forecast('SELECT substr(order_date, 1, 7) || ''-01'', sum(quantity * unit_price)
                    FROM orders JOIN order_lines USING (order_id)
                    WHERE order_date < date((SELECT max(order_date) FROM orders), ''start of month'') GROUP BY 1',
                   'horizon=3, fitted=0');

-- How much work comes in: orders a day of each channel.
-- Calls an hour are the same with strftime('%Y-%m-%d %H:00', at): the season is a day
-- then.
SELECT series AS channel, time AS day, round(value, 1) AS orders_a_day, round(low, 1) AS low, round(high, 1) AS high
FROM mine_forecast('SELECT channel, order_date, count(*) FROM orders GROUP BY 1, 2', 'horizon=1, fitted=0, gaps=zero, nonnegative=1');

-- What went wrong: days of the last quarter that were not as expected.  With last=1 it
-- is last night alone.
SELECT series AS category, time AS day, value AS lines, round(expected, 1) AS expected, kind, reason
FROM mine_anomalies('SELECT category, order_date, count(*) FROM orders JOIN order_lines USING (order_id)
                     JOIN products USING (product_id) GROUP BY 1, 2', 'gaps=zero, last=91, lang=en')
WHERE anomaly ORDER BY day, score DESC;
