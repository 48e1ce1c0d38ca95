-- crm/report.sql：我们的客户处于什么状态？每月一次。
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/crm/schema.sql" ".read sql/zh/crm/report.sql"
--
-- 只读 crm/schema.sql 的视图，不写任何东西。

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

-- 最近三个月的投诉和问卷回答（如果有）。
SELECT kind, count(*) AS 投诉数, round(avg(severity), 1) AS severity, sum(settled IS NULL) AS 未解决
FROM crm_complaints AS c, crm_today AS t WHERE c.at >= date(t.at, '-3 months') GROUP BY kind ORDER BY 投诉数 DESC;
SELECT question AS 问题, count(*) AS 回答数, round(avg(mark), 2) AS mark
FROM crm_answers AS a, crm_today AS t WHERE a.at >= date(t.at, '-3 months') GROUP BY question ORDER BY mark;
