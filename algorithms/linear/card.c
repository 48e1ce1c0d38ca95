/*
** card.c -- attributes as the weights of evidence of their bins (card.h).
*/
#include "card.h"

typedef struct card_job {
  const mine_dataset *data;
  const mine_woe *woe;
  double **number; /* per feature, by frame row */
} card_job;

/* Task = feature. */
static void card_code_task(void *context, int64_t f, int worker) {
  const card_job *job = context;
  const mine_batch *rows = &job->data->rows;
  (void)worker;
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    job->number[f][row] = mine_woe_of(&job->woe[f], &rows->feature[f], row);
  }
}

static int64_t card_frame_rows(const mine_batch *rows) {
  int64_t most = 0;
  for (int64_t i = 0; rows->row && i < rows->n; i++)
    if (rows->row[i] >= most) most = (int64_t)rows->row[i] + 1;
  return rows->row ? most : rows->n;
}

static void card_numbers(mine_env *env, const mine_dataset *data, const mine_woe *woe,
                         mine_dataset *out) {
  const size_t n = (size_t)data->n_features, rows = (size_t)card_frame_rows(&data->rows);
  mine_feature *about = mine__arena_array(env->scratch, n, sizeof *about);
  mine_feature_view *view = mine__arena_zeros(env->scratch, n, sizeof *view);
  card_job job = {data, woe, mine__arena_zeros(env->scratch, n, sizeof(double *))};
  for (size_t f = 0; !mine_failed(env) && f < n; f++) {
    about[f] = data->about[f];
    about[f].type = MINE_COLUMN_NUMERIC;
    job.number[f] = mine__arena_array(env->scratch, rows, sizeof(double));
    view[f].number = job.number[f];
  }
  if (mine_failed(env)) return;
  *out = *data;
  out->about = about;
  out->rows.feature = view;
  if (mine__parallel(env, data->n_features, card_code_task, &job)) return;
}

mine_status mine__card_code(mine_env *env, const mine_dataset *data,
                            const mine_woe_options *options, mine_model *model, mine_dataset *out,
                            mine_woe **woe) {
  const size_t n = (size_t)data->n_features;
  if (data->n_classes != 2) {
    return mine__fail(env, MINE_DATA,
                      "transform=woe compares two classes, and the target has %d; make one of them "
                      "against the others the target, or leave transform out",
                      data->n_classes);
  }
  *woe = mine__arena_zeros(model->arena, n, sizeof **woe);
  if (!*woe) return mine_env_status(env);
  MINE_TRY(mine__woe_make(env, model->arena, data, model->positive == 0 ? 0 : 1, options, *woe));
  for (size_t f = 0; f < n; f++)
    mine__model_note(model, "bins", data->about[f].name, "%s", mine__woe_words(env, &(*woe)[f]));
  card_numbers(env, data, *woe, out);
  return mine_env_status(env);
}

void mine__card_tell(const mine_linear *linear, const mine_woe *woe, mine_model *model) {
  const double sign = model->positive == 0 ? -1 : 1;
  int say = 0;
  for (int f = 0; f < linear->n_columns; f++) {
    say += mine__woe_iv(&woe[f]) > 0 && linear->column[f].error[0] != MINE_LINEAR_DROPPED;
    if (sign * linear->column[f].coef[0] < 0)
      mine__model_note(model, "warning", model->feature[f].name,
                       "has a coefficient below 0: beside the other attributes it counts against "
                       "its own bins; leave it out, or what says the same");
  }
  if (say == 0)
    mine__model_note(model, "warning", "",
                     "no attribute tells the classes apart: the same points for all rows");
}
