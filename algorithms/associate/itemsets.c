/*
** itemsets.c -- frequent itemsets: walk the search tree with all threads, collect.
**
** The tree is walked depth first from the rarest item to the most frequent
** (Eclat, LCM: see project.c), so that a branch sees few baskets where many
** items are still to come.
**
** Threads.  The children of a node are the tasks of a parallel loop.  A task may
** not allocate, poll or run long: it walks with memory given beforehand and
** stops when that, or its share of time, is used up, remembering the last child
** it finished.  Such a child is then *opened*: the calling thread makes the node
** and its remaining children become tasks of their own.  A task that only found
** its worker's answers full is simply repeated after they were collected.  Which
** worker finds a set, and when, does not matter: the answers are a set, and are
** sorted at the end.
*/
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "miner.h"

#define MINER_WORK           (1 << 20)         /* a task's share: a ms or two      */
#define MINER_OUT_WORDS      ((size_t)1 << 20) /* a worker's answers between waves */
#define MINER_STACK_LEAST    ((size_t)1 << 20)
#define MINER_STACK_MOST     ((size_t)1 << 26)
#define ITEMSETS_COUNTED     (INT64_C(1) << 32) /* SQLite passes by the rows of a count one by one */
#define ITEMSETS_SORT_BYTES  40 /* of a set: two places to sort, and where it is then */
#define ITEMSETS_LEAST_BYTES (3 * sizeof(uint32_t) + ITEMSETS_SORT_BYTES)

int64_t mine__min_count(double support, int64_t baskets) {
  const double exact = support * (double)baskets;
  const double count = ceil(exact - 1e-9 - 4 * DBL_EPSILON * exact);
  return count < 1 ? 1 : (int64_t)count;
}

/* ---- the driver: waves of tasks, then the nodes that are too large for one ---------------- */

typedef struct driver {
  mine_env *env;
  mine_arena *arena; /* of the answers */
  const mine_itemset_query *query;
  mine_itemsets *sets;
  size_t used, capacity; /* words of sets->data                   */
  int64_t most_sets;     /* by the query, by memory, by patience  */
  miner_tallies tallies; /* of sets that are counted              */
  miner_twins twins;
  const mine_hierarchy *groups;
  uint8_t *kin; /* of each rank: it has groups or is one; NULL: none */
  int n_workers;
  miner *worker; /* n_workers, then the opener */
  miner *opener; /* has an arena               */
  /* The loop that runs. */
  const miner_node *node;
  miner_task *task;
  uint32_t *pending;
  int depth;
} driver;

static void driver_task(void *context, int64_t which, int worker) {
  driver *d = context;
  miner *m = &d->worker[worker];
  miner_task *task = &d->task[d->pending[which]];
  m->set.n_prefix = d->opener->set.n_prefix;
  memcpy(m->set.prefix, d->opener->set.prefix, m->set.n_prefix * sizeof *m->set.prefix);
  memcpy(m->set.sorted, d->opener->set.sorted, m->set.n_prefix * sizeof *m->set.sorted);
  m->set.n_free = d->opener->set.n_free;
  memcpy(m->set.free, d->opener->set.free, m->set.n_free * sizeof *m->set.free);
  if (m->many || m->answers.found + m->answers.dropped > m->answers.most) {
    task->stop = m->many ? MINER_MANY : MINER_FULL; /* the driver will notice */
    task->dropped = 0;
  } else {
    mine__miner_walk(m, d->node, task, d->depth);
    m->many = task->stop == MINER_MANY;
  }
}

/* What there may be at most, as words that follow "more than". */
static void driver_say_most(const driver *d, int asked, int found, char *most, size_t bytes) {
  if (asked)
    snprintf(most, bytes, "max_itemsets=%lld itemsets", (long long)d->query->max_itemsets);
  else if (d->query->counted)
    snprintf(most, bytes, "%lld itemsets", (long long)d->most_sets);
  else if (!found)
    snprintf(most, bytes, "max_memory has room for");
  else
    snprintf(most, bytes, "the itemsets that max_memory has room for (%lld were found)",
             (long long)d->sets->n);
}

