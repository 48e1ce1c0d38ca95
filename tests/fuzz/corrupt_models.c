/*
** corrupt_models.c -- every model kind, damaged at every byte, sealed again, used.
**
**     corrupt_models [rounds [seed [step]]]
**
** For each model of use_models: cut to every length; every byte set to 0, 255 and
** with its top and bottom bit turned; at every offset the values that break
** decoders, as 4 and as 8 bytes; runs of bytes moved and repeated; then `rounds`
** random mixtures.  Of every other algorithm of the registry a third of that.  Length and
** checksum are made right again each time, so the decoder itself must see the damage.  What
** loads is scored and listed in full.
**
** No crash (run it under the sanitizers), no call longer than two seconds, no
** more memory than a fixed multiple of the bytes, none left behind.
*/
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../seal.h"
#include "model_use.h"

#define CORRUPT_SECONDS 2.0
#define CORRUPT_TIMES   64 /* peak memory <= this many times the bytes, plus: */
#define CORRUPT_PLUS    ((size_t)1 << 20)

typedef struct corrupt_run {
  const use_model *model;
  const unsigned char *sound;
  unsigned char *bytes; /* the damaged copy; room for 2n */
  size_t n;
  long cases, loaded, bad;
  double slowest;
  size_t peak, step;
} corrupt_run;

static double corrupt_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* For a report when a case hangs or crashes. */
static char corrupt_what[160];

static void corrupt_alarm(int signal_number) {
  (void)signal_number;
  ssize_t ignored = write(2, corrupt_what, strlen(corrupt_what));
  ignored = write(2, "FAILED: hangs\n", 14);
  (void)ignored;
  _exit(3);
}

static void corrupt_try(corrupt_run *run, size_t n, int sealed, const char *what, size_t at) {
  snprintf(corrupt_what, sizeof corrupt_what, "%s: %s at %zu of %zu\n", run->model->name, what, at,
           n);
  unsigned char *exact = malloc(n ? n : 1); /* so that a read past the end is seen */
  memcpy(exact, run->bytes, n);
  if (sealed) seal_model(exact, n);
  use_memory memory = {0, 0};
  double started = corrupt_clock();
  alarm(60);
  run->loaded += use_bytes(exact, n, &memory);
  alarm(0);
  double seconds = corrupt_clock() - started;
  if (seconds > run->slowest) run->slowest = seconds;
  if (memory.peak > run->peak) run->peak = memory.peak;
  int bad = seconds > CORRUPT_SECONDS || memory.held != 0 ||
            memory.peak > CORRUPT_TIMES * n + CORRUPT_PLUS;
  if (bad) {
    fprintf(stderr, "FAILED %s%.2f s, %zu bytes at most, %zu left\n", corrupt_what, seconds,
            memory.peak, memory.held);
    run->bad++;
  }
  run->cases++;
  free(exact);
}

/* ---- the damages --------------------------------------------------------------------- */

static void corrupt_restore(corrupt_run *run) {
  memcpy(run->bytes, run->sound, run->n);
}

static void corrupt_lengths(corrupt_run *run) {
  corrupt_restore(run);
  for (size_t n = 0; n < run->n; n += run->step) {
    corrupt_try(run, n, 1, "cut, sealed", n);
    if (n % 7 == 0) corrupt_try(run, n, 0, "cut", n);
  }
  memset(run->bytes + run->n, 0, 8);
  corrupt_try(run, run->n + 8, 1, "8 bytes more", run->n);
}

static void corrupt_bytes(corrupt_run *run) {
  for (size_t at = 0; at < run->n; at += run->step) {
    const unsigned char was = run->sound[at];
    const unsigned char values[] = {0x00, 0xff, (unsigned char)(was ^ 0x80),
                                    (unsigned char)(was ^ 0x01)};
    corrupt_restore(run);
    for (size_t v = 0; v < sizeof values; v++) {
      run->bytes[at] = values[v];
      if (values[v] != was) corrupt_try(run, run->n, 1, "byte", at);
    }
    if (at % 5 == 0) corrupt_try(run, run->n, 0, "byte, not sealed", at);
  }
}

