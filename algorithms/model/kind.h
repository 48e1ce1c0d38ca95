/*
** kind.h -- what a model *is*: how it answers, is listed, saved and loaded.
**
** A kind is a row of functions over a body that only it knows.  Several algorithms may make models
** of one kind: CART, a forest and boosting share `trees`.
*/
#ifndef MINE_MODEL_KIND_H
#define MINE_MODEL_KIND_H

#include "../core/bytes.h"
#include "../data/dataset.h"
#include "../data/relation.h"
#include "cluster_profile.h"
#include "explain.h"
#include "formats.h"

/* What a model may say of a row. */
enum {
  MINE_GIVES_VALUE = 1,       /* a number for each output                        */
  MINE_GIVES_GROUP = 2,       /* the class or cluster it belongs to              */
  MINE_GIVES_SHARE = 4,       /* how much it belongs to each group               */
  MINE_GIVES_DISTANCE = 8,    /* how far it is from its group                    */
  MINE_GIVES_INTERVAL = 16,   /* bounds of the value                             */
  MINE_GIVES_STRENGTH = 32,   /* how surely it belongs to its cluster, how far out it lies */
  MINE_GIVES_LEAF = 64,       /* the node of its one tree in which a row ends    */
  MINE_GIVES_COMPONENTS = 128 /* a number for each output, and none of them a prediction */
};

/* What it says of a batch.  The caller allocates; an array that is NULL is not
** asked for.  `i` counts the batch's rows, not frame rows. */
typedef struct mine_answers {
  double *value;         /* n x n_outputs, of components too; NAN = no answer          */
  int32_t *group;        /* n: 1..n_groups, 0 = none of them (noise), -1 = no answer   */
  double *share;         /* n x n_groups, row-major, sums of 1, but of clusters with noise beside
                         ** them: its share is the rest; NAN = no answer               */
  double *distance;      /* n; NAN = no answer                                         */
  double *strength;      /* n: how surely a row is of its cluster, 0 to 1, where shares do not
                         ** say; NAN = no answer                                       */
  double *outlier;       /* n: how far out it lies, 0 to 1, with `strength`; NAN = no answer */
  double *lower, *upper; /* n: of the first output; NAN = none                         */
  double level;          /* in: the share of targets that shall lie between them       */
  int32_t *leaf;         /* n: as mine_tree numbers nodes                              */
  double *points;        /* n: of a scorecard, of shares as they are before any
                         ** calibration; NAN = no answer                               */
} mine_answers;

/* Of the rows that it learned from. */
enum {
  MINE_KEEPS_NONE,
  MINE_KEEPS_SOME,   /* a row of each cluster, its medoid, without ids  */
  MINE_KEEPS_POINTS, /* all, without ids                                */
  MINE_KEEPS_ALL     /* with their ids                                  */
};
#define MINE_NO_GROUP      (-1)
#define MINE_KEEPS_NOTHING "no rows"

/* A part of a model that a verb lists.  The caller makes the relation from the
** verb's columns and hands it out; `list` appends the rows, failures stick. */
typedef struct mine_part {
  const char *verb; /* "mine_tree"; NULL ends a list */
  const char *what; /* one line                      */
  void (*list)(mine_env *env, const mine_model *model, mine_relation *to);
  int (*has)(const mine_model *model); /* NULL: every model of the kind has it */
} mine_part;

typedef struct mine_formula mine_formula; /* formula.h */
typedef struct mine_said mine_said;

/* Values at which the answers of a model change, feature by feature (proof.c). */
typedef struct mine_cuts mine_cuts;

