/*
** test_options.c -- both spellings of options, and every sentence a user may
** get back for a wrong one.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/spelling.h"
#include "core/text.h"

#include "refusing_fixture.h"

typedef struct sample {
  int64_t k, max_depth, seed, unset;
  double tol, rate, cost;
  int refit, criterion;
  mine_cell positive, init;
  mine_list ignore;
  int64_t max_memory;
} sample;

static const char *const criteria[] = {"gini", "entropy", NULL};
static const mine_option first_table[] = {
    OPTION_INT(sample, k, .initial = "8", .range = {1, 65536}, .help = "clusters"),
    OPTION_INT(sample, max_depth, .initial = "auto", .range = {1, 100}, .allows_auto = 1,
               .help = "depth"),
    OPTION_INT(sample, seed, .initial = "1", .range = {0, 1e18}, .help = "seed"),
    OPTION_INT(sample, unset, .range = {-5, 5}, .help = "not given"),
    OPTION_REAL(sample, tol, .initial = "1e-4", .range = {0, 1}, .help = "tolerance"),
    OPTION_REAL(sample, rate, .initial = "0.1", .range = {0, 1}, .above_least = 1, .help = "rate"),
    OPTION_REAL(sample, cost, .range = {-INFINITY, INFINITY}, .help = "cost"),
    OPTION_END};
static const mine_option second_table[] = {
    OPTION_FLAG(sample, refit, .initial = "1", .help = "refit"),
    OPTION_CHOICE(sample, criterion, .initial = "gini", .choices = criteria, .help = "criterion"),
    OPTION_TEXT(sample, positive, .help = "positive class"),
    OPTION_TEXT(sample, init, .help = "start"),
    OPTION_LIST(sample, ignore, .help = "columns"),
    OPTION_BYTES(sample, max_memory, .initial = "auto", .range = {1048576, 9e18}, .allows_auto = 1,
                 .help = "memory"),
    OPTION_END};

#define VALID                                                                              \
  "(valid: k, max_depth, seed, unset, tol, rate, cost, refit, criterion, positive, init, " \
  "ignore, max_memory)"

static mine_status parse(mine_env *env, const char *text, sample *out) {
  mine_option_group groups[] = {{.table = first_table, .values = out},
                                {.table = second_table, .values = out}};
  memset(out, 0xAB, sizeof *out);
  return mine__options_parse(env, env->scratch, groups, 2, text);
}

/* What was read, in one line: only what differs from the defaults. */
static void describe(mine_env *env, const sample *s, mine_text *out) {
  char number[MINE_NUMBER_BYTES];
  mine__text_open(out, env->scratch);
  if (s->k != 8) mine__text_addf(out, "k=%lld ", (long long)s->k);
  if (s->max_depth != MINE_AUTO) mine__text_addf(out, "max_depth=%lld ", (long long)s->max_depth);
  if (s->seed != 1) mine__text_addf(out, "seed=%lld ", (long long)s->seed);
  if (s->unset != MINE_NOT_GIVEN) mine__text_addf(out, "unset=%lld ", (long long)s->unset);
  if (s->tol != 1e-4) mine__text_addf(out, "tol=%s ", mine__format_real(number, s->tol, 0));
  if (s->rate != 0.1) mine__text_addf(out, "rate=%s ", mine__format_real(number, s->rate, 0));
  if (!isnan(s->cost)) mine__text_addf(out, "cost=%s ", mine__format_real(number, s->cost, 0));
  if (s->refit != 1) mine__text_addf(out, "refit=%d ", s->refit);
  if (s->criterion != 0) mine__text_addf(out, "criterion=%d ", s->criterion);
  if (s->max_memory != MINE_AUTO)
    mine__text_addf(out, "max_memory=%lld ", (long long)s->max_memory);
  const mine_cell *cell[] = {&s->positive, &s->init};
  for (int i = 0; i < 2; i++) {
    if (cell[i]->type == MINE_NULL) continue;
    mine__text_adds(out, i ? "init=" : "positive=");
    mine__text_add_sql(out, cell[i]);
    mine__text_adds(out, " ");
  }
  for (size_t i = 0; i < s->ignore.n; i++) {
    mine__text_adds(out, i ? "|" : "ignore=");
    mine__text_add_sql(out, &s->ignore.item[i]);
  }
}

