#!/usr/bin/env python3
"""Every branch of the decoder and of the option parser is taken, or the page says why not.

    tools/check_branches.py BUILD

BUILD was compiled by clang with -fprofile-instr-generate -fcoverage-mapping, and the tests
left their counters in BUILD/prof (tools/long_checks.sh coverage does both).  A branch is a
condition and the side, true or false, that no test took.  It is known on the page
docs/design/unreached-branches.md by its function and its source text, not by its line, so
the page stays true while the file moves; a row without its branch fails too.
"""
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/design/unreached-branches.md"
EVERYTHING = ".*"
# File: the functions that read a model, options or a source.
WATCHED = {
    "algorithms/core/background.c": EVERYTHING,
    "algorithms/core/bytes.c": EVERYTHING,
    "algorithms/core/json.c": EVERYTHING,
    "algorithms/core/number.c": "number_(is_space|count_digits|exponent|scan|digit|slow|value)|mine_read_.*",
    "algorithms/core/options.c": EVERYTHING,
    "algorithms/core/options_set.c": EVERYTHING,
    "algorithms/core/options_words.c": EVERYTHING,
    "algorithms/core/parallel.c": EVERYTHING,
    "algorithms/core/spelling.c": EVERYTHING,
    "algorithms/core/thread.c": EVERYTHING,
    "algorithms/core/text.c": "text_(is_tail|character)|mine_(valid_utf8|utf8_prefix|edit_distance)",
    "algorithms/data/dictionary.c": EVERYTHING,
    "algorithms/data/encode.c": "encode_load.*|mine_encoding_(save|load)",
    "algorithms/data/values.c": EVERYTHING,
    "algorithms/model/envelope.c": EVERYTHING,
    "algorithms/model/envelope_schema.c": EVERYTHING,
    "algorithms/model/ensemble.c": "ensemble_(save|load)",
    "algorithms/model/grouped.c": "grouped_(save|load)",
    "algorithms/model/members.c": "members_(places|bind.*)|mine__members_(bind|read|write)",
    "algorithms/model/model.c": "mine_model_(empty|load|metric)|mine__note_warns|mine__task_find",
    "algorithms/model/neighbours_bytes.c": EVERYTHING,
    "algorithms/model/prototypes.c": "prototypes_(save|load).*",
    "algorithms/model/trees_ask.c": "mine__trees_prepare",
    "algorithms/model/trees_bytes.c": EVERYTHING,
    "ext/host_memory.c": EVERYTHING,
    "ext/source_gate.c": EVERYTHING,
}


def tool(name):
    found = shutil.which(name) or shutil.which(f"{name}-14")
    if not found:
        print(f"skipped: no {name}")
        sys.exit(77)
    return found


def instrumented(build):
    """The programs and the extension: what can have left counters."""
    files = [p for p in sorted(build.iterdir()) if p.is_file() and p.stat().st_mode & 0o111]
    return [str(p) for p in files if p.read_bytes()[:4] == b"\x7fELF" and not p.name.startswith("libmine")]


def coverage(build):
    """llvm-cov's export of all runs together."""
    counters = [str(p) for p in (build / "prof").glob("*.profraw")]
    merged = str(build / "all.profdata")
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", "-o", merged, *counters], check=True)
    first, *others = instrumented(build)
    objects = [first] + [word for other in others for word in ("-object", other)]
    exported = subprocess.run([tool("llvm-cov"), "export", "-instr-profile", merged, *objects],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(exported.stdout)["data"][0]


def source_text(path, region):
    """The condition as it is written, on one line."""
    line, column, last_line, last_column = region
    lines = path.read_text("utf-8").split("\n")[line - 1:last_line]
    lines[-1] = lines[-1].encode()[:last_column - 1].decode()
    lines[0] = lines[0].encode()[column - 1:].decode()
    return " ".join(part.strip() for part in lines)


def untaken(exported):
    """{(file, function, condition, side)} of the watched functions."""
    counts = collections.defaultdict(lambda: [0, 0])
    for function in exported["functions"]:
        name = function["name"].split(":")[-1]
        for *region, true, false, file, _expanded, _kind in function["branches"]:
            path = pathlib.Path(function["filenames"][file])
            if ROOT not in path.parents:
                continue
            of = str(path.relative_to(ROOT))
            if re.fullmatch(WATCHED.get(of, "(?!)"), name):
                counts[of, name, tuple(region)][0] += true
                counts[of, name, tuple(region)][1] += false
    found = set()
    for (of, name, region), taken in counts.items():
        text = source_text(ROOT / of, region)
        found.update((of, name, text, side) for side, n in zip(("true", "false"), taken) if n == 0)
    return found, 2 * len(counts)


def listed():
    """The rows of the page: | file | function | `condition` | side | why |."""
    rows = re.findall(r"^\| `([^`]+)` \| `(\w+)` \| `` ?(.+?) ?`` \| (true|false) \| .+ \|$",
                      PAGE.read_text("utf-8"), re.M)
    return {tuple(row) for row in rows}


def print_total(exported):
    for what in ("lines", "branches"):
        parts = [f["summary"][what] for f in exported["files"]
                 if re.match(r"(algorithms|ext)/", str(pathlib.Path(f["filename"]).relative_to(ROOT)))]
        count, taken = (sum(part[key] for part in parts) for key in ("count", "covered"))
        print(f"algorithms/ and ext/: {taken} of {count} {what}, {100 * taken / count:.1f}%")


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip())
        return 2
    exported = coverage(pathlib.Path(sys.argv[1]).resolve())
    print_total(exported)
    found, sides = untaken(exported)
    known = listed()
    for row in sorted(found - known):
        print("NOT TAKEN, and not on the page: {} {}: `{}` is never {}".format(*row))
    for row in sorted(known - found):
        print("ON THE PAGE, but taken or gone: {} {}: `{}` is never {}".format(*row))
    print(f"decoder, options, source gate: {sides} branches, {len(found)} not taken, {len(known)} on the page")
    return 1 if found != known or not sides else 0


sys.exit(main())
