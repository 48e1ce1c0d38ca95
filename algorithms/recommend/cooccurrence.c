/*
** cooccurrence.c -- items that the same customers take.
**
** Of two items: how many customers (or baskets) have both, against how many have each.  Cosine
** and Jaccard: Sarwar, Karypis, Konstan & Riedl, "Item-based collaborative filtering
** recommendation algorithms", WWW 2001; Deshpande & Karypis, ACM TOIS 22 (2004).  Lift: Brin,
** Motwani, Ullman & Tsur, SIGMOD 1997.
**
** With n_i who have i, n_ij who have both, N in all:
**
**   cosine   n_ij / sqrt(n_i n_j)        jaccard  n_ij / (n_i + n_j - n_ij)
**   lift     n_ij N / (n_i n_j)          times n_ij / (n_ij + shrinkage)
**
** For each item its likest `neighbors` are kept.  What a customer is offered is scored by the sum
** over the items of his history, so that what carried it is known.  O(sum over customers of the
** square of their items), items in parallel, sparse throughout.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/parallel.h"
#include "../core/radix.h"
#include "../model/best_items.h"
#include "../model/recommender.h"
#include "recommend.h"

typedef enum together_measure { TOGETHER_COSINE, TOGETHER_JACCARD, TOGETHER_LIFT } together_measure;
static const char *const together_measures[] = {"cosine", "jaccard", "lift", NULL};
static const char *const together_units[] = {"customer", "basket", NULL};

typedef struct together_options {
  int measure, by;
  double shrinkage;
  int64_t neighbors, min_count;
} together_options;

static const mine_option together_option_table[] = {
    OPTION_CHOICE(together_options, measure, .initial = "cosine", .choices = together_measures,
                  .help = "what makes two items alike; lift favours rare items: give it shrinkage "
                          "or min_count"),
    OPTION_CHOICE(together_options, by, .initial = "customer", .choices = together_units,
                  .help = "taken together: by one customer at any time, or in one basket"),
    OPTION_REAL(together_options, shrinkage, .initial = "0", .range = {0, 1e9},
                .help = "a likeness that n have in common is multiplied by n / (n + shrinkage)"),
    OPTION_INT(together_options, neighbors, .initial = "100", .range = {1, 1e6},
               .help = "how many of the likest items are kept of each"),
    OPTION_INT(together_options, min_count, .initial = "1", .range = {1, 1e9},
               .help = "so many must have both, or two items are not alike"),
    OPTION_END};

/* Item i is like other[first[i]] .. other[first[i + 1] - 1], the likest first. */
typedef struct together_body {
  int measure;
  int64_t *first;
  int32_t *other;
  double *like;
} together_body;

/* ---- who has what --------------------------------------------------------------------------- */

/* Groups (customers or baskets) with different items: group g has item[first[g]] ..; and items
** with the groups that have them. */
typedef struct together_sets {
  int64_t n; /* groups that have something */
  const int64_t *first;
  const int32_t *item;
  int64_t n_items;
  int64_t *by_first; /* of an item */
  int64_t *taken;    /* ... how many have it */
  int32_t *group;
} together_sets;

static void together_turn(mine_env *env, together_sets *sets, int64_t groups) {
  mine_arena *arena = env->scratch;
  const int64_t cells = sets->first[groups];
  sets->by_first = mine__arena_zeros(arena, (size_t)sets->n_items + 1, sizeof *sets->by_first);
  sets->group = mine__arena_array(arena, (size_t)cells, sizeof *sets->group);
  int64_t *next = mine__arena_array(arena, (size_t)sets->n_items, sizeof *next);
  sets->taken = mine__arena_zeros(arena, (size_t)sets->n_items, sizeof *sets->taken);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < cells; i++)
    sets->taken[sets->item[i]]++;
  for (int64_t i = 0; i < sets->n_items; i++) {
    sets->by_first[i + 1] = sets->by_first[i] + sets->taken[i];
    next[i] = sets->by_first[i];
  }
  for (int64_t g = 0; g < groups; g++) {
    if (MINE_POLL_AT(env, g)) return;
    sets->n += sets->first[g + 1] > sets->first[g];
    for (int64_t i = sets->first[g]; i < sets->first[g + 1]; i++)
      sets->group[next[sets->item[i]]++] = (int32_t)g;
  }
}

