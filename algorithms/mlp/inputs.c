/*
** inputs.c -- numbers in units of their deviation, levels as rows of tables, the target.
**
** They are measured once, over all rows given, and stand row by row: batches take rows in an
** order drawn by chance, and a row is then one or two lines of the cache.
*/
#include <string.h>

#include "../data/moments.h"
#include "../tree/target.h"
#include "mlp.h"

#define INPUTS_FEW     32 /* levels that are inputs of 0 or 1                    */
#define INPUTS_LEAST   4  /* inputs that more levels stand for: about their root */
#define INPUTS_MOST    16
#define INPUTS_BEND    3.0 /* deviations: what lies far out counts less and less  */
#define INPUTS_TINY    1e-140
#define INPUTS_BLOCK   1024
#define INPUTS_CERTAIN 20.0 /* log-odds at most to begin with */

typedef struct inputs_job {
  const mine_dataset *data;
  const mine_network *m;
  const mlp_inputs *to;
  mine_moments *moments; /* per column */
} inputs_job;

/* ---- measuring -------------------------------------------------------------------------- */

static void inputs_measure_task(void *context, int64_t f, int worker) {
  const inputs_job *job = context;
  const mine_batch *rows = &job->data->rows;
  const mine_feature_view *view = &rows->feature[f];
  (void)worker;
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    job->to->missing[f] += view->code ? view->code[row] < 0 : isnan(view->number[row]);
  }
  if (view->number)
    mine__moments_of_rows(&job->moments[f], view->number, rows->row, job->data->weight, rows->n);
}

static void inputs_number(mine_env *env, const mine_feature *about, const mine_moments *found,
                          mine_network_column *column) {
  column->mean = found->n ? found->mean : 0;
  column->deviation = found->n ? sqrt(found->m2 / found->weight) : 1;
  if (!isfinite(column->mean) || !isfinite(column->deviation) ||
      (found->n && found->least < found->most && column->deviation < INPUTS_TINY)) {
    (void)mine__fail(env, MINE_NUMERIC,
                     "the values of column '%s' are too far apart, or too close, to be computed "
                     "with; rescale or ignore it",
                     about->name);
  }
  if (!(column->deviation > 0)) column->deviation = 1;
}

/* About the root of the number of levels. */
static int64_t inputs_embedded(int64_t levels) {
  int64_t width = INPUTS_LEAST;
  while (width < INPUTS_MOST && width * width < levels)
    width++;
  return width;
}

static void inputs_columns(mine_env *env, const inputs_job *job, mine_network *m) {
  for (int f = 0; f < m->n_columns && !mine_failed(env); f++) {
    const mine_feature *about = &job->data->about[f];
    mine_network_column *column = &m->column[f];
    const int gaps = job->to->missing[f] > 0;
    column->deviation = 1;
    if (about->type != MINE_COLUMN_CATEGORY) {
      column->form = gaps ? MINE_NETWORK_GAPS : MINE_NETWORK_NUMBER;
      inputs_number(env, about, &job->moments[f], column);
      continue;
    }
    column->levels = about->levels.values.n;
    const int few = column->levels <= INPUTS_FEW;
    column->form = few ? MINE_NETWORK_LEVELS : MINE_NETWORK_EMBEDDED_LEVELS;
    column->inputs = few ? 0 : inputs_embedded(column->levels);
  }
  m->bend = INPUTS_BEND;
  if (mine_failed(env) || mine__network_lay(m)) return;
  (void)mine__fail(env, MINE_LIMIT,
                   "the network would have more weights than can be addressed; give fewer units, "
                   "such as hidden=64|32, or ignore columns of many levels");
}

/* ---- gathering --------------------------------------------------------------------------- */

static void inputs_gather_task(void *context, int64_t task, int worker) {
  const inputs_job *job = context;
  const mlp_inputs *to = job->to;
  const mine_batch *rows = &job->data->rows;
  const int64_t first = task * INPUTS_BLOCK;
  const int64_t end = first + INPUTS_BLOCK < rows->n ? first + INPUTS_BLOCK : rows->n;
  (void)worker;
  for (int f = 0, t = 0; f < job->m->n_columns; f++) {
    const mine_network_column *column = &job->m->column[f];
    const mine_feature_view *view = &rows->feature[f];
    for (int64_t i = first; i < end && view->code; i++) {
      const int32_t code = view->code[mine_batch_row(rows, i)];
      to->row[i * to->tables + t] = code >= 0 ? code : (int32_t)column->levels;
    }
    t += view->code != NULL;
    for (int64_t i = first; i < end && view->number; i++) {
      const double v = view->number[mine_batch_row(rows, i)];
      float *x = to->x + i * to->numbers + column->input;
      x[0] = v == v ? (float)mine_network_number(job->m, column, v) : 0;
      if (column->form == MINE_NETWORK_GAPS) x[1] = v != v;
    }
  }
}

