/*
** mine.c -- the walkers' driver: a wave of work on all threads, then what they need.
**
** A walker is a thread's worth of walking.  In a wave each works for a few milliseconds; then,
** on the calling thread, answers are taken over, memory is handed out, and a walker with nothing
** left gets half of what the fullest has not begun, high up in its tree.  Who finds a pattern,
** and when, does not matter: the answers are a set, and sorted at the end.
**
** With top=n, and counts alone deciding, the n-th count so far is what every further pattern
** has to reach.
*/
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "gather.h"
#include "walker.h"

#define DRIVE_OUT   ((size_t)1 << 20) /* words of answers between waves */
#define DRIVE_CHUNK ((size_t)1 << 20) /* bytes: a walker's first        */

typedef struct drive {
  mine_env *env;
  mine_arena *arena; /* of the answers */
  const mine_sequence_data *data;
  const mine_sequence_query *query;
  int n;
  walker *walker;
  uint32_t *answer; /* records of walkers, one after the other */
  size_t used, room;
  int64_t answers;
  uint32_t longest;  /* events of a pattern so far */
  int64_t *of_count; /* top: patterns of each count */
} drive;

/* ---- answers ------------------------------------------------------------------------------- */

/* Memory is the only limit on how many there may be: say so in words that help. */
static int drive_has_room(drive *d, size_t words) {
  const mine_memory *memory = &d->env->memory;
  if (d->used + words <= d->room) return 1;
  const size_t more = (d->room / 4 + words) * sizeof *d->answer;
  if (memory->limit == 0 || more <= memory->limit - memory->used || memory->used > memory->limit)
    return 1;
  (void)mine__fail(d->env, MINE_LIMIT,
                   "max_memory was reached after %lld sequences of up to %u events, and there are "
                   "more; raise min_support (or min_count), set max_length or max_gap, ask for "
                   "kind=closed or top, or raise max_memory",
                   (long long)d->answers, d->longest);
  return 0;
}

static void drive_collect(drive *d, walker *w) {
  if (w->out_used == 0 || !drive_has_room(d, w->out_used) ||
      !MINE_RESERVE(d->arena, d->answer, d->room, d->used + w->out_used))
    return;
  for (size_t at = 0; at < w->out_used; at += WALKER_HEAD + w->out[at]) {
    d->answers++;
    if (w->out[at + 1] > d->longest) d->longest = w->out[at + 1];
    if (d->of_count) d->of_count[w->out[at + 2]]++;
  }
  memcpy(d->answer + d->used, w->out, w->out_used * sizeof *w->out);
  d->used += w->out_used;
  w->out_used = 0;
}

/* The least count that the best `top` so far have. */
static void drive_raise(drive *d) {
  int64_t above = 0;
  if (!d->of_count || d->answers < d->query->top) return;
  for (int64_t count = d->data->customers; count > 0; count--) {
    above += d->of_count[count];
    if (above < d->query->top) continue;
    for (int i = 0; i < d->n; i++)
      if (d->walker[i].min_count[0] < (uint32_t)count) d->walker[i].min_count[0] = (uint32_t)count;
    return;
  }
}

/* ---- memory of a walker ---------------------------------------------------------------------- */

static void drive_give(drive *d, walker *w, int behind, size_t need) {
  const int at = behind + 1;
  size_t bytes = 2 * w->chunk[behind].bytes;
  if (at == WALKER_CHUNKS || need > SIZE_MAX / 2) {
    (void)mine__fail_memory(d->env, need);
    return;
  }
  if (bytes < need) bytes = need;
  mine__arena_drop(d->env->scratch, w->chunk[at].at);
  w->chunk[at].at = NULL;
  w->chunk[at].bytes = 0;
  w->chunk[at].at = mine__arena_block(d->env->scratch, NULL, bytes, 1);
  if (w->chunk[at].at) w->chunk[at].bytes = bytes;
}

/* Like mine__walker_take, for the calling thread: it finds what it needs. */
static void *drive_take(drive *d, walker *w, size_t count, size_t size) {
  void *piece = mine__walker_take(w, count, size);
  while (!piece && !mine_failed(d->env)) {
    drive_give(d, w, w->need_behind, w->need);
    if (mine_failed(d->env)) return NULL;
    w->stop = WALKER_RUNS;
    piece = mine__walker_take(w, count, size);
  }
  return piece;
}

/* ---- half of a walker's work for another ---------------------------------------------------- */

/* The frame nearest to the root with children that nobody has begun. */
static walker_frame *drive_highest(const walker *w) {
  walker_frame *highest = NULL;
  for (walker_frame *f = w->top; f; f = f->up)
    if (f->next < f->n) highest = f;
  return highest;
}

