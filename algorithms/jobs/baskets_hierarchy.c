/*
** baskets_hierarchy.c -- a table (item, parent) becomes groups of the items that are in baskets.
**
** Items are found as everywhere, by value and type.  A parent is an item like any other: it
** may have parents, and may be in baskets itself.
*/
#include "../core/text.h"
#include "baskets.h"

const mine_want mine__hierarchy_wants[] = {
    {.name = "item", .reading = MINE_READ_EXACT, .help = "what belongs to a group"},
    {.name = "parent", .reading = MINE_READ_EXACT, .help = "the group"},
    {0}};

const mine_hierarchy_words mine__hierarchy_items = {"an item", "items", "items of the baskets",
                                                    "that no basket holds"};

typedef struct basket_hierarchy_table {
  mine_job *job;
  const mine_hierarchy_words *words;
  const mine_column *item, *parent;
  int64_t rows, n_items; /* n_items: in baskets                      */
  uint32_t *low, *high;  /* of each row with both, as codes of all   */
  size_t n;
  mine_dictionary *all;
} basket_hierarchy_table;

/* The codes of a column's values among all items; those not seen yet are added. */
static int64_t *basket_hierarchy_codes(basket_hierarchy_table *h, const mine_column *column) {
  int64_t *code = mine__arena_array(h->job->env->scratch, (size_t)column->levels.n, sizeof *code);
  for (int64_t i = 0; code && i < column->levels.n; i++) {
    mine_cell cell;
    mine__values_get(&column->levels, i, &cell);
    code[i] = mine__dictionary_add(h->all, &cell);
    if (code[i] < 0 || MINE_POLL_AT(h->job->env, i)) return NULL;
  }
  return code;
}

static int basket_hierarchy_read(basket_hierarchy_table *h, const mine_values *items) {
  mine_env *env = h->job->env;
  if (!mine__dictionary_open(h->all, h->job->arena)) return 0;
  for (int64_t i = 0; i < items->n; i++) {
    mine_cell cell;
    mine__values_get(items, i, &cell);
    if (mine__dictionary_add(h->all, &cell) < 0 || MINE_POLL_AT(env, i)) return 0;
  }
  const int64_t *low = basket_hierarchy_codes(h, h->item);
  const int64_t *high = low ? basket_hierarchy_codes(h, h->parent) : NULL;
  h->low = mine__arena_array(env->scratch, (size_t)h->rows, sizeof *h->low);
  h->high = mine__arena_array(env->scratch, (size_t)h->rows, sizeof *h->high);
  if (!low || !high || !h->low || !h->high) return 0;
  for (int64_t row = 0; row < h->rows; row++) {
    const int32_t a = h->item->code[row], b = h->parent->code[row];
    if (a < 0 || b < 0) continue; /* without a parent: the top */
    h->low[h->n] = (uint32_t)low[a];
    h->high[h->n++] = (uint32_t)high[b];
  }
  return 1;
}

/* "the hierarchy goes round: 'a' -> 'b' -> 'a'" */
static void basket_hierarchy_say_loop(const basket_hierarchy_table *h, const uint32_t *loop,
                                      size_t n) {
  mine_text text;
  mine__text_open(&text, h->job->env->scratch);
  for (size_t i = 0; i <= n; i++) {
    char shown[MINE_SHOW_BYTES];
    mine_cell cell;
    if (i == 5 && n > 8) {
      mine__text_addf(&text, " -> ... (%lld more)", (long long)(n - 5));
      i = n;
    }
    mine__values_get(&h->all->values, loop[i % n], &cell);
    mine__text_addf(&text, "%s%s", i ? " -> " : "", mine__show_cell(shown, &cell));
  }
  (void)mine__fail(h->job->env, MINE_DATA,
                   "the hierarchy goes round, so that %s is above itself: %s; take one of these "
                   "rows out",
                   h->words->one, text.failed ? "" : text.data);
}

/* Which names of the hierarchy are in no basket, and are no group of others either. */
static void basket_hierarchy_tell(const basket_hierarchy_table *h) {
  mine_job *job = h->job;
  const size_t all = (size_t)h->all->values.n;
  uint8_t *is = mine__arena_zeros(job->env->scratch, all, sizeof *is); /* 1 a child, 2 a group */
  int64_t known = 0, strange = 0;
  uint32_t stranger = 0;
  if (!is) return;
  for (size_t i = 0; i < h->n; i++) {
    is[h->low[i]] |= 1;
    is[h->high[i]] |= 2;
  }
  for (size_t x = 0; x < all; x++) {
    if ((int64_t)x < h->n_items) {
      known += is[x] & 1;
    } else if (is[x] == 1 && strange++ == 0) {
      stranger = (uint32_t)x;
    }
  }
  char shown[MINE_SHOW_BYTES], item[MINE_SHOW_BYTES];
  mine_cell cell;
  if (strange > 0) mine__values_get(&h->all->values, stranger, &cell);
  if (strange > 0) mine__show_cell(shown, &cell);
  mine__values_get(&h->all->values, 0, &cell);
  if (known == 0)
    (void)mine__fail(job->env, MINE_DATA,
                     "none of the %lld %s, such as %s, has a parent in the hierarchy%s%s%s%s; "
                     "names must be equal in spelling and type (1 is not '1')",
                     (long long)h->n_items, h->words->all, mine__show_cell(item, &cell),
                     strange > 0 ? ", whose " : "", strange > 0 ? h->words->many : "",
                     strange > 0 ? " are such as " : "", strange > 0 ? shown : "");
  else if (strange > 0)
    mine__job_notef(job, "warning", "hierarchy", "%s of the hierarchy %s: %lld, such as %s",
                    h->words->many, h->words->strange, (long long)strange, shown);
}

mine_status mine__baskets_hierarchy(mine_job *job, mine_frame *frame, const int *column,
                                    const mine_hierarchy_words *words, const mine_values **items,
                                    mine_hierarchy *out) {
  mine_env *env = job->env;
  MINE_TRY(mine__frame_finish(frame));
  basket_hierarchy_table h = {.job = job,
                              .words = words,
                              .item = &frame->column[column[0]],
                              .parent = &frame->column[column[1]],
                              .rows = frame->rows,
                              .n_items = (*items)->n,
                              .all = mine__arena_array(job->arena, 1, sizeof *h.all)};
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *loop = NULL;
  size_t n_loop = 0;
  if (h.all && basket_hierarchy_read(&h, *items)) {
    if (h.n == 0)
      (void)mine__fail(env, MINE_DATA, "the hierarchy has no row with %s and a parent", words->one);
    else if (!mine__hierarchy_close(env, job->arena, h.low, h.high, h.n, (uint32_t)h.all->values.n,
                                    out, &loop, &n_loop) &&
             n_loop > 0)
      basket_hierarchy_say_loop(&h, loop, n_loop);
    if (!mine_failed(env)) basket_hierarchy_tell(&h);
    *items = &h.all->values;
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
