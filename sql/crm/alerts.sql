-- crm/alerts.sql: who needs a call tonight?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/crm/schema.sql" ".read sql/crm/alerts.sql"
--
-- Compares every customer with the night before and writes
-- mine_alerts (customer, kind, severity, was, now, reason, at).  Run it once a
-- night; a second run in the same night changes nothing.

.mode box --wrap 72 --wordwrap on
CREATE TABLE IF NOT EXISTS mine_alerts (
  customer, kind TEXT, severity INTEGER, was TEXT, now TEXT, reason TEXT, at TEXT
);
CREATE TABLE IF NOT EXISTS crm_nights (
  at TEXT, customer, risk REAL, value REAL, tier TEXT, segment TEXT, stage TEXT, silent_for REAL, usual_gap REAL,
  PRIMARY KEY (customer, at)
);

-- One definition of what is known of a customer: for the training, half a year
-- before today, with what came after; and for tonight.
DROP TABLE IF EXISTS temp.crm_sources;
CREATE TEMP TABLE crm_sources AS
SELECT at, mine_snapshot(json_set(definition, '$.cutoff', date(at, '-180 days'))) AS half_a_year_ago,
       mine_snapshot(json_remove(json_set(definition, '$.cutoff', at), '$.label')) AS tonight
FROM (SELECT at, json_object('events', 'SELECT customer, at, amount FROM crm_orders', 'windows', json('[90, 180, 365]'),
                             'features', json('["count", "sum", "mean", "trend", "recency", "gaps"]'),
                             'label', 'none', 'horizon', 180) AS definition FROM crm_today);

-- The risk of not coming back.  Train it once a month: delete the model, and the
-- next night makes a new one.
SELECT mine_init('main') AS models;
SELECT mine_train('crm_silence', 'logistic', half_a_year_ago, 'target=label') AS trained
FROM crm_sources
WHERE NOT EXISTS (SELECT 1 FROM main.mine_models WHERE name = 'crm_silence');

-- Everybody tonight.
DROP TABLE IF EXISTS temp.tonight;
CREATE TEMP TABLE tonight AS
SELECT t.at, s.id AS customer, round(p.probability, 4) AS risk, round(v.value, 2) AS value, v.tier, r.segment, s.stage,
       s.silent_for, s.usual_gap
FROM crm_sources AS t
JOIN mine_lifecycle('SELECT customer, at, amount FROM crm_orders',
                    json_object('as_of', t.at, 'lang', 'en')) AS s
LEFT JOIN mine_rfm('SELECT customer, at, amount FROM crm_orders',
                   json_object('as_of', t.at, 'lang', 'en')) AS r ON r.id = s.id
LEFT JOIN mine_tiers('SELECT customer, amount FROM crm_orders WHERE at >= (SELECT date(at, ''-365 days'') FROM crm_today)
                      AND at < (SELECT at FROM crm_today)',
                     'tiers=gold:0.5|silver:0.8|iron') AS v ON v.id = s.id
LEFT JOIN mine_predict('crm_silence', t.tonight) AS p ON p.id = s.id;

-- What the model reads tonight, beside what it learned from.
DROP TABLE IF EXISTS temp.drifted;
CREATE TEMP TABLE drifted AS
SELECT d.* FROM crm_sources AS t,
  mine_drift('crm_silence', t.tonight, 'lang=en') AS d
WHERE d.drifted AND d.psi >= 0.1;

