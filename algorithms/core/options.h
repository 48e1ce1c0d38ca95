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
**
**   options.c        which table each given name belongs to
**   options_set.c    a value, held against its row
**   options_date.c   times: one value, read by itself or beside a column
**   options_defaults.c  what holds where nothing is said
**   options_axes.c   options that are given several values, to be searched
**   options_text.c   values back to text
**   options_words.c  the tables as a person reads them
*/
#ifndef MINE_CORE_OPTIONS_H
#define MINE_CORE_OPTIONS_H

#include "dates.h"
#include "env.h"
#include "text.h"

typedef enum mine_option_type {
  MINE_OPTION_INT,     /* int64_t                                            */
  MINE_OPTION_REAL,    /* double                                             */
  MINE_OPTION_FLAG,    /* int: 0 or 1 (JSON true/false too)                  */
  MINE_OPTION_CHOICE,  /* int: index into choices                            */
  MINE_OPTION_TEXT,    /* mine_cell: MINE_NULL when not given; JSON numbers  */
                       /* keep their type, short-form values are MINE_TEXT   */
  MINE_OPTION_LIST,    /* mine_list                                          */
  MINE_OPTION_BYTES,   /* int64_t: 500000000, 2GB, 512MB, 64KB (powers of 1024) */
  MINE_OPTION_NUMBERS, /* mine_number_list: 64|32, each within the range         */
  MINE_OPTION_SOURCE,  /* mine_select: one of choices, or a SELECT           */
  MINE_OPTION_EITHER,  /* mine_either: a number within the range, or one of choices */
  MINE_OPTION_DATE     /* mine_cell: a time as it was written, which becomes */
                       /* days beside a column (mine__option_date)           */
} mine_option_type;

typedef struct mine_list {
  size_t n;
  const mine_cell *item;
} mine_list;

typedef struct mine_number_list {
  size_t n;
  const double *item;
} mine_number_list;

/* A number, or one of some words: of the two that one which was said. */
typedef struct mine_either {
  double number; /* NAN: a word, or not given                  */
  int choice;    /* index into choices; -1: a number, or neither */
} mine_either;

/* An option that may hold a query.  The parser sets all but `frame` and `rows`;
** the job keeps there what the host has read, and the algorithm finds it as a
** batch of the features it is fitted on. */
typedef struct mine_select {
  int choice;                    /* index into choices; -1: not given, or a SELECT */
  const char *sql;               /* the SELECT; NULL: a choice, or not given       */
  mine_frame *frame;             /* the job's; NULL until it is asked for          */
  const struct mine_batch *rows; /* the algorithm's; NULL until it is read    */
} mine_select;

typedef struct mine_option {
  const char *name; /* NULL ends a table */
  mine_option_type type;
  size_t offset;       /* into the options struct                             */
  const char *initial; /* the default, written as a user would write it (BYTES
                       ** in bytes, NUMBERS as "64|32");
                       ** NULL = not given: INT INT64_MIN, REAL NAN, FLAG
                       ** and CHOICE -1, TEXT and DATE MINE_NULL, LIST and NUMBERS
                       ** empty, SOURCE and EITHER neither of the two          */
  struct {
    double least, most;
  } range;                    /* permitted, inclusive; none given: any number */
  int above_least;            /* the range excludes `least` itself            */
  int allows_auto;            /* INT and BYTES: 'auto' is permitted = MINE_AUTO */
  int whole;                  /* NUMBERS: whole numbers only                  */
  const char *const *choices; /* CHOICE, SOURCE and EITHER: NULL-terminated   */
  /* A better sentence than the general one for a number outside the range, or
  ** MINE_OK when there is none.  May be NULL. */
  mine_status (*refuse)(mine_env *env, double value);
  const char *help; /* one line, lower case, no full stop           */
} mine_option;

#define MINE_AUTO      INT64_MIN
#define MINE_NOT_GIVEN INT64_MIN

/* Rows of a table, in the order of the struct above:
**
**   OPTION_INT(kmeans_options, k, .initial = "8", .range = {1, 65536}, .help = "...")
**
** The option's name is the field's name.  A row over a field of another type does
** not compile (tests/unit/wrong_options.c): the parser writes through the offset. */
#define MINE_OPTION_TYPE(s, f, kind, ctype) _Generic(((s *)0)->f, ctype : (kind))
#define MINE_OPTION_ROW(called, s, f, kind, ctype, ...)                                      \
  {                                                                                          \
    .name = (called), .type = MINE_OPTION_TYPE(s, f, kind, ctype), .offset = offsetof(s, f), \
    __VA_ARGS__                                                                              \
  }
