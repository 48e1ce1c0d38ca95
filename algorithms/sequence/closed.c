/*
** closed.c -- whether a pattern is closed: no pattern with one item more has the same customers.
**
** BIDE (Wang and Han, ICDE 2004), for events of several items.  Where could one item more be?
** In an event of its own, between two itemsets, before the first or behind the last; or in one
** of the itemsets.  In one customer the events between the i-th and the next itemset are those
** behind the leftmost end of the first i and before the rightmost begin of the others; the
** i-th itemset can lie where those around it leave it room.  What is possible there in every
** customer makes the pattern not closed.  Customers are asked one after the other, and only
** for what was possible in those before: two or three answer nearly every question.
**
** If the item fits before the *leftmost* end of the pattern in all of them, then it also fits
** into every pattern that begins with this one: nothing below is closed (BackScan).
**
** With max_span the left and the right must lie in one window.  Every event opens one, and what
** is possible in any of them is possible.  Then nothing is said about what lies below.
*/
#include <math.h>
#include <string.h>

#include "walker.h"

typedef struct closed_look {
  walker *w;
  const mine_sequence_data *d;
  uint32_t words, k;       /* of the pattern: words, itemsets  */
  const uint32_t *itemset; /* where each begins; k + 1        */
  uint32_t *customer;      /* that hold it */
  uint32_t *stop;          /* of each, where the pattern ends at the leftmost; barren only */
  uint32_t n;
  int barren;
  double least, span;
  /* The left and right ends in a customer's window: of the first `known` customers kept where
  ** each has one window. */
  uint32_t *left, *right, known;
  uint32_t low, high; /* the window: events */
  uint32_t *candidate, candidates;
} closed_look;

/* ---- an itemset and an event ---------------------------------------------------------------- */

static int closed_holds(const closed_look *c, uint32_t event, uint32_t i) {
  const uint32_t *word = c->d->word;
  const uint32_t *want = c->w->prefix + c->itemset[i];
  const uint32_t *end = c->w->prefix + c->itemset[i + 1];
  uint32_t q = c->d->event_first[event];
  const uint32_t stop = c->d->event_first[event + 1];
  for (; want < end; want++) {
    const uint32_t x = *want & ~SEQUENCE_NEW;
    while (q < stop && word[q] != SEQUENCE_END && (word[q] & ~SEQUENCE_NEW) < x)
      q++;
    if (q == stop || word[q] == SEQUENCE_END || (word[q] & ~SEQUENCE_NEW) != x) return 0;
    q++;
  }
  return 1;
}

static int closed_apart(const closed_look *c, uint32_t before, uint32_t after) {
  return before < after && (c->least <= 0 || c->d->time[after] - c->d->time[before] >= c->least);
}

/* ---- the leftmost and the rightmost in a window --------------------------------------------- */

/* 0: the pattern is not in the window. */
static int closed_leftmost(const closed_look *c, uint32_t *left) {
  uint32_t e = c->low;
  for (uint32_t i = 0; i < c->k; i++) {
    while (e <= c->high && !((i == 0 || closed_apart(c, left[i - 1], e)) && closed_holds(c, e, i)))
      e++;
    if (e > c->high) return 0;
    left[i] = e++;
  }
  return 1;
}

/* Where the leftmost is, this is, too. */
static void closed_rightmost(const closed_look *c, uint32_t *right) {
  uint32_t e = c->high;
  for (uint32_t i = c->k; i-- > 0;) {
    while (!((i + 1 == c->k || closed_apart(c, e, right[i + 1])) && closed_holds(c, e, i)))
      e--;
    right[i] = e--;
  }
}

static void closed_window_of(closed_look *c, uint32_t j) {
  const mine_sequence_data *d = c->d;
  c->low = d->customer_first[c->customer[j]];
  c->high = c->barren ? c->stop[j] : d->customer_first[c->customer[j] + 1] - 1;
}

/* ---- what is possible at one place of the pattern ------------------------------------------- */

