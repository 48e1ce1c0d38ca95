/*
** correlate.c -- mine_correlate: how two numbers move together, for every pair of them.
**
**   pearson   r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2  sum (y - my)^2)
**   spearman  the same of the ranks; equal values share the mean of their ranks
**   kendall   tau-b: pairs of rows in the same order less those in opposite order, over the
**             pairs that have one (kernel/ranks.h)
**
** The p-value of the first two is of t = r sqrt((n - 2) / (1 - r^2)), Student with n - 2
** degrees of freedom (Fisher 1915; R's cor.test, for spearman with exact = FALSE); of spearman it
** is exact, from all orders, up to 9 rows without equal values, as R's (which beyond has a series
** that is no nearer); of kendall exact below 50 such rows, else normal with the variance for ties.
** The interval is that of Fisher's z = atanh r, normal with deviation 1 / sqrt(n - 3), as R's;
** for ranks with the variance of Fieller, Hartley & Pearson (1957): 1.06 / (n - 3) for
** spearman, 0.437 / (n - 4) for kendall.  Each pair uses the rows in which both are there.  O(n)
** a pair, O(n log n) with ranks; pairs are computed side by side.
*/
#include <math.h>

#include "../core/parallel.h"
#include "../kernel/ranks.h"
#include "../kernel/special.h"
#include "verb.h"

enum { CORRELATE_PEARSON, CORRELATE_SPEARMAN, CORRELATE_KENDALL };
#define CORRELATE_EXACT 50 /* kendall */
static const char *const correlate_methods[] = {"pearson", "spearman", "kendall", NULL};

typedef struct correlate_options {
  int method;
  double level;
} correlate_options;

static const mine_option correlate_table[] = {
    OPTION_CHOICE(
        correlate_options, method, .initial = "pearson", .choices = correlate_methods,
        .help = "pearson: of the values; spearman: of their ranks; kendall: tau-b, of the order "
                "of pairs of rows"),
    OPTION_REAL(correlate_options, level, .initial = "0.95", .range = {0.5, 0.9999},
                .help = "how often the interval holds the true coefficient"),
    OPTION_END};

/* What one worker needs for a pair. */
typedef struct correlate_room {
  double *x, *y;
  mine_pair *order, *temp;
  uint32_t *rank, *merge; /* kendall */
} correlate_room;

typedef struct correlation {
  const mine_column *first, *second;
  int64_t rows;
  double r, p, low, high;
  int exact; /* few rows, no equal values: p comes after the tasks */
} correlation;

typedef struct correlate_state {
  int64_t n; /* rows of the source */
  int method;
  double far; /* of the interval, in standard errors */
  correlation *pair;
  correlate_room *room; /* per worker */
} correlate_state;

/* The rows in which both columns have a value. */
static int64_t correlate_gather(const correlation *c, int64_t n, correlate_room *room) {
  int64_t rows = 0;
  for (int64_t i = 0; i < n; i++) {
    const double x = c->first->number[i], y = c->second->number[i];
    if (isnan(x) || isnan(y)) continue;
    room->x[rows] = x;
    room->y[rows++] = y;
  }
  return rows;
}

static double correlate_mean(const double *x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += x[i];
  const double mean = sum / (double)n;
  double rest = 0; /* what rounding has left out */
  for (int64_t i = 0; i < n; i++)
    rest += x[i] - mean;
  return mean + rest / (double)n;
}

/* By a power of two, so that the largest is about 1: squares neither overflow nor vanish. */
static void correlate_scale(double *x, int64_t n) {
  double largest = 0;
  for (int64_t i = 0; i < n; i++)
    largest = fmax(largest, fabs(x[i]));
  if (!(largest > 0)) return;
  const int power = -ilogb(largest);
  for (int64_t i = 0; i < n; i++)
    x[i] = ldexp(x[i], power);
}

