/*
** components.h -- which things are connected: the forest of Tarjan (1975, "Efficiency of a good
** but not linear set union algorithm", JACM 22), joined by any number of threads at a time
** (Anderson & Woll 1991, "Wait-free parallel algorithms for the union-find problem").
**
** A thing points to one with a lower number, or to itself: a root.  The root of a component is the
** lowest of its things when all is joined, whoever joined what first.
*/
#ifndef MINE_CORE_COMPONENTS_H
#define MINE_CORE_COMPONENTS_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint32_t mine__component;

/* n things, each by itself. */
static inline void mine__components_open(mine__component *up, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    atomic_init(&up[i], (uint32_t)i);
}

/* The root of a thing; the way there is halved for those who come later. */
static inline uint32_t mine__component_of(mine__component *up, uint32_t i) {
  for (;;) {
    uint32_t parent = atomic_load_explicit(&up[i], memory_order_relaxed);
    if (parent == i) return i;
    const uint32_t above = atomic_load_explicit(&up[parent], memory_order_relaxed);
    if (above != parent)
      atomic_compare_exchange_weak_explicit(&up[i], &parent, above, memory_order_relaxed,
                                            memory_order_relaxed);
    i = above;
  }
}

/* Join the components of two things; 1: they were two. */
static inline int mine__components_join(mine__component *up, uint32_t a, uint32_t b) {
  for (;;) {
    a = mine__component_of(up, a);
    b = mine__component_of(up, b);
    if (a == b) return 0;
    uint32_t upper = a > b ? a : b;
    const uint32_t lower = a > b ? b : a, root = upper;
    if (atomic_compare_exchange_strong_explicit(&up[root], &upper, lower, memory_order_relaxed,
                                                memory_order_relaxed))
      return 1;
  }
}

#endif
