/*
** search_queries.c -- which column of the queries is what: matched to the base by
** name, read with the base's types and categories.
*/
#include <string.h>

#include "search.h"

static const mine_want search_id_want = {.name = "id", .reading = MINE_READ_CELLS};

/* The id of the queries: as said, else the column called like the base's id, else
** the first column, which must then not be an attribute. */
static void search_plan_id(mine_search *search, mine_frame *frame) {
  const char *said = mine__option_name_of(&search->source.id);
  search->query_id = -1;
  if (said && strcmp(said, "none") == 0) return;
  const char *name = said ? said : search->id_name;
  int c = name ? mine__frame_find(frame, "the id", name) : -1;
  if (mine_failed(search->env)) return;
  if (c < 0 && said && search->model) {
    (void)mine__column_named(frame, "option id", said); /* refuses it */
  } else if (c >= 0 && frame->column[c].want) {
    (void)mine__fail(search->env, MINE_DATA,
                     "column '%s' of the queries is the id and an attribute of the base; say "
                     "id=<column> or id=none",
                     frame->column[c].name);
  } else if (c >= 0 || !frame->column[0].want) {
    search->query_id = c < 0 ? 0 : c;
    mine__column_want(frame, search->query_id, &search_id_want);
  } else if (search->id_name) { /* else the base is numbered: so are these */
    (void)mine__fail(search->env, MINE_DATA,
                     "the first column '%s' of the queries is an attribute, not an id; put the "
                     "id first, or say id=<column> or id=none",
                     frame->column[0].name);
  }
}

mine_status mine__search_plan_queries(void *owner, mine_frame *frame) {
  static const mine_lack lack = {
      .who = "the queries lack", .those = "that the base has", .remedy = "name them with AS"};
  mine_search *search = owner;
  if (!search->feature)
    return mine__fail(search->env, MINE_DATA, "the queries came before the base was built");
  const mine_want *want =
      mine__wants_of_features(search->arena, search->feature, search->n_features);
  search->query_column =
      mine__arena_array(search->arena, (size_t)search->n_features, sizeof *search->query_column);
  if (!want || !search->query_column) return mine_env_status(search->env);
  MINE_TRY(mine__wants_by_name(frame, want, &lack, search->query_column));
  search_plan_id(search, frame);
  return mine_env_status(search->env);
}
