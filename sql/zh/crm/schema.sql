-- crm/schema.sql：本目录各脚本所读的表应有的样子。
--
--     sqlite3 demo_zh.db ".read sql/zh/crm/schema.sql"
--
-- 演示数据库之上的六个视图。请改写 FROM 之后的内容，保留列名；没有的表就留作空视图。

-- 客户是谁：每人一行。
DROP VIEW IF EXISTS crm_customers;
CREATE VIEW crm_customers AS
SELECT 客户编号 AS customer, 姓名, 地区, 套餐 AS 类别, 入网日期 AS since FROM 客户;

-- 买了什么：每个订单一行，附金额。
DROP VIEW IF EXISTS crm_orders;
CREATE VIEW crm_orders AS
SELECT 客户编号 AS customer, 日期 AS at,
       (SELECT sum(数量 * 单价) FROM 订单明细 AS l WHERE l.订单编号 = o.订单编号) AS amount,
       渠道 AS kind, 订单编号
FROM 订单 AS o;

-- 订单明细：每件商品一行。
DROP VIEW IF EXISTS crm_order_lines;
CREATE VIEW crm_order_lines AS
SELECT 客户编号 AS customer, 日期 AS at, 数量 * 单价 AS amount, 类别 AS kind, 订单编号, 商品, 数量
FROM 订单明细 JOIN 订单 USING (订单编号) JOIN 商品 USING (商品编号);

-- 来电、上门、邮件：每次一行，附种类。
DROP VIEW IF EXISTS crm_interactions;
CREATE VIEW crm_interactions AS
SELECT NULL AS customer, NULL AS at, NULL AS kind WHERE 0;

-- 投诉：何时、何种、多严重（1 到 5）、何时解决。
DROP VIEW IF EXISTS crm_complaints;
CREATE VIEW crm_complaints AS
SELECT NULL AS customer, NULL AS at, NULL AS kind, NULL AS severity, NULL AS settled WHERE 0;

-- 问卷回答：每个问题一行，附分数。
DROP VIEW IF EXISTS crm_answers;
CREATE VIEW crm_answers AS
SELECT NULL AS customer, NULL AS at, NULL AS question, NULL AS mark WHERE 0;

-- 运行之日：只看此前发生的事。正式的数据库请写 date('now')；演示数据以最后一个订单
-- 为止。
DROP VIEW IF EXISTS crm_today;
CREATE VIEW crm_today AS
SELECT date(max(at), '+1 day') AS at FROM crm_orders;
