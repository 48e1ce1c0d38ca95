/*
** composite_weights.c -- how much each indicator counts in a composite score.
**
** Of k indicators x(j) of n rows, from 0 to 1 and 1 the best, weights w(j) with the sum 1:
**
**   given    as they were said, over their sum
**   equal    1 / k
**   entropy  1 - e(j) over their sum, with p = x / sum of x and e(j) = -sum of p ln p / ln n: an
**            indicator that says nearly the same of all rows counts little (Shannon 1948; Hwang &
**            Yoon 1981, "Multiple attribute decision making", ch. 3)
**   critic   s(j) sum over m of (1 - r(j, m)) over their sum, with standard deviations s and
**            correlations r: what varies, and what no other says, counts (Diakoulaki, Mavrotas &
**            Papayannakis 1995, "Determining objective weights in multiple criteria problems: the
**            CRITIC method", Computers & Operations Research 22)
**   ahp      the analytic hierarchy process (Saaty 1977, "A scaling method for priorities in
**            hierarchical structures", J. Math. Psychology 15; 1980): a(i, j) says how many times
**            as much i counts as j, a(j, i) = 1 / a(i, j); w is the eigenvector of the largest
**            eigenvalue, which is k where the judgements agree with each other and more where they
**            do not.  Consistency ratio: ((eigenvalue - k) / (k - 1)) / (the mean of that for
**            matrices made by chance).  Above 0.1 Saaty would have the judgements made again.
*/
#include <math.h>
#include <string.h>

#include "composite.h"

#define WEIGH_MOST  15 /* Saaty's table ends here */
#define WEIGH_STEPS 10000
#define WEIGH_STILL 1e-15
#define WEIGH_LIMIT 0.1   /* of the consistency ratio */
#define WEIGH_ALIKE 1e-12 /* 1 less a correlation of 1, to rounding */

/* Random indices, Saaty 1980, by the number of indicators. */
static const double weigh_random[WEIGH_MOST + 1] = {0,    0,    0,    0.58, 0.90, 1.12, 1.24, 1.32,
                                                    1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59};

typedef void (*weigh_method)(composite_table *t);

/* ---- texts -------------------------------------------------------------------------------- */

/* What a text "name:rest" is made of: the bytes of the name, *rest behind the last colon; 0: it has
** none. */
static size_t weigh_split(const mine_cell *item, const char **rest) {
  if (item->type != MINE_TEXT) return 0;
  for (size_t n = item->bytes; n > 0; n--) {
    if (item->as.text[n - 1] != ':') continue;
    *rest = item->as.text + n;
    return n - 1;
  }
  return 0;
}

static size_t weigh_rest(const mine_cell *item, const char *rest) {
  return item->bytes - (size_t)(rest - item->as.text);
}

/* A decimal, or one over another (1/3); 0: neither. */
static int weigh_number(const char *text, size_t n, double *out) {
  const char *slash = memchr(text, '/', n);
  double above, below;
  if (!slash) return mine__read_decimal(text, n, out);
  const size_t before = (size_t)(slash - text);
  if (!mine__read_decimal(text, before, &above) ||
      !mine__read_decimal(slash + 1, n - before - 1, &below) || below == 0)
    return 0;
  *out = above / below;
  return 1;
}

/* The column of the frame that is called so; -1: none, or a failure. */
static int weigh_find(const composite_table *t, const char *what, const char *text, size_t n) {
  const char *name = mine__arena_text(t->job->arena, text, n);
  return name ? mine__frame_find(t->job->frame, what, name) : -1;
}

/* Its place among the indicators; -1: it is none of them. */
static int weigh_place(const composite_table *t, int column) {
  for (int j = 0; j < t->k; j++)
    if (t->column[j] == column) return j;
  return -1;
}

static void weigh_shown(char buffer[MINE_SHOW_BYTES], const mine_cell *item) {
  (void)mine__show_cell(buffer, item);
}

/* ---- given -------------------------------------------------------------------------------- */

