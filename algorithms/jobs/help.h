/*
** help.h -- what the pages of mine_help (help.c) and its search (help_find.c) share.
*/
#ifndef MINE_JOBS_HELP_H
#define MINE_JOBS_HELP_H

#include "../core/text.h"

#define MINE_HELP_NAMES 22 /* the column where the text begins behind a name */

/* "  name      what it is", the text in a column of its own, broken at 80 columns. */
void mine__help_entry(mine_text *out, const char *name, const char *text, int column);
/* Words, broken at 80 columns; `at` columns are taken, further lines are indented. */
void mine__help_wrap(mine_text *out, const char *words, int at, int indent);

/* What analysts call a job or a method, and which verbs and algorithms are meant. */
typedef struct mine__help_word {
  const char *said;  /* 'a|b|c': English in lower case, Chinese */
  const char *meant; /* 'mine_x|y': the most to the point first; each exists */
  const char *how;   /* the way in one or two lines, or NULL */
} mine__help_word;
extern const mine__help_word mine__help_words[]; /* said NULL ends */

/* The verb or algorithm that is called so but for case, '-', blanks and 'mine_': "K-Means",
** "t-test", "forecast"; NULL: none. */
const char *mine__help_name(const char *topic);
/* The algorithm that `topic` is but for case and '-', else the first one of the row above that has
** the longest of the phrases that fit ("logistic regression", not "regression"); NULL: none. */
const char *mine__help_algorithm(const char *topic);
/* Write the verbs and algorithms that `topic` may mean: those of the words above, then those
** whose line has all words of the topic.  0: none, nothing is written. */
int mine__help_find(mine_text *out, const char *topic);
/* After the page of something that is no verb: what else the topic may mean. */
void mine__help_beside(mine_text *out, const char *topic, int words);

#endif
