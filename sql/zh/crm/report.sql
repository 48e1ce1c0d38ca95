-- crm/report.sql：我们的客户处于什么状态？每月一次。
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/crm/schema.sql" ".read sql/zh/crm/report.sql"
--
-- 只读 crm/schema.sql 的视图；除每月重新训练的两个模型 crm_buying
-- 和 crm_spending 之外，不写任何东西。

.mode box --wrap 72 --wordwrap on
DROP TABLE IF EXISTS temp.asked;
CREATE TEMP TABLE asked AS
SELECT at, 'SELECT customer, at, amount FROM crm_orders' AS events,
       json_object('as_of', at, 'lang', 'zh') AS options FROM crm_today;

-- 今天之前的几个月，逐月对照。
SELECT substr(date(o.at), 1, 7) AS 月份, count(*) AS 订单数, count(DISTINCT customer) AS 客户数, round(sum(amount)) AS 金额,
       round(sum(amount) / count(*), 1) AS 客单价
FROM crm_orders AS o, crm_today AS t WHERE o.at >= date(t.at, 'start of month', '-3 months')
GROUP BY 月份 ORDER BY 月份;

-- 阶段：谁还在，谁快要离开。
SELECT stage AS 阶段, count(*) AS 客户数, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS 百分比,
       round(avg(silent_for)) AS 沉默天数, round(avg(usual_gap)) AS 通常间隔
FROM asked, mine_lifecycle(asked.events, asked.options) GROUP BY stage ORDER BY 客户数 DESC;

-- 分群：最近一次、次数、金额。
SELECT segment AS 分群, count(*) AS 客户数, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS 百分比,
       round(avg(recency)) AS 最近一次, round(avg(frequency), 1) AS 次数, round(avg(monetary)) AS 平均金额
FROM asked, mine_rfm(asked.events, asked.options) GROUP BY segment ORDER BY 平均金额 DESC;

-- 过去一年的等级：多少客户带来多少金额。
SELECT tier AS 等级, count(*) AS 客户数, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS 客户百分比,
       round(100 * sum(share), 1) AS 金额百分比
FROM mine_tiers('SELECT customer, amount FROM crm_orders WHERE at >= (SELECT date(at, ''-365 days'') FROM crm_today)
                      AND at < (SELECT at FROM crm_today)',
                'tiers=金:0.5|银:0.8|铁')
GROUP BY tier ORDER BY min(rank);

-- 哪个月新来的客户，后来有多少又来了。
SELECT cohort AS 首购月, max(customers) AS 客户数,
       round(100 * max(retention) FILTER (WHERE period = 1), 1) AS 一个月后,
       round(100 * max(retention) FILTER (WHERE period = 3), 1) AS 三个月后,
       round(100 * max(retention) FILTER (WHERE period = 6), 1) AS 六个月后,
       round(100 * max(retention) FILTER (WHERE period = 12), 1) AS 十二个月后
FROM asked, mine_cohorts(asked.events, json_object('as_of', asked.at))
WHERE cohort >= (SELECT date(at, '-13 months') FROM crm_today) GROUP BY cohort ORDER BY cohort;

-- 客户的终身价值：今后十二个月的购买次数和金额，一年后的钱约按九成计算。购买间隔规律的，请把
-- bgnbd 换成 mbgcnbd。
DROP TABLE IF EXISTS temp.purchases;
CREATE TEMP TABLE purchases AS
SELECT customer, o.at, amount FROM crm_orders AS o, crm_today AS t WHERE o.at < t.at;
SELECT mine_train('crm_buying', 'bgnbd', 'purchases', json_object('as_of', date(at, '-1 day'))) AS 训练结果 FROM crm_today
UNION ALL SELECT mine_train('crm_spending', 'gammagamma', 'purchases') AS 训练结果;
DROP TABLE IF EXISTS temp.worth;
CREATE TEMP TABLE worth AS
SELECT c.* FROM crm_today AS t,
  mine_clv('crm_buying', 'purchases',
           json_object('as_of', date(t.at, '-1 day'), 'spend', 'crm_spending', 'horizon', 12, 'discount', 0.1)) AS c;

-- 全体客户，以及其中多少客户带来多少价值。
SELECT coalesce(tier, '全部') AS 等级, count(*) AS 客户数, round(sum(p_alive)) AS 仍在,
       round(sum(expected_purchases)) AS 未来订单数, round(sum(clv)) AS 未来价值, round(avg(clv), 1) AS 人均
