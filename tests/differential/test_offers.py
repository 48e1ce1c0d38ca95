#!/usr/bin/env python3
"""TIFU-KNN, the rules' recommender and the measures of offers against plain Python; and the
published protocol of next baskets where the data are there."""
import csv, itertools, json, lzma, math, os, random, sqlite3, sys, unittest
from collections import Counter, defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import minetest as mt  # noqa: E402

mt.preload_self()


def connect(rows):
    db = sqlite3.connect(":memory:")
    db.enable_load_extension(True)
    db.load_extension(os.environ["MINE_EXTENSION"])
    db.execute("CREATE TABLE t(c, i, t)")
    db.executemany("INSERT INTO t VALUES(?,?,?)", rows)
    return db


def events(seed, customers, items, rows, times):
    chance = random.Random(seed)
    return [(chance.randrange(customers), int(items * chance.random() ** 2),
             chance.randrange(times)) for _ in range(rows)]


def baskets(rows):
    of = defaultdict(lambda: defaultdict(set))
    for customer, item, time in rows:
        of[customer][time].add(item)
    return {c: [b[t] for t in sorted(b)] for c, b in of.items()}


def tifu_vector(history, groups, within, across):
    n, m = len(history), min(groups, len(history))
    least, extra = divmod(n, m)
    sizes = [least] * (m - extra) + [least + 1] * extra
    to, at = defaultdict(float), 0
    for g, size in enumerate(sizes):
        for j in range(size):
            for item in history[at + j]:
                to[item] += within ** (size - 1 - j) / size * across ** (m - 1 - g) / m
        at += size
    return to


class Tifu(unittest.TestCase):
    def one(self, seed, k, groups, within, across, alpha):
        rows = events(seed, 23, 15, 260, 11)
        of = baskets(rows)
        vector = {c: tifu_vector(h, groups, within, across) for c, h in of.items()}
        first = list(dict.fromkeys(c for c, _, _ in rows))  # of equals the first comes first
        db = connect(rows)
        db.execute("SELECT mine_train('m','tifu','t',?)",
                   ("neighbors=%d,groups=%d,within_decay=%g,group_decay=%g,alpha=%g"
                    % (k, groups, within, across, alpha),)).fetchone()
        got = {(c, i): s for c, i, s in
               db.execute("SELECT id, item, score FROM mine_recommend('m',NULL,'top=99')")}
        want = {}
        for c, own in vector.items():
            def distance(o):
                v = vector[o]
                return sum((own.get(i, 0) - v.get(i, 0)) ** 2 for i in set(own) | set(v))
            near = sorted((o for o in first if o != c),
                          key=lambda o: (round(distance(o), 12), first.index(o)))[:k]
            for i in set(own).union(*(vector[o] for o in near)):
                want[c, i] = alpha * own.get(i, 0) + \
                    (1 - alpha) * sum(vector[o].get(i, 0) for o in near) / len(near)
        self.assertEqual(set(got), set(want))
        for at, v in want.items():
            self.assertAlmostEqual(got[at], v, delta=1e-12)

    def test_scores(self):
        for seed, how in enumerate([(5, 3, .9, .7, .7), (1, 7, .5, .3, .5), (22, 2, 1, 1, .1),
                                    (99, 4, .9, .6, .9)]):
            self.one(seed, *how)


class Rules(unittest.TestCase):
    def one(self, seed, support, confidence, lift):
        rows = events(seed, 30, 9, 150, 5)
        sets = {c: set().union(*h) for c, h in baskets(rows).items()}
        n, items = len(sets), sorted({i for s in sets.values() for i in s})
        count = {}
        for size in (1, 2, 3, 4):
            for some in itertools.combinations(items, size):
                count[frozenset(some)] = sum(set(some) <= s for s in sets.values())
        least = max(1, math.ceil(support * n - 1e-9))
        best = {}
        for some, c in count.items():
            if len(some) < 2 or c < least:
                continue
            for right in some:
                left = some - {right}
                sure = c / count[left]
                if sure < confidence or c * n < lift * count[left] * count[frozenset([right])]:
                    continue
                for who, has in sets.items():
                    if left <= has and right not in has:
                        best[who, right] = max(best.get((who, right), 0), sure)
        db = connect(rows)
        db.execute("SELECT mine_train('m','rules','t',?)",
                   ("min_support=%g,min_confidence=%g,min_lift=%g" % (support, confidence, lift),)
                   ).fetchone()
        got = {}
        for c, i, s, why in db.execute(
                "SELECT id, item, score, because FROM mine_recommend('m',NULL,'top=99,because=9')"):
            if "popular" in why:
                continue
            got[c, i] = s
            left = frozenset(json.loads(why))
            self.assertEqual(count[left | {i}] / count[left], s)
        self.assertEqual(got, best)

    def test_scores(self):
        for seed, how in enumerate([(.1, .2, 0), (.2, .5, 1), (.05, .1, 1.1)]):
            self.one(seed, *how)


