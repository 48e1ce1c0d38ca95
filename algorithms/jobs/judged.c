/*
** judged.c -- offers beside what was taken afterwards: measured and told (judged.h).
*/
#include "judged.h"

#include <math.h>
#include <string.h>

#include "../model/measures.h"
#include "thresholds.h"

const mine_option mine__offers_option_table[] = {
    OPTION_INT(mine_offers_options, k, .range = {1, 1e6},
               .help = "of a recommender: so many offers to each customer are judged (10)"),
    OPTION_CHOICE(mine_offers_options, repeat, .choices = mine__repeats,
                  .help = "of a recommender: what the customer has taken before, as in "
                          "mine_recommend; not given: as the algorithm does"),
    OPTION_END};

/* Customers of whom the model's own histories are asked for. */
static int judged_who(mine_arena *arena, const mine_recommender *of, const mine_interactions *later,
                      mine_interactions *out) {
  int64_t *none = mine__arena_zeros(arena, (size_t)later->n_customers + 1, sizeof *none);
  *out = (mine_interactions){.n_customers = later->n_customers,
                             .n_items = of->n_items,
                             .customers = later->customers,
                             .items = &of->items,
                             .basket_first = none,
                             .event_first = none,
                             .pair_first = none};
  return none != NULL;
}

mine_status mine__offers_measure(mine_env *env, const mine_recommender *of, const int64_t *known,
                                 const mine_interactions *later, const int64_t *unknown,
                                 const mine_offers_options *how, mine_quality *out) {
  const int64_t k = how->k == MINE_NOT_GIVEN ? MINE_OFFERS_K : how->k;
  const mine_ask ask = {.top = k,
                        .repeat = how->repeat < 0 ? of->how->repeat : (mine_repeat)how->repeat};
  mine_quality_sum sum;
  mine_interactions who;
  mine_asked_items answer;
  mine_arena *arena = mine__arena_open(env);
  *out = (mine_quality){0};
  if (arena && judged_who(arena, of, later, &who) &&
      mine__quality_open(env, arena, k, of->n_items, of->of.n_customers, of->taken, &sum) &&
      mine__recommender_ask(env, arena, of, &who, known, &ask, &answer) == MINE_OK) {
    for (int64_t c = 0; c < who.n_customers && !MINE_POLL_AT(env, c); c++) {
      const mine_history history = mine__history_of(of, &who, known, c);
      const int64_t from = answer.first[c], p = later->pair_first[c];
      mine__quality_add(&sum, answer.first[c + 1] - from, answer.item + from, history.n,
                        history.item, later->pair_first[c + 1] - p, later->pair_item + p,
                        unknown ? unknown[c] : 0);
    }
    *out = mine__quality_of(&sum);
  }
  mine__arena_close(arena);
  return mine_env_status(env);
}

/* ---- names ---------------------------------------------------------------------------------- */

typedef struct judged_figure {
  mine_measure_id measure;
  size_t at;
} judged_figure;

static const judged_figure judged_figures[] = {
    {MINE_MEASURE_PRECISION_AT, offsetof(mine_quality, precision)},
    {MINE_MEASURE_RECALL_AT, offsetof(mine_quality, recall)},
    {MINE_MEASURE_NDCG_AT, offsetof(mine_quality, ndcg)},
    {MINE_MEASURE_MAP_AT, offsetof(mine_quality, map)},
    {MINE_MEASURE_HIT_AT, offsetof(mine_quality, hit)},
    {MINE_MEASURE_REPEAT_RECALL_AT, offsetof(mine_quality, repeat_recall)},
    {MINE_MEASURE_NEW_RECALL_AT, offsetof(mine_quality, new_recall)},
    {MINE_MEASURE_REPEAT_SHARE, offsetof(mine_quality, repeat_share)},
    {MINE_MEASURE_COVERAGE, offsetof(mine_quality, coverage)},
    {MINE_MEASURE_NOVELTY, offsetof(mine_quality, novelty)},
};
#define JUDGED_FIGURES (sizeof judged_figures / sizeof judged_figures[0])

static double judged_value(const mine_quality *quality, const judged_figure *figure) {
  double value;
  memcpy(&value, (const char *)quality + figure->at, sizeof value);
  return value;
}