static const struct {
  const char *text, *expected;
} good[] = {
    {"", ""},
    {" \n\t ", ""},
    {NULL, ""},
    {"{}", ""},
    {" { } ", ""},
    {"k=5, seed=3", "k=5 seed=3 "},
    {"  k = 5 ,\n seed= 3  ", "k=5 seed=3 "},
    {"\tk\r=\t5\r", "k=5 "},
    {"k=3.0", "k=3 "},
    {"k=1e3", "k=1000 "},
    {"k=\"5\"", "k=5 "},
    {"k=+7", "k=7 "},
    {"unset=-5", "unset=-5 "},
    {"seed=123456789012345678", "seed=123456789012345678 "},
    {"max_depth=auto", ""},
    {"max_depth=4", "max_depth=4 "},
    {"tol=0", "tol=0 "},
    {"tol=1", "tol=1 "},
    {"tol=.5", "tol=0.5 "},
    {"rate=1e-9", "rate=1e-09 "},
    {"cost=-12.5", "cost=-12.5 "},
    {"refit=0", "refit=0 "},
    {"refit=false", "refit=0 "},
    {"refit=true", ""},
    {"criterion=entropy", "criterion=1 "},
    {"max_memory=2GB", "max_memory=2147483648 "},
    {"max_memory=512MB", "max_memory=536870912 "},
    {"max_memory=4096KB", "max_memory=4194304 "},
    {"max_memory=1.5g", "max_memory=1610612736 "},
    {"max_memory=500000000", "max_memory=500000000 "},
    {"max_memory=2mb", "max_memory=2097152 "},
    {"positive=1", "positive='1' "},
    {"positive=", "positive='' "},
    {"positive=a b c", "positive='a b c' "},
    {"positive=\"  x \"", "positive='  x ' "},
    {"positive=a|b", "positive='a|b' "},
    {"positive=a=b", "positive='a=b' "},
    {"positive=12\"", "positive='12\"' "},
    {"positive=\xE5\xAE\xA2\xE6\x88\xB7", "positive='\xE5\xAE\xA2\xE6\x88\xB7' "},
    {"init=\"SELECT a, b FROM t LIMIT 20\", k=20", "k=20 init='SELECT a, b FROM t LIMIT 20' "},
    {"init=\"say \"\"hi\"\", you\"", "init='say \"hi\", you' "},
    {"init=SELECT \"x\" FROM t", "init='SELECT \"x\" FROM t' "},
    {"ignore=a|b|phone number", "ignore='a'|'b'|'phone number'"},
    {"ignore= a | b ", "ignore='a'|'b'"},
    {"ignore=\"a|b\"|\"c,d\"|\"e\"\"f\"|12\"", "ignore='a|b'|'c,d'|'e\"f'|'12\"'"},
    {"ignore=\"\"", "ignore=''"},
    {"ignore=", ""},
    {"{\"k\":5, \"seed\":2}", "k=5 seed=2 "},
    {"{\"k\":3.0}", "k=3 "},
    {"{\"k\":1e2}", "k=100 "},
    {"{\"max_depth\":\"auto\"}", ""},
    {"{\"seed\":123456789012345678}", "seed=123456789012345678 "},
    {"{\"tol\":0}", "tol=0 "},
    {"{\"refit\":false}", "refit=0 "},
    {"{\"refit\":1}", ""},
    {"{\"positive\":1}", "positive=1 "},
    {"{\"positive\":1.0}", "positive=1.0 "},
    {"{\"positive\":\"1\"}", "positive='1' "},
    {"{\"positive\":\"a|b\"}", "positive='a|b' "},
    {"{\"positive\":\"\\u5ba2\\ud83d\\ude00\\\"\\n\"}",
     "positive='\xE5\xAE\xA2\xF0\x9F\x98\x80\"\n' "},
    {"{\"ignore\":[\"a\", 2 ,\"c d\"]}", "ignore='a'|2|'c d'"},
    {"{\"ignore\":[]}", ""},
    {"{\"ignore\":\"a|b\"}", "ignore='a|b'"},
    {"{\"max_memory\":\"2GB\"}", "max_memory=2147483648 "},
    {"{\"max_memory\":2000000}", "max_memory=2000000 "},
};

static void test_what_is_read(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    mine_env *env;
    sample s;
    mine_text text;
    assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
    if (parse(env, good[i].text, &s) != MINE_OK)
      fail_msg("%s: %s", good[i].text, mine_env_error(env));
    describe(env, &s, &text);
    if (strcmp(text.data, good[i].expected))
      fail_msg("%s: read %s, not %s", good[i].text, text.data, good[i].expected);
    mine_env_close(env);
  }
}

#define K_WANTED   "option k must be a whole number from 1 to 65536 "
#define TOL_WANTED "option tol must be a number from 0 to 1 "
#define MEMORY_WANTED                                                                   \
  "option max_memory must be a size such as 2GB, 512MB or 500000000, of at least 1MB, " \
  "or auto "
#define LONG_START "a name that no option has and longer than any that the parse"
#define LONG_NAME  LONG_START "r would compare with those it knows"
#define JSON_FAILS "the JSON of the options fails at character "
#define OBJECT     "options must be an object such as {\"name\":\"value\"}, or name=value pairs "

