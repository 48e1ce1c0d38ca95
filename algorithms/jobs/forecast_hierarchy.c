/*
** forecast_hierarchy.c -- series that are sums of others: a table (child, parent) over the series
** of a source becomes series of the sums, beside their leaves (series/reconcile.h).
**
** A leaf is a series with values that is nobody's parent.  Before its first value it counts as 0,
** for what was not there sold nothing; at the end all stop together, so that the same steps are
** foretold of all.
*/
#include <math.h>

#include "baskets.h"
#include "forecast.h"

#define SUMMING_EQUAL 1e-6 /* of a sum: how far the source's own values of it may be off */

static const char *const summing_ways[] = {"mint", "wls", "ols", "bottom_up", "top_down", NULL};

const mine_option mine__summing_option_table[] = {
    OPTION_SOURCE(mine_summing_options, hierarchy,
                  .help = "a SELECT of (child, parent) of series: parents are sums of their "
                          "children and are forecast as well, so that all agree"),
    OPTION_CHOICE(mine_summing_options, reconcile, .choices = summing_ways,
                  .help =
                      "how they are made to agree: mint (minimum trace: by the covariance of the "
                      "errors; not given), wls (by their variances), ols, bottom_up or top_down"),
    OPTION_END};

static const mine_want summing_wants[] = {
    {.name = "child", .reading = MINE_READ_EXACT, .help = "a series"},
    {.name = "parent", .reading = MINE_READ_EXACT, .help = "the series that it is part of"},
    {0}};
static const mine_hierarchy_words summing_words = {"a series", "series", "series of the source",
                                                   "that the source does not have"};

mine_select *mine__summing_asked(const mine__options *options) {
  mine_summing_options *asked = mine__options_of(options, mine__summing_option_table);
  return asked && asked->hierarchy.sql ? &asked->hierarchy : NULL;
}

mine_status mine__summing_check(mine_job *job) {
  const mine_summing_options *asked = mine__options_of(&job->options, mine__summing_option_table);
  if (asked->reconcile < 0 || asked->hierarchy.sql) return mine_env_status(job->env);
  return mine__fail(
      job->env, MINE_OPTION,
      "option reconcile needs a hierarchy; say hierarchy=\"SELECT child, parent ...\"");
}

mine_status mine__summing_open(mine_job *job, mine_events *events) {
  *events = (mine_events){.want = summing_wants};
  return mine__frame_open(job->env, mine__events_plan, events,
                          &mine__summing_asked(&job->options)->frame);
}

/* ---- which series there are ----------------------------------------------------------------- */

typedef struct summing_nodes {
  mine_job *job;
  const mine_series_set *from;
  const mine_values *all; /* names by code: the source's series, then others of the hierarchy */
  const mine_hierarchy *above;
  uint8_t *parent;   /* per code */
  int64_t *node;     /* per code: its series of the new set; -1: none */
  int64_t n, leaves; /* series; pairs of a sum and a leaf */
} summing_nodes;

static int64_t summing_points(const mine_series_set *set, int64_t s) {
  return set->at[s + 1] - set->at[s];
}

static int summing_is_leaf(const summing_nodes *w, int64_t code) {
  return code < w->from->n && !w->parent[code] && summing_points(w->from, code) > 0;
}

/* Leaves, and all that is above them; a series of the source that is in no pair is one by
** itself. */
static void summing_choose(summing_nodes *w) {
  const mine_hierarchy *h = w->above;
  const int64_t n = w->all->n;
  w->parent = mine__arena_zeros(w->job->arena, (size_t)n, sizeof *w->parent);
  w->node = mine__arena_array(w->job->arena, (size_t)n, sizeof *w->node);
  if (!w->parent || !w->node) return;
  for (int64_t x = 0; x < n; x++)
    w->node[x] = -1;
  for (int64_t x = 0; x < w->from->n; x++)
    for (uint32_t i = h->first[x]; summing_points(w->from, x) > 0 && i < h->first[x + 1]; i++)
      w->parent[h->above[i]] = 1;
  for (int64_t x = 0; x < n; x++) {
    if (!summing_is_leaf(w, x)) continue;
    w->node[x] = 0;
    for (uint32_t i = h->first[x]; i < h->first[x + 1]; i++, w->leaves++)
      w->node[h->above[i]] = 0;
  }
  for (int64_t x = 0; x < n; x++)
    if (w->node[x] == 0) w->node[x] = w->n++;
}

/* The series right above x, of all that are above it; -1: none, -2: several. */
static int64_t summing_parent(const summing_nodes *w, int64_t x) {
  const mine_hierarchy *h = w->above;
  const uint32_t ancestors = h->first[x + 1] - h->first[x];
  if (ancestors == 0) return -1;
  for (uint32_t i = h->first[x]; i < h->first[x + 1]; i++) {
    const uint32_t p = h->above[i];
    if (h->first[p + 1] - h->first[p] + 1 == ancestors) return w->node[p];
  }
  return -2;
}

