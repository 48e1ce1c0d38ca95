/*
** recommender_ask.c -- customers' histories in, the best items for each out (recommender.h).
**
** Customers are taken in blocks, one task each; a worker has one array of scores, of which only
** the items that were touched are looked at and put back.  The best are kept in a heap of `top`.
*/
#include <math.h>
#include <string.h>

#include "best_items.h"
#include "recommender.h"

#define OFFERS_BLOCK 16

/* ---- one worker ----------------------------------------------------------------------------- */

typedef struct offers_worker {
  mine_scores scores;
  uint8_t *barred; /* by item: taken before, or blocked */
  mine_best_items best;
  void *room;
} offers_worker;

/* ---- one customer --------------------------------------------------------------------------- */

static mine_history offers_history(const mine_interactions *who, const int64_t *known, int64_t c) {
  const int64_t p = who->pair_first[c], b = who->basket_first[c];
  return (mine_history){.customer = known ? known[c] : c,
                        .n = who->pair_first[c + 1] - p,
                        .item = who->pair_item + p,
                        .count = who->pair_count + p,
                        .n_baskets = who->basket_first[c + 1] - b,
                        .event_first = who->event_first + b,
                        .event_item = who->event_item,
                        .event_amount = who->event_amount};
}

mine_history mine__history_of(const mine_recommender *of, const mine_interactions *who,
                              const int64_t *known, int64_t c) {
  const mine_history history = offers_history(who, known, c);
  return history.n == 0 && known && known[c] >= 0 ? offers_history(&of->of, NULL, known[c])
                                                  : history;
}

static void offers_clear(const mine_recommender *of, mine_scores *scores) {
  for (int64_t i = 0; i < scores->n; i++)
    scores->score[scores->touched[i]] = NAN;
  for (int64_t i = 0; scores->n < 0 && i < of->n_items; i++)
    scores->score[i] = NAN;
  scores->n = 0;
}

/* Items that were scored, best of them in the heap. */
static void offers_choose(const mine_recommender *of, const mine_ask *how, offers_worker *w) {
  const mine_scores *s = &w->scores;
  const int64_t n = s->n < 0 ? of->n_items : s->n;
  for (int64_t i = 0; i < n; i++) {
    const int32_t item = s->n < 0 ? (int32_t)i : s->touched[i];
    if (!w->barred[item] && (!how->allowed || how->allowed[item]))
      mine__best_items_offer(&w->best, item, s->score[item]);
  }
  mine__best_items_sort(&w->best);
}

/* What most customers take. */
static void offers_popular(const mine_recommender *of, const mine_ask *how, offers_worker *w) {
  mine_best_items *best = &w->best;
  for (int64_t i = 0; i < of->n_items && best->n < how->top; i++) {
    const int32_t item = of->popular[i];
    if (w->barred[item] || (how->allowed && !how->allowed[item])) continue;
    best->item[best->n] = item;
    best->value[best->n++] = (double)of->taken[item] / (double)of->of.n_customers;
  }
}

/* repeat=only turns it round: all is barred but the history. */
static void offers_bar(const mine_recommender *of, const mine_ask *how, const mine_history *history,
                       int64_t c, int on, uint8_t *barred) {
  if (how->repeat == MINE_REPEAT_ONLY) memset(barred, on, (size_t)of->n_items);
  for (int64_t i = 0; i < history->n && how->repeat != MINE_REPEAT_ALLOW; i++)
    barred[history->item[i]] = (uint8_t)(on && how->repeat == MINE_REPEAT_EXCLUDE);
  for (int64_t i = how->blocked_first ? how->blocked_first[c] : 0;
       how->blocked_first && i < how->blocked_first[c + 1]; i++)
    barred[how->blocked_item[i]] = (uint8_t)on;
}

typedef struct offers_job {
  const mine_recommender *of;
  const void *state;
  const mine_interactions *who;
  const int64_t *known;
  const mine_ask *how;
  offers_worker *worker;
  int64_t first; /* of the customers of this loop */
  int64_t n;
  int32_t *item; /* top of each */
  double *score;
  int32_t *found;
  uint8_t *popular;
} offers_job;

