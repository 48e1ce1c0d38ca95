/*
** report_line.c -- the one line that a training returns: what was learned from how many rows,
** how good it is, what became the id, and the warnings in words as far as they fit.
**
** A line that is cut says so: a warning is told whole, or up to where it starts to explain, and
** those for which there is no room by the names of their columns.  What is told of one column
** stands for all of which the same is to be told.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "metrics.h"
#include "model.h"

#define LINE_BYTES 262 /* bytes; the host puts the model's name in front: 300 in all */

/* A text of at most so many bytes, with dots where it was cut. */
static void line_add_cut(mine_text *text, const char *what, size_t most) {
  const size_t bytes = strlen(what);
  if (bytes <= most) {
    mine__text_add(text, what, bytes);
  } else if (most > 3) {
    mine__text_add(text, what, mine__utf8_prefix(what, bytes, most - 3));
    mine__text_adds(text, "...");
  }
}

/* "; id: income (first column)" */
static void line_id(const mine_notes *notes, mine_text *text) {
  for (int64_t i = 0; i < mine__notes_count(notes); i++) {
    const mine_note note = mine__notes_at(notes, i);
    if (strcmp(note.item, "id") != 0 || strcmp(note.detail, MINE__NOTE_BY_POSITION) != 0) continue;
    mine__text_adds(text, "; id: ");
    line_add_cut(text, note.name, 30);
    mine__text_adds(text, " (first column)");
    return;
  }
}

/* ", k=3 of 2 to 10": what auto came to. */
static void line_chosen(const mine_notes *notes, mine_text *text) {
  for (int64_t i = 0; i < mine__notes_count(notes); i++) {
    const mine_note note = mine__notes_at(notes, i);
    if (strcmp(note.item, MINE__NOTE_CHOSEN) == 0) mine__text_addf(text, ", %.60s", note.detail);
  }
}

/* "; 4 columns of text read as numbers (age, fare and 2 more)" */
static void line_numbers(const mine_model *model, mine_text *text) {
  const mine_model_told *told = &model->told;
  int n = 0;
  for (int64_t i = 0; i < mine__notes_count(&told->notes); i++)
    n += strcmp(mine__notes_at(&told->notes, i).item, "numbers") == 0;
  if (n == 0) return;
  mine__text_addf(text, "; %d column%s of text read as numbers (", n, n == 1 ? "" : "s");
  const int most = n <= 3 ? n : told->n_warnings ? 1 : 2; /* the warnings need the room */
  int shown = 0;
  for (int64_t i = 0; i < mine__notes_count(&told->notes) && shown < most; i++) {
    const mine_note note = mine__notes_at(&told->notes, i);
    if (strcmp(note.item, "numbers") != 0) continue;
    if (shown++) mine__text_adds(text, ", ");
    line_add_cut(text, note.name, 20);
  }
  if (n > shown) mine__text_addf(text, " and %d more", n - shown);
  mine__text_adds(text, ")");
}

#define LINE_FIRST 150 /* bytes of the first warning, which is told longest */
#define LINE_NAMES 56  /* kept for the names of those that are not told      */
#define LINE_ALIKE 40  /* for those of columns of which the same is told     */

/* The notes that warn, and which of them the line has told. */
typedef struct line_telling {
  const mine_notes *notes;
  char *told;
  int64_t left;
} line_telling;

static const char *line_skip_digits(const char *at) {
  return at + strspn(at, "0123456789");
}

/* Whether two notes say the same of two columns, but for numbers and the columns' names. */
static int line_is_alike(const mine_note *a, const mine_note *b) {
  const char *x = a->detail, *y = b->detail;
  const size_t a_name = strlen(a->name), b_name = strlen(b->name);
  if (strcmp(a->item, b->item) != 0 || a_name == 0 || b_name == 0) return 0;
  for (;;) {
    const char *after_x = line_skip_digits(x), *after_y = line_skip_digits(y);
    if (after_x > x && after_y > y) {
      x = after_x;
      y = after_y;
      if (strncmp(x, " row", 4) == 0 && strncmp(y, " row", 4) == 0) { /* 1 row, 2 rows */
        x += 4 + (x[4] == 's');
        y += 4 + (y[4] == 's');
      }
    } else if (strncmp(x, a->name, a_name) == 0 && strncmp(y, b->name, b_name) == 0) {
      x += a_name;
      y += b_name;
    } else if (*x != *y) {
      return 0;
    } else if (!*x) {
      return 1;
    } else {
      x++;
      y++;
    }
  }
}

