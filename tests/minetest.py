"""What every test script shares: where things are, the shell, a connection.

Environment (ctest sets it; the defaults suit a build in ./build):
  MINE_BUILD      build directory                    build
  MINE_EXTENSION  the extension                      build/mine.so
  MINE_SQLITE     the sqlite3 shell                  sqlite3
  MINE_PRELOAD    a sanitizer's library, or empty
  MINE_DATA       the folder of public data sets     ../shared/data
"""
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("MINE_BUILD") or ROOT / "build")
EXTENSION = pathlib.Path(os.environ.get("MINE_EXTENSION") or BUILD / "mine.so")
SHELL = os.environ.get("MINE_SQLITE") or "sqlite3"
DATA = pathlib.Path(os.environ.get("MINE_DATA") or ROOT / ".." / "shared" / "data")
PRELOAD = os.environ.get("MINE_PRELOAD") or ""
DEMO = BUILD / "demo"
SKIPPED = 77


def skip(reason):
    """End this script as skipped, saying why."""
    print("skipped:", reason)
    sys.exit(SKIPPED)


def data(name):
    """The path of a public data set, or the end of this script."""
    path = DATA / name
    if not path.exists():
        skip(f"{name} is not in MINE_DATA ({DATA})")
    return path


def environment():
    """The environment of a child that loads the extension."""
    env = dict(os.environ, MINE_PROGRESS="0")
    if PRELOAD:
        env["LD_PRELOAD"] = PRELOAD
        # Hosts keep memory of their own at exit; leaks are hunted by the unit
        # tests and the C host, which are ours from main() on.
        env["ASAN_OPTIONS"] = "detect_leaks=0"
    return env


def preload_self():
    """Start this script again with the sanitizer's library in the process."""
    if PRELOAD and os.environ.get("LD_PRELOAD") != PRELOAD:
        os.execve(sys.executable, [sys.executable, *sys.argv], environment())


def scratch():
    """A temporary folder that looks like the checkout to a script run in it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mine-test-"))
    (folder / "mine.so").symlink_to(EXTENSION)
    for name in ("sql", "tests", "docs"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def shell(script, database=":memory:", folder=None, load=True, options=()):
    """Feed SQL to the sqlite3 shell: (exit code, stdout and stderr together)."""
    own = folder is None
    folder = folder or scratch()
    command = [SHELL, "-batch", "-init", os.devnull, *options]
    if load:
        command += ["-cmd", ".load ./mine"]
    try:
        done = subprocess.run([*command, str(database)], input=script.encode(), cwd=folder,
                              env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=600, check=False)
    finally:
        if own:
            shutil.rmtree(folder)
    return done.returncode, plain(done.stdout.decode("utf-8", "replace"))


def plain(text):
    """Errors as an interactive shell prints them: without the script's line number.
    Plans without the mark of a left join, which SQLite 3.38 does not make."""
    text = re.sub(r" LEFT-JOIN$", "", text, flags=re.M)
    return re.sub(r"^(Parse error|Runtime error|Error)(?: near line \d+)?:", r"\1:", text,
                  flags=re.M)


def connect(database=":memory:", **options):
    """A connection with the extension loaded."""
    connection = sqlite3.connect(str(database), **options)
    if not hasattr(connection, "enable_load_extension"):
        skip(f"{sys.executable} cannot load SQLite extensions; use the system's python3")
    connection.enable_load_extension(True)
    connection.load_extension(str(EXTENSION))
    connection.enable_load_extension(False)
    return connection


def r(*arguments, **said):
    """What Rscript prints; None where R or a package of it is not installed.  Any other failure of R ends the script."""
    program = shutil.which("Rscript")
    if not program:
        return None
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          check=False, **{"env": {**os.environ, "LANGUAGE": "en"}, "timeout": 300, **said})
    if done.returncode == 0:
        return done.stdout
    if "there is no package called" in done.stderr:
        return None
    sys.exit(f"FAILED: R ended with {done.returncode}: {done.stderr[-1000:]}")


def call_in(example, verb, table):
    """The call of the verb in its example, to its closing bracket."""
    start = re.search(rf"{'FROM ' if table else ''}{verb}(?![a-z_])", example, re.I)
    if not start:
        return None
    begin = at = start.start() + (5 if table else 0)
    depth, quote = 0, ""
    at += len(verb)
    if example[at:at + 1] != "(":
        return example[begin:at]
    while at < len(example):
        character = example[at]
        if quote:
            quote = "" if character == quote else quote  # a doubled quote opens again
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "(") - (character == ")")
        at += 1
        if not quote and depth == 0:
            return example[begin:at]
    return None


class Checks:
    """Counts checks, goes on after a failure, and ends the script with the verdict."""

    def __init__(self, title):
        self.title, self.done, self.failed = title, 0, 0

    def that(self, good, what, detail=""):
        self.done += 1
        if not good:
            self.failed += 1
        print(f"{'ok    ' if good else 'FAILED'} {what}" + (f": {detail}" if detail else ""))
        return good

    def equal(self, got, expected, what):
        return self.that(got == expected, what,
                         f"{got}" if got == expected else f"got {got}, expected {expected}")

    def close(self, got, expected, what, tolerance=1e-9):
        good = got is not None and abs(got - expected) <= tolerance * max(1.0, abs(expected))
        return self.that(good, what, f"{got} (expected {expected}, tolerance {tolerance:g})")

    def raises(self, call, pattern, what):
        try:
            call()
        except Exception as error:  # the text is what is tested
            return self.that(re.search(pattern, str(error)) is not None, what, str(error))
        return self.that(False, what, f"no error; expected /{pattern}/")

    def end(self):
        print(f"{self.title}: {self.done - self.failed} of {self.done} checks passed")
        sys.exit(1 if self.failed or not self.done else 0)
