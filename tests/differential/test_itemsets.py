#!/usr/bin/env python3
"""Itemsets and rules against counting every subset of every basket (plain Python).

    test_itemsets.py            four tables, and a few hundred small random ones
    test_itemsets.py ROUNDS     so many (tools/long_checks.sh)
"""
import itertools
import json
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
from counted import F, above, subsets  # noqa: E402

mt.preload_self()
checks = mt.Checks("itemsets against brute force")
failures = []


def hold(good, what, detail=""):
    """Thousands of checks: only what fails is told."""
    checks.done += 1
    if not good:
        failures.append(what)
        checks.that(False, what, detail)


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


# ---- small random inputs: every kind, with weights, groups of items and items that are always together ----


def make(rng):
    items = list(range(1, rng.choice((3, 5, 7, 9)) + 1))
    share = [rng.choice((0.05, 0.2, 0.5, 0.9, 1)) for _ in items]
    baskets = [{x for x, p in zip(items, share) if rng.random() < p} for _ in range(rng.choice((1, 3, 10, 40, 120)))]
    for twin in rng.sample(items, rng.choice((0, 0, 1, 2))):  # in the same baskets as another one
        other = rng.choice(items)
        baskets = [b - {twin} | ({twin} if other in b or other == twin and twin in b else set()) for b in baskets]
    baskets = [b for b in baskets for _ in range(rng.choice((1, 1, 1, 5)))] if rng.random() < 0.2 else baskets
    baskets = [b for b in baskets if b] or [{1}]
    weighted, parents = rng.random() < 0.4, {}
    weights = [F(rng.choice((0, 1, 2, 3, 5, 40)), 2) if weighted else F(1) for _ in baskets]
    if not any(weights):
        weights[0] = F(1)
    if rng.random() < 0.35:
        for x in items:
            parents[x] = rng.sample((101, 102, 103), rng.choice((0, 1, 1, 2)))
        if rng.random() < 0.5:
            parents[101] = [rng.choice((102, 201))]
        if not any(parents.get(x) for b in baskets for x in b):
            parents[min(baskets[0])] = [101]
        parents = {x: ps for x, ps in parents.items() if ps}
    option = {"kind": rng.choice(("all", "closed", "maximal")), "threads": rng.choice((1, 2, 3))}
    if rng.random() < 0.5:
        option["min_count"] = rng.randint(1, 5)
    else:
        option["min_support"] = rng.choice((0.02, 0.1, 0.25, 0.5, 1))
    if rng.random() < 0.3:
        option["max_length"] = rng.randint(1, 4)
    return baskets, weights, weighted, parents, option


def wanted(counts, baskets, weights, weighted, option):
    """itemset -> (count, weight) by the definitions.  A larger set is one of those that may be."""
    least = F(str(option.get("min_support", 0))) * (sum(weights) if weighted else len(baskets))
    enough = {s: v for s, v in counts.items() if v[0] >= option.get("min_count", 1) and v[1] >= least and v[1] > 0}
    larger = {}  # the count of the most frequent larger one
    for s, (count, _) in enough.items():
        for x in s:
            part = s - {x}
            larger[part] = max(larger.get(part, 0), count)
    keep = {"all": lambda s, c: True, "closed": lambda s, c: larger.get(s) != c, "maximal": lambda s, c: s not in larger}
    return {s: v for s, v in enough.items() if keep[option["kind"]](s, v[0]) and len(s) <= option.get("max_length", 99)}


def one(db, seed):
    rng = random.Random(seed)
    baskets, weights, weighted, parents, option = make(rng)
    high = above(parents)
    lifted = [b.union(*(high.get(x, set()) for x in b)) for b in baskets]
    expected = wanted(subsets(lifted, weights, high), baskets, weights, weighted, option)
    db.executescript("DROP TABLE IF EXISTS b; DROP TABLE IF EXISTS h; CREATE TABLE b(basket, item, w); CREATE TABLE h(item, parent)")
    rows = [(i, x, float(w)) for i, (b, w) in enumerate(zip(baskets, weights)) for x in b]
    rng.shuffle(rows)
    db.executemany("INSERT INTO b VALUES(?, ?, ?)", rows + rows[:3])
    db.executemany("INSERT INTO h VALUES(?, ?)", [(x, p) for x, ps in parents.items() for p in ps])
    given = dict(option, basket="basket", item="item")
    if weighted:
        given["weight"] = "w"
    if parents:
        given["hierarchy"] = "SELECT * FROM h"
    given, name = json.dumps(given), f"round {seed}: {given}"
    got = db.execute("SELECT itemset, size, count, support FROM mine_itemsets('b', ?)", (given,)).fetchall()
    sets = [frozenset(json.loads(r[0])) for r in got]
    hold(len(set(sets)) == len(sets) and set(sets) == set(expected), f"{name}: which sets",
         f"more {[set(s) for s in set(sets) - set(expected)][:3]}, less {[set(s) for s in set(expected) - set(sets)][:3]}")
    total = sum(weights) if weighted else len(baskets)
    for s, (_, size, count, support) in zip(sets, got):
        if s in expected:
            hold((size, count) == (len(s), expected[s][0]), f"{name}: size and count", f"{set(s)} {count}")
            hold(math.isclose(support, expected[s][1] / total, rel_tol=1e-12), f"{name}: support", f"{set(s)} {support}")
    by = [(-r[2], r[1]) for r in got]
    hold(by == sorted(by), f"{name}: the order")
    counted = db.execute("SELECT size, count FROM mine_itemsets('b', ?)", (given,)).fetchall()
    hold(counted == [r[1:3] for r in got], f"{name}: counted")


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
    db = mt.connect()
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 300):
        one(db, seed)
    checks.that(not failures, "all of the rounds", f"{checks.done} checks")
    checks.end()


main()
