/*
** test_kernels.c -- every kernel of every instruction set (kernel/simd.h) gives the bits
** of the plain loop; the sieve's brackets are as close as its bound says.
**
** The sets are those that this processor runs, and the widest vectors (64 bytes) once
** more without their instructions, so that the bodies are tested at all widths anywhere.
*/
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "../../algorithms/kernel/distance.h"
#include "../../algorithms/kernel/gauss.h"
#include "../../algorithms/kernel/linalg.h"
#include "../../algorithms/kernel/shapley.h"
#include "../../algorithms/kernel/sieve.h"
#include "../../algorithms/kernel/simd.h"
#include "../../algorithms/kernel/slots.h"
#include "kmeans_fixture.h"

#define V_SET   wide
#define V_BYTES 64
/* A set of our own: its functions are all in this file, so no ABI is at stake. */
#pragma GCC diagnostic ignored "-Wpsabi"
#include "../../algorithms/kernel/simd_set.h"

#define MOST  67 /* columns, points */
#define LANES MINE_LANES

/* The sets to test; the first is the plainest. */
static int sets(const mine__kernels *set[MINE__KERNEL_SETS + 1]) {
  const int n = mine__kernels_all(set);
  assert_true(n >= 1 && n <= MINE__KERNEL_SETS);
  assert_string_equal(set[0]->set, "any");
  assert_ptr_equal(set[n - 1], mine__kernels_here());
  set[n] = &kernels_wide;
  return n + 1;
}

static void fill(double *x, int n, uint64_t seed, int missing) {
  mine_random random;
  mine__random_open(&random, seed, 2, 0);
  for (int i = 0; i < n; i++) {
    x[i] = fixture_normal(&random);
    if (i % 7 == 0) x[i] = floor(x[i]); /* ties */
    if (missing && mine__random_real(&random) < 0.3) x[i] = NAN;
  }
}

static void distances_have_the_bits_of_pairs(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double panel[LANES * MOST], point[MOST * MOST], out[LANES * MOST];
  (void)state;
  for (int s = sets(set); s-- > 0;) {
    for (int width = 1; width <= MOST; width += 1 + width / 5) {
      for (int count = 1; count <= 13; count++) {
        double best[LANES], second[LANES];
        int32_t nearest[LANES];
        fill(panel, LANES * width, (uint64_t)width, 0);
        fill(point, count * width, (uint64_t)count, 0);
        if (count > 4) memcpy(point + 4 * width, point, (size_t)width * sizeof *point); /* a tie */
        set[s]->distance_panel(panel, width, point, count, out);
        set[s]->distance_nearest(panel, width, point, count, best, second, nearest);
        for (int l = 0; l < LANES; l++) {
          double least = INFINITY, next = INFINITY;
          int which = 0;
          for (int p = 0; p < count; p++) {
            double d = 0;
            for (int j = 0; j < width; j++) {
              const double t = panel[j * LANES + l] - point[p * width + j];
              d += t * t;
            }
            assert_memory_equal(&out[p * LANES + l], &d, sizeof d);
            next = d < least ? least : d < next ? d : next;
            which = d < least ? p : which;
            least = d < least ? d : least;
          }
          assert_true(best[l] == least && second[l] == next && nearest[l] == which);
        }
      }
    }
  }
}

static void tiles_have_the_bits_of_pairs(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double panel[LANES * MOST], point[MOST];
  uint8_t category[MOST];
  (void)state;
  for (int j = 0; j < MOST; j++)
    category[j] = j % 3 == 1;
  for (int s = sets(set); s-- > 0;) {
    for (int width = 1; width <= MOST; width++) {
      double near[LANES], far[LANES];
      fill(panel, LANES * width, (uint64_t)width, 1);
      fill(point, width, (uint64_t)width + 1000, 1);
      set[s]->manhattan(panel, width, point, near);
      set[s]->gower(panel, width, category, point, far);
      for (int l = 0; l < LANES; l++) {
        double sum = 0, mean = 0, known = 0;
        for (int j = 0; j < width; j++) {
          const double x = panel[j * LANES + l], d = fabs(x - point[j]);
          sum += d;
          if (isnan(x) || isnan(point[j])) continue;
          known++;
          mean += category[j] ? x != point[j] : d;
        }
        mean = known > 0 ? mean / known : (double)INFINITY;
        assert_true(near[l] == sum || (isnan(sum) && isnan(near[l])));
        assert_memory_equal(&far[l], &mean, sizeof mean);
      }
    }
  }
}

