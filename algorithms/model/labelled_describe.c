/*
** labelled_describe.c -- what a clustering of labelled rows lists: the tree of its merges.
*/
#include "labelled.h"

static void labelled_dendrogram(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_labelled *m = model->body;
  for (int64_t s = 0; s < m->n_merges; s++) {
    if (MINE_POLL_AT(env, s)) return;
    mine__row_int(to, s + 1);
    mine__row_int(to, m->merge[2 * s]);
    mine__row_int(to, m->merge[2 * s + 1]);
    mine__row_real(to, m->height[s]);
    mine__row_int(to, m->merge_rows[s]);
    mine__relation_end_row(to);
  }
}

static int labelled_has_merges(const mine_model *model) {
  return ((const mine_labelled *)model->body)->n_merges > 0;
}

const mine_part mine__labelled_parts[] = {
    {.verb = "mine_dendrogram",
     .what = "which clusters were merged, how far apart they were",
     .list = labelled_dendrogram,
     .has = labelled_has_merges},
    {.verb = NULL},
};
