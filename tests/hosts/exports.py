#!/usr/bin/env python3
"""What the shared objects export and need.

mine.so exports its entry point only, so it cannot collide with the host's
symbols; libmine.so exports exactly the functions of mine.h; neither needs a
library beyond libc, libm and the loader (no BLAS, no libsqlite3; OpenMP only where
libmine.so's threads are OpenMP's), and the engine calls nothing that prints, exits, opens
files or changes the process.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MINE_BUILD", ROOT / "build"))
ALLOWED_LIBRARIES = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
SANITIZER_LIBRARIES = ("libasan", "libubsan", "libtsan", "libgcc_s", "libstdc++")
FORBIDDEN_CALLS = {"abort", "exit", "_exit", "printf", "puts", "putchar", "rand", "srand",
                   "setlocale", "fopen", "open", "system", "popen", "fork", "setenv", "putenv",
                   "signal", "sigaction", "localtime", "strtok", "free", "malloc"}
# Who may call what: the one place each of these belongs.
EXCEPTIONS = {"free": {"env.c"}, "malloc": {"env.c"}, "fopen": {"env.c"}, "open": {"cores.c"}}

failures = []


def check(good, text):
    if not good:
        failures.append(text)
        print("FAILED:", text)


def symbols(path, *flags):
    out = subprocess.run(["nm", *flags, str(path)], capture_output=True, text=True, check=True)
    return [line.split() for line in out.stdout.splitlines()]


def exported(path):
    return {s[-1].split("@")[0] for s in symbols(path, "-D", "--defined-only")}


def needed(path):
    out = subprocess.run(["readelf", "-d", str(path)], capture_output=True, text=True, check=True)
    return set(re.findall(r"NEEDED.*\[(.*?)\]", out.stdout))


def check_libraries(path, also=()):
    strange = {n for n in needed(path)
               if n not in ALLOWED_LIBRARIES and n not in also and not n.startswith(SANITIZER_LIBRARIES)}
    check(not strange, f"{path.name} needs {sorted(strange)}")


def check_calls(archive):
    current = ""
    out = subprocess.run(["nm", "-u", str(archive)], capture_output=True, text=True, check=True)
    for line in out.stdout.splitlines():
        if line.endswith(":"):
            current = line[:-1].replace(".c.o", ".c")
            continue
        name = line.split()[-1].split("@")[0] if line.split() else ""
        if name in FORBIDDEN_CALLS and current not in EXCEPTIONS.get(name, ()):
            check(False, f"{current} calls {name}()")


def check_names(archive, public):
    """A static link brings all external names into the host's program: each is public, or mine__."""
    there = {s[2] for s in symbols(archive, "-g", "--defined-only") if len(s) == 3}
    there = {n for n in there if not n.startswith(("__", "_GLOBAL")) and "." not in n}
    strange = {n for n in there if n not in public and not n.startswith("mine__")}
    check(len(there) > 100 and not strange, f"{archive.name} defines {sorted(strange)}")


def main():
    shared, archive, extension = (BUILD / n for n in ("libmine.so", "libmine.a", "mine.so"))
    header = (ROOT / "algorithms/mine.h").read_text()
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    public = set(re.findall(r"\b(mine_\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;", header))
    public -= {"mine_host"}
    check(len(public) > 30, f"mine.h declares only {len(public)} functions")
    if shared.exists():
        there = {s for s in exported(shared) if not s.startswith(("__", "_init", "_fini"))}
        check(there == public, "libmine.so against mine.h: "
              f"missing {sorted(public - there)}, extra {sorted(there - public)}")
        check_libraries(shared, {"libgomp.so.1", "libomp.so.5"})
    if extension.exists():
        there = {s for s in exported(extension) if not s.startswith("__asan")}
        check(there == {"sqlite3_extension_init", "sqlite3_mine_init"}, f"mine.so exports {sorted(there)}")
        check_libraries(extension)
    if archive.exists():
        check_calls(archive)
        check_names(archive, public)
    if (BUILD / "libmine_sqlite.a").exists():
        check_names(BUILD / "libmine_sqlite.a", public | {"sqlite3_mine_init"})
    if not archive.exists():
        print("skipped: nothing is built in", BUILD)
        return 77
    print("failed" if failures else f"exports as declared ({len(public)} public functions)")
    return 1 if failures else 0


sys.exit(main())
