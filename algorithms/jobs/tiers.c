/*
** tiers.c -- mine_tiers and mine_lorenz: how a total is spread over customers.
**
** Both read (customer, value); the values of a customer who has several rows are added.  With
** v_1 <= ... <= v_n, those below 0 as 0, and S their sum:
**
**   Lorenz   L(i / n) = (v_1 + ... + v_i) / S, straight between (Lorenz 1905): what the poorest
**            hold; the best p of them hold 1 - L(1 - p) (Pareto's curve)
**   Gini     2 sum i v_i / (n S) - (n + 1) / n (Gini 1912): 0 all have the same, (n - 1) / n one
**            has all
**
** Tiers cut Pareto's curve: A to 80 % of the value, B to 95 %, C (tiers_words.h).
*/
#include <math.h>
#include <string.h>

#include "../core/exact.h"
#include "../core/radix.h"
#include "tiers_words.h"
#include "verb.h"

typedef struct tiers_options {
  int by;
  mine_list tiers;
} tiers_options;

static const mine_option tiers_table[] = {
    OPTION_LIST(tiers_options, tiers, .initial = "A:0.8|B:0.95|C",
                .help = "names, each with the bound at which it ends (by=value: its least value), "
                        "the best first; the last without a bound takes the rest"),
    OPTION_CHOICE(tiers_options, by, .initial = "share", .choices = mine__tiers_by_names,
                  .help = "bounds are shares of the sum, of the customers (or numbers of them: "
                          "A:100|B:500|C), or values (A:1000|B:100|C)"),
    OPTION_END};

enum { TIERS_CUSTOMER, TIERS_VALUE };
static const mine_want tiers_wants[] = {
    {.name = "customer", .reading = MINE_READ_EXACT, .flags = MINE_WANT_ID, .help = "whose it is"},
    {.name = "value",
     .reading = MINE_READ_NUMBER,
     .help = "what the customer is worth; several rows of one are added"},
    {0}};

/* ---- values of customers ---------------------------------------------------------------- */

typedef struct tiers_source {
  int64_t n;
  const mine_values *id;
  double *value; /* NAN: none of the rows has one */
} tiers_source;

/* Each customer's sum, exact, so that the order of the rows decides nothing. */
static void tiers_add(mine_job *job, const int32_t *customer, const double *value,
                      tiers_source *out) {
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  mine__by_code by;
  mine__exact sum = {0};
  if (!mine__sort_codes(job->env->scratch, customer, job->frame->rows, out->n, &by)) return;
  for (int64_t c = 0; c < out->n && !MINE_POLL_AT(job->env, c); c++) {
    int64_t known = 0;
    sum.low = sum.high = 0;
    for (int64_t k = by.first[c]; k < by.first[c + 1]; k++) {
      const double v = value ? value[by.at[k]] : (double)NAN;
      if (isnan(v)) continue;
      mine__exact_add(&sum, v, 1);
      known++;
    }
    out->value[c] = known > 0 ? mine__exact_value(&sum) : (double)NAN;
  }
  mine__arena_rewind(job->env->scratch, mark);
}

static void tiers_tell(mine_job *job, const int32_t *customer, const tiers_source *out) {
  int64_t nobody = 0, none = 0;
  for (int64_t i = 0; i < job->frame->rows; i++)
    nobody += customer[i] < 0;
  for (int64_t c = 0; c < out->n; c++)
    none += isnan(out->value[c]);
  if (nobody > 0)
    mine__job_notef(job, "warning", "customer", "%lld of %lld have no customer and are left out",
                    (long long)nobody, (long long)job->frame->rows);
  if (none > 0)
    mine__job_notef(job, "warning", "value", "%lld of %lld customers %s no value and %s not count",
                    (long long)none, (long long)out->n, none == 1 ? "has" : "have",
                    none == 1 ? "does" : "do");
  if (none == out->n)
    mine__fail(job->env, MINE_DATA,
               "no customer of the source has a value; select customer, value");
}

static mine_status tiers_read(mine_job *job, tiers_source *out) {
  mine_env *env = job->env;
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0) return mine__fail(env, MINE_DATA, "the source has no columns");
  if (job->frame->rows == 0)
    return mine__fail(env, MINE_DATA, "the source has no rows; there is nobody");
  const mine_column *customer = mine__job_event(job, TIERS_CUSTOMER);
  *out = (tiers_source){.n = customer->levels.n, .id = &customer->levels};
  out->value = mine__arena_array(job->arena, (size_t)out->n, sizeof *out->value);
  if (out->value) tiers_add(job, customer->code, mine__job_event(job, TIERS_VALUE)->number, out);
  if (!mine_failed(env)) tiers_tell(job, customer->code, out);
  for (int64_t c = 0; !mine_failed(env) && c < out->n; c++)
    if (isinf(out->value[c]))
      return mine__fail(env, MINE_DATA,
                        "the values of a customer add up beyond all numbers; "
                        "divide them by a million");
  return mine_env_status(env);
}