static void rows_have_the_bits_of_plain_loops(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double x[MOST], start[5 * MOST], got[5 * MOST];
  (void)state;
  for (int s = sets(set); s-- > 0;) {
    for (int width = 1; width <= MOST; width++) {
      fill(x, width, (uint64_t)width, 0);
      fill(start, 5 * width, 77, 0);
      memcpy(got, start, sizeof got);
      set[s]->add_row(got, x, width, 1.7);
      set[s]->measure_row(x, start, width, 0.3, got + width, got + 2 * width, got + 3 * width,
                          got + 4 * width);
      for (int j = 0; j < width; j++) {
        const double t = x[j] - start[j];
        const double expected[5] = {start[j] + 1.7 * x[j], start[width + j] + 0.3 * t,
                                    start[2 * width + j] + 0.3 * t * t,
                                    fmin(start[3 * width + j], t), fmax(start[4 * width + j], t)};
        for (int i = 0; i < 5; i++)
          assert_true(got[i * width + j] == expected[i]);
      }
      x[width / 2] = NAN;
      set[s]->standardize(x, width, 0.1, 3.3, -5, got);
      for (int l = 0; l < width; l++)
        assert_true(got[l] == (isnan(x[l]) ? -5 : (x[l] - 0.1) * 3.3));
    }
  }
}

/* Layers of every width, for rows alone and in blocks, inputs further apart than they are many. */
static void layers_have_the_bits_of_plain_loops(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double x[9 * MOST], w[MOST * MOST], start[9 * MOST], got[9 * MOST];
  (void)state;
  for (int s = sets(set); s-- > 0;) {
    for (int out = 1; out <= MOST; out += 1 + out / 9) {
      const int in = (out * 7 + 3) % 20, rows = 1 + out % 9, step = in + out % 3;
      fill(x, rows * step, 5, 0);
      fill(w, in * out, 6, 0);
      fill(start, rows * out, 7, 0);
      memcpy(got, start, sizeof got);
      set[s]->dense(x, step, rows, w, in, out, got);
      for (int r = 0; r < rows; r++) {
        for (int u = 0; u < out; u++) {
          double sum = start[r * out + u];
          for (int i = 0; i < in; i++)
            sum += w[i * out + u] * x[r * step + i];
          assert_memory_equal(&got[r * out + u], &sum, sizeof sum);
        }
      }
    }
  }
}

static void steps_have_the_bits_of_plain_loops(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double g[MOST], was[3][MOST], got[3][MOST];
  (void)state;
  for (int s = sets(set); s-- > 0;) {
    for (int n = 1; n <= MOST; n += 1 + n / 9) {
      fill(g, n, 3, 0);
      for (int k = 0; k < 3; k++)
        fill(was[k], n, (uint64_t)k, 0);
      for (int i = 0; i < n; i++)
        was[2][i] = fabs(was[2][i]);
      memcpy(got, was, sizeof got);
      set[s]->adam(got[0], g, got[1], got[2], n, 0.01, 0.001);
      for (int i = 0; i < n; i++) {
        const double mean = was[1][i] * 0.9 + g[i] * 0.1;
        const double square = was[2][i] * 0.999 + g[i] * g[i] * 0.001;
        assert_true(got[1][i] == mean && got[2][i] == square);
        assert_true(got[0][i] ==
                    was[0][i] - (was[0][i] * 0.001 + mean * 0.01 / (sqrt(square) + 1e-8)));
      }
    }
  }
}

