/*
** labelled.c -- rows are asked of the rows that were clustered (labelled.h), and what all
** algorithms of the kind do before and after.
**
** The search goes down the tree to the nearer child first and passes by where neither a nearer row
** that gives its cluster, nor a nearer one that reaches so far, nor an equal row can be.
*/
#include "labelled.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "write.h"

#define LABELLED_TAG   0x4c42414cu /* "LABL" */
#define LABELLED_CHUNK 256         /* rows encoded by a task */
#define LABELLED_BLOCK 64          /* rows asked by a task   */
#define LABELLED_POINT 256         /* a single row's dimensions on the stack */

const char *const mine__labelled_metrics[] = {"euclidean", "manhattan", NULL};

int mine__labelled_order(const double *a, const double *b, int width) {
  for (int j = 0; j < width; j++)
    if (a[j] != b[j]) return a[j] < b[j] ? -1 : 1;
  return 0;
}

/* ---- asked -------------------------------------------------------------------------------- */

/* What is known of a row so far; distances are as the tree compares them. */
typedef struct labelled_seen {
  const mine_labelled *body;
  const double *query;
  double near;  /* the nearest row that gives its cluster      */
  double cover; /* the nearest that reaches so far, and which; */
  int64_t by;   /* -1: none                                    */
  int64_t same; /* a row that is equal; -1: none               */
} labelled_seen;

/* The row at a place, which can give its cluster as far as `square`. */
static void labelled_see(labelled_seen *seen, double distance, double square, uint32_t row) {
  const mine_labelled *m = seen->body;
  if (distance < seen->near) seen->near = distance;
  if (distance > square || distance > seen->cover) return;
  if (distance == seen->cover && seen->by >= 0) {
    const int width = m->encoding.width;
    const int order =
        mine__labelled_order(m->point + (int64_t)row * width, m->point + seen->by * width, width);
    if (order > 0 || (order == 0 && row > seen->by)) return;
  }
  seen->cover = distance;
  seen->by = row;
}

/* Farther than that nothing can matter. */
static double labelled_bound(const labelled_seen *seen) {
  return seen->same < 0 ? seen->cover : seen->near;
}

/* The rows of a leaf. */
static void labelled_see_leaf(labelled_seen *seen, const mine__kernels *kernels, int64_t leaf) {
  const mine_labelled *m = seen->body;
  const mine__kdtree_rows rows = mine__kdtree_leaf(&m->tree, leaf);
  const double *square = m->square + rows.place;
  const uint32_t *row = m->tree.row + rows.place;
  double distance[MINE__KDTREE_LEAF];
  uint32_t within =
      rows.all & kernels->leaf_within[m->tree.norm](rows.panel, rows.panels, m->tree.width,
                                                    seen->query, labelled_bound(seen), distance);
  while (within) {
    const int i = mine__kdtree_next(&within);
    if (distance[i] > labelled_bound(seen)) continue;
    if (distance[i] == 0 && seen->same < 0) seen->same = row[i];
    if (square[i] >= 0) labelled_see(seen, distance[i], square[i], row[i]);
  }
}

/* Whether anything that matters can be in a node so far away.  Rows that are equal have the same
** cluster: one is enough, and then only the distance may be smaller. */
static int labelled_matters(const labelled_seen *seen, int64_t node, double apart) {
  const double far = seen->body->far[node];
  const int known = seen->same >= 0;
  return (apart == 0 && !known) ||
         (far >= 0 && (apart < seen->near || (!known && apart <= seen->cover && apart <= far)));
}

static labelled_seen labelled_look(const mine_labelled *m, const double *query) {
  const mine__kdtree *tree = &m->tree;
  const mine__kernels *kernels = mine__kernels_here();
  const int64_t leaves = mine__kdtree_leaves(tree);
  labelled_seen seen = {m, query, INFINITY, INFINITY, -1, -1};
  mine__kdtree_stack stack = {.n = 0};
  mine__kdtree_push(&stack, 1, 0);
  while (stack.n > 0) {
    const int64_t node = stack.at[--stack.n].node;
    if (!labelled_matters(&seen, node, stack.at[stack.n].apart)) continue;
    if (node < leaves) {
      mine__kdtree_push_below(&stack, tree, node, query);
      continue;
    }
    labelled_see_leaf(&seen, kernels, node - leaves);
  }
  return seen;
}

