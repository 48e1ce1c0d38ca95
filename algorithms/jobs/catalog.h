/*
** catalog.h -- what the catalogue as tables (catalog.c) and as text (help.c) share.
*/
#ifndef MINE_JOBS_CATALOG_H
#define MINE_JOBS_CATALOG_H

#include "../model/measures.h"
#include "verb.h"

typedef void (*mine__option_visit)(void *context, const mine_option *option);
/* Visit the options of an algorithm or of a verb in all its forms; 0: there is none
** of that name. */
int mine__catalog_options(mine_arena *arena, const char *name, mine__option_visit visit,
                          void *context);
/* The algorithm or verb whose name is most like this one; NULL: none is. */
const char *mine__catalog_nearest(const char *name);
/* "classification, regression" */
void mine__catalog_tasks(mine_text *text, unsigned tasks);
/* "higher", "lower" or NULL */
const char *mine__catalog_better(const mine_measure *measure);
const char *mine__verb_kind(const mine_verb *verb); /* "table", "scalar", "aggregate" */
/* "(customer, time [, amount])" or "an id, then attributes"; NULL: it reads nothing. */
const char *mine__verb_reads(const mine_verb *verb, char buffer[MINE_FORM_BYTES]);
void mine__verb_columns(mine_text *out, const mine_verb *verb); /* "id, cluster, distance" */

#endif
