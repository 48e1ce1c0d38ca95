/*
** formula.h -- a model as arithmetic over the cells of a row, for writers of programs.
**
** Every kind that scores rows one by one is a formula: sums, products, a handful of functions, and
** three tables (a level's number, the step or the line in which a number lies, the leaves of
** trees). A kind says its formula once (mine_kind.formula), and every language that can say the
** terms has it: N kinds and M languages cost N + M.
**
** A formula is a list of *lets*, each a term over the features and the lets before it.  What is
** used more than once is a let; a let's stage is one more than the highest it uses (0: features
** only), so that a language which computes whole columns at a time has a step for each stage.
**
** Numbers are doubles.  A term has no value (NULL, NaN) where an operand has none, unless it says
** what then: levels, steps and known do; and a comparison with nothing is not true: IF gives arg 3.
** Summation orders are the writers': answers may differ from mine__model_answer's by rounding.
*/
#ifndef MINE_MODEL_FORMULA_H
#define MINE_MODEL_FORMULA_H

#include "../data/encode.h"
#include "trees.h"

typedef enum mine_term_op {
  MINE_TERM_CONSTANT, /* value                                                              */
  MINE_TERM_NUMBER,   /* a feature that is a number                                         */
  MINE_TERM_LET,      /* the let `at`                                                       */
  MINE_TERM_LEVELS,   /* of a category: y[level], missing, unknown                          */
  MINE_TERM_STEPS,    /* y[i] where x[i-1] <= arg < x[i] (n numbers x, n + 1 y), or missing */
  MINE_TERM_LINE,     /* through the n points (x, y), constant outside                      */
  MINE_TERM_TREES,    /* sum over the trees at[0..n-1] of what they add to the sum `output` */
  MINE_TERM_SUM,      /* of n arguments                                                     */
  MINE_TERM_PRODUCT,
  MINE_TERM_MINUS,
  MINE_TERM_OVER,
  MINE_TERM_EXP,
  MINE_TERM_LN,
  MINE_TERM_SQRT,
  MINE_TERM_ABS,
  MINE_TERM_LEAST, /* of n arguments */
  MINE_TERM_MOST,
  MINE_TERM_IF,    /* arg 0 < arg 1 ? arg 2 : arg 3                              */
  MINE_TERM_KNOWN, /* arg 0, or arg 1 where that has no value                    */
  MINE_TERM_WHICH, /* 1 .. n - 1: the first of arg 1 .. n - 1 that equals arg 0  */
  MINE_TERM_CASE   /* of arg 1 .. n - 1 the one whose number, from 1, is arg 0; else no value */
} mine_term_op;

typedef struct mine_term mine_term;
struct mine_term {
  mine_term_op op;
  int n; /* arguments, or places of a table */
  const mine_term **arg;
  int feature; /* of the whole model */
  int at;      /* LET; of TREES the first */
  double value, missing, unknown;
  const double *x, *y;
  const mine_feature *about; /* LEVELS: whose levels y stands for        */
  const mine_trees *trees;
  const int *map;                 /* TREES: of its features those of the whole */
  const mine_feature *tree_about; /* ... and what they are                     */
  int output;
};

typedef struct mine_let {
  const mine_term *term;
  int stage;
} mine_let;

/* What a formula says of a row: as mine_answers.  NULL: not given. */
struct mine_said {
  const mine_term **share; /* n_groups           */
  const mine_term **value; /* n_outputs          */
  const mine_term *group;  /* 1 .. n_groups, 0: noise; NULL with shares: it follows from them */
  const mine_term *distance;
};

struct mine_formula {
  mine_env *env;
  mine_arena *arena;
  const mine_model *model; /* the whole */
  mine_let *let;
  int n;
  size_t capacity;
};

/* The formula of a model: lets, and what is said; group is there wherever the model gives it, by
** its threshold.  In `arena`; failures stick in env, MINE_UNSUPPORTED where a kind has none. */
void mine__formula_of(mine_env *env, mine_arena *arena, const mine_model *model,
                      mine_formula *formula, mine_said *said);
/* The same of a model inside: map[f] is the whole's feature for its feature f; no group from
** shares. */
void mine__formula_inside(mine_formula *formula, const mine_model *model, const int *map,
                          mine_said *said);

/* ---- terms; NULL goes through: failures stick ------------------------------------------- */

const mine_term *mine__term_constant(mine_formula *f, double value);
const mine_term *mine__term_number(mine_formula *f, int feature);
const mine_term *mine__term_levels(mine_formula *f, int feature, const mine_feature *about,
                                   const double *y, double missing, double unknown);
const mine_term *mine__term_steps(mine_formula *f, const mine_term *of, int n, const double *x,
                                  const double *y, double missing);
const mine_term *mine__term_line(mine_formula *f, const mine_term *of, int n, const double *x,
                                 const double *y);
const mine_term *mine__term_trees(mine_formula *f, const mine_trees *trees,
                                  const mine_feature *about, const int *map, int first, int n,
                                  int output);
/* Of the arguments; they are copied. */
const mine_term *mine__term_many(mine_formula *f, mine_term_op op, int n,
                                 const mine_term *const *arg);
const mine_term *mine__term_one(mine_formula *f, mine_term_op op, const mine_term *a);
const mine_term *mine__term_two(mine_formula *f, mine_term_op op, const mine_term *a,
                                const mine_term *b);
const mine_term *mine__term_if(mine_formula *f, const mine_term *a, const mine_term *b,
                               const mine_term *then, const mine_term *otherwise);
/* sign(x) ln(1 + |x|). */
const mine_term *mine__term_log_signed(mine_formula *f, const mine_term *x);
/* The term as a let, unless it is as short as one. */
const mine_term *mine__term_let(mine_formula *f, const mine_term *term);
/* A growing list of terms. */
typedef struct mine_terms {
  const mine_term **term;
  size_t n, capacity;
} mine_terms;
void mine__terms_add(mine_formula *f, mine_terms *to, const mine_term *term);
const mine_term *mine__terms_sum(mine_formula *f, const mine_terms *terms);

/* Shares of n margins: exp(m) / sum of exp(m); and of one margin the shares of two classes. */
void mine__formula_softmax(mine_formula *f, int n, const mine_term *const *margin,
                           const mine_term **share);
void mine__formula_logit(mine_formula *f, const mine_term *margin, const mine_term **share);
/* Of n terms the number, from 1, of the greatest, the first of equals; and the term of a number. */
const mine_term *mine__formula_greatest(mine_formula *f, int n, const mine_term *const *term);
const mine_term *mine__formula_pick(mine_formula *f, const mine_term *which, int n,
                                    const mine_term *const *term);
/* A feature i of an encoding that is a number (`feature` of the whole), as its place there. */
const mine_term *mine__formula_place(mine_formula *f, const mine_encoding *e, int i, int feature);
/* The kinds' own. */
void mine__trees_formula(mine_formula *f, const mine_model *model, const int *map, mine_said *said);
void mine__linear_formula(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said);
void mine__bayes_formula(mine_formula *f, const mine_model *model, const int *map, mine_said *said);
void mine__prototypes_formula(mine_formula *f, const mine_model *model, const int *map,
                              mine_said *said);
void mine__mixture_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said);
void mine__network_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said);
void mine__ensemble_formula(mine_formula *f, const mine_model *model, const int *map,
                            mine_said *said);
void mine__grouped_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said);
void mine__uplift_formula(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said);

/* Room for n terms. */
const mine_term **mine__formula_terms(mine_formula *f, int n);

#endif
