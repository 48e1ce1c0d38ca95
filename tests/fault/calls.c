/*
** calls.c -- the table of calls: rows made of what mine_verbs says of each verb, after a
** few written by hand.
**
** A verb's form names its arguments; each is given what the small database has for it:
**
**   models       one of them, twice
**   model        each stored model, until two of them work (one, with the required
**                arguments only); 'new' where it is stored
**   algorithm    each of mine_algorithms, with the own options of its example
**   source ...   the customers, or (the verb `reads` an event list) columns of the baskets
**   options      those of the verb's example, target= the customers' own, and {o}
**   format       as in the example
**   'name', ...  the attributes of the customers
**   others       as in the example
**   aggregates   columns of the customers, per group and in a window
**
** once with all arguments, once with those that are required.  A call that fails without
** a fault is no row: such ones, and what is special, are written by hand.  A verb of
** which no call works is called as its example does; a verb that is added has its rows.
*/
#include <stdio.h>
#include <string.h>

#include "fault.h"

#define CALLS_MOST      500
#define CALLS_TEXT      1600
#define CALLS_ARGUMENTS 12
#define CALLS_MODELS    128
#define CUSTOMERS       "SELECT id, age, income, plan FROM customers"
#define NUMBERS         "SELECT id, age, income, id*id%11 AS calls, income+id%7 AS paid FROM customers"
#define PURCHASES                                                                            \
  "SELECT basket % 11 AS customer, date(''2024-01-01'', (rowid * 7 % 200) || '' days'') AS " \
  "day, 1 + rowid % 9 AS amount FROM baskets"

/* Two series of weeks, one of them with a gap. */
#define WEEKS                                                                         \
  "SELECT id%2, date(''2024-01-01'',''+''||(id/2*7)||'' days''), age FROM customers " \
  "WHERE id<30 AND id<>9"
/* Of each of these weeks and of some to come. */
#define KNOWN                                                                                     \
  "regressors=\"SELECT DISTINCT date(''2024-01-01'',''+''||(id/2*7)||'' days'') AS week, id/2%5 " \
  "AS x, "                                                                                        \
  "id/2%3 AS z FROM customers\""
/* Learned and stored. */
#define FORECASTING(name, own)                                                            \
  {"mine_fit " name, "SELECT mine_fit('" name "','" WEEKS "','" own "{o}')", 0}, {        \
    "mine_train " name, "SELECT mine_train('new','" name "','" WEEKS "','" own "{o}')", 0 \
  }
#define TAKEN                                                                                   \
  "SELECT basket % 11 AS customer, item, date(''2024-01-01'', (rowid * 7 % 200) || '' days'') " \
  "AS day FROM baskets"

