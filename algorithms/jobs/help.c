/*
** help.c -- mine_help(): the catalogue as text for a terminal, 80 columns wide.
**
** Without a topic: every verb under the job it is for.  With one: a verb, an
** algorithm, an option wherever it is taken, or a metric.  Nothing is written here that a
** row does not say.  A topic that nothing is called is searched for (help_find.c).
*/
#include <string.h>

#include "catalog.h"
#include "help.h"

#define HELP_WIDTH 80

/* ---- lines ------------------------------------------------------------------------------ */

/* Columns on a terminal that n bytes of UTF-8 take (our own texts: no wide ones). */
static int help_columns(const char *text, size_t n) {
  int columns = 0;
  for (size_t i = 0; i < n; i++)
    columns += ((unsigned char)text[i] & 0xc0) != 0x80;
  return columns;
}

static void help_spaces(mine_text *out, int n) {
  for (; n > 0; n--)
    mine__text_adds(out, " ");
}

/* Backticks, which mark names in the reference, are left out. */
void mine__help_wrap(mine_text *out, const char *words, int at, int indent) {
  int first = 1;
  while (*words) {
    const size_t n = strcspn(words, " ");
    const int wide = help_columns(words, n);
    if (!first && at + 1 + wide > HELP_WIDTH) {
      mine__text_adds(out, "\n");
      help_spaces(out, indent);
      at = indent;
      first = 1;
    }
    if (!first) mine__text_adds(out, " ");
    at += wide + !first;
    for (size_t i = 0; i < n; i++) {
      if (words[i] != '`') mine__text_add(out, &words[i], 1);
    }
    first = 0;
    words += n;
    while (*words == ' ')
      words++;
  }
  mine__text_adds(out, "\n");
}

void mine__help_entry(mine_text *out, const char *name, const char *text, int column) {
  const int wide = 2 + help_columns(name, strlen(name));
  mine__text_addf(out, "  %s", name);
  if (wide + 1 > column) {
    mine__text_adds(out, "\n");
    help_spaces(out, column);
  } else {
    help_spaces(out, column - wide);
  }
  mine__help_wrap(out, text ? text : "", column, column);
}

/* ---- all verbs, by job --------------------------------------------------------------------- */

/* Whether an earlier row has this heading, or (for the list) this name. */
static int help_job_seen(int i) {
  for (int j = 0; j < i; j++) {
    if (strcmp(mine_verb_at(j)->job, mine_verb_at(i)->job) == 0) return 1;
  }
  return 0;
}

static void help_job(mine_text *out, int first) {
  const char *job = mine_verb_at(first)->job;
  mine__text_addf(out, "\n%s\n", job);
  for (int i = first; mine_verb_at(i); i++) {
    const mine_verb *verb = mine_verb_at(i);
    if (strcmp(verb->job, job) == 0) mine__help_entry(out, verb->name, verb->what, MINE_HELP_NAMES);
  }
}

static void help_algorithms(mine_text *out) {
  mine__text_adds(out, "\nAlgorithms, for mine_train\n");
  for (int i = 0; mine__algorithm_at(i); i++)
    mine__help_entry(out, mine__algorithm_at(i)->name, mine__algorithm_at(i)->title,
                     MINE_HELP_NAMES);
}

static void help_everything(mine_text *out) {
  mine__text_adds(out, "sqlite-mine " MINE_VERSION
                       ": data mining as SQL verbs.  More on each of them:\n"
                       "SELECT mine_help('mine_profile');\n");
  for (int i = 0; mine_verb_at(i); i++) {
    if (!help_job_seen(i)) help_job(out, i);
  }
  help_algorithms(out);
}

/* ---- options -------------------------------------------------------------------------------- */

/* "max_depth=10 (1 to 64): most questions in a row" */
static void help_option(void *context, const mine_option *o) {
  mine_text *out = context;
  char range[512];
  mine__option_range(o, range, sizeof range);
  mine_text about;
  mine__text_open(&about, out->arena);
  mine__text_adds(&about, o->help);
  if (range[0]) mine__text_addf(&about, " (%s)", range);
  mine_text name;
  mine__text_open(&name, out->arena);
  mine__text_adds(&name, o->name);
  if (o->initial) mine__text_addf(&name, "=%s", o->initial);
  if (about.data && name.data) mine__help_entry(out, name.data, about.data, MINE_HELP_NAMES + 6);
}

static void help_options(mine_text *out, const char *name) {
  mine_text list;
  mine__text_open(&list, out->arena);
  (void)mine__catalog_options(out->arena, name, help_option, &list);
  if (list.bytes) mine__text_addf(out, "\nOptions (default, permitted)\n%s", list.data);
}

/* ---- one verb, one algorithm ---------------------------------------------------------------- */