/* Every set adds the lanes of mine__dot. */
static void columns_are_multiplied(void **state) {
  enum { STEP = 53 };
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  double x[DOTS_ROWS * STEP], y[DOTS_COLUMNS * STEP], out[DOTS_ROWS * DOTS_COLUMNS];
  mine_random random;
  (void)state;
  mine__random_open(&random, 5, 2, 0);
  for (int i = 0; i < DOTS_ROWS * STEP; i++)
    x[i] = mine__random_real(&random) - 0.5;
  for (int i = 0; i < DOTS_COLUMNS * STEP; i++)
    y[i] = mine__random_real(&random) - 0.5;
  for (int s = sets(set); s-- > 0;) {
    for (int n = 0; n <= STEP; n++) {
      for (int shape = 0; shape < DOTS_ROWS * DOTS_COLUMNS; shape++) {
        const int rows = 1 + shape / DOTS_COLUMNS, columns = 1 + shape % DOTS_COLUMNS;
        set[s]->dots(x, y, STEP, n, rows, columns, out);
        for (int a = 0; a < rows; a++) {
          for (int b = 0; b < columns; b++)
            assert_true(out[a * DOTS_COLUMNS + b] == mine__dot(x + a * STEP, y + b * STEP, n));
        }
      }
    }
  }
}

/* Every set has the bits of the first, and those are right to a few units in the last place. */
static void exponentials_are_right(void **state) {
  enum { N = 64 * EXP_LANES };
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double x[N], side[N], weight[N], got[3][N], first[3][N];
  double loss = 0, expected = 0, size = 0;
  (void)state;
  fill(weight, N, 9, 0);
  for (int i = 0; i < N; i++) {
    x[i] = (i - N / 2) * 2.9 + 0.003 * i * i / N;
    side[i] = i % 3 ? 1 : -1;
  }
  x[1] = 0;
  x[2] = -0.0;
  x[3] = (double)INFINITY;
  x[4] = -(double)INFINITY;
  const int n = sets(set);
  for (int s = 0; s < n; s++) {
    set[s]->exps(x, N, got[0]);
    const double sum = set[s]->logistic(x, side, weight, N, got[1], got[2]);
    if (s == 0) {
      memcpy(first, got, sizeof got);
      loss = sum;
    }
    assert_memory_equal(first, got, sizeof got);
    assert_memory_equal(&sum, &loss, sizeof sum);
  }
  for (int i = 0; i < N; i++) {
    const double z = side[i] * x[i], right = 1 / (1 + exp(-z)), wrong = 1 / (1 + exp(z));
    const double power = exp(fmin(fmax(x[i], -708), 709));
    assert_true(fabs(first[0][i] - power) <= 1e-15 * power);
    if (isinf(x[i])) continue;
    assert_true(fabs(first[1][i] + weight[i] * side[i] * wrong) <= 1e-15 * fabs(weight[i]));
    assert_true(fabs(first[2][i] - weight[i] * right * wrong) <= 1e-15 * fabs(weight[i]));
  }
  x[3] = x[4] = weight[3] = weight[4] = 0;
  for (int i = 0; i < N; i++) {
    const double z = side[i] * x[i], row = weight[i] * (log1p(exp(-fabs(z))) + fmax(-z, 0));
    expected += row;
    size += fabs(row);
  }
  for (int s = 0; s < n; s++) {
    const double sum = set[s]->logistic(x, side, weight, N, got[1], got[2]);
    assert_true(fabs(sum - expected) <= 1e-14 * size);
  }
}

