-- segmentation.sql：我们有哪几类客户？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/segmentation.sql"
--
-- 写入表 客户细分（客户编号, 分群, 名称, 距离）。

.mode box --wrap 65 --wordwrap on

-- 用什么描述客户：每人一行，编号放在第一列。请按需要修改这个列表。
DROP VIEW IF EXISTS temp.客户特征;
CREATE TEMP VIEW 客户特征 AS
SELECT 客户编号, 年龄, 在网月数, 月费, 流量, 订单数, 消费额
FROM 客户 JOIN 客户订单 USING (客户编号);

-- 把相似的客户分成五群。
SELECT mine_train('客户分群', 'kmeans', '客户特征', 'k=5') AS 训练结果;

-- 每一群的典型特征，用表中原来的单位。
SELECT cluster AS 分群, max(rows) AS 客户数,
       round(max(value) FILTER (WHERE feature = '年龄'), 1) AS 年龄,
       round(max(value) FILTER (WHERE feature = '在网月数'), 1) AS 在网月数,
       round(max(value) FILTER (WHERE feature = '月费'), 2) AS 月费,
       round(max(value) FILTER (WHERE feature = '流量'), 1) AS 流量,
       round(max(value) FILTER (WHERE feature = '订单数'), 1) AS 订单数,
       round(max(value) FILTER (WHERE feature = '消费额'), 0) AS 消费额
FROM mine_centroids('客户分群') GROUP BY cluster;

-- 给每一群起名。z 是该群平均值离总体平均值有几个标准差：高于 0.8 或低于 -0.8 就是
-- 这一群的特点。
DROP TABLE IF EXISTS 分群名称;
CREATE TABLE 分群名称 AS
SELECT cluster AS 分群,
       CASE WHEN 消费额 > 0.8 THEN '购物常客'
            WHEN 年龄 > 0.8 THEN '老年客户'
            WHEN 年龄 < -0.8 THEN '年轻新客'
            WHEN 月费 > 0.8 THEN '家庭用户'
            WHEN 流量 < -0.8 THEN '偶尔使用'
            ELSE '分群 ' || cluster END AS 名称
FROM (SELECT cluster,
             max(z) FILTER (WHERE feature = '消费额') AS 消费额,
             max(z) FILTER (WHERE feature = '年龄') AS 年龄,
             max(z) FILTER (WHERE feature = '月费') AS 月费,
             max(z) FILTER (WHERE feature = '流量') AS 流量
      FROM mine_centroids('客户分群') GROUP BY cluster);

-- 每个客户所属的分群：一张可以与任何表连接的表。
DROP TABLE IF EXISTS 客户细分;
CREATE TABLE 客户细分(客户编号 INTEGER PRIMARY KEY, 分群 INTEGER, 名称 TEXT, 距离 REAL);
INSERT INTO 客户细分
SELECT id AS 客户编号, 分群, 名称, round(distance, 3) AS 距离
FROM mine_predict('客户分群', '客户特征') JOIN 分群名称 ON 分群 = prediction;

-- 各分群对经营意味着什么。
SELECT 名称, count(*) AS 客户数, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS 百分比,
       round(avg(月费), 2) AS 月费, round(avg(消费额), 0) AS 消费额,
       round(100.0 * avg(流失 = '是'), 1) AS 流失率
FROM 客户细分 JOIN 客户 USING (客户编号) JOIN 客户订单 USING (客户编号)
GROUP BY 名称 ORDER BY 客户数 DESC;