/* ---- the target -------------------------------------------------------------------------- */

/* Around the mean, in units of the deviation, by weight. */
static void inputs_center(const mine_tree_target *t, mine_network *m, mlp_inputs *in) {
  double total = 0, mean = 0, squares = 0;
  for (int64_t i = 0; i < in->n; i++) {
    total += mlp_weight(in, i);
    mean += mlp_weight(in, i) * t->y[i];
  }
  mean /= total;
  for (int64_t i = 0; i < in->n; i++)
    squares += mlp_weight(in, i) * (t->y[i] - mean) * (t->y[i] - mean);
  const double deviation = squares > 0 ? sqrt(squares / total) : 1;
  for (int64_t i = 0; i < in->n; i++)
    in->y[i] = (t->y[i] - mean) / deviation;
  m->middle = t->middle + t->unit * mean;
  m->unit = t->unit * deviation;
  in->base[0] = 0;
  in->none = squares > 0 ? 0.5 : 0;
}

static void inputs_classes(const mine_tree_target *t, mlp_inputs *in, double *count) {
  double total = 0;
  in->none = 0;
  for (int64_t i = 0; i < in->n; i++) {
    count[t->label[i]] += mlp_weight(in, i);
    total += mlp_weight(in, i);
  }
  for (int c = 0; c < t->classes; c++)
    if (count[c] > 0) in->none -= count[c] / total * log(count[c] / total);
  for (int c = 0; c < t->classes; c++)
    count[c] = fmax(log(count[c] / total), -INPUTS_CERTAIN);
  in->base[0] = count[1] - count[0];
  if (t->classes > 2) memcpy(in->base, count, (size_t)t->classes * sizeof *count);
}

static void inputs_target(mine_env *env, mine_arena *arena, const mine_dataset *data,
                          mine_network *m, mlp_inputs *in) {
  mine_tree_target t;
  if (mine__tree_target(env, arena, data, 1, &t)) return;
  const size_t classes = (size_t)(t.classes > 0 ? t.classes : 1);
  double *count = mine__arena_zeros(arena, classes, sizeof *count);
  in->base = mine__arena_zeros(arena, classes, sizeof *in->base);
  in->y = t.classes ? NULL : mine__arena_array(arena, (size_t)t.n, sizeof *in->y);
  if (mine_failed(env)) return;
  in->label = t.label;
  in->weight = t.weight;
  m->unit = 1;
  if (t.classes) {
    inputs_classes(&t, in, count);
  } else {
    inputs_center(&t, m, in);
  }
}

void mine__mlp_inputs(mine_env *env, mine_arena *arena, const mine_dataset *data, mine_network *m,
                      mlp_inputs *out) {
  const size_t n = (size_t)data->rows.n, width = (size_t)data->n_features;
  *out = (mlp_inputs){.n = data->rows.n};
  inputs_job job = {.data = data, .m = m, .to = out};
  job.moments = mine__arena_zeros(arena, width, sizeof *job.moments);
  out->missing = mine__arena_zeros(arena, width, sizeof *out->missing);
  out->table = mine__arena_zeros(arena, width, sizeof *out->table);
  if (mine_failed(env) || mine__parallel(env, data->n_features, inputs_measure_task, &job)) return;
  inputs_columns(env, &job, m);
  if (mine_failed(env)) return;
  for (int f = 0; f < m->n_columns; f++)
    if (m->column[f].form > MINE_NETWORK_GAPS) out->table[out->tables++] = f;
  out->numbers = m->numbers;
  out->x = mine__arena_array(arena, n, (size_t)out->numbers * sizeof *out->x);
  out->row = mine__arena_array(arena, n, (size_t)out->tables * sizeof *out->row);
  if (mine_failed(env) ||
      mine__parallel(env, MINE_BLOCKS(out->n, INPUTS_BLOCK), inputs_gather_task, &job))
    return;
  inputs_target(env, arena, data, m, out);
}

void mine__mlp_tell_missing(const mine_dataset *data, const mlp_inputs *in, mine_model *model) {
  char number[MINE_NUMBER_BYTES];
  for (int f = 0; f < data->n_features; f++) {
    if (in->missing[f] == 0) continue;
    const double share = (double)in->missing[f] / (double)data->rows.n * 100;
    const int category = data->about[f].type == MINE_COLUMN_CATEGORY;
    mine__model_note(model, "fit", data->about[f].name,
                     category ? "missing in %lld rows (%s%%): a level of its own"
                              : "missing in %lld rows (%s%%): there it stands at its mean, and an "
                                "input of its own says so",
                     (long long)in->missing[f], mine__format_real(number, share, 3));
  }
}
