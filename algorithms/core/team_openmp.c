/*
** team_openmp.c -- the same team on OpenMP's threads.
**
** The only file with a `#pragma omp parallel` (tools/check_openmp.py).  Of OpenMP's
** run time nothing is used but the region and the thread's number: the tasks come
** from the loop's own counter, the number of threads is always given, and no setting
** of the process is changed, for the program may use OpenMP itself.
**
** Never part of the extension: these threads stay when a library is unloaded, do not
** survive a fork, and where the system refuses one, libgomp ends the process.
*/
#include "team.h"

#include <omp.h>
#include <unistd.h>

#include "thread.h"

const char mine__team_kind[] = "openmp";

void mine__team_run(mine_team *team, int most, int helpers, const mine_team_work *work) {
  (void)most; /* as many as the region asks for */
  team->running = 1;
  team->process = getpid();
  mine_signals before; /* new threads take none of the program's signals */
  mine__signals_block(&before);
#pragma omp parallel num_threads(helpers + 1)
  {
    const int worker = omp_get_thread_num();
    if (worker == 0) {
      mine__signals_restore(&before);
      work->own(work->loop);
    } else {
      work->help(work->loop, worker);
    }
  }
}

void mine__team_end(mine_team *team) {
  team->running = 0;
}
