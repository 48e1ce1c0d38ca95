/*
** verb_plan.c -- ways to read an answer: all of it, or by a key (T1, T2, T3).
*/
#include "verb_plan.h"

#include <string.h>

typedef struct plan_making {
  const mine_verb *verb;
  int n_columns, n_arguments;
  sqlite3_index_info *info;
  int given; /* values that xFilter will get */
  sqlite3_str *text;
} plan_making;

/* SQLite has conditions checked twice, by itself after us, from the 16th on. */
#define PLAN_MOST_OWN 16

/* The constraint on a hidden column, -1 when there is none. */
static int plan_argument(const plan_making *plan, int argument, int *found) {
  *found = -1;
  for (int i = 0; i < plan->info->nConstraint; i++) {
    const struct sqlite3_index_constraint *c = &plan->info->aConstraint[i];
    if (c->iColumn != plan->n_columns + argument || c->op >= SQLITE_INDEX_CONSTRAINT_LIMIT) {
      continue;
    }
    if (c->op != SQLITE_INDEX_CONSTRAINT_EQ) return SQLITE_ERROR;
    if (!c->usable) return SQLITE_CONSTRAINT;
    if (*found < 0) *found = i;
  }
  return SQLITE_OK;
}

/* IS is = where the other side is known not to be NULL. */
static int plan_is_equality(const plan_making *plan, int i) {
  const unsigned char op = plan->info->aConstraint[i].op;
  sqlite3_value *value = NULL;
  if (op != SQLITE_INDEX_CONSTRAINT_IS) return op == SQLITE_INDEX_CONSTRAINT_EQ;
  return sqlite3_vtab_rhs_value(plan->info, i, &value) == SQLITE_OK &&
         sqlite3_value_type(value) != SQLITE_NULL;
}

/* Whether it says key = ?, in the one collation that we can answer for. */
static int plan_is_key(const plan_making *plan, int i) {
  const struct sqlite3_index_constraint *c = &plan->info->aConstraint[i];
  if (c->iColumn < 0 || c->iColumn >= plan->n_columns) return 0;
  if (!plan->verb->answer[c->iColumn].key || !c->usable || !plan_is_equality(plan, i)) return 0;
  return sqlite3_stricmp(sqlite3_vtab_collation(plan->info, i), "BINARY") == 0;
}

/* A key without a type, which is ours to decide. */
static int plan_is_own(const plan_making *plan, int i) {
  const struct sqlite3_index_constraint *c = &plan->info->aConstraint[i];
  return i < PLAN_MOST_OWN && plan_is_key(plan, i) &&
         plan->verb->answer[c->iColumn].type == MINE_ANSWER_ANY;
}

/* The constraint key = ? that selects best: the first key column that has one; -1: none. */
static int plan_key(const plan_making *plan) {
  int best = -1;
  for (int i = 0; i < plan->info->nConstraint; i++) {
    if (!plan_is_key(plan, i)) continue;
    if (plan->verb->answer[plan->info->aConstraint[i].iColumn].type == MINE_ANSWER_ANY &&
        !plan_is_own(plan, i))
      continue;
    if (best < 0 || plan->info->aConstraint[i].iColumn < plan->info->aConstraint[best].iColumn)
      best = i;
  }
  return best;
}

/* The columns that the statement reads, keys that we decide among them: SQLite may leave out of
** colUsed what it has handed over. */
static uint64_t plan_reads(const plan_making *plan) {
  uint64_t reads = plan->info->colUsed;
  if (!plan->verb->lean) return MINE_READS_ALL;
  for (int i = 0; i < plan->info->nConstraint; i++) {
    const int column = plan->info->aConstraint[i].iColumn;
    if (column >= 0 && column < plan->n_columns)
      reads |= (uint64_t)1 << (column < MINE_READS_REST ? column : MINE_READS_REST);
  }
  return reads;
}