static void moments_are_summed(void **state) {
  enum { N = 7 * MOMENTS_LANES };
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  double x[N], w[N], lane[3 * MOMENTS_LANES], squares[MOMENTS_LANES], scaled[N];
  (void)state;
  fill(x, N, 21, 0);
  fill(w, N, 22, 0);
  x[5] = x[17] = NAN;
  for (int s = sets(set); s-- > 0;) {
    for (int weighted = 0; weighted < 2; weighted++) {
      set[s]->moments_sums(x, weighted ? w : NULL, N, lane);
      set[s]->moments_squares(x, weighted ? w : NULL, N, 0.2, squares);
      for (int l = 0; l < MOMENTS_LANES; l++) {
        double sum = 0, count = 0, heavy = 0, square = 0;
        for (int i = l; i < N; i += MOMENTS_LANES) {
          const double by = weighted ? w[i] : 1, d = x[i] - 0.2;
          if (isnan(x[i])) continue;
          sum += by * x[i];
          count++;
          heavy += by;
          square += by * (d * d);
        }
        assert_true(lane[l] == sum && lane[MOMENTS_LANES + l] == count);
        assert_true(lane[2 * MOMENTS_LANES + l] == heavy && squares[l] == square);
      }
    }
    for (int n = 0; n <= N; n++) {
      double least = 0.1, most = 0.1, low = 0.1, high = 0.1;
      set[s]->moments_range(x, n, &least, &most);
      set[s]->scale_rows(x, w, n, scaled);
      for (int i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
        assert_true(scaled[i] == x[i] * w[i] || isnan(x[i]));
      }
      assert_true(least == low && most == high);
    }
  }
}

static void bits_in_common_are_counted(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  uint64_t a[MOST], b[MOST], out[MOST];
  mine_random random;
  (void)state;
  mine__random_open(&random, 3, 2, 0);
  for (int w = 0; w < MOST; w++) {
    a[w] = mine__random_next(&random);
    b[w] = mine__random_next(&random);
  }
  for (int s = sets(set); s-- > 0;) {
    for (uint32_t words = 0; words <= MOST; words++) {
      uint32_t n = 0;
      for (uint32_t i = 0; i < words * 64; i++)
        n += (uint32_t)((a[i / 64] & b[i / 64]) >> (i % 64) & 1);
      assert_int_equal(set[s]->intersect(a, b, out, words), n);
      for (uint32_t w = 0; w < words; w++)
        assert_true(out[w] == (a[w] & b[w]));
    }
  }
}

/* ---- the sieve ------------------------------------------------------------------ */

enum { ROWS = 45, POINTS = 12 };

typedef struct sieved {
  int width;
  double row[ROWS * MOST], point[POINTS * MOST], centre[MOST];
  float seen[POINTS * MOST], half[POINTS], limit[POINTS];
  double length[POINTS], most;
  mine__sieve sieve;
} sieved;

/* Rows and points of very different lengths around a centre far away. */
static void sieved_open(mine_env *env, sieved *s, int width) {
  double reach = 0;
  s->width = width;
  s->most = 0;
  fill(s->row, ROWS * width, 1, 0);
  fill(s->point, POINTS * width, 2, 0);
  for (int j = 0; j < width; j++)
    s->centre[j] = 1000 + j;
  for (int i = 0; i < ROWS * width; i++) {
    s->row[i] = 1000 + i % width + s->row[i] * pow(3, i / width % 3);
    reach = fmax(reach, fabs(s->row[i] - s->centre[i % width]));
  }
  for (int i = 0; i < POINTS * width; i++)
    s->point[i] = 1000 + i % width + s->point[i] * pow(3, i / width % 4);
  mine__sieve_open(env, env->scratch, ROWS, width, s->centre, reach, &s->sieve);
  assert_true(s->sieve.factor > 0);
  mine__sieve_pack(&s->sieve, 0, s->row, 32);
  mine__sieve_pack(&s->sieve, 32, s->row + 32 * width, ROWS - 32);
  for (int p = 0; p < POINTS; p++) {
    s->length[p] = mine__sieve_point(&s->sieve, s->point + p * width, s->seen + p * width);
    s->half[p] = (float)(s->length[p] * s->length[p] / 2);
    s->most = fmax(s->most, s->length[p]);
  }
}

