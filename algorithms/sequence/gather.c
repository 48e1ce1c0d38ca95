/*
** gather.c -- sequences in their order; of rules what their consequents are worth; as JSON.
**
** The order is by falling count, then rising length and items, then the values: a total order,
** whoever found what.  The first three are one 64-bit key for a radix sort; runs of equal keys
** are sorted by as many of their words as fill the next key, and so on (a radix sort from the
** most significant digit): each pass reads the words once, whatever order they were found in.
** Only short runs, and long patterns, are compared word by word.
*/
#include "gather.h"

#include <string.h>

#include "../core/hash.h"
#include "../core/order.h"
#include "../core/radix.h"
#include "walker.h"

/* ---- order ---------------------------------------------------------------------------------- */

#define GATHER_SMALL 12                         /* bits of a length or a number of words ... */
#define GATHER_LONG  ((1U << GATHER_SMALL) - 1) /* ... and what stands for larger ones      */
#define GATHER_FEW   48  /* sequences that are sorted as fast by comparing them         */
#define GATHER_DEEP  256 /* words after which the same is done: calls are nested so deep */

static uint64_t gather_short(uint32_t v) {
  return v < GATHER_LONG ? v : GATHER_LONG;
}

static int gather_before(const void *context, const void *a, const void *b) {
  const mine_sequence *all = context;
  const mine_sequence *x = &all[((const mine__place *)a)->at];
  const mine_sequence *y = &all[((const mine__place *)b)->at];
  if (x->length != y->length) return x->length < y->length;
  if (x->words != y->words) return x->words < y->words;
  for (uint32_t i = 0; i < x->words; i++) {
    const uint32_t p = x->word[i] & ~SEQUENCE_NEW, q = y->word[i] & ~SEQUENCE_NEW;
    if (p != q) return p < q;
    if (x->word[i] != y->word[i]) return x->word[i] > y->word[i]; /* a new event first */
  }
  return 0;
}

/* The places of a table's worth of sequences while they are sorted. */
typedef struct gather_order {
  mine_env *env;
  const mine_sequence *all;
  mine__place *place, *spare;
  int bits; /* of a word in a key: its item, and whether it opens an event */
} gather_order;

/* The words from number `from` on, as many as a key holds; beyond the last there is 0.  In the
** order of gather_before: a new event comes first. */
static uint64_t gather_key(const gather_order *o, const mine_sequence *s, uint32_t from) {
  uint64_t key = 0;
  for (uint32_t i = from; i < from + 64 / (uint32_t)o->bits; i++) {
    key <<= o->bits;
    if (i < s->words)
      key |= (uint64_t)(s->word[i] & ~SEQUENCE_NEW) << 1 | !(s->word[i] & SEQUENCE_NEW);
  }
  return key;
}

static void gather_runs(const gather_order *o, int64_t first, int64_t end, uint32_t from);

/* Sequences that are the same up to word `from`, of one length and number of words unless these
** are too large for a key. */
static void gather_refine(const gather_order *o, int64_t first, int64_t end, uint32_t from) {
  const mine_sequence *one = &o->all[o->place[first].at];
  const uint32_t each = 64 / (uint32_t)o->bits;
  const int is_long = one->words >= GATHER_LONG || one->length >= GATHER_LONG;
  if (from >= one->words && !is_long) return;
  if (end - first < GATHER_FEW || from >= GATHER_DEEP || is_long) {
    mine__sort(o->env, o->place + first, o->spare, (size_t)(end - first), sizeof *o->place,
               gather_before, o->all);
    return;
  }
  for (int64_t i = first; i < end; i++)
    o->place[i].key = gather_key(o, &o->all[o->place[i].at], from);
  mine__sort_places(o->env, o->place + first, o->spare, end - first, (int)each * o->bits);
  gather_runs(o, first, end, from + each);
}

/* Each run of equal keys by the words from `from` on. */
static void gather_runs(const gather_order *o, int64_t first, int64_t end, uint32_t from) {
  for (int64_t to; first < end && !mine_failed(o->env); first = to) {
    for (to = first + 1; to < end && o->place[to].key == o->place[first].key; to++)
      continue;
    if (to - first > 1) gather_refine(o, first, to, from);
  }
}

static void gather_sort(const gather_order *o, int64_t n) {
  const mine_sequence *all = o->all;
  uint32_t most = 0;
  for (int64_t i = 0; i < n; i++)
    if (all[i].count > most) most = all[i].count;
  for (int64_t i = 0; i < n; i++)
    o->place[i] =
        (mine__place){(uint64_t)(most - all[i].count) << (2 * GATHER_SMALL) |
                          gather_short(all[i].length) << GATHER_SMALL | gather_short(all[i].words),
                      (size_t)i};
  mine__sort_places(o->env, o->place, o->spare, n, mine__bits_needed(most) + 2 * GATHER_SMALL);
  gather_runs(o, 0, n, 0);
}