/* Too many: how far it got or, where they were seen coming, whence; and what helps. */
static void driver_refuse(driver *d, const miner_wide *wide) {
  const mine_itemset_query *query = d->query;
  const int asked = query->max_itemsets <= d->most_sets;
  const char *remedy = asked ? ", or raise max_itemsets" : ", or raise max_memory";
  char most[100], choice[60] = "", where[80] = "in every basket", above[60] = "";
  driver_say_most(d, asked, wide == NULL, most, sizeof most);
  if (query->counted && !asked) remedy = "";
  if (wide && query->max_length < wide->items)
    snprintf(choice, sizeof choice, "up to %lld of ", (long long)query->max_length);
  if (wide && wide->baskets < d->sets->baskets) {
    snprintf(where, sizeof where, "together in %u of the %lld baskets", wide->baskets,
             (long long)d->sets->baskets);
    snprintf(above, sizeof above, ", raise min_count above %u", wide->baskets);
  }
  if (wide)
    mine__fail(d->env, MINE_LIMIT,
               "%u items are %s, and every choice of %sthem is an itemset: more than %s; set "
               "max_length%s%s%s%s%s",
               wide->items, where, choice, most, *choice ? " lower" : "", above,
               query->narrower ? ", " : "", query->narrower ? query->narrower : "", remedy);
  else
    mine__fail(d->env, MINE_LIMIT,
               "more than %s are in %lld baskets or more; raise min_support (or min_count), set "
               "max_length%s%s%s",
               most, (long long)query->min_count, query->narrower ? ", " : "",
               query->narrower ? query->narrower : "", remedy);
}

static void driver_check(driver *d, int64_t found) {
  if (found > d->most_sets) driver_refuse(d, NULL);
}

/* What memory has room for, if every set is short: 3 words, a place, and twice that for the
** sort. */
static int64_t driver_most_sets(const driver *d) {
  const mine_memory *memory = &d->env->memory;
  int64_t most =
      d->query->max_itemsets < MINER_MOST_SETS ? d->query->max_itemsets : MINER_MOST_SETS;
  if (d->query->counted) return most < ITEMSETS_COUNTED ? most : ITEMSETS_COUNTED;
  if (memory->limit) {
    const size_t left = memory->limit > memory->used ? memory->limit - memory->used : 0;
    if ((int64_t)(left / ITEMSETS_LEAST_BYTES) < most)
      most = (int64_t)(left / ITEMSETS_LEAST_BYTES);
  }
  return most;
}

/* Whether `words` more can be kept, and all be sorted. */
static int driver_has_room(driver *d, size_t words) {
  const mine_memory *memory = &d->env->memory;
  const size_t needed = d->used + words;
  const size_t grown = needed > d->capacity ? needed + needed / 4 : 0; /* beside the old one */
  const size_t bytes = grown * sizeof(uint32_t) + (size_t)d->sets->n * ITEMSETS_SORT_BYTES;
  if (!memory->limit || (memory->used < memory->limit && bytes < memory->limit - memory->used))
    return 1;
  driver_refuse(d, NULL);
  return 0;
}

/* Take over a miner's answers. */
static void driver_collect(driver *d, miner *m) {
  if (m->stop == MINER_MANY) driver_refuse(d, &m->wide);
  if (m->answers.used == 0 || mine_failed(d->env)) return;
  d->sets->n += m->answers.found;
  driver_check(d, d->sets->n);
  if (mine_failed(d->env)) return;
  if (d->query->counted) {
    mine__miner_tally(&d->tallies, d->arena, d->query, m->answers.out, m->answers.used);
  } else {
    if (!driver_has_room(d, m->answers.used)) return;
    if (!MINE_RESERVE(d->arena, d->sets->data, d->capacity, d->used + m->answers.used)) return;
    memcpy(d->sets->data + d->used, m->answers.out, m->answers.used * sizeof *m->answers.out);
    d->used += m->answers.used;
  }
  m->answers.used = 0;
  m->answers.found = 0;
}

/* Run the node's tasks until each is done or must be opened. */
static void driver_waves(driver *d, const miner_node *node, miner_task *task, uint32_t n,
                         uint32_t *pending, int depth) {
  uint32_t waiting = n;
  for (uint32_t i = 0; i < n; i++)
    pending[i] = i;
  while (waiting > 0) {
    d->node = node, d->task = task, d->pending = pending, d->depth = depth;
    if (mine__parallel(d->env, waiting, driver_task, d)) return;
    for (uint32_t i = 0; i < waiting; i++) { /* the first that ran into it, for any threads */
      if (task[pending[i]].stop != MINER_MANY) continue;
      driver_refuse(d, &task[pending[i]].wide);
      return;
    }
    for (int w = 0; w < d->n_workers; w++) {
      driver_collect(d, &d->worker[w]);
      if (mine_failed(d->env)) return;
      d->worker[w].answers.dropped = 0;
    }
    uint32_t again = 0;
    int64_t found = d->sets->n;
    for (uint32_t i = 0; i < waiting; i++) {
      if (task[pending[i]].stop) found += task[pending[i]].dropped;
      if (task[pending[i]].stop == MINER_FULL) pending[again++] = pending[i];
    }
    /* What was dropped will be found again: an explosion is noticed at once. */
    if (!mine_failed(d->env)) driver_check(d, found);
    if (mine_failed(d->env)) return;
    waiting = again;
  }
}

