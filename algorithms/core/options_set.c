/*
** options_set.c -- one given value, held against its row and written to its field.
**
** The row decides everything: how the value is read, what is permitted, and the sentence when it
** is not.  A default is read by the same code as what a user writes.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "spelling.h"
#include "text.h"

#define OPTIONS_TWO_63 9223372036854775808.0

/* What was given instead; a number of the short form stands without quotes. */
static void options_got(const mine_given *given, const mine_cell *value, char *buffer,
                        size_t bytes) {
  char shown[MINE_SHOW_BYTES];
  double number;
  int text = value->type == MINE_TEXT, reads = 0;
  if (text) reads = mine__read_number(value->as.text, value->bytes, &number);
  mine__show_cell(shown, value);
  if (given->is_list)
    snprintf(buffer, bytes, "a list");
  else if (given->flag)
    snprintf(buffer, bytes, "%s", value->as.integer ? "true" : "false");
  else if (reads && !given->json && value->bytes < 30)
    snprintf(buffer, bytes, "%.*s", (int)value->bytes, value->as.text);
  else
    snprintf(buffer, bytes, "%s%s", shown,
             reads && given->json ? ", a text; write it without quotes" : "");
}

static int options_read_real(const mine_given *given, const mine_cell *value, double *out);

static void options_refuse(mine_env *env, const mine_option *option, const mine_given *given,
                           const mine_cell *value) {
  char wanted[MINE_WANTED_BYTES], got[MINE_SHOW_BYTES + 48];
  if (given->json && !given->is_list && value->type == MINE_NULL) {
    mine__fail(env, MINE_OPTION, "option %s is null; leave it out to get its default",
               option->name);
    return;
  }
  double number;
  if (option->refuse && !given->is_list && options_read_real(given, value, &number) &&
      option->refuse(env, number) != MINE_OK)
    return;
  mine__option_wanted(option, wanted, sizeof wanted);
  options_got(given, value, got, sizeof got);
  mine__fail(env, MINE_OPTION, "option %s must be %s (got %s)", option->name, wanted, got);
}

/* ---- reading one value: 1 = it has the right type ---------------------------------------- */

static int options_is(const mine_cell *value, const char *word) {
  return value->type == MINE_TEXT && value->bytes == strlen(word) &&
         memcmp(value->as.text, word, value->bytes) == 0;
}

/* Digits only, exactly: doubles would round seeds beyond 2^53.  Counted below zero, and not
** as far as INT64_MIN, so that the other sign exists. */
static int options_read_digits(const mine_cell *value, int64_t *out) {
  const char *at = value->as.text, *end = at + value->bytes;
  int negative = at < end && *at == '-';
  int64_t v = 0;
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end) return 0;
  for (; at < end; at++) {
    int digit = *at - '0';
    if (digit < 0 || digit > 9 || v < (INT64_MIN + 1 + digit) / 10) return 0;
    v = v * 10 - digit; /* negative: the wider side */
  }
  *out = negative ? v : -v;
  return 1;
}

static int options_read_real(const mine_given *given, const mine_cell *value, double *out) {
  if (given->flag) return 0;
  if (value->type == MINE_INT)
    *out = (double)value->as.integer;
  else if (value->type == MINE_REAL)
    *out = value->as.real;
  else if (given->json || !mine__read_number(value->as.text, value->bytes, out))
    return 0;
  return isfinite(*out);
}

/* 3.0 and 1e3 are whole numbers too. */
static int options_read_int(const mine_given *given, const mine_cell *value, int64_t *out) {
  double real;
  if (value->type == MINE_INT && !given->flag) {
    *out = value->as.integer;
    return *out != MINE_NOT_GIVEN;
  }
  if (value->type == MINE_TEXT && !given->json && options_read_digits(value, out)) return 1;
  if (!options_read_real(given, value, &real) || real != trunc(real)) return 0;
  if (!(real > -OPTIONS_TWO_63 && real < OPTIONS_TWO_63)) return 0;
  *out = (int64_t)real;
  return 1;
}

