/*
** power.h -- intervals of proportions; how surely a test sees a difference of a given size.
*/
#ifndef MINE_KERNEL_POWER_H
#define MINE_KERNEL_POWER_H

/* An interval; of nothing (n = 0) NAN. */
typedef struct mine__between {
  double low, high;
} mine__between;

/* Wilson (1927) of `hits` among n; z: normal quantile of the level.  R's prop.test with
** correct = FALSE. */
mine__between mine__wilson(double hits, double n, double z);
/* Newcombe (1998, method 10) of the difference of two proportions, a less b. */
mine__between mine__newcombe(double hits_a, double n_a, double hits_b, double n_b, double z);

/* What is planned: rows in the control group and `ratio` times as many in the other. */
typedef struct mine__plan {
  double rows, ratio;
  double alpha;     /* of one side */
  double baseline;  /* rate of the control group; NAN: a mean is compared    */
  double effect;    /* difference of the rates, or of the means, not 0       */
  double deviation; /* of the number within a group                          */
} mine__plan;
/* The chance that the difference is seen in its direction: of rates as R's power.prop.test
** (normal, pooled variance under the null), of means as power.t.test (noncentral t). */
double mine__plan_power(const mine__plan *plan);
/* Rows of the control group for a power, as a fraction; INFINITY: beyond 1e15. */
double mine__plan_rows(mine__plan plan, double power);
/* The least effect above 0 (of rates: at most 1 - baseline) that is seen with a power; NAN:
** none. */
double mine__plan_effect(mine__plan plan, double power);

/* P(T > t) of Student's t with df > 0 around ncp (Owen 1965).  Absolute error below 1e-13. */
double mine__noncentral_t_upper(double t, double df, double ncp);

#endif
