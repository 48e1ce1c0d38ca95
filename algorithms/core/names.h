/*
** names.h -- how a name that a person typed is found among those there are.
**
** As SQLite finds identifiers: the exact spelling, else the same but for the case of
** ASCII letters, else the same but also for white space around it (`churn ` from the
** header of a CSV file).  A weaker fit counts only where exactly one name has it.
*/
#ifndef MINE_CORE_NAMES_H
#define MINE_CORE_NAMES_H

typedef enum mine_name_fit {
  MINE_NAME_OTHER,
  MINE_NAME_TRIMMED, /* but for white space around either, and case */
  MINE_NAME_FOLDED,  /* but for the case of ASCII letters           */
  MINE_NAME_EXACT
} mine_name_fit;

/* How well `there` fits what was `asked` for. */
mine_name_fit mine__name_fit(const char *asked, const char *there);

/* A search among any number of names, one after the other: start from {asked},
** show every name with its number, ask for the one that was meant. */
typedef struct mine_name_search {
  const char *asked;
  mine_name_fit best;
  int which, several; /* which name has the best fit, and whether another has it, too */
} mine_name_search;
void mine__name_show(mine_name_search *search, const char *there, int which);
int mine__name_found(const mine_name_search *search); /* -1: none, or more than one */

/* A pattern: '*' stands for any characters, '?' for one.  Letters of ASCII without regard to
** case, white space around the name left aside. */
int mine__name_is_pattern(const char *asked);
int mine__name_matches(const char *pattern, const char *there);

/* The name without the byte order mark that a file may have put before its first. */
const char *mine__name_without_mark(const char *name);

#endif
