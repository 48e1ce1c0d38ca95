-- lookalikes.sql：谁像我们最好的客户，但现在还不是？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/lookalikes.sql"
--
-- 写入表 相似客户（客户编号, 相似次数, 距离）。

.mode box --wrap 65 --wordwrap on

-- 用什么判断客户相似。不包括消费额本身：它是目标。
DROP VIEW IF EXISTS temp.相似特征;
CREATE TEMP VIEW 相似特征 AS
SELECT 客户编号, 年龄, 套餐, 合约, 在网月数, 月费, 流量 FROM 客户;

-- 消费最多的 50 位客户，以及消费低于平均的所有客户。
DROP TABLE IF EXISTS temp.最好客户;
CREATE TEMP TABLE 最好客户 AS
SELECT 客户编号 FROM 客户订单 ORDER BY 消费额 DESC, 客户编号 LIMIT 50;
DROP TABLE IF EXISTS temp.其余客户;
CREATE TEMP TABLE 其余客户 AS
SELECT 客户编号 FROM 客户订单 WHERE 消费额 < (SELECT avg(消费额) FROM 客户订单);

-- 为每位最好的客户找出其余客户中最近的 20 位；反复出现的人与其中许多位相似。
DROP TABLE IF EXISTS 相似客户;
CREATE TABLE 相似客户(客户编号 INTEGER PRIMARY KEY, 相似次数 INTEGER, 距离 REAL);
INSERT INTO 相似客户
SELECT id AS 客户编号, count(*) AS 相似次数, round(min(distance), 4) AS 距离
FROM mine_neighbors('SELECT * FROM 相似特征 WHERE 客户编号 IN 其余客户',
                    'SELECT * FROM 相似特征 WHERE 客户编号 IN 最好客户', 'k=20, metric=gower')
GROUP BY id;

SELECT 客户编号, 姓名, 年龄, 套餐, 合约, 消费额 AS 已消费, 相似次数, 距离
FROM 相似客户 JOIN 客户 USING (客户编号) JOIN 客户订单 USING (客户编号)
WHERE 流失 = '否' ORDER BY 相似次数 DESC, 距离, 客户编号 LIMIT 15;