static void tiers_tell_negative(mine_job *job, const mine_tiering *t) {
  if (t->negative > 0)
    mine__job_notef(job, "warning", "value",
                    "%lld of %lld customers %s a value below 0, which counts as 0",
                    (long long)t->negative, (long long)t->n, t->negative == 1 ? "has" : "have");
}

/* ---- mine_tiers ------------------------------------------------------------------------- */

static mine_status tiers_open(mine_job *job) {
  mine_tiers *tiers = mine__job_state(job);
  const tiers_options *asked = mine__options_of(&job->options, tiers_table);
  if (asked->by == MINE_TIERS_VALUE &&
      !mine__options_given(job->options.group, job->options.n, "tiers"))
    return mine__fail(job->env, MINE_OPTION,
                      "by=value needs the least value of each tier; say tiers=A:1000|B:100|C");
  const char *count = "A:0.2|B:0.5|C";
  mine_list list = asked->tiers;
  mine_cell item[3];
  if (asked->by == MINE_TIERS_COUNT &&
      !mine__options_given(job->options.group, job->options.n, "tiers")) {
    for (int i = 0; i < 3; i++)
      item[i] = (mine_cell){MINE_TEXT, i < 2 ? 5 : 1, {.text = count + 6 * i}};
    list = (mine_list){3, item};
  }
  mine__tiers_read(job->env, job->arena, "tiers", &list, (mine_tiers_by)asked->by, tiers);
  return mine_env_status(job->env);
}

static void tiers_put(const tiers_source *source, const mine_tiers *tiers, const mine_tiering *t,
                      int64_t c, mine_relation *out) {
  mine_cell id;
  mine__values_get(source->id, c, &id);
  mine__row_cell(out, &id);
  mine__row_real(out, source->value[c]);
  mine__row_text(out, t->tier[c] < 0 ? NULL : tiers->tier[t->tier[c]].name);
  if (t->rank[c] > 0)
    mine__row_int(out, t->rank[c]);
  else
    mine__row_null(out);
  mine__row_real(out, t->share[c]);
  mine__row_real(out, t->cumulative[c]);
  mine__row_real(out, t->population[c]);
  mine__relation_end_row(out);
}

static mine_status tiers_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const mine_tiers *tiers = mine__job_state(job);
  tiers_source source;
  mine_tiering t;
  MINE_TRY(tiers_read(job, &source));
  mine__tiers_assign(env, job->arena, tiers, source.value, source.n, &t);
  if (mine_failed(env)) return mine_env_status(env);
  if (!(t.sum > 0) && tiers->by == MINE_TIERS_SHARE)
    return mine__fail(env, MINE_DATA,
                      "no value is above 0, so nobody has a share; say by=count or by=value");
  tiers_tell_negative(job, &t);
  for (int64_t c = 0; c < source.n && !MINE_POLL_AT(env, c); c++)
    tiers_put(&source, tiers, &t, c, out);
  return mine_env_status(env);
}

static const mine_answer tiers_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the customer"},
    {"value", MINE_ANSWER_REAL, 0, "the sum of the customer's rows"},
    {"tier", MINE_ANSWER_TEXT, 1, "the name; NULL: beyond the last bound, or without a value"},
    {"rank", MINE_ANSWER_INTEGER, 1, "1: the greatest value; equal values have one rank"},
    {"share", MINE_ANSWER_REAL, 0, "of the sum of all; below 0 counts as 0"},
    {"cumulative_share", MINE_ANSWER_REAL, 0, "of all whose value is as great or greater"},
    {"cumulative_customers", MINE_ANSWER_REAL, 0,
     "which share of the customers that is: with cumulative_share Pareto's curve"},
    {0},
};

static const mine_option_set tiers_sets[] = {
    {tiers_table, sizeof(tiers_options), 0}, MINE_SET_RUN, MINE_SET_END};

#define TIERS_SAMPLE MINE_ROWS("i AS customer, 20000/(i*7%200 + 3) AS amount")

const mine_verb mine__verb_tiers = {
    .name = "mine_tiers",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what =
        "Tiers of customers: who brings 80 % of the value (ABC, Pareto), by share, count or "
        "value.",
    .notes =
        "Two columns, the customer and the value; several rows of a customer are added, so lines "
        "of "
        "orders will do. By `share` a tier holds its bound or just above: who crosses it is in the "
        "better tier. By `count` the bounds are shares of the customers, or how many; by `value` "
        "the least value. Equal values are in one tier. A pyramid has other names: "
        "`tiers=platinum:0.05|gold:0.2|iron:0.5|lead, by=count` (Zeithaml, Rust & Lemon 2001). "
        "What the whole curve is like says `mine_lorenz`.",
    .example =
        "SELECT tier, count(*) AS customers, round(sum(share), 2) AS share\n"
        "FROM mine_tiers(\n  " TIERS_SAMPLE ") GROUP BY tier;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = tiers_answer,
    .options = tiers_sets,
    .wants = tiers_wants,
    .state_bytes = sizeof(mine_tiers),
    .open = tiers_open,
    .run = tiers_run,
};

