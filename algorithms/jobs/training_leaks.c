/*
** training_leaks.c -- attributes that say what the target says.
**
** A copy of the target among the attributes makes every measure perfect and the
** model useless: an error.  An attribute that alone ranks the classes (almost)
** perfectly, or gives a number, usually became known only after the fact: a warning.  So is one
** that alone is as good as the whole model, and on which the model leans most: a score that was
** written back into the table.  Where few rows were held out, the model's measure is too rough
** to say so, unless the attribute alone is strong.
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../model/metrics.h"
#include "training.h"

#define LEAKS_FEW_ROWS 20    /* in fewer rows a one-to-one match may be chance   */
#define LEAKS_SAMPLE   10000 /* rows on which single attributes are ranked       */
#define LEAKS_LEVELS   50    /* categories with more levels fit any small sample */
#define LEAKS_SURE     0.995 /* AUC                                              */
#define LEAKS_SURE_R2  0.99
#define LEAKS_CARRIES  0.95 /* of what the model is better than chance          */
#define LEAKS_LEAST    0.1  /* a model no better than this is carried by nobody */
#define LEAKS_STRONG   0.75 /* of what is better than chance, alone             */
#define LEAKS_HELD     100  /* held-out rows, or it must be strong              */
#define LEAKS_PARTS    100  /* of a number, to see what it says of another      */
#define LEAKS_PART     20   /* rows in one, at least                            */

/* ---- one to one ------------------------------------------------------------------ */

static int leaks_same_number(const mine_training *t, const double *number) {
  for (int64_t i = 0; i < t->data.n; i++) {
    if (number[t->data.row[i]] != t->data.target[t->data.row[i]]) return 0; /* NAN differs */
  }
  return 1;
}

/* Each value of the attribute has one class and each class one value. */
static int leaks_one_to_one_numbers(const mine_training *t, const double *number,
                                    double *value_of) {
  for (int c = 0; c < t->data.n_classes; c++)
    value_of[c] = NAN;
  for (int64_t i = 0; i < t->data.n; i++) {
    const double v = number[t->data.row[i]];
    const int c = t->data.label[t->data.row[i]];
    if (isnan(value_of[c])) value_of[c] = v;
    if (!(value_of[c] == v)) return 0; /* a missing value is no match */
  }
  for (int a = 0; a < t->data.n_classes; a++) {
    for (int b = 0; b < a; b++) {
      if (value_of[a] == value_of[b]) return 0;
    }
  }
  return 1;
}

static int leaks_one_to_one_codes(const mine_training *t, const int32_t *code, int64_t levels,
                                  int32_t *code_of, int32_t *class_of) {
  for (int c = 0; c < t->data.n_classes; c++)
    code_of[c] = -1;
  for (int64_t l = 0; l < levels; l++)
    class_of[l] = -1;
  for (int64_t i = 0; i < t->data.n; i++) {
    const int32_t v = code[t->data.row[i]], c = t->data.label[t->data.row[i]];
    if (v < 0) return 0;
    if (code_of[c] < 0) code_of[c] = v;
    if (class_of[v] < 0) class_of[v] = c;
    if (code_of[c] != v || class_of[v] != c) return 0;
  }
  return 1;
}

/* The values themselves are the labels, not just a code for them. */
static int leaks_is_copy(const mine_training *t, int f, const double *value_of,
                         const int32_t *code_of) {
  for (int c = 0; c < t->data.n_classes; c++) {
    mine_cell label, value = {MINE_REAL, 0, {0}};
    mine__values_get(&t->data.classes, c, &label);
    if (t->data.view[f].number) {
      value.as.real = value_of[c];
      if (label.type == MINE_TEXT) {
        double number;
        if (!mine__read_decimal(label.as.text, label.bytes, &number) || number != value_of[c])
          return 0;
        continue;
      }
    } else {
      if (code_of[c] < 0) continue;
      mine__values_get(&t->data.about[f].levels.values, code_of[c], &value);
    }
    if (!mine__cell_equal(&label, &value)) return 0;
  }
  return 1;
}

static void leaks_fail(const mine_training *t, int f) {
  const char *name = t->data.about[f].name;
  mine__fail(t->env, MINE_DATA,
             "leak: attribute '%s' says exactly what the target '%s' says in all %lld rows; "
             "take it out with ignore=%s",
             name, t->frame->column[t->roles.target].name, (long long)t->data.n, name);
}

