/*
** baskets_items.c -- items that options name, and items that look like one another.
*/
#include <string.h>

#include "../core/likeness.h"
#include "baskets.h"

/* ---- by name ---------------------------------------------------------------------------- */

/* The text of a cell as a person reads it, or NULL (failure recorded). */
static const char *items_spelling(mine_text *text, const mine_cell *cell) {
  text->bytes = 0;
  mine__text_add_shown(text, cell);
  return text->failed ? NULL : text->data;
}

/* The code of the item that an option means: the same value, else (a number in
** the short form arrives as text) the same spelling; -1 = none. */
static int64_t items_code(mine_arena *arena, const mine_values *items, const mine_cell *want) {
  mine_cell cell;
  for (int64_t i = 0; i < items->n; i++) {
    mine__values_get(items, i, &cell);
    if (mine__cell_equal(&cell, want)) return i;
  }
  mine_text wanted, other;
  mine__text_open(&wanted, arena);
  mine__text_open(&other, arena);
  const char *spelling = items_spelling(&wanted, want);
  for (int64_t i = 0; spelling && i < items->n; i++) {
    mine__values_get(items, i, &cell);
    const char *mine = items_spelling(&other, &cell);
    if (!mine) return -1;
    if (other.bytes == wanted.bytes && memcmp(mine, spelling, wanted.bytes) == 0) return i;
  }
  return -1;
}

/* No such item: say so, with the one that is spelled most alike. */
static void items_none(mine_env *env, mine_arena *arena, const mine_values *items,
                       const char *option, const mine_cell *want) {
  mine_text wanted, other, alike;
  mine__text_open(&wanted, arena);
  mine__text_open(&other, arena);
  mine__text_open(&alike, arena);
  const char *spelling = items_spelling(&wanted, want);
  mine_likeness likeness = {.asked = spelling};
  for (int64_t i = 0; spelling && i < items->n && !mine__poll(env); i++) {
    mine_cell cell;
    mine__values_get(items, i, &cell);
    const char *mine = items_spelling(&other, &cell);
    if (!mine || !mine__likeness_show(&likeness, mine, i)) continue;
    alike.bytes = 0;
    mine__text_addf(&alike, "; did you mean '%s'?", mine);
  }
  char shown[MINE_SHOW_BYTES];
  (void)mine__fail(env, MINE_DATA, "no item %s (option %s) among the %lld items of the source%s",
                   mine__show_cell(shown, want), option, (long long)items->n,
                   alike.bytes ? alike.data : "");
}

/* The codes of the items that an option lists. */
uint32_t *mine__baskets_codes(mine_env *env, mine_arena *arena, const mine_values *items,
                              const char *option, const mine_list *list) {
  uint32_t *code = mine__arena_array(arena, list->n, sizeof *code);
  for (size_t i = 0; code && i < list->n && !mine_failed(env); i++) {
    const int64_t found = items_code(arena, items, &list->item[i]);
    if (found < 0 && !mine_failed(env)) items_none(env, arena, items, option, &list->item[i]);
    code[i] = (uint32_t)found;
  }
  return code;
}

/* ---- what a side must be ------------------------------------------------------------------ */

int mine__baskets_listed(const uint32_t *code, size_t n, uint32_t item) {
  for (size_t i = 0; i < n; i++)
    if (code[i] == item) return 1;
  return 0;
}

mine_rule_side mine__baskets_side(mine_env *env, mine_arena *arena, const mine_values *names,
                                  const char *const option[3], const mine_list *const list[3]) {
  mine_rule_side side = {.n_all = list[0]->n, .n_any = list[1]->n, .n_only = list[2]->n};
  side.all = mine__baskets_codes(env, arena, names, option[0], list[0]);
  side.any = mine__baskets_codes(env, arena, names, option[1], list[1]);
  side.only = mine__baskets_codes(env, arena, names, option[2], list[2]);
  if (mine_failed(env) || side.n_only == 0) return side;
  char shown[MINE_SHOW_BYTES];
  int some = side.n_any == 0;
  for (size_t i = 0; i < side.n_any; i++)
    some |= mine__baskets_listed(side.only, side.n_only, side.any[i]);
  if (!some)
    (void)mine__fail(env, MINE_OPTION, "no item of %s is in %s: no rule can be both", option[1],
                     option[2]);
  for (size_t i = 0; i < side.n_all; i++)
    if (!mine__baskets_listed(side.only, side.n_only, side.all[i]))
      (void)mine__fail(env, MINE_OPTION, "%s asks for %s, which %s leaves out: no rule can be both",
                       option[0], mine__show_cell(shown, &list[0]->item[i]), option[2]);
  return side;
}

/* ---- alike ------------------------------------------------------------------------------- */

/* The spelling without what is easily overlooked: case (of ASCII letters), spaces around. */
static void items_fold(mine_text *text, const mine_cell *cell) {
  text->bytes = 0;
  mine__text_add_shown(text, cell);
  if (text->failed || !text->data) return;
  char *from = text->data, *to = text->data + text->bytes;
  while (from < to && *from == ' ')
    from++;
  while (to > from && to[-1] == ' ')
    to--;
  text->bytes = (size_t)(to - from);
  memmove(text->data, from, text->bytes);
  for (size_t i = 0; i < text->bytes; i++)
    if (text->data[i] >= 'A' && text->data[i] <= 'Z') text->data[i] = (char)(text->data[i] + 32);
}

/* How many items are spelled like an earlier one; the first such two in *one and *other. */
static int64_t items_alike(mine_job *job, mine_arena *room, const mine_values *items,
                           mine_cell *one, mine_cell *other) {
  mine_dictionary folded;
  mine_text text;
  int64_t alike = 0;
  int64_t *first = mine__arena_array(room, (size_t)items->n, sizeof *first);
  if (!first || !mine__dictionary_open(&folded, room)) return 0;
  mine__text_open(&text, room);
  for (int64_t i = 0; i < items->n; i++) {
    mine_cell cell;
    mine__values_get(items, i, &cell);
    items_fold(&text, &cell);
    const mine_cell key = {.type = MINE_TEXT, .bytes = text.bytes, .as.text = text.data};
    const int64_t before = folded.values.n;
    const int64_t number = text.failed ? -1 : mine__dictionary_add(&folded, &key);
    if (number < 0 || MINE_POLL_AT(job->env, i)) return 0;
    if (number == before) {
      first[number] = i;
    } else if (alike++ == 0) {
      mine__values_get(items, first[number], one);
      *other = cell;
    }
  }
  return alike;
}

void mine__baskets_tell_alike(mine_job *job, const mine_values *items) {
  mine_cell one, other;
  if (!items->type && items->uniform == MINE_INT) return; /* whole numbers are never alike */
  mine_arena *room = mine__arena_open(job->env);
  if (!room) return;
  const int64_t alike = items_alike(job, room, items, &one, &other);
  char a[MINE_SHOW_BYTES], b[MINE_SHOW_BYTES];
  if (alike > 0 && !mine_failed(job->env))
    mine__job_notef(job, "warning", "",
                    "items spelled like another but for case, spaces or type: %lld, such as %s and "
                    "%s; they count as different items",
                    (long long)alike, mine__show_cell(a, &one), mine__show_cell(b, &other));
  mine__arena_close(room);
}
