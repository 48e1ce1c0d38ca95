/*
** write_call.c -- the scalar call that scores a row with it, and the triggers
** that make this call for each row of a table as it is inserted or changed.
**
** Nothing is asked but the names of the attributes, so this works for every kind.
*/
#include <string.h>

#include "model.h"

#define WRITE_MOST_ARGUMENTS 127 /* of SQLite, as it comes */

/* "ab""c", 'it''s': quoted as SQL quotes. */
static void write_quote(mine_text *text, const char *s, char quote) {
  mine__text_add_quoted(text, quote, s, strlen(s));
}

/* new."age": the attribute as a column of the statement around the call. */
static void write_column(mine_text *text, const mine_writing *how, const char *name) {
  mine__text_adds(text, how->prefix ? how->prefix : "");
  write_quote(text, name, '"');
}

/* ---- the call ------------------------------------------------------------------------------- */

/* , 'age', "age", 'plan', "plan" */
static void write_pairs(const mine_model *model, const mine_writing *how, mine_text *to) {
  for (int f = 0; f < model->n_features; f++) {
    mine__text_adds(to, ", ");
    write_quote(to, model->feature[f].name, '\'');
    mine__text_adds(to, ", ");
    write_column(to, how, model->feature[f].name);
  }
}

/* The row as one JSON object: json_object() takes no more arguments than any function does,
** an aggregate over rows of VALUES any number. */
static void write_object(const mine_model *model, const mine_writing *how, mine_text *to) {
  mine__text_adds(to, ", (SELECT json_group_object(k, v) FROM (");
  for (int f = 0; f < model->n_features; f++) {
    mine__text_adds(to, f == 0 ? "SELECT " : f == 1 ? " UNION ALL VALUES (" : ", (");
    write_quote(to, model->feature[f].name, '\'');
    mine__text_adds(to, f == 0 ? " AS k, " : ", ");
    write_column(to, how, model->feature[f].name);
    mine__text_adds(to, f == 0 ? " AS v" : ")");
  }
  mine__text_adds(to, "))");
}

void mine__write_call(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to) {
  char called[MINE_CALLED_BYTES];
  const int n = model->n_features;
  if (!(mine__model_gives(model) & (MINE_GIVES_VALUE | MINE_GIVES_GROUP)) || n == 0) {
    (void)mine__fail(env, MINE_UNSUPPORTED, "%s is not asked row by row, so there is no call",
                     mine__model_called(model, called));
    return;
  }
  const int share = how->class_ >= 0;
  mine__text_adds(to, share ? "mine_probability(" : "mine_predict(");
  write_quote(to, how->as, '\'');
  if (share) {
    mine_cell cell;
    mine__model_group(model, how->class_ + 1, &cell);
    mine__text_adds(to, ", ");
    mine__text_add_sql(to, &cell);
  }
  if (1 + share + 2 * n <= WRITE_MOST_ARGUMENTS)
    write_pairs(model, how, to);
  else
    write_object(model, how, to);
  mine__text_adds(to, ")");
}

/* ---- the triggers ---------------------------------------------------------------------------- */

/* One of the two: of new rows, or of changed ones.  Whatever changes the answer is a feature, so
** that storing the answer does not call again. */
static void write_one_trigger(mine_env *env, const mine_model *model, const mine_writing *how,
                              int update, mine_text *to) {
  mine_text name;
  mine__text_open(&name, env->scratch);
  mine__text_addf(&name, "%s_%s%s", how->table, how->column, update ? "_update" : "");
  if (name.failed) return;
  mine_writing call = *how;
  call.prefix = "new.";
  mine__text_adds(to, "CREATE TRIGGER ");
  write_quote(to, name.data, '"');
  mine__text_adds(to, update ? " AFTER UPDATE OF " : " AFTER INSERT");
  for (int f = 0; update && f < model->n_features; f++) {
    if (f) mine__text_adds(to, ", ");
    write_quote(to, model->feature[f].name, '"');
  }
  mine__text_adds(to, " ON ");
  write_quote(to, how->table, '"');
  mine__text_adds(to, " BEGIN\n  UPDATE ");
  write_quote(to, how->table, '"');
  mine__text_adds(to, " SET ");
  write_quote(to, how->column, '"');
  mine__text_adds(to, " =\n    ");
  mine__write_call(env, model, &call, to);
  mine__text_adds(to, "\n  WHERE rowid = new.rowid;\nEND;");
}

/* The row that came is found by its rowid, which every table has but those WITHOUT ROWID. */
void mine__write_trigger(mine_env *env, const mine_model *model, const mine_writing *how,
                         mine_text *to) {
  if (!how->table || !how->column) {
    (void)mine__fail(env, MINE_OPTION,
                     "a trigger needs the table whose new rows are scored and the column that "
                     "takes the answer: table=..., column=...");
    return;
  }
  for (int f = 0; f < model->n_features; f++)
    if (mine__same_word(model->feature[f].name, how->column)) {
      (void)mine__fail(env, MINE_OPTION,
                       "the model reads column '%s', so its answer cannot be written there; name "
                       "another column of '%.100s'",
                       model->feature[f].name, how->table);
      return;
    }
  write_one_trigger(env, model, how, 0, to);
  if (mine_failed(env)) return;
  mine__text_adds(to, "\n");
  write_one_trigger(env, model, how, 1, to);
}