static size_t drive_waiting(const walker *w) {
  size_t places = 0;
  uint32_t children = 0;
  for (const walker_frame *f = w->top; f; f = f->up)
    for (uint32_t i = f->next; i < f->n; i++, children++)
      places += f->child[i].n + 1;
  return children > 1 ? places : 0;
}

/* The last children of the frame with half of its places; at least one. */
static uint32_t drive_half(const walker_frame *f) {
  size_t all = 0, taken = 0;
  uint32_t first = f->n;
  for (uint32_t i = f->next; i < f->n; i++)
    all += f->child[i].n + 1;
  do
    taken += f->child[--first].n + 1;
  while (first > f->next + 1 && 2 * taken < all);
  return first;
}

static int drive_is_shared(const drive *d, const walker_frame *f) {
  return f->word == d->data->word;
}

/* The last children of the highest node that still has some go, with their places, the words they
** mean (unless these are the data's) and the prefix above them; `from` ends before them. */
static void drive_move(drive *d, walker *from, walker *to) {
  walker_frame *f = drive_highest(from);
  const uint32_t first = drive_half(f), n = f->n - first;
  const size_t place = to->timed ? 3 : 1, begin = f->child[first].first;
  const size_t places = f->child[f->n - 1].first + f->child[f->n - 1].n - begin;
  to->stack = (walker_mark){0, 0};
  to->stop = WALKER_RUNS;
  to->base = *f;
  to->base.up = NULL;
  to->base.mark = to->stack;
  to->base.n = n;
  to->base.next = 0;
  to->base.child = drive_take(d, to, n, sizeof *to->base.child);
  to->base.list = drive_take(d, to, places * place, sizeof *to->base.list);
  uint32_t *word = NULL;
  if (!drive_is_shared(d, f)) word = drive_take(d, to, f->words, sizeof *word);
  if (mine_failed(d->env)) return;
  for (uint32_t i = 0; i < n; i++) {
    to->base.child[i] = f->child[first + i];
    to->base.child[i].first -= begin;
  }
  memcpy(to->base.list, f->list + begin * place, places * place * sizeof *f->list);
  if (word) memcpy(word, f->word, f->words * sizeof *word);
  if (word) to->base.word = word;
  memcpy(to->prefix, from->prefix, f->prefix * sizeof *to->prefix);
  to->top = &to->base;
  f->n = first;
}

static void drive_share(drive *d) {
  for (int i = 0; i < d->n && !mine_failed(d->env); i++) {
    if (d->walker[i].top) continue;
    int fullest = -1;
    size_t most = 0;
    for (int j = 0; j < d->n; j++) {
      const size_t waiting = drive_waiting(&d->walker[j]);
      if (waiting > most) {
        most = waiting;
        fullest = j;
      }
    }
    if (fullest >= 0) drive_move(d, &d->walker[fullest], &d->walker[i]);
  }
}

/* ---- walkers, and the root ------------------------------------------------------------------ */

static void drive_open_walker(drive *d, walker *w, int timed) {
  const size_t items = (size_t)d->data->n_items + 1;
  mine_arena *scratch = d->env->scratch;
  *w = (walker){.data = d->data, .query = d->query, .timed = timed};
  for (int i = 0; i < 2; i++)
    w->min_count[i] =
        d->query->min_count[i] < UINT32_MAX ? (uint32_t)d->query->min_count[i] : UINT32_MAX;
  for (int kind = 0; kind < WALK_KINDS; kind++) {
    w->tally[kind] = mine__arena_zeros(scratch, items, sizeof *w->tally[kind]);
    w->touched[kind] = mine__arena_array(scratch, items, sizeof *w->touched[kind]);
  }
  if (d->query->closed) w->mark = mine__arena_zeros(scratch, items, sizeof *w->mark);
  w->prefix = mine__arena_array(scratch, (size_t)d->data->longest + 1, sizeof *w->prefix);
  w->out_room = DRIVE_OUT + d->data->longest + WALKER_HEAD;
  w->out = mine__arena_array(scratch, w->out_room, sizeof *w->out);
  w->chunk[0].at = mine__arena_block(scratch, NULL, DRIVE_CHUNK, 1);
  w->chunk[0].bytes = DRIVE_CHUNK;
}

/* Without limits: of a customer the first place of an item, and those behind which its event
** goes on. */
static int drive_is_place(const drive *d, const uint32_t *last, size_t p, uint32_t customer,
                          int timed) {
  const uint32_t *word = d->data->word;
  return timed || last[word[p] & ~SEQUENCE_NEW] != customer || !(word[p + 1] & SEQUENCE_NEW);
}

static void drive_root_place(walker_frame *root, size_t to, size_t p, const mine_sequence_data *d,
                             int timed) {
  if (timed)
    ((walker_place *)(void *)root->list)[to] =
        (walker_place){(uint32_t)p, d->event_of[p], d->event_of[p]};
  else
    root->list[to] = (uint32_t)p;
}

