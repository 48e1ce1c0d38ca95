/*
** encode_panel.h -- rows of a frame straight into a panel.
*/
#ifndef MINE_KERNEL_ENCODE_PANEL_H
#define MINE_KERNEL_ENCODE_PANEL_H

#include "../data/encode.h"
#include "distance.h"

/* MINE_LANES rows of the batch, first.. (all of them there, and none listed in
** batch->row), as a panel: what mine__encode and mine__panel_pack give.  Safe inside
** a parallel task. */
void mine__encode_panel(const mine_encoding *encoding, const mine_batch *batch, int64_t first,
                        double *panel);

#endif
