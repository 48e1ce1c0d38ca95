/*
** neighbours.h -- the model kind that remembers: its rows are the model.
**
** A row is scored by the k rows nearest to it: classes by their votes, numbers
** by their mean.  The model holds every training row as a point, with its id and
** its class or target: whoever gets the model gets the rows.
**
** Points: by the encoding (encode.h) for euclidean and manhattan; for cosine
** scaled to length 1 afterwards.  For gower a number is (x - least) / range and a
** category its code; a missing value is NAN and left out of the comparison; a
** level never seen (-2) equals no other.  The ranges are a model's own, those of the
** rows it holds: beyond them a difference is more than 1, and in an attribute that
** is constant in the model another value is 1 away.  A search that has both sides at
** hand takes the ranges over both, as R's daisy does.
*/
#ifndef MINE_MODEL_NEIGHBOURS_H
#define MINE_MODEL_NEIGHBOURS_H

#include "../core/options.h"
#include "../data/encode.h"
#include "../kernel/nearest.h"
#include "model.h"

typedef enum mine_voting { MINE_VOTE_UNIFORM, MINE_VOTE_DISTANCE } mine_voting;
extern const char *const mine__voting_names[]; /* for the option tables */

/* Rows of the option table of whoever searches such points: fields `metric` and `scale`. */
#define MINE__SPACE_OPTIONS(struct_type)                                                    \
  OPTION_CHOICE(                                                                            \
      struct_type, metric, .initial = "euclidean", .choices = mine__space_names,            \
      .help = "how distance is measured; gower for mixed attributes with missing values"),  \
      OPTION_CHOICE(struct_type, scale, .choices = mine__scale_names,                       \
                    .help =                                                                 \
                        "how numbers are scaled first (log and quantile bend them, as for " \
                        "kmeans); not given: standard, but none for cosine; gower always "  \
                        "divides by the range")

typedef struct mine_neighbours {
  mine_space space;
  mine_voting voting;
  int64_t k;
  mine_encoding encoding; /* not for gower                               */
  int n_features;
  double *least, *range; /* gower: per feature                           */
  uint8_t *category;     /* gower: per feature                           */
  int64_t n;
  int width;
  double *point;   /* n x width                                           */
  int32_t *label;  /* classification, else NULL                           */
  double *target;  /* regression, else NULL                               */
  double *weight;  /* NULL: all 1                                         */
  mine_values ids; /* n; numbered from 1 when the source had none         */
  mine_nearest nearest;
} mine_neighbours;

extern const mine_kind mine__kind_neighbours;

typedef struct mine__neighbours_how {
  mine_space space;
  int scale;                /* -1 = the metric's own: standard for euclidean and manhattan,
                            ** none for cosine (gower needs none)                        */
  int apart;                /* a category never seen is 1 away from every level (encode.h);
                            ** not for what is saved                                     */
  const mine_batch *beside; /* gower: rows of the same features that the ranges cover, too;
                            ** NULL: none                                                */
} mine__neighbours_how;

/* The space of `data`, without the rows: how points are made. */
mine_status mine__neighbours_open(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                  const mine__neighbours_how *how,
                                  mine_neighbours *out) MINE_MUST_CHECK;
/* Remember the rows of `data`; everything lives in arena.  k and voting are the
** caller's to set. */
mine_status mine__neighbours_fit(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                 const mine__neighbours_how *how,
                                 mine_neighbours *out) MINE_MUST_CHECK;

/* Rows first..first+count-1 of a batch as points (count x width). */
void mine__neighbours_points(const mine_neighbours *body, const mine_batch *batch, int64_t first,
                             int64_t count, double *out);

/* neighbours_bytes.c */
#define MINE_NEIGHBOURS_VERSION 2 /* 1: no warps in the encoding */
void mine__neighbours_save(const mine_model *model, mine_writer *w);
void mine__neighbours_load(mine_reader *r, mine_model *model, uint32_t version);
/* The space, and n points under the name `count`: finite, except that gower's may be missing.  The
** metric is the caller's, before. */
void mine__neighbours_save_space(const mine_neighbours *body, mine_writer *w);
void mine__neighbours_load_space(mine_reader *r, const mine_model *model,
                                 mine__encoding_format format, mine_neighbours *body);
void mine__neighbours_load_points(mine_reader *r, const char *count, mine_neighbours *body);

/* Length 1; a row of zeros stays. */
void mine__neighbours_to_length_one(double *row, int width);
/* What the model says of n points in its space (n x width): out's values or shares, before any
** calibration.  Failures stick in env. */
void mine__neighbours_say(mine_env *env, const mine_model *model, const double *point, int64_t n,
                          mine_answers *out);
/* neighbours_explain.c */
mine_status mine__neighbours_explain(mine_env *env, const mine_model *model,
                                     const mine_batch *batch, mine_explained *out);
mine_margin mine__neighbours_margin(const mine_model *model);

/* How many queries at a time keep points and answers within some 64 MB. */
int64_t mine__neighbours_chunk(const mine_neighbours *body, int64_t k, int64_t queries);

#endif
