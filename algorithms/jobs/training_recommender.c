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
  t->events = *(const mine_events *)mine__options_of(options, options->wants);
  t->events.want = mine__interactions_wants;
  return mine__frame_open(t->env, mine__events_plan, &t->events, &t->frame);
}

int mine__recommender_read(mine_training *t, mine_interactions *of) {
  const mine_interactions_how reading = {.note = mine__training_note, .context = t};
  mine__interactions_read(t->env, t->arena, t->frame, &t->events, &reading, of);
  if (mine_failed(t->env)) return 0;
  of->seed = (uint64_t)t->asked.seed.seed;
  if (!t->asked.algorithm->recommends->wants_time || of->timed) return 1;
  (void)mine__fail(t->env, MINE_DATA,
                   "algorithm '%s' learns from baskets in order; give the time as the third "
                   "column (a date, or a number that grows)",
                   t->asked.algorithm->name);
  return 0;
}

mine_method mine__recommender_method(const mine_training *t) {
  return (mine_method){t->asked.algorithm, t->asked.own, t->asked.canonical, MINE_CALIBRATE_NONE};
}

/* The body of a model of these; a failure is recorded. */
static mine_recommender *recommender_learn(mine_training *t, const mine_interactions *of,
                                           mine_model *model) {
  const mine_recommending *how = t->asked.algorithm->recommends;
  mine_recommender *body = mine__recommender_make(t->env, model, of, how);
  if (!body) return NULL;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  const mine_status status = how->learn(t->env, of, t->asked.own, model, body);
  mine__arena_rewind(t->env->scratch, mark);
  return status ? NULL : body;
}

int mine__recommender_try(mine_training *t, const mine_offers_held *held,
                          const mine_offers_options *asked, mine_quality *out) {
  const mine_method method = mine__recommender_method(t);
  mine_model *trial;
  if (mine_failed(t->env) || mine__prepared_model(t->env, &t->data, &method, 0, &trial)) return 0;
  const mine_recommender *body = recommender_learn(t, &held->rest, trial);
  const int measured = body && mine__offers_measure(t->env, body, held->known, &held->later, NULL,
                                                    asked, out) == MINE_OK;
  mine_model_free(trial);
  return measured;
}

/* A model of the rest is measured on what is held out of it. */
static void recommender_measure(mine_training *t, const mine_interactions *of, mine_model *model) {
  const mine_offers_options asked = {.k = MINE_OFFERS_K, .repeat = -1};
  mine_metric metric[MINE_MAX_METRICS];
  mine_offers_held held;
  mine_quality quality;
  mine_arena *arena = mine__arena_open(t->env);
  if (!arena) return;
  mine__offers_hold(t->env, arena, of, NULL, 0, &held);
  if (!mine_failed(t->env) && held.later.n_customers == 0)
    mine__training_note(t, "rows", "held out",
                        "none: nobody has two baskets, so the model was not measured");
  else if (!mine_failed(t->env) && mine__recommender_try(t, &held, &asked, &quality)) {
    const int n = mine__offers_metrics(arena, &quality, metric);
    for (int i = 0; i < n; i++)
      mine__model_metric(model, metric[i].name, metric[i].value);
    mine__training_notef(t, "rows", "held out",
                         of->timed ? "%lld: the last basket of each customer who has two or more"
                                   : "%lld: a row by chance of each customer who has two or "
                                     "more; there are no times",
                         (long long)held.later.n_customers);
  }
  mine__arena_close(arena);
}

static void recommender_fit(mine_training *t, mine_model *model) {
  mine_interactions of;
  mine_measured_options measured;
  if (MINE_TAKE(t->env, t->arena, &t->asked.options, mine__measured_option_table, &measured) ||
      !mine__recommender_read(t, &of))
    return;
  model->told.rows = of.n_rows;
  if (measured.holdout) recommender_measure(t, &of, model);
  if (!mine_failed(t->env)) (void)recommender_learn(t, &of, model); /* a failure sticks */
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
  const mine_method method = mine__recommender_method(t);
  mine_model *model;
  t->data.task = MINE_RECOMMENDATION;
  t->data.memory.source = t->asked.source_text;
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