/* A number, then nothing, B, or one of K M G T with or without a B. */
static int options_read_bytes(const mine_given *given, const mine_cell *value, int64_t *out) {
  static const char unit[] = "KMGTkmgt";
  double number, factor = 1;
  if (value->type != MINE_TEXT) return options_read_int(given, value, out);
  size_t n = value->bytes;
  const char *text = value->as.text;
  if (n && (text[n - 1] == 'B' || text[n - 1] == 'b')) n--;
  const char *found = n ? strchr(unit, text[n - 1]) : NULL; /* no text holds a NUL */
  if (found) {
    factor = ldexp(1, 10 * (int)((found - unit) % 4 + 1));
    n--;
  }
  if (n == 0 || !mine__read_number(text, n, &number)) return 0;
  number = floor(number * factor);
  if (!(number > -OPTIONS_TWO_63 && number < OPTIONS_TWO_63)) return 0;
  *out = (int64_t)number;
  return 1;
}

static int options_read_flag(const mine_given *given, const mine_cell *value, int *out) {
  int64_t v;
  if (given->flag)
    v = value->as.integer;
  else if (!given->json && (options_is(value, "true") || options_is(value, "false")))
    v = options_is(value, "true");
  else if (!options_read_int(given, value, &v))
    return 0;
  *out = (int)(v == 1);
  return v == 0 || v == 1;
}

static int options_read_choice(const mine_option *option, const mine_cell *value, int *out) {
  for (*out = 0; option->choices[*out]; ++*out)
    if (options_is(value, option->choices[*out])) return 1;
  return 0;
}

static int options_within(const mine_option *option, double v) {
  if (!mine__option_bounded(option)) return 1;
  return v <= option->range.most &&
         (option->above_least ? v > option->range.least : v >= option->range.least);
}

/* A whole number beyond 2^53 is not what its double is. */
static int options_whole_within(const mine_option *option, int64_t v) {
  if (!options_within(option, (double)v)) return 0;
  const double most = option->range.most;
  return !mine__option_bounded(option) || most >= 0x1p63 || v <= (int64_t)most;
}

/* Does the text begin a query?  SELECT, WITH or VALUES, in any case. */
static int options_is_query(const char *text) {
  static const char *const words[] = {"select", "with", "values"};
  text += strspn(text, " \t\r\n");
  for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
    const size_t n = strlen(words[w]);
    size_t same = 0;
    while (same < n && (text[same] | 0x20) == words[w][same])
      same++;
    if (same == n && text[n] && strchr(" \t\r\n(*/-", text[n])) return 1;
  }
  return 0;
}

static int options_read_select(const mine_option *option, const mine_cell *value,
                               mine_select *out) {
  *out = (mine_select){.choice = -1};
  if (value->type != MINE_TEXT) return 0;
  if (option->choices && options_read_choice(option, value, &out->choice)) return 1;
  out->choice = -1;
  out->sql = value->as.text;
  return options_is_query(value->as.text);
}

static int options_read_either(const mine_option *option, const mine_given *given,
                               const mine_cell *value, mine_either *out) {
  *out = (mine_either){(double)NAN, -1};
  if (options_read_choice(option, value, &out->choice)) return 1;
  out->choice = -1;
  return options_read_real(given, value, &out->number) && options_within(option, out->number);
}

/* ---- setting one field ------------------------------------------------------------------- */

static int options_set_number(const mine_option *option, const mine_given *given,
                              const mine_cell *value, void *field) {
  int64_t whole;
  double real;
  if (option->type == MINE_OPTION_REAL) {
    if (!options_read_real(given, value, &real) || !options_within(option, real)) return 0;
    memcpy(field, &real, sizeof real);
    return 1;
  }
  int (*read)(const mine_given *, const mine_cell *, int64_t *) =
      option->type == MINE_OPTION_BYTES ? options_read_bytes : options_read_int;
  if (option->allows_auto && options_is(value, "auto"))
    whole = MINE_AUTO;
  else if (!read(given, value, &whole) || !options_whole_within(option, whole))
    return 0;
  memcpy(field, &whole, sizeof whole);
  return 1;
}