FROM (SELECT 0 AS place, NULL AS tier, id FROM worth
      UNION ALL SELECT min(rank) OVER (PARTITION BY tier), tier, id
      FROM mine_tiers('SELECT id, clv FROM worth WHERE clv IS NOT NULL', 'tiers=金:0.5|银:0.8|铁'))
JOIN worth USING (id) GROUP BY place ORDER BY place;

-- 价值最高的十位客户。
SELECT id AS 客户, repeats + 1 AS 订单数, round(p_alive, 2) AS 仍在的概率, round(expected_purchases, 1) AS 未来订单数,
       round(expected_spend) AS 客单价, round(clv) AS 未来价值, round(low) AS 至少, round(high) AS 至多
FROM worth ORDER BY clv DESC, id LIMIT 10;

-- 可信吗？把购买记录从时间中点切开：对后半段预测的订单数，与实际的订单数对照。
SELECT round(max(value) FILTER (WHERE metric = 'expected')) AS 预测订单数,
       max(value) FILTER (WHERE metric = 'actual') AS 实际订单数
FROM mine_evaluate('crm_buying') WHERE slice IS NULL;

-- 综合看谁是好客户：五个指标合成的评价指数。没有回答问卷的客户按全部回答的平均分计；人人相同的
-- 指标不计入。
DROP TABLE IF EXISTS temp.indicators;
CREATE TEMP TABLE indicators AS
WITH answered AS (SELECT a.customer, a.mark FROM crm_answers AS a, crm_today AS t WHERE a.at < t.at),
     complained AS (SELECT c.customer FROM crm_complaints AS c, crm_today AS t WHERE c.at >= date(t.at, '-1 year') AND c.at < t.at)
SELECT r.id AS customer, r.recency AS 最近一次, r.frequency AS 次数, r.monetary AS 消费金额,
       coalesce(a.mark, (SELECT avg(mark) FROM answered)) AS 满意度, coalesce(c.n, 0) AS 投诉数
FROM asked JOIN mine_rfm(asked.events, asked.options) AS r
LEFT JOIN (SELECT customer, avg(mark) AS mark FROM answered GROUP BY customer) AS a ON a.customer = r.id
LEFT JOIN (SELECT customer, count(*) AS n FROM complained GROUP BY customer) AS c ON c.customer = r.id
WHERE r.recency IS NOT NULL;
DROP TABLE IF EXISTS temp.index_options;
CREATE TEMP TABLE index_options AS
SELECT 'weights=最近一次:2|次数:2|消费金额:3|满意度:2|投诉数:1, lower_is_better=最近一次|投诉数, '
       || 'scale=rank, tiers=金:0.1|银:0.4|铁' AS said;

-- 每个指标的权重。
SELECT feature AS 指标, round(weight, 2) AS 权重, iif(better = 'lower', '越少越好', '越多越好') AS 方向, worst AS 最差, best AS 最好
FROM index_options, mine_composite_weights('indicators', said);

-- 最好的一成，其次的三成，其余的客户。
SELECT tier AS 等级, count(*) AS 客户数, round(avg(score), 2) AS 得分, round(avg(i.最近一次)) AS 最近一次,
       round(avg(i.次数), 1) AS 次数, round(avg(i.消费金额)) AS 消费金额, round(avg(i.满意度), 1) AS 满意度,
       round(avg(i.投诉数), 1) AS 投诉数
FROM index_options, mine_composite('indicators', said) AS c JOIN indicators AS i ON i.customer = c.id
GROUP BY tier ORDER BY min(rank);

-- 最近三个月的投诉和问卷回答（如果有）。
SELECT kind, count(*) AS 投诉数, round(avg(severity), 1) AS severity, sum(settled IS NULL) AS 未解决
FROM crm_complaints AS c, crm_today AS t WHERE c.at >= date(t.at, '-3 months') GROUP BY kind ORDER BY 投诉数 DESC;
SELECT question AS 问题, count(*) AS 回答数, round(avg(mark), 2) AS mark
FROM crm_answers AS a, crm_today AS t WHERE a.at >= date(t.at, '-3 months') GROUP BY question ORDER BY mark;
