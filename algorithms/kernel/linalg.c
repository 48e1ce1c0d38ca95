/*
** linalg.c -- products, Cholesky and Householder's QR (linalg.h).
**
** The Fortran names are declared here and nowhere else.  They take columns first: to them
** our x (n x p, by rows) is x' (p x n), and an upper triangle is a lower one.
*/
#include "linalg.h"

#include <math.h>
#include <string.h>

#include "simd.h"

#ifdef MINE_OPENBLAS
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

void dgemm_(const char *turn_a, const char *turn_b, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
            const double *beta, double *c, const int *ldc);
void dsyrk_(const char *part, const char *turn, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *beta, double *c, const int *ldc);
void dpotrf_(const char *part, const int *n, double *a, const int *lda, int *info);

#define LINALG_MAPS  ((size_t)128 << 20) /* what OpenBLAS maps for each thread inside it */
#define LINALG_SPARE ((size_t)512 << 20) /* that the call itself may come to take first  */
#endif

#define LINALG_LANES 8
#define LINALG_SMALL 16        /* columns from which OpenBLAS is worth its call */
#define LINALG_WIDE  64        /* ... for their products with themselves        */
#define LINALG_MOST  (1 << 30) /* its numbers are int                           */

#ifdef MINE_OPENBLAS
/* The serial OpenBLAS of Debian gives two threads the same buffer once in a while: its list of
** buffers is not locked.  The linker puts these in its place (--wrap, cmake/MineBlas.cmake):
** the list is taken by one thread at a time, for the few nanoseconds that it is read. */
void *__real_blas_memory_alloc(int which);
void __real_blas_memory_free(void *buffer);
void *__wrap_blas_memory_alloc(int which);
void __wrap_blas_memory_free(void *buffer);
static atomic_flag linalg_taken = ATOMIC_FLAG_INIT;

static void linalg_take(void) {
  while (atomic_flag_test_and_set_explicit(&linalg_taken, memory_order_acquire))
    (void)sched_yield();
}

void *__wrap_blas_memory_alloc(int which) {
  linalg_take();
  void *buffer = __real_blas_memory_alloc(which);
  atomic_flag_clear_explicit(&linalg_taken, memory_order_release);
  return buffer;
}

void __wrap_blas_memory_free(void *buffer) {
  linalg_take();
  __real_blas_memory_free(buffer);
  atomic_flag_clear_explicit(&linalg_taken, memory_order_release);
}
#endif

mine_linalg mine__linalg_open(const mine_env *env) {
  mine_linalg la = {0};
  (void)env;
#ifdef MINE_OPENBLAS
  const mine_memory *memory = &env->memory;
  const size_t maps = LINALG_MAPS * (size_t)(env->threads > 0 ? env->threads : 1);
  if (memory->limit && (memory->limit < memory->used || memory->limit - memory->used < maps))
    return la;
  void *room =
      mmap(NULL, maps + LINALG_SPARE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  la.fast = room != MAP_FAILED;
  if (la.fast) (void)munmap(room, maps + LINALG_SPARE);
#endif
  return la;
}

double mine__dot(const double *a, const double *b, int64_t n) {
  double lane[LINALG_LANES] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + LINALG_LANES <= n; i += LINALG_LANES) {
#pragma omp simd
    for (int k = 0; k < LINALG_LANES; k++)
      lane[k] += a[i + k] * b[i + k];
  }
  for (; i < n; i++)
    sum += a[i] * b[i];
  for (int k = 0; k < LINALG_LANES; k++)
    sum += lane[k];
  return sum;
}

/* to[i] += by x[i]. */
static void linalg_add(double *to, const double *x, double by, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    to[i] += by * x[i];
}

#ifdef MINE_OPENBLAS
static int linalg_fits(int64_t n) {
  return n < LINALG_MOST;
}
#endif

/* A row of c, plainly. */
static void linalg_gemm_row(int a_turned, int b_turned, int64_t i, int64_t n, int64_t k,
                            double alpha, const double *a, const double *b, double *row,
                            mine_linalg_steps steps) {
  const mine__kernels *kernels = mine__kernels_here();
  if (!a_turned && b_turned) {
    for (int64_t j = 0; j < n; j += DOTS_COLUMNS) {
      const int columns = n - j < DOTS_COLUMNS ? (int)(n - j) : DOTS_COLUMNS;
      double sum[DOTS_ROWS * DOTS_COLUMNS];
      kernels->dots(a + i * steps.a, b + j * steps.b, steps.b, k, 1, columns, sum);
      for (int c = 0; c < columns; c++)
        row[j + c] += alpha * sum[c];
    }
    return;
  }
  for (int64_t l = 0; l < k; l++) {
    const double by = alpha * (a_turned ? a[l * steps.a + i] : a[i * steps.a + l]);
    if (!b_turned) kernels->add_row(row, b + l * steps.b, n, by);
    for (int64_t j = 0; b_turned && j < n; j++)
      row[j] += by * b[j * steps.b + l];
  }
}

