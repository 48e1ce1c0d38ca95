#!/usr/bin/env python3
"""Every C file reads as .clang-format says.  Exit 77 when clang-format is not there.

    tools/check_format.py          report the files that differ
    tools/check_format.py --fix    rewrite them
"""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("algorithms", "ext", "tests", "bench", "docs")


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
    if run.returncode and not bad:  # clang-format itself failed
        print(run.stderr)
        return 1
    for name in bad:
        print("not formatted:", pathlib.Path(name).relative_to(ROOT))
    if bad:
        print(f"{len(bad)} of {len(files)} files; remedy: tools/check_format.py --fix")
        return 1
    print(f"{len(files)} files are formatted")
    return 0


sys.exit(main())
