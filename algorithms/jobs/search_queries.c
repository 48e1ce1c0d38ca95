/*
** search_queries.c -- which column of the queries is what: matched to the base by
** name, read with the base's types and categories.
*/
#include <string.h>

#include "search.h"

static int search_is_feature(const mine_search *search, const char *name) {
  for (int f = 0; f < search->n_features; f++) {
    if (strcmp(search->feature[f].name, name) == 0) return 1;
  }
  return 0;
}

/* The id of the queries: as said, else the column called like the base's id, else
** the first column, which must then not be an attribute. */
static mine_status search_plan_id(mine_search *search, mine_frame *frame) {
  const char *said = mine_option_name_of(&search->source.id);
  search->query_id = -1;
  if (said && strcmp(said, "none") == 0) return MINE_OK;
  const char *name = said ? said : search->id_name;
  if (name) search->query_id = mine_frame_find(frame, name);
  if (search->query_id < 0 && said && search->model) {
    return mine_fail_column(search->env, frame, "option id", said);
  }
  if (search->query_id < 0) {
    const char *first = frame->column[0].name;
    if (search_is_feature(search, first)) {
      if (!search->id_name) return MINE_OK; /* the base is numbered: so are these */
      return mine_fail(search->env, MINE_DATA,
                       "the first column '%s' of the queries is an attribute, not an id; put the "
                       "id first, or say id=<column> or id=none",
                       first);
    }
    search->query_id = 0;
  }
  frame->column[search->query_id].role = MINE_ROLE_ID;
  return MINE_OK;
}

mine_status mine_search_plan_queries(void *owner, mine_frame *frame) {
  mine_search *search = owner;
  if (!search->body) {
    return mine_fail(search->env, MINE_DATA, "the queries came before the base was built");
  }
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].role = MINE_ROLE_IGNORED;
  if (search_plan_id(search, frame) != MINE_OK) return mine_env_status(search->env);
  search->query_column =
      mine_arena_array(search->arena, (size_t)search->n_features, sizeof *search->query_column);
  if (!search->query_column) return mine_env_status(search->env);
  for (int f = 0; f < search->n_features; f++) {
    const mine_feature *about = &search->feature[f];
    const int c = mine_frame_find(frame, about->name);
    if (c < 0) return mine_fail_column(search->env, frame, "an attribute of the base", about->name);
    if (c == search->query_id) {
      return mine_fail(search->env, MINE_DATA,
                       "column '%s' of the queries is the id and an attribute of the base; say "
                       "id=<column> or id=none",
                       about->name);
    }
    search->query_column[f] = c;
    frame->column[c].role = MINE_ROLE_FEATURE;
    mine_frame_fix(frame, c, about->type, &about->levels);
  }
  return MINE_OK;
}
