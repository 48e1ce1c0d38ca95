/*
** models.h -- models in the ordinary table mine_models, and models as BLOBs.
**
** A model argument is a name ('churn', 'aux.churn', 'temp.churn') or a model
** BLOB.  The table is in the schema that the name names, never searched for
** elsewhere; for temp it is temp.mine_models_temp.  It must be a real table with
** exactly the columns of the contract, or every verb refuses it.
**
** Loaded models are kept per connection, found by the header of their bytes
** (which holds the checksum): the table is asked for the header each time, so a
** stale model is never used, and its body is read only when it is new.
*/
#ifndef MINE_EXT_MODELS_H
#define MINE_EXT_MODELS_H

#include "call.h"

/* Where a model name points. */
typedef struct mine_model_name {
  char schema[128];
  const char *table; /* mine_models, or mine_models_temp */
  const char *name;  /* without the schema; points into the caller's text */
} mine_model_name;

mine_status mine__model_name_parse(mine_call *call, const char *text, mine_model_name *out);

/* Where a model was found by its name, to look there first the next time. */
typedef struct mine_model_place {
  char *text;           /* as called; NULL: nowhere (a BLOB, or no memory) */
  mine_model_name name; /* points into the text */
  sqlite3_int64 rowid;
} mine_model_place;

void mine__model_place_free(mine_model_place *place);
/* Whether that row still has the name and the bytes of that model; 0 also where this
** cannot be told, and then the long way tells, with its errors.  Two BLOBs are opened (13,000
** instructions) instead of a statement compiled and one opened (36,000). */
int mine__model_place_holds(mine_connection *connection, const mine_model_place *place,
                            const mine_model *model);

/* The model a value names or holds.  One reference belongs to the caller; so does
** what *place (may be NULL) then owns. */
mine_status mine__models_get(mine_call *call, sqlite3_value *value, mine_model_place *place,
                             mine_model **out);
/* The model of that name, as called: an error when there is none. */
mine_status mine__models_named(mine_call *call, const char *text, mine_model **out);
/* The same by name: its exact spelling, else the only model of that name but for case and
** white space (mine.h, "names"), unless it must be exact.  *out NULL without an error when
** there is no such model. */
mine_status mine__models_find(mine_call *call, const mine_model_name *name, int exact,
                              mine_model **out);

/* Whether storing could work at all: read-only, query_only, a wrong table.
** Called before training. */
mine_status mine__models_check_writable(mine_call *call, const mine_model_name *name);
/* Create the table if it is absent. */
mine_status mine__models_init(mine_call *call, const char *schema);
/* Store, replacing a model of that name: one statement on one row.  keep > 0: before it the
** present model becomes a version, and after it so many of them stay (models_versions.h). */
mine_status mine__models_store(mine_call *call, const mine_model_name *name,
                               const mine_model *model, int64_t keep);
/* Put other bytes in the place of those of a model of exactly that name: the row stays what it is,
** but for the version that wrote them. */
mine_status mine__models_replace(mine_call *call, const mine_model_name *name,
                                 const mine_model *model);

#endif
