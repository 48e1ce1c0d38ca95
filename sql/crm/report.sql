-- crm/report.sql: where do our customers stand?  Once a month.
--
--     sqlite3 demo.db ".load ./mine" ".read sql/crm/schema.sql" ".read sql/crm/report.sql"
--
-- Reads the views of crm/schema.sql and writes nothing but two models, crm_buying and
-- crm_spending, each month anew.

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

-- What the customers are worth: purchases and amounts of the next twelve months, money
-- of a year later taken at nine tenths.  Where they buy at regular intervals take
-- mbgcnbd for bgnbd.
DROP TABLE IF EXISTS temp.purchases;
CREATE TEMP TABLE purchases AS
SELECT customer, o.at, amount FROM crm_orders AS o, crm_today AS t WHERE o.at < t.at;
SELECT mine_train('crm_buying', 'bgnbd', 'purchases', json_object('as_of', date(at, '-1 day'))) AS trained FROM crm_today
UNION ALL SELECT mine_train('crm_spending', 'gammagamma', 'purchases') AS trained;
DROP TABLE IF EXISTS temp.worth;
CREATE TEMP TABLE worth AS
SELECT c.* FROM crm_today AS t,
  mine_clv('crm_buying', 'purchases',
           json_object('as_of', date(t.at, '-1 day'), 'spend', 'crm_spending', 'horizon', 12, 'discount', 0.1)) AS c;

-- All of them, and how few bring how much of it.
SELECT coalesce(tier, 'all') AS tier, count(*) AS customers, round(sum(p_alive)) AS still_here,
       round(sum(expected_purchases)) AS orders_to_come, round(sum(clv)) AS value_to_come, round(avg(clv), 1) AS a_customer
FROM (SELECT 0 AS place, NULL AS tier, id FROM worth
      UNION ALL SELECT min(rank) OVER (PARTITION BY tier), tier, id
      FROM mine_tiers('SELECT id, clv FROM worth WHERE clv IS NOT NULL', 'tiers=gold:0.5|silver:0.8|iron'))
JOIN worth USING (id) GROUP BY place ORDER BY place;

-- The best ten.
SELECT id AS customer, repeats + 1 AS orders, round(p_alive, 2) AS chance_still_here, round(expected_purchases, 1) AS orders_to_come,
       round(expected_spend) AS an_order, round(clv) AS value_to_come, round(low) AS at_least, round(high) AS at_most
FROM worth ORDER BY clv DESC, id LIMIT 10;

-- Is it to be believed?  The log was cut in the middle of its time: the orders foretold for
-- the second part, and those that came.
SELECT round(max(value) FILTER (WHERE metric = 'expected')) AS orders_foretold,
       max(value) FILTER (WHERE metric = 'actual') AS orders_that_came
FROM mine_evaluate('crm_buying') WHERE slice IS NULL;

-- Who is a good customer, all in all: an index of five indicators.  Who has not answered
-- counts as the mean of all answers; what is the same for everybody is left out.
DROP TABLE IF EXISTS temp.indicators;
CREATE TEMP TABLE indicators AS
WITH answered AS (SELECT a.customer, a.mark FROM crm_answers AS a, crm_today AS t WHERE a.at < t.at),
     complained AS (SELECT c.customer FROM crm_complaints AS c, crm_today AS t WHERE c.at >= date(t.at, '-1 year') AND c.at < t.at)
SELECT r.id AS customer, r.recency AS recency, r.frequency AS frequency, r.monetary AS spent,
       coalesce(a.mark, (SELECT avg(mark) FROM answered)) AS satisfaction, coalesce(c.n, 0) AS complaints
FROM asked JOIN mine_rfm(asked.events, asked.options) AS r
LEFT JOIN (SELECT customer, avg(mark) AS mark FROM answered GROUP BY customer) AS a ON a.customer = r.id
LEFT JOIN (SELECT customer, count(*) AS n FROM complained GROUP BY customer) AS c ON c.customer = r.id
WHERE r.recency IS NOT NULL;
DROP TABLE IF EXISTS temp.index_options;
CREATE TEMP TABLE index_options AS
SELECT 'weights=recency:2|frequency:2|spent:3|satisfaction:2|complaints:1, lower_is_better=recency|complaints, '
       || 'scale=rank, tiers=gold:0.1|silver:0.4|iron' AS said;

-- What each indicator counts.
SELECT feature, round(weight, 2) AS weight, iif(better = 'lower', 'less', 'more') AS is_better, worst, best
FROM index_options, mine_composite_weights('indicators', said);

-- The best tenth, the next three, and the others.
SELECT tier, count(*) AS customers, round(avg(score), 2) AS score, round(avg(i.recency)) AS recency,
       round(avg(i.frequency), 1) AS frequency, round(avg(i.spent)) AS spent, round(avg(i.satisfaction), 1) AS satisfaction,
       round(avg(i.complaints), 1) AS complaints
FROM index_options, mine_composite('indicators', said) AS c JOIN indicators AS i ON i.customer = c.id
GROUP BY tier ORDER BY min(rank);

-- Complaints and answers of the last three months, where there are any.
SELECT kind, count(*) AS complaints, round(avg(severity), 1) AS severity, sum(settled IS NULL) AS not_settled
FROM crm_complaints AS c, crm_today AS t WHERE c.at >= date(t.at, '-3 months') GROUP BY kind ORDER BY complaints DESC;
SELECT question, count(*) AS answers, round(avg(mark), 2) AS mark
FROM crm_answers AS a, crm_today AS t WHERE a.at >= date(t.at, '-3 months') GROUP BY question ORDER BY mark;
