/*
** clv.c -- mine_clv: what customers are expected to buy, and what that is worth.
**
** With the process's E(s), the purchases expected within s (lifetime/lifetime.h), and delta the
** logarithm of 1 + discount in units of time, a purchase to come counts e^(-delta s):
**
**   D = integral from 0 to H of e^(-delta s) dE(s)
**     = e^(-delta H) E(H) + delta integral from 0 to H of e^(-delta s) E(s) ds
**
** by Gauss and Legendre's rule with 8 points.  clv = D times the amount expected of a purchase
** (gammagamma).  Bounds are those of this expectation, by the covariance of the estimates and the
** delta method on its logarithm: value e^(+- z se), so that they are above zero.  How much more
** one customer varies is not in them.
**
** Customers who bought alike are asked of once.
*/
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../kernel/special.h"
#include "../lifetime/lifetime.h"
#include "purchases.h"

#define CLV_BLOCK      32   /* cells of a task */
#define CLV_DIFFERENCE 1e-4 /* of the logarithm of a parameter */

typedef struct clv_options {
  double horizon;
  int unit;
  double discount;
  mine_cell spend;
  double level;
} clv_options;

static const mine_option clv_option_table[] = {
    OPTION_REAL(clv_options, horizon, .initial = "12", .range = {0, 1e6}, .above_least = 1,
                .help = "how far to look ahead, in units"),
    OPTION_CHOICE(clv_options, unit, .initial = "month", .choices = mine__periods,
                  .help = "of the horizon; a month is 30.4375 days, a year 365.25"),
    OPTION_REAL(clv_options, discount, .initial = "0", .range = {0, 100},
                .help = "by which money is worth less a year later: 0.1 is 10%"),
    OPTION_TEXT(clv_options, spend,
                .help = "the name of a gammagamma model, by which amounts are foretold; not given: "
                        "purchases only"),
    OPTION_REAL(clv_options, level, .initial = "0.95", .range = {0, 1}, .above_least = 1,
                .help = "of the bounds low and high"),
    OPTION_END};

typedef struct clv_state {
  const clv_options *asked;
  mine_purchases_reading reading;
  const mine_purchase_model *body, *spend;
  const mine__process *process;
} clv_state;

/* ---- before the source is read --------------------------------------------------------------- */

static mine_status clv_open(mine_job *job) {
  char called[MINE_CALLED_BYTES];
  clv_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  state->asked = mine__options_of(&job->options, clv_option_table);
  state->process = mine__process_of(model);
  if (!state->process)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "%s does not foretell purchases; train bgnbd, paretonbd, mbgcnbd "
                      "or bgbb",
                      mine__model_called(model, called));
  if (state->process->spends)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "%s %s model says what a purchase is worth and not how many there will be; "
                      "give it as spend=, beside a bgnbd, paretonbd, mbgcnbd or bgbb model",
                      mine__article(model->algorithm), model->algorithm);
  if (state->asked->level >= 1)
    return mine__fail(job->env, MINE_OPTION,
                      "option level must be a number above 0 and below 1 (got 1: no bounds hold "
                      "every case)");
  state->body = model->body;
  job->asks = mine__option_name_of(&state->asked->spend);
  return mine_env_status(job->env);
}

/* The model that the host found by the name in spend=. */
static mine_status clv_take_spend(mine_job *job) {
  clv_state *state = mine__job_state(job);
  const mine_model *model = job->given;
  if (!job->asks) return MINE_OK;
  const mine__process *process = model ? mine__process_of(model) : NULL;
  if (!process || !process->spends)
    return mine__fail(job->env, MINE_OPTION,
                      "option spend must name a gammagamma model; '%.60s' is %s", job->asks,
                      model ? model->algorithm : "not there");
  state->spend = model->body;
  return MINE_OK;
}

static mine_status clv_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  clv_state *state = mine__job_state(job);
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (step == 0) (void)!clv_take_spend(job);
  if (step > 0 || !*sql || mine_failed(job->env)) return mine_env_status(job->env);
  const mine_events *parsed = mine__options_of(&job->options, job->options.wants);
  state->reading = (mine_purchases_reading){.events = *parsed};
  state->reading.events.want = mine__history_wants;
  if (mine__frame_open(job->env, mine__purchases_plan, &state->reading, &job->frame)) {
    return mine_env_status(job->env);
  }
  *frame = job->frame;
  return MINE_OK;
}

