-- nightly.sql：重新训练，给所有客户评分，然后替换。由 nightly.sh 以
-- -bail 运行：遇到第一个错误就结束，替换之前不改动数据库文件。

-- 1. 在 TEMP 中训练和评分：无论多久，都不锁住数据库。portfolio 是 auto
-- 要试的算法；写明以后，无论在什么机器上，每夜都一样。
SELECT mine_train('temp.流失模型', 'auto', '客户',
                  'target=流失, ignore=姓名|入网日期, portfolio=baseline|logistic|tree|bayes');
SELECT '夜间任务：试过 ' || name || '、' || metric || ' ' || round(mean, 4) || '，权重 ' || weight
FROM mine_trials('temp.流失模型');

CREATE TEMP TABLE 新评分 AS
SELECT id AS 客户编号, round(probability, 4) AS 风险 FROM mine_predict('temp.流失模型', '客户');

-- 2. 昨夜的模型训练以来有什么变了（第一夜还没有模型；0.2.0 以前存下的模型没有训练概况）。
SELECT '夜间任务：' || mine_init('main');
CREATE TEMP TABLE 漂移 AS
SELECT d.* FROM main.mine_models AS m, mine_drift('main.流失模型', '客户', 'lang=zh') AS d
WHERE m.name = '流失模型' AND d.drifted
  AND EXISTS (SELECT 1 FROM mine_summary('main.流失模型') WHERE item = 'keeps' AND name = 'profile');
SELECT '夜间任务：警告：数据漂移，' || item || '、' || kind || ': '
  || coalesce(was, '?') || ' -> ' || coalesce(now, '?') || '，psi ' || round(psi, 2) FROM 漂移;

-- 3. 替换之前先检查：每个客户都有评分，模型值得使用，数据来源没有坏（某一列对大部分客户变空，
-- 或换了写法）。
CREATE TEMP TABLE 关卡 (
  每个客户都有评分 INTEGER CHECK (每个客户都有评分),
  auc不低于070        INTEGER CHECK (auc不低于070),
  数据来源没有坏          INTEGER CHECK (数据来源没有坏)
);
INSERT INTO 关卡 SELECT
  (SELECT count(风险) FROM 新评分) = (SELECT count(*) FROM 客户),
  (SELECT value >= 0.7 FROM mine_evaluate('temp.流失模型') WHERE metric = 'auc'),
  NOT EXISTS (SELECT 1 FROM 漂移 WHERE kind IN ('missing', 'unknown') AND psi >= 0.25);

-- 4. 在一个很短的事务里替换模型和评分。IMMEDIATE 在事务开始处等待其他写入者，只有
-- 在这里才能等待。
CREATE TABLE IF NOT EXISTS 流失评分 (客户编号 INTEGER PRIMARY KEY, 风险 REAL);

BEGIN IMMEDIATE;
INSERT OR REPLACE INTO main.mine_models
SELECT * FROM temp.mine_models_temp WHERE name = '流失模型';
DELETE FROM 流失评分;
INSERT INTO 流失评分 SELECT 客户编号, 风险 FROM 新评分;
COMMIT;

SELECT '夜间任务：' || count(*) || ' 位客户已评分，' || sum(风险 >= 0.5) || ' 位有流失风险' FROM 流失评分;