/* NAN where one of the two is constant.  Changes the scale of both. */
static double correlate_pearson(double *x, double *y, int64_t n) {
  correlate_scale(x, n);
  correlate_scale(y, n);
  const double mx = correlate_mean(x, n), my = correlate_mean(y, n);
  double xx = 0, yy = 0, xy = 0;
  for (int64_t i = 0; i < n; i++) {
    const double dx = x[i] - mx, dy = y[i] - my;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (!(xx > 0 && yy > 0)) return NAN;
  const double r = xy / sqrt(xx * yy); /* one root: a line gives 1, not nearly 1 */
  return r > 1 ? 1 : r < -1 ? -1 : r;
}

/* The variance of atanh r, times the rows less `lost`. */
static const struct { double variance, lost; } correlate_fisher[] = {{1, 3}, {1.06, 3}, {0.437, 4}};

static void correlate_interval(const correlate_state *state, correlation *c) {
  const double rows = (double)c->rows - correlate_fisher[state->method].lost;
  if (isnan(c->r) || rows <= 0) return;
  const double away = state->far * sqrt(correlate_fisher[state->method].variance / rows);
  c->low = tanh(atanh(c->r) - away);
  c->high = tanh(atanh(c->r) + away);
}

static void correlate_kendall(correlation *c, correlate_room *room) {
  const mine__concord counts = mine__concordance(room->x, room->y, c->rows, room->order, room->temp,
                                                 room->rank, room->merge);
  c->r = mine__tau_b(&counts);
  if (isnan(c->r)) return;
  c->exact = c->rows < CORRELATE_EXACT && counts.tied_x + counts.tied_y == 0;
  const double z = counts.score / sqrt(mine__concord_variance(&counts, c->rows));
  c->p = 2 * mine__normal_tail(fabs(z), MINE__UPPER);
}

static void correlate_task(void *context, int64_t task, int worker) {
  correlate_state *state = context;
  correlation *c = &state->pair[task];
  correlate_room *room = &state->room[worker];
  c->rows = correlate_gather(c, state->n, room);
  c->r = c->p = c->low = c->high = NAN;
  if (c->rows < 2) return;
  if (state->method == CORRELATE_KENDALL) {
    correlate_kendall(c, room);
    correlate_interval(state, c);
    return;
  }
  if (state->method == CORRELATE_SPEARMAN) {
    const double ties = mine__ranks(NULL, room->x, c->rows, room->order, room->temp) +
                        mine__ranks(NULL, room->y, c->rows, room->order, room->temp);
    c->exact = c->rows <= MINE_SPEARMAN_EXACT && ties == 0;
  }
  c->r = correlate_pearson(room->x, room->y, c->rows);
  correlate_interval(state, c);
  if (isnan(c->r) || c->rows < 3) return;
  const double df = (double)(c->rows - 2);
  const double t = fabs(c->r) * sqrt(df / ((1 - c->r) * (1 + c->r)));
  c->p = 2 * mine__t_tail(t, df, MINE__UPPER);
}

static void correlate_open_rooms(mine_job *job, correlate_state *state) {
  const size_t n = (size_t)state->n, workers = (size_t)job->env->threads;
  state->room = mine__arena_zeros(job->arena, workers, sizeof *state->room);
  for (size_t w = 0; state->room && w < workers; w++) {
    correlate_room *room = &state->room[w];
    room->x = mine__arena_array(job->arena, n, sizeof *room->x);
    room->y = mine__arena_array(job->arena, n, sizeof *room->y);
    if (state->method == CORRELATE_PEARSON) continue;
    room->order = mine__arena_array(job->arena, n, sizeof *room->order);
    room->temp = mine__arena_array(job->arena, n, sizeof *room->temp);
    if (state->method == CORRELATE_SPEARMAN) continue;
    room->rank = mine__arena_array(job->arena, n, sizeof *room->rank);
    room->merge = mine__arena_array(job->arena, n, sizeof *room->merge);
  }
}

/* Every pair of two numeric columns, in the order of the source. */
static int64_t correlate_pairs(const mine_job *job, correlation *pair) {
  const mine_chosen *chosen = &job->attributes.chosen;
  int64_t n = 0;
  for (int a = 0; a < chosen->n; a++) {
    const mine_column *first = &job->frame->column[chosen->column[a]];
    for (int b = a + 1; first->number && b < chosen->n; b++) {
      const mine_column *second = &job->frame->column[chosen->column[b]];
      if (second->number) pair[n++] = (correlation){.first = first, .second = second};
    }
  }
  return n;
}

/* p for few rows: it needs memory, which a task has not. */
static void correlate_exact(mine_env *env, int method, correlation *c) {
  if (!c->exact || isnan(c->r)) return;
  const double n = (double)c->rows, pairs = n * (n - 1) / 2;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine__exact_tails e =
      method == CORRELATE_KENDALL
          ? mine__kendall_exact(env->scratch, c->rows, (int64_t)nearbyint((c->r + 1) / 2 * pairs))
          : mine__spearman_exact(env->scratch, c->rows,
                                 (int64_t)nearbyint((1 - c->r) / 6 * n * (n * n - 1)));
  c->p = fmin(1, 2 * fmin(e.lower, e.upper));
  mine__arena_rewind(env->scratch, mark);
}

static mine_status correlate_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const correlate_options *options = mine__options_of(&job->options, correlate_table);
  MINE_TRY(mine__job_attributes_finish(job));
  const size_t d = (size_t)job->attributes.chosen.n;
  correlate_state state = {.n = job->frame->rows, .method = options->method};
  state.far = mine__normal_quantile((1 - options->level) / 2, MINE__UPPER);
  state.pair = mine__arena_array(job->arena, d * (d - 1) / 2 + 1, sizeof *state.pair);
  if (!state.pair) return mine_env_status(env);
  const int64_t pairs = correlate_pairs(job, state.pair);
  if (pairs == 0) {
    return mine__fail(env, MINE_DATA,
                      "fewer than two attributes are numbers that vary; select two columns of "
                      "numbers after the id%s",
                      mine__roles_almost_any(&job->attributes.roles, job->frame));
  }
  correlate_open_rooms(job, &state);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, pairs, correlate_task, &state));
  for (int64_t i = 0; i < pairs && !mine_failed(env); i++) {
    correlate_exact(env, state.method, &state.pair[i]);
    mine__row_text(out, state.pair[i].first->name);
    mine__row_text(out, state.pair[i].second->name);
    mine__row_text(out, correlate_methods[state.method]);
    mine__row_real(out, state.pair[i].r);
    mine__row_real(out, state.pair[i].p);
    mine__row_int(out, state.pair[i].rows);
    mine__row_real(out, state.pair[i].low);
    mine__row_real(out, state.pair[i].high);
    mine__relation_end_row(out);
  }
  return mine_env_status(env);
}