void mine__gemm_of_parts(mine_linalg la, int a_turned, int b_turned, int64_t m, int64_t n,
                         int64_t k, double alpha, const double *a, const double *b, double beta,
                         double *c, mine_linalg_steps steps) {
  if (m < 1 || n < 1) return;
#ifdef MINE_OPENBLAS
  if (la.fast && k > 0 && linalg_fits(m) && linalg_fits(n) && linalg_fits(k) &&
      linalg_fits(steps.a) && linalg_fits(steps.b) && linalg_fits(steps.c)) {
    const int m_ = (int)m, n_ = (int)n, k_ = (int)k;
    const int step_a = (int)steps.a, step_b = (int)steps.b, step_c = (int)steps.c;
    dgemm_(b_turned ? "T" : "N", a_turned ? "T" : "N", &n_, &m_, &k_, &alpha, b, &step_b, a,
           &step_a, &beta, c, &step_c);
    return;
  }
#endif
  (void)la;
  for (int64_t i = 0; i < m; i++) {
    double *row = c + i * steps.c;
    for (int64_t j = 0; j < n; j++)
      row[j] = beta == 0 ? 0 : beta * row[j];
    linalg_gemm_row(a_turned, b_turned, i, n, k, alpha, a, b, row, steps);
  }
}

void mine__gemm(mine_linalg la, int a_turned, int b_turned, int64_t m, int64_t n, int64_t k,
                double alpha, const double *a, const double *b, double beta, double *c) {
  const mine_linalg_steps steps = {a_turned ? m : k, b_turned ? k : n, n};
  mine__gemm_of_parts(la, a_turned, b_turned, m, n, k, alpha, a, b, beta, c, steps);
}

void mine__syrk(mine_linalg la, int64_t p, int64_t n, double alpha, const double *x, int64_t step,
                double *c) {
  if (n < 1 || p < 1) return;
#ifdef MINE_OPENBLAS
  if (la.fast && p >= LINALG_WIDE && linalg_fits(n) && linalg_fits(p) && linalg_fits(step)) {
    const int n_ = (int)n, p_ = (int)p, step_ = (int)step;
    const double one = 1;
    dsyrk_("L", "T", &p_, &n_, &alpha, x, &step_, &one, c, &p_);
    return;
  }
#endif
  (void)la;
  const mine__kernels *kernels = mine__kernels_here();
  for (int64_t i = 0; i < p; i += DOTS_ROWS) {
    const int rows = p - i < DOTS_ROWS ? (int)(p - i) : DOTS_ROWS;
    for (int64_t j = i; j < p; j += DOTS_COLUMNS) {
      const int columns = p - j < DOTS_COLUMNS ? (int)(p - j) : DOTS_COLUMNS;
      double sum[DOTS_ROWS * DOTS_COLUMNS];
      kernels->dots(x + i * step, x + j * step, step, n, rows, columns, sum);
      for (int a = 0; a < rows; a++) {
        for (int b = 0; b < columns; b++) {
          if (j + b >= i + a) c[(i + a) * p + j + b] += alpha * sum[a * DOTS_COLUMNS + b];
        }
      }
    }
  }
}

int mine__cholesky(mine_linalg la, int64_t p, double *a) {
#ifdef MINE_OPENBLAS
  if (la.fast && p >= LINALG_SMALL && linalg_fits(p)) {
    const int p_ = (int)p;
    int info = 0;
    dpotrf_("L", &p_, a, &p_, &info);
    return info == 0;
  }
#endif
  (void)la;
  for (int64_t j = 0; j < p; j++) {
    double *row = a + j * p;
    for (int64_t k = 0; k < j; k++)
      linalg_add(row + j, a + k * p + j, -a[k * p + j], p - j);
    if (!(row[j] > 0) || !isfinite(row[j])) return 0;
    const double pivot = sqrt(row[j]);
    for (int64_t k = j; k < p; k++)
      row[k] /= pivot;
  }
  return 1;
}

