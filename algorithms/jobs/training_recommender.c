/*
** training_recommender.c -- training of algorithms that read who took what: their columns, the
** customers' baskets, and the model.
**
** There is no target, and nothing is held out: what comes later is what such a model is measured
** on (mine_evaluate with a source).
*/
#include "training.h"

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

/* The whole fit, whose temporary memory is rewound. */
static void recommender_fit(mine_training *t, mine_model *model) {
  const mine_recommending *how = t->asked.algorithm->recommends;
  const mine_interactions_how reading = {.note = mine__training_note, .context = t};
  mine_interactions of;
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
  mine_recommender *body = mine__recommender_make(t->env, model, &of, how);
  if (!body) return;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
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
  recommender_fit(t, model);
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
