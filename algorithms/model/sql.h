/*
** sql.h -- what the parts of write_sql.c share.
**
** The SELECT is a chain of common table expressions, each with the columns that those behind it
** need:
**
**   _proof   rows with their answers
**   _source  the table's rows and those of the proof
**   _cells   features as the model reads them: a number or NULL, a level's text or NULL
**   _codes   of categories: the level's number; -1: none of them
**   _keys    of large sets of trees: of a number how many of their thresholds it reaches, of a
**            category a bit in a word.  Conditions of nodes are small then
**   _s0 ...  the lets of the formula, a stage each
**
** and the last SELECT names what comes out.  Each is computed once, on every row (MATERIALIZED):
** otherwise SQLite would put expressions into each other, and they would double from stage to
** stage.
*/
#ifndef MINE_MODEL_SQL_H
#define MINE_MODEL_SQL_H

#include "formula.h"
#include "proof.h"
#include "write.h"

#define MINE__SQL_WORD  62 /* levels in a word of bits               */
#define MINE__SQL_WORDS 8  /* of a category, else lists of its codes */

/* Where a column is made, and how far it is needed: places in the chain. */
enum {
  MINE__SQL_SOURCE,
  MINE__SQL_CELLS,
  MINE__SQL_CODES,
  MINE__SQL_KEYS,
  MINE__SQL_STAGES /* of let stage s: + s */
};

/* Of one feature. */
typedef struct mine__sql_column {
  int tables;                    /* LEVELS terms that ask it                       */
  int in_trees;                  /* trees ask it                                   */
  int numbers;                   /* all its levels are numbers: the column is one  */
  int code;                      /* it has a column _codes                         */
  int words;                     /* of _keys; 0: none                              */
  int64_t n_cuts;                /* numbers: different thresholds                  */
  double *cut;                   /* ... ascending                                  */
  size_t room;                   /* ... while they are gathered                    */
  int last, last_code, last_key; /* the last place that needs the column */
} mine__sql_column;

typedef struct mine__sql {
  mine_env *env;
  const mine_model *model;
  const mine_writing *how;
  mine_text *to;
  mine_dialect dialect;
  char mark[16]; /* begins the names that are none of the table's */
  mine_formula formula;
  mine_said said;
  int packed;               /* trees ask keys             */
  mine__sql_column *column; /* per feature of the model   */
  int *last;                /* per let                    */
  int stages;
  int gaps_tell; /* missing=skip: a column says whether a row has a gap */
  int64_t most;  /* columns in one place */
} mine__sql;

/* ---- words (sql_words.c) ---- */
int mine__sql_is_mysql(const mine__sql *w);                /* MySQL or MariaDB */
void mine__sql_name(const mine__sql *w, const char *name); /* quoted */
void mine__sql_text(const mine__sql *w, const char *text, size_t bytes);
void mine__sql_cell(const mine__sql *w, const mine_cell *cell); /* a literal */
void mine__sql_real(const mine__sql *w, double value);          /* NAN: NULL */
/* A value that decides the type of a CASE: a double also where literals are decimals. */
void mine__sql_typed(const mine__sql *w, double value);
void mine__sql_feature(const mine__sql *w, int feature);
void mine__sql_key(const mine__sql *w, char what, int feature, int word); /* _r3, _c3, _b3_0 */

/* ---- cells (sql_cells.c): s."age" as the model reads it ---- */
void mine__sql_read(const mine__sql *w, int feature, const char *from);
/* Whether that can be said in SQL; else a failure is recorded.  Called first: it looks at the
** levels. */
int mine__sql_readable(const mine__sql *w, int feature);
/* A level as that column has it. */
void mine__sql_level(const mine__sql *w, int feature, const mine_cell *cell);
/* A cell of a row of the proof, as a table holds it. */
void mine__sql_proved(const mine__sql *w, int64_t row, int feature);

/* ---- terms (sql_terms.c) ---- */
void mine__sql_term(const mine__sql *w, const mine_term *term);
/* What x is between n ascending bounds: the number of those that it reaches. */
void mine__sql_reached(const mine__sql *w, int feature);

/* ---- trees (sql_trees.c) ---- */
void mine__sql_trees(const mine__sql *w, const mine_term *term);
/* Note what a TREES term asks: thresholds, categories. */
void mine__sql_gather(mine__sql *w, const mine_term *term);

/* ---- the plan (sql_plan.c), once the formula is there ---- */
void mine__sql_plan(mine__sql *w);

/* ---- the chain (write_sql.c) ---- */
void mine__sql_place(const mine__sql *w, int place); /* its name                         */
int mine__sql_before(const mine__sql *w, int place); /* the one whose rows it reads      */

/* ---- answers (sql_answers.c) ---- */
void mine__sql_proof(const mine__sql *w); /* the rows of the proof                      */
void mine__sql_score(const mine__sql *w); /* the last SELECT                            */
void mine__sql_check(const mine__sql *w); /* ... that shows what is wrong; of one line  */

#endif
