/*
** write_c.c -- a model as one C file: C99, nothing but libc's math, no locale, no memory taken.
**
** mine_score() scores a row; main() scores the rows of the proof and tells by its exit code
** whether each answer is the one that the model gave.
*/
#include <math.h>
#include <string.h>

#include "c_code.h"

/* ---- what is used ------------------------------------------------------------------------- */

static unsigned writec_calls(const mine_term *term) {
  static const struct {
    mine_term_op op;
    unsigned of;
  } call[] = {{MINE_TERM_LEVELS, MINE__C_LEVEL}, {MINE_TERM_STEPS, MINE__C_STEPS},
              {MINE_TERM_LINE, MINE__C_LINE},    {MINE_TERM_WHICH, MINE__C_WHICH},
              {MINE_TERM_CASE, MINE__C_CASE},    {MINE_TERM_TREES, MINE__C_TREES},
              {MINE_TERM_KNOWN, MINE__C_KNOWN}};
  for (size_t i = 0; i < sizeof call / sizeof call[0]; i++)
    if (call[i].op == term->op) return call[i].of;
  return 0;
}

/* Lets are used by what is said and by those behind them. */
static void writec_use(mine__c *w, const mine_term *term, int let) {
  const int table = term->op == MINE_TERM_STEPS || term->op == MINE_TERM_LINE;
  if (term->op == MINE_TERM_LET) w->used[term->at] = 1;
  if (let >= 0) w->calls |= writec_calls(term);
  for (int i = 0; term->arg && i < (table ? 1 : term->n); i++)
    writec_use(w, term->arg[i], let);
}

static void writec_uses(mine__c *w) {
  for (int g = 0; w->said.share && g < w->model->n_groups; g++)
    writec_use(w, w->said.share[g], 0);
  for (int c = 0; w->said.value && c < w->model->n_outputs; c++)
    writec_use(w, w->said.value[c], 0);
  if (w->said.group) writec_use(w, w->said.group, 0);
  if (w->said.distance) writec_use(w, w->said.distance, 0);
  for (int i = w->formula.n - 1; i >= 0; i--)
    if (w->used[i]) writec_use(w, w->formula.let[i].term, i);
  for (int f = 0; f < w->model->n_features; f++)
    if (w->model->feature[f].type == MINE_COLUMN_CATEGORY) w->calls |= MINE__C_FIND;
}

/* ---- names ------------------------------------------------------------------------------- */

static void writec_cell(const mine__c *w, const mine_cell *cell) {
  mine_text text;
  mine__text_open(&text, w->env->scratch);
  mine__text_add_cell(&text, cell);
  if (!text.failed) mine__c_string(w, text.data, text.bytes);
}

/* A list of texts; NULL ends it. */
static void writec_texts(const mine__c *w, const char *name, const mine_values *values) {
  mine__text_addf(w->to, "%schar *const %s[] = {\n",
                  values == &w->model->groups ? "const " : "static const ", name);
  for (int64_t i = 0; i < values->n && !w->to->failed; i++) {
    const mine_mark mark = mine__arena_mark(w->env->scratch);
    mine_cell cell;
    mine__values_get(values, i, &cell);
    mine__text_adds(w->to, "  ");
    writec_cell(w, &cell);
    mine__text_adds(w->to, ",\n");
    mine__text_rewind(w->to, w->env->scratch, mark);
  }
  mine__text_adds(w->to, "  NULL};\n");
}

static int writec_sorted(const mine_values *levels) {
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    mine__values_get(levels, l, &cell);
    if (cell.type != MINE_TEXT) return 0;
  }
  return 1;
}

static void writec_names(const mine__c *w) {
  const mine_model *model = w->model;
  mine__text_adds(w->to,
                  "/* The features of a row, in this order. */\n"
                  "const char *const mine_features[] = {\n");
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature *about = &model->feature[f];
    mine__text_adds(w->to, "  ");
    mine__c_string(w, about->name, strlen(about->name));
    mine__text_addf(w->to, ", /* %d: %s */\n", f,
                    about->type == MINE_COLUMN_CATEGORY ? "a text"
                    : about->time                       ? "days since 1970-01-01"
                                                        : "a number");
  }
  mine__text_adds(w->to, "  NULL};\n");
  if (model->n_groups > 0 && model->groups.n > 0) {
    mine__text_adds(w->to, "\n/* What mine_score returns, as a name. */\n");
    writec_texts(w, "mine_groups", &model->groups);
  }
  for (int f = 0; f < model->n_features; f++) {
    char name[MINE_NUMBER_BYTES + 8] = "levels_";
    if (model->feature[f].type != MINE_COLUMN_CATEGORY) continue;
    mine__format_real(name + 7, f, 0);
    writec_texts(w, name, &model->feature[f].levels.values);
  }
}

/* ---- the function --------------------------------------------------------------------------- */