static void labelled_say(const mine_labelled *m, const double *query, int64_t i,
                         mine_answers *out) {
  const labelled_seen seen = labelled_look(m, query);
  const int64_t by = seen.same >= 0 ? seen.same : seen.by;
  if (out->group) out->group[i] = by >= 0 ? m->label[by] + 1 : 0;
  if (out->distance)
    out->distance[i] =
        seen.near < INFINITY ? mine__kdtree_distance(&m->tree, seen.near) : (double)NAN;
  if (out->strength) out->strength[i] = !m->strength ? (double)NAN : by >= 0 ? m->strength[by] : 0;
  if (out->outlier) out->outlier[i] = m->outlier && seen.same >= 0 ? m->outlier[by] : (double)NAN;
}

typedef struct labelled_job {
  const mine_labelled *body;
  const mine_batch *batch;
  mine_answers *out;
  double *point; /* asked: LABELLED_BLOCK x width per worker; encoded: n x width */
} labelled_job;

static void labelled_ask(void *context, int64_t task, int worker) {
  const labelled_job *job = context;
  const int64_t width = job->body->encoding.width, first = task * LABELLED_BLOCK;
  const int64_t left = job->batch->n - first, n = left < LABELLED_BLOCK ? left : LABELLED_BLOCK;
  double *point = job->point + worker * LABELLED_BLOCK * width;
  mine__encode(&job->body->encoding, job->batch, first, n, point);
  for (int64_t i = 0; i < n; i++)
    labelled_say(job->body, point + i * width, first + i, job->out);
}

