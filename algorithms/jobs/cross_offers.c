/*
** cross_offers.c -- mine_cross_validate of a recommender: on every customer's last basket once, or
** on one stretch of time after the other (judged_held.c says why).
*/
#include "judged.h"

/* Customers of whom nothing was known before, in all folds. */
static void cross_offers_tell(mine_training *t, int64_t strangers, int64_t customers) {
  if (strangers > 0)
    mine__training_notef(t, "warning", "customer",
                         "%lld of %lld that were measured had taken nothing before and were "
                         "offered what most take",
                         (long long)strangers, (long long)customers);
}

static int64_t cross_offers_strangers(const mine_offers_held *held) {
  int64_t n = 0;
  for (int64_t c = 0; c < held->later.n_customers; c++)
    n += held->known[c] < 0;
  return n;
}

static void cross_offers_run(mine_training *t, const mine_interactions *of,
                             const mine_offers_folds *folds, mine_measured *fold) {
  const mine_offers_options *asked = mine__options_of(&t->asked.options, mine__offers_option_table);
  int64_t strangers = 0, customers = 0;
  for (int f = 0; f < folds->n && !mine_failed(t->env); f++) {
    mine_offers_held held;
    mine_quality quality;
    if (mine__poll_progress(t->env, "cross validation", (double)f / folds->n)) return;
    mine_arena *own = mine__arena_open(t->env);
    if (!own) return;
    mine__offers_fold(t->env, own, of, folds, f, &held);
    if (mine__recommender_try(t, &held, asked, &quality)) {
      fold[f].n_metrics = mine__offers_metrics(t->arena, &quality, fold[f].metric);
      customers += held.later.n_customers;
      strangers += cross_offers_strangers(&held);
    }
    mine__arena_close(own);
  }
  cross_offers_tell(t, strangers, customers);
}

mine_status mine__training_cross_offers(mine_training *t, mine_relation *out) {
  const mine_offers_folds_options *how =
      mine__options_of(&t->asked.options, mine__offers_folds_option_table);
  const int n = (int)t->asked.folds.folds;
  mine_interactions of;
  mine_offers_folds folds;
  mine_measured *fold = mine__arena_zeros(t->arena, (size_t)n, sizeof *fold);
  t->data.task = MINE_RECOMMENDATION;
  if (!fold || !mine__recommender_read(t, &of) ||
      !mine__offers_divide(t->env, t->arena, &of, (mine_offers_by)how->split_by, n, &folds))
    return mine_env_status(t->env);
  cross_offers_run(t, &of, &folds, fold);
  if (!mine_failed(t->env)) mine__validation_list(out, NULL, fold, n);
  return mine_env_status(t->env);
}