static const struct {
  const char *text, *expected;
} bad[] = {
    {"kk=5", "unknown option 'kk'; did you mean 'k'? " VALID},
    {"K=5", "unknown option 'K'; did you mean 'k'? " VALID},
    {"max_dept=5", "unknown option 'max_dept'; did you mean 'max_depth'? " VALID},
    {"max-depth=5", "unknown option 'max-depth'; did you mean 'max_depth'? " VALID},
    {"max=5", "unknown option 'max'; did you mean 'max_depth' or 'max_memory'? " VALID},
    {"zzz=1", "unknown option 'zzz' " VALID},
    {"x=1", "unknown option 'x' " VALID},
    {"{\"kk\":5}", "unknown option 'kk'; did you mean 'k'? " VALID},
    {"\xE5\xAE\xA2=1", "unknown option '\xE5\xAE\xA2' " VALID},
    {"k=5\xef\xbc\x8cmax_depth=3",
     "option k is given '5\xef\xbc\x8cmax_depth=3'; put a comma before 'max_depth=' (',', not the "
     "wide sign), or double quotes around a value that contains it"},
    {"k\xef\xbc\x9d"
     "5",
     "option 'k\xef\xbc\x9d"
     "5' has no '=' (but the wide sign \xef\xbc\x9d); write name=value, and put "
     "double quotes around a value that contains a comma"},
    {"k=abc", K_WANTED "(got 'abc')"},
    {"k=", K_WANTED "(got '')"},
    {"k=0", K_WANTED "(got 0)"},
    {"k=65537", K_WANTED "(got 65537)"},
    {"k=3.5", K_WANTED "(got 3.5)"},
    {"k=-1", K_WANTED "(got -1)"},
    {"k=5 6", K_WANTED "(got '5 6')"},
    {"k=auto", K_WANTED "(got 'auto')"},
    {"k=99999999999999999999", K_WANTED "(got 99999999999999999999)"},
    {"k=1|2", K_WANTED "(got '1|2')"},
    {"max_depth=x", "option max_depth must be a whole number from 1 to 100, or auto (got 'x')"},
    {"seed=-1", "option seed must be a whole number of at least 0 (got -1)"},
    {"unset=6", "option unset must be a whole number from -5 to 5 (got 6)"},
    {"tol=2", TOL_WANTED "(got 2)"},
    {"tol=nan", TOL_WANTED "(got 'nan')"},
    {"tol=inf", TOL_WANTED "(got 'inf')"},
    {"tol=0,5",
     "option '5' has no '='; write name=value, and put double quotes around a value that "
     "contains a comma"},
    {"rate=0", "option rate must be a number above 0 up to 1 (got 0)"},
    {"rate=1.5", "option rate must be a number above 0 up to 1 (got 1.5)"},
    {"cost=much", "option cost must be a number (got 'much')"},
    {"cost=1e400", "option cost must be a number (got 1e400)"},
    {"refit=2", "option refit must be 0 or 1 (got 2)"},
    {"refit=maybe", "option refit must be 0 or 1 (got 'maybe')"},
    {"criterion=Gini", "option criterion must be one of gini, entropy (got 'Gini')"},
    {"max_memory=lots",
     "option max_memory must be a size such as 2GB, 512MB or 500000000, of at least "
     "1MB, or auto (got 'lots')"},
    {"max_memory=64KB",
     "option max_memory must be a size such as 2GB, 512MB or 500000000, of at least "
     "1MB, or auto (got '64KB')"},
    {"k",
     "option 'k' has no '='; write name=value, and put double quotes around a value that "
     "contains a comma"},
    {"init=SELECT a, b FROM t",
     "option 'b FROM t' has no '='; write name=value, and put double quotes "
     "around a value that contains a comma"},
    {"=5", "an option has no name at character 1 of the options; write name=value"},
    {"k=5,",
     "an option is missing at character 5 of the options; write name=value, separated by "
     "single commas"},
    {"positive=\xE5\xAE\xA2,,k=5",
     "an option is missing at character 12 of the options; write "
     "name=value, separated by single commas"},
    {"k=5, k=5", "option k is given twice; keep one"},
    {"{\"k\":5,\"k\":5}", "option k is given twice; keep one"},
    {"positive=\"abc", "option 'positive' has a double quote that is never closed"},
    {"positive=\"abc\"d",
     "option positive has text behind a closing double quote; write a double quote "
     "inside a quoted value twice"},
    {"ignore=a|\"b\"c",
     "option ignore has text behind a closing double quote; write a double quote inside a quoted "
     "value twice"},
    {"ignore=a||b", "option ignore has an empty item; write a|b|c"},
    {"ignore=a|", "option ignore has an empty item; write a|b|c"},
    {"{\"k\":\"3\"}", K_WANTED "(got '3', a text; write it without quotes)"},
    {"{\"k\":\"abc\"}", K_WANTED "(got 'abc')"},
    {"{\"k\":3.5}", K_WANTED "(got 3.5)"},
    {"{\"k\":true}", K_WANTED "(got true)"},
    {"{\"k\":[1]}", K_WANTED "(got a list)"},
    {"{\"k\":[]}", K_WANTED "(got a list)"},
    {"{\"k\":null}", "option k is null; leave it out to get its default"},
    {"{\"ignore\":null}", "option ignore is null; leave it out to get its default"},
    {"{\"tol\":\"0.5\"}", TOL_WANTED "(got '0.5', a text; write it without quotes)"},
    {"{\"tol\":false}", TOL_WANTED "(got false)"},
    {"{\"refit\":\"true\"}", "option refit must be 0 or 1 (got 'true')"},
    {"{\"criterion\":1}", "option criterion must be one of gini, entropy (got 1)"},
    {"{\"positive\":[\"a\"]}", "option positive must be one value (got a list)"},
    {"{\"cost\":1e400}", JSON_FAILS "9: a number too large for any calculation"},
    {"{\"k\":5", JSON_FAILS "7: expected ',' or '}'"},
    {"{\"k\" 5}", JSON_FAILS "6: expected ':' after the name"},
    {"{k:5}", JSON_FAILS "2: expected a name in double quotes"},
    {"{\"k\":5,}", JSON_FAILS "8: expected a name after ','"},
    {"{\"k\":5} x", JSON_FAILS "9: unexpected text after the closing '}'"},
    {" {\"k\":05}", JSON_FAILS "7: a malformed number"},
    {"{\"k\":+5}",
     JSON_FAILS "6: expected a value: a text in double quotes, a number, true or false"},
    {"{\"k\":}",
     JSON_FAILS "6: expected a value: a text in double quotes, a number, true or false"},
    {"{\"k\":{\"a\":1}}", JSON_FAILS "6: an object is not allowed as a value"},
    {"{\"ignore\":[[1]]}", JSON_FAILS "12: a list is not allowed here"},
    {"{\"ignore\":[null]}", JSON_FAILS "12: null is not allowed in a list"},
    {"{\"ignore\":[1,]}", JSON_FAILS "14: expected a value after ','"},
    {"{\"ignore\":[1 2]}", JSON_FAILS "14: expected ',' or ']' in a list"},
    {"{\"\xE5\xAE\xA2\":\"a}", JSON_FAILS "6: a text without its closing quote"},
    {"{\"positive\":\"a\nb\"}",
     JSON_FAILS "15: a control character inside a text; write it as \\n or \\t"},
    {"{\"positive\":\"\\ud83d\"}",
     JSON_FAILS "15: \\u needs four hexadecimal digits, and surrogates come in pairs"},
    {"{\"positive\":\"\\u0000\"}", JSON_FAILS "15: \\u0000 is not allowed in a text"},
    {"{\"positive\":\"\\x\"}", JSON_FAILS "15: unknown escape after a backslash"},
    {"[1,2]", OBJECT "(got '[1,2]')"},
    {"5", OBJECT "(got '5')"},
    {"\"k=5\"", OBJECT "(got '\"k=5\"')"},
    {"null", OBJECT "(got 'null')"},
    {"true", OBJECT "(got 'true')"},
    {"false ", OBJECT "(got 'false ')"},
    {"k=-1e30", K_WANTED "(got -1e30)"},
    {"k=1000000000000000000000000000.5", K_WANTED "(got '1000000000000000000000000000.5')"},
    {"max_memory=9e9TB", MEMORY_WANTED "(got '9e9TB')"},
    {"max_memory=-9e9TB", MEMORY_WANTED "(got '-9e9TB')"},
    {"max memory=1GB", "unknown option 'max memory'; did you mean 'max_memory'? " VALID},
    {LONG_NAME "=1", "unknown option '" LONG_START "...' " VALID},
    {"k=\xFF", "the options are not valid UTF-8"},
};