/* The first five make and use models (tests/hosts/guest.c takes them in turn). */
static const fault_call calls_special[] = {
    {"mine_train tree", "SELECT mine_train('new','tree','customers','target=churn{o}')", 0},
    {"mine_train tree",
     "SELECT mine_train('tree','tree','customers','target=churn,max_depth=2{o}')", 0},
    {"mine_train kmeans", "SELECT mine_train('segments','kmeans','" CUSTOMERS "','k=4{o}')", 0},
    {"mine_train knn", "SELECT mine_train('near','knn','customers','target=churn,k=4{o}')", 0},
    {"mine_survival_curve",
     "SELECT * FROM mine_survival_curve((SELECT mine_fit('cox','SELECT id,id%13+1 AS d,id%2 AS "
     "e,age,plan FROM customers','target=d,event=e')),'customers','times=3|9{o}')",
     0},
    {"mine_ph_test",
     "SELECT * FROM mine_ph_test((SELECT mine_fit('cox','SELECT id,id%13+1 AS d,id%2 AS e,age,plan "
     "FROM customers','target=d,event=e,strata=plan,robust=1{o}')))",
     0},
    {"mine_train dbscan",
     "SELECT mine_train('dense','dbscan','" CUSTOMERS "','eps=0.7,min_samples=3{o}')", 0},
    {"mine_fit dbscan", "SELECT mine_fit('dbscan','" CUSTOMERS "','min_samples=4{o}')", 0},
    {"mine_train hdbscan",
     "SELECT mine_train('dense','hdbscan','" CUSTOMERS "','min_cluster_size=4{o}')", 0},
    {"mine_fit hdbscan", "SELECT mine_fit('hdbscan','" CUSTOMERS "','selection=leaf{o}')", 0},
    {"mine_fit bgnbd", "SELECT mine_fit('bgnbd','" PURCHASES "','holdout=0.4{o}')", 0},
    {"mine_train bgnbd", "SELECT mine_train('new','bgnbd','" PURCHASES "','unit=day{o}')", 0},
    {"mine_fit paretonbd", "SELECT mine_fit('paretonbd','" PURCHASES "','holdout=0{o}')", 0},
    {"mine_fit mbgcnbd", "SELECT mine_fit('mbgcnbd','" PURCHASES "','k=2{o}')", 0},
    {"mine_fit bgbb", "SELECT mine_fit('bgbb','" PURCHASES "','holdout=0{o}')", 0},
    {"mine_train paretonbd", "SELECT mine_train('new','paretonbd','" PURCHASES "','unit=day{o}')",
     0},
    {"mine_train mbgcnbd", "SELECT mine_train('new','mbgcnbd','" PURCHASES "','k=1{o}')", 0},
    {"mine_train bgbb", "SELECT mine_train('new','bgbb','" PURCHASES "','unit=week{o}')", 0},
    {"mine_train gammagamma", "SELECT mine_train('new','gammagamma','" PURCHASES "','unit=day{o}')",
     0},
    {"mine_clv",
     "SELECT * FROM mine_clv((SELECT mine_fit('bgnbd','" PURCHASES "')),'" PURCHASES
     "','horizon=6,discount=0.1{o}')",
     0},
    {"mine_fit ets", "SELECT mine_fit('ets','" WEEKS "','seasonal=none{o}')", 0},
    {"mine_train ets", "SELECT mine_train('new','ets','" WEEKS "','gaps=zero{o}')", 0},
    FORECASTING("ses", "gaps=zero"),
    FORECASTING("holt", "gaps=zero"),
    FORECASTING("damped", "gaps=zero"),
    FORECASTING("arima", "order=1|1|1"),
    FORECASTING("holt_winters", "season=3"),
    FORECASTING("auto_forecast", "season=3"),
    FORECASTING("combination", "gaps=zero"),
    {"mine_forecast", "SELECT * FROM mine_forecast('" WEEKS "','intervals=bootstrap,horizon=2{o}')",
     0},
    FORECASTING("theta", "season=3"),
    FORECASTING("theta_optimised", "season=3"),
    FORECASTING("trend", "season=3"),
    {"mine_fit trend", "SELECT mine_fit('trend','" WEEKS "','" KNOWN "{o}')", 0},
    {"mine_forecast",
     "SELECT * FROM mine_forecast('" WEEKS "','algorithm=trend,horizon=2," KNOWN "{o}')", 0},
    {"mine_forecast",
     "SELECT * FROM mine_forecast((SELECT mine_fit('trend','" WEEKS "','" KNOWN
     "')),'horizon=2," KNOWN "{o}')",
     0},
    {"mine_forecast",
     "SELECT * FROM mine_forecast('" WEEKS "','algorithm=ses,horizon=2,hierarchy=\"SELECT 0, "
     "''all'' UNION SELECT 1, ''all''\",season=1,gaps=zero{o}')",
     0},
    {"mine_evaluate",
     "SELECT * FROM mine_evaluate((SELECT mine_fit('trend','" WEEKS "','" KNOWN "')),'" WEEKS
     "','horizon=2,origins=3,by=horizon," KNOWN "{o}')",
     0},
    FORECASTING("croston", "gaps=zero"),
    FORECASTING("sba", "gaps=zero"),
    FORECASTING("tsb", "gaps=zero"),
    FORECASTING("naive", "gaps=missing"),
    FORECASTING("seasonal_naive", "season=3"),
    FORECASTING("drift", "gaps=missing"),
    FORECASTING("mean", "gaps=missing"),
    {"mine_fit rules", "SELECT mine_fit('rules','" TAKEN "','min_support=0.02{o}')", 0},
    {"mine_train rules", "SELECT mine_train('new','rules','" TAKEN "','min_support=0.02{o}')", 0},
    {"mine_fit gp", "SELECT mine_fit('gp','" TAKEN "','ties=recent{o}')", 0},
    {"mine_train gp", "SELECT mine_train('new','gp','" TAKEN "','ties=popular{o}')", 0},
    {"mine_fit cooccurrence", "SELECT mine_fit('cooccurrence','" TAKEN "','by=basket{o}')", 0},
    {"mine_fit ease", "SELECT mine_fit('ease','" TAKEN "','lambda=5{o}')", 0},
    {"mine_train ease", "SELECT mine_train('new','ease','" TAKEN "','weights=log{o}')", 0},
    {"mine_fit als", "SELECT mine_fit('als','" TAKEN "','factors=4{o}')", 0},
    {"mine_train als", "SELECT mine_train('new','als','" TAKEN "','factors=3{o}')", 0},
    {"mine_train cooccurrence",
     "SELECT mine_train('new','cooccurrence','" TAKEN "','measure=lift,shrinkage=2{o}')", 0},
    {"mine_fit tifu", "SELECT mine_fit('tifu','" TAKEN "','neighbors=3{o}')", 0},
    {"mine_train tifu", "SELECT mine_train('new','tifu','" TAKEN "','groups=2,alpha=0.5{o}')", 0},
    {"mine_fit rules", "SELECT mine_fit('rules','" TAKEN "','min_support=0.2,by=basket{o}')", 0},
    {"mine_train rules", "SELECT mine_train('new','rules','" TAKEN "','min_support=0.2{o}')", 0},
    {"mine_evaluate",
     "SELECT * FROM mine_evaluate((SELECT mine_fit('tifu','" TAKEN
     "','holdout=0')),'SELECT basket % 13, item FROM baskets LIMIT 30','k=3{o}')",
     0},
    {"mine_recommend",
     "SELECT * FROM mine_recommend((SELECT mine_fit('cooccurrence','" TAKEN "')),'" TAKEN
     "','blocked=\"SELECT 1, item FROM baskets LIMIT 3\",repeat=allow{o}')",
     0},
    {"mine_recommend",
     "SELECT * FROM mine_recommend((SELECT mine_fit('gp','" TAKEN
     "')),NULL,'candidates=\"SELECT item FROM baskets LIMIT 9\"{o}')",
     0},
    {"mine_similar",
     "SELECT * FROM mine_similar((SELECT mine_fit('cooccurrence','" TAKEN
     "')),'SELECT item FROM baskets LIMIT 3','top=3{o}')",
     0},
    {"mine_fit gammagamma", "SELECT mine_fit('gammagamma','" PURCHASES "','seed=1{o}')", 0},
    {"mine_train factor", "SELECT mine_train('factors','factor','" NUMBERS "','factors=1{o}')", 0},
    {"mine_fit factor", "SELECT mine_fit('factor','" NUMBERS "','rotation=promax{o}')", 0},
    {"mine_train", "SELECT mine_train('temp.new','tree','customers','target=income{o}')", 0},
    {"mine_train", "SELECT mine_train('new','tree','no_such_table','target=churn{o}')", 1},
    {"mine_fit tree", "SELECT mine_fit('tree','customers','target=income,max_leaves=5{o}')", 0},
    {"mine_train tree",
     "SELECT mine_train('by_plan','tree','customers','target=churn,group=plan{o}')", 0},
    {"mine_train tree",
     "SELECT mine_train('late','tree','SELECT *, date(19000+id%9+2440587.5) AS day FROM customers',"
     "'target=churn,split_by=time,time=day{o}')",
     0},
    {"mine_cross_validate",
     "SELECT * FROM mine_cross_validate('tree','SELECT *, date(19000+id%9+2440587.5) AS day FROM "
     "customers','target=churn,split_by=time,time=day,folds=3{o}')",
     0},
    {"mine_cross_validate",
     "SELECT * FROM mine_cross_validate('tree','SELECT *, id%9 AS shop FROM customers',"
     "'target=churn,split_by=group,fold_group=shop,folds=3{o}')",
     0},
    {"mine_cross_validate",
     "SELECT * FROM mine_cross_validate('tree','SELECT *, id%3 AS part FROM customers',"
     "'target=churn,split=part{o}')",
     0},
    {"mine_cross_validate", "SELECT * FROM mine_cross_validate('gp','" TAKEN "','folds=2{o}')", 0},
    {"mine_cross_validate",
     "SELECT * FROM mine_cross_validate('cooccurrence','" TAKEN "','folds=2,split_by=time{o}')", 0},
    {"mine_tune",
     "SELECT rank, options, mean, se FROM mine_tune('tree','customers',"
     "'target=churn,max_depth=1..4,criterion=gini|entropy,trials=3,folds=2{o}')",
     0},
    {"mine_fit linear", /* a ridge of more columns than rows */
     "SELECT mine_fit('linear','SELECT id, age, income, plan, id%2=0 AS even FROM customers WHERE "
     "id<4','target=income,l2=1,holdout=0{o}')",
     0},
    {"mine_fit linear", /* a path of ridges, in the space of its rows */
     "SELECT mine_fit('linear','SELECT rowid AS id, rowid%11 AS kind, rowid AS one, rowid*7%13 AS "
     "x, "
     "rowid*rowid%5 AS y FROM baskets LIMIT 20','target=y,categorical=kind|one,alpha=auto,"
     "l1_ratio=0,holdout=0{o}')",
     0},
    {"mine_fit logistic", /* a lasso of many columns */
     "SELECT mine_fit('logistic','SELECT rowid AS id, rowid%110 AS kind, rowid*7%13 AS x, "
     "rowid*rowid%5>1 AS y FROM baskets','target=y,categorical=kind,l1=1{o}')",
     0},
    {"mine_bins",
     "SELECT * FROM mine_bins((SELECT mine_fit('logistic','customers','target=churn,transform=woe,"
     "l2=1,rare=0.3{o}')))",
     0},
    {"mine_cluster kmeans",
     "SELECT * FROM mine_cluster('customers','k=2,group=churn,ignore=plan{o}')", 0},
    {"mine_rules",
     "SELECT * FROM mine_rules('SELECT id/3, plan, churn FROM customers',"
     "'basket=\"id/3\",item=plan,group=churn,min_count=2{o}')",
     0},
    {"mine_fit kmeans",
     "SELECT mine_fit('kmeans','" CUSTOMERS
     "','k=3,init=\"SELECT age,income,plan FROM customers LIMIT 3\"{o}')",
     0},
    {"mine_fit knn", "SELECT mine_fit('knn','customers','{\"target\":\"income\"}')", 0},
    {"mine_init", "ATTACH ':memory:' AS other; SELECT mine_init('other'); DETACH other", 0},
    {"mine_predict", "SELECT * FROM mine_predict('tree','customers','class=yes{o}')", 0},
    {"mine_predict", "SELECT * FROM mine_predict('near_income','customers')", 0},
    {"mine_predict",
     "SELECT sum(p.id) FROM customers c LEFT JOIN mine_predict('income','customers') p USING(id)",
     0},
    {"mine_predict",
     "CREATE TEMP TABLE scores AS SELECT id, prediction FROM mine_predict('tree','customers');"
     "SELECT count(*) FROM scores; DROP TABLE scores",
     0},
    {"mine_predict", "SELECT * FROM mine_predict('absent','customers')", 1},
    {"mine_predict", "SELECT mine_predict('near','{\"age\":30,\"income\":2000,\"plan\":\"x\"}')",
     0},
    {"mine_probability",
     "SELECT mine_probability('tree','yes','age',age,'income',income,'plan',plan) "
     "FROM customers LIMIT 9",
     0},
    {"mine_evaluate", "SELECT * FROM mine_evaluate('near_income','customers')", 0},
    {"mine_centroids of dates",
     "SELECT * FROM mine_centroids((SELECT mine_fit('kmeans','SELECT id, income, "
     "strftime(\"%d/%m/%Y\", 1728000000.0 + id*86400.0, \"unixepoch\") AS day, "
     "20240101 + id%28 AS due FROM customers','k=2,starts=1,date_format=%d/%m/%Y|due:%Y%m%d{o}')))",
     0},
    {"mine_cluster kmeans", "SELECT * FROM mine_cluster('" CUSTOMERS "','k=auto,starts=1{o}')", 0},
    {"mine_itemsets", "SELECT * FROM mine_itemsets('baskets','min_count=3,kind=closed{o}')", 0},
    {"mine_itemsets", "SELECT * FROM mine_itemsets('baskets','min_count=3,kind=maximal{o}')", 0},
    {"mine_itemsets", "SELECT * FROM mine_itemsets('baskets','min_count=10000{o}')", 0},
    {"mine_itemsets",
     "SELECT * FROM mine_itemsets('SELECT basket, item, basket % 3 AS w, 1 + rowid % 4 AS q FROM "
     "baskets','basket=basket,item=item,weight=w,quantity=q,quantity_levels=3,kind=closed{o}')",
     0},
    {"mine_itemsets",
     "SELECT * FROM mine_itemsets('baskets','min_count=3,kind=maximal,hierarchy="
     "\"SELECT DISTINCT item, upper(substr(item,1,1)) FROM baskets\"{o}')",
     0},
    {"mine_sequences",
     "SELECT * FROM mine_sequences('SELECT id/4 AS c, id%4/2 AS t, plan, id/4%2 AS o FROM "
     "customers',"
     "'min_count=2,kind=closed,outcome=o,min_gap=0.5{o}')",
     0},
    {"mine_sequences",
     "SELECT * FROM mine_sequences('SELECT id/4 AS c, id%4/2 AS t, plan FROM customers',"
     "'min_count=2,top=3{o}')",
     0},
    {"mine_sequence_rules",
     "SELECT * FROM mine_sequence_rules('SELECT id/4 AS c, id%4/2 AS t, plan FROM customers',"
     "'min_count=2,within=1,min_confidence=0.1{o}')",
     0},
    {"mine_rules", "SELECT * FROM mine_rules('baskets','min_count=30,min_confidence=1{o}')", 0},
    {"mine_rules", "SELECT * FROM mine_rules('baskets','min_count=3,min_lift=100{o}')", 0},
    {"mine_rules",
     "SELECT * FROM mine_rules('baskets','min_count=3,top=5,redundant=0,per_itemset=1{o}')", 0},
    {"mine_rules",
     "SELECT * FROM mine_rules('SELECT basket, item, basket % 3 AS w, 1 + rowid % 4 AS q FROM "
     "baskets','basket=basket,item=item,weight=w,quantity=q,quantity_levels=2|4,"
     "min_support=0.02{o}')",
     0},
    {"mine_rules",
     "SELECT * FROM mine_rules('baskets','min_count=3,max_consequent=2,redundant=0,hierarchy="
     "\"SELECT DISTINCT item, ''all'' FROM baskets\"{o}')",
     0},
    {"mine_export",
     "SELECT mine_export('tree','trigger',NULL,'what=probability,table=a,column=b{o}')", 0},
    {"mine_import",
     "SELECT mine_import('temp.back',mine_export('tree','json'),'json','check=1{o}')", 0},
    {"mine_import", "SELECT mine_import('temp.back',mine_export('tree','pmml'))", 0},
    {"mine_neighbors",
     "SELECT * FROM mine_neighbors('" CUSTOMERS "','" CUSTOMERS " LIMIT 9','k=3,metric=gower{o}')",
     0},
    {"mine_neighbors", "SELECT * FROM mine_neighbors('near','customers','k=2{o}')", 0},
    {"mine_correlate",
     "SELECT * FROM mine_correlate('SELECT id, age, income FROM customers','method=spearman{o}')",
     0},
    {"mine_correlate",
     "SELECT * FROM mine_correlate('SELECT id, age, income FROM customers','method=kendall{o}')",
     0},
    {"mine_anova", "SELECT * FROM mine_anova('customers','test=all{o}')", 0},
    {"mine_anova", "SELECT * FROM mine_anova('customers','test=two-way{o}')", 0},
    {"mine_anova",
     "SELECT * FROM mine_anova('SELECT id, plan, income FROM customers','test=tukey{o}')", 0},
    {"mine_chi2", "SELECT * FROM mine_chi2('customers','test=all{o}')", 0},
    {"mine_ttest", "SELECT * FROM mine_ttest('customers','test=all{o}')", 0},
    {"mine_ttest", "SELECT * FROM mine_ttest('customers','test=signed-rank{o}')", 0},
    {"mine_help", "SELECT mine_help(), mine_help('seed')", 0},
};