/* ---- the consequents of rules --------------------------------------------------------------- */

/* Sequences of one itemset, found by it: in front of all others of the table. */
typedef struct gather_lookup {
  const mine_sequence *all;
  const uint32_t *single; /* numbers in `all` */
  const uint32_t *word;
  uint32_t words;
} gather_lookup;

static int gather_same(const void *context, uint32_t number) {
  const gather_lookup *look = context;
  const mine_sequence *s = &look->all[look->single[number]];
  return s->words == look->words && memcmp(s->word, look->word, look->words * sizeof *s->word) == 0;
}

static uint64_t gather_hash(const uint32_t *word, uint32_t n) {
  uint64_t hash = n;
  for (uint32_t i = 0; i < n; i++)
    hash = mine_hash_mix(hash + word[i]);
  return hash;
}

/* Every consequent is frequent by itself, so it is there. */
static void gather_consequents(mine_env *env, mine_sequence *all, int64_t n) {
  uint32_t *single = mine__arena_array(env->scratch, (size_t)n, sizeof *single);
  gather_lookup look = {.all = all, .single = single};
  mine__table table = {0};
  uint32_t singles = 0;
  for (int64_t i = 0; single && i < n; i++)
    if (all[i].length == 1) single[singles++] = (uint32_t)i;
  if (!single || mine__table_grow(&table, env->scratch, singles) < 0) return;
  for (uint32_t k = 0; k < singles; k++)
    mine__table_enter(&table, gather_hash(all[single[k]].word, all[single[k]].words), k);
  for (int64_t i = 0; i < n; i++) {
    uint32_t from = all[i].words - 1;
    if (MINE_POLL_AT(env, i)) return;
    while (!(all[i].word[from] & SEQUENCE_NEW))
      from--;
    look.word = all[i].word + from;
    look.words = all[i].words - from;
    const int64_t k =
        mine__table_find(&table, gather_hash(look.word, look.words), gather_same, &look);
    all[i].rule.consequent = k < 0 ? 0 : all[single[k]].count;
  }
}

/* ---- gathering ------------------------------------------------------------------------------ */

static double gather_real(const uint32_t *word) {
  double v;
  memcpy(&v, word, sizeof v);
  return v;
}

static void gather_read(const uint32_t *answer, size_t used, mine_sequence *all) {
  int64_t i = 0;
  for (size_t at = 0; at < used; at += WALKER_HEAD + answer[at]) {
    const uint32_t *a = answer + at;
    all[i++] = (mine_sequence){.words = a[0],
                               .length = a[1],
                               .count = a[2],
                               .positives = a[3],
                               .rule = {.antecedent = a[4],
                                        .mean_gap = gather_real(a + 5),
                                        .median_gap = gather_real(a + 7)},
                               .word = a + WALKER_HEAD};
  }
}

void mine__sequences_gather(mine_env *env, mine_arena *arena, const uint32_t *answer, size_t used,
                            int64_t n, const mine_sequence_query *query, mine_sequence_set *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_sequence *all = mine__arena_array(env->scratch, (size_t)n, sizeof *all);
  mine__place *place = mine__arena_array(env->scratch, (size_t)n, sizeof *place);
  mine__place *spare = mine__arena_array(env->scratch, (size_t)n, sizeof *spare);
  if (all) gather_read(answer, used, all);
  if (all && query->rules) gather_consequents(env, all, n);
  const gather_order order = {env, all, place, spare, mine__bits_needed(out->data->n_items) + 1};
  if (all && place && spare && !mine_failed(env)) gather_sort(&order, n);
  const int cut = query->top > 0 && !query->outcome && !query->rules && query->top < n;
  out->sequence = mine__arena_array(arena, (size_t)(cut ? query->top : n), sizeof *out->sequence);
  for (int64_t i = 0; out->sequence && !mine_failed(env) && i < n; i++) {
    const mine_sequence *s = &all[place[i].at];
    if (query->rules && s->length < 2) continue;
    if (cut && out->n == query->top) break;
    out->sequence[out->n++] = *s;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- as JSON -------------------------------------------------------------------------------- */

void mine__sequence_write(const mine_json_values *texts, const uint32_t *word, uint32_t n,
                          mine_text *out) {
  out->bytes = 0;
  mine__text_add(out, "[", 1);
  for (uint32_t i = 0; i < n; i++) {
    const uint32_t rank = word[i] & ~SEQUENCE_NEW;
    mine__text_adds(out, !(word[i] & SEQUENCE_NEW) ? "," : i > 0 ? "],[" : "[");
    mine__text_add(out, texts->text[rank], texts->bytes[rank]);
  }
  mine__text_add(out, n > 0 ? "]]" : "]", n > 0 ? 2 : 1);
}
