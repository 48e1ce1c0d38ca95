/*
** bayes.c -- naive Bayes: what each class looks like, one column at a time.
**
** Learning is counting: weight, mean and variance of every number, the weight of every
** level, by class (model/bayes.h has the formulas).  Rows are put in order of their class
** and each class is cut into pieces; a task measures one column in one piece, and the
** pieces of a class are joined in their order, so that threads change nothing.  A row of
** weight 2 counts as two rows throughout.
**
** O(n x columns) time; 4 bytes a row beyond the data, and per piece a few numbers for
** each column and level.
*/
#include "../model/bayes.h"

#include <math.h>

#include "../data/moments.h"

#define BAYES_PIECE  65536 /* rows of a piece at least */
#define BAYES_PIECES 32    /* ... and pieces beyond one per class at most */
#define BAYES_TOLD   0.05  /* share of a variance that is told when it is added to it */

enum { BAYES_PRIOR_DATA, BAYES_PRIOR_UNIFORM };
static const char *const bayes_prior_names[] = {"data", "uniform", NULL};

typedef struct bayes_options {
  double smoothing, var_smoothing;
  int prior;
} bayes_options;

static const mine_option bayes_option_table[] = {
    OPTION_REAL(bayes_options, smoothing, .initial = "1", .range = {0, 1e9}, .above_least = 1,
                .help = "rows that every level is thought to have besides those counted"),
    OPTION_REAL(bayes_options, var_smoothing, .initial = "1e-9", .range = {0, 1e9},
                .help = "added to every variance, as a share of the largest of all columns"),
    OPTION_CHOICE(bayes_options, prior, .initial = "data", .choices = bayes_prior_names,
                  .help = "how likely a class is before anything is known of the row: its share "
                          "of the rows, or all the same"),
    OPTION_END};

/* Rows first .. first + n - 1 in the order of the classes, all of one class. */
typedef struct bayes_piece {
  int64_t first, n;
} bayes_piece;

typedef struct bayes_learning {
  mine_env *env;
  const mine_dataset *data;
  const bayes_options *options;
  mine_model *model;
  mine_bayes *bayes;
  int64_t *begin;    /* classes + 1: where each begins in row[] */
  uint32_t *row;     /* frame rows by class                     */
  int64_t *piece_of; /* classes + 1: the first piece of each */
  bayes_piece *piece;
  int64_t n_pieces;
  double *weight;        /* per piece                          */
  mine_moments **number; /* per column: one per piece, or NULL */
  double **count;        /* per column: piece x level, or NULL */
  mine_moments *all;     /* per column: of all classes         */
} bayes_learning;

/* ---- rows by class -------------------------------------------------------------------- */

static void bayes_sort(bayes_learning *b) {
  const mine_batch *rows = &b->data->rows;
  const size_t k = (size_t)b->data->n_classes;
  mine_arena *arena = b->env->scratch;
  b->begin = mine__arena_zeros(arena, k + 1, sizeof *b->begin);
  b->piece_of = mine__arena_zeros(arena, k + 1, sizeof *b->piece_of);
  b->row = mine__arena_array(arena, (size_t)rows->n, sizeof *b->row);
  int64_t *at = mine__arena_zeros(arena, k, sizeof *at);
  if (mine_failed(b->env)) return;
  for (int64_t i = 0; i < rows->n && !MINE_POLL_AT(b->env, i); i++)
    b->begin[b->data->label[mine_batch_row(rows, i)] + 1]++;
  for (size_t c = 0; c < k; c++) {
    b->begin[c + 1] += b->begin[c];
    at[c] = b->begin[c];
  }
  for (int64_t i = 0; i < rows->n && !mine_failed(b->env) && !MINE_POLL_AT(b->env, i); i++) {
    const int64_t row = mine_batch_row(rows, i);
    b->row[at[b->data->label[row]]++] = (uint32_t)row;
  }
}

/* Cut by the number of rows alone. */
static void bayes_cut(bayes_learning *b) {
  const int64_t least = b->data->rows.n / BAYES_PIECES + 1;
  const int64_t longest = least > BAYES_PIECE ? least : BAYES_PIECE;
  for (int c = 0; c < b->data->n_classes; c++)
    b->piece_of[c + 1] = b->piece_of[c] + MINE_BLOCKS(b->begin[c + 1] - b->begin[c], longest);
  b->n_pieces = b->piece_of[b->data->n_classes];
  b->piece = mine__arena_array(b->env->scratch, (size_t)b->n_pieces, sizeof *b->piece);
  for (int c = 0; b->piece && c < b->data->n_classes; c++) {
    const int64_t n = b->begin[c + 1] - b->begin[c], pieces = b->piece_of[c + 1] - b->piece_of[c];
    for (int64_t p = 0; p < pieces; p++) {
      const int64_t first = mine__block_first(n, pieces, p);
      b->piece[b->piece_of[c] + p] =
          (bayes_piece){b->begin[c] + first, mine__block_first(n, pieces, p + 1) - first};
    }
  }
}