static void driver_node(driver *d, const miner_node *node, uint32_t from, int depth);

/* Open a task's child on the calling thread, and let its children be tasks. */
static void driver_open(driver *d, const miner_node *node, const miner_task *task, int depth) {
  miner *m = d->opener;
  const uint32_t n_prefix = m->set.n_prefix, n_free = m->set.n_free;
  const mine_mark mark = mine__arena_mark(d->env->scratch);
  miner_node child;
  m->stop = MINER_RUNS;
  m->answers.mute = task->opened;
  const int more = mine__miner_project(m, node, task->child, &child);
  if (!mine_failed(d->env)) driver_collect(d, m); /* the child itself comes before what is below */
  if (more && mine__poll(d->env) == MINE_OK) {
    driver_node(d, &child, task->opened ? task->resume : child.first, depth + 1);
  }
  mine__miner_pop(m, n_prefix, n_free);
  mine__arena_rewind(d->env->scratch, mark);
}

static void driver_node(driver *d, const miner_node *node, uint32_t from, int depth) {
  const uint32_t n = node->items - from;
  if (depth >= MINER_DEEPEST) {
    mine__fail(d->env, MINE_LIMIT, "itemsets nest deeper than %d items; set max_length",
               MINER_DEEPEST);
    return;
  }
  miner_task *task = mine__arena_zeros(d->env->scratch, n, sizeof *task);
  uint32_t *pending = mine__arena_array(d->env->scratch, n, sizeof *pending);
  if (!task || !pending) return;
  for (uint32_t i = 0; i < n; i++)
    task[i].child = from + i;
  driver_waves(d, node, task, n, pending, depth);
  if (mine_failed(d->env)) return;
  for (uint32_t i = 0; i < n; i++) {
    if (depth == 0 && mine__poll_progress(d->env, "itemsets", (double)i / (double)n)) return;
    if (task[i].stop) driver_open(d, node, &task[i], depth);
    if (mine_failed(d->env)) return;
  }
}

/* ---- preparing the miners -------------------------------------------------------------------- */

/* Of sets that are kept, all that a node stands for must find room. */
static uint32_t miner_most_free(const mine_itemset_query *query, uint32_t n_items,
                                size_t out_words) {
  uint32_t most = 0;
  if (query->counted) return UINT32_MAX;
  while (most < MINER_MOST_FREE && ((size_t)n_items + 3 + MINER_TAIL) << (most + 1) <= out_words)
    most++;
  return most;
}

static void miner_open(const driver *d, size_t stack_bytes, size_t out_words, miner *m) {
  mine_env *env = d->env;
  const uint32_t n_items = d->sets->n_items;
  *m = (miner){.query = d->query,
               .twins = &d->twins,
               .groups = d->groups,
               .code = d->sets->code,
               .kin = d->kin,
               .tail = d->sets->weighted ? MINER_TAIL : 0,
               .answers = {.most = d->most_sets},
               .work_limit = MINER_WORK,
               .stack = {.bytes = stack_bytes}};
  m->answers.capacity = out_words + n_items + 3 + MINER_TAIL;
  m->set.most_free = miner_most_free(d->query, n_items, out_words);
  if (d->sets->weighted) m->weighed = mine__arena_zeros(env->scratch, n_items, sizeof *m->weighed);
  m->tally = mine__arena_zeros(env->scratch, n_items, sizeof *m->tally);
  m->renumber = mine__arena_zeros(env->scratch, n_items, sizeof *m->renumber);
  m->touched = mine__arena_array(env->scratch, n_items, sizeof *m->touched);
  m->chosen = mine__arena_array(env->scratch, n_items, sizeof *m->chosen);
  m->set.prefix = mine__arena_array(env->scratch, n_items, sizeof *m->set.prefix);
  m->set.sorted = mine__arena_array(env->scratch, n_items, sizeof *m->set.sorted);
  m->set.free = mine__arena_array(env->scratch, n_items, sizeof *m->set.free);
  m->set.merged = mine__arena_array(env->scratch, n_items, sizeof *m->set.merged);
  m->set.bit = mine__arena_array(env->scratch, n_items, sizeof *m->set.bit);
  m->answers.out = mine__arena_array(env->scratch, m->answers.capacity, sizeof *m->answers.out);
  if (stack_bytes) m->stack.byte = mine__arena_array(env->scratch, stack_bytes, 1);
  if (!stack_bytes) m->stack.arena = env->scratch;
}

