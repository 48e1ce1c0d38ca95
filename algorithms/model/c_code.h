/*
** c_code.h -- what the parts of write_c.c share.
*/
#ifndef MINE_MODEL_C_CODE_H
#define MINE_MODEL_C_CODE_H

#include "formula.h"
#include "proof.h"
#include "write.h"

/* Functions of the file that are written only where they are called. */
enum {
  MINE__C_LEVEL = 1,
  MINE__C_STEPS = 2,
  MINE__C_LINE = 4,
  MINE__C_WHICH = 8,
  MINE__C_TREES = 16,
  MINE__C_KNOWN = 32,
  MINE__C_FIND = 64,
  MINE__C_CASE = 128
};

typedef struct mine__c {
  mine_env *env;
  const mine_model *model;
  const mine_writing *how;
  mine_text *to;
  mine_formula formula;
  mine_said said;
  unsigned calls; /* MINE__C_ bits                                   */
  uint8_t *used;  /* per let                                         */
  int n_tables;   /* arrays written                                  */
  int next_table; /* ... and named                                   */
  int n_trees;    /* bodies of trees: the first `n_trees` of body[]  */
  const mine_trees **body;
} mine__c;

void mine__c_real(const mine__c *w, double value);
void mine__c_string(const mine__c *w, const char *text, size_t bytes);
/* c_terms.c: a term as an expression.  Tables are named in the order in which they are met. */
void mine__c_term(mine__c *w, const mine_term *term);
/* A list in braces, lines of about 100 bytes. */
void mine__c_reals(const mine__c *w, const char *name, int64_t n, const double *value);
/* c_tables.c: what the terms of a let, in the order in which they are written, look up: first all
** arrays, then their names in the expression. */
void mine__c_tables(mine__c *w, const mine_term *term);
void mine__c_helpers(const mine__c *w);
int mine__c_body(const mine__c *w, const mine_trees *trees);

#endif
