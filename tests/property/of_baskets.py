"""Itemsets and rules against a count of every subset."""
import collections
import itertools
import json
import math

import tables
from lab import must, options, prop, same

ITEMS = [["bread", "butter", "jam", "milk", "tea"], ["面包", "黄油", "果酱"], [1, 2, 3, 4, 5, 6], ["1", 1, "x"],
         ["it's", 'a"b', "c,d", "e|f"], ["a\0b", "a\0c", "a"], [1.5, 2.5, -1, 2**60], ["", " ", "a", "b"],
         ["\u0007", "\\", "\U0001F600", "é"], ["A", "a", "A "]]


def baskets(rng):
    items = list(rng.choice(ITEMS))
    n = rng.choice((1, 2, 4, 8, 15, 40, 100))
    weights = [rng.random() ** 2 + 0.05 for _ in items]
    ids = rng.choice([list(range(1, n + 1)), [f"b{i}" for i in range(n)], [i * 1.5 for i in range(n)]])
    rows = []
    for b in ids:
        for _ in range(rng.choice((0, 1, 2, 3, 4, 5))):
            item = rng.choices(items, weights)[0]
            rows.append([b if rng.random() > 0.03 else None, item if rng.random() > 0.03 else None, rng.choice("gh")])
    rng.shuffle(rows)
    columns = [tables.Column(rng.choice(["basket", "order"]), "", "category", "basket"),
               tables.Column(rng.choice(["item", "品"]), "", "category", "item"), tables.Column("part", "TEXT", "category", "group")]
    given = {}
    if rng.random() < 0.5:
        given["min_count"] = rng.randint(1, 4)
    else:
        given["min_support"] = rng.choice([0.01, 0.05, 0.07, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 0.6, 0.7, 1])
    if rng.random() < 0.3:
        given["max_length"] = rng.randint(1, 4)
    case = {"tables": {"t": tables.Table(columns, rows)}, "given": given,
            "kind": rng.choice(["all", "all", "closed", "maximal"])}
    case["rules"] = {"min_confidence": rng.choice([0, 0.1, 0.5, 0.6, 0.9, 1]), "max_consequent": rng.choice([1, 1, 2, 3]),
                     "sort": rng.choice(["lift", "confidence", "support", "count", "leverage", "conviction"])}
    if rng.random() < 0.3:
        case["rules"]["min_lift"] = rng.choice([0, 0.8, 1, 1.2])
    case["grouped"] = rng.random() < 0.25
    return case


def typed(value):
    return (isinstance(value, str), value)


def blank(value):
    return value is None or (isinstance(value, str) and value.strip(" ") == "")


def gathered(rows):
    """basket -> set of items; what is missing is skipped."""
    out = collections.defaultdict(set)
    for basket, item in rows:
        if not blank(basket) and not blank(item):
            out[typed(basket)].add(typed(item))
    return list(out.values())


def counted(sets, given):
    """Every frequent itemset and its count."""
    longest = given.get("max_length", 10**9)
    times = collections.Counter()
    for s in sets:
        for k in range(1, min(len(s), longest) + 1):
            times.update(map(frozenset, itertools.combinations(s, k)))
    n = len(sets)
    if "min_count" in given:
        return {s: c for s, c in times.items() if c >= given["min_count"]}
    return {s: c for s, c in times.items() if c / n >= given["min_support"]}


def items_of(text):
    return frozenset(typed(v) for v in json.loads(text))


def read(lab, case):
    table = case["tables"]["t"]
    lab.create("t", table)
    names = [table.of("basket").name, table.of("item").name]
    given = dict(case["given"], basket=names[0], item=names[1])
    return [r[:3] for r in lab.db.execute("SELECT * FROM t").fetchall()], given


