-- How many clusters: a row for each k, the choice marked.
.headers on
CREATE TABLE visits AS WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n LIMIT 300)
SELECT i AS id, (i % 4) * 10 + i * 37 % 11 * 0.3 AS x, (i % 4) * (i % 4) * 7 + i * 13 % 17 * 0.3 AS y FROM n;
SELECT k, round(inertia,3) AS inertia, round(silhouette,4) AS s, round(calinski_harabasz,2) AS ch, round(davies_bouldin,4) AS db, round(bic,2) AS bic, chosen, round(gap,3) AS gap, round(gap_se,4) AS se FROM mine_choose_k('visits','max_k=6, id=id');
SELECT k, round(bic,2) AS bic, chosen, round(gap,3) AS gap, round(gap_se,4) AS se FROM mine_choose_k('visits','max_k=6, id=id, gap=1, by=gap, references=5');
SELECT k, round(bic,2) AS bic, chosen FROM mine_choose_k('visits','algorithm=gmm, max_k=6, id=id, min_k=1');
SELECT k, round(silhouette,4) AS s, chosen FROM mine_choose_k('visits','algorithm=kprototypes, max_k=4, id=id');
SELECT item,name,detail FROM mine_warnings;
SELECT k FROM mine_choose_k('SELECT id, id % 3 AS a FROM visits','max_k=6, id=id');
SELECT item,name,detail FROM mine_warnings;
SELECT k FROM mine_choose_k('visits','k=3');
SELECT k FROM mine_choose_k('visits','algorithm=knn');
SELECT k FROM mine_choose_k('visits','by=gap');
SELECT k FROM mine_choose_k('visits','min_k=9,max_k=3');
SELECT k FROM mine_choose_k('SELECT 1 AS id, 2 AS a','max_k=3');
-- Any number of threads.
SELECT (SELECT group_concat(k || ' ' || bic || ' ' || gap) FROM mine_choose_k('visits', 'id=id, max_k=4, gap=1, references=3, threads=1')) =
       (SELECT group_concat(k || ' ' || bic || ' ' || gap) FROM mine_choose_k('visits', 'id=id, max_k=4, gap=1, references=3, threads=2')) AS same;
