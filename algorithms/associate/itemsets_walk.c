/*
** itemsets_walk.c -- a miner's walk below one child of a node, from the start or from where it
** stopped.
*/
#include "miner.h"

static void walk_child(miner *m, const miner_node *node, uint32_t k, int depth);

static void walk_below(miner *m, const miner_node *node, uint32_t from, int depth) {
  for (uint32_t k = from; k < node->items && !m->stop; k++) {
    walk_child(m, node, k, depth);
    if (m->work > m->work_limit && !m->stop) m->stop = MINER_TIRED;
  }
}

static void walk_child(miner *m, const miner_node *node, uint32_t k, int depth) {
  const uint32_t n_prefix = m->set.n_prefix, n_free = m->set.n_free;
  const size_t stack_used = m->stack.used;
  miner_node child;
  if (depth >= MINER_DEEPEST) {
    m->stop = MINER_NARROW;
  } else if (mine__miner_project(m, node, k, &child)) {
    walk_below(m, &child, child.first, depth + 1);
  }
  mine__miner_pop(m, n_prefix, n_free);
  m->stack.used = stack_used;
}

/* Below the task's child, child by child, so that what is finished stays when the rest has to
** wait. */
void mine__miner_walk(miner *m, const miner_node *node, miner_task *task, int depth) {
  const int alone = m->answers.used == 0;
  size_t done = m->answers.used;
  int64_t found = m->answers.found;
  miner_node child;
  m->stop = MINER_RUNS;
  m->stack.used = 0;
  m->answers.mute = task->opened;
  const int more = mine__miner_project(m, node, task->child, &child);
  m->answers.mute = 0;
  m->work = 0;
  if (!m->stop) {
    done = m->answers.used;
    found = m->answers.found;
    if (!task->opened) task->resume = child.first;
    task->opened = 1;
  }
  for (uint32_t k = task->resume; more && !m->stop && k < child.items; k++) {
    walk_child(m, &child, k, depth + 1);
    if (m->stop) break;
    done = m->answers.used;
    found = m->answers.found;
    task->resume = k + 1;
    if (m->work > m->work_limit && k + 1 < child.items) m->stop = MINER_TIRED;
  }
  task->dropped = m->answers.found - found;
  m->answers.dropped += task->dropped;
  m->answers.used = done;
  m->answers.found = found;
  task->stop = m->stop == MINER_FULL && alone ? MINER_NARROW : m->stop;
  task->wide = m->wide;
}
