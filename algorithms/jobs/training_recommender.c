/*
** training_recommender.c -- training of algorithms that read who took what: their columns, the
** customers' baskets, and the model.
**
** There is no target.  What such a model is measured on is what came later: the last basket of
** each customer is held out, the rest learned from and asked (judged.h), and then all is learned.
*/
#include "judged.h"
#include "training.h"

const mine_option mine__measured_option_table[] = {
    OPTION_FLAG(mine_measured_options, holdout, .initial = "1",
                .help = "1: a model of all but each customer's last basket is first measured on "
                        "that; 0: nothing is, which takes half the time"),
    OPTION_END};

mine_status mine__training_recommender_frame(mine_training *t) {
  const mine__options *options = &t->asked.options;
  if (!options->wants) /* a verb that makes no model */
    return mine__fail(t->env, MINE_OPTION,
                      "algorithm '%s' learns from what customers took and not from rows of "
                      "attributes; use mine_train, then mine_recommend",
                      t->asked.algorithm->name);
  t->events = *(const mine_events *)mine__options_of(options, options->wants);
  t->events.want = mine__interactions_wants;
  return mine__frame_open(t->env, mine__events_plan, &t->events, &t->frame);
}

/* A model of the rest is measured on what is held out of it. */
static void recommender_measure(mine_training *t, const mine_method *method,
                                const mine_interactions *of, mine_model *model) {
  const mine_recommending *how = t->asked.algorithm->recommends;
  const mine_offers_options asked = {.k = MINE_OFFERS_K, .repeat = -1};
  mine_env *env = t->env;
  mine_interactions rest, later;
  mine_quality quality;
  mine_model *trial;
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return;
  const int64_t held =
      mine__offers_hold(env, arena, of, (uint64_t)t->asked.seed.seed, &rest, &later);
  if (held > 0 && !mine_failed(env) &&
      mine__prepared_model(env, &t->data, method, 0, &trial) == MINE_OK) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    mine_recommender *body = mine__recommender_make(env, trial, &rest, how);
    if (body && how->learn(env, &rest, t->asked.own, trial, body) == MINE_OK &&
        mine__offers_measure(env, body, &body->of, NULL, &later, NULL, &asked, &quality) ==
            MINE_OK) {
      mine__offers_keep(model, &quality);
      mine__training_notef(t, "rows", "held out",
                           of->timed ? "%lld: the last basket of each customer who has two or more"
                                     : "%lld: a row by chance of each customer who has two or "
                                       "more; there are no times",
                           (long long)held);
    }
    mine__arena_rewind(env->scratch, mark);
    mine_model_free(trial);
  }
  mine__arena_close(arena);
}

/* The whole fit, whose temporary memory is rewound. */
static void recommender_fit(mine_training *t, const mine_method *method, mine_model *model) {
  const mine_recommending *how = t->asked.algorithm->recommends;
  const mine_interactions_how reading = {.note = mine__training_note, .context = t};
  mine_interactions of;
  mine_measured_options measured;
  if (MINE_TAKE(t->env, t->arena, &t->asked.options, mine__measured_option_table, &measured))
    return;
  mine__interactions_read(t->env, t->arena, t->frame, &t->events, &reading, &of);
  if (mine_failed(t->env)) return;
  if (how->wants_time && !of.timed) {
    (void)mine__fail(t->env, MINE_DATA,
                     "algorithm '%s' learns from baskets in order; give the time as the third "
                     "column (a date, or a number that grows)",
                     t->asked.algorithm->name);
    return;
  }
  model->told.rows = of.n_rows;
  if (measured.holdout) recommender_measure(t, method, &of, model);
  if (mine_failed(t->env)) return;
  mine_recommender *body = mine__recommender_make(t->env, model, &of, how);
  if (!body) return;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  of.seed = (uint64_t)t->asked.seed.seed;
  (void)how->learn(t->env, &of, t->asked.own, model, body); /* a failure sticks */
  mine__arena_rewind(t->env->scratch, mark);
}

static void recommender_tell(mine_training *t, const mine_model *model) {
  const mine_recommender *body = model->body;
  mine__training_notef(t, "rows", "customers", "%lld", (long long)body->of.n_customers);
  mine__training_notef(t, "rows", "items", "%lld", (long long)body->n_items);
  mine__training_notef(t, "rows", "pairs",
                       "%lld: different pairs of customer and item, of %lld events",
                       (long long)body->of.n_pairs, (long long)body->of.n_events);
  if (body->of.n_customers == 1)
    mine__training_note(t, "warning", "customer",
                        "there is only one: nothing is learned from what others took");
}

mine_status mine__training_recommender(mine_training *t, mine_trained *out) {
  mine_env *env = t->env;
  const mine_method method = {t->asked.algorithm, t->asked.own, t->asked.canonical,
                              MINE_CALIBRATE_NONE};
  mine_model *model;
  t->data.task = MINE_RECOMMENDATION;
  t->data.source = t->asked.source_text;
  MINE_TRY(mine__prepared_model(env, &t->data, &method, 0, &model));
  recommender_fit(t, &method, model);
  if (!mine_failed(env)) recommender_tell(t, model);
  if (!mine_failed(env))
    mine__training_keep_reads(t, model, mine__interactions_wants, t->events.column);
  if (!mine_failed(env)) mine__training_report(t, model);
  if (mine_failed(env) || mine__model_seal(env, model)) {
    mine_model_free(model);
    return mine_env_status(env);
  }
  *out = (mine_trained){model, NULL};
  return MINE_OK;
}
