/*
** forecast.c -- mine_forecast: values to come of many series, with bounds, by one method
** (series/series.h).
*/
#include "forecast.h"

#include <math.h>
#include <string.h>

#define FORECAST_MOST_HORIZON 10000
#define FORECAST_WITHOUT      10 /* steps ahead where there is no season */
#define FORECAST_NAMED        5  /* series that a warning names */

static const char *const forecast_seasonal[] = {"auto", "none", "additive", "multiplicative", NULL};
static const char *const forecast_damped[] = {"auto", "no", "yes", NULL};

const mine_option mine__fitting_option_table[] = {
    OPTION_CHOICE(mine_fitting_options, seasonal, .initial = "auto", .choices = forecast_seasonal,
                  .help =
                      "how a season goes in: auto (the better one), none, additive (as much every "
                      "year), multiplicative (in proportion to the level)"),
    OPTION_CHOICE(mine_fitting_options, damped, .initial = "auto", .choices = forecast_damped,
                  .help = "ets: whether a trend must level off"),
    OPTION_NUMBERS(mine_fitting_options, order, .range = {0, 9}, .whole = 1,
                   .help = "arima: p|d|q, said instead of found"),
    OPTION_NUMBERS(mine_fitting_options, seasonal_order, .range = {0, 2}, .whole = 1,
                   .help = "arima: P|D|Q of the season beside order; not given: 0|0|0"),
    OPTION_CHOICE(mine_fitting_options, constant, .initial = "auto", .choices = forecast_damped,
                  .help = "arima: a mean, or a drift where the series is differenced once; auto: "
                          "where AICc says so"),
    OPTION_END};

const mine_option mine__ahead_option_table[] = {
    OPTION_INT(mine_ahead_options, horizon, .range = {1, FORECAST_MOST_HORIZON},
               .help = "how many steps ahead; not given: two seasons, without a season 10"),
    OPTION_REAL(mine_ahead_options, level, .initial = "0.95", .range = {0, 1}, .above_least = 1,
                .help = "of the bounds low and high: the share of values that shall lie between"),
    OPTION_FLAG(mine_ahead_options, nonnegative, .initial = "0",
                .help = "what would be below 0 is 0"),
    OPTION_END};

mine_forecast_how mine__forecast_how(const mine_fitting_options *options) {
  mine_forecast_how how = {.seasonal = options->seasonal,
                           .damped = options->damped - 1,
                           .ordered = options->order.n > 0 || options->seasonal_order.n > 0,
                           .constant = options->constant};
  for (size_t i = 0; i < options->order.n && i < 3; i++)
    how.order[i] = (int)options->order.item[i];
  for (size_t i = 0; i < options->seasonal_order.n && i < 3; i++)
    how.seasonal_order[i] = (int)options->seasonal_order.item[i];
  return how;
}

int64_t mine__ahead_horizon(const mine_ahead_options *options, int season) {
  if (options->horizon != MINE_NOT_GIVEN) return options->horizon;
  const int64_t two = season > 1 ? 2 * (int64_t)season : FORECAST_WITHOUT;
  return two < FORECAST_MOST_HORIZON ? two : FORECAST_MOST_HORIZON;
}

mine_status mine__ahead_check(mine_env *env, const mine_ahead_options *options) {
  if (options->level < 1) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "option level must be a number above 0 and below 1 (got 1: no bounds hold "
                    "every case)");
}

/* ---- series of a job ------------------------------------------------------------------------ */

mine_status mine__series_source(mine_job *job, int step, mine_series_reading *reading,
                                const char **sql, mine_frame **frame) {
  const mine_series_options *how = mine__options_of(&job->options, mine__series_option_table);
  const mine_events *parsed = mine__options_of(&job->options, job->options.wants);
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (!*sql) *sql = mine__job_text(job, MINE_ARG_BASE);
  if (step > 0 || !*sql) return mine_env_status(job->env);
  reading->events = *parsed;
  reading->numbers = how && !isnan(how->step.number);
  if (mine__frame_open(job->env, mine__series_plan, reading, &job->frame))
    return mine_env_status(job->env);
  *frame = job->frame;
  return MINE_OK;
}