/* How much of a line of n bytes of SQL goes before a break: to behind the last comma that fits, or
** to the last word of capitals.  Neither stands in the texts of examples. */
static size_t help_sql_break(const char *line, size_t n, size_t room) {
  size_t best = 0;
  if (n <= room) return n;
  for (size_t i = 1; i < room; i++) {
    const int comma = line[i - 1] == ',', word = line[i + 1] >= 'A' && line[i + 1] <= 'Z';
    if (line[i] == ' ' && (comma || word)) best = i;
  }
  return best > 0 ? best : n;
}

static void help_example(mine_text *out, const char *example) {
  mine__text_adds(out, "\nExample\n");
  while (*example) {
    const size_t n = strcspn(example, "\n"), blank = strspn(example, " ");
    size_t done = blank < n ? blank : n;
    int indent = 2 + (int)done;
    for (int more = 0; done < n; more = 1) {
      const size_t now =
          help_sql_break(example + done, n - done, (size_t)(HELP_WIDTH - indent - 2 * more));
      help_spaces(out, indent + 2 * more);
      mine__text_add(out, example + done, now);
      mine__text_adds(out, "\n");
      done += now;
      done += strspn(example + done, " ");
    }
    example += n;
    example += *example == '\n';
  }
}

static void help_measure(mine_text *out, const mine_measure *m) {
  const char *better = mine__catalog_better(m);
  mine_text about;
  mine__text_open(&about, out->arena);
  mine__catalog_tasks(&about, m->tasks);
  mine__text_addf(&about, ": %s%s%s%s", m->what, better ? " (" : "", better ? better : "",
                  better ? " is better)" : "");
  if (about.data) mine__help_entry(out, m->name, about.data, MINE_HELP_NAMES);
}

/* Of a verb whose first column is `metric`: what that may hold. */
static void help_metrics(mine_text *out, const mine_verb *verb) {
  if (!verb->answer || strcmp(verb->answer[0].name, "metric") != 0) return;
  mine__text_adds(out, "\nMetrics\n");
  for (const mine_measure *m = mine__measures; m->name; m++)
    help_measure(out, m);
}

static void help_verb(mine_text *out, const mine_verb *verb) {
  char form[MINE_FORM_BYTES];
  mine__text_addf(out, "%s%s\n\n", out->bytes ? "\n" : "", mine_verb_form_text(verb, form));
  mine__help_wrap(out, verb->what, 0, 0);
  if (verb->notes) mine__help_wrap(out, verb->notes, 0, 0);
  char buffer[MINE_FORM_BYTES];
  const char *reads = mine__verb_reads(verb, buffer);
  if (reads) mine__text_addf(out, "\nThe source holds %s.\n", reads);
  if (verb->form == MINE_VERB_TABLE) mine__text_adds(out, "\nColumns\n");
  for (const mine_answer *a = verb->answer; verb->form == MINE_VERB_TABLE && a->name; a++)
    mine__help_entry(out, a->name, a->help, MINE_HELP_NAMES);
  help_metrics(out, verb);
  help_example(out, verb->example);
}

static int help_verbs(mine_text *out, const char *name) {
  int found = 0;
  for (int i = 0; mine_verb_at(i); i++) {
    if (strcmp(mine_verb_at(i)->name, name) != 0) continue;
    help_verb(out, mine_verb_at(i));
    found = 1;
  }
  if (found) help_options(out, name);
  return found;
}

static int help_algorithm(mine_text *out, const char *name) {
  const mine_algorithm *algorithm = mine__algorithm_find(name);
  if (!algorithm) return 0;
  mine_text tasks;
  mine__text_open(&tasks, out->arena);
  mine__catalog_tasks(&tasks, algorithm->tasks);
  mine__text_addf(out, "SELECT mine_train(model, '%s', source [, options])\n\n", name);
  mine__help_wrap(out, algorithm->title, 0, 0);
  mine__text_addf(out, "Task: %s.\n", tasks.data ? tasks.data : "");
  mine__help_wrap(out, algorithm->citation, 0, 0);
  mine__text_adds(out, "\n");
  mine__help_wrap(out, algorithm->notes, 0, 0);
  help_example(out, algorithm->example);
  help_options(out, name);
  mine__help_beside(out, name, 0);
  return 1;
}

/* ---- one option, wherever it is taken ------------------------------------------------------- */

typedef struct help_search {
  mine_text *out;
  const char *option;
  const char *owner;
  int found;
} help_search;

static void help_search_option(void *context, const mine_option *o) {
  help_search *search = context;
  if (strcmp(o->name, search->option) != 0) return;
  if (search->found++ == 0) mine__text_addf(search->out, "Option %s\n", o->name);
  mine__text_addf(search->out, "\n%s\n", search->owner);
  help_option(search->out, o);
}

static int help_find_option(mine_text *out, const char *name) {
  help_search search = {.out = out, .option = name};
  for (int i = 0; mine__algorithm_at(i); i++) {
    search.owner = mine__algorithm_at(i)->name;
    (void)mine__catalog_options(out->arena, search.owner, help_search_option, &search);
  }
  for (int i = 0; mine_verb_at(i); i++) {
    search.owner = mine_verb_at(i)->name;
    const int again = i > 0 && strcmp(mine_verb_at(i - 1)->name, search.owner) == 0;
    if (!again) (void)mine__catalog_options(out->arena, search.owner, help_search_option, &search);
  }
  if (search.found > 0) mine__help_beside(out, name, 1);
  return search.found > 0;
}

