/*
** crm_words.h -- names of segments, stages, tiers and kinds of loyalty, in every language of
** the option lang: one table.
*/
#ifndef MINE_JOBS_CRM_WORDS_H
#define MINE_JOBS_CRM_WORDS_H

#include "../data/relation.h"

typedef enum mine_crm_word {
  /* segments of RFM, the best first */
  MINE_CRM_CHAMPIONS,
  MINE_CRM_LOYAL,
  MINE_CRM_POTENTIAL,
  MINE_CRM_NEW,
  MINE_CRM_NEED_ATTENTION,
  MINE_CRM_AT_RISK,
  MINE_CRM_HIBERNATING,
  MINE_CRM_LOST,
  /* stages of a lifecycle, in the order of mine_lifestage */
  MINE_CRM_STAGE_PROSPECT,
  MINE_CRM_STAGE_NEW,
  MINE_CRM_STAGE_ACTIVE,
  MINE_CRM_STAGE_AT_RISK,
  MINE_CRM_STAGE_DORMANT,
  MINE_CRM_STAGE_LOST,
  MINE_CRM_STAGE_REACTIVATED,
  /* kinds of loyalty */
  MINE_CRM_LOYALTY_LOYAL,
  MINE_CRM_LOYALTY_LATENT,
  MINE_CRM_LOYALTY_SPURIOUS,
  MINE_CRM_LOYALTY_NONE,
  MINE_CRM_WORDS
} mine_crm_word;

const char *mine__crm_word(mine_crm_word word, mine_lang lang);

#endif
