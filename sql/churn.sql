-- churn.sql: who is about to leave, and why?
--
--     sqlite3 demo.db ".load ./mine" ".read sql/churn.sql"
--
-- Writes churn_scores (customer_id, risk).

.mode box --wrap 60 --wordwrap on

-- Learn from everybody whose end we know.  Name what a model must not use: who they
-- are, and what is only known afterwards.  auto tries several algorithms on the same
-- customers and keeps a mean of the best; without portfolio= it tries all of them, for
-- about a minute (budget_seconds=60).
SELECT mine_train('churn', 'auto', 'customers',
                  'target=churned, ignore=name|signup_date, portfolio=baseline|logistic|tree|boost_small') AS trained;

-- What was tried, the best first; the weight says how much of the model each is.  The
-- baseline answers the same for everybody: what is not better than that is worth nothing.
SELECT rank, name, round(mean, 4) AS log_loss, round(se, 4) AS se, weight FROM mine_trials('churn');

-- How good is it?  Measured on one fifth of the customers that it had not seen.
SELECT metric, round(value, 3) AS value FROM mine_evaluate('churn')
WHERE metric IN ('rows', 'accuracy', 'auc', 'log_loss', 'precision', 'recall', 'top_decile_lift');
SELECT actual, predicted, rows FROM mine_confusion('churn');

-- Why?  A small tree says in words what the larger model is about: what matters most.
SELECT mine_train('churn_why', 'tree', 'customers',
                  'target=churned, ignore=name|signup_date, max_depth=6, min_samples_leaf=50') AS trained;
SELECT rank, feature, round(importance, 3) AS importance
FROM mine_importance('churn_why') WHERE importance > 0.001 ORDER BY rank;

-- The tree in words: its leaves, from the highest risk down, and from the lowest up.
SELECT rows AS customers, round(100 * probability, 1) AS risk_percent, path AS customers_who
FROM mine_tree('churn_why') WHERE gain IS NULL ORDER BY probability DESC LIMIT 5;
SELECT rows AS customers, round(100 * probability, 1) AS risk_percent, path AS customers_who
FROM mine_tree('churn_why') WHERE gain IS NULL ORDER BY probability LIMIT 5;

-- A risk for every customer.
DROP TABLE IF EXISTS churn_scores;
CREATE TABLE churn_scores(customer_id INTEGER PRIMARY KEY, risk REAL);
INSERT INTO churn_scores
SELECT id AS customer_id, round(probability, 4) AS risk FROM mine_predict('churn', 'customers');

-- The 20 customers most at risk among those who are still here; of equals, those
-- who pay most.
SELECT customer_id, name, plan, contract, tenure_months AS tenure, complaints, support_calls AS calls,
       monthly_charge AS charge, risk
FROM churn_scores JOIN customers USING (customer_id)
WHERE churned = 'no' ORDER BY risk DESC, monthly_charge DESC, customer_id LIMIT 20;

-- Why these: what speaks most for their leaving, to begin the call with.
SELECT id AS customer_id, group_concat(because, '; ') AS reasons
FROM mine_explain('churn', 'SELECT customers.* FROM customers JOIN churn_scores USING (customer_id)
  WHERE churned = ''no'' ORDER BY risk DESC, monthly_charge DESC, customer_id LIMIT 5', 'top=3')
WHERE feature IS NOT NULL AND contribution > 0
GROUP BY id;