static void leaks_check_match(mine_training *t, int f, double *value_of, int32_t *code_of) {
  const mine_feature_view *view = &t->data.view[f];
  const char *target = t->frame->column[t->roles.target].name;
  if (t->data.task != MINE_CLASSIFICATION) {
    if (view->number && leaks_same_number(t, view->number)) leaks_fail(t, f);
    return;
  }
  int match;
  if (view->number) {
    match = leaks_one_to_one_numbers(t, view->number, value_of);
  } else {
    const int64_t levels = t->data.about[f].levels.values.n;
    mine_mark mark = mine__arena_mark(t->env->scratch);
    int32_t *class_of = mine__arena_array(t->env->scratch, (size_t)levels, sizeof *class_of);
    if (!class_of) return;
    match = leaks_one_to_one_codes(t, view->code, levels, code_of, class_of);
    mine__arena_rewind(t->env->scratch, mark);
  }
  if (!match) return;
  if (t->data.n >= LEAKS_FEW_ROWS || leaks_is_copy(t, f, value_of, code_of))
    leaks_fail(t, f);
  else
    mine__training_notef(t, "warning", t->data.about[f].name,
                         "says exactly what the target '%s' says; in %lld rows that may be chance",
                         target, (long long)t->data.n);
}

/* ---- almost perfect ---------------------------------------------------------------- */

/* The attribute as one score per sampled row: the number itself (missing: its
** mean), or the share of positives of the category. */
static int leaks_score(const mine_training *t, int f, int64_t n, int64_t step, double *score) {
  const mine_feature *about = &t->data.about[f];
  const int64_t levels = about->levels.values.n;
  if (t->data.view[f].number) {
    for (int64_t i = 0; i < n; i++) {
      const double v = t->data.view[f].number[t->data.row[i * step]];
      score[i] = isnan(v) ? about->mean : v;
    }
    return 1;
  }
  if (levels > LEAKS_LEVELS) return 0;
  double hits[LEAKS_LEVELS + 2] = {0}, rows[LEAKS_LEVELS + 2] = {0};
  for (int64_t i = 0; i < n; i++) {
    const uint32_t row = t->data.row[i * step];
    hits[t->data.view[f].code[row] + 2] += t->data.label[row] == t->data.positive;
    rows[t->data.view[f].code[row] + 2] += 1;
  }
  for (int64_t i = 0; i < n; i++) {
    const int at = t->data.view[f].code[t->data.row[i * step]] + 2;
    score[i] = hits[at] / rows[at];
  }
  return 1;
}

/* The room in which attributes are ranked, a sampled row each. */
typedef struct leaks_room {
  int64_t n, step;
  double *score, *value; /* value: the target, of a regression */
  int32_t *label;        /* whether it is positive, of classes  */
  mine_pair *order, *temp;
} leaks_room;

static double leaks_alone_auc(const mine_training *t, int f, leaks_room *room) {
  if (!leaks_score(t, f, room->n, room->step, room->score)) return NAN;
  const double auc = mine__metrics_auc(t->env->scratch, room->n, room->label, room->score, NULL);
  return auc < 0.5 ? 1 - auc : auc;
}

/* Which of `bins` parts each sampled row belongs to, into room->temp[i].row: levels of a
** category; of numbers, in rising order, parts with as many rows each. */
static int leaks_parts(const mine_training *t, int f, leaks_room *room) {
  const mine_feature_view *view = &t->data.view[f];
  const int64_t n = room->n, levels = t->data.about[f].levels.values.n;
  const int bins = n / LEAKS_PART < LEAKS_PARTS ? (int)(n / LEAKS_PART) : LEAKS_PARTS;
  if (!view->number) {
    if (levels > LEAKS_LEVELS) return 0;
    for (int64_t i = 0; i < n; i++)
      room->temp[i].row = (uint32_t)(view->code[t->data.row[i * room->step]] + 2);
    return (int)levels + 2;
  }
  for (int64_t i = 0; i < n; i++)
    room->score[i] = view->number[t->data.row[i * room->step]];
  mine__sort_reals(room->score, NULL, n, room->order, room->temp);
  for (int64_t i = 0, first = 0; i < n; i++) { /* equal values stay together */
    if (room->order[i].key != room->order[first].key) first = i;
    room->temp[room->order[i].row].row = (uint32_t)(first * bins / n);
  }
  return bins;
}

/* The share of the target's variance that lies between the parts, less what chance gives:
** 1 - (SSE / (n - parts)) / (SST / (n - 1)).  NAN: too many parts. */
static double leaks_alone_r2(const mine_training *t, int f, leaks_room *room) {
  double sum[LEAKS_PARTS + 2] = {0}, rows[LEAKS_PARTS + 2] = {0};
  const int parts = leaks_parts(t, f, room);
  double mean = 0, within = 0, total = 0;
  int used = 0;
  if (parts < 2) return NAN;
  for (int64_t i = 0; i < room->n; i++) {
    sum[room->temp[i].row] += room->value[i];
    rows[room->temp[i].row]++;
    mean += room->value[i] / (double)room->n;
  }
  for (int p = 0; p < parts; p++)
    used += rows[p] > 0;
  for (int64_t i = 0; i < room->n; i++) {
    const uint32_t p = room->temp[i].row;
    const double rest = room->value[i] - sum[p] / rows[p], off = room->value[i] - mean;
    within += rest * rest;
    total += off * off;
  }
  const double n = (double)room->n;
  return n > used && total > 0 ? 1 - within / (n - used) / (total / (n - 1)) : (double)NAN;
}

