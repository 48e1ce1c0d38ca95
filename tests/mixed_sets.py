"""Tables of mixed columns with known clusters and noise, made from a seed.

A set has 2 to 7 clusters of 2 to 6 numbers and 1 to 5 categories, up to a tenth of noise, and 2% of its
cells are missing. Numbers are normal in each cluster, in units of their own, and one of them may be
the exponential of such a number; noise is uniform over a box a little larger than the clusters. A
set is kept only if whoever knows how it was made tells its rows apart: the likeliest cluster of
each row, by the true densities, has an adjusted Rand index of at least 0.96 with the truth.
"""
import math

import numpy as np

ORACLE = 0.96


def adjusted_rand(a, b):
    """Hubert & Arabie 1985, from the counts of the pairs."""
    a, b = np.unique(a, return_inverse=True)[1], np.unique(b, return_inverse=True)[1]
    both = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(both, (a, b), 1)
    pairs = lambda x: float((x * (x - 1) / 2).sum())
    index, rows, columns, all_pairs = pairs(both), pairs(both.sum(1)), pairs(both.sum(0)), pairs(np.array([len(a)]))
    expected, most = rows * columns / all_pairs, (rows + columns) / 2
    return 1.0 if most == expected else (index - expected) / (most - expected)


class MixedSet:
    """truth: 1..k, 0 noise; rows: tuples of the columns, ids from 1 first."""

    def __init__(self, seed):
        self.rng = rng = np.random.default_rng([20260, seed])
        while True:
            self.draw(rng)
            self.oracle = adjusted_rand(self.truth, self.guess())
            if self.oracle >= ORACLE:
                break
        self.names = [f"x{j}" for j in range(self.p)] + [f"c{j}" for j in range(self.q)]
        self.rows = self.cells(rng)

    def draw(self, rng):
        self.k, self.p, self.q = (int(rng.integers(*r)) for r in ((2, 8), (2, 7), (1, 6)))
        self.n = int(rng.integers(600, 4001))
        self.noise = float(rng.choice([0, 0.02, 0.05, 0.1]))
        while True:
            self.weight = rng.dirichlet(np.full(self.k, 4.0))
            if self.weight.min() >= 0.06:
                break
        self.centre = rng.uniform(-5, 5, (self.k, self.p))
        self.deviation = rng.uniform(0.5, 1.2, (self.k, self.p))
        self.levels = rng.integers(2, 6, self.q)
        self.share = []
        for count in self.levels:
            table = np.full((self.k, count), 0.0)
            for c in range(self.k):
                main = rng.uniform(0.6, 0.9)
                table[c] = (1 - main) / (count - 1)
                table[c, rng.integers(count)] = main
            self.share.append(table)
        self.truth = np.where(rng.random(self.n) < self.noise, 0, 1 + rng.choice(self.k, self.n, p=self.weight))
        self.low = (self.centre - 3 * self.deviation).min(0) - 1
        self.high = (self.centre + 3 * self.deviation).max(0) + 1
        self.x = np.empty((self.n, self.p))
        self.c = np.empty((self.n, self.q), int)
        for i, t in enumerate(self.truth):
            if t == 0:
                self.x[i] = rng.uniform(self.low, self.high)
                self.c[i] = [rng.integers(count) for count in self.levels]
            else:
                self.x[i] = rng.normal(self.centre[t - 1], self.deviation[t - 1])
                self.c[i] = [rng.choice(count, p=table[t - 1]) for count, table in zip(self.levels, self.share)]

    def guess(self):
        """By the densities it was drawn from."""
        log = np.full((self.n, self.k + 1), -np.inf)
        if self.noise:
            log[:, 0] = math.log(self.noise) - np.log(self.high - self.low).sum() - np.log(self.levels).sum()
        for c in range(self.k):
            z = (self.x - self.centre[c]) / self.deviation[c]
            log[:, c + 1] = (math.log(self.weight[c] * (1 - self.noise)) - (z * z).sum(1) / 2
                             - np.log(self.deviation[c]).sum() - self.p / 2 * math.log(2 * math.pi))
            for j in range(self.q):
                log[:, c + 1] += np.log(self.share[j][c][self.c[:, j]])
        return log.argmax(1)

    def cells(self, rng):
        unit, shift = 10.0 ** rng.integers(-2, 5, self.p), rng.uniform(-100, 100, self.p)
        x = self.x * unit + shift * unit
        if rng.random() < 0.5:
            x[:, 0] = np.exp(self.x[:, 0] / 2 + 6)
        missing = rng.random((self.n, self.p + self.q)) < 0.02
        rows = []
        for i in range(self.n):
            numbers = [None if missing[i, j] else float(x[i, j]) for j in range(self.p)]
            words = [None if missing[i, self.p + j] else "abcde"[self.c[i, j]] for j in range(self.q)]
            rows.append((i + 1, *numbers, *words))
        return rows

    def table(self, db, name, order=None):
        """The rows as a table, in another order perhaps."""
        db.execute(f"DROP TABLE IF EXISTS {name}")
        db.execute(f"CREATE TABLE {name}(id INTEGER, {', '.join(self.names)})")
        marks = ", ".join("?" * (1 + len(self.names)))
        rows = self.rows if order is None else [self.rows[i] for i in order]
        db.executemany(f"INSERT INTO {name} VALUES({marks})", rows)
