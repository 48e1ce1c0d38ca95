/*
** subjects.h -- what the conformance program tries: every algorithm of the registry at
** every task it has, every model kind that no algorithm makes, and the tables for them.
**
** Nobody lists algorithms here.  Their own options are those of the registry's example
** (what they cannot do without), the tables are chosen by `reads`, the rest by `tasks`.
*/
#ifndef CONFORMANCE_SUBJECTS_H
#define CONFORMANCE_SUBJECTS_H

#include "../unit/jobs_fixture.h"

#include "../unit/made_models.h"
#include "../unit/own_options.h"
#include "../unit/refusing_fixture.h"

#define SUBJECTS_MOST 256
#define SUBJECT_ROWS  45

typedef struct subject {
  char name[80]; /* "tree classification", "grouped of tree classification" */
  const mine_algorithm *algorithm;
  const mine_kind *made; /* of two models put together; NULL: as trained */
  mine_task_kind task;
  char own[200];    /* options of the algorithm, of its example */
  const char *wide; /* target= and the like                     */
} subject;

/* ---- the host: refuses an allocation, stops at a poll ------------------------------------- */

typedef struct surroundings {
  refusing memory; /* first: it is what refuse() is given */
  int polls, stop_at, stopped;
} surroundings;

static int surroundings_poll(void *user) {
  surroundings *around = user;
  if (++around->polls != around->stop_at) return 0;
  return around->stopped = 1;
}

/* NULL: it was refused. */
static mine_env *surroundings_env(surroundings *around, const char *verb) {
  mine_env *made = NULL;
  const mine_host host = {.resize = refuse,
                          .interrupted = surroundings_poll,
                          .user = around,
                          .available_memory = (size_t)1 << 30};
  (void)mine_env_open(&host, verb, &made);
  return made;
}

/* Every poll asks the host, and every loop is worth a team: the tables are small. */
mine_status __real_mine__poll(mine_env *to);
mine_status __wrap_mine__poll(mine_env *to);
mine_status __real_mine__poll_progress(mine_env *to, const char *what, double share);
mine_status __wrap_mine__poll_progress(mine_env *to, const char *what, double share);

mine_status __wrap_mine__poll(mine_env *to) {
  to->last_poll = -1e9;
  to->pace.lost = 0;
  return __real_mine__poll(to);
}

mine_status __wrap_mine__poll_progress(mine_env *to, const char *what, double share) {
  to->last_poll = -1e9;
  return __real_mine__poll_progress(to, what, share);
}

/* ---- tables --------------------------------------------------------------------------------- */

/* Numbers, a category and a day with gaps, a class and a number to learn, and a weight of 1 or
** 2; twice: rows of weight 2 stand there twice instead, and every weight is 1. */
static char *table_attributes(int rows, int first, int twice) {
  static const char *const kinds[] = {"red", "green", "blue"};
  char *text = malloc(64 + (size_t)rows * 160), *at = text;
  at += sprintf(at, "id,x,kind,z,y,label,w,day");
  for (int i = first; i < first + rows; i++) {
    const int weight = 1 + (i % 3 == 0), place = i * 37 % 23;
    for (int copy = 0; copy < (twice ? weight : 1); copy++) {
      at += sprintf(at, ";%d,", i + 1 + 1000 * copy);
      if (i % 7 != 3) at += sprintf(at, "%d.%d", place / 2 + i % 2 * 9, place % 2 * 5);
      at += sprintf(at, ",%s,%d.25,%d,%s,%d", i % 11 == 5 ? "" : kinds[i * 5 % 3], i * i % 29,
                    i * i % 17 + i % 2 * 20,
                    i % 2   ? "yes"
                    : i % 5 ? "no"
                            : "never",
                    twice ? 1 : weight);
      at += sprintf(at, i % 13 == 6 ? "," : ",2024-%02d-%02d", 1 + i % 12, 1 + i * 5 % 28);
    }
  }
  return text;
}

static char *table_events(int rows, int first) {
  char *text = malloc(64 + (size_t)rows * 64), *at = text;
  at += sprintf(at, "customer,time,amount");
  for (int i = first; i < first + rows; i++)
    at += sprintf(at, ";c%d,2024-%02d-%02d,%d.5", i * 7 % 9, 1 + i % 12, 1 + i * 5 % 28,
                  5 + i * i % 11);
  return text;
}

static char *table_of(const subject *s, int rows, int first) {
  return strcmp(s->algorithm->reads, "events") == 0 ? table_events(rows, first)
                                                    : table_attributes(rows, first, 0);
}

