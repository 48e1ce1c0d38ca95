/*
** rfm.h -- recency, frequency and monetary value: measures, cells, segments.
**
**   rfm.c           the verb: what is measured
**   rfm_cells.c     measures become scores 1 .. bins
**   rfm_segments.c  scores become names, by a table that can be replaced
*/
#ifndef MINE_JOBS_RFM_H
#define MINE_JOBS_RFM_H

#include "verb.h"

#define MINE_RFM_MEASURES 3
enum { MINE_RFM_RECENCY, MINE_RFM_FREQUENCY, MINE_RFM_MONETARY };

typedef enum mine_rfm_method {
  MINE_RFM_QUANTILE, /* each measure on its own                                  */
  MINE_RFM_NESTED,   /* frequency within each r, monetary within each r and f    */
  MINE_RFM_BREAKS    /* at given values                                          */
} mine_rfm_method;
typedef enum mine_rfm_ties {
  MINE_RFM_RANK, /* equal values, equal scores, by percent rank */
  MINE_RFM_CELLS /* cells of equal size                         */
} mine_rfm_ties;

/* The customers that have purchases, and their scores. */
typedef struct mine_rfm {
  int64_t n; /* customers; those without a purchase have score 0 */
  const mine_values *id;
  double *value[MINE_RFM_MEASURES]; /* NAN: without; monetary NULL: no amounts */
  int32_t *score[MINE_RFM_MEASURES];
  int bins[MINE_RFM_MEASURES]; /* how many scores there are */
} mine_rfm;

typedef struct mine_rfm_cut {
  mine_rfm_method method;
  mine_rfm_ties ties;
  int bins;
  mine_number_list breaks[MINE_RFM_MEASURES];
} mine_rfm_cut;

/* Fill score and bins, in `arena`; a failure sticks.  O(n log n). */
void mine__rfm_score(mine_env *env, mine_arena *arena, const mine_rfm_cut *cut, mine_rfm *rfm);

/* ---- segments ------------------------------------------------------------------------- */

/* A rule: the scores that it covers, both ends included; NAN: open. */
typedef struct mine_rfm_rule {
  mine_cell segment;
  double from[MINE_RFM_MEASURES], to[MINE_RFM_MEASURES];
} mine_rfm_rule;

typedef struct mine_rfm_map {
  int64_t n;
  const mine_rfm_rule *rule; /* the first that fits counts                  */
  int fifths;                /* its scores are of five, whatever bins are   */
} mine_rfm_map;

/* The usual eight segments. */
void mine__rfm_usual(mine_arena *arena, mine_lang lang, mine_rfm_map *map);
/* The columns of a table of segments, and its rules; a failure sticks. */
extern const mine_want mine__rfm_map_wants[];
void mine__rfm_read(mine_job *job, mine_frame *frame, const int *column, mine_rfm_map *map);
/* NULL: no rule fits. */
const mine_cell *mine__rfm_segment(const mine_rfm_map *map, const mine_rfm *rfm, int64_t customer);

#endif