/* "recall@5" of "recall@10". */
static const char *judged_name(mine_arena *arena, const char *name, int64_t k) {
  const char *at = strchr(name, '@');
  if (!at || k == MINE_OFFERS_K) return name;
  mine_text text;
  mine__text_open(&text, arena);
  mine__text_addf(&text, "%.*s@%lld", (int)(at - name), name, (long long)k);
  return text.failed ? name : text.data;
}

int mine__offers_metrics(mine_arena *arena, const mine_quality *quality, mine_metric *metric) {
  int n = 0;
  metric[n++] = (mine_metric){mine__measures[MINE_MEASURE_ROWS].name, (double)quality->customers};
  for (size_t i = 0; i < JUDGED_FIGURES; i++) {
    const char *name = mine__measures[judged_figures[i].measure].name;
    metric[n++] = (mine_metric){judged_name(arena, name, quality->k),
                                judged_value(quality, &judged_figures[i])};
  }
  return n;
}

static void judged_list(mine_arena *arena, const mine_quality *quality, mine_relation *to) {
  mine_metric metric[MINE_MAX_METRICS];
  const int n = mine__offers_metrics(arena, quality, metric);
  for (int i = 0; i < n; i++) {
    mine__row_text(to, metric[i].name);
    if (i == 0)
      mine__row_int(to, quality->customers);
    else
      mine__row_real(to, metric[i].value);
    mine__row_null(to); /* low, high, slice */
    mine__row_null(to);
    mine__row_null(to);
    mine__relation_end_row(to);
  }
}

/* ---- mine_evaluate -------------------------------------------------------------------------- */

mine_status mine__offers_open(mine_job *job) {
  const mine_offers_options *how = mine__options_of(&job->options, mine__offers_option_table);
  if (!mine__job_text(job, MINE_ARG_SOURCE)) {
    if (how->repeat >= 0 || (how->k != MINE_NOT_GIVEN && how->k != MINE_OFFERS_K))
      return mine__fail(job->env, MINE_OPTION,
                        "what was held out of the training was judged with k=10 and the "
                        "algorithm's own repeat; give the source of the events that came later");
    return MINE_OK;
  }
  job->events = (mine_events){.want = mine__interactions_wants};
  return mine__frame_open(job->env, mine__events_plan, &job->events, &job->frame);
}

/* The items of the source that the model does not know, per customer. */
static void judged_unknown(const mine_interactions *came, const int32_t *to, int64_t *unknown) {
  for (int64_t c = 0; c < came->n_customers; c++)
    for (int64_t p = came->pair_first[c]; p < came->pair_first[c + 1]; p++)
      unknown[c] += to[came->pair_item[p]] < 0;
}

static void judged_tell(mine_job *job, const int64_t *known, const int64_t *unknown, int64_t n) {
  int64_t strangers = 0, items = 0;
  for (int64_t c = 0; c < n; c++) {
    strangers += known[c] < 0;
    items += unknown[c];
  }
  if (strangers > 0)
    mine__job_notef(job, "warning", "customer",
                    "%lld of %lld customers are not known to the model and are offered what most "
                    "take",
                    (long long)strangers, (long long)n);
  if (items > 0)
    mine__job_notef(job, "warning", "item",
                    "%lld times a customer took an item that the model does not know: a miss",
                    (long long)items);
}

mine_status mine__offers_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const mine_recommender *of = model->body;
  const mine_interactions_how reading = {.note = mine__job_note, .context = job};
  mine_interactions came, later;
  mine_quality quality;
  if (!job->frame) return mine__model_list(env, model, job->verb->name, out);
  mine__interactions_read(env, job->arena, job->frame, &job->events, &reading, &came);
  if (mine_failed(env)) return mine_env_status(env);
  const int32_t *to = mine__recommender_items(env, job->arena, of, came.items);
  const int64_t *known = mine__recommender_customers(env, job->arena, of, came.customers);
  int64_t *unknown = mine__arena_zeros(job->arena, (size_t)came.n_customers, sizeof *unknown);
  if (!to || !known || !unknown) return mine_env_status(env);
  mine__interactions_map(env, job->arena, &came, to, &of->items, &later);
  if (mine_failed(env)) return mine_env_status(env);
  judged_unknown(&came, to, unknown);
  judged_tell(job, known, unknown, came.n_customers);
  MINE_TRY(mine__offers_measure(env, of, known, &later, unknown,
                                mine__options_of(&job->options, mine__offers_option_table),
                                &quality));
  judged_list(job->arena, &quality, out);
  return mine_env_status(env);
}