/* ---- likeness ------------------------------------------------------------------------------- */

#define TOGETHER_BLOCK 8

typedef struct together_worker {
  int32_t *common; /* by other item, 0 between items */
  int32_t *touched;
  mine_best_items best;
} together_worker;

typedef struct together_job {
  const together_sets *sets;
  const together_options *options;
  together_worker *worker;
  int64_t first, n, keep; /* items of this loop; of each at most so many are kept */
  int32_t *found, *other;
  double *like;
} together_job;

static double together_like(const together_job *job, int64_t i, int64_t j, int32_t common) {
  const together_sets *s = job->sets;
  const double n_i = (double)s->taken[i], n_j = (double)s->taken[j], both = common;
  const double like = job->options->measure == TOGETHER_COSINE ? both / sqrt(n_i * n_j)
                      : job->options->measure == TOGETHER_JACCARD
                          ? both / (n_i + n_j - both)
                          : both * (double)s->n / (n_i * n_j);
  return like * (both / (both + job->options->shrinkage));
}

static void together_keep(const together_job *job, int64_t i, int64_t touched, together_worker *w) {
  w->best.n = 0;
  for (int64_t t = 0; t < touched; t++) {
    const int32_t j = w->touched[t], common = w->common[j];
    w->common[j] = 0;
    if (j == i || common < job->options->min_count) continue;
    mine__best_items_offer(&w->best, j, together_like(job, i, j, common));
  }
  mine__best_items_sort(&w->best);
}

static void together_item(const together_job *job, int64_t at, together_worker *w) {
  const together_sets *s = job->sets;
  const int64_t i = job->first + at;
  int64_t touched = 0;
  for (int64_t g = s->by_first[i]; g < s->by_first[i + 1]; g++) {
    const int32_t group = s->group[g];
    for (int64_t k = s->first[group]; k < s->first[group + 1]; k++) {
      const int32_t j = s->item[k];
      if (w->common[j]++ == 0) w->touched[touched++] = j;
    }
  }
  together_keep(job, i, touched, w);
  job->found[at] = (int32_t)w->best.n;
  for (int64_t k = 0; k < w->best.n; k++) {
    job->other[at * job->keep + k] = w->best.item[k];
    job->like[at * job->keep + k] = w->best.value[k];
  }
}

static void together_block(void *context, int64_t task, int worker) {
  const together_job *job = context;
  const int64_t end = (task + 1) * TOGETHER_BLOCK;
  for (int64_t i = task * TOGETHER_BLOCK; i < end && i < job->n; i++)
    together_item(job, i, &job->worker[worker]);
}

/* ---- learning ------------------------------------------------------------------------------- */

#define TOGETHER_PIECE 2048
#define TOGETHER_ROOM  4194304 /* likenesses of one loop, more or less */
#define TOGETHER_MOST  5e11    /* pairs that are counted: a quarter of an hour */

static together_worker *together_workers(mine_env *env, const together_job *job) {
  mine_arena *arena = env->scratch;
  const size_t n = (size_t)job->sets->n_items;
  together_worker *worker = mine__arena_zeros(arena, (size_t)env->threads, sizeof *worker);
  for (int t = 0; worker && t < env->threads; t++) {
    worker[t].common = mine__arena_zeros(arena, n, sizeof(int32_t));
    worker[t].touched = mine__arena_array(arena, n, sizeof(int32_t));
    mine_best_items *best = &worker[t].best;
    *best = (mine_best_items){.taken = job->sets->taken, .most = job->keep};
    best->item = mine__arena_array(arena, (size_t)job->keep, sizeof *best->item);
    best->value = mine__arena_array(arena, (size_t)job->keep, sizeof *best->value);
  }
  return mine_failed(env) ? NULL : worker;
}

typedef struct together_capacity {
  size_t other, like;
} together_capacity;