@prop("mine_itemsets", make=baskets, cases=120)
def itemsets(lab, case):
    """All, closed and maximal itemsets: the same sets and counts."""
    rows, given = read(lab, case)
    sets = gathered([r[:2] for r in rows])
    frequent = counted(sets, case["given"])
    found, error = lab.refused("SELECT itemset, size, count, support FROM mine_itemsets('t', ?)",
                               options(dict(given, kind=case["kind"])))
    if not sets:
        must(error is not None or found == [], "itemsets: of nothing", found)
        return
    must(error is None, "itemsets: refused", error)
    # closed and maximal: among sets of any length
    every = counted(sets, {k: v for k, v in case["given"].items() if k != "max_length"})
    if case["kind"] == "closed":
        frequent = {s: c for s, c in frequent.items() if not any(s < t and c == d for t, d in every.items())}
    elif case["kind"] == "maximal":
        frequent = {s: c for s, c in frequent.items() if not any(s < t for t in every)}
    got = {items_of(r[0]): r for r in found}
    must(len(got) == len(found), "itemsets: one twice", found)
    must(set(got) == set(frequent), f"itemsets: {case['kind']}",
         lambda: f"more {set(got) - set(frequent)}, less {set(frequent) - set(got)}")
    for s, count in frequent.items():
        _, size, n, support = got[s]
        must((size, n) == (len(s), count), "itemsets: count", (s, size, n, count))
        same(support, count / len(sets), "itemsets: support", 1e-15)
    must([r[2] for r in found] == sorted((r[2] for r in found), reverse=True), "itemsets: falling count", found)


def divided(a, b):
    return a / b if b else None


def measured(n, both, left, right):
    """The measures by their formulas, of counts; None where a division is by zero."""
    s, a, c = both / n, left / n, right / n
    confidence = both / left
    chance = a * c * (1 - a) * (1 - c)
    return {"count": both, "support": s, "confidence": confidence, "lift": both * n / (left * right), "leverage": s - a * c,
            "conviction": None if both == left else (1 - c) / (1 - confidence), "coverage": a,
            "added_value": confidence - c, "cosine": both / math.sqrt(left * right), "jaccard": both / (left + right - both),
            "kulczynski": (both / left + both / right) / 2, "imbalance_ratio": abs(left - right) / (left + right - both),
            "phi": None if chance == 0 or n in (left, right) else (s - a * c) / math.sqrt(chance),
            "chi_squared": None if chance == 0 or n in (left, right) else n * (s - a * c) ** 2 / chance}


def expected_rules(sets, case):
    given, rules = case["given"], case["rules"]
    frequent = counted(sets, given)
    n, out = len(sets), {}
    for s, both in frequent.items():
        for k in range(1, min(len(s) - 1, rules["max_consequent"]) + 1):
            for right in map(frozenset, itertools.combinations(s, k)):
                left = s - right
                m = measured(n, both, frequent[left], frequent[right])
                if m["confidence"] >= rules["min_confidence"] and m["lift"] >= rules.get("min_lift", 0):
                    out[left, right] = m
    return out


@prop("mine_rules", make=baskets, cases=120)
def rules(lab, case):
    """The same rules and measures; in the order asked for; group= is each part on its own."""
    rows, given = read(lab, case)
    names = ["count", "support", "confidence", "lift", "leverage", "conviction", "coverage", "added_value", "cosine",
             "jaccard", "kulczynski", "imbalance_ratio", "phi", "chi_squared"]
    asked = dict(given, **case["rules"])
    parts = {None: rows}
    if case["grouped"]:
        asked["group"] = "part"
        parts = {g: [r for r in rows if r[2] == g] for g in sorted({r[2] for r in rows})}
    found, error = lab.refused(f"SELECT antecedent, consequent, group_value, {', '.join(names)} FROM mine_rules('t', ?)",
                               options(asked))
    if not gathered([r[:2] for r in rows]):
        must(error is not None or found == [], "rules: of nothing", found)
        return
    must(error is None, "rules: refused", error)
    for part, inside in parts.items():
        sets = gathered([r[:2] for r in inside])
        want = expected_rules(sets, case) if sets else {}
        own = [r for r in found if r[2] == part]
        got = {(items_of(r[0]), items_of(r[1])): r[3:] for r in own}
        must(len(got) == len(own), "rules: one twice", own)
        must(set(got) == set(want), "rules: which", lambda: f"more {set(got) - set(want)}, less {set(want) - set(got)}")
        for key, m in want.items():
            for name, value in zip(names, got[key]):
                same(value, m[name], f"rules: {name}", 1e-9, 1e-6 if name in ("leverage", "added_value", "phi", "chi_squared",
                                                                              "conviction") else 0)
        order = [(math.inf if v is None else v) for v in (got_row[names.index(case["rules"]["sort"]) + 3] for got_row in own)]
        must(all(a >= b - 1e-12 for a, b in zip(order, order[1:])), f"rules: order by {case['rules']['sort']}", order[:9])
