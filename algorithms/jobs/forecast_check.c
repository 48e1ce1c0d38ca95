/*
** forecast_check.c -- options of fitting that only some methods have: said to another they are
** refused, and what they say must be an order.
*/
#include <string.h>

#include "forecast.h"

/* Options and the methods that have them; auto has ets among others. */
static const struct {
  const char *name, *of, *also;
} check_belongs[] = {{"order", "arima", ""},
                     {"seasonal_order", "arima", ""},
                     {"constant", "arima", ""},
                     {"damped", "ets", "auto"}};

/* p|d|q, with d at most `most`. */
static mine_status check_order(mine_env *env, const char *name, const mine_number_list *said,
                               int most) {
  if (said->n == 0) return MINE_OK;
  if (said->n != 3)
    return mine__fail(env, MINE_OPTION, "option %s must be three numbers such as 1|1|1 (got %d)",
                      name, (int)said->n);
  if (said->item[1] <= most) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "option %s: the series is differenced at most %s, the second number (got %d)",
                    name, most > 1 ? "twice" : "once", (int)said->item[1]);
}

mine_status mine__fitting_check(mine_env *env, const mine__options *options,
                                const mine_forecaster *method) {
  const mine_fitting_options *said = mine__options_of(options, mine__fitting_option_table);
  for (size_t i = 0; i < sizeof check_belongs / sizeof check_belongs[0]; i++) {
    if (strcmp(method->name, check_belongs[i].of) == 0) continue;
    if (strcmp(method->name, check_belongs[i].also) == 0) continue;
    if (mine__options_given(options->group, options->n, check_belongs[i].name))
      return mine__fail(env, MINE_OPTION,
                        "option %s is for algorithm %s, and this is %s; leave it out",
                        check_belongs[i].name, check_belongs[i].of, method->name);
  }
  if (method->seasons == 0 && said->seasonal > MINE_SEASONAL_NONE)
    return mine__fail(env, MINE_OPTION,
                      "option seasonal says how a season goes in, and %s knows none; leave it out",
                      method->name);
  MINE_TRY(check_order(env, "order", &said->order, 2));
  MINE_TRY(check_order(env, "seasonal_order", &said->seasonal_order, 1));
  if (said->seasonal_order.n == 0 || said->seasonal != MINE_SEASONAL_NONE) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "option seasonal=none leaves no season for seasonal_order; leave one out");
}

mine_status mine__fitting_none(mine_env *env, const mine__options *options) {
  for (const mine_option *o = mine__fitting_option_table; o->name; o++) {
    if (mine__options_given(options->group, options->n, o->name))
      return mine__fail(env, MINE_OPTION,
                        "option %s says how series are fitted, and update=1 fits nothing anew; "
                        "leave it out",
                        o->name);
  }
  return MINE_OK;
}
