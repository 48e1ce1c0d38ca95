-- baskets.sql：哪些商品会一起卖出？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/baskets.sql"
--
-- 写入表 搭配推荐（商品, 搭配商品, 置信度, 提升度）。

.mode box --wrap 45 --wordwrap on

-- 一个订单就是一个购物篮：两列，第一列是购物篮（订单号），第二列是商品。
DROP VIEW IF EXISTS temp.购物篮;
CREATE TEMP VIEW 购物篮 AS
SELECT 订单编号, 商品 FROM 订单明细 JOIN 商品 USING (商品编号);

-- 最常一起购买的两件或三件商品。
SELECT itemset, count, round(100 * support, 2) AS 百分比
FROM mine_itemsets('购物篮', 'min_support=0.01') WHERE size >= 2 LIMIT 12;

-- 买了这个，也买那个。置信度：其中有多少人买。提升度：是所有人购买比例的几倍。
SELECT antecedent AS 买了, consequent AS 也买, count, round(100 * confidence, 1) AS 百分比,
       round(lift, 2) AS 提升度
FROM mine_rules('购物篮', 'min_support=0.005, min_confidence=0.4') LIMIT 15;

-- 只看关于一种商品的规则：买什么的人会买墨盒？
SELECT antecedent AS 买了, consequent AS 也买, count, round(100 * confidence, 1) AS 百分比,
       round(lift, 2) AS 提升度
FROM mine_rules('购物篮', 'min_support=0.001, min_confidence=0.3, consequent=墨盒') LIMIT 5;

-- 给门店用的表：每种商品最多三个搭配商品。
DROP TABLE IF EXISTS 搭配推荐;
CREATE TABLE 搭配推荐 AS
SELECT 商品, 搭配商品, 置信度, 提升度 FROM (
  SELECT antecedent ->> 0 AS 商品, consequent ->> 0 AS 搭配商品, round(confidence, 3) AS 置信度,
         round(lift, 2) AS 提升度,
         row_number() OVER (PARTITION BY antecedent ORDER BY lift DESC, consequent) AS 名次
  FROM mine_rules('购物篮', 'min_count=50, min_confidence=0.1, min_lift=1.2, max_length=2'))
WHERE 名次 <= 3 ORDER BY 商品, 名次;
SELECT 商品, group_concat(搭配商品, '、') AS 搭配出售 FROM 搭配推荐 GROUP BY 商品 LIMIT 12;
