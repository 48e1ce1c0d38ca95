/*
** cluster_traits.h -- what sets a cluster apart from all rows, the strongest first.
**
** Every encoded column is compared with all rows by an effect that does not grow with the number
** of rows and that is alike for numbers and levels (Cohen, Statistical Power Analysis, 1988):
**   number  d = (mean - overall mean) / deviation of all rows, on the model's scale
**   level   h = 2 arcsin sqrt(share) - 2 arcsin sqrt(overall share); likewise a number that is 0
**           or 1
** A rare level cannot lead by its lift: from 0.1% to 1% (ten times as often) h is 0.14, from 21%
** to 38% it is 0.38.  From each effect two standard errors are taken, sqrt(1 / rows of the cluster
** - 1 / all rows) each, the finite population's: what chance makes among so few rows is no trait.
** What is left is the strength; ties go by the columns.  Of a category with two levels, of which
** one says what the other says, the one that is more frequent here stands.
*/
#ifndef MINE_MODEL_CLUSTER_TRAITS_H
#define MINE_MODEL_CLUSTER_TRAITS_H

#include "model.h"

typedef struct mine_cluster_trait {
  int feature, level;    /* level -1: a number                                       */
  int share;             /* value and overall are shares: of a level, of a number 0 or 1 */
  double value, overall; /* of the cluster and of all rows, as in the profile        */
  double z, lift;        /* as mine_centroids; value / overall of shares, else NAN   */
  double strength;
} mine_cluster_trait;

/* Of cluster c, 0..k-1, or k: the rows in none.  How many in *n; in arena; NULL: failure recorded.
** O(width log width). */
mine_cluster_trait *mine__cluster_traits(mine_env *env, mine_arena *arena, const mine_model *model,
                                         const mine_encoding *encoding,
                                         const mine_cluster_profile *profile, int64_t c, int *n);

/* All rows that the profile is of. */
int64_t mine__cluster_profile_rows(const mine_cluster_profile *profile);

/* "tenure", or "plan=gold". */
void mine__cluster_trait_name(const mine_model *model, const mine_cluster_trait *trait,
                              mine_text *to);
/* The label of each cluster: its given name, else made of its two strongest traits ("high tenure,
** plan=gold"), with the number behind it where that would be another's; of the rows in none (k, the
** last) "noise".  k + 1 texts in arena; NULL: failure recorded. */
const char **mine__cluster_labels(mine_env *env, mine_arena *arena, const mine_model *model,
                                  const mine_encoding *encoding,
                                  const mine_cluster_profile *profile, mine_lang lang);

#endif