static void writec_codes(const mine__c *w) {
  const mine_model *model = w->model;
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature *about = &model->feature[f];
    if (about->type == MINE_COLUMN_CATEGORY)
      mine__text_addf(w->to, "  c[%d] = find(text[%d], %lld, levels_%d, %d);\n", f, f,
                      (long long)about->levels.values.n, f, writec_sorted(&about->levels.values));
    else
      mine__text_addf(w->to, "  x[%d] = number[%d];\n", f, f);
  }
  if (model->gaps.missing != 2) return; /* not skip */
  mine__text_adds(w->to, "  /* A row in which something is missing has no answer. */\n");
  for (int f = 0; f < model->n_features; f++)
    mine__text_addf(w->to, "  gap |= %s[%d]%s;\n",
                    model->feature[f].type == MINE_COLUMN_CATEGORY ? "c" : "isnan(x", f,
                    model->feature[f].type == MINE_COLUMN_CATEGORY ? " == -1" : ") != 0");
}

/* Numbers of a row: shares, and behind them the distance of a clustering that has both; values; or
** the distance alone. */
static int writec_shares(const mine__c *w) {
  return w->said.share ? w->model->n_groups : w->said.value ? w->model->n_outputs : 0;
}

static int writec_outputs(const mine__c *w) {
  const int shares = writec_shares(w);
  return shares + (shares == 0 || w->said.distance);
}

static const mine_term *writec_output(const mine__c *w, int i) {
  const mine_term *const *said = w->said.share ? w->said.share : w->said.value;
  return i < writec_shares(w) ? said[i] : w->said.distance;
}

static double writec_expected(const mine__c *w, int64_t row, int i) {
  const mine_answers *answers = &w->how->proof->answers;
  const int n = writec_shares(w);
  if (i < n) return (w->said.share ? answers->share : answers->value)[row * n + i];
  return w->said.distance ? answers->distance[row] : (double)NAN;
}

static void writec_out(mine__c *w) {
  const char *gap = w->model->gaps.missing == 2 ? "gap ? NAN : " : "";
  for (int i = 0; i < writec_outputs(w); i++) {
    const mine_term *said = writec_output(w, i);
    mine__text_addf(w->to, "  out[%d] = %s", i, gap);
    if (said)
      mine__c_term(w, said);
    else
      mine__text_adds(w->to, "NAN");
    mine__text_adds(w->to, ";\n");
  }
  if (!w->said.group) {
    mine__text_adds(w->to, "  return isnan(out[0]) ? -1 : 0;\n}\n");
    return;
  }
  mine__text_adds(w->to, "  group = ");
  mine__text_adds(w->to, gap);
  mine__c_term(w, w->said.group);
  mine__text_adds(w->to, ";\n  return isnan(group) ? -1 : (int)group - 1;\n}\n");
}

static void writec_function(mine__c *w) {
  const mine_model *model = w->model;
  mine__text_addf(
      w->to,
      "\n/* Score a row.  Of feature f (mine_features) number[f] where it is a number, NAN = "
      "missing,\n** or text[f], NULL = missing.  out[0 .. %d] becomes %s%s.\n** Returns %s; -1: "
      "%s. "
      "*/\n"
      "int mine_score(const double *number, const char *const *text, double *out);\n"
      "int mine_score(const double *number, const char *const *text, double *out) {\n"
      "  double x[%d];\n  int c[%d];\n",
      writec_outputs(w) - 1,
      w->said.share && model->roles.target               ? "the probability of each class"
      : w->said.share                                    ? "the share of each cluster"
      : mine__model_gives(model) & MINE_GIVES_COMPONENTS ? "the score on each component"
      : w->said.value                                    ? "the number"
                                                         : "the distance from the centre",
      w->said.share && w->said.distance ? ",\n** and the last the distance to its own" : "",
      !w->said.group        ? "0"
      : model->roles.target ? "the place of the class in mine_groups"
                            : "the number of the cluster, from 0",
      w->said.group && !model->roles.target ? "none of them, or no answer" : "no answer",
      model->n_features, model->n_features);
  if (w->said.group) mine__text_adds(w->to, "  double group;\n");
  if (model->gaps.missing == 2) mine__text_adds(w->to, "  int gap = 0;\n");
  mine__text_addf(w->to,
                  "  for (int f = 0; f < %d; f++) {\n    x[f] = NAN;\n    c[f] = -1;\n  }\n"
                  "  (void)number;\n  (void)text;\n",
                  model->n_features);
  writec_codes(w);
  mine__text_adds(w->to, "  (void)x;\n  (void)c;\n");
  for (int i = 0; i < w->formula.n && !w->to->failed; i++) {
    if (!w->used[i]) continue;
    mine__text_addf(w->to, "  const double v%d = ", i);
    mine__c_term(w, w->formula.let[i].term);
    mine__text_adds(w->to, ";\n");
  }
  writec_out(w);
}

/* ---- the proof -------------------------------------------------------------------------- */