static fault_call calls_table[CALLS_MOST + 1];
static char calls_text[CALLS_MOST][CALLS_TEXT]; /* what the derived rows point into */
static char calls_name[CALLS_MOST][100];
static int calls_n;
const fault_call *const fault_calls = calls_table;

/* ---- a list of arguments ----------------------------------------------------------------- */

typedef struct calls_list {
  int n, required;
  char item[CALLS_ARGUMENTS][CALLS_TEXT];
} calls_list;

static void calls_copy(char *to, size_t room, const char *from, size_t n) {
  snprintf(to, room, "%.*s", (int)n, from);
}

/* What stands between the brackets at `at` (a bracket, or nothing), divided by commas. */
static void calls_read(calls_list *list, const char *at) {
  int depth = 0, optional = 0;
  char quote = 0;
  list->n = list->required = 0;
  if (*at != '(') return;
  const char *begin = at + 1;
  for (; *at; at++) {
    if (quote) {
      if (*at == quote) quote = 0;
      continue;
    }
    if (*at == '\'' || *at == '"') quote = *at;
    depth += (*at == '(') - (*at == ')');
    const int ends = depth == 0 || (depth == 1 && *at == ',');
    if (ends && list->n < CALLS_ARGUMENTS) {
      while (begin < at && strchr(" \n[", *begin))
        optional |= *begin++ == '[';
      size_t n = (size_t)(at - begin);
      while (n > 0 && strchr(" \n[]", begin[n - 1]))
        n--;
      if (n > 0) calls_copy(list->item[list->n++], CALLS_TEXT, begin, n);
      if (!optional) list->required = list->n;
      for (const char *c = begin; c < at; c++)
        optional |= *c == '[';
      begin = at + 1;
    }
    if (depth == 0) return;
  }
}