static void test_what_is_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mine_env *env;
    sample s;
    assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
    mine_status status = parse(env, bad[i].text, &s);
    if (status != MINE_OPTION || strcmp(mine_env_error(env), bad[i].expected))
      fail_msg("%s:\n  got  %s\n  want %s", bad[i].text, mine_env_error(env), bad[i].expected);
    mine_env_close(env);
  }
}

/* ---- numbers, and options that hold a SELECT ------------------------------------------------ */

typedef struct newer {
  int64_t k;
  double share;
  mine_list ignore;
  mine_number_list hidden, rates;
  mine_select init, from;
} newer;

/* A share that is a count gets a sentence of its own. */
static mine_status refuse_share(mine_env *env, double value) {
  if (value <= 1) return MINE_OK;
  return mine__fail(env, MINE_OPTION, "share=%d is a count", (int)value);
}

static const char *const starts[] = {"kmeans++", "random", NULL};
static const mine_option newer_table[] = {
    OPTION_INT(newer, k, .initial = "8", .range = {1, 65536}),
    OPTION_REAL(newer, share, .range = {0, 1}, .above_least = 1, .refuse = refuse_share),
    OPTION_LIST(newer, ignore, .help = "columns"),
    OPTION_NUMBERS(newer, hidden, .initial = "64|32", .range = {1, 4096}, .whole = 1),
    OPTION_NUMBERS(newer, rates, .help = "any numbers"),
    OPTION_END};
static const mine_option source_table[] = {
    OPTION_SOURCE(newer, init, .initial = "kmeans++", .choices = starts),
    OPTION_SOURCE(newer, from, .help = "a query only"), OPTION_END};

static mine_status parse_newer(mine_env *env, const char *text, newer *out,
                               mine_option_group group[2]) {
  group[0] = (mine_option_group){.table = newer_table, .values = out};
  group[1] = (mine_option_group){.table = source_table, .values = out};
  memset(out, 0xAB, sizeof *out);
  return mine__options_parse(env, env->scratch, group, 2, text);
}

/* The text, its canonical form (read back to itself), and the SELECTs in it. */
static const struct {
  const char *text, *canonical, *select[2];
} newer_good[] = {
    {"", "", {NULL, NULL}},
    {"hidden=64|32", "", {NULL, NULL}},
    {"hidden= 128 |64.0|1e1", "hidden=128|64|10", {NULL, NULL}},
    {"hidden=\"7\"|8", "hidden=7|8", {NULL, NULL}},
    {"{\"hidden\":[5, 4.0]}", "hidden=5|4", {NULL, NULL}},
    {"{\"hidden\":5}", "hidden=5", {NULL, NULL}},
    {"rates=0.1|-1e-300|1e300", "rates=0.1|-1e-300|1e+300", {NULL, NULL}},
    {"init=kmeans++", "", {NULL, NULL}},
    {"init=random", "init=random", {NULL, NULL}},
    {"init=select 1", "init=select 1", {"select 1", NULL}},
    {"init=\"SELECT a, b FROM t\"", "init=\"SELECT a, b FROM t\"", {"SELECT a, b FROM t", NULL}},
    {"init=VALUES(1)", "init=VALUES(1)", {"VALUES(1)", NULL}},
    {"init=\"  With x AS (SELECT 1) SELECT 2\"",
     "init=\"  With x AS (SELECT 1) SELECT 2\"",
     {"  With x AS (SELECT 1) SELECT 2", NULL}},
    {"from=SELECT/**/1, init=SELECT\n2",
     "init=\"SELECT\n2\", from=SELECT/**/1",
     {"SELECT\n2", "SELECT/**/1"}},
    {"from=SELECT x FROM t WHERE k = 5",
     "from=\"SELECT x FROM t WHERE k = 5\"",
     {"SELECT x FROM t WHERE k = 5", NULL}},
    {"{\"from\":\"SELECT 1\"}", "from=SELECT 1", {"SELECT 1", NULL}},
    {"ignore=\"a k=5\"|b", "ignore=\"a k=5\"|b", {NULL, NULL}},
    {"ignore=a kk=5|=|b  =k", "ignore=\"a kk=5\"|\"=\"|\"b  =k\"", {NULL, NULL}},
};