/* ---- measuring -------------------------------------------------------------------------- */

/* Task = column and piece; the column after the last is the weight of the rows. */
static void bayes_measure(void *context, int64_t task, int worker) {
  const bayes_learning *b = context;
  const int64_t f = task / b->n_pieces, p = task % b->n_pieces;
  const uint32_t *row = b->row + b->piece[p].first;
  const double *weight = b->data->weight;
  const int64_t n = b->piece[p].n;
  (void)worker;
  if (f == b->data->n_features) {
    for (int64_t i = 0; i < n; i++)
      b->weight[p] += weight ? weight[row[i]] : 1;
  } else if (b->number[f]) {
    mine__moments_of_rows(&b->number[f][p], b->data->rows.feature[f].number, row, weight, n);
  } else {
    const int32_t *code = b->data->rows.feature[f].code;
    double *count = b->count[f] + p * b->bayes->column[f].levels;
    for (int64_t i = 0; i < n; i++)
      if (code[row[i]] >= 0) count[code[row[i]]] += weight ? weight[row[i]] : 1;
  }
}

static void bayes_measure_all(bayes_learning *b) {
  const size_t n = (size_t)b->data->n_features, pieces = (size_t)b->n_pieces;
  mine_arena *arena = b->env->scratch;
  b->weight = mine__arena_zeros(arena, pieces, sizeof *b->weight);
  b->number = mine__arena_zeros(arena, n, sizeof *b->number);
  b->count = mine__arena_zeros(arena, n, sizeof *b->count);
  b->all = mine__arena_zeros(arena, n, sizeof *b->all);
  if (mine_failed(b->env)) return;
  for (size_t f = 0; f < n; f++) {
    const int64_t levels = b->bayes->column[f].levels;
    if (levels) {
      b->count[f] = mine__arena_zeros(arena, pieces, (size_t)levels * sizeof(double));
    } else {
      b->number[f] = mine__arena_array(arena, pieces, sizeof(mine_moments));
    }
  }
  if (mine_failed(b->env)) return;
  if (mine__parallel(b->env, ((int64_t)n + 1) * b->n_pieces, bayes_measure, b)) return;
}

/* ---- joining ------------------------------------------------------------------------------ */

static void bayes_join_levels(bayes_learning *b, int f, int c) {
  mine_bayes_column *column = &b->bayes->column[f];
  const int64_t first = b->piece_of[c], pieces = b->piece_of[c + 1] - first;
  double *count = column->count + c * column->levels;
  if (pieces < 1) return;
  if (mine__sum_blocks(b->env, b->count[f] + first * column->levels, pieces, (size_t)column->levels,
                       count))
    return;
  for (int64_t l = 0; l < column->levels; l++)
    column->known[c] += count[l];
}

static void bayes_join_numbers(bayes_learning *b, int f, int c) {
  mine_bayes_column *column = &b->bayes->column[f];
  mine_moments sum;
  mine__moments_open(&sum, 1);
  for (int64_t p = b->piece_of[c]; p < b->piece_of[c + 1]; p++)
    mine__moments_merge(&sum, &b->number[f][p]);
  mine__moments_merge(&b->all[f], &sum);
  if (sum.n == 0) return;
  column->known[c] = sum.weight;
  column->mean[c] = sum.mean;
  column->variance[c] = sum.m2 / sum.weight;
}

/* A class without a known value of the column is taken to be as all the others. */
static void bayes_fill_numbers(bayes_learning *b, int f) {
  mine_bayes_column *column = &b->bayes->column[f];
  const mine_moments *all = &b->all[f];
  for (int c = 0; c < b->data->n_classes && all->n > 0; c++) {
    if (column->known[c] > 0) continue;
    column->mean[c] = all->mean;
    column->variance[c] = all->m2 / all->weight;
  }
}

static void bayes_join(bayes_learning *b) {
  const int k = b->data->n_classes;
  for (int c = 0; c < k; c++) {
    const int64_t first = b->piece_of[c], pieces = b->piece_of[c + 1] - first;
    if (pieces > 0 && mine__sum_blocks(b->env, b->weight + first, pieces, 1, &b->bayes->weight[c]))
      return;
  }
  for (int f = 0; f < b->data->n_features && !mine_failed(b->env); f++) {
    mine__moments_open(&b->all[f], 1);
    for (int c = 0; c < k && !mine_failed(b->env); c++) {
      if (b->count[f]) {
        bayes_join_levels(b, f, c);
      } else {
        bayes_join_numbers(b, f, c);
      }
    }
    if (b->number[f]) bayes_fill_numbers(b, f);
  }
}

