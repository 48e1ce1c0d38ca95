#!/usr/bin/env python3
"""The tables of calls that are made of mine_verbs hold every verb and every algorithm.

tests/fault/calls.c (failing memory, interrupts, limits, good guest, threads) and
tests/bad_input/derived.py make their rows of what each verb says of itself.  What they
could make nothing of would not be tried: it fails here.  Each model kind needs a model
to damage (tests/fuzz/model_use.c) and one for each form in which it leaves (exported.py,
leaving.py), each verb and algorithm its place in the reference, each kind and algorithm its
place in the table of docs/adding-an-algorithm.md, each kind that gives reasons and its
algorithms a word on them, and each method of mine_forecast an algorithm that stores it.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/bad_input")]
import minetest as mt  # noqa: E402

mt.preload_self()
import derived  # noqa: E402
import test_bad_input  # noqa: E402


def read(*parts):
    return "\n".join(p.read_text(encoding="utf-8") for part in parts for p in sorted(ROOT.glob(part)))


def calls():
    """The rows of the table of calls: (verb and algorithm, fails, SQL)."""
    done = subprocess.run([str(mt.BUILD / "fault_list")], stdout=subprocess.PIPE, check=True)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return [(name, fails == "1", sql) for name, fails, sql in rows]


def main():
    checks = mt.Checks("rows of verbs and algorithms")
    connection = test_bad_input.template()
    verbs = connection.execute("SELECT verb, kind, form, reads FROM mine_verbs").fetchall()
    algorithms = [row[0] for row in connection.execute("SELECT algorithm FROM mine_algorithms")]
    registry = re.sub(r"/\*.*?\*/", "", read("algorithms/registry.def"), flags=re.S)
    kinds = re.findall(r"KIND\((\w+)\)", registry)
    checks.equal(len(verbs), len(re.findall(r"VERB\((\w+)\)", registry)), "verbs of registry.def")
    checks.equal(len(algorithms), len(re.findall(r"ALGORITHM\((\w+)\)", registry)),
                 "algorithms of registry.def")
    table = calls()
    pages = read("docs/reference/*.md")
    table_of_kinds = read("docs/adding-an-algorithm.md").partition("| kind |")[2].partition("## 1.")[0]
    damaged = re.findall(r'\{"(\w+)[^"]*", "\w+",\s*"[^"]*",', read("tests/fuzz/model_use.c"))
    checks.that(len(table) > 50, f"{len(table)} calls")
    for verb, kind, form, reads in verbs:
        rows = [sql for name, fails, sql in table if name.split()[0] == verb and not fails and
                re.search(rf"{'FROM' if kind == 'table' else ''} {verb}\b", sql)]
        checks.that(rows, f"{verb} ({kind}): a call", f"{len(rows)}")
        if re.search(r"\boptions\b", form) and kind != "aggregate":
            checks.that(any("{o}" in sql for sql in rows), f"{verb} ({kind}): a call with options")
        bad = derived.of_verb(connection, verb, kind)
        checks.that(bad or "(" not in form.replace("()", ""), f"{verb} ({kind}): bad input",
                    f"{len(bad)} cases")
        for name in re.findall(r"\b(source|queries|model)\b", form):
            if not (name == "model" and "algorithm" in form):
                checks.that(any(case[0].startswith(f"{verb} of {name}") for case in bad),
                            f"{verb} ({kind}): a bad {name}")
        checks.that(verb in pages, f"{verb}: reference (docs/reference)")
    for name in algorithms:
        for verb in ("mine_train", "mine_fit"):
            checks.that(any(f"{verb} {name}" == row and f"'{name}'" in sql and "{o}" in sql
                            for row, _, sql in table), f"{name}: {verb}, with options")
        checks.that((ROOT / f"docs/reference/{name}.md").exists(), f"{name}: docs/reference/{name}.md")
        checks.that(f"`{name}`" in table_of_kinds, f"{name}: the table of docs/adding-an-algorithm.md")
    for method in re.findall(r"FORECASTER\((\w+)\)", read("algorithms/series/methods.def")):
        stored = "auto_forecast" if method == "auto" else method  # `auto` is an algorithm of classes
        checks.that(stored in algorithms, f"{method}: an algorithm of series/methods.def")
    for kind in kinds:
        checks.that(f"\n| `{kind}` |" in table_of_kinds, f"{kind}: the table of docs/adding-an-algorithm.md")
        checks.that(kind in damaged, f"{kind}: a model to damage (tests/fuzz/model_use.c)")
    elsewhere = {form: read(f"tests/differential/{file}.py", "tests/differential/test_components_exported.py")
                 for form, file in (("sql", "exported"), ("c", "exported"), ("pmml", "leaving"), ("onnx", "leaving"))}
    for form, kind, makers in connection.execute("SELECT format, kind, algorithms FROM mine_formats "
                                                 "WHERE written AND algorithms <> ''"):
        checks.that(form not in elsewhere or any(f'"{name}"' in elsewhere[form] for name in makers.split(", ")),
                    f"{kind}: a model that is read elsewhere as {form} (tests/differential)")
    (notes,), = connection.execute("SELECT notes FROM mine_verbs WHERE verb = 'mine_explain'")
    for kind, row in re.findall(r"^const mine_kind mine__kind_(\w+) = \{(.*?)^\};", read("algorithms/*/*.c"), re.M | re.S):
        if ".explain" not in row:
            continue
        checks.that(re.search(rf"\*\*   [\w, ]*\b{kind}\b", read("algorithms/model/explain.h")), f"{kind}: its reasons (explain.h)")
        (makers,), = connection.execute("SELECT coalesce(algorithms, '') FROM mine_formats WHERE kind = ? LIMIT 1", (kind,))
        for name in filter(None, makers.split(", ")):
            checks.that(f"`{name}`" in notes, f"{name}: its reasons (notes of mine_explain)")
    for program in ("fault_alloc", "interrupt", "limits", "mappings", "sameness"):
        checks.that("fault_calls" in read(f"tests/fault/{program}.c"), f"{program} runs the table")
    checks.that("fault_calls" in read("tests/hosts/guest.c"), "guest runs the table")
    checks.end()


main()
