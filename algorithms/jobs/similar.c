/*
** similar.c -- mine_similar: the items most like an item, by a recommender.
*/
#include <string.h>

#include "../core/likeness.h"
#include "items.h"
#include "verb.h"

typedef struct similar_options {
  int64_t top;
} similar_options;

static const mine_option similar_table[] = {
    OPTION_INT(similar_options, top, .initial = "10", .range = {1, 1e6},
               .help = "how many items for each item"),
    OPTION_END};

static const mine_want similar_wants[] = {
    {.name = "item", .reading = MINE_READ_EXACT},
    {0},
};

typedef struct similar_state {
  const mine_recommender *of;
  const char *sql; /* the items are a SELECT; or NULL */
  int column[1];
} similar_state;

mine_status mine__recommender_check(mine_env *env, const mine_model *model) {
  char called[MINE_CALLED_BYTES];
  if (model->kind == &mine__kind_recommender) return MINE_OK;
  return mine__fail(env, MINE_UNSUPPORTED,
                    "%s recommends nothing; train a recommender such as gp or "
                    "cooccurrence on (customer, item, time)",
                    mine__model_called(model, called));
}

/* ---- which items ---------------------------------------------------------------------------- */

/* Whether a text is a SELECT rather than names. */
static int similar_is_select(const char *text) {
  static const char *const words[] = {"select", "with", "values"};
  while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '(')
    text++;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    const size_t n = strlen(words[i]);
    size_t k = 0;
    while (k < n && (text[k] | 32) == words[i][k])
      k++;
    if (k == n && (text[n] == ' ' || text[n] == '\n' || text[n] == '(')) return 1;
  }
  return 0;
}

static mine_status similar_open(mine_job *job) {
  similar_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const char *items = mine__job_text(job, MINE_ARG_ITEMS);
  MINE_TRY(mine__recommender_check(job->env, model));
  state->of = model->body;
  if (!state->of->how->similar)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "%s %s model has no notion of items that are alike: %s; train cooccurrence",
                      mine__article(model->algorithm), model->algorithm,
                      state->of->how->not_similar);
  state->sql = items && similar_is_select(items) ? items : NULL;
  return MINE_OK;
}

static mine_status similar_plan(void *owner, mine_frame *frame) {
  return mine__wants_by_position(frame, similar_wants, NULL, ((similar_state *)owner)->column);
}

static mine_status similar_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  similar_state *state = mine__job_state(job);
  if (step > 0 || !state->sql) return MINE_OK;
  *sql = state->sql;
  MINE_TRY(mine__frame_open(job->env, similar_plan, state, &job->frame));
  *frame = job->frame;
  return MINE_OK;
}

/* The item that a cell means: the same value, else the same spelling (a number that was typed as
** text); -1: none. */
static int32_t similar_find(mine_job *job, const mine_cell *asked) {
  const mine_values *items = &((const similar_state *)mine__job_state(job))->of->items;
  mine_text wanted, other;
  mine_cell cell;
  for (int64_t i = 0; i < items->n; i++) {
    mine__values_get(items, i, &cell);
    if (mine__cell_equal(&cell, asked)) return (int32_t)i;
  }
  mine__text_open(&wanted, job->env->scratch);
  mine__text_open(&other, job->env->scratch);
  mine__text_add_cell(&wanted, asked);
  for (int64_t i = 0; !wanted.failed && i < items->n; i++) {
    mine__values_get(items, i, &cell);
    other.bytes = 0;
    mine__text_add_cell(&other, &cell);
    if (other.failed) return -1;
    if (other.bytes == wanted.bytes && memcmp(other.data, wanted.data, wanted.bytes) == 0)
      return (int32_t)i;
  }
  return -1;
}

/* No such item, and the one that is spelled most alike. */
static void similar_no_item(mine_job *job, const mine_cell *asked) {
  const mine_values *items = &((const similar_state *)mine__job_state(job))->of->items;
  mine_text wanted, other, hint;
  char shown[MINE_SHOW_BYTES];
  mine__text_open(&wanted, job->env->scratch);
  mine__text_open(&other, job->env->scratch);
  mine__text_open(&hint, job->env->scratch);
  mine__text_add_shown(&wanted, asked);
  mine_likeness likeness = {.asked = wanted.data};
  for (int64_t i = 0; !wanted.failed && wanted.data && i < items->n && !mine__poll(job->env); i++) {
    mine_cell cell;
    mine__values_get(items, i, &cell);
    other.bytes = 0;
    mine__text_add_shown(&other, &cell);
    if (other.failed || !other.data || !mine__likeness_show(&likeness, other.data, i)) continue;
    hint.bytes = 0;
    mine__text_addf(&hint, "; did you mean '%s'?", other.data);
  }
  (void)mine__fail(job->env, MINE_DATA, "no item %s among the %lld items of the model%s",
                   mine__show_cell(shown, asked), (long long)items->n, hint.bytes ? hint.data : "");
}

static void similar_cell(mine_job *job, const mine_cell *asked, mine_values *out) {
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  const int32_t item = similar_find(job, asked);
  if (item < 0 && !mine_failed(job->env)) similar_no_item(job, asked);
  mine__arena_rewind(job->env->scratch, mark);
  if (!mine_failed(job->env)) (void)mine__values_push_int(out, item);
}