/* ---- smoothing and priors ------------------------------------------------------------------ */

static double bayes_overall(const bayes_learning *b, int f) {
  return b->all[f].n > 0 ? b->all[f].m2 / b->all[f].weight : 0;
}

static void bayes_too_far(bayes_learning *b, int f) {
  (void)mine__fail(b->env, MINE_NUMERIC,
                   "the values of column '%s' are too far apart, or too close, for their variance "
                   "to be computed with; rescale or ignore it",
                   b->data->about[f].name);
}

/* What is added to each variance, and whether all can be computed with then. */
static void bayes_smooth(bayes_learning *b) {
  mine_bayes *m = b->bayes;
  double largest = 0;
  for (int f = 0; f < m->n_columns; f++) {
    const int underflow = bayes_overall(b, f) == 0 && b->all[f].least < b->all[f].most;
    if (!isfinite(bayes_overall(b, f)) || !isfinite(b->all[f].mean) || underflow) {
      bayes_too_far(b, f);
      return;
    }
    largest = fmax(largest, bayes_overall(b, f));
  }
  m->smoothing = b->options->smoothing;
  m->added = b->options->var_smoothing * largest;
  for (int f = 0; f < m->n_columns; f++) {
    for (int c = 0; b->number[f] && c < m->n_classes; c++) {
      const double raised = m->column[f].variance[c] + m->added;
      char shown[MINE_SHOW_BYTES];
      mine_cell class_;
      if (!mine_bayes_spread_sound(raised)) bayes_too_far(b, f);
      if (mine_failed(b->env)) return;
      if (raised > 0 || !(bayes_overall(b, f) > 0)) continue;
      mine__model_group(b->model, c + 1, &class_);
      (void)mine__fail(b->env, MINE_NUMERIC,
                       "the values of column '%s' are all equal in class %s, so that their "
                       "variance is 0, and var_smoothing=%s adds nothing; give var_smoothing=1e-9, "
                       "or ignore the column",
                       b->data->about[f].name, mine__show_cell(shown, &class_),
                       b->options->var_smoothing > 0 ? "so small" : "0");
      return;
    }
  }
}

/* A class without rows (in a fold, say) has no share of a uniform prior either: nothing
** is known of what it looks like. */
static void bayes_priors(bayes_learning *b) {
  mine_bayes *m = b->bayes;
  double all = 0, classes = 0;
  for (int c = 0; c < m->n_classes; c++) {
    all += m->weight[c];
    classes += m->weight[c] > 0;
  }
  m->counted = b->options->prior == BAYES_PRIOR_DATA;
  for (int c = 0; c < m->n_classes; c++)
    m->prior[c] = m->counted ? m->weight[c] / all : (m->weight[c] > 0) / classes;
}

/* ---- telling -------------------------------------------------------------------------------- */

static const char *bayes_class(const bayes_learning *b, int c, char shown[MINE_SHOW_BYTES]) {
  mine_cell cell;
  mine__model_group(b->model, c + 1, &cell);
  return mine__show_cell(shown, &cell);
}

static void bayes_tell_classes(const bayes_learning *b) {
  int single = 0, first = -1;
  char shown[MINE_SHOW_BYTES];
  for (int c = 0; c < b->data->n_classes; c++) {
    if (b->begin[c + 1] - b->begin[c] != 1) continue;
    single++;
    if (first < 0) first = c;
  }
  if (single == 1)
    mine__model_note(b->model, "warning", b->model->roles.target,
                     "class %s has only one row: it has no variance but what var_smoothing adds",
                     bayes_class(b, first, shown));
  if (single > 1)
    mine__model_note(b->model, "warning", b->model->roles.target,
                     "%d classes, %s among them, have only one row: they have no variance but "
                     "what var_smoothing adds",
                     single, bayes_class(b, first, shown));
}

/* The first class that has rows and no known value, or rows that are all equal. */
static void bayes_tell_column(const bayes_learning *b, int f) {
  const mine_bayes_column *column = &b->bayes->column[f];
  const char *name = b->data->about[f].name;
  int unknown = -1, equal = -1;
  char shown[MINE_SHOW_BYTES];
  for (int c = b->data->n_classes - 1; c >= 0; c--) {
    const int64_t rows = b->begin[c + 1] - b->begin[c];
    if (rows > 0 && !(column->known[c] > 0)) unknown = c;
    if (b->number[f] && rows > 1 && column->known[c] > 0 && column->variance[c] == 0) equal = c;
  }
  if (unknown >= 0)
    mine__model_note(b->model, "warning", name, "missing in every row of class %s: %s",
                     bayes_class(b, unknown, shown),
                     b->number[f] ? "there it is taken to be as in all rows"
                                  : "there every level is taken to be as likely");
  if (equal >= 0 && bayes_overall(b, f) > 0)
    mine__model_note(b->model, "warning", name,
                     "the same number in every row of class %s: another one rules the class out, "
                     "but for what var_smoothing adds",
                     bayes_class(b, equal, shown));
}

