/*
** warnings.c -- what a call guessed about its source, and mine_warnings, which lists it.
**
** A verb that makes a model tells its guesses in the model's report.  The others answer with
** rows that have no place for them, so the job notes them beside its answer; the host takes
** them from the job when it ends, keeps them until the connection's next call that reads a
** source, and hands them to the verb here.
*/
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../core/text.h"
#include "verb.h"

static const mine_answer warnings_answer[] = {
    {"verb", MINE_ANSWER_TEXT, 0, "that was called"},
    {"source", MINE_ANSWER_TEXT, 0, "that it read"},
    {"item", MINE_ANSWER_TEXT, 1, "id, numbers, missing, dropped, warning ..."},
    {"name", MINE_ANSWER_TEXT, 1, "what it is about: a column; '' for the whole"},
    {"detail", MINE_ANSWER_TEXT, 0, "in words"},
    {0},
};

/* The text of the rows that are being noted: of two, the one that is learned from. */
static const char *warnings_source(const mine_job *job) {
  const char *base = mine__job_text(job, MINE_ARG_BASE);
  const char *source = mine__job_text(job, MINE_ARG_SOURCE);
  return base ? base : source ? source : mine__job_text(job, MINE_ARG_SOURCES);
}

void mine__job_note(void *owner, const char *item, const char *name, const char *detail) {
  mine_job *job = owner;
  if (!mine__note_told(item, detail)) return;
  if (!job->notes) job->notes = mine__relation_new(job->env, warnings_answer);
  if (!job->notes) return;
  mine__row_text(job->notes, job->verb->name);
  mine__row_text(job->notes, warnings_source(job));
  mine__row_text(job->notes, item);
  mine__row_text(job->notes, name);
  mine__row_text(job->notes, detail);
  mine__relation_end_row(job->notes);
}

void mine__job_notef(mine_job *job, const char *item, const char *name, const char *format, ...) {
  char detail[MINE_NOTE_BYTES];
  va_list args;
  va_start(args, format);
  mine__note_format(detail, format, args);
  va_end(args);
  mine__job_note(job, item, name, detail);
}

void mine__job_note_all(mine_job *job, mine_relation *notes) {
  if (!job->notes) job->notes = mine__relation_new(job->env, warnings_answer);
  if (!job->notes) {
    mine_relation_free(notes);
    return;
  }
  (void)mine__relation_move(job->env, notes, job->notes);
}

void mine__job_note_told(mine_job *job, const mine_notes *notes) {
  for (int64_t i = 0; i < mine__notes_count(notes); i++) {
    const mine_note note = mine__notes_at(notes, i);
    mine__job_note(job, note.item, note.name, note.detail);
  }
}

int mine_job_notes(mine_job *job, mine_relation **out) {
  mine_relation *notes = job->notes;
  *out = NULL;
  if ((!job->reads && !notes) || job->handed) return 0;
  job->handed = 1;
  job->notes = NULL;
  if (notes) (void)mine__relation_finish(job->env, notes, out);
  return 1;
}

/* ---- the verb ------------------------------------------------------------------------ */

static mine_status warnings_run(mine_job *job, mine_relation *out) {
  const mine_relation *last = job->last;
  for (int64_t row = 0; last && row < last->rows; row++) {
    for (int c = 0; c < last->n_columns; c++) {
      mine_cell cell;
      mine_relation_cell(last, row, c, &cell);
      mine__row_cell(out, &cell);
    }
    mine__relation_end_row(out);
  }
  return mine_env_status(job->env);
}

const mine_verb mine__verb_warnings = {
    .name = "mine_warnings",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_HELP,
    .what = "What the connection's last call that read a source guessed about it.",
    .notes =
        "Which column became the id, numbers that were text, texts taken for missing, columns left "
        "out and why. Reading it changes nothing. After a call that failed it is empty.",
    .example = "SELECT item, name, detail FROM mine_warnings;",
    .answer = warnings_answer,
    .run = warnings_run,
};
