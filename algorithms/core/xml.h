/*
** xml.h -- XML 1.0, as much of it as documents of data need: written element by element, and read
** into a tree of elements.
**
** Reading takes elements, attributes, character data, CDATA, comments, processing instructions
** and the references that XML itself defines.  A DOCTYPE is refused: what it may define (entities
** that expand into each other, files to be fetched) is how XML attacks its readers.  Names lose
** their prefix.  The text is UTF-8; nothing else is.
*/
#ifndef MINE_CORE_XML_H
#define MINE_CORE_XML_H

#include "env.h"
#include "text.h"

/* ---- writing ----------------------------------------------------------------------- */

#define MINE_XML_DEEPEST 400

typedef struct mine__xml {
  mine_env *env;
  mine_text *to;
  int depth, pending, filled; /* a tag that is not closed yet; it holds text */
  const char *name[MINE_XML_DEEPEST];
} mine__xml;

/* Names are literals.  What XML has no character for is refused in words. */
void mine__xml_begin(mine__xml *x, mine_env *env, mine_text *to);
void mine__xml_open(mine__xml *x, const char *name);
void mine__xml_text(mine__xml *x, const char *name, const char *value); /* an attribute */
void mine__xml_bytes(mine__xml *x, const char *name, const char *value, size_t bytes);
void mine__xml_real(mine__xml *x, const char *name, double value);
void mine__xml_int(mine__xml *x, const char *name, int64_t value);
void mine__xml_cell(mine__xml *x, const char *name, const mine_cell *cell);
void mine__xml_content(mine__xml *x, const char *text, size_t bytes);
void mine__xml_content_cell(mine__xml *x, const mine_cell *cell);
void mine__xml_content_real(mine__xml *x, double value);
void mine__xml_close(mine__xml *x);
/* An element that holds nothing or a text. */
void mine__xml_leaf(mine__xml *x, const char *name, const char *content);

/* ---- reading ----------------------------------------------------------------------- */

typedef struct mine__attribute {
  const char *name, *value;
  struct mine__attribute *next;
} mine__attribute;

typedef struct mine__element {
  const char *name;
  mine__attribute *attribute;
  struct mine__element *parent, *first, *last, *next; /* children in order; NULL ends */
  const char *text; /* character data directly inside, the first piece; "" when there is none */
  int64_t line;
} mine__element;

/* The document's element, all in `arena`; NULL: failure recorded, with its line. */
mine__element *mine__xml_read(mine_env *env, mine_arena *arena, const char *text);
/* The value of an attribute; NULL: there is none. */
const char *mine__xml_get(const mine__element *element, const char *name);
/* The first child of that name at or behind `from` (element->first, or a sibling). */
const mine__element *mine__xml_find(const mine__element *from, const char *name);
const mine__element *mine__xml_child(const mine__element *element, const char *name);
/* The next sibling of the same name. */
const mine__element *mine__xml_next(const mine__element *element);

#endif
