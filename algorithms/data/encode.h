/*
** encode.h -- attributes as points: the space in which distances are taken.
**
** A numeric attribute becomes (value - centre) / spread.  A category with L
** levels becomes L indicators, each times 1/sqrt(2), so that two rows that
** differ in it are 1 apart: as far as one standard deviation.
**   scale=standard  centre mean, spread standard deviation (divisor n)
**   scale=minmax    centre minimum, spread maximum - minimum
**   scale=robust    centre median, spread interquartile range
**   scale=none      centre 0, spread 1
**   scale=log       as standard, of sign(value) ln(1 + |value|)
**   scale=quantile  centre 0, spread 1, of the share of the rows below the value
** The last two bend numbers first (warp.h); their averages are those of bent numbers.
** A constant number has no spread, and dividing by 1 instead leaves it in its own
** units (as scikit-learn's scalers do): the same for all rows at hand, but not for
** a row that differs.  A missing number lies at the mean (median for robust); a
** missing or unknown category at the level shares of the training rows.  Neither
** pulls a row anywhere.  `apart`: unknown categories have an indicator of their
** own instead, so that they are 1 away from every level.
*/
#ifndef MINE_DATA_ENCODE_H
#define MINE_DATA_ENCODE_H

#include "../core/bytes.h"
#include "dataset.h"
#include "moments.h"
#include "warp.h"

typedef enum mine_scale {
  MINE_SCALE_STANDARD,
  MINE_SCALE_NONE,
  MINE_SCALE_MINMAX,
  MINE_SCALE_ROBUST,
  MINE_SCALE_LOG,
  MINE_SCALE_QUANTILE
} mine_scale;
extern const char *const mine__scale_names[]; /* for the option tables */

typedef struct mine_encoding {
  int n_features;
  int width;        /* encoded columns                                         */
  int *first;       /* n_features + 1: feature f owns columns first[f]..first[f+1]-1 */
  int *levels;      /* per feature: 0 = numeric, else the number of levels     */
  int apart;        /* a category has a column more, for levels never seen     */
  double *centre;   /* per encoded column                                    */
  double *factor;   /* per encoded column: 1/spread; 0: nothing is known of it */
  double *fill;     /* per encoded column: encoded value of a missing cell   */
  mine__warp *warp; /* per feature, or NULL: numbers are taken as they are   */
} mine_encoding;

/* out->apart is the caller's to set before; an encoding with it cannot be saved. */
mine_status mine__encoding_fit(mine_env *env, mine_arena *arena, const mine_dataset *data,
                               mine_scale scale, mine_encoding *out) MINE_MUST_CHECK;
/* One feature of an encoding that is laid out, from what its rows are like.  A number: moments
** of the (bent) values, and for scale=robust their quartiles, else NULL; the answer is a value
** whose square could overflow, NAN where there is none, for mine__encoding_refuse.  A category:
** the weight of the rows of each level, which may lie in encoding->fill. */
double mine__encoding_number(mine_encoding *encoding, int feature, mine_scale scale,
                             const mine_moments *moments, const double *quartile);
void mine__encoding_category(mine_encoding *encoding, int feature, const double *weight);
void mine__encoding_refuse(mine_env *env, const mine_feature *about, double worst);

/* Rows first..first+count-1 of the batch into out (count x width, row-major).
** Safe inside a parallel task. */
void mine__encode(const mine_encoding *encoding, const mine_batch *batch, int64_t first,
                  int64_t count, double *out);
/* An encoded value back in the units of the source. */
double mine__decode(const mine_encoding *encoding, int column, double value);
/* A feature's number as it is before centre and spread, and back. */
double mine__encode_bend(const mine_encoding *encoding, int feature, double number);
double mine__encode_unbend(const mine_encoding *encoding, int feature, double bent);
void mine__encoding_save(const mine_encoding *encoding, mine_writer *w);
/* Checked against the model's features (counts and levels must agree).  Bytes of
** MINE_ENCODING_PLAIN, before numbers were bent, lack the warps. */
typedef enum mine__encoding_format {
  MINE_ENCODING_PLAIN,
  MINE_ENCODING_WARPS
} mine__encoding_format;
void mine__encoding_load(mine_reader *r, const mine_feature *feature, int n_features,
                         mine__encoding_format format, mine_encoding *out);

#endif
