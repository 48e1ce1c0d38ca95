-- demo_zh.sql：同一家电信公司，表名、列名和取值都是中文。
--
--     sqlite3 demo_zh.db ".read sql/demo_zh.sql"
--
-- 先生成英文演示数据，再逐列翻译：两个数据库的内容一一对应。

.read sql/demo.sql

BEGIN;

CREATE TEMP TABLE word (en TEXT PRIMARY KEY, zh TEXT NOT NULL);
INSERT INTO word VALUES
  ('North','华北'), ('South','华南'), ('East','华东'), ('West','西部'), ('Centre','华中'),
  ('Family','家庭'), ('Youth','青春'), ('Unlimited','畅享'), ('Basic','基础'), ('Business','商务'), ('Prepaid','预付'),
  ('monthly','按月'), ('one year','一年'), ('two years','两年'), ('yes','是'), ('no','否'),
  ('shop','门店'), ('app','手机应用'), ('web','网站'),
  ('Phones','手机'), ('Accessories','配件'), ('Audio','音频'), ('Network','网络'), ('Smart home','智能家居'),
  ('Television','电视'), ('Wearables','穿戴'), ('Kids','儿童'), ('Gaming','游戏'), ('Office','办公'), ('Services','服务'),
  ('Smartphone Lite','手机青春版'), ('Smartphone Plus','手机增强版'), ('Smartphone Pro','手机专业版'), ('Senior Phone','老人手机'),
  ('Phone Case','手机壳'), ('Screen Protector','钢化膜'), ('Fast Charger','快充头'), ('Power Bank','充电宝'),
  ('USB-C Cable','数据线'), ('Car Mount','车载支架'), ('Earbuds','耳机'), ('Headphones','头戴耳机'), ('Soundbar','回音壁'),
  ('Wi-Fi Router','路由器'), ('Wi-Fi Repeater','信号放大器'), ('Ethernet Cable','网线'),
  ('Smart Hub','智能网关'), ('Smart Bulb','智能灯泡'), ('Smart Plug','智能插座'), ('Door Camera','门铃摄像头'),
  ('Streaming Box','电视盒子'), ('HDMI Cable','高清线'), ('Remote Control','遥控器'),
  ('Smartwatch','智能手表'), ('Fitness Band','运动手环'), ('Watch Strap','表带'),
  ('Kids Tablet','儿童平板'), ('Kids Cover','平板保护套'), ('Kids Watch','儿童手表'), ('Baby Monitor','婴儿监护器'),
  ('Game Console','游戏机'), ('Controller','手柄'), ('Game Card','游戏点卡'), ('Gaming Headset','电竞耳机'),
  ('Laptop','笔记本电脑'), ('Laptop Bag','电脑包'), ('Webcam','摄像头'), ('Mouse','鼠标'), ('Keyboard','键盘'),
  ('Printer','打印机'), ('Ink Cartridge','墨盒'), ('Paper','打印纸'),
  ('Travel SIM','境外电话卡'), ('International Pack','国际流量包'), ('Data Top-up','流量加油包'),
  ('Screen Insurance','碎屏险'), ('SIM Card','电话卡');

-- 姓名：英文的姓和名各对应一个汉字。
INSERT INTO word VALUES
  ('Adams','王'), ('Baker','李'), ('Costa','张'), ('Diaz','刘'), ('Evans','陈'), ('Fischer','杨'), ('Garcia','黄'),
  ('Hansen','赵'), ('Ito','吴'), ('Jensen','周'), ('Kim','徐'), ('Lopez','孙'), ('Meyer','马'), ('Novak','朱'),
  ('Okafor','胡'), ('Petrov','郭'), ('Quist','何'), ('Rossi','林'), ('Silva','罗'), ('Tanaka','高'), ('Ueda','郑'),
  ('Vogel','梁'), ('Wang','谢'), ('Young','宋'), ('Zhang','唐'),
  ('Ada','芳'), ('Ben','伟'), ('Clara','敏'), ('David','强'), ('Elena','静'), ('Frank','磊'), ('Grace','丽'),
  ('Hugo','军'), ('Iris','洋'), ('Jonas','勇'), ('Karin','艳'), ('Leo','杰'), ('Maria','娟'), ('Noah','涛'),
  ('Olga','霞'), ('Paul','超'), ('Quinn','明'), ('Rosa','兰'), ('Sam','刚'), ('Tara','平'), ('Umar','辉'),
  ('Vera','玲'), ('Walter','健'), ('Xenia','英'), ('Yara','华'), ('Zoe','云');

CREATE TABLE 客户 (
  客户编号 INTEGER PRIMARY KEY, 姓名 TEXT NOT NULL, 地区 TEXT NOT NULL, 年龄 INTEGER, 套餐 TEXT NOT NULL,
  合约 TEXT NOT NULL, 自动缴费 TEXT, 入网日期 TEXT NOT NULL, 在网月数 INTEGER NOT NULL, 月费 REAL NOT NULL,
  总费用 REAL, 流量 REAL, 客服来电 INTEGER NOT NULL, 投诉 INTEGER NOT NULL, 流失 TEXT NOT NULL
);
INSERT INTO 客户
SELECT customer_id,
  (SELECT zh FROM word WHERE en = substr(name, instr(name, ' ') + 1)) ||
  (SELECT zh FROM word WHERE en = substr(name, 1, instr(name, ' ') - 1)),
  (SELECT zh FROM word WHERE en = region), age, (SELECT zh FROM word WHERE en = plan),
  (SELECT zh FROM word WHERE en = contract), (SELECT zh FROM word WHERE en = autopay), signup_date,
  tenure_months, monthly_charge, total_charges, data_gb, support_calls, complaints,
  (SELECT zh FROM word WHERE en = churned)
FROM customers ORDER BY customer_id;

CREATE TABLE 商品 (商品编号 INTEGER PRIMARY KEY, 商品 TEXT NOT NULL UNIQUE, 类别 TEXT NOT NULL, 价格 REAL NOT NULL);
INSERT INTO 商品
SELECT product_id, (SELECT zh FROM word WHERE en = product), (SELECT zh FROM word WHERE en = category), price
FROM products ORDER BY product_id;

CREATE TABLE 订单 (订单编号 INTEGER PRIMARY KEY, 客户编号 INTEGER NOT NULL REFERENCES 客户, 日期 TEXT NOT NULL, 渠道 TEXT NOT NULL);
INSERT INTO 订单
SELECT order_id, customer_id, order_date, (SELECT zh FROM word WHERE en = channel) FROM orders ORDER BY order_id;

CREATE TABLE 订单明细 (
  订单编号 INTEGER NOT NULL REFERENCES 订单, 商品编号 INTEGER NOT NULL REFERENCES 商品,
  数量 INTEGER NOT NULL, 单价 REAL NOT NULL, PRIMARY KEY (订单编号, 商品编号)
) WITHOUT ROWID;
INSERT INTO 订单明细 SELECT * FROM order_lines ORDER BY order_id, product_id;

DROP VIEW customer_orders;
DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE products;
DROP TABLE customers;

CREATE INDEX 订单_客户 ON 订单(客户编号);
CREATE VIEW 客户订单 AS
SELECT 客户编号, count(DISTINCT 订单编号) AS 订单数, coalesce(sum(数量 * 单价), 0) AS 消费额, max(日期) AS 最近订单
FROM 客户 LEFT JOIN 订单 USING (客户编号) LEFT JOIN 订单明细 USING (订单编号)
GROUP BY 客户编号;

COMMIT;
DROP TABLE temp.word;
VACUUM;
