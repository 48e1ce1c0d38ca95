/*
** call.c -- interrupts, progress and errors of one call.
*/
#include "call.h"
#include "host_memory.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- interrupts -------------------------------------------------------------- */

/* SQLite has sqlite3_is_interrupted() from 3.41 on.  On older ones a statement
** that is stepped reports the interrupt (0.1 us); it lives as long as the call,
** because a statement left prepared would keep the connection from closing. */
static int call_interrupted(void *user) {
  mine_call *call = user;
#if SQLITE_VERSION_NUMBER >= 3041000
  if (sqlite3_libversion_number() >= 3041000) return sqlite3_is_interrupted(call->db);
#endif
  int code = SQLITE_OK; /* compiling looks for an interrupt too */
  if (!call->probe) code = sqlite3_prepare_v2(call->db, "SELECT 1", -1, &call->probe, NULL);
  if (code) return code == SQLITE_INTERRUPT;
  code = sqlite3_step(call->probe);
  sqlite3_reset(call->probe);
  return code == SQLITE_INTERRUPT;
}

/* ---- progress ------------------------------------------------------------------ */

#define CALL_QUIET_SECONDS 1.0
#define CALL_LONG_SECONDS  1e6

static double call_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void call_show(const char *line) {
  size_t length = strlen(line);
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, line, length);
    if (written <= 0) return; /* a closed terminal is no reason to fail */
    line += written;
    length -= (size_t)written;
  }
}

static void call_progress(void *user, const char *what, double share) {
  mine_call *call = user;
  const double now = call_clock();
  if (!call->on_terminal) return;
  const double left = mine__remaining(&call->remaining, now, what, share);
  if (now - call->started < CALL_QUIET_SECONDS) return;
  char line[160], rest[60] = "";
  if (left < CALL_LONG_SECONDS) /* not where it is NAN */
    sqlite3_snprintf(sizeof rest, rest, ", about %d s left of this step", (int)(left + 0.5));
  sqlite3_snprintf(sizeof line, line, "\r\033[K%s: %s %d%%%s", call->verb, what, (int)(100 * share),
                   rest);
  call_show(line);
  call->shown = 1;
}

static int call_wants_progress(void) {
  const char *setting = getenv("MINE_PROGRESS");
  if (setting && strcmp(setting, "0") == 0) return 0;
  return isatty(STDERR_FILENO);
}

/* ---- life ------------------------------------------------------------------------ */

mine_status mine__call_open(mine_call *call, mine_connection *connection, const char *verb) {
  memset(call, 0, sizeof *call);
  call->connection = connection;
  call->db = connection->db;
  call->verb = verb;
  call->started = call_clock();
  call->on_terminal = call_wants_progress();
  mine_host host = {0};
  host.resize = mine__host_resize;
  host.interrupted = call_interrupted;
  host.progress = call_progress;
  host.user = call;
  host.any_thread = 1;
  host.single_thread = connection->process != getpid();
  mine_status status = mine_env_open(&host, verb, &call->env);
  if (status) call->sqlite_code = SQLITE_NOMEM;
  return status;
}

void mine__call_rest(mine_call *call) {
  if (call->shown) call_show("\r\033[K");
  call->shown = 0;
  sqlite3_finalize(call->probe);
  call->probe = NULL;
  mine_env_rest(call->env);
}

void mine__call_close(mine_call *call) {
  mine__call_rest(call);
  mine_env_close(call->env);
  call->env = NULL;
}

/* ---- errors ------------------------------------------------------------------------ */

mine_status mine__call_fail(mine_call *call, mine_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *sentence = sqlite3_vmprintf(format, arguments);
  va_end(arguments);
  if (!sentence) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  status = mine_env_fail(call->env, status, sentence);
  sqlite3_free(sentence);
  return status;
}

static mine_status call_status_of(int code) {
  switch (code & 0xff) {
    case SQLITE_NOMEM:
      return MINE_NOMEM;
    case SQLITE_INTERRUPT:
      return MINE_INTERRUPT;
    default:
      return MINE_DATA;
  }
}

/* A file with a write-ahead log that cannot even be read: SQLite says "readonly". */
static const char *call_remedy(const mine_call *call) {
  const int code = sqlite3_extended_errcode(call->db);
  return code == SQLITE_READONLY_DIRECTORY || code == SQLITE_READONLY_CANTINIT
             ? "; to be read, its write-ahead log needs a folder that can be written: open it as "
               "'file:...?immutable=1' if nobody writes it, or copy it"
             : "";
}

mine_status mine__call_fail_sqlite(mine_call *call, int code, const char *doing) {
  if (mine_env_status(call->env)) return mine_env_status(call->env);
  call->sqlite_code = code;
  const char *message = sqlite3_errmsg(call->db);
  if (code == SQLITE_NOMEM) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  return mine__call_fail(call, call_status_of(code), "%s%s%s%s", doing, *doing ? ": " : "", message,
                         call_remedy(call));
}

int mine__call_code(const mine_call *call) {
  if (call->sqlite_code) return call->sqlite_code;
  switch (mine_env_status(call->env)) {
    case MINE_OK:
      return SQLITE_OK;
    case MINE_NOMEM:
      return SQLITE_NOMEM;
    case MINE_INTERRUPT:
      return SQLITE_INTERRUPT;
    case MINE_CORRUPT:
      return SQLITE_ERROR;
    default:
      return SQLITE_ERROR;
  }
}

const char *mine__call_message(const mine_call *call) {
  return call->env ? mine_env_error(call->env) : "out of memory";
}

