-- recommend.sql：接下来向每位客户推荐什么，为什么。
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/recommend.sql"
--
-- 写入模型 下次推荐，以及表 推荐（客户编号, 名次, 商品, 强度, 理由）和 相配商品（商
-- 品, 名次, 搭配商品, 强度）。

.mode box --wrap 60 --wordwrap on

-- 谁买了什么，什么时候买的：一位客户同一天买的是一个购物篮。
DROP VIEW IF EXISTS temp.已购商品;
CREATE TEMP VIEW 已购商品 AS
SELECT 客户编号, 商品, 日期 FROM 订单 JOIN 订单明细 USING (订单编号) JOIN 商品 USING (商品编号);

-- 用哪种算法？每次留出五分之一客户的最后一个购物篮，与十个推荐比较。这里谁也不推荐客户已有的商
-- 品；se 是标准误：比它小的差别不说明什么。
DROP TABLE IF EXISTS temp.试用结果;
CREATE TEMP TABLE 试用结果(算法, fold, metric, value);
INSERT INTO 试用结果 SELECT 'gp', * FROM mine_cross_validate('gp', '已购商品', 'repeat=exclude');
INSERT INTO 试用结果 SELECT 'cooccurrence', * FROM mine_cross_validate('cooccurrence', '已购商品');
INSERT INTO 试用结果 SELECT 'ease', * FROM mine_cross_validate('ease', '已购商品');
INSERT INTO 试用结果 SELECT 'als', * FROM mine_cross_validate('als', '已购商品', 'factors=16');
SELECT 算法, round(max(value) FILTER (WHERE metric = 'new_recall@10' AND fold = 'mean'), 4) AS 新商品召回,
       round(max(value) FILTER (WHERE metric = 'new_recall@10' AND fold = 'se'), 4) AS se,
       round(max(value) FILTER (WHERE metric = 'coverage' AND fold = 'mean'), 2) AS 覆盖
FROM 试用结果 GROUP BY 算法 ORDER BY 新商品召回 DESC;

-- 取其中最好的，用全部购买记录训练。
SELECT mine_train('下次推荐', 'ease', '已购商品');
SELECT metric, round(value, 4) AS value FROM mine_evaluate('下次推荐');

-- 给每位买过东西的客户三个推荐。商店不想这样卖的商品对所有人屏蔽；已有手机的客户不再推荐手机。
DROP TABLE IF EXISTS temp.不推荐;
CREATE TEMP TABLE 不推荐 AS
SELECT 客户编号, 同类.商品
FROM 已购商品 JOIN 商品 USING (商品) JOIN 商品 AS 同类 USING (类别)
WHERE 类别 = '手机' GROUP BY 客户编号, 同类.商品;
INSERT INTO 不推荐 SELECT 客户编号, '电话卡' FROM 客户;

DROP TABLE IF EXISTS 推荐;
CREATE TABLE 推荐(客户编号 INTEGER, 名次 INTEGER, 商品 TEXT, 强度 REAL, 理由 TEXT,
                    PRIMARY KEY (客户编号, 名次)) WITHOUT ROWID;
INSERT INTO 推荐
SELECT id, rank, item, round(score, 6), because
FROM mine_recommend('下次推荐', NULL, 'top=3, blocked="SELECT * FROM 不推荐"');
SELECT 客户编号, 姓名, 名次, 推荐.商品, 理由
FROM 推荐 JOIN 客户 USING (客户编号) WHERE 名次 <= 2 LIMIT 8;

-- 推荐得最多的商品。
SELECT 商品, count(*) AS 推荐次数, count(*) FILTER (WHERE 名次 = 1) AS 第一推荐次数
FROM 推荐 GROUP BY 商品 ORDER BY 推荐次数 DESC, 商品 LIMIT 8;

-- 还没有买过东西的客户，推荐大多数人买的商品，理由里会说明。
INSERT INTO 推荐
SELECT id, rank, item, round(score, 6), because
FROM mine_recommend('下次推荐',
  'SELECT 客户编号, NULL FROM 客户 WHERE 客户编号 NOT IN (SELECT 客户编号 FROM 订单)',
  'top=3, blocked="SELECT * FROM 不推荐"');
SELECT count(*) AS 推荐次数, 商品, 理由 FROM 推荐 WHERE 理由 LIKE '"popular%' GROUP BY 商品, 理由 ORDER BY 推荐次数 DESC;

-- 此刻放在柜台上的购物篮，以及推荐的理由。
SELECT rank, item AS 商品, because
FROM mine_recommend('下次推荐',
  'SELECT ''柜台'', 商品 FROM 商品 WHERE 商品 = ''打印机'' OR 商品 = ''鼠标''', 'top=4');

-- 给商品自己的页面用：什么和它相配。
DROP TABLE IF EXISTS 相配商品;
CREATE TABLE 相配商品 AS
SELECT item AS 商品, rank AS 名次, other AS 搭配商品, round(score, 4) AS 强度
FROM mine_similar('下次推荐', NULL, 'top=2');
SELECT 商品, group_concat(搭配商品, '、') AS 相配
FROM (SELECT * FROM 相配商品 ORDER BY 商品, 名次) GROUP BY 商品 LIMIT 8;