static void test_newer_types(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof newer_good / sizeof *newer_good; i++) {
    mine_env *env;
    newer s;
    mine_text text;
    mine_option_group group[2];
    const char *again = newer_good[i].text;
    assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
    for (int round = 0; round < 2; round++) {
      if (parse_newer(env, again, &s, group) != MINE_OK)
        fail_msg("%s: %s", newer_good[i].text, mine_env_error(env));
      mine__text_open(&text, env->scratch);
      mine__options_canonical(&text, newer_table, &s);
      mine__options_canonical(&text, source_table, &s);
      again = text.bytes ? text.data : "";
      assert_string_equal(again, newer_good[i].canonical);
    }
    int n = 0;
    for (; n < 2 && newer_good[i].select[n]; n++) {
      const char *name = NULL;
      const mine_select *query = mine__options_select(group, 2, n, &name);
      assert_non_null(query);
      assert_string_equal(query->sql, newer_good[i].select[n]);
      assert_string_equal(name, query == &s.init ? "init" : "from");
      assert_true(query->choice == -1 && !query->frame && !query->rows);
    }
    assert_null(mine__options_select(group, 2, n, NULL));
    mine_env_close(env);
  }
}

static void test_numbers_are_numbers(void **state) {
  (void)state;
  mine_env *env;
  newer s;
  mine_option_group group[2];
  assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
  assert_int_equal(parse_newer(env, "rates=.5|-2", &s, group), MINE_OK);
  assert_true(s.hidden.n == 2 && s.hidden.item[0] == 64 && s.hidden.item[1] == 32);
  assert_true(s.rates.n == 2 && s.rates.item[0] == 0.5 && s.rates.item[1] == -2);
  assert_true(s.init.choice == 0 && !s.init.sql);
  assert_true(s.from.choice == -1 && !s.from.sql);
  assert_int_equal(parse_newer(env, "init=random", &s, group), MINE_OK);
  assert_true(s.init.choice == 1 && !s.init.sql && s.rates.n == 0);
  mine_env_close(env);
}

#define HIDDEN_WANTED "option hidden must be whole numbers such as 64|32, from 1 to 4096 "
#define RATES_WANTED  "option rates must be numbers such as 64|32 "
#define INIT_WANTED   "option init must be kmeans++, random or a SELECT "

static const struct {
  const char *text, *expected;
} newer_bad[] = {
    {"hidden=64|0", HIDDEN_WANTED "(got 0)"},
    {"hidden=64|2.5", HIDDEN_WANTED "(got 2.5)"},
    {"hidden=64|4097|x", HIDDEN_WANTED "(got 4097)"},
    {"hidden=x", HIDDEN_WANTED "(got 'x')"},
    {"hidden=", HIDDEN_WANTED "(got '')"},
    {"hidden=64||32", "option hidden has an empty item; write a|b|c"},
    {"{\"hidden\":[]}", HIDDEN_WANTED "(got '')"},
    {"{\"hidden\":[\"64\"]}", HIDDEN_WANTED "(got '64', a text; write it without quotes)"},
    {"{\"hidden\":true}", HIDDEN_WANTED "(got true)"},
    {"{\"hidden\":null}", "option hidden is null; leave it out to get its default"},
    {"rates=1|nan", RATES_WANTED "(got 'nan')"},
    {"init=forgy", INIT_WANTED "(got 'forgy')"},
    {"init=", INIT_WANTED "(got '')"},
    {"init=selection", INIT_WANTED "(got 'selection')"},
    {"init=SELECT", INIT_WANTED "(got 'SELECT')"},
    {"{\"init\":5}", INIT_WANTED "(got 5)"},
    {"{\"init\":[\"random\"]}", INIT_WANTED "(got a list)"},
    {"{\"init\":null}", "option init is null; leave it out to get its default"},
    {"from=kmeans++", "option from must be a SELECT (got 'kmeans++')"},
    {"share=0", "option share must be a number above 0 up to 1 (got 0)"},
    {"share=50", "share=50 is a count"},
    {"{\"share\":50}", "share=50 is a count"},
    {"share=x", "option share must be a number above 0 up to 1 (got 'x')"},
    {"share=50|60", "option share must be a number above 0 up to 1 (got '50|60')"},
    {"ignore=Churn ignore=gender",
     "option ignore is given 'Churn ignore=gender'; put a comma before 'ignore=', or double quotes "
     "around a value that contains it"},
    {"k=5 share=0.5",
     "option k is given '5 share=0.5'; put a comma before 'share=', or double quotes around a "
     "value that contains it"},
    {"ignore=\"a\"|b x=1\n share =2",
     "option ignore is given '\"a\"|b x=1  share =2'; put a comma before 'share=', or double "
     "quotes around a value that contains it"},
    {"ignore=\"a\" k=5",
     "option ignore is given '\"a\" k=5'; put a comma before 'k=', or double quotes around a value "
     "that contains it"},
};

