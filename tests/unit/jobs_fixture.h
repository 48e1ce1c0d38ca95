/*
** jobs_fixture.h -- tables written as one string, for the tests of jobs.
**
** "id,x,y; 1,2.5,a; 2,,b": rows end with ';', cells with ','; blanks around a
** cell are dropped.  A cell is an integer, a number with a '.' (1.0e308), nothing (NULL),
** or text; 'quotes' make text of anything, also of nothing.
*/
#ifndef JOBS_FIXTURE_H
#define JOBS_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "env_fixture.h"
#include "verb_fixture.h"

#define FIXTURE_CELLS 128
#define FIXTURE_MAY   __attribute__((unused)) /* not every test needs it */

/* The next cell of the table, blanks dropped; *end = its separator. */
static char *fixture_cell(char **at, char *end) {
  char *cell = *at + strspn(*at, " \n");
  char *stop = cell + strcspn(cell, ",;");
  *end = *stop;
  *at = *stop ? stop + 1 : stop;
  *stop = '\0';
  while (stop > cell && (stop[-1] == ' ' || stop[-1] == '\n'))
    *--stop = '\0';
  return cell;
}

static void fixture_put(mine_frame *frame, int column, const char *cell) {
  const size_t n = strlen(cell);
  char *stop;
  double v;
  if (n == 0) {
    mine_frame_put_null(frame, column);
  } else if (cell[0] == '\'') {
    mine_frame_put_text(frame, column, cell + 1, n - 2);
  } else if (strchr(cell, '.') && strchr(cell, 'e') && (v = strtod(cell, &stop), !*stop)) {
    mine_frame_put_real(frame, column, v);
  } else if (!mine__read_decimal(cell, n, &v)) {
    mine_frame_put_text(frame, column, cell, n);
  } else if (strchr(cell, '.')) {
    mine_frame_put_real(frame, column, v);
  } else {
    mine_frame_put_int(frame, column, (int64_t)v);
  }
}

/* Name the columns and put the rows; the first failure comes back. */
static mine_status fixture_fill(mine_frame *frame, const char *table, int skip_header) {
  char *text = malloc(strlen(table) + 1), *at = strcpy(text, table), end = ',';
  const char *names[FIXTURE_CELLS];
  int n = 0;
  mine_status status = MINE_OK;
  while (end == ',')
    names[n++] = fixture_cell(&at, &end);
  if (!skip_header) status = mine_frame_columns(frame, names, n);
  while (status == MINE_OK && at[strspn(at, " \n")]) {
    int c = 0;
    do {
      fixture_put(frame, c++, fixture_cell(&at, &end));
    } while (end == ',');
    status = mine_frame_end_row(frame);
  }
  free(text);
  return status;
}

/* Train and return the model, or NULL with the error in env. */
FIXTURE_MAY static mine_model *fixture_train(const char *algorithm, const char *options,
                                             const char *table) {
  mine_training *training;
  mine_model *model = NULL;
  if (verb_training_open(env, algorithm, options, &training)) return NULL;
  if (fixture_fill(mine__training_frame(training), table, 0) == MINE_OK)
    (void)mine__training_fit(training, &model);
  mine__training_close(training);
  return model;
}

FIXTURE_MAY static mine_model *must_train(const char *algorithm, const char *options,
                                          const char *table) {
  mine_model *model = fixture_train(algorithm, options, table);
  if (!model) fail_msg("%s", mine_env_error(env));
  return model;
}

/* The text of an error must hold these words. */
FIXTURE_MAY static void must_say(const char *words) {
  if (!strstr(mine_env_error(env), words))
    fail_msg("the error is \"%s\", it lacks \"%s\"", mine_env_error(env), words);
}

/* A row of a relation: `key` in the first columns joined by '|'; the text of
** the given column, NULL when there is no such row. */
FIXTURE_MAY static const char *look_up(const mine_relation *r, const char *key, int keys,
                                       int column) {
  static char out[2048];
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    char found[1024] = "";
    mine_text text;
    mine_cell cell;
    for (int c = 0; c < keys; c++) {
      mine_relation_cell(r, i, c, &cell);
      mine__text_open(&text, env->scratch);
      mine__text_add_cell(&text, &cell);
      snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", c ? "|" : "",
               text.bytes ? text.data : "");
    }
    if (strcmp(found, key) != 0) continue;
    mine_relation_cell(r, i, column, &cell);
    if (cell.type == MINE_NULL) return "NULL";
    mine__text_open(&text, env->scratch);
    mine__text_add_cell(&text, &cell);
    snprintf(out, sizeof out, "%s", text.bytes ? text.data : "");
    return out;
  }
  return NULL;
}

/* The detail of a line of the model's report. */
FIXTURE_MAY static void must_note(const mine_model *model, const char *item_and_name,
                                  const char *words) {
  mine_relation *r;
  assert_int_equal(verb_list(env, model, "mine_summary", &r), MINE_OK);
  const char *detail = look_up(r, item_and_name, 2, 2);
  if (!detail) fail_msg("no line %s in the report", item_and_name);
  if (!strstr(detail, words))
    fail_msg("%s is \"%s\", it lacks \"%s\"", item_and_name, detail, words);
  mine_relation_free(r);
}

/* n customers: id, age, spend, plan, churn ('yes' where a noisy rule says so). */
FIXTURE_MAY static char *fixture_customers(int n, int first) {
  char *text = malloc(64 + (size_t)n * 48), *at = text;
  at += sprintf(at, "id,age,spend,plan,churn");
  for (int i = first; i < first + n; i++) {
    const unsigned x = (unsigned)i * 2654435761u, y = x ^ (x >> 15), z = y * 2246822519u;
    const int age = 18 + (int)(y % 60), spend = (int)(z >> 8) % 1000;
    const int churn = (age < 35) + (spend % 500 < 200) + ((z >> 4) % 5 == 0) >= 2;
    at += sprintf(at, ";%d,%d,%d.5,%s,%s", i + 1, age, spend, z % 3 ? "basic" : "gold",
                  churn ? "yes" : "no");
  }
  return text;
}

#endif
