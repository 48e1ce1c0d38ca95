/*
** search.h -- the inside of a neighbour search (mine_neighbors).
*/
#ifndef MINE_JOBS_SEARCH_H
#define MINE_JOBS_SEARCH_H

#include "../model/neighbours.h"
#include "verb.h"

/* What mine_neighbors takes besides the source and run options. */
typedef struct mine_search_options {
  int64_t k;
  int metric;       /* mine_space                              */
  int scale;        /* mine_scale; -1: the metric's own        */
  int exclude_self; /* -1: when both sources are the same text */
} mine_search_options;
extern const mine_option mine__search_option_table[];

typedef struct mine_search mine_search;
struct mine_search {
  mine_env *env;
  mine_arena *arena;       /* ends with the job                        */
  const mine_model *model; /* whose rows are the base, or NULL          */
  int same_source;
  mine_dataset data; /* the base's rows, until they are points */
  mine_search_options own;
  mine_source_options source;
  mine_roles roles;
  mine_job *job; /* that notes what was guessed; NULL: nobody does */
  mine_frame *base, *queries;
  /* After the base is there: what is searched. */
  const mine_neighbours *body; /* gower: after the queries are there, too */
  const char *id_name;         /* NULL: rows are numbered */
  int n_features;
  const mine_feature *feature; /* NULL before */
  int query_id;                /* column of the queries, -1: numbered  */
  int *query_column;           /* per feature                          */
};

/* With a model (knn) the base rows are the model's; otherwise fill the base
** frame first.  same_source: both sources are the same text, which makes
** exclude_self default to 1. */
mine_status mine__search_open(mine_env *env, const mine_model *model, int same_source,
                              const mine__options *options, mine_search **out);
mine_frame *mine__search_base(mine_search *search);  /* NULL with a model */
mine_status mine__search_build(mine_search *search); /* after the base is filled */
mine_frame *mine__search_queries(mine_search *search);
mine_status mine__search_run(mine_search *search, mine_relation *out);
void mine__search_close(mine_search *search);

/* search_queries.c: the plan of the queries' frame; owner = mine_search. */
mine_status mine__search_plan_queries(void *search, mine_frame *frame);

#endif
