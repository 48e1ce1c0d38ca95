/*
** common_options.c -- the tables of the options that many verbs share, and how
** a value is written back as text.
*/
#include "common_options.h"

#include <math.h>
#include <string.h>

static const char *const common_missing_names[] = {"auto", "error", "skip", NULL};
static const char *const common_task_names[] = {"auto", "classification", "regression", NULL};
static const char *const common_class_weight_names[] = {"none", "balanced", NULL};

const mine_option mine_run_option_table[] = {
    MINE_OPT_INT_AUTO(mine_run_options, threads, "auto", 0, MINE_MAX_THREADS,
                      "how many threads to use; 0 or auto: all cores"),
    MINE_OPT_BYTES(mine_run_options, max_memory, "auto", 1048576, 9.0e18,
                   "memory this call may hold, such as 2GB; auto: half of what is available"),
    MINE_OPT_REAL_ABOVE(mine_run_options, max_seconds, NULL, 0, 1e9,
                        "stop with an error after this many seconds; not given: no limit"),
    MINE_OPT_FLAG(mine_run_options, progress, "1", "show what is being done when it takes long"),
    MINE_OPT_END};

const mine_option mine_seed_option_table[] = {
    MINE_OPT_INT(mine_seed_options, seed, "1", 0, 9007199254740992.0,
                 "names the random choices: same seed, same result"),
    MINE_OPT_END};

const mine_option mine_source_option_table[] = {
    MINE_OPT_TEXT(mine_source_options, id,
                  "the id column; not given: the first column; none: rows are numbered from 1"),
    MINE_OPT_LIST(mine_source_options, ignore, "columns that are not attributes"),
    MINE_OPT_LIST(mine_source_options, categorical, "columns whose values are categories"),
    MINE_OPT_LIST(mine_source_options, numeric, "columns whose values are numbers"),
    MINE_OPT_CHOICE(mine_source_options, missing, "auto", common_missing_names,
                    "missing attributes: handled by the algorithm, an error, or the row is left "
                    "out"),
    MINE_OPT_END};

const mine_option mine_supervised_option_table[] = {
    MINE_OPT_TEXT(mine_supervised_options, target, "the column to be predicted"),
    MINE_OPT_CHOICE(mine_supervised_options, task, "auto", common_task_names,
                    "classes or numbers; auto: classes for text or exactly two values"),
    MINE_OPT_TEXT(mine_supervised_options, positive,
                  "the class whose probability is asked for; not given: the obvious one, else the "
                  "rarer"),
    MINE_OPT_TEXT(mine_supervised_options, weight, "the column that says how much a row counts"),
    MINE_OPT_CHOICE(mine_supervised_options, class_weight, "none", common_class_weight_names,
                    "balanced: every class counts the same in total"),
    MINE_OPT_REAL(mine_supervised_options, holdout, "0.2", 0, 0.9,
                  "share of the rows on which the model is measured; 0: not measured"),
    MINE_OPT_FLAG(mine_supervised_options, refit, "1",
                  "after measuring, fit again on all rows; 0: keep the measured model"),
    MINE_OPT_END};

const mine_option mine_folds_option_table[] = {
    MINE_OPT_INT(mine_folds_options, folds, "5", 2, 1000, "parts of the cross validation"),
    MINE_OPT_END};

const mine_option mine_pick_option_table[] = {
    {"algorithm", MINE_OPTION_TEXT, offsetof(mine_pick_options, algorithm), "kmeans", 0, 0, 0, 0,
     NULL, "the clustering algorithm"},
    MINE_OPT_END};

const mine_option mine_scoring_option_table[] = {
    {"class", MINE_OPTION_TEXT, offsetof(mine_scoring_options, class_), NULL, 0, 0, 0, 0, NULL,
     "the class whose probability is asked for; not given: the positive class"},
    MINE_OPT_CHOICE(mine_scoring_options, missing, NULL, common_missing_names,
                    "missing attributes: handled, an error, or no prediction; not given: as "
                    "trained"),
    MINE_OPT_END};

void mine_run_options_apply(mine_env *env, const mine_run_options *run) {
  mine_env_set_threads(env, run->threads == MINE_AUTO ? 0 : run->threads);
  mine_env_set_max_memory(env, run->max_memory == MINE_AUTO ? 0 : (size_t)run->max_memory);
  mine_env_set_max_seconds(env, run->max_seconds);
  env->progress = run->progress;
}

const char *mine_option_name_of(const mine_cell *cell) {
  return cell->type == MINE_TEXT && cell->bytes > 0 ? cell->as.text : NULL;
}

