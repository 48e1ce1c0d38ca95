/*
** place_formula.c -- numbers as places of the encoded space (data/encode.h), as formulas.
*/
#include <math.h>

#include "formula.h"

/* sign(x) ln(1 + |x|), or the line of ranks. */
static const mine_term *place_bend(mine_formula *f, const mine__warp *warp, const mine_term *x) {
  const mine_term *zero = mine__term_constant(f, 0);
  if (warp->form == MINE_WARP_RANK) {
    double *y = mine__arena_array(f->arena, (size_t)warp->n, sizeof *y);
    for (int i = 0; y && i < warp->n; i++)
      y[i] = warp->share[i];
    if (warp->n == 0) return mine__term_constant(f, NAN);
    const mine_term *line = mine__term_line(f, x, warp->n, warp->value, y);
    const mine_term *most = mine__term_constant(f, warp->value[warp->n - 1]);
    const mine_term *least = mine__term_constant(f, warp->value[0]);
    return mine__term_if(f, x, least, zero,
                         mine__term_if(f, most, x, mine__term_constant(f, 1), line));
  }
  if (warp->form != MINE_WARP_LOG) return x;
  const mine_term *log =
      mine__term_let(f, mine__term_one(f, MINE_TERM_LN,
                                       mine__term_two(f, MINE_TERM_SUM, mine__term_constant(f, 1),
                                                      mine__term_one(f, MINE_TERM_ABS, x))));
  return mine__term_if(f, x, zero, mine__term_two(f, MINE_TERM_MINUS, zero, log), log);
}

const mine_term *mine__formula_place(mine_formula *f, const mine_encoding *e, int i, int feature) {
  const int c = e->first[i];
  const mine_term *x = mine__term_number(f, feature);
  if (e->warp) x = place_bend(f, &e->warp[i], x);
  if (x && x->op == MINE_TERM_CONSTANT) return mine__term_constant(f, e->fill[c]);
  const mine_term *z =
      mine__term_two(f, MINE_TERM_PRODUCT,
                     mine__term_two(f, MINE_TERM_MINUS, x, mine__term_constant(f, e->centre[c])),
                     mine__term_constant(f, e->factor[c]));
  return mine__term_let(f,
                        mine__term_two(f, MINE_TERM_KNOWN, z, mine__term_constant(f, e->fill[c])));
}
