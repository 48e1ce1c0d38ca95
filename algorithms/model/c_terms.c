/*
** c_terms.c -- a term of a formula as an expression of C.
**
** Terms are written in parentheses wherever an operator stands in them, so that precedence never
** decides; what looks up a table names the next one of those that mine__c_tables wrote.
*/
#include "c_code.h"

static void cterm_joined(mine__c *w, const mine_term *term, int first, const char *sign) {
  for (int i = first; i < term->n; i++) {
    if (i > first) mine__text_adds(w->to, sign);
    mine__c_term(w, term->arg[i]);
  }
}

/* fmin(a, fmin(b, c)) */
static void cterm_extreme(mine__c *w, const mine_term *term, const char *function) {
  for (int i = 0; i < term->n; i++) {
    if (i + 1 < term->n) mine__text_addf(w->to, "%s(", function);
    mine__c_term(w, term->arg[i]);
    mine__text_adds(w->to, i + 1 < term->n ? ", " : "");
  }
  for (int i = 0; i + 1 < term->n; i++)
    mine__text_adds(w->to, ")");
}

static void cterm_call(mine__c *w, const mine_term *term, const char *function) {
  mine__text_addf(w->to, "%s(", function);
  cterm_joined(w, term, 0, ", ");
  mine__text_adds(w->to, ")");
}

static void cterm_if(mine__c *w, const mine_term *term) {
  mine__text_adds(w->to, "(");
  mine__c_term(w, term->arg[0]);
  mine__text_adds(w->to, " < ");
  mine__c_term(w, term->arg[1]);
  mine__text_adds(w->to, " ? ");
  mine__c_term(w, term->arg[2]);
  mine__text_adds(w->to, " : ");
  mine__c_term(w, term->arg[3]);
  mine__text_adds(w->to, ")");
}

static void cterm_case(mine__c *w, const mine_term *term) {
  mine__text_adds(w->to, "which_of((const double[]){");
  cterm_joined(w, term, 1, ", ");
  mine__text_addf(w->to, "}, %d, ", term->n - 1);
  mine__c_term(w, term->arg[0]);
  mine__text_adds(w->to, ")");
}

static void cterm_which(mine__c *w, const mine_term *term) {
  mine__text_adds(w->to, "which(");
  mine__c_term(w, term->arg[0]);
  mine__text_addf(w->to, ", %d, (const double[]){", term->n - 1);
  cterm_joined(w, term, 1, ", ");
  mine__text_adds(w->to, "})");
}

static void cterm_table(mine__c *w, const mine_term *term) {
  mine__text_adds(w->to, term->op == MINE_TERM_STEPS ? "steps(" : "line(");
  mine__c_term(w, term->arg[0]);
  mine__text_addf(w->to, ", %d, t%d, t%d", term->n, w->next_table, w->next_table + 1);
  w->next_table += 2;
  if (term->op == MINE_TERM_STEPS) {
    mine__text_adds(w->to, ", ");
    mine__c_real(w, term->missing);
  }
  mine__text_adds(w->to, ")");
}

static void cterm_signed(mine__c *w, const mine_term *term, const char *sign) {
  mine__text_adds(w->to, "(");
  cterm_joined(w, term, 0, sign);
  mine__text_adds(w->to, ")");
}

void mine__c_term(mine__c *w, const mine_term *term) {
  if (w->to->failed) return;
  switch (term->op) {
    case MINE_TERM_CONSTANT:
      mine__c_real(w, term->value);
      break;
    case MINE_TERM_NUMBER:
      mine__text_addf(w->to, "x[%d]", term->feature);
      break;
    case MINE_TERM_LET:
      mine__text_addf(w->to, "v%d", term->at);
      break;
    case MINE_TERM_LEVELS:
      mine__text_addf(w->to, "level(c[%d], t%d)", term->feature, w->next_table++);
      break;
    case MINE_TERM_STEPS:
    case MINE_TERM_LINE:
      cterm_table(w, term);
      break;
    case MINE_TERM_TREES:
      mine__text_addf(w->to, "trees_%d(x, c, %d, %d, %d)", mine__c_body(w, term->trees), term->at,
                      term->n, term->output);
      break;
    case MINE_TERM_SUM:
      cterm_signed(w, term, " + ");
      break;
    case MINE_TERM_PRODUCT:
      cterm_signed(w, term, " * ");
      break;
    case MINE_TERM_MINUS:
      cterm_signed(w, term, " - ");
      break;
    case MINE_TERM_OVER:
      cterm_signed(w, term, " / ");
      break;
    case MINE_TERM_EXP:
      cterm_call(w, term, "exp");
      break;
    case MINE_TERM_LN:
      cterm_call(w, term, "log");
      break;
    case MINE_TERM_SQRT:
      cterm_call(w, term, "sqrt");
      break;
    case MINE_TERM_ABS:
      cterm_call(w, term, "fabs");
      break;
    case MINE_TERM_LEAST:
      cterm_extreme(w, term, "fmin");
      break;
    case MINE_TERM_MOST:
      cterm_extreme(w, term, "fmax");
      break;
    case MINE_TERM_IF:
      cterm_if(w, term);
      break;
    case MINE_TERM_KNOWN:
      cterm_call(w, term, "known");
      break;
    case MINE_TERM_WHICH:
      cterm_which(w, term);
      break;
    case MINE_TERM_CASE:
      cterm_case(w, term);
      break;
  }
}
