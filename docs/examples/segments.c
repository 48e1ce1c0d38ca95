/*
** segments.c -- customer segments with libmine alone, no SQL in sight.
** cc segments.c -lmine -lm -lpthread
*/
#include <mine.h>
#include <stdio.h>

static int fail(mine_env *env) {
  fprintf(stderr, "%s\n", mine_env_error(env));
  mine_env_close(env);
  return 1;
}

int main(void) {
  const char *names[] = {"customer", "age", "spend", "plan"};
  mine_env *env;
  const mine_arguments arguments = {.text = {"kmeans", NULL, "k=3, seed=7"}};
  mine_job *job, *list;
  mine_model *model;
  mine_relation *centroids;
  if (mine_env_open(NULL, "segments", &env)) return 1;
  if (mine_job_open(env, mine_verb_find("mine_fit", MINE_VERB_SCALAR), &arguments, &job))
    return fail(env);
  mine_frame *rows;
  const char *source; /* NULL: the rows are ours */
  if (mine_job_source(job, &source, &rows)) return fail(env);
  mine_frame_columns(rows, names, 4); /* errors stick: asked for once, at the fit */
  for (int i = 0; i < 300; i++) {     /* three kinds of customers, and some noise */
    int kind = i % 3, noise = i * 37 % 20;
    mine_frame_put_int(rows, 0, 1000 + i);
    mine_frame_put_int(rows, 1, 25 + 15 * kind + noise / 2);
    mine_frame_put_real(rows, 2, (kind == 1 ? 900 : 200) + 5 * noise);
    mine_frame_put_text(rows, 3, kind == 2 ? "gold" : "basic", kind == 2 ? 4 : 5);
    mine_frame_end_row(rows);
  }
  if (mine_job_train(job, NULL, &model)) return fail(env);
  mine_job_close(job);
  printf("%s\n", mine_model_get_text(model, MINE_MODEL_REPORT));
  const mine_arguments one = {.model = {model}};
  if (mine_job_open(env, mine_verb_find("mine_centroids", MINE_VERB_TABLE), &one, &list) ||
      mine_job_run(list, &centroids))
    return fail(env);
  mine_job_close(list);
  for (int64_t r = 0; r < mine_relation_rows(centroids); r++) {
    mine_cell cluster, size, feature, value;
    mine_relation_cell(centroids, r, 0, &cluster);
    mine_relation_cell(centroids, r, 1, &size);
    mine_relation_cell(centroids, r, 2, &feature);
    mine_relation_cell(centroids, r, 3, &value);
    if (value.type == MINE_REAL)
      printf("segment %d (%d customers): %s %.1f\n", (int)cluster.as.integer, (int)size.as.integer,
             feature.as.text, value.as.real);
  }
  mine_relation_free(centroids);
  mine_model_free(model);
  mine_env_close(env);
  return 0;
}
