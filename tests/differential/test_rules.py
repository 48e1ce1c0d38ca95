#!/usr/bin/env python3
"""Rules against enumeration in plain Python: every split of every itemset, all measures in
fractions, Fisher's exact test as a sum of whole numbers, Benjamini and Hochberg by definition.

    test_rules.py            a few hundred small random inputs, and the groceries
    test_rules.py ROUNDS     so many (tools/long_checks.sh)
"""
import fractions
import itertools
import json
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
from counted import above, subsets  # noqa: E402

mt.preload_self()
checks = mt.Checks("rules against enumeration")
failures = []


def hold(good, what, detail=""):
    """Thousands of checks: only what fails is told, and how many there were."""
    checks.done += 1
    if not good:
        failures.append(what)
        checks.that(False, what, detail)


F = fractions.Fraction
NAMES = ["count", "support", "confidence", "lift", "leverage", "conviction", "coverage", "added_value", "cosine", "jaccard",
         "kulczynski", "imbalance_ratio", "phi", "chi_squared", "odds_ratio", "certainty", "p_value", "q_value"]
INFINITE = {"conviction", "odds_ratio"}


def root(x):
    """The square root of a fraction, to the nearest double or so."""
    scale = 1 << 120
    return float(F(math.isqrt(x.numerator * scale * scale // x.denominator), scale))


def fisher(n, x, y, both):
    """P(X >= both), X of y drawn without replacement of n with x marked: whole numbers."""
    ways = sum(math.comb(x, k) * math.comb(n - x, y - k) for k in range(both, min(x, y) + 1))
    return float(F(ways, math.comb(n, y)))


def measured(n, x, y, both, baskets):
    """n, x, y, both: weights or counts as fractions."""
    s, a, c = F(both) / n, F(x) / n, F(y) / n
    conf = F(both) / x
    spread = a * c * (1 - a) * (1 - c)
    against = (x - both) * (y - both)
    more = s - a * c
    return {"support": s, "confidence": conf, "lift": s / (a * c), "leverage": more,
            "conviction": None if both == x else (1 - c) / (1 - conf), "coverage": a, "added_value": conf - c,
            "cosine": root(F(both) ** 2 / (F(x) * y)), "jaccard": F(both) / (x + y - both),
            "kulczynski": (F(both) / x + F(both) / y) / 2, "imbalance_ratio": abs(F(x) - y) / (x + y - both),
            "phi": None if spread == 0 else math.copysign(root(more ** 2 / spread), more),
            "chi_squared": None if spread == 0 else baskets * more ** 2 / spread,
            "odds_ratio": None if against == 0 else F(both) * (n - x - y + both) / against,
            "certainty": F(0) if more == 0 else (conf - c) / (1 - c) if more > 0 else (conf - c) / c}


def benjamini_hochberg(p):
    order = sorted(range(len(p)), key=lambda i: p[i])
    q, least = [0.0] * len(p), 1.0
    for place in range(len(p), 0, -1):
        i = order[place - 1]
        least = min(least, p[i] * len(p) / place)
        q[i] = least
    return q


def side_fits(side, items, option):
    return (set(option.get(side, ())) <= items and (side + "_any" not in option or set(option[side + "_any"]) & items)
            and (side + "_only" not in option or items <= set(option[side + "_only"])))


def enumerate_rules(case):
    """All rules as dicts, with p and q; what redundant and per_itemset leave out marked by their absence."""
    option, counts, baskets = case["option"], case["counts"], case["baskets"]
    n, total = len(baskets), sum(case["weights"])
    least = F(str(option["min_support"])) * total if "min_support" in option else 0
    frequent = {s: v for s, v in counts.items() if v[0] >= option.get("min_count", 1) and v[1] >= least
                and v[1] > 0 and len(s) <= option.get("max_length", 99)}
    found = []
    for s, (count, weight) in frequent.items():
        if len(s) < option.get("min_length", 2):
            continue
        for k in range(1, min(len(s) - 1, option.get("max_consequent", 1)) + 1):
            for right in map(frozenset, itertools.combinations(sorted(s), k)):
                left = s - right
                if not side_fits("antecedent", left, option) or not side_fits("consequent", right, option):
                    continue
                m = measured(total, frequent[left][1], frequent[right][1], weight, n)
                if m["confidence"] < F(str(option["min_confidence"])) or m["lift"] < F(str(option.get("min_lift", 0))):
                    continue
                m.update(count=count, left=left, right=right, p_value=fisher(n, frequent[left][0], frequent[right][0], count))
                found.append(m)
    for m, q in zip(found, benjamini_hochberg([m["p_value"] for m in found])):
        m["q_value"] = q
    if option.get("redundant") == 0:
        found = [m for m in found if not any(
            frequent[part | m["right"]][1] / frequent[part][1] >= m["confidence"]
            for k in range(1, len(m["left"])) for part in map(frozenset, itertools.combinations(sorted(m["left"]), k)))]
    return found


def sort_key(m, by):
    value = m["p_value"] if by == "q_value" else m[by]
    if value is None:
        infinite = by == "conviction" or (by == "odds_ratio" and m["phi"] is not None)
        return math.inf if infinite else -math.inf
    return -value if by in ("p_value", "q_value") else value


def make(rng):
    items = list(range(1, rng.choice((4, 5, 6, 7)) + 1))
    skew = [rng.random() + 0.1 for _ in items]
    baskets = [sorted(set(rng.choices(items, skew, k=rng.randint(1, 6)))) for _ in range(rng.choice((3, 10, 30, 80)))]
    weighted, parents = rng.random() < 0.3, {}
    weights = [F(rng.choice((0, 1, 2, 3, 5)), 2) if weighted else F(1) for _ in baskets]
    if not any(weights):
        weights[0] = F(1)
    if rng.random() < 0.35:
        for x in items:
            ups = rng.sample((101, 102, 103), rng.choice((0, 1, 1, 2)))
            if ups:
                parents[x] = ups
        if rng.random() < 0.5:
            parents[101] = [rng.choice((102, 201))]
        if not any(x in parents for b in baskets for x in b):
            parents[baskets[0][0]] = [101]
    high = above(parents)
    lifted = [set(b).union(*(high.get(x, set()) for x in b)) for b in baskets]
    option = {"min_confidence": rng.choice((0, 0.25, 0.5, 0.75)), "max_consequent": rng.choice((1, 1, 2, 3)),
              "sort": rng.choice(NAMES)}
    if rng.random() < 0.5:
        option["min_count"] = rng.randint(1, 4)
    else:
        option["min_support"] = rng.choice((0.03, 0.1, 0.25))
    for name, values in (("min_lift", (0.5, 1, 1.25)), ("min_length", (2, 3)), ("max_length", (3, 4)), ("redundant", (0, 1)),
                         ("per_itemset", (0, 1)), ("top", (1, 2, 5, 20))):
        if rng.random() < 0.35:
            option[name] = rng.choice(values)
    there = sorted(set().union(*lifted))
    for side in ("antecedent", "consequent"):
        for kind, share in (("", 0.1), ("_any", 0.25), ("_only", 0.25)):
            if rng.random() < share:
                option[side + kind] = rng.sample(there, min(len(there), 1 if not kind else rng.randint(1, 5)))
    return {"baskets": baskets, "weights": weights, "weighted": weighted, "parents": parents, "option": option, "there": there,
            "counts": subsets(lifted, weights, high)}


def contradicts(option):
    for side in ("antecedent", "consequent"):
        only = set(option.get(side + "_only", ()))
        if only and (not set(option.get(side, ())) <= only or (side + "_any" in option and not set(option[side + "_any"]) & only)):
            return True
    return bool(set(option.get("antecedent", ())) & set(option.get("consequent", ())))


def close(got, want):
    if want is None or got is None:
        return got is None and want is None
    want = float(want)
    return math.isclose(got, want, rel_tol=1e-11, abs_tol=1e-14)


def one(db, seed):
    case = make(random.Random(seed))
    option = dict(case["option"])
    if option.get("min_length", 2) > option.get("max_length", 99):
        del option["min_length"]
        case["option"] = option
    db.executescript("DROP TABLE IF EXISTS b; DROP TABLE IF EXISTS h; CREATE TABLE b(basket, item, w); CREATE TABLE h(item, parent)")
    rows = [(i, x, float(w)) for i, (b, w) in enumerate(zip(case["baskets"], case["weights"])) for x in b]
    random.Random(seed).shuffle(rows)
    db.executemany("INSERT INTO b VALUES(?, ?, ?)", rows + rows[:3])
    db.executemany("INSERT INTO h VALUES(?, ?)", [(x, p) for x, ps in case["parents"].items() for p in ps])
    given = dict(option, basket="basket", item="item")
    if case["weighted"]:
        given["weight"] = "w"
    if case["parents"]:
        given["hierarchy"] = "SELECT * FROM h"
    call = f"SELECT antecedent, consequent, antecedent_text, {', '.join(NAMES)} FROM mine_rules('b', ?)"
    try:
        got = db.execute(call, (json.dumps(given),)).fetchall()
    except Exception as error:  # noqa: BLE001 - which sentence is told below
        hold(contradicts(option), f"round {seed}: refused", f"{error} {given}")
        return
    hold(not contradicts(option), f"round {seed}: a contradiction is refused", str(given))
    compare(case, option, got, f"round {seed}: {given}")


def compare(case, option, got, name):
    found = enumerate_rules(case)
    by = {(m["left"], m["right"]): m for m in found}
    rules = [(frozenset(json.loads(r[0])), frozenset(json.loads(r[1]))) for r in got]
    hold(len(set(rules)) == len(rules) and set(rules) <= set(by), f"{name}: no rule more",
                str([r for r in rules if r not in by][:3]))
    if not set(rules) <= set(by):
        return
    wanted = found
    if option.get("per_itemset"):
        best = {}
        for m in found:
            best.setdefault(m["left"] | m["right"], []).append(m)
        wanted = [max(ms, key=lambda m: (sort_key(m, option["sort"]), m["lift"], m["confidence"])) for ms in best.values()]
    keys = sorted(((sort_key(m, option["sort"]), m["lift"], m["confidence"], m["count"]) for m in wanted), reverse=True)
    keys = [tuple(map(float, k)) for k in keys[:option.get("top", len(keys))]]
    have = [tuple(map(float, (sort_key(by[r], option["sort"]), by[r]["lift"], by[r]["confidence"], by[r]["count"]))) for r in rules]
    if option["sort"] not in ("count", "support", "confidence", "lift"):  # equal values, unequal in the last bit
        keys, have = [k[:1] for k in keys], [k[:1] for k in have]
    same = len(keys) == len(have) and all(
        all(a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-13) for a, b in zip(x, y)) for x, y in zip(keys, have))
    hold(same, f"{name}: which, in order", f"{len(have)} of {len(keys)}")
    for r, row in zip(rules, got):
        m = by[r]
        names = NAMES[:-1] if "top" in option else NAMES
        wrong = [n for n, v in zip(names, row[3:]) if not close(v, m[n])]
        hold(not wrong, f"{name}: {wrong}", f"{r}")
        if "top" in option:
            hold(m["q_value"] * (1 - 1e-12) <= row[-1] <= 1 and row[-1] >= row[-2], f"{name}: q with top", f"{row[-1]}")
        words = {x.strip() for x in row[2].split(",")}
        hold(words == {str(x) for x in r[0]}, f"{name}: in words", row[2])


def same_answer(db, first, second, name):
    """Two calls, each (source, options, and what a row must be): the same rules and measures."""
    call = (f"SELECT antecedent_text, consequent_text, {', '.join(NAMES)} FROM mine_rules(?, ?) WHERE group_value IS ? "
            "ORDER BY antecedent_text, consequent_text")
    a, b = (db.execute(call, x).fetchall() for x in (first, second))
    hold(a == b, name, f"{len(a)} and {len(b)} rules")


def told_otherwise(db, seed):
    """Quantities, levels, groups and equal weights against sources in which that was done by SQL."""
    rng = random.Random(seed)
    db.executescript("DROP TABLE IF EXISTS l; CREATE TABLE l(basket, item, n, shop, w)")
    shops = [rng.choice("NS") for _ in range(25)]
    rows = [(b, rng.choice("abcde"), rng.choice((-1, 1, 1, 2, 3, 7)), shops[b], 2 + (b % 3) / 4)
            for b in range(25) for _ in range(rng.randint(1, 6))]
    db.executemany("INSERT INTO l VALUES(?, ?, ?, ?, ?)", rows)
    option = f"min_count={rng.randint(1, 3)}, min_confidence={rng.choice((0, 0.4))}, max_consequent=2"
    names = option + ", basket=basket, item=item"
    summed = "SELECT basket, item, sum(n) AS n FROM l GROUP BY basket, item"
    # a basket without any item that counts is one all the same: it holds an item that nothing else has
    for bar, own in (("", "n > 0"), (", min_quantity=3", "n >= 3")):
        db.executescript(f"DROP TABLE IF EXISTS q; CREATE TABLE q AS SELECT basket, item FROM ({summed}) WHERE {own} "
                         "UNION ALL SELECT DISTINCT basket, 'none ' || basket FROM l")
        only = "|".join(x for (x,) in db.execute("SELECT DISTINCT item FROM q WHERE item NOT LIKE 'none%'")) or "none 0"
        same_answer(db, ("l", f"{names}, quantity=n{bar}", None),
                    ("q", f"{option}, antecedent_only={only}, consequent_only={only}", None), f"quantities {seed}{bar}")
    db.executescript(f"""DROP TABLE IF EXISTS q; CREATE TABLE q AS SELECT basket, item || CASE WHEN n < 2 THEN ' (<2)'
        WHEN n < 6 THEN ' (2 to <6)' ELSE ' (6+)' END AS item FROM ({summed}) WHERE n > 0
        UNION ALL SELECT DISTINCT basket, 'all' FROM l""")
    levels = [x for (x,) in db.execute("SELECT DISTINCT item FROM q WHERE item <> 'all'")]
    only = "|".join(levels)
    same_answer(db, ("l", f"{names}, quantity=n, quantity_levels=2|6", None),
                ("q", f"{option}, antecedent_only={only}, consequent_only={only}", None), f"levels {seed}")
    for shop in sorted(set(shops)):
        same_answer(db, ("l", f"{names}, group=shop, weight=w", shop),
                    (f"SELECT basket, item, w, shop FROM l WHERE shop = '{shop}'", f"{names}, weight=w, group=shop", shop), f"groups {seed}")
    same_answer(db, ("l", names, None), ("SELECT basket, item, 0.5 AS w FROM l", names + ", weight=w", None), f"equal weights {seed}")


def groceries(db, scipy):
    """The published numbers of rules, and every measure of each in exact arithmetic."""
    path = mt.DATA / "groceries.csv"
    if not path.exists():
        print(f"skipped: {path}")
        return
    baskets = [frozenset(x for x in line.split(",") if x) for line in path.read_text("utf-8").splitlines() if line]
    db.execute("CREATE TABLE g(basket, item)")
    db.executemany("INSERT INTO g VALUES(?, ?)", [(i, x) for i, b in enumerate(baskets) for x in b])
    lists = {}
    for i, b in enumerate(baskets):
        for x in b:
            lists.setdefault(x, set()).add(i)
    n = len(baskets)
    for options, rules in (("min_support=0.006, min_confidence=0.25", 463), ("min_support=0.001, min_confidence=0.8", 410)):
        got = db.execute(f"SELECT antecedent, consequent, {', '.join(NAMES)} FROM mine_rules('g', ?)", (options,)).fetchall()
        checks.that(len(got) == rules, f"groceries {options}: {rules} rules", str(len(got)))
        q = benjamini_hochberg([r[-2] for r in got])
        for place, (row, want_q) in enumerate(zip(got, q)):
            left = set.intersection(*(lists[x] for x in json.loads(row[0])))
            right = set.intersection(*(lists[x] for x in json.loads(row[1])))
            m = measured(n, len(left), len(right), len(left & right), n)
            m.update(count=len(left & right), q_value=want_q,
                     p_value=row[-2] if place % 20 else fisher(n, len(left), len(right), len(left & right)))
            wrong = [k for k, v in zip(NAMES, row[2:]) if not (v is None and m[k] is None)
                     and (v is None or m[k] is None or not math.isclose(v, float(m[k]), rel_tol=1e-12, abs_tol=1e-15))]
            hold(not wrong, f"groceries {options}: {wrong}", f"{row[:2]}")
            if scipy:
                there = scipy.hypergeom.sf(len(left & right) - 1, n, len(left), len(right))
                hold(math.isclose(row[-2], there, rel_tol=1e-8), "groceries: scipy's p", f"{row[-2]} {there}")
        first = db.execute("SELECT antecedent FROM mine_rules('g', ?)", (options + ", top=7",)).fetchall()
        checks.that(first == [(r[0],) for r in got[:7]], f"groceries {options}: the top 7")


def main():
    try:
        from scipy import stats as scipy
    except ImportError:
        scipy = None
    db = mt.connect()
    groceries(db, scipy)
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 300):
        one(db, seed)
        if seed % 4 == 0:
            told_otherwise(db, seed)
    checks.that(not failures, "all of the rounds", f"{checks.done} checks")
    checks.end()


main()
