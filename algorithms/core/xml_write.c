/*
** xml_write.c -- elements written one after another.
*/
#include <string.h>

#include "xml.h"

void mine__xml_begin(mine__xml *x, mine_env *env, mine_text *to) {
  memset(x, 0, sizeof *x);
  x->env = env;
  x->to = to;
  mine__text_adds(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

static void xml_refuse(mine__xml *x, const char *text, size_t bytes) {
  char shown[MINE_SHOW_BYTES];
  const mine_cell cell = {MINE_TEXT, bytes, {.text = text}};
  (void)mine__fail(x->env, MINE_UNSUPPORTED,
                   "the text %s has a character that XML cannot hold; take another format, or "
                   "rename it",
                   mine__show_cell(shown, &cell));
}

/* What stands for a character, NULL: itself, "": XML has none. */
static const char *xml_escape(unsigned char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    case '\t':
      return "&#9;";
    default:
      return c < 0x20 ? "" : NULL;
  }
}

/* Line ends are written as references, because readers would make spaces of them. */
static void xml_escaped(mine__xml *x, const char *text, size_t bytes) {
  size_t run = 0;
  for (size_t i = 0; i < bytes; i++) {
    const char *escape = xml_escape((unsigned char)text[i]);
    /* U+FFFE and U+FFFF */
    const int none = bytes - i >= 3 && memcmp(text + i, "\xEF\xBF", 2) == 0 &&
                     (unsigned char)text[i + 2] >= 0xBE;
    if (none || (escape && !*escape)) {
      xml_refuse(x, text, bytes);
      return;
    }
    if (!escape) continue;
    mine__text_add(x->to, text + run, i - run);
    mine__text_adds(x->to, escape);
    run = i + 1;
  }
  mine__text_add(x->to, text + run, bytes - run);
}

void mine__xml_open(mine__xml *x, const char *name) {
  if (x->pending) mine__text_adds(x->to, ">");
  if (x->depth == MINE_XML_DEEPEST) {
    (void)mine__fail(x->env, MINE_LIMIT, "the model is too deep for XML");
    return;
  }
  mine__text_adds(x->to, "\n");
  for (int i = 0; i < x->depth && i < 20; i++)
    mine__text_adds(x->to, " ");
  mine__text_adds(x->to, "<");
  mine__text_adds(x->to, name);
  x->name[x->depth++] = name;
  x->pending = 1;
  x->filled = 0;
}

void mine__xml_bytes(mine__xml *x, const char *name, const char *value, size_t bytes) {
  mine__text_adds(x->to, " ");
  mine__text_adds(x->to, name);
  mine__text_adds(x->to, "=\"");
  xml_escaped(x, value, bytes);
  mine__text_adds(x->to, "\"");
}

void mine__xml_text(mine__xml *x, const char *name, const char *value) {
  mine__xml_bytes(x, name, value, strlen(value));
}

void mine__xml_real(mine__xml *x, const char *name, double value) {
  char number[MINE_NUMBER_BYTES];
  mine__xml_text(x, name, mine__format_real(number, value, 0));
}

void mine__xml_int(mine__xml *x, const char *name, int64_t value) {
  const mine_cell cell = {MINE_INT, 0, {.integer = value}};
  char shown[MINE_SHOW_BYTES];
  mine__xml_text(x, name, mine__show_cell(shown, &cell));
}

/* A value as text, whatever its type: of the attribute `name`, or (NULL) as content. */
static void xml_spell(mine__xml *x, const char *name, const mine_cell *cell) {
  const mine_mark mark = mine__arena_mark(x->env->scratch);
  mine_text text;
  mine__text_open(&text, x->env->scratch);
  mine__text_add_cell(&text, cell);
  if (!text.failed && name) mine__xml_bytes(x, name, text.data, text.bytes);
  if (!text.failed && !name) mine__xml_content(x, text.data, text.bytes);
  mine__text_rewind(x->to, x->env->scratch, mark);
}

void mine__xml_cell(mine__xml *x, const char *name, const mine_cell *cell) {
  xml_spell(x, name, cell);
}

void mine__xml_content_cell(mine__xml *x, const mine_cell *cell) {
  xml_spell(x, NULL, cell);
}

void mine__xml_content_real(mine__xml *x, double value) {
  char number[MINE_NUMBER_BYTES];
  mine__format_real(number, value, 0);
  mine__xml_content(x, number, strlen(number));
}

void mine__xml_content(mine__xml *x, const char *text, size_t bytes) {
  if (x->pending) mine__text_adds(x->to, ">");
  x->pending = 0;
  x->filled = 1;
  xml_escaped(x, text, bytes);
}

void mine__xml_close(mine__xml *x) {
  if (x->depth == 0) return;
  x->depth--;
  if (x->pending) {
    mine__text_adds(x->to, "/>");
  } else {
    for (int i = -1; !x->filled && i < x->depth && i < 20; i++)
      mine__text_adds(x->to, i < 0 ? "\n" : " ");
    mine__text_adds(x->to, "</");
    mine__text_adds(x->to, x->name[x->depth]);
    mine__text_adds(x->to, ">");
  }
  x->pending = 0;
  x->filled = 0;
}

void mine__xml_leaf(mine__xml *x, const char *name, const char *content) {
  mine__xml_open(x, name);
  if (*content) mine__xml_content(x, content, strlen(content));
  mine__xml_close(x);
}