static void together_piece(mine_env *env, mine_arena *arena, together_job *job, together_body *body,
                           together_capacity *room) {
  const double n = (double)job->sets->n_items;
  if (mine__parallel_progress(env, MINE_BLOCKS(job->n, TOGETHER_BLOCK), together_block, job,
                              "counting pairs", (double)job->first / n,
                              (double)(job->first + job->n) / n))
    return;
  for (int64_t i = 0; i < job->n; i++) {
    const int64_t to = body->first[job->first + i];
    const size_t found = (size_t)job->found[i];
    if (!MINE_RESERVE(arena, body->other, room->other, (size_t)to + found) ||
        !MINE_RESERVE(arena, body->like, room->like, (size_t)to + found))
      return;
    body->first[job->first + i + 1] = to + job->found[i];
    if (found == 0) continue; /* nothing may have been reserved yet */
    memcpy(body->other + to, job->other + i * job->keep, found * sizeof *body->other);
    memcpy(body->like + to, job->like + i * job->keep, found * sizeof *body->like);
  }
}

/* Said before it begins: what would take too long. */
static void together_refuse(mine_env *env, const together_sets *sets, int64_t groups, int by) {
  double pairs = 0, most = 0;
  char shown[MINE_NUMBER_BYTES];
  for (int64_t g = 0; g < groups; g++) {
    const double n = (double)(sets->first[g + 1] - sets->first[g]);
    pairs += n * n;
    most = fmax(most, n);
  }
  if (pairs > TOGETHER_MOST)
    (void)mine__fail(env, MINE_LIMIT,
                     "%s pairs of items would have to be counted, for one %s alone has %lld items; "
                     "leave out who is no customer (a till, a test account) or rare items",
                     mine__format_real(shown, pairs, 2), together_units[by], (long long)most);
}