/* One "name:weight". */
static void weigh_one(composite_table *t, const mine_cell *item, uint8_t *seen) {
  mine_env *env = t->job->env;
  char shown[MINE_SHOW_BYTES];
  const char *rest = NULL;
  double weight = NAN;
  const size_t n = weigh_split(item, &rest);
  weigh_shown(shown, item);
  if (n == 0 || !weigh_number(rest, weigh_rest(item, rest), &weight)) {
    (void)mine__fail(env, MINE_OPTION,
                     "option weights is equal, entropy, critic, ahp, or column:weight|... (got %s)",
                     shown);
    return;
  }
  if (!(weight >= 0) || !isfinite(weight)) {
    (void)mine__fail(env, MINE_OPTION,
                     "option weights: a weight is not below 0 (got %s); where less is better say "
                     "lower_is_better=",
                     shown);
    return;
  }
  const char *name = mine__arena_text(t->job->arena, item->as.text, n);
  const int column = name ? mine__column_named(t->job->frame, "option weights", name) : -1;
  if (column < 0) return;
  if (seen[column]++) {
    (void)mine__fail(env, MINE_OPTION, "option weights names the column '%s' twice", name);
    return;
  }
  const int place = weigh_place(t, column);
  if (place >= 0)
    t->weight[place] = weight;
  else
    mine__job_note(t->job, "warning", name,
                   "has a weight, and is no number that varies: the others take its part");
}

static void weigh_given(composite_table *t) {
  const mine_list *said = &t->asked->weights;
  uint8_t *seen = mine__arena_zeros(t->job->arena, (size_t)t->job->frame->n_columns, sizeof *seen);
  for (size_t i = 0; seen && i < said->n && !mine_failed(t->job->env); i++)
    weigh_one(t, &said->item[i], seen);
  for (int j = 0; !mine_failed(t->job->env) && j < t->k; j++)
    if (!seen[t->column[j]])
      mine__job_note(t->job, "warning", composite_column(t, j)->name,
                     "has no weight, and counts nothing");
}

/* ---- by the rows ---------------------------------------------------------------------------- */

static void weigh_equal(composite_table *t) {
  for (int j = 0; j < t->k; j++)
    t->weight[j] = 1;
}

static void weigh_entropy(composite_table *t) {
  const double most = log((double)t->n);
  for (int j = 0; j < t->k && !mine__poll(t->job->env); j++) {
    const double *x = t->unit + (int64_t)j * t->n;
    double sum = 0, entropy = 0;
    for (int64_t i = 0; i < t->n; i++)
      sum += x[i];
    for (int64_t i = 0; i < t->n; i++)
      if (x[i] > 0) entropy -= x[i] / sum * log(x[i] / sum);
    t->weight[j] = fmax(1 - entropy / most, 0);
  }
}

static double weigh_mean(const double *x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += x[i];
  return sum / (double)n;
}

/* Sum of (x - mx)(y - my). */
static double weigh_cross(const double *x, double mx, const double *y, double my, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += (x[i] - mx) * (y[i] - my);
  return sum;
}

static void weigh_critic(composite_table *t) {
  double *mean = mine__arena_array(t->job->arena, (size_t)t->k, sizeof *mean);
  double *root = mine__arena_array(t->job->arena, (size_t)t->k, sizeof *root);
  if (!mean || !root) return;
  for (int j = 0; j < t->k; j++) {
    const double *x = t->unit + (int64_t)j * t->n;
    mean[j] = weigh_mean(x, t->n);
    root[j] = sqrt(weigh_cross(x, mean[j], x, mean[j], t->n));
  }
  for (int j = 0; j < t->k; j++) {
    const double *x = t->unit + (int64_t)j * t->n;
    for (int m = 0; m < j; m++) {
      if (mine__poll(t->job->env)) return;
      const double both = weigh_cross(x, mean[j], t->unit + (int64_t)m * t->n, mean[m], t->n);
      double apart = 1 - both / (root[j] * root[m]);
      if (apart < WEIGH_ALIKE) apart = 0;
      t->weight[j] += root[j] * apart;
      t->weight[m] += root[m] * apart;
    }
  }
  if (t->k == 1) t->weight[0] = 1; /* the only one that there is */
}

/* ---- by comparisons -------------------------------------------------------------------------- */

