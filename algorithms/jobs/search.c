/*
** search.c -- who is like whom: the rows of a base nearest to each query.
**
** The base is an attribute table, read like any other (roles.h), or the rows that
** a knn model holds.  Queries are matched to its attributes by name, with the
** types and categories of the base.
*/
#include "search.h"

#include <math.h>
#include <string.h>

#define SEARCH_NO_KEY   UINT32_MAX       /* a query whose id is not in the base */
#define SEARCH_NULL_KEY (UINT32_MAX - 1) /* a base row without an id            */

const mine_option mine__search_option_table[] = {
    OPTION_INT(mine_search_options, k, .initial = "10", .range = {1, MINE_MAX_ROWS},
               .help = "how many neighbours; more than there are rows: all rows"),
    MINE__SPACE_OPTIONS(mine_search_options),
    OPTION_FLAG(mine_search_options, exclude_self,
                .help =
                    "leave out the row with the query's own id; not given: 1 when both sources are "
                    "the same text, else 0"),
    OPTION_END};

/* ---- options ------------------------------------------------------------------ */

/* A model has settled how its rows were read and scaled. */
static void search_refuse_settled(mine_env *env, const mine_option_group *group, int n) {
  static const char *const settled[] = {"metric",      "scale", "ignore",  "categorical", "numeric",
                                        "date_format", "na",    "decimal", NULL};
  for (int i = 0; settled[i]; i++)
    if (mine__options_given(group, n, settled[i])) {
      mine__fail(env, MINE_OPTION,
                 "option %s is settled by the model; leave it out, or search a table", settled[i]);
      return;
    }
}

static void search_options(mine_search *search, const mine__options *options) {
  mine_env *env = search->env;
  if (MINE_TAKE(env, search->arena, options, mine__search_option_table, &search->own)) return;
  if (MINE_TAKE(env, search->arena, options, mine__source_option_table, &search->source)) return;
  if (search->model) search_refuse_settled(env, options->group, options->n);
}

/* ---- the base ------------------------------------------------------------------- */

static void search_use_model(mine_search *search) {
  const mine_model *model = search->model;
  if (model->kind != &mine__kind_neighbours) {
    mine__fail(search->env, MINE_UNSUPPORTED,
               "the model is of kind %s (%s), and a search needs one of kind %s (knn); "
               "train a knn model or search a table",
               model->kind->name, model->algorithm, mine__kind_neighbours.name);
    return;
  }
  search->body = model->body;
  search->id_name = model->roles.id;
  search->n_features = model->n_features;
  search->feature = model->feature;
}

/* What the base was taken for, for mine_warnings. */
static void search_note(void *context, const char *item, const char *name, const char *detail) {
  mine_search *search = context;
  if (search->job) mine__job_note(search->job, item, name, detail);
}

/* The chosen columns of the base, described and at hand. */
static void search_describe(mine_search *search, const mine_chosen *chosen, mine_dataset *data) {
  mine_feature *about;
  mine_feature_view *view;
  mine__features_of_columns(search->env, search->arena, search->base, chosen->column, chosen->n,
                            &about, &view);
  if (mine_failed(search->env)) return;
  search->n_features = data->n_features = chosen->n;
  search->feature = data->about = about;
  data->rows.feature = view;
}

static void search_refuse_missing(mine_search *search, const mine_batch *rows, const char *whose) {
  int64_t at;
  const int f = mine__missing_first(rows, search->n_features, &at);
  if (f < 0) return;
  mine__fail(search->env, MINE_DATA,
             "column '%s' of the %s rows is missing in row %lld and missing=error; fill "
             "it in, or say missing=skip or missing=auto",
             search->feature[f].name, whose, (long long)at + 1);
}

/* The rows to use, by the option `missing`; *row stays NULL for all of them.
** `whose`: "base" or "query", for the sentence. */
static void search_select(mine_search *search, const mine_feature_view *view, int64_t rows,
                          const char *whose, mine_batch *out) {
  const int missing = search->source.missing;
  *out = (mine_batch){.n = rows, .feature = view};
  if (missing == MINE_MISSING_AUTO) return;
  if (missing == MINE_MISSING_ERROR) {
    search_refuse_missing(search, out, whose);
    return;
  }
  uint32_t *row = mine__arena_array(search->arena, (size_t)rows, sizeof *row);
  if (!row) return;
  out->n = 0;
  out->row = row;
  for (int64_t i = 0; i < rows; i++)
    if (mine__missing_in_row(view, search->n_features, i) < 0) row[out->n++] = (uint32_t)i;
}

