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
