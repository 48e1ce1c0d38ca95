/*
** spelling.c -- name=value pairs and JSON objects, taken apart.
**
** In the short form a double quote opens a protected piece only where a value
** or a list item begins; elsewhere it is a character like any other (12" is an
** item).  A protected piece ends at the next single quote mark; two mean one.
*/
#include "spelling.h"

#include <string.h>

#include "text.h"

#define SPELLING_SPACE " \t\r\n"

static int spelling_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Characters (not bytes) from the start of `text` to `at`, counted from 1. */
static long long spelling_position(const char *text, const char *at) {
  long long n = 1;
  for (; text < at; text++)
    n += ((unsigned char)*text & 0xC0) != 0x80;
  return n;
}

static mine_cell spelling_cell(const char *text, size_t bytes) {
  mine_cell cell = {MINE_TEXT, bytes, {0}};
  cell.as.text = text;
  return cell;
}

static mine_given *spelling_add(mine_arena *arena, mine_givens *out) {
  if (!MINE_RESERVE(arena, out->item, out->capacity, out->n + 1)) return NULL;
  mine_given *given = &out->item[out->n++];
  memset(given, 0, sizeof *given);
  return given;
}

/* ---- JSON ------------------------------------------------------------------------- */

static void spelling_read_json(mine_env *env, mine_arena *arena, const char *text, int nests,
                               mine_givens *out) {
  mine_json json;
  const char *name;
  mine_cell value;
  mine_list list;
  mine__json_open(&json, arena, text);
  json.nests = nests;
  while (mine__json_next(&json, &name, &value, &list)) {
    mine_given *given = spelling_add(arena, out);
    if (!given) return;
    given->name = name;
    given->json = 1;
    given->flag = json.flag;
    given->value = value;
    given->list = list;
    given->inner = json.inner;
    given->is_list = list.item != NULL;
  }
  if (!json.problem) return;
  mine__fail(env, MINE_OPTION, "the JSON of the options fails at character %lld: %s",
             spelling_position(text, json.at), json.problem);
}

#define SPELLING_WIDE_EQUALS "\xef\xbc\x9d"

/* ---- short form ---------------------------------------------------------------------- */

/* The end of the protected piece that opens at `at` (behind its closing quote);
** NULL when it never closes. */
static const char *spelling_quote_end(const char *at, const char *end) {
  for (at++; at < end; at++) {
    if (*at != '"') continue;
    if (at + 1 == end || at[1] != '"') return at + 1;
    at++;
  }
  return NULL;
}

/* The end of the list item at `at`: the next '|' or `stop` outside quotes, or
** the end.  NULL when a quote never closes. */
static const char *spelling_item_end(const char *at, const char *end, char stop) {
  while (at < end && spelling_is_space(*at))
    at++;
  if (at < end && *at == '"') at = spelling_quote_end(at, end);
  while (at && at < end && *at != '|' && *at != stop)
    at++;
  return at;
}

/* The ',' that ends the value at `at`, or the end of the text. */
static const char *spelling_value_end(const char *at, const char *end) {
  at = spelling_item_end(at, end, ',');
  while (at && at < end && *at == '|')
    at = spelling_item_end(at + 1, end, ',');
  return at;
}

static void spelling_trim(const char **at, const char **end) {
  while (*at < *end && spelling_is_space(**at))
    ++*at;
  while (*end > *at && spelling_is_space((*end)[-1]))
    --*end;
}

static void spelling_no_equals(mine_env *env, const char *text, const char *at, const char *end) {
  char shown[MINE_SHOW_BYTES];
  long long position = spelling_position(text, at);
  spelling_trim(&at, &end);
  if (at == end) {
    mine__fail(env, MINE_OPTION,
               "an option is missing at character %lld of the options; write name=value, "
               "separated by single commas",
               position);
    return;
  }
  mine_cell piece = spelling_cell(at, (size_t)(end - at));
  const char *wide = strstr(at, SPELLING_WIDE_EQUALS);
  mine__fail(env, MINE_OPTION,
             "option %s has no '='%s; write name=value, and put double quotes around a value "
             "that contains a comma",
             mine__show_cell(shown, &piece),
             wide && wide < end ? " (but the wide sign \xef\xbc\x9d)" : "");
}

