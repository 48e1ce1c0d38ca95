/*
** json.h -- a model as JSON, and back.
**
** There is no list of fields here.  The loaders name every value that they read from a model's
** bytes (core/bytes.h), and a tap between loader and bytes does the rest:
**
**   out   the model's bytes are loaded once more, and each value is written under its name
**         before it is read (json_tell.c)
**   in    the loader asks for a value, it is looked up under its name, its bytes are put where
**         the loader reads them, and what was put there in the end is the model (json_make.c)
**
** So whatever a model holds is in its JSON, a kind of model to come brings its JSON with it,
** and what comes back is the same bytes.  JSON is a stranger's text: it is checked by the same
** loaders as a stranger's bytes, and then again as bytes.
**
** The document:
**
**   {"keeps": ..., "sqlite_mine": version, "format": n, "kind": name, "model": {...},
**    "proof": {...}}
**
** keeps      which rows of customers it holds: "no rows", or in a sentence which
** format     of the members below (envelope.c)
** model      the common part, and under "body" what the kind has
** proof      rows with the expected answers (jobs)
**
** Numbers are written with up to 17 digits, so that they come back as the same doubles; what
** JSON has no number for is a text: "nan", "inf", "-inf", "nan:7ff8000000000001" (a NaN's own
** bits), "0x8000000000000000" (64 bits beyond 2^53).  Values of the source stand as they are,
** with a point or an exponent where they are REAL; what JSON cannot hold is an object: {"blob":
** hex}, {"text": hex} (a NUL inside), {"real": "inf"}.
*/
#ifndef MINE_MODEL_JSON_H
#define MINE_MODEL_JSON_H

#include "../core/json_walk.h"
#include "model.h"

/* ---- out --------------------------------------------------------------------------- */

/* The document up to its member "model", without the bracket that closes it. */
void mine__json_tell(mine_env *env, const mine_model *model, mine_text *to);
/* Which rows of customers the model holds, in a sentence; "no rows". */
const char *mine__model_keeps(const mine_model *model);
/* A value of the source, so that it comes back as it was. */
void mine__json_cell(mine_text *to, const mine_cell *cell);
/* A number of the model. */
void mine__json_real(mine_text *to, double value);

/* Rows with their answers, as a list: [{"row": [...], "group": ..., "share": [...]}, ...] */
void mine__json_proof(mine_env *env, const mine_model *model, const mine_proof *proof,
                      mine_text *to);

/* ---- in ---------------------------------------------------------------------------- */

/* The model of a document; the walk stands in it behind the member "model" afterwards.  NULL:
** failure recorded. */
mine_model *mine__json_make(mine_env *env, mine__walk *walk);
/* The values of such members, or of the next item: 1 = read. */
int mine__json_read_cell(mine__walk *walk, const char *name, mine_arena *arena, mine_cell *out);
int mine__json_read_real(mine__walk *walk, const char *name, double *out);

#endif