mine_status mine__series_of_job(mine_job *job, const mine_series_reading *reading,
                                mine_series_set *out) {
  const mine_series_options *how = mine__options_of(&job->options, mine__series_option_table);
  return mine__series_read(job->env, job->arena, job->frame, reading, how, mine__job_note, job,
                           out);
}

/* The names of the first series with this reason, and how many there are. */
static int64_t forecast_same_reason(const mine_forecasts *fits, int64_t from, mine_text *names) {
  const char *why = fits->why_not[from];
  int64_t n = 0;
  char name[MINE_SHOW_BYTES];
  for (int64_t s = from; s < fits->set->n; s++) {
    if (!fits->why_not[s] || strcmp(fits->why_not[s], why) != 0) continue;
    if (n++ < FORECAST_NAMED)
      mine__text_addf(names, "%s%s", n > 1 ? ", " : "", mine__series_shown(fits->set, s, name));
  }
  return n;
}

static int forecast_is_first(const mine_forecasts *fits, int64_t s) {
  for (int64_t k = 0; k < s; k++)
    if (fits->why_not[k] && strcmp(fits->why_not[k], fits->why_not[s]) == 0) return 0;
  return 1;
}

/* Reasons are few: texts of the methods. */
int64_t mine__series_tell_reasons(mine_job *job, const mine_forecasts *fits, const char **last) {
  const char *told[64];
  int n_told = 0;
  int64_t without = 0;
  for (int64_t s = 0; s < fits->set->n; s++) {
    int known = 0;
    if (!fits->why_not[s]) continue;
    without++;
    *last = fits->why_not[s];
    for (int i = 0; i < n_told; i++)
      known |= told[i] == fits->why_not[s];
    if (known || n_told == 64 || !forecast_is_first(fits, s)) continue;
    told[n_told++] = fits->why_not[s];
    mine_text names;
    mine__text_open(&names, job->arena);
    const int64_t n = forecast_same_reason(fits, s, &names);
    mine__job_notef(job, "warning", "series", "%lld of %lld have no forecast: %s (%s%s)",
                    (long long)n, (long long)fits->set->n, fits->why_not[s],
                    names.bytes ? names.data : "", n > FORECAST_NAMED ? " ..." : "");
  }
  return without;
}

mine_status mine__series_tell(mine_job *job, const mine_forecasts *fits) {
  const char *why = "";
  int64_t plain = 0;
  const int64_t without = mine__series_tell_reasons(job, fits, &why);
  const int most = fits->method->most_season;
  const int too_long = most > 0 && fits->set->season > most;
  for (int64_t s = 0; s < fits->set->n; s++)
    plain += !fits->why_not[s] && fits->fit[s].season < fits->set->season;
  if (too_long)
    mine__job_notef(
        job, "warning", "season",
        "%s knows seasons of at most %d points, and this one has %d: series are forecast "
        "without a season; holt_winters takes any length",
        fits->method->name, most, fits->set->season);
  else if (plain > 0 && fits->method->seasons > 0)
    mine__job_notef(job, "warning", "season",
                    "%lld of %lld series have fewer values than %s of %d points: they are forecast "
                    "without a season",
                    (long long)plain, (long long)fits->set->n,
                    fits->method->seasons > 1 ? "two seasons" : "a season", fits->set->season);
  if (without < fits->set->n) return mine_env_status(job->env);
  return mine__fail(job->env, MINE_DATA, "%s of the series %s a forecast: %s",
                    fits->set->n > 1 ? "none" : "not one", "has", why);
}

/* ---- the verb ------------------------------------------------------------------------------- */

typedef struct forecast_options {
  int algorithm, fitted, intervals;
} forecast_options;

enum { FORECAST_MODEL, FORECAST_BOOTSTRAP };
static const char *const forecast_intervals[] = {"model", "bootstrap", NULL};

static const mine_option forecast_table[] = {
    OPTION_CHOICE(forecast_options, algorithm, .initial = "auto", .choices = mine__forecasters,
                  .help = "the method; auto: several, weighed by their errors in the past; naive, "
                          "seasonal_naive, drift and mean are what others have to beat"),
    OPTION_CHOICE(forecast_options, intervals, .initial = "model", .choices = forecast_intervals,
                  .help = "low and high: by the method's formula, or (bootstrap) quantiles of 1000 "
                          "futures whose errors are drawn from those of the series"),
    OPTION_FLAG(forecast_options, fitted, .initial = "1",
                .help = "also list what was expected of each point, one step ahead"),
    OPTION_END};