/* ---- purchases ------------------------------------------------------------------------------- */

/* What is said of a cell. */
typedef struct clv_cell {
  double alive, expected, discounted, variance; /* of the logarithm of `discounted` */
} clv_cell;

typedef struct clv_job {
  const mine__cells *cells;
  mine__life life;
  double horizon, delta; /* in the model's units of time */
  const double *covariance;
  clv_cell *out;
} clv_job;

static double clv_expected(const mine__life *life, const mine__buyer *of, double alive, double t) {
  return alive * life->process->future(life, of, t);
}

static double clv_discounted(const clv_job *job, const mine__life *life, const mine__buyer *of) {
  const double alive = life->process->alive(life, of), h = job->horizon;
  const double whole = clv_expected(life, of, alive, h);
  if (job->delta == 0) return whole;
  double sum = 0;
  for (int i = 0; i < 8; i++) {
    const double s = h * life->rules->at8[i];
    sum += life->rules->weight8[i] * exp(-job->delta * s) * clv_expected(life, of, alive, s);
  }
  return exp(-job->delta * h) * whole + job->delta * h * sum;
}

/* g' C g. */
static double clv_form(const double *g, const double *c, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      sum += g[i] * c[i * n + j] * g[j];
  return sum;
}

static double clv_variance(const clv_job *job, const mine__buyer *of) {
  double g[LIFETIME_MOST];
  const int n = job->life.process->n;
  for (int i = 0; i < n; i++) {
    mine__life life = job->life;
    life.theta[i] = job->life.theta[i] * exp(CLV_DIFFERENCE);
    const double above = log(clv_discounted(job, &life, of));
    life.theta[i] = job->life.theta[i] * exp(-CLV_DIFFERENCE);
    g[i] = (above - log(clv_discounted(job, &life, of))) / (2 * CLV_DIFFERENCE);
  }
  return clv_form(g, job->covariance, n);
}

static void clv_block(void *context, int64_t task, int worker) {
  const clv_job *job = context;
  const int64_t first = task * CLV_BLOCK, left = job->cells->n - first;
  (void)worker;
  for (int64_t i = first; i < first + (left < CLV_BLOCK ? left : CLV_BLOCK); i++) {
    const mine__buyer *of = &job->cells->buyer[i];
    clv_cell *out = &job->out[i];
    out->alive = job->life.process->alive(&job->life, of);
    out->expected = clv_expected(&job->life, of, out->alive, job->horizon);
    out->discounted = clv_discounted(job, &job->life, of);
    out->variance = isnan(job->covariance[0]) ? (double)NAN : clv_variance(job, of);
  }
}

static clv_cell *clv_ask(mine_job *job, const mine__rules *rules, const mine__cells *cells) {
  const clv_state *state = mine__job_state(job);
  const clv_options *o = state->asked;
  const double unit = mine__period_days(state->body->unit);
  clv_job work = {
      .cells = cells,
      .life = {.process = state->process, .rules = rules, .k = state->body->k},
      .horizon = o->horizon * mine__period_days((mine_period)o->unit) / unit,
      .delta = state->spend ? log1p(o->discount) * unit / mine__period_days(MINE_PERIOD_YEAR) : 0,
      .covariance = state->body->covariance};
  memcpy(work.life.theta, state->body->value, (size_t)state->body->n * sizeof(double));
  work.out = mine__arena_array(job->arena, (size_t)cells->n, sizeof *work.out);
  if (!work.out || mine__parallel(job->env, MINE_BLOCKS(cells->n, CLV_BLOCK), clv_block, &work))
    return NULL;
  return work.out;
}

/* ---- amounts --------------------------------------------------------------------------------- */

typedef struct clv_spend {
  double value, variance; /* of its logarithm */
} clv_spend;

