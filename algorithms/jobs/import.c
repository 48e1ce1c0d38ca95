/*
** import.c -- mine_import: a model from the form in which it left.
**
** The form is a stranger's text.  Whatever it says becomes a model's bytes, and these are loaded
** as any others are: no model is made here that the loader would refuse.
*/
#include "import.h"

#include <math.h>
#include <string.h>

#include "../model/json.h"
#include "../model/pmml_read.h"
#include "common_options.h"

typedef struct import_options {
  int check;
} import_options;

static const mine_option import_option_table[] = {
    OPTION_FLAG(import_options, check, .initial = "1",
                .help = "0: store it although a row of its proof is answered otherwise"),
    OPTION_END};

/* ---- forms ------------------------------------------------------------------------- */

typedef struct import_form {
  const char *name; /* NULL ends the list */
  char begins;      /* the first character that is no space */
  mine_model *(*read)(mine_env *env, const char *text, int check);
} import_form;

static mine_model *import_json(mine_env *env, const char *text, int check) {
  mine__walk walk;
  mine__walk_open(&walk, env, text);
  mine_model *model = mine__json_make(env, &walk);
  mine__import_proof(env, &walk, model, check);
  mine__walk_close(&walk);
  if (!mine_failed(env)) return model;
  mine_model_free(model);
  return NULL;
}

/* With missing=error a row with a gap has no answer here, and none there. */
static void import_row(void *context, const mine__pin_row *row, double precision) {
  mine__checking *c = context;
  for (int f = 0; c->model->gaps.missing && f < c->model->n_features; f++)
    if (row->cell[f].type == MINE_NULL) return;
  const mine__expected expected = {.value = row->has_value ? &row->value : NULL,
                                   .share = row->shares == c->model->n_groups ? row->share : NULL,
                                   .group = row->has_group ? &row->group : NULL,
                                   .distance = NAN};
  c->tolerance = precision;
  mine__checking_row(c, row->cell, &expected);
}

static mine_model *import_pmml(mine_env *env, const char *text, int check) {
  mine__checking checking = {0};
  mine_model *model = mine__pmml_read(env, text);
  if (model && check && mine__checking_can(model)) {
    mine__checking_open(env, model, 0, &checking);
    mine__pmml_rows(env, text, model, import_row, &checking);
    mine__checking_close(&checking);
  }
  if (!mine_failed(env)) return model;
  mine_model_free(model);
  return NULL;
}

static const import_form import_forms[] = {
    {"json", '{', import_json},
    {"pmml", '<', import_pmml},
    {NULL, 0, NULL},
};

/* What stands before a text's first character: spaces, and the mark of a file in UTF-8. */
static const char *import_begin(const char *text) {
  if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
  return text + strspn(text, " \t\r\n");
}

/* The form of that name, or the one that begins so; NULL: failure recorded. */
static const import_form *import_find(mine_env *env, const char *name, char begins) {
  mine_text names;
  mine__text_open(&names, env->scratch);
  for (const import_form *form = import_forms; form->name; form++) {
    if (name ? mine__same_word(form->name, name) : form->begins == begins) return form;
    mine__text_addf(&names, "%s%s", names.bytes ? ", " : "", form->name);
  }
  if (names.failed) return NULL;
  if (name)
    (void)mine__fail(env, MINE_OPTION, "there is no format '%.60s' to import; the formats are: %s",
                     name, names.data);
  else
    (void)mine__fail(env, MINE_DATA,
                     "the text is in none of the formats that can be imported (%s); take that "
                     "of mine_export(model, 'json')",
                     names.data);
  return NULL;
}

/* ---- the job ----------------------------------------------------------------------- */

static mine_status import_train(mine_job *job, const mine_model *previous, mine_model **out) {
  (void)previous; /* what is imported is all there is */
  mine_env *env = job->env;
  const char *text = import_begin(mine__job_text(job, MINE_ARG_DOCUMENT));
  const import_form *form = import_find(env, mine__job_text(job, MINE_ARG_TEXT), *text);
  const import_options *said = mine__options_of(&job->options, import_option_table);
  if (form) *out = form->read(env, text, said->check);
  return mine_env_status(env);
}

static const mine_answer import_answer[] = {
    {"report", MINE_ANSWER_TEXT, 0, "one line: model, rows, main metric, warnings"},
    {0},
};

static const mine_option_set import_sets[] = {
    {import_option_table, sizeof(import_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_import = {
    .name = "mine_import",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_MODEL,
    .what = "Store a model that left with `mine_export`. Formats: `json`, `pmml`.",
    .notes =
        "The text may be a BLOB, too, as `readfile('churn.json')` gives one. Without a format the "
        "first character tells it. A model that was exported as `json` comes back byte for byte. "
        "What is imported is checked as a stranger's bytes are, and asked the rows that it carries "
        "as "
        "its proof: where an answer differs it is refused (`check=0`: stored all the same). A "
        "model of that name is replaced. Not usable "
        "in views and triggers.",
    .example = "SELECT mine_import('temp.back', mine_export(" MINE_CHURN_MODEL
               ", 'json'),\n  'json', 'check=1');",
    .argument = {{MINE_ARG_NAME, "name"},
                 {MINE_ARG_DOCUMENT, "text"},
                 {MINE_ARG_TEXT, "format"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = import_answer,
    .options = import_sets,
    .trains = 1,
    .stores = 1,
    .train = import_train,
};
