/*
** launch.c -- launch COMMAND ARGUMENT ... : run it, then print its time and its
** largest resident size as JSON.
**
** A process inherits the peak of the program that starts it; this one is small.
** The command's own output goes to stderr.
*/
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t wait4(pid_t, int *, int, struct rusage *); /* not in POSIX */

static double launch_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double launch_seconds(struct timeval t) {
  return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv) {
  struct rusage used;
  int status = 0;
  double started = launch_clock();
  if (argc < 2) return 2;
  pid_t child = fork();
  if (child == 0) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &used) < 0) return 1;
  printf("{\"seconds\":%.6f,\"cpu\":%.6f,\"peak_kb\":%ld,\"code\":%d}\n", launch_clock() - started,
         launch_seconds(used.ru_utime) + launch_seconds(used.ru_stime), used.ru_maxrss,
         WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return 0;
}
