/*
** fault_io.c -- the nth write, sync, truncate or open fails, while models and scores
** are written.
**
**     fault_io [all]
**
** A VFS of our own stands over the default one and counts the calls that change
** files.  For each operation, journal mode and kind of failure (an I/O error, a
** full disk; once, or from then on): n = 1, 2, ... until the operation passes
** without meeting the failure.  Then the files are opened again without faults:
** integrity_check is ok, and what is there is the old state or the new one.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "mine_static.h"

/* ---- the VFS ------------------------------------------------------------------------ */

static struct {
  sqlite3_vfs *real;
  sqlite3_vfs vfs;
  int64_t countdown; /* 1 = the next changing call fails; 0 = none */
  int for_good, full, failures;
} io_state;

typedef struct io_file {
  sqlite3_file base;
  sqlite3_file *real; /* right behind this struct */
} io_file;

static int io_fails(int error) {
  if (io_state.countdown == 0) {
    if (!io_state.for_good || !io_state.failures) return SQLITE_OK;
  } else if (--io_state.countdown > 0) {
    return SQLITE_OK;
  }
  io_state.failures++;
  return io_state.full ? SQLITE_FULL : error;
}

static sqlite3_file *io_real(sqlite3_file *file) {
  return ((io_file *)file)->real;
}

static int io_close(sqlite3_file *f) {
  return io_real(f)->pMethods->xClose(io_real(f));
}
static int io_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
  return io_real(f)->pMethods->xRead(io_real(f), to, n, at);
}
static int io_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at) {
  int code = io_fails(SQLITE_IOERR_WRITE);
  if (code && n > 1) { /* half of it arrives */
    io_real(f)->pMethods->xWrite(io_real(f), from, n / 2, at);
  }
  return code ? code : io_real(f)->pMethods->xWrite(io_real(f), from, n, at);
}
static int io_truncate(sqlite3_file *f, sqlite3_int64 size) {
  int code = io_fails(SQLITE_IOERR_TRUNCATE);
  return code ? code : io_real(f)->pMethods->xTruncate(io_real(f), size);
}
static int io_sync(sqlite3_file *f, int flags) {
  (void)f, (void)flags; /* no power failure here, so nothing is really synced */
  return io_fails(SQLITE_IOERR_FSYNC);
}
static int io_size(sqlite3_file *f, sqlite3_int64 *size) {
  return io_real(f)->pMethods->xFileSize(io_real(f), size);
}
static int io_lock(sqlite3_file *f, int level) {
  return io_real(f)->pMethods->xLock(io_real(f), level);
}
static int io_unlock(sqlite3_file *f, int level) {
  return io_real(f)->pMethods->xUnlock(io_real(f), level);
}
static int io_reserved(sqlite3_file *f, int *out) {
  return io_real(f)->pMethods->xCheckReservedLock(io_real(f), out);
}
static int io_control(sqlite3_file *f, int op, void *argument) {
  return io_real(f)->pMethods->xFileControl(io_real(f), op, argument);
}
static int io_sector(sqlite3_file *f) {
  return io_real(f)->pMethods->xSectorSize(io_real(f));
}
static int io_device(sqlite3_file *f) {
  return io_real(f)->pMethods->xDeviceCharacteristics(io_real(f));
}
static int io_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
  return io_real(f)->pMethods->xShmMap(io_real(f), page, size, extend, out);
}
static int io_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
  return io_real(f)->pMethods->xShmLock(io_real(f), offset, n, flags);
}
static void io_barrier(sqlite3_file *f) {
  io_real(f)->pMethods->xShmBarrier(io_real(f));
}
static int io_unmap(sqlite3_file *f, int flag) {
  return io_real(f)->pMethods->xShmUnmap(io_real(f), flag);
}

static const sqlite3_io_methods io_methods = {
    .iVersion = 2,
    .xClose = io_close,
    .xRead = io_read,
    .xWrite = io_write,
    .xTruncate = io_truncate,
    .xSync = io_sync,
    .xFileSize = io_size,
    .xLock = io_lock,
    .xUnlock = io_unlock,
    .xCheckReservedLock = io_reserved,
    .xFileControl = io_control,
    .xSectorSize = io_sector,
    .xDeviceCharacteristics = io_device,
    .xShmMap = io_map,
    .xShmLock = io_shm_lock,
    .xShmBarrier = io_barrier,
    .xShmUnmap = io_unmap,
};

static int io_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
  (void)vfs;
  io_file *file = (io_file *)f;
  file->base.pMethods = NULL;
  file->real = (sqlite3_file *)(file + 1);
  file->real->pMethods = NULL;
  int code = flags & SQLITE_OPEN_CREATE ? io_fails(SQLITE_CANTOPEN) : SQLITE_OK;
  if (!code) code = io_state.real->xOpen(io_state.real, name, file->real, flags, out);
  if (file->real->pMethods) file->base.pMethods = &io_methods;
  return code;
}