typedef struct weigh_pairs {
  double a[WEIGH_MOST][WEIGH_MOST]; /* 0: not said */
} weigh_pairs;

/* "name:name": names may have colons themselves; 0: no two columns are called so. */
static int weigh_names(const composite_table *t, const char *text, size_t n, int *i, int *j) {
  for (size_t at = 1; at + 1 < n; at++) {
    if (text[at] != ':') continue;
    *i = weigh_find(t, "option pairs", text, at);
    *j = *i < 0 ? -1 : weigh_find(t, "option pairs", text + at + 1, n - at - 1);
    if (mine_failed(t->job->env)) return 0;
    if (*i >= 0 && *j >= 0) return 1;
  }
  return 0;
}

/* One "name:name:ratio". */
static void weigh_compare(const composite_table *t, const mine_cell *item, weigh_pairs *pairs) {
  mine_env *env = t->job->env;
  char shown[MINE_SHOW_BYTES];
  const char *rest = NULL;
  double ratio = NAN;
  int i, j;
  const size_t n = weigh_split(item, &rest);
  weigh_shown(shown, item);
  if (n == 0 || !weigh_number(rest, weigh_rest(item, rest), &ratio) || !(ratio > 0) ||
      !isfinite(ratio)) {
    (void)mine__fail(env, MINE_OPTION,
                     "option pairs is column:column:ratio|..., how many times as much the first "
                     "counts as the second: 3, or 1/3 (got %s)",
                     shown);
    return;
  }
  if (!weigh_names(t, item->as.text, n, &i, &j)) {
    (void)mine__fail(env, MINE_OPTION, "option pairs compares two columns, and %s names none",
                     shown);
    return;
  }
  if (i == j) {
    (void)mine__fail(env, MINE_OPTION, "option pairs compares a column with itself (%s)", shown);
    return;
  }
  i = weigh_place(t, i);
  j = weigh_place(t, j);
  if (i < 0 || j < 0) return; /* a column that does not vary was told */
  if (pairs->a[i][j] > 0) {
    (void)mine__fail(env, MINE_OPTION, "option pairs compares '%s' with '%s' twice",
                     composite_column(t, i)->name, composite_column(t, j)->name);
    return;
  }
  pairs->a[i][j] = ratio;
  pairs->a[j][i] = 1 / ratio;
}

static void weigh_all_there(const composite_table *t, const weigh_pairs *pairs) {
  for (int i = 0; i < t->k; i++) {
    for (int j = i + 1; j < t->k; j++) {
      if (pairs->a[i][j] > 0) continue;
      (void)mine__fail(t->job->env, MINE_OPTION,
                       "option pairs does not compare '%s' with '%s'; of %d columns it takes %d "
                       "pairs, %s:%s:ratio among them",
                       composite_column(t, i)->name, composite_column(t, j)->name, t->k,
                       t->k * (t->k - 1) / 2, composite_column(t, i)->name,
                       composite_column(t, j)->name);
      return;
    }
  }
}

/* The eigenvector of the largest eigenvalue, by powers: the matrix is positive, so that they
** converge (Perron). */
static double weigh_eigen(int k, const weigh_pairs *pairs, double *w) {
  double value = k;
  for (int i = 0; i < k; i++)
    w[i] = 1.0 / k;
  for (int step = 0; step < WEIGH_STEPS; step++) {
    double next[WEIGH_MOST], moved = 0;
    value = 0;
    for (int i = 0; i < k; i++) {
      next[i] = 0;
      for (int j = 0; j < k; j++)
        next[i] += pairs->a[i][j] * w[j];
      value += next[i];
    }
    for (int i = 0; i < k; i++) {
      moved = fmax(moved, fabs(next[i] / value - w[i]));
      w[i] = next[i] / value;
    }
    if (moved < WEIGH_STILL) break;
  }
  return value;
}