def measures(k, offers, before, later, customers, n_items):
    """The formulas of the literature, one customer at a time."""
    sums, n, offered, novelty = defaultdict(float), 0, set(), []
    repeats, new = [], []
    taken = defaultdict(int)
    for b in before.values():
        for i in b:
            taken[i] += 1
    for c, t in later.items():
        top, had = offers.get(c, [])[:k], before.get(c, set())
        hit = [i in t for i in top]
        n += 1
        sums["precision"] += sum(hit) / k
        sums["recall"] += sum(hit) / len(t)
        sums["hit"] += any(hit)
        sums["ndcg"] += sum(h / math.log2(r + 2) for r, h in enumerate(hit)) / \
            sum(1 / math.log2(r + 2) for r in range(min(k, len(t))))
        sums["map"] += sum(h * sum(hit[:r + 1]) / (r + 1) for r, h in enumerate(hit)) / min(k, len(t))
        if t & had: repeats.append(len(set(top) & t & had) / len(t & had))
        if t - had: new.append(len(set(top) & (t - had)) / len(t - had))
        sums["share"] += len(t & had) / len(t)
        offered |= set(top)
        novelty += [-math.log2(taken[i] / customers) for i in top]
    to = {m + "@%d" % k: sums[m] / n for m in ("precision", "recall", "hit", "ndcg", "map")}
    to.update({"rows": n, "repeat_share": sums["share"] / n, "coverage": len(offered) / n_items,
               "novelty": sum(novelty) / len(novelty), "repeat_recall@%d" % k: sum(repeats) / len(repeats),
               "new_recall@%d" % k: sum(new) / len(new)})
    return to


class Measures(unittest.TestCase):
    def same(self, got, want):
        self.assertEqual(set(got), set(want))
        for name, v in want.items():
            self.assertAlmostEqual(got[name], v, delta=1e-12, msg=name)

    def test_source(self):
        for seed, algorithm in enumerate(["gp", "cooccurrence", "tifu", "rules"]):
            rows = events(seed, 25, 20, 200, 6)
            known = {i for _, i, t in rows if t < 5}
            later = defaultdict(set)
            for c, i, t in rows:
                if t == 5: later[c].add(i)
            before = {c: set().union(*h) for c, h in baskets([r for r in rows if r[2] < 5]).items()}
            db = connect(rows)
            db.execute("SELECT mine_train('m',?,'SELECT * FROM t WHERE t < 5')", (algorithm,)).fetchone()
            for k, repeat in ((3, "allow"), (10, "exclude")):
                offers = defaultdict(list)
                source = "SELECT DISTINCT c, NULL FROM t WHERE t = 5"
                for c, i in db.execute("SELECT id, item FROM mine_recommend('m',?,?)",
                                       (source, "top=%d,repeat=%s" % (k, repeat))):
                    offers[c].append(i)
                got = dict(db.execute("SELECT metric, value FROM mine_evaluate('m',"
                                      "'SELECT c, i FROM t WHERE t = 5',?)",
                                      ("k=%d,repeat=%s" % (k, repeat),)))
                want = measures(k, offers, before, later, len(before), len(known))
                self.same(got, want)

    def test_held_out(self):
        rows = events(9, 25, 20, 200, 6)
        of = baskets(rows)
        last = {c: max(t for d, _, t in rows if d == c) for c in of if len(of[c]) > 1}
        rest = [(c, i, t) for c, i, t in rows if t != last.get(c)]
        db = connect(rows)
        db.execute("CREATE TABLE r(c, i, t)")
        db.executemany("INSERT INTO r VALUES(?,?,?)", rest)
        db.execute("SELECT mine_train('all','gp','t'), mine_train('rest','gp','r')").fetchone()
        got = dict(db.execute("SELECT metric, value FROM mine_evaluate('all')"))
        db.execute("CREATE TABLE l AS SELECT * FROM t EXCEPT SELECT * FROM r")
        want = dict(db.execute("SELECT metric, value FROM mine_evaluate('rest','SELECT c, i FROM l')"))
        for name in ("rows", "repeat_share"):
            self.assertEqual(got[name], want[name])
        self.assertAlmostEqual(got["recall@10"], want["recall@10"], delta=.03)  # other ties

    def test_tafeng(self):
        path = os.path.join(os.environ.get("MINE_DATA", ""), "tafeng_baskets.csv.xz")
        if not os.path.exists(path):
            self.skipTest("tafeng_baskets.csv.xz is not there")
        with lzma.open(path, "rt") as file:
            db = connect([(int(c), int(i), int(b)) for c, b, i in list(csv.reader(file))[1:]])
        recall = {}
        for algorithm in ("gp", "tifu"):
            db.execute("SELECT mine_train('m',?,'SELECT * FROM t WHERE t > 0','holdout=0')",
                       (algorithm,)).fetchone()
            recall[algorithm] = dict(db.execute(
                "SELECT metric, value FROM mine_evaluate('m','SELECT c, i FROM t WHERE t = 0')"))
        self.assertEqual(round(recall["gp"]["recall@10"], 4), .1195)
        self.assertEqual(round(recall["gp"]["hit@10"], 4), .3721)
        self.assertGreater(recall["tifu"]["recall@10"], 1.05 * recall["gp"]["recall@10"])


