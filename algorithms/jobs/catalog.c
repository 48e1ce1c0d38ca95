/*
** catalog.c -- what there is: verbs, algorithms, the options of both and metrics, as
** tables, read from the very rows that run them.  The same as text is help.c's.
*/
#include "catalog.h"

#include <stdio.h>
#include <string.h>

#include "../core/likeness.h"

/* ---- mine_algorithms ------------------------------------------------------------------ */

void mine__catalog_tasks(mine_text *text, unsigned tasks) {
  static const mine_task_kind kinds[] = {
      MINE_CLASSIFICATION, MINE_REGRESSION, MINE_CLUSTERING, MINE_NEIGHBORS,      MINE_COMPONENTS,
      MINE_UPLIFT,         MINE_SURVIVAL,   MINE_PURCHASES,  MINE_RECOMMENDATION, MINE_FORECASTING};
  int n = 0;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (!(tasks & kinds[i])) continue;
    mine__text_addf(text, "%s%s", n++ ? ", " : "", mine__task_name(kinds[i]));
  }
}

const char *mine__catalog_better(const mine_measure *measure) {
  return measure->better > 0 ? "higher" : measure->better < 0 ? "lower" : NULL;
}

static mine_status algorithms_run(mine_job *job, mine_relation *out) {
  for (int i = 0; mine__algorithm_at(i); i++) {
    const mine_algorithm *algorithm = mine__algorithm_at(i);
    mine_text tasks;
    mine__text_open(&tasks, job->arena);
    mine__catalog_tasks(&tasks, algorithm->tasks);
    mine__row_text(out, algorithm->name);
    mine__row_text(out, tasks.data);
    mine__row_text(out, algorithm->title);
    mine__row_text(out, algorithm->reads);
    mine__row_text(out, algorithm->citation);
    mine__row_text(out, algorithm->notes);
    mine__row_text(out, algorithm->example);
    mine__relation_end_row(out);
  }
  return mine_env_status(job->env);
}

static const mine_answer algorithms_answer[] = {
    {"algorithm", MINE_ANSWER_TEXT, 1, "its name"},
    {"task", MINE_ANSWER_TEXT, 0, "what it does"},
    {"title", MINE_ANSWER_TEXT, 0, "in one line"},
    {"reads", MINE_ANSWER_TEXT, 0, "attributes: one row per thing; events: one row per event"},
    {"citation", MINE_ANSWER_TEXT, 0, "where the method was published"},
    {"notes", MINE_ANSWER_TEXT, 0, "what it does with the rows"},
    {"example", MINE_ANSWER_TEXT, 0, "runs on any database"},
    {0},
};

const mine_verb mine__verb_algorithms = {
    .name = "mine_algorithms",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_HELP,
    .what = "What mine_train can be asked for.",
    .example = "SELECT algorithm, task FROM mine_algorithms;",
    .answer = algorithms_answer,
    .run = algorithms_run,
};

/* ---- mine_options ----------------------------------------------------------------------- */

static void catalog_each(mine_arena *arena, const mine_verb *verb, const mine_algorithm *algorithm,
                         mine__option_visit visit, void *context) {
  const mine_option_set *set = mine__verb_sets(arena, verb, algorithm);
  for (; set && set->table; set++)
    for (const mine_option *o = set->table; o->name; o++)
      visit(context, o);
}

int mine__catalog_options(mine_arena *arena, const char *name, mine__option_visit visit,
                          void *context) {
  const mine_algorithm *algorithm = mine__algorithm_find(name);
  if (algorithm) {
    catalog_each(arena, mine_verb_find("mine_train", MINE_VERB_SCALAR), algorithm, visit, context);
    return 1;
  }
  int found = 0;
  for (int i = 0; mine_verb_at(i); i++) {
    const mine_verb *verb = mine_verb_at(i);
    if (strcmp(verb->name, name) != 0) continue;
    found = 1;
    catalog_each(arena, verb, verb->algorithm ? mine__algorithm_find(verb->algorithm) : NULL, visit,
                 context);
  }
  return found;
}

const char *mine__catalog_nearest(const char *name) {
  mine_likeness nearest = {.asked = name};
  for (int i = 0; mine__algorithm_at(i); i++)
    mine__likeness_show(&nearest, mine__algorithm_at(i)->name, i);
  for (int i = 0; mine_verb_at(i); i++)
    mine__likeness_show(&nearest, mine_verb_at(i)->name, i);
  return nearest.name;
}

static void catalog_count(void *context, const mine_option *option) {
  (void)option;
  ++*(int *)context;
}