/* The items of an event get the token, or, at the first customer, become candidates. */
static void closed_mark_event(closed_look *c, uint32_t event, int collect) {
  const uint32_t *word = c->d->word;
  walker *w = c->w;
  for (uint32_t q = c->d->event_first[event];
       q < c->d->event_first[event + 1] && word[q] != SEQUENCE_END; q++) {
    const uint32_t x = word[q] & ~SEQUENCE_NEW;
    if (w->mark[x] == w->token) continue;
    w->mark[x] = w->token;
    if (collect) c->candidate[c->candidates++] = x;
  }
  w->work += 4;
}

/* Place 2 i: an event before the i-th itemset (2 k: behind the last).  Place 2 i + 1: in it. */
static void closed_mark_window(closed_look *c, uint32_t place, const uint32_t *left,
                               const uint32_t *right, int collect) {
  const uint32_t i = place / 2, inside = place % 2, next = i + inside;
  const uint32_t from = i == 0 ? c->low : left[i - 1] + 1;
  const uint32_t to = next == c->k ? c->high + 1 : right[next];
  for (uint32_t e = from; e < to; e++) {
    if (i > 0 && !closed_apart(c, left[i - 1], e)) continue;
    if (next < c->k && !closed_apart(c, e, right[next])) break;
    if (!inside || closed_holds(c, e, i)) closed_mark_event(c, e, collect);
  }
}

static void closed_mark_windows(closed_look *c, uint32_t j, uint32_t place, int collect) {
  const mine_sequence_data *d = c->d;
  const uint32_t first = d->customer_first[c->customer[j]];
  const uint32_t last = d->customer_first[c->customer[j] + 1] - 1;
  c->high = first;
  for (uint32_t low = first; low <= last; low++) {
    c->low = low;
    while (c->high < last && d->time[c->high + 1] - d->time[low] <= c->span)
      c->high++;
    if (!closed_leftmost(c, c->left)) continue;
    closed_rightmost(c, c->right);
    closed_mark_window(c, place, c->left, c->right, collect);
  }
}

static void closed_mark_customer(closed_look *c, uint32_t j, uint32_t place, int collect) {
  if (++c->w->token == 0) {
    memset(c->w->mark, 0, c->d->n_items * sizeof *c->w->mark);
    c->w->token = 1;
  }
  if (!isnan(c->span)) {
    closed_mark_windows(c, j, place, collect);
    return;
  }
  uint32_t *left = c->left + (size_t)j * c->k, *right = c->right + (size_t)j * c->k;
  closed_window_of(c, j);
  if (c->known == j) {
    (void)closed_leftmost(c, left);
    closed_rightmost(c, right);
    c->known++;
  }
  closed_mark_window(c, place, left, right, collect);
}

/* Whether an item that the i-th itemset does not have is possible there in all customers. */
static int closed_grows_at(closed_look *c, uint32_t place) {
  const uint32_t i = place / 2;
  c->candidates = 0;
  closed_mark_customer(c, 0, place, 1);
  uint32_t kept = 0;
  for (uint32_t a = 0; a < c->candidates; a++) {
    int own = 0;
    for (uint32_t q = c->itemset[i]; place % 2 && q < c->itemset[i + 1] && !own; q++)
      own = (c->w->prefix[q] & ~SEQUENCE_NEW) == c->candidate[a];
    if (!own) c->candidate[kept++] = c->candidate[a];
  }
  for (uint32_t j = 1; j < c->n && kept > 0; j++) {
    closed_mark_customer(c, j, place, 0);
    uint32_t still = 0;
    for (uint32_t a = 0; a < kept; a++)
      if (c->w->mark[c->candidate[a]] == c->w->token) c->candidate[still++] = c->candidate[a];
    kept = still;
  }
  return kept > 0;
}

/* ---- the looks ------------------------------------------------------------------------------ */

