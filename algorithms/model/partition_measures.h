/*
** partition_measures.h -- how well two partitions of the same rows agree, whatever their parts are
** called: found clusters against a column of what they should be.
**
** With n(i,j) rows in part i of the one (the classes) and j of the other (the clusters), margins
** a(i) and b(j), n rows, entropies H and mutual information I in nats:
**   adjusted Rand          pairs of rows on which the two agree, beyond what chance gives:
**                          (sum C(n(i,j),2) - E) / ((sum C(a(i),2) + sum C(b(j),2)) / 2 - E),
**                          E = sum C(a(i),2) sum C(b(j),2) / C(n,2)
**                          (Hubert & Arabie, "Comparing partitions", Journal of Classification 2,
**                          1985)
**   adjusted mutual info   (I - E I) / ((H(a) + H(b)) / 2 - E I), E I over all tables with these
**                          margins (Vinh, Epps & Bailey, Journal of Machine Learning Research 11,
**                          2010)
**   homogeneity            I / H(a): 1 where each cluster holds rows of one class only
**   completeness           I / H(b); v_measure: their harmonic mean (Rosenberg & Hirschberg, 2007)
**   purity                 share of rows that are of the largest class of their cluster
** 1 where nothing is to be told apart, as in scikit-learn.
*/
#ifndef MINE_MODEL_PARTITION_MEASURES_H
#define MINE_MODEL_PARTITION_MEASURES_H

#include "../core/env.h"

typedef struct mine__agreement {
  int64_t rows;
  double adjusted_rand, adjusted_mutual_info, homogeneity, completeness, v_measure, purity;
} mine__agreement;

/* Of n rows in class of[i], 0..n_classes-1, and cluster in[i], 0..n_clusters-1; rows with a
** negative one are left out, parts may be empty.  NAN: no rows, or a failure.  O(n), and of each
** pair of parts the tables within some deviations of the expected one; on all threads, the same
** bits for any number of them. */
mine__agreement mine__partitions_agree(mine_env *env, const int32_t *of, int64_t n_classes,
                                       const int32_t *in, int64_t n_clusters, int64_t n);

#endif