static int io_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  (void)vfs;
  (void)sync;
  int code = io_fails(SQLITE_IOERR_DELETE);
  return code ? code : io_state.real->xDelete(io_state.real, name, 0);
}

static int io_register(void) {
  io_state.real = sqlite3_vfs_find(NULL);
  io_state.vfs = *io_state.real;
  io_state.vfs.zName = "faulty";
  io_state.vfs.szOsFile = (int)sizeof(io_file) + io_state.real->szOsFile;
  io_state.vfs.xOpen = io_open;
  io_state.vfs.xDelete = io_delete;
  io_state.vfs.pNext = NULL;
  return sqlite3_vfs_register(&io_state.vfs, 0);
}

/* ---- what is done while the disk fails -------------------------------------------------- */

typedef struct io_case {
  const char *what, *sql;
} io_case;

static const io_case io_cases[] = {
    {"replace a model", "SELECT mine_train('tree','tree','customers','target=churn,max_depth=1')"},
    {"add a model", "SELECT mine_train('new','knn','customers','target=churn')"},
    {"first model", "SELECT mine_train('side.first','kmeans','customers','k=3')"},
    {"scores", "INSERT INTO scores SELECT id, prediction FROM mine_predict('tree','customers')"},
    {"model and scores",
     "BEGIN IMMEDIATE;"
     "SELECT mine_train('tree','tree','customers','target=churn,max_depth=1');"
     "DELETE FROM scores;"
     "INSERT INTO scores SELECT id, prediction FROM mine_predict('tree','customers');"
     "COMMIT"},
};

static char io_folder[200];

static void io_path(char *out, size_t room, const char *name) {
  snprintf(out, room, "%s/%s", io_folder, name);
}

static void io_forget(void) {
  static const char *const names[] = {"main.db", "main.db-journal", "main.db-wal", "main.db-shm",
                                      "side.db", "side.db-journal", "side.db-wal", "side.db-shm"};
  char path[300];
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    io_path(path, sizeof path, names[i]);
    unlink(path);
  }
}

static sqlite3 *io_connect(int wal) {
  sqlite3 *db = NULL;
  char path[300];
  io_path(path, sizeof path, "main.db");
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(path, &db, flags, "faulty") || sqlite3_mine_init(db, NULL, NULL)) {
    sqlite3_close(db);
    return NULL;
  }
  io_path(path, sizeof path, "side.db");
  char *attach = sqlite3_mprintf(
      "PRAGMA journal_mode=%s; ATTACH %Q AS side;"
      "PRAGMA side.journal_mode=%s; PRAGMA cache_size=10",
      wal ? "WAL" : "DELETE", path, wal ? "WAL" : "DELETE");
  fault_result attached = fault_run(db, attach, "");
  sqlite3_free(attach);
  if (!attached.code) return db;
  fprintf(stderr, "cannot open: %s\n", attached.message);
  sqlite3_close(db);
  return NULL;
}

/* The image on disk, with scores of an older model and an empty second database. */
static int io_begin(const unsigned char *image, sqlite3_int64 bytes, int wal) {
  char path[300];
  io_forget();
  io_path(path, sizeof path, "main.db");
  FILE *file = fopen(path, "wb");
  if (!file) return 1;
  size_t written = fwrite(image, 1, (size_t)bytes, file);
  if (fclose(file) || written != (size_t)bytes) return 1;
  sqlite3 *db = io_connect(wal);
  fault_result result = fault_run(db,
                                  "CREATE TABLE IF NOT EXISTS scores(id, prediction);"
                                  "INSERT INTO scores SELECT id, 'old' FROM customers;"
                                  "CREATE TABLE side.x(a)",
                                  "");
  sqlite3_close(db);
  return result.code;
}

/* Everything that the operations may change, as one hash. */
static uint64_t io_state_hash(sqlite3 *db) {
  fault_result all = fault_run(
      db,
      "SELECT name, model FROM main.mine_models ORDER BY name;"
      "SELECT * FROM scores ORDER BY id, prediction; SELECT count(*) FROM side.sqlite_schema",
      "");
  if (all.code) return 0;
  fault_result side = fault_run(db, "SELECT name, model FROM side.mine_models", "");
  return all.hash ^ (side.code ? 1 : 31 * side.hash);
}

typedef struct io_run {
  const unsigned char *image;
  sqlite3_int64 bytes;
  const io_case *c;
  int wal;
  uint64_t before, after; /* the two states that are allowed */
  int64_t tried, failed;
} io_run;