/* How many of the best are certain to hold `top` that may be offered. */
static int64_t offers_wanted(const mine_recommender *of, const mine_ask *how,
                             const mine_history *history, int64_t c) {
  if (how->allowed || how->repeat == MINE_REPEAT_ONLY) return of->n_items;
  int64_t n = how->top + history->n;
  if (how->blocked_first) n += how->blocked_first[c + 1] - how->blocked_first[c];
  return n < of->n_items ? n : of->n_items;
}

static void offers_customer(const offers_job *job, int64_t at, offers_worker *w) {
  const mine_recommender *of = job->of;
  const int64_t c = job->first + at, top = job->how->top;
  const mine_history history = mine__history_of(of, job->who, job->known, c);
  w->best.n = 0;
  offers_bar(of, job->how, &history, c, 1, w->barred);
  w->scores.wanted = offers_wanted(of, job->how, &history, c);
  if (history.n > 0) of->how->score(of, job->state, &history, &w->scores, w->room);
  const int64_t scored = w->scores.n;
  if (scored != 0)
    offers_choose(of, job->how, w);
  else if (job->how->repeat != MINE_REPEAT_ONLY)
    offers_popular(of, job->how, w);
  offers_clear(of, &w->scores);
  offers_bar(of, job->how, &history, c, 0, w->barred);
  job->popular[at] = scored == 0;
  job->found[at] = (int32_t)w->best.n;
  for (int64_t i = 0; i < w->best.n; i++) {
    job->item[at * top + i] = w->best.item[i];
    job->score[at * top + i] = w->best.value[i];
  }
}

