/*
** names.c -- names found as SQLite finds identifiers.
*/
#include "names.h"

#include <string.h>

/* ASCII only, as SQLite does it: bytes of other letters are compared as they are. */
static char names_fold(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int names_same_folded(const char *a, size_t n_a, const char *b, size_t n_b) {
  if (n_a != n_b) return 0;
  for (size_t i = 0; i < n_a; i++)
    if (names_fold(a[i]) != names_fold(b[i])) return 0;
  return 1;
}

static int names_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The name without white space around it: where it begins, and its length. */
static const char *names_trim(const char *name, size_t *bytes) {
  while (names_is_space(*name))
    name++;
  size_t n = strlen(name);
  while (n > 0 && names_is_space(name[n - 1]))
    n--;
  *bytes = n;
  return name;
}

mine_name_fit mine__name_fit(const char *asked, const char *there) {
  size_t n_asked, n_there;
  if (strcmp(asked, there) == 0) return MINE_NAME_EXACT;
  asked = mine__name_without_mark(asked);
  if (names_same_folded(asked, strlen(asked), there, strlen(there))) return MINE_NAME_FOLDED;
  asked = names_trim(asked, &n_asked);
  there = names_trim(there, &n_there);
  return names_same_folded(asked, n_asked, there, n_there) ? MINE_NAME_TRIMMED : MINE_NAME_OTHER;
}

void mine_name_show(mine_name_search *search, const char *there, int64_t which) {
  const mine_name_fit fit = mine__name_fit(search->asked, there);
  if (fit == MINE_NAME_OTHER || fit < search->best) return;
  if (fit == search->best) { /* of exact fits the first counts */
    search->several = fit != MINE_NAME_EXACT;
    search->other = which;
    return;
  }
  *search = (mine_name_search){.asked = search->asked, .best = fit, .which = which};
}

int64_t mine_name_found(const mine_name_search *search) {
  if (search->best == MINE_NAME_OTHER) return MINE_NAME_NONE;
  return search->several ? MINE_NAME_SEVERAL : search->which;
}

int mine__name_is_pattern(const char *asked) {
  return strpbrk(asked, "*?") != NULL;
}

/* Bytes of the character at `at`. */
static size_t names_character(const char *at, const char *end) {
  size_t n = 1;
  while (at + n < end && (at[n] & 0xc0) == 0x80)
    n++;
  return n;
}

/* One star is open at a time: where it fails, it takes one character more. */
int mine__name_matches(const char *pattern, const char *there) {
  size_t bytes;
  const char *at = names_trim(there, &bytes), *end = at + bytes;
  const char *star = NULL, *retry = NULL;
  while (at < end) {
    if (*pattern == '*') {
      star = ++pattern;
      retry = at;
    } else if (*pattern == '?') {
      pattern++;
      at += names_character(at, end);
    } else if (names_fold(*pattern) == names_fold(*at)) {
      pattern++;
      at++;
    } else if (star) {
      pattern = star;
      retry += names_character(retry, end);
      at = retry;
    } else {
      return 0;
    }
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == 0;
}

const char *mine__name_without_mark(const char *name) {
  return strncmp(name, "\xef\xbb\xbf", 3) == 0 ? name + 3 : name;
}
