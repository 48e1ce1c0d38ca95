/*
** training_target.c -- what is to be foretold: classes or a number, which classes there
** are, and which of two is the positive one.
**
** Without task= a target of texts or of exactly two values is classes, another a number,
** if the algorithm does both; what was chosen is told with the reason.
*/
#include <math.h>
#include <string.h>

#include "training.h"

#define TARGET_MOST_CLASSES 1000
#define TARGET_CONTINUOUS   100 /* more different numbers than this are no classes */
#define TARGET_FEW_VALUES   20  /* fewer whole numbers than this may be classes    */

/* ---- classes --------------------------------------------------------------------- */

static void target_note_positive(mine_training *t, const char *why) {
  mine_cell cell;
  char shown[MINE_SHOW_BYTES];
  mine__values_get(&t->data.classes, t->data.positive, &cell);
  mine__training_note(t, "positive", mine__show_cell(shown, &cell), why);
}

/* With the option as one pastes it. */
static void target_note_rarer(mine_training *t, const char *target) {
  mine_cell cell;
  char shown[MINE_SHOW_BYTES];
  mine_text other;
  mine__text_open(&other, t->env->scratch);
  mine__values_get(&t->data.classes, 1 - t->data.positive, &cell);
  mine__text_add_cell(&other, &cell);
  if (other.failed) return;
  if (other.bytes != strlen(other.data)) { /* a NUL: it cannot be shown to be pasted */
    mine__text_open(&other, t->env->scratch);
    mine__text_adds(&other, "<class>");
  }
  const char *quote = other.data[strcspn(other.data, " ,|=\"'")] ? "\"" : "";
  mine__values_get(&t->data.classes, t->data.positive, &cell);
  mine__training_notef(t, "warning", target,
                       "class %s is taken as positive, being rarer; if it is the other, say "
                       "positive=%s%.60s%s",
                       mine__show_cell(shown, &cell), quote, other.data, quote);
}

/* The positive class when the options do not say: the one of the replaced model,
** the obvious one, or the rarer.  A kept class that would be chosen anyway is not
** told as kept: training twice on the same rows gives the same bytes. */
static void target_choose_positive(mine_training *t, const char *target, const int64_t *rows_of) {
  mine_cell first, second;
  mine__values_get(&t->data.classes, 0, &first);
  mine__values_get(&t->data.classes, 1, &second);
  const int obvious = mine__classes_obvious(&first, &second);
  const int kept = mine__class_find(&t->data.classes, &t->asked.keep_positive, 1);
  t->data.positive = obvious >= 0 ? obvious : rows_of[0] < rows_of[1] ? 0 : 1;
  if (kept >= 0 && kept != t->data.positive) {
    t->data.positive = kept;
    target_note_positive(t, "kept from the model of this name that is replaced");
    return;
  }
  target_note_positive(t, obvious >= 0 ? "the obvious one of the two" : "the rarer class");
  if (obvious < 0) target_note_rarer(t, target);
}

mine_status mine__training_positive(mine_training *t, const int64_t *rows_of) {
  mine_env *env = t->env;
  const mine_cell *wanted = &t->asked.supervised.positive;
  const char *target = t->frame->column[t->roles.target].name;
  t->data.positive = -1;
  if (wanted->type != MINE_NULL) {
    mine_text list;
    char shown[MINE_SHOW_BYTES];
    mine__text_open(&list, env->scratch);
    mine__classes_list(&list, &t->data.classes);
    if (env->status) return env->status;
    if (t->data.n_classes != 2)
      return mine__fail(env, MINE_OPTION,
                        "positive is for a target with two classes; '%s' has %d (%s)", target,
                        t->data.n_classes, list.data);
    t->data.positive = mine__class_find(&t->data.classes, wanted, 1);
    if (t->data.positive < 0)
      return mine__fail(env, MINE_OPTION, "positive=%s is no class of '%s'; the classes are %s",
                        mine__show_cell(shown, wanted), target, list.data);
    target_note_positive(t, "as the option positive says");
    return MINE_OK;
  }
  if (t->data.n_classes == 2) target_choose_positive(t, target, rows_of);
  return MINE_OK;
}

/* ---- the task -------------------------------------------------------------------- */