static void offers_block(void *context, int64_t task, int worker) {
  const offers_job *job = context;
  const int64_t end = (task + 1) * OFFERS_BLOCK;
  for (int64_t i = task * OFFERS_BLOCK; i < end && i < job->n; i++)
    offers_customer(job, i, &job->worker[worker]);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void offers_scores(mine_arena *arena, const mine_recommender *of, mine_scores *out) {
  const size_t n = (size_t)of->n_items;
  *out = (mine_scores){mine__arena_array(arena, n, sizeof *out->score),
                       mine__arena_array(arena, n, sizeof *out->touched), 0, of->n_items};
  for (size_t i = 0; out->score && i < n; i++)
    out->score[i] = NAN;
}

static void *offers_room(mine_arena *arena, const mine_recommender *of) {
  return mine__arena_zeros(arena, of->how->room ? of->how->room(of) + 1 : 1, 1);
}

static offers_worker *offers_workers(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                     int64_t top) {
  offers_worker *worker = mine__arena_zeros(arena, (size_t)env->threads, sizeof *worker);
  for (int i = 0; worker && i < env->threads; i++) {
    offers_worker *w = &worker[i];
    offers_scores(arena, of, &w->scores);
    w->barred = mine__arena_zeros(arena, (size_t)of->n_items, 1);
    w->best = (mine_best_items){.taken = of->taken, .most = top};
    w->best.item = mine__arena_array(arena, (size_t)top, sizeof *w->best.item);
    w->best.value = mine__arena_array(arena, (size_t)top, sizeof *w->best.value);
    w->room = offers_room(arena, of);
  }
  return mine_failed(env) ? NULL : worker;
}

/* Customers of one loop: their answers stand with gaps before they are put together. */
#define OFFERS_PIECE 4096
#define OFFERS_ROOM  4194304 /* answers of one loop, more or less */

typedef struct offers_capacity {
  size_t items, scores;
} offers_capacity;

static void offers_piece(mine_env *env, mine_arena *arena, offers_job *job, mine_asked_items *out,
                         offers_capacity *room) {
  const int64_t top = job->how->top;
  int64_t found = out->first[job->first];
  if (mine__parallel_progress(env, MINE_BLOCKS(job->n, OFFERS_BLOCK), offers_block, job,
                              "recommending", (double)job->first / (double)job->who->n_customers,
                              (double)(job->first + job->n) / (double)job->who->n_customers))
    return;
  for (int64_t i = 0; i < job->n; i++) {
    const size_t n = (size_t)job->found[i];
    if (!MINE_RESERVE(arena, out->item, room->items, (size_t)found + n) ||
        !MINE_RESERVE(arena, out->score, room->scores, (size_t)found + n))
      return;
    out->popular[job->first + i] = job->popular[i];
    out->first[job->first + i + 1] = found + job->found[i];
    if (n == 0) continue; /* nothing may have been reserved yet */
    memcpy(out->item + found, job->item + i * top, n * sizeof *out->item);
    memcpy(out->score + found, job->score + i * top, n * sizeof *out->score);
    found += job->found[i];
  }
}

mine_status mine__recommender_ask(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                  const mine_interactions *who, const int64_t *known,
                                  const mine_ask *how, mine_asked_items *out) {
  const size_t n = (size_t)who->n_customers;
  mine_ask asked = *how;
  if (asked.top > of->n_items) asked.top = of->n_items;
  *out = (mine_asked_items){0};
  out->first = mine__arena_zeros(arena, n + 1, sizeof *out->first);
  out->popular = mine__arena_zeros(arena, n, sizeof *out->popular);
  const mine_mark mark = mine__arena_mark(env->scratch);
  offers_job job = {.of = of, .who = who, .known = known, .how = &asked};
  int64_t piece = OFFERS_ROOM / (asked.top + 1) + OFFERS_BLOCK;
  if (piece > OFFERS_PIECE) piece = OFFERS_PIECE;
  job.state = of->how->open ? of->how->open(env, env->scratch, of) : NULL;
  job.worker = offers_workers(env, env->scratch, of, asked.top);
  job.item = mine__arena_array(env->scratch, (size_t)piece, (size_t)asked.top * sizeof *job.item);
  job.score = mine__arena_array(env->scratch, (size_t)piece, (size_t)asked.top * sizeof *job.score);
  job.found = mine__arena_array(env->scratch, (size_t)piece, sizeof *job.found);
  job.popular = mine__arena_array(env->scratch, (size_t)piece, 1);
  offers_capacity room = {0, 0};
  for (job.first = 0; !mine_failed(env) && job.first < who->n_customers; job.first += piece) {
    const int64_t left = who->n_customers - job.first;
    job.n = left < piece ? left : piece;
    offers_piece(env, arena, &job, out, &room);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- one at a time -------------------------------------------------------------------------- */

int mine__asking_open(mine_env *env, mine_arena *arena, const mine_recommender *of,
                      mine_asking *out) {
  *out = (mine_asking){.of = of};
  out->state = of->how->open ? of->how->open(env, arena, of) : NULL;
  out->room = offers_room(arena, of);
  out->carried = mine__arena_zeros(arena, (size_t)of->n_items, sizeof *out->carried);
  offers_scores(arena, of, &out->scores);
  return !mine_failed(env);
}

int64_t mine__asking_because(mine_asking *asking, const mine_history *history, int32_t item,
                             int64_t most, int32_t *because) {
  const mine_recommender *of = asking->of;
  int64_t n = 0;
  if (!of->how->carried || history->n == 0) return 0;
  memset(asking->carried, 0, (size_t)history->n * sizeof *asking->carried);
  of->how->carried(of, asking->state, history, item, asking->carried, asking->room);
  for (; n < most; n++) {
    int64_t best = -1;
    for (int64_t i = 0; i < history->n; i++)
      if (asking->carried[i] > 0 && (best < 0 || asking->carried[i] > asking->carried[best]))
        best = i;
    if (best < 0) break;
    because[n] = history->item[best];
    asking->carried[best] = 0;
  }
  return n;
}

int64_t mine__asking_similar(mine_asking *asking, int32_t item, int64_t top, int32_t *like,
                             double *score) {
  const mine_recommender *of = asking->of;
  mine_scores *s = &asking->scores;
  mine_best_items best = {.taken = of->taken, .item = like, .value = score, .most = top};
  of->how->similar(of, asking->state, item, s, asking->room);
  const int64_t n = s->n < 0 ? of->n_items : s->n;
  for (int64_t i = 0; i < n; i++) {
    const int32_t other = s->n < 0 ? (int32_t)i : s->touched[i];
    if (other != item) mine__best_items_offer(&best, other, s->score[other]);
  }
  mine__best_items_sort(&best);
  offers_clear(of, s);
  return best.n;
}
