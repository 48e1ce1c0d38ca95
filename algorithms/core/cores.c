/*
** cores.c -- affinity mask, control group, OMP_NUM_THREADS: the least of them.
**
** A container on a machine of 64 cores that may use two of them at a time sees 64
** cores; 64 threads would use up its share of each period in a thirtieth of it and
** then stand still.  The quota stands in files of the kernel's, the only ones that the
** engine opens:
**
**   version 2   "0::/path" in /proc/self/cgroup; <mount>/path/cpu.max: "quota period",
**               or "max period"
**   version 1   "3:cpu,cpuacct:/path"; <mount>/cpu/path/cpu.cfs_quota_us (-1: none)
**               and cpu.cfs_period_us
**
** A quota binds all groups below, so each folder up to the mount is asked.  Inside a
** container the path may be one of the machine's, which does not exist there: then
** the mount itself is the group.  (Linux: Documentation/admin-guide/cgroup-v2.rst and
** scheduler/sched-bwc.rst.)
*/
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* sched_getaffinity: cores this process may use, not all there are */
#endif
#include "cores.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A whole number from the start of the text; 0 = it is none, or not positive.  (strtol
** would do, but for numbers of any length.) */
static long cores_number(const char *text) {
  while (*text == ' ')
    text++;
  long n = 0;
  for (; *text >= '0' && *text <= '9'; text++)
    n = n > (LONG_MAX - 9) / 10 ? LONG_MAX / 10 : n * 10 + (*text - '0');
  return n;
}

int mine__cores(void) {
  long n = 0;
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) n = CPU_COUNT(&set);
#endif
  if (n < 1) n = sysconf(_SC_NPROCESSORS_ONLN);
  const char *setting = getenv("OMP_NUM_THREADS"); /* "4", or "4,2" for nested regions */
  const long wanted = setting ? cores_number(setting) : 0;
  if (wanted > 0 && wanted < n) n = wanted;
  return n < 1 ? 1 : n > INT_MAX ? INT_MAX : (int)n;
}

/* ---- the quota of the control group ------------------------------------------------ */

#define CORES_FILE 4096 /* /proc/self/cgroup has a dozen lines */

/* The start of a file as text; 0 = it cannot be read. */
static int cores_read(const char *path, char text[CORES_FILE]) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t n = read(file, text, CORES_FILE - 1);
  close(file);
  text[n > 0 ? n : 0] = 0;
  return n > 0;
}

static int cores_quotient(long quota, long period) {
  if (quota <= 0 || period <= 0) return 0;
  const long n = quota / period + (quota % period != 0);
  return n > INT_MAX ? INT_MAX : (int)n;
}

/* The quota that one folder sets, 0 = none. */
static int cores_of_folder(const char *folder, int version) {
  char path[CORES_FILE + 32], text[CORES_FILE];
  if (version == 2) {
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (!cores_read(path, text)) return 0;
    const char *period = strchr(text, ' ');
    return period ? cores_quotient(cores_number(text), cores_number(period)) : 0;
  }
  snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
  const long quota = cores_read(path, text) ? cores_number(text) : 0;
  if (quota == 0) return 0;
  snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
  return cores_quotient(quota, cores_read(path, text) ? cores_number(text) : 0);
}

static int cores_least(int a, int b) {
  return a == 0 || (b > 0 && b < a) ? b : a;
}

/* The least quota of mount/path, its parents and the mount. */
static int cores_of_path(const char *mount, const char *path, int version) {
  char folder[CORES_FILE];
  const size_t top = strlen(mount);
  const int n = snprintf(folder, sizeof folder, "%s%s", mount, path);
  if (n < 0 || (size_t)n >= sizeof folder) return 0;
  int least = cores_of_folder(folder, version);
  while (strlen(folder) > top) {
    *strrchr(folder, '/') = 0; /* path starts with one */
    least = cores_least(least, cores_of_folder(folder, version));
  }
  return least;
}

/* Whether "cpu,cpuacct" names the controller `cpu`. */
static int cores_is_cpu(const char *list, size_t bytes) {
  while (bytes > 0) {
    const char *comma = memchr(list, ',', bytes);
    const size_t word = comma ? (size_t)(comma - list) : bytes;
    if (word == 3 && memcmp(list, "cpu", 3) == 0) return 1;
    list += comma ? word + 1 : word;
    bytes -= comma ? word + 1 : word;
  }
  return 0;
}

/* A line "number:controllers:path"; of version 2 the controllers are empty. */
static int cores_of_line(const char *line, const char *mount) {
  char folder[CORES_FILE];
  const char *list = strchr(line, ':');
  const char *path = list ? strchr(list + 1, ':') : NULL;
  if (!path || path[1] != '/') return 0;
  const size_t bytes = (size_t)(path - list) - 1;
  const char *below = path[2] ? path + 1 : "";
  if (bytes > 0) {
    if (!cores_is_cpu(list + 1, bytes)) return 0;
    const int n = snprintf(folder, sizeof folder, "%s/cpu", mount);
    return n > 0 && (size_t)n < sizeof folder ? cores_of_path(folder, below, 1) : 0;
  }
  /* Beside groups of version 1, those of version 2 are mounted one folder below. */
  const int n = snprintf(folder, sizeof folder, "%s/unified", mount);
  const int beside = n > 0 && (size_t)n < sizeof folder ? cores_of_path(folder, below, 2) : 0;
  return cores_least(cores_of_path(mount, below, 2), beside);
}

int mine__cores_quota_at(const char *groups, const char *mount) {
  char text[CORES_FILE];
  int least = 0;
  if (!cores_read(groups, text)) return 0;
  for (char *line = text; line;) {
    char *end = strchr(line, '\n');
    if (end) *end++ = 0;
    least = cores_least(least, cores_of_line(line, mount));
    line = end;
  }
  return least;
}

int mine__cores_quota(void) {
#if defined(__linux__)
  return mine__cores_quota_at("/proc/self/cgroup", "/sys/fs/cgroup");
#else
  return 0;
#endif
}