/* The base as points; its frame is done with.  `beside`: the queries, or NULL. */
static void search_fit(mine_search *search, const mine_batch *beside) {
  mine_env *env = search->env;
  const mine__neighbours_how how = {.space = (mine_space)search->own.metric,
                                    .scale = search->own.scale,
                                    .apart = 1,
                                    .beside = beside};
  mine_neighbours *body = mine__arena_zeros(search->arena, 1, sizeof *body);
  if (!body || mine__neighbours_fit(env, search->arena, &search->data, &how, body) != MINE_OK)
    return;
  search->body = body;
  mine__frame_close(search->base);
  search->base = NULL;
}

static void search_build_base(mine_search *search) {
  mine_env *env = search->env;
  mine_chosen chosen;
  mine_dataset *data = &search->data;
  mine_frame *base = search->base;
  if (mine__frame_finish(base) != MINE_OK) return;
  if (mine__roles_check(&search->roles, base, search_note, search, &chosen) != MINE_OK) return;
  search_describe(search, &chosen, data);
  if (mine_failed(env)) return;
  const mine_feature_view *view = data->rows.feature;
  search_select(search, view, base->rows, "base", &data->rows);
  if (mine_failed(env)) return;
  if (data->rows.n == 0) {
    mine__fail(env, MINE_DATA, "every row of the base has a missing attribute; say missing=auto");
    return;
  }
  if (search->roles.id >= 0) {
    const char *name = base->column[search->roles.id].name;
    search->id_name = mine__arena_text(search->arena, name, strlen(name));
    data->ids = &base->ids;
  }
}

mine_status mine__search_build(mine_search *search) {
  if (mine_failed(search->env)) return mine_env_status(search->env);
  if (search->feature) return MINE_OK;
  if (search->base->n_columns == 0) {
    return mine__fail(search->env, MINE_DATA, "the base has no columns; fill its frame first");
  }
  search_build_base(search);
  if (mine_failed(search->env)) return mine_env_status(search->env);
  if (search->own.metric == MINE_SPACE_GOWER) return MINE_OK; /* until the queries are there */
  search_fit(search, NULL);
  return mine_env_status(search->env);
}

/* ---- the search ---------------------------------------------------------------------- */

/* Which rows and queries are the same: numbers for ids. */
typedef struct search_keys {
  uint32_t *base, *query; /* NULL, NULL: nobody is left out */
} search_keys;

static void search_id(const mine_search *search, int64_t row, mine_cell *out) {
  *out = (mine_cell){MINE_INT, 0, {.integer = row + 1}};
  if (search->query_id >= 0) mine__values_get(&search->queries->ids, row, out);
}

static void search_number_ids(mine_search *search, const mine_batch *batch, search_keys *keys) {
  const mine_neighbours *body = search->body;
  mine_dictionary ids;
  mine_cell id;
  keys->base = mine__arena_array(search->arena, (size_t)body->n, sizeof *keys->base);
  keys->query = mine__arena_array(search->arena, (size_t)batch->n, sizeof *keys->query);
  if (!keys->base || !keys->query || !mine__dictionary_open(&ids, search->arena)) return;
  for (int64_t i = 0; i < body->n; i++) {
    mine__values_get(&body->ids, i, &id);
    const int64_t key = id.type == MINE_NULL ? SEARCH_NULL_KEY : mine__dictionary_add(&ids, &id);
    if (key < 0) return;
    keys->base[i] = (uint32_t)key;
  }
  for (int64_t q = 0; q < batch->n; q++) {
    search_id(search, mine_batch_row(batch, q), &id);
    const int64_t key = id.type == MINE_NULL ? -1 : mine__dictionary_find(&ids, &id);
    keys->query[q] = key < 0 ? SEARCH_NO_KEY : (uint32_t)key;
  }
}

/* A pair without a known attribute in common has no distance. */
static void search_distance(const mine_search *search, double distance, mine_relation *relation) {
  const int none = search->body->space == MINE_SPACE_GOWER && isinf(distance);
  mine__row_real(relation, none ? (double)NAN : distance);
}

