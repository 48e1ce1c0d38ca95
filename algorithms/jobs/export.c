/*
** export.c -- mine_export: a model in a form in which it leaves.  The forms are the
** model's (model/formats.c); here is what the caller may say of them, and from where
** the rows come that prove it.
*/
#include "../model/proof.h"
#include "../model/write.h"
#include "common_options.h"
#include "scoring.h"

enum { EXPORT_PREDICTION, EXPORT_PROBABILITY, EXPORT_CHECK };

typedef struct export_options {
  int what; /* EXPORT_ */
  int dialect;
  mine_cell prefix, table, column;
} export_options;

static const char *const export_whats[] = {"prediction", "probability", "check", NULL};

static const mine_option export_option_table[] = {
    OPTION_CHOICE(export_options, what, .initial = "prediction", .choices = export_whats,
                  .help = "what is given; probability: of the positive class, or of class=; check: "
                          "of sql, the SELECT whose rows are the answers that are wrong"),
    OPTION_CHOICE(export_options, dialect, .initial = "sqlite", .choices = mine__dialect_names,
                  .help = "of sql: whose"),
    OPTION_TEXT(export_options, prefix,
                .help = "of call: what stands before the name of each column, such as new. in a "
                        "trigger"),
    OPTION_TEXT(export_options, table,
                .help = "of trigger and sql: the table whose rows are scored"),
    OPTION_TEXT(export_options, column,
                .help = "of trigger: the column of that table that takes the answer"),
    OPTION_END};

/* What of these says something of a form. */
static const struct {
  const char *name, *forms;
  unsigned takes;
} export_says[] = {{"prefix", "call", MINE_WRITES_PREFIX},
                   {"table", "trigger and sql", MINE_WRITES_TABLE},
                   {"column", "trigger", MINE_WRITES_COLUMN},
                   {"dialect", "sql", MINE_WRITES_DIALECT},
                   {"what", "call, trigger and sql", MINE_WRITES_SHARE},
                   {"class", "call, trigger and sql", MINE_WRITES_SHARE}};

/* ---- the class whose probability is asked for ------------------------------------------------ */

static void export_no_class(mine_env *env, const mine_model *model, const mine_cell *wanted) {
  char shown[MINE_SHOW_BYTES];
  mine_text list;
  mine__text_open(&list, env->scratch);
  mine__classes_list(&list, &model->groups);
  if (list.failed) return;
  if (!wanted)
    mine__fail(env, MINE_OPTION,
               "the model has %d classes, so say whose probability it is: class=...; the "
               "classes are %s",
               model->n_groups, list.data);
  else
    mine__fail(env, MINE_OPTION, "class=%s is no class of the model; the classes are %s",
               mine__show_cell(shown, wanted), list.data);
}

/* The index of that class; -1: failure recorded. */
static int export_class(mine_env *env, const mine_model *model, const mine_cell *wanted) {
  char called[MINE_CALLED_BYTES];
  if (!mine__model_has_classes(model) || !(mine__model_gives(model) & MINE_GIVES_SHARE)) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "%s gives no probability of a class; leave what=probability out",
                     mine__model_called(model, called));
    return -1;
  }
  const int asked = wanted->type != MINE_NULL;
  const int which = asked ? mine__class_find(&model->groups, wanted, 1) : model->positive;
  if (which < 0) export_no_class(env, model, asked ? wanted : NULL);
  return which;
}

/* No class was asked for. */
static const mine_cell export_none = {MINE_NULL, 0, {0}};

/* ---- the job --------------------------------------------------------------------------------- */

/* The text of an option; NULL: not given. */
static const char *export_said(const mine_cell *cell) {
  return cell->type == MINE_TEXT && cell->bytes > 0 ? cell->as.text : NULL;
}

/* An option of one form is an error with another: it would be forgotten in silence.
** The first that is wrong is told: later failures are not kept. */
static void export_check(mine_job *job, const mine_format *format, const mine_writing *how,
                         const mine_cell *asked) {
  for (size_t i = 0; i < sizeof export_says / sizeof export_says[0]; i++)
    if (!(format->takes & export_says[i].takes) &&
        mine__options_given(job->options.group, job->options.n, export_says[i].name))
      mine__fail(job->env, MINE_OPTION, "%s is an option of %s, not of '%s'", export_says[i].name,
                 export_says[i].forms, format->name);
  if (how->check && !(format->takes & MINE_WRITES_CHECK))
    mine__fail(job->env, MINE_OPTION, "what=check is for sql, not for '%s'", format->name);
  if (asked->type != MINE_NULL && how->class_ < 0)
    mine__fail(job->env, MINE_OPTION,
               "option class needs what=probability; a prediction is of no class");
  if (format == &mine__formats[MINE_FORMAT_TRIGGER] && !how->as)
    mine__fail(job->env, MINE_OPTION,
               "a model that is a BLOB has no name for a trigger to call; store it with "
               "mine_train and give its name");
}