static double sieved_product(const sieved *s, int row, int p, double *row_half) {
  double product = 0, square = 0;
  for (int j = 0; j < s->width; j++) {
    const double x = (s->row[row * s->width + j] - s->centre[j]) * s->sieve.factor;
    product += x * (s->point[p * s->width + j] - s->centre[j]) * s->sieve.factor;
    square += x * x;
  }
  *row_half = square / 2;
  return product;
}

/* Rows surely below a limit are marked, rows surely above are not; the nearest is
** right wherever the gap says so, and that is nearly everywhere. */
static void brackets_are_within_the_bound(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static sieved s;
  int certain = 0, doubtful = 0;
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  (void)state;
  for (int kind = sets(set); kind-- > 0;) {
    for (int width = 1; width <= MOST; width += 6) {
      sieved_open(env, &s, width);
      for (int panel = 0; panel < 2; panel++) {
        const float *at = s.sieve.panel + panel * MINE__SIEVE_ROWS * width;
        float best[MINE__SIEVE_ROWS], second[MINE__SIEVE_ROWS];
        int32_t nearest[MINE__SIEVE_ROWS];
        uint32_t mask[POINTS];
        const double gap = mine__sieve_gap(&s.sieve, panel, s.most);
        for (int p = 0; p < POINTS; p++)
          s.limit[p] = (float)((p - 5) * s.length[p] * s.sieve.reach[panel] / 10);
        set[kind]->sieve_nearest(at, width, s.seen, s.half, POINTS, best, second, nearest);
        set[kind]->sieve_below(at, width, s.sieve.half + panel * MINE__SIEVE_ROWS, s.seen, s.limit,
                               POINTS, mask);
        for (int l = 0; l < MINE__SIEVE_ROWS; l++) {
          const int row = panel * MINE__SIEVE_ROWS + l;
          double least = INFINITY, next = INFINITY, half;
          int which = 0;
          for (int p = 0; p < POINTS; p++) {
            const int marked = (int)(mask[p] >> l & 1);
            if (row >= ROWS) {
              assert_false(marked); /* padding */
              continue;
            }
            const double product = sieved_product(&s, row, p, &half);
            const double error = mine__sieve_error(&s.sieve, s.sieve.reach[panel], s.length[p]);
            if (half - product < (double)s.limit[p] - error) assert_true(marked);
            if (half - product > (double)s.limit[p] + error) assert_false(marked);
            const double bracket = s.length[p] * s.length[p] / 2 - product;
            next = bracket < least ? least : bracket < next ? bracket : next;
            which = bracket < least ? p : which;
            least = bracket < least ? bracket : least;
          }
          if (row >= ROWS) continue;
          assert_true(fabs(best[l] - least) <= gap / 2 && fabs(second[l] - next) <= gap / 2);
          if ((double)second[l] - (double)best[l] > gap) {
            assert_int_equal(nearest[l], which);
            certain++;
          } else {
            doubtful++;
          }
        }
      }
    }
  }
  print_message("%d %d\n", certain, doubtful);
  assert_true(certain > 5 * doubtful);
  mine_env_close(env);
}

static void what_the_sieve_cannot_do_it_refuses(void **state) {
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  double centre[2] = {0, 0};
  const double reach[] = {0, 1e-310, 1e301, INFINITY, NAN};
  mine__sieve sieve;
  (void)state;
  for (int i = 0; i < 5; i++) {
    mine__sieve_open(env, env->scratch, 10, 2, centre, reach[i], &sieve);
    assert_true(sieve.factor == 0);
  }
  mine__sieve_open(env, env->scratch, 10, MINE__SIEVE_WIDEST + 1, centre, 1, &sieve);
  assert_true(sieve.factor == 0);
  mine__sieve_open(env, env->scratch, 10, 2, centre, 5, &sieve);
  assert_true(sieve.factor == 0.125);
  mine_env_close(env);
}

