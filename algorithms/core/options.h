/*
** options.h -- an option is declared once, in a table beside what it steers.
**
** The parser, the range and unknown-name errors, mine_options() and
** docs/reference/ all read the same row.  Two spellings of a call's options:
**
**   k=5, seed=1, ignore=a|b|phone number, init="SELECT * FROM t LIMIT 20"
**   {"k":5, "seed":1, "ignore":["a","b","phone number"]}
**
** Short form: commas separate, '|' makes a list, double quotes protect (doubled
** inside to mean one), spaces around a value are dropped unless quoted.
** Names match exactly; a name given twice is an error.
*/
#ifndef MINE_CORE_OPTIONS_H
#define MINE_CORE_OPTIONS_H

#include "env.h"

typedef enum mine_option_type {
  MINE_OPTION_INT,    /* int64_t                                            */
  MINE_OPTION_REAL,   /* double                                             */
  MINE_OPTION_FLAG,   /* int: 0 or 1 (JSON true/false too)                  */
  MINE_OPTION_CHOICE, /* int: index into choices                            */
  MINE_OPTION_TEXT,   /* mine_cell: MINE_NULL when not given; JSON numbers  */
                      /* keep their type, short-form values are MINE_TEXT   */
  MINE_OPTION_LIST,   /* mine_list                                          */
  MINE_OPTION_BYTES   /* int64_t: 500000000, 2GB, 512MB, 64KB (powers of 1024) */
} mine_option_type;

typedef struct mine_list {
  size_t n;
  const mine_cell *item;
} mine_list;

typedef struct mine_option {
  const char *name; /* NULL ends a table */
  mine_option_type type;
  size_t offset;              /* into the options struct                      */
  const char *initial;        /* the default, written as a user would write it;
                              ** NULL = not given: INT INT64_MIN, REAL NAN, FLAG
                              ** and CHOICE -1, TEXT MINE_NULL, LIST empty     */
  double least, most;         /* permitted range, inclusive                   */
  int above_least;            /* the range excludes `least` itself            */
  int allows_auto;            /* INT and BYTES: 'auto' is permitted = MINE_AUTO */
  const char *const *choices; /* CHOICE: NULL-terminated                      */
  const char *help;           /* one line, lower case, no full stop           */
} mine_option;

#define MINE_AUTO      INT64_MIN
#define MINE_NOT_GIVEN INT64_MIN

/* Rows of a table: MINE_OPT_INT(struct, field, default, least, most, help).
** The option's name is the field's name. */
#define MINE_OPT_INT(s, f, d, lo, hi, h) \
  { #f, MINE_OPTION_INT, offsetof(s, f), d, lo, hi, 0, 0, NULL, h }
#define MINE_OPT_INT_AUTO(s, f, d, lo, hi, h) \
  { #f, MINE_OPTION_INT, offsetof(s, f), d, lo, hi, 0, 1, NULL, h }
#define MINE_OPT_REAL(s, f, d, lo, hi, h) \
  { #f, MINE_OPTION_REAL, offsetof(s, f), d, lo, hi, 0, 0, NULL, h }
#define MINE_OPT_REAL_ABOVE(s, f, d, lo, hi, h) \
  { #f, MINE_OPTION_REAL, offsetof(s, f), d, lo, hi, 1, 0, NULL, h }
#define MINE_OPT_FLAG(s, f, d, h) \
  { #f, MINE_OPTION_FLAG, offsetof(s, f), d, 0, 1, 0, 0, NULL, h }
#define MINE_OPT_CHOICE(s, f, d, c, h) \
  { #f, MINE_OPTION_CHOICE, offsetof(s, f), d, 0, 0, 0, 0, c, h }
#define MINE_OPT_TEXT(s, f, h) \
  { #f, MINE_OPTION_TEXT, offsetof(s, f), NULL, 0, 0, 0, 0, NULL, h }
#define MINE_OPT_LIST(s, f, h) \
  { #f, MINE_OPTION_LIST, offsetof(s, f), NULL, 0, 0, 0, 0, NULL, h }
#define MINE_OPT_BYTES(s, f, d, lo, hi, h) \
  { #f, MINE_OPTION_BYTES, offsetof(s, f), d, lo, hi, 0, 1, NULL, h }
#define MINE_OPT_END \
  { NULL, MINE_OPTION_INT, 0, NULL, 0, 0, 0, 0, NULL, NULL }

/* A table and the struct its offsets point into. */
typedef struct mine_option_group {
  const mine_option *table;
  void *values;
} mine_option_group;

/* Fill every group with its defaults, then with what `text` says.  Strings and
** lists live in `arena`.  Errors name the option, what is permitted and, for an
** unknown name, the nearest valid ones (then all of them). */
mine_status mine_options_parse(mine_env *env, mine_arena *arena, const mine_option_group *groups,
                               int n_groups, const char *text) MINE_MUST_CHECK;

/* Look one text option up without judging the others (NULL when absent): how
** `algorithm=` is found before its table is known. */
mine_status mine_options_peek(mine_env *env, mine_arena *arena, const char *text, const char *name,
                              mine_cell *out) MINE_MUST_CHECK;

/* "integer", "number", "flag", "choice", "text", "list", "bytes"; and the range
** as a person reads it ("1 to 65536", "above 0", "gini, entropy").  For the
** catalogue and the errors alike. */
const char *mine_option_type_name(const mine_option *option);
void mine_option_range(const mine_option *option, char *buffer, size_t bytes);

/* A flat JSON object, read member by member (also the scalar form of scoring).
** Values: string, number, true/false (as 1/0 with json->flag set), null, or an array
** of those when `list` is not NULL.  Nested objects are an error. */
typedef struct mine_json {
  const char *text, *at; /* NUL-terminated text; at = where we are */
  mine_arena *arena;
  const char *problem; /* what is wrong at `at`, or NULL */
  int flag;            /* the value just read was true or false */
  int started;
} mine_json;
void mine_json_open(mine_json *json, mine_arena *arena, const char *text);
/* 1 = a member was read, 0 = the end or a problem (check json->problem).  An
** array sets list->item (not NULL even when empty) and *value to MINE_NULL. */
int mine_json_next(mine_json *json, const char **name, mine_cell *value, mine_list *list);

#endif
