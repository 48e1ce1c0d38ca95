/*
** recommend.c -- mine_recommend: what to offer each customer next, and which of his items speak
** for it.
**
** The source is read whole, for a customer's rows may stand anywhere in it; all customers are asked
** at once, on all threads, and of the answer an item and a score are kept of each row.  What a row
** says beside them (names, reasons) is made when it is looked at.
*/
#include <string.h>

#include "../model/recommender.h"
#include "items.h"
#include "verb.h"

typedef struct recommend_options {
  int64_t top, because;
  int repeat; /* -1: the algorithm's */
  mine_select candidates, blocked;
} recommend_options;

static const mine_option recommend_table[] = {
    OPTION_INT(recommend_options, top, .initial = "10", .range = {1, 1e6},
               .help = "how many items for each customer"),
    OPTION_CHOICE(recommend_options, repeat, .choices = mine__repeats,
                  .help = "what the customer has taken before: allow, offer only that, or exclude "
                          "it; not given: as the algorithm does (mine_summary says: gp allows, "
                          "cooccurrence excludes)"),
    OPTION_SOURCE(recommend_options, candidates,
                  .help = "a SELECT of items: no others are offered"),
    OPTION_SOURCE(recommend_options, blocked,
                  .help = "a SELECT of items that are offered to nobody, or of (customer, item)"),
    OPTION_INT(recommend_options, because, .initial = "3", .range = {0, 100},
               .help = "how many of the customer's items are named as the reason, at most"),
    OPTION_END};

static const mine_want recommend_item[] = {
    {.name = "item", .reading = MINE_READ_EXACT},
    {0},
};
static const mine_want recommend_pair[] = {
    {.name = "customer", .reading = MINE_READ_EXACT},
    {.name = "item", .reading = MINE_READ_EXACT},
    {0},
};

typedef struct recommend_state {
  const recommend_options *asked;
  mine_recommender *of;
  int column[2][2]; /* of candidates, of blocked: customer (-1: everybody), item */
  int ready;
  mine_interactions who;
  const int64_t *known; /* NULL: those of the training */
  mine_asked_items answer;
  mine_asking asking; /* for reasons, when the first is looked at */
  int asks;
  int32_t *because;
  mine_text text;
  int64_t customer; /* of the row that was looked at last */
} recommend_state;

/* ---- before the rows ------------------------------------------------------------------------ */

static mine_status recommend_open(mine_job *job) {
  recommend_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  state->asked = mine__options_of(&job->options, recommend_table);
  MINE_TRY(mine__recommender_check(job->env, model));
  state->of = model->body;
  mine__text_open(&state->text, job->arena);
  return MINE_OK;
}

/* One column is the item; of two the first says for whom. */
static mine_status recommend_plan(mine_frame *frame, int pairs, int *column) {
  if (pairs && frame->n_columns == 2)
    return mine__wants_by_position(frame, recommend_pair, NULL, column);
  column[0] = -1;
  return mine__wants_by_position(frame, recommend_item, NULL, column + 1);
}

static mine_status recommend_plan_candidates(void *owner, mine_frame *frame) {
  return recommend_plan(frame, 0, ((recommend_state *)owner)->column[0]);
}

static mine_status recommend_plan_blocked(void *owner, mine_frame *frame) {
  return recommend_plan(frame, 1, ((recommend_state *)owner)->column[1]);
}

/* The SELECTs of the options first: the ids of the answer are those of the last source. */
static mine_status recommend_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  recommend_state *state = mine__job_state(job);
  mine_select *select[2];
  mine_frame_plan plan[2];
  recommend_options *asked = mine__options_of(&job->options, recommend_table);
  int n = 0;
  if (asked->candidates.sql) {
    plan[n] = recommend_plan_candidates;
    select[n++] = &asked->candidates;
  }
  if (asked->blocked.sql) {
    plan[n] = recommend_plan_blocked;
    select[n++] = &asked->blocked;
  }
  if (step < n) {
    *sql = select[step]->sql;
    MINE_TRY(mine__frame_open(job->env, plan[step], state, &select[step]->frame));
    *frame = select[step]->frame;
    return MINE_OK;
  }
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (step > n || !*sql) return MINE_OK;
  job->events = *(const mine_events *)mine__options_of(&job->options, job->options.wants);
  job->events.want = mine__interactions_wants;
  MINE_TRY(mine__frame_open(job->env, mine__events_plan, &job->events, &job->frame));
  *frame = job->frame;
  return MINE_OK;
}