-- What went wrong in the shop: orders a day of each kind of product that were not as
-- expected.  A single day is told the night after; a level that stays, or values that
-- scatter otherwise, show only after some days.
DROP TABLE IF EXISTS temp.odd_days;
CREATE TEMP TABLE odd_days AS
SELECT series, time, value, expected, score, reason
FROM (SELECT 1 FROM crm_order_lines AS l, crm_today AS t WHERE l.at < t.at LIMIT 1) CROSS JOIN
     mine_anomalies('SELECT coalesce(kind, ''all''), date(at), count(DISTINCT order_id) FROM crm_order_lines
                     WHERE at < (SELECT at FROM crm_today) GROUP BY 1, 2', 'gaps=zero, last=28, lang=en')
WHERE anomaly AND (kind <> 'point' OR time = (SELECT date(at, '-1 day') FROM crm_today));

-- Tonight replaces what an earlier run of this night has written; of older nights
-- the last one stays.
BEGIN IMMEDIATE;
DELETE FROM crm_nights WHERE at = (SELECT at FROM crm_today);
DELETE FROM mine_alerts WHERE at = (SELECT at FROM crm_today);
DELETE FROM crm_nights WHERE at < (SELECT max(at) FROM crm_nights);
INSERT INTO crm_nights(at, customer, risk, value, tier, segment, stage, silent_for, usual_gap)
SELECT at, customer, risk, value, tier, segment, stage, silent_for, usual_gap FROM tonight;

DROP VIEW IF EXISTS temp.both_nights;
CREATE TEMP VIEW both_nights AS
SELECT n.at, n.customer, b.risk AS risk_was, n.risk, b.value AS value_was, n.value, b.tier AS tier_was, n.tier,
       b.segment AS segment_was, n.segment, b.stage AS stage_was, n.stage,
       b.silent_for AS silent_was, n.silent_for, n.usual_gap
FROM main.crm_nights AS n JOIN main.crm_nights AS b ON b.customer = n.customer AND b.at < n.at
WHERE n.at = (SELECT at FROM main.crm_today);

-- The risk has risen by a tenth or more.
INSERT INTO mine_alerts
SELECT customer, 'risk up', CASE WHEN risk >= 0.8 THEN 3 ELSE 2 END, risk_was, risk,
       printf('the risk of not coming back rose from %d%% to %d%%', round(100 * risk_was), round(100 * risk)), at
FROM both_nights WHERE risk >= risk_was + 0.1;

-- Fewer purchases than before: a fifth of the value of a year is gone, or a tier.
INSERT INTO mine_alerts
SELECT customer, 'value falling', CASE WHEN tier IS NOT tier_was THEN 3 ELSE 2 END, value_was, coalesce(value, 0),
       printf('a year is worth %.0f, and was worth %.0f', coalesce(value, 0), value_was), at
FROM both_nights WHERE coalesce(value, 0) < 0.8 * value_was;
INSERT INTO mine_alerts
SELECT customer, 'tier left', 2, tier_was, coalesce(tier, 'none'),
       printf('was %s and is %s now', tier_was, coalesce(tier, 'none')), at
FROM both_nights WHERE tier_was IN ('gold', 'silver') AND tier IS NOT tier_was AND coalesce(value, 0) < value_was;

-- Another segment, or another stage.
INSERT INTO mine_alerts
SELECT customer, 'segment left', 1, segment_was, segment,
       printf('left the segment %s and is in %s now', segment_was, segment), at
FROM both_nights WHERE segment_was IN ('champions', 'loyal') AND segment NOT IN ('champions', 'loyal');
INSERT INTO mine_alerts
SELECT customer, 'stage', CASE WHEN stage = 'lost' THEN 3 ELSE 2 END, stage_was, stage,
       printf('was %s and is %s now', stage_was, stage), at
FROM both_nights WHERE stage_was IS NOT stage AND stage IN ('at_risk', 'dormant', 'lost');

-- Silent for longer than usual, since tonight.
INSERT INTO mine_alerts
SELECT customer, 'silence', 1, silent_was, silent_for,
       printf('silent for %.0f days; the usual gap is %.0f days', silent_for, usual_gap), at
FROM both_nights WHERE silent_for > 2 * usual_gap AND silent_was <= 2 * usual_gap;

-- The customers have changed, and the model has not: train it again.
INSERT INTO mine_alerts
SELECT NULL, 'drift', CASE WHEN psi >= 0.25 THEN 3 ELSE 2 END, was, now,
       printf('%s of customers has changed: psi %.2f', item, psi), (SELECT at FROM crm_today)
FROM drifted;

-- The shop: each odd day is told once.
INSERT INTO mine_alerts
SELECT NULL, 'anomaly', CASE WHEN score >= 7 THEN 3 ELSE 2 END, round(expected), value,
       printf('%s, %s: %s', series, time, reason), (SELECT at FROM crm_today)
FROM odd_days AS o
WHERE NOT EXISTS (SELECT 1 FROM mine_alerts AS a
                  WHERE a.kind = 'anomaly' AND a.reason LIKE printf('%s, %s: %%', o.series, o.time));
COMMIT;

SELECT kind, severity, count(*) AS alerts, min(reason) AS for_example
FROM mine_alerts WHERE at = (SELECT at FROM crm_today) GROUP BY kind, severity ORDER BY severity DESC, alerts DESC;