/* var_smoothing is a share of the largest variance: beside a column in the millions, one
** between 0 and 1 may drown in it. */
static void bayes_tell_added(const bayes_learning *b) {
  int largest = 0, drowned = 0, first = -1;
  for (int f = 0; f < b->data->n_features; f++) {
    const double overall = bayes_overall(b, f);
    if (overall > bayes_overall(b, largest)) largest = f;
    if (!(overall > 0) || b->bayes->added <= BAYES_TOLD * overall) continue;
    drowned++;
    if (first < 0) first = f;
  }
  if (drowned == 0) return;
  mine_text others;
  mine__text_open(&others, b->env->scratch);
  if (drowned > 1) mine__text_addf(&others, " (and %d more)", drowned - 1);
  mine__model_note(
      b->model, "warning", b->data->about[first].name,
      "is blurred%s: var_smoothing adds more than a twentieth to its variance, being a "
      "share of that of '%s'; divide '%s' by a thousand, or give a smaller "
      "var_smoothing",
      drowned > 1 ? others.data : "", b->data->about[largest].name, b->data->about[largest].name);
}

static void bayes_tell(const bayes_learning *b) {
  char number[MINE_NUMBER_BYTES];
  int numbers = 0;
  mine__model_note(
      b->model, "fit", "prior", "%s",
      b->bayes->counted ? "the classes' shares of the rows" : "the same for all classes");
  for (int f = 0; f < b->data->n_features; f++)
    numbers += b->number[f] != NULL;
  if (numbers < b->data->n_features)
    mine__model_note(b->model, "fit", "smoothing", "%s is added to the rows of every level",
                     mine__format_real(number, b->bayes->smoothing, 6));
  if (numbers > 0)
    mine__model_note(b->model, "fit", "var_smoothing", "%s is added to every variance",
                     mine__format_real(number, b->bayes->added, 6));
  bayes_tell_classes(b);
  for (int f = 0; f < b->data->n_features; f++)
    bayes_tell_column(b, f);
  bayes_tell_added(b);
}

/* ---- fit ------------------------------------------------------------------------------------ */

static mine_status bayes_fit(mine_env *env, const mine_dataset *data, const void *options,
                             mine_model *model) {
  bayes_learning b = {.env = env, .data = data, .options = options, .model = model};
  if (data->rows.n < 1) {
    return mine__fail(env, MINE_DATA, "there are no rows to learn from; give a source with rows");
  }
  if (data->n_features < 1) {
    return mine__fail(env, MINE_DATA,
                      "there is no column to tell classes apart by; add one that varies");
  }
  b.bayes = mine__bayes_new(model->arena, data->n_classes, data->about, data->n_features);
  if (!mine_failed(env)) bayes_sort(&b);
  if (!mine_failed(env)) bayes_cut(&b);
  if (!mine_failed(env)) bayes_measure_all(&b);
  if (!mine_failed(env)) bayes_join(&b);
  if (!mine_failed(env)) bayes_smooth(&b);
  if (mine_failed(env)) return mine_env_status(env);
  bayes_priors(&b);
  bayes_tell(&b);
  mine__bayes_prepare(model->arena, b.bayes);
  model->body = b.bayes;
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_bayes = {
    .name = "bayes",
    .title = "naive Bayes: how likely each value is in each class, all columns multiplied",
    .citation =
        "Maron (1961), Automatic indexing: an experimental inquiry, Journal of the ACM 8; "
        "Lidstone (1920), Note on the general case of the Bayes-Laplace formula, Transactions "
        "of the Faculty of Actuaries 8",
    .notes =
        "Takes the columns of a class to be independent of each other: numbers by their mean "
        "and deviation in the class (normal distribution), categories by the shares of their "
        "levels. One pass over the rows, and every figure can be read by `mine_coefficients`. "
        "A missing value, and a level that training never met, is left out. Columns that say "
        "the same twice count twice, so that probabilities come out too near to 0 and 1; the "
        "ranking suffers less.",
    .example =
        "SELECT name, round(value, 2) AS value\n"
        "FROM mine_coefficients((SELECT mine_fit('bayes',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*7%31 + i*13%17 > 26 AS churned FROM n',\n"
        "  'target=churned')));",
    .tasks = MINE_CLASSIFICATION,
    .reads = "attributes",
    .options_size = sizeof(bayes_options),
    .options = bayes_option_table,
    .kind = &mine__kind_bayes,
    .fit = bayes_fit,
};