static void test_newer_refusals(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof newer_bad / sizeof *newer_bad; i++) {
    mine_env *env;
    newer s;
    mine_option_group group[2];
    assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
    const mine_status status = parse_newer(env, newer_bad[i].text, &s, group);
    if (status != MINE_OPTION || strcmp(mine_env_error(env), newer_bad[i].expected))
      fail_msg("%s:\n  got  %s\n  want %s", newer_bad[i].text, mine_env_error(env),
               newer_bad[i].expected);
    mine_env_close(env);
  }
}

/* A mark is for what the text says, be it the default. */
static void test_what_was_given(void **state) {
  (void)state;
  static const char *const name[] = {"k", "share", "ignore", "hidden", "rates", "init", "from"};
  static const struct {
    const char *text;
    unsigned given; /* bit i: name[i] */
  } row[] = {{"", 0},
             {NULL, 0},
             {"k=8", 1},
             {"{\"k\":8, \"init\":\"kmeans++\"}", 1 | 32},
             {"from=SELECT 1, ignore=", 64 | 4},
             {"rates=1, hidden=64|32, share=1", 16 | 8 | 2}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    mine_env *env;
    newer s;
    mine_option_group group[2];
    unsigned given = 0;
    assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
    assert_int_equal(parse_newer(env, row[i].text, &s, group), MINE_OK);
    for (unsigned o = 0; o < 7; o++)
      if (mine__options_given(group, 2, name[o])) given |= 1u << o;
    assert_int_equal(given, row[i].given);
    assert_false(mine__options_given(group, 2, "nonsense"));
    assert_false(mine__options_given(group, 2, "ki"));
    mine_env_close(env);
  }
}

static void test_newer_words(void **state) {
  (void)state;
  char range[64];
  mine__option_range(&newer_table[3], range, sizeof range);
  assert_string_equal(range, "1 to 4096");
  assert_string_equal(mine__option_type_name(&newer_table[3]), "numbers");
  mine__option_range(&newer_table[4], range, sizeof range);
  assert_string_equal(range, "");
  mine__option_range(&source_table[0], range, sizeof range);
  assert_string_equal(range, "");
  assert_string_equal(mine__option_type_name(&source_table[0]), "text");
}

/* ---- times ---------------------------------------------------------------------------------- */

typedef struct timed {
  mine_cell before;
} timed;
static const mine_option timed_table[] = {OPTION_DATE(timed, before, .help = "a time"), OPTION_END};

#define BEFORE_WANTED "option before must be a date or time such as 2024-06-30 or 2024-06-30T12:00 "

/* What an option says beside a column that is read so (NULL: none), in days; days of
** Python's datetime. */
static const struct {
  const char *text, *column;
  double days;
  const char *error; /* NULL: none */
} times[] = {
    {"before=2024-06-30", NULL, 19904, NULL},
    {"before=2024-06-30", "unix", 19904, NULL},
    {"before=2024-06-30", "%d/%m/%Y", 19904, NULL},
    {"before=2024-06-30 12:00", NULL, 19904.5, NULL},
    {"{\"before\":\"2024-06-30\"}", NULL, 19904, NULL},
    {"before=30/06/2024", NULL, 19904, NULL},
    {"before=30/06/2024", "%m/%d/%Y", 19904, NULL},
    {"before=03/04/2024", "%d/%m/%Y", 19816, NULL},
    {"before=03/04/2024", "%m/%d/%Y", 19786, NULL},
    {"before=03/04/2024", NULL, 0,
     "option before is '03/04/2024', which may be read as several times; write it as 2024-06-30"},
    {"before=1719705600", "unix", 19904, NULL},
    {"{\"before\":1719705600}", "unix", 19904, NULL},
    {"before=soon", NULL, 0, BEFORE_WANTED "(got 'soon')"},
    {"before=", NULL, 0, BEFORE_WANTED "(got '')"},
    {"before=2024-02-30", NULL, 0, BEFORE_WANTED "(got '2024-02-30')"},
    {"{\"before\":true}", NULL, 0, BEFORE_WANTED "(got true)"},
    {"{\"before\":[\"2024-06-30\"]}", NULL, 0, BEFORE_WANTED "(got a list)"},
    {"{\"before\":null}", NULL, 0, "option before is null; leave it out to get its default"},
};

static void test_times(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    mine_env *env;
    timed s;
    mine_text text;
    mine_time_reading column;
    double days = -1;
    const char *format = times[i].column;
    mine_option_group group = {.table = timed_table, .values = &s};
    assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
    if (format) assert_int_equal(mine__time_format(env, format, strlen(format), &column), MINE_OK);
    mine_status status = mine__options_parse(env, env->scratch, &group, 1, times[i].text);
    if (status == MINE_OK) {
      mine__text_open(&text, env->scratch);
      mine__options_canonical(&text, timed_table, &s);
      if (times[i].text[0] != '{') assert_string_equal(text.data, times[i].text);
      status = mine__option_date(env, "before", &s.before, format ? &column : NULL, &days);
    }
    if (strcmp(mine_env_error(env), times[i].error ? times[i].error : "") != 0)
      fail_msg("%s (%s): %s", times[i].text, format ? format : "alone", mine_env_error(env));
    if (status == MINE_OK && days != times[i].days)
      fail_msg("%s (%s): %f", times[i].text, format ? format : "alone", days);
    mine_env_close(env);
  }
}

