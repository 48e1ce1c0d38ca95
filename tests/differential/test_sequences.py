#!/usr/bin/env python3
"""Sequences, their rules and outcomes against listing every sequence of every customer (plain Python)."""
import itertools
import json
import math
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
from journeys import holds  # noqa: E402

mt.preload_self()
checks = mt.Checks("sequences against brute force")

LIMITS = ("min_gap", "max_gap", "max_span", "within")


def subsets(items):
    items = sorted(items)
    return [c for n in range(1, len(items) + 1) for c in itertools.combinations(items, n)]


def held(events, limits, concludes=False):
    """Every sequence that (time, items) events hold; with `concludes` the last step has the window of a
    rule: {sequence: (where the last event lies, where the one before)}, of the earliest last one."""
    found = {}
    # Each event as a set of a few letters is replaced by all its subsets.
    choices = [subsets(items) for _, items in events]
    least = limits.get("min_gap", 0)

    def meets(first, before, now, most):
        gap = events[now][0] - events[before][0]
        return (gap >= least - 1e-9 and gap <= most + 1e-9
                and events[now][0] - events[first][0] <= limits.get("max_span", math.inf) + 1e-9)

    def note(pattern, last, before):
        old = found.get(pattern)
        if old is None or (last, -before) < (old[0], -old[1]):
            found[pattern] = (last, before)

    def grow(pattern, first, last):
        for now in range(last + 1, len(events)):
            grows = meets(first, last, now, limits.get("max_gap", math.inf))
            ends = meets(first, last, now, limits.get("within", limits.get("max_gap", math.inf)))
            for chosen in choices[now] if grows or ends else ():
                if concludes and ends:
                    note((*pattern, chosen), now, last)
                if grows:
                    if not concludes:
                        note((*pattern, chosen), now, last)
                    grow((*pattern, chosen), first, now)

    for start in range(len(events)):
        for chosen in choices[start]:
            if not concludes:
                note((chosen,), start, start)
            grow((chosen,), start, start)
    return found


def tally(customers, limits):
    counts = {}
    for customer, events in customers.items():
        for pattern in held(events, limits):
            counts.setdefault(pattern, set()).add(customer)
    return counts


def random_customers(rng):
    letters = "abcd"[:rng.randint(1, 4)]
    widest = rng.choice((1, 1, 2, 3))
    steps = rng.choice(((1,), (1, 2, 3), (0.1, 0.25, 0.5)))
    customers = {}
    for customer in range(rng.randint(1, 8)):
        time, events = rng.randint(0, 3), []
        for _ in range(rng.randint(1, 5)):
            events.append((time, set(rng.choices(letters, k=rng.randint(1, widest)))))
            time = round(time + rng.choice(steps), 6)
        customers[customer] = events
    return customers


def random_limits(rng, rules):
    limits = {}
    for name, chance in (("min_gap", .3), ("max_gap", .4), ("max_span", .3), ("within", .5 if rules else 0)):
        if rng.random() < chance:
            limits[name] = rng.choice((0.1, 0.5, 1, 2, 3, 5))
    least = limits.get("min_gap", 0)
    return {n: v for n, v in limits.items() if n == "min_gap" or v >= least}


