/*
** options_words.c -- the tables as a person reads them: types, ranges, what was
** wanted, and which option an unknown name may have meant.
*/
#include <math.h>
#include <string.h>

#include "likeness.h"
#include "spelling.h"
#include "text.h"

#define OPTIONS_UNLIMITED 1e18 /* a bound from here on is not worth telling */

/* ---- in words ----------------------------------------------------------------------- */

const char *mine__option_type_name(const mine_option *option) {
  static const char *const name[] = {
      [MINE_OPTION_INT] = "integer", [MINE_OPTION_REAL] = "number",
      [MINE_OPTION_FLAG] = "flag",   [MINE_OPTION_CHOICE] = "choice",
      [MINE_OPTION_TEXT] = "text",   [MINE_OPTION_LIST] = "list",
      [MINE_OPTION_BYTES] = "bytes", [MINE_OPTION_NUMBERS] = "numbers",
      [MINE_OPTION_SOURCE] = "text", [MINE_OPTION_EITHER] = "number",
      [MINE_OPTION_DATE] = "date"};
  return name[option->type];
}

static void options_append(char *buffer, size_t bytes, const char *text) {
  size_t at = strlen(buffer), n = strlen(text);
  if (at + 1 >= bytes) return;
  n = mine__utf8_prefix(text, n, bytes - at - 1);
  memcpy(buffer + at, text, n);
  buffer[at + n] = 0;
}

/* A bound as a user would write it: 2GB for an option in bytes. */
static const char *options_bound(char number[MINE_NUMBER_BYTES], const mine_option *option,
                                 double bound) {
  static const char unit[] = "KMGT";
  int u = -1;
  if (option->type == MINE_OPTION_BYTES)
    for (; u < 3 && bound >= 1024 && fmod(bound, 1024) == 0; u++)
      bound /= 1024;
  mine__format_real(number, bound, 0);
  size_t n = strlen(number);
  if (u >= 0) { /* then a whole number, which is short */
    number[n] = unit[u];
    number[n + 1] = 'B';
    number[n + 2] = 0;
  }
  return number;
}

/* "1 to 65536", "at least 1", "above 0", "above 0 up to 1", "up to 5" or "". */
static void options_interval(const mine_option *option, char *buffer, size_t bytes) {
  char least[MINE_NUMBER_BYTES], most[MINE_NUMBER_BYTES];
  int has_least = option->range.least > -OPTIONS_UNLIMITED,
      has_most = option->range.most < OPTIONS_UNLIMITED;
  options_bound(least, option, option->range.least);
  options_bound(most, option, option->range.most);
  if (has_least && (option->above_least || !has_most))
    options_append(buffer, bytes, option->above_least ? "above " : "at least ");
  if (has_least) options_append(buffer, bytes, least);
  if (has_most && (option->above_least || !has_least))
    options_append(buffer, bytes, has_least ? " up to " : "up to ");
  else if (has_most)
    options_append(buffer, bytes, " to ");
  if (has_most) options_append(buffer, bytes, most);
}

static void options_choices(const mine_option *option, char *buffer, size_t bytes) {
  for (int i = 0; option->choices[i]; i++) {
    if (i) options_append(buffer, bytes, ", ");
    options_append(buffer, bytes, option->choices[i]);
  }
}

/* "kmeans++, random or a SELECT" */
static void options_source(const mine_option *option, char *buffer, size_t bytes) {
  if (option->choices) options_choices(option, buffer, bytes);
  options_append(buffer, bytes, option->choices ? " or a SELECT" : "a SELECT");
}

static int options_has_bounds(const mine_option *option) {
  return (option->type == MINE_OPTION_INT || option->type == MINE_OPTION_REAL ||
          option->type == MINE_OPTION_BYTES || option->type == MINE_OPTION_NUMBERS ||
          option->type == MINE_OPTION_EITHER) &&
         mine__option_bounded(option);
}

void mine__option_range(const mine_option *option, char *buffer, size_t bytes) {
  if (bytes == 0) return;
  buffer[0] = 0;
  if (option->type == MINE_OPTION_FLAG) options_append(buffer, bytes, "0 or 1");
  if (option->type == MINE_OPTION_CHOICE) options_choices(option, buffer, bytes);
  if (options_has_bounds(option)) options_interval(option, buffer, bytes);
  if (option->type == MINE_OPTION_EITHER) {
    options_append(buffer, bytes, buffer[0] ? ", or " : "a number, or ");
    options_choices(option, buffer, bytes);
  }
  if (option->allows_auto) options_append(buffer, bytes, buffer[0] ? ", or auto" : "auto");
}

