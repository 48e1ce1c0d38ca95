/*
** fuzz_model.c -- fuzz target: the decoder of models.
**
** Input: bytes of a model.  Once as they are, once with length and checksum made
** right (else the checksum would shield the decoder).  What loads is used in full.
*/
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../seal.h"
#include "model_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  use_memory memory = {0, 0};
  if (n > 100000) return 0;
  use_bytes(data, n, &memory);
  unsigned char *sealed = malloc(n ? n : 1);
  memcpy(sealed, data, n);
  seal_model(sealed, n);
  use_bytes(sealed, n, &memory);
  free(sealed);
  if (memory.held != 0 || memory.peak > 64 * n + ((size_t)1 << 20)) abort();
  return 0;
}
