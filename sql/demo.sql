-- demo.sql: a telephone company with a shop, made of nothing but SQL.
--
--     sqlite3 demo.db ".read sql/demo.sql"
--
-- 20,000 customers, two years of orders, and who left (churned).  The same
-- content on every run: the "dice" are arithmetic on row numbers, not random().
-- Some ages, data volumes and payment methods are missing, as in life.

BEGIN;

-- ---- what the shop sells ------------------------------------------------------

CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  product    TEXT NOT NULL UNIQUE,
  category   TEXT NOT NULL,
  price      REAL NOT NULL
);
INSERT INTO products(product, category, price) VALUES
  ('Smartphone Lite','Phones',199), ('Smartphone Plus','Phones',449),
  ('Smartphone Pro','Phones',899), ('Senior Phone','Phones',79),
  ('Phone Case','Accessories',15), ('Screen Protector','Accessories',9),
  ('Fast Charger','Accessories',25), ('Power Bank','Accessories',30),
  ('USB-C Cable','Accessories',8), ('Car Mount','Accessories',19),
  ('Earbuds','Audio',59), ('Headphones','Audio',129), ('Soundbar','Audio',199),
  ('Wi-Fi Router','Network',99), ('Wi-Fi Repeater','Network',49), ('Ethernet Cable','Network',7),
  ('Smart Hub','Smart home',79), ('Smart Bulb','Smart home',14), ('Smart Plug','Smart home',18),
  ('Door Camera','Smart home',119),
  ('Streaming Box','Television',59), ('HDMI Cable','Television',9), ('Remote Control','Television',17),
  ('Smartwatch','Wearables',199), ('Fitness Band','Wearables',49), ('Watch Strap','Wearables',19),
  ('Kids Tablet','Kids',119), ('Kids Cover','Kids',19), ('Kids Watch','Kids',99), ('Baby Monitor','Kids',89),
  ('Game Console','Gaming',399), ('Controller','Gaming',49), ('Game Card','Gaming',25),
  ('Gaming Headset','Gaming',79),
  ('Laptop','Office',799), ('Laptop Bag','Office',39), ('Webcam','Office',49), ('Mouse','Office',19),
  ('Keyboard','Office',29), ('Printer','Office',129), ('Ink Cartridge','Office',24), ('Paper','Office',6),
  ('Travel SIM','Services',12), ('International Pack','Services',15), ('Data Top-up','Services',10),
  ('Screen Insurance','Services',8), ('SIM Card','Services',3);

-- Why people come to the shop, and what they then take along: the associations
-- that the basket rules should find again.
CREATE TEMP TABLE errand_item (errand INTEGER, product TEXT, chance REAL);
INSERT INTO errand_item VALUES
  (1,'Smartphone Plus',0.45), (1,'Smartphone Lite',0.3), (1,'Smartphone Pro',0.25),
  (1,'Phone Case',0.75), (1,'Screen Protector',0.65), (1,'Screen Insurance',0.3), (1,'Fast Charger',0.3),
  (2,'Smart Hub',0.5), (2,'Smart Bulb',0.8), (2,'Smart Plug',0.6), (2,'Door Camera',0.25),
  (3,'Streaming Box',0.7), (3,'HDMI Cable',0.7), (3,'Soundbar',0.3), (3,'Remote Control',0.3),
  (4,'Kids Tablet',0.6), (4,'Kids Cover',0.5), (4,'Kids Watch',0.3), (4,'Baby Monitor',0.25),
  (5,'Travel SIM',0.7), (5,'International Pack',0.6), (5,'Power Bank',0.5), (5,'USB-C Cable',0.35),
  (6,'Mouse',0.6), (6,'Keyboard',0.6), (6,'Webcam',0.45), (6,'Laptop',0.3), (6,'Laptop Bag',0.3),
  (6,'Headphones',0.3),
  (7,'Ink Cartridge',0.9), (7,'Paper',0.75), (7,'Printer',0.2),
  (8,'Game Card',0.7), (8,'Controller',0.55), (8,'Gaming Headset',0.35), (8,'Game Console',0.2),
  (9,'Ethernet Cable',0.7), (9,'Wi-Fi Router',0.55), (9,'Wi-Fi Repeater',0.45),
  (10,'Fitness Band',0.5), (10,'Earbuds',0.5), (10,'Watch Strap',0.4), (10,'Smartwatch',0.3),
  (11,'Data Top-up',0.9), (11,'SIM Card',0.2), (11,'USB-C Cable',0.15),
  (12,'Senior Phone',0.45), (12,'Fast Charger',0.4), (12,'Remote Control',0.2), (12,'Car Mount',0.15);

