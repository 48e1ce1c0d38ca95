/*
** twostep_content.c -- rows in the order of their content.
**
** A row's content is hashed, cell by cell; rows stand in the order of their hashes, and rows that
** hold the same are one, whose weight is the sum of theirs.  The order depends on nothing but what
** the rows hold and the seed, and as a hash knows nothing of what it stands for, the first rows in
** that order are a sample: the same for any order of the source (bottom-k sampling; Cohen & Kaplan,
** "Summarizing data using bottom-k sketches", PODC 2007).
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "twostep_private.h"

#define CONTENT_ROWS    4096 /* of a task */
#define CONTENT_MISSING UINT64_C(0x9E3779B97F4A7C15)

typedef struct content_job {
  const mine_dataset *data;
  mine__place *place;
} content_job;

/* -0 is 0, and what is missing is all one. */
static uint64_t content_cell(const mine_feature_view *view, int64_t row) {
  uint64_t bits;
  if (view->code) return view->code[row] < 0 ? CONTENT_MISSING : (uint64_t)view->code[row] + 1;
  if (isnan(view->number[row])) return CONTENT_MISSING;
  const double number = view->number[row] == 0 ? 0 : view->number[row];
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static void content_hash(void *context, int64_t task, int worker) {
  const content_job *job = context;
  const mine_dataset *data = job->data;
  const int64_t first = task * CONTENT_ROWS, end = first + CONTENT_ROWS;
  (void)worker;
  for (int64_t i = first; i < end && i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    uint64_t hash = mine_hash_mix(data->seed + 1);
    for (int f = 0; f < data->n_features; f++)
      hash = mine_hash_mix(hash * 3 + content_cell(&data->rows.feature[f], row));
    job->place[i] = (mine__place){hash, (size_t)row};
  }
}

static double content_weight(const mine_dataset *data, size_t row) {
  return data->weight ? data->weight[row] : 1;
}

/* -1, 0, 1 as the one row's cells are less than, equal to, or above the other's. */
static int content_compare(const mine_dataset *data, size_t a, size_t b) {
  for (int f = 0; f < data->n_features; f++) {
    const uint64_t x = content_cell(&data->rows.feature[f], (int64_t)a);
    const uint64_t y = content_cell(&data->rows.feature[f], (int64_t)b);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/* Rows of one hash: by content, then by weight. */
static int content_before(const void *context, const void *left, const void *right) {
  const mine_dataset *data = context;
  const size_t a = ((const mine__place *)left)->at, b = ((const mine__place *)right)->at;
  const int order = content_compare(data, a, b);
  return order ? order < 0 : content_weight(data, a) < content_weight(data, b);
}

/* Rows of equal hashes in order, and what is equal joined. */
static void content_join(const twostep_fit *fit, mine__place *place, mine__place *spare,
                         twostep_content *out) {
  const mine_dataset *data = fit->data;
  const int64_t n = data->rows.n;
  for (int64_t first = 0, last; first < n; first = last) {
    for (last = first + 1; last < n && place[last].key == place[first].key;)
      last++;
    if (last - first > 1)
      mine__sort(fit->env, place + first, spare, (size_t)(last - first), sizeof *place,
                 content_before, data);
    if (mine_failed(fit->env) || MINE_POLL_AT(fit->env, first)) return;
    for (int64_t i = first; i < last; i++) {
      const int same = i > first && content_compare(data, place[i - 1].at, place[i].at) == 0;
      if (!same) {
        out->row[out->n] = (uint32_t)place[i].at;
        out->weight[out->n++] = 0;
      }
      out->weight[out->n - 1] += content_weight(data, place[i].at);
    }
  }
  for (int64_t i = 0; i < out->n; i++)
    out->total += out->weight[i];
}

void mine__twostep_content(twostep_fit *fit) {
  mine_env *env = fit->env;
  const size_t n = (size_t)fit->data->rows.n;
  twostep_content *out = &fit->content;
  *out = (twostep_content){.row = mine__arena_array(env->scratch, n, sizeof *out->row),
                           .weight = mine__arena_array(env->scratch, n, sizeof *out->weight)};
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__place *place = mine__arena_array(env->scratch, n, sizeof *place);
  mine__place *spare = mine__arena_array(env->scratch, n, sizeof *spare);
  content_job job = {fit->data, place};
  if (mine_failed(env) ||
      mine__parallel(env, MINE_BLOCKS((int64_t)n, CONTENT_ROWS), content_hash, &job))
    return;
  mine__sort_places(env, place, spare, (int64_t)n, 64);
  if (!mine_failed(env)) content_join(fit, place, spare, out);
  mine__arena_rewind(env->scratch, mark);
}
