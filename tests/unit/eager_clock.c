/*
** eager_clock.c -- every loop of the engine seems to take long.
**
** With --wrap=mine__clock, parallel.c measures its loops by a clock that runs a hundred
** times too fast, so that the small tables of a test are worth a team.
*/
double __real_mine__clock(void);
double __wrap_mine__clock(void);

double __wrap_mine__clock(void) {
  return 100 * __real_mine__clock();
}