/* Room for the nodes of a task: by the size of the data, and modest where
** max_memory is. */
static size_t miner_stack_bytes(const mine_env *env, size_t cells) {
  size_t bytes = 16 * cells;
  if (bytes < MINER_STACK_LEAST) bytes = MINER_STACK_LEAST;
  if (bytes > MINER_STACK_MOST) bytes = MINER_STACK_MOST;
  if (env->memory.limit) {
    const size_t left =
        env->memory.limit > env->memory.used ? env->memory.limit - env->memory.used : 0;
    const size_t share = left / 4 / (size_t)env->threads;
    if (bytes > share) bytes = share;
  }
  return (bytes + 64) & ~(size_t)63;
}

static void driver_prepare(driver *d, size_t cells) {
  mine_env *env = d->env;
  d->n_workers = env->threads;
  d->worker = mine__arena_array(env->scratch, (size_t)d->n_workers + 1, sizeof *d->worker);
  if (!d->worker) return;
  d->opener = &d->worker[d->n_workers];
  const size_t stack = miner_stack_bytes(env, cells);
  const size_t words = stack / 4 < MINER_OUT_WORDS ? stack / 4 : MINER_OUT_WORDS;
  for (int w = 0; w < d->n_workers; w++) {
    miner_open(d, stack, words, &d->worker[w]);
    if (mine_failed(env)) return;
  }
  miner_open(d, 0, words, d->opener);
}

/* What a set has to weigh, whose share of a rounded sum is forgiven as by mine__min_count; and in
** how many baskets it must be to weigh that. */
static mine_itemset_query driver_query(const mine_transactions *baskets,
                                       const mine_itemset_query *asked) {
  mine_itemset_query query = *asked;
  double heaviest = 0;
  if (!baskets->weight) return query;
  query.min_weight = asked->min_weight * (1 - 1e-9);
  for (int64_t b = 0; b < baskets->baskets; b++)
    heaviest = fmax(heaviest, baskets->weight[b]);
  const double least = heaviest > 0 ? ceil(query.min_weight / heaviest * (1 - 1e-9)) : 0;
  if (least > (double)query.min_count) query.min_count = (int64_t)least;
  return query;
}

/* Which ranks have groups or are one. */
static void driver_find_kin(driver *d) {
  const mine_hierarchy *h = d->groups;
  if (!h || mine_failed(d->env)) return;
  uint8_t *is = mine__arena_zeros(d->env->scratch, h->items, sizeof *is);
  d->kin = mine__arena_zeros(d->env->scratch, d->sets->n_items, sizeof *d->kin);
  if (!is || !d->kin) return;
  for (uint32_t x = 0; x < h->items; x++)
    for (uint32_t i = h->first[x]; i < h->first[x + 1]; i++)
      is[x] = is[h->above[i]] = 1;
  for (uint32_t r = 0; r < d->sets->n_items; r++)
    d->kin[r] = is[d->sets->code[r]];
}

mine_status mine__itemsets_mine(mine_env *env, mine_arena *arena, const mine_transactions *baskets,
                                const mine_itemset_query *asked, mine_itemsets *out) {
  const mine_itemset_query query = driver_query(baskets, asked);
  *out = (mine_itemsets){.baskets = baskets->baskets,
                         .total = mine__transactions_weight(baskets),
                         .weighted = baskets->weight != NULL};
  driver d = {.env = env,
              .arena = arena,
              .query = &query,
              .sets = out,
              .tallies = {.env = env},
              .groups = baskets->groups};
  d.most_sets = driver_most_sets(&d);
  const mine_mark mark = mine__arena_mark(env->scratch);
  miner_node root;
  mine__miner_root(env, arena, baskets, &query, out, &root, &d.twins);
  driver_find_kin(&d);
  if (!mine_failed(env) && out->n_items > 0) {
    driver_prepare(&d, root.start[root.items]);
    if (!mine_failed(env)) driver_node(&d, &root, 0, 0);
    if (!mine_failed(env) && query.counted) mine__miner_tallies_sort(&d.tallies, out);
  }
  mine__arena_rewind(env->scratch, mark);
  if (mine_failed(env)) return mine_env_status(env);
  if (!query.counted) mine__itemsets_sort(env, arena, out);
  return mine_env_status(env);
}
