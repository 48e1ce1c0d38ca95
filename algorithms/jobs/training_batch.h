/*
** training_batch.h -- learning from a source that is read in passes, because its rows do not fit in
** memory.
*/
#ifndef MINE_JOBS_TRAINING_BATCH_H
#define MINE_JOBS_TRAINING_BATCH_H

#include "training.h"

/* Whether the call asks for it: an algorithm that has passes, and its options. */
int mine__training_batches(const mine_training *training);
/* Refuse what makes no sense with it; `makes`: the verb makes a model. */
mine_status mine__training_batch_check(const mine_training *training, int makes) MINE_MUST_CHECK;
/* In the place of a verb's `source`, for all its steps; *frame NULL: the passes are over, and
** mine__training_fit has the model ready. */
mine_status mine__training_batch_source(mine_training *training, const char *source,
                                        const char **sql, mine_frame **frame) MINE_MUST_CHECK;
void mine__training_batch_close(mine_training *training);

#endif