/* The answers to a chunk of queries, as rows of the result. */
static void search_report(const mine_search *search, const mine_batch *batch, int64_t first,
                          const mine_nearest_query *query, const uint32_t *row,
                          const double *distance, const int64_t *found, mine_relation *relation) {
  for (int64_t q = 0; q < query->n; q++) {
    mine_cell query_id, id;
    search_id(search, mine_batch_row(batch, first + q), &query_id);
    for (int64_t i = 0; i < found[q]; i++) {
      mine__values_get(&search->body->ids, row[q * query->k + i], &id);
      mine__row_cell(relation, &query_id);
      mine__row_int(relation, i + 1);
      mine__row_cell(relation, &id);
      search_distance(search, distance[q * query->k + i], relation);
      mine__relation_end_row(relation);
    }
  }
}

/* Chunk after chunk, so that memory does not depend on the number of queries. */
static void search_run(mine_search *search, const mine_batch *batch, const search_keys *keys,
                       mine_relation *relation) {
  mine_env *env = search->env;
  const mine_neighbours *body = search->body;
  const int64_t k = search->own.k < body->n ? search->own.k : body->n;
  const int64_t chunk = mine__neighbours_chunk(body, k, batch->n);
  mine_arena *arena = search->arena;
  double *point = mine__arena_array(arena, (size_t)chunk, (size_t)body->width * sizeof *point);
  double *distance = mine__arena_array(arena, (size_t)chunk, (size_t)k * sizeof *distance);
  uint32_t *row = mine__arena_array(arena, (size_t)chunk, (size_t)k * sizeof *row);
  int64_t *found = mine__arena_array(arena, (size_t)chunk, sizeof *found);
  if (!point || !distance || !row || !found) return;
  for (int64_t first = 0; first < batch->n; first += chunk) {
    const int64_t left = batch->n - first, count = left < chunk ? left : chunk;
    mine__neighbours_points(body, batch, first, count, point);
    const mine_nearest_query query = {.n = count,
                                      .row = point,
                                      .k = k,
                                      .base_key = keys->base,
                                      .query_key = keys->query ? keys->query + first : NULL,
                                      .what = "searching neighbours",
                                      .from = (double)first / (double)batch->n,
                                      .to = (double)(first + count) / (double)batch->n};
    if (mine__nearest_search(env, &body->nearest, &query, row, distance, found) != MINE_OK) break;
    search_report(search, batch, first, &query, row, distance, found, relation);
    if (mine_failed(env)) break;
  }
}

static void search_answer(mine_search *search, mine_relation *relation) {
  mine_env *env = search->env;
  mine_frame *frame = search->queries;
  mine_batch batch;
  search_keys keys = {NULL, NULL};
  mine_feature_view *view =
      mine__arena_zeros(search->arena, (size_t)search->n_features, sizeof *view);
  if (!view || mine__frame_finish(frame) != MINE_OK) return;
  for (int f = 0; f < search->n_features; f++) {
    mine__view_of_column(&frame->column[search->query_column[f]], &view[f]);
  }
  search_select(search, view, frame->rows, "query", &batch);
  if (mine_failed(env) || batch.n == 0) return;
  if (!search->body) search_fit(search, &batch); /* Gower's ranges want the queries, too */
  if (mine_failed(env)) return;
  const int exclude = search->own.exclude_self < 0 ? search->same_source : search->own.exclude_self;
  if (exclude) search_number_ids(search, &batch, &keys);
  if (!mine_failed(env)) search_run(search, &batch, &keys, relation);
}

mine_status mine__search_run(mine_search *search, mine_relation *out) {
  mine_env *env = search->env;
  if (mine_failed(env)) return mine_env_status(env);
  if (!search->feature || search->queries->n_columns == 0) {
    return mine__fail(env, MINE_DATA, "the queries have no columns; fill their frame first");
  }
  search_answer(search, out);
  return mine_env_status(env);
}

/* ---- open and close --------------------------------------------------------------------- */

static void search_start(mine_search *search, const mine__options *options) {
  mine_env *env = search->env;
  search->query_id = -1;
  if (search->model) search_use_model(search);
  if (mine_failed(env)) return;
  search_options(search, options);
  if (mine_failed(env)) return;
  search->roles = (mine_roles){.env = env, .source = &search->source, .keep_constants = 1};
  search->data.task = MINE_NEIGHBORS;
  search->roles.id = search->roles.target = search->roles.weight = -1;
  if (mine__frame_open(env, mine__search_plan_queries, search, &search->queries) != MINE_OK) return;
  if (!search->model) (void)!mine__frame_open(env, mine__roles_plan, &search->roles, &search->base);
}

