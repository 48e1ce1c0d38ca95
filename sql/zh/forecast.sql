-- forecast.sql：接下来会怎样，昨夜出了什么问题？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/forecast.sql"
--
-- 写入表 需求预测（类别, 周, 行数, 下限, 上限）。每夜运行一次：模型接着学习新来的数据，
-- 不重新拟合。

.mode box --wrap 72 --wordwrap on

-- 需求：每类商品每周的订单行数。一周从星期一开始；还没有结束的一周不算。
DROP VIEW IF EXISTS temp.每周需求;
CREATE TEMP VIEW 每周需求 AS
SELECT 类别, date(日期, 'weekday 0', '-6 days') AS 周, count(*) AS 行数
FROM 订单 JOIN 订单明细 USING (订单编号) JOIN 商品 USING (商品编号)
WHERE 日期 < (SELECT date(max(日期), '+1 day', 'weekday 0', '-6 days') FROM 订单)
  AND 日期 >= (SELECT date(min(日期), '-1 day', 'weekday 1') FROM 订单)
GROUP BY 1, 2;

-- 第一夜为每一类拟合一个模型；以后每夜用模型没有见过的几周把它向前推进。
SELECT mine_init('main') AS models;
SELECT mine_train('需求', 'ets', 'SELECT * FROM 每周需求 WHERE 周 < date((SELECT max(周) FROM 每周需求), ''-28 days'')',
                  'gaps=zero, season=1') AS 训练结果
WHERE NOT EXISTS (SELECT 1 FROM main.mine_models WHERE name = '需求');
SELECT mine_train('需求', 'ets', 'SELECT * FROM 每周需求 WHERE 周 >= ''' || next || '''', 'update=1') AS 推进结果
FROM (SELECT min(time) AS next FROM mine_forecast('需求', 'horizon=1'))
WHERE next <= (SELECT max(周) FROM 每周需求);

-- 未来八周：该订多少货，以及一百周中有八十周落在哪两个界限之间。
DROP TABLE IF EXISTS 需求预测;
CREATE TABLE 需求预测 AS
SELECT series AS 类别, time AS 周, round(value) AS 行数, round(low) AS 下限, round(high) AS 上限
FROM mine_forecast('需求', 'horizon=8, level=0.8, nonnegative=1');
SELECT 类别, sum(行数) AS 未来八周, min(下限) AS 至少, max(上限) AS 至多
FROM 需求预测 GROUP BY 类别 ORDER BY 未来八周 DESC;

-- 现金：每月的收入和以后几个月的预测。有退货时，在求和里减去。
SELECT time AS 月, round(value) AS 收入, round(low) AS 下限, round(high) AS 上限
FROM mine_forecast('SELECT substr(日期, 1, 7) || ''-01'', sum(数量 * 单价)
                    FROM 订单 JOIN 订单明细 USING (订单编号)
                    WHERE 日期 < date((SELECT max(日期) FROM 订单), ''start of month'') GROUP BY 1',
                   'horizon=3, fitted=0');

-- 有多少工作要做：每个渠道每天的订单。每小时的来电也一样，用
-- strftime('%Y-%m-%d %H:00', at)：这时周期是一天。
SELECT series AS 渠道, time AS 当天, round(value, 1) AS 每日订单, round(low, 1) AS 下限, round(high, 1) AS 上限
FROM mine_forecast('SELECT 渠道, 日期, count(*) FROM 订单 GROUP BY 1, 2', 'horizon=1, fitted=0, gaps=zero, nonnegative=1');

-- 出了什么问题：最近一个季度里与预期不符的日子。写 last=1 就只看昨夜。
SELECT series AS 类别, time AS 当天, value AS 行数, round(expected, 1) AS 预期, kind, reason AS 原因
FROM mine_anomalies('SELECT 类别, 日期, count(*) FROM 订单 JOIN 订单明细 USING (订单编号)
                     JOIN 商品 USING (商品编号) GROUP BY 1, 2', 'gaps=zero, last=91, lang=zh')
WHERE anomaly ORDER BY 当天, score DESC;