/* What the option wants, as it goes into "option k must be ...". */
void mine__option_wanted(const mine_option *option, char *buffer, size_t bytes) {
  static const char *const want[] = {
      [MINE_OPTION_INT] = "a whole number",
      [MINE_OPTION_REAL] = "a number",
      [MINE_OPTION_FLAG] = "0 or 1",
      [MINE_OPTION_CHOICE] = "one of ",
      [MINE_OPTION_TEXT] = "one value",
      [MINE_OPTION_LIST] = "a list of names",
      [MINE_OPTION_BYTES] = "a size such as 2GB, 512MB or 500000000",
      [MINE_OPTION_NUMBERS] = "numbers such as 64|32",
      [MINE_OPTION_SOURCE] = "",
      [MINE_OPTION_EITHER] = "a number",
      [MINE_OPTION_DATE] = "a date or time such as 2024-06-30 or 2024-06-30T12:00"};
  char range[MINE_WANTED_BYTES / 2] = "";
  buffer[0] = 0;
  if (option->whole) options_append(buffer, bytes, "whole ");
  options_append(buffer, bytes, want[option->type]);
  if (option->type == MINE_OPTION_SOURCE) options_source(option, buffer, bytes);
  if (option->type == MINE_OPTION_CHOICE) options_choices(option, buffer, bytes);
  if (options_has_bounds(option)) options_interval(option, range, sizeof range);
  if (range[0]) {
    int between = range[0] != 'a' && range[0] != 'u'; /* at least, above, up to */
    if (option->type == MINE_OPTION_BYTES || option->type == MINE_OPTION_NUMBERS)
      options_append(buffer, bytes, ",");
    options_append(buffer, bytes, between ? " from " : range[1] == 't' ? " of " : " ");
    options_append(buffer, bytes, range);
  }
  if (option->type == MINE_OPTION_EITHER) {
    options_append(buffer, bytes, ", or one of ");
    options_choices(option, buffer, bytes);
  }
  if (option->allows_auto) options_append(buffer, bytes, ", or auto");
}

/* ---- names ------------------------------------------------------------------------------ */

/* How far a name is from an option's, capitals aside, MINE_NO_HINT when too far; a part
** of it counts as near ("depth" for max_depth). */
static int options_distance(const char *name, const char *option) {
  char lower[64];
  size_t n = 0;
  for (; name[n] && n < sizeof lower - 1; n++)
    lower[n] = (char)(name[n] >= 'A' && name[n] <= 'Z'   ? name[n] - 'A' + 'a'
                      : name[n] == '-' || name[n] == ' ' ? '_'
                                                         : name[n]);
  lower[n] = 0;
  int distance = mine__hint_distance(lower, option);
  if (distance > 1 && n >= 3 && strstr(option, lower)) return 1;
  return distance;
}

/* ---- what other programs call an option ---------------------------------------------------- */

