-- nightly.sql: retrain, score everybody, swap.  Run by nightly.sh with -bail: the
-- first error ends the script, and nothing before the swap has touched the file.

-- 1. Fit and score into TEMP: as long as it takes, without a lock on the database.  The
-- portfolio is what auto tries; named, it is the same every night, whatever the machine.
SELECT mine_train('temp.churn', 'auto', 'customers',
                  'target=churned, ignore=name|signup_date, portfolio=baseline|logistic|tree|bayes');
SELECT 'nightly: tried ' || name || ', ' || metric || ' ' || round(mean, 4) || ', weight ' || weight
FROM mine_trials('temp.churn');

CREATE TEMP TABLE new_scores AS
SELECT id AS customer_id, round(probability, 4) AS risk FROM mine_predict('temp.churn', 'customers');

-- 2. Look before you swap: everybody has a score, and the model is worth using.
CREATE TEMP TABLE gate (
  every_customer_has_a_score INTEGER CHECK (every_customer_has_a_score),
  auc_is_at_least_070        INTEGER CHECK (auc_is_at_least_070)
);
INSERT INTO gate SELECT
  (SELECT count(risk) FROM new_scores) = (SELECT count(*) FROM customers),
  (SELECT value >= 0.7 FROM mine_evaluate('temp.churn') WHERE metric = 'auc');

-- 3. Swap model and scores in one short transaction.  IMMEDIATE waits for other
-- writers here, at the start, where waiting is possible.
SELECT 'nightly: ' || mine_init('main');
CREATE TABLE IF NOT EXISTS churn_scores (customer_id INTEGER PRIMARY KEY, risk REAL);

BEGIN IMMEDIATE;
INSERT OR REPLACE INTO main.mine_models
SELECT * FROM temp.mine_models_temp WHERE name = 'churn';
DELETE FROM churn_scores;
INSERT INTO churn_scores SELECT customer_id, risk FROM new_scores;
COMMIT;

SELECT 'nightly: ' || count(*) || ' customers scored, ' || sum(risk >= 0.5) || ' at risk' FROM churn_scores;
