#!/usr/bin/env python3
"""Every C file reads as .clang-format says.  Exit 77 when clang-format is not there.

    tools/check_format.py          report the files that differ
    tools/check_format.py --fix    rewrite them

clang-format tears a line of a comment that is too long and leaves its rest as a line of one star; such lines
are reported too, since only a person can put them together again.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("algorithms", "ext", "tests", "bench", "docs")


def torn(path):
    """The numbers of the lines of comments that begin with one star and a word, or only end a heading."""
    inside, before = False, ""
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        heading = re.match(r"/\* ---- .*-$", before)
        if inside and (re.match(r"\s*\*[^*/\s]", line) or heading and re.match(r" \*( -*|/)$", line)):
            yield number
        opened = line.rfind("/*")
        inside = line.find("*/", opened + 2) < 0 if opened >= 0 else inside and "*/" not in line
        before = line


def main() -> int:
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        print("skipped: clang-format is not installed")
        return 77
    files = sorted(str(p) for folder in FOLDERS for p in (ROOT / folder).rglob("*.[ch]"))
    if "--fix" in sys.argv[1:]:
        return subprocess.run([tool, "-i", *files], check=False).returncode
    run = subprocess.run([tool, "--dry-run", "-Werror", *files], capture_output=True, text=True,
                         check=False)
    said = {line.split(":", 1)[0] for line in run.stderr.splitlines()}
    bad = [f for f in files if f in said]
    rests = [f"{pathlib.Path(f).relative_to(ROOT)}:{n}" for f in files for n in torn(f)]
    if run.returncode and not bad:  # clang-format itself failed
        print(run.stderr)
        return 1
    for name in bad:
        print("not formatted:", pathlib.Path(name).relative_to(ROOT))
    for place in rests:
        print(f"{place}: the rest of a line of a comment; keep comments below 97 columns")
    if bad:
        print(f"{len(bad)} of {len(files)} files; remedy: tools/check_format.py --fix")
    if bad or rests:
        return 1
    print(f"{len(files)} files are formatted")
    return 0


sys.exit(main())