static clv_spend clv_spend_of(const mine_purchase_model *spend, double x, double m) {
  clv_spend out = {mine__gammagamma_spend(spend->value, x, m), 0};
  double g[LIFETIME_MOST], theta[LIFETIME_MOST];
  for (int i = 0; i < spend->n; i++) {
    memcpy(theta, spend->value, (size_t)spend->n * sizeof *theta);
    theta[i] = spend->value[i] * exp(CLV_DIFFERENCE);
    const double above = log(mine__gammagamma_spend(theta, x, m));
    theta[i] = spend->value[i] * exp(-CLV_DIFFERENCE);
    g[i] = (above - log(mine__gammagamma_spend(theta, x, m))) / (2 * CLV_DIFFERENCE);
  }
  out.variance = clv_form(g, spend->covariance, spend->n);
  return out;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* What a customer spent: the mean of so many repeat purchases; NAN: not known. */
typedef struct clv_spent {
  double paid, mean;
} clv_spent;

static void clv_row(const clv_state *state, const mine_cell *id, const mine__buyer *of,
                    clv_spent spent, const clv_cell *cell, mine_relation *out) {
  const double z = mine__normal_quantile(0.5 + state->asked->level / 2, MINE__LOWER);
  clv_spend spend = {NAN, 0};
  if (state->spend && (of->x == 0 || spent.mean > 0))
    spend = clv_spend_of(state->spend, spent.paid, spent.mean);
  const double clv = cell->discounted * spend.value;
  const double value = state->spend ? clv : cell->expected;
  const double se = sqrt(cell->variance + spend.variance);
  mine__row_cell(out, id);
  mine__row_int(out, (int64_t)of->x);
  mine__row_real(out, of->t_x);
  mine__row_real(out, of->T);
  mine__row_real(out, cell->alive);
  mine__row_real(out, cell->expected);
  mine__row_real(out, spend.value);
  mine__row_real(out, clv);
  mine__row_real(out, value * exp(-z * se));
  mine__row_real(out, value * exp(z * se));
  mine__relation_end_row(out);
}

/* Who has only just bought for the first time. */
static void clv_new_customer(mine_job *job, const mine__rules *rules, mine_relation *out) {
  mine__buyer buyer = {0, 0, 0};
  double weight = 1;
  const mine__cells cells = {1, &buyer, &weight};
  const mine_cell nobody = {MINE_NULL, 0, {0}};
  const clv_cell *cell = clv_ask(job, rules, &cells);
  if (cell) clv_row(mine__job_state(job), &nobody, &buyer, (clv_spent){0, NAN}, cell, out);
}

static void clv_tell_discount(mine_job *job) {
  const clv_state *state = mine__job_state(job);
  if (state->asked->discount > 0 && !state->spend)
    mine__job_note(job, "warning", "discount",
                   "it is of money, and nothing was said of that: purchases are not discounted; "
                   "say spend=<the name of a gammagamma model>");
}

static void clv_tell_horizon(mine_job *job, const mine_purchases *of) {
  const clv_state *state = mine__job_state(job);
  const double days = state->asked->horizon * mine__period_days((mine_period)state->asked->unit);
  double longest = 0;
  char ahead[MINE_NUMBER_BYTES], seen[MINE_NUMBER_BYTES];
  for (int64_t i = 0; i < of->n; i++)
    longest = fmax(longest, of->T[i]);
  longest *= mine__period_days(of->unit);
  if (days > 3 * longest)
    mine__job_notef(job, "warning", "horizon",
                    "%s days are foretold of customers who were observed for %s at most",
                    mine__format_real(ahead, days, 4), mine__format_real(seen, longest, 4));
}

static void clv_customers(mine_job *job, const mine__rules *rules, const mine_purchases *of,
                          mine_relation *out) {
  const clv_state *state = mine__job_state(job);
  mine__cells cells;
  int64_t unknown = 0;
  uint32_t *at = mine__arena_array(job->arena, (size_t)of->n, sizeof *at);
  if (at) mine__cells_make(job->env, job->arena, of->n, of->x, of->t_x, of->T, &cells, at);
  if (mine_failed(job->env)) return;
  const clv_cell *cell = clv_ask(job, rules, &cells);
  for (int64_t i = 0; cell && i < of->n; i++) {
    mine_cell id;
    if (MINE_POLL_AT(job->env, i)) return;
    const mine__buyer buyer = {of->x[i], of->t_x[i], of->T[i]};
    const clv_spent spent = of->m ? (clv_spent){of->paid[i], of->m[i]} : (clv_spent){0, NAN};
    unknown += state->spend && of->x[i] > 0 && !(spent.mean > 0);
    mine__values_get(of->ids, of->id[i], &id);
    clv_row(state, &id, &buyer, spent, &cell[at[i]], out);
  }
  if (unknown > 0)
    mine__job_notef(job, "warning", "spend",
                    "%lld customers bought again and have no mean amount above zero: they have no "
                    "value",
                    (long long)unknown);
}

static mine_status clv_run(mine_job *job, mine_relation *out) {
  const clv_state *state = mine__job_state(job);
  mine__rules rules;
  mine_purchases purchases;
  mine__rules_make(&rules);
  clv_tell_discount(job);
  if (!job->frame) {
    clv_new_customer(job, &rules, out);
    return mine_env_status(job->env);
  }
  MINE_TRY(
      mine__job_purchases(job, mine__job_model(job, MINE_ARG_MODEL), &state->reading, &purchases));
  if (state->spend && !purchases.m)
    return mine__fail(job->env, MINE_DATA,
                      "option spend needs what customers spent; give the amount as the third "
                      "column of events, or monetary as the fifth of a summary");
  clv_tell_horizon(job, &purchases);
  clv_customers(job, &rules, &purchases, out);
  return mine_env_status(job->env);
}

static const mine_answer clv_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the customer; NULL: a new one"},
    {"repeats", MINE_ANSWER_INTEGER, 0, "purchases after the first"},
    {"last_at", MINE_ANSWER_REAL, 0,
     "time from the first purchase to the last, in the model's unit"},
    {"age", MINE_ANSWER_REAL, 0, "time since the first purchase, likewise"},
    {"p_alive", MINE_ANSWER_REAL, 0, "the chance that the customer has not left for good"},
    {"expected_purchases", MINE_ANSWER_REAL, 0, "within the horizon"},
    {"expected_spend", MINE_ANSWER_REAL, 0, "of a purchase to come; NULL without spend="},
    {"clv", MINE_ANSWER_REAL, 0, "what the purchases to come are worth today; NULL without spend="},
    {"low", MINE_ANSWER_REAL, 0,
     "bound of clv, without spend= of expected_purchases, by the errors of the parameters"},
    {"high", MINE_ANSWER_REAL, 0, "likewise"},
    {0},
};

