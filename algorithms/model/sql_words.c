/*
** sql_words.c -- names, texts and numbers, as each dialect quotes them.
*/
#include <math.h>
#include <string.h>

#include "sql.h"

int mine__sql_is_mysql(const mine__sql *w) {
  return w->dialect == MINE_DIALECT_MYSQL || w->dialect == MINE_DIALECT_MARIADB;
}

void mine__sql_name(const mine__sql *w, const char *name) {
  mine__text_add_quoted(w->to, mine__sql_is_mysql(w) ? '`' : '"', name, strlen(name));
}

/* A byte that no literal of one line may hold, as a function call. */
static const char *sqlword_special(const mine__sql *w, char c) {
  static const struct {
    char c;
    const char *sqlite, *mysql, *others; /* MySQL's char() is of bytes unless told */
  } special[] = {{'\n', "char(10)", "char(10 using utf8mb4)", "chr(10)"},
                 {'\r', "char(13)", "char(13 using utf8mb4)", "chr(13)"},
                 {0, "char(0)", "char(0 using utf8mb4)", "chr(0)"}};
  for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
    if (c == special[i].c)
      return w->dialect == MINE_DIALECT_SQLITE ? special[i].sqlite
             : mine__sql_is_mysql(w)           ? special[i].mysql
                                               : special[i].others;
  return NULL;
}

static int sqlword_plain(const mine__sql *w, const char *text, size_t bytes) {
  for (size_t i = 0; i < bytes; i++)
    if (sqlword_special(w, text[i])) return 0;
  return 1;
}

static void sqlword_piece(const mine__sql *w, const char *at, const char *end) {
  mine__text_adds(w->to, "'");
  for (; at < end; at++) {
    if (*at == '\'' || (*at == '\\' && mine__sql_is_mysql(w))) mine__text_add(w->to, at, 1);
    mine__text_add(w->to, at, 1);
  }
  mine__text_adds(w->to, "'");
}

/* Of one line, so that it may stand in a comment: a line's end is spelled as a function. */
void mine__sql_text(const mine__sql *w, const char *text, size_t bytes) {
  const char *at = text, *end = text + bytes;
  const int plain = sqlword_plain(w, text, bytes), mysql = mine__sql_is_mysql(w);
  if (plain) {
    sqlword_piece(w, at, end);
    return;
  }
  mine__text_adds(w->to, mysql ? "CONCAT(" : "(");
  for (int more = 1; more;) {
    const char *stop = at;
    while (stop < end && !sqlword_special(w, *stop))
      stop++;
    sqlword_piece(w, at, stop);
    more = stop < end;
    if (more)
      mine__text_addf(w->to, "%s%s%s", mysql ? ", " : " || ", sqlword_special(w, *stop),
                      mysql ? ", " : " || ");
    at = stop + 1;
  }
  mine__text_adds(w->to, ")");
}

void mine__sql_real(const mine__sql *w, double value) {
  char number[MINE_NUMBER_BYTES];
  if (!isfinite(value)) {
    mine__text_adds(w->to, isnan(value) ? "NULL" : value < 0 ? "(-9e999)" : "9e999");
    return;
  }
  if (value < 0) mine__text_adds(w->to, "(");
  mine__text_adds(w->to, mine__format_real(number, value, 0));
  if (!strchr(number, 'e')) {
    if (mine__sql_is_mysql(w) || w->dialect == MINE_DIALECT_DUCKDB)
      mine__text_adds(w->to, "e0"); /* else a decimal */
    else if (!strchr(number, '.'))
      mine__text_adds(w->to, ".0");
  }
  if (value < 0) mine__text_adds(w->to, ")");
}

void mine__sql_typed(const mine__sql *w, double value) {
  const int cast = w->dialect == MINE_DIALECT_POSTGRESQL;
  if (cast) mine__text_adds(w->to, "CAST(");
  mine__sql_real(w, value);
  if (cast) mine__text_adds(w->to, " AS double precision)");
}

void mine__sql_cell(const mine__sql *w, const mine_cell *cell) {
  if (cell->type == MINE_TEXT)
    mine__sql_text(w, cell->as.text, cell->bytes);
  else if (cell->type == MINE_REAL)
    mine__sql_real(w, cell->as.real);
  else
    mine__text_add_sql(w->to, cell);
}

void mine__sql_feature(const mine__sql *w, int feature) {
  mine__sql_name(w, w->model->feature[feature].name);
}

void mine__sql_key(const mine__sql *w, char what, int feature, int word) {
  mine__text_addf(w->to, "%s%c%d", w->mark, what, feature);
  if (what == 'b') mine__text_addf(w->to, "_%d", word);
}
