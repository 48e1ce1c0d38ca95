/*
** formats.h -- the forms in which a model leaves: as a call, SQL, C, text, JSON, PMML, ONNX.
**
** A form is a row of mine__formats.  What is written alike of every kind has its writer there;
** else each kind's row says how it is written in the form, or why not (mine_kind.written).
*/
#ifndef MINE_MODEL_FORMATS_H
#define MINE_MODEL_FORMATS_H

#include "../core/text.h"

typedef struct mine_kind mine_kind; /* kind.h */

/* The forms in which a model leaves; what each is stands in mine__formats (formats.c). */
typedef enum mine_format_id {
  MINE_FORMAT_CALL,
  MINE_FORMAT_TRIGGER,
  MINE_FORMAT_SQL,
  MINE_FORMAT_C,
  MINE_FORMAT_TEXT,
  MINE_FORMAT_DOT,
  MINE_FORMAT_JSON,
  MINE_FORMAT_PMML,
  MINE_FORMAT_ONNX,
  MINE_FORMATS
} mine_format_id;

typedef struct mine_proof mine_proof; /* proof.h */

/* How a model is written where it leaves. */
typedef struct mine_writing {
  const char *as;             /* how the caller refers to it                               */
  int class_;                 /* whose probability is asked for; -1: the prediction is     */
  const char *prefix;         /* before each attribute: "new."; NULL: nothing              */
  const char *table, *column; /* whose rows are scored, and where the answer goes; or NULL */
  int dialect;                /* of SQL: mine_dialect                                      */
  int check;                  /* what checks the model is written, rather than the model   */
  const mine_proof *proof;    /* rows with their answers; NULL: made of the model          */
} mine_writing;

typedef void (*mine_write)(mine_env *env, const mine_model *model, const mine_writing *how,
                           mine_text *to);

/* How a kind is written in a form: one of the two. */
typedef struct mine_written {
  mine_write write;
  const char *why_not; /* a clause: "its rows would leave with it" */
} mine_written;

/* Options that say something of a form. */
enum {
  MINE_WRITES_PREFIX = 1,
  MINE_WRITES_TABLE = 2,
  MINE_WRITES_COLUMN = 4,
  MINE_WRITES_DIALECT = 8,
  MINE_WRITES_SHARE = 16, /* what=probability, class */
  MINE_WRITES_CHECK = 32  /* what=check              */
};

/* A form in which a model leaves. */
typedef struct mine_format {
  const char *name; /* "call"    */
  const char *what; /* one line  */
  mine_write write; /* of every kind; NULL: the kind's row says how, or why not */
  unsigned takes;   /* MINE_WRITES_ bits                                        */
  int answers;      /* it answers rows: no form of kinds that answer none       */
  int proves;       /* it carries rows with their answers                       */
  int blob;         /* it is bytes rather than text                             */
} mine_format;
extern const mine_format mine__formats[MINE_FORMATS];

#define MINE_ONLY_TREES "only trees are drawn as a graph" /* why_not of dot */

/* formats.c: append the model in the form of that name. */
mine_status mine__model_write(mine_env *env, const mine_model *model, const char *format,
                              const mine_writing *how, mine_text *to);
/* The form of that name; NULL: failure recorded, which lists what there is. */
const mine_format *mine__format_find(mine_env *env, const char *name);
/* Whether any kind is written so. */
int mine__format_exists(mine_format_id id);
/* How a model of the kind is written so; NULL: it is not, and *why_not says why (a clause). */
mine_write mine__kind_writes(const mine_kind *kind, mine_format_id id, const char **why_not);

/* write_call.c: the scalar call that scores a row, "mine_predict('as', ...)", and the
** trigger that makes it for each new row of a table. */
void mine__write_call(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);
void mine__write_trigger(mine_env *env, const mine_model *model, const mine_writing *how,
                         mine_text *to);
/* pmml.c, onnx.c: for the rows of kinds; json_tell.c: the document of json.h. */
void mine__write_onnx(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);
void mine__write_pmml(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);
void mine__write_json(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);

#endif
