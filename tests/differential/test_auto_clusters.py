#!/usr/bin/env python3
"""`auto` without a target: clusters and noise that are known come back, in any order of the rows.

Twenty mixed sets (tests/mixed_sets.py, seeds 1 to 20; the method was tuned on seeds from 1001 on):
the number of clusters is found, and the adjusted Rand index with the truth, noise as a group of its
own, is at least 0.9. Shuffled rows give the identical partition. What is stable is told as stable,
and a cut through one cloud is not.
"""
from peer import datasets, mt, np

import mixed_sets

checks = mt.Checks("auto: clusters of mixed columns")


def clusters(db, table, options=""):
    said = f"algorithm=auto, id=id{options and ', '}{options}"
    return dict(db.execute("SELECT id, cluster FROM mine_cluster(?, ?)", (table, said)))


def recovered(db):
    found = []
    for seed in range(1, 21):
        made = mixed_sets.MixedSet(seed)
        made.table(db, "mixed")
        cluster = clusters(db, "mixed", "resamples=0")
        label = np.array([cluster[i + 1] for i in range(made.n)])
        rand = mixed_sets.adjusted_rand(made.truth, label)
        found.append(rand)
        checks.that(label.max() == made.k, f"set {seed}: {made.k} clusters", str(label.max()))
        checks.that(rand >= 0.9, f"set {seed}: adjusted Rand", f"{rand:.3f}, knowing how it was made {made.oracle:.3f}")
        if made.noise:
            share = (label == 0).mean()
            checks.that(abs(share - (made.truth == 0).mean()) <= 0.02, f"set {seed}: the share of noise",
                        f"{share:.3f} of {made.noise}")
    print(f"adjusted Rand: least {min(found):.3f}, mean {np.mean(found):.3f}")


def shuffled(db):
    for seed in (3, 7, 12):
        made = mixed_sets.MixedSet(seed)
        made.table(db, "mixed")
        first = clusters(db, "mixed", "resamples=0")
        rng = np.random.default_rng(seed)
        for turn in range(10):
            made.table(db, "mixed", rng.permutation(made.n))
            same = clusters(db, "mixed", f"resamples=0, threads={1 + turn % 3}")
            checks.that(same == first, f"set {seed} shuffled: the same clusters", str(turn))


def stability(db, name):
    return [float(detail.split(":")[0]) for (detail,) in
            db.execute("SELECT detail FROM mine_summary(?) WHERE item = 'stability' ORDER BY name", (name,))]


def stable(db):
    made = mixed_sets.MixedSet(5)
    made.table(db, "mixed")
    db.execute("SELECT mine_train('made', 'auto', 'mixed', 'id=id')").fetchone()
    told = stability(db, "made")
    checks.that(len(told) == made.k and min(told) >= 0.85, "clusters that are there are stable", str(told))
    rng = np.random.default_rng(1)
    db.execute("CREATE TABLE cloud(id INTEGER, x, y, z)")
    db.executemany("INSERT INTO cloud VALUES(?,?,?,?)",
                   [(i + 1, *map(float, rng.normal(size=3))) for i in range(1500)])
    db.execute("SELECT mine_train('cloud', 'auto', 'cloud', 'id=id')").fetchone()
    checks.that(db.execute("SELECT max(cluster) FROM mine_centroids('cloud')").fetchone()[0] == 1, "one cloud is one cluster")
    line = db.execute("SELECT mine_train('cloud', 'auto', 'cloud', 'id=id, k=4, noise=0')").fetchone()[0]
    told = stability(db, "cloud")
    checks.that(min(told) < 0.75, "a cut through a cloud is not stable", f"{told} {line}")


def real(db):
    """Sanity on tables whose groups are known."""
    datasets.load_csv(db, "iris", "iris_fisher.csv")
    datasets.load_csv(db, "wine", "wine.csv", [f"w{j}" for j in range(13)] + ["class"])
    for name, truth, least in (("iris", "Species", 0.55), ("wine", "class", 0.75)):
        cluster = clusters(db, f"SELECT rowid AS id, * FROM {name}", f"ignore={truth}, resamples=0")
        known = dict(db.execute(f"SELECT rowid, {truth} FROM {name}"))
        rand = mixed_sets.adjusted_rand([known[i] for i in cluster], list(cluster.values()))
        checks.that(rand >= least, f"{name}: adjusted Rand", f"{rand:.3f}, {max(cluster.values())} clusters")


db = mt.connect()
recovered(db)
shuffled(db)
stable(db)
real(db)
checks.end()