/* ---- one metric ------------------------------------------------------------------------------ */

static int help_metric(mine_text *out, const char *name) {
  const mine_measure *measure = mine__measure_find(name);
  if (!measure) return 0;
  mine__text_adds(out, "A metric of mine_evaluate\n\n");
  help_measure(out, measure);
  mine__help_beside(out, name, 1);
  return 1;
}

/* ---- what takes more than a verb ------------------------------------------------------------ */

static const struct {
  const char *name, *text;
} help_topics[] = {
    {"reasons",
     "Reasons: from the rows of mine_explain to sentences\n"
     "\n"
     "A row of mine_explain is a feature of a customer; `because` says it as a phrase.\n"
     "The three that count most, in one sentence for each customer:\n"
     "\n"
     "  SELECT id, group_concat(because, '; ') AS reasons\n"
     "  FROM (SELECT * FROM mine_explain('churn', 'customers', 'top=3')\n"
     "        WHERE rank BETWEEN 1 AND 3 ORDER BY id, rank)\n"
     "  GROUP BY id;\n"
     "\n"
     "Only what speaks for it:  AND contribution > 0\n"
     "In Chinese:               'top=3, lang=zh'\n"
     "In your own words:        CASE feature WHEN 'tenure' THEN 'a customer since '\n"
     "                          || value || ' months' ... END instead of because\n"
     "\n"
     "Kept beside the probability, for the call list:\n"
     "\n"
     "  CREATE TABLE call_list AS\n"
     "  SELECT p.id, p.probability, group_concat(e.because, '; ') AS reasons\n"
     "  FROM mine_predict('churn', 'customers') AS p\n"
     "  JOIN mine_explain('churn', 'customers', 'top=3') AS e ON e.id = p.id\n"
     "  WHERE p.probability > 0.5 AND e.rank BETWEEN 1 AND 3 AND e.contribution > 0\n"
     "  GROUP BY p.id ORDER BY p.probability DESC;\n"
     "\n"
     "What the sentence leaves out: of one customer all contributions, the base (rank 0)\n"
     "and the others (the last rank) add up to the log-odds of a boosted or logistic\n"
     "model, to the probability of a tree or forest.\n"},
    {NULL, NULL},
};

static int help_topic(mine_text *out, const char *topic) {
  int i = 0;
  while (help_topics[i].name && !mine__same_word(help_topics[i].name, topic))
    i++;
  if (help_topics[i].name) mine__text_adds(out, help_topics[i].text);
  return help_topics[i].name != NULL;
}

/* ---- the verb ------------------------------------------------------------------------------- */

static int help_exact(mine_text *out, const char *topic) {
  return help_topic(out, topic) || help_verbs(out, topic) || help_algorithm(out, topic) ||
         help_find_option(out, topic) || help_metric(out, topic);
}

/* What is called so, nearly so, or does what the words say. */
static int help_about(mine_text *out, const char *topic) {
  if (help_exact(out, topic)) return 1;
  const char *name = mine__help_name(topic);
  return name ? help_exact(out, name) : mine__help_find(out, topic);
}

static void help_unknown(mine_env *env, const char *topic) {
  const char *nearest = mine__catalog_nearest(topic);
  (void)mine__fail(
      env, MINE_OPTION,
      "no verb, algorithm, option or metric is called '%.60s', and none is about it%s%s%s; SELECT "
      "mine_help() lists all",
      topic, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static mine_status help_run(mine_job *job, mine_relation *out) {
  const char *topic = mine__job_text(job, MINE_ARG_TEXT);
  mine_text text;
  mine__text_open(&text, job->arena);
  if (!topic || !*topic) {
    help_everything(&text);
  } else if (!help_about(&text, topic)) {
    help_unknown(job->env, topic);
  }
  if (mine_failed(job->env)) return mine_env_status(job->env);
  mine__row_bytes(out, text.data, text.bytes - 1); /* the shell ends the last line */
  mine__relation_end_row(out);
  return mine_env_status(job->env);
}

static const mine_answer help_answer[] = {
    {"text", MINE_ANSWER_TEXT, 0, "for a terminal of 80 columns"},
    {0},
};

const mine_verb mine__verb_help = {
    .name = "mine_help",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_HELP,
    .what =
        "What there is; what a verb, an algorithm, an option or a metric is; what does a job, by "
        "its words.",
    .notes =
        "A topic that nothing is called is searched for: churn, cross-selling, gains chart, "
        "流失, 关联规则.  The answer then lists the verbs and algorithms that do it.",
    .example = "SELECT mine_help('mine_rules');",
    .argument = {{MINE_ARG_TEXT, "topic"}},
    .answer = help_answer,
    .run = help_run,
};