static int leaks_open_room(const mine_training *t, leaks_room *room) {
  mine_arena *scratch = t->env->scratch;
  const size_t n = (size_t)room->n;
  room->score = mine__arena_array(scratch, n, sizeof *room->score);
  room->value = mine__arena_array(scratch, n, sizeof *room->value);
  room->label = mine__arena_array(scratch, n, sizeof *room->label);
  room->order = mine__arena_array(scratch, n, sizeof *room->order);
  room->temp = mine__arena_array(scratch, n, sizeof *room->temp);
  if (!room->score || !room->value || !room->label || !room->order || !room->temp) return 0;
  for (int64_t i = 0; i < room->n; i++) {
    const uint32_t row = t->data.row[i * room->step];
    if (t->data.label) room->label[i] = t->data.label[row] == t->data.positive;
    if (t->data.target) room->value[i] = t->data.target[row];
  }
  return 1;
}

/* How much each attribute says alone: kept beside the training, and told at once when it
** is almost all. */
static void leaks_rank_alone(mine_training *t) {
  mine_env *env = t->env;
  const int classes = t->data.task == MINE_CLASSIFICATION;
  leaks_room room = {.step = MINE_BLOCKS(t->data.n, LEAKS_SAMPLE)};
  room.n = t->data.n / room.step;
  if ((classes && t->data.positive < 0) || room.n < 100) return;
  const mine_mark mark = mine__arena_mark(env->scratch);
  t->alone = mine__arena_array(t->arena, (size_t)t->chosen.n, sizeof *t->alone);
  if (!t->alone || !leaks_open_room(t, &room)) return;
  for (int f = 0; f < t->chosen.n && !mine_failed(env); f++) {
    const char *name = t->data.about[f].name;
    t->alone[f] = classes ? leaks_alone_auc(t, f, &room) : leaks_alone_r2(t, f, &room);
    if (mine__poll(env)) return;
    if (!(t->alone[f] > (classes ? LEAKS_SURE : LEAKS_SURE_R2))) continue;
    mine__training_notef(t, "warning", name,
                         "%s almost perfectly on its own; was it known before the target was?  If "
                         "not, ignore=%s",
                         classes ? "tells the classes apart" : "gives the target", name);
    t->alone[f] = NAN; /* enough is said */
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__training_note_carrier(const mine_training *t, mine_model *model) {
  const int classes = t->data.task == MINE_CLASSIFICATION;
  const char *measure = classes ? "auc" : "r2";
  const double chance = classes ? 0.5 : 0;
  double all, held = 0;
  char one[MINE_NUMBER_BYTES], both[MINE_NUMBER_BYTES];
  int best = -1;
  for (int f = 0; t->alone && f < t->chosen.n; f++)
    if (!isnan(t->alone[f]) && (best < 0 || t->alone[f] > t->alone[best])) best = f;
  if (best < 0 || t->chosen.n < 2 || !mine__model_metric_find(model, measure, &all)) return;
  if (!(all > chance + LEAKS_LEAST && t->alone[best] - chance > LEAKS_CARRIES * (all - chance)))
    return;
  (void)mine__model_metric_find(model, "rows", &held);
  if (held < LEAKS_HELD && !(t->alone[best] - chance >= LEAKS_STRONG * (1 - chance))) return;
  const char *leader = mine__model_leader(t->env, model);
  if (leader && strcmp(leader, t->data.about[best].name) != 0) return;
  mine__model_note(model, "warning", t->data.about[best].name,
                   "carries the model: alone %s %s, the model %s; was it known before the target "
                   "was?  If not, ignore=%s",
                   measure, mine__format_real(one, t->alone[best], 3),
                   mine__format_real(both, all, 3), t->data.about[best].name);
}

mine_status mine__training_check_leaks(mine_training *t) {
  mine_env *env = t->env;
  mine_mark mark = mine__arena_mark(env->scratch);
  const size_t k = (size_t)(t->data.n_classes > 0 ? t->data.n_classes : 1);
  double *value_of = mine__arena_array(env->scratch, k, sizeof *value_of);
  int32_t *code_of = mine__arena_array(env->scratch, k, sizeof *code_of);
  if (!value_of || !code_of) return mine_env_status(env);
  for (int f = 0; f < t->chosen.n; f++) {
    leaks_check_match(t, f, value_of, code_of);
    if (mine_failed(env)) return mine_env_status(env);
  }
  mine__arena_rewind(env->scratch, mark);
  leaks_rank_alone(t);
  return mine_env_status(env);
}