/* 0, -1, largest, 2^31, 2^40, NaN, infinity, -infinity, huge, denormal, small counts. */
static const uint64_t corrupt_wide[] = {
    0,
    UINT64_MAX,
    INT64_MAX,
    (uint64_t)1 << 63,
    (uint64_t)1 << 31,
    (uint64_t)1 << 40,
    0x7ff8000000000000u,
    0x7ff0000000000000u,
    0xfff0000000000000u,
    0x7fefffffffffffffu,
    1,
    2,
    3,
    1000000,
};
static const uint32_t corrupt_narrow[] = {0,           UINT32_MAX, INT32_MAX,   (uint32_t)1 << 31,
                                          0x7fc00000u, 1,          0x7f800000u, 65536};

static void corrupt_put(unsigned char *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++)
    at[i] = (unsigned char)(value >> (8 * i));
}

static void corrupt_fields(corrupt_run *run) {
  for (size_t at = 8; at + 4 <= run->n; at += run->step) {
    corrupt_restore(run);
    for (size_t v = 0; v < sizeof corrupt_narrow / sizeof corrupt_narrow[0]; v++) {
      corrupt_put(run->bytes + at, corrupt_narrow[v], 4);
      corrupt_try(run, run->n, 1, "4-byte field", at);
    }
    corrupt_restore(run);
    for (size_t v = 0; at + 8 <= run->n && v < sizeof corrupt_wide / sizeof corrupt_wide[0]; v++) {
      corrupt_put(run->bytes + at, corrupt_wide[v], 8);
      corrupt_try(run, run->n, 1, "8-byte field", at);
    }
  }
}

static uint64_t corrupt_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Cycles and swaps: one run of bytes copied over another, then more. */
static void corrupt_mixtures(corrupt_run *run, long rounds, uint64_t seed) {
  uint64_t state = seed;
  for (long round = 0; round < rounds; round++) {
    corrupt_restore(run);
    size_t from = 0, to = 0;
    for (uint64_t steps = 1 + corrupt_random(&state) % 4; steps > 0; steps--) {
      size_t length = 1 + corrupt_random(&state) % 16;
      from = corrupt_random(&state) % (run->n - length);
      to = 8 + corrupt_random(&state) % (run->n - length - 8);
      if (corrupt_random(&state) % 3) {
        memmove(run->bytes + to, run->bytes + from, length);
      } else {
        corrupt_put(run->bytes + to, corrupt_wide[corrupt_random(&state) % 14],
                    length < 8 ? (int)length : 8);
      }
    }
    corrupt_try(run, run->n, 1, "mixture", to);
  }
}

static long corrupt_model(const use_model *model, long rounds, uint64_t seed, size_t step) {
  corrupt_run run = {0};
  run.model = model;
  run.step = step;
  unsigned char *sound = use_train(model, 12, &run.n);
  if (!sound) return 1;
  run.sound = sound;
  run.bytes = malloc(2 * run.n + 8);
  corrupt_restore(&run);
  corrupt_try(&run, run.n, 1, "sound", 0);
  if (run.loaded != 1) run.bad++, fprintf(stderr, "FAILED %s: does not load\n", model->name);
  corrupt_lengths(&run);
  corrupt_bytes(&run);
  corrupt_fields(&run);
  corrupt_mixtures(&run, rounds, seed);
  printf("%-20s %5zu bytes, %6ld damaged, %6ld still load, slowest %.3f s, at most %zu KB\n",
         model->name, run.n, run.cases, run.loaded, run.slowest, run.peak / 1024);
  free(run.bytes);
  free(sound);
  return run.bad;
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? atol(argv[1]) : 2000;
  uint64_t seed = argc > 2 ? (uint64_t)atol(argv[2]) : 1;
  size_t step = argc > 3 ? (size_t)atol(argv[3]) : 1; /* only every step-th byte */
  long bad = 0;
  signal(SIGALRM, corrupt_alarm);
  for (const use_model *model = use_models; model->name; model++)
    bad += corrupt_model(model, rounds, seed, step);
  use_model other;
  for (int i = 0; use_algorithm(i, &other); i++)
    if (other.name) bad += corrupt_model(&other, rounds / 3, seed, 3 * step);
  printf("%s\n", bad ? "FAILED" : "passed");
  return bad != 0;
}
