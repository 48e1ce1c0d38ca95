/*
** members.h -- models made of models: `grouped`, a model per value of a column, and
** `ensemble`, the weighted mean of several.
**
** A member is a model like any other, with a schema of its own that is part of the
** whole's: its attributes are some of the whole's, the levels of a category and the
** classes some of those the whole knows.  A member is asked in its own terms, and
** what it says is put into those of the whole.
*/
#ifndef MINE_MODEL_MEMBERS_H
#define MINE_MODEL_MEMBERS_H

#include "model.h"

typedef struct mine_member {
  const mine_model *model;
  int *feature;    /* per attribute of the member: which of the whole's          */
  int32_t **level; /* per attribute: of each of its levels the whole's code, rising;
                   ** NULL: a number, or the same codes                          */
  int32_t *group;  /* of each of its groups which of the whole's, from 0; NULL: the same */
} mine_member;

/* Members owned by a model: `model` of each is set, the rest is made here, in the whole's
** arena.  NULL, or what does not fit ("the attributes of a member"); a failure of memory
** is in the arena's environment.  O(all attributes, levels and classes). */
const char *mine__members_bind(mine_env *env, mine_model *whole, mine_member *member, int n);

/* What all of them give, in the terms of the whole. */
unsigned mine__members_give(const mine_model *whole, const mine_member *member, int n);

/* So many rows at a time are asked. */
#define MINE_MEMBER_ROWS 4096
/* Ask a member about rows at[0..n-1] of the batch (positions in it; n at most
** MINE_MEMBER_ROWS).  out: compact, n x what the whole has. */
void mine__member_answer(mine_env *env, const mine_model *whole, const mine_member *member,
                         const mine_batch *batch, const uint32_t *at, int64_t n, mine_answers *out);

/* Have a member explain such rows.  out: compact, n x (the whole's attributes + 1). */
void mine__member_explain(mine_env *env, const mine_model *whole, const mine_member *member,
                          const mine_batch *batch, const uint32_t *at, int64_t n,
                          mine_explained *out);

/* Read n members, with all that mine__members_bind does; NULL after a problem. */
mine_member *mine__members_read(mine_reader *r, mine_model *whole, int *n);
void mine__members_write(mine_writer *w, const mine_member *member, int n);

/* A model per level of a category among the attributes. */
typedef struct mine_grouped {
  int feature; /* the category */
  int n_members;
  mine_member *member;
  int32_t *of_level; /* per level: its member, -1 = none: no answer            */
  int32_t other;     /* of a missing or unknown level: a member, -1 = none     */
} mine_grouped;
extern const mine_kind mine__kind_grouped;

/* One of the ways to learn that were compared before the ensemble was made. */
typedef struct mine_tried {
  const char *name; /* as portfolio= takes it; NULL: written before there were names */
  const char *algorithm, *options;
  double mean, se; /* of the measure; NAN: it failed           */
  int weight;      /* in the mean                              */
} mine_tried;

/* sum of weight x answer / sum of weight; no answer where a member has none. */
typedef struct mine_ensemble {
  int n_members;
  mine_member *member;
  double *weight; /* finite, 0 or more, not all 0 */
  /* Of which trials it was chosen, the best first; none: it was made otherwise. */
  int n_tried;
  mine_tried *tried;
  const char *measure;
} mine_ensemble;
extern const mine_kind mine__kind_ensemble;

#endif