/* The rows that were read, where there was a source, with their answers. */
static const mine_proof *export_proof(mine_job *job, const mine_model *model) {
  mine_scoring **scoring = mine__job_state(job);
  if (!*scoring || mine__scoring_run(*scoring)) return NULL;
  const mine_batch rows = {(*scoring)->batch.n, NULL, (*scoring)->batch.view};
  return mine__proof_of(job->env, job->arena, model, &rows);
}

static mine_status export_run(mine_job *job, mine_relation *out) {
  const export_options *said = mine__options_of(&job->options, export_option_table);
  const mine_class_options *asked = mine__options_of(&job->options, mine__class_option_table);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const mine_format *format = mine__format_find(job->env, mine__job_text(job, MINE_ARG_TEXT));
  mine_writing how = {.as = mine__job_text(job, MINE_ARG_MODEL),
                      .class_ = -1,
                      .prefix = export_said(&said->prefix),
                      .table = export_said(&said->table),
                      .column = export_said(&said->column),
                      .dialect = said->dialect,
                      .check = said->what == EXPORT_CHECK};
  mine_text text;
  mine__text_open(&text, job->arena);
  if (!format) return mine_env_status(job->env);
  export_check(job, format, &how, said->what == EXPORT_PROBABILITY ? &export_none : &asked->class_);
  if (!mine_failed(job->env) && said->what == EXPORT_PROBABILITY)
    how.class_ = export_class(job->env, model, &asked->class_);
  if (!mine_failed(job->env) && format->proves) how.proof = export_proof(job, model);
  if (!how.as) how.as = "model";
  MINE_TRY(mine__model_write(job->env, model, format->name, &how, &text));
  const mine_cell cell = {format->blob ? MINE_BLOB : MINE_TEXT, text.bytes, {.text = text.data}};
  mine__row_cell(out, &cell);
  mine__relation_end_row(out);
  return mine_env_status(job->env);
}

/* A source, where one is given, is read as for scoring: it must have what the call names. */
static mine_status export_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  mine_scoring **scoring = mine__job_state(job);
  if (step > 0 || !mine__job_text(job, MINE_ARG_SOURCE)) return MINE_OK;
  MINE_TRY(mine__scoring_open(job->env, mine__job_model(job, MINE_ARG_MODEL), MINE_SCORE_ROWS,
                              &job->options, scoring));
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(*scoring);
  return MINE_OK;
}

static void export_close(mine_job *job) {
  mine_scoring **scoring = mine__job_state(job);
  mine_scoring_close(*scoring);
}

static const mine_answer export_answer[] = {
    {"text", MINE_ANSWER_ANY, 0, "the model in that form: a text, or a BLOB"},
    {0},
};

static const mine_option_set export_sets[] = {
    {export_option_table, sizeof(export_options), 0},
    {mine__class_option_table, sizeof(mine_class_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_export = {
    .name = "mine_export",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_MODEL,
    .what = "The model in another form: `mine_formats` lists them.",
    .notes =
        "`call` is the scalar scoring call with all features of the model, ready to paste "
        "into a SELECT or, with `prefix=new.`, into a trigger; with `what=probability` it is "
        "`mine_probability`. `trigger` is the two CREATE TRIGGERs that score each row as it is "
        "inserted into `table`, or one of its features is changed, and store the answer in its "
        "`column` (not for tables WITHOUT ROWID). `sql` is one SELECT that scores a `table` (that "
        "of the training, if it was one) without the extension, with the columns of "
        "`mine_predict`; `c` is a file with a function and a `main()`. Both carry rows with the "
        "answers of the model and a way to check them: rows made of the model, never customers'; "
        "where a source is given, the first 1,000 rows of it. `text` and `dot` are drawings.",
    .example = "SELECT mine_export(" MINE_CHURN_MODEL
               ", 'call',\n"
               "  NULL, 'what=probability, prefix=new.');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_TEXT, "format"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = export_answer,
    .options = export_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(mine_scoring *),
    .source = export_source,
    .run = export_run,
    .close = export_close,
};
