/*
** latent.h -- the model kind "latent": clusters of mixed columns, and noise apart.
**
** A row is drawn from one of k clusters or from noise, and its columns are independent of each
** other once that is known (a latent class model), so that the share of cluster c in a row x is
**
**   w(c) x product over the columns f of p_f(x(f) | c)    over    the same of all, and of noise.
**
**   numbers     normal, with a mean and a variance for each cluster, of z = (bent - centre) factor,
**               bent = x or sign(x) ln(1 + |x|), and z kept within least..most (winsorised: what
**               lies further out counts as if it lay there)
**   categories  a share of each slot for each cluster; a slot is a level, and rare levels have one
**               together
**   noise       one density, the same everywhere (Banfield & Raftery 1993; as it holds beyond the
**               range of the data, too, it is improper: Coretto & Hennig 2016)
**
** A missing value, and a level that training never met, is left out of the product.  A row belongs
** to the largest share, and to none (group 0) where that is the noise's.  Shares of the clusters
** add up to 1 less that of noise.
**
** The distance to a cluster is how much less likely a row is than the likeliest one would be:
** sqrt(2 (ln p(mode) - ln p(row))), over the known columns.  Of numbers alone that is Mahalanobis'.
**
** Banfield & Raftery, "Model-based Gaussian and non-Gaussian clustering", Biometrics 49 (1993);
** Coretto & Hennig, "Robust improper maximum likelihood", JASA 111 (2016); Vermunt & Magidson,
** "Latent class cluster analysis" (2002).
*/
#ifndef MINE_MODEL_LATENT_H
#define MINE_MODEL_LATENT_H

#include "../data/encode.h"
#include "cluster_profile.h"
#include "model.h"

typedef struct mine_latent_column {
  int64_t slots; /* of a category; 0: numbers */
  double noise;  /* ln of the density of noise at a known value */
  /* numbers: */
  int bent;                /* sign(x) ln(1 + |x|) first                          */
  double centre, factor;   /* factor 0: nothing is learned from the column       */
  double least, most;      /* of z                                               */
  double *mean, *variance; /* per cluster, of z                                */
  /* categories: */
  int64_t levels; /* the model's                                               */
  int32_t *slot;  /* per level; -1: training never met it                      */
  double *share;  /* cluster x slot                                            */
  /* Made of these by mine__latent_prepare: */
  double *base, *half; /* numbers, per cluster: ln density = base - half (z - mean)^2 */
  double *log;         /* categories: cluster x (1 + slots); the first is 0: left out */
  double *mode;        /* per cluster: ln density of the likeliest value              */
} mine_latent_column;

typedef struct mine_latent {
  int k, n_columns; /* the model's groups and features */
  double noise;     /* the share of noise among all rows; 0: there is none */
  double *weight;   /* per cluster: its share of the other rows            */
  mine_latent_column *column;
  double *importance; /* per feature: mutual information with the cluster, nats */
  int64_t resamples;  /* from which the stability was taken; 0: it was not      */
  double *stability;  /* per cluster: mean Jaccard; NAN: not known              */
  mine_encoding encoding;
  mine_cluster_profile profile;
  double *log_weight; /* by prepare: k, and of noise last */
} mine_latent;

/* A number as training saw it; NAN stays NAN. */
double mine__latent_number(const mine_latent_column *column, double x);
/* Make the tables by which rows are scored; failures stick in the arena's environment. */
void mine__latent_prepare(mine_arena *arena, mine_latent *latent);
/* latent_describe.c, latent_formula.c */
extern const mine_part mine__latent_parts[];
void mine__latent_formula(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said);
void mine__latent_summary(const mine_model *model, mine_relation *to);
/* Cluster c becomes cluster number[c], a permutation of 0..k-1. */
mine_status mine__latent_renumber(mine_env *env, mine_model *model, const int32_t *number);

extern const mine_kind mine__kind_latent;

#endif
