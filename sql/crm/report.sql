-- crm/report.sql: where do our customers stand?  Once a month.
--
--     sqlite3 demo.db ".load ./mine" ".read sql/crm/schema.sql" ".read sql/crm/report.sql"
--
-- Reads the views of crm/schema.sql and writes nothing.

.mode box --wrap 72 --wordwrap on
DROP TABLE IF EXISTS temp.asked;
CREATE TEMP TABLE asked AS
SELECT at, 'SELECT customer, at, amount FROM crm_orders' AS events,
       json_object('as_of', at, 'lang', 'en') AS options FROM crm_today;

-- The month before today, beside the one before that.
SELECT substr(date(o.at), 1, 7) AS month, count(*) AS orders, count(DISTINCT customer) AS customers, round(sum(amount)) AS amount,
       round(sum(amount) / count(*), 1) AS an_order
FROM crm_orders AS o, crm_today AS t WHERE o.at >= date(t.at, 'start of month', '-3 months')
GROUP BY month ORDER BY month;

-- Stages: who is with us, and who is about to leave.
SELECT stage, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent,
       round(avg(silent_for)) AS silent_for, round(avg(usual_gap)) AS usual_gap
FROM asked, mine_lifecycle(asked.events, asked.options) GROUP BY stage ORDER BY customers DESC;

-- Segments: how lately, how often, for how much.
SELECT segment, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent,
       round(avg(recency)) AS recency, round(avg(frequency), 1) AS frequency, round(avg(monetary)) AS monetary
FROM asked, mine_rfm(asked.events, asked.options) GROUP BY segment ORDER BY monetary DESC;

-- Tiers of the last year: how few bring how much.
SELECT tier, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent_of_customers,
       round(100 * sum(share), 1) AS percent_of_value
FROM mine_tiers('SELECT customer, amount FROM crm_orders WHERE at >= (SELECT date(at, ''-365 days'') FROM crm_today)
                      AND at < (SELECT at FROM crm_today)',
                'tiers=gold:0.5|silver:0.8|iron')
GROUP BY tier ORDER BY min(rank);

-- Who came in which month, and who of them has come back since.
SELECT cohort, max(customers) AS customers,
       round(100 * max(retention) FILTER (WHERE period = 1), 1) AS after_1_month,
       round(100 * max(retention) FILTER (WHERE period = 3), 1) AS after_3_months,
       round(100 * max(retention) FILTER (WHERE period = 6), 1) AS after_6_months,
       round(100 * max(retention) FILTER (WHERE period = 12), 1) AS after_12_months
FROM asked, mine_cohorts(asked.events, json_object('as_of', asked.at))
WHERE cohort >= (SELECT date(at, '-13 months') FROM crm_today) GROUP BY cohort ORDER BY cohort;

-- Complaints and answers of the last three months, where there are any.
SELECT kind, count(*) AS complaints, round(avg(severity), 1) AS severity, sum(settled IS NULL) AS not_settled
FROM crm_complaints AS c, crm_today AS t WHERE c.at >= date(t.at, '-3 months') GROUP BY kind ORDER BY complaints DESC;
SELECT question, count(*) AS answers, round(avg(mark), 2) AS mark
FROM crm_answers AS a, crm_today AS t WHERE a.at >= date(t.at, '-3 months') GROUP BY question ORDER BY mark;