/* Of several options of one name elsewhere the first that is taken here is told. */
static const struct {
  const char *said; /* in small letters, without what is between words */
  const char *meant;
} options_elsewhere[] = {
    {"class", "target"},
    {"classlabel", "target"},
    {"cores", "threads"},
    {"cv", "folds"},
    {"dependent", "target"},
    {"depth", "max_depth"},
    {"drop", "ignore"},
    {"epochs", "max_iter"},
    {"eta", "learning_rate"},
    {"except", "ignore"},
    {"exclude", "ignore"},
    {"freq", "season"},
    {"frequency", "season"},
    {"h", "horizon"},
    {"iterations", "max_iter"},
    {"iterations", "n_trees"},
    {"jobs", "threads"},
    {"label", "target"},
    {"limit", "top"},
    {"lr", "learning_rate"},
    {"mde", "effect"},
    {"memory", "max_memory"},
    {"minsup", "min_support"},
    {"minconf", "min_confidence"},
    {"nahead", "horizon"},
    {"nclusters", "k"},
    {"ncomponents", "components"},
    {"nestimators", "n_trees"},
    {"nfactors", "factors"},
    {"nfolds", "folds"},
    {"njobs", "threads"},
    {"nneighbors", "k"},
    {"normalize", "scale"},
    {"nrounds", "n_trees"},
    {"ntree", "n_trees"},
    {"ntrees", "n_trees"},
    {"numclusters", "k"},
    {"numtrees", "n_trees"},
    {"clusters", "k"},
    {"neighbors", "k"},
    {"neighbours", "k"},
    {"outcome", "target"},
    {"output", "target"},
    {"period", "season"},
    {"periods", "horizon"},
    {"predict", "target"},
    {"randomstate", "seed"},
    {"randomseed", "seed"},
    {"rate", "learning_rate"},
    {"rate", "baseline"},
    {"response", "target"},
    {"remove", "ignore"},
    {"seasonality", "season"},
    {"segments", "k"},
    {"shrinkage", "learning_rate"},
    {"skip", "ignore"},
    {"standardize", "scale"},
    {"status", "event"},
    {"steps", "horizon"},
    {"testsize", "holdout"},
    {"timelimit", "max_seconds"},
    {"timelimit", "budget_seconds"},
    {"timeout", "max_seconds"},
    {"topn", "top"},
    {"trees", "n_trees"},
    {"validation", "holdout"},
    {"weights", "weight"},
    {"y", "target"},
};

static int options_said(const char *name, const char *said) {
  for (; *name; name++) {
    if (*name == '_' || *name == '-' || *name == ' ' || *name == '.') continue;
    const char letter = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
    if (letter != *said++) return 0;
  }
  return *said == 0;
}

static int options_have(const mine_option_group *groups, int n_groups, const char *name) {
  for (int g = 0; g < n_groups; g++)
    if (mine__option_find(groups[g].table, name, strlen(name))) return 1;
  return 0;
}

/* The option of these that elsewhere has that name; NULL: none. */
static const char *options_meant(const mine_option_group *groups, int n_groups, const char *name) {
  for (size_t i = 0; i < sizeof options_elsewhere / sizeof *options_elsewhere; i++)
    if (options_said(name, options_elsewhere[i].said) &&
        options_have(groups, n_groups, options_elsewhere[i].meant))
      return options_elsewhere[i].meant;
  return NULL;
}

static int options_nearest(const mine_option_group *groups, int n_groups, const char *name) {
  int least = MINE_NO_HINT;
  for (int g = 0; g < n_groups; g++)
    for (const mine_option *option = groups[g].table; option->name; option++) {
      int distance = options_distance(name, option->name);
      if (distance < least) least = distance;
    }
  return least;
}

static void options_list_names(mine_text *out, const mine_option_group *groups, int n_groups) {
  const char *between = "";
  for (int g = 0; g < n_groups; g++)
    for (const mine_option *option = groups[g].table; option->name; option++) {
      mine__text_addf(out, "%s%s", between, option->name);
      between = ", ";
    }
}

void mine__options_unknown(mine_env *env, mine_arena *arena, const mine_option_group *groups,
                           int n_groups, const char *name, const char *owners) {
  mine_text near, all;
  char shown[MINE_SHOW_BYTES];
  mine_cell cell = {MINE_TEXT, strlen(name), {0}};
  cell.as.text = name;
  mine__text_open(&near, arena);
  mine__text_open(&all, arena);
  const char *meant = options_meant(groups, n_groups, name);
  if (meant)
    mine__text_addf(&near, "; here it is called '%s'", meant);
  else if (owners)
    mine__text_addf(&near, "; %s is an option of %s", name, owners);
  int least = meant || owners ? MINE_NO_HINT : options_nearest(groups, n_groups, name);
  for (int g = 0, told = 0; least < MINE_NO_HINT && g < n_groups; g++)
    for (const mine_option *option = groups[g].table; option->name && told < 3; option++)
      if (options_distance(name, option->name) == least)
        mine__text_addf(&near, "%s'%s'", told++ ? " or " : "; did you mean ", option->name);
  if (least < MINE_NO_HINT) mine__text_adds(&near, "?");
  options_list_names(&all, groups, n_groups);
  mine__fail(env, MINE_OPTION, "unknown option %s%s (valid: %s)", mine__show_cell(shown, &cell),
             near.data, all.bytes ? all.data : "none");
}