/* Why the target's numbers cannot be classes, as a failure. */
static void target_refuse_classes(mine_training *t, const mine_column *column, int64_t distinct) {
  const char *remedy = t->asked.algorithm->tasks & MINE_REGRESSION
                           ? "use task=regression"
                           : "compare it with something, such as spend > 100 AS high";
  if (mine__column_has_words(column)) return;
  if (distinct > TARGET_CONTINUOUS)
    (void)mine__fail(t->env, MINE_DATA,
                     "the target '%s' has more than %d different numbers: that is an amount, not a "
                     "class; %s",
                     column->name, TARGET_CONTINUOUS, remedy);
  else if (distinct > 2 && column->type == MINE_COLUMN_NUMERIC && !column->all_integers)
    (void)mine__fail(t->env, MINE_DATA,
                     "the target '%s' has numbers with fractions: that is an amount, not a class; "
                     "%s",
                     column->name, remedy);
}

/* A column of numbers that became classes because of a few texts. */
static void target_note_almost(mine_training *t, const mine_column *column) {
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  const char *almost = mine__roles_almost(&t->roles, column, "is learned as classes");
  if (almost) mine__training_note(t, "warning", column->name, almost);
  mine__arena_rewind(t->env->scratch, mark);
}

/* A class that is perhaps none: 'NA' beside 'yes' and 'no'. */
static void target_note_words(mine_training *t, const mine_column *column) {
  for (int64_t c = 0; c < t->data.classes.n && t->data.classes.n > 2; c++) {
    mine_cell cell;
    char shown[MINE_SHOW_BYTES];
    mine__values_get(&t->data.classes, c, &cell);
    if (cell.type == MINE_TEXT && mine__numeral_is_word(cell.as.text, cell.bytes))
      mine__training_notef(
          t, "warning", column->name,
          "has the class %s; if it means missing, say so with na=", mine__show_cell(shown, &cell));
  }
}

/* The model that is replaced answered something else to the same question. */
static void target_note_task(mine_training *t, const mine_column *column) {
  if (!t->asked.previous_task || strcmp(t->asked.previous_task, mine__task_name(t->data.task)) == 0)
    return;
  mine__training_notef(t, "warning", column->name,
                       "is learned by %s now, and was by %s in the model that is replaced; say "
                       "task= to be sure",
                       mine__task_name(t->data.task), t->asked.previous_task);
}

typedef struct target_choice {
  int classes;
  int64_t distinct; /* values; not exact above TARGET_CONTINUOUS */
  const char *why;
} target_choice;

static target_choice target_choose(const mine_training *t, const mine_column *column,
                                   int64_t distinct) {
  const int asked = t->asked.supervised.task, words = mine__column_has_words(column);
  const unsigned tasks = t->asked.algorithm->tasks;
  target_choice choice = {.distinct = distinct};
  if (asked != MINE_TASK_AUTO) {
    choice.classes = asked == MINE_TASK_CLASSES;
    choice.why = "as the option task says";
    return choice;
  }
  choice.classes = words || distinct == 2;
  if (!words && !(tasks & MINE_CLASSIFICATION)) choice.classes = 0;
  if (!(tasks & (MINE_REGRESSION | MINE_UPLIFT))) choice.classes = 1;
  if (tasks & MINE_UPLIFT) choice.classes = words;
  choice.why = words           ? "its values are text"
               : distinct == 2 ? "it has two values"
                               : "its values are numbers";
  return choice;
}

/* The algorithm cannot; which can. */
static void target_refuse_task(mine_training *t) {
  mine_text others;
  const mine_algorithm *other;
  mine__text_open(&others, t->env->scratch);
  for (int i = 0; (other = mine__algorithm_at(i)) != NULL; i++) {
    if (!(other->tasks & (unsigned)t->data.task)) continue;
    mine__text_addf(&others, "%s%s", others.bytes ? ", " : "", other->name);
  }
  if (others.failed) return;
  (void)mine__fail(t->env, MINE_OPTION, "algorithm '%s' does no %s; take one of %s",
                   t->asked.algorithm->name, mine__task_name(t->data.task), others.data);
}

/* Nothing can be learned of it, or not by this algorithm. */
static void target_check(mine_training *t, const mine_column *column, const target_choice *choice) {
  if (choice->distinct == 1)
    (void)mine__fail(t->env, MINE_DATA,
                     "the target '%s' has the same value in every row%s; there is nothing to tell "
                     "apart",
                     column->name, column->missing > 0 ? " that has one" : "");
  else if (!(t->asked.algorithm->tasks & t->data.task))
    target_refuse_task(t);
  else if (choice->classes)
    target_refuse_classes(t, column, choice->distinct);
}

