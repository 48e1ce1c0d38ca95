/*
** recommend.h -- what the recommenders' files share: rows for their examples.
*/
#ifndef MINE_RECOMMEND_RECOMMEND_H
#define MINE_RECOMMEND_RECOMMEND_H

/* Customers c1 .. c24, who take tea, milk ... on days of January; an example runs anywhere. */
#define MINE_TAKEN_EXAMPLE                                                                        \
  "'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 240)\n"                   \
  "  SELECT ''c'' || (i*7%24 + 1) AS customer, trim(substr(''tea  milk breadoil  rice soap '',\n" \
  "    1 + 5*((i*i + i/24) % 6), 5)) AS item, date(''2024-01-01'', (i/24) || '' days'') AS day "  \
  "FROM n'"

#endif