static mine_status labelled_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                   mine_answers *out) {
  const mine_labelled *m = model->body;
  const int width = m->encoding.width;
  if (batch->n == 1 && width <= LABELLED_POINT) {
    double point[LABELLED_POINT];
    mine__encode(&m->encoding, batch, 0, 1, point);
    labelled_say(m, point, 0, out);
    return mine_env_status(env);
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  labelled_job job = {m, batch, out, NULL};
  job.point = mine__arena_array(env->scratch, (size_t)env->threads * LABELLED_BLOCK,
                                (size_t)width * sizeof *job.point);
  if (job.point)
    (void)!mine__parallel(env, MINE_BLOCKS(batch->n, LABELLED_BLOCK), labelled_ask, &job);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static unsigned labelled_given(const mine_model *model) {
  const mine_labelled *m = model->body;
  const unsigned strength = m->strength && m->outlier ? MINE_GIVES_STRENGTH : 0u;
  return MINE_GIVES_GROUP | MINE_GIVES_DISTANCE | strength;
}

static int labelled_width(const mine_model *model) {
  return ((const mine_labelled *)model->body)->encoding.width;
}

static void labelled_points(const mine_model *model, const mine_batch *batch, int64_t first,
                            int64_t count, double *out) {
  mine__encode(&((const mine_labelled *)model->body)->encoding, batch, first, count, out);
}

static const mine_cluster_profile *labelled_profile(const mine_model *model,
                                                    const mine_encoding **encoding) {
  const mine_labelled *m = model->body;
  *encoding = &m->encoding;
  return &m->profile;
}

static mine_status labelled_renumber(mine_env *env, mine_model *model, const int32_t *number) {
  mine_labelled *m = model->body;
  for (int64_t i = 0; i < m->n; i++)
    if (m->label[i] >= 0) m->label[i] = number[m->label[i]];
  return mine__cluster_profile_renumber(env, &m->profile, m->encoding.width, number);
}

/* ---- before and after a fit --------------------------------------------------------------- */

static void labelled_encode(void *context, int64_t task, int worker) {
  const labelled_job *job = context;
  const int64_t width = job->body->encoding.width, first = task * LABELLED_CHUNK;
  const int64_t left = job->batch->n - first;
  mine__encode(&job->body->encoding, job->batch, first,
               left < LABELLED_CHUNK ? left : LABELLED_CHUNK, job->point + first * width);
  (void)worker;
}

/* x to the nearest multiple of a power of two that is some 2^-20 of `unit`. */
static double labelled_round_to(double x, double unit) {
  int exponent;
  (void)frexp(unit, &exponent);
  const double rounded = ldexp(nearbyint(ldexp(x, 20 - exponent)), exponent - 20);
  return isfinite(rounded) ? rounded : x;
}

/* Numbers are scaled by factors of 24 binary digits around centres that are as short, which changes
** no distance by more than some 1e-7 of itself: differences that are equal in the source are equal
** in the scaled space, too, and the last digit of a mean, which depends on the order of the rows,
** decides no tie. */
static void labelled_round(mine_encoding *encoding) {
  for (int f = 0; f < encoding->n_features; f++) {
    const int c = encoding->first[f];
    if (encoding->levels[f] != 0 || c == encoding->first[f + 1] || !(encoding->factor[c] > 0))
      continue;
    const double shorter = (double)(float)encoding->factor[c];
    if (shorter > 0 && isfinite(shorter)) encoding->factor[c] = shorter;
    encoding->centre[c] = labelled_round_to(encoding->centre[c], 1 / encoding->factor[c]);
    encoding->fill[c] = labelled_round_to(encoding->fill[c], 1);
  }
}

mine_labelled *mine__labelled_open(mine_env *env, const mine_dataset *data, mine_scale scale,
                                   mine__norm norm, mine_model *model) {
  const size_t n = (size_t)data->rows.n;
  mine_labelled *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  if (!body) return NULL;
  if (n < 1)
    mine__fail(env, MINE_DATA, "there are no rows to cluster; give at least one");
  else if (mine__encoding_fit(env, model->arena, data, scale, &body->encoding) == MINE_OK &&
           body->encoding.width == 0)
    mine__fail(env, MINE_DATA, "no column has values to cluster by; check ignore= and the source");
  if (mine_failed(env)) return NULL;
  labelled_round(&body->encoding);
  body->n = (int64_t)n;
  body->point = mine__arena_array(model->arena, n, (size_t)body->encoding.width * sizeof(double));
  body->label = mine__arena_array(model->arena, n, sizeof *body->label);
  body->reach = mine__arena_array(model->arena, n, sizeof *body->reach);
  if (mine_failed(env)) return NULL;
  labelled_job job = {body, &data->rows, NULL, body->point};
  if (mine__parallel(env, MINE_BLOCKS(body->n, LABELLED_CHUNK), labelled_encode, &job) ||
      mine__kdtree_build(env, model->arena, norm, body->point, body->n, body->encoding.width,
                         &body->tree))
    return NULL;
  return body;
}

typedef struct labelled_rank {
  int64_t rows, least; /* its least point, the first row of equal ones */
  int32_t label;
} labelled_rank;

typedef struct labelled_ranked {
  const double *point;
  int width;
} labelled_ranked;

static int labelled_rank_before(const void *context, const void *left, const void *right) {
  const labelled_ranked *by = context;
  const labelled_rank *a = left, *b = right;
  if (a->rows != b->rows) return a->rows > b->rows;
  const int order = mine__labelled_order(by->point + a->least * by->width,
                                         by->point + b->least * by->width, by->width);
  return order ? order < 0 : a->least < b->least;
}

int64_t mine__labelled_number(mine_env *env, const double *point, int64_t n, int width,
                              int32_t *label) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const labelled_ranked by = {point, width};
  /* Labels are below n.  at[label]: its place by first sight, under which its rank is gathered;
  ** number[place]: what it is called in the end. */
  int32_t *at = mine__arena_array(env->scratch, (size_t)n, sizeof *at);
  labelled_rank *rank = NULL, *spare = NULL;
  int64_t k = 0;
  for (int64_t i = 0; at && i < n; i++)
    at[i] = -1;
  for (int64_t i = 0; at && i < n; i++)
    if (label[i] >= 0 && at[label[i]] < 0) at[label[i]] = (int32_t)k++;
  if (at) rank = mine__arena_zeros(env->scratch, (size_t)k, sizeof *rank);
  if (at) spare = mine__arena_array(env->scratch, (size_t)k, sizeof *spare);
  for (int64_t i = 0; !mine_failed(env) && i < n; i++) {
    if (MINE_POLL_AT(env, i)) break;
    if (label[i] < 0) continue;
    labelled_rank *r = &rank[at[label[i]]];
    if (r->rows++ == 0 ||
        mine__labelled_order(point + i * width, point + r->least * width, width) < 0)
      r->least = i;
    r->label = at[label[i]];
  }
  if (!mine_failed(env))
    mine__sort(env, rank, spare, (size_t)k, sizeof *rank, labelled_rank_before, &by);
  int32_t *number =
      mine_failed(env) ? NULL : mine__arena_array(env->scratch, (size_t)k, sizeof *number);
  for (int64_t c = 0; number && c < k; c++)
    number[rank[c].label] = (int32_t)c;
  for (int64_t i = 0; number && i < n; i++)
    if (label[i] >= 0) label[i] = number[at[label[i]]];
  mine__arena_rewind(env->scratch, mark);
  return k;
}

mine_status mine__labelled_prepare(mine_env *env, mine_arena *arena, mine_labelled *m) {
  if (!m->tree.row)
    MINE_TRY(
        mine__kdtree_build(env, arena, m->tree.norm, m->point, m->n, m->encoding.width, &m->tree));
  const int64_t leaves = mine__kdtree_leaves(&m->tree);
  m->far = mine__arena_array(arena, 2 * (size_t)leaves, sizeof *m->far);
  m->square = mine__arena_array(arena, (size_t)m->n, sizeof *m->square);
  if (mine_failed(env)) return mine_env_status(env);
  m->far[0] = -1;
  for (int64_t leaf = 0; leaf < leaves; leaf++) {
    const int64_t end = mine__kdtree_first(&m->tree, leaf + 1) * MINE_LANES;
    double far = -1;
    if (leaf % 4096 == 0) MINE_TRY(mine__poll(env));
    for (int64_t i = mine__kdtree_first(&m->tree, leaf) * MINE_LANES; i < end && i < m->n; i++) {
      const double reach = m->reach[m->tree.row[i]];
      m->square[i] = reach >= 0 ? mine__kdtree_compared(&m->tree, reach) : -1;
      far = fmax(far, m->square[i]);
    }
    m->far[leaves + leaf] = far;
  }
  for (int64_t node = leaves - 1; node > 0; node--)
    m->far[node] = fmax(m->far[2 * node], m->far[2 * node + 1]);
  return mine_env_status(env);
}

static void labelled_tell(const mine_labelled *body, mine_model *model) {
  char share[MINE_NUMBER_BYTES];
  const int64_t noise = body->profile.noise;
  mine__model_measure(model, MINE_MEASURE_K, (double)body->k);
  mine__model_note(model, "fit", "rows", "the model holds all %lld rows it was trained on",
                   (long long)body->n);
  if (noise > 0 && body->k > 0)
    mine__model_note(model, "fit", "noise", "%lld of the %lld rows (%s%%) belong to no cluster",
                     (long long)noise, (long long)body->n,
                     mine__format_real(share, 100.0 * (double)noise / (double)body->n, 3));
}

void mine__labelled_publish(mine_env *env, const mine_dataset *data, mine_labelled *body,
                            mine_model *model) {
  if (mine_failed(env)) return;
  if (mine__cluster_profile_make(env, model->arena, &body->encoding, data, body->label, body->k,
                                 &body->profile) ||
      mine__labelled_prepare(env, model->arena, body))
    return;
  for (int64_t i = 0; data->found && i < body->n; i++)
    data->found[i] = body->label[i] + 1;
  labelled_tell(body, model);
  model->body = body;
  model->n_groups = (int)body->k;
}

#define LABELLED_ROWS "the model is the rows it was trained on, and those stay"

const mine_kind mine__kind_labelled = {
    .name = "labelled",
    .tag = LABELLED_TAG,
    .version = MINE__LABELLED_VERSION,
    .gives = MINE_GIVES_GROUP | MINE_GIVES_DISTANCE | MINE_GIVES_STRENGTH,
    .given = labelled_given,
    .answer = labelled_answer,
    .width = labelled_width,
    .points = labelled_points,
    .save = mine__labelled_save,
    .load = mine__labelled_load,
    .profile = labelled_profile,
    .renumber = labelled_renumber,
    .keeps_rows = MINE_KEEPS_POINTS,
    .parts = mine__labelled_parts,
    .written = {[MINE_FORMAT_SQL] = {.why_not = LABELLED_ROWS},
                [MINE_FORMAT_C] = {.why_not = LABELLED_ROWS},
                [MINE_FORMAT_TEXT] = {.write = mine__write_text_clusters},
                [MINE_FORMAT_DOT] = {.why_not = LABELLED_ROWS},
                /* others' programs */
                [MINE_FORMAT_PMML] = {.why_not = LABELLED_ROWS},
                [MINE_FORMAT_ONNX] = {.why_not = LABELLED_ROWS}},
};
