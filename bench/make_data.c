/*
** make_data.c -- the data of the benchmark, the same on every machine.
**
**     make_data FILE KIND ROWS COLUMNS
**
** writes one SQLite database.  All randomness is splitmix64 (Steele, Lea & Flood
** 2014) from the kind and the column count, and a "normal" number is a sum of four
** uniform ones, so no libm and no library decides a bit.
**
**     numeric    t(id, c0..)             normal numbers around 20 overlapping centres
**     mixed      m(id, n0..n9, s0..s5)   numbers and texts of 5..50 levels, 3% NULL
**     classes    train, score(id, y, x0..)  ten informative columns, the rest noise
**     prediction train, score(id, y, z, x0.., k0..k4)  a class and a number of eight numbers and
**                                        five texts of 3 to 200 levels, 2% NULL
**     points     p(id, x0..)             eight overlapping groups
**     neighbors  base, queries(id, x0..) normal numbers; queries are a tenth of base
**     wide       w(id, c0..)             normal numbers
**     baskets    b(basket, item)         generated baskets, about ten items each
**     events     e(customer, item)       25 rows of a customer, who prefers items of his own kind;
**                                        COLUMNS is how many items there are
**     dense      b(basket, item)         generated baskets of 23 items, one of each of 23 kinds
**     events     e(customer, item)       25 rows of a customer, who prefers items of his own kind
**     blobs      b(id, g, x0..)          ten clear groups g, 2% of the rows in none (g 0)
**     buyers     buys, steady(customer, day, amount)  what ROWS customers bought in two years, at
**                                        random or every third time only; s(id, repeats, last_at,
**                                        age, monetary), the first in weeks
**     customers  c(id, g, x0.., k0..k4)  six groups that prefer a level of each text, 3% in none
*/
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct data_file {
  sqlite3 *db;
  sqlite3_stmt *insert;
  uint64_t state;
} data_file;

