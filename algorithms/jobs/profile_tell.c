/*
** profile_tell.c -- what a column of texts would be if an option said so.
**
** A profile takes no options, so it calls "1,234" a category and a date of two readings a date
** without range; what training would say of them is left in mine_warnings.
*/
#include <math.h>

#include "../data/numerals.h"
#include "profile.h"

/* Texts of which nine in ten would be numbers if it were said: 1,234 and 37%. */
static void tell_almost(mine_job *job, const char *name, const mine_tally *p) {
  int64_t numbers = 0;
  mine_cell cell, odd = {MINE_NULL, 0, {0}};
  char shown[MINE_SHOW_BYTES];
  unsigned all = 0;
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    unsigned marks = 0;
    mine__values_get(&p->texts.values, i, &cell);
    const int plain = !isnan(mine__cell_number(&cell));
    if (!plain && odd.type == MINE_NULL) odd = cell;
    if (!plain && !mine__numeral_like(cell.as.text, cell.bytes, &marks)) continue;
    numbers += p->count[i];
    all |= marks;
  }
  if (odd.type == MINE_NULL || 10 * numbers < 9 * p->n_text) return;
  mine__job_notef(job, "warning", name,
                  "texts, of which %lld of %lld read as numbers, not so %s: where a verb takes "
                  "options say %s, or clean it",
                  (long long)numbers, (long long)p->n_text, mine__show_cell(shown, &odd),
                  all & MINE_MARK_COMMA ? "decimal=comma"
                  : all                 ? "numeric=<column>"
                                        : "na=<text>");
}

void mine__profile_tell(mine_job *job, const char *name, const mine_tally *p, int dates,
                        int two_ways) {
  if (two_ways)
    mine__job_notef(job, "warning", name,
                    "dates that can be read in two ways: say date_format=%%d/%%m/%%Y or "
                    "date_format=%%m/%%d/%%Y where a verb takes options");
  else if (!dates && p->n_text > 0)
    tell_almost(job, name, p);
}
