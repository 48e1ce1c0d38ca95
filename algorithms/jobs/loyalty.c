/*
** loyalty.c -- mine_loyalty: what customers think, beside what they do.
**
** Dick & Basu, "Customer Loyalty: Toward an Integrated Conceptual Framework", JAMS 22 (1994):
** loyalty is the relation of relative attitude and repeat patronage,
**
**                       repeat high   repeat low
**   attitude high       loyal         latent
**   attitude low        spurious      none
**
** A value is high when it is at least the cut: the median (of the product, where there are
** products), or a given number.  Behaviour alone is no attitude: who buys often for want of a
** choice is not loyal, so a source without an attitude, or with the behaviour twice, is refused.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "crm_words.h"
#include "verb.h"

#define LOYALTY_TWICE_ROWS   10 /* so many in one order with at least ... */
#define LOYALTY_TWICE_VALUES 4  /* ... so many values are one measure, twice */

typedef struct loyalty_options {
  mine_either attitude_cut, repeat_cut;
} loyalty_options;

static const char *const loyalty_cut_names[] = {"median", NULL};

static const mine_option loyalty_table[] = {
    OPTION_EITHER(loyalty_options, attitude_cut, .initial = "median", .range = {-1e300, 1e300},
                  .choices = loyalty_cut_names,
                  .help = "from which attitude on it is high: the median, or a number"),
    OPTION_EITHER(loyalty_options, repeat_cut, .initial = "median", .range = {-1e300, 1e300},
                  .choices = loyalty_cut_names,
                  .help = "from which repeat on it is high: the median, or a number"),
    OPTION_END};

enum { LOYALTY_ID, LOYALTY_ATTITUDE, LOYALTY_REPEAT, LOYALTY_PRODUCT };
static const mine_want loyalty_wants[] = {
    {.name = "id", .reading = MINE_READ_CELLS, .help = "of the customer"},
    {.name = "attitude",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "what the customer says: satisfaction, preference, recommendation"},
    {.name = "repeat",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "what the customer does: purchases, share of the wallet"},
    {.name = "product",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_NAMED,
     .help = "a column of products: medians are those of each"},
    {0}};

typedef struct loyalty_data {
  int64_t n, products;
  const double *value[2]; /* attitude, repeat            */
  const int32_t *product; /* NULL: one                   */
  double *cut[2];         /* per product; NAN: none known */
  int64_t alone;          /* products of one row          */
} loyalty_data;

static const char *const loyalty_names[] = {"attitude", "repeat"};

/* ---- cuts ------------------------------------------------------------------------------- */

/* The median; *least and *most of the values.  Reorders them. */
static double loyalty_median(double *x, int64_t n, double *least, double *most) {
  *least = INFINITY;
  *most = -INFINITY;
  for (int64_t i = 0; i < n; i++) {
    *least = fmin(*least, x[i]);
    *most = fmax(*most, x[i]);
  }
  return mine__median(x, n);
}

/* "of product 'x'", "" without products. */
static const char *loyalty_whose(mine_job *job, int64_t product) {
  const mine_column *column = mine__job_event(job, LOYALTY_PRODUCT);
  mine_text text;
  mine_cell cell;
  if (!column) return "";
  mine__values_get(&column->levels, product, &cell);
  mine__text_open(&text, job->arena);
  mine__text_adds(&text, " of product ");
  mine__text_add_shown(&text, &cell);
  return text.bytes ? text.data : "";
}

static void loyalty_cut_of(mine_job *job, loyalty_data *d, int side, int64_t product, double *x,
                           int64_t n) {
  double least, most;
  const double median = loyalty_median(x, n, &least, &most);
  d->cut[side][product] = median;
  d->alone += n == 1 && side == 0;
  if (n < 2) return;
  if (least >= most && d->products == 1)
    mine__fail(
        job->env, MINE_DATA,
        "%s is the same for all %lld rows, so its median divides nothing; say %s_cut=<number>",
        loyalty_names[side], (long long)n, loyalty_names[side]);
  else if (least >= median)
    mine__job_notef(job, "warning", loyalty_names[side],
                    "nobody%s is below the median, so all are high; say %s_cut=<number>",
                    loyalty_whose(job, product), loyalty_names[side]);
}