int mine_list_has(const mine_list *list, const char *name) {
  const size_t bytes = strlen(name);
  for (size_t i = 0; i < list->n; i++) {
    const mine_cell *item = &list->item[i];
    if (item->type == MINE_TEXT && item->bytes == bytes && memcmp(item->as.text, name, bytes) == 0)
      return 1;
  }
  return 0;
}

/* ---- values back to text --------------------------------------------------- */

static void common_list_text(mine_text *out, const mine_list *list) {
  for (size_t i = 0; i < list->n; i++) {
    if (i > 0) mine_text_adds(out, "|");
    mine_text_add_cell(out, &list->item[i]);
  }
}

void mine_option_value_text(mine_text *out, const mine_option *option, const void *values) {
  const char *at = (const char *)values + option->offset;
  switch (option->type) {
    case MINE_OPTION_INT:
    case MINE_OPTION_BYTES: {
      int64_t v;
      memcpy(&v, at, sizeof v);
      if (v == MINE_NOT_GIVEN) {
        if (option->allows_auto) mine_text_adds(out, "auto");
      } else {
        mine_text_addf(out, "%lld", (long long)v);
      }
      return;
    }
    case MINE_OPTION_REAL: {
      double v;
      memcpy(&v, at, sizeof v);
      if (!isnan(v)) mine_text_add_real(out, v);
      return;
    }
    case MINE_OPTION_FLAG:
    case MINE_OPTION_CHOICE: {
      int v;
      memcpy(&v, at, sizeof v);
      if (v < 0) return;
      if (option->type == MINE_OPTION_FLAG) {
        mine_text_adds(out, v ? "1" : "0");
      } else {
        mine_text_adds(out, option->choices[v]);
      }
      return;
    }
    case MINE_OPTION_TEXT:
      if (((const mine_cell *)(const void *)at)->type != MINE_NULL)
        mine_text_add_cell(out, (const mine_cell *)(const void *)at);
      return;
    case MINE_OPTION_LIST:
      common_list_text(out, (const mine_list *)(const void *)at);
      return;
  }
}

int mine_option_changed(mine_arena *arena, const mine_option *option, const void *values) {
  mine_text text;
  mine_text_open(&text, arena);
  mine_option_value_text(&text, option, values);
  if (text.failed) return 0;
  const char *initial = option->initial ? option->initial : "";
  double a, b;
  if (option->type == MINE_OPTION_REAL && mine_read_number(initial, strlen(initial), &a) &&
      mine_read_number(text.data, text.bytes, &b))
    return a != b;
  return strcmp(text.bytes ? text.data : "", initial) != 0;
}

/* A value that the short form would cut, trim or split is put in quotes. */
static void common_add_quoted(mine_text *out, const char *data, size_t bytes) {
  int plain = bytes > 0 && data[0] != ' ' && data[bytes - 1] != ' ';
  for (size_t i = 0; i < bytes && plain; i++) {
    plain = data[i] != ',' && data[i] != '"' && data[i] != '|' && data[i] != '\n' &&
            data[i] != '\t' && data[i] != '\r' && data[i] != '=';
  }
  if (plain) {
    mine_text_add(out, data, bytes);
    return;
  }
  mine_text_adds(out, "\"");
  for (size_t i = 0; i < bytes; i++) {
    if (data[i] == '"') mine_text_adds(out, "\"");
    mine_text_add(out, data + i, 1);
  }
  mine_text_adds(out, "\"");
}

static void common_add_cell_quoted(mine_text *out, const mine_cell *cell) {
  if (cell->type == MINE_TEXT) {
    common_add_quoted(out, cell->as.text, cell->bytes);
  } else {
    mine_text_add_cell(out, cell);
  }
}

void mine_options_canonical(mine_text *out, const mine_option *table, const void *values) {
  for (const mine_option *option = table; option->name; option++) {
    if (!mine_option_changed(out->arena, option, values)) continue;
    if (out->bytes > 0) mine_text_adds(out, ", ");
    mine_text_addf(out, "%s=", option->name);
    const void *at = (const char *)values + option->offset;
    if (option->type == MINE_OPTION_TEXT) {
      common_add_cell_quoted(out, (const mine_cell *)at);
    } else if (option->type == MINE_OPTION_LIST) {
      const mine_list *list = (const mine_list *)at;
      for (size_t i = 0; i < list->n; i++) {
        if (i > 0) mine_text_adds(out, "|");
        common_add_cell_quoted(out, &list->item[i]);
      }
    } else {
      mine_option_value_text(out, option, values);
    }
  }
}