-- ---- who they are --------------------------------------------------------------

-- Five ways of life; each row: share of customers (to), age, months with us, data
-- volume, orders in two years (each from..to), monthly charge (from..to).
CREATE TEMP TABLE life (
  life INTEGER PRIMARY KEY, up_to REAL,
  age_from, age_to, tenure_from, tenure_to, gb_from, gb_to, orders_to, charge_from, charge_to);
INSERT INTO life VALUES
  (1, 0.26, 31, 50, 14, 84, 25, 60, 6, 58, 92),   -- families
  (2, 0.48, 18, 27,  1, 30, 30, 75, 4, 16, 28),   -- students
  (3, 0.66, 61, 86, 30,120,  0,  5, 2,  8, 17),   -- seniors
  (4, 0.85, 27, 56,  6, 72, 55,120, 8, 42, 74),   -- professionals
  (5, 1.00, 20, 66,  1, 40,  1, 11, 2,  5, 14);   -- occasional users

-- What each of them comes to the shop for (chances up to 1).
CREATE TEMP TABLE life_errand (life INTEGER, errand INTEGER, above REAL, up_to REAL);
INSERT INTO life_errand VALUES
  (1,4,0,0.3), (1,3,0.3,0.48), (1,1,0.48,0.62), (1,2,0.62,0.74), (1,7,0.74,0.88), (1,9,0.88,1),
  (2,8,0,0.3), (2,1,0.3,0.5), (2,11,0.5,0.68), (2,10,0.68,0.85), (2,5,0.85,1),
  (3,12,0,0.4), (3,3,0.4,0.6), (3,7,0.6,0.8), (3,1,0.8,0.9), (3,9,0.9,1),
  (4,6,0,0.3), (4,5,0.3,0.48), (4,2,0.48,0.64), (4,1,0.64,0.78), (4,10,0.78,0.9), (4,9,0.9,1),
  (5,11,0,0.55), (5,1,0.55,0.7), (5,5,0.7,0.85), (5,3,0.85,1);

CREATE TEMP TABLE first_name (n INTEGER PRIMARY KEY, word TEXT);
INSERT INTO first_name(word) VALUES ('Ada'),('Ben'),('Clara'),('David'),('Elena'),('Frank'),('Grace'),
  ('Hugo'),('Iris'),('Jonas'),('Karin'),('Leo'),('Maria'),('Noah'),('Olga'),('Paul'),('Quinn'),('Rosa'),
  ('Sam'),('Tara'),('Umar'),('Vera'),('Walter'),('Xenia'),('Yara'),('Zoe');
CREATE TEMP TABLE last_name (n INTEGER PRIMARY KEY, word TEXT);
INSERT INTO last_name(word) VALUES ('Adams'),('Baker'),('Costa'),('Diaz'),('Evans'),('Fischer'),('Garcia'),
  ('Hansen'),('Ito'),('Jensen'),('Kim'),('Lopez'),('Meyer'),('Novak'),('Okafor'),('Petrov'),('Quist'),
  ('Rossi'),('Silva'),('Tanaka'),('Ueda'),('Vogel'),('Wang'),('Young'),('Zhang');

-- Sixteen dice per customer, each even on 0..1.  x scrambles the row number modulo
-- the prime 2^31-1; the multipliers are powers of 48271, as in a classic generator.
CREATE TEMP TABLE dice AS
WITH RECURSIVE
  n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000),
  one(i, x) AS (SELECT i, (i * i * 40014 + i * 69621 + 20231) % 2147483647 FROM n),
  two(i, x) AS (SELECT i, (x * x % 2147483647 + 12211) % 2147483647 FROM one),
  three(i, x) AS (SELECT i, x * (x + 3) % 2147483647 FROM two)
SELECT i,
  x / 2147483647.0 AS a,
  x *      48271 % 2147483647 / 2147483647.0 AS b,  x *  182605794 % 2147483647 / 2147483647.0 AS c,
  x * 1291394886 % 2147483647 / 2147483647.0 AS d,  x * 1914720637 % 2147483647 / 2147483647.0 AS e,
  x * 2078669041 % 2147483647 / 2147483647.0 AS f,  x *  407355683 % 2147483647 / 2147483647.0 AS g,
  x * 1105902161 % 2147483647 / 2147483647.0 AS h,  x *  854716505 % 2147483647 / 2147483647.0 AS k,
  x *  564586691 % 2147483647 / 2147483647.0 AS l,  x * 1596680831 % 2147483647 / 2147483647.0 AS m,
  x *  192302371 % 2147483647 / 2147483647.0 AS o,  x * 1203428207 % 2147483647 / 2147483647.0 AS p,
  x * 1250328747 % 2147483647 / 2147483647.0 AS q,  x * 1738531149 % 2147483647 / 2147483647.0 AS r,
  x * 1271135913 % 2147483647 / 2147483647.0 AS s