static void target_as_numbers(mine_training *t, mine_column *column, const target_choice *choice) {
  const mine_cell *positive = &t->asked.supervised.positive;
  if (positive->type != MINE_NULL) {
    char shown[MINE_SHOW_BYTES];
    (void)mine__fail(t->env, MINE_OPTION,
                     "positive=%s is a class, and the target '%s' is learned as a number "
                     "(task=regression); leave it out, or %s",
                     mine__show_cell(shown, positive), column->name,
                     t->asked.algorithm->tasks & MINE_CLASSIFICATION
                         ? "say task=classification"
                         : "take an algorithm that has classes, such as logistic");
    return;
  }
  mine__training_notef(t, "target", column->name, "%s: %s", mine__task_name(t->data.task),
                       choice->why);
  if (mine__column_as_number(t->frame, t->roles.target)) return;
  mine__roles_tell_numbers(&t->roles, column, mine__training_note, t);
  if (t->asked.supervised.task == MINE_TASK_AUTO && column->all_integers && choice->distinct > 2 &&
      choice->distinct <= TARGET_FEW_VALUES)
    mine__training_notef(
        t, "warning", column->name,
        "taken as an amount: it has only %lld different whole numbers; if they are "
        "classes, task=classification",
        (long long)choice->distinct);
  t->data.target = column->number;
}

/* Of two classes the positive one is 1. */
static void target_as_outcome(mine_training *t, mine_column *column, const target_choice *choice) {
  int64_t rows_of[2] = {0, 0};
  (void)choice;
  if (mine__column_as_category(t->frame, t->roles.target, TARGET_MOST_CLASSES)) return;
  if (column->levels.n != 2) {
    (void)mine__fail(t->env, MINE_DATA,
                     "the target '%s' has %lld different texts; uplift is of a number, or of two "
                     "classes: compare it with something, such as plan = 'gold' AS gold",
                     column->name, (long long)column->levels.n);
    return;
  }
  double *outcome = mine__arena_array(t->arena, (size_t)t->frame->rows, sizeof *outcome);
  t->data.classes = column->levels;
  t->data.n_classes = 2;
  for (int64_t i = 0; outcome && i < t->frame->rows; i++)
    if (column->code[i] >= 0) rows_of[column->code[i]]++;
  if (!outcome || mine__training_positive(t, rows_of)) return;
  for (int64_t i = 0; i < t->frame->rows; i++)
    outcome[i] = column->code[i] < 0 ? (double)NAN : column->code[i] == t->data.positive;
  mine__values_get(&t->data.classes, t->data.positive, &t->data.arms.columns.positive);
  mine__training_notef(t, "target", column->name, "uplift: the share of the positive class");
  t->data.n_classes = 0;
  t->data.classes = (mine_values){0};
  t->data.positive = -1;
  t->data.target = outcome;
}

static void target_as_classes(mine_training *t, mine_column *column, const target_choice *choice) {
  mine_text list;
  if (mine__column_as_category(t->frame, t->roles.target, TARGET_MOST_CLASSES)) return;
  target_note_almost(t, column);
  t->data.label = column->code;
  t->data.n_classes = (int)column->levels.n;
  t->data.classes = column->levels;
  mine__text_open(&list, t->env->scratch);
  mine__classes_list(&list, &t->data.classes);
  target_note_words(t, column);
  mine__training_notef(t, "target", column->name, "classification: %s; %d classes: %s", choice->why,
                       t->data.n_classes, list.bytes ? list.data : "");
}

mine_status mine__training_target(mine_training *t) {
  mine_column *column = &t->frame->column[t->roles.target];
  if (column->type == MINE_COLUMN_EMPTY)
    return mine__fail(t->env, MINE_DATA, "the target '%s' is missing in every row", column->name);
  const int64_t distinct = mine__column_distinct(t->frame, t->roles.target, TARGET_CONTINUOUS);
  if (distinct < 0) return mine_env_status(t->env);
  const target_choice choice = target_choose(t, column, distinct);
  const int uplift = (t->asked.algorithm->tasks & MINE_UPLIFT) != 0;
  t->data.task = uplift ? MINE_UPLIFT : choice.classes ? MINE_CLASSIFICATION : MINE_REGRESSION;
  target_check(t, column, &choice);
  if (mine_failed(t->env)) return mine_env_status(t->env);
  if (t->asked.supervised.task == MINE_TASK_AUTO) target_note_task(t, column);
  if (uplift && mine__column_has_words(column))
    target_as_outcome(t, column, &choice);
  else if (choice.classes && !uplift)
    target_as_classes(t, column, &choice);
  else
    target_as_numbers(t, column, &choice);
  return mine_env_status(t->env);
}
