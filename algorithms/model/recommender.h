/*
** recommender.h -- the model kind "recommender": what to offer a customer next, and why.
**
** A model of the kind is the same whatever its algorithm: the items, how many customers took each
** (what is offered to a customer of whom nothing is known), and the customers it learned from with
** their baskets, so that it can be asked without a source.  What the algorithm learned beside that
** is `own`; a row of functions (mine_recommending), which the algorithm's row points to, says how
** it is learned, written, read and asked.
**
** To ask is to score: the functions are given one customer's history and put a number to items,
** higher is better.  Who may be offered what (repeat=, candidates=, blocked=), the best `top` of
** them, ties (the item that more customers took, then the one that came first), customers without
** a history, threads: all that is the engine's (recommender_ask.c), the same for all algorithms.
*/
#ifndef MINE_MODEL_RECOMMENDER_H
#define MINE_MODEL_RECOMMENDER_H

#include "interactions.h"
#include "model.h"

typedef enum mine_repeat {
  MINE_REPEAT_ALLOW,  /* what the customer took before may be offered again */
  MINE_REPEAT_ONLY,   /* nothing else is                                    */
  MINE_REPEAT_EXCLUDE /* it is not                                          */
} mine_repeat;
extern const char *const mine__repeats[]; /* their names, ends with NULL */

/* One customer, as a model is asked. */
typedef struct mine_history {
  int64_t customer; /* the number of the customer in recommender->of; -1: was not there */
  int64_t n;        /* different items, in the order in which they were first taken    */
  const int32_t *item, *count; /* ... and in how many baskets                         */
  int64_t n_baskets; /* in the order of time: the events event_first[b] .. event_first[b + 1] - 1 */
  const int64_t *event_first;
  const int32_t *event_item;  /* of all customers: event_first points into it */
  const double *event_amount; /* likewise; NULL: no amounts                   */
} mine_history;

/* Where a history's scores go: NAN is an item that was not scored and is not offered. */
typedef struct mine_scores {
  double *score;    /* of every item, NAN before                                            */
  int32_t *touched; /* the items that were scored, in any order                             */
  int64_t n;        /* ... how many; -1: score[] was filled whole, by a method of all items */
  int64_t wanted;   /* in: so many of the best are enough                                   */
} mine_scores;

static inline void mine__score_add(mine_scores *to, int32_t item, double v) {
  if (to->score[item] != to->score[item]) {
    to->touched[to->n++] = item;
    to->score[item] = v;
  } else {
    to->score[item] += v;
  }
}

typedef struct mine_recommender mine_recommender;

/* What an algorithm's row points to. */
typedef struct mine_recommending {
  mine_repeat repeat; /* where the option says nothing */
  int wants_time; /* baskets in order are what it learns from: a source without time is refused */
  int keeps_amounts; /* a history without its amounts is not enough for it                        */
  /* Fill to->own (in model->arena) from to->of; notes and metrics into the model. */
  mine_status (*learn)(mine_env *env, const mine_interactions *of, const void *options,
                       mine_model *model, mine_recommender *to);
  /* to->own into bytes and back; load believes nothing, and finds to->of and n_items.  NULL: it
  ** has nothing of its own. */
  void (*save)(const mine_recommender *of, mine_writer *w);
  void (*load)(mine_reader *r, mine_recommender *to);
  /* What is made once for many histories, in arena (an index of the rows that the model holds);
  ** NULL: nothing is.  It is handed to score, carried and similar as `state`. */
  const void *(*open)(mine_env *env, mine_arena *arena, const mine_recommender *of);
  size_t (*room)(const mine_recommender *of); /* bytes of a worker's own memory; NULL: none */
  /* In a task of mine__parallel: no allocation, no failure.  n of the history is above 0. */
  void (*score)(const mine_recommender *of, const void *state, const mine_history *history,
                mine_scores *out, void *room);
  /* How much of the score of `item` each item of the history carried: to[i] of history->item[i],
  ** 0 before; those above 0 are named, the largest first.  NULL: it cannot say. */
  void (*carried)(const mine_recommender *of, const void *state, const mine_history *history,
                  int32_t item, double *to, void *room);
  /* Items like this one, as scores; itself is left out by the caller.  NULL: it has no notion of
  ** that, and why. */
  void (*similar)(const mine_recommender *of, const void *state, int32_t item, mine_scores *out,
                  void *room);
  const char *not_similar; /* a clause: "it knows how often items are taken, not which are alike" */
  void (*summary)(const mine_recommender *of,
                  mine_relation *to); /* rows of mine_summary; or NULL */
} mine_recommending;

struct mine_recommender {
  const mine_recommending *how;
  int64_t n_items;
  mine_values items;     /* as they went in, in the order of the first row of each */
  int64_t *taken;        /* how many customers took it                             */
  int32_t *popular;      /* all items, the most taken first                        */
  mine_values customers; /* those of `of`                                          */
  mine_interactions of;  /* baskets and pairs of the training, items and customers those above */
  void *own;
};

extern const mine_kind mine__kind_recommender;

/* The body of a model from what its algorithm learns from: all but `own`, in the model's arena.
** NULL: failure recorded. */
mine_recommender *mine__recommender_make(mine_env *env, mine_model *model,
                                         const mine_interactions *of, const mine_recommending *how);
/* The number of each of the values in a list, in arena; -1: it is not there.  NULL: failure
** recorded.  As int64_t for customers, int32_t for items. */
int64_t *mine__recommender_customers(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                     const mine_values *asked);
int32_t *mine__recommender_items(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                 const mine_values *asked);

/* ---- asking (recommender_ask.c) ---------------------------------------------------------- */

typedef struct mine_ask {
  int64_t top;
  mine_repeat repeat;
  const uint8_t *allowed;       /* by item: 0 may not be offered to anybody; NULL: all may       */
  const int64_t *blocked_first; /* by customer of the histories, into blocked_item; or NULL */
  const int32_t *blocked_item;
} mine_ask;

/* The answers of customer c: first[c] .. first[c + 1] - 1, the best first. */
typedef struct mine_asked_items {
  int64_t *first;
  int32_t *item;
  double *score;
  uint8_t *popular; /* 1: nothing was scored for the customer, so it is what most take */
} mine_asked_items;

/* Ask for all customers of `who`, whose items are the model's; known[c] is the number in the
** training, or -1.  On all threads, the same bits for any number of them. */
mine_status mine__recommender_ask(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                  const mine_interactions *who, const int64_t *known,
                                  const mine_ask *how, mine_asked_items *out) MINE_MUST_CHECK;
/* One customer of `who` as a history; known NULL: `who` are those of the training.  Of one who is
** known and took nothing in `who` it is the history that the model keeps. */
mine_history mine__history_of(const mine_recommender *of, const mine_interactions *who,
                              const int64_t *known, int64_t c);

/* One history at a time, on the calling thread: what carried a score, and what is alike. */
typedef struct mine_asking {
  const mine_recommender *of;
  const void *state;
  void *room;
  mine_scores scores;
  double *carried; /* by item of a history */
} mine_asking;
int mine__asking_open(mine_env *env, mine_arena *arena, const mine_recommender *of,
                      mine_asking *out);
/* The `most` items of the history that carried the score most, in item[]; how many: 0, it cannot
** say. */
int64_t mine__asking_because(mine_asking *asking, const mine_history *history, int32_t item,
                             int64_t most, int32_t *because);
/* The `top` items most like this one; how many.  of->how->similar is there. */
int64_t mine__asking_similar(mine_asking *asking, int32_t item, int64_t top, int32_t *like,
                             double *score);

#endif
