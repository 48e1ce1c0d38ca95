/*
** proof.h -- rows with the answers that a model gives of them: what a model that leaves
** carries, so that whoever runs it elsewhere can see that it says the same.
**
** The rows are made from the model alone, never from customers': each level of a category, one
** that training never met, what is missing; of a number the values at which the answers change
** (mine_kind.cuts) and the next representable ones to both sides, the least, the largest and
** the mean.  Rows are dealt from these by chance with a fixed seed: the same model, the same
** rows.  Or rows of a source that somebody gave.  The answers are the model's own scoring's
** (mine__model_answer), with what missing=skip of the training leaves unanswered.  Rows that a
** rounding would decide (two classes as likely but for 1e-9) are not among those made.
**
** How to write them, in a writer that mine__formats says proves (how->proof is never NULL then):
**
**   const mine_proof *proof = how->proof;
**   for (int64_t i = 0; i < proof->n; i++) {
**     for (int f = 0; f < model->n_features; f++) {
**       char buffer[MINE_TIME_BYTES];
**       mine_cell cell;                        what a source would hold, a date as text
**       mine__proof_cell(model, proof, i, f, buffer, &cell);
**       ... or proof->feature[f].number[i] (NAN = missing; dates are days) and
**           proof->feature[f].code[i] (MINE_CODE_MISSING, MINE_CODE_UNKNOWN, a level) ...
**     }
**     proof->answers.share[i * model->n_groups + g], .group[i], .value[i * n_outputs],
**     .distance[i]: each NULL where the model does not give it; NAN or MINE_NO_GROUP: none
**   }
**
** A kind whose answers jump says where: .cuts, which calls mine__cuts_add for each place.
*/
#ifndef MINE_MODEL_PROOF_H
#define MINE_MODEL_PROOF_H

#include "model.h"

#define MINE_PROOF_LEAST 128  /* rows that are made                    */
#define MINE_PROOF_MOST  256  /* ... of a model with many levels       */
#define MINE_PROOF_GIVEN 1000 /* rows of a source that are taken       */

struct mine_proof {
  int64_t n;
  int made;                         /* of the model, rather than rows of a source  */
  const mine_feature_view *feature; /* model->n_features of them                   */
  mine_cell *unseen;                /* per category: what is none of its levels: of whole
                                    ** numbers one, else a text */
  mine_answers answers;             /* what the model gives of value, group, share, distance */
};

/* Rows made of the model; in `arena`; NULL: failure recorded. */
mine_proof *mine__proof_make(mine_env *env, mine_arena *arena, const mine_model *model);
/* The first rows of a batch, MINE_PROOF_GIVEN at most; copied. */
mine_proof *mine__proof_of(mine_env *env, mine_arena *arena, const mine_model *model,
                           const mine_batch *rows);
/* Cell of a row as a source would hold it: NULL, a number, a level, a date as it was written. */
void mine__proof_cell(const mine_model *model, const mine_proof *proof, int64_t row, int feature,
                      char buffer[MINE_TIME_BYTES], mine_cell *out);

/* For a kind's `cuts`: an answer changes where the feature (of the model that was asked)
** reaches the value. */
void mine__cuts_add(mine_cuts *cuts, int feature, double value);

#endif
