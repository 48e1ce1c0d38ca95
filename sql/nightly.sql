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

-- 2. What changed since the model of last night was trained (the first night there is none, and
-- one that was stored before 0.2.0 has no profile).
SELECT 'nightly: ' || mine_init('main');
CREATE TEMP TABLE drifted AS
SELECT d.* FROM main.mine_models AS m, mine_drift('main.churn', 'customers') AS d
WHERE m.name = 'churn' AND d.drifted
  AND EXISTS (SELECT 1 FROM mine_summary('main.churn') WHERE item = 'keeps' AND name = 'profile');
SELECT 'nightly: WARNING: drift of ' || item || ', ' || kind || ': '
  || coalesce(was, '?') || ' -> ' || coalesce(now, '?') || ', psi ' || round(psi, 2) FROM drifted;

-- 3. Look before you swap: everybody has a score, the model is worth using, and no feed is broken:
-- a column that is empty, or spelled otherwise, for a large part of the customers.
CREATE TEMP TABLE gate (
  every_customer_has_a_score INTEGER CHECK (every_customer_has_a_score),
  auc_is_at_least_070        INTEGER CHECK (auc_is_at_least_070),
  no_feed_is_broken          INTEGER CHECK (no_feed_is_broken)
);
INSERT INTO gate SELECT
  (SELECT count(risk) FROM new_scores) = (SELECT count(*) FROM customers),
  (SELECT value >= 0.7 FROM mine_evaluate('temp.churn') WHERE metric = 'auc'),
  NOT EXISTS (SELECT 1 FROM drifted WHERE kind IN ('missing', 'unknown') AND psi >= 0.25);

-- 4. Swap model and scores in one short transaction.  IMMEDIATE waits for other
-- writers here, at the start, where waiting is possible.
CREATE TABLE IF NOT EXISTS churn_scores (customer_id INTEGER PRIMARY KEY, risk REAL);

BEGIN IMMEDIATE;
INSERT OR REPLACE INTO main.mine_models
SELECT * FROM temp.mine_models_temp WHERE name = 'churn';
DELETE FROM churn_scores;
INSERT INTO churn_scores SELECT customer_id, risk FROM new_scores;
COMMIT;

SELECT 'nightly: ' || count(*) || ' customers scored, ' || sum(risk >= 0.5) || ' at risk' FROM churn_scores;