static uint64_t data_next(data_file *file) {
  uint64_t z = (file->state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* [0, 1) */
static double data_uniform(data_file *file) {
  return (double)(data_next(file) >> 11) / 9007199254740992.0;
}

/* Mean 0, variance 1. */
static double data_normal(data_file *file) {
  double sum = 0;
  for (int i = 0; i < 4; i++)
    sum += data_uniform(file);
  return (sum - 2.0) * 1.7320508075688772;
}

static int data_below(data_file *file, int n) {
  return (int)(data_next(file) % (uint64_t)n);
}

static void data_check(data_file *file, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  fprintf(stderr, "make_data: %s\n", sqlite3_errmsg(file->db));
  exit(1);
}

static void data_run(data_file *file, const char *sql) {
  data_check(file, sqlite3_exec(file->db, sql, NULL, NULL, NULL));
}

/* CREATE TABLE table(id INTEGER PRIMARY KEY[, first], prefix0, prefix1, ...[, k0, k1, ...])
** and its INSERT. */
static void data_table(data_file *file, const char *table, const char *first, const char *prefix,
                       int columns, int texts) {
  sqlite3_str *create = sqlite3_str_new(file->db);
  sqlite3_str *insert = sqlite3_str_new(file->db);
  sqlite3_str_appendf(create, "CREATE TABLE %s(id INTEGER PRIMARY KEY%s%s", table,
                      *first ? "," : "", first);
  sqlite3_str_appendf(insert, "INSERT INTO %s VALUES(?", table);
  for (const char *at = first; at && *at; at = strchr(at + 1, ','))
    sqlite3_str_appendall(insert, ",?");
  for (int i = 0; i < columns; i++) {
    sqlite3_str_appendf(create, ",%s%d REAL", prefix, i);
    sqlite3_str_appendall(insert, ",?");
  }
  for (int i = 0; i < texts; i++) {
    sqlite3_str_appendf(create, ",k%d TEXT", i);
    sqlite3_str_appendall(insert, ",?");
  }
  sqlite3_str_appendall(create, ")");
  sqlite3_str_appendall(insert, ")");
  char *sql = sqlite3_str_finish(create);
  data_run(file, sql);
  sqlite3_free(sql);
  sql = sqlite3_str_finish(insert);
  sqlite3_finalize(file->insert);
  data_check(file, sqlite3_prepare_v2(file->db, sql, -1, &file->insert, NULL));
  sqlite3_free(sql);
}

static void data_row(data_file *file) {
  data_check(file, sqlite3_step(file->insert));
  data_check(file, sqlite3_reset(file->insert));
}

/* ---- the kinds --------------------------------------------------------------- */

/* Rows around `groups` centres; 0 groups: around zero. */
static void data_groups(data_file *file, const char *table, const char *prefix, long rows,
                        int columns, int groups, double spread) {
  double *centre = calloc((size_t)(groups + 1) * (size_t)columns, sizeof *centre);
  if (!centre) exit(1);
  for (int i = 0; i < groups * columns; i++)
    centre[i] = spread * data_normal(file);
  data_table(file, table, "", prefix, columns, 0);
  for (long row = 1; row <= rows; row++) {
    const double *at = centre + (groups ? data_below(file, groups) * columns : 0);
    sqlite3_bind_int64(file->insert, 1, row);
    for (int i = 0; i < columns; i++)
      sqlite3_bind_double(file->insert, i + 2, at[i] + data_normal(file));
    data_row(file);
  }
  free(centre);
}

static void data_mixed(data_file *file, long rows) {
  static const int levels[6] = {5, 8, 12, 20, 35, 50};
  data_run(file,
           "CREATE TABLE m(id INTEGER PRIMARY KEY,n0 REAL,n1 REAL,n2 REAL,n3 REAL,n4 REAL,"
           "n5 REAL,n6 REAL,n7 REAL,n8 REAL,n9 REAL,s0,s1,s2,s3,s4,s5)");
  data_check(file,
             sqlite3_prepare_v2(file->db, "INSERT INTO m VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                                -1, &file->insert, NULL));
  for (long row = 1; row <= rows; row++) {
    sqlite3_clear_bindings(file->insert);
    sqlite3_bind_int64(file->insert, 1, row);
    for (int i = 0; i < 10; i++) {
      double value = data_normal(file);
      if (data_uniform(file) >= 0.03) sqlite3_bind_double(file->insert, i + 2, value);
    }
    for (int i = 0; i < 6; i++) {
      char text[32];
      snprintf(text, sizeof text, "level %c%d", 'a' + i, data_below(file, levels[i]));
      if (data_uniform(file) >= 0.03)
        sqlite3_bind_text(file->insert, i + 12, text, -1, SQLITE_TRANSIENT);
    }
    data_row(file);
  }
}

/* y depends on ten columns: linear in five, by products and steps in the others. */
static int data_class(data_file *file, const double *x) {
  double score = 0.9 * x[0] - 0.7 * x[1] + 0.5 * x[2] + 0.4 * x[3] - 0.3 * x[4];
  score += x[5] * x[6] + (x[7] > 0.5 ? 1.2 : -0.4) + (x[8] > 0 && x[9] > 0 ? 1.0 : 0.0);
  return score + 1.5 * data_normal(file) > 0.8;
}

static void data_classes(data_file *file, const char *table, long rows, int columns) {
  double x[2000];
  data_table(file, table, "y INTEGER", "x", columns, 0);
  for (long row = 1; row <= rows; row++) {
    for (int i = 0; i < columns; i++)
      x[i] = data_normal(file);
    sqlite3_bind_int64(file->insert, 1, row);
    sqlite3_bind_int(file->insert, 2, data_class(file, x));
    for (int i = 0; i < columns; i++)
      sqlite3_bind_double(file->insert, i + 3, x[i]);
    data_row(file);
  }
}

/* What a level of k0..k4 adds: fixed, and of as many signs as there are levels. */
static double data_effect(int which, int level) {
  data_file fixed = {NULL, NULL, (uint64_t)(1000 * which + level)};
  return 0.6 * data_normal(&fixed);
}

static void data_prediction(data_file *file, const char *table, long rows, int numbers) {
  static const int levels[5] = {3, 8, 20, 60, 200};
  double x[2000];
  char text[32];
  data_table(file, table, "y INTEGER,z REAL", "x", numbers, 5);
  for (long row = 1; row <= rows; row++) {
    sqlite3_clear_bindings(file->insert);
    sqlite3_bind_int64(file->insert, 1, row);
    for (int i = 0; i < numbers; i++) {
      x[i] = data_normal(file);
      if (data_uniform(file) >= 0.02) sqlite3_bind_double(file->insert, i + 4, x[i]);
    }
    double score = 0.8 * x[0] - 0.6 * x[1] + 0.4 * x[2] + x[3] * x[4] + (x[5] > 0.5 ? 1.0 : -0.3) +
                   (x[6] > 0 && x[7] > 0 ? 0.8 : 0.0);
    for (int i = 0; i < 5; i++) {
      const int level = data_below(file, levels[i]);
      score += data_effect(i, level);
      snprintf(text, sizeof text, "level %d", level);
      if (data_uniform(file) >= 0.02)
        sqlite3_bind_text(file->insert, numbers + 4 + i, text, -1, SQLITE_TRANSIENT);
    }
    score += 1.5 * data_normal(file);
    sqlite3_bind_int(file->insert, 2, score > 1.0);
    sqlite3_bind_double(file->insert, 3, 10 * score);
    data_row(file);
  }
}

/* Popular items are much more frequent; related items follow each other. */
static void data_baskets(data_file *file, long baskets) {
  data_run(file, "CREATE TABLE b(basket INTEGER, item INTEGER)");
  data_check(file,
             sqlite3_prepare_v2(file->db, "INSERT INTO b VALUES(?,?)", -1, &file->insert, NULL));
  for (long basket = 1; basket <= baskets; basket++) {
    int items = 1 + data_below(file, 19);
    int item = 0;
    for (int i = 0; i < items; i++) {
      double u = data_uniform(file);
      item = i && data_uniform(file) < 0.4 ? (item * 7 + 1) % 10000 : (int)(10000 * u * u * u * u);
      sqlite3_bind_int64(file->insert, 1, basket);
      sqlite3_bind_int(file->insert, 2, item);
      data_row(file);
    }
  }
}

/* An item of each of 23 kinds of five; of some kinds nearly always the same one, of others a
** basket's own, as rows of categories are. */
static void data_dense(data_file *file, long baskets) {
  data_run(file, "CREATE TABLE b(basket INTEGER, item INTEGER)");
  data_check(file,
             sqlite3_prepare_v2(file->db, "INSERT INTO b VALUES(?,?)", -1, &file->insert, NULL));
  for (long basket = 1; basket <= baskets; basket++) {
    const int like = data_below(file, 4);
    for (int kind = 0; kind < 23; kind++) {
      const int own = data_uniform(file) < 0.7 ? like * kind % 5 : data_below(file, 5);
      sqlite3_bind_int64(file->insert, 1, basket);
      sqlite3_bind_int(file->insert, 2,
                       5 * kind + (data_uniform(file) < kind / 30.0 ? own : kind % 5));
      data_row(file);
    }
  }
}

/* What customers take: popular items much more often, three of five of the customer's own kind. */
static void data_events(data_file *file, long rows, int items) {
  const int kinds = 50, own = items / kinds + 1;
  data_run(file, "CREATE TABLE e(customer INTEGER, item INTEGER)");
  data_check(file,
             sqlite3_prepare_v2(file->db, "INSERT INTO e VALUES(?,?)", -1, &file->insert, NULL));
  for (long row = 0; row < rows; row++) {
    const long customer = row / 25;
    const double u = data_uniform(file);
    const int likes = data_uniform(file) < 0.6;
    const int item =
        likes ? (int)(customer % kinds) + kinds * (int)(own * u * u * u) : (int)(items * u * u * u);
    sqlite3_bind_int64(file->insert, 1, customer);
    sqlite3_bind_int(file->insert, 2, item % items);
    data_row(file);
  }
}

/* Groups that are known, for clusterings: g is 1.., or 0 of a row that was strewn anywhere.
** A text has the level that its group prefers in seven of ten rows. */
static void data_known(data_file *file, const char *table, long rows, int numbers, int texts,
                       int groups, double noise) {
  static const int levels[5] = {3, 4, 6, 8, 12};
  double *centre = calloc((size_t)groups * (size_t)numbers, sizeof *centre);
  char text[32];
  if (!centre) exit(1);
  for (int i = 0; i < groups * numbers; i++)
    centre[i] = 4.0 * data_normal(file);
  data_table(file, table, "g INTEGER", "x", numbers, texts);
  for (long row = 1; row <= rows; row++) {
    const int strewn = data_uniform(file) < noise;
    const int group = data_below(file, groups);
    sqlite3_bind_int64(file->insert, 1, row);
    sqlite3_bind_int(file->insert, 2, strewn ? 0 : group + 1);
    for (int i = 0; i < numbers; i++) {
      const double value = strewn ? 32.0 * data_uniform(file) - 16.0
                                  : centre[group * numbers + i] + data_normal(file);
      sqlite3_bind_double(file->insert, i + 3, value);
    }
    for (int i = 0; i < texts; i++) {
      const int prefers = !strewn && data_uniform(file) < 0.7;
      const int any = data_below(file, levels[i]);
      snprintf(text, sizeof text, "level %d", prefers ? (group * 5 + i) % levels[i] : any);
      sqlite3_bind_text(file->insert, numbers + 3 + i, text, -1, SQLITE_TRANSIENT);
    }
    data_row(file);
  }
  free(centre);
}

/* Who is there buys on a day with one chance and leaves on a day with another, both his own; of
** `every` such days one counts. */
static void data_buys(data_file *file, const char *table, long customers, int every) {
  char sql[128];
  snprintf(sql, sizeof sql, "CREATE TABLE %s(customer INTEGER, day TEXT, amount REAL)", table);
  data_run(file, sql);
  snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?, date(2460310.5 + ?), ?)", table);
  sqlite3_finalize(file->insert);
  data_check(file, sqlite3_prepare_v2(file->db, sql, -1, &file->insert, NULL));
  for (long customer = 1; customer <= customers; customer++) {
    const double often = data_uniform(file), soon = data_uniform(file), rich = data_uniform(file);
    const double buys = 0.04 * often * often * every, leaves = 0.02 * soon * soon;
    const int first = data_below(file, 640);
    int made = 0;
    for (int day = first; day < 730; day++) {
      if (data_uniform(file) < buys) made++;
      if (made == every || day == first) {
        made = 0;
        sqlite3_bind_int64(file->insert, 1, customer);
        sqlite3_bind_int(file->insert, 2, day);
        sqlite3_bind_double(
            file->insert, 3,
            (int)((500 + 10000 * rich * rich) * (0.5 + data_uniform(file))) / 100.0);
        data_row(file);
      }
      if (data_uniform(file) < leaves) break;
    }
  }
}

static void data_buyers(data_file *file, long customers) {
  data_buys(file, "buys", customers, 1);
  data_buys(file, "steady", customers, 3);
  data_run(file,
           "CREATE TABLE s AS SELECT customer AS id, count(*) - 1 AS repeats, "
           "(julianday(max(day)) - julianday(min(day))) / 7 AS last_at, "
           "(2461039.5 - julianday(min(day))) / 7 AS age, "
           "coalesce((sum(amount) - first) / (count(*) - 1), 0) AS monetary FROM (SELECT *, "
           "first_value(amount) OVER (PARTITION BY customer ORDER BY day) AS first FROM buys) "
           "GROUP BY customer");
}

static int data_fill(data_file *file, const char *kind, long rows, int columns) {
  if (strcmp(kind, "numeric") == 0) {
    data_groups(file, "t", "c", rows, columns, 20, 1.0);
  } else if (strcmp(kind, "wide") == 0) {
    data_groups(file, "w", "c", rows, columns, 0, 0);
  } else if (strcmp(kind, "points") == 0) {
    data_groups(file, "p", "x", rows, columns, 8, 1.5);
  } else if (strcmp(kind, "neighbors") == 0) {
    data_groups(file, "base", "x", rows, columns, 0, 0);
    data_groups(file, "queries", "x", rows / 10, columns, 0, 0);
  } else if (strcmp(kind, "mixed") == 0) {
    data_mixed(file, rows);
  } else if (strcmp(kind, "classes") == 0) {
    data_classes(file, "train", rows / 2, columns);
    data_classes(file, "score", rows, columns);
  } else if (strcmp(kind, "prediction") == 0) {
    data_prediction(file, "train", rows / 2, columns);
    data_prediction(file, "score", rows / 4, columns);
  } else if (strcmp(kind, "baskets") == 0) {
    data_baskets(file, rows);
  } else if (strcmp(kind, "dense") == 0) {
    data_dense(file, rows);
  } else if (strcmp(kind, "events") == 0) {
    data_events(file, rows, columns);
  } else if (strcmp(kind, "blobs") == 0) {
    data_known(file, "b", rows, columns, 0, 10, 0.02);
  } else if (strcmp(kind, "customers") == 0) {
    data_known(file, "c", rows, columns, 5, 6, 0.03);
  } else if (strcmp(kind, "buyers") == 0) {
    data_buyers(file, rows);
  } else {
    return 0;
  }
  return 1;
}

int main(int argc, char **argv) {
  data_file file = {NULL, NULL, 0};
  long rows = argc == 5 ? strtol(argv[3], NULL, 10) : 0;
  long columns = argc == 5 ? strtol(argv[4], NULL, 10) : 0;
  const long most = argc == 5 && strcmp(argv[2], "events") == 0 ? 1000000 : 1999;
  if (rows < 1 || columns < 1 || columns > most) {
    fprintf(stderr, "usage: make_data FILE KIND ROWS COLUMNS\n");
    return 2;
  }
  file.state = (uint64_t)columns * 1000003u + (uint64_t)argv[2][0];
  if (sqlite3_open(argv[1], &file.db)) return 1;
  data_run(&file, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN");
  if (!data_fill(&file, argv[2], rows, (int)columns)) {
    fprintf(stderr, "make_data: there is no kind '%s'\n", argv[2]);
    return 2;
  }
  data_run(&file, "COMMIT");
  sqlite3_finalize(file.insert);
  return sqlite3_close(file.db) != SQLITE_OK;
}
