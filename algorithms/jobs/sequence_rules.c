/*
** sequence_rules.c -- mine_sequence_rules: who did this, then does that, and how soon.
**
** A rule is a sequence of which the last event is the consequent.  The confidence is the share
** of the customers with the antecedent who have the consequent after it, in the window that the
** options say; the gap of a customer is that before his first consequent, from the antecedent's
** latest end before it.
*/
#include <math.h>

#include "../core/order.h"
#include "common_options.h"
#include "sequences.h"

typedef struct afterwards_options {
  double min_confidence, min_lift, within;
  mine_list antecedent, consequent;
  int sort;
} afterwards_options;

enum { AFTERWARDS_LIFT, AFTERWARDS_CONFIDENCE, AFTERWARDS_COUNT };
static const char *const afterwards_sorts[] = {"lift", "confidence", "count", NULL};

static const mine_option afterwards_option_table[] = {
    OPTION_REAL(afterwards_options, min_confidence, .initial = "0.5", .range = {0, 1},
                .help = "least share of the antecedent's customers who have the consequent after "
                        "it"),
    OPTION_REAL(afterwards_options, min_lift, .range = {0, 1e300},
                .help = "least lift; not given: any"),
    OPTION_REAL(afterwards_options, within, .range = {0, 1e300}, .above_least = 1,
                .help = "most days (or units) from the antecedent's last event to the consequent, "
                        "instead of max_gap, which then holds within the antecedent alone"),
    OPTION_LIST(afterwards_options, antecedent,
                .help = "items that the antecedent must hold, all of them"),
    OPTION_LIST(afterwards_options, consequent,
                .help = "items that the consequent must hold, all of them"),
    OPTION_CHOICE(afterwards_options, sort, .initial = "lift", .choices = afterwards_sorts,
                  .help = "the measure by which the rules are ordered, largest first"),
    OPTION_END};

static const mine_want afterwards_reads[] = {SEQUENCES_EVENTS, {0}};

/* ---- measures ------------------------------------------------------------------------------- */

typedef struct afterwards_rule {
  const mine_sequence *sequence;
  double confidence, lift;
} afterwards_rule;

typedef struct afterwards_order {
  int sort;
} afterwards_order;

static int afterwards_before(const void *context, const void *a, const void *b) {
  const afterwards_rule *x = a, *y = b;
  const double count[2] = {x->sequence->count, y->sequence->count};
  const double by[3][2] = {
      {x->lift, y->lift}, {x->confidence, y->confidence}, {count[0], count[1]}};
  const int first = ((const afterwards_order *)context)->sort;
  if (by[first][0] != by[first][1]) return by[first][0] > by[first][1];
  for (int i = 0; i < 3; i++)
    if (by[i][0] != by[i][1]) return by[i][0] > by[i][1];
  return 0;
}

static int afterwards_holds(const mine_sequence_data *data, const uint32_t *word, uint32_t n,
                            const uint32_t *code, size_t n_codes) {
  for (size_t i = 0; i < n_codes; i++) {
    uint32_t j = 0;
    while (j < n && data->code[word[j] & ~SEQUENCE_NEW] != code[i])
      j++;
    if (j == n) return 0;
  }
  return 1;
}

/* The words of a rule's antecedent. */
static uint32_t afterwards_cut(const mine_sequence *sequence) {
  uint32_t cut = sequence->words - 1;
  while (!(sequence->word[cut] & SEQUENCE_NEW))
    cut--;
  return cut;
}

/* ---- the answer ------------------------------------------------------------------------------ */

typedef struct afterwards_asked {
  const afterwards_options *options;
  const uint32_t *antecedent, *consequent; /* codes */
} afterwards_asked;

static int64_t afterwards_choose(const mine__sequences *s, const mine_sequence_set *set,
                                 const afterwards_asked *asked, afterwards_rule *rule) {
  const afterwards_options *o = asked->options;
  int64_t n = 0;
  for (int64_t i = 0; i < set->n; i++) {
    const mine_sequence *q = &set->sequence[i];
    const uint32_t cut = afterwards_cut(q);
    const double confidence = (double)q->count / (double)q->rule.antecedent;
    const double lift = confidence / ((double)q->rule.consequent / (double)s->data.customers);
    if (!isnan(o->min_lift) && lift < o->min_lift) continue;
    if (!afterwards_holds(&s->data, q->word, cut, asked->antecedent, o->antecedent.n) ||
        !afterwards_holds(&s->data, q->word + cut, q->words - cut, asked->consequent,
                          o->consequent.n))
      continue;
    rule[n++] = (afterwards_rule){q, confidence, lift};
  }
  return n;
}

static void afterwards_row(const mine__sequences *s, const mine_json_values *texts,
                           const afterwards_rule *rule, mine_text *json, mine_relation *out) {
  const mine_sequence *q = rule->sequence;
  const uint32_t cut = afterwards_cut(q);
  mine__sequence_write(texts, q->word, cut, json);
  if (!json->failed) mine__row_bytes(out, json->data, json->bytes);
  mine__sequence_write(texts, q->word + cut, q->words - cut, json);
  if (json->failed) return;
  mine__row_bytes(out, json->data + 1, json->bytes - 2); /* one event: its items */
  mine__row_int(out, q->count);
  mine__row_real(out, (double)q->count / (double)s->data.customers);
  mine__row_real(out, rule->confidence);
  mine__row_real(out, rule->lift);
  mine__row_real(out, q->rule.mean_gap);
  mine__row_real(out, q->rule.median_gap);
  mine__relation_end_row(out);
}