static int io_complain(const io_run *run, int64_t n, const char *what, const char *detail) {
  fprintf(stderr, "FAILED %s, %s, %s, %s failure at %lld: %s (%s)\n", run->c->what,
          run->wal ? "WAL" : "DELETE", io_state.full ? "disk full" : "I/O error",
          io_state.for_good ? "lasting" : "single", (long long)n, what, detail);
  return 1;
}

/* Without faults again: old or new, intact, and the next training works. */
static int io_check(io_run *run, int64_t n, int code) {
  sqlite3 *db = io_connect(run->wal);
  if (!db) return io_complain(run, n, "cannot be opened again", "");
  int bad = 0;
  uint64_t now = io_state_hash(db);
  /* A table without its first model is fine: CREATE TABLE came first. */
  int empty = strcmp(run->c->what, "first model") == 0 &&
              fault_run(db, "SELECT 1/(count(*)=0) FROM side.mine_models", "").rows == 1 &&
              fault_run(db, "SELECT 1 FROM side.mine_models", "").rows == 0;
  if (!fault_integrity(db)) bad = io_complain(run, n, "integrity_check", "");
  if (now != run->before && now != run->after && !(empty && code)) {
    bad = io_complain(run, n, "neither the old state nor the new one", "");
  }
  if (!code && now != run->after) bad = io_complain(run, n, "success, but not the new state", "");
  if (fault_models(db, 0) < 0) bad = io_complain(run, n, "a model does not load", "");
  fault_result again = fault_run(db, run->c->sql, "");
  if (again.code) bad = io_complain(run, n, "does not work afterwards", again.message);
  if (sqlite3_close(db) != SQLITE_OK) bad = io_complain(run, n, "cannot close", "");
  return bad;
}

static int io_try(io_run *run, int64_t n, int *met) {
  if (io_begin(run->image, run->bytes, run->wal)) return io_complain(run, n, "set-up", "");
  sqlite3 *db = io_connect(run->wal);
  if (!db) return io_complain(run, n, "set-up", "");
  io_state.failures = 0;
  io_state.countdown = n;
  fault_result result = fault_run(db, run->c->sql, "");
  if (result.code && !sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
  int closed = sqlite3_close(db);
  *met = io_state.failures > 0;
  int for_good = io_state.for_good;
  io_state.countdown = 0;
  io_state.failures = 0;
  io_state.for_good = 0;
  int bad = closed != SQLITE_OK ? io_complain(run, n, "sqlite3_close is not SQLITE_OK", "") : 0;
  bad |= io_check(run, n, result.code);
  io_state.for_good = for_good;
  run->tried++;
  run->failed += result.code != SQLITE_OK;
  return bad;
}

/* The states before and after, without a fault. */
static int io_states(io_run *run) {
  if (io_begin(run->image, run->bytes, run->wal)) return io_complain(run, 0, "set-up", "");
  sqlite3 *db = io_connect(run->wal);
  run->before = io_state_hash(db);
  fault_result result = fault_run(db, run->c->sql, "");
  run->after = io_state_hash(db);
  sqlite3_close(db);
  if (result.code) return io_complain(run, 0, "without a fault", result.message);
  return 0;
}

static int io_loop(io_run *run, int all) {
  int bad = io_states(run);
  for (int kind = 0; kind < 4 && !bad; kind++) {
    io_state.full = kind & 1;
    io_state.for_good = kind >> 1;
    int met = 1;
    for (int64_t n = 1; met && bad < 3; n += all || n < 10 ? 1 : 1 + n / 4)
      bad += io_try(run, n, &met);
  }
  io_state.for_good = io_state.full = 0;
  return bad;
}

int main(int argc, char **argv) {
  int all = argc > 1 && strcmp(argv[1], "all") == 0;
  double started = fault_clock();
  io_run run = {0};
  const char *tmp = getenv("TMPDIR");
  snprintf(io_folder, sizeof io_folder, "%s/mine-io-XXXXXX", tmp ? tmp : "/tmp");
  if (io_register() || !mkdtemp(io_folder)) return 2;
  unsigned char *image = fault_image(150, 0, &run.bytes);
  if (!image) return 1;
  run.image = image;
  int bad = 0;
  for (size_t i = 0; i < sizeof io_cases / sizeof io_cases[0]; i++) {
    for (run.wal = 0; run.wal <= 1; run.wal++) {
      run.c = &io_cases[i];
      bad += io_loop(&run, all);
    }
  }
  io_forget();
  rmdir(io_folder);
  sqlite3_free(image);
  printf("%lld runs on a failing disk, %lld ended with an error, %.1f s: %s\n",
         (long long)run.tried, (long long)run.failed, fault_clock() - started,
         bad ? "FAILED" : "passed");
  return bad != 0;
}