static void slots_are_those_of_the_cuts(void **state) {
  static int8_t bins[8 * MINE__SLOT_ROWS];
  static uint8_t member[4 * MINE__SLOT_SET], slot[MINE__SLOT_ROWS];
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  mine__slot_cut cut[MINE__SLOT_CUTS];
  mine_random random;
  (void)state;
  mine__random_open(&random, 3, 9, 0);
  for (size_t i = 0; i < sizeof member; i++)
    member[i] = (uint8_t)mine__random_below(&random, 256);
  for (int k = 0; k < MINE__SLOT_ROWS; k++) {
    for (int c = 0; c < 6; c++)
      bins[c * MINE__SLOT_ROWS + k] = (int8_t)(mine__random_below(&random, 256) - 128);
    const unsigned level = (unsigned)k * 37 % 256;
    bins[6 * MINE__SLOT_ROWS + k] = (int8_t)(level / 8);
    bins[7 * MINE__SLOT_ROWS + k] = (int8_t)(1u << level % 8);
  }
  for (int n = 0; n <= MINE__SLOT_CUTS; n += n < 20 ? 1 : 47) {
    for (int i = 0; i < n; i++) {
      const int by_level = mine__random_below(&random, 3) == 0;
      cut[i].column = by_level ? 6 : (int32_t)mine__random_below(&random, 6);
      cut[i].set = by_level ? (int32_t)mine__random_below(&random, 4) : -1;
      cut[i].bin = (int8_t)(mine__random_below(&random, 256) - 128);
      cut[i].slot = (uint8_t)mine__random_below(&random, (uint64_t)i + 1);
      cut[i].step = (uint8_t)(i + 1 - cut[i].slot);
    }
    for (int s = sets(set); s-- > 0;) {
      set[s]->slots(bins, cut, n, member, slot);
      for (int k = 0; k < MINE__SLOT_ROWS; k++) {
        uint8_t at = 0;
        for (int i = 0; i < n; i++) {
          const int8_t *byte = bins + cut[i].column * MINE__SLOT_ROWS + k;
          const uint8_t *levels = member + (cut[i].set < 0 ? 0 : cut[i].set) * MINE__SLOT_SET;
          const int right = cut[i].set < 0
                                ? byte[0] > cut[i].bin
                                : !(levels[(uint8_t)byte[0]] & (uint8_t)byte[MINE__SLOT_ROWS]);
          if (at == cut[i].slot && right) at = (uint8_t)(at + cut[i].step);
        }
        assert_int_equal(slot[k], at);
      }
    }
  }
}

/* ---- edges of trees ----------------------------------------------------------------------- */

#define EDGE_ROWS 32

/* The number of a row's case. */
static double edge_of(const mine__shapley_edge *edge, const double *inside, const double *turned,
                      double gone, int q, int r) {
  return edge->inside[r] ? inside[q] : edge->turned[r] ? turned[q] : gone;
}

static void edge_plain(const mine__shapley_edge *edge, const double *above, const double *below,
                       double *down, double *up, double *feature, double *sums, double *leaf) {
  for (int r = 0; r < edge->rows; r++) {
    double of_up = 0, of_leaf = 0;
    for (int q = 0; q < edge->points; q++) {
      const int at = q * edge->rows + r;
      const double factor =
          edge_of(edge, edge->factor[0], edge->factor[1], edge->factor[2][q], q, r);
      const double part = edge_of(edge, edge->part[0], edge->part[1], 0, q, r);
      down[at] = above[at] * factor;
      up[at] += below[at];
      of_up += below[at] * part;
      sums[at] += above[at] * factor;
      of_leaf += above[at] * part;
    }
    feature[r] += of_up;
    leaf[r] += of_leaf;
  }
}

