/*
** portable_models.c -- the same models, predictions and model bytes on every machine.
**
**     portable_models write FOLDER     train every model of use_models, store the bytes
**     portable_models read FOLDER      load each, score, print predictions to the last bit
**
** Without SQLite, so that a 32-bit and a big-endian build need only the engine.  "write"
** prints a hash of the bytes: training itself is compared too.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_use.h"

static uint64_t portable_hash(const unsigned char *bytes, size_t n) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  return hash;
}

static void portable_path(char *out, size_t room, const char *folder, const use_model *model) {
  snprintf(out, room, "%s/%s.model", folder, model->name);
}

static int portable_write(const use_model *model, const char *path) {
  size_t n;
  unsigned char *bytes = use_train(model, 200, &n);
  FILE *file = bytes ? fopen(path, "wb") : NULL;
  if (!file || fwrite(bytes, 1, n, file) != n || fclose(file)) return 1;
  printf("%-22s %zu bytes, hash %016llx\n", model->name, n,
         (unsigned long long)portable_hash(bytes, n));
  free(bytes);
  return 0;
}

static int portable_read(const use_model *model, const char *path) {
  static unsigned char bytes[1000000];
  FILE *file = fopen(path, "rb");
  if (!file) return 1;
  size_t n = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  printf("%-22s %016llx\n", model->name, (unsigned long long)use_predictions(bytes, n));
  return 0;
}

int main(int argc, char **argv) {
  int bad = argc != 3;
  char path[1000];
  for (const use_model *model = use_models; model->name && !bad; model++) {
    portable_path(path, sizeof path, argv[2], model);
    bad = argv[1][0] == 'w' ? portable_write(model, path) : portable_read(model, path);
    if (bad) fprintf(stderr, "FAILED %s\n", model->name);
  }
  return bad;
}
