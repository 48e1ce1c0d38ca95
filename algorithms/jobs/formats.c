/*
** formats.c -- mine_formats: which model can be written as what, from the tables that write it.
*/
#include <string.h>

#include "verb.h"

/* "tree, forest": whose models are of the kind; NULL: nobody's alone. */
static const char *formats_algorithms(mine_job *job, const mine_kind *kind) {
  mine_text text;
  mine__text_open(&text, job->arena);
  for (int i = 0; mine__algorithm_at(i); i++) {
    const mine_algorithm *algorithm = mine__algorithm_at(i);
    if (algorithm->kind != kind && algorithm->alone != kind) continue;
    mine__text_addf(&text, "%s%s", text.bytes ? ", " : "", algorithm->name);
  }
  return text.bytes ? text.data : NULL;
}

static mine_status formats_run(mine_job *job, mine_relation *out) {
  for (int id = 0; id < MINE_FORMATS; id++) {
    const mine_format *format = &mine__formats[id];
    if (!mine__format_exists((mine_format_id)id)) continue;
    for (int k = 0; mine__kind_at(k) && !mine_failed(job->env); k++) {
      const mine_kind *kind = mine__kind_at(k);
      const char *why_not;
      const int writes = mine__kind_writes(kind, (mine_format_id)id, &why_not) != NULL;
      mine__row_text(out, format->name);
      mine__row_text(out, kind->name);
      mine__row_text(out, formats_algorithms(job, kind));
      mine__row_int(out, writes);
      mine__row_text(out, why_not);
      mine__row_int(out, writes && format->proves && kind->answer);
      mine__row_text(out, format->what);
      mine__relation_end_row(out);
    }
  }
  return mine_env_status(job->env);
}

static const mine_answer formats_answer[] = {
    {"format", MINE_ANSWER_TEXT, 1, "its name, as mine_export takes it"},
    {"kind", MINE_ANSWER_TEXT, 1, "of model"},
    {"algorithms", MINE_ANSWER_TEXT, 0,
     "which make such models; NULL: they are made of other models"},
    {"written", MINE_ANSWER_INTEGER, 0, "1: models of the kind are written so"},
    {"why_not", MINE_ANSWER_TEXT, 0, "else the reason"},
    {"proves", MINE_ANSWER_INTEGER, 0,
     "1: it carries rows with the answers that are expected, and a way to check itself; 0 also "
     "where "
     "no row can be asked, and where the kind is not written so"},
    {"what", MINE_ANSWER_TEXT, 0, "what the format is"},
    {0},
};

const mine_verb mine__verb_formats = {
    .name = "mine_formats",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_HELP,
    .what = "What models can be written as by mine_export, kind by kind.",
    .example = "SELECT format, what FROM mine_formats WHERE kind = 'trees';",
    .answer = formats_answer,
    .run = formats_run,
};
