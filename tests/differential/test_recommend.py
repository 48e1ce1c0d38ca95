#!/usr/bin/env python3
"""Recommenders against brute force in plain Python: every score, every order, every reason; and
the published figures of next baskets (Li et al. 2023) where the data are there."""
import csv, json, lzma, math, os, random, sqlite3, sys, unittest
from collections import Counter, defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import minetest as mt  # noqa: E402

mt.preload_self()


def connect():
    db = sqlite3.connect(":memory:")
    db.enable_load_extension(True)
    db.load_extension(os.environ["MINE_EXTENSION"])
    return db


def events(seed, customers, items, rows):
    chance = random.Random(seed)
    return [(chance.randrange(customers), int(items * chance.random() ** 2), chance.randrange(6))
            for _ in range(rows)]


def baskets(rows):
    """Of each customer, in the order of time, the items of each basket in the order of rows."""
    of = defaultdict(lambda: defaultdict(list))
    for customer, item, time in rows:
        if item not in of[customer][time]:
            of[customer][time].append(item)
    return {c: [b[t] for t in sorted(b)] for c, b in of.items()}


def first_rows(rows):
    seen = {}
    for _, item, _ in rows:
        seen.setdefault(item, len(seen))
    return seen


class Together(unittest.TestCase):
    def like(self, sets, measure, shrinkage):
        n = Counter(i for s in sets for i in s)
        both = Counter((i, j) for s in sets for i in s for j in s if i != j)
        full = sum(1 for s in sets if s)
        to = {}
        for (i, j), c in both.items():
            v = {"cosine": c / math.sqrt(n[i] * n[j]), "jaccard": c / (n[i] + n[j] - c),
                 "lift": c * full / (n[i] * n[j])}[measure]
            to[i, j] = v * (c / (c + shrinkage))
        return to

    def one(self, seed, measure, shrinkage, by):
        rows = events(seed, 17, 12, 140)
        of = baskets(rows)
        own = {c: list(dict.fromkeys(i for b in bs for i in b)) for c, bs in of.items()}
        sets = [set(b) for bs in of.values() for b in bs] if by == "basket" else \
               [set(i) for i in own.values()]
        like = self.like(sets, measure, shrinkage)
        db = connect()
        db.execute("CREATE TABLE t(c, i, t)")
        db.executemany("INSERT INTO t VALUES(?,?,?)", rows)
        db.execute("SELECT mine_train('m','cooccurrence','t',?)",
                   ("measure=%s,shrinkage=%s,by=%s" % (measure, shrinkage, by),)).fetchone()
        got = {(i, j): s for i, _, j, s in db.execute("SELECT * FROM mine_similar('m',NULL,'top=99')")}
        self.assertEqual(set(got), set(like))
        for pair, v in like.items():
            self.assertAlmostEqual(got[pair], v, delta=1e-12)
        taken = Counter(i for items in own.values() for i in items)
        place = first_rows(rows)
        for repeat in ("allow", "only", "exclude"):
            answer = defaultdict(list)
            for c, _, i, s, why in db.execute(
                    "SELECT * FROM mine_recommend('m',NULL,'top=5,because=2,repeat=%s')" % repeat):
                answer[c].append((i, s, json.loads(why)))
            for c, items in own.items():
                score = defaultdict(float)
                for j in items:
                    for i in place:
                        if (j, i) in like: score[i] += like[j, i]
                may = [i for i in score if repeat == "allow" or (i in items) == (repeat == "only")]
                may.sort(key=lambda i: (-round(score[i], 11), -taken[i], place[i]))
                self.assertEqual(len(answer[c]), min(5, len(may)))
                for (i, s, why), j in zip(answer[c], may):
                    self.assertAlmostEqual(s, score[j], delta=1e-11)
                    self.assertAlmostEqual(s, score[i], delta=1e-11)
                    best = sorted((like[k, i] for k in items if (k, i) in like), reverse=True)[:2]
                    for k, v in zip(why, best):
                        self.assertAlmostEqual(like[k, i], v, delta=1e-12)
                    self.assertEqual(len(why), len(best))

    def test_brute_force(self):
        for seed in range(12):
            for measure in ("cosine", "jaccard", "lift"):
                self.one(seed, measure, seed % 3 * 2.5, "basket" if seed % 2 else "customer")


class Frequent(unittest.TestCase):
    def test_brute_force(self):
        for seed in range(60):
            rows = events(seed, 9, 14, 60)
            of = baskets(rows)
            place = first_rows(rows)
            n = sum(len(bs) for bs in of.values())
            every = Counter(i for bs in of.values() for b in bs for i in b)
            ties = ("first", "recent", "popular")[seed % 3]
            db = connect()
            db.execute("CREATE TABLE t(c, i, t)")
            db.executemany("INSERT INTO t VALUES(?,?,?)", rows)
            db.execute("SELECT mine_train('m','gp','t','ties=%s')" % ties).fetchone()
            answer = defaultdict(list)
            for c, _, i, s in db.execute("SELECT id,rank,item,score FROM mine_recommend('m')"):
                answer[c].append((i, s))
            for c, bs in of.items():
                own = Counter(i for b in bs for i in b)
                first = list(dict.fromkeys(i for b in bs for i in b))
                last = {i: k + 1 for k, b in enumerate(bs) for i in b}
                score = {}
                for k, i in enumerate(first):
                    score[i] = own[i] + {"first": (len(first) - k) / (len(first) + 1),
                                         "recent": last[i] / (len(bs) + 1),
                                         "popular": every[i] / (n + 1)}[ties]
                for i in place:
                    score.setdefault(i, every[i] / (n + 1))
                best = sorted(score.values(), reverse=True)[:10]
                self.assertEqual(len(answer[c]), len(best))
                for (i, s), v in zip(answer[c], best):
                    self.assertAlmostEqual(s, v, delta=1e-12)
                    self.assertAlmostEqual(s, score[i], delta=1e-12)

    def test_published(self):
        path = os.path.join(os.environ.get("MINE_DATA", "../shared/data"), "tafeng_baskets.csv.xz")
        if not os.path.exists(path):
            self.skipTest("tafeng_baskets.csv.xz is not there")
        db = connect()
        db.execute("CREATE TABLE t(c, b, i)")
        future = defaultdict(set)
        with lzma.open(path, "rt") as rows:
            for c, b, i in list(csv.reader(rows))[1:]:
                if b == "0": future[c].add(i)
                else: db.execute("INSERT INTO t VALUES(?,?,?)", (c, int(b), i))
        db.execute("SELECT mine_train('m','gp','SELECT c, i, b FROM t')").fetchone()
        offered = defaultdict(set)
        for c, i in db.execute("SELECT id, item FROM mine_recommend('m')"):
            offered[c].add(i)
        hits = {c: len(f & offered[c]) for c, f in future.items()}
        self.assertEqual(round(sum(h / len(future[c]) for c, h in hits.items()) / len(future), 4), .1195)
        self.assertEqual(round(sum(h > 0 for h in hits.values()) / len(future), 4), .3721)


if __name__ == "__main__":
    unittest.main()