FROM three;

CREATE TEMP TABLE person AS
SELECT i, life.*, d.*,
  CAST(age_from + (age_to - age_from) * (b + c) / 2 AS INTEGER) AS age,
  CAST(tenure_from + (tenure_to - tenure_from) * (d + e) / 2 AS INTEGER) AS tenure,
  CASE WHEN f < 0.2 + 0.012 * tenure_from THEN 'two years'
       WHEN f < 0.4 + 0.012 * tenure_from THEN 'one year' ELSE 'monthly' END AS contract,
  g < CASE life WHEN 2 THEN 0.45 WHEN 5 THEN 0.35 ELSE 0.7 END AS autopay,
  round(gb_from + (gb_to - gb_from) * h * (0.5 + k / 2), 1) AS data_gb,
  CAST(9 * l * l * l + 1.5 * m AS INTEGER) AS support_calls,
  CAST(5 * l * l * o * o + 1.2 * p * p AS INTEGER) AS complaints,
  round(charge_from + (charge_to - charge_from) * (q + k) / 2, 2) AS charge
FROM dice AS d
JOIN life ON life.life = (SELECT min(life) FROM life AS x WHERE d.a < x.up_to);

-- Who leaves: short stays on monthly contracts, complaints, many calls, paying by
-- hand and paying much; and luck, which no model can know.
CREATE TABLE customers (
  customer_id    INTEGER PRIMARY KEY,
  name           TEXT NOT NULL,
  region         TEXT NOT NULL,
  age            INTEGER,
  plan           TEXT NOT NULL,
  contract       TEXT NOT NULL,
  autopay        TEXT,
  signup_date    TEXT NOT NULL,
  tenure_months  INTEGER NOT NULL,
  monthly_charge REAL NOT NULL,
  total_charges  REAL,
  data_gb        REAL,
  support_calls  INTEGER NOT NULL,
  complaints     INTEGER NOT NULL,
  churned        TEXT NOT NULL
);
INSERT INTO customers
SELECT 10000 + i,
  (SELECT word FROM first_name WHERE n = 1 + CAST(o * 9973 AS INTEGER) % 26) || ' ' ||
  (SELECT word FROM last_name WHERE n = 1 + CAST(m * 9967 AS INTEGER) % 25),
  CASE WHEN r < 0.3 THEN 'North' WHEN r < 0.52 THEN 'South' WHEN r < 0.7 THEN 'East'
       WHEN r < 0.85 THEN 'West' ELSE 'Centre' END,
  CASE WHEN CAST(e * 7919 AS INTEGER) % 25 > 0 THEN age END,
  CASE life WHEN 1 THEN 'Family' WHEN 2 THEN CASE WHEN h < 0.6 THEN 'Youth' ELSE 'Unlimited' END
    WHEN 3 THEN 'Basic' WHEN 4 THEN CASE WHEN h < 0.8 THEN 'Unlimited' ELSE 'Business' END ELSE 'Prepaid' END,
  contract,
  CASE WHEN CAST(c * 6133 AS INTEGER) % 80 = 0 THEN NULL WHEN autopay THEN 'yes' ELSE 'no' END,
  date('2026-01-01', '-' || tenure || ' months', '-' || CAST(28 * s AS INTEGER) || ' days'),
  tenure,
  charge,
  CASE WHEN tenure > 1 THEN round(charge * tenure * (0.92 + 0.1 * s), 2) END,
  CASE WHEN CAST(q * 8089 AS INTEGER) % 33 > 0 THEN data_gb END,
  support_calls,
  complaints,
  CASE WHEN
    CASE contract WHEN 'monthly' THEN 0.55 WHEN 'one year' THEN -0.15 ELSE -0.9 END
    + CASE WHEN tenure < 6 THEN 0.9 WHEN tenure < 18 THEN 0.45 WHEN tenure > 48 THEN -0.5 ELSE 0 END
    + CASE WHEN complaints >= 2 THEN 1.3 WHEN complaints = 1 THEN 0.55 ELSE 0 END
    + 0.11 * support_calls
    - 0.35 * autopay
    + CASE WHEN charge > 60 AND contract = 'monthly' THEN 0.5 ELSE 0 END
    + 2.1 * (CAST(b * 1009 * 99991 AS INTEGER) % 10007 / 10007.0
             + CAST(d * 1013 * 99989 AS INTEGER) % 10007 / 10007.0
             + CAST(g * 1019 * 99971 AS INTEGER) % 10007 / 10007.0
             + CAST(p * 1021 * 99961 AS INTEGER) % 10007 / 10007.0 - 2) > 1.4
  THEN 'yes' ELSE 'no' END
