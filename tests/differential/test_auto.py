#!/usr/bin/env python3
"""`auto` against its parts: every trial's loss and the weights, recomputed.

The folds are those of a column (fold_group with five values: each is a fold), so that each
trial can be made again by mine_fit on the rows of the other four, and measured by
scikit-learn. The mean (Caruana et al., 2004, with their bagging) is written here a second time.
"""
import math

from peer import mt, np, VERSION
from sklearn.metrics import log_loss

checks = mt.Checks(f"auto against its parts, scikit-learn {VERSION}")
FOLDS, MEMBERS, STEPS = 5, 5, 20
BAGS, HEARD, EQUAL = 20, 0.05, 300
SEED, PURPOSE = 1, int.from_bytes(b"autobags", "big")
EPSILON = np.finfo(float).eps  # by which the engine bounds a probability
BY_PART = "split_by=group, fold_group=part"  # early stopping divides rows so, too
COLUMNS = "id, x0, x1, x2, plan"


def rows(db, n=500):
    rng = np.random.default_rng(11)
    x = rng.normal(size=(n, 3))
    plan = rng.choice(["a", "b", "c"], size=n)
    p = 1 / (1 + np.exp(-(1.5 * x[:, 0] - x[:, 1] * x[:, 2] + (plan == "a"))))
    y = (rng.random(n) < p).astype(int)
    z = x[:, 0] ** 2 + x[:, 1] + rng.normal(size=n) / 3
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x0, x1, x2, plan, y, z, part)")
    db.executemany("INSERT INTO t VALUES(?,?,?,?,?,?,?,?)",
                   [(i + 1, *map(float, x[i]), str(plan[i]), int(y[i]), float(z[i]), i * 7 % FOLDS) for i in range(n)])


def out_of_fold(db, algorithm, target, options, n):
    """Each row's answer by a model of the other folds."""
    answer = np.full(n, np.nan)
    column = "probability" if target == "y" else "prediction"
    for fold in range(FOLDS):
        for i, v in db.execute(
                f"SELECT id, {column} FROM mine_predict((SELECT mine_fit(?, ?, ?)), ?)",
                (algorithm, f"SELECT {COLUMNS}, {target}, part FROM t WHERE part <> {fold}",
                 f"holdout=0, {BY_PART}, {options}", f"SELECT {COLUMNS} FROM t WHERE part = {fold}")):
            answer[i - 1] = v
    return answer


class Stream:
    """xoshiro256** seeded by SplitMix64 (Blackman & Vigna 2018), bounded as by Lemire (2019)."""
    MASK, GOLDEN = 2 ** 64 - 1, 0x9E3779B97F4A7C15

    @classmethod
    def mix(cls, x):
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & cls.MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & cls.MASK
        return x ^ (x >> 31)

    def __init__(self, *name):
        state = 0
        for part in name:
            state = self.mix(((state ^ part) + self.GOLDEN) & self.MASK)
        self.s = [self.mix((state + (i + 1) * self.GOLDEN) & self.MASK) for i in range(4)]

    def next(self):
        def rotate(x, k):
            return ((x << k) | (x >> (64 - k))) & self.MASK
        s = self.s
        result = (rotate((s[1] * 5) & self.MASK, 7) * 9) & self.MASK
        t = (s[1] << 17) & self.MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def below(self, n):
        while True:
            product = (self.next() >> 32) * n
            if product % 2 ** 32 >= 2 ** 32 % n:
                return product >> 32


def greedy(answers, loss, at):
    """Shares by name: the best alone, then whoever makes the mean better most."""
    weights, total, last = dict.fromkeys(answers, 0), 0, math.inf
    for step in range(1, STEPS + 1):
        may = [a for a in answers if weights[a] or sum(w > 0 for w in weights.values()) < MEMBERS]
        best = min(may, key=lambda a: loss((total + answers[a]) / step, at))
        now = loss((total + answers[best]) / step, at)
        if step > 1 and not now < last:
            break
        weights[best] += 1
        total, last = total + answers[best], now
    return {a: w / sum(weights.values()) for a, w in weights.items()}


def voted(answers, loss, n):
    """The shares of means of rows drawn again and again, the five largest, towards equal ones."""
    votes = dict.fromkeys(answers, 0)
    for bag in range(BAGS):
        chance = Stream(SEED, PURPOSE, bag)
        at = np.array([chance.below(n) for _ in range(n)])
        for a, share in greedy(answers, loss, at).items():
            votes[a] += share
    members = sorted((a for a in votes if votes[a] >= HEARD * BAGS), key=lambda a: -votes[a])[:MEMBERS]
    equal = EQUAL / (EQUAL + n)
    share = {a: (1 - equal) * votes[a] / sum(votes[m] for m in members) + equal / len(members) for a in members}
    return {a: math.floor(100 * share.get(a, 0) + 0.5) for a in answers}


