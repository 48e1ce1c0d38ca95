-- churn.sql：谁快要流失了，为什么？
--
--     sqlite3 demo_zh.db ".load ./mine" ".read sql/zh/churn.sql"
--
-- 写入表 流失评分（客户编号, 风险）。

.mode box --wrap 60 --wordwrap on

-- 从结局已知的客户中学习。列出模型不可使用的列：身份信息，以及事后才知道的信息。auto 在同
-- 样的客户上试用几种算法，并保留最好几个的平均；不写 portfolio= 就全部试一遍，大约
-- 一分钟（budget_seconds=60）。
SELECT mine_train('流失模型', 'auto', '客户',
                  'target=流失, ignore=姓名|入网日期, portfolio=baseline|logistic|tree|boost_small') AS 训练结果;

-- 试过哪些，最好的在前；权重说明各占模型的几份。baseline（基线）对所有人给出同样的答案：
-- 不比它好的，就没有价值。
SELECT rank, name, round(mean, 4) AS log_loss, round(se, 4) AS se, weight FROM mine_trials('流失模型');

-- 效果如何？用模型没有见过的五分之一客户来衡量。
SELECT metric, round(value, 3) AS value FROM mine_evaluate('流失模型')
WHERE metric IN ('rows', 'accuracy', 'auc', 'log_loss', 'precision', 'recall', 'top_decile_lift');
SELECT actual, predicted, rows FROM mine_confusion('流失模型');

-- 为什么？一棵小树用文字说出大模型的要点：哪些因素最重要。
SELECT mine_train('流失原因', 'tree', '客户',
                  'target=流失, ignore=姓名|入网日期, max_depth=6, min_samples_leaf=50') AS 训练结果;
SELECT rank, feature, round(importance, 3) AS importance
FROM mine_importance('流失原因') WHERE importance > 0.001 ORDER BY rank;

-- 用文字表达的决策树：叶子从风险最高的往下列，再从最低的往上列。
SELECT rows AS 客户数, round(100 * probability, 1) AS 风险百分比, path AS 这样的客户
FROM mine_tree('流失原因') WHERE gain IS NULL ORDER BY probability DESC LIMIT 5;
SELECT rows AS 客户数, round(100 * probability, 1) AS 风险百分比, path AS 这样的客户
FROM mine_tree('流失原因') WHERE gain IS NULL ORDER BY probability LIMIT 5;

-- 每个客户的流失风险。
DROP TABLE IF EXISTS 流失评分;
CREATE TABLE 流失评分(客户编号 INTEGER PRIMARY KEY, 风险 REAL);
INSERT INTO 流失评分
SELECT id AS 客户编号, round(probability, 4) AS 风险 FROM mine_predict('流失模型', '客户');

-- 仍在网的客户中风险最高的 20 位；风险相同时，月费高者在前。
SELECT 客户编号, 姓名, 套餐, 合约, 在网月数, 投诉, 客服来电,
       月费, 风险
FROM 流失评分 JOIN 客户 USING (客户编号)
WHERE 流失 = '否' ORDER BY 风险 DESC, 月费 DESC, 客户编号 LIMIT 20;

-- 为什么是他们：最支持流失判断的几点，供通话开头使用。
SELECT id AS 客户编号, group_concat(because, '; ') AS 原因
FROM mine_explain('流失模型', 'SELECT 客户.* FROM 客户 JOIN 流失评分 USING (客户编号)
  WHERE 流失 = ''否'' ORDER BY 风险 DESC, 月费 DESC, 客户编号 LIMIT 5', 'top=3, lang=zh')
WHERE feature IS NOT NULL AND contribution > 0
GROUP BY id;
