/*
** uplift.c -- the algorithm `uplift`: what a treatment adds to a target, customer by customer.
**
** Two models (the T-learner: Hansotia & Rukstales, Journal of Interactive Marketing 16, 2002;
** Kuenzel et al., PNAS 116, 2019): one is fitted on the treated rows, one on the others, and the
** uplift is the difference of what they say.  One model of a transformed class (Jaskowski &
** Jaroszewicz, ICML workshop on clinical data, 2012): z = 1 where a treated row has the target
** or an untreated one has not; where the arms weigh the same, the uplift is 2 P(z = 1 | x) - 1.
** So that they do, rows are weighted by n / (2 n_arm).
**
** The models inside are fitted by an algorithm of the registry with its usual options, or those
** of base_options.
*/
#include "../model/uplift.h"

#include <math.h>
#include <string.h>

#include "../core/options.h"

typedef struct uplift_options {
  int method, base;
  mine_cell base_options;
} uplift_options;

static const char *const uplift_methods[] = {"two_model", "class_transformation", NULL};
static const char *const uplift_bases[] = {"boost", "logistic", "linear", "forest",
                                           "bayes", "tree",     NULL};

static const mine_option uplift_option_table[] = {
    OPTION_CHOICE(uplift_options, method, .initial = "two_model", .choices = uplift_methods,
                  .help = "two_model: one of the treated rows and one of the others; "
                          "class_transformation: one model of both, for a target of two classes"),
    OPTION_CHOICE(uplift_options, base, .initial = "boost", .choices = uplift_bases,
                  .help = "the algorithm of the models inside"),
    OPTION_TEXT(uplift_options, base_options,
                .help = "its options, in quotes: base_options=\"max_leaves=7, n_trees=50\""),
    OPTION_END};

/* One member to be fitted. */
typedef struct uplift_fitting {
  mine_env *env;
  const mine_dataset *data;
  mine_model *whole;
  const mine_algorithm *base;
  void *options;
  const char *text;
  int binary;
  int32_t *label; /* per frame row, of which the largest is `size` - 1 */
  size_t size;
} uplift_fitting;

/* ---- the rows --------------------------------------------------------------------------- */

static int uplift_binary(const mine_dataset *data) {
  for (int64_t i = 0; i < data->rows.n; i++) {
    const double y = data->target[mine_batch_row(&data->rows, i)];
    if (y != 0 && y != 1) return 0;
  }
  return 1;
}

/* Of an arm (0, 1), or of both (-1): the frame rows. */
static uint32_t *uplift_arm(mine_env *env, const mine_dataset *data, int arm, int64_t *n) {
  uint32_t *row = mine__arena_array(env->scratch, (size_t)data->rows.n, sizeof *row);
  *n = 0;
  for (int64_t i = 0; row && i < data->rows.n; i++) {
    const uint32_t at = (uint32_t)mine_batch_row(&data->rows, i);
    if (arm < 0 || data->treated[at] == arm) row[(*n)++] = at;
  }
  return row;
}

/* Something to tell apart in the rows of an arm. */
static void uplift_check_arm(const uplift_fitting *f, const uint32_t *row, int64_t n, int arm) {
  int64_t ones = 0;
  for (int64_t i = 0; i < n; i++)
    ones += f->data->target[row[i]] != 0;
  if (n < 2)
    (void)mine__fail(
        f->env, MINE_DATA,
        "%lld of the rows learned from %s treated; uplift needs both, treated and not, "
        "and chance should decide who is",
        (long long)n, arm ? "are" : "are not");
  else if (f->binary && (ones == 0 || ones == n))
    (void)mine__fail(f->env, MINE_DATA,
                     "%s of the %lld rows that were %streated %s the target; with nothing to tell "
                     "apart among them there is no model of them",
                     ones ? "all" : "none", (long long)n, arm ? "" : "not ", ones ? "have" : "has");
}

/* ---- one model ---------------------------------------------------------------------------- */