/* 'a|b': the whole is one item where there is one of that name. */
static void similar_words(mine_job *job, const char *text, mine_values *out) {
  const mine_cell whole = {MINE_TEXT, strlen(text), {.text = text}};
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  const int one = similar_find(job, &whole) >= 0;
  mine__arena_rewind(job->env->scratch, mark);
  if (one) {
    similar_cell(job, &whole, out);
    return;
  }
  for (const char *at = text; !mine_failed(job->env); at++) {
    const char *end = strchr(at, '|');
    size_t n = end ? (size_t)(end - at) : strlen(at);
    const char *next = at + n;
    while (n > 0 && *at == ' ')
      at++, n--;
    while (n > 0 && at[n - 1] == ' ')
      n--;
    const mine_cell cell = {MINE_TEXT, n, {.text = at}};
    similar_cell(job, &cell, out);
    at = next;
    if (!end) return;
  }
}

static void similar_json(mine_job *job, const char *text, mine_values *out) {
  mine_json json;
  mine_list list = {0, NULL};
  mine__json_open(&json, job->arena, text);
  if (!mine__json_list(&json, &list)) {
    (void)mine__fail(job->env, MINE_OPTION,
                     "the items are no JSON array of names: %s; write '[\"a\", \"b\"]', 'a|b' or a "
                     "SELECT",
                     json.problem ? json.problem : "it does not end");
    return;
  }
  for (size_t i = 0; i < list.n && !mine_failed(job->env); i++)
    similar_cell(job, &list.item[i], out);
}

/* Numbers of the items that are asked for. */
static void similar_items(mine_job *job, mine_values *out) {
  const similar_state *state = mine__job_state(job);
  const char *text = mine__job_text(job, MINE_ARG_ITEMS);
  mine__values_open(out, job->arena);
  if (job->frame) {
    if (mine__frame_finish(job->frame)) return;
    const mine_values *asked = &job->frame->column[state->column[0]].levels;
    for (int64_t i = 0; i < asked->n && !mine_failed(job->env); i++) {
      mine_cell cell;
      mine__values_get(asked, i, &cell);
      similar_cell(job, &cell, out);
    }
  } else if (!text) {
    for (int64_t i = 0; i < state->of->n_items; i++)
      if (!mine__values_push_int(out, i)) return;
  } else if (text[strspn(text, " \n\t")] == '[') {
    similar_json(job, text, out);
  } else {
    similar_words(job, text, out);
  }
}

/* ---- the answer ----------------------------------------------------------------------------- */

static void similar_rows(const mine_recommender *of, int32_t item, int64_t n, const int32_t *like,
                         const double *score, mine_relation *out) {
  mine_cell name, other;
  mine__values_get(&of->items, item, &name);
  for (int64_t k = 0; k < n; k++) {
    mine__values_get(&of->items, like[k], &other);
    mine__row_cell(out, &name);
    mine__row_int(out, k + 1);
    mine__row_cell(out, &other);
    mine__row_real(out, score[k]);
    mine__relation_end_row(out);
  }
}

static mine_status similar_run(mine_job *job, mine_relation *out) {
  const similar_state *state = mine__job_state(job);
  const similar_options *asked = mine__options_of(&job->options, similar_table);
  const mine_recommender *of = state->of;
  const int64_t top = asked->top < of->n_items ? asked->top : of->n_items;
  mine_values items;
  mine_asking asking;
  similar_items(job, &items);
  int32_t *like = mine__arena_array(job->arena, (size_t)top, sizeof *like);
  double *score = mine__arena_array(job->arena, (size_t)top, sizeof *score);
  if (mine_failed(job->env) || !mine__asking_open(job->env, job->arena, of, &asking))
    return mine_env_status(job->env);
  for (int64_t i = 0; i < items.n && !mine__poll(job->env); i++) {
    mine_cell item;
    mine__values_get(&items, i, &item);
    const int32_t which = (int32_t)item.as.integer;
    const int64_t n = mine__asking_similar(&asking, which, top, like, score);
    similar_rows(of, which, n, like, score, out);
  }
  return mine_env_status(job->env);
}

static const mine_answer similar_answer[] = {
    {"item", MINE_ANSWER_ANY, 1, "of which it was asked"},
    {"rank", MINE_ANSWER_INTEGER, 1, "1, 2, ... of the items like it"},
    {"other", MINE_ANSWER_ANY, 1, "an item like it"},
    {"score", MINE_ANSWER_REAL, 0, "how much; higher is more alike"},
    {0},
};

static const mine_option_set similar_sets[] = {
    {similar_table, sizeof(similar_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_similar = {
    .name = "mine_similar",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_BASKETS,
    .what = "The items most like an item, by a recommender (`cooccurrence` ...).",
    .notes =
        "`items` is the name of one, `'a|b'`, a JSON array, or a SELECT of one column; not "
        "given: all items. An item is what has the same value, else the same spelling.",
    .example =
        "SELECT item, rank, other, round(score, 3) AS score FROM mine_similar(\n  "
        "(SELECT mine_fit('cooccurrence',\n  " MINE_TAKEN_EXAMPLE ")), 'tea|milk', 'top=2');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_ITEMS, "items"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = similar_answer,
    .options = similar_sets,
    .reads = "items of the model",
    .state_bytes = sizeof(similar_state),
    .open = similar_open,
    .source = similar_source,
    .run = similar_run,
};
