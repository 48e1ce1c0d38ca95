/*
** rfm_segments.c -- scores become names: a table of rules, of which the first that fits counts.
**
** The usual segments, over r (columns) and f (rows), each of 1 to 5:
**
**      f\r  1            2            3               4          5
**      5    at risk      at risk      loyal           loyal      champions
**      4    at risk      at risk      loyal           loyal      champions
**      3    at risk      at risk      need attention  potential  potential
**      2    lost         hibernating  need attention  potential  potential
**      1    lost         hibernating  need attention  new        new
**
** With other bins a score s of b stands for ceil(5 (s - 1/2) / b) of five.
*/
#include <math.h>

#include "crm_words.h"
#include "rfm.h"

typedef struct segments_usual {
  mine_crm_word word;
  int r_from, r_to, f_from, f_to;
} segments_usual;

static const segments_usual segments_of_five[] = {
    {MINE_CRM_CHAMPIONS, 5, 5, 4, 5},      {MINE_CRM_LOYAL, 3, 4, 4, 5},
    {MINE_CRM_POTENTIAL, 4, 5, 2, 3},      {MINE_CRM_NEW, 4, 5, 1, 1},
    {MINE_CRM_NEED_ATTENTION, 3, 3, 1, 3}, {MINE_CRM_AT_RISK, 1, 2, 3, 5},
    {MINE_CRM_HIBERNATING, 2, 2, 1, 2},    {MINE_CRM_LOST, 1, 1, 1, 2},
};
#define SEGMENTS_OF_FIVE ((int)(sizeof segments_of_five / sizeof segments_of_five[0]))

static void segments_name(mine_arena *arena, const char *word, mine_cell *out) {
  mine_text text;
  mine__text_open(&text, arena);
  mine__text_adds(&text, word);
  *out = (mine_cell){MINE_TEXT, text.bytes, {.text = text.data}};
}

void mine__rfm_usual(mine_arena *arena, mine_lang lang, mine_rfm_map *map) {
  mine_rfm_rule *rule = mine__arena_zeros(arena, (size_t)SEGMENTS_OF_FIVE, sizeof *rule);
  for (int i = 0; rule && i < SEGMENTS_OF_FIVE; i++) {
    const segments_usual *usual = &segments_of_five[i];
    segments_name(arena, mine__crm_word(usual->word, lang), &rule[i].segment);
    rule[i].from[MINE_RFM_RECENCY] = usual->r_from;
    rule[i].to[MINE_RFM_RECENCY] = usual->r_to;
    rule[i].from[MINE_RFM_FREQUENCY] = usual->f_from;
    rule[i].to[MINE_RFM_FREQUENCY] = usual->f_to;
    rule[i].from[MINE_RFM_MONETARY] = rule[i].to[MINE_RFM_MONETARY] = NAN;
  }
  *map = (mine_rfm_map){SEGMENTS_OF_FIVE, rule, 1};
}

const mine_want mine__rfm_map_wants[] = {
    {.name = "segment",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_NO_MISSING,
     .help = "its name"},
    {.name = "r_from", .reading = MINE_READ_NUMBER, .help = "the least r; NULL: any"},
    {.name = "r_to", .reading = MINE_READ_NUMBER, .help = "the greatest r"},
    {.name = "f_from", .reading = MINE_READ_NUMBER, .help = "the least f"},
    {.name = "f_to", .reading = MINE_READ_NUMBER, .help = "the greatest f"},
    {.name = "m_from",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "the least m"},
    {.name = "m_to",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "the greatest m"},
    {0}};

static double segments_bound(const mine_frame *frame, int column, int64_t row) {
  return column < 0 || !frame->column[column].number ? (double)NAN
                                                     : frame->column[column].number[row];
}

void mine__rfm_read(mine_job *job, mine_frame *frame, const int *column, mine_rfm_map *map) {
  if (mine__frame_finish(frame)) return;
  if (frame->rows == 0) {
    mine__fail(job->env, MINE_DATA,
               "the table of segments has no rows; select segment, r_from, "
               "r_to, f_from, f_to of some");
    return;
  }
  const mine_column *segment = &frame->column[column[0]];
  mine_rfm_rule *rule = mine__arena_zeros(job->arena, (size_t)frame->rows, sizeof *rule);
  for (int64_t i = 0; rule && i < frame->rows; i++) {
    mine__values_get(&segment->levels, segment->code[i], &rule[i].segment);
    for (int m = 0; m < MINE_RFM_MEASURES; m++) {
      rule[i].from[m] = segments_bound(frame, column[1 + 2 * m], i);
      rule[i].to[m] = segments_bound(frame, column[2 + 2 * m], i);
      if (!(rule[i].from[m] > rule[i].to[m])) continue;
      mine__fail(job->env, MINE_DATA,
                 "row %lld of the table of segments holds nobody: %c_from is above %c_to; "
                 "exchange them",
                 (long long)i + 1, "rfm"[m], "rfm"[m]);
      return;
    }
  }
  *map = (mine_rfm_map){frame->rows, rule, 0};
}

static double segments_score(const mine_rfm_map *map, const mine_rfm *rfm, int measure,
                             int64_t customer) {
  const int64_t score = rfm->score[measure][customer], bins = rfm->bins[measure];
  if (score == 0) return NAN; /* there is none */
  return (double)(map->fifths ? ((2 * score - 1) * 5 + 2 * bins - 1) / (2 * bins) : score);
}

const mine_cell *mine__rfm_segment(const mine_rfm_map *map, const mine_rfm *rfm, int64_t customer) {
  double score[MINE_RFM_MEASURES];
  for (int m = 0; m < MINE_RFM_MEASURES; m++)
    score[m] = segments_score(map, rfm, m, customer);
  for (int64_t i = 0; i < map->n; i++) {
    const mine_rfm_rule *rule = &map->rule[i];
    int fits = 1;
    for (int m = 0; m < MINE_RFM_MEASURES; m++)
      fits &= !(score[m] < rule->from[m]) && !(score[m] > rule->to[m]);
    if (fits) return &rule->segment;
  }
  return NULL;
}