/* ---- what each argument is given ------------------------------------------------------------ */

typedef struct calls_verb {
  sqlite3 *db;
  const char *name, *kind, *reads, *example;
  calls_list form, sample; /* the names, and the example's own */
} calls_verb;

/* Of different tasks first, then those of other algorithms, of events last: {"tree", "segments",
** "near", "income", "bayes"}. */
static char calls_models[CALLS_MODELS][64];
static int calls_n_models;

static void calls_find_models(sqlite3 *db) {
  sqlite3_stmt *each = NULL;
  sqlite3_prepare_v2(db,
                     "SELECT name FROM mine_models ORDER BY CASE name WHEN 'tree' THEN 1 WHEN"
                     " 'segments' THEN 2 WHEN 'near' THEN 3 WHEN 'income' THEN 4 ELSE 5 END,"
                     " task IN ('purchases', 'recommendation', 'forecasting'), name",
                     -1, &each, NULL);
  calls_n_models = 0;
  while (sqlite3_step(each) == SQLITE_ROW && calls_n_models < CALLS_MODELS)
    snprintf(calls_models[calls_n_models++], sizeof calls_models[0], "%s",
             (const char *)sqlite3_column_text(each, 0));
  sqlite3_finalize(each);
}

/* Columns of an event list "(customer, time)" out of the baskets. */
static void calls_events(const char *reads, char *out, size_t room) {
  static const struct {
    const char *want, *expression;
  } known[] = {{"basket", "basket"},
               {"customer", "basket"},
               {"user", "basket"},
               {"time", "date(''2024-01-01'',''+''||(rowid*37%366)||'' days'')"},
               {"amount", "rowid%17+1.5"},
               {"value", "rowid%17+1.5"},
               {"outcome", "rowid%17+1.5"},
               {"id", "rowid"},
               {"attitude", "rowid%5"},
               {"repeat", "rowid*7%11"},
               {"duration", "rowid%17+1"},
               {"event", "rowid%2"},
               {"group", "rowid%3"}};
  int n = snprintf(out, room, "'SELECT ");
  for (const char *at = reads; *at;) {
    const size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
    const char *expression = "item";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
      if (strlen(known[i].want) == letters && strncmp(known[i].want, at, letters) == 0)
        expression = known[i].expression;
    }
    if (letters)
      n += snprintf(out + n, room - (size_t)n, "%s%s AS \"%.*s\"", out[n - 1] == ' ' ? "" : ", ",
                    expression, (int)letters, at);
    at += letters + (at[letters] != 0);
  }
  snprintf(out + n, room - (size_t)n, " FROM baskets'");
}