static void loyalty_cuts(mine_job *job, const mine_either *asked, int side, loyalty_data *d) {
  mine__by_code by = {0};
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  double *x = mine__arena_array(job->env->scratch, (size_t)d->n, sizeof *x);
  d->cut[side] = mine__arena_array(job->arena, (size_t)d->products, sizeof(double));
  if (d->product && !mine__sort_codes(job->env->scratch, d->product, d->n, d->products, &by))
    return;
  if (mine_failed(job->env)) return;
  for (int64_t g = 0; g < d->products && !MINE_POLL_AT(job->env, g); g++) {
    const int64_t first = d->product ? by.first[g] : 0, end = d->product ? by.first[g + 1] : d->n;
    int64_t n = 0;
    for (int64_t k = first; k < end; k++) {
      const double v = d->value[side][d->product ? by.at[k] : k];
      if (!isnan(v)) x[n++] = v;
    }
    if (asked->choice < 0)
      d->cut[side][g] = asked->number;
    else
      loyalty_cut_of(job, d, side, g, x, n);
  }
  mine__arena_rewind(job->env->scratch, mark);
}

/* ---- behaviour is no attitude ------------------------------------------------------------ */

/* Whether the two have the same order, ties included. */
static int loyalty_twice(mine_job *job, const loyalty_data *d) {
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  mine_pair *temp = mine__arena_array(job->env->scratch, (size_t)d->n, sizeof *temp);
  mine_pair *order[2];
  int same = 1, known = 0;
  for (int side = 0; side < 2; side++) {
    order[side] = mine__arena_array(job->env->scratch, (size_t)d->n, sizeof(mine_pair));
    if (order[side] && temp) mine__sort_reals(d->value[side], NULL, d->n, order[side], temp);
  }
  if (mine_failed(job->env)) return 0;
  for (int64_t k = 0; k < d->n && same; k++) {
    same = order[0][k].row == order[1][k].row && order[0][k].key == order[1][k].key;
    known += order[0][k].key != MINE_SORT_MISSING && known < INT32_MAX;
  }
  same = same && known >= LOYALTY_TWICE_ROWS && order[0][known - 1].key + 1 >= LOYALTY_TWICE_VALUES;
  mine__arena_rewind(job->env->scratch, mark);
  return same;
}

static mine_status loyalty_refuse(mine_job *job, const char *why) {
  return mine__fail(job->env, MINE_DATA,
                    "%s; how often somebody buys does not say why: an attitude is asked for "
                    "(satisfaction, would recommend); select id, attitude, repeat",
                    why);
}

static mine_status loyalty_open(mine_job *job, loyalty_data *d) {
  const mine_column *attitude = mine__job_event(job, LOYALTY_ATTITUDE);
  const mine_column *repeat = mine__job_event(job, LOYALTY_REPEAT);
  const mine_column *product = mine__job_event(job, LOYALTY_PRODUCT);
  *d = (loyalty_data){.n = job->frame->rows, .products = 1};
  if (d->n == 0) return mine__fail(job->env, MINE_DATA, "the source has no rows; there is nobody");
  if (!repeat || !attitude)
    return loyalty_refuse(job, "the source has one measure, and loyalty is two of them");
  if (attitude->missing == d->n) return loyalty_refuse(job, "the attitude is missing in all rows");
  if (repeat->missing == d->n)
    return mine__fail(job->env, MINE_DATA, "repeat is missing in all rows; nothing was done");
  d->value[0] = attitude->number;
  d->value[1] = repeat->number;
  if (product) {
    d->product = product->code;
    d->products = product->levels.n;
  }
  if (loyalty_twice(job, d))
    return loyalty_refuse(job,
                          "attitude and repeat put the rows in the very same order: one "
                          "measure, twice");
  return mine_env_status(job->env);
}

/* ---- the answer -------------------------------------------------------------------------- */

static const mine_crm_word loyalty_kinds[2][2] = {
    {MINE_CRM_LOYALTY_NONE, MINE_CRM_LOYALTY_SPURIOUS},
    {MINE_CRM_LOYALTY_LATENT, MINE_CRM_LOYALTY_LOYAL}};

