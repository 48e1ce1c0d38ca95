/*
** roles.h -- which column is what in an attribute table that is learned from.
**
** mine__roles_plan is a mine_frame_plan: it decides from the options, before a row is
** read, which column is the id, the target, the weight, and how each is read.  mine__roles_check
** looks at what was read: is the id an id, is anything left to learn from.  Used by training,
** clustering and the base rows of a search.
*/
#ifndef MINE_JOBS_ROLES_H
#define MINE_JOBS_ROLES_H

#include "../data/dataset.h"
#include "common_options.h"

/* A sentence for the report: item "dropped" or "warning", about column `name`. */
typedef void (*mine_roles_note)(void *context, const char *item, const char *name,
                                const char *detail);

typedef struct mine_roles {
  mine_env *env;
  const char *algorithm;                     /* for sentences; NULL: none    */
  const mine_source_options *source;         /* required                     */
  const mine_supervised_options *supervised; /* NULL: no target              */
  const mine_weight_options *weighing;       /* of rows without a target; NULL: no weight */
  const mine_survival_options *survival;     /* NULL: the target is no time  */
  const mine_group_options *grouping;        /* NULL: no groups              */
  const mine_treatment_options *treating;    /* NULL: nobody is treated      */
  const mine_split_options *split;           /* NULL: rows are not divided   */
  int needs_target;
  int keep_constants; /* a constant column counts: another row may differ in it */
  /* Set by the plan: columns of the frame, -1 = none. */
  int id, target, weight, group, treatment;
  int event, start, strata, cluster; /* of survival; strata is an attribute, too */
  int time, fold_group, side;        /* by one of which rows are divided ... */
  mine_split_by by;                  /* ... or by the id                     */
  int id_by_default;                 /* the first column, because nobody said otherwise */
  mine_time_reading format;          /* what date_format= says of every column ... */
  int has_format;                    /* ... if it does                            */
} mine_roles;

/* The columns that became features, in source order. */
typedef struct mine_chosen {
  int n;
  int *column;
} mine_chosen;

/* What to say when the first column is no id; the last keeps rowid, to join answers on. */
#define MINE_ROLES_ID_REMEDY \
  "say id=<column> or id=none (rows are numbered from 1), or read SELECT rowid, * FROM the table"

/* A column that is learned from: whatever is read and has no role. */
static inline int mine_roles_is_attribute(const mine_column *column) {
  return !column->want && column->reading != MINE_READ_NOT;
}

mine_status mine__roles_plan(void *roles, mine_frame *frame); /* owner = mine_roles */

/* roles_check.c, after mine__frame_finish: checks the id (fractional numbers or too few distinct
** values when it was taken by default; repeated or NULL ids are noted), drops
** empty and constant columns (unless these count) with a note, and lists what is left (allocated in
** the frame's arena).  Errors: no rows, no attributes left. */
mine_status mine__roles_check(const mine_roles *roles, mine_frame *frame, mine_roles_note note,
                              void *context, mine_chosen *chosen) MINE_MUST_CHECK;

/* Mark the columns that a list of an option means; those of a pattern that have a role stay
** unmarked.  A name that no column has is a failure. */
void mine__roles_mark(const mine_roles *roles, mine_frame *frame, const char *what,
                      const mine_list *list, uint8_t *mark);

/* roles_split.c: the column by which rows are divided into those learned from and those
** measured on; after the target, the weight and the group. */
void mine__roles_plan_split(mine_roles *roles, mine_frame *frame);

/* roles_dates.c: what date_format= says, to the columns; and, of the finished frame, which
** attributes are dates, or numbers that look like them. */
mine_status mine__roles_plan_dates(mine_roles *roles, mine_frame *frame) MINE_MUST_CHECK;
mine_status mine__roles_check_dates(const mine_roles *roles, mine_frame *frame,
                                    mine_roles_note note, void *context) MINE_MUST_CHECK;

/* roles_guesses.c: what na=, decimal= and numeric= say, to the columns; and, of the finished
** frame, what was guessed about a column.  mine__roles_almost: what would make a number
** of a category, "WHAT: say decimal=comma; ...", in scratch; NULL: it should be none. */
mine_status mine__roles_plan_numerals(mine_roles *roles, mine_frame *frame) MINE_MUST_CHECK;
void mine__roles_tell(const mine_roles *roles, const mine_frame *frame, int column,
                      mine_roles_note note, void *context);
/* Texts that were read as numbers; of a target, once it is one. */
void mine__roles_tell_numbers(const mine_roles *roles, const mine_column *column,
                              mine_roles_note note, void *context);
const char *mine__roles_almost(const mine_roles *roles, const mine_column *column,
                               const char *what);
/* The same sentence of what was counted of a column called so (row 0: not known which). */
void mine__roles_say_almost(const mine_almost *almost, const char *name, const char *what,
                            mine_text *out);
/* For the end of a refusal that found no numbers: "; 'price' is text: say numeric=price; ..." of
** the first attribute that would be one; "": none. */
const char *mine__roles_almost_any(const mine_roles *roles, const mine_frame *frame);

/* Which of the classes a value names: by identity, or else (loosely) by its
** spelling; -1 none. */
int mine__class_find(const mine_values *classes, const mine_cell *value, int loosely);
/* "'a', 'b' and 12 more": what there is, for a sentence about one that is not. */
void mine__classes_list(mine_text *list, const mine_values *classes);

/* Which of two classes (0 or 1) is obviously the positive one: 1 of 0 and 1, yes of no
** and yes ..., whatever their case and type; -1: neither is. */
int mine__classes_obvious(const mine_cell *a, const mine_cell *b);
/* Whether a class is the positive (1) or negative (0) one of such a pair; -1: of none. */
int mine__class_obvious(const mine_cell *label);

#endif