/* The targets that are tried in turn: of classes, of numbers, with a treatment, of lives, none. */
static const char *const calls_targets[] = {"", ",target=income,treatment=churn", ",target=income",
                                            ",target=churn", ",id=none,target=id,event=churn"};
enum { CALLS_TARGETS = sizeof calls_targets / sizeof calls_targets[0] };

/* The options of an example's text that may stay; with the target that is ours. */
static void calls_options(const char *sample, const char *own, int target, char *out) {
  int n = snprintf(out, CALLS_TEXT, "'progress=0%s", calls_targets[target]);
  const char *texts[] = {sample, own};
  for (int i = 0; i < 2; i++) {
    const char *at = texts[i] ? texts[i] : "";
    while (*at) {
      at += strspn(at, "', ");
      const size_t length = strcspn(at, ",'"), name = strcspn(at, "=,'");
      const int ours = strncmp(at, "target=", 7) == 0 || strncmp(at, "treatment=", 10) == 0 ||
                       strncmp(at, "event=", 6) == 0 || !length || name == length;
      if (!ours && !strstr(out, at))
        n += snprintf(out + n, CALLS_TEXT - (size_t)n, ",%.*s", (int)length, at);
      at += length;
    }
  }
  snprintf(out + n, CALLS_TEXT - (size_t)n, "{o}'");
}