/* NULL: one of the two is not known. */
static const char *loyalty_kind(const loyalty_data *d, int64_t row, mine_lang lang) {
  const int32_t product = d->product ? d->product[row] : 0;
  int high[2];
  for (int side = 0; side < 2; side++) {
    const double v = d->value[side][row];
    if (product < 0 || isnan(v)) return NULL;
    high[side] = v >= d->cut[side][product];
  }
  return mine__crm_word(loyalty_kinds[high[0]][high[1]], lang);
}

static void loyalty_put(mine_job *job, const loyalty_data *d, mine_relation *out) {
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  const mine_column *product = mine__job_event(job, LOYALTY_PRODUCT);
  int64_t unknown = 0;
  for (int64_t i = 0; i < d->n && !MINE_POLL_AT(job->env, i); i++) {
    const char *kind = loyalty_kind(d, i, (mine_lang)said->lang);
    mine_cell cell;
    unknown += !kind;
    mine__values_get(&job->frame->ids, i, &cell);
    mine__row_cell(out, &cell);
    mine__row_real(out, d->value[0][i]);
    mine__row_real(out, d->value[1][i]);
    mine__row_text(out, kind);
    if (product && product->code[i] >= 0) {
      mine__values_get(&product->levels, product->code[i], &cell);
      mine__row_cell(out, &cell);
    } else {
      mine__row_null(out);
    }
    mine__relation_end_row(out);
  }
  if (d->alone > 0)
    mine__job_notef(
        job, "warning", "attitude",
        "%lld of %lld %s: such a row is its own median, and so high; say attitude_cut=<number> "
        "and repeat_cut=<number>",
        (long long)d->alone, (long long)(product ? d->products : d->n),
        product ? "products have one row" : "rows, with nobody beside it");
  if (unknown > 0)
    mine__job_notef(job, "warning", "kind",
                    "%lld of %lld lack the attitude, the repeat or the "
                    "product: no kind",
                    (long long)unknown, (long long)d->n);
}

static mine_status loyalty_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const loyalty_options *asked = mine__options_of(&job->options, loyalty_table);
  loyalty_data d;
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0) return mine__fail(env, MINE_DATA, "the source has no columns");
  MINE_TRY(loyalty_open(job, &d));
  loyalty_cuts(job, &asked->attitude_cut, 0, &d);
  if (!mine_failed(env)) loyalty_cuts(job, &asked->repeat_cut, 1, &d);
  if (!mine_failed(env)) loyalty_put(job, &d, out);
  return mine_env_status(env);
}

static const mine_answer loyalty_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"attitude", MINE_ANSWER_REAL, 0, "as it was read"},
    {"repeat", MINE_ANSWER_REAL, 0, "as it was read"},
    {"kind", MINE_ANSWER_TEXT, 1,
     "loyal, latent, spurious or none; NULL: one of the two is missing"},
    {"product", MINE_ANSWER_ANY, 1, "of the column that product= names; else NULL"},
    {0},
};

static const mine_option_set loyalty_sets[] = {
    {loyalty_table, sizeof(loyalty_options), 0},
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_loyalty = {
    .name = "mine_loyalty",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what = "What customers think beside what they do: loyal, latent, spurious, none.",
    .notes =
        "Three columns: the id, an attitude (a survey's answer, or the mean of several) and how "
        "much is bought again. High is at least the median, or a number, `attitude_cut=4, "
        "repeat_cut=3`. With `product=<column>` a row is a customer's relation to a product, "
        "and medians are those of the product; of whole products, let the id be the product. Who "
        "buys often without liking it (spurious) goes with the first alternative; who likes it "
        "without buying (latent) is held back by something (Dick & Basu 1994). Purchases alone "
        "say nothing of that, and are refused.",
    .example =
        "SELECT kind, count(*) AS customers, round(avg(attitude), 1) AS attitude,\n"
        "  round(avg(repeat), 1) AS repeat\n"
        "FROM mine_loyalty(\n  " MINE_ROWS(
            "i AS id, 1+i*7%5 AS satisfaction, i*i%13 AS purchases") ") GROUP BY kind;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = loyalty_answer,
    .options = loyalty_sets,
    .wants = loyalty_wants,
    .run = loyalty_run,
};
