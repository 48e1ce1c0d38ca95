/*
** formats.c -- the forms in which models leave, and which kind of model in which form.
**
** A form is a row of mine__formats.  What is the same for every kind (a call by the names of
** the attributes) has its function there; else each kind's row says how, or why not
** (mine_kind.written).  A model made of others is written so if all of them are.
*/
#include <string.h>

#include "model.h"
#include "proof.h"
#include "write.h"

const char *const mine__dialect_names[] = {"sqlite",  "postgresql", "mysql",
                                           "mariadb", "duckdb",     NULL};

const mine_format mine__formats[MINE_FORMATS] = {
    [MINE_FORMAT_CALL] = {.name = "call",
                          .what = "the scalar call that scores a row, to be pasted into SQL",
                          .write = mine__write_call,
                          .takes = MINE_WRITES_PREFIX | MINE_WRITES_SHARE,
                          .answers = 1},
    [MINE_FORMAT_TRIGGER] = {.name = "trigger",
                             .what = "the triggers that score each row of a table as it is "
                                     "inserted or changed, to be run as they are",
                             .write = mine__write_trigger,
                             .takes = MINE_WRITES_TABLE | MINE_WRITES_COLUMN | MINE_WRITES_SHARE,
                             .answers = 1},
    [MINE_FORMAT_SQL] = {.name = "sql",
                         .what = "one SELECT that scores a table without the extension, in "
                                 "SQLite, PostgreSQL, MySQL, MariaDB or DuckDB",
                         .takes = MINE_WRITES_TABLE | MINE_WRITES_DIALECT | MINE_WRITES_SHARE |
                                  MINE_WRITES_CHECK,
                         .proves = 1,
                         .answers = 1},
    [MINE_FORMAT_C] = {.name = "c",
                       .what = "one C file that needs nothing but a compiler, whose main() checks "
                               "it",
                       .proves = 1,
                       .answers = 1},
    [MINE_FORMAT_TEXT] = {.name = "text", .what = "a drawing for a terminal"},
    [MINE_FORMAT_DOT] = {.name = "dot", .what = "a graph for Graphviz"},
    /* ---- others' programs ---- */
    [MINE_FORMAT_JSON] = {.name = "json",
                          .what = "everything, which mine_import takes back",
                          .write = mine__write_json,
                          .proves = 1},
    [MINE_FORMAT_PMML] = {.name = "pmml",
                          .what = "PMML 4.4, with rows that verify it",
                          .proves = 1,
                          .answers = 1},
    [MINE_FORMAT_ONNX] =
        {.name = "onnx", .what = "ONNX, a BLOB", .proves = 1, .blob = 1, .answers = 1},
};

/* ---- which kind in which form ---------------------------------------------------------------- */

mine_write mine__kind_writes(const mine_kind *kind, mine_format_id id, const char **why_not) {
  const mine_format *format = &mine__formats[id];
  const mine_written *own = &kind->written[id];
  *why_not = own->why_not;
  if (!*why_not && !own->write && format->answers) *why_not = kind->asked;
  if (*why_not) return NULL;
  const mine_write write = format->write ? format->write : own->write;
  if (!write) *why_not = "nobody has said how";
  return write;
}

int mine__format_exists(mine_format_id id) {
  const char *why_not;
  for (int k = 0; mine__kind_at(k); k++)
    if (mine__kind_writes(mine__kind_at(k), id, &why_not)) return 1;
  return 0;
}

const mine_format *mine__format_find(mine_env *env, const char *name) {
  mine_text names;
  mine__text_open(&names, env->scratch);
  for (int id = 0; id < MINE_FORMATS; id++) {
    if (!mine__format_exists((mine_format_id)id)) continue;
    if (mine__same_word(mine__formats[id].name, name)) return &mine__formats[id];
    mine__text_addf(&names, "%s%s", names.bytes ? ", " : "", mine__formats[id].name);
  }
  (void)mine__fail(env, MINE_OPTION, "there is no format '%.60s'; the formats are: %s", name,
                   names.data);
  return NULL;
}

/* The first model inside, or the model itself, that is not written so; NULL: all are. */
static const mine_model *formats_lacks(const mine_model *model, mine_format_id id,
                                       const char **why_not) {
  const mine_kind *kind = model->kind;
  if (!mine__kind_writes(kind, id, why_not)) return model;
  if (mine__formats[id].write) return NULL;
  for (int i = 0; kind->n_inside && i < kind->n_inside(model); i++) {
    mine_cell value;
    const mine_model *member = kind->inside(model, i, &value);
    const mine_model *lacks = member ? formats_lacks(member, id, why_not) : NULL;
    if (lacks) return lacks;
  }
  return NULL;
}

mine_status mine__model_write(mine_env *env, const mine_model *model, const char *format,
                              const mine_writing *how, mine_text *to) {
  const mine_format *found = mine_failed(env) ? NULL : mine__format_find(env, format);
  if (!found) return mine_env_status(env);
  const mine_format_id id = (mine_format_id)(found - mine__formats);
  const char *why_not;
  const mine_model *lacks = formats_lacks(model, id, &why_not);
  if (lacks)
    return mine__fail(env, MINE_UNSUPPORTED, "%s %s model (%s)%s is not written as %s: %s",
                      mine__article(lacks->algorithm), lacks->algorithm, lacks->kind->name,
                      lacks == model ? "" : " inside this one", found->name, why_not);
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_writing proved = *how;
  if (found->proves && !proved.proof && model->kind->answer)
    proved.proof = mine__proof_make(env, env->scratch, model);
  if (!mine_failed(env)) mine__kind_writes(model->kind, id, &why_not)(env, model, &proved, to);
  mine__text_rewind(to, env->scratch, mark);
  return mine_env_status(env);
}