typedef struct odd_table {
  const char *name, *text;
} odd_table;

/* Tables that methods are not made for.  `label` and `y` are what is learned. */
static const odd_table odd_attributes[] = {
    {"no rows", "id,x,kind,y,label"},
    {"one row", "id,x,kind,y,label;1,2.5,red,3,yes"},
    {"two rows", "id,x,kind,y,label;1,2.5,red,3,yes;2,3.5,blue,4,no"},
    {"only a class", "id,label;1,yes;2,no;3,yes;4,no;5,no"},
    {"only a number", "id,y;1,3.5;2,4.5;3,5.5;4,3.5;5,1.5"},
    {"one attribute", "id,y,label;1,3.5,yes;2,4.5,no;3,5.5,yes;4,3.5,no;5,1.5,no;6,1.5,yes"},
    {"constant columns", "id,x,kind,y,label;1,7,red,1,yes;2,7,red,2,no;3,7,red,3,yes;4,7,red,4,no"},
    {"one constant column",
     "id,x,z,y,label;1,7,1,1,yes;2,7,2,2,no;3,7,3,1,yes;4,7,4,2,no;5,7,9,1,no;6,7,6,1,yes"},
    {"all missing", "id,x,kind,y,label;1,,,1,yes;2,,,2,no;3,,,3,yes;4,,,4,no"},
    {"one column missing",
     "id,x,z,y,label;1,,1,1,yes;2,,2,2,no;3,,3,3,yes;4,,4,4,no;5,,9,1,no;6,,6,1,yes"},
    {"nothing to learn from", "id,x,y,label;1,1,,;2,2,,;3,3,,;4,4,,"},
    {"one class", "id,x,kind,y,label;1,1,red,5,yes;2,2,blue,5,yes;3,3,red,5,yes;4,4,red,5,yes"},
    {"a class per row", "id,x,y,label;1,1,1,a;2,2,2,b;3,3,3,c;4,4,4,d;5,5,5,e"},
    {"a category per row", "id,kind,y,label;1,a,1,no;2,b,2,yes;3,c,3,no;4,d,4,yes;5,e,5,no"},
    {"all rows equal", "id,x,kind,y,label;1,1,a,1,no;2,1,a,1,no;3,1,a,1,no;4,1,a,1,no"},
    {"equal attributes", "id,x,z,y,label;1,1,2,1,no;2,1,2,2,yes;3,3,2,3,no;4,3,2,4,yes;5,3,2,4,no"},
    {"huge numbers",
     "id,x,y,label;1,1.0e308,1,no;2,-1.0e308,2,yes;3,1.7e308,3,no;4,0,4,yes;5,1.0e308,5,no"},
    {"huge numbers to learn",
     "id,x,y,label;1,1,1.0e308,no;2,2,-1.7e308,yes;3,3,1.7e308,no;4,4,0,no"},
    {"numbers alone", "id,x,z,v,y;1,1,5,2,2;2,2,3,2,1;3,3,4,5,4;4,4,1,3,3;5,5,2,6,6;6,6,6,5,5"},
    {"a sum of others", "id,x,z,s,y;1,1,5,6,2;2,2,3,5,1;3,3,4,7,4;4,4,1,5,3;5,5,2,7,6;6,6,6,12,5"},
    {"tiny numbers", "id,x,y,label;1,5.0e-324,1,no;2,1.0e-323,2,yes;3,0,3,no;4,1.5e-323,4,yes"},
    {NULL, NULL},
};
static const odd_table odd_events[] = {
    {"no rows", "customer,time,amount"},
    {"one row", "customer,time,amount;a,2024-01-01,5"},
    {"one customer", "customer,time,amount;a,2024-01-01,5;a,2024-03-02,6;a,2024-05-03,5"},
    {"two customers",
     "customer,time,amount;a,2024-01-01,5;a,2024-03-02,6;a,2024-05-03,5;b,2024-01-01,5;b,2024-06-"
     "02,7"},
    {"a week's customers",
     "customer,time,amount;a,2024-01-01,5;a,2024-01-02,6;b,2024-01-03,5;"
     "b,2024-01-05,1;c,2024-01-01,2;c,2024-03-01,2;d,2024-01-01,9"},
    {"a customer every day",
     "customer,time,amount;a,2024-01-01,6;a,2024-01-02,9;a,2024-01-03,7;a,2024-01-04,7;a,2024-01-"
     "05,9;a,2024-01-06,6;a,2024-01-07,5;a,2024-01-08,6;a,2024-01-09,9"},
    {"more every day",
     "customer,time,amount;a,2024-01-01,10;a,2024-01-02,20;a,2024-01-03,30;a,2024-01-04,40;a,2024-"
     "01-05,50;a,2024-01-06,60;a,2024-01-07,70;a,2024-01-08,80;a,2024-01-09,90"},
    {"always the same",
     "customer,time,amount;a,2024-01-01,5;a,2024-02-01,5;b,2024-01-01,5;b,2024-02-01,5;"
     "c,2024-01-01,5;c,2024-02-01,5"},
    {"returns",
     "customer,time,amount;a,2024-01-01,5;a,2024-02-01,-5;b,2024-01-01,5;b,2024-02-01,5"},
    {"all missing", "customer,time,amount;,,;,,;,,"},
    {NULL, NULL},
};

