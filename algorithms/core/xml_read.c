/*
** xml_read.c -- an XML text as a tree of elements, by a loop: how deep it is costs no stack.
*/
#include <string.h>

#include "xml.h"

#define XML_ATTRIBUTES 1000 /* of an element: each is compared with those before it */

typedef struct xml_reading {
  mine_env *env;
  mine_arena *arena;
  const char *text, *at; /* NUL-terminated */
  mine__element *root, *open;
  int64_t line;
  const char *counted; /* lines are counted up to here */
  mine_text content;   /* of the element that is open, since its last child */
} xml_reading;

/* ---- what is wrong ----------------------------------------------------------------- */

static int64_t xml_line(xml_reading *r) {
  for (; r->counted < r->at; r->counted++)
    r->line += *r->counted == '\n';
  return r->line;
}

static void xml_bad(xml_reading *r, const char *problem) {
  (void)mine__fail(r->env, MINE_DATA, "the XML in line %lld: %s", (long long)xml_line(r), problem);
}

/* ---- names and references ------------------------------------------------------------ */

static int xml_is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

static const char *xml_space(const char *at) {
  return at + strspn(at, " \t\r\n");
}

/* A name without its prefix; NULL: there is none. */
static const char *xml_name(xml_reading *r) {
  const char *start = r->at;
  while (xml_is_name(*r->at)) {
    if (*r->at == ':') start = r->at + 1;
    r->at++;
  }
  if (r->at > start) return mine__arena_text(r->arena, start, (size_t)(r->at - start));
  xml_bad(r, "a name is missing");
  return NULL;
}

/* "#38;" or "#x26;" of the text at `at`; 0: it is no character that XML has. */
static unsigned long xml_number(const char *at, const char *end) {
  const int hex = at < end && *at == 'x', base = hex ? 16 : 10;
  unsigned long c = 0;
  if (at + hex == end) return 0;
  for (at += hex; at < end; at++) {
    const int digit = mine__hex_digit(*at);
    if (digit < 0 || digit >= base) return 0;
    c = c * (unsigned long)base + (unsigned long)digit;
    if (c > 0x10FFFF) return 0;
  }
  const int control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
  return control || (c >= 0xD800 && c <= 0xDFFF) ? 0 : c;
}

/* r->at stands on '&'. */
static void xml_reference(xml_reading *r, mine_text *to) {
  static const char *const names[] = {"amp", "lt", "gt", "quot", "apos"};
  static const char means[] = "&<>\"'";
  const char *start = r->at + 1, *end = start;
  while (*end && *end != ';' && end - start < 12)
    end++;
  const size_t n = (size_t)(end - start);
  if (*end == ';' && *start == '#') {
    const unsigned long c = xml_number(start + 1, end);
    if (c) {
      char utf8[4];
      mine__text_add(to, utf8, mine__utf8_put(utf8, c));
      r->at = end + 1;
      return;
    }
  }
  for (size_t i = 0; *end == ';' && i < sizeof names / sizeof names[0]; i++) {
    if (strlen(names[i]) != n || memcmp(names[i], start, n) != 0) continue;
    mine__text_add(to, &means[i], 1);
    r->at = end + 1;
    return;
  }
  xml_bad(r, "a reference that XML does not define; entities of a DOCTYPE are not taken");
}

/* ---- attributes -------------------------------------------------------------------- */

static void xml_value(xml_reading *r, mine_text *to) {
  const char quote = *r->at;
  if (quote != '"' && quote != '\'') {
    xml_bad(r, "the value of an attribute without its quotes");
    return;
  }
  r->at++;
  while (*r->at != quote && !mine_failed(r->env)) {
    const char stop[] = {quote, '&', '<', '\n', '\r', '\t', 0};
    const size_t n = strcspn(r->at, stop);
    mine__text_add(to, r->at, n);
    r->at += n;
    if (*r->at == 0 || *r->at == '<') {
      xml_bad(r, "the value of an attribute that does not end");
    } else if (*r->at == '&') {
      xml_reference(r, to);
    } else if (*r->at != quote) { /* a line end or tab that is written as it is is a space */
      mine__text_add(to, " ", 1);
      r->at++;
    }
  }
  if (*r->at) r->at++;
}

static void xml_attribute(xml_reading *r, mine__element *element, mine__attribute ***end) {
  mine__attribute *attribute = mine__arena_zeros(r->arena, 1, sizeof *attribute);
  mine_text value;
  if (!attribute) return;
  attribute->name = xml_name(r);
  if (!attribute->name) return;
  r->at = xml_space(r->at);
  if (*r->at != '=') {
    xml_bad(r, "an attribute without a value");
    return;
  }
  r->at = xml_space(r->at + 1);
  mine__text_open(&value, r->arena);
  xml_value(r, &value);
  if (mine_failed(r->env)) return;
  if (mine__xml_get(element, attribute->name)) {
    /* xmlns:a and xmlns:b, say: without prefixes they are one name, and nobody asks for it */
    return;
  }
  attribute->value = value.bytes ? value.data : "";
  **end = attribute;
  *end = &attribute->next;
}