static void recommend_close(mine_job *job) {
  recommend_options *asked = mine__options_of(&job->options, recommend_table);
  if (!asked) return;
  mine__frame_close(asked->candidates.frame);
  mine__frame_close(asked->blocked.frame);
  asked->candidates.frame = asked->blocked.frame = NULL;
}

/* ---- who is asked --------------------------------------------------------------------------- */

static void recommend_tell_unknown(mine_job *job, const mine_interactions *came,
                                   const int32_t *to) {
  int64_t items = 0;
  for (int64_t i = 0; i < came->n_items; i++)
    items += to[i] < 0;
  if (items > 0)
    mine__job_notef(job, "warning", "item",
                    "%lld of %lld items are not known to the model and tell it nothing",
                    (long long)items, (long long)came->n_items);
}

static void recommend_read(mine_job *job) {
  recommend_state *state = mine__job_state(job);
  const mine_interactions_how how = {.may_be_empty = 1, .note = mine__job_note, .context = job};
  mine_interactions came;
  if (!job->frame) {
    state->who = state->of->of;
    return;
  }
  mine__interactions_read(job->env, job->arena, job->frame, &job->events, &how, &came);
  if (mine_failed(job->env)) return;
  const int32_t *to = mine__recommender_items(job->env, job->arena, state->of, came.items);
  state->known = mine__recommender_customers(job->env, job->arena, state->of, came.customers);
  if (!to || !state->known) return;
  recommend_tell_unknown(job, &came, to);
  mine__interactions_map(job->env, job->arena, &came, to, &state->of->items, &state->who);
}

/* ---- what may be offered -------------------------------------------------------------------- */

/* Per level of the frame's item its number in the model; NULL: failure recorded. */
static const int32_t *recommend_items(mine_job *job, mine_frame *frame, int column,
                                      const char *option) {
  recommend_state *state = mine__job_state(job);
  if (mine__frame_finish(frame)) return NULL;
  const mine_values *items = &frame->column[column].levels;
  const int32_t *to = mine__recommender_items(job->env, job->arena, state->of, items);
  int64_t unknown = 0;
  for (int64_t i = 0; to && i < items->n; i++)
    unknown += to[i] < 0;
  if (unknown > 0)
    mine__job_notef(job, "warning", option, "%lld of %lld items are not known to the model",
                    (long long)unknown, (long long)items->n);
  return to;
}

static void recommend_candidates(mine_job *job, mine_frame *frame, uint8_t *allowed) {
  recommend_state *state = mine__job_state(job);
  const int32_t *to = recommend_items(job, frame, state->column[0][1], "candidates");
  int64_t n = 0;
  if (!to) return;
  memset(allowed, 0, (size_t)state->of->n_items);
  for (int64_t i = 0; i < frame->column[state->column[0][1]].levels.n; i++) {
    if (to[i] < 0) continue;
    allowed[to[i]] = 1;
    n++;
  }
  if (n == 0)
    (void)mine__fail(job->env, MINE_DATA,
                     "none of the candidates is an item that the model knows; items are compared "
                     "exactly (1 and '1' are different)");
}

/* Pairs, by the customers who are asked. */
static void recommend_blocked_pairs(mine_job *job, mine_frame *frame, const int32_t *to,
                                    mine_ask *how) {
  recommend_state *state = mine__job_state(job);
  mine_env *env = job->env;
  const int64_t n = state->who.n_customers, rows = frame->rows;
  const mine_column *customer = &frame->column[state->column[1][0]];
  const mine_column *item = &frame->column[state->column[1][1]];
  int64_t *first = mine__arena_zeros(job->arena, (size_t)n + 2, sizeof *first);
  int32_t *blocked = mine__arena_array(job->arena, (size_t)rows, sizeof *blocked);
  const int64_t *who =
      mine__values_find_all(env, job->arena, state->who.customers, &customer->levels);
  if (!first || !blocked || !who) return;
  for (int pass = 0; pass < 2; pass++) {
    for (int64_t i = 0; customer->code && item->code && i < rows; i++) {
      if (customer->code[i] < 0 || item->code[i] < 0) continue;
      const int64_t c = who[customer->code[i]];
      const int32_t which = to[item->code[i]];
      if (c < 0 || which < 0) continue;
      if (pass == 0)
        first[c + 2]++;
      else
        blocked[first[c + 1]++] = which;
    }
    for (int64_t c = 1; pass == 0 && c < n; c++)
      first[c + 1] += first[c];
  }
  how->blocked_first = first;
  how->blocked_item = blocked;
}

