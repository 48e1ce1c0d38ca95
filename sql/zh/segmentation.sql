-- segmentation.sql：我们有哪几类客户，谁换了群？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/segmentation.sql"
--
-- 写入表 客户细分（客户编号, 分群, 名称, 距离）。

.mode box --wrap 65 --wordwrap on

-- 用什么描述客户：每人一行，编号放在第一列，数字和类别可以并列。请按需要修改这个列表。
DROP VIEW IF EXISTS temp.客户特征;
CREATE TEMP VIEW 客户特征 AS
SELECT 客户编号, 年龄, 套餐, 合约, 在网月数, 月费, 流量
FROM 客户;

-- 一年前的同样情况：当时已经是我们客户的人。
DROP VIEW IF EXISTS temp.客户特征_一年前;
CREATE TEMP VIEW 客户特征_一年前 AS
SELECT 客户编号, 年龄 - 1 AS 年龄, 套餐, 合约, 在网月数 - 12 AS 在网月数,
       月费, 流量
FROM 客户 WHERE 在网月数 > 12;

-- 把相似的客户分成群，先用一年前的情况：auto 自己找出群数，并把不属于任何一群的客户放在一
-- 边。
SELECT mine_train('客户分群', 'auto', '客户特征_一年前', 'keep=1') AS 训练结果;

-- 每一群与众不同的地方，用文字表达。
SELECT cluster AS 分群, rows AS 客户数, sentence
FROM mine_segments('客户分群', NULL, 'top=3, lang=zh');

-- 给每一群起名。z 是该群平均值离总体平均值有几个标准差：高于 0.8 或低于 -0.8 就是
-- 这一群的特点。
SELECT mine_name_cluster('客户分群', cluster,
       CASE WHEN 年龄 > 0.8 THEN '老年客户'
            WHEN 年龄 < -0.8 THEN '年轻新客'
            WHEN 流量 > 0.8 THEN '职场人士'
            WHEN 月费 > 0.8 THEN '家庭用户'
            WHEN 流量 < -0.8 THEN '偶尔使用'
            ELSE '分群 ' || cluster END) AS 起名
FROM (SELECT cluster,
             max(z) FILTER (WHERE feature = '年龄') AS 年龄,
             max(z) FILTER (WHERE feature = '月费') AS 月费,
             max(z) FILTER (WHERE feature = '流量') AS 流量
      FROM mine_centroids('客户分群') GROUP BY cluster);

-- 一年以后：用原来的模型名重新训练，重新找到的群保留编号和名称。
SELECT mine_train('客户分群', 'auto', '客户特征', 'keep=1') AS 训练结果;

-- 每个客户所属的分群：一张可以与任何表连接的表。
DROP TABLE IF EXISTS 客户细分;
CREATE TABLE 客户细分(客户编号 INTEGER PRIMARY KEY, 分群 INTEGER, 名称 TEXT, 距离 REAL);
INSERT INTO 客户细分
SELECT id AS 客户编号, prediction AS 分群, label AS 名称, round(distance, 3) AS 距离
FROM mine_predict('客户分群', '客户特征');

-- 各分群对经营意味着什么。
SELECT 名称, count(*) AS 客户数, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS 百分比,
       round(avg(月费), 2) AS 月费, round(avg(消费额), 0) AS 消费额,
       round(100.0 * avg(流失 = '是'), 1) AS 流失率
FROM 客户细分 JOIN 客户 USING (客户编号) JOIN 客户订单 USING (客户编号)
GROUP BY 名称 ORDER BY 客户数 DESC;

-- 谁换了群：一年前的客户，按当时的群和现在的群。
SELECT from_label AS 原来的分群, to_label AS 现在的分群, rows AS 客户数, round(100 * share, 1) AS 百分比
FROM mine_migration((SELECT '客户分群@' || max(version) FROM mine_versions('客户分群') WHERE NOT current),
                    '客户分群', '客户特征_一年前')
ORDER BY from_cluster, rows DESC;