/* " (like age, plan and 3 more)": the later notes that say the same, which are told by it. */
static void line_alike(line_telling *w, int64_t i, mine_text *text) {
  const mine_note note = mine__notes_at(w->notes, i);
  const size_t begin = text->bytes;
  int alike = 0, hidden = 0;
  for (int64_t j = i + 1; j < mine__notes_count(w->notes); j++) {
    const mine_note other = mine__notes_at(w->notes, j);
    if (w->told[j] || !mine__note_warns(other.item) || !line_is_alike(&note, &other)) continue;
    w->told[j] = 1;
    w->left--;
    if (hidden || text->bytes - begin + strlen(other.name) + 2 > LINE_ALIKE) {
      hidden++;
    } else {
      mine__text_addf(text, "%s%s", alike++ ? ", " : " (like ", other.name);
    }
  }
  if (hidden && alike) mine__text_addf(text, " and %d more", hidden);
  if (hidden && !alike) mine__text_addf(text, " (like %d more", hidden);
  if (hidden || alike) mine__text_adds(text, ")");
}

/* What fits of a sentence: all of it; up to where it starts to explain (the last colon or semicolon
** outside quotes that there is room for; `brief`: the first semicolon); 0: neither. */
static size_t line_fitting(const char *detail, size_t room, int brief) {
  const size_t bytes = strlen(detail), first = strcspn(detail, ";");
  size_t end = 0;
  int quoted = 0;
  if (brief && first <= room) return first;
  if (bytes <= room) return bytes;
  for (size_t i = 0; i <= room; i++) {
    quoted ^= detail[i] == '\'';
    if (!quoted && (detail[i] == ';' || detail[i] == ':')) end = i;
  }
  return end;
}

/* Append a warning in about `room` bytes, as line_fitting() cuts it.  0: it does not fit; the
** first one ends in dots then, after a whole word. */
static int line_warning(line_telling *w, int64_t i, int first, mine_text *text, size_t room) {
  const mine_note note = mine__notes_at(w->notes, i);
  const int dropped = strcmp(note.item, "dropped") == 0;
  const size_t name = strlen(note.name) < 30 ? strlen(note.name) : 30;
  const size_t around = 2 + (name ? name + 3 : 0) + (dropped ? 9 : 0);
  const size_t start = text->bytes;
  size_t most = room > around ? room - around : 0;
  /* what is not learned from is told shortly where others wait */
  size_t bytes = line_fitting(note.detail, most, dropped && w->left > 1);
  if (bytes == 0 && (!first || most < 8)) return 0;
  mine__text_adds(text, first ? ": " : "; ");
  w->told[i] = 1;
  w->left--;
  if (name) {
    mine__text_adds(text, "'");
    line_add_cut(text, note.name, 30);
    mine__text_adds(text, "'");
    const size_t begin = text->bytes;
    line_alike(w, i, text);
    mine__text_adds(text, " ");
    if (text->bytes > begin + 1) { /* less room; and all of it, where these were the last */
      most = (w->left ? start + room : LINE_BYTES) - (dropped ? 9 : 0);
      most = most > text->bytes ? most - text->bytes : 0;
      bytes = line_fitting(note.detail, most, dropped && w->left > 0);
    }
  }
  if (dropped) mine__text_adds(text, "dropped: ");
  if (bytes == 0) {
    bytes = mine__utf8_prefix(note.detail, strlen(note.detail), most > 3 ? most - 3 : 0);
    while (bytes > 0 && note.detail[bytes] != ' ')
      bytes--;
    mine__text_add(text, note.detail, bytes);
    mine__text_adds(text, "...");
  } else {
    mine__text_add(text, note.detail, bytes);
  }
  return 1;
}