/* Take the constraint; what its value is: a letter of the plan's text. */
static char plan_take(plan_making *plan, int i) {
  sqlite3_value *value;
  plan->info->aConstraintUsage[i].argvIndex = ++plan->given;
  plan->info->aConstraintUsage[i].omit = (unsigned char)plan_is_own(plan, i);
  if (sqlite3_vtab_in(plan->info, i, -1) && sqlite3_vtab_in(plan->info, i, 1)) return VERB_PLAN_IN;
  return sqlite3_vtab_rhs_value(plan->info, i, &value) == SQLITE_OK ? VERB_PLAN_LITERAL
                                                                    : VERB_PLAN_EQUAL;
}

/* A join on the same key of no type that is left to SQLite: it would compare the column as
** one without a type.  Where the other table comes first, the join is ours. */
static int plan_leaves_join(const plan_making *plan, int column) {
  const sqlite3_index_info *info = plan->info;
  if (plan->verb->answer[column].type != MINE_ANSWER_ANY) return 0;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    if (c->iColumn == column && c->op == SQLITE_INDEX_CONSTRAINT_EQ && !c->usable) return 1;
  }
  return 0;
}

static void plan_by_key(plan_making *plan, int key) {
  sqlite3_index_info *info = plan->info;
  const int column = info->aConstraint[key].iColumn;
  const char what = plan_take(plan, key);
  info->idxNum |= (column + 1) << VERB_KEY_SHIFT;
  if (what == VERB_PLAN_IN) info->idxNum |= VERB_IN_BIT;
  if (what == VERB_PLAN_LITERAL) info->idxNum |= VERB_LITERAL_BIT;
  info->estimatedCost = column == 0 ? 20 : 60; /* an id comes first, and once */
  info->estimatedRows = column == 0 ? 1 : 25;
  if (plan_leaves_join(plan, column)) info->estimatedCost = 1e8;
  for (int i = 0; i < info->nConstraint; i++) {
    if (i == key || !plan_is_own(plan, i)) continue;
    sqlite3_str_appendchar(plan->text, 1, plan_take(plan, i));
    sqlite3_str_appendchar(plan->text, 1, (char)(VERB_PLAN_COLUMN + info->aConstraint[i].iColumn));
  }
}

/* Newer SQLite (3.53; 3.40 not) states the arguments of a call again in the plans of
** an OR.  Each repetition comes to xFilter behind the other values, to be compared. */
static void plan_repetitions(plan_making *plan) {
  sqlite3_index_info *info = plan->info;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    const int argument = c->iColumn - plan->n_columns;
    if (argument < 0 || c->op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (info->aConstraintUsage[i].argvIndex) continue;
    info->aConstraintUsage[i].argvIndex = ++plan->given;
    info->aConstraintUsage[i].omit = 1;
    sqlite3_str_appendchar(plan->text, 1, VERB_PLAN_REPEATED);
    sqlite3_str_appendchar(plan->text, 1, (char)('0' + argument));
  }
}

int mine__verb_plan(const mine_verb *verb, int n_columns, int n_arguments, sqlite3_index_info *info,
                    int *argument) {
  plan_making plan = {verb, n_columns, n_arguments, info, 0, NULL};
  info->idxNum = 0;
  for (int i = 0; i < n_arguments; i++) {
    int found;
    const int code = plan_argument(&plan, i, &found);
    *argument = i;
    if (code) return code;
    if (found < 0 && i < verb->required) info->idxNum |= VERB_MISSING_BIT;
    if (found < 0) continue;
    info->aConstraintUsage[found].argvIndex = ++plan.given;
    info->aConstraintUsage[found].omit = 1;
    info->idxNum |= 1 << i;
  }
  info->estimatedCost = 1e6;
  info->estimatedRows = 1000000;
  plan.text = sqlite3_str_new(NULL);
  sqlite3_str_appendf(plan.text, "%016llx", (unsigned long long)plan_reads(&plan));
  const int key = plan_key(&plan);
  if (key >= 0) plan_by_key(&plan, key);
  plan_repetitions(&plan);
  /* For an OR of conditions SQLite asks for plans without the arguments.  Such a
  ** plan is priced out; if it is all there is, running it says what is missing. */
  if (info->idxNum & VERB_MISSING_BIT) info->estimatedCost = 1e90;
  const int code = sqlite3_str_errcode(plan.text);
  info->idxStr = sqlite3_str_finish(plan.text); /* NULL: there was no memory */
  info->needToFreeIdxStr = 1;
  return code;
}
