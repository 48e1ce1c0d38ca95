/*
** cores.h -- how many threads "all cores" means.
*/
#ifndef MINE_CORE_CORES_H
#define MINE_CORE_CORES_H

/* The CPUs that this process may run on (its affinity mask), and no more than
** OMP_NUM_THREADS where that is set.  At least 1.  A system call, about 0.3 us. */
int mine__cores(void);

/* The CPU quota of this process's control group, rounded up; 0 = none, or not known.
** Reads a few small files of the kernel's, about 50 us: asked once a call, when a
** team is about to start. */
int mine__cores_quota(void);

/* The same from other places, for tests: a file like /proc/self/cgroup, a folder like
** /sys/fs/cgroup. */
int mine__cores_quota_at(const char *groups, const char *mount);

#endif
