/*
** driver.c -- a fuzz target without a fuzzer: every file of a folder, once.
**
**     fuzz_TARGET_corpus FOLDER...
**
** Runs the stored corpus (and what a long run has found) with any compiler.  Each
** file is also cut and altered a little, so that a small corpus still moves.
*/
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static long driver_runs;

static void driver_run(const uint8_t *data, size_t n) {
  uint8_t *exact = malloc(n ? n : 1);
  memcpy(exact, data, n);
  LLVMFuzzerTestOneInput(exact, n);
  free(exact);
  driver_runs++;
}

static void driver_alter(uint8_t *data, size_t n) {
  for (size_t i = 1; i <= 8 && n > 0; i++) {
    driver_run(data, n * i / 9);
    size_t at = (n * i * 7 / 64) % n;
    uint8_t was = data[at];
    data[at] = (uint8_t)(was ^ (1u << (i % 8)));
    driver_run(data, n);
    data[at] = was;
  }
}

static int driver_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return 1;
  static uint8_t data[100001];
  size_t n = fread(data, 1, sizeof data, file);
  fclose(file);
  driver_run(data, n);
  driver_alter(data, n);
  return 0;
}

static int driver_folder(const char *folder) {
  DIR *dir = opendir(folder);
  char path[1000];
  int bad = 0;
  if (!dir) return 1;
  for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    fprintf(stderr, "%s\n", path); /* the last one named is the one that crashed */
    bad |= driver_file(path);
  }
  closedir(dir);
  return bad;
}

int main(int argc, char **argv) {
  int bad = argc < 2;
  for (int i = 1; i < argc; i++)
    bad |= driver_folder(argv[i]);
  printf("%ld runs: %s\n", driver_runs, bad || !driver_runs ? "FAILED, no corpus" : "passed");
  return bad || !driver_runs;
}