/* One name=value at `at`; *next is the comma behind it, or the end. */
static void spelling_read_pair(mine_env *env, mine_arena *arena, const char *text, const char *at,
                               const char *end, mine_given *given, const char **next) {
  const char *stop = at + strcspn(at, ",="), *name_end = stop;
  if (*stop != '=') {
    spelling_no_equals(env, text, at, stop);
    return;
  }
  const char *value = stop + 1, *value_end = spelling_value_end(value, end);
  spelling_trim(&at, &name_end);
  given->name = mine__arena_text(arena, at, (size_t)(name_end - at));
  if (!given->name) return;
  if (at == name_end) {
    mine__fail(env, MINE_OPTION,
               "an option has no name at character %lld of the options; write name=value",
               spelling_position(text, stop));
    return;
  }
  if (!value_end) {
    mine_cell name = spelling_cell(at, (size_t)(name_end - at));
    char shown[MINE_SHOW_BYTES];
    mine__fail(env, MINE_OPTION, "option %s has a double quote that is never closed",
               mine__show_cell(shown, &name));
    return;
  }
  *next = value_end;
  spelling_trim(&value, &value_end);
  given->raw = value;
  given->raw_bytes = (size_t)(value_end - value);
}

static void spelling_read_short(mine_env *env, mine_arena *arena, const char *text,
                                mine_givens *out) {
  const char *at = text, *end = text + strlen(text);
  for (;;) {
    mine_given *given = spelling_add(arena, out);
    if (!given) return;
    spelling_read_pair(env, arena, text, at, end, given, &at);
    if (mine_failed(env) || at == end) return;
    at++; /* the comma */
  }
}

/* A JSON value that is no object, alone: '[...]', '"..."', a number, a word. */
static int spelling_is_json_value(const char *at) {
  size_t bytes = strlen(at);
  double number;
  while (spelling_is_space(at[bytes - 1])) /* *at is no space */
    bytes--;
  if (*at == '[' || *at == '"' || mine__read_number(at, bytes, &number)) return 1;
  return (bytes == 4 && (!strncmp(at, "true", 4) || !strncmp(at, "null", 4))) ||
         (bytes == 5 && !strncmp(at, "false", 5));
}

static void spelling_no_object(mine_env *env, const char *at) {
  char shown[MINE_SHOW_BYTES];
  mine_cell all = spelling_cell(at, strlen(at));
  mine__fail(env, MINE_OPTION,
             "options must be an object such as {\"name\":\"value\"}, or name=value pairs "
             "(got %s)",
             mine__show_cell(shown, &all));
}

void mine__spelling_read(mine_env *env, mine_arena *arena, const char *text, int nests,
                         mine_givens *out) {
  memset(out, 0, sizeof *out);
  if (!text) return;
  const char *at = text + strspn(text, SPELLING_SPACE);
  if (!*at) return;
  if (!mine_valid_utf8(at, strlen(at)))
    mine__fail(env, MINE_OPTION, "the options are not valid UTF-8");
  else if (*at == '{')
    spelling_read_json(env, arena, text, nests, out);
  else if (spelling_is_json_value(at))
    spelling_no_object(env, at);
  else
    spelling_read_short(env, arena, text, out);
}

/* ---- values of the short form ----------------------------------------------------------- */

static void spelling_after_quote(mine_env *env, const mine_given *given) {
  mine__fail(env, MINE_OPTION,
             "option %s has text behind a closing double quote; write a double quote inside "
             "a quoted value twice",
             given->name);
}