void mine__call_result_message(const mine_call *call, const char *message,
                               sqlite3_context *context) {
  int code = mine__call_code(call);
  if (code == SQLITE_NOMEM || !message) {
    sqlite3_result_error_nomem(context);
    return;
  }
  sqlite3_result_error(context, message, -1);
  if (code != SQLITE_ERROR) sqlite3_result_error_code(context, code);
}

void mine__call_result_error(const mine_call *call, sqlite3_context *context) {
  mine__call_result_message(call, mine__call_message(call), context);
}

/* ---- values --------------------------------------------------------------------------- */

mine_status mine__call_text(mine_call *call, sqlite3_value *value, const char *what, int most,
                            const char **out) {
  *out = NULL;
  if (!value || sqlite3_value_type(value) == SQLITE_NULL) return MINE_OK;
  if (sqlite3_value_type(value) == SQLITE_BLOB) {
    return mine__call_fail(call, MINE_OPTION, "the %s is a BLOB; it must be text", what);
  }
  const char *text = (const char *)sqlite3_value_text(value);
  int bytes = sqlite3_value_bytes(value);
  if (!text) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  if (bytes > most) {
    return mine__call_fail(call, MINE_OPTION, "the %s is %d bytes long; the limit is %d", what,
                           bytes, most);
  }
  if (memchr(text, 0, (size_t)bytes)) {
    return mine__call_fail(call, MINE_OPTION, "the %s contains a NUL character; remove it", what);
  }
  if (!mine_valid_utf8(text, (size_t)bytes)) {
    return mine__call_fail(call, MINE_OPTION, "the %s is not valid UTF-8; convert it", what);
  }
  *out = text;
  return MINE_OK;
}

mine_status mine__call_required_text(mine_call *call, sqlite3_value *value, const char *what,
                                     int most, const char **out) {
  mine_status status = mine__call_text(call, value, what, most, out);
  if (status) return status;
  if (!*out) return mine__call_fail(call, MINE_OPTION, "the %s is NULL; give its text", what);
  if (!**out) return mine__call_fail(call, MINE_OPTION, "the %s is empty; give its text", what);
  return MINE_OK;
}

void mine__result_cell(sqlite3_context *context, const mine_cell *cell) {
  switch (cell->type) {
    case MINE_NULL:
      sqlite3_result_null(context);
      break;
    case MINE_INT:
      sqlite3_result_int64(context, cell->as.integer);
      break;
    case MINE_REAL:
      sqlite3_result_double(context, cell->as.real);
      break;
    case MINE_TEXT:
      sqlite3_result_text64(context, cell->as.text, cell->bytes, SQLITE_TRANSIENT, SQLITE_UTF8);
      break;
    case MINE_BLOB:
      sqlite3_result_blob64(context, cell->as.text, cell->bytes, SQLITE_TRANSIENT);
      break;
  }
}

void mine__value_cell(sqlite3_value *value, mine_cell *out) {
  memset(out, 0, sizeof *out);
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      out->type = MINE_INT;
      out->as.integer = sqlite3_value_int64(value);
      break;
    case SQLITE_FLOAT:
      out->type = MINE_REAL;
      out->as.real = sqlite3_value_double(value);
      break;
    case SQLITE_TEXT:
      out->type = MINE_TEXT;
      out->as.text = (const char *)sqlite3_value_text(value);
      out->bytes = (size_t)sqlite3_value_bytes(value);
      if (!out->as.text) out->type = MINE_NULL;
      break;
    case SQLITE_BLOB:
      out->type = MINE_BLOB;
      out->as.text = sqlite3_value_blob(value);
      out->bytes = (size_t)sqlite3_value_bytes(value);
      break;
    default:
      break;
  }
}

static void call_put_value(mine_frame *frame, int column, sqlite3_value *value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_FLOAT:
      mine_frame_put_real(frame, column, sqlite3_value_double(value));
      break;
    case SQLITE_INTEGER:
      mine_frame_put_int(frame, column, sqlite3_value_int64(value));
      break;
    case SQLITE_TEXT: {
      const char *text = (const char *)sqlite3_value_text(value);
      mine_frame_put_text(frame, column, text ? text : "", (size_t)sqlite3_value_bytes(value));
      break;
    }
    case SQLITE_BLOB:
      mine_frame_put_blob(frame, column);
      break;
    default:
      mine_frame_put_null(frame, column);
      break;
  }
}

/* Finite REALs, most cells of most tables: two calls, a test and a store each.
** The first cell that is something else, or the end. */
static const int *call_put_reals(const int *slots, double *place, const int *column, const int *end,
                                 sqlite3_value **values, size_t step) {
  for (; column < end; column++, values += step) {
    const int slot = slots[*column];
    if (slot < 0 || sqlite3_value_type(*values) != SQLITE_FLOAT) break;
    const double real = sqlite3_value_double(*values);
    if (!(fabs(real) <= DBL_MAX)) break;
    place[slot] = real;
  }
  return column;
}

void mine__frame_put_values(mine_frame *frame, const int *column, sqlite3_value **values, int step,
                            int n) {
  const int *at = column, *end = column + n;
  const size_t stride = (size_t)step;
  for (; at < end; at++) {
    const mine_numbers numbers = mine_frame_numbers(frame);
    at = call_put_reals(numbers.slot, numbers.value, at, end,
                        values + (size_t)(at - column) * stride, stride);
    if (at < end) call_put_value(frame, *at, values[(size_t)(at - column) * stride]);
  }
}
