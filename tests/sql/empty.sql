-- An answer that a threshold left empty says which one, what is nearest to it, and a value that gives some.
.read tests/sql/setup.inc
.mode list
CREATE TABLE visits(visit INTEGER, page TEXT);
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 3000)
INSERT INTO visits SELECT i % 1000, 'page ' || (i * 7919 % 607) FROM n;
INSERT INTO visits SELECT i.visit, 'home' FROM visits AS i WHERE visit % 3 = 0 GROUP BY visit;
INSERT INTO visits SELECT i.visit, 'cart' FROM visits AS i WHERE visit % 60 = 0 GROUP BY visit;
-- no item
SELECT count(*) FROM mine_itemsets('visits', 'min_support=0.9');
SELECT verb, source, item, name, detail FROM mine_warnings;
SELECT itemset, count FROM mine_itemsets('visits', 'min_count=334');
SELECT count(*) FROM mine_itemsets('visits', 'min_support=0.334');
SELECT count(*) FROM mine_warnings;
SELECT count(*) FROM mine_itemsets('visits', 'min_count=900, kind=maximal');
SELECT detail FROM mine_warnings;
SELECT count(*) FROM mine_rules('visits', 'min_support=0.5');
SELECT detail FROM mine_warnings;
-- no two items together
SELECT count(*) FROM mine_rules('visits', 'min_support=0.1');
SELECT detail FROM mine_warnings;
SELECT antecedent, consequent, count FROM mine_rules('visits', 'min_count=17');
SELECT count(*) FROM mine_rules('visits', 'min_support=0.017');
-- no rule that is confident enough, far enough from chance, or both
SELECT count(*) FROM mine_rules('visits', 'min_count=17, consequent=cart');
SELECT detail FROM mine_warnings;
SELECT antecedent, consequent, round(confidence, 4), round(lift, 4) FROM mine_rules('visits', 'min_count=17, consequent=cart, min_confidence=0.0508');
SELECT count(*) FROM mine_rules('visits', 'min_count=17, consequent=cart, min_confidence=0.051');
SELECT count(*) FROM mine_rules('visits', 'min_count=17, min_lift=3');
SELECT detail FROM mine_warnings;
SELECT count(*) FROM mine_rules('visits', 'min_count=17, min_lift=2.99');
SELECT count(*) FROM mine_rules('visits', 'min_count=17, min_lift=3, consequent=cart');
SELECT detail FROM mine_warnings;
SELECT count(*) FROM mine_rules('visits', 'min_count=17, min_confidence=0.0508, min_lift=2.99, consequent=cart');
-- items that are not together, baskets of one item, rules of one item
SELECT count(*) FROM mine_rules('visits', 'min_count=17, antecedent=page 1, min_confidence=0');
SELECT detail FROM mine_warnings;
SELECT count(*) FROM mine_rules('SELECT rowid, page FROM visits', 'min_count=1');
SELECT detail FROM mine_warnings;
SELECT count(*) FROM mine_rules('visits', 'min_count=17, max_length=1');
SELECT detail FROM mine_warnings;
SELECT count(*) FROM mine_rules('VALUES (1, ''a''), (1, ''b''), (2, ''a''), (2, ''c''), (3, ''b''), (3, ''c'')', 'min_count=2');
SELECT detail FROM mine_warnings;
-- groups: each by its name
SELECT count(*) FROM mine_rules('SELECT visit, page, visit % 2 AS half FROM visits', 'basket=visit, item=page, group=half, min_support=0.1');
SELECT name, detail FROM mine_warnings;
-- rows: nothing to tell
SELECT count(*) > 0 FROM mine_rules('visits', 'min_count=17');
SELECT count(*) FROM mine_warnings;
