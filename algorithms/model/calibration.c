/*
** calibration.c -- a calibration applied, written and read back.  How it is learned:
** calibration_learn.c.
**
** Of class c a row has the log-odds ln(p / q), q the sum of the other shares (where 1 - p would
** lose the digits of whoever is nearly certain).  Two classes need one map.  With more, each
** class is mapped against the rest and the shares are divided by their sum (Zadrozny & Elkan,
** "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002).
*/
#include "calibration.h"

#include <math.h>

#include "../core/parallel.h"
#include "metrics.h"

#define CALIBRATION_ROWS  4096 /* of one task             */
#define CALIBRATION_REACH 2000 /* beyond ln of any double */

const char *const mine__calibrates[] = {"none", "platt", "isotonic", NULL};

/* ---- one share ---------------------------------------------------------------------------- */

static double calibration_between(const mine_calibration_map *map, double x) {
  int low = 0, high = map->n_knots - 1;
  if (x <= map->at[0]) return map->share[0];
  if (x >= map->at[high]) return map->share[high];
  while (high - low > 1) { /* at[low] <= x < at[high] */
    const int middle = low + (high - low) / 2;
    if (map->at[middle] <= x) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const double part = (x - map->at[low]) / (map->at[high] - map->at[low]);
  return map->share[low] + part * (map->share[high] - map->share[low]);
}

/* The shares of the others and of the class. */
static void calibration_both(mine_calibrate method, const mine_calibration_map *map, double x,
                             double share[2]) {
  x = fmin(fmax(x, map->low), map->high);
  if (method == MINE_CALIBRATE_PLATT) {
    mine__metrics_logit(map->slope * x + map->intercept, share);
  } else {
    share[1] = calibration_between(map, x);
    share[0] = 1 - share[1];
  }
}

double mine__calibration_share(mine_calibrate method, const mine_calibration_map *map,
                               double log_odds) {
  double share[2];
  calibration_both(method, map, log_odds, share);
  return share[1];
}

double mine__calibration_odds(const double *share, int n_classes, int of) {
  double others = 1 - share[of];
  if (share[of] > 0.5) {
    others = 0;
    for (int g = 0; g < n_classes; g++)
      if (g != of) others += share[g];
  }
  return log(share[of]) - log(others);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Only the class with most needs the others' shares as they were: it comes first. */
static void calibration_row(const mine_calibration *c, int k, double *share) {
  if (c->n_maps == 1) {
    const double x = mine__calibration_odds(share, k, 1);
    if (c->map->known) calibration_both(c->method, c->map, x, share);
    return;
  }
  const int most = mine__metrics_argmax(share, k);
  const double first = mine__calibration_odds(share, k, most);
  double sum = 0;
  for (int g = 0; g < k; g++) {
    const double x = g == most ? first : mine__calibration_odds(share, k, g);
    if (c->map[g].known) share[g] = mine__calibration_share(c->method, &c->map[g], x);
    sum += share[g];
  }
  for (int g = 0; g < k; g++)
    share[g] = sum > 0 ? share[g] / sum : 1.0 / k;
}

typedef struct calibration_rows {
  const mine_calibration *calibration;
  int64_t n;
  int k;
  double *share;
} calibration_rows;

static void calibration_task(void *context, int64_t task, int worker) {
  const calibration_rows *rows = context;
  const int64_t first = task * CALIBRATION_ROWS, left = rows->n - first;
  (void)worker;
  for (int64_t i = 0; i < left && i < CALIBRATION_ROWS; i++) {
    double *share = rows->share + (first + i) * rows->k;
    if (!isnan(share[0])) calibration_row(rows->calibration, rows->k, share);
  }
}

mine_status mine__calibration_apply(mine_env *env, const mine_calibration *calibration, int64_t n,
                                    int n_classes, double *share) {
  calibration_rows rows = {calibration, n, n_classes, share};
  if (n > CALIBRATION_ROWS)
    return mine__parallel(env, MINE_BLOCKS(n, CALIBRATION_ROWS), calibration_task, &rows);
  calibration_task(&rows, 0, 0);
  return mine_env_status(env);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

void mine__calibration_write(mine_writer *w, const mine_calibration *c) {
  mine__write_u8(w, (uint8_t)(c ? c->method : MINE_CALIBRATE_NONE));
  if (!c) return;
  mine__write_i64(w, c->rows);
  for (int m = 0; m < c->n_maps; m++) {
    const mine_calibration_map *map = &c->map[m];
    mine__write_u8(w, (uint8_t)(map->known != 0));
    if (!map->known) continue;
    mine__write_real(w, map->low);
    mine__write_real(w, map->high);
    mine__write_real(w, map->slope);
    mine__write_real(w, map->intercept);
    mine__write_u64(w, (uint64_t)map->n_knots);
    mine__write_reals(w, map->at, (size_t)map->n_knots);
    mine__write_reals(w, map->share, (size_t)map->n_knots);
  }
}

static double calibration_read_odds(mine_reader *r) {
  const double x = mine__read_finite(r);
  if (!(fabs(x) <= CALIBRATION_REACH)) mine__reader_bad(r, "log-odds of the calibration");
  return x;
}

static void calibration_read_knots(mine_reader *r, mine_calibrate method,
                                   mine_calibration_map *map) {
  const size_t n = mine__read_count(mine__called(r, "knots"), 2 * sizeof(double));
  if (n > INT32_MAX || (n > 0) != (method == MINE_CALIBRATE_ISOTONIC))
    mine__reader_bad(r, "the knots of the calibration");
  if (!mine__reader_ok(r)) return;
  map->n_knots = (int)n;
  map->at = mine__read_reals(mine__called(r, "at"), n, 1);
  map->share = mine__read_reals(mine__called(r, "share"), n, 1);
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    if (!(fabs(map->at[i]) <= CALIBRATION_REACH) || !(map->share[i] >= 0 && map->share[i] <= 1) ||
        (i > 0 && !(map->at[i] > map->at[i - 1] && map->share[i] >= map->share[i - 1])))
      mine__reader_bad(r, "a knot of the calibration");
  }
}

static void calibration_read_map(mine_reader *r, mine_calibrate method, mine_calibration_map *map) {
  map->known = mine__read_u8(mine__called(r, "known")) != 0;
  if (!map->known) return;
  map->low = calibration_read_odds(mine__called(r, "low"));
  map->high = calibration_read_odds(mine__called(r, "high"));
  map->slope = mine__read_finite(mine__called(r, "slope"));
  map->intercept = mine__read_finite(mine__called(r, "intercept"));
  if (map->low > map->high) mine__reader_bad(r, "log-odds of the calibration");
  calibration_read_knots(r, method, map);
}

mine_calibration *mine__calibration_read(mine_reader *r, int n_classes) {
  const uint8_t method = mine__read_u8(mine__worded(r, "calibration", mine__calibrates));
  if (!mine__reader_ok(r) || method == MINE_CALIBRATE_NONE) return NULL;
  if (method > MINE_CALIBRATE_ISOTONIC || n_classes < 2) mine__reader_bad(r, "the calibration");
  if (!mine__reader_ok(r)) return NULL;
  mine_calibration *c = mine__arena_zeros(r->arena, 1, sizeof *c);
  const int n_maps = n_classes == 2 ? 1 : n_classes;
  mine_calibration_map *map = mine__arena_zeros(r->arena, (size_t)n_maps, sizeof *map);
  if (!c || !map) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return NULL;
  mine__called(r, "calibration_rows");
  *c = (mine_calibration){(mine_calibrate)method, mine__read_i64(r), n_maps, map};
  if (c->rows < 0 || c->rows > MINE_MAX_ROWS) mine__reader_bad(r, "the rows of the calibration");
  mine__read_items(r, "calibration_maps");
  for (int m = 0; m < n_maps && mine__reader_ok(r); m++) {
    mine__read_open(r, NULL);
    calibration_read_map(r, c->method, &map[m]);
    mine__read_close(r);
  }
  mine__read_close(r);
  return mine__reader_ok(r) ? c : NULL;
}