class Groceries(unittest.TestCase):
    """What the guide says: of real baskets more can be known than what most take, of one log nothing."""

    def open(self, name):
        path = os.path.join(os.environ.get("MINE_DATA", ""), name)
        if not os.path.exists(path):
            self.skipTest(name + " is not there")
        return open(path, encoding="utf-8")

    def test_baskets(self):
        with self.open("groceries.csv") as lines:
            db = connect([(n, item, None) for n, line in enumerate(lines) for item in line.strip().split(",")])
        recall = {}
        for algorithm, options in (("gp", "repeat=exclude, folds=2"), ("ease", "folds=2"), ("als", "folds=2")):
            recall[algorithm] = db.execute(
                "SELECT value FROM mine_cross_validate(?, 'SELECT c, i FROM t', ?) "
                "WHERE fold = 'mean' AND metric = 'recall@10'", (algorithm, options)).fetchone()[0]
        self.assertGreater(recall["ease"], recall["gp"] + .015)
        self.assertGreater(recall["als"], recall["gp"] + .008)

    def test_members(self):
        baskets = defaultdict(set)
        with self.open("groceries_member_date.csv") as lines:
            for member, day, item in list(csv.reader(lines))[1:]:
                baskets[member, day].add(item)
        baskets = [sorted(b) for b in baskets.values()]
        every = [i for b in baskets for i in b]
        share = {i: c / len(every) for i, c in Counter(every).items()}

        def chi2(items):
            """Of the pairs in baskets of these sizes, against what the items' own shares say."""
            pairs, at = Counter(), 0
            for b in baskets:
                pairs.update(itertools.combinations(sorted(set(items[at:at + len(b)])), 2))
                at += len(b)
            expected = {p: share[p[0]] * share[p[1]] for p in itertools.combinations(sorted(share), 2)}
            scale = sum(pairs.values()) / sum(expected.values())
            return sum((pairs[p] - e * scale) ** 2 / (e * scale) for p, e in expected.items() if e * scale > 1)

        chance = random.Random(1)
        dealt = [chi2(chance.sample(every, len(every))) for _ in range(5)]
        mean = sum(dealt) / len(dealt)
        self.assertLess(chi2(every), mean + 4 * max(60, max(dealt) - min(dealt)))


class CrossValidated(unittest.TestCase):
    """Each fold against a training on what it learns from, and mine_evaluate on the others."""
    HOW = "lambda=3, weights=log"

    def fold(self, db, learned, later):
        db.execute("SELECT mine_train('m','ease',?,?)", (learned, self.HOW + ", holdout=0")).fetchone()
        return dict(db.execute("SELECT metric, value FROM mine_evaluate('m',?,'k=3')", (later,)))

    def compare(self, db, options, folds):
        got = defaultdict(dict)
        for fold, metric, value in db.execute("SELECT * FROM mine_cross_validate('ease','t',?)",
                                              ("%s, k=3, folds=%d%s" % (self.HOW, len(folds), options),)):
            got[fold][metric] = value
        shown = lambda of: sorted(sorted((m, -1 if v is None else round(v, 9)) for m, v in f.items())
                                  for f in of)
        self.assertEqual(shown(got[f + 1] for f in range(len(folds))), shown(folds))
        for metric in folds[0]:
            values = [f[metric] for f in folds if f[metric] is not None]
            mean = sum(values) / len(values)
            spread = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
            if metric != "rows":
                self.assertAlmostEqual(got["mean"][metric], mean, delta=1e-12)
            self.assertAlmostEqual(got["se"][metric], spread / math.sqrt(len(values)), delta=1e-12)

    def table(self, customers, times):
        chance = random.Random(customers)
        return connect([(i, i, 0) for i in range(9)] +  # every item is there from the first day on
                       [(c, i, t) for c in range(customers) for t in range(times)
                        for i in {int(9 * chance.random() ** 2) for _ in range(3)}])

    def test_customers(self):
        # as many folds as customers: one last basket at a time
        db = self.table(12, 3)
        self.compare(db, "", [self.fold(db, "SELECT * FROM t WHERE NOT (c = %d AND t = 2)" % c,
                                        "SELECT c, i FROM t WHERE c = %d AND t = 2" % c)
                              for c in range(12)])

    def test_time(self):
        # stretches of two days each, of which the first is never measured
        db = self.table(12, 8)
        self.compare(db, ", split_by=time", [self.fold(db, "SELECT * FROM t WHERE t < %d" % t,
                                                     "SELECT c, i FROM t WHERE t IN (%d, %d)" % (t, t + 1))
                                           for t in (2, 4, 6)])


if __name__ == "__main__":
    unittest.main()
