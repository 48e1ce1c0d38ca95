/*
** labelled.h -- the model kind of clusterings that label rows and have no rule.
**
** The rows that were clustered are the model, as points of the scaled space, each with the
** cluster it is in.  A row equal to one of them gets that row's cluster, so that the rows of
** training get exactly the clusters of training.  Any other row gets the cluster of the
** nearest row that reaches it: each row has a `reach`, which says how far from it its cluster may
** still extend.  A row that none reaches is noise.  Of rows at the same distance the one with the
** smaller coordinates decides, so that the order of the rows in the source decides nothing.
**
** The distance of a row is that to the nearest row that can give its cluster, whether or not it
** reaches so far.
*/
#ifndef MINE_MODEL_LABELLED_H
#define MINE_MODEL_LABELLED_H

#include "../data/encode.h"
#include "../kernel/kdtree.h"
#include "cluster_profile.h"
#include "model.h"

typedef struct mine_labelled {
  mine_encoding encoding; /* rows as points of the scaled space                              */
  int64_t n, k;           /* rows kept, clusters                                             */
  double *point;          /* n x width                                                       */
  int32_t *label;         /* n: 0..k-1, -1 noise                                             */
  double *reach;          /* n: a new row at most this far from row i may take its label; -1: it
                          ** gives it to nobody (noise, border); INFINITY: at any distance   */
  double *strength;       /* n: how surely it belongs to its cluster, 0 to 1; or NULL        */
  double *outlier;        /* n: outlier score, 0 to 1 (hdbscan: GLOSH); or NULL              */
  int64_t n_merges;       /* agglomerative: n - 1, else 0                                    */
  int64_t *merge;         /* n_merges x 2: R's hclust signs: -i = row i (from 1), +s = step s */
  double *height;         /* n_merges                                                        */
  int64_t *merge_rows;    /* n_merges: rows below                                            */
  mine_cluster_profile profile;
  mine__kdtree tree; /* of the points; made by mine__labelled_open, or _prepare; its norm is
                     ** the metric                                                        */
  double *square; /* per place in the tree: the reach as the tree compares; -1: it gives its cluster
                  ** to nobody                                                           */
  double *far;    /* per node of the tree: the largest reach in it, likewise; -1: none   */
} mine_labelled;

extern const mine_part mine__labelled_parts[]; /* labelled_describe.c */
extern const mine_kind mine__kind_labelled;

/* A body in the model's arena with the rows of `data` as points, the tree of them, and room for a
** label and a reach of each; NULL: failure recorded (no rows, no columns with values among them).
** O(n width).  */
mine_labelled *mine__labelled_open(mine_env *env, const mine_dataset *data, mine_scale scale,
                                   mine__norm norm, mine_model *model);

/* label[i] is any of 0..n-1, or -1: afterwards clusters are 0..k-1 by falling size, equal sizes by
** the least of their points (coordinate by coordinate), then by the first row.  Returns k. */
int64_t mine__labelled_number(mine_env *env, const double *point, int64_t n, int width,
                              int32_t *label);

/* Once label (numbered), k and reach stand: the profile, the tree, what the fit found (data->found)
** and what is told of it.  The body is the model's from then on. */
void mine__labelled_publish(mine_env *env, const mine_dataset *data, mine_labelled *body,
                            mine_model *model);

/* Make the tree, if there is none yet, and what a search needs beside it from the rest. */
mine_status mine__labelled_prepare(mine_env *env, mine_arena *arena,
                                   mine_labelled *body) MINE_MUST_CHECK;

/* Which of two points stands first: by the first coordinate in which they differ; < 0, 0, > 0. */
int mine__labelled_order(const double *a, const double *b, int width);

/* labelled_bytes.c */
void mine__labelled_save(const mine_model *model, mine_writer *w);
void mine__labelled_load(mine_reader *r, mine_model *model, uint32_t version);

#define MINE__LABELLED_VERSION 2u                  /* 1: without the metric, euclidean */
extern const char *const mine__labelled_metrics[]; /* of a mine__norm, for the option tables */

#endif
