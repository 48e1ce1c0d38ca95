/*
** own_options.h -- what an algorithm cannot do without, for loops over the registry: the options
** of its example's last text that are its own.
*/
#ifndef OWN_OPTIONS_H
#define OWN_OPTIONS_H

#include <stdio.h>
#include <string.h>

#include "model/model.h"

/* ",k=3,scale=none", or nothing, into room for `room` letters. */
static void own_options(const mine_algorithm *algorithm, char *out, size_t room) {
  const char *end = algorithm->example ? strrchr(algorithm->example, '\'') : NULL, *at = end;
  *out = '\0';
  while (at && at > algorithm->example && at[-1] != '\'')
    at--;
  while (at && at < end) {
    const size_t length = strcspn(at, ",'"), name = strcspn(at, "=,'");
    for (const mine_option *o = algorithm->options; o && o->name; o++) {
      if (strlen(o->name) == name && strncmp(o->name, at, name) == 0)
        snprintf(out + strlen(out), room - strlen(out), ",%.*s", (int)length, at);
    }
    at += length + (length < (size_t)(end - at));
    while (at < end && (*at == ' ' || *at == ','))
      at++;
  }
}

#endif