#define OPTION_INT(s, f, ...)    MINE_OPTION_ROW(#f, s, f, MINE_OPTION_INT, int64_t, __VA_ARGS__)
#define OPTION_REAL(s, f, ...)   MINE_OPTION_ROW(#f, s, f, MINE_OPTION_REAL, double, __VA_ARGS__)
#define OPTION_FLAG(s, f, ...)   MINE_OPTION_ROW(#f, s, f, MINE_OPTION_FLAG, int, __VA_ARGS__)
#define OPTION_CHOICE(s, f, ...) MINE_OPTION_ROW(#f, s, f, MINE_OPTION_CHOICE, int, __VA_ARGS__)
#define OPTION_TEXT(s, f, ...)   MINE_OPTION_ROW(#f, s, f, MINE_OPTION_TEXT, mine_cell, __VA_ARGS__)
#define OPTION_LIST(s, f, ...)   MINE_OPTION_ROW(#f, s, f, MINE_OPTION_LIST, mine_list, __VA_ARGS__)
#define OPTION_BYTES(s, f, ...)  MINE_OPTION_ROW(#f, s, f, MINE_OPTION_BYTES, int64_t, __VA_ARGS__)
#define OPTION_NUMBERS(s, f, ...) \
  MINE_OPTION_ROW(#f, s, f, MINE_OPTION_NUMBERS, mine_number_list, __VA_ARGS__)
#define OPTION_SOURCE(s, f, ...) \
  MINE_OPTION_ROW(#f, s, f, MINE_OPTION_SOURCE, mine_select, __VA_ARGS__)
#define OPTION_EITHER(s, f, ...) \
  MINE_OPTION_ROW(#f, s, f, MINE_OPTION_EITHER, mine_either, __VA_ARGS__)
#define OPTION_DATE(s, f, ...) MINE_OPTION_ROW(#f, s, f, MINE_OPTION_DATE, mine_cell, __VA_ARGS__)
/* A text whose name is no C name (`class`). */
#define OPTION_TEXT_CALLED(called, s, f, ...) \
  MINE_OPTION_ROW(called, s, f, MINE_OPTION_TEXT, mine_cell, __VA_ARGS__)
#define OPTION_END \
  { .name = NULL }

/* A table, the struct its offsets point into, and which of its rows were given. */
typedef struct mine_option_group {
  const mine_option *table;
  void *values;
  const char *given; /* set by the parser, in its arena: a mark for each row */
} mine_option_group;

/* Fill every group with its defaults, then with what `text` says, and mark what was
** given.  Strings and lists live in `arena`.  Errors name the option, what is
** permitted and, for an unknown name, the nearest valid ones (then all of them). */
mine_status mine__options_parse(mine_env *env, mine_arena *arena, mine_option_group *groups,
                                int n_groups, const char *text) MINE_MUST_CHECK;

/* Writes who has the option `name` instead, "" when nobody. */
typedef void (*mine__options_owners)(const void *context, const char *name, mine_text *owners);
/* The same; an unknown name that has other owners is told with them. */
mine_status mine__options_parse_owned(mine_env *env, mine_arena *arena, mine_option_group *groups,
                                      int n_groups, const char *text, mine__options_owners owners,
                                      const void *context) MINE_MUST_CHECK;

/* Whether the text named this option; 0 too when no table has it. */
int mine__options_given(const mine_option_group *groups, int n_groups, const char *name);

/* The i-th of the SELECTs that the values hold (defaults count), in the order of the
** tables; NULL behind the last.  *name (may be NULL) is its option. */
mine_select *mine__options_select(const mine_option_group *groups, int n_groups, int i,
                                  const char **name);

/* A DATE (of the option `name`, as the parser left it, not MINE_NULL) in days since
** 1970-01-01: as it reads by itself, or as `column` (may be NULL) is read; a value that
** reads as two different times is an error. */
mine_status mine__option_date(mine_env *env, const char *name, const mine_cell *cell,
                              const mine_time_reading *column, double *days) MINE_MUST_CHECK;

/* Look one text option up without judging the others (NULL when absent): how
** `algorithm=` is found before its table is known. */
mine_status mine__options_peek(mine_env *env, mine_arena *arena, const char *text, const char *name,
                               mine_cell *out) MINE_MUST_CHECK;

/* "integer", "number", "flag", "choice", "text", "list", "bytes", "numbers", "date"; and the
** range as a person reads it ("1 to 65536", "above 0", "gini, entropy").  For the
** catalogue and the errors alike.  A SOURCE is a text without a range. */
const char *mine__option_type_name(const mine_option *option);
void mine__option_range(const mine_option *option, char *buffer, size_t bytes);

/* ---- values back to text (options_text.c) ------------------------------------------- */

/* The text of an option that names one thing ("target"), NULL when not given. */
const char *mine__option_name_of(const mine_cell *cell);
/* The value as a user would write it ("auto", "a|b", "0.2"); nothing when not given. */
void mine__option_value_text(mine_text *out, const mine_option *option, const void *values);
/* Whether the value differs from the table's default. */
int mine__option_changed(mine_arena *arena, const mine_option *option, const void *values);
/* Append "name=value", with a comma before it where there is something already. */
void mine__option_put(mine_text *out, const mine_option *option, const void *values);
/* Append "name=value" of every option that was changed, comma-separated: a
** text that the parser reads back to the same values. */
void mine__options_canonical(mine_text *out, const mine_option *table, const void *values);

/* ---- options that are searched (options_axes.c) -------------------------------------- */

/* An option that was given several values: a list of them (max_depth=3|5|8; of options that
** are lists themselves a JSON list of lists), or a range (learning_rate=0.01..0.3).  A place
** on an axis is the number of a value, or in a range a share of the way from `low` to
** `high`; the way is that of the logarithm where it spans more than a decade. */
typedef struct mine_axis {
  const mine_option *option;
  size_t n;                       /* values listed; 0: a range */
  const struct mine_given *value; /* as they were written      */
  double low, high;
} mine_axis;
typedef struct mine_axes {
  const mine_option *table;   /* whose options may be searched                   */
  const mine_option *outside; /* one of another table that may be, too; or NULL  */
  size_t n, capacity;
  mine_axis *axis; /* in the order in which they were given */
} mine_axes;

/* mine__options_parse_owned, where options of axes->table (and `outside`) may be given several
** values: each
** is held against the table, the groups get the first, `axes` all of them. */
mine_status mine__options_parse_axes(mine_env *env, mine_arena *arena, mine_option_group *groups,
                                     int n_groups, const char *text, mine__options_owners owners,
                                     const void *context, mine_axes *axes) MINE_MUST_CHECK;

/* Of a grid: the number of steps (of a range five, or fewer whole numbers) and the place of
** the i-th. */
size_t mine__axis_steps(const mine_axis *axis);
double mine__axis_step(const mine_axis *axis, size_t i);
/* The place that a number in [0, 1) drawn at random stands for. */
double mine__axis_draw(const mine_axis *axis, double u);
/* Give the option the value at that place; a number of a range is rounded to four digits, so
** that it can be read and typed. */
mine_status mine__axis_set(mine_env *env, mine_arena *arena, const mine_axis *axis, double place,
                           void *values) MINE_MUST_CHECK;

/* ---- JSON ------------------------------------------------------------------------------ */

/* A flat JSON object, read member by member (also the scalar form of scoring).
** Values: string, number, true/false (as 1/0 with json->flag set), null, or an array
** of those when `list` is not NULL.  Nested objects are an error. */
typedef struct mine_json {
  const char *text, *at; /* NUL-terminated text; at = where we are */
  mine_arena *arena;
  const char *problem; /* what is wrong at `at`, or NULL */
  int flag;            /* the value just read was true or false */
  int started;
  int nests;        /* a list may hold lists: set it after mine__json_open     */
  mine_list *inner; /* of such a list, item for item; NULL: it holds scalars   */
  size_t inner_room;
} mine_json;
void mine__json_open(mine_json *json, mine_arena *arena, const char *text);
/* 1 = a member was read, 0 = the end or a problem (check json->problem).  An
** array sets list->item (not NULL even when empty) and *value to MINE_NULL. */
int mine__json_next(mine_json *json, const char **name, mine_cell *value, mine_list *list);
/* The scalar at json->at, which is moved behind it: 1 = read, 0 = a problem. */
int mine__json_scalar(mine_json *json, mine_cell *out);
/* The text is one list, and nothing follows it: likewise. */
int mine__json_list(mine_json *json, mine_list *out);

#endif
