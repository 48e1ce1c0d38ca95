/*
** purchases.h -- verbs about what customers bought: the histories of a job's source
** (data/histories.h), what a model sees of them (model/purchases.h), and times as the source has
** them.
*/
#ifndef MINE_JOBS_PURCHASES_H
#define MINE_JOBS_PURCHASES_H

#include "../data/histories.h"
#include "../model/purchases.h"
#include "verb.h"

/* The frame of the job was read: finish it and read the histories, which live in the job's
** arena.  The verb has the wants and the options of histories.h. */
mine_status mine__job_histories(mine_job *job, mine_histories *out) MINE_MUST_CHECK;

/* Likewise, events or a summary as `model`, one of buying and leaving, counts them; `reading` is
** what the frame was opened with. */
mine_status mine__job_purchases(mine_job *job, const mine_model *model,
                                const mine_purchases_reading *reading,
                                mine_purchases *out) MINE_MUST_CHECK;

/* `days` as the times of the source are written; NAN: NULL. */
void mine__row_time(mine_relation *out, const mine_time_reading *reading, double days);

#endif
