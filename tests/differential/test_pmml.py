#!/usr/bin/env python3
"""PMML: valid by the schema, and JPMML's evaluator says what we say, on every row.

The schema is MINE_SCHEMA (a file) or the one beside the data; xmllint, or lxml of the peers,
reads it.  JPMML lies where Maven put it (tests/foreign/pom.xml), in MINE_JPMML or build/jpmml.
What is absent is named, and the rest is tried without it.
"""
import os
import pathlib
import shutil
import subprocess

from leaving import mt, ours, peers_first, train, train_real

SCHEMA = pathlib.Path(os.environ.get("MINE_SCHEMA") or mt.DATA.parent / "schema" / "pmml.xsd")
JARS = pathlib.Path(os.environ.get("MINE_JPMML") or mt.ROOT / "build" / "jpmml")
FOREIGN = mt.ROOT / "tests" / "foreign"


def cell(value):
    if value is None:
        return ""
    text = repr(value) if isinstance(value, float) else str(value)
    return "=" + text.replace("\\", "\\s").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def export(db, folder, checks):
    """Documents and rows; (name, target, SELECT) of them."""
    done = []
    for model in [*train(db, checks), *train_real(db, checks)]:
        name, _, select = model
        try:
            text = db.execute("SELECT mine_export(?, 'pmml')", (name,)).fetchone()[0]
        except Exception as error:
            known = "gmm" in name and "PMML has no mixtures" in str(error)
            checks.that(known, f"{name} is written", str(error))
            continue
        (folder / f"{name}.pmml").write_text(text, encoding="utf-8")
        with open(folder / f"{name}.tsv", "w", encoding="utf-8", newline="\n") as out:
            rows = db.execute(select + " ORDER BY id")
            out.write("\t".join(c[0] for c in rows.description[1:]) + "\n")
            for row in rows:
                out.write("\t".join(cell(v) for v in row[1:]) + "\n")
        done.append(model)
    return done


def validate(folder, checks):
    files = sorted(folder.glob("*.pmml"))
    if not SCHEMA.exists():
        print(f"skipped: the schema is not there ({SCHEMA})")
    elif shutil.which("xmllint"):
        for file in files:
            done = subprocess.run(["xmllint", "--huge", "--noout", "--schema", str(SCHEMA), str(file)], capture_output=True, text=True)
            checks.that(done.returncode == 0, f"{file.stem} is valid", done.stderr[:300])
    else:
        peers_first()
        try:
            from lxml import etree
        except ImportError:
            print("skipped: neither xmllint nor lxml reads the schema")
            return
        schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
        for file in files:
            good = schema.validate(etree.parse(str(file), etree.XMLParser(huge_tree=True)))
            checks.that(good, f"{file.stem} is valid", "" if good else str(schema.error_log)[:300])


def score(db, folder, checks, models):
    java, javac = shutil.which("java"), shutil.which("javac")
    if not java or not javac or not list(JARS.glob("pmml-evaluator-*.jar")):
        print(f"skipped: JPMML's evaluator is not there (java, javac, {JARS})")
        return
    path = f"{JARS}/*:{folder}"
    subprocess.run([javac, "-cp", f"{JARS}/*", "-d", str(folder), str(FOREIGN / "Score.java")], check=True)
    done = subprocess.run([java, "-Xss8m", "-cp", path, "Score", str(folder)], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        checks.that(line.startswith("scored"), line[:1500])
    for name, target, select in models:
        out = folder / f"{name}.out"
        if not out.exists() or out.stat().st_size == 0:
            continue
        lines = out.read_text(encoding="utf-8").splitlines()
        names, theirs = lines[0].split("\t"), [line.split("\t") for line in lines[1:]]
        first = next(i for i, n in enumerate(names) if n.startswith("predicted(") or n == "cluster")
        order = [first] + [i for i in range(len(names)) if i != first]
        mine = ours(db, name, target, select)
        wrong, worst, example = 0, 0.0, ""
        for a, b in zip(mine, theirs):
            b = [b[i] for i in order]
            bad = len(a) != len(b)
            numbers = list(zip(a, b))
            if isinstance(a[0], str) or target == "whole":
                bad |= str(a[0]) != b[0]
                numbers = numbers[1:]
            for u, v in numbers:
                off = abs(float(v) - u) / max(1, abs(u)) if v != "null" else 1
                worst = max(worst, off)
                bad |= off > 1e-9
            if bad and not example:
                example = f"; ours {a}, theirs {b}"
            wrong += bad
        checks.that(len(theirs) == len(mine) and wrong == 0, f"{name}: {len(theirs)} rows", f"{wrong} differ, worst {worst:.1e}{example}")


def main():
    checks = mt.Checks("PMML")
    folder = mt.scratch()
    try:
        db = mt.connect()
        models = export(db, folder, checks)
        validate(folder, checks)
        score(db, folder, checks, models)
        db.close()
    finally:
        shutil.rmtree(folder)
    if checks.done == 0:
        mt.skip("nothing that reads PMML is there")
    checks.end()


if __name__ == "__main__":
    mt.preload_self()
    main()
