/*
** portrait.h -- what the rows looked like from which a model learned, so that later ones can be
** compared with them (jobs/drift.c).
**
** Of each attribute how many rows had no value, and how the others are spread over cells: of
** numbers cut at the deciles, or one for each value where there are few, and one below and one
** above all that occurred, where nobody was; of categories one for each of the most frequent
** levels and one for all others.  Of what the model says the same, twice: of rows that it had
** not seen when it was measured, and of rows that it has learned from, which it knows better.
**
** It is made of a sample of the rows, takes some 500 bytes for an attribute however many there
** were, and holds counts, shares and quantiles: never a row.
*/
#ifndef MINE_MODEL_PORTRAIT_H
#define MINE_MODEL_PORTRAIT_H

#include "../core/bytes.h"
#include "../data/dataset.h"

#define MINE_PORTRAIT_QUANTILES 21   /* the least, 5%, 10% ... the largest           */
#define MINE_PORTRAIT_EACH      20   /* so many values, or fewer, have a cell each   */
#define MINE_PORTRAIT_CELLS     22   /* ... beside those below and above all of them */
#define MINE_PORTRAIT_LEVELS    50   /* most frequent levels of a category           */
#define MINE_PORTRAIT_SCORES    5000 /* rows learned from that are answered        */

/* Counts of the rows of the sample. */
typedef struct mine_portrait_column {
  int64_t rows, missing; /* missing: of the rows                                          */
  int cells;             /* 0: no row has a value                                         */
  int64_t *count;        /* per cell; of all together rows - missing                      */
  /* Numbers: cell c holds cut[c - 1] < x <= cut[c]. */
  double *cut;      /* cells - 1, rising                                                  */
  double *quantile; /* MINE_PORTRAIT_QUANTILES                                            */
  int each;         /* a cell is a value: cut[c]                                          */
  /* Categories: the last cell is that of all other levels. */
  int32_t *level; /* per other cell                                                       */
  int64_t once;   /* levels that one row had: so many of `rows` new rows, about, have one
                  ** that was never seen (Good 1953)                                      */
} mine_portrait_column;

/* What the model says: numbers (a value, the share of the positive class) or groups, whose
** cells are none of them, 1, 2 ...  A model that says nothing of rows has no cells. */
typedef struct mine_portrait_scores {
  int grouped;
  int measured;              /* whether there were rows that it had not seen ...       */
  mine_portrait_column of;   /* ... which these are, else they are the others as well  */
  int64_t learned;           /* rows that it has learned from ...                      */
  int64_t *count;            /* ... in the same cells                                  */
  double mean, learned_mean; /* of numbers; NAN: no rows                             */
} mine_portrait_scores;

typedef struct mine_portrait {
  int n; /* as many as the model has features */
  mine_portrait_column *column;
  mine_portrait_scores score;
} mine_portrait;

/* Some `most` of n rows, or all, each from a stretch of its own, where in it by a hash: so many,
** and their numbers (row NULL: 0 .. n-1) in arena.  NULL: failure recorded. */
uint32_t *mine__portrait_rows(mine_arena *arena, const uint32_t *row, int64_t n, int64_t most,
                              int64_t *count);
/* How many rows to look at where there are so many columns. */
int64_t mine__portrait_most(int n_columns);

/* So many columns of n rows (row NULL: 0 .. n-1), on all cores; arrays in `arena`, not scratch.
** `out` is zeroed.  O(n), and O(levels), of each. */
void mine__portrait_columns(mine_env *env, mine_arena *arena, const mine_feature *about,
                            const mine_feature_view *view, const uint32_t *row, int64_t n,
                            int columns, mine_portrait_column *out);
/* The same of numbers alone. */
void mine__portrait_of_numbers(mine_env *env, mine_arena *arena, const double *number,
                               const uint32_t *row, int64_t n, mine_portrait_column *out);
/* The cell of a number; of a code (what is unknown is among the others); -1: missing. */
int mine__portrait_cell_of_number(const mine_portrait_column *column, double value);
/* For codes: cell[code], of all levels, in arena; NULL: failure recorded. */
int32_t *mine__portrait_cells_of_levels(mine_arena *arena, const mine_portrait_column *column,
                                        int64_t n_levels);

/* NULL: one byte. */
void mine__portrait_write(mine_writer *w, const mine_portrait *portrait, const mine_feature *about);
/* NULL: none, or a problem. */
mine_portrait *mine__portrait_read(mine_reader *r, const mine_feature *about, int n);
/* Once the model's body has said how many groups there are: whether it has a cell for each. */
int mine__portrait_suits(const mine_portrait *portrait, int n_groups);

#endif