/* "; and 4 more in mine_summary: age, plan, ..." */
static void line_more(const line_telling *w, mine_text *text) {
  mine__text_addf(text, "; and %lld more in mine_summary", (long long)w->left);
  const char *between = ": ", *last = "";
  for (int64_t i = 0; i < mine__notes_count(w->notes); i++) {
    const mine_note note = mine__notes_at(w->notes, i);
    if (w->told[i] || !mine__note_warns(note.item) || !note.name[0] || strcmp(note.name, last) == 0)
      continue;
    const size_t bytes = strlen(between) + strlen(note.name);
    if (text->bytes + bytes + strlen(", ...") > LINE_BYTES) {
      mine__text_addf(text, "%s...", between);
      return;
    }
    mine__text_addf(text, "%s%s", between, note.name);
    between = ", ";
    last = note.name;
  }
}

/* The warnings in words as far as they fit, then the names of the others: nobody trains past
** them unawares. */
static void line_warnings(const mine_model *model, mine_text *text) {
  line_telling w = {.notes = &model->told.notes, .left = model->told.n_warnings};
  const int64_t n = mine__notes_count(w.notes);
  int first = 1;
  w.told = mine__arena_zeros(model->arena, (size_t)n, sizeof *w.told);
  for (int64_t i = 0; w.told && i < n; i++) {
    if (w.told[i] || !mine__note_warns(mine__notes_at(w.notes, i).item)) continue;
    const size_t end = LINE_BYTES - (w.left > 1 ? LINE_NAMES : 0);
    size_t room = text->bytes < end ? end - text->bytes : 0;
    if (w.left > 1 && room > LINE_FIRST) room = LINE_FIRST;
    if (!line_warning(&w, i, first, text, room)) {
      line_more(&w, text);
      return;
    }
    first = 0;
  }
}

/* " (37 skipped)": rows that were read and not learned from. */
static void line_skipped(const mine_notes *notes, mine_text *text) {
  long long skipped = 0;
  for (int64_t i = 0; i < mine__notes_count(notes); i++) {
    const mine_note note = mine__notes_at(notes, i);
    double rows;
    if (strcmp(note.item, "rows") != 0 || strcmp(note.name, "skipped") != 0) continue;
    if (mine__read_decimal(note.detail, strspn(note.detail, "0123456789"), &rows))
      skipped += (long long)rows;
  }
  if (skipped > 0) mine__text_addf(text, " (%lld skipped)", skipped);
}

/* "tree on 20000 rows, auc 0.842 on 3968 held-out rows; id: no (first column); 1 warning: ..." */
const char *mine__report_line(const mine_model *model) {
  const mine_model_told *told = &model->told;
  char number[MINE_NUMBER_BYTES];
  mine_text text;
  mine__text_open(&text, model->arena);
  mine__text_addf(&text, "%.40s on %lld row%s", model->algorithm, (long long)told->rows,
                  told->rows == 1 ? "" : "s");
  line_skipped(&told->notes, &text);
  line_chosen(&told->notes, &text);
  const mine_metric *metric = mine__metrics_main(told->metric, told->n_metrics);
  double rows;
  if (metric) {
    const int digits = fabs(metric->value) < 1 ? 4 : 6;
    mine__text_addf(&text, ", %.40s %s", metric->name,
                    mine__format_real(number, metric->value, digits));
    if (model->roles.target && mine__model_metric_find(model, "rows", &rows))
      mine__text_addf(&text, " on %s held-out row%s", mine__format_real(number, rows, 0),
                      rows == 1 ? "" : "s");
  }
  line_id(&told->notes, &text);
  line_numbers(model, &text);
  if (told->n_warnings == 0) {
    mine__text_adds(&text, "; no warnings");
  } else {
    mine__text_addf(&text, "; %d warning%s", told->n_warnings, told->n_warnings == 1 ? "" : "s");
    line_warnings(model, &text);
  }
  return text.failed ? NULL : text.data;
}
