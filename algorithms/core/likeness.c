/*
** likeness.c -- the edit distance, and how much of it a hint may have.
**
** V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions and
** reversals", Soviet Physics Doklady 10 (1966); one row of the table at a time:
** R. A. Wagner, M. J. Fischer, JACM 21 (1974).
*/
#include "likeness.h"

#include <string.h>

#include "text.h"

#define LIKENESS_SEEN 64 /* bytes of either that are compared */

static int likeness_least(int a, int b, int c) {
  int least = a < b ? a : b;
  return least < c ? least : c;
}

/* row[j]: from the first i bytes of a to the first j of b; `corner` is what row[j - 1] was
** one row above. */
int mine__edit_distance(const char *a, const char *b) {
  int row[LIKENESS_SEEN + 1];
  size_t n = strlen(b), m = strlen(a);
  if (n > LIKENESS_SEEN) n = LIKENESS_SEEN;
  if (m > LIKENESS_SEEN) m = LIKENESS_SEEN;
  for (size_t j = 0; j <= n; j++)
    row[j] = (int)j;
  for (size_t i = 1; i <= m; i++) {
    int corner = row[0];
    row[0] = (int)i;
    for (size_t j = 1; j <= n; j++) {
      int above = row[j];
      row[j] = likeness_least(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
      corner = above;
    }
  }
  return row[n];
}

static size_t likeness_longer(const char *a, const char *b) {
  const size_t n = strlen(a), m = strlen(b);
  return n > m ? n : m;
}

/* What is longer than the distance sees could differ where it does not look. */
int mine__hint_distance(const char *a, const char *b) {
  const size_t longer = likeness_longer(a, b);
  const int distance = mine__edit_distance(a, b), most = longer < 3 * 2 ? 1 : (int)(longer / 3);
  return longer <= LIKENESS_SEEN && distance <= most && distance < (int)longer ? distance
                                                                               : MINE_NO_HINT;
}

/* Of values, which may be long, the beginnings are compared. */
static int likeness_of_values(const char *a, const char *b) {
  const int distance = mine__same_word(a, b) ? 0 : mine__edit_distance(a, b);
  return 2 * (size_t)distance < likeness_longer(a, b) ? distance : MINE_NO_HINT;
}

int mine__likeness_show(mine_likeness *likeness, const char *there, int64_t which) {
  const int distance = likeness->values ? likeness_of_values(there, likeness->asked)
                                        : mine__hint_distance(likeness->asked, there);
  if (distance == MINE_NO_HINT || (likeness->name && distance >= likeness->distance)) return 0;
  likeness->name = there;
  likeness->which = which;
  likeness->distance = distance;
  return 1;
}