static void edges_have_the_bits_of_plain_loops(void **state) {
  enum { MOST_AT = MINE__SHAPLEY_POINTS * EDGE_ROWS };
  static double above[MOST_AT], below[MOST_AT], want[3][MOST_AT], got[3][MOST_AT];
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  int64_t inside[EDGE_ROWS], turned[EDGE_ROWS], left[EDGE_ROWS];
  double x[EDGE_ROWS], wanted[2][EDGE_ROWS], gotten[2][EDGE_ROWS];
  (void)state;
  for (int s = sets(set); s-- > 0;) {
    for (int points = 1; points <= MINE__SHAPLEY_POINTS; points++) {
      for (int rows = MINE__SHAPLEY_LANES; rows <= EDGE_ROWS; rows += MINE__SHAPLEY_LANES) {
        mine__shapley_edge edge = {
            .rows = rows, .points = points, .inside = inside, .turned = turned};
        fill(above, MOST_AT, 1, 0);
        fill(below, MOST_AT, 2, 0);
        fill(&edge.factor[0][0], 3 * MINE__SHAPLEY_POINTS, 3, 0);
        fill(&edge.part[0][0], 2 * MINE__SHAPLEY_POINTS, 4, 0);
        fill(x, rows, (uint64_t)points, 1);
        for (int r = 0; r < rows; r++) {
          inside[r] = r % 3 == 0 ? -1 : 0;
          turned[r] = r % 3 == 1 ? -1 : 0;
          wanted[0][r] = gotten[0][r] = wanted[1][r] = gotten[1][r] = x[r] == x[r] ? x[r] : 0;
        }
        for (int k = 0; k < 3; k++) {
          memcpy(want[k], below, sizeof below);
          memcpy(got[k], below, sizeof below);
        }
        edge_plain(&edge, above, below, want[0], want[1], wanted[0], want[2], wanted[1]);
        set[s]->shapley_down(&edge, above, got[0]);
        set[s]->shapley_up(&edge, below, got[1], gotten[0]);
        set[s]->shapley_leaf(&edge, above, got[2], gotten[1]);
        assert_memory_equal(got, want, sizeof got);
        assert_memory_equal(gotten[0], wanted[0], (size_t)rows * sizeof(double));
        assert_memory_equal(gotten[1], wanted[1], (size_t)rows * sizeof(double));
        set[s]->shapley_side(x, x[0] == x[0] ? x[0] : 0.25, points % 2 ? -1 : 0, rows, left);
        for (int r = 0; r < rows; r++) {
          const int goes = x[r] == x[r] ? x[r] < (x[0] == x[0] ? x[0] : 0.25) : points % 2;
          assert_int_equal(left[r], goes ? -1 : 0);
        }
        for (int side = -1; side <= 0; side++) {
          int64_t stay[EDGE_ROWS], turn[EDGE_ROWS];
          set[s]->shapley_turn(inside, left, side, rows, stay, turn);
          for (int r = 0; r < rows; r++) {
            assert_int_equal(stay[r], inside[r] && left[r] != side ? -1 : 0);
            assert_int_equal(turn[r], inside[r] && left[r] == side ? -1 : 0);
          }
        }
      }
    }
  }
}

/* Squared distances to a density whose whitening is the triangle; its bits: zeros above the
** diagonal count. */
static void gauss_plain(const double *panel, int width, const double *centre,
                        const double *triangle, double *out) {
  for (int l = 0; l < LANES; l++) {
    out[l] = 0;
    for (int o = 0; o < width; o++) {
      const int end = (o / GAUSS_OUTPUTS + 1) * GAUSS_OUTPUTS;
      double z = 0;
      for (int i = 0; i < width && i < end; i++)
        z += (panel[i * LANES + l] - centre[i]) * (i > o ? 0 : triangle[o * (o + 1) / 2 + i]);
      out[l] += z * z;
    }
  }
}