struct mine_kind {
  const char *name; /* "trees", "prototypes", "neighbours" */
  uint32_t tag;     /* written in the model's bytes, never reused */
  uint32_t version; /* of the body's layout; older ones stay readable */
  unsigned gives;   /* MINE_GIVES_ bits: all that a model of the kind may give */
  /* Which of them this one gives; NULL: all. */
  unsigned (*given)(const mine_model *model);
  /* Answer row by row; NULL: nothing is said of rows.  Must use all threads for
  ** large batches and give the same bits for any number of threads and any
  ** division into batches.  A kind that gives shares need not fill the groups:
  ** mine__model_answer does, see there. */
  mine_status (*answer)(mine_env *env, const mine_model *model, const mine_batch *batch,
                        mine_answers *out);
  /* What each feature adds to the margin of a row (explain.h), and what that margin is.  NULL: it
  ** does not say.  As answer: on all threads, the same bits for any division. */
  mine_status (*explain)(mine_env *env, const mine_model *model, const mine_batch *batch,
                         mine_explained *out);
  mine_margin (*margin)(const mine_model *model);
  int samples; /* ... by orders drawn at random: contributions have errors */
  /* Rows first..first+count-1 of the batch in the model's own space, count x
  ** width(model): what distances between rows are taken in.  NULL: it has none. */
  int (*width)(const mine_model *model);
  void (*points)(const mine_model *model, const mine_batch *batch, int64_t first, int64_t count,
                 double *out);
  /* Models inside this one: i counts from 0 to n_inside - 1, *value is the value that
  ** the member is for, or NULL; a NULL model: that value has none. */
  int (*n_inside)(const mine_model *model);
  const mine_model *(*inside)(const mine_model *model, int i, mine_cell *value);
  /* The body only: the envelope is envelope.c's.  load must check every index,
  ** count and number before it is used; problems go to mine__reader_bad(). */
  void (*save)(const mine_model *model, mine_writer *w);
  void (*load)(mine_reader *r, mine_model *model, uint32_t version);
  /* What its clusters look like, and in which encoding; NULL: it has no clusters, or none of this
  ** model's.  Kinds that have it list mine_centroids and mine_segments of it, without parts of
  ** their own. */
  const mine_cluster_profile *(*profile)(const mine_model *model, const mine_encoding **encoding);
  /* Cluster c becomes cluster number[c], a permutation of 0..k-1, in all that the body says of
  ** them: cluster_profile.h has what it takes.  Not of a sealed model.  NULL: clusters keep the
  ** numbers that the fit gave them. */
  mine_status (*renumber)(mine_env *env, mine_model *model, const int32_t *number);
  /* Of a kind that answers no rows: of what it is asked instead, and by which verb.  It is why
  ** the kind is not written in forms that answer rows. */
  const char *asked;
  int keeps_rows;          /* the rows that it learned from are in the body: MINE_KEEPS_ */
  const char *keeps_names; /* what else of them, in words; NULL: nothing          */
  /* Rows of mine_summary behind the report; NULL: none. */
  void (*summary)(const mine_model *model, mine_relation *to);
  const mine_part *parts; /* besides those of every model; NULL: none */
  /* The model as arithmetic (formula.h), for the languages that write it so: features are the
  ** whole's map[f]; NULL: it is none. */
  void (*formula)(mine_formula *to, const mine_model *model, const int *map, mine_said *said);
  /* Where the answers change with a number: mine__cuts_add for each; NULL: nowhere suddenly. */
  void (*cuts)(const mine_model *model, mine_cuts *to);
  mine_written written[MINE_FORMATS]; /* for the forms that are not written alike of all kinds */
};

/* The kinds there are (registry.def lists them once). */
const mine_kind *mine__kind_at(int i); /* NULL past the end */
const mine_kind *mine__kind_by_tag(uint32_t tag);
const mine_kind *mine__kind_by_name(const char *name);

/* ---- what several kinds list alike ---------------------------------------------------------- */

/* For a kind's mine_coefficients, after the name: the rest of a row, and its end.  NAN: NULL. */
typedef struct mine_coefficient {
  double value, std_error, statistic, p, low, high;
  int is_log; /* the answer goes with exp(value), which is listed as a ratio with its bounds */
} mine_coefficient;
#define MINE_COEFFICIENT_ALONE(v) \
  { (v), NAN, NAN, NAN, NAN, NAN, 0 }
void mine__coefficient_list(const mine_coefficient *of, mine_relation *to);

/* For a kind's mine_importance: a row per feature, the most important first, equal ones in
** column order.  amount[] (>= 0 each) becomes shares of `total`, their sum, unless that is
** 0. */
void mine__importance_list(mine_env *env, const mine_model *model, double *amount, double total,
                           mine_relation *to);
/* The same of a kind that keeps a weight with each of its columns, one for each feature: the
** first weight, and how many bytes lie between two. */
void mine__importance_list_columns(mine_env *env, const mine_model *model, const double *first,
                                   size_t stride, mine_relation *to);
/* The same of a kind with models inside: the mean of what they say, with a weight for each (NULL:
** all the same); and whether any of them says something, for mine_part.has. */
void mine__importance_list_inside(mine_env *env, const mine_model *model, const double *weight,
                                  mine_relation *to);
int mine__importance_inside(const mine_model *model);

#endif