static void uplift_describe(const uplift_fitting *f, mine_model *member) {
  const mine_model *whole = f->whole;
  mine_arena *arena = member->arena;
  static const char target[] = "target";
  member->algorithm = mine__arena_text(arena, f->base->name, strlen(f->base->name));
  member->task = f->binary ? MINE_CLASSIFICATION : MINE_REGRESSION;
  member->kind = mine__algorithm_kind(f->base, member->task);
  member->roles.target = mine__arena_text(arena, target, strlen(target));
  member->gaps = whole->gaps;
  member->told.options = mine__arena_text(arena, f->text, strlen(f->text));
  member->n_features = whole->n_features;
  member->feature = mine__arena_zeros(arena, (size_t)whole->n_features, sizeof *member->feature);
  for (int i = 0; member->feature && i < whole->n_features && !mine_failed(f->env); i++)
    mine__feature_copy(arena, &whole->feature[i], &member->feature[i]);
  if (f->binary) {
    for (int64_t c = 0; c < 2; c++)
      if (!mine__values_push(&member->groups, &(mine_cell){MINE_INT, 0, {.integer = c}})) return;
    member->n_groups = 2;
    member->positive = 1;
    return;
  }
  member->output_name = mine__arena_array(arena, 1, sizeof *member->output_name);
  if (mine_failed(f->env)) return;
  member->output_name[0] = member->roles.target;
  member->n_outputs = 1;
}

/* Fitted, sealed and owned by the whole; NULL: failure recorded. */
static const mine_model *uplift_member(const uplift_fitting *f, const uint32_t *row, int64_t n,
                                       const double *weight) {
  mine_env *env = f->env;
  mine_model *member;
  if (mine__model_empty(env, &member)) return NULL;
  uplift_describe(f, member);
  mine_dataset data = *f->data;
  data.rows.n = n;
  data.rows.row = row;
  data.task = member->task;
  data.about = member->feature;
  data.n_classes = member->n_groups;
  data.label = f->binary ? f->label : NULL;
  data.target = f->binary ? NULL : f->data->target;
  data.treated = NULL;
  data.weight = weight;
  member->told.rows = n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (!mine_failed(env) && f->base->fit(env, &data, f->options, member) && !mine_failed(env))
    (void)mine__fail(env, MINE_NUMERIC, "algorithm '%s' failed", f->base->name);
  mine__arena_rewind(env->scratch, mark);
  if (mine_failed(env) || mine__model_seal(env, member)) {
    mine_model_free(member);
    return NULL;
  }
  return mine__model_adopt(env, f->whole, member) ? NULL : member;
}

/* ---- the two methods ------------------------------------------------------------------------ */

static void uplift_two(uplift_fitting *f, mine_uplift *body) {
  for (int arm = 0; arm < 2 && !mine_failed(f->env); arm++) {
    int64_t n;
    const uint32_t *row = uplift_arm(f->env, f->data, arm, &n);
    if (row) uplift_check_arm(f, row, n, arm);
    if (mine_failed(f->env) || mine__poll_progress(f->env, "uplift", arm / 2.0)) return;
    body->member[arm] = uplift_member(f, row, n, f->data->weight);
    if (body->member[arm]) body->n_members++;
  }
}

/* Weights of the arms made equal. */
static double *uplift_even(const uplift_fitting *f, const uint32_t *row, int64_t n) {
  double sum[2] = {0, 0};
  double *weight = mine__arena_zeros(f->env->scratch, f->size, sizeof *weight);
  for (int64_t i = 0; i < n; i++)
    sum[f->data->treated[row[i]]] += f->data->weight ? f->data->weight[row[i]] : 1;
  for (int64_t i = 0; weight && i < n; i++)
    weight[row[i]] = (f->data->weight ? f->data->weight[row[i]] : 1) * (sum[0] + sum[1]) /
                     (2 * sum[f->data->treated[row[i]]]);
  return weight;
}

static void uplift_transformed(uplift_fitting *f, mine_uplift *body) {
  int64_t n;
  uint32_t *row = NULL;
  if (!f->binary) {
    (void)mine__fail(f->env, MINE_OPTION,
                     "method=class_transformation is for a target of two classes (0 and 1), and "
                     "this one is a number; take method=two_model");
    return;
  }
  for (int arm = 0; arm < 2 && !mine_failed(f->env); arm++) {
    row = uplift_arm(f->env, f->data, arm, &n);
    if (row) uplift_check_arm(f, row, n, arm);
  }
  row = mine_failed(f->env) ? NULL : uplift_arm(f->env, f->data, -1, &n);
  if (!row) return;
  for (int64_t i = 0; i < n; i++)
    f->label[row[i]] = (f->data->target[row[i]] != 0) == f->data->treated[row[i]];
  const double *weight = uplift_even(f, row, n);
  if (!mine_failed(f->env)) body->member[0] = uplift_member(f, row, n, weight);
  if (body->member[0]) body->n_members = 1;
}

