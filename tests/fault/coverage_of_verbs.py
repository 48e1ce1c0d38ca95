#!/usr/bin/env python3
"""A verb or an algorithm that lacks its rows fails here by itself.

Verbs are what mine_verbs lists, algorithms and model kinds those of
algorithms/registry.def.  Each verb needs: calls with bad input, a row in the table
of calls (failing memory, interrupts, limits, good guest, threads all run it), a page of
the reference.  Each algorithm needs training rows in that table that take options, a
model among those that are damaged, and its page.  Each kind needs a model to damage.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/bad_input")]
import cases  # noqa: E402
import minetest as mt  # noqa: E402


def read(*parts):
    return "\n".join(p.read_text(encoding="utf-8") for part in parts for p in sorted(ROOT.glob(part)))


def registered():
    """Verbs, algorithms, kinds."""
    verbs = mt.shell("SELECT DISTINCT verb FROM mine_verbs;")[1].split()
    registry = re.sub(r"/\*.*?\*/", "", read("algorithms/registry.def"), flags=re.S)
    return (sorted(set(verbs)), re.findall(r"ALGORITHM\((\w+)\)", registry),
            re.findall(r"KIND\((\w+)\)", registry))


def bad_input_sql():
    """All SQL of the catalogue."""
    tables = [cases.SOURCE_VERBS, cases.MODEL_VERBS, cases.OPTION_VERBS]
    return "\n".join([sql for table in tables for sql in table.values()] + [c[1] for c in cases.CASES])


def calls():
    """The rows of the table of calls: (verb and algorithm, SQL)."""
    table = re.search(r"fault_calls\[\] = \{(.*?)\{NULL", read("tests/fault/fault.c"), re.S).group(1)
    rows = re.findall(r'\{"(mine_[^"]*)",(.*?),\s*[01]\}', table, re.S)
    return [(name, "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', sql))) for name, sql in rows]


def calls_verb(sql, verb):
    return re.search(rf"\b{verb}\b(?=\s*\()|\bFROM {verb}\b", sql) is not None


def main():
    checks = mt.Checks("rows of verbs and algorithms")
    verbs, algorithms, kinds = registered()
    table, bad_input = calls(), bad_input_sql()
    models = re.findall(r'\{"([^"]+)", "(\w+)",\s*"[^"]*",', read("tests/fuzz/model_use.c"))
    verb_pages = read("docs/reference/*.md")
    checks.that(len(verbs) > 20 and len(table) > 40, "the tables were found",
                f"{len(verbs)} verbs, {len(table)} calls")
    for verb in verbs:
        checks.that(calls_verb(bad_input, verb), f"{verb}: bad input (tests/bad_input/cases.py)")
        checks.that(any(name.split()[0] == verb and calls_verb(sql, verb) for name, sql in table),
                    f"{verb}: a call (tests/fault/fault.c)")
        checks.that(verb in verb_pages, f"{verb}: reference (docs/reference)")
    for name in algorithms:
        for verb in ("mine_train", "mine_fit"):
            checks.that(any(f"{verb} {name}" == row and f"'{name}'" in sql for row, sql in table),
                        f"{name}: {verb} (tests/fault/fault.c)")
        checks.that(any(f"'{name}'" in sql and "{o}" in sql for _, sql in table),
                    f"{name}: a call that takes options: limits and threads (tests/fault/fault.c)")
        checks.that(any(algorithm == name for _, algorithm in models),
                    f"{name}: a model to damage (tests/fuzz/model_use.c)")
        checks.that(f"'{name}'" in bad_input, f"{name}: bad input (tests/bad_input/cases.py)")
        checks.that((ROOT / f"docs/reference/{name}.md").exists(), f"{name}: docs/reference/{name}.md")
    for kind in kinds:
        checks.that(any(model.split()[0] == kind for model, _ in models),
                    f"{kind}: a model to damage (tests/fuzz/model_use.c)")
    for program in ("fault_alloc", "interrupt", "limits", "mappings", "sameness"):
        checks.that("fault_calls" in read(f"tests/fault/{program}.c"), f"{program} runs the table")
    checks.that("fault_calls" in read("tests/hosts/guest.c"), "guest runs the table")
    checks.end()


main()