static void recommend_allow(mine_job *job, mine_ask *how) {
  recommend_state *state = mine__job_state(job);
  const recommend_options *asked = state->asked;
  if (!asked->candidates.frame && !asked->blocked.frame) return;
  uint8_t *allowed = mine__arena_array(job->arena, (size_t)state->of->n_items, 1);
  if (!allowed) return;
  memset(allowed, 1, (size_t)state->of->n_items);
  if (asked->candidates.frame) recommend_candidates(job, asked->candidates.frame, allowed);
  mine_frame *blocked = asked->blocked.frame;
  const int pairs = blocked && state->column[1][0] >= 0;
  const int32_t *to = blocked && !mine_failed(job->env)
                          ? recommend_items(job, blocked, state->column[1][1], "blocked")
                          : NULL;
  for (int64_t i = 0; to && !pairs && i < blocked->column[state->column[1][1]].levels.n; i++)
    if (to[i] >= 0) allowed[to[i]] = 0;
  if (to && pairs) recommend_blocked_pairs(job, blocked, to, how);
  if (asked->candidates.frame || !pairs) how->allowed = allowed;
}

/* ---- the answer ----------------------------------------------------------------------------- */

static void recommend_tell(mine_job *job) {
  const recommend_state *state = mine__job_state(job);
  int64_t none = 0, popular = 0;
  for (int64_t c = 0; c < state->who.n_customers; c++) {
    const int empty = state->answer.first[c + 1] == state->answer.first[c];
    none += empty;
    popular += !empty && state->answer.popular[c];
  }
  if (none > 0)
    mine__job_notef(job, "warning", "customer",
                    "%lld of %lld customers get no row: nothing that may be offered to them is "
                    "left (repeat=, candidates=, blocked=)",
                    (long long)none, (long long)state->who.n_customers);
  if (popular > 0)
    mine__job_notef(job, "rows", "popular",
                    "%lld of %lld customers took nothing that the model can tell from: they are "
                    "offered what most take",
                    (long long)popular, (long long)state->who.n_customers);
}

static mine_status recommend_block(mine_job *job, int64_t *rows) {
  recommend_state *state = mine__job_state(job);
  *rows = 0;
  if (!job->ended) return MINE_OK; /* a customer's rows may stand anywhere */
  recommend_read(job);
  mine_ask how = {.top = state->asked->top,
                  .repeat = state->asked->repeat < 0 ? state->of->how->repeat
                                                     : (mine_repeat)state->asked->repeat};
  if (!mine_failed(job->env)) recommend_allow(job, &how);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  MINE_TRY(mine__recommender_ask(job->env, job->arena, state->of, &state->who, state->known, &how,
                                 &state->answer));
  state->because =
      mine__arena_array(job->arena, (size_t)state->asked->because + 1, sizeof *state->because);
  if (!state->because) return mine_env_status(job->env);
  recommend_tell(job);
  *rows = state->answer.first[state->who.n_customers];
  return mine_env_status(job->env);
}

/* The customer of a row; rows are looked at one after another, as a rule. */
static int64_t recommend_customer(recommend_state *state, int64_t row) {
  const int64_t *first = state->answer.first;
  int64_t low = 0, high = state->who.n_customers - 1;
  while (state->customer < high && row >= first[state->customer + 1] &&
         row < first[state->customer + 1] + 64)
    state->customer++;
  if (row >= first[state->customer] && row < first[state->customer + 1]) return state->customer;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (row < first[middle + 1])
      high = middle;
    else
      low = middle + 1;
  }
  return state->customer = low;
}

