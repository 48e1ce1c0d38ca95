/*
** training_report.c -- the report that travels in a model: what was read, what
** was inferred and why, what the fit found, how it was measured, with which
** options.
**
** Nothing in it differs from run to run, nor with the number of threads.
*/
#include <math.h>
#include <string.h>

#include "training.h"

static void report_append_notes(mine_model *model, const mine_notes *notes) {
  for (int64_t i = 0; i < mine__notes_count(notes); i++) {
    const mine_note note = mine__notes_at(notes, i);
    mine__model_note(model, note.item, note.name, "%s", note.detail);
  }
}

static void report_note_features(mine_model *model) {
  for (int f = 0; f < model->n_features; f++)
    mine__model_note(model, "feature", model->feature[f].name, "%s", model->feature[f].why);
}

/* What the job noted, in the order in which a person wants to read it. */
static void report_append(const mine_training *t, mine_model *model, const char *item,
                          int about_target) {
  const char *target = t->roles.target >= 0 ? t->frame->column[t->roles.target].name : "";
  for (int64_t i = 0; i < mine__notes_count(&t->told); i++) {
    const mine_note note = mine__notes_at(&t->told, i);
    if (strcmp(note.item, item) != 0) continue;
    if (about_target >= 0 && (strcmp(note.name, target) == 0) != about_target) continue;
    mine__model_note(model, item, note.name, "%s", note.detail);
  }
}

static void report_append_item(const mine_training *t, mine_model *model, const char *item) {
  report_append(t, model, item, -1);
}

static void report_note_options(const mine_training *t, mine_model *model, const mine_option *table,
                                const void *values) {
  for (const mine_option *o = table; o && o->name; o++) {
    mine_text text;
    mine__text_open(&text, t->env->scratch);
    mine__option_value_text(&text, o, values);
    if (text.failed || text.bytes == 0) continue;
    mine__model_note(model, "option", o->name, "%s", text.data);
  }
}

/* With which options it was fitted: those of the call, or of the model that new rows moved on. */
static void report_options(const mine_training *t, mine_model *model) {
  const mine_notes *before = t->moved ? &t->moved->told.notes : NULL;
  for (int64_t i = 0; before && i < mine__notes_count(before); i++) {
    const mine_note note = mine__notes_at(before, i);
    if (strcmp(note.item, "option") == 0)
      mine__model_note(model, note.item, note.name, "%s", note.detail);
  }
  if (before) return;
  for (int g = 0; g < t->asked.options.n; g++) {
    const mine_option_group *group = &t->asked.options.group[g];
    /* None is about what is learned: it is the same whatever they say. */
    if (group->table != mine__run_option_table && group->table != mine__keep_option_table &&
        group->table != mine__align_option_table)
      report_note_options(t, model, group->table, group->values);
  }
}

void mine__training_report(const mine_training *t, mine_model *model) {
  const mine_notes fit = model->told.notes;
  mine__notes_open(&model->told.notes, model->arena);
  model->told.n_warnings = 0;
  static const char *const before[] = {"rows",     "id",        "target",
                                       "positive", "treatment", "balance",
                                       "holdout",  "threshold", MINE__NOTE_CHOSEN};
  for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
    report_append_item(t, model, before[i]);
  report_note_features(model);
  report_append_item(t, model, "numbers");
  report_append_item(t, model, "missing");
  report_append(t, model, "warning", 1); /* a target misread is worse than an attribute lost */
  report_append_item(t, model, "dropped");
  report_append(t, model, "warning", 0);
  mine__training_note_carrier(t, model);
  report_append_notes(model, &fit);
  for (int i = 0; i < model->told.n_metrics; i++) {
    char number[MINE_NUMBER_BYTES];
    const double v = model->told.metric[i].value;
    mine__model_note(model, "metric", model->told.metric[i].name, "%s",
                     isnan(v) ? "NULL" : mine__format_real(number, v, 6));
  }
  report_options(t, model);
  if (t->asked.source_text) mine__model_note(model, "source", "", "%s", t->asked.source_text);
}
