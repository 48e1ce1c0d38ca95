/*
** kdtree_body.h -- what a k-d tree asks of leaves and boxes (leaf_body.h), by each norm.
*/

#define LEAF(name)   V(name##_squares)
#define LEAF_TERM(t) ((t) * (t))
#include "leaf_body.h"
#undef LEAF
#undef LEAF_TERM

#define LEAF(name)   V(name##_sums)
#define LEAF_TERM(t) V_LARGER(t, -(t))
#include "leaf_body.h"
#undef LEAF
#undef LEAF_TERM