/* "no algorithm or verb 'x' (did you mean y?); there are ..." */
static void catalog_unknown(mine_env *env, const char *name) {
  mine_text list;
  mine__text_open(&list, env->scratch);
  for (int i = 0; mine__algorithm_at(i); i++)
    mine__text_addf(&list, "%s%s", list.bytes ? ", " : "", mine__algorithm_at(i)->name);
  for (int i = 0; mine_verb_at(i); i++) {
    const char *verb = mine_verb_at(i)->name;
    int n = 0;
    (void)mine__catalog_options(env->scratch, verb, catalog_count, &n);
    const int again = i > 0 && strcmp(mine_verb_at(i - 1)->name, verb) == 0;
    if (n > 0 && !again) mine__text_addf(&list, ", %s", verb);
  }
  const char *nearest = mine__catalog_nearest(name);
  if (mine_failed(env)) return;
  (void)mine__fail(env, MINE_OPTION, "no algorithm or verb '%.60s'%s%s%s; options have %s", name,
                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "",
                   list.data);
}

static void catalog_list(void *context, const mine_option *o) {
  mine_relation *out = context;
  char range[512];
  mine__option_range(o, range, sizeof range);
  mine__row_text(out, o->name);
  mine__row_text(out, mine__option_type_name(o));
  mine__row_text(out, o->initial);
  mine__row_text(out, range[0] ? range : NULL);
  mine__row_text(out, o->help);
  mine__relation_end_row(out);
}

static mine_status catalog_options_run(mine_job *job, mine_relation *out) {
  const char *name = mine__job_text(job, MINE_ARG_TEXT);
  if (!mine__catalog_options(job->arena, name, catalog_list, out)) catalog_unknown(job->env, name);
  return mine_env_status(job->env);
}

static const mine_answer options_answer[] = {
    {"option", MINE_ANSWER_TEXT, 1, "its name"},
    {"type", MINE_ANSWER_TEXT, 0,
     "integer, number, flag (0 or 1), choice, text, list, bytes, numbers"},
    {"default_value", MINE_ANSWER_TEXT, 0, "NULL = not given"},
    {"range", MINE_ANSWER_TEXT, 0, "what is permitted"},
    {"help", MINE_ANSWER_TEXT, 0, "in one line"},
    {0},
};

const mine_verb mine__verb_options = {
    .name = "mine_options",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_HELP,
    .what = "The options of an algorithm or a verb.",
    .notes = "Of an algorithm: all that mine_train takes with it.",
    .example = "SELECT option, default_value FROM mine_options('tree') LIMIT 3;",
    .argument = {{MINE_ARG_TEXT, "algorithm"}},
    .required = 1,
    .answer = options_answer,
    .run = catalog_options_run,
};

/* ---- mine_verbs -------------------------------------------------------------------------- */

const char *mine__verb_kind(const mine_verb *verb) {
  static const char *const kinds[] = {"table", "scalar", "aggregate"};
  return kinds[verb->form];
}

const char *mine__verb_reads(const mine_verb *verb, char buffer[MINE_FORM_BYTES]) {
  int n = 0, optional = 0;
  if (!verb->wants) return verb->reads;
  for (const mine_want *want = verb->wants; want->name; want++) {
    if (want->flags & MINE_WANT_NAMED) continue;
    const int may = (want->flags & MINE_WANT_OPTIONAL) != 0;
    optional += may;
    n += snprintf(buffer + n, (size_t)(MINE_FORM_BYTES - n), "%s%s%s%s", n ? "" : "(",
                  may ? (n ? " [" : "[") : "", n ? ", " : "", want->name);
  }
  snprintf(buffer + n, (size_t)(MINE_FORM_BYTES - n), "%.*s)", optional, "]]]]]]]]]]]]");
  return buffer;
}

void mine__verb_columns(mine_text *out, const mine_verb *verb) {
  for (const mine_answer *a = verb->answer; a && a->name; a++)
    mine__text_addf(out, "%s%s", a == verb->answer ? "" : ", ", a->name);
}

/* [{"name":"id","type":"any","key":1,"help":"of the row"}, ...] */
static void verbs_put_answer(mine_relation *out, mine_arena *arena, const mine_verb *verb) {
  static const char *const types[] = {"any", "integer", "real", "text", "json"};
  mine_text text;
  mine__text_open(&text, arena);
  mine__text_adds(&text, "[");
  for (const mine_answer *a = verb->answer; a && a->name; a++) {
    mine__text_addf(&text, "%s{\"name\":", a == verb->answer ? "" : ",");
    mine__text_add_json(&text, a->name, strlen(a->name));
    mine__text_addf(&text, ",\"type\":\"%s\",\"key\":%d,\"help\":", types[a->type], a->key);
    mine__text_add_json(&text, a->help, strlen(a->help));
    mine__text_adds(&text, "}");
  }
  mine__text_adds(&text, "]");
  mine__row_text(out, text.data);
}