static const mine_answer correlate_answer[] = {
    {"first", MINE_ANSWER_TEXT, 1, "an attribute that is a number"},
    {"second", MINE_ANSWER_TEXT, 1, "another, later in the source"},
    {"method", MINE_ANSWER_TEXT, 0, "as the option says"},
    {"coefficient", MINE_ANSWER_REAL, 0, "-1 to 1; NULL when one of the two does not vary"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such a coefficient, or a larger one, if the two were unrelated"},
    {"rows", MINE_ANSWER_INTEGER, 0, "in which both are there"},
    {"low", MINE_ANSWER_REAL, 0,
     "the interval that holds the true coefficient in `level` of all samples"},
    {"high", MINE_ANSWER_REAL, 0, "its upper end"},
    {0},
};

static const mine_option_set correlate_sets[] = {
    {correlate_table, sizeof(correlate_options), 0}, MINE_SET_SOURCE, MINE_SET_RUN, MINE_SET_END};

const mine_verb mine__verb_correlate = {
    .name = "mine_correlate",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "How two numbers move together: a row for each pair of numeric attributes.",
    .notes =
        "Texts and constant columns are left out. `method=kendall` is tau-b, exact below 50 rows "
        "without equal values; `method=spearman` up to 9 such rows. A correlation is no cause.",
    .example =
        "SELECT first, second, round(coefficient, 3) AS r, round(p_value, 4) AS p\n"
        "FROM mine_correlate(\n  " MINE_CALLERS ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = correlate_answer,
    .options = correlate_sets,
    .reads = "an id, then attributes",
    .run = correlate_run,
};