static void afterwards_rows(mine__sequences *s, const mine_sequence_set *set,
                            const afterwards_asked *asked, mine_relation *out) {
  mine_json_values texts;
  mine_text json;
  afterwards_rule *rule = mine__arena_array(s->arena, (size_t)set->n, sizeof *rule);
  afterwards_rule *spare = mine__arena_array(s->arena, (size_t)set->n, sizeof *spare);
  mine__text_open(&json, s->arena);
  if (!rule || !spare ||
      mine__json_values_make(s->env, s->arena, s->data.names, s->data.code, s->data.n_items,
                             &texts))
    return;
  int64_t n = afterwards_choose(s, set, asked, rule);
  mine__sort(s->env, rule, spare, (size_t)n, sizeof *rule, afterwards_before,
             &(afterwards_order){asked->options->sort});
  if (n == 0) mine__sequences_tell_empty(s);
  if (s->query.top > 0 && s->query.top < n) n = s->query.top;
  for (int64_t i = 0; i < n && !mine_failed(s->env); i++) {
    afterwards_row(s, &texts, &rule[i], &json, out);
    if (i % 4096 == 0 && mine__poll(s->env)) return;
  }
}

/* ---- the verb ------------------------------------------------------------------------------- */

static mine_status afterwards_open(mine_job *job) {
  const afterwards_options *o = mine__options_of(&job->options, afterwards_option_table);
  const mine_sequences_options *common =
      mine__options_of(&job->options, mine__sequences_option_table);
  char a[MINE_NUMBER_BYTES], b[MINE_NUMBER_BYTES];
  MINE_TRY(mine__sequences_check(job));
  if (!isnan(o->within) && common->min_gap > o->within)
    return mine__fail(
        job->env, MINE_OPTION,
        "min_gap=%s is more than within=%s, so no consequent can follow; lower one or "
        "raise the other",
        mine__format_real(a, common->min_gap, 0), mine__format_real(b, o->within, 0));
  if (common->max_length == 1 || common->max_items == 1)
    return mine__fail(job->env, MINE_OPTION,
                      "a rule has two events at least, and %s=1 leaves one; raise it",
                      common->max_length == 1 ? "max_length" : "max_items");
  return mine_env_status(job->env);
}

static mine_status afterwards_run(mine_job *job, mine_relation *out) {
  const afterwards_options *o = mine__options_of(&job->options, afterwards_option_table);
  mine__sequences *s = mine__job_state(job);
  mine_sequence_set set;
  *s = (mine__sequences){
      .job = job,
      .env = job->env,
      .arena = job->arena,
      .options = mine__options_of(&job->options, mine__sequences_option_table),
      .query = {
          .within = o->within, .rules = 1, .min_confidence = o->min_confidence, .min_length = 2}};
  MINE_TRY(mine__sequences_read(s, NULL));
  const afterwards_asked asked = {
      .options = o,
      .antecedent = mine__sequences_items(s, "antecedent", &o->antecedent),
      .consequent = mine__sequences_items(s, "consequent", &o->consequent)};
  if (mine_failed(s->env)) return mine_env_status(s->env);
  MINE_TRY(mine__sequences_mine(s->env, s->arena, &s->data, &s->query, &set));
  afterwards_rows(s, &set, &asked, out);
  return mine_env_status(s->env);
}

static const mine_answer afterwards_answer[] = {
    {"antecedent", MINE_ANSWER_JSON, 1, "JSON array of events, each an array of its items"},
    {"consequent", MINE_ANSWER_JSON, 1, "JSON array of the items of one event"},
    {"count", MINE_ANSWER_INTEGER, 0,
     "customers with the antecedent and, after it, the consequent"},
    {"support", MINE_ANSWER_REAL, 0, "count / number of customers"},
    {"confidence", MINE_ANSWER_REAL, 0, "count / customers with the antecedent"},
    {"lift", MINE_ANSWER_REAL, 0,
     "confidence / share of customers with the consequent at any time"},
    {"mean_gap", MINE_ANSWER_REAL, 0,
     "mean days (or units) from the antecedent to a customer's first consequent after it"},
    {"median_gap", MINE_ANSWER_REAL, 0, "the median of the same"},
    {0},
};

static const mine_option_set afterwards_sets[] = {
    MINE_SET_SEQUENCES,
    {afterwards_option_table, sizeof(afterwards_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_sequence_rules = {
    .name = "mine_sequence_rules",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_BASKETS,
    .what = "Who did the antecedent then does the consequent, and how soon.",
    .notes =
        "Source as for `mine_sequences`. The consequent is one event. `within` is the window in "
        "which it must follow; `max_gap` holds between all events, and `max_span` from the first "
        "to "
        "the consequent. A customer whose window is not over yet, because the data end, counts as "
        "one who did not: leave out antecedents that are too young for it. `max_length` and "
        "`max_items` are of both sides together.",
    .example =
        "SELECT antecedent, consequent, count, confidence, mean_gap FROM "
        "mine_sequence_rules(\n  'VALUES (1, 1, ''phone''), (1, 5, ''case''), (2, 3, "
        "''phone''), (2, 4, ''case''), (3, 1, ''case'')',\n  'min_count=2, within=7');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = afterwards_answer,
    .options = afterwards_sets,
    .wants = afterwards_reads,
    .state_bytes = sizeof(mine__sequences),
    .open = afterwards_open,
    .run = afterwards_run,
};