/* The judgement that is farthest from what the others say of the two. */
static void weigh_tell(const composite_table *t, const weigh_pairs *pairs) {
  char ratio[MINE_NUMBER_BYTES], said[MINE_NUMBER_BYTES], others[MINE_NUMBER_BYTES];
  double far = -1;
  int first = 0, second = 1;
  for (int i = 0; i < t->k; i++) {
    for (int j = 0; j < t->k; j++) {
      const double off =
          pairs->a[i][j] < 1 ? -1 : fabs(log(pairs->a[i][j] * t->weight[j] / t->weight[i]));
      if (i == j || off <= far) continue;
      far = off;
      first = i;
      second = j;
    }
  }
  mine__job_notef(t->job, "warning", "pairs",
                  "the comparisons contradict each other: consistency ratio %s, and above 0.1 they "
                  "should be made again; farthest from the others is %s:%s, %s where the weights "
                  "say %s",
                  mine__format_real(ratio, t->ratio, 3), composite_column(t, first)->name,
                  composite_column(t, second)->name,
                  mine__format_real(said, pairs->a[first][second], 3),
                  mine__format_real(others, t->weight[first] / t->weight[second], 3));
}

static void weigh_ahp(composite_table *t) {
  const mine_list *said = &t->asked->pairs;
  weigh_pairs pairs = {.a = {{0}}};
  if (t->k > WEIGH_MOST) {
    (void)mine__fail(t->job->env, MINE_DATA,
                     "weights=ahp is for %d columns at most (as many as Saaty's random indices "
                     "are for), and there are %d; leave some out (ignore=), or say their weights",
                     WEIGH_MOST, t->k);
    return;
  }
  for (int i = 0; i < t->k; i++)
    pairs.a[i][i] = 1;
  for (size_t i = 0; i < said->n && !mine_failed(t->job->env); i++)
    weigh_compare(t, &said->item[i], &pairs);
  if (!mine_failed(t->job->env)) weigh_all_there(t, &pairs);
  if (mine_failed(t->job->env)) return;
  const double value = weigh_eigen(t->k, &pairs, t->weight);
  t->ratio = t->k > 2 ? fmax(value - t->k, 0) / (t->k - 1) / weigh_random[t->k] : 0;
  if (t->ratio > WEIGH_LIMIT) weigh_tell(t, &pairs);
}

/* ---- which -------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  weigh_method run;
} weigh_methods[] = {
    {"equal", weigh_equal},
    {"entropy", weigh_entropy},
    {"critic", weigh_critic},
    {"ahp", weigh_ahp},
};

/* The method that a single word says; without words all count the same; else they are given. */
static weigh_method weigh_asked(composite_table *t) {
  const mine_list *said = &t->asked->weights;
  if (said->n == 0) return weigh_equal;
  for (size_t m = 0; m < sizeof weigh_methods / sizeof weigh_methods[0]; m++) {
    const mine_cell *item = &said->item[0];
    const char *word = said->n == 1 && item->type == MINE_TEXT
                           ? mine__arena_text(t->job->arena, item->as.text, item->bytes)
                           : NULL;
    if (word && mine__same_word(word, weigh_methods[m].name)) return weigh_methods[m].run;
  }
  return weigh_given;
}

void mine__composite_weigh(composite_table *t) {
  mine_env *env = t->job->env;
  const weigh_method method = weigh_asked(t);
  double total = 0;
  t->ratio = NAN;
  t->weight = mine__arena_zeros(t->job->arena, (size_t)t->k, sizeof *t->weight);
  if (mine_failed(env)) return;
  if ((method == weigh_ahp) != (t->asked->pairs.n > 0)) {
    (void)mine__fail(env, MINE_OPTION,
                     method == weigh_ahp
                         ? "weights=ahp takes pairs=column:column:ratio|..., one for each two "
                           "columns: how many times as much the first counts as the second"
                         : "option pairs is for weights=ahp");
    return;
  }
  method(t);
  for (int j = 0; j < t->k; j++)
    total += t->weight[j];
  if (mine_failed(env)) return;
  if (!(total > 0)) {
    (void)mine__fail(env, MINE_DATA,
                     method == weigh_critic
                         ? "all columns say the same of the rows, so that none counts by CRITIC; "
                           "use weights=equal"
                         : "no weight is above 0; say column:weight of a column that varies");
    return;
  }
  for (int j = 0; j < t->k; j++)
    t->weight[j] /= total;
}
