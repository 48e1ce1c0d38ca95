/*
** shapley_body.h -- the products and sums of shapley.h, for one instruction set (simd.h).
*/

/* The number of each row's case; `gone` is all ones where neither mask is. */
#define SHAPLEY_OF_THREE(inside, turned, gone, a, b, c) \
  ((v_doubles)(((inside) & (v_longs)(a)) | ((turned) & (v_longs)(b)) | ((gone) & (v_longs)(c))))
#define SHAPLEY_OF_TWO(inside, turned, a, b) \
  ((v_doubles)(((inside) & (v_longs)(a)) | ((turned) & (v_longs)(b))))

/* Which rows go left by a number: below the threshold, or missing where `missing` is -1. */
static void V(shapley_side)(const double *x, double threshold, int64_t missing, int rows,
                            int64_t *left) {
  const v_doubles bound = V_ALL(v_doubles, threshold);
  const v_longs gaps = V_ALL(v_longs, missing);
  for (int r = 0; r < rows; r += (int)V_DOUBLES) {
    const v_doubles v = V_AT(v_doubles, x + r);
    V_STORE(v_longs, left + r, (v_longs)(v < bound) | ((v_longs)(v != v) & gaps));
  }
}

/* Of the rows that were inside of the feature those that still are on this side of a node, and
** those that turn away here.  side: 0 the left one, -1 the right one. */
static void V(shapley_turn)(const int64_t *before, const int64_t *left, int64_t side, int rows,
                            int64_t *inside, int64_t *turned) {
  const v_longs other = V_ALL(v_longs, side);
  for (int r = 0; r < rows; r += (int)V_DOUBLES) {
    const v_longs were = V_AT(v_longs, before + r), stay = V_AT(v_longs, left + r) ^ other;
    V_STORE(v_longs, inside + r, were & stay);
    V_STORE(v_longs, turned + r, were & ~stay);
  }
}

/* From the product above an edge that below it. */
static void V(shapley_down)(const mine__shapley_edge *edge, const double *above, double *below) {
  const int rows = edge->rows;
  for (int r = 0; r < rows; r += (int)V_DOUBLES) {
    const v_longs inside = V_AT(v_longs, edge->inside + r),
                  turned = V_AT(v_longs, edge->turned + r);
    const v_longs gone = ~(inside | turned);
    for (int q = 0; q < edge->points; q++) {
      const v_doubles a = V_ALL(v_doubles, edge->factor[0][q]);
      const v_doubles b = V_ALL(v_doubles, edge->factor[1][q]);
      const v_doubles c = V_ALL(v_doubles, edge->factor[2][q]);
      const v_doubles p = V_AT(v_doubles, above + q * rows + r);
      V_STORE(v_doubles, below + q * rows + r, p * SHAPLEY_OF_THREE(inside, turned, gone, a, b, c));
    }
  }
}

/* Back up an edge: what came together below it joins what is above, and the feature gets its
** part. */
static void V(shapley_up)(const mine__shapley_edge *edge, const double *below, double *above,
                          double *feature) {
  const int rows = edge->rows;
  for (int r = 0; r < rows; r += (int)V_DOUBLES) {
    const v_longs inside = V_AT(v_longs, edge->inside + r),
                  turned = V_AT(v_longs, edge->turned + r);
    v_doubles sum = {0};
    for (int q = 0; q < edge->points; q++) {
      const v_doubles a = V_ALL(v_doubles, edge->part[0][q]);
      const v_doubles b = V_ALL(v_doubles, edge->part[1][q]);
      const v_doubles g = V_AT(v_doubles, below + q * rows + r);
      v_doubles *to = (v_doubles *)(above + q * rows + r);
      V_STORE(v_doubles, to, V_AT(v_doubles, to) + g);
      sum += g * SHAPLEY_OF_TWO(inside, turned, a, b);
    }
    v_doubles *to = (v_doubles *)(feature + r);
    V_STORE(v_doubles, to, V_AT(v_doubles, to) + sum);
  }
}

/* An edge to a leaf, down and up in one: `factor` and `part` have the leaf's value in them, and
** both are of the product above. */
static void V(shapley_leaf)(const mine__shapley_edge *edge, const double *above, double *sums,
                            double *feature) {
  const int rows = edge->rows;
  for (int r = 0; r < rows; r += (int)V_DOUBLES) {
    const v_longs inside = V_AT(v_longs, edge->inside + r),
                  turned = V_AT(v_longs, edge->turned + r);
    const v_longs gone = ~(inside | turned);
    v_doubles sum = {0};
    for (int q = 0; q < edge->points; q++) {
      const v_doubles a = V_ALL(v_doubles, edge->factor[0][q]);
      const v_doubles b = V_ALL(v_doubles, edge->factor[1][q]);
      const v_doubles c = V_ALL(v_doubles, edge->factor[2][q]);
      const v_doubles d = V_ALL(v_doubles, edge->part[0][q]);
      const v_doubles e = V_ALL(v_doubles, edge->part[1][q]);
      const v_doubles p = V_AT(v_doubles, above + q * rows + r);
      v_doubles *to = (v_doubles *)(sums + q * rows + r);
      V_STORE(v_doubles, to,
              V_AT(v_doubles, to) + p * SHAPLEY_OF_THREE(inside, turned, gone, a, b, c));
      sum += p * SHAPLEY_OF_TWO(inside, turned, d, e);
    }
    v_doubles *to = (v_doubles *)(feature + r);
    V_STORE(v_doubles, to, V_AT(v_doubles, to) + sum);
  }
}

#undef SHAPLEY_OF_THREE
#undef SHAPLEY_OF_TWO
