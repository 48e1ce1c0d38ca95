-- PMML of other tools, and what is not covered.
.mode list
CREATE TABLE doc(name, text);
INSERT INTO doc SELECT replace(value, '.pmml', ''), CAST(readfile('tests/fuzz/corpus/import/' || value) AS TEXT)
FROM json_each('["sklearn_tree.pmml","sklearn_boost.pmml","r_lm.pmml","r_glm.pmml","r_kmeans.pmml","votes.pmml"]');
SELECT mine_import(name, text) FROM doc ORDER BY rowid;
-- float(tenure) <= float(5.1), which the double 5.1 and its neighbours are
SELECT id, prediction, round(probability, 4) FROM mine_predict('sklearn_tree',
  'SELECT 1 AS id, 5 AS tenure, ''basic'' AS plan UNION ALL SELECT 2, 5, ''gold'' UNION ALL SELECT 3, 6, ''basic'' UNION ALL SELECT 4, 5.1, ''basic''
   UNION ALL SELECT 5, 5.1000002, ''basic'' UNION ALL SELECT 6, 5.1000005, ''basic'' UNION ALL SELECT 7, NULL, ''basic''');
-- 1 / (1 + exp(-(0.25 + 2 (-0.5 + 0.1 (tree 1 + tree 2)))))
CREATE TABLE sums AS SELECT 1 AS id, 3.5 AS x1, 0.05 AS x2, -2.5 - 1.5 AS trees UNION ALL SELECT 2, 3.6, 0.5, 4 + 1.25
UNION ALL SELECT 3, NULL, 0.9, 4 + 3 UNION ALL SELECT 4, 1, NULL, -2.5 + 1.25;
SELECT id, round(probability, 10), round(1 / (1 + exp(-(0.25 + 2 * (-0.5 + 0.1 * trees)))), 10)
FROM mine_predict('sklearn_boost', 'SELECT id, x1, x2 FROM sums') JOIN sums USING (id);
-- 12.5 - 3 (age - 40) / 12.5 + 0.002 income, 1000 where it is missing, + 7.5 of gold
SELECT id, prediction FROM mine_predict('r_lm', 'SELECT 1 AS id, 40 AS age, 2000 AS income, ''gold'' AS plan
  UNION ALL SELECT 2, 65, NULL, ''basic'' UNION ALL SELECT 3, NULL, 0, ''silver'' UNION ALL SELECT 4, 40, 0, NULL');
SELECT mine_predict('r_lm', 'age', 40, 'income', 1, 'plan', 'platinum');
SELECT id, prediction, round(probability, 10), round(1 / (1 + exp(-(0.5 - 0.125 * 8 - 1.75 * (id = 2)))), 10)
FROM mine_predict('r_glm', 'SELECT 1 AS id, 8 AS tenure, ''basic'' AS plan UNION ALL SELECT 2, 8, ''gold''');
-- (age - 60)^2 + (1 - spend / 50 - 0.25)^2
SELECT id, prediction, round(distance, 10), round(sqrt(25 + 0.75 * 0.75), 10) FROM mine_predict('r_kmeans',
  'SELECT 1 AS id, 65 AS age, 0 AS spend UNION ALL SELECT 2, 46, 450');
