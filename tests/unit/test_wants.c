/*
** test_wants.c -- the columns of a source found for what a job wants: names as SQLite
** finds them, event lists by position and by option, models' columns by name.
*/
#include "frame_fixture.h"

#include "core/names.h"
#include "data/dataset.h"

/* ---- names ------------------------------------------------------------------------------ */

static void test_names(void **state) {
  (void)state;
  static const struct {
    const char *asked;
    const char *there[4];
    int found;
  } cases[] = {
      {"age", {"id", "age", "Age"}, 1},
      {"Age", {"id", "age", "Age"}, 2},
      {"AGE", {"id", "age", "Age"}, MINE_NAME_SEVERAL},
      {"AGE", {"aGE", "age", "Age", "AGE"}, 3},
      {"AGE", {"age", "AGE ", "AGE"}, 2},
      {" AGE", {" age", "AGE ", "x"}, 0},
      {"\xef\xbb\xbf AGE", {"age", "x"}, 0},
      {"age", {"x", "\xef\xbb\xbf age"}, MINE_NAME_NONE},
      {"AGE", {"id", "age", "x"}, 1},
      {"churn", {"id", "churn ", "x"}, 1},
      {"churn", {"Churn", "churn "}, 0},
      {"churn", {" churn", "churn "}, MINE_NAME_SEVERAL},
      {" churn ", {"churn"}, 0},
      {"CHURN", {"\tchurn\r\n", "hurn"}, 0},
      {"\xc3\x84ge", {"\xc3\xa4ge"}, -1},
      {"a", {"b", "", "ab"}, -1},
      {"", {"a", "b"}, -1},
      {"two words", {"two words", "x"}, 0},
      {"twowords", {"two words"}, -1},
      {"churn", {"churn ", "churn", "x"}, 1},
      {"x", {"X", "X "}, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mine_name_search search = {.asked = cases[i].asked};
    for (int n = 0; n < 4 && cases[i].there[n]; n++)
      mine_name_show(&search, cases[i].there[n], n);
    if (mine_name_found(&search) != cases[i].found)
      fail_msg("'%s': %d, not %d", cases[i].asked, (int)mine_name_found(&search), cases[i].found);
  }
  assert_string_equal(mine__name_without_mark("\xef\xbb\xbfid"), "id");
  assert_string_equal(mine__name_without_mark("id"), "id");
  assert_string_equal(mine__name_without_mark(""), "");
}

/* ---- event lists ------------------------------------------------------------------------- */

static const mine_want baskets[] = {{.name = "basket", .reading = MINE_READ_EXACT},
                                    {.name = "item", .reading = MINE_READ_EXACT},
                                    {0}};
static const mine_want purchases[] = {
    {.name = "customer", .reading = MINE_READ_EXACT},
    {.name = "day", .reading = MINE_READ_NUMBER},
    {.name = "amount", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_OPTIONAL},
    {0}};
static const mine_want survival[] = {
    {.name = "id", .reading = MINE_READ_CELLS},
    {.name = "duration", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_NOT_NEGATIVE},
    {.name = "event", .reading = MINE_READ_EXACT},
    {.name = "group", .reading = MINE_READ_EXACT, .flags = MINE_WANT_OPTIONAL},
    {.name = "start", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_NAMED},
    {0}};
static const mine_want series[] = {
    {.name = "series", .reading = MINE_READ_EXACT, .flags = MINE_WANT_OPTIONAL},
    {.name = "day", .reading = MINE_READ_NUMBER},
    {.name = "value", .reading = MINE_READ_NUMBER},
    {0}};
static const mine_want six[] = {
    {.name = "a", .reading = MINE_READ_EXACT},
    {.name = "b", .reading = MINE_READ_EXACT},
    {.name = "c", .reading = MINE_READ_EXACT},
    {.name = "d", .reading = MINE_READ_EXACT},
    {.name = "e", .reading = MINE_READ_EXACT, .flags = MINE_WANT_OPTIONAL},
    {.name = "f", .reading = MINE_READ_EXACT, .flags = MINE_WANT_OPTIONAL},
    {0}};
static const mine_want attributes[] = {
    {.name = "id", .reading = MINE_READ_CELLS},
    {.name = "by", .reading = MINE_READ_CATEGORY, .flags = MINE_WANT_NAMED},
    {.name = "column", .reading = MINE_READ_AUTO, .flags = MINE_WANT_REST},
    {0}};
static const mine_want one[] = {{.name = "value", .reading = MINE_READ_NUMBER}, {0}};

typedef struct binding {
  const mine_want *want;
  const char *columns; /* of the source, separated by blanks */
  const char *options;
  const char *bound; /* a column per want, '-' = absent, or the error when it has a blank ahead */
} binding;

static const binding bindings[] = {
    {baskets, "b i", "", "b i"},
    {baskets, "b i", "item=b", "i b"},
    {baskets, "b i", "basket=I", "i b"},
    {baskets, "b x i", "basket=b, item=i", "b i"},
    {baskets, "b", "", " the source has 1 column, not two (basket, item); select two columns"},
    {baskets, "b x i", "",
     " the source has 3 columns, not two (basket, item); select two columns, or name them with "
     "basket=... and item=..."},
    {baskets, "b x i", "item=i", " the source has 3 columns, not two (basket, item)"},
    {baskets, "b i", "item=i, basket=I", " 'i' is named as basket and as item; name two columns"},
    {baskets, "b i", "item=k", " no column 'k' (option item); the columns are b, i"},
    {baskets, "b i", "{\"item\":3}", " option item must be the name of a column, not 3"},
    {baskets, "b i", "itm=i", " unknown option 'itm'; did you mean 'item'?"},
    {purchases, "who when", "", "who when -"},
    {purchases, "who when much", "", "who when much"},
    {purchases, "who when much", "customer=when", "when who much"},
    {purchases, "who when much", "customer=who, day=when", "who when -"},
    {purchases, "x who y when much", "customer=who, day=when, amount=much", "who when much"},
    {purchases, "x who y when much", "customer=who, day=when", "who when -"},
    {purchases, "who when much", "amount=who", "when much who"},
    {purchases, "a b c d", "",
     " the source has 4 columns, not two or three (customer, day[, amount]); select two or three "
     "columns, or name them with customer=... and day=..."},
    {purchases, "a", "", " the source has 1 column, not two or three (customer, day[, amount])"},
    {purchases, "a b c d", "customer=b", " the source has 4 columns"},
    {purchases, "a b", "amount=a", " the source has 2 columns"},
    {survival, "id t e", "", "id t e - -"},
    {survival, "id t e g", "", "id t e g -"},
    {survival, "id t s e g", "start=s", "id t e g s"},
    {survival, "id t s e", "start=S", "id t e - s"},
    {survival, "id t e g s", "",
     " the source has 5 columns, not three or four (id, duration, event[, group]); "
     "select three or four columns, or name them with id=..., "
     "duration=... and event=..."},
    {series, "t v", "", "- t v"},
    {series, "s t v", "", "s t v"},
    {series, "v s t", "value=v", "s t v"},
    {six, "1 2 3 4", "", "1 2 3 4 - -"},
    {six, "1 2 3 4 5", "", "1 2 3 4 5 -"},
    {six, "1 2 3 4 5 6", "", "1 2 3 4 5 6"},
    {six, "1 2 3 4 5 6", "f=1", "2 3 4 5 6 1"},
    {six, "1 2 3", "",
     " the source has 3 columns, not four to six (a, b, c, d[, e][, f]); select "
     "four to six columns"},
    {attributes, "k x y", "", "k - -"},
    {attributes, "k x y", "by=X", "k x -"},
    {attributes, "k x y", "id=y, by=k", "y k -"},
    {attributes, "k x y", "column=k", " unknown option 'column'"},
    {one, "v", "", "v"},
    {one, "v w", "",
     " the source has 2 columns, not one (value); select one column, or name them "
     "with value=..."},
};

/* The words of a text, in place. */
static int split(char *text, const char *word[16]) {
  int n = 0;
  for (char *at = strtok(text, " "); at; at = strtok(NULL, " "))
    word[n++] = at;
  return n;
}

static mine_status bind(const binding *t, mine_env *env, mine_frame **frame, mine_events *events) {
  char text[64];
  const char *names[16];
  *frame = NULL;
  *events = (mine_events){.want = t->want};
  mine_option_group group = {.table = mine__wants_options(env->scratch, t->want), .values = events};
  MINE_TRY(mine__options_parse(env, env->scratch, &group, 1, t->options));
  MINE_TRY(mine__frame_open(env, mine__events_plan, events, frame));
  snprintf(text, sizeof text, "%s", t->columns);
  return mine_frame_columns(*frame, names, split(text, names));
}

static void describe_binding(const binding *t, const mine_frame *frame, const mine_events *events,
                             mine_text *out) {
  for (int i = 0; t->want[i].name; i++) {
    const int c = events->column[i];
    mine__text_addf(out, "%s%s", i ? " " : "", c < 0 ? "-" : frame->column[c].name);
    if (c < 0) continue;
    assert_ptr_equal(frame->column[c].want, &t->want[i]);
    assert_int_equal(frame->column[c].reading, t->want[i].reading);
  }
}

static void test_event_lists(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
    const binding *t = &bindings[i];
    mine_env *env;
    mine_frame *frame;
    mine_events events;
    mine_text text;
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    const mine_status status = bind(t, env, &frame, &events);
    mine__text_open(&text, env->scratch);
    if (status == MINE_OK) describe_binding(t, frame, &events, &text);
    if (t->bound[0] == ' ' ? !strstr(mine_env_error(env), t->bound)
                           : status != MINE_OK || strcmp(text.data, t->bound) != 0)
      fail_msg("%s with '%s': %s%s", t->columns, t->options, text.bytes ? text.data : "",
               mine_env_error(env));
    mine__frame_close(frame);
    mine_env_close(env);
  }
}

