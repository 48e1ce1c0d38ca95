-- basket_views.sql：购物篮有多大，谁买什么，接下来买什么。
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/basket_views.sql"
--
-- 写入表 商品渗透（商品, 订单数, 客户数, 订单占比, 客户占比）和 后续购买（商品, 后
-- 续商品, 买家数, 之后又买, 占比, 天数）。

.mode box --wrap 45 --wordwrap on

-- 一行订单明细，带上下面要问的一切。
DROP VIEW IF EXISTS temp.购物篮明细;
CREATE TEMP VIEW 购物篮明细 AS
SELECT 订单编号, 客户编号, 日期, 地区, 套餐, 商品, 数量, 数量 * 单价 AS 金额
FROM 订单明细 JOIN 订单 USING (订单编号) JOIN 商品 USING (商品编号) JOIN 客户 USING (客户编号);

-- 大小：每个地区的购物篮里有几种商品、几件、多少钱。
SELECT 地区, count(*) AS 订单数, round(avg(行数), 2) AS 商品种数, round(mine_median(件数), 1) AS 件数中位数,
       round(avg(金额), 2) AS 金额, round(100.0 * sum(行数 = 1) / count(*), 1) AS 单品百分比
FROM (SELECT 地区, 订单编号, count(*) AS 行数, sum(数量) AS 件数, sum(金额) AS 金额
      FROM 购物篮明细 GROUP BY 订单编号)
GROUP BY 地区;

-- 渗透率：含有某种商品的订单占多少，买过它的客户占多少。
DROP TABLE IF EXISTS 商品渗透;
CREATE TABLE 商品渗透 AS
SELECT 商品, count(DISTINCT 订单编号) AS 订单数, count(DISTINCT 客户编号) AS 客户数,
       round(1.0 * count(DISTINCT 订单编号) / (SELECT count(DISTINCT 订单编号) FROM 购物篮明细), 4) AS 订单占比,
       round(1.0 * count(DISTINCT 客户编号) / (SELECT count(DISTINCT 客户编号) FROM 购物篮明细), 4) AS 客户占比
FROM 购物篮明细 GROUP BY 商品 ORDER BY 订单数 DESC, 商品;
SELECT * FROM 商品渗透 LIMIT 6;

-- 一次调用得到每种套餐的商品对：每对只留最好的一个方向，每种套餐取前四对。
SELECT group_value AS 套餐, antecedent_text AS 买了, consequent_text AS 也买, count, round(lift, 2) AS 提升度,
       round(q_value, 4) AS q_value
FROM mine_rules('购物篮明细', 'basket=订单编号, item=商品, group=套餐, min_support=0.005, min_confidence=0.1,
                                 max_length=2, per_itemset=1, top=4')
ORDER BY group_value, lift DESC;

-- 商品的类别也算进来：哪一类和哪种商品一起买。
SELECT antecedent_text AS 买了, consequent_text AS 也买, count, round(100 * confidence, 1) AS 百分比, round(lift, 2) AS 提升度
FROM mine_rules('购物篮明细', 'basket=订单编号, item=商品, hierarchy="SELECT 商品, 类别 FROM 商品",
                                 min_support=0.01, min_confidence=0.3, max_length=2')
WHERE consequent_text IN (SELECT 类别 FROM 商品) LIMIT 6;

-- 接下来买什么：买了某种商品的客户，30 天内有多少人又买了另一种。最近 30 天的订单不算：
-- 之后的事还没有人知道。
DROP TABLE IF EXISTS 后续购买;
CREATE TABLE 后续购买 AS
WITH 首次购买 AS (
  SELECT 客户编号, 商品, min(日期) AS 当天 FROM 购物篮明细 GROUP BY 客户编号, 商品
  HAVING 当天 <= date((SELECT max(日期) FROM 订单), '-30 days')),
买家数 AS (SELECT 商品, count(*) AS 买家数 FROM 首次购买 GROUP BY 商品),
之后又买 AS (
  SELECT f.商品, l.商品 AS 后续商品, f.客户编号, min(julianday(l.日期) - julianday(f.当天)) AS 天数
  FROM 首次购买 f JOIN 购物篮明细 l
    ON l.客户编号 = f.客户编号 AND l.日期 > f.当天 AND l.日期 <= date(f.当天, '+30 days') AND l.商品 <> f.商品
  GROUP BY f.商品, l.商品, f.客户编号)
SELECT 商品, 后续商品, 买家数, count(*) AS 之后又买, round(1.0 * count(*) / 买家数, 4) AS 占比, mine_median(天数) AS 天数
FROM 之后又买 JOIN 买家数 USING (商品)
GROUP BY 商品, 后续商品 HAVING count(*) >= 10;
SELECT * FROM 后续购买 ORDER BY 占比 DESC, 商品, 后续商品 LIMIT 8;
