/*
** env_fixture.h -- an environment for each test.
*/
#ifndef ENV_FIXTURE_H
#define ENV_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mine.h"

static mine_env *env;

static int open_env(void **state) {
  (void)state;
  return (int)mine_env_open(NULL, "test", &env);
}

static int close_env(void **state) {
  (void)state;
  mine_env_close(env);
  env = NULL;
  return 0;
}

#endif