/* Whether a form has an argument of that name. */
static int calls_has(const calls_verb *verb, const char *name) {
  for (int i = 0; i < verb->form.n; i++)
    if (strcmp(verb->form.item[i], name) == 0) return 1;
  return 0;
}

typedef struct calls_choice {
  const char *model, *algorithm, *own; /* own: options of the algorithm's example */
  int target, all;
} calls_choice;

/* 0: nothing is known for it. */
static int calls_argument(const calls_verb *verb, int i, const calls_choice *choice, char *out) {
  const char *name = verb->form.item[i];
  const int sampled = i < verb->sample.n;
  if (strcmp(name, "model") == 0 || strcmp(name, "old") == 0 || strcmp(name, "new") == 0) {
    snprintf(out, CALLS_TEXT, "'%s'", calls_has(verb, "algorithm") ? "new" : choice->model);
  } else if (strcmp(name, "models") == 0) {
    snprintf(out, CALLS_TEXT, "'%s|%s'", choice->model, choice->model);
  } else if (strcmp(name, "algorithm") == 0 && choice->algorithm) {
    snprintf(out, CALLS_TEXT, "'%s'", choice->algorithm);
  } else if (strcmp(name, "options") == 0) {
    calls_options(sampled ? verb->sample.item[i] : NULL, choice->own, choice->target, out);
  } else if (strcmp(name, "format") == 0 && sampled) {
    snprintf(out, CALLS_TEXT, "%s", verb->sample.item[i]);
  } else if (strcmp(name, "definition") == 0 && sampled) {
    snprintf(out, CALLS_TEXT, "%s", verb->sample.item[i]);
  } else if (verb->reads && *verb->reads == '(') {
    calls_events(verb->reads, out, CALLS_TEXT);
  } else if (verb->reads) {
    snprintf(out, CALLS_TEXT, "'customers'");
  } else if (sampled) {
    snprintf(out, CALLS_TEXT, "%s", verb->sample.item[i]);
  } else {
    return 0;
  }
  return 1;
}