typedef struct forecast_state {
  mine_series_reading reading;
  mine_regressors_reading *regressors; /* NULL: none */
  mine_events pairs;                   /* of the hierarchy */
  mine_sums sums;                      /* n 0: none */
} forecast_state;

/* A stored model foretells by what it learned: how it would be fitted says nothing to it. */
static void forecast_check_model(mine_job *job, const mine_model *model) {
  char called[MINE_CALLED_BYTES];
  static const char *const of_sources[] = {
      "algorithm",      "fitted",   "intervals", "seasonal",    "damped",    "order",
      "seasonal_order", "constant", "step",      "gaps",        "season",    "duplicates",
      "series",         "time",     "value",     "date_format", "hierarchy", "reconcile"};
  if (model->kind != &mine__kind_forecast) {
    mine__fail(job->env, MINE_UNSUPPORTED,
               "%s does not forecast series; train ets, holt_winters or another that "
               "does",
               mine__model_called(model, called));
    return;
  }
  for (size_t i = 0; i < sizeof of_sources / sizeof of_sources[0]; i++)
    if (mine__options_given(job->options.group, job->options.n, of_sources[i]))
      mine__fail(job->env, MINE_OPTION,
                 "option %s is about a source, and '%.60s' is a model, which keeps what it learned",
                 of_sources[i], model->algorithm);
}

static mine_status forecast_open(mine_job *job) {
  const mine_model *model = mine__job_model(job, MINE_ARG_BASE);
  const forecast_options *asked = mine__options_of(&job->options, forecast_table);
  const mine_forecaster *method = mine__forecaster_at(asked->algorithm);
  if (model)
    forecast_check_model(job, model);
  else
    MINE_TRY(mine__fitting_check(job->env, &job->options, method));
  if (mine_failed(job->env)) return mine_env_status(job->env);
  MINE_TRY(mine__summing_check(job));
  const mine_stored *body = model ? model->body : NULL;
  MINE_TRY(mine__regressors_check(job->env, &job->options, body ? body->method : method, body));
  return mine__ahead_check(job->env, mine__options_of(&job->options, mine__ahead_option_table));
}

static mine_status forecast_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  forecast_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_BASE);
  mine_select *regressors = mine__regressors_asked(&job->options);
  *sql = NULL;
  if (!model && step == 0) return mine__series_source(job, step, &state->reading, sql, frame);
  mine_select *hierarchy = mine__summing_asked(&job->options);
  if (hierarchy && !hierarchy->frame) {
    MINE_TRY(mine__summing_open(job, &state->pairs));
    *sql = hierarchy->sql;
    *frame = hierarchy->frame;
    return MINE_OK;
  }
  if (!regressors || regressors->frame) return mine_env_status(job->env);
  if (model)
    MINE_TRY(
        mine__regressors_of_model(job->env, job->arena, regressors, model, &state->regressors));
  else
    MINE_TRY(mine__regressors_open(job->env, job->arena, regressors, job->frame, &state->reading,
                                   &state->regressors));
  *sql = regressors->sql;
  *frame = regressors->frame;
  return MINE_OK;
}

static void forecast_close(mine_job *job) {
  mine_select *regressors = mine__regressors_asked(&job->options);
  mine_select *hierarchy = mine__summing_asked(&job->options);
  if (regressors) mine__frame_close(regressors->frame);
  if (hierarchy) mine__frame_close(hierarchy->frame);
}

/* One row. */
typedef struct forecast_row {
  const mine_cell *name;
  const char *kind, *form;
  double value, low, high;
} forecast_row;

static void forecast_put(const mine_series_set *set, int64_t step, const forecast_row *row,
                         mine_relation *out) {
  char buffer[MINE_TIME_BYTES];
  mine_cell time;
  mine__row_cell(out, row->name);
  if (mine__series_time(set, step, buffer, &time))
    mine__row_cell(out, &time);
  else
    mine__row_null(out);
  mine__row_text(out, row->kind);
  mine__row_real(out, row->value);
  mine__row_real(out, row->low);
  mine__row_real(out, row->high);
  mine__row_text(out, row->form);
  mine__relation_end_row(out);
}

/* Forecasts of the steps after each series, n x h. */
typedef struct forecast_steps {
  mine_forecast_ask ask;
  double *mean, *low, *high;
} forecast_steps;

