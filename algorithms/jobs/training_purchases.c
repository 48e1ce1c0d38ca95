/*
** training_purchases.c -- training of algorithms that read purchases rather than rows of
** attributes: their columns, what is counted of them, and the model.
**
** There is no target and nothing is held out by rows: what the algorithm holds out is time.
*/
#include <string.h>

#include "training.h"

static const char *const purchases_units[] = {"auto", MINE_PERIOD_NAMES, NULL};

const mine_option mine__purchases_option_table[] = {
    OPTION_CHOICE(mine_purchases_options, unit, .initial = "auto", .choices = purchases_units,
                  .help = "what time is counted in, and of a summary what it was counted in: auto "
                          "is week, of bgbb month"),
    OPTION_REAL(mine_purchases_options, holdout, .initial = "0.5", .range = {0, 0.9},
                .help = "the last part of the log's time, which a fit of the first part is "
                        "compared with; 0: nothing is compared"),
    OPTION_END};

mine_status mine__training_purchases_frame(mine_training *t) {
  const mine__options *options = &t->asked.options;
  const mine_events *parsed = mine__options_of(options, options->wants);
  t->reading = (mine_purchases_reading){.events = *parsed};
  t->reading.events.want = mine__history_wants;
  return mine__frame_open(t->env, mine__purchases_plan, &t->reading, &t->frame);
}

static void purchases_keep_column(const mine_training *t, mine_model *model, const mine_want *want,
                                  int column) {
  if (column < 0 || !model->read) return;
  const char *name = t->frame->column[column].name;
  mine_model_read *read = &model->read[model->n_reads++];
  read->want = mine__arena_text(model->arena, want->name, strlen(want->name));
  read->column = mine__arena_text(model->arena, name, strlen(name));
}

void mine__training_keep_reads(const mine_training *t, mine_model *model, const mine_want *want,
                               const int *column) {
  int n = 0;
  while (want[n].name)
    n++;
  model->read = mine__arena_zeros(model->arena, (size_t)n, sizeof *model->read);
  for (int i = 0; i < n; i++)
    purchases_keep_column(t, model, &want[i], column[i]);
}

static void purchases_keep_columns(const mine_training *t, mine_model *model) {
  const mine_purchases_reading *reading = &t->reading;
  const mine_want *want = reading->is_summary ? mine__purchases_summary_wants : mine__history_wants;
  mine__training_keep_reads(t, model, want,
                            reading->is_summary ? reading->column : reading->events.column);
}

/* The whole fit, whose temporary memory is rewound. */
static void purchases_fit(mine_training *t, mine_model *model) {
  const mine_algorithm *algorithm = t->asked.algorithm;
  mine_purchases_options said;
  mine_history_options history;
  mine_purchases purchases;
  const mine__options *options = &t->asked.options;
  if (MINE_TAKE(t->env, t->arena, options, mine__purchases_option_table, &said) ||
      MINE_TAKE(t->env, t->arena, options, mine__history_option_table, &history))
    return;
  const mine_period usual = algorithm->whole ? MINE_PERIOD_MONTH : MINE_PERIOD_WEEK;
  const mine_purchases_how how = {
      .unit = said.unit > 0 ? (mine_period)(said.unit - 1) : usual,
      .whole = algorithm->whole,
      .history = &history,
      .returns_said = mine__options_given(options->group, options->n, "returns"),
      .holdout = said.holdout,
      .skips = 1,
      .note = mine__training_note,
      .context = t};
  mine__purchases_read(t->env, t->arena, t->frame, &t->reading, &how, &purchases);
  if (mine_failed(t->env)) return;
  model->told.rows = purchases.n;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  (void)algorithm->learn(t->env, &purchases, t->asked.own, model); /* a failure sticks */
  mine__arena_rewind(t->env->scratch, mark);
}

mine_status mine__training_purchases(mine_training *t, mine_trained *out) {
  mine_env *env = t->env;
  const mine_method method = {t->asked.algorithm, t->asked.own, t->asked.canonical,
                              MINE_CALIBRATE_NONE};
  mine_model *model;
  t->data.task = MINE_PURCHASES;
  t->data.memory.source = t->asked.source_text;
  MINE_TRY(mine__prepared_model(env, &t->data, &method, 0, &model));
  purchases_fit(t, model);
  if (!mine_failed(env)) purchases_keep_columns(t, model);
  if (!mine_failed(env)) mine__training_report(t, model);
  if (mine_failed(env) || mine__model_seal(env, model)) {
    mine_model_free(model);
    return mine_env_status(env);
  }
  *out = (mine_trained){model, NULL};
  return MINE_OK;
}