def load(db, customers, outcome=None):
    rows = [(f"c{c}", t, i, outcome and outcome[c]) for c, events in customers.items() for t, items in events for i in items]
    rows += rng_shuffled.sample(rows, len(rows) // 4)  # twice the same says nothing new
    rng_shuffled.shuffle(rows)
    db.execute("DROP TABLE IF EXISTS s")
    db.execute("CREATE TABLE s(customer, time, item, outcome)")
    db.executemany("INSERT INTO s VALUES(?, ?, ?, ?)", rows)


rng_shuffled = random.Random(5)


def as_pattern(text):
    return tuple(tuple(e) for e in json.loads(text))


def words(options):
    return ", ".join(f"{k}={v}" for k, v in options.items())


def compare_sequences(db, rng, customers, name):
    limits = random_limits(rng, False)
    kind = "all" if "max_gap" in limits else rng.choice(("all", "closed"))
    least = rng.randint(1, max(1, len(customers) // 2))
    options = dict(limits, min_count=least, kind=kind, threads=rng.choice((1, 2, 3)))
    counts = {p: len(c) for p, c in tally(customers, limits).items()}
    expected = {p: c for p, c in counts.items() if c >= least}
    if kind == "closed":
        expected = {p: c for p, c in expected.items()
                    if not any(d == c and q != p and holds(q, p) for q, d in expected.items())}
    for option, value, keep in (("max_length", rng.randint(1, 4), lambda p, v: len(p) <= v),
                                ("max_items", rng.randint(1, 4), lambda p, v: sum(map(len, p)) <= v),
                                ("min_length", 2, lambda p, v: len(p) >= v),
                                ("contains", "a", lambda p, v: any(v in e for e in p))):
        if rng.random() < .2 and (option != "contains" or any("a" in e for p in counts for e in p)):
            if option == "min_length" and options.get("max_length", 9) < 2:
                continue
            options[option] = value
            expected = {p: c for p, c in expected.items() if keep(p, value)}
    top = rng.randint(1, 5) if rng.random() < .2 else None
    if top:
        options["top"] = top
    source = "SELECT customer, time, item FROM s"
    rows = db.execute("SELECT sequence, length, items, count, support, outcome FROM mine_sequences(?, ?)",
                      (source, words(options))).fetchall()
    got = {as_pattern(r[0]): r[3] for r in rows}
    wanted = sorted(expected, key=lambda p: (-expected[p], len(p), sum(map(len, p)),
                                             [(i, k > 0) for e in p for k, i in enumerate(e)]))
    if top:
        wanted = wanted[:top]
    good = (list(got) == wanted and len(rows) == len(got) and all(got[p] == expected[p] for p in wanted)
            and all(r[1] == len(p) and r[2] == sum(map(len, p)) and math.isclose(r[4], r[3] / len(customers)) and r[5] is None
                    for r, p in zip(rows, wanted)))
    checks.that(good, f"{name}: {words(options)}", f"{customers}: {len(got)} of {len(wanted)}: "
                f"too many {set(got) - set(wanted)}, missing {set(wanted) - set(got)}" if not good else "")
    return good


def compare_rules(db, rng, customers, name):
    limits = random_limits(rng, True)
    least, confidence = rng.randint(1, 3), rng.choice((0, .3, .5, 1))
    options = dict(limits, min_count=least, min_confidence=confidence, threads=rng.choice((1, 2)))
    before = {p: len(c) for p, c in tally(customers, limits).items()}
    gaps = {}
    for events in customers.values():
        for pattern, (last, from_) in held(events, limits, concludes=True).items():
            gaps.setdefault(pattern, []).append(events[last][0] - events[from_][0])
    expected = {(p[:-1], p[-1]): g for p, g in gaps.items()
                if len(g) >= least and len(g) / before[p[:-1]] >= confidence}
    rows = db.execute("SELECT antecedent, consequent, count, support, confidence, lift, mean_gap, median_gap "
                      "FROM mine_sequence_rules('SELECT customer, time, item FROM s', ?)", (words(options),)).fetchall()
    got = {(as_pattern(r[0]), tuple(json.loads(r[1]))): r for r in rows}
    good = set(got) == set(expected) and len(rows) == len(got)
    n = len(customers)
    for (a, c), gap in expected.items():
        row = got.get((a, c))
        good = good and row is not None and row[2] == len(gap) and math.isclose(row[3], len(gap) / n) \
            and math.isclose(row[4], len(gap) / before[a]) \
            and math.isclose(row[5], len(gap) / before[a] / (before[(c,)] / n)) \
            and math.isclose(row[6], statistics.fmean(gap), abs_tol=1e-9) \
            and math.isclose(row[7], statistics.median(gap), abs_tol=1e-9)
    good = good and [r[5] for r in rows] == sorted((r[5] for r in rows), reverse=True)
    checks.that(good, f"{name}: rules, {words(options)}", f"{customers}: {set(got) ^ set(expected)}" if not good else "")
    return good


def fisher(a, b, c, d):
    n, row, column = a + b + c + d, a + b, a + c
    chance = [math.comb(column, x) * math.comb(n - column, row - x)
              for x in range(max(0, row + column - n), min(row, column) + 1)]
    own = chance[a - max(0, row + column - n)]
    return sum(x for x in chance if x <= own * (1 + 1e-7)) / math.comb(n, row)


def q_values(p):
    order, q, least = sorted(range(len(p)), key=lambda i: -p[i]), [0] * len(p), 1
    for rank, i in enumerate(order):
        least = min(least, p[i] * len(p) / (len(p) - rank))
        q[i] = least
    return q


def compare_outcomes(db, rng, customers, name):
    if len(customers) < 2:
        return True
    outcome = {c: rng.choice("ny") for c in customers}
    outcome[0], outcome[1] = "n", "y"
    load(db, customers, outcome)
    limits = random_limits(rng, False)
    positives = sum(o == "y" for o in outcome.values())
    others, share = len(customers) - positives, rng.choice((.2, .5, .8))
    found = {}
    for pattern, who in tally(customers, limits).items():
        a = sum(outcome[c] == "y" for c in who)
        if a >= math.ceil(share * positives - 1e-9) or len(who) - a >= math.ceil(share * others - 1e-9):
            found[pattern] = (a, len(who) - a)
    p = {k: fisher(a, b, positives - a, others - b) for k, (a, b) in found.items()}
    q = dict(zip(p, q_values(list(p.values()))))
    rows = db.execute("SELECT sequence, count, outcome, positives, rate, lift, support_positive, support_other, "
                      "difference, p_value, q_value FROM mine_sequences('s', ?)",
                      (words(dict(limits, outcome="outcome", min_support=share, threads=rng.choice((1, 2)))),)).fetchall()
    got = {as_pattern(r[0]): r for r in rows}
    good = set(got) == set(found) and len(rows) == len(got)
    for pattern, (a, b) in found.items() if good else ():
        row, rate = got[pattern], a / (a + b)
        difference = a / positives - b / others
        expected = (a + b, a, rate, rate / (positives / (positives + others)), a / positives, b / others, difference,
                    p[pattern], q[pattern])
        good = good and all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)
                            for x, y in zip((row[1], *row[3:]), expected))
        good = good and row[2] == ("y" if difference >= 0 else "n")
    good = good and all(x[9] <= y[9] * (1 + 1e-9) for x, y in zip(rows, rows[1:]))
    checks.that(good, f"{name}: outcomes, {words(limits)}", f"{customers} {outcome}: {set(got) ^ set(found)}" if not good else "")
    return good


def random_rounds(rounds):
    db = mt.connect()
    for seed in range(rounds):
        rng = random.Random(seed)
        customers = random_customers(rng)
        load(db, customers)
        if not (compare_sequences(db, rng, customers, f"seed {seed}") and compare_rules(db, rng, customers, f"seed {seed}")
                and compare_outcomes(db, rng, customers, f"seed {seed}")):
            break


random_rounds(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
checks.end()