static int options_set_scalar(const mine_option *option, const mine_given *given,
                              const mine_cell *value, void *field) {
  int number;
  mine_select query;
  mine_either either;
  switch (option->type) {
    case MINE_OPTION_FLAG:
      if (!options_read_flag(given, value, &number)) return 0;
      memcpy(field, &number, sizeof number);
      return 1;
    case MINE_OPTION_CHOICE:
      if (!options_read_choice(option, value, &number)) return 0;
      memcpy(field, &number, sizeof number);
      return 1;
    case MINE_OPTION_TEXT:
      if (value->type == MINE_NULL) return 0;
      memcpy(field, value, sizeof *value);
      return 1;
    case MINE_OPTION_DATE:
      if (!mine__option_is_date(value)) return 0;
      memcpy(field, value, sizeof *value);
      return 1;
    case MINE_OPTION_SOURCE:
      if (!options_read_select(option, value, &query)) return 0;
      memcpy(field, &query, sizeof query);
      return 1;
    case MINE_OPTION_EITHER:
      if (!options_read_either(option, given, value, &either)) return 0;
      memcpy(field, &either, sizeof either);
      return 1;
    default:
      return options_set_number(option, given, value, field);
  }
}

/* The items that were given; a JSON scalar is a list of one. */
static void options_items(mine_env *env, mine_arena *arena, const mine_option *option,
                          const mine_given *given, mine_list *list) {
  *list = given->list;
  if (!given->json) {
    mine__spelling_list(env, arena, given, list);
  } else if (!given->is_list && given->value.type == MINE_NULL) {
    options_refuse(env, option, given, &given->value);
  } else if (!given->is_list) {
    mine_cell *one = mine__arena_array(arena, 1, sizeof *one);
    if (!one) return;
    *one = given->value;
    *list = (mine_list){1, one};
  }
}

static void options_set_list(mine_env *env, mine_arena *arena, const mine_option *option,
                             const mine_given *given, void *field) {
  mine_list list;
  options_items(env, arena, option, given, &list);
  if (mine_failed(env)) return;
  memcpy(field, &list, sizeof list);
}

/* Each item is judged alone, so that the sentence shows the one that is wrong. */
static void options_set_numbers(mine_env *env, mine_arena *arena, const mine_option *option,
                                const mine_given *given, void *field) {
  static const mine_cell nothing = {MINE_TEXT, 0, {.text = ""}};
  mine_list list;
  options_items(env, arena, option, given, &list);
  if (mine_failed(env)) return;
  double *number = mine__arena_array(arena, list.n, sizeof *number);
  if (!number) return;
  mine_given item = *given;
  item.is_list = 0;
  if (list.n == 0) options_refuse(env, option, &item, &nothing); /* and no item is judged below */
  for (size_t i = 0; i < list.n; i++) {
    if (!options_read_real(given, &list.item[i], &number[i]) ||
        !options_within(option, number[i]) || (option->whole && number[i] != trunc(number[i]))) {
      options_refuse(env, option, &item, &list.item[i]);
      return;
    }
  }
  const mine_number_list numbers = {list.n, number};
  memcpy(field, &numbers, sizeof numbers);
}

static void options_set_one(mine_env *env, mine_arena *arena, const mine_option *option,
                            const mine_given *given, void *field) {
  mine_cell value = given->value;
  if (!given->json) mine__spelling_text(env, arena, given, &value);
  if (mine_failed(env)) return;
  const int no_time = given->flag && option->type == MINE_OPTION_DATE; /* JSON true */
  if (given->is_list || no_time || !options_set_scalar(option, given, &value, field))
    options_refuse(env, option, given, &value);
}

void mine__option_set(mine_env *env, mine_arena *arena, const mine_option *option,
                      const mine_given *given, void *field) {
  if (given->inner)
    mine__fail(env, MINE_OPTION, "option %s takes one list here, not a list of lists",
               option->name);
  else if (option->type == MINE_OPTION_LIST)
    options_set_list(env, arena, option, given, field);
  else if (option->type == MINE_OPTION_NUMBERS)
    options_set_numbers(env, arena, option, given, field);
  else
    options_set_one(env, arena, option, given, field);
}