mine_status mine__search_open(mine_env *env, const mine_model *model, int same_source,
                              const mine__options *options, mine_search **out) {
  *out = NULL;
  if (mine_failed(env)) return mine_env_status(env);
  mine_arena *arena = mine__arena_open(env);
  mine_search *search = arena ? mine__arena_zeros(arena, 1, sizeof *search) : NULL;
  if (!search) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  search->env = env;
  search->arena = arena;
  search->model = model;
  search->same_source = same_source != 0;
  search_start(search, options);
  if (mine_failed(env)) {
    mine__search_close(search);
    return mine_env_status(env);
  }
  *out = search;
  return MINE_OK;
}

mine_frame *mine__search_base(mine_search *search) {
  return search->base;
}

mine_frame *mine__search_queries(mine_search *search) {
  return search->queries;
}

void mine__search_close(mine_search *search) {
  if (!search) return;
  mine__frame_close(search->base);
  mine__frame_close(search->queries);
  mine__arena_close(search->arena);
}

/* ---- the verb ---------------------------------------------------------------------------- */

typedef struct search_state {
  mine_search *search;
} search_state;

static mine_search *search_of(const mine_job *job) {
  return ((const search_state *)mine__job_state(job))->search;
}

static mine_status neighbors_open(mine_job *job) {
  search_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_BASE);
  const char *base = mine__job_text(job, MINE_ARG_BASE);
  const char *queries = mine__job_text(job, MINE_ARG_SOURCE);
  const int same = !model && base && queries && mine__same_word(base, queries);
  MINE_TRY(mine__search_open(job->env, model, same, &job->options, &state->search));
  state->search->job = job;
  return MINE_OK;
}

/* The base, unless it is a model; then the queries. */
static mine_status neighbors_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  mine_search *search = search_of(job);
  if (!search->model && step == 0) {
    *sql = mine__job_text(job, MINE_ARG_BASE);
    *frame = search->base;
  } else if (step == (search->model ? 0 : 1)) {
    MINE_TRY(mine__search_build(search));
    *sql = mine__job_text(job, MINE_ARG_SOURCE);
    *frame = search->queries;
  }
  return MINE_OK;
}

static mine_status neighbors_run(mine_job *job, mine_relation *out) {
  return mine__search_run(search_of(job), out);
}

static void neighbors_close(mine_job *job) {
  mine__search_close(search_of(job));
}

static const mine_answer neighbors_answer[] = {
    {"query_id", MINE_ANSWER_ANY, 1, "id of the query row"},
    {"rank", MINE_ANSWER_INTEGER, 1, "1 = nearest"},
    {"id", MINE_ANSWER_ANY, 1, "of the neighbour"},
    {"distance", MINE_ANSWER_REAL, 0,
     "by the option metric; NULL when the two share no known attribute (gower)"},
    {0},
};

static const mine_option_set neighbors_options[] = {
    {mine__search_option_table, sizeof(mine_search_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_SEED, /* accepted everywhere; nothing here is random */
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_neighbors = {
    .name = "mine_neighbors",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_ALIKE,
    .what = "The most similar rows of a source (or of a knn model) for each query row.",
    .notes =
        "The first argument is a source or the name of a `knn` model; a name that is both is "
        "an error. Every column counts, also one that is constant in the base: where `scale` has "
        "no spread to divide by, it counts in its own units. A category that the base does not "
        "have is 1 away from every other; for a model, which keeps its categories' shares, it "
        "lies between them (gower: 1 away). `gower` divides numbers by their range in base and "
        "queries together, as R's daisy; for a model by the range in its rows, beyond which a "
        "difference is more than 1. Rows at distance NULL come last.",
    .example =
        "SELECT rank, id, round(distance, 2) AS distance FROM mine_neighbors(\n  " MINE_SHOPPERS
        ",\n  'SELECT 0 AS id, 30 AS age, 100.0 AS spend', 'k=3');",
    .argument = {{MINE_ARG_BASE, "source"},
                 {MINE_ARG_SOURCE, "queries"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = neighbors_answer,
    .options = neighbors_options,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(search_state),
    .open = neighbors_open,
    .source = neighbors_source,
    .run = neighbors_run,
    .close = neighbors_close,
};