/* Take the quotes off a trimmed piece, if it has any. */
static void spelling_unquote(mine_env *env, mine_arena *arena, const mine_given *given,
                             const char *at, const char *end, mine_cell *out) {
  *out = spelling_cell(at, (size_t)(end - at));
  int quoted = at < end && *at == '"';
  if (quoted && spelling_quote_end(at, end) != end) {
    spelling_after_quote(env, given);
    return;
  }
  char *copy = mine__arena_text(arena, at, (size_t)(end - at)), *put = copy;
  if (!copy) return;
  out->as.text = copy;
  if (!quoted) return;
  for (at++; at < end - 1; at++) {
    *put++ = *at;
    at += *at == '"';
  }
  *put = 0;
  out->bytes = (size_t)(put - copy);
}

void mine__spelling_text(mine_env *env, mine_arena *arena, const mine_given *given,
                         mine_cell *out) {
  spelling_unquote(env, arena, given, given->raw, given->raw + given->raw_bytes, out);
}

/* Every quote closes: spelling_value_end has been here. */
static size_t spelling_count_items(const char *at, const char *end) {
  size_t n = 1;
  for (at = spelling_item_end(at, end, '|'); at < end; n++)
    at = spelling_item_end(at + 1, end, '|');
  return n;
}

void mine__spelling_pieces(mine_env *env, mine_arena *arena, const mine_given *given,
                           mine_givens *out) {
  const char *at = given->raw, *end = at + given->raw_bytes;
  memset(out, 0, sizeof *out);
  if (at == end) return;
  const size_t n = spelling_count_items(at, end);
  out->item = mine__arena_zeros(arena, n, sizeof *out->item);
  if (!out->item) return;
  for (; out->n < n; out->n++) {
    const char *stop = spelling_item_end(at, end, '|'), *next = stop + 1;
    spelling_trim(&at, &stop);
    if (at == stop) {
      mine__fail(env, MINE_OPTION, "option %s has an empty item; write a|b|c", given->name);
      return;
    }
    out->item[out->n] =
        (mine_given){.name = given->name, .raw = at, .raw_bytes = (size_t)(stop - at)};
    at = next;
  }
}

void mine__spelling_list(mine_env *env, mine_arena *arena, const mine_given *given,
                         mine_list *out) {
  mine_givens piece;
  memset(out, 0, sizeof *out);
  mine__spelling_pieces(env, arena, given, &piece);
  if (mine_failed(env) || piece.n == 0) return;
  mine_cell *item = mine__arena_array(arena, piece.n, sizeof *item);
  for (size_t i = 0; item && i < piece.n && !mine_failed(env); i++)
    mine__spelling_text(env, arena, &piece.item[i], &item[i]);
  if (mine_failed(env)) return;
  out->n = piece.n;
  out->item = item;
}

/* ---- a forgotten comma --------------------------------------------------------------------- */

static int spelling_is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The comma or the semicolon of a Chinese keyboard. */
static int spelling_is_wide_comma(const char *at, const char *end) {
  return end - at > 3 && (memcmp(at, "\xef\xbc\x8c", 3) == 0 || memcmp(at, "\xef\xbc\x9b", 3) == 0);
}

/* Every quote closes: spelling_value_end has been here. */
const char *mine__spelling_swallowed(const char *at, const char *end, size_t *bytes) {
  int begins = 1; /* an item begins here: a quote would protect it */
  while (at < end) {
    if (begins && *at == '"') {
      at = spelling_quote_end(at, end);
      begins = 0;
      continue;
    }
    const int wide = spelling_is_wide_comma(at, end);
    if (spelling_is_space(*at) || wide) {
      const char *name = at + (wide ? 3 : 1), *stop = name;
      while (stop < end && spelling_is_name(*stop))
        stop++;
      *bytes = (size_t)(stop - name);
      while (stop < end && spelling_is_space(*stop))
        stop++;
      if (*bytes > 0 && stop < end && *stop == '=') return name;
    } else {
      begins = *at == '|';
    }
    at++;
  }
  return NULL;
}
