/*
** names.h -- names that a person typed: beside the search of mine.h, patterns and marks.
*/
#ifndef MINE_CORE_NAMES_H
#define MINE_CORE_NAMES_H

#include "../mine.h"

/* How well `there` fits what was `asked` for. */
mine_name_fit mine__name_fit(const char *asked, const char *there);

/* A pattern: '*' stands for any characters, '?' for one.  Letters of ASCII without regard to
** case, white space around the name left aside. */
int mine__name_is_pattern(const char *asked);
int mine__name_matches(const char *pattern, const char *there);

/* The name without the byte order mark that a file may have put before its first. */
const char *mine__name_without_mark(const char *name);

#endif
