/*
** help_words.c -- what analysts call things, and what they are called here.
**
** A verb's row says what it is; people look for the job they have ("churn", "cross-selling") or
** for what another program calls it ("gains chart", "GLM").  Such words are said here, in
** English and Chinese, and nowhere else; the unit test of help asks for each of them.
*/
#include "help.h"

const mine__help_word mine__help_words[] = {
    /* ---- jobs ---- */
    {"churn|attrition|leave|leaver|retention|cancel|流失|离网|挽留",
     "mine_train|mine_predict|mine_explain|mine_lift|mine_survival|mine_lifecycle|mine_snapshot|"
     "auto",
     "A column says who left: SELECT mine_train('churn', 'auto', 'customers', 'target=churned'); "
     "then FROM mine_predict('churn', 'customers').  Only purchases and no such column: "
     "mine_lifecycle, or the algorithm bgnbd."},
    {"segment|segmentation|cluster|clustering|group customers|typology|persona|分群|聚类|细分|分组",
     "mine_cluster|mine_train|mine_segments|mine_choose_k|mine_name_cluster|mine_rfm|kmeans|"
     "kprototypes|gmm|hdbscan|auto",
     "SELECT mine_train('segments', 'auto', 'customers'); then FROM mine_segments('segments') says "
     "what sets each apart, FROM mine_predict('segments', 'customers') who belongs where."},
    {"centroid|cluster centre|cluster center|质心|聚类中心", "mine_centroids|mine_segments", NULL},
    {"migration|segment migration|transition matrix|迁移|转移矩阵",
     "mine_migration|mine_lifecycle_moves", NULL},
    {"rfm|recency|frequency|monetary|best customer|vip|价值分层|最近一次|重要客户",
     "mine_rfm|mine_tiers|mine_lifecycle", NULL},
    {"lifetime value|lifetime|ltv|clv|cltv|customer value|worth|buy till you "
     "die|客户价值|生命周期价值|"
     "终身价值",
     "mine_clv|bgnbd|paretonbd|gammagamma|mine_tiers",
     "SELECT mine_train('buying', 'bgnbd', 'SELECT customer, day FROM orders'); then FROM "
     "mine_clv('buying', NULL)."},
    {"basket|market basket|association|association rule|apriori|fp growth|cross sell|cross selling|"
     "affinity|bundle|frequent itemset|购物篮|关联规则|关联分析|频繁项集|搭配|交叉销售",
     "mine_rules|mine_itemsets|mine_recommend|mine_sequence_rules", NULL},
    {"recommend|recommendation|recommender|next best offer|next best action|offer|up sell|"
     "collaborative filtering|推荐|协同过滤|下一次购买|下次购买",
     "mine_recommend|mine_similar|mine_train|gp|tifu|cooccurrence|ease|als", NULL},
    {"sequence|sequential|path|journey|order of events|prefixspan|序列|路径|先后",
     "mine_sequences|mine_sequence_rules", NULL},
    {"time series|forecasting|demand|sales forecast|arima|exponential smoothing|prophet|season|"
     "seasonality|holiday|trend|时间序列|销量预测|需求|趋势|季节",
     "mine_forecast|mine_decompose|mine_autocorrelation|mine_anomalies|ets|arima|trend", NULL},
    {"prediction|predict|predictive|score|scoring|classify|classification|supervised|预测|打分|"
     "分类|评分",
     "mine_train|mine_predict|mine_evaluate|mine_explain|mine_forecast|auto|boost|logistic|tree",
     NULL},
    {"probability|probabilities|propensity|likelihood|概率|可能性",
     "mine_probability|mine_probabilities|mine_predict|mine_calibration", NULL},
    {"regression|regress|glm|estimate a number|回归",
     "mine_train|mine_predict|mine_coefficients|linear|logistic|cox|boost", NULL},
    {"alert|alarm|anomaly|anomalies|monitor|warning light|change point|异常|告警|预警|监控",
     "mine_anomalies|mine_outliers|mine_drift", NULL},
    {"outlier|fraud|unusual|suspicious|isolation forest|lof|离群|欺诈|异常值|可疑",
     "mine_outliers|mine_anomalies", NULL},
    {"look alike|lookalike|similar customer|twin|nearest|neighbour|neighbor|k "
     "nearest|相似|近邻|相似客户",
     "mine_neighbors|mine_similar|knn", NULL},
    {"survival|kaplan meier|time to event|hazard|tenure curve|duration|生存|生存分析|存活|多久",
     "mine_survival|mine_logrank|mine_survival_curve|mine_ph_test|cox|weibull", NULL},
    {"campaign|uplift|treatment|incremental|net lift|whom to call|promotion|response "
     "model|营销|增量|促销|"
     "提升模型",
     "mine_uplift|mine_lift|mine_threshold|mine_ab_test|uplift", NULL},
    {"cohort|vintage|同期群|队列|留存", "mine_cohorts|mine_survival", NULL},
    {"lifecycle|life cycle|dormant|inactive|reactivate|生命周期|沉睡|唤醒",
     "mine_lifecycle|mine_lifecycle_moves|mine_rfm", NULL},
    {"loyalty|nps|satisfaction|survey|questionnaire|忠诚|满意度|问卷",
     "mine_loyalty|mine_key_drivers|mine_alpha|factor", NULL},
    {"abc|abc analysis|pareto|80 20|concentration|gini|tier|帕累托|分级|二八|集中度",
     "mine_tiers|mine_lorenz|paretonbd", NULL},
    {"index|composite|weighting|ahp|entropy weight|ranking|综合评价|指标|权重|排名|熵权",
     "mine_composite|mine_composite_weights", NULL},
    {"scorecard|credit|credit scoring|woe|weight of evidence|information "
     "value|iv|binning|discretize|"
     "评分卡|信用|分箱|证据权重",
     "mine_bins|logistic|mine_train",
     "SELECT mine_train('card', 'logistic', 'loans', 'target=bad, transform=woe, "
     "points=600|20|50'); "
     "then FROM mine_bins('card')."},
    {"driver|root cause|cause|why|reason|explain|explanation|shap|interpret|原因|为什么|解释|驱动",
     "mine_explain|mine_drivers|mine_key_drivers|mine_importance|mine_dependence", NULL},
    {"importance|feature importance|variable importance|feature selection|which "
     "variables|重要性|变量选择",
     "mine_importance|mine_bins|mine_explain", NULL},
    {"a b test|ab|experiment|conversion|significance|split test|实验|显著|转化",
     "mine_ab_test|mine_sample_size|mine_ttest|mine_chi2", NULL},
    {"test|hypothesis|p value|t test|anova|mann whitney|检验|假设检验|方差分析|卡方",
     "mine_ttest|mine_anova|mine_chi2|mine_logrank|mine_ab_test", NULL},
    {"chi square|chi squared|crosstab|contingency|cross tabulation|交叉表|列联表", "mine_chi2",
     NULL},
    {"correlation|correlate|spearman|kendall|pearson|相关",
     "mine_correlate|mine_corr|mine_autocorrelation", NULL},
    {"explore|exploration|data audit|summary statistics|descriptive|describe|profile|missing "
     "value|missing|"
     "data quality|概览|描述|缺失|数据质量",
     "mine_profile|mine_describe|mine_outliers|mine_warnings", NULL},
    {"pca|principal component|dimension|dimension reduction|svd|主成分|降维",
     "mine_train|mine_loadings|mine_project|pca|factor", NULL},
    {"factor analysis|因子分析", "factor|mine_loadings|mine_project|pca", NULL},
    {"feature engineering|aggregate events|cut off|cutoff|snapshot|observation "
     "window|label|特征|快照|标签",
     "mine_snapshot", NULL},
    /* ---- judging ---- */
    {"accuracy|quality|how good|validate|validation|hold "
     "out|evaluate|performance|准确|评估|效果|验证",
     "mine_evaluate|mine_confusion|mine_cross_validate|mine_compare|mine_lift", NULL},
    {"gain|gains chart|lift chart|cumulative gain|profit|roi|增益|利润", "mine_lift|mine_threshold",
     NULL},
    {"roc|auc|roc curve|gini coefficient|曲线", "mine_roc|mine_auc|mine_evaluate", NULL},
    {"error of a forecast|mean squared error|log loss|deviance|均方误差|对数损失",
     "mine_rmse|mine_log_loss|mine_evaluate", NULL},
    {"confusion matrix|misclassification|混淆矩阵", "mine_confusion|mine_evaluate", NULL},
    {"tune|tuning|hyperparameter|grid search|automl|best model|调参|自动",
     "mine_tune|mine_trials|auto", NULL},
    {"compare models|champion|challenger|比较", "mine_compare|mine_trials|mine_cross_validate",
     NULL},
    {"drift|psi|stability|population stability|漂移|稳定性", "mine_drift", NULL},
    {"calibration|calibrate|reliability curve|校准", "mine_calibration|mine_train", NULL},
    /* ---- taking along ---- */
    {"export|deploy|deployment|pmml|onnx|production|导出|部署",
     "mine_export|mine_formats|mine_import", NULL},
    {"save model|load model|delete model|list models|rename|版本|模型管理",
     "mine_train|mine_versions|mine_restore|mine_summary|mine_init", NULL},
    {"fit|fit a model|temporary model|拟合|临时模型", "mine_fit|mine_train", NULL},
    /* ---- methods, as others call them ---- */
    {"decision tree|regression tree|classification tree|cart|chaid|c5|c4 "
     "5|rpart|决策树|回归树|分类树",
     "tree|mine_tree|forest", NULL},
    {"random forest|randomforest|bagging|随机森林", "forest|extra_trees", NULL},
    {"gradient boosting|gbm|xgboost|lightgbm|catboost|gbdt|ensemble|梯度提升|提升树",
     "boost|forest|auto", NULL},
    {"logit|logistic regression|逻辑回归", "logistic|mine_coefficients|mine_bins", NULL},
    {"linear regression|least squares|ols|ridge|lasso|线性回归",
     "linear|mine_coefficients|mine_key_drivers", NULL},
    {"neural|neural network|neural net|perceptron|deep learning|神经网络", "mlp", NULL},
    {"naive bayes|bayesian|贝叶斯", "bayes", NULL},
    {"support vector|svm|支持向量机", "boost|mlp|logistic",
     "There is no support vector machine; these do the same jobs."},
    {"k means|kohonen|som", "kmeans|mine_choose_k|kprototypes|kmedoids", NULL},
    {"two step|twostep|两步聚类|二阶聚类", "auto|mine_cluster|kprototypes", NULL},
    {"k modes|kmodes", "kprototypes|mine_choose_k", NULL},
    {"k medoids|medoid|pam|partitioning around medoids", "kmedoids|mine_choose_k", NULL},
    {"hierarchical|hierarchical clustering|dendrogram|层次聚类|系统聚类",
     "agglomerative|mine_dendrogram|mine_choose_k", NULL},
    {"gaussian mixture|latent class|em|混合模型", "gmm", NULL},
    {"cox regression|proportional hazard|cox回归|比例风险", "cox|mine_survival_curve|mine_ph_test",
     NULL},
    {"average|median|percentile|quantile|standard "
     "deviation|variance|mode|中位数|分位数|标准差|众数",
     "mine_median|mine_quantile|mine_stddev|mine_variance|mine_mode|mine_describe", NULL},
    {"entropy|diversity|信息熵|多样性", "mine_entropy|mine_mode", NULL},
    {NULL, NULL, NULL},
};
