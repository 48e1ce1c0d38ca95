/*
** woe_list.c -- bins in words and as rows of mine_bins (woe.h).
*/
#include "woe.h"

double mine__woe_iv(const mine_woe *woe) {
  double sum = 0;
  for (int bin = 0; bin <= woe->n; bin++)
    sum += woe->iv[bin];
  return sum;
}

void mine__woe_order(const mine_woe *woe, int n, int *order) {
  for (int f = 0; f < n; f++) { /* by insertion: a few hundred columns */
    const double iv = mine__woe_iv(&woe[f]);
    int at = f;
    for (; at > 0 && mine__woe_iv(&woe[order[at - 1]]) < iv; at--)
      order[at] = order[at - 1];
    order[at] = f;
  }
}

const char *mine__woe_words(mine_env *env, const mine_woe *woe) {
  char number[MINE_NUMBER_BYTES];
  mine_text text;
  mine__text_open(&text, env->scratch);
  mine__text_addf(&text, "%d bin%s%s, iv %s", woe->n, woe->n == 1 ? "" : "s",
                  woe->rows[0] > 0 ? " and that of missing values" : "",
                  mine__format_real(number, mine__woe_iv(woe), 3));
  if (woe->n_rare > 0)
    mine__text_addf(&text, "; %lld level%s with few rows %s taken together in bin %d",
                    (long long)woe->n_rare, woe->n_rare == 1 ? "" : "s",
                    woe->n_rare == 1 ? "is" : "are", woe->other);
  return text.failed ? "" : text.data;
}

/* A bound of a number's bins; there is none below the first and above the last. */
static void woe_list_bound(const mine_feature *about, const mine_woe *woe, int cut,
                           mine_relation *to) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell = {.type = MINE_NULL};
  if (woe->cut && cut >= 0 && cut < woe->n - 1)
    mine__feature_cell(about, woe->cut[cut], buffer, &cell);
  mine__row_cell(to, &cell);
}

static void woe_list_levels(mine_env *env, const mine_feature *about, const mine_woe *woe, int bin,
                            mine_relation *to) {
  mine_text text;
  mine__text_open(&text, env->scratch);
  for (int64_t l = 0; l < woe->n_levels; l++) {
    mine_cell cell;
    if (woe->bin_of[l] != bin && !(woe->bin_of[l] == 0 && bin == woe->other)) continue;
    mine__values_get(&about->levels.values, l, &cell);
    mine__text_adds(&text, text.bytes ? "," : "[");
    mine__text_add_cell_json(&text, &cell);
  }
  mine__text_adds(&text, text.bytes ? "]" : "[]");
  if (!text.failed) mine__row_bytes(to, text.data, text.bytes);
}

void mine__woe_list(mine_env *env, const mine_feature *about, const mine_woe *woe, int missing,
                    const double *points, mine_relation *to) {
  for (int i = 1; i <= woe->n + 1 && !mine_failed(env); i++) {
    const int bin = i <= woe->n ? i : 0;
    const mine_mark mark = mine__arena_mark(env->scratch);
    if (bin == 0 && !missing && woe->rows[0] == 0) continue;
    mine__row_text(to, about->name);
    mine__row_int(to, bin);
    woe_list_bound(about, woe, bin - 2, to);
    woe_list_bound(about, woe, bin == 0 ? -1 : bin - 1, to);
    if (woe->cut || bin == 0)
      mine__row_null(to);
    else
      woe_list_levels(env, about, woe, bin, to);
    mine__row_int(to, woe->rows[bin]);
    mine__row_real(to, woe->rate[bin]);
    mine__row_real(to, woe->woe[bin]);
    mine__row_real(to, woe->iv[bin]);
    mine__row_real(to, points ? points[bin] : (double)NAN);
    mine__relation_end_row(to);
    mine__arena_rewind(env->scratch, mark);
  }
}
