/*
** load_fixture.h -- bytes that may be anything: refused, or used without harm.
*/
#ifndef LOAD_FIXTURE_H
#define LOAD_FIXTURE_H

/* 1 = it loaded, and `use` used it.  Neither takes more memory than a small multiple of the
** bytes; who refuses says why. */
static inline int try_load(const uint8_t *bytes, size_t n, void (*use)(const mine_model *model)) {
  mine_env *other;
  mine_model *model;
  assert_int_equal(mine_env_open(NULL, "load", &other), MINE_OK);
  mine__env_set_max_memory(other, 4u << 20);
  const mine_status status = mine_model_load(other, bytes, n, &model);
  if (status == MINE_OK) {
    use(model);
    mine_model_free(model);
  } else {
    assert_null(model);
    assert_int_equal(status, MINE_CORRUPT); /* never out of memory */
    assert_true(strlen(mine_env_error(other)) > 20);
  }
  mine_env_close(other);
  return status == MINE_OK;
}

#endif