static void forecast_put_series(const mine_series_set *set, const mine_forecast_fit *fit, int64_t s,
                                const double *fitted, const forecast_steps *steps,
                                mine_relation *out) {
  char form[48];
  mine_cell name = {.type = MINE_NULL};
  if (fit->n_state == 0) return;
  if (set->name) mine__values_get(set->name, s, &name);
  fit->method->form_words(fit, form);
  for (int64_t i = 0; fitted && i < fit->n; i++) {
    const forecast_row row = {&name, "fitted", form, fitted[i], NAN, NAN};
    if (!isnan(fitted[i])) forecast_put(set, set->first[s] + i, &row, out);
  }
  for (int64_t i = 0; i < steps->ask.h; i++) {
    const int64_t at = s * steps->ask.h + i;
    const forecast_row row = {&name,           "forecast",     form,
                              steps->mean[at], steps->low[at], steps->high[at]};
    forecast_put(set, set->first[s] + fit->n + i, &row, out);
  }
}

/* The rows of all series.  fits: of a source, whose fitted values may be asked for and whose
** forecasts agree where there are sums; NULL: of a model. */
static mine_status forecast_put_all(mine_job *job, const mine_series_set *set,
                                    const mine_forecast_fit *fit, const mine_forecasts *fits,
                                    mine_relation *out) {
  mine_env *env = job->env;
  const forecast_state *state = mine__job_state(job);
  const forecast_options *asked = mine__options_of(&job->options, forecast_table);
  const int agree = fits && state->sums.n > 0;
  const mine_seed_options *chance = mine__options_of(&job->options, mine__seed_option_table);
  const double *fitted = fits && asked->fitted ? fits->fitted : NULL;
  const mine_ahead_options *ahead = mine__options_of(&job->options, mine__ahead_option_table);
  forecast_steps steps = {.ask = {.h = mine__ahead_horizon(ahead, set->season),
                                  .level = ahead->level,
                                  .seed = (uint64_t)chance->seed,
                                  .nonnegative = ahead->nonnegative,
                                  .of = asked->intervals == FORECAST_BOOTSTRAP ? fits : NULL}};
  const size_t n = (size_t)set->n, h = (size_t)steps.ask.h;
  steps.mean = mine__arena_array(job->arena, n, h * sizeof *steps.mean);
  steps.low = mine__arena_array(job->arena, n, h * sizeof *steps.low);
  steps.high = mine__arena_array(job->arena, n, h * sizeof *steps.high);
  if (mine_failed(env)) return mine_env_status(env);
  mine_forecast_ask alone = steps.ask;
  if (agree) alone.nonnegative = 0; /* a leaf at 0 is so because sums say so */
  MINE_TRY(mine__series_forecast(env, set->n, fit, &alone, steps.mean, steps.low, steps.high));
  if (agree) {
    const mine_summing_options *how = mine__options_of(&job->options, mine__summing_option_table);
    MINE_TRY(mine__reconcile(env, &state->sums, fits,
                             (mine_reconcile)(how->reconcile < 0 ? 0 : how->reconcile), &steps.ask,
                             steps.mean, steps.low, steps.high));
  }
  for (int64_t s = 0; s < set->n && !MINE_POLL_AT(env, 256 * s); s++)
    forecast_put_series(set, &fit[s], s, fitted ? fitted + set->at[s] : NULL, &steps, out);
  return mine_env_status(env);
}

/* A stored model goes on from where its series ended. */
static mine_status forecast_of_model(mine_job *job, const mine_model *model, mine_relation *out) {
  const forecast_state *state = mine__job_state(job);
  const mine_ahead_options *ahead = mine__options_of(&job->options, mine__ahead_option_table);
  const mine_stored *body = model->body;
  if (!state->regressors) return forecast_put_all(job, &body->set, body->fit, NULL, out);
  mine_stored *copy = mine__stored_copy(job->env, job->arena, body);
  if (!copy) return mine_env_status(job->env);
  MINE_TRY(mine__regressors_ahead(job->env, job->arena,
                                  mine__regressors_asked(&job->options)->frame, state->regressors,
                                  mine__ahead_horizon(ahead, copy->set.season), copy));
  return forecast_put_all(job, &copy->set, copy->fit, NULL, out);
}