/* A list of items; of what is offered for no reason of the customer's own, a sentence. */
static void recommend_because(const mine_job *job, int64_t c, int64_t row, mine_cell *out) {
  recommend_state *state = mine__job_state(job);
  const mine_recommender *of = state->of;
  mine_text *text = &state->text;
  const int32_t item = state->answer.item[row];
  if (!state->asks && !mine__asking_open(job->env, job->arena, of, &state->asking)) return;
  state->asks = 1;
  text->bytes = 0;
  const mine_history history = mine__history_of(of, &state->who, state->known, c);
  const int64_t n = state->answer.popular[c]
                        ? 0
                        : mine__asking_because(&state->asking, &history, item,
                                               state->asked->because, state->because);
  for (int64_t i = 0; i < n; i++) {
    mine_cell taken;
    mine__values_get(&of->items, state->because[i], &taken);
    mine__text_adds(text, i ? "," : "[");
    mine__text_add_cell_json(text, &taken);
  }
  if (n > 0)
    mine__text_adds(text, "]");
  else if (state->asked->because > 0)
    mine__text_addf(text, "\"popular: %lld of %lld customers took it\"", (long long)of->taken[item],
                    (long long)of->of.n_customers);
  if (text->failed || text->bytes == 0) return;
  *out = (mine_cell){MINE_TEXT, text->bytes, {.text = text->data}};
}

static void recommend_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  recommend_state *state = mine__job_state(job);
  *out = (mine_cell){MINE_NULL, 0, {0}};
  const int64_t c = recommend_customer(state, row);
  switch (column) {
    case 0:
      mine__values_get(state->who.customers, c, out);
      return;
    case 1:
      *out = (mine_cell){MINE_INT, 0, {.integer = row - state->answer.first[c] + 1}};
      return;
    case 2:
      mine__values_get(&state->of->items, state->answer.item[row], out);
      return;
    case 3:
      *out = (mine_cell){MINE_REAL, 0, {.real = state->answer.score[row]}};
      return;
    default:
      recommend_because(job, c, row, out);
  }
}

/* Rows stay until all have come. */
static void recommend_clear(mine_job *job) {
  (void)job;
}

static const mine_answer recommend_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the customer"},
    {"rank", MINE_ANSWER_INTEGER, 1, "1, 2, ... of the customer's items"},
    {"item", MINE_ANSWER_ANY, 1, "what to offer"},
    {"score", MINE_ANSWER_REAL, 0, "higher is better; what it counts is the algorithm's"},
    {"because", MINE_ANSWER_JSON, 0,
     "the customer's items that carried the score, the strongest first; or a text: what most take"},
    {0},
};

static const mine_option_set recommend_sets[] = {
    {recommend_table, sizeof(recommend_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_recommend = {
    .name = "mine_recommend",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_BASKETS,
    .what =
        "What to offer each customer next, and because of which of his items (`gp`, "
        "`cooccurrence` ...).",
    .notes =
        "The source holds the events (customer, item[, time[, amount]]) of the customers who shall "
        "get some, a whole customer base or one basket; they need not be those of the training. "
        "Without a source all customers of the training are asked. A customer of whom the source "
        "holds no item that the model knows (`SELECT id, NULL FROM vip`) is asked with the history "
        "that the model keeps, and one who is new is offered what most take: `because` is then a "
        "text that begins with popular. Of equal scores the item that more customers took comes "
        "first. A customer with nothing left to be offered has no row; how many is told in "
        "`mine_warnings`.",
    .example =
        "SELECT id, rank, item, round(score, 3) AS score, because FROM mine_recommend(\n  "
        "(SELECT mine_fit('cooccurrence',\n  " MINE_TAKEN_EXAMPLE
        ", 'by=basket')),\n  'VALUES (''new'', ''tea''), (''new'', ''milk'')', "
        "'repeat=exclude, top=3');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = recommend_answer,
    .options = recommend_sets,
    .wants = mine__interactions_wants,
    .gathers = 1,
    .state_bytes = sizeof(recommend_state),
    .open = recommend_open,
    .source = recommend_source,
    .block = recommend_block,
    .cell = recommend_cell,
    .clear = recommend_clear,
    .close = recommend_close,
};
