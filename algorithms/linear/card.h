/*
** card.h -- attributes as the weights of evidence of their bins, for a scorecard.
*/
#ifndef MINE_LINEAR_CARD_H
#define MINE_LINEAR_CARD_H

#include "../model/linear.h"

/* The data once more with each feature as the woe of its bin, a number that is never missing;
** *woe, in the model's arena, has the bins.  What was found is told in the model. */
mine_status mine__card_code(mine_env *env, const mine_dataset *data,
                            const mine_woe_options *options, mine_model *model, mine_dataset *out,
                            mine_woe **woe) MINE_MUST_CHECK;
/* What to be careful about: a feature that counts against its own bins, or none that says
** anything. */
void mine__card_tell(const mine_linear *linear, const mine_woe *woe, mine_model *model);

#endif