static mine_status together_learn(mine_env *env, const mine_interactions *of, const void *options,
                                  mine_model *model, mine_recommender *to) {
  const together_options *o = options;
  const int64_t groups = o->by ? of->n_baskets : of->n_customers;
  together_sets sets = {.first = o->by ? of->event_first : of->pair_first,
                        .item = o->by ? of->event_item : of->pair_item,
                        .n_items = of->n_items};
  together_job job = {.sets = &sets, .options = o};
  together_capacity room = {0, 0};
  together_body *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  together_refuse(env, &sets, groups, o->by);
  if (!body || mine_failed(env)) return mine_env_status(env);
  body->measure = o->measure;
  body->first = mine__arena_zeros(model->arena, (size_t)of->n_items + 1, sizeof *body->first);
  together_turn(env, &sets, groups);
  job.keep = o->neighbors < of->n_items ? o->neighbors : of->n_items;
  int64_t piece = TOGETHER_ROOM / job.keep + TOGETHER_BLOCK;
  if (piece > TOGETHER_PIECE) piece = TOGETHER_PIECE;
  job.found = mine__arena_array(env->scratch, (size_t)piece, sizeof *job.found);
  job.other = mine__arena_array(env->scratch, (size_t)piece, (size_t)job.keep * sizeof *job.other);
  job.like = mine__arena_array(env->scratch, (size_t)piece, (size_t)job.keep * sizeof *job.like);
  job.worker = together_workers(env, &job);
  for (job.first = 0; !mine_failed(env) && job.first < of->n_items; job.first += piece) {
    job.n = of->n_items - job.first < piece ? of->n_items - job.first : piece;
    together_piece(env, model->arena, &job, body, &room);
  }
  if (mine_failed(env)) return mine_env_status(env);
  to->own = body;
  mine__model_note(model, "fit", "neighbors", "%lld likenesses of %lld items are kept",
                   (long long)body->first[of->n_items], (long long)of->n_items);
  if (body->first[of->n_items] == 0)
    mine__model_note(model, "warning", "item",
                     "no two items have anybody in common: everybody is offered what most take");
  return MINE_OK;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void together_save(const mine_recommender *of, mine_writer *w) {
  const together_body *body = of->own;
  const int64_t n = body->first[of->n_items];
  mine__write_u8(w, (uint8_t)body->measure);
  mine__write_u64(w, (uint64_t)n);
  for (int64_t i = 0; i < of->n_items; i++)
    mine__write_i32(w, (int32_t)(body->first[i + 1] - body->first[i]));
  mine__write_i32s(w, body->other, (size_t)n);
  mine__write_reals(w, body->like, (size_t)n);
}

static void together_check(mine_reader *r, const mine_recommender *to, const int32_t *size,
                           int64_t n, together_body *body) {
  for (int64_t i = 0; i < to->n_items; i++) {
    if (size[i] < 0) mine__reader_bad(r, "how many items are like one");
    body->first[i + 1] = body->first[i] + (size[i] < 0 ? 0 : size[i]);
  }
  if (mine__reader_ok(r) && body->first[to->n_items] != n)
    mine__reader_bad(r, "how many items are like one");
  for (int64_t k = 0; k < n; k++) {
    if (body->other[k] < 0 || body->other[k] >= to->n_items) mine__reader_bad(r, "an item");
    if (!(body->like[k] >= 0 && body->like[k] < 1e15)) mine__reader_bad(r, "a likeness");
  }
}

static void together_load(mine_reader *r, mine_recommender *to) {
  together_body *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  const uint8_t measure = mine__read_u8(mine__worded(r, "measure", together_measures));
  const size_t n = mine__read_count(mine__called(r, "n_alike"), 4);
  const int32_t *size = mine__read_i32s(mine__called(r, "alike_of_items"), (size_t)to->n_items);
  if (!body || !mine__reader_ok(r)) return;
  if (measure > TOGETHER_LIFT) mine__reader_bad(r, "the measure");
  body->measure = measure;
  body->first = mine__arena_zeros(r->arena, (size_t)to->n_items + 1, sizeof *body->first);
  body->other = mine__read_i32s(mine__called(r, "alike"), n);
  body->like = mine__read_reals(mine__called(r, "likeness"), n, 1);
  if (!body->first || !mine__reader_ok(r)) return;
  together_check(r, to, size, (int64_t)n, body);
  to->own = body;
}

/* ---- asked ---------------------------------------------------------------------------------- */

static void together_score(const mine_recommender *of, const void *state,
                           const mine_history *history, mine_scores *out, void *room) {
  const together_body *body = of->own;
  (void)state;
  (void)room;
  for (int64_t i = 0; i < history->n; i++) {
    const int32_t item = history->item[i];
    for (int64_t k = body->first[item]; k < body->first[item + 1]; k++)
      mine__score_add(out, body->other[k], body->like[k]);
  }
}

static void together_carried(const mine_recommender *of, const void *state,
                             const mine_history *history, int32_t item, double *to, void *room) {
  const together_body *body = of->own;
  (void)state;
  (void)room;
  for (int64_t i = 0; i < history->n; i++) {
    const int32_t taken = history->item[i];
    for (int64_t k = body->first[taken]; k < body->first[taken + 1]; k++)
      if (body->other[k] == item) to[i] = body->like[k];
  }
}

static void together_similar(const mine_recommender *of, const void *state, int32_t item,
                             mine_scores *out, void *room) {
  const together_body *body = of->own;
  (void)state;
  (void)room;
  for (int64_t k = body->first[item]; k < body->first[item + 1]; k++)
    mine__score_add(out, body->other[k], body->like[k]);
}

static const mine_recommending together_recommending = {
    .repeat = MINE_REPEAT_EXCLUDE,
    .learn = together_learn,
    .save = together_save,
    .load = together_load,
    .score = together_score,
    .carried = together_carried,
    .similar = together_similar,
};

const mine_algorithm mine__algorithm_cooccurrence = {
    .name = "cooccurrence",
    .title = "items that the same customers take: from item to item",
    .citation =
        "Sarwar, Karypis, Konstan & Riedl, Item-based collaborative filtering "
        "recommendation algorithms, WWW 2001; Deshpande & Karypis, Item-based top-N "
        "recommendation algorithms, ACM Transactions on Information Systems 22 (2004)",
    .notes =
        "Two items are alike when many have both, measured against how many have each. A score is "
        "the sum of the likenesses to what the customer took, so that `because` names exactly what "
        "carried it. `repeat=exclude` is its default. Times are not used, unless `by=basket`.",
    .example =
        "SELECT item, rank, other, round(score, 3) AS score FROM mine_similar(\n  "
        "(SELECT mine_fit('cooccurrence',\n  " MINE_TAKEN_EXAMPLE ", 'by=basket'))) LIMIT 4;",
    .tasks = MINE_RECOMMENDATION,
    .reads = "events",
    .options_size = sizeof(together_options),
    .options = together_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &together_recommending,
};