static const mine_option_set clv_sets[] = {
    {clv_option_table, sizeof(clv_options), 0},
    MINE_SET_HISTORIES,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_clv = {
    .name = "mine_clv",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_PREDICT,
    .what =
        "What customers will buy and are worth, by a model of buying and leaving (`bgnbd` ...).",
    .notes =
        "The source holds events (customer, time[, amount]) or a summary (id, repeats, last_at, "
        "age[, monetary]), as the model's did; the customers need not be those it learned from. "
        "Without a source the answer is one row: a customer who has just bought for the first "
        "time. With `spend=` a gammagamma model, clv is the sum of the purchases expected, each "
        "times the amount expected of the customer and discounted by its time. `low` and `high` "
        "are bounds of the expectation (delta method on its logarithm, from the standard errors); "
        "what a single customer does varies more.",
    .example =
        "SELECT id, repeats, round(p_alive, 3) AS p_alive, round(expected_purchases, 2) AS "
        "expected\nFROM mine_clv((SELECT mine_fit('bgnbd',\n" MINE_PURCHASES_EXAMPLE
        ")),\n" MINE_PURCHASES_EXAMPLE ", 'horizon=6') ORDER BY expected DESC LIMIT 5;",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = clv_answer,
    .options = clv_sets,
    .wants = mine__history_wants,
    .state_bytes = sizeof(clv_state),
    .open = clv_open,
    .source = clv_source,
    .run = clv_run,
};
