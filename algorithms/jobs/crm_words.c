/*
** crm_words.c -- the words of customer analysis in English and Chinese.
*/
#include "crm_words.h"

static const char *const crm_words[MINE_CRM_WORDS][2] = {
    [MINE_CRM_CHAMPIONS] = {"champions", "冠军客户"},
    [MINE_CRM_LOYAL] = {"loyal", "忠诚客户"},
    [MINE_CRM_POTENTIAL] = {"potential", "潜力客户"},
    [MINE_CRM_NEW] = {"new", "新客户"},
    [MINE_CRM_NEED_ATTENTION] = {"need attention", "需要关注"},
    [MINE_CRM_AT_RISK] = {"at risk", "有流失风险"},
    [MINE_CRM_HIBERNATING] = {"hibernating", "沉睡客户"},
    [MINE_CRM_LOST] = {"lost", "已流失"},
    [MINE_CRM_STAGE_PROSPECT] = {"prospect", "潜在客户"},
    [MINE_CRM_STAGE_NEW] = {"new", "新客户"},
    [MINE_CRM_STAGE_ACTIVE] = {"active", "活跃"},
    [MINE_CRM_STAGE_AT_RISK] = {"at_risk", "有流失风险"},
    [MINE_CRM_STAGE_DORMANT] = {"dormant", "休眠"},
    [MINE_CRM_STAGE_LOST] = {"lost", "已流失"},
    [MINE_CRM_STAGE_REACTIVATED] = {"reactivated", "重新激活"},
    [MINE_CRM_LOYALTY_LOYAL] = {"loyal", "忠诚"},
    [MINE_CRM_LOYALTY_LATENT] = {"latent", "潜在忠诚"},
    [MINE_CRM_LOYALTY_SPURIOUS] = {"spurious", "虚假忠诚"},
    [MINE_CRM_LOYALTY_NONE] = {"none", "不忠诚"},
};

const char *mine__crm_word(mine_crm_word word, mine_lang lang) {
  return crm_words[word][lang];
}