/* The n places' customers, and in which event each ends first; 0: no memory. */
static int closed_open(closed_look *c, walker *w, uint32_t words, uint32_t length,
                       const uint32_t *list, size_t n, uint32_t count) {
  const mine_sequence_data *d = w->data;
  const mine_sequence_query *q = w->query;
  const size_t stride = w->timed ? 3 : 1;
  *c = (closed_look){.w = w, .d = d, .words = words, .k = length};
  c->least = isnan(q->min_gap) ? 0 : q->min_gap - d->slack;
  c->span = isnan(q->max_span) ? NAN : q->max_span + d->slack;
  const size_t windows = isnan(c->span) ? count : 1;
  uint32_t *itemset = mine__walker_take(w, (size_t)length + 1, sizeof *itemset);
  c->customer = mine__walker_take(w, count, sizeof *c->customer);
  c->stop = mine__walker_take(w, count, sizeof *c->stop);
  c->left = mine__walker_take(w, windows * length, sizeof *c->left);
  c->right = mine__walker_take(w, windows * length, sizeof *c->right);
  c->candidate = mine__walker_take(w, d->longest, sizeof *c->candidate);
  if (w->stop) return 0;
  uint32_t i = 0;
  for (uint32_t p = 0; p < words; p++)
    if (w->prefix[p] & SEQUENCE_NEW) itemset[i++] = p;
  itemset[i] = words;
  c->itemset = itemset;
  uint32_t end = 0;
  for (size_t k = 0; k < n; k++) {
    const uint32_t at = list[k * stride];
    if (at < end) continue;
    const uint32_t e = d->event_of[at];
    c->customer[c->n] = d->customer_of[e];
    c->stop[c->n++] = e;
    end = d->event_first[d->customer_first[d->customer_of[e] + 1]];
  }
  return 1;
}

/* Whether an item before the last one is in every event where the pattern can end. */
static int closed_always_beside(const closed_look *c, const uint32_t *list, size_t n) {
  walker *w = c->w;
  const mine_sequence_data *d = c->d;
  const size_t stride = w->timed ? 3 : 1;
  const uint32_t from = c->itemset[c->k - 1];
  uint32_t kept = 0;
  for (size_t k = 0; k < n && (k == 0 || kept > 0); k++) {
    const uint32_t at = list[k * stride];
    uint32_t q = d->event_first[d->event_of[at]];
    if (k == 0) {
      uint32_t p = from;
      for (; q < at; q++) {
        const uint32_t x = d->word[q] & ~SEQUENCE_NEW;
        if (p < c->words && (w->prefix[p] & ~SEQUENCE_NEW) == x)
          p++;
        else
          c->candidate[kept++] = x;
      }
      continue;
    }
    uint32_t still = 0;
    for (uint32_t a = 0; a < kept; a++) {
      while (q < at && (d->word[q] & ~SEQUENCE_NEW) < c->candidate[a])
        q++;
      if (q < at && (d->word[q] & ~SEQUENCE_NEW) == c->candidate[a])
        c->candidate[still++] = c->candidate[a];
    }
    kept = still;
  }
  return kept > 0;
}

int mine__closed_is_barren(walker *w, uint32_t words, uint32_t length, const uint32_t *list,
                           size_t n, uint32_t count) {
  closed_look c;
  const walker_mark mark = w->stack;
  int barren = 0;
  if (!closed_open(&c, w, words, length, list, n, count)) return 0;
  c.barren = 1;
  barren = closed_always_beside(&c, list, n);
  /* Up to the last itemset, which the leftmost end fixes. */
  for (uint32_t place = 0; isnan(c.span) && !barren && place + 1 < 2 * length; place++)
    barren = closed_grows_at(&c, place);
  w->stack = mark;
  return barren;
}

int mine__closed_is_closed(walker *w, uint32_t words, uint32_t length, const uint32_t *list,
                           size_t n, uint32_t count) {
  closed_look c;
  const walker_mark mark = w->stack;
  int grows = 0;
  if (!closed_open(&c, w, words, length, list, n, count)) return 0;
  for (uint32_t place = 0; !grows && place <= 2 * length; place++)
    grows = closed_grows_at(&c, place);
  w->stack = mark;
  return !grows;
}
