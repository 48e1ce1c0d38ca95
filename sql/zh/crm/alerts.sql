-- crm/alerts.sql：今晚该给谁打电话？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/crm/schema.sql" ".read sql/zh/crm/alerts.sql"
--
-- 把每位客户与前一晚比较，写入 mine_alerts（customer, kind,
-- severity, was, now, reason, at）。每晚运行一次；同一晚再次运行
-- 不会改变结果。

.mode box --wrap 72 --wordwrap on
CREATE TABLE IF NOT EXISTS mine_alerts (
  customer, kind TEXT, severity INTEGER, was TEXT, now TEXT, reason TEXT, at TEXT
);
CREATE TABLE IF NOT EXISTS crm_nights (
  at TEXT, customer, risk REAL, value REAL, tier TEXT, segment TEXT, stage TEXT, silent_for REAL, usual_gap REAL,
  PRIMARY KEY (customer, at)
);

-- 关于客户所知之事只定义一次：训练用半年前的情况和此后的结果；今晚评分用同一个定义。
DROP TABLE IF EXISTS temp.crm_sources;
CREATE TEMP TABLE crm_sources AS
SELECT at, mine_snapshot(json_set(definition, '$.cutoff', date(at, '-180 days'))) AS half_a_year_ago,
       mine_snapshot(json_remove(json_set(definition, '$.cutoff', at), '$.label')) AS tonight
FROM (SELECT at, json_object('events', 'SELECT customer, at, amount FROM crm_orders', 'windows', json('[90, 180, 365]'),
                             'features', json('["count", "sum", "mean", "trend", "recency", "gaps"]'),
                             'label', 'none', 'horizon', 180) AS definition FROM crm_today);

-- 不再光顾的风险。每月训练一次：删除模型，次晚就会重新训练。
SELECT mine_init('main') AS models;
SELECT mine_train('crm_silence', 'logistic', half_a_year_ago, 'target=label') AS 训练结果
FROM crm_sources
WHERE NOT EXISTS (SELECT 1 FROM main.mine_models WHERE name = 'crm_silence');

-- 今晚的每一位客户。
DROP TABLE IF EXISTS temp.tonight;
CREATE TEMP TABLE tonight AS
SELECT t.at, s.id AS customer, round(p.probability, 4) AS risk, round(v.value, 2) AS value, v.tier, r.segment, s.stage,
       s.silent_for, s.usual_gap
FROM crm_sources AS t
JOIN mine_lifecycle('SELECT customer, at, amount FROM crm_orders',
                    json_object('as_of', t.at, 'lang', 'zh')) AS s
LEFT JOIN mine_rfm('SELECT customer, at, amount FROM crm_orders',
                   json_object('as_of', t.at, 'lang', 'zh')) AS r ON r.id = s.id
LEFT JOIN mine_tiers('SELECT customer, amount FROM crm_orders WHERE at >= (SELECT date(at, ''-365 days'') FROM crm_today)
                      AND at < (SELECT at FROM crm_today)',
                     'tiers=金:0.5|银:0.8|铁') AS v ON v.id = s.id
LEFT JOIN mine_predict('crm_silence', t.tonight) AS p ON p.id = s.id;

-- 模型今晚读到的数据，与训练时的数据对照。
DROP TABLE IF EXISTS temp.drifted;
CREATE TEMP TABLE drifted AS
SELECT d.* FROM crm_sources AS t,
  mine_drift('crm_silence', t.tonight, 'lang=zh') AS d
WHERE d.drifted AND d.psi >= 0.1;

