#!/usr/bin/python3
"""Random tables, every verb against a computation of its own in Python.

    test_property.py [PROPERTY...]       a fixed number of cases, the same every day
    MINE_PROPERTY_SECONDS=3600           fresh cases until then instead (from SEED on)
    MINE_PROPERTY_SHARE=0.1              a part of the cases
    SEED=7 test_property.py PROPERTY 1   one case

Each case runs in a child, so that a crash is a finding with its seed too.  A failing case is
made smaller and printed as a script.
"""
import faulthandler
import mmap
import os
import struct
import sys
import time
import traceback

import lab
from lab import mt

mt.preload_self()

try:
    import numpy  # noqa: F401
    import scipy  # noqa: F401
    import sklearn  # noqa: F401
except ImportError:
    mt.skip("numpy, scipy or scikit-learn are not installed (apt-get install python3-sklearn)")

import of_baskets  # noqa: E402,F401
import of_survival  # noqa: E402,F401
import of_time  # noqa: E402,F401
import of_calls  # noqa: E402,F401
import of_changes  # noqa: E402,F401
import of_customers  # noqa: E402,F401
import of_composite  # noqa: E402,F401
import of_models  # noqa: E402,F401
import of_reasons  # noqa: E402,F401
import of_density  # noqa: E402,F401
import of_dimension  # noqa: E402,F401
import of_lifetime  # noqa: E402,F401
import of_rows  # noqa: E402,F401
import of_scorecards  # noqa: E402,F401
import of_segments  # noqa: E402,F401
import of_snapshots  # noqa: E402,F401
import of_spellings  # noqa: E402,F401
import of_survey  # noqa: E402,F401
import of_tables  # noqa: E402,F401
import of_tests  # noqa: E402,F401
import of_watching  # noqa: E402,F401
import tables  # noqa: E402


def try_case(prop, seed):
    """None, or what is to be printed of a finding."""
    try:
        case = prop.make(tables.generator(prop.name, seed))
        case["encoding"] = tables.generator("encoding", seed).choice([None, None, None, None, "UTF-16le", "UTF-16be"])
        kind, text, _ = lab.fails(prop, case)
        if kind is None:
            return None
        case = lab.shrink(prop, case, kind)
        _, again, last = lab.fails(prop, case)
        rest = {k: v for k, v in case.items() if k != "tables"}
        return f"{prop.name} seed {seed}: {again or text}\n  {rest}\n{last.script()}"
    except Exception:
        return f"{prop.name} seed {seed}: {traceback.format_exc()}"


def run(jobs, until):
    """Children do the jobs (property, seed); a crashed one is followed by another at the next job."""
    shared = mmap.mmap(-1, 16)  # jobs begun, findings
    kinds = {}
    while True:
        begun = struct.unpack("qq", shared[:16])[0]
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            faulthandler.enable()
            work(jobs, begun, until, shared, kinds)
        _, status = os.waitpid(child, 0)
        begun, found = struct.unpack("qq", shared[:16])
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return begun, found
        prop, seed = jobs(begun - 1)
        print(f"FINDING {prop.name} seed {seed}: the process died (status {status})", flush=True)
        shared[:16] = struct.pack("qq", begun, found + 1)


def work(jobs, begun, until, shared, kinds):
    while until is None or time.time() < until:
        job = jobs(begun)
        if job is None:
            break
        begun += 1
        _, found = struct.unpack("qq", shared[:16])
        shared[:16] = struct.pack("qq", begun, found)
        start = time.time()
        text = try_case(*job)
        if os.environ.get("MINE_PROPERTY_TIMES"):
            print(f"TIME {job[0].name} {time.time() - start:.3f}")
        if text:
            shared[:16] = struct.pack("qq", begun, found + 1)
            kind = text.split("\n")[0].split(": ")[1:2]
            kinds[str(kind)] = kinds.get(str(kind), 0) + 1
            if kinds[str(kind)] <= 3:
                print("FINDING", text, flush=True)
    sys.stdout.flush()
    os._exit(0)


def blind(prop, cases=60):
    """Whether the property notices nothing when a value of each answer is changed."""
    for seed in range(1, cases + 1):
        lab.Lab.spoil = None
        case = prop.make(tables.generator(prop.name, seed))
        lab.Lab.spoil = tables.generator("spoil", seed)
        try:
            if lab.fails(prop, case)[0] is not None:
                return False
        except Exception:  # what the check did not expect, and so it noticed
            return False
        finally:
            lab.Lab.spoil = None
    return True


def apart(question):
    """The answer (true or false) of a child."""
    child = os.fork()
    if child == 0:
        os._exit(1 if question() else 0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def missing_verbs():
    """Verbs of the registry that no property names."""
    db = mt.connect()
    named = {v for p in lab.PROPERTIES for v in p.verbs}
    return sorted({v for (v,) in db.execute("SELECT verb FROM mine_verbs")} - named)


def main():
    chosen = [p for p in lab.PROPERTIES if p.name in sys.argv[1:]] or lab.PROPERTIES
    count = next((int(a) for a in sys.argv[1:] if a.isdigit()), None)
    seconds = float(os.environ.get("MINE_PROPERTY_SECONDS", "0"))
    share = float(os.environ.get("MINE_PROPERTY_SHARE", "1"))
    first = int(os.environ.get("SEED", "1"))
    lacking = [f"{verb} has no property (tests/property)" for verb in missing_verbs()] if chosen is lab.PROPERTIES else []
    lacking += [f"{p.name} notices nothing: answers with a changed value pass" for p in chosen
                if p.name != "anything" and apart(lambda p=p: blind(p))]  # which only looks for sentences
    for text in lacking:
        print("FINDING", text)
    begin = time.time()
    if seconds:
        turn = [p for p in chosen for _ in range(max(1, p.cases // 10))]
        begun, found = run(lambda i: (turn[i % len(turn)], first + i), begin + seconds)
    else:
        fixed = [(p, first + i) for p in chosen for i in range(count or max(1, round(p.cases * share)))]
        begun, found = run(lambda i: fixed[i] if i < len(fixed) else None, None)
    print(f"{begun} cases of {len(chosen)} properties, {found} findings, {time.time() - begin:.0f} s")
    return 1 if found or lacking or not begun else 0


if __name__ == "__main__":
    sys.exit(main())
