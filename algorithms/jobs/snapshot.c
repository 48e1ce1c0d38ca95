/*
** snapshot.c -- mine_snapshot: the SELECT that says what was known of every customer at a moment,
** and what came after it.
**
** A model that shall tell what comes next must be trained on what was known before: features
** from events before a cut-off, the label from those after it, and between them the gap that
** one needs to act.  The definition says which; the answer is the text of a SELECT that
** anybody can read, run without this library, and give to every verb as its source.
**
** The sources are read once here, not for their figures but for what the text must know: what
** the columns are called, how times are written, where the events begin and end.  With that
** a definition is refused that would mislead: a cut-off before the first event, a label whose
** window was not over when the events were taken (who has not come back yet would count as
** lost).  Where nothing lies after the cut-off there is no label: it is tonight.
*/
#include "snapshot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- reading -------------------------------------------------------------------------- */

static mine_status snapshot_open(mine_job *job) {
  snapshot *s = mine__job_state(job);
  s->env = job->env;
  s->arena = job->arena;
  s->reading = -1;
  mine__snapshot_read(s, mine__job_text(job, MINE_ARG_SOURCES));
  return mine_env_status(job->env);
}

static void snapshot_close(mine_job *job) {
  snapshot *s = mine__job_state(job);
  mine__frame_close(s->frame);
  s->frame = NULL;
}

/* What is said of a source in a sentence: 'orders'. */
static const char *snapshot_called(const snapshot_source *source) {
  return *source->name ? source->name : "events";
}

static void snapshot_count(snapshot_source *source, const mine_column *customer,
                           const mine_column *time, int64_t rows) {
  source->first = INFINITY;
  source->last = -INFINITY;
  source->rows = rows;
  for (int64_t i = 0; i < rows; i++) {
    const double at = time ? time->number[i] : 0;
    if (customer->code[i] < 0 || isnan(at)) {
      source->left++;
      continue;
    }
    if (at < source->first) source->first = at;
    if (at > source->last) source->last = at;
  }
}

/* How its times are read; of a column without any as date_format= says. */
static void snapshot_time(snapshot *s, snapshot_source *source, const mine_column *time) {
  mine_text text;
  char shown[300] = "";
  if (time->time)
    source->time = *time->time;
  else if (source->events.date_format.type == MINE_TEXT)
    source->time = source->events.format;
  else if (source->is_customers)
    source->time = (mine_time_reading){.unit = MINE_TIME_PATTERN, .pattern = "%Y-%m-%d"};
  else
    (void)mine__fail(s->env, MINE_DATA,
                     "'%s' has no events, and so it is not known how its times are written; leave "
                     "it out until it has, or say \"date_format\":\"%%Y-%%m-%%d\"",
                     snapshot_called(source));
  mine__text_open(&text, s->env->scratch);
  if (mine_failed(s->env) || mine__snapshot_julian(&text, "x", &source->time)) return;
  mine__text_open(&text, s->env->scratch);
  mine__time_describe(&source->time, &text);
  if (!text.failed) snprintf(shown, sizeof shown, "%.280s", text.data);
  (void)mine__fail(s->env, MINE_DATA,
                   "the column '%s' of '%s' holds %s, which SQL cannot compare; write them as "
                   "2024-01-31 in the source, with substr() or once and for all by UPDATE",
                   source->column[SNAPSHOT_TIME], snapshot_called(source), shown);
}

/* The source that is in the frame. */
static void snapshot_digest(mine_job *job) {
  snapshot *s = mine__job_state(job);
  snapshot_source *source = &s->source[s->reading];
  mine_frame *frame = s->frame;
  if (!frame || mine__frame_finish(frame)) return;
  const int *column = source->events.column;
  for (int w = 0; source->events.want[w].name; w++) {
    if (column[w] < 0) continue;
    const char *name = frame->column[column[w]].name;
    source->column[w] = mine__arena_text(s->arena, name, strlen(name));
  }
  const mine_column *time =
      column[SNAPSHOT_TIME] < 0 ? NULL : &frame->column[column[SNAPSHOT_TIME]];
  source->timed = time != NULL;
  snapshot_count(source, &frame->column[column[SNAPSHOT_CUSTOMER]], time, frame->rows);
  if (time && !mine_failed(s->env)) snapshot_time(s, source, time);
  mine__frame_close(frame);
  s->frame = NULL;
  if (source->left > 0 && !source->is_customers)
    mine__job_notef(job, "warning", snapshot_called(source),
                    "%lld of %lld have no customer or no time, and count for nobody",
                    (long long)source->left, (long long)source->rows);
}