-- 店里出了什么问题：每类商品每天的订单，与预期不符的日子。单独的一天在当夜就报；水平变了不再回
-- 来，或波动变了，要过几天才看得出。
DROP TABLE IF EXISTS temp.odd_days;
CREATE TEMP TABLE odd_days AS
SELECT series, time, value, expected, score, reason
FROM (SELECT 1 FROM crm_order_lines AS l, crm_today AS t WHERE l.at < t.at LIMIT 1) CROSS JOIN
     mine_anomalies('SELECT coalesce(kind, ''全部''), date(at), count(DISTINCT 订单编号) FROM crm_order_lines
                     WHERE at < (SELECT at FROM crm_today) GROUP BY 1, 2', 'gaps=zero, last=28, lang=zh')
WHERE anomaly AND (kind <> 'point' OR time = (SELECT date(at, '-1 day') FROM crm_today));

-- 今晚的结果替换同一晚先前写入的内容；更早的夜晚只保留最近一晚。
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

-- 风险上升了十个百分点或更多。
INSERT INTO mine_alerts
SELECT customer, '风险上升', CASE WHEN risk >= 0.8 THEN 3 ELSE 2 END, risk_was, risk,
       printf('不再光顾的风险从 %d%% 升到 %d%%', round(100 * risk_was), round(100 * risk)), at
FROM both_nights WHERE risk >= risk_was + 0.1;

-- 买得比以前少：一年的金额少了五分之一，或者掉了一级。
INSERT INTO mine_alerts
SELECT customer, '金额下降', CASE WHEN tier IS NOT tier_was THEN 3 ELSE 2 END, value_was, coalesce(value, 0),
       printf('一年的金额为 %.0f，原为 %.0f', coalesce(value, 0), value_was), at
FROM both_nights WHERE coalesce(value, 0) < 0.8 * value_was;
INSERT INTO mine_alerts
SELECT customer, '等级下降', 2, tier_was, coalesce(tier, '无'),
       printf('原为%s，现为%s', tier_was, coalesce(tier, '无')), at
FROM both_nights WHERE tier_was IN ('金', '银') AND tier IS NOT tier_was AND coalesce(value, 0) < value_was;

-- 换了分群，或换了阶段。
INSERT INTO mine_alerts
SELECT customer, '离开分群', 1, segment_was, segment,
       printf('离开了分群“%s”，现属“%s”', segment_was, segment), at
FROM both_nights WHERE segment_was IN ('冠军客户', '忠诚客户') AND segment NOT IN ('冠军客户', '忠诚客户');
INSERT INTO mine_alerts
SELECT customer, '阶段变化', CASE WHEN stage = '已流失' THEN 3 ELSE 2 END, stage_was, stage,
       printf('原为%s，现为%s', stage_was, stage), at
FROM both_nights WHERE stage_was IS NOT stage AND stage IN ('有流失风险', '休眠', '已流失');

-- 从今晚起，沉默得比平时久。
INSERT INTO mine_alerts
SELECT customer, '沉默过久', 1, silent_was, silent_for,
       printf('已沉默 %.0f 天；通常间隔 %.0f 天', silent_for, usual_gap), at
FROM both_nights WHERE silent_for > 2 * usual_gap AND silent_was <= 2 * usual_gap;

-- 客户变了，模型没有变：请重新训练。
INSERT INTO mine_alerts
SELECT NULL, '数据漂移', CASE WHEN psi >= 0.25 THEN 3 ELSE 2 END, was, now,
       printf('客户的 %s 已经变化：psi %.2f', item, psi), (SELECT at FROM crm_today)
FROM drifted;

-- 店里：每个异常的日子只报一次。
INSERT INTO mine_alerts
SELECT NULL, '异常', CASE WHEN score >= 7 THEN 3 ELSE 2 END, round(expected), value,
       printf('%s，%s：%s', series, time, reason), (SELECT at FROM crm_today)
FROM odd_days AS o
WHERE NOT EXISTS (SELECT 1 FROM mine_alerts AS a
                  WHERE a.kind = '异常' AND a.reason LIKE printf('%s，%s：%%', o.series, o.time));
COMMIT;

SELECT kind, severity, count(*) AS 提醒数, min(reason) AS 例如
FROM mine_alerts WHERE at = (SELECT at FROM crm_today) GROUP BY kind, severity ORDER BY severity DESC, 提醒数 DESC;
