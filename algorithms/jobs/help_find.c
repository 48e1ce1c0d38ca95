/*
** help_find.c -- mine_help('churn'): from the words of a person to the verbs that do it.
**
** Two searches, one after the other.  What analysts say stands in a table (help_words.c): a
** phrase of it fits when all of its words are among those of the topic, plural or not; Chinese,
** which has no blanks, fits when it is part of the topic, else when the topic is part of it.
** Then the line of every verb and the title of every algorithm: all words of the topic but the
** idle ones must stand, or the longer ones begin a word, there.
*/
#include <string.h>

#include "catalog.h"
#include "help.h"

#define FIND_TOPIC     500 /* bytes of a topic or a line that are looked at */
#define FIND_MOST      12  /* entries that are shown              */
#define FIND_LONG      5   /* letters of a word that stands for longer ones */
#define FIND_TWO_SIGNS 6   /* bytes of two Chinese signs */

/* ---- words ---------------------------------------------------------------------------------- */

/* Letters in lower case, digits and what is not ASCII, one blank for everything between:
** after the n bytes that are there. */
static size_t find_append(char plain[FIND_TOPIC + 1], size_t n, const char *text) {
  for (; *text && n < FIND_TOPIC; text++) {
    const char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80))
      plain[n++] = c;
    else if (n > 0 && plain[n - 1] != ' ')
      plain[n++] = ' ';
  }
  while (n > 0 && plain[n - 1] == ' ')
    n--;
  plain[n] = 0;
  return n;
}

static void find_plain(char plain[FIND_TOPIC + 1], const char *text) {
  (void)find_append(plain, 0, text);
}

/* "rules" and "rule" are one word, as are "boxes" and "box", "purchases" and "purchase". */
static size_t find_stem(const char *word, size_t n) {
  if (n > 3 && word[n - 1] == 's' && word[n - 2] != 's') n--;
  if (n > 3 && word[n - 1] == 'e') {
    const char before = word[n - 2], first = word[n - 3];
    const int hissed = before == 'h' && (first == 'c' || first == 's');
    if (before == 'x' || before == 's' || hissed) n--;
  }
  return n;
}

/* Whether a word of `text` is this one, or with `begins` and a word of FIND_LONG letters and more
** begins with it ("forecast" of "forecasting", but not "shap" of "shape"). */
static int find_word(const char *text, const char *word, size_t bytes, int begins) {
  const size_t n = find_stem(word, bytes);
  while (*text) {
    const size_t m = strcspn(text, " ");
    if ((find_stem(text, m) == n || (begins && n >= FIND_LONG && m > n)) &&
        memcmp(text, word, n) == 0)
      return 1;
    text += m;
    text += *text == ' ';
  }
  return 0;
}

/* Words that say nothing about what is looked for. */
static int find_idle(const char *word, size_t n) {
  static const char idle[] =
      " a an and are by can customer customers data do does for from how i "
      "in is it my of on or the to what which who with ";
  char whole[16];
  if (n + 3 > sizeof whole) return 0;
  whole[0] = ' ';
  memcpy(whole + 1, word, n);
  whole[n + 1] = ' ';
  whole[n + 2] = 0;
  return strstr(idle, whole) != NULL;
}

/* Whether all words (those that say something, where `some`) are words of `text`. */
static int find_all(const char *words, const char *text, int begins, int some) {
  int told = 0;
  while (*words) {
    const size_t n = strcspn(words, " ");
    if (!some || !find_idle(words, n)) {
      if (!find_word(text, words, n, begins)) return 0;
      told++;
    }
    words += n;
    words += *words == ' ';
  }
  return told > 0;
}

/* ---- what was meant ------------------------------------------------------------------------- */

/* `within`: the topic is a part of the phrase, else the other way round. */
static int find_phrase(const char *phrase, const char *topic, int within) {
  const int chinese = (phrase[0] & 0x80) != 0;
  if (within) return chinese && strlen(topic) >= FIND_TWO_SIGNS && strstr(phrase, topic);
  return chinese ? strstr(topic, phrase) != NULL : find_all(phrase, topic, 0, 0);
}

/* The bytes of the longest of the phrases 'a|b|c' that fit; 0: none does. */
static size_t find_said(const char *said, const char *topic, int within) {
  char phrase[FIND_TOPIC];
  size_t longest = 0;
  while (*said) {
    const size_t n = strcspn(said, "|");
    if (n > 0 && n < sizeof phrase) {
      memcpy(phrase, said, n);
      phrase[n] = 0;
      if (n > longest && find_phrase(phrase, topic, within)) longest = n;
    }
    said += n;
    said += *said == '|';
  }
  return longest;
}

/* What a verb or an algorithm is; NULL: there is none of that name. */
static const char *find_what(const char *name) {
  for (int i = 0; mine_verb_at(i); i++)
    if (strcmp(mine_verb_at(i)->name, name) == 0) return mine_verb_at(i)->what;
  const mine_algorithm *algorithm = mine__algorithm_find(name);
  return algorithm ? algorithm->title : NULL;
}

/* ---- the list ------------------------------------------------------------------------------- */

typedef struct find_list {
  const char *name[FIND_MOST];
  const char *how;
  int n;
} find_list;

static void find_add(find_list *list, const char *name) {
  for (int i = 0; i < list->n; i++)
    if (strcmp(list->name[i], name) == 0) return;
  if (list->n < FIND_MOST) list->name[list->n++] = name;
}

