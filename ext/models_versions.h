/*
** models_versions.h -- earlier versions of a model: kept when it is trained again with keep=,
** listed by mine_versions, made current by mine_restore.
*/
#ifndef MINE_EXT_MODELS_VERSIONS_H
#define MINE_EXT_MODELS_VERSIONS_H

#include "models.h"
#include "scalar_verb.h"

/* Before a model is replaced: the present one of that name becomes a version, unless it is one, or
** has these bytes (NULL: whatever it has).  The table is made if it is not there. */
mine_status mine__versions_copy(mine_call *call, const mine_model_name *name, const void *bytes,
                                size_t n);
/* And afterwards: `keep` versions stay beside the current one. */
mine_status mine__versions_trim(mine_call *call, const mine_model_name *name, int64_t keep);

/* The version that 'segments@3' names; *out NULL without an error: the name has not that form. */
mine_status mine__versions_find(mine_call *call, const mine_model_name *name, mine_model **out);

/* A SELECT of (version, created, metrics, current) of the model that is named; sqlite3_free. */
mine_status mine__versions_source(mine_call *call, sqlite3_value *value, char **sql);

extern const mine_scalar_special mine__scalar_specials_versions[];

#endif