void mine__solve_upper(int64_t p, const double *u, int turned, double *b) {
  if (turned) {
    for (int64_t j = 0; j < p; j++) {
      b[j] /= u[j * p + j];
      linalg_add(b + j + 1, u + j * p + j + 1, -b[j], p - j - 1);
    }
    return;
  }
  for (int64_t j = p; j-- > 0;)
    b[j] = (b[j] - mine__dot(u + j * p + j + 1, b + j + 1, p - j - 1)) / u[j * p + j];
}

/* From the last row up: row i of the inverse is -(row i of u, beyond the diagonal) times the
** rows below, which are inverted already. */
void mine__invert_upper(int64_t p, double *u) {
  for (int64_t i = p; i-- > 0;) {
    double *row = u + i * p;
    const double pivot = 1 / row[i];
    for (int64_t j = p; j-- > i + 1;) {
      double sum = 0;
      for (int64_t k = i + 1; k <= j; k++)
        sum += row[k] * u[k * p + j];
      row[j] = -sum * pivot;
    }
    row[i] = pivot;
  }
}

/* The reflection that takes (*head, tail[0..n-1]) to (its length, 0): tail becomes the
** vector, whose head is 1, *head the length; returns tau, 0: nothing to reflect.  The length
** takes the sign that *head has not: v is a sum of equal signs, and loses nothing. */
static double linalg_reflect(double *head, double *tail, int64_t n) {
  const double squares = mine__dot(tail, tail, n);
  if (!(squares > 0)) return 0;
  const double length = sqrt(*head * *head + squares);
  const double beta = *head > 0 ? -length : length, v = *head - beta;
  const double tau = -v / beta;
  for (int64_t i = 0; i < n; i++)
    tail[i] /= v;
  *head = beta;
  return tau;
}

void mine__qr_add(int64_t p, double *r, int64_t n, double *rows) {
  for (int64_t j = 0; j < p; j++) {
    double *v = rows + j * n;
    const double tau = linalg_reflect(&r[j * p + j], v, n);
    if (tau == 0) continue;
    for (int64_t k = j + 1; k < p; k++) {
      double *to = rows + k * n;
      const double by = tau * (r[j * p + k] + mine__dot(v, to, n));
      r[j * p + k] -= by;
      linalg_add(to, v, -by, n);
    }
  }
}

/* The length of column j of r, from row `from` on. */
static double linalg_length(int64_t p, const double *r, int64_t j, int64_t from) {
  double squares = 0;
  for (int64_t i = from; i < p; i++)
    squares += r[i * p + j] * r[i * p + j];
  return sqrt(squares);
}

/* Reflect column j from row `at` on, and all columns behind it likewise. */
static void linalg_eliminate(int64_t p, double *r, int64_t j, int64_t at) {
  const double length = linalg_length(p, r, j, at), head = r[at * p + j];
  const double beta = head > 0 ? -length : length, v = head - beta;
  if (length == fabs(head)) return;
  for (int64_t k = j + 1; k < p; k++) {
    double sum = r[at * p + k];
    for (int64_t i = at + 1; i < p; i++)
      sum += r[i * p + j] / v * r[i * p + k];
    sum *= -v / beta;
    r[at * p + k] -= sum;
    for (int64_t i = at + 1; i < p; i++)
      r[i * p + k] -= sum * (r[i * p + j] / v);
  }
  r[at * p + j] = beta;
  for (int64_t i = at + 1; i < p; i++)
    r[i * p + j] = 0;
}

/* What the columns kept so far leave of a column stands in its rows from `kept` on.  Once one
** was dropped the next ones reach a row too far down, which a reflection takes back. */
int64_t mine__qr_keep(int64_t p, int64_t q, double *r, double tolerance, uint8_t *keep) {
  int64_t kept = 0, to = 0;
  for (int64_t j = 0; j < q; j++) {
    const double whole = linalg_length(p, r, j, 0);
    keep[j] = linalg_length(p, r, j, kept) > tolerance * whole;
    if (!keep[j]) continue;
    if (kept < j) linalg_eliminate(p, r, j, kept);
    kept++;
  }
  if (kept == q) return kept;
  for (int64_t j = q; j < p; j++) /* the triangle goes on behind the kept ones */
    linalg_eliminate(p, r, j, kept + j - q);
  for (int64_t i = 0; i < kept + p - q; i++) {
    for (int64_t j = 0; j < p; j++) {
      if (j < q && !keep[j]) continue;
      r[to++] = r[i * p + j];
    }
  }
  return kept;
}
