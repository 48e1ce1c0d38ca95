/*
** anomalies_words.c -- why a point is an anomaly, in words.
*/
#include <math.h>

#include "anomalies.h"
#include "reasons.h"

#define WORDS_SAME                                                              \
  3 /* values of the season's point that make the highest of them worth telling \
     */

typedef enum anomaly_time {
  ANOMALY_OF_YEAR,
  ANOMALY_OF_WEEK,
  ANOMALY_OF_DAY,
  ANOMALY_OF_SEASON,
  ANOMALY_OF_ALL
} anomaly_time;

typedef struct anomaly_words {
  const char *expected[2];         /* between value and expectation, and after it */
  const char *above[2], *below[2]; /* before and after the score             */
  const char *highest[ANOMALY_OF_ALL + 1], *lowest[ANOMALY_OF_ALL + 1];
  const char *rose, *fell, *onwards;
  const char *more[2], *less[2], *begin, *stop;
} anomaly_words;

static const anomaly_words *anomaly_lang(mine_lang lang) {
  static const anomaly_words words[] = {
      [MINE_LANG_EN] = {.expected = {" where ", " was expected, "},
                        .above = {"", " robust deviations above"},
                        .below = {"", " robust deviations below"},
                        .highest = {"; highest for this time of year",
                                    "; highest for this day of the week",
                                    "; highest for this time of day",
                                    "; highest for this point of the season", "; highest of all"},
                        .lowest = {"; lowest for this time of year",
                                   "; lowest for this day of the week",
                                   "; lowest for this time of day",
                                   "; lowest for this point of the season", "; lowest of all"},
                        .rose = "level rose by ",
                        .fell = "level fell by ",
                        .onwards = " from here on",
                        .more = {"values scatter ", " times as much from here on"},
                        .less = {"values scatter ", " times less from here on"},
                        .begin = "values begin to scatter here",
                        .stop = "values scatter no more from here on"},
      [MINE_LANG_ZH] = {.expected = {"，预期 ", "，"},
                        .above = {"高出 ", " 个稳健标准差"},
                        .below = {"低了 ", " 个稳健标准差"},
                        .highest = {"；同期最高", "；同一星期几中最高", "；一天中同一时刻最高",
                                    "；周期同一位置最高", "；全部中最高"},
                        .lowest = {"；同期最低", "；同一星期几中最低", "；一天中同一时刻最低",
                                   "；周期同一位置最低", "；全部中最低"},
                        .rose = "从这里起水平上升 ",
                        .fell = "从这里起水平下降 ",
                        .onwards = "",
                        .more = {"从这里起波动是以前的 ", " 倍"},
                        .less = {"从这里起波动只有以前的 1/", ""},
                        .begin = "数值从这里开始波动",
                        .stop = "数值从这里起不再波动"},
  };
  return &words[lang];
}

static anomaly_time anomaly_when(const mine_series_set *set, int season) {
  const mine_calendar *c = &set->calendar;
  if (season < 2) return ANOMALY_OF_ALL;
  if (c->plain) return ANOMALY_OF_SEASON;
  if (c->unit <= MINE_STEP_WEEK)
    return season == mine__calendar_season(c) ? ANOMALY_OF_YEAR : ANOMALY_OF_SEASON;
  if (c->unit == MINE_STEP_DAY && c->every == 1 && season == 7) return ANOMALY_OF_WEEK;
  if (c->unit > MINE_STEP_DAY && season == mine__calendar_season(c)) return ANOMALY_OF_DAY;
  return ANOMALY_OF_SEASON;
}

/* 1: no value of the same point of the season is as high; -1: none as low. */
static int anomaly_extreme(const mine_series_set *set, int64_t s, int64_t i, int season) {
  const double *y = set->value + set->at[s];
  const int64_t n = set->at[s + 1] - set->at[s], m = season < 2 ? 1 : season;
  int64_t known = 0, higher = 0, lower = 0;
  for (int64_t k = i % m; k < n; k += m) {
    if (k == i || isnan(y[k])) continue;
    known++;
    higher += y[k] >= y[i];
    lower += y[k] <= y[i];
  }
  return known < WORDS_SAME - 1 ? 0 : higher == 0 ? 1 : lower == 0 ? -1 : 0;
}

static void anomaly_number(double v, mine_text *out) {
  char buffer[MINE_NUMBER_BYTES];
  mine__text_adds(out, mine__format_real(buffer, v, 15));
}

static void anomaly_point(const mine_series_set *set, const mine_anomalies *found, int64_t s,
                          int64_t i, mine_lang lang, mine_text *out) {
  const anomaly_words *words = anomaly_lang(lang);
  const int64_t at = set->at[s] + i;
  const int above = set->value[at] > found->expected[at];
  anomaly_number(set->value[at], out);
  mine__text_adds(out, words->expected[0]);
  mine__reason_figure(found->expected[at], 3, out);
  mine__text_adds(out, words->expected[1]);
  const char *const *side = above ? words->above : words->below;
  mine__text_adds(out, side[0]);
  mine__reason_figure(found->score[at], 2, out);
  mine__text_adds(out, side[1]);
  const int extreme = anomaly_extreme(set, s, i, found->season[s]);
  const anomaly_time when = anomaly_when(set, found->season[s]);
  if (extreme == (above ? 1 : -1))
    mine__text_adds(out, above ? words->highest[when] : words->lowest[when]);
}

static void anomaly_shift(const mine_anomalies *found, int64_t s, int64_t at, mine_lang lang,
                          mine_text *out) {
  const anomaly_words *words = anomaly_lang(lang);
  const double size = found->size[at];
  mine__text_adds(out, size > 0 ? words->rose : words->fell);
  if (found->factors[s]) {
    mine__reason_figure(100 * fabs(expm1(size)), 3, out);
    mine__text_adds(out, "%");
  } else {
    mine__reason_figure(fabs(size), 3, out);
  }
  mine__text_adds(out, words->onwards);
}

static void anomaly_scatter(double size, mine_lang lang, mine_text *out) {
  const anomaly_words *words = anomaly_lang(lang);
  if (!(size > 0) || isinf(size)) {
    mine__text_adds(out, size > 0 ? words->begin : words->stop);
    return;
  }
  const char *const *phrase = size > 1 ? words->more : words->less;
  mine__text_adds(out, phrase[0]);
  mine__reason_figure(size > 1 ? size : 1 / size, 2, out);
  mine__text_adds(out, phrase[1]);
}

void mine__anomaly_words(const mine_series_set *set, const mine_anomalies *found, int64_t s,
                         int64_t i, mine_lang lang, mine_text *out) {
  const int64_t at = set->at[s] + i;
  if (found->kind[at] == MINE_ANOMALY_POINT) anomaly_point(set, found, s, i, lang, out);
  if (found->kind[at] == MINE_ANOMALY_SHIFT) anomaly_shift(found, s, at, lang, out);
  if (found->kind[at] == MINE_ANOMALY_SCATTER) anomaly_scatter(found->size[at], lang, out);
}
