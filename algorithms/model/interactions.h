/*
** interactions.h -- who took what, and when: what recommenders learn from and are asked with.
**
** The source holds events (customer, item [, time [, amount]]).  Events of a customer at one time
** are a basket; without a time every row is one of its own, in the order of the source.  An item
** twice in a basket is there once, and its amounts are added.  Rows without a customer are
** skipped; a row with a customer and no item says that the customer exists.  To learn from, an
** event needs its time where there are times; to be asked with, one without a time is the
** latest.
**
** Only the order of times counts, so a time may be anything that the one reader of times reads
** (core/dates.h), or a plain number such as the number of the order.
*/
#ifndef MINE_MODEL_INTERACTIONS_H
#define MINE_MODEL_INTERACTIONS_H

#include "../core/bytes.h"
#include "../data/frame.h"
#include "../data/wants.h"

typedef struct mine_interactions {
  int64_t n_customers, n_items, n_baskets, n_events;
  int64_t n_rows; /* of the source that were used; of what was made of others 0 */
  const mine_values *customers, *items; /* as they went in, in the order of their first rows */
  /* Customer c has the baskets basket_first[c] .. basket_first[c + 1] - 1, in the order of time;
  ** basket b the events event_first[b] .. event_first[b + 1] - 1, in the order of the source. */
  int64_t *basket_first, *event_first;
  int32_t *event_item;
  double *event_amount; /* NULL: there are no amounts; NAN: of this one */
  double *basket_time;  /* NULL: there are no times, or they were not kept */
  int timed;            /* whether baskets are what was taken at one time */
  /* The same as pairs: customer c took item pair_item[p], first_pair[c] <= p < first_pair[c + 1],
  ** in pair_count[p] baskets; pairs in the order of their first events. */
  int64_t n_pairs;
  int64_t *pair_first;
  int32_t *pair_item, *pair_count;
  uint64_t seed; /* of a training: for what is drawn by chance */
} mine_interactions;

extern const mine_want mine__interactions_wants[]; /* customer, item, time, amount */

typedef struct mine_interactions_how {
  int may_be_empty; /* customers of whom nothing is known are enough */
  void (*note)(void *context, const char *item, const char *name, const char *detail);
  void *context;
} mine_interactions_how;

/* Finish the frame and sort it; everything in `arena`, the names stay the frame's.  An error
** where no row has a customer and an item, unless that may be.  O(rows log rows). */
void mine__interactions_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                             const mine_events *reading, const mine_interactions_how *how,
                             mine_interactions *out);
/* Make the pairs of what has its baskets. */
void mine__interactions_pairs(mine_env *env, mine_arena *arena, mine_interactions *of);
/* The same customers with the items of another list: item i becomes to[i], or is left out where
** that is negative. */
void mine__interactions_map(mine_env *env, mine_arena *arena, const mine_interactions *of,
                            const int32_t *to, const mine_values *items, mine_interactions *out);
/* The baskets b with side[b] == which, of the customers who have such, and with `bare` of
** those who never had any: customer c is whose[c] (in arena) of `of`.  Items stay as they are;
** pairs are made. What is held out, and the rest.  NULL: failure recorded. */
int64_t *mine__interactions_part(mine_env *env, mine_arena *arena, const mine_interactions *of,
                                 const uint8_t *side, int which, int bare, mine_interactions *out);

/* Into bytes and back (without times); amounts only where the model asks for them. */
void mine__interactions_write(mine_writer *w, const mine_interactions *of, int amounts);
/* out->n_customers and n_items are set before; problems go to the reader.  Without pairs. */
void mine__interactions_load(mine_reader *r, mine_interactions *out);

#endif
