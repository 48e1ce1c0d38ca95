/*
** models_names.c -- mine_name_cluster: a stored model with another name for one of its clusters.
*/
#include "models.h"
#include "models_internal.h"
#include "scalar_verb.h"

static mine_status names_line(mine_call *call, const mine_model_name *model, int cluster,
                              const char *name, char **line) {
  const char *open = sqlite3_get_autocommit(call->db)
                         ? ""
                         : "; a transaction is open: the name stands and falls with it";
  *line = *name ? sqlite3_mprintf("%s: cluster %d is '%s'%s", model->name, cluster, name, open)
                : sqlite3_mprintf("%s: cluster %d has no name%s", model->name, cluster, open);
  return *line ? MINE_OK : mine_env_fail(call->env, MINE_NOMEM, "out of memory");
}

/* The line is made before anything is written: nothing may fail after it. */
static mine_status names_give(mine_call *call, const mine_model_name *model, sqlite3_value *cluster,
                              const char *name, char **line) {
  mine_model *old = NULL, *renamed = NULL;
  mine_cell cell;
  int number = 0;
  mine__value_cell(cluster, &cell);
  mine_status status = mine__models_check_writable(call, model);
  if (!status) status = mine__models_find(call, model, 1, &old);
  if (!status && !old) status = mine__models_missing(call, model);
  if (!status) status = mine_model_name_cluster(call->env, old, &cell, name, &number, &renamed);
  if (!status) status = names_line(call, model, number, name, line);
  if (!status) status = mine__models_replace(call, model, renamed);
  mine_model_free(old);
  mine_model_free(renamed);
  return status;
}

static mine_status names_call(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                              sqlite3_context *context) {
  const char *text, *name = NULL;
  char *spelled = NULL, *line = NULL;
  mine_model_name model;
  (void)verb;
  mine_status status =
      mine__call_required_text(call, values[0], "model name", MINE_LONGEST_NAME, &text);
  if (!status) status = mine__call_text(call, values[2], "name", MINE_LONGEST_NAME, &name);
  if (!status && !name)
    status = mine__call_fail(call, MINE_OPTION, "the name is NULL; '' takes a name away");
  if (!status) status = mine__model_name_parse(call, text, &model);
  if (!status) status = mine__models_spelled(call, &model, &spelled);
  if (!status) status = names_give(call, &model, values[1], name, &line);
  if (!status) {
    sqlite3_result_text(context, line, -1, sqlite3_free);
  } else {
    sqlite3_free(line);
  }
  sqlite3_free(spelled);
  return status;
}

const mine_scalar_special mine__scalar_specials_names[] = {
    {.name = "mine_name_cluster", .call = names_call},
    {.name = NULL},
};
