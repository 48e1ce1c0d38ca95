/*
** run.h -- one boosting: rows learned from, rows watched, round after round.
*/
#ifndef MINE_BOOST_RUN_H
#define MINE_BOOST_RUN_H

#include "boost.h"

/* One round: its rows, and the tree of one output after another. */
typedef struct boost_round {
  int64_t round;
  uint32_t *sample; /* the rows it learns from, ascending    */
  int64_t n_sample;
  uint32_t *others; /* learned from, but not in this round   */
  uint8_t *used;    /* features                              */
  int output;
  mine_grown tree;
  double *value; /* of each node */
  int32_t *leaf, *stack;
  size_t value_capacity, leaf_capacity, stack_capacity;
  int64_t n_leaves;
  boost_rest *rest; /* 2 x n: quantiles of leaves */
} boost_round;

/* Arrays by row given unless said otherwise; all of it lives in `arena`. */
typedef struct boost_run {
  mine_env *env;
  mine_arena *arena;
  const mine_dataset *data;
  const boost_options *options;
  const boost_target *target;
  const mine_binned *binned;
  const uint32_t *row, *held; /* learned from, watched */
  int64_t n, n_held;
  mine_grow_plan plan;
  mine_grower *grower;
  mine_trees_builder *builder; /* NULL: the trees are not kept */
  double *base;
  double *margin; /* n x outputs, of all rows given */
  float *g, *h;   /* outputs x n                    */
  int64_t rounds; /* at most                        */
  int64_t made;
  double *history; /* loss of the watched after each round */
  boost_round now;
  struct {
    const char *what; /* NULL: nothing */
    double from, to;
  } telling; /* of the progress */
} boost_run;

/* What is chosen by watching. */
typedef struct boost_way {
  int64_t leaves;      /* 0: as the plan says      */
  int64_t most_levels; /* of a set                 */
  int64_t rounds;
} boost_way;

/* watch.c: what suits rows that are not learned from, and a note of it; what options fix stays.
** A matter of some times the model's own rounds.  Failures stick in env. */
boost_way mine__boost_watch(mine_env *env, mine_arena *arena, const mine_dataset *data,
                            const boost_options *options, const boost_target *target,
                            const mine_grow_plan *plan, mine_model *model);

/* plan.c: what the options allow the trees, in terms of the table's attributes. */
mine_status mine__boost_plan(mine_env *env, mine_arena *arena, const mine_dataset *data,
                             const boost_options *options, const boost_target *target,
                             mine_grow_plan *plan) MINE_MUST_CHECK;
/* The columns of a run, and run->plan in their terms.  A category of more than most_levels levels
** becomes its ordered statistic, which sees the rows learned from only.  Failures stick. */
void mine__boost_columns(boost_run *run, const mine_grow_plan *plan, int64_t most_levels,
                         mine_binned *binned);

/* run.c: the rows of a run: those whose part[] is `part` are watched, the others learned from;
** part NULL: all are learned from.  Failures stick. */
void mine__boost_rows(boost_run *run, const int32_t *part, int watched);
/* Room, and margins at the start; then at most run->rounds rounds, fewer when the watched
** rows gain nothing.  Failures stick in run->env. */
void mine__boost_open(boost_run *run);
void mine__boost_rounds(boost_run *run);

#endif
