#!/usr/bin/env python3
"""Itemsets and rules against counting every subset of every basket (plain Python)."""
import itertools
import json
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("itemsets against brute force")


def make_baskets(seed, baskets, items, longest):
    rng = random.Random(seed)
    weights = [1 / (i + 1) for i in range(items)]
    return [set(rng.choices(range(items), weights, k=rng.randint(1, longest))) for _ in range(baskets)]


def count_subsets(baskets):
    counts = {}
    for basket in baskets:
        for size in range(1, len(basket) + 1):
            for subset in itertools.combinations(sorted(basket), size):
                counts[subset] = counts.get(subset, 0) + 1
    return counts


def closed(frequent):
    return {s for s, c in frequent.items()
            if not any(len(t) == len(s) + 1 and c == frequent[t] and set(s) < set(t) for t in frequent)}


def maximal(frequent):
    return {s for s in frequent if not any(len(t) == len(s) + 1 and set(s) < set(t) for t in frequent)}


def compare_itemsets(db, name, baskets, counts, least):
    frequent = {s: c for s, c in counts.items() if c >= least}
    for kind, expected in (("all", set(frequent)), ("closed", closed(frequent)), ("maximal", maximal(frequent))):
        rows = db.execute("SELECT itemset, size, count, support FROM mine_itemsets('b', ?)",
                          (f"min_count={least}, kind={kind}",)).fetchall()
        got = {tuple(sorted(json.loads(s))): c for s, _, c, _ in rows}
        checks.that(set(got) == expected and len(rows) == len(got), f"{name} {kind}: the sets", f"{len(got)} of {len(expected)}")
        checks.that(all(frequent.get(s) == c for s, c in got.items()), f"{name} {kind}: the counts")
        checks.that(all(math.isclose(p, c / len(baskets)) for _, _, c, p in rows), f"{name} {kind}: the supports")
        told = f"min_count={least}, kind={kind}"
        counted = db.execute("SELECT size, count, support FROM mine_itemsets('b', ?)", (told,)).fetchall()
        checks.that(counted == [r[1:] for r in rows], f"{name} {kind}: the same rows where no set is read")
        number = db.execute("SELECT count(*) FROM mine_itemsets('b', ?)", (told,)).fetchone()[0]
        checks.that(number == len(rows), f"{name} {kind}: counted", f"{number} of {len(rows)}")
        checks.that([r[2] for r in rows] == sorted((r[2] for r in rows), reverse=True), f"{name} {kind}: by falling count")


def compare_rules(db, name, baskets, counts, least, confidence):
    n = len(baskets)
    expected = {}
    for itemset, c in counts.items():
        if c < least or len(itemset) < 2:
            continue
        for item in itemset:
            rest = tuple(i for i in itemset if i != item)
            if c / counts[rest] >= confidence:
                expected[(rest, (item,))] = c
    rows = db.execute("SELECT antecedent, consequent, count, support, confidence, lift, leverage, conviction "
                      "FROM mine_rules('b', ?)", (f"min_count={least}, min_confidence={confidence}",)).fetchall()
    got = {(tuple(sorted(json.loads(r[0]))), tuple(json.loads(r[1]))): r for r in rows}
    checks.that(set(got) == set(expected) and len(rows) == len(got), f"{name}: the rules", f"{len(got)} of {len(expected)}")
    good = True
    for (a, c), row in got.items():
        pa, pc, both = counts[a] / n, counts[c] / n, expected.get((a, c), 0) / n
        conviction = None if both == pa else (1 - pc) / (1 - both / pa)
        wanted = (expected.get((a, c)), both, both / pa, both / (pa * pc), both - pa * pc)
        good &= all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) for x, y in zip(row[2:7], wanted))
        good &= (row[7] is None or math.isinf(row[7])) if conviction is None else math.isclose(row[7], conviction, rel_tol=1e-9, abs_tol=1e-12)
    checks.that(good, f"{name}: count, support, confidence, lift, leverage, conviction")


def main():
    for seed, (baskets, items, longest, least) in enumerate(((50, 6, 5, 3), (400, 15, 8, 8), (3000, 40, 9, 30), (30, 12, 12, 2))):
        db = mt.connect()
        made = make_baskets(seed, baskets, items, longest)
        rows = [(i, item) for i, basket in enumerate(made) for item in basket]
        random.Random(seed).shuffle(rows)  # a source in no order, and items twice
        db.execute("CREATE TABLE b(basket, item)")
        db.executemany("INSERT INTO b VALUES(?, ?)", rows + rows[:20])
        counts = count_subsets(made)
        compare_itemsets(db, f"{baskets} baskets", made, counts, least)
        compare_rules(db, f"{baskets} baskets", made, counts, least, 0.4)
        for threads in (1, 2, 3):
            same = db.execute("SELECT group_concat(itemset || count) FROM mine_itemsets('b', ?)",
                              (f"min_count={least}, threads={threads}",)).fetchone()[0]
            first = same if threads == 1 else first
            checks.that(same == first, f"{baskets} baskets: the same rows on {threads} threads")
        db.close()
    checks.end()


main()