static mine_status forecast_run(mine_job *job, mine_relation *out) {
  forecast_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_BASE);
  const forecast_options *asked = mine__options_of(&job->options, forecast_table);
  const mine_ahead_options *ahead = mine__options_of(&job->options, mine__ahead_option_table);
  mine_forecast_how how =
      mine__forecast_how(mine__options_of(&job->options, mine__fitting_option_table));
  mine_series_set set;
  mine_forecasts fits;
  if (model) return forecast_of_model(job, model, out);
  MINE_TRY(mine__series_of_job(job, &state->reading, &set));
  if (mine__summing_asked(&job->options)) {
    const mine_series_set read = set;
    MINE_TRY(mine__summing_build(job, &state->pairs, &read, &set, &state->sums));
  }
  if (state->regressors)
    MINE_TRY(mine__regressors_read(job->env, job->arena,
                                   mine__regressors_asked(&job->options)->frame, state->regressors,
                                   NULL, mine__ahead_horizon(ahead, set.season), &set));
  how.n_x = set.n_x;
  const int with_fitted =
      asked->fitted || asked->intervals == FORECAST_BOOTSTRAP || state->sums.n > 0;
  MINE_TRY(mine__series_fit(job->env, job->arena, &set, mine__forecaster_at(asked->algorithm), &how,
                            with_fitted, &fits));
  MINE_TRY(mine__series_tell(job, &fits));
  mine__regressors_tell(job->env, &fits, mine__job_note, job);
  if (state->sums.n > 0) MINE_TRY(mine__summing_complete(job, &state->sums, &fits));
  return forecast_put_all(job, &set, fits.fit, &fits, out);
}

static const mine_answer forecast_answer[] = {
    {"series", MINE_ANSWER_ANY, 1, "its name; NULL: the source has one series without a name"},
    {"time", MINE_ANSWER_ANY, 1, "of the step, as times came"},
    {"kind", MINE_ANSWER_TEXT, 1, "fitted or forecast"},
    {"value", MINE_ANSWER_REAL, 0,
     "what is expected; of fitted rows: what was expected, one step ahead"},
    {"low", MINE_ANSWER_REAL, 0, "of a forecast: the value lies above it ..."},
    {"high", MINE_ANSWER_REAL, 0, "... and below this with the share that level says"},
    {"model", MINE_ANSWER_TEXT, 0, "what was fitted to the series, such as ETS(M,Ad,M)"},
    {0},
};

static const mine_option_set forecast_sets[] = {
    {forecast_table, sizeof(forecast_options), 0},
    MINE_SET_AHEAD,
    MINE_SET_FITTING,
    MINE_SET_REGRESSORS,
    MINE_SET_SEED,
    MINE_SET_SUMMING,
    MINE_SET_SERIES,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_forecast = {
    .name = "mine_forecast",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SERIES,
    .what = "Values to come of one series or of thousands, with bounds: orders a week, calls an hour.",
    .notes =
        "Two columns, the time and the value, or three, the series before them. The step of the "
        "times is recognised (or said with `step=`), and so is the season. A month, a quarter, a "
        "year keep their day, the last one where months end. Steps without a row are missing unless "
        "`gaps=` says otherwise; the last value of a series is its end, and rows behind it without a "
        "value are what is asked for. A series that cannot be forecast is a warning with its name "
        "(`mine_warnings`) and has no rows. Series are fitted on all cores, with the same result for "
        "any number of threads. In the place of a source a model that `mine_train` stored, "
        "which goes on from where its series ended; new rows move it on with "
        "`mine_train(name, algorithm, rows, 'update=1')`.",
    .example = "SELECT time, kind, round(value, 1) AS value, round(low, 1) AS low, "
               "round(high, 1) AS high\n"
               "FROM mine_forecast(\n  " MINE_ROWS(
                   "date(''2020-01-01'', i || '' months'') AS month, 100 + i + i*i%12*5 AS orders")
               ",\n  'horizon=3, fitted=0');",
    .argument = {{MINE_ARG_BASE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = forecast_answer,
    .options = forecast_sets,
    .wants = mine__series_wants,
    .state_bytes = sizeof(forecast_state),
    .open = forecast_open,
    .source = forecast_source,
    .run = forecast_run,
    .close = forecast_close,
};
