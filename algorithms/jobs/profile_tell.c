/*
** profile_tell.c -- what a column of texts would be if an option said so.
**
** A profile takes no options, so it calls "1,234" a category and a date of two readings a date
** without range; what training would say of them is left in mine_warnings.
*/
#include <math.h>

#include "profile.h"
#include "roles.h"

/* Values of which nine in ten would be numbers if it were said: 1,234 and 37%. */
static void tell_almost(mine_job *job, const char *name, const mine_tally *p) {
  const int64_t plain = (int64_t)(p->n_whole + p->n_real);
  mine_almost almost = {.values = plain, .numbers = plain};
  mine_cell cell;
  mine_text text;
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    mine__values_get(&p->texts.values, i, &cell);
    mine__almost_add(&almost, &cell, p->count[i], !isnan(mine__cell_number(&cell)));
  }
  if (!mine__almost_enough(&almost)) return;
  mine__text_open(&text, job->env->scratch);
  mine__roles_say_almost(&almost, name, "is text; where a verb takes options", &text);
  if (!text.failed) mine__job_note(job, "warning", name, text.data);
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