/* 20240630 is a day by itself and a second in a column of Unix seconds. */
static void test_two_times(void **state) {
  (void)state;
  mine_env *env;
  timed s;
  mine_time_reading column;
  double days;
  mine_option_group group = {.table = timed_table, .values = &s};
  assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
  assert_int_equal(mine__time_format(env, "unix", 4, &column), MINE_OK);
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, ""), MINE_OK);
  assert_int_equal(s.before.type, MINE_NULL);
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, "before=20240630"), MINE_OK);
  assert_int_equal(mine__option_date(env, "before", &s.before, &column, &days), MINE_OPTION);
  assert_non_null(
      strstr(mine_env_error(env), "option before is '20240630', which reads otherwise"));
  assert_string_equal(mine__option_type_name(&timed_table[0]), "date");
  mine_env_close(env);
}

static void check_peek(const char *text, const char *expected) {
  mine_env *env;
  mine_cell cell;
  char shown[MINE_SHOW_BYTES];
  assert_int_equal(mine_env_open(NULL, "mine_cluster", &env), MINE_OK);
  mine_status status = mine__options_peek(env, env->scratch, text, "algorithm", &cell);
  assert_string_equal(status == MINE_OK ? mine__show_cell(shown, &cell) : mine_env_error(env),
                      expected);
  mine_env_close(env);
}

static void test_peeking(void **state) {
  (void)state;
  check_peek(NULL, "NULL");
  check_peek("k=abc, nonsense=1", "NULL");
  check_peek("k=5, algorithm = dbscan ", "'dbscan'");
  check_peek("{\"eps\":[1],\"algorithm\":\"dbscan\"}", "'dbscan'");
  check_peek("algorithm=a, algorithm=b, k=5",
             "mine_cluster: option algorithm is given twice; keep one");
  check_peek("algorithm=kmeans k=5",
             "mine_cluster: option algorithm is given 'kmeans k=5'; put a comma before 'k=', or "
             "double quotes around a value that contains it");
  check_peek("{\"algorithm\":null}",
             "mine_cluster: option algorithm is null; leave it out to get its default");
}

static void test_ranges_in_words(void **state) {
  (void)state;
  static const struct {
    const mine_option *table;
    int row;
    const char *type, *range;
  } row[] = {{first_table, 0, "integer", "1 to 65536"},
             {first_table, 1, "integer", "1 to 100, or auto"},
             {first_table, 2, "integer", "at least 0"},
             {first_table, 4, "number", "0 to 1"},
             {first_table, 5, "number", "above 0 up to 1"},
             {first_table, 6, "number", ""},
             {second_table, 0, "flag", "0 or 1"},
             {second_table, 1, "choice", "gini, entropy"},
             {second_table, 2, "text", ""},
             {second_table, 4, "list", ""},
             {second_table, 5, "bytes", "at least 1MB, or auto"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char range[64], tiny[6];
    const mine_option *option = &row[i].table[row[i].row];
    mine__option_range(option, range, sizeof range);
    assert_string_equal(range, row[i].range);
    assert_string_equal(mine__option_type_name(option), row[i].type);
    mine__option_range(option, tiny, sizeof tiny);
    assert_true(strlen(tiny) < sizeof tiny && strncmp(tiny, range, strlen(tiny)) == 0);
  }
}

/* Ranges that none of our own tables has (yet). */
static const mine_option odd_table[] = {
    OPTION_INT(sample, k, .range = {-INFINITY, 5}, .help = "only a largest"),
    {.name = "near", .type = MINE_OPTION_INT, .allows_auto = 1, .help = "no bounds, auto"},
    OPTION_REAL(sample, rate, .range = {-INFINITY, 5}, .above_least = 1, .help = "above nothing"),
    OPTION_BYTES(sample, max_memory, .range = {1125899906842624.0, 9e18}, .allows_auto = 1,
                 .help = "beyond the largest unit"),
    OPTION_END};

static void test_odd_ranges(void **state) {
  (void)state;
  static const char *const range[] = {"up to 5", "auto", "up to 5", "at least 1024TB, or auto"};
  static const char *const wanted[] = {
      "a whole number up to 5", "a whole number, or auto", "a number up to 5",
      "a size such as 2GB, 512MB or 500000000, of at least 1024TB, or auto"};
  char text[MINE_WANTED_BYTES] = "untouched";
  mine__option_range(&odd_table[0], text, 0);
  assert_string_equal(text, "untouched");
  for (int i = 0; odd_table[i].name; i++) {
    mine__option_range(&odd_table[i], text, sizeof text);
    assert_string_equal(text, range[i]);
    mine__option_wanted(&odd_table[i], text, sizeof text);
    assert_string_equal(text, wanted[i]);
  }
}

static void check_unknown(const mine_option *table, const char *text, const char *expected) {
  mine_env *env;
  sample s;
  mine_option_group group = {.table = table, .values = &s};
  assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, text), MINE_OPTION);
  assert_string_equal(mine_env_error(env), expected);
  mine_env_close(env);
}

static void test_unknown_names(void **state) {
  (void)state;
  static const mine_option none[] = {OPTION_END};
  static const mine_option alike[] = {{.name = "wide1", .type = MINE_OPTION_INT},
                                      {.name = "wide2", .type = MINE_OPTION_INT},
                                      {.name = "wide3", .type = MINE_OPTION_INT},
                                      {.name = "wide4", .type = MINE_OPTION_INT},
                                      OPTION_END};
  check_unknown(none, "k=5", "unknown option 'k' (valid: none)");
  check_unknown(alike, "wide=1",
                "unknown option 'wide'; did you mean 'wide1' or 'wide2' or 'wide3'? (valid: wide1, "
                "wide2, wide3, wide4)");
}

