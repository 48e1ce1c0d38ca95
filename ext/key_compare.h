/*
** key_compare.h -- whether a key of an answer equals what is looked for, as it would in
** a table whose column has the type of the source's.
**
** The ids of an answer come from a source that is known only at run time, so that their
** column is declared without a type and SQLite would compare '3' with 3 as different.
** In the source's own table a column that is TEXT makes the 3 a text, one that is
** INTEGER makes the '3' a number ("affinity").  So = and IN on such a column are
** decided here, by the affinity of the column that the ids were read from; labels,
** which come from a model, have that of their values.
**
** What is compared with may have an affinity, too, which SQLite does not tell.  It
** matters only where a number meets texts: beside a number column '03' is 3, beside a
** literal or a list it is not.  A literal is recognised; for all else the text that
** reads as that number counts as equal, as in a join with a number column.
*/
#ifndef MINE_EXT_KEY_COMPARE_H
#define MINE_EXT_KEY_COMPARE_H

#include "call.h"

typedef enum mine_affinity {
  MINE_AFFINITY_VALUES, /* not known yet: as the values of the column say */
  MINE_AFFINITY_NONE,
  MINE_AFFINITY_TEXT,
  MINE_AFFINITY_NUMBER /* INTEGER, REAL, NUMERIC */
} mine_affinity;

/* A value that is looked for. */
typedef struct mine_sought {
  mine_cell cell;        /* with the affinity of the column applied, if it is a number's */
  mine_cell text;        /* of a number that is looked for among texts; else NULL         */
  int literal;           /* the statement says it: it has no affinity of its own          */
  sqlite3_value *own[2]; /* what the cells point into                                     */
} mine_sought;

/* SQLITE_OK or SQLITE_NOMEM.  The value must stay as long as `out`, or be kept in it. */
int mine__sought_open(sqlite3_value *value, mine_affinity affinity, int literal, int keep,
                      mine_sought *out);
void mine__sought_close(mine_sought *sought);
int mine__sought_is(const mine_sought *sought, mine_affinity affinity, const mine_cell *key);

/* The affinity of a set of values: add each, then ask. */
typedef struct mine_affinity_survey {
  int numbers, texts, blobs;
} mine_affinity_survey;
void mine__affinity_add(mine_affinity_survey *survey, const mine_cell *cell);
mine_affinity mine__affinity_of(const mine_affinity_survey *survey);

/* The affinity of a column of a SELECT, seen as SQLite compares with it. */
mine_affinity mine__affinity_of_column(sqlite3 *db, const char *select, int n_columns, int column);

#endif
