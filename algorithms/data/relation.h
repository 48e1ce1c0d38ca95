/*
** relation.h -- building the small tables that answers come in.
**
** Columns are declared once, as rows {name, type, key, help} (mine_answer, mine.h)
** that end with a NULL name; a relation is made from them.  Rows are appended cell
** after cell in that order: mine_row_*() moves on by one column, and end_row checks
** that every column got its cell, so no column is ever named by a number.
**
** A lean verb (mine.h) asks which columns are read, and puts NULL into the others.  An answer
** of very many rows can be made cell by cell, when it is read, from something smaller.
*/
#ifndef MINE_DATA_RELATION_H
#define MINE_DATA_RELATION_H

#include "values.h"

/* Of words that are written into an answer: the option lang. */
typedef enum mine_lang { MINE_LANG_EN, MINE_LANG_ZH } mine_lang;

/* A cell of a row; its text stands until the next call. */
typedef void (*mine__make_cell)(void *maker, int64_t row, int column, mine_cell *out);

struct mine_relation {
  mine_arena *arena; /* owns everything, this struct included */
  int n_columns;
  int64_t rows;
  const mine_answer *answer; /* n_columns of them: static storage */
  mine_values *column;
  int at;          /* the column that mine_row_* fills next */
  int grouped;     /* whether the last column is group_value */
  mine_cell group; /* what it holds in the rows to come      */
  mine_lang lang;
  uint64_t reads;       /* bit per column; MINE_READS_ALL from the start */
  mine__make_cell make; /* NULL: the cells are in the columns            */
  void *maker;
};

/* `columns` must live as long as the relation.  NULL: failure recorded in env. */
mine_relation *mine__relation_new(mine_env *env, const mine_answer *columns);
/* Append to the next column of the row under construction. */
void mine__row_null(mine_relation *relation);
void mine__row_int(mine_relation *relation, int64_t v);
void mine__row_real(mine_relation *relation, double v);                    /* NAN: NULL  */
void mine__row_text(mine_relation *relation, const char *text);            /* NULL: NULL */
void mine__row_bytes(mine_relation *relation, const char *text, size_t n); /* may hold NULs */
void mine__row_cell(mine_relation *relation, const mine_cell *cell);
/* The same for a column named by its number.  Append to one column; end_row checks that every
** column got its cell. */
void mine__relation_null(mine_relation *relation, int column);
void mine__relation_int(mine_relation *relation, int column, int64_t v);
void mine__relation_real(mine_relation *relation, int column, double v);         /* NAN: NULL */
void mine__relation_text(mine_relation *relation, int column, const char *text); /* NULL: NULL */
void mine__relation_put(mine_relation *relation, int column, const mine_cell *cell);
void mine__relation_end_row(mine_relation *relation);
/* Whether a column is read; what stands in the others does not matter. */
int mine__relation_reads(const mine_relation *relation, int column);
/* The answer has so many rows, each made when it is read; no row is appended.  What `maker`
** needs must live as long as the relation: in its arena. */
void mine__relation_made(mine_relation *relation, int64_t rows, mine__make_cell make, void *maker);
/* A last column called group_value is filled by end_row where the row lacks it: with
** this value, NULL until one is set.  Its text must live until the next one. */
void mine__relation_group(mine_relation *relation, const mine_cell *value);
/* Detach from the environment and hand out, or free and return the failure. */
mine_status mine__relation_finish(mine_env *env, mine_relation *relation, mine_relation **out);

/* Append all rows of one relation to another of as many columns, and free it. */
mine_status mine__relation_move(mine_env *env, mine_relation *from, mine_relation *to);

#endif