static mine_status snapshot_source_next(mine_job *job, int step, const char **sql,
                                        mine_frame **frame) {
  snapshot *s = mine__job_state(job);
  if (step > 0) snapshot_digest(job);
  if (mine_failed(job->env) || step >= s->n + s->has_customers) return mine_env_status(job->env);
  s->reading = step;
  *sql = s->source[step].text;
  if (mine__frame_open(job->env, mine__events_plan, &s->source[step].events, &s->frame))
    return mine_env_status(job->env);
  *frame = s->frame;
  return MINE_OK;
}

/* ---- what would mislead ----------------------------------------------------------------- */

/* From the first to the last event of all sources. */
static void snapshot_range(const snapshot *s, double *first, double *last) {
  *first = INFINITY;
  *last = -INFINITY;
  for (int i = 0; i < s->n; i++) {
    if (s->source[i].first < *first) *first = s->source[i].first;
    if (s->source[i].last > *last) *last = s->source[i].last;
  }
}

static void snapshot_check_columns(const snapshot *s) {
  const snapshot_source *of = &s->source[s->label.of];
  for (int i = 0; i < s->n; i++) {
    const snapshot_source *source = &s->source[i];
    if (source->column[SNAPSHOT_KIND] && !source->kinds.item &&
        !(s->label.kind.type && i == s->label.of))
      (void)mine__fail(s->env, MINE_OPTION,
                       "'%s' has a kind, the column '%s', and the definition does not say which "
                       "kinds become features (others would be there another night); say "
                       "\"kinds\":[\"...\"], or leave the column out",
                       snapshot_called(source), source->column[SNAPSHOT_KIND]);
    else if (source->kinds.n > 0 && !source->column[SNAPSHOT_KIND])
      (void)mine__fail(s->env, MINE_OPTION,
                       "the definition has kinds of '%s' and no column of them; say "
                       "\"kind\":\"...\"",
                       snapshot_called(source));
  }
  if (s->label.what == SNAPSHOT_TOTAL && !of->column[SNAPSHOT_AMOUNT])
    (void)mine__fail(s->env, MINE_OPTION, "the label is the sum of '%s', which have no amount",
                     snapshot_called(of));
  if (s->label.what && s->label.kind.type && !of->column[SNAPSHOT_KIND])
    (void)mine__fail(s->env, MINE_OPTION, "the label is of a kind of '%s', which has no kind",
                     snapshot_called(of));
}

/* The label's window must have been over when the events were taken: to the end of their last
** day, or as `until` says.  Where nothing lies after the cut-off there is no label. */
static void snapshot_check_label(mine_job *job, double last) {
  snapshot *s = mine__job_state(job);
  char from[SNAPSHOT_SHOWN], to[SNAPSHOT_SHOWN], end[SNAPSHOT_SHOWN];
  const double known = isnan(s->until)
                           ? mine__time_add(mine__time_floor(last, MINE_STEP_DAY), 1, MINE_STEP_DAY)
                           : s->until;
  if (!s->label.what) return;
  const double begin = s->now ? INFINITY : mine__snapshot_after(s->cutoff, &s->gap, 1);
  if (begin >= known || last < s->cutoff) {
    s->label.what = SNAPSHOT_NO_LABEL;
    mine__job_notef(job, "warning", "label",
                    "none: nothing is known of the time after the cut-off");
    return;
  }
  const double over = mine__snapshot_after(begin, &s->horizon, 1);
  if (over <= known) return;
  (void)mine__fail(s->env, MINE_DATA,
                   "the label looks from %s to %s, and the events end on %s: who had no time to "
                   "come back would count as lost; take an earlier cut-off or a shorter horizon, "
                   "or say \"until\" if the events are known for longer",
                   mine__snapshot_shown(begin, from), mine__snapshot_shown(over, to),
                   mine__snapshot_shown(isnan(s->until) ? last : s->until, end));
}

