-- Itemsets and rules of five baskets (Tan, Steinbach, Kumar, Introduction to Data Mining, table 6.1).
.read tests/sql/setup.inc
.headers on
SELECT itemset, size, count, support FROM mine_itemsets('purchases', 'min_support=0.6');
SELECT itemset, count FROM mine_itemsets('purchases', 'min_count=2, kind=maximal') ORDER BY count DESC, itemset;
SELECT count(*) AS closed FROM mine_itemsets('purchases', 'min_count=2, kind=closed');
SELECT antecedent, consequent, count, support, round(confidence, 4) AS confidence, round(lift, 4) AS lift,
       round(leverage, 4) AS leverage, round(conviction, 4) AS conviction
FROM mine_rules('purchases', 'min_support=0.4, min_confidence=0.75, max_length=2');
-- Only rules with an item; by named columns of a wider table.
SELECT antecedent, consequent FROM mine_rules('purchases', 'min_support=0.4, min_confidence=0.6, consequent=beer');
SELECT count(*) AS sets FROM mine_itemsets('SELECT 1 AS shop, basket, item, 2.5 AS price FROM purchases',
                                           'min_count=2, basket=basket, item=item');
SELECT count(*) AS sets FROM mine_itemsets('SELECT 1 AS shop, basket, item FROM purchases', 'min_count=2');
-- 1 and '1' are different items; NULLs are skipped; an item twice counts once.
SELECT itemset, count FROM mine_itemsets('VALUES (1, 1), (1, ''1''), (2, 1), (2, 1), (2, NULL), (NULL, 1)', 'min_count=1');
SELECT count(*) FROM mine_itemsets('purchases', 'min_support=50');
SELECT count(*) AS nothing_frequent FROM mine_itemsets('purchases', 'min_count=100');
SELECT count(*) FROM mine_itemsets('purchases', 'min_count=1, max_itemsets=3');
-- Itemsets are JSON for JSON functions, and texts for everybody else.
SELECT json_array(itemset) AS nested, typeof(itemset) AS type FROM mine_itemsets('purchases', 'min_count=3, kind=maximal') LIMIT 1;
SELECT json_object('buys', antecedent, 'too', consequent) AS object FROM mine_rules('purchases', 'min_support=0.4, min_confidence=0.75, max_length=2') LIMIT 1;
SELECT json_array(id) AS no_json FROM mine_predict((SELECT mine_fit('kmeans', 'VALUES (''[1]'', 1), (''[2]'', 5), (''[3]'', 6)', 'k=2')), 'VALUES (''[1]'', 1)') LIMIT 1;
-- The same in words, how sure, and only what says something new.
SELECT antecedent_text, consequent_text, round(odds_ratio, 3) AS odds_ratio, round(certainty, 3) AS certainty,
       round(p_value, 6) AS p_value, round(q_value, 6) AS q_value
FROM mine_rules('purchases', 'min_count=2, min_confidence=0.6, sort=p_value') LIMIT 4;
SELECT count(*) AS every, (SELECT count(*) FROM mine_rules('purchases', 'min_count=1, min_confidence=0.3, redundant=0')) AS new,
       (SELECT count(*) FROM mine_rules('purchases', 'min_count=1, min_confidence=0.3, per_itemset=1')) AS itemsets
FROM mine_rules('purchases', 'min_count=1, min_confidence=0.3');
SELECT antecedent_text, consequent_text, count FROM mine_rules('purchases', 'min_count=2, min_confidence=0, antecedent_only=bread|milk, consequent_any=beer|cola, max_consequent=2, min_length=3');
-- Groups of items: no rule of an item with what is above it.
SELECT antecedent_text, consequent_text, count FROM mine_rules('purchases',
  'min_count=3, min_confidence=0.7, hierarchy="VALUES (''beer'', ''drinks''), (''cola'', ''drinks''), (''milk'', ''drinks''), (''bread'', ''food'')", antecedent_any=drinks|food');
-- Quantities and weights.
CREATE VIEW bought AS SELECT basket, item, 1 + rowid % 3 AS pieces, 1 + basket % 2 AS weight FROM purchases;
SELECT antecedent_text, consequent_text, count FROM mine_rules('bought', 'basket=basket, item=item, quantity=pieces, quantity_levels=2|3, min_count=2, min_confidence=0.6');
SELECT antecedent_text, consequent_text, count FROM mine_rules('bought', 'basket=basket, item=item, quantity=pieces, min_quantity=2, min_count=2, min_confidence=0.6');
SELECT antecedent_text, consequent_text, count, round(support, 4) AS support, round(confidence, 4) AS confidence
FROM mine_rules('bought', 'basket=basket, item=item, weight=weight, min_support=0.4, min_confidence=0.7, top=4');
-- Itemsets by the same options; a set that is read by its weight cannot be counted without it.
SELECT itemset, count, round(support, 4) AS support FROM mine_itemsets('bought', 'basket=basket, item=item, weight=weight, min_support=0.5, kind=closed');
SELECT size, count, round(sum(support), 4) AS support FROM mine_itemsets('bought', 'basket=basket, item=item, weight=weight, min_support=0.5, kind=closed') GROUP BY 1, 2;
SELECT itemset, count FROM mine_itemsets('bought', 'basket=basket, item=item, quantity=pieces, min_quantity=2, min_count=2, kind=maximal');
SELECT itemset, count FROM mine_itemsets('purchases', 'min_count=3, kind=closed,
  hierarchy="VALUES (''beer'', ''drinks''), (''cola'', ''drinks''), (''milk'', ''drinks''), (''bread'', ''food'')"') WHERE size >= 2;
SELECT count(*) AS given_back FROM mine_itemsets('SELECT basket, item, -pieces AS pieces FROM bought', 'basket=basket, item=item, quantity=pieces');
SELECT detail FROM mine_warnings;
SELECT count(*) AS two_rows_a_pair FROM mine_rules('VALUES (1, ''Tea''), (1, ''tea ''), (2, ''Tea'')', 'min_count=1, min_confidence=0');
SELECT detail FROM mine_warnings;
-- Items that are in every basket join, but those of a group and the group: no set holds both.
CREATE TEMP TABLE same AS WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n LIMIT 40)
  SELECT b, 'i' || i AS item FROM n, (SELECT 1 AS b UNION ALL SELECT 2);
SELECT size, count FROM mine_itemsets('same', 'kind=closed, min_count=2, hierarchy="VALUES (''i0'',''G'')"');
SELECT count(*) FROM mine_itemsets('same', 'kind=maximal, min_count=2, hierarchy="VALUES (''i0'',''G'')"');
SELECT count(*) FROM mine_itemsets('same', 'min_count=2, hierarchy="VALUES (''i0'',''G'')"');