static void writec_row(const mine__c *w, int64_t i) {
  const mine_proof *proof = w->how->proof;
  mine__text_adds(w->to, "  {{");
  for (int f = 0; f < w->model->n_features; f++) {
    if (f) mine__text_adds(w->to, ", ");
    mine__c_real(w, proof->feature[f].number ? proof->feature[f].number[i] : (double)NAN);
  }
  mine__text_adds(w->to, "}, {");
  for (int f = 0; f < w->model->n_features; f++) {
    char buffer[MINE_TIME_BYTES];
    mine_cell cell;
    if (f) mine__text_adds(w->to, ", ");
    mine__proof_cell(w->model, proof, i, f, buffer, &cell);
    if (proof->feature[f].number || cell.type == MINE_NULL)
      mine__text_adds(w->to, "NULL");
    else
      writec_cell(w, &cell);
  }
  mine__text_adds(w->to, "}, {");
  const int n = writec_outputs(w);
  for (int k = 0; k < n; k++) {
    if (k) mine__text_adds(w->to, ", ");
    mine__c_real(w, writec_expected(w, i, k));
  }
  const int32_t group = w->said.group ? proof->answers.group[i] - 1 : 0;
  const int none = w->said.group ? group < 0 : isnan(writec_expected(w, i, 0));
  mine__text_addf(w->to, "}, %d},\n", none ? -1 : (int)group);
}

static void writec_main(const mine__c *w) {
  const mine_proof *proof = w->how->proof;
  mine__text_addf(w->to,
                  "\n#ifndef MINE_NO_MAIN\n"
                  "/* %lld rows %s, with the model's own answers. */\n"
                  "static const struct {\n"
                  "  double number[%d];\n  const char *text[%d];\n  double out[%d];\n  int group;\n"
                  "} proof[] = {\n",
                  (long long)proof->n,
                  proof->made ? "made of the model" : "of a source that was given",
                  w->model->n_features, w->model->n_features, writec_outputs(w));
  for (int64_t i = 0; i < proof->n && !w->to->failed; i++)
    writec_row(w, i);
  mine__text_addf(
      w->to,
      "};\n\n"
      "static int is_right(double got, double expected) {\n"
      "  if (isnan(got) || isnan(expected)) return isnan(got) && isnan(expected);\n"
      "  return got == expected || fabs(got - expected) <= 1e-9 * (1 + fabs(expected));\n}\n\n"
      "int main(void) {\n"
      "  int rows = (int)(sizeof proof / sizeof proof[0]), wrong = 0;\n"
      "  for (int i = 0; i < rows; i++) {\n"
      "    double out[%d];\n"
      "    int right = mine_score(proof[i].number, proof[i].text, out) == proof[i].group;\n"
      "    for (int k = 0; k < %d; k++) right = right && is_right(out[k], proof[i].out[k]);\n"
      "    if (!right) printf(\"row %%d is wrong\\n\", i + 1);\n"
      "    wrong += !right;\n"
      "  }\n"
      "  printf(\"%%d rows, %%d wrong\\n\", rows, wrong);\n"
      "  return wrong > 0;\n}\n#endif\n",
      writec_outputs(w), writec_outputs(w));
}

/* ---- the file --------------------------------------------------------------------------- */

/* A name in a comment: it must not end there. */
static void writec_comment(const mine__c *w, const char *name) {
  const mine_cell cell = {MINE_TEXT, strlen(name), {.text = name}};
  char shown[MINE_SHOW_BYTES];
  mine__show_cell(shown, &cell);
  for (const char *at = shown; *at; at++) {
    mine__text_add(w->to, at, 1);
    if ((*at == '*' && at[1] == '/') || (*at == '/' && at[1] == '*') || *at == '?')
      mine__text_adds(w->to, " ");
  }
}

void mine__write_c(mine_env *env, const mine_model *model, const mine_writing *how, mine_text *to) {
  mine__c w = {.env = env, .model = model, .how = how, .to = to};
  mine__formula_of(env, env->scratch, model, &w.formula, &w.said);
  if (mine_failed(env)) return;
  w.used = mine__arena_zeros(env->scratch, (size_t)w.formula.n, sizeof *w.used);
  if (!w.used) return;
  writec_uses(&w);
  mine__text_adds(to, "/* Model ");
  writec_comment(&w, how->as);
  mine__text_addf(to,
                  " (%s) of sqlite-mine %s: C99, nothing but libc's math.\n"
                  "** To check it: cc model.c -lm && ./a.out; to use it, define MINE_NO_MAIN and "
                  "call mine_score. */\n"
                  "#include <math.h>\n#include <stdio.h>\n#include <string.h>\n\n",
                  model->algorithm, MINE_VERSION);
  writec_names(&w);
  mine__c_helpers(&w);
  mine__text_adds(to, "\n");
  for (int i = 0; i < w.formula.n && !to->failed && !mine__poll(env); i++)
    if (w.used[i]) mine__c_tables(&w, w.formula.let[i].term);
  if (!mine_failed(env)) writec_function(&w);
  if (!mine_failed(env)) writec_main(&w);
}
