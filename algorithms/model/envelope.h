/*
** envelope.h -- the parts of a model's bytes; shared by envelope.c and envelope_schema.c.
** Readers check what they read: after a failure the reader is bad and values are empty.
*/
#ifndef MINE_MODEL_ENVELOPE_H
#define MINE_MODEL_ENVELOPE_H

#include "model.h"

void mine__write_values(mine_writer *w, const mine_values *values);
/* `values` is open.  Strictly rising: none NULL, none twice. */
void mine__read_values(mine_reader *r, mine_values *values, int strictly_rising);
/* A text that must not be empty; "" after a failure. */
const char *mine__read_name(mine_reader *r, const char *what);

/* What is read and what is said; the target's name, the task and the format are known. */
void mine__write_schema(mine_writer *w, const mine_model *model);
void mine__read_schema(mine_reader *r, mine_model *model);

#endif