/* ---- elements ---------------------------------------------------------------------- */

/* The character data so far belongs to the element that is open: the first that is no space. */
static void xml_flush(xml_reading *r) {
  mine__element *element = r->open;
  if (r->content.bytes == 0) return;
  if (!element) {
    if (xml_space(r->content.data)[0]) xml_bad(r, "text outside the document's element");
  } else if (!xml_space(element->text)[0] && (!element->first || xml_space(r->content.data)[0])) {
    element->text = mine__arena_text(r->arena, r->content.data, r->content.bytes);
  }
  r->content.bytes = 0;
}

/* r->at stands behind '<', on a name. */
static void xml_begin(xml_reading *r) {
  mine__element *element = mine__arena_zeros(r->arena, 1, sizeof *element);
  if (!element) return;
  mine__attribute **end = &element->attribute;
  element->line = xml_line(r);
  element->name = xml_name(r);
  element->text = "";
  element->parent = r->open;
  if (!r->open && r->root) xml_bad(r, "a second element behind the document's");
  for (int n = 0;; n++) {
    if (n == XML_ATTRIBUTES) xml_bad(r, "an element with too many attributes");
    if (mine_failed(r->env)) return;
    r->at = xml_space(r->at);
    if (*r->at == '>' || (*r->at == '/' && r->at[1] == '>')) break;
    xml_attribute(r, element, &end);
  }
  if (r->open && r->open->last)
    r->open->last->next = element;
  else if (r->open)
    r->open->first = element;
  if (r->open) r->open->last = element;
  if (!r->root) r->root = element;
  if (*r->at == '>') r->open = element;
  r->at += *r->at == '>' ? 1 : 2;
}

/* r->at stands behind "</". */
static void xml_end(xml_reading *r) {
  const char *name = xml_name(r);
  if (!name) return;
  r->at = xml_space(r->at);
  if (*r->at != '>' || !r->open || strcmp(r->open->name, name) != 0) {
    xml_bad(r, "an end tag that ends no element");
    return;
  }
  r->at++;
  r->open = r->open->parent;
}

/* What begins with `begin`, if it does, up to `end`: 1 = passed; its content goes to `to`. */
static int xml_pass(xml_reading *r, const char *begin, const char *end, mine_text *to) {
  const size_t n = strlen(begin);
  if (strncmp(r->at, begin, n) != 0) return 0;
  const char *stop = strstr(r->at + n, end);
  if (!stop) {
    xml_bad(r, "a comment, CDATA or instruction that does not end");
    return 1;
  }
  if (to) mine__text_add(to, r->at + n, (size_t)(stop - r->at) - n);
  r->at = stop + strlen(end);
  return 1;
}

/* r->at stands on '<'. */
static void xml_markup(xml_reading *r) {
  if (xml_pass(r, "<!--", "-->", NULL) || xml_pass(r, "<![CDATA[", "]]>", &r->content) ||
      xml_pass(r, "<?", "?>", NULL))
    return;
  if (r->at[1] == '!') {
    xml_bad(r, "a DOCTYPE is not taken; leave it out");
    return;
  }
  xml_flush(r);
  r->at++;
  if (mine_failed(r->env)) return;
  if (*r->at == '/') {
    r->at++;
    xml_end(r);
  } else {
    xml_begin(r);
  }
}

mine__element *mine__xml_read(mine_env *env, mine_arena *arena, const char *text) {
  xml_reading r = {.env = env, .arena = arena, .text = text, .at = text, .counted = text};
  r.line = 1;
  mine_arena *own = mine_failed(env) ? NULL : mine__arena_open(env);
  if (!own) return NULL;
  mine__text_open(&r.content, own);
  for (int64_t i = 1; *r.at && !mine_failed(env); i++) {
    const size_t n = strcspn(r.at, "<&");
    mine__text_add(&r.content, r.at, n);
    r.at += n;
    if (*r.at == '<')
      xml_markup(&r);
    else if (*r.at == '&')
      xml_reference(&r, &r.content);
    if (i % 4096 == 0 && mine__poll(env)) break;
  }
  if (!mine_failed(env)) xml_flush(&r);
  if (!mine_failed(env) && (r.open || !r.root))
    xml_bad(&r, r.open ? "an element that does not end" : "there is no element");
  mine__arena_close(own);
  return mine_failed(env) ? NULL : r.root;
}

/* ---- asking ------------------------------------------------------------------------ */

const char *mine__xml_get(const mine__element *element, const char *name) {
  for (const mine__attribute *a = element->attribute; a; a = a->next)
    if (strcmp(a->name, name) == 0) return a->value;
  return NULL;
}

const mine__element *mine__xml_find(const mine__element *from, const char *name) {
  while (from && strcmp(from->name, name) != 0)
    from = from->next;
  return from;
}

const mine__element *mine__xml_child(const mine__element *element, const char *name) {
  return mine__xml_find(element->first, name);
}

const mine__element *mine__xml_next(const mine__element *element) {
  return mine__xml_find(element->next, element->name);
}