/* The call, or nothing. */
static int calls_build(const calls_verb *verb, const calls_choice *choice, char *out) {
  static char argument[CALLS_TEXT];
  const int table = strcmp(verb->kind, "table") == 0;
  int row = 0, most = choice->all ? verb->form.n : verb->form.required;
  int n = snprintf(out, CALLS_TEXT, "SELECT %s%s", table ? "* FROM " : "", verb->name);
  if (verb->form.n || !table) n += snprintf(out + n, CALLS_TEXT - (size_t)n, "(");
  for (int i = 0; i < most && !row; i++) {
    row = verb->form.item[i][0] == '\'';
    if (row)
      snprintf(argument, sizeof argument, "'age',age,'income',income,'plan',plan");
    else if (!calls_argument(verb, i, choice, argument))
      return 0;
    n += snprintf(out + n, CALLS_TEXT - (size_t)n, "%s%s", i ? "," : "", argument);
    if (n >= CALLS_TEXT) return 0;
  }
  if (verb->form.n || !table) n += snprintf(out + n, CALLS_TEXT - (size_t)n, ")");
  if (row) n += snprintf(out + n, CALLS_TEXT - (size_t)n, " FROM customers LIMIT 9");
  return n < CALLS_TEXT;
}

/* ---- the table ----------------------------------------------------------------------------- */

static int calls_works(sqlite3 *db, const char *sql) {
  fault_result began = fault_run(db, "SAVEPOINT calls", "");
  const fault_result result = fault_run(db, sql, "");
  fault_run(db, "ROLLBACK TO calls; RELEASE calls", "");
  return !began.code && !result.code;
}

/* 1: it is a row now, or was one. */
static int calls_add(const calls_verb *verb, const char *algorithm, const char *sql) {
  for (int i = 0; i < calls_n; i++)
    if (strcmp(calls_table[i].sql, sql) == 0) return 1;
  if (calls_n == CALLS_MOST || strlen(sql) >= CALLS_TEXT || !calls_works(verb->db, sql)) return 0;
  snprintf(calls_text[calls_n], CALLS_TEXT, "%s", sql);
  snprintf(calls_name[calls_n], sizeof calls_name[0], "%.60s%s%.30s", verb->name,
           algorithm ? " " : "", algorithm ? algorithm : "");
  calls_table[calls_n] = (fault_call){calls_name[calls_n], calls_text[calls_n], 0};
  calls_n++;
  return 1;
}

static int calls_try(const calls_verb *verb, calls_choice *choice) {
  static char sql[CALLS_TEXT];
  return calls_build(verb, choice, sql) && calls_add(verb, choice->algorithm, sql);
}

/* The last text of an algorithm's example: its options. */
static const char *calls_own(const char *example) {
  const char *end = strrchr(example, '\'');
  while (end && end > example && end[-1] != '\'')
    end--;
  return end;
}

static int calls_algorithms(const calls_verb *verb) {
  int made = 0;
  sqlite3_stmt *each = NULL;
  sqlite3_prepare_v2(verb->db, "SELECT algorithm, example FROM mine_algorithms", -1, &each, NULL);
  while (sqlite3_step(each) == SQLITE_ROW) {
    calls_choice choice = {.algorithm = (const char *)sqlite3_column_text(each, 0),
                           .own = calls_own((const char *)sqlite3_column_text(each, 1)),
                           .target = CALLS_TARGETS,
                           .all = 1};
    calls_verb bare = *verb;
    int works = 0;
    bare.sample.n = 0; /* its options are another algorithm's */
    while (!works && choice.target-- > 0)
      works = calls_try(&bare, &choice);
    made += works;
  }
  sqlite3_finalize(each);
  return made;
}

/* Per group and in a window: columns for what the example takes from columns. */
static int calls_aggregate(const calls_verb *verb) {
  static const char *const columns[][3] = {{"income", "age", "id"},
                                           {"churn", "age", "id"},
                                           {"churn", "age / 100.0", "id"},
                                           {"plan", "churn", "age"}};
  static char sql[CALLS_TEXT];
  int made = 0;
  for (int window = 0; window < 2; window++) {
    int works = 0;
    for (size_t c = 0; c < sizeof columns / sizeof columns[0] && !works; c++) {
      int n = snprintf(sql, CALLS_TEXT, "SELECT %s(", verb->name);
      for (int i = 0; i < verb->sample.n; i++) {
        const char *sample = verb->sample.item[i];
        const int literal = strchr("0123456789.-'", *sample) != NULL;
        n += snprintf(sql + n, CALLS_TEXT - (size_t)n, "%s%s", i ? ", " : "",
                      literal ? sample : columns[c][i % 3]);
        if (n > CALLS_TEXT / 2) return 0;
      }
      snprintf(sql + n, CALLS_TEXT - (size_t)n,
               window ? ") OVER (PARTITION BY plan ORDER BY id ROWS 9 PRECEDING) FROM customers"
                      : ") FROM customers GROUP BY plan");
      works = calls_add(verb, NULL, sql);
    }
    made += works;
  }
  return made;
}

