/*
** labelled_bytes.c -- rows with their clusters into bytes and back.
**
** Whoever reads believes nothing: points are finite, labels are clusters, a reach is -1 or a
** distance, and the merges are a tree, each row and each step merged at most once, by a later
** step, so that whoever goes down comes to an end.
*/
#include <math.h>

#include "labelled.h"

void mine__labelled_save(const mine_model *model, mine_writer *w) {
  const mine_labelled *m = model->body;
  const size_t n = (size_t)m->n, merges = (size_t)m->n_merges;
  mine__encoding_save(&m->encoding, w);
  mine__write_u8(w, (uint8_t)m->tree.norm);
  mine__write_u64(w, (uint64_t)m->k);
  mine__write_u64(w, n); /* mine__read_count */
  mine__write_reals(w, m->point, n * (size_t)m->encoding.width);
  mine__write_i32s(w, m->label, n);
  mine__write_reals(w, m->reach, n);
  mine__write_u8(w, m->strength != NULL);
  if (m->strength) mine__write_reals(w, m->strength, n);
  mine__write_u8(w, m->outlier != NULL);
  if (m->outlier) mine__write_reals(w, m->outlier, n);
  mine__write_u64(w, merges);
  mine__write_u64s(w, (const uint64_t *)m->merge, 2 * merges);
  mine__write_reals(w, m->height, merges);
  mine__write_u64s(w, (const uint64_t *)m->merge_rows, merges);
  mine__cluster_profile_save(&m->profile, m->encoding.width, w);
}

/* The points with their labels; the width is above 0. */
static void labelled_load_rows(mine_reader *r, mine_labelled *m) {
  const size_t width = (size_t)m->encoding.width;
  const size_t n = mine__read_count(mine__called(r, "points"), sizeof(double) * (width + 1));
  if (n < 1 || n > (size_t)MINE_MAX_ROWS) mine__reader_bad(r, "the number of rows");
  if (m->k > (int64_t)n) mine__reader_bad(r, "the number of clusters");
  if (!mine__reader_ok(r)) return;
  m->n = (int64_t)n;
  m->point = mine__read_reals(mine__called(r, "point"), n * width, 1);
  m->label = mine__read_i32s(mine__called(r, "cluster"), n);
  m->reach = mine__read_reals(mine__called(r, "reach"), n, 0);
  for (size_t i = 0; mine__reader_ok(r) && i < n; i++) {
    if (m->label[i] < -1 || m->label[i] >= m->k) mine__reader_bad(r, "the cluster of a row");
    if (!(m->reach[i] >= 0) && m->reach[i] != -1) mine__reader_bad(r, "the reach of a row");
    if (m->reach[i] >= 0 && m->label[i] < 0) mine__reader_bad(r, "the reach of noise");
  }
}

/* A number from 0 to 1 of each row, or none. */
static double *labelled_load_shares(mine_reader *r, const char *there, const char *name,
                                    int64_t n) {
  const uint8_t has = mine__read_u8(mine__called(r, there));
  if (has > 1) mine__reader_bad(r, name);
  if (!mine__reader_ok(r) || !has) return NULL;
  double *v = mine__read_reals(mine__called(r, name), (size_t)n, 1);
  for (int64_t i = 0; v && i < n; i++)
    if (v[i] < 0 || v[i] > 1) mine__reader_bad(r, name);
  return v;
}

static int64_t *labelled_load_integers(mine_reader *r, const char *name, size_t n) {
  int64_t *v = mine__arena_array(r->arena, n, sizeof *v);
  if (!v) mine__reader_bad(r, "memory");
  mine__read_items(r, name);
  for (size_t i = 0; mine__reader_ok(r) && i < n; i++)
    v[i] = mine__read_i64(r);
  mine__read_close(r);
  return v;
}

/* What a step merges: row -part, or an earlier step, for the first time. */
static int labelled_merges(uint8_t *merged, int64_t n, int64_t step, int64_t part) {
  const int64_t at = part < 0 ? -(part + 1) : n + part - 1;
  if (part == 0 || part < -n || part > step || merged[at]) return 0;
  return merged[at] = 1;
}

static void labelled_load_merges(mine_reader *r, mine_labelled *m) {
  const size_t merges = mine__read_count(mine__called(r, "merges"), 4 * sizeof(double));
  if (merges != 0 && (int64_t)merges != m->n - 1) mine__reader_bad(r, "the number of merges");
  if (!mine__reader_ok(r)) return;
  m->merge = labelled_load_integers(r, "merge", 2 * merges);
  m->height = mine__read_reals(mine__called(r, "height"), merges, 1);
  m->merge_rows = labelled_load_integers(r, "merge_rows", merges);
  if (!mine__reader_ok(r)) return;
  m->n_merges = (int64_t)merges;
  uint8_t *merged = mine__arena_zeros(r->arena, (size_t)m->n + merges, 1);
  if (!merged) mine__reader_bad(r, "memory");
  for (int64_t s = 0; mine__reader_ok(r) && s < m->n_merges; s++) {
    if (!labelled_merges(merged, m->n, s, m->merge[2 * s]) ||
        !labelled_merges(merged, m->n, s, m->merge[2 * s + 1]))
      mine__reader_bad(r, "what a step merges");
    if (m->height[s] < 0) mine__reader_bad(r, "the height of a merge");
    if (m->merge_rows[s] < 2 || m->merge_rows[s] > m->n) mine__reader_bad(r, "the rows of a merge");
  }
}

void mine__labelled_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_labelled *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  if (!m) return;
  mine__encoding_load(r, model->feature, model->n_features, MINE_ENCODING_WARPS, &m->encoding);
  const uint8_t norm =
      version > 1 ? mine__read_u8(mine__worded(r, "metric", mine__labelled_metrics)) : 0;
  if (norm >= MINE__NORMS) mine__reader_bad(r, "the metric");
  const uint64_t k = mine__read_u64(mine__called(r, "clusters"));
  if (mine__reader_ok(r) && m->encoding.width < 1) mine__reader_bad(r, "the width of the points");
  if (k > INT32_MAX - 1) mine__reader_bad(r, "the number of clusters");
  if (!mine__reader_ok(r)) return;
  m->k = (int64_t)k;
  m->tree.norm = (mine__norm)norm;
  labelled_load_rows(r, m);
  if (mine__reader_ok(r)) m->strength = labelled_load_shares(r, "strengths", "strength", m->n);
  if (mine__reader_ok(r)) m->outlier = labelled_load_shares(r, "outliers", "outlier", m->n);
  if (mine__reader_ok(r)) labelled_load_merges(r, m);
  if (mine__reader_ok(r)) mine__cluster_profile_load(r, m->encoding.width, m->k, &m->profile);
  if (model->groups.n != 0 && model->groups.n != m->k)
    mine__reader_bad(r, "the number of the groups' names");
  if (!mine__reader_ok(r)) return;
  model->n_groups = (int)m->k;
  if (mine__labelled_prepare(r->env, r->arena, m) == MINE_OK) model->body = m;
}