/* ---- mine_lorenz ------------------------------------------------------------------------ */

typedef struct lorenz_options {
  int64_t points;
} lorenz_options;

static const mine_option lorenz_table[] = {
    OPTION_INT(lorenz_options, points, .initial = "10", .range = {1, 1000000},
               .help = "how many steps the curve is listed in"),
    OPTION_END};

/* What the poorest hold, at i = 0 .. n; and the coefficient. */
static double *lorenz_curve(mine_job *job, const tiers_source *source, const mine_tiering *t,
                            double *gini) {
  double *curve = mine__arena_array(job->arena, (size_t)t->known + 1, sizeof *curve);
  const double most = t->known > 0 ? source->value[t->order[0]] : 1;
  const double unit = isfinite(t->sum) ? 1 : most, n = (double)t->known;
  double sum = 0, weighted = 0;
  if (!curve) return NULL;
  curve[0] = 0;
  for (int64_t i = 1; i <= t->known; i++) {
    const double v = fmax(source->value[t->order[t->known - i]], 0) / unit;
    sum += v;
    weighted += (double)i * v;
    curve[i] = sum;
  }
  for (int64_t i = 1; i <= t->known; i++)
    curve[i] = i == t->known ? 1 : curve[i] / sum;
  *gini = fmax(2 * (weighted / sum) / n - (n + 1) / n, 0);
  return curve;
}

static double lorenz_at(const double *curve, int64_t n, double p) {
  const double place = p * (double)n;
  int64_t below = (int64_t)floor(place);
  if (below >= n) return curve[n];
  return curve[below] + (place - (double)below) * (curve[below + 1] - curve[below]);
}

static mine_status lorenz_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const lorenz_options *asked = mine__options_of(&job->options, lorenz_table);
  const mine_tiers none = {.by = MINE_TIERS_COUNT};
  tiers_source source;
  mine_tiering t;
  double gini = NAN;
  MINE_TRY(tiers_read(job, &source));
  mine__tiers_assign(env, job->arena, &none, source.value, source.n, &t);
  if (mine_failed(env)) return mine_env_status(env);
  if (!(t.sum > 0))
    return mine__fail(env, MINE_DATA, "no value is above 0; there is nothing to be spread");
  const double *curve = lorenz_curve(job, &source, &t, &gini);
  if (!curve) return mine_env_status(env);
  tiers_tell_negative(job, &t);
  for (int64_t i = 0; i <= asked->points && !MINE_POLL_AT(env, i); i++) {
    const double p = (double)i / (double)asked->points;
    mine__row_real(out, p);
    mine__row_real(out, lorenz_at(curve, t.known, p));
    mine__row_real(
        out, 1 - lorenz_at(curve, t.known, (double)(asked->points - i) / (double)asked->points));
    mine__row_real(out, gini);
    mine__relation_end_row(out);
  }
  return mine_env_status(env);
}

static const mine_answer lorenz_answer[] = {
    {"population", MINE_ANSWER_REAL, 0, "a share of the customers, 0 to 1"},
    {"lorenz", MINE_ANSWER_REAL, 0, "of the value, what the poorest so many hold"},
    {"pareto", MINE_ANSWER_REAL, 0, "what the best so many hold"},
    {"gini", MINE_ANSWER_REAL, 0, "of all, in every row: 0 equal, near 1 one holds all"},
    {0},
};

static const mine_option_set lorenz_sets[] = {
    {lorenz_table, sizeof(lorenz_options), 0}, MINE_SET_RUN, MINE_SET_END};

const mine_verb mine__verb_lorenz = {
    .name = "mine_lorenz",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what = "How unequal customers are: the Lorenz curve, Pareto's curve, the Gini coefficient.",
    .notes =
        "Source as for `mine_tiers`. The curves are straight between customers. `pareto` at 0.2 is "
        "what the best fifth of the customers brings.",
    .example =
        "SELECT population, round(lorenz, 3) AS lorenz, round(pareto, 3) AS pareto,\n"
        "  round(gini, 3) AS gini\n"
        "FROM mine_lorenz(\n  " TIERS_SAMPLE ", 'points=5');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = lorenz_answer,
    .options = lorenz_sets,
    .wants = tiers_wants,
    .run = lorenz_run,
};