static mine_status uplift_fit(mine_env *env, const mine_dataset *data, const void *options,
                              mine_model *model) {
  const uplift_options *o = options;
  const char *text = o->base_options.type == MINE_TEXT ? o->base_options.as.text : "";
  uplift_fitting f = {.env = env, .data = data, .whole = model, .text = text};
  mine_uplift *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  f.binary = uplift_binary(data);
  f.base = mine__algorithm_find(uplift_bases[o->base]);
  if (!body || !f.base || !data->treated) return mine_env_status(env);
  const mine_task_kind task = f.binary ? MINE_CLASSIFICATION : MINE_REGRESSION;
  if (!(f.base->tasks & (unsigned)task))
    return mine__fail(env, MINE_OPTION,
                      "base=%s does no %s, and the target is %s; take base=boost or base=%s",
                      f.base->name, mine__task_name(task), f.binary ? "0 or 1" : "a number",
                      f.binary ? "logistic" : "linear");
  mine_option_group group = {.table = f.base->options};
  group.values = mine__arena_zeros(env->scratch, 1, f.base->options_size + 1);
  for (int64_t i = 0; i < data->rows.n; i++)
    if ((size_t)mine_batch_row(&data->rows, i) >= f.size)
      f.size = (size_t)mine_batch_row(&data->rows, i) + 1;
  f.label = mine__arena_zeros(env->scratch, f.size, sizeof *f.label);
  if (!group.values || !f.label || mine__options_parse(env, env->scratch, &group, 1, text))
    return mine_env_status(env);
  f.options = group.values;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    f.label[row] = data->target[row] != 0;
  }
  model->body = body;
  body->method = o->method;
  if (o->method == MINE_UPLIFT_TWO)
    uplift_two(&f, body);
  else
    uplift_transformed(&f, body);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_uplift = {
    .name = "uplift",
    .title = "what a treatment (a call, an offer) adds to a target, customer by customer",
    .citation =
        "Hansotia & Rukstales, Journal of Interactive Marketing 16 (2002); Jaskowski & "
        "Jaroszewicz, ICML Workshop on Clinical Data Analysis (2012); Radcliffe, Direct Marketing "
        "Analytics Journal (2007)",
    .notes =
        "Of a campaign that some customers got and others did not: `treatment=` names the column "
        "that says who. mine_predict gives the uplift, by how much the treatment changes the share "
        "of the target (or the number): call those where it is large, and leave alone those where "
        "it is below 0. mine_uplift judges it on held-out rows, by bins of falling uplift. "
        "The target is 0 and 1, two texts (one of them `positive=`), or a number. "
        "`method=two_model` "
        "fits one model of the treated rows and one of the others, "
        "`class_transformation` one of both, with the weights of the two made equal. "
        "All that is learned rests on chance having decided who was treated: every attribute is "
        "compared between the two (standardised difference of means, Welch's test; of categories "
        "chi-squared), and a warning names those that differ by more than chance, with "
        "Bonferroni's "
        "correction. The held-out `qini` is the share of what the best order would give: 0 is "
        "random, below 0 worse; few rows tell little, see low and high of mine_uplift.",
    .example =
        "SELECT mine_train('temp.demo', 'uplift',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)\n"
        "  SELECT i AS id, i*7%31 AS visits, i%5 AS calls, i*13%2 AS called,\n"
        "    i*7%31 + 10*(i*13%2)*(i%5 > 2) + i*11%17 > 28 AS bought FROM n',\n"
        "  'target=bought, treatment=called');",
    .tasks = MINE_UPLIFT,
    .reads = "attributes",
    .options_size = sizeof(uplift_options),
    .options = uplift_option_table,
    .kind = &mine__kind_uplift,
    .fit = uplift_fit,
};
