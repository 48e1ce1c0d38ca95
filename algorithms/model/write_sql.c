/*
** write_sql.c -- a model as SQL: the scalar call that scores a row with it.
**
** Nothing is asked but the names of the attributes, so this works for every kind.
*/
#include "model.h"

#define WRITE_MOST_PAIRS 63 /* SQLite: 127 arguments at most */

static void write_quote(mine_text *text, const char *s, char quote) {
  mine__text_add(text, &quote, 1);
  for (; *s; s++) {
    if (*s == quote) mine__text_add(text, &quote, 1);
    mine__text_add(text, s, 1);
  }
  mine__text_add(text, &quote, 1);
}

static void write_pair(mine_text *text, const char *before, const char *name, const char *between,
                       const char *after) {
  mine__text_adds(text, before);
  write_quote(text, name, '\'');
  mine__text_adds(text, between);
  write_quote(text, name, '"');
  mine__text_adds(text, after);
}

/* Beyond 63 features one JSON object carries the row; json_object() has the
** same limit of arguments, an aggregate over VALUES has not. */
void mine__write_call(mine_env *env, const mine_model *model, const char *as, mine_text *to) {
  const int n = model->n_features;
  if (mine__model_gives(model) == 0 || n == 0) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "a %s model (%s) is not asked row by row, so there is no call",
                     mine__model_task(model), model->algorithm);
    return;
  }
  mine__text_adds(to, "mine_predict(");
  write_quote(to, as, '\'');
  if (n <= WRITE_MOST_PAIRS) {
    for (int f = 0; f < n; f++)
      write_pair(to, ", ", model->feature[f].name, ", ", "");
    mine__text_adds(to, ")");
  } else {
    mine__text_adds(to, ", (SELECT json_group_object(k, v) FROM (");
    write_pair(to, "SELECT ", model->feature[0].name, " AS k, ", " AS v UNION ALL VALUES ");
    for (int f = 1; f < n; f++)
      write_pair(to, f == 1 ? "(" : ", (", model->feature[f].name, ", ", ")");
    mine__text_adds(to, ")))");
  }
}