/* The name in the table of verbs or of algorithms, which stays; NULL: there is none. */
static const char *find_own(const char *name, size_t n) {
  for (int i = 0; mine_verb_at(i); i++) {
    const char *own = mine_verb_at(i)->name;
    if (strlen(own) == n && memcmp(own, name, n) == 0) return own;
  }
  for (int i = 0; mine__algorithm_at(i); i++) {
    const char *own = mine__algorithm_at(i)->name;
    if (strlen(own) == n && memcmp(own, name, n) == 0) return own;
  }
  return NULL;
}

static void find_add_meant(find_list *list, const mine__help_word *word) {
  for (const char *meant = word->meant; *meant;) {
    const size_t n = strcspn(meant, "|");
    const char *own = find_own(meant, n);
    if (own) find_add(list, own);
    meant += n;
    meant += *meant == '|';
  }
}

static void find_in_words(find_list *list, const char *topic) {
  for (const mine__help_word *word = mine__help_words; word->said; word++) {
    if (!find_said(word->said, topic, 0)) continue;
    if (list->n == 0) list->how = word->how;
    find_add_meant(list, word);
  }
  for (const mine__help_word *word = mine__help_words; word->said && list->n == 0; word++)
    if (find_said(word->said, topic, 1)) find_add_meant(list, word);
}

static void find_in_line(find_list *list, const char *topic, const char *name, const char *what) {
  char line[FIND_TOPIC + 1];
  const size_t n = find_append(line, 0, name);
  line[n] = ' '; /* a name is far shorter than a line */
  (void)find_append(line, n + 1, what ? what : "");
  if (find_all(topic, line, 1, 1)) find_add(list, name);
}

static void find_in_lines(find_list *list, const char *topic) {
  for (int i = 0; mine_verb_at(i); i++)
    find_in_line(list, topic, mine_verb_at(i)->name, mine_verb_at(i)->what);
  for (int i = 0; mine__algorithm_at(i); i++)
    find_in_line(list, topic, mine__algorithm_at(i)->name, mine__algorithm_at(i)->title);
}

static void find_show(mine_text *out, const find_list *list) {
  if (list->how) {
    mine__help_wrap(out, list->how, 0, 0);
    mine__text_adds(out, "\n");
  }
  for (int i = 0; i < list->n; i++)
    mine__help_entry(out, list->name[i], find_what(list->name[i]), MINE_HELP_NAMES);
}

int mine__help_find(mine_text *out, const char *topic) {
  find_list list = {0};
  char plain[FIND_TOPIC + 1];
  find_plain(plain, topic);
  find_in_words(&list, plain);
  find_in_lines(&list, plain);
  if (list.n == 0) return 0;
  mine__text_adds(out, "Nothing is called so; it may be one of these.  More on each of them:\n");
  mine__text_addf(out, "SELECT mine_help('%s');\n\n", list.name[0]);
  find_show(out, &list);
  return 1;
}

/* ---- names ---------------------------------------------------------------------------------- */

/* "mine_t-Test" and "T Test" are "ttest". */
static void find_tight(char tight[FIND_TOPIC + 1], const char *name) {
  size_t n = 0;
  char plain[FIND_TOPIC + 1];
  find_plain(plain, name);
  for (const char *c = strncmp(plain, "mine ", 5) == 0 ? plain + 5 : plain; *c; c++)
    if (*c != ' ') tight[n++] = *c;
  tight[n] = 0;
}

const char *mine__help_name(const char *topic) {
  char asked[FIND_TOPIC + 1], there[FIND_TOPIC + 1];
  find_tight(asked, topic);
  for (int i = 0; mine_verb_at(i); i++) {
    find_tight(there, mine_verb_at(i)->name);
    if (strcmp(asked, there) == 0) return mine_verb_at(i)->name;
  }
  for (int i = 0; mine__algorithm_at(i); i++) {
    find_tight(there, mine__algorithm_at(i)->name);
    if (strcmp(asked, there) == 0) return mine__algorithm_at(i)->name;
  }
  return NULL;
}

/* The first algorithm that a row means; NULL: none. */
static const char *find_algorithm(const mine__help_word *word) {
  find_list list = {0};
  find_add_meant(&list, word);
  for (int i = 0; i < list.n; i++)
    if (mine__algorithm_find(list.name[i])) return list.name[i];
  return NULL;
}

const char *mine__help_algorithm(const char *topic) {
  char plain[FIND_TOPIC + 1];
  const char *name = mine__help_name(topic), *meant = NULL;
  size_t longest = 0;
  if (name && mine__algorithm_find(name)) return name;
  find_plain(plain, topic);
  for (int within = 0; within < 2 && !meant; within++)
    for (const mine__help_word *word = mine__help_words; word->said; word++) {
      const size_t n = find_said(word->said, plain, within);
      const char *of_row = n > longest ? find_algorithm(word) : NULL;
      if (!of_row) continue;
      longest = n;
      meant = of_row;
    }
  return meant;
}

void mine__help_beside(mine_text *out, const char *topic, int words) {
  find_list list = {0};
  char plain[FIND_TOPIC + 1];
  const char *name = mine__help_name(topic);
  find_plain(plain, topic);
  if (name && strcmp(name, topic) != 0) find_add(&list, name);
  if (words) find_in_words(&list, plain);
  list.how = NULL;
  if (list.n == 0) return;
  mine__text_adds(out, "\nOr is it one of these?\n");
  find_show(out, &list);
}