static void calls_of_verb(const calls_verb *verb) {
  int made = 0;
  if (strcmp(verb->kind, "aggregate") == 0) {
    made = calls_aggregate(verb);
    if (!made) (void)calls_add(verb, NULL, verb->example);
    return;
  }
  if (calls_has(verb, "algorithm") && calls_has(verb, "options")) {
    made = calls_algorithms(verb);
  } else {
    const int less = verb->form.required < verb->form.n - calls_has(verb, "options");
    for (int all = 1; all >= 1 - less; all--) {
      int works = 0;
      for (int model = 0; model < calls_n_models && works < 1 + all; model++) {
        calls_choice choice = {.model = calls_models[model], .all = all};
        int worked = 0;
        for (; choice.target < CALLS_TARGETS && !worked; choice.target++)
          worked = calls_try(verb, &choice);
        works += worked;
        if (!calls_has(verb, "model") && !calls_has(verb, "models") && !calls_has(verb, "old"))
          break;
      }
      made += works;
    }
  }
  for (int i = 0; !made && i < calls_n; i++)
    made = strcmp(calls_table[i].verb, verb->name) == 0 && !calls_table[i].fails;
  if (!made) (void)calls_add(verb, NULL, verb->example);
}

/* What a model is made of that the customers are not for, by its task. */
static const struct {
  const char *task, *source;
} calls_sources[] = {{"", "customers"},
                     {"components", NUMBERS},
                     {"purchases", PURCHASES},
                     {"recommendation", TAKEN},
                     {"forecasting", WEEKS}};
enum { CALLS_SOURCES = sizeof calls_sources / sizeof calls_sources[0] };

/* Each source of the task, with each target, with the options of the example and (they may be
** those of a verb around it) without. */
static fault_result calls_train(sqlite3 *db, const char *name, const char *task, const char *own) {
  static char options[CALLS_TEXT];
  fault_result result = {.code = SQLITE_ERROR};
  for (int i = 0; i < CALLS_SOURCES * CALLS_TARGETS * 2 && result.code; i++) {
    const int from = i / (CALLS_TARGETS * 2), target = CALLS_TARGETS - 1 - i / 2 % CALLS_TARGETS;
    if (!strstr(task, calls_sources[from].task)) continue;
    calls_options(NULL, i % 2 ? NULL : own, target, options);
    char *sql = sqlite3_mprintf("SELECT mine_train(%Q,%Q,'%s',%s)", name, name,
                                calls_sources[from].source, options);
    if (sql) result = fault_run(db, sql, "");
    sqlite3_free(sql);
  }
  return result;
}

int fault_train_others(sqlite3 *db) {
  int missing = 0;
  sqlite3_stmt *each = NULL;
  sqlite3_prepare_v2(db,
                     "SELECT algorithm, task, example FROM mine_algorithms WHERE algorithm NOT IN"
                     " (SELECT algorithm FROM mine_models)",
                     -1, &each, NULL);
  while (sqlite3_step(each) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(each, 0);
    const char *own = calls_own((const char *)sqlite3_column_text(each, 2));
    const fault_result result =
        calls_train(db, name, (const char *)sqlite3_column_text(each, 1), own);
    if (result.code) fprintf(stderr, "FAILED no model of %s: %s\n", name, result.message);
    missing += result.code != SQLITE_OK;
  }
  sqlite3_finalize(each);
  return missing;
}

void fault_derive(sqlite3 *db) {
  static calls_verb verb;
  sqlite3_stmt *each = NULL;
  if (calls_n) return;
  calls_find_models(db);
  for (size_t i = 0; i < sizeof calls_special / sizeof calls_special[0]; i++)
    calls_table[calls_n++] = calls_special[i];
  sqlite3_prepare_v2(db, "SELECT verb, kind, form, reads, example FROM mine_verbs", -1, &each,
                     NULL);
  while (sqlite3_step(each) == SQLITE_ROW) {
    const char *text[5];
    for (int i = 0; i < 5; i++)
      text[i] = (const char *)sqlite3_column_text(each, i);
    verb = (calls_verb){
        .db = db, .name = text[0], .kind = text[1], .reads = text[3], .example = text[4]};
    calls_read(&verb.form, text[2] + strcspn(text[2], "("));
    const char *call = strstr(verb.example, verb.name);
    while (call && call[strlen(verb.name)] != '(')
      call = strstr(call + 1, verb.name);
    calls_read(&verb.sample, call ? call + strlen(verb.name) : "");
    calls_of_verb(&verb);
  }
  sqlite3_finalize(each);
}