static void summing_pairs(const summing_nodes *w, mine_sums *sums) {
  const mine_hierarchy *h = w->above;
  mine_arena *arena = w->job->arena;
  int64_t *first = mine__arena_zeros(arena, (size_t)w->n + 2, sizeof *first);
  int64_t *leaf = mine__arena_array(arena, (size_t)w->leaves, sizeof *leaf);
  int64_t *parent = mine__arena_array(arena, (size_t)w->n, sizeof *parent);
  if (!first || !leaf || !parent) return;
  /* first[s + 2] counts, then first[s + 1] is where the next one goes */
  for (int pass = 0; pass < 2; pass++) {
    for (int64_t x = 0; x < w->all->n; x++) {
      if (!summing_is_leaf(w, x)) continue;
      for (uint32_t i = h->first[x]; i < h->first[x + 1]; i++) {
        const int64_t s = w->node[h->above[i]];
        if (pass == 0)
          first[s + 2]++;
        else
          leaf[first[s + 1]++] = w->node[x];
      }
    }
    for (int64_t s = 0; pass == 0 && s < w->n; s++)
      first[s + 2] += first[s + 1];
  }
  for (int64_t x = 0; x < w->all->n; x++)
    if (w->node[x] >= 0) parent[w->node[x]] = summing_parent(w, x);
  *sums = (mine_sums){.n = w->n, .first = first, .leaf = leaf, .parent = parent};
}

/* ---- their values --------------------------------------------------------------------------- */

static const char *summing_time(const summing_nodes *w, int64_t step) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine_text text;
  mine__text_open(&text, w->job->env->scratch);
  if (mine__series_time(w->from, step, buffer, &cell)) mine__text_add_cell(&text, &cell);
  return text.bytes ? text.data : "?";
}

/* The step behind the last of all; leaves of sums must end there. */
static int64_t summing_end(const summing_nodes *w) {
  const mine_hierarchy *h = w->above;
  int64_t end = INT64_MIN;
  for (int pass = 0; pass < 2; pass++)
    for (int64_t x = 0; x < w->from->n; x++) {
      if (!summing_is_leaf(w, x) || h->first[x] == h->first[x + 1]) continue;
      const int64_t own = w->from->first[x] + summing_points(w->from, x);
      char name[MINE_SHOW_BYTES];
      if (pass == 0 && own > end) end = own;
      if (pass == 0 || own == end) continue;
      mine__fail(w->job->env, MINE_DATA,
                 "%s ends at %s and others of the hierarchy at %s, so that a sum would be of other "
                 "series at every step; say gaps=zero where no row is a 0, or leave it out",
                 mine__series_shown(w->from, x, name), summing_time(w, own - 1),
                 summing_time(w, end - 1));
      return end;
    }
  return end;
}

/* The source's own values of a sum must be those of its leaves. */
static void summing_compare(const summing_nodes *w, int64_t code, int64_t from, int64_t n,
                            const double *sum) {
  char name[MINE_SHOW_BYTES];
  if (code >= w->from->n) return;
  for (int64_t i = 0; i < summing_points(w->from, code); i++) {
    const double own = w->from->value[w->from->at[code] + i];
    const int64_t k = w->from->first[code] + i - from;
    const double of_leaves = k >= 0 && k < n ? sum[k] : 0;
    if (!(fabs(own - of_leaves) > SUMMING_EQUAL * (fabs(own) + fabs(of_leaves)))) continue;
    mine__fail(w->job->env, MINE_DATA,
               "%s is %.15g at %s and the series below it add up to %.15g; correct them, or leave "
               "its rows out: sums are made here",
               mine__series_shown(w->from, code, name), own,
               summing_time(w, w->from->first[code] + i), of_leaves);
    return;
  }
}

/* The sum of the leaves from the first of them on, into y; how many points, and *from.  *late:
** leaves that begin later. */
static int64_t summing_add(const summing_nodes *w, const mine_sums *sums, const int64_t *code,
                           int64_t s, int64_t end, double *y, int64_t *from, int64_t *late) {
  const mine_series_set *set = w->from;
  *from = end;
  for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
    if (set->first[code[sums->leaf[j]]] < *from) *from = set->first[code[sums->leaf[j]]];
  for (int64_t i = 0; i < end - *from; i++)
    y[i] = 0;
  for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++) {
    const int64_t x = code[sums->leaf[j]], skip = set->first[x] - *from;
    *late += skip > 0;
    for (int64_t i = 0; i < summing_points(set, x); i++)
      y[skip + i] += set->value[set->at[x] + i];
  }
  int64_t unknown = 0;
  while (unknown < end - *from && isnan(y[unknown]))
    unknown++;
  for (int64_t i = unknown; unknown > 0 && i < end - *from; i++)
    y[i - unknown] = y[i];
  *from += unknown;
  return end - *from;
}