CREATE TABLE ballots AS SELECT 1 AS id, 0.5 AS a, 'p q' AS b UNION ALL SELECT 2, 2.5, 's' UNION ALL SELECT 3, NULL, NULL UNION ALL SELECT 4, 9, 'never';
SELECT id, class, round(probability, 4) FROM mine_probabilities('votes', 'ballots') ORDER BY id, class;
SELECT item, name, detail FROM mine_summary('sklearn_tree') WHERE item IN ('source', 'missing');
-- what is not covered, or wrong
CREATE TABLE bad(was, becomes, of);
INSERT INTO bad VALUES
  ('<True/>', '<!DOCTYPE x [<!ENTITY a "b">]><True/>', 'votes'),
  ('"x"', '"&a;"', 'votes'),
  ('</PMML>', '', 'votes'),
  ('</Node>', '</node>', 'votes'),
  ('score="x"', 'score=x', 'votes'),
  ('PMML', 'html', 'votes'),
  ('TreeModel', 'RuleSetModel', 'sklearn_tree'),
  ('"lessOrEqual"', '"equal"', 'sklearn_tree'),
  ('"5.1"', '"five"', 'sklearn_tree'),
  ('"5.1"', '"1e999"', 'sklearn_tree'),
  ('field="plan"', 'field="planet"', 'sklearn_tree'),
  ('"nullPrediction"', '"weightedConfidence"', 'sklearn_tree'),
  ('"returnLastPrediction"', '"returnNullPrediction"', 'sklearn_tree'),
  ('recordCount="12"', 'recordCount="-1"', 'sklearn_tree'),
  ('"majorityVote"', '"median"', 'votes'),
  ('booleanOperator="or"', 'booleanOperator="surrogate"', 'votes'),
  ('operator="isMissing"', 'operator="notEqual" value="p q"', 'votes'),
  ('invalidValueTreatment="asMissing"', 'invalidValueTreatment="asIs"', 'votes'),
  ('"logit"', '"probit"', 'sklearn_boost'),
  ('name="decisionFunction(1)" coefficient', 'name="another" coefficient', 'sklearn_boost'),
  ('rescaleFactor', 'castInteger="round" rescaleFactor', 'sklearn_boost'),
  ('missingValueReplacement="40"', '', 'r_lm'),
  ('exponent="1"', 'exponent="2"', 'r_lm'),
  ('function="/"', 'function="pow"', 'r_lm'),
  ('<Constant>12.5</Constant>', '<Constant>0</Constant>', 'r_lm'),
  ('<Constant>12.5</Constant>', '<FieldRef field="std_age"/>', 'r_lm'),
  ('<DataField name="age"', '<DataField name="years"', 'r_lm'),
  ('"logit"', '"cauchit"', 'r_glm'),
  ('value="gold" predictorName="plan"', 'value="2" predictorName="tenure"', 'r_glm'),
  ('<squaredEuclidean/>', '<cityBlock/>', 'r_kmeans'),
  ('0.5 20', '0.5 20 30', 'r_kmeans'),
  ('field="age"', 'field="z_spend"', 'r_kmeans'),
  ('norm="-1"', 'norm="1"', 'r_kmeans');
.once pmml_bad.sql
SELECT 'SELECT mine_import(''bad'', replace(text, ' || quote(was) || ', ' || quote(becomes) || ')) FROM doc WHERE name = ' || quote(of) || ';' FROM bad;
.read pmml_bad.sql
SELECT count(*) FROM mine_models WHERE name = 'bad';
-- deep
SELECT mine_import('bad', replace(hex(zeroblob(200000)), '00', '<a>'));
SELECT mine_import('bad', replace(text, 'value="0.1"/></Node>', 'value="0.1"/>' || replace(hex(zeroblob(20000)), '00', '<Node score="1"><True/>')
  || replace(hex(zeroblob(20000)), '00', '</Node>') || '</Node>')) FROM doc WHERE name = 'sklearn_boost';
SELECT mine_import('bad', replace(text, '</Node></Node></TreeModel>', '</Node>' || replace(hex(zeroblob(20000)), '00', '<Node score="x"><False/></Node>')
  || '</Node></TreeModel>')) FROM doc WHERE name = 'votes';
SELECT mine_import('bad', replace(text, '<Constant>40</Constant>', replace(hex(zeroblob(20000)), '00', '<Apply function="+">') || '<Constant>40</Constant>'
  || replace(hex(zeroblob(20000)), '00', '<Constant>1</Constant></Apply>'))) FROM doc WHERE name = 'r_lm';
-- another program does not say how many rows a model was learned from: what it may keep is told all the same
CREATE TABLE named AS WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1500)
SELECT i AS id, 'n' || (i % 150) AS name, (i % 150) < 75 AS y FROM s;
SELECT mine_train('named', 'tree', 'named', 'target=y, categorical=name') IS NOT NULL;
SELECT mine_import('told', mine_export('named', 'pmml'));
SELECT name, detail FROM mine_summary('told') WHERE item = 'keeps';