FROM person ORDER BY i;

-- ---- what they bought -------------------------------------------------------------

CREATE TABLE orders (
  order_id    INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers,
  order_date  TEXT NOT NULL,
  channel     TEXT NOT NULL
);
CREATE TABLE order_lines (
  order_id   INTEGER NOT NULL REFERENCES orders,
  product_id INTEGER NOT NULL REFERENCES products,
  quantity   INTEGER NOT NULL,
  unit_price REAL NOT NULL,
  PRIMARY KEY (order_id, product_id)
) WITHOUT ROWID;

-- Each order: when (within two years, and not before the signup), why, and where.
CREATE TEMP TABLE visit AS
WITH RECURSIVE
  v(i, life, n, orders, days, x) AS (
    SELECT i, life, 1, CAST((orders_to + 1) * (c * 7919 - CAST(c * 7919 AS INTEGER)) AS INTEGER), min(730, tenure * 30 + 1),
           CAST(s * 2147483646 AS INTEGER) FROM person
    UNION ALL
    SELECT i, life, n + 1, orders, days, (x * 48271 + 11) % 2147483647 FROM v WHERE n < orders)
SELECT i, life, n, x, days,
  x * 16807 % 2147483647 / 2147483647.0 AS u, x * 39373 % 2147483647 / 2147483647.0 AS w,
  x * 62089911 % 2147483647 / 2147483647.0 AS z
FROM v WHERE n <= orders;

CREATE TEMP TABLE basket AS
SELECT row_number() OVER (ORDER BY day, i, n) AS order_id, i, life, day, u, z, x,
  (SELECT errand FROM life_errand AS e WHERE e.life = t.life AND w >= e.above AND w < e.up_to) AS errand
FROM (SELECT *, 729 - CAST(u * days AS INTEGER) AS day FROM visit) AS t;

-- The things of the errand, each with its chance, and sometimes something else.
INSERT OR IGNORE INTO order_lines
SELECT order_id, product_id, 1 + (y % 1000 > 930), price
FROM (
  SELECT order_id, product_id, price, chance,
         (x * 3 + product_id * 7919 + 13) % 2147483647 * ((x + product_id * 104729) % 2147483647)
           % 2147483647 AS y
  FROM basket JOIN errand_item USING (errand) JOIN products USING (product))
WHERE y / 2147483647.0 < chance;
INSERT OR IGNORE INTO order_lines
SELECT order_id, product_id, 1, price
FROM basket JOIN products ON product_id = 1 + CAST(z * 1000003 AS INTEGER) % 47
WHERE z < 0.35;

INSERT INTO orders
SELECT order_id, 10000 + i, date('2024-01-01', '+' || day || ' days'),
  CASE WHEN z * 7 - CAST(z * 7 AS INTEGER) < CASE life WHEN 3 THEN 0.75 ELSE 0.35 END THEN 'shop'
       WHEN life IN (2, 4) THEN 'app' ELSE 'web' END
FROM basket WHERE order_id IN (SELECT order_id FROM order_lines) ORDER BY order_id;

CREATE INDEX orders_customer ON orders(customer_id);

-- One row per customer: what the orders say about them.
CREATE VIEW customer_orders AS
SELECT customer_id, count(DISTINCT order_id) AS orders, coalesce(sum(quantity * unit_price), 0) AS spend,
       max(order_date) AS last_order
FROM customers LEFT JOIN orders USING (customer_id) LEFT JOIN order_lines USING (order_id)
GROUP BY customer_id;

COMMIT;

DROP TABLE temp.errand_item; DROP TABLE temp.life; DROP TABLE temp.life_errand;
DROP TABLE temp.first_name; DROP TABLE temp.last_name;
DROP TABLE temp.dice; DROP TABLE temp.person; DROP TABLE temp.visit; DROP TABLE temp.basket;
