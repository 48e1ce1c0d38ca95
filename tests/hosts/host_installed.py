"""What `cmake --install` puts down works from where it lies: the extension under any name, nightly.sh, the licence."""
import pathlib
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402


def main():
    check = mt.Checks("host_installed")
    folder = pathlib.Path(mt.scratch())
    prefix = folder / "prefix"
    done = subprocess.run(["cmake", "--install", str(mt.BUILD), "--prefix", str(prefix)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    check.that(done.returncode == 0, "cmake --install", done.stdout[-300:] if done.returncode else "")
    found = list(prefix.glob("**/sqlite-mine/mine.so"))
    check.that(len(found) == 1, "one mine.so", str(found))
    check.that(f".load {found[0].with_suffix('')}" in done.stdout, "the line to type is printed")
    check.that(len(list(prefix.glob("**/LICENSE"))) == 1, "the licence is there")
    for name in "sqlite-mine.so", "mine0.so", "libmine.so", "other_name.so":
        shutil.copy(found[0], folder / name)
        said = mt.shell(f".load {folder / name}\nSELECT mine_version() > '';\n", load=False)
        check.that("1" in str(said), f"{name} loads", str(said))
    script = next(prefix.glob("**/nightly.sh"))
    check.that(bool(script.stat().st_mode & stat.S_IXUSR), "nightly.sh may be executed")
    (folder / "try.sql").write_text("SELECT mine_version();\n")
    run = subprocess.run([str(script), str(folder / "any.db")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         cwd="/", env={**mt.environment(), "MINE_NIGHTLY_SQL": str(folder / "try.sql")}, check=False)
    check.that(run.returncode == 2 and "any.db" in run.stdout, "nightly.sh misses the database, not the extension", run.stdout)
    (folder / "any.db").touch()
    run = subprocess.run([str(script), str(folder / "any.db")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         cwd="/", env={**mt.environment(), "MINE_NIGHTLY_SQL": str(folder / "try.sql")}, check=False)
    check.that(run.returncode == 0 and "done" in run.stdout, "nightly.sh finds the installed extension", run.stdout)
    check.end()


if __name__ == "__main__":
    main()
