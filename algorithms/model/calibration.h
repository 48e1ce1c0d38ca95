/*
** calibration.h -- shares that are rates: of the rows to which a calibrated model gives 0.3,
** three in ten are of the class.
**
** What a classifier says orders rows well and is often too sure (naive Bayes) or not sure
** enough (a forest).  A map that rises makes its shares what happened to rows it had not
** seen.  It belongs to the model: everything that the model says of shares has gone through
** it (mine__model_answer), and what is inside the model (leaves, members) has not.
*/
#ifndef MINE_MODEL_CALIBRATION_H
#define MINE_MODEL_CALIBRATION_H

#include "../core/bytes.h"

typedef enum mine_calibrate {
  MINE_CALIBRATE_NONE,
  MINE_CALIBRATE_PLATT,   /* a sigmoid of the log-odds               */
  MINE_CALIBRATE_ISOTONIC /* the nearest rising function of them     */
} mine_calibrate;
extern const char *const mine__calibrates[]; /* their names, in this order; ends with NULL */

/* Of the class's log-odds against all others, cut to low .. high. */
typedef struct mine_calibration_map {
  int known; /* 0: no row was of the class, its share stays */
  double low, high;
  double slope, intercept; /* platt: 1 / (1 + exp(-(slope x + intercept)))             */
  int n_knots;             /* isotonic: linear between knots, constant outside         */
  double *at, *share;      /* n_knots of each; at rises, share does not fall, in [0, 1] */
} mine_calibration_map;

typedef struct mine_calibration {
  mine_calibrate method;
  int64_t rows; /* that it was learned from */
  int n_maps;   /* two classes: 1, of the second; else one per class, and then the sum is 1 */
  mine_calibration_map *map;
} mine_calibration;

/* Rows that were answered by models which had not seen them. */
typedef struct mine_rated {
  int64_t n;
  int n_classes;
  const int32_t *label;
  const double *share;  /* n x n_classes, no NAN */
  const double *weight; /* NULL: 1               */
} mine_rated;

/* Least rows of a class that a map can be learned of. */
#define MINE_CALIBRATION_LEAST 5

/* Learn the maps; in arena (not scratch), NULL: failure recorded.  A class with rows has at least
** MINE_CALIBRATION_LEAST of them, and not all rows are of one class.  O(n log n) a class. */
mine_calibration *mine__calibration_learn(mine_env *env, mine_arena *arena, mine_calibrate method,
                                          const mine_rated *rows);
/* Shares of n rows of so many classes become what the maps say; NAN stays.  The same bits for any
** number of threads. */
mine_status mine__calibration_apply(mine_env *env, const mine_calibration *calibration, int64_t n,
                                    int n_classes, double *share) MINE_MUST_CHECK;

/* ---- the two kinds of map, on scores and whether they were of the class ------------------ */

/* x: finite.  Slope and intercept by Newton's method. */
void mine__platt_learn(mine_env *env, int64_t n, const double *x, const char *is,
                       const double *weight, mine_calibration_map *map);
/* Knots in arena (not scratch). */
void mine__isotonic_learn(mine_env *env, mine_arena *arena, int64_t n, const double *x,
                          const char *is, const double *weight, mine_calibration_map *map);
/* ln of the class's share over that of the others; infinite for 0 and 1. */
double mine__calibration_odds(const double *share, int n_classes, int of);
/* What the map of a method says of log-odds. */
double mine__calibration_share(mine_calibrate method, const mine_calibration_map *map,
                               double log_odds);

/* ---- bytes: NULL is one byte ---------------------------------------------------------------- */

void mine__calibration_write(mine_writer *w, const mine_calibration *calibration);
/* NULL where there is none, or after a problem. */
mine_calibration *mine__calibration_read(mine_reader *r, int n_classes);

#endif
