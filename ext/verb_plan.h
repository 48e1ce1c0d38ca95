/*
** verb_plan.h -- what SQLite is told about a way to read an answer (xBestIndex), and how
** the plan it chooses comes back (xFilter).
**
** A plan is a number: the arguments it supplies, a bit each; whether one is missing; and
** the column that rows are looked up by, counted from 1, with what is known of the value.
** Its text begins with the columns that are read, sixteen hexadecimal digits (of a lean verb;
** of another, all), and lists what comes behind, two letters each: 'R' and the number of an
** argument that is repeated; and conditions on further keys, 'E' = ?, 'L' = literal, 'I' IN
** (...),
** with the column ('!' is 0).
**
** Keys of a fixed type declare it, and SQLite checks them after us.  Keys without a type
** (ids, labels) are decided by us alone: key_compare.h.
*/
#ifndef MINE_EXT_VERB_PLAN_H
#define MINE_EXT_VERB_PLAN_H

#include "../algorithms/mine.h"
#include "sqlite_api.h"

#define VERB_ARGUMENTS   0xf
#define VERB_MISSING_BIT 0x10
#define VERB_IN_BIT      0x20 /* all values of an IN at once: rows come in their order */
#define VERB_LITERAL_BIT 0x40 /* the value stands in the statement                      */
#define VERB_KEY_SHIFT   7

#define VERB_PLAN_READS    16 /* digits */
#define VERB_PLAN_REPEATED 'R'
#define VERB_PLAN_EQUAL    'E'
#define VERB_PLAN_LITERAL  'L'
#define VERB_PLAN_IN       'I'
#define VERB_PLAN_COLUMN   '!'

/* SQLITE_OK, SQLITE_CONSTRAINT, SQLITE_NOMEM; or SQLITE_ERROR, *operator set to the
** argument that is compared in another way than by =. */
int mine__verb_plan(const mine_verb *verb, int n_columns, int n_arguments, sqlite3_index_info *info,
                    int *argument);

#endif