static void densities_have_the_bits_of_plain_loops(void **state) {
  enum { PANELS = 3 };
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  static double panel[PANELS * LANES * MOST], centre[MOST], triangle[MOST * (MOST + 1) / 2];
  static double packed[(MOST + GAUSS_OUTPUTS) * (MOST + GAUSS_OUTPUTS)], room[LANES * MOST];
  static double share[PANELS * LANES], to[PANELS * LANES * MOST];
  (void)state;
  for (int s = sets(set); s-- > 0;) {
    for (int width = 1; width <= MOST; width++) {
      double out[LANES], want[LANES], sum[MOST], square[MOST];
      fill(panel, PANELS * LANES * width, (uint64_t)width, 0);
      fill(centre, width, 3, 0);
      fill(triangle, width * (width + 1) / 2, 4, 0);
      fill(share, PANELS * LANES, 5, 0);
      mine__gauss_pack(width, triangle, packed);
      set[s]->gauss_full(panel, width, centre, packed, room, out);
      gauss_plain(panel, width, centre, triangle, want);
      assert_memory_equal(out, want, sizeof want);
      set[s]->gauss_diagonal(panel, width, centre, triangle, out);
      for (int l = 0; l < LANES; l++) {
        want[l] = 0;
        for (int j = 0; j < width; j++) {
          const double z = (panel[j * LANES + l] - centre[j]) * triangle[j];
          want[l] += z * z;
        }
      }
      assert_memory_equal(out, want, sizeof want);
      memset(sum, 0, sizeof sum);
      memset(square, 0, sizeof square);
      set[s]->gauss_spread(panel, PANELS, width, centre, share, to);
      set[s]->gauss_moments(panel, PANELS, width, centre, share, sum, square);
      for (int j = 0; j < width; j++) {
        double sums = 0, squares = 0;
        for (int l = 0; l < LANES; l++) {
          double a = 0, b = 0;
          for (int p = 0; p < PANELS; p++) {
            const double t = panel[(p * width + j) * LANES + l] - centre[j];
            const double by = share[p * LANES + l];
            assert_memory_equal(&(double){t * by}, to + (j * PANELS + p) * LANES + l, 8);
            a += t * by;
            b += t * by * t;
          }
          sums += a;
          squares += b;
        }
        assert_memory_equal(&sums, sum + j, 8);
        assert_memory_equal(&squares, square + j, 8);
      }
    }
  }
}

static void places_below_are_listed(void **state) {
  const mine__kernels *set[MINE__KERNEL_SETS + 1];
  enum { most = 150 };
  float x[most], limit[most];
  uint32_t at[most];
  mine_random random;
  (void)state;
  mine__random_open(&random, 5, 2, 0);
  for (int s = sets(set); s-- > 0;) {
    for (int n = 0; n <= most; n++) {
      const double share = 0.2 * (n % 6); /* from none to all; ties are not below */
      for (int i = 0; i < n; i++) {
        x[i] = (float)mine__random_below(&random, 4);
        limit[i] = x[i] + (mine__random_real(&random) < share ? 1.0f : -(float)(i % 2));
      }
      const ptrdiff_t found = set[s]->below(x, limit, n, at);
      ptrdiff_t there = 0;
      for (int i = 0; i < n; i++) {
        if (!(x[i] < limit[i])) continue;
        assert_true(there < found && at[there] == (uint32_t)i);
        there++;
      }
      assert_int_equal(there, found);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(distances_have_the_bits_of_pairs),
      cmocka_unit_test(tiles_have_the_bits_of_pairs),
      cmocka_unit_test(rows_have_the_bits_of_plain_loops),
      cmocka_unit_test(layers_have_the_bits_of_plain_loops),
      cmocka_unit_test(steps_have_the_bits_of_plain_loops),
      cmocka_unit_test(columns_are_multiplied),
      cmocka_unit_test(exponentials_are_right),
      cmocka_unit_test(moments_are_summed),
      cmocka_unit_test(bits_in_common_are_counted),
      cmocka_unit_test(places_below_are_listed),
      cmocka_unit_test(brackets_are_within_the_bound),
      cmocka_unit_test(what_the_sieve_cannot_do_it_refuses),
      cmocka_unit_test(slots_are_those_of_the_cuts),
      cmocka_unit_test(edges_have_the_bits_of_plain_loops),
      cmocka_unit_test(densities_have_the_bits_of_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