/* ---- subjects ------------------------------------------------------------------------------- */

static const struct {
  mine_task_kind task;
  const char *options;
} subject_tasks[] = {{MINE_CLASSIFICATION, "target=label,ignore=w,holdout=0.3"},
                     {MINE_REGRESSION, "target=y,ignore=w,holdout=0.3"},
                     {MINE_CLUSTERING, "ignore=label|w"},
                     {MINE_NEIGHBORS, "ignore=label|w"},
                     {MINE_COMPONENTS, "ignore=label|w|kind"},
                     {MINE_UPLIFT, "target=y,treatment=w,treated=2,ignore=label,holdout=0.3"},
                     {MINE_PURCHASES, "seed=1"},
                     {MINE_RECOMMENDATION, "seed=1"},
                     {MINE_FORECASTING, "seed=1"},
                     {MINE_FORECASTING, "time=time,value=amount,step=month,duplicates=sum"},
                     {MINE_SURVIVAL, "target=z,event=label,event_value=yes,ignore=w"}};

/* What any algorithm may be given beside its own options, tried on cheap ones: what it makes of a
** model is the same for all. */
static const struct {
  const char *algorithm;
  mine_task_kind task;
  const char *options, *name;
} subject_more[] = {
    {"bayes", MINE_CLASSIFICATION, "target=label,ignore=w,holdout=0,calibrate=isotonic",
     "bayes, calibrated"},
    {"bayes", MINE_CLASSIFICATION, "target=label,ignore=w,holdout=0,calibrate=platt,group=kind",
     "bayes of groups, calibrated"},
    {"linear", MINE_REGRESSION, "target=y,ignore=w,holdout=0,intervals=cross",
     "linear, with intervals"},
    {"pca", MINE_COMPONENTS, "ignore=label|w", "pca, with a category"},
};

/* Kinds that no algorithm makes yet are put together of two models. */
static const mine_kind *const subject_made[] = {&mine__kind_grouped, &mine__kind_ensemble};

static int subjects_with_more(subject *to) {
  int n = 0;
  for (size_t i = 0; i < sizeof subject_more / sizeof subject_more[0]; i++) {
    subject s = {.algorithm = mine__algorithm_find(subject_more[i].algorithm),
                 .task = subject_more[i].task,
                 .wide = subject_more[i].options};
    snprintf(s.name, sizeof s.name, "%s", subject_more[i].name);
    own_options(s.algorithm, s.own, sizeof s.own);
    to[n++] = s;
  }
  return n;
}

static int subjects_all(subject *to) {
  int n = subjects_with_more(to);
  const mine_algorithm *algorithm;
  for (int i = 0; (algorithm = mine__algorithm_at(i)) != NULL; i++) {
    for (size_t t = 0; t < sizeof subject_tasks / sizeof subject_tasks[0]; t++) {
      if (!(algorithm->tasks & (unsigned)subject_tasks[t].task)) continue;
      subject s = {
          .algorithm = algorithm, .task = subject_tasks[t].task, .wide = subject_tasks[t].options};
      own_options(s.algorithm, s.own, sizeof s.own);
      snprintf(s.name, sizeof s.name, "%s %s", algorithm->name, mine__task_name(s.task));
      assert_true(n + 3 < SUBJECTS_MOST);
      to[n++] = s;
      const int alone = s.task == MINE_NEIGHBORS || s.task == MINE_COMPONENTS ||
                        s.task == MINE_UPLIFT || s.task == MINE_SURVIVAL;
      const int joined = !alone && strcmp(algorithm->reads, "events");
      for (size_t k = 0; joined && k < sizeof subject_made / sizeof subject_made[0]; k++) {
        to[n] = s;
        to[n].made = subject_made[k];
        snprintf(to[n].name, sizeof s.name, "%s of %.50s", subject_made[k]->name, s.name);
        n++;
      }
    }
  }
  return n;
}

#endif