static mine_status catalog_verbs_run(mine_job *job, mine_relation *out) {
  for (int i = 0; mine_verb_at(i) && !mine_failed(job->env); i++) {
    const mine_verb *verb = mine_verb_at(i);
    char form[MINE_FORM_BYTES], reads[MINE_FORM_BYTES];
    mine_text columns;
    mine__text_open(&columns, job->arena);
    mine__verb_columns(&columns, verb);
    mine__row_text(out, verb->name);
    mine__row_text(out, mine__verb_kind(verb));
    mine__row_text(out, mine_verb_form_text(verb, form));
    mine__row_text(out, verb->job);
    mine__row_text(out, columns.data);
    mine__row_text(out, mine__verb_reads(verb, reads));
    mine__row_text(out, verb->example);
    mine__row_text(out, verb->what);
    mine__row_text(out, verb->notes);
    verbs_put_answer(out, job->arena, verb);
    mine__relation_end_row(out);
  }
  return mine_env_status(job->env);
}

static const mine_answer verbs_answer[] = {
    {"verb", MINE_ANSWER_TEXT, 1, "its name; once for each form"},
    {"kind", MINE_ANSWER_TEXT, 1, "table, scalar or aggregate"},
    {"form", MINE_ANSWER_TEXT, 0, "as one types it"},
    {"job", MINE_ANSWER_TEXT, 1, "what it belongs to"},
    {"columns", MINE_ANSWER_TEXT, 0, "of its answer"},
    {"reads", MINE_ANSWER_TEXT, 0, "what the source holds; NULL: there is none"},
    {"example", MINE_ANSWER_TEXT, 0, "runs on any database"},
    {"what", MINE_ANSWER_TEXT, 0, "what it is for, in one line"},
    {"notes", MINE_ANSWER_TEXT, 0, "what else there is to know; NULL: nothing"},
    {"answer", MINE_ANSWER_JSON, 0, "of each column: name, type, key, help"},
    {0},
};

const mine_verb mine__verb_verbs = {
    .name = "mine_verbs",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_HELP,
    .what = "Every verb: its form, columns and an example.",
    .example = "SELECT verb, form FROM mine_verbs WHERE job = 'Judge a model';",
    .answer = verbs_answer,
    .run = catalog_verbs_run,
};

/* ---- mine_metrics ------------------------------------------------------------------------ */

static mine_status metrics_run(mine_job *job, mine_relation *out) {
  for (const mine_measure *m = mine__measures; m->name && !mine_failed(job->env); m++) {
    mine_text tasks;
    mine__text_open(&tasks, job->arena);
    mine__catalog_tasks(&tasks, m->tasks);
    mine__row_text(out, m->name);
    mine__row_text(out, m->what);
    mine__row_text(out, mine__catalog_better(m));
    mine__row_text(out, tasks.data);
    mine__relation_end_row(out);
  }
  return mine_env_status(job->env);
}

static const mine_answer metrics_answer[] = {
    {"metric", MINE_ANSWER_TEXT, 1, "its name, as in mine_evaluate and mine_cross_validate"},
    {"what", MINE_ANSWER_TEXT, 0, "what it is, in one line"},
    {"better", MINE_ANSWER_TEXT, 0, "higher or lower; NULL: neither, it is a count"},
    {"task", MINE_ANSWER_TEXT, 0, "of which models"},
    {0},
};

const mine_verb mine__verb_metrics = {
    .name = "mine_metrics",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_HELP,
    .what = "What models are measured by, and whether more of it is better.",
    .notes = "`mine_evaluate(...) JOIN mine_metrics USING (metric)` explains each figure.",
    .example = "SELECT metric, better FROM mine_metrics WHERE task LIKE '%regression%';",
    .answer = metrics_answer,
    .run = metrics_run,
};

/* ---- mine_version, mine_debug -------------------------------------------------------------- */

static mine_status version_run(mine_job *job, mine_relation *out) {
  mine__row_text(out, MINE_VERSION);
  mine__relation_end_row(out);
  return mine_env_status(job->env);
}

static const mine_answer version_answer[] = {
    {"version", MINE_ANSWER_TEXT, 0, "major.minor.patch"},
    {0},
};

const mine_verb mine__verb_version = {
    .name = "mine_version",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_HELP,
    .what = "The version of the extension.",
    .example = "SELECT mine_version();",
    .answer = version_answer,
    .run = version_run,
};

static const mine_answer debug_answer[] = {
    {"text", MINE_ANSWER_TEXT, 0, "one line"},
    {0},
};

/* What SQLite and the connection are only the host can tell. */
const mine_verb mine__verb_debug = {
    .name = "mine_debug",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_HELP,
    .what = "Compiler, SQLite, processors, cached models, in one line for a bug report.",
    .example = "SELECT mine_debug();",
    .answer = debug_answer,
};