/* Columns that nobody wants are not read, those of the rest are. */
static void test_what_is_read(void **state) {
  (void)state;
  static const struct {
    binding binding;
    const char *read; /* per column: 1 = the frame wants cells */
  } cases[] = {
      {{baskets, "a b c", "basket=c, item=a", ""}, "101"},
      {{attributes, "a b c", "by=c", ""}, "111"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mine_env *env;
    mine_frame *frame;
    mine_events events;
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    assert_int_equal(bind(&cases[i].binding, env, &frame, &events), MINE_OK);
    for (int c = 0; c < frame->n_columns; c++)
      assert_int_equal(mine_frame_wants(frame, c), cases[i].read[c] == '1');
    mine__frame_close(frame);
    mine_env_close(env);
  }
}

/* The option's row is the want's: name and help, a text, not given. */
static void test_options_of_wants(void **state) {
  (void)state;
  static const mine_want helped[] = {
      {.name = "customer", .reading = MINE_READ_EXACT, .help = "who bought"},
      {.name = "column", .reading = MINE_READ_AUTO, .flags = MINE_WANT_REST},
      {0}};
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  const mine_option *table = mine__wants_options(env->scratch, helped);
  assert_string_equal(table[0].name, "customer");
  assert_string_equal(table[0].help, "who bought");
  assert_int_equal(table[0].type, MINE_OPTION_TEXT);
  assert_null(table[0].initial);
  assert_null(table[1].name);
  mine_env_close(env);
}

/* ---- by name ------------------------------------------------------------------------------ */

typedef struct named {
  const mine_want *want;
  int column[8];
} named;

static mine_status plan_by_name(void *owner, mine_frame *frame) {
  static const mine_lack lack = {"the source lacks", "that were learned", "name them with AS"};
  named *x = owner;
  return mine__wants_by_name(frame, x->want, &lack, x->column);
}

static void test_by_name(void **state) {
  (void)state;
  static const mine_want two[] = {{.name = "age", .reading = MINE_READ_NUMBER},
                                  {.name = "Age", .reading = MINE_READ_EXACT},
                                  {0}};
  static const struct {
    const char *columns, *bound;
  } cases[] = {
      {"age Age", "age Age"},
      {"Age age", "age Age"},
      {"AGE Age", "AGE Age"},
      {"x Age AGE", "AGE Age"},
      {"age AGE", "age AGE"},
      {"age", " the source lacks 1 column that were learned: 'Age'; name them with AS"},
      {"ages x", " the source lacks 2 columns that were learned: 'age' (is it 'ages'?), 'Age'"},
      {"AGE aGE", " 'age' (that were learned) fits the columns 'AGE' and 'aGE'; spell it exactly"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mine_env *env;
    mine_frame *frame;
    named x = {.want = two};
    char text[64], bound[64] = "";
    const char *names[16];
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    assert_int_equal(mine__frame_open(env, plan_by_name, &x, &frame), MINE_OK);
    snprintf(text, sizeof text, "%s", cases[i].columns);
    const mine_status status = mine_frame_columns(frame, names, split(text, names));
    if (status == MINE_OK)
      snprintf(bound, sizeof bound, "%s %s", frame->column[x.column[0]].name,
               frame->column[x.column[1]].name);
    if (cases[i].bound[0] == ' ' ? !strstr(mine_env_error(env), cases[i].bound)
                                 : strcmp(bound, cases[i].bound) != 0)
      fail_msg("%s: %s%s", cases[i].columns, bound, mine_env_error(env));
    mine__frame_close(frame);
    mine_env_close(env);
  }
}

static void test_byte_order_mark(void **state) {
  (void)state;
  static const char *const names[] = {"\xef\xbb\xbfid", "\xef\xbb\xbfx"};
  static const mine_reading readings[3] = {MINE_READ_AUTO, MINE_READ_AUTO};
  fixture x = {.readings = readings};
  assert_int_equal(mine_env_open(NULL, "mine_test", &x.env), MINE_OK);
  assert_int_equal(mine__frame_open(x.env, fixture_plan, &x, &x.frame), MINE_OK);
  assert_int_equal(mine_frame_columns(x.frame, names, 2), MINE_OK);
  assert_string_equal(x.frame->column[0].name, "id");
  assert_int_equal(mine__frame_find(x.frame, "", "ID"), 0);
  assert_int_equal(mine__frame_find(x.frame, "", "x"), -1); /* no first name */
  fixture_close(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),        cmocka_unit_test(test_event_lists),
      cmocka_unit_test(test_what_is_read), cmocka_unit_test(test_options_of_wants),
      cmocka_unit_test(test_by_name),      cmocka_unit_test(test_byte_order_mark),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