static void summing_values(const summing_nodes *w, const mine_sums *sums, int64_t end,
                           mine_series_set *to) {
  mine_arena *arena = w->job->arena;
  int64_t *code = mine__arena_array(arena, (size_t)w->n, sizeof *code);
  int64_t total = 0, late = 0, least = end;
  if (!code) return;
  for (int64_t x = 0; x < w->all->n; x++)
    if (w->node[x] >= 0) code[w->node[x]] = x;
  for (int64_t x = 0; x < w->from->n; x++)
    if (summing_is_leaf(w, x) && w->from->first[x] < least) least = w->from->first[x];
  for (int64_t s = 0; s < w->n; s++)
    total += sums->first[s] < sums->first[s + 1] ? end - least : summing_points(w->from, code[s]);
  to->value = mine__arena_array(arena, (size_t)total, sizeof *to->value);
  for (int64_t s = 0; to->value && s < w->n && !MINE_POLL_AT(w->job->env, 64 * s); s++) {
    double *y = to->value + to->at[s];
    int64_t n = 0;
    if (sums->first[s] < sums->first[s + 1]) {
      n = summing_add(w, sums, code, s, end, y, &to->first[s], &late);
      summing_compare(w, code[s], to->first[s], n, y);
    } else {
      to->first[s] = w->from->first[code[s]];
      for (; n < summing_points(w->from, code[s]); n++)
        y[n] = w->from->value[w->from->at[code[s]] + n];
    }
    to->at[s + 1] = to->at[s] + n;
  }
  if (late > 0)
    mine__job_notef(
        w->job, "warning", "hierarchy",
        "series that begin after others of their sums count as 0 before, in %lld places",
        (long long)late);
}

static mine_values *summing_names(const summing_nodes *w) {
  mine_values *names = mine__arena_zeros(w->job->arena, 1, sizeof *names);
  if (!names) return NULL;
  mine__values_open(names, w->job->arena);
  for (int64_t x = 0; x < w->all->n; x++) {
    mine_cell cell;
    if (w->node[x] < 0) continue;
    mine__values_get(w->all, x, &cell);
    if (!mine__values_push(names, &cell)) return NULL;
  }
  return names;
}

mine_status mine__summing_build(mine_job *job, const mine_events *events,
                                const mine_series_set *from, mine_series_set *to, mine_sums *sums) {
  mine_hierarchy above = {0};
  summing_nodes w = {.job = job, .from = from, .all = from->name, .above = &above};
  if (!from->name)
    return mine__fail(job->env, MINE_DATA,
                      "a hierarchy is of several series, and the source has one without a name; "
                      "give three columns: series, time, value");
  MINE_TRY(mine__baskets_hierarchy(job, mine__summing_asked(&job->options)->frame, events->column,
                                   &summing_words, &w.all, &above));
  summing_choose(&w);
  *to = *from;
  to->n = w.n;
  to->at = mine__arena_zeros(job->arena, (size_t)w.n + 1, sizeof *to->at);
  to->first = mine__arena_zeros(job->arena, (size_t)w.n, sizeof *to->first);
  to->name = summing_names(&w);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  summing_pairs(&w, sums);
  if (!mine_failed(job->env) && w.leaves == 0)
    mine__fail(job->env, MINE_DATA,
               "no series of the hierarchy that is nobody's parent has values; children must be "
               "named as the series of the source are");
  const int64_t end = mine_failed(job->env) ? 0 : summing_end(&w);
  if (!mine_failed(job->env)) summing_values(&w, sums, end, to);
  return mine_env_status(job->env);
}

/* ---- series without a fit ------------------------------------------------------------------- */

mine_status mine__summing_complete(mine_job *job, const mine_sums *sums, mine_forecasts *fits) {
  static const mine_forecast_how plain = {0};
  mine_forecasts last = {0};
  int64_t n = 0;
  for (int64_t s = 0; s < sums->n; s++) {
    if (!fits->why_not[s] || (sums->first[s] == sums->first[s + 1] && sums->parent[s] == -1))
      continue;
    if (n++ == 0)
      MINE_TRY(mine__series_fit(job->env, job->arena, fits->set, mine__forecaster_find("naive"),
                                &plain, 1, &last));
    fits->fit[s] = last.fit[s];
    fits->why_not[s] = last.why_not[s];
    const int64_t from = fits->set->at[s], end = fits->set->at[s + 1];
    for (int64_t i = from; i < end; i++)
      fits->fitted[i] = last.fitted[i];
  }
  if (n > 0)
    mine__job_notef(job, "warning", "hierarchy",
                    "%lld series of it that have no forecast go on with their last value",
                    (long long)n);
  return mine_env_status(job->env);
}
