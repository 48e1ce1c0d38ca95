#!/usr/bin/env python3
"""Run SQL scripts and the examples of the documents; compare what they print.

    tests/run.py sql [--update] [FILE ...]    tests/sql/*.sql against NAME.expected
    tests/run.py docs [--update] [FILE ...]   README.md and docs/**.md
    tests/run.py demo                         build the demo databases in build/demo

A script runs in the sqlite3 shell on an empty in-memory database, with the
extension loaded, in a folder that looks like the checkout; stdout and stderr are
compared together.

In a document, all ```sql blocks run in order in one session on a copy of the demo
database.  A ```text block that follows a ```sql block (only blank lines between)
is its exact output; a ```sql block without one must run without an error.  A
```sh block runs only when the line before it is `<!-- run -->` (its ```text block
is compared too).  `<!-- skip -->` before a ```sql block leaves it out, and
`<!-- database: demo_zh.db -->` anywhere chooses another database.
`<!-- quote: FILE -->` before a block says that it stands in that file, line for line.
Files that a page on the design names must be there.
--update rewrites the expected output: read the diff before you commit it.  A document whose
database is not in build/demo is refused, and stays as it is.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import minetest as mt

MARK = "--mine-test-block-"
DATABASES = {"demo.db": "demo.sql", "demo_zh.db": "demo_zh.sql"}


# ---- comparing -----------------------------------------------------------------


def show_difference(name, expected, got):
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), f"{name} (expected)",
                                 f"{name} (got)", lineterm="")
    print("\n".join(lines))


# ---- tests/sql -------------------------------------------------------------------


def run_script(path, update):
    """One script: True when it printed what NAME.expected holds."""
    code, got = mt.shell(path.read_text(encoding="utf-8"))
    if code < 0 or code > 1:
        got += f"(the shell ended with code {code})\n"
    expected_path = path.with_suffix(".expected")
    if update:
        expected_path.write_text(got, encoding="utf-8")
        print("updated", expected_path.relative_to(mt.ROOT))
        return True
    expected = expected_path.read_text(encoding="utf-8") if expected_path.exists() else None
    if got == expected:
        print("ok    ", path.name)
        return True
    print("FAILED", path.name)
    show_difference(path.stem, expected or "", got)
    return False


# ---- documents --------------------------------------------------------------------


class Block:
    """A fenced block: its language, text, first line (0-based, after the fence) and marks."""

    def __init__(self, language, start, mark):
        self.language, self.start, self.mark = language, start, mark
        self.lines, self.output = [], None

    @property
    def text(self):
        return "\n".join(self.lines) + "\n" if self.lines else ""


def read_blocks(lines):
    blocks, block, last, blank_only, mark = [], None, None, False, ""
    for number, line in enumerate(lines):
        if block is not None:
            if line.startswith("```"):
                if block.language == "text" and last and blank_only and last.output is None:
                    last.output = block
                blocks.append(block)
                last, block, blank_only, mark = block, None, True, ""
            else:
                block.lines.append(line)
        elif line.startswith("```"):
            block = Block(line[3:].strip(), number + 1, mark)
        elif line.strip().startswith("<!--"):
            mark = line.strip()[4:].rstrip("->").strip()
        elif line.strip():
            blank_only, mark = False, ""
    return blocks


def run_sql_blocks(blocks, database, folder):
    """All SQL blocks in one session; the output of each."""
    script = "".join(f"{b.text}\n.print {MARK}{i}\n" for i, b in enumerate(blocks))
    _, out = mt.shell(script, database, folder)
    outputs = []
    for i in range(len(blocks)):
        head, found, out = out.partition(f"{MARK}{i}\n")
        outputs.append(head if found else head + "(the session ended here)\n")
        if not found:
            outputs += [""] * (len(blocks) - len(outputs))
            break
    return outputs


def compare_quotes(name, blocks):
    """How many code blocks after `<!-- quote: FILE -->` do not stand in that file as they are."""
    wrong = 0
    for block in blocks:
        if not block.mark.startswith("quote:"):
            continue
        path = mt.ROOT / block.mark.partition(":")[2].strip()
        if not path.exists() or block.text not in path.read_text(encoding="utf-8"):
            print(f"FAILED {name}:{block.start} quotes what {path} does not hold")
            wrong += 1
    return wrong


SOURCES = ("algorithms", "bench", "cmake", "ext", "sql", "tests", "tools")
PLANNED = {"kernel/linalg.c", "cblas.h"}  # of "No BLAS" in architecture.md


def missing_files(name, text):
    """How many files of ours that a page on the design names, in `code`, are not there."""
    if not re.match(r"docs/(design/|adding-)", name):
        return 0
    there = ["/" + str(p.relative_to(mt.ROOT)) for folder in SOURCES
             for p in (mt.ROOT / folder).rglob("*.*")]
    missing = [f for f in sorted(set(re.findall(r"`([\w/-]+\.(?:c|h|def|py|sh))`", text)) - PLANNED)
               if not any(path.endswith("/" + f) for path in there)]
    for file in missing:
        print(f"FAILED {name} names {file}, which is not there")
    return len(missing)


def run_shell_block(block, folder):
    done = subprocess.run(["sh", "-ec", block.text], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=mt.environment(), check=False)
    out = mt.plain(done.stdout.decode("utf-8", "replace"))
    return out if done.returncode == 0 else out + f"(exit code {done.returncode})\n"


def judge_block(name, block, got):
    """None when the block did what the document says, else a complaint is printed."""
    if block.output is not None:
        if got == block.output.text:
            return True
        print(f"FAILED {name}:{block.start} prints something else")
        show_difference(f"{name}:{block.output.start}", block.output.text, got)
        return False
    if re.search(r"^(Parse error|Runtime error|Error):|^\((exit code|the session)", got, re.M):
        print(f"FAILED {name}:{block.start} does not run")
        print(got)
        return False
    return True


def demo_copy(folder, database):
    for name in DATABASES:
        if (mt.DEMO / name).exists():
            shutil.copy(mt.DEMO / name, folder / name)
    return folder / database


def run_document(path, update):
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    blocks = read_blocks(lines)
    sql = [b for b in blocks if b.language == "sql" and b.mark != "skip"]
    shell = [b for b in blocks if b.language in ("sh", "console") and b.mark == "run"]
    name = str(path.relative_to(mt.ROOT))
    if compare_quotes(name, blocks) or missing_files(name, text):
        return False
    if not sql and not shell:
        print(f"ok     {name}: no examples to run")
        return True
    wanted = re.search(r"<!--\s*database:\s*(\S+)\s*-->", text)
    database = wanted.group(1) if wanted else "demo.db"
    missing = [d for d in (database, *DATABASES) if not (mt.DEMO / d).exists()]
    if missing:
        print(f"FAILED {name}: {mt.DEMO / missing[0]} is not there; run tests/run.py demo first")
        return False
    folder = mt.scratch()
    try:
        outputs = list(zip(sql, run_sql_blocks(sql, demo_copy(folder, database), folder) if sql else []))
        outputs += [(b, run_shell_block(b, folder)) for b in shell]
    finally:
        shutil.rmtree(folder)
    if update:
        update_document(path, lines, outputs)
        return True
    good = [judge_block(name, block, got) for block, got in outputs]
    compared = sum(b.output is not None for b, _ in outputs)
    print(f"{'ok    ' if all(good) else 'FAILED'} {name}: {len(good)} examples run, "
          f"{compared} outputs compared")
    return all(good)


def update_document(path, lines, outputs):
    """Put the real output into the text blocks, from the last to the first."""
    for block, got in sorted(outputs, key=lambda o: -o[0].start):
        if block.output is not None:
            first = block.output.start
            lines[first:first + len(block.output.lines)] = got.split("\n")[:-1]
    path.write_text("\n".join(lines), encoding="utf-8")
    print("updated", path.relative_to(mt.ROOT))


def documents():
    return sorted([*mt.ROOT.glob("README*.md"), *(mt.ROOT / "docs").rglob("*.md")])


# ---- the demo databases ---------------------------------------------------------------


def build_demo():
    """Both demo databases with the plain shell: no extension, so it cannot help."""
    mt.DEMO.mkdir(parents=True, exist_ok=True)
    for name, script in DATABASES.items():
        path = mt.DEMO / name
        path.unlink(missing_ok=True)
        started = time.monotonic()
        code = subprocess.run([mt.SHELL, "-batch", "-init", os.devnull, "-bail", str(path), f".read sql/{script}"],
                              cwd=mt.ROOT, check=False).returncode
        if code:
            path.unlink(missing_ok=True)  # a part of it would pass for the whole
            print("FAILED", script)
            return False
        print(f"ok     {name}: {path.stat().st_size / 1e6:.1f} MB in {time.monotonic() - started:.1f} s")
    return True


def main(arguments):
    update = "--update" in arguments
    names = [a for a in arguments if a != "--update"]
    what, files = (names[0] if names else "sql"), [pathlib.Path(n).resolve() for n in names[1:]]
    if what == "demo":
        return 0 if build_demo() else 1
    if what not in ("sql", "docs"):
        print(__doc__)
        return 2
    if not mt.EXTENSION.exists():
        print(f"{mt.EXTENSION} is not there: build first, or set MINE_EXTENSION")
        return 1
    run = run_script if what == "sql" else run_document
    files = files or (sorted((mt.ROOT / "tests/sql").glob("*.sql")) if what == "sql" else documents())
    return 0 if all([run(f, update) for f in files]) else 1


if __name__ == "__main__":
    os.chdir(mt.ROOT)
    sys.exit(main(sys.argv[1:]))