/* First count, then place: root->child[x].n are the places of x. */
static int drive_root_pass(drive *d, walker_frame *root, uint32_t *last, int timed, int place) {
  const uint32_t *word = d->data->word;
  uint32_t customer = 1;
  memset(last, 0, d->data->n_items * sizeof *last);
  for (size_t p = 0; p < d->data->words; p++) {
    if (MINE_POLL_AT(d->env, p)) return 0;
    if (word[p] == SEQUENCE_END) {
      customer++;
      continue;
    }
    const uint32_t x = word[p] & ~SEQUENCE_NEW;
    walker_child *child = &root->child[x];
    if (!drive_is_place(d, last, p, customer, timed)) continue;
    if (!place && last[x] != customer) {
      child->count++;
      child->positives += p < d->data->split;
    }
    last[x] = customer;
    if (place) drive_root_place(root, child->first + child->n, p, d->data, timed);
    child->n++;
  }
  return 1;
}

static void drive_root(drive *d, int timed, walker_frame *root) {
  mine_arena *scratch = d->env->scratch;
  const uint32_t n = d->data->n_items;
  uint32_t *last = mine__arena_array(scratch, n, sizeof *last);
  size_t places = 0;
  *root = (walker_frame){.word = d->data->word,
                         .words = d->data->words,
                         .split = d->data->split,
                         .n = n,
                         .count = (uint32_t)d->data->customers,
                         .before = (uint32_t)d->data->customers};
  root->child = mine__arena_zeros(scratch, n, sizeof *root->child);
  if (!last || !root->child || !drive_root_pass(d, root, last, timed, 0)) return;
  for (uint32_t x = 0; x < n; x++) {
    root->child[x].item = x;
    root->child[x].kind = WALK_S;
    root->child[x].first = places;
    places += root->child[x].n;
    root->child[x].n = 0;
  }
  root->list = mine__arena_array(scratch, places * (timed ? 3 : 1), sizeof *root->list);
  if (root->list) (void)drive_root_pass(d, root, last, timed, 1);
}

/* ---- waves ---------------------------------------------------------------------------------- */

static void drive_task(void *context, int64_t which, int worker) {
  drive *d = context;
  (void)worker;
  if (d->walker[which].top) mine__walker_run(&d->walker[which]);
}

static double drive_done(const drive *d, uint32_t roots) {
  uint32_t waiting = 0;
  for (int i = 0; i < d->n; i++)
    for (const walker_frame *f = d->walker[i].top; f; f = f->up)
      if (f->prefix == 0) waiting += f->n - f->next;
  return 1 - (double)waiting / (double)roots;
}

static int drive_wave(drive *d) {
  if (mine__parallel(d->env, d->n, drive_task, d)) return 0;
  for (int i = 0; i < d->n && !mine_failed(d->env); i++) {
    walker *w = &d->walker[i];
    drive_collect(d, w);
    if (w->stop == WALKER_NEEDS) drive_give(d, w, w->need_behind, w->need);
  }
  return !mine_failed(d->env);
}

static void drive_all(drive *d, const walker_frame *root) {
  d->walker[0].base = *root;
  d->walker[0].top = &d->walker[0].base;
  for (int busy = 1; busy;) {
    drive_share(d);
    if (mine_failed(d->env) || !drive_wave(d)) return;
    drive_raise(d);
    busy = 0;
    for (int i = 0; i < d->n; i++)
      busy |= d->walker[i].top != NULL;
    if (mine__poll_progress(d->env, "sequences", drive_done(d, root->n))) return;
  }
}

mine_status mine__sequences_mine(mine_env *env, mine_arena *arena, const mine_sequence_data *data,
                                 const mine_sequence_query *query, mine_sequence_set *out) {
  drive d = {.env = env, .arena = arena, .data = data, .query = query, .n = env->threads};
  const int timed =
      query->rules || !isnan(query->min_gap) || !isnan(query->max_gap) || !isnan(query->max_span);
  walker_frame root;
  *out = (mine_sequence_set){.data = data};
  if (data->n_items == 0) return MINE_OK;
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (query->top > 0 && !query->outcome && !query->rules)
    d.of_count = mine__arena_zeros(env->scratch, (size_t)data->customers + 1, sizeof *d.of_count);
  d.walker = mine__arena_zeros(env->scratch, (size_t)d.n, sizeof *d.walker);
  for (int i = 0; d.walker && i < d.n && !mine_failed(env); i++)
    drive_open_walker(&d, &d.walker[i], timed);
  if (!mine_failed(env)) drive_root(&d, timed, &root);
  if (!mine_failed(env)) drive_all(&d, &root);
  mine__arena_rewind(env->scratch, mark);
  if (!mine_failed(env))
    mine__sequences_gather(env, arena, d.answer, d.used, d.answers, query, out);
  return mine_env_status(env);
}