static void snapshot_check(mine_job *job) {
  snapshot *s = mine__job_state(job);
  char cut[SNAPSHOT_SHOWN], start[SNAPSHOT_SHOWN];
  double first, last;
  snapshot_check_columns(s);
  if (mine_failed(s->env)) return;
  snapshot_range(s, &first, &last);
  if (first > last) {
    (void)mine__fail(s->env, MINE_DATA, "no source has an event; there is nothing to tell");
    return;
  }
  if (!s->now && s->cutoff <= first) {
    (void)mine__fail(s->env, MINE_DATA,
                     "the cut-off %s lies before the first event (%s): nothing is known of "
                     "anybody; take a later one",
                     mine__snapshot_shown(s->cutoff, cut), mine__snapshot_shown(first, start));
    return;
  }
  for (int i = 0; i < s->n_windows && !s->now; i++) {
    if (s->window[i].all || mine__snapshot_after(s->cutoff, &s->window[i], -1) >= first - 1)
      continue;
    mine__job_notef(job, "warning", s->window[i].name,
                    "the window begins before the first event (%s): the history is shorter than "
                    "it says",
                    mine__snapshot_shown(first, start));
  }
  snapshot_check_label(job, last);
}

static mine_status snapshot_run(mine_job *job, mine_relation *out) {
  snapshot *s = mine__job_state(job);
  mine_text text;
  if (s->frame) snapshot_digest(job);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  snapshot_check(job);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  mine__text_open(&text, job->arena);
  mine__snapshot_write(s, &text);
  if (mine_failed(job->env) || text.failed) return mine_env_status(job->env);
  mine__row_bytes(out, text.data, text.bytes);
  mine__relation_end_row(out);
  return mine_env_status(job->env);
}

/* ---- the verb --------------------------------------------------------------------------- */

static const mine_answer snapshot_answer[] = {
    {"sql", MINE_ANSWER_TEXT, 0, "the SELECT: a row per customer"},
    {0},
};

static const mine_option_set snapshot_sets[] = {
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_snapshot = {
    .name = "mine_snapshot",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_PREDICT,
    .what =
        "The text of a SELECT with a row per customer: features of the events before a cut-off, the "
        "label from those after it.",
    .notes =
        "The definition is a JSON object. `events`: a source `(customer, time [, amount])`, or an "
        "object of named ones, `{\"orders\":\"orders\", \"calls\":{...}}`, where each is a text or "
        "an object "
        "with `source` and, where columns are not in that order, `customer`, `time`, `amount`, "
        "`kind` (names of columns), `date_format`, and `kinds`, the list of kinds that become "
        "features. `cutoff`: a date, or `now` (this day's beginning, UTC, whenever the SELECT is "
        "run). `windows` (30, 90 and 365 days): numbers of days, `12 weeks`, `3 months`, `1 year`, "
        "`all`. `label`: `none` (1 for who has no event in the window, as in churn), `any`, `count`, "
        "`sum`, or an object `{\"is\":\"none\", \"of\":\"orders\", \"kind\":\"...\"}`; `horizon`: "
        "how far it looks, "
        "from the cut-off and the `gap` on (0: none). `customers`: a source `(customer [, since])` "
        "of who gets a row, silent or not; without it, whoever had an event before the cut-off. "
        "`features`: some of `count`, `days` (with an event), `sum`, `mean`, `trend` (of a "
        "window, (later half - earlier half) / all), `recency` and `tenure` (days since the last "
        "and the first event), `gaps` (`gap_mean` and `gap_longest` between days with an event, "
        "and `overdue`, the silence over the mean gap); all of them unless it is given. `entity`: "
        "what the first column is called. `until`: to when the events are known (their last day). "
        "A window holds its beginning and not its end: an event at the cut-off comes after it. No "
        "feature can look past the cut-off: events come in at one place of the text, below it. "
        "Where nothing lies after the cut-off there is no label, and the features are the same, in "
        "the same order: one definition trains and scores tonight "
        "(`json_set(definition, '$.cutoff', 'now')`). A label whose window was not over when the "
        "events end is refused. Times: ISO 8601, `YYYYMMDD` and other forms with fixed places, Unix "
        "seconds (and parts of them), Julian days, a spreadsheet's days. The text needs no "
        "sqlite-mine to run, and SQLite 3.25. `mine_warnings` says what was left out.",
    .example =
        "SELECT mine_snapshot(json_object('events',\n  " MINE_ROWS(
            "i%20 AS customer, date(''2024-01-01'', ''+''||i||'' days'') AS at, i*7%31 AS amount") ",\n"
        "  'cutoff', '2024-06-01', 'windows', json('[30, 90]'), 'label', 'none', 'horizon', 30));",
    .argument = {{MINE_ARG_SOURCES, "definition"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = snapshot_answer,
    .options = snapshot_sets,
    .reads = "event lists: customer, time, amount, kind",
    .state_bytes = sizeof(snapshot),
    .open = snapshot_open,
    .source = snapshot_source_next,
    .run = snapshot_run,
    .close = snapshot_close,
};
