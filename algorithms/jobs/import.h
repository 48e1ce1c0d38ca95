/*
** import.h -- the inside of mine_import: what its forms share.
*/
#ifndef MINE_JOBS_IMPORT_H
#define MINE_JOBS_IMPORT_H

#include "../core/json_walk.h"
#include "scoring.h"

/* Rows with the answers that are expected, asked one after another. */
typedef struct mine__checking {
  mine_env *env;
  const mine_model *model;
  mine_scoring *scoring;
  int64_t rows;
  double tolerance; /* of a number, relative where it is beyond 1 */
} mine__checking;

/* What is expected of a row; an array that is NULL, and a distance that is NAN, are not looked
** at. */
typedef struct mine__expected {
  const double *value; /* n_outputs */
  const double *share; /* n_groups; NAN: no answer */
  const mine_cell *group;
  double distance;
} mine__expected;

/* Whether the model says anything of a row. */
int mine__checking_can(const mine_model *model);
/* A checking is closed also after a failure to open it. */
void mine__checking_open(mine_env *env, const mine_model *model, double tolerance,
                         mine__checking *out);
/* Cells of the row, one for each attribute; failures stick, an answer that differs is one. */
void mine__checking_row(mine__checking *checking, const mine_cell *cells,
                        const mine__expected *expected);
void mine__checking_close(mine__checking *checking);

/* The member "proof" of a JSON document: read, and asked of the model if `check`. */
void mine__import_proof(mine_env *env, mine__walk *walk, const mine_model *model, int check);

#endif