/* What other programs call an option, if this verb has it. */
static void test_names_elsewhere(void **state) {
  (void)state;
  static const mine_option clusters[] = {{.name = "k", .type = MINE_OPTION_INT},
                                         {.name = "max_iter", .type = MINE_OPTION_INT},
                                         OPTION_END};
  static const mine_option trees[] = {{.name = "n_trees", .type = MINE_OPTION_INT}, OPTION_END};
  check_unknown(clusters, "clusters=3",
                "unknown option 'clusters'; here it is called 'k' (valid: k, max_iter)");
  check_unknown(clusters, "N_Clusters=3",
                "unknown option 'N_Clusters'; here it is called 'k' (valid: k, max_iter)");
  check_unknown(clusters, "n_estimators=3", "unknown option 'n_estimators' (valid: k, max_iter)");
  check_unknown(clusters, "iterations=3",
                "unknown option 'iterations'; here it is called 'max_iter' (valid: k, max_iter)");
  check_unknown(trees, "iterations=3",
                "unknown option 'iterations'; here it is called 'n_trees' (valid: n_trees)");
}

/* The scalar form of scoring: nulls are values there, lists are not. */
static void test_json_members(void **state) {
  (void)state;
  mine_env *env;
  mine_json json;
  mine_cell value;
  const char *name;
  assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
  mine__json_open(&json, env->scratch, "{\"a\":null,\"b\":true,\"c\":-0.5,\"d\":[1]}");
  assert_true(mine__json_next(&json, &name, &value, NULL));
  assert_string_equal(name, "a");
  assert_int_equal(value.type, MINE_NULL);
  assert_true(mine__json_next(&json, &name, &value, NULL));
  assert_true(value.type == MINE_INT && value.as.integer == 1 && json.flag);
  assert_true(mine__json_next(&json, &name, &value, NULL));
  assert_true(value.type == MINE_REAL && value.as.real == -0.5 && !json.flag);
  assert_false(mine__json_next(&json, &name, &value, NULL));
  assert_string_equal(json.problem, "a list is not allowed here");
  assert_false(mine__json_next(&json, &name, &value, NULL));
  mine_env_close(env);
}

/* Any prefix of any text: an answer or a sentence, never a read too far (the
** copy is exactly as long as the text, for the sanitizer to see). */
static void test_cut_anywhere(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    for (size_t n = 0; n <= strlen(bad[i].text); n++) {
      mine_env *env;
      sample s;
      char *copy = calloc(n + 1, 1);
      memcpy(copy, bad[i].text, n);
      assert_int_equal(mine_env_open(NULL, NULL, &env), MINE_OK);
      mine_status status = parse(env, copy, &s);
      assert_int_equal(status == MINE_OK, mine_env_error(env)[0] == 0);
      mine_env_close(env);
      free(copy);
    }
}

/* 1 = the n-th allocation was refused; `used` bytes of the arena are taken first. */
static int parse_without(const char *text, size_t used, int n) {
  refusing memory;
  sample s;
  newer new_sample;
  mine_option_group group[2];
  mine_cell cell;
  mine_env *env = refusing_env(&memory, "mine_test");
  assert_non_null(mine__arena_array(env->scratch, used, 1));
  memory.countdown = n;
  mine_status status = parse(env, text, &s);
  if (status == MINE_OK) status = mine__options_peek(env, env->scratch, text, "positive", &cell);
  if (status == MINE_OK)
    status = parse_newer(env, "hidden=5|6, init=\"SELECT 1\"", &new_sample, group);
  if (status == MINE_OK) status = parse_newer(env, "{\"hidden\":5}", &new_sample, group);
  if (!memory.refused) {
    assert_int_equal(status == MINE_OK, mine_env_error(env)[0] == 0);
  } else {
    assert_int_equal(status, MINE_NOMEM);
    assert_non_null(strstr(mine_env_error(env), "mine_test: out of memory ("));
  }
  mine_env_close(env);
  assert_true(memory.held == 0);
  return memory.refused;
}

/* The taken bytes move the pieces that follow, so that each of them is at some
** time the one for which the arena must ask the host. */
static void test_every_allocation_may_fail(void **state) {
  (void)state;
  static const char *const text[] = {
      "k=5, positive=\"a\", ignore=a|\"b\"|c",
      "{\"positive\":\"a\", \"ignore\":[\"a\",\"b\"], \"k\":5}",
      "{\"ignore\":[]}",
      "{\"ignore\":\"a\"}",
      "kk=5",
  };
  for (size_t i = 0; i < sizeof text / sizeof *text; i++)
    for (size_t used = 0; used < 1024; used += 8) {
      int n = 1;
      while (parse_without(text[i], used, n))
        n++;
      assert_true(n > 1);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_is_read),
      cmocka_unit_test(test_what_is_refused),
      cmocka_unit_test(test_newer_types),
      cmocka_unit_test(test_numbers_are_numbers),
      cmocka_unit_test(test_newer_refusals),
      cmocka_unit_test(test_what_was_given),
      cmocka_unit_test(test_newer_words),
      cmocka_unit_test(test_times),
      cmocka_unit_test(test_two_times),
      cmocka_unit_test(test_peeking),
      cmocka_unit_test(test_ranges_in_words),
      cmocka_unit_test(test_json_members),
      cmocka_unit_test(test_cut_anywhere),
      cmocka_unit_test(test_odd_ranges),
      cmocka_unit_test(test_unknown_names),
      cmocka_unit_test(test_names_elsewhere),
      cmocka_unit_test(test_every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
