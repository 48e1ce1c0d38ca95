#!/usr/bin/env python3
"""OpenMP stays in its place (docs/design/threads.md).

A `#pragma omp` that starts threads stands in algorithms/core/team_openmp.c only, always
with num_threads(); nothing calls omp_set_*, for those are settings of the whole process;
everywhere else `#pragma omp simd` is welcome, but not its reduction: a sum in another
order has other bits.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / "algorithms/core/team_openmp.c"
PRAGMA = re.compile(r'(?:#\s*pragma|_Pragma\s*\(\s*")\s*omp\b\s*(.*)')
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def problems_of(path, text):
    text = COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text).replace("\\\n", " ")
    for call in re.findall(r"\bomp_set_\w+", text):
        yield f"calls {call}: a setting of the whole process"
    if path != HOME and re.search(r"\bomp_\w+\s*\(|<omp\.h>", text):
        yield "uses OpenMP's run time"
    for clause in PRAGMA.findall(text):
        if clause.startswith("simd"):
            if "reduction" in clause:
                yield f"sums in another order: omp {clause}"
        elif path != HOME:
            yield f"has a pragma that belongs to {HOME.name}: omp {clause}"
        elif "num_threads(" not in clause:
            yield f"leaves the number of threads open: omp {clause}"


def lint(path, text):
    return [f"{path.relative_to(ROOT)} {problem}" for problem in problems_of(path, text)]


def can_fail():
    """Each rule finds what it is for."""
    elsewhere = ROOT / "algorithms/core/parallel.c"
    bad = [(elsewhere, "#pragma omp parallel num_threads(2)"), (elsewhere, "#include <omp.h>"),
           (elsewhere, '_Pragma("omp parallel for num_threads(2)")'), (HOME, "#pragma omp parallel"),
           (HOME, "omp_set_num_threads(2);"), (elsewhere, "# pragma omp simd reduction(+ : sum)")]
    good = [(elsewhere, "#pragma omp simd"), (HOME, "#pragma omp parallel num_threads(n)"),
            (elsewhere, "/* #pragma omp parallel */")]
    return all(lint(*one) for one in bad) and not any(lint(*one) for one in good)


def main():
    files = [p for folder in ("algorithms", "ext") for p in sorted((ROOT / folder).rglob("*.[ch]"))]
    problems = [problem for path in files for problem in lint(path, path.read_text("utf-8"))]
    for problem in problems:
        print("OPENMP:", problem)
    pragmas = HOME.read_text("utf-8").count("#pragma omp")
    print(f"{len(files)} files, {len(problems)} uses of OpenMP out of place")
    return 1 if problems or not pragmas or not can_fail() else 0


sys.exit(main())
