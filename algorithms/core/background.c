/*
** background.c -- a thread, a place for one piece of work, and a condition.
*/
#include "background.h"

#include "thread.h"

static void *background_run(void *argument) {
  mine_background *background = argument;
  pthread_mutex_lock(&background->mutex);
  for (;;) {
    while (!background->context && !background->stop)
      pthread_cond_wait(&background->changed, &background->mutex);
    if (!background->context) break;
    pthread_mutex_unlock(&background->mutex);
    background->work(background->context);
    pthread_mutex_lock(&background->mutex);
    background->context = NULL;
    pthread_cond_signal(&background->changed);
  }
  pthread_mutex_unlock(&background->mutex);
  return NULL;
}

void mine__background_start(mine_background *background, void (*work)(void *context)) {
  background->work = work;
  background->context = NULL;
  background->stop = 0;
  if (pthread_mutex_init(&background->mutex, NULL) != 0) return;
  if (pthread_cond_init(&background->changed, NULL) != 0) {
    pthread_mutex_destroy(&background->mutex);
    return;
  }
  background->running = mine__thread_start(&background->thread, background_run, background);
  if (background->running) return;
  pthread_cond_destroy(&background->changed);
  pthread_mutex_destroy(&background->mutex);
}

static void background_await(mine_background *background) {
  while (background->context)
    pthread_cond_wait(&background->changed, &background->mutex);
}

void mine__background_give(mine_background *background, void *context) {
  if (!background->running) {
    background->work(context);
    return;
  }
  pthread_mutex_lock(&background->mutex);
  background_await(background);
  background->context = context;
  pthread_cond_signal(&background->changed);
  pthread_mutex_unlock(&background->mutex);
}

void mine__background_wait(mine_background *background) {
  if (!background->running) return;
  pthread_mutex_lock(&background->mutex);
  background_await(background);
  pthread_mutex_unlock(&background->mutex);
}

void mine__background_stop(mine_background *background) {
  if (!background->running) return;
  pthread_mutex_lock(&background->mutex);
  background_await(background);
  background->stop = 1;
  pthread_cond_signal(&background->changed);
  pthread_mutex_unlock(&background->mutex);
  pthread_join(background->thread, NULL);
  pthread_cond_destroy(&background->changed);
  pthread_mutex_destroy(&background->mutex);
  background->running = 0;
}
