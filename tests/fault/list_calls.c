/*
** list_calls.c -- the table of calls, a row each: name, whether it fails, SQL in one line.
*/
#include <stdio.h>

#include "fault.h"

int main(void) {
  sqlite3_int64 bytes;
  unsigned char *image = fault_image(40, 0, &bytes);
  if (!image) return 1;
  for (const fault_call *call = fault_calls; call->verb; call++) {
    printf("%s\t%d\t", call->verb, call->fails);
    for (const char *at = call->sql; *at; at++)
      putchar(*at == '\n' ? ' ' : *at);
    putchar('\n');
  }
  sqlite3_free(image);
  return 0;
}