def compare(db, target, other, portfolio):
    n = db.execute("SELECT count(*) FROM t").fetchone()[0]
    truth = np.array([v for (v,) in db.execute(f"SELECT {target} FROM t ORDER BY id")])
    part = np.array([v for (v,) in db.execute("SELECT part FROM t ORDER BY id")])
    own = f"target={target}"
    options = f"{own}, ignore={other}, holdout=0, {BY_PART}, portfolio={'|'.join(portfolio)}"
    db.execute("SELECT mine_train('m', 'auto', 't', ?)", (options,))
    trials = db.execute("SELECT options, metric, mean, se, algorithm, weight FROM mine_trials('m')").fetchall()
    means = [row[2] for row in trials]
    checks.that(means == sorted(means), f"{target}: the best first", means)

    def loss(answer, at=slice(None)):
        if target == "y":
            return log_loss(truth[at], np.clip(answer[at], EPSILON, 1 - EPSILON), labels=[0, 1])
        return math.sqrt(np.mean((answer[at] - truth[at]) ** 2))

    answers, ours = {}, {}
    for text, metric, mean, se, algorithm, weight in trials:
        mine = ", ".join(o for o in text.split(", ")
                         if o.split("=")[0] not in ("ignore", "holdout", "split_by", "fold_group", "portfolio"))
        name = (algorithm, mine)
        answers[name], ours[name] = out_of_fold(db, algorithm, target, mine, n), weight
        folds = [loss(answers[name], part == f) for f in range(FOLDS)]
        expected, error = np.mean(folds), np.std(folds, ddof=1) / math.sqrt(FOLDS)
        checks.that(abs(mean - expected) < 1e-9 and abs(se - error) < 1e-9,
                    f"{target} {algorithm} ({mine}): {metric} {mean}", f"by hand {expected} +- {error}")
    weights = voted(answers, loss, n)
    checks.that(weights == ours and sum(w > 0 for w in weights.values()) > 1,
                f"{target}: the weights of the mean", f"{ours}, by hand {weights}")
    # The model is that mean of its members, made of all rows.
    total = sum(ours.values())
    column = "probability" if target == "y" else "prediction"
    parts = sum(w / total * np.array([v for (v,) in db.execute(
        f"SELECT {column} FROM mine_predict((SELECT mine_fit(?, ?, ?)), ?) ORDER BY id",
        (algorithm, f"SELECT {COLUMNS}, {target}, part FROM t", f"holdout=0, {BY_PART}, {mine}", f"SELECT {COLUMNS} FROM t"))])
        for (algorithm, mine), w in ours.items() if w)
    got = np.array([v for (v,) in db.execute(f"SELECT {column} FROM mine_predict('m', ?) ORDER BY id",
                                             (f"SELECT {COLUMNS} FROM t",))])
    checks.that(np.abs(got - parts).max() < 1e-9, f"{target}: the model is the mean of its members",
                f"{np.abs(got - parts).max()}")
    # What is remembered of the options makes the same bytes.
    text, model = db.execute("SELECT options, model FROM mine_models WHERE name = 'm'").fetchone()
    again = db.execute("SELECT mine_fit('auto', 't', ?)", (text + ", threads=1",)).fetchone()[0]
    checks.that(again == model, f"{target}: the stored options make the same bytes")


def budget(db, n=60000):
    """Whatever was finished within two budgets makes the same bytes again."""
    rng = np.random.default_rng(3)
    db.execute("CREATE TABLE large(id INTEGER PRIMARY KEY, " + ", ".join(f"x{j}" for j in range(10)) + ", y)")
    x = rng.normal(size=(n, 10))
    y = (x[:, 0] + x[:, 1] * x[:, 2] + rng.logistic(size=n) > 0).astype(int)
    db.executemany(f"INSERT INTO large VALUES({','.join('?' * 12)})", [(i + 1, *map(float, x[i]), int(y[i])) for i in range(n)])
    db.execute("SELECT mine_train('short', 'auto', 'large', 'target=y, holdout=0, budget_seconds=1')")
    names = {name for (name,) in db.execute("SELECT name FROM mine_trials('short')")}
    checks.that({"baseline", "tree"} <= names, "the baseline and a tree are tried whatever the budget", names)
    text, model = db.execute("SELECT options, model FROM mine_models WHERE name = 'short'").fetchone()
    again = db.execute("SELECT mine_fit('auto', 'large', ?)", (text,)).fetchone()[0]
    checks.that(again == model, "budget: the stored options make the same bytes")


def main():
    db = mt.connect()
    rows(db)
    budget(db)
    compare(db, "y", "z", ["baseline", "tree", "bayes", "boost_small", "knn"])
    compare(db, "z", "y", ["baseline", "tree", "boost_small", "boost_random", "knn"])
    checks.end()


main()
