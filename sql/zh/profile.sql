-- profile.sql：挖掘之前，先看看每一列。
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/profile.sql"

.mode box --wrap 65 --wordwrap on

-- 客户表的每一列占一行：挖掘所认定的类型、缺失多少、取值如何分布。
SELECT "column", type, missing, "distinct", iif(type = 'numeric', round(min, 2), min) AS min,
       round(median, 1) AS median,
       iif(type = 'numeric', round(max, 2), max) AS max, top
FROM mine_profile('客户');

-- 任何 SELECT 都可以这样看：这里是订单，每个客户一行。
SELECT "column", type, missing, round(min, 1) AS min, round(median, 1) AS median,
       round(q3, 1) AS q3, round(max, 1) AS max
FROM mine_profile('SELECT 客户编号, 订单数, 消费额 FROM 客户订单');
