"""Small tables, as most people have them: is the default ever slower than one thread?

The workloads are made of the registry (mine_verbs, mine_algorithms), so a verb or an
algorithm that is added is measured by itself: what its form names is filled in, a model
by one of each algorithm that the verb answers for, options by `threads=auto` and
`threads=1`.  A verb without that option is compared with itself on one processor.  What
nothing could be made of is in `missing`, and bench.rows (tests/bench/rows.py) fails.

Both sides run in one process, by turns (A B, B A, ...): the same memory, the same
caches.  The figure is the median of the quotients of neighbours (with the quotient of the CPU
time of all threads, the steadier one on a busy machine).  Turns end when the sign is clear:
three quotients that are all CLEAR of the promise, or so many on one side of it that chance
would put them there once in 64 times (a sign test); what looks slower than the promise is
measured once more, for longer, and that counts.  A model that a call needs is trained once
for each size and copied.  Timing decides no test.
"""
import dataclasses
import json
import math
import random
import re
import sqlite3
import statistics
import time

from sides import Absent, Side

SIZES = (1000, 5000, 20000)
LISTED = 200  # rows of the table on which it is tried what can be called at all
PINNED_SIZE = 5000  # of calls without the option: both sides are the same code
MOST = 1.05  # times one thread
CLEAR = 0.95  # three of three below: two threads are worth it
CHANCE = 1 / 64
LEAST, FEWEST, LONGEST = 0.1, 3, 200  # seconds and pairs of a workload, if the sign is clear ...
BOUND = 3.0  # ... and seconds if it is not
LONG = 0.7  # seconds of a call, or ten times that of a training; not with more rows: two threads are worth it there
ALONE, PINNED = "threads=1", "pin"
NUMBERS, TEXTS = 10, (5, 8, 12, 20)
FORMAT = 2  # of the data


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str  # 'mine_train tree, target=y'
    verb: str
    setup: str  # trains the model that the call names
    call: str  # SQL; {o} is the option that says how many threads
    pinned: bool = False  # no such option: the other side is kept on one processor


# ---- data ----------------------------------------------------------------------------


def fill(con, rows):
    """t(id, y, g, n0.., s0..): ten numbers and four texts, 3% missing; y depends on five.
    q: a tenth of such rows.  b(basket, item, shop): about `rows` rows."""
    chance = random.Random(rows)
    names = ["id INTEGER PRIMARY KEY", "y TEXT", "g TEXT", *(f"n{i} REAL" for i in range(NUMBERS)),
             *(f"s{i} TEXT" for i in range(len(TEXTS)))]

    def row(i):
        x = [chance.random() + chance.random() + chance.random() + chance.random() - 2 for _ in range(NUMBERS)]
        y = x[0] - x[1] + 3 * x[2] * x[3] + (x[4] > 0.3) + 0.5 * x[5] > 0.4
        kept = [v if chance.random() >= 0.03 else None for v in x]
        words = [f"level {j}{chance.randrange(n)}" if chance.random() >= 0.03 else None for j, n in enumerate(TEXTS)]
        return [i, "yes" if y else "no", "north south east west".split()[i * 7 % 4], *kept, *words]

    for table, n in (("t", rows), ("q", rows // 10)):
        con.execute(f"CREATE TABLE {table}({','.join(names)})")
        con.executemany(f"INSERT INTO {table} VALUES({','.join('?' * len(names))})", map(row, range(1, n + 1)))
    con.execute("CREATE TABLE b(basket INTEGER, item INTEGER, shop INTEGER)")
    for basket in range(1, rows // 10 + 1):
        items = {int(2000 * chance.random() ** 4) for _ in range(1 + chance.randrange(19))}
        con.executemany("INSERT INTO b VALUES(?,?,?)", ((basket, item, basket % 3) for item in sorted(items)))
    con.commit()


# ---- workloads from the registry -------------------------------------------------------

PAIRS = ",".join(f"'{c}',{c}" for c in ["y", "g", *(f"n{i}" for i in range(NUMBERS)),
                                        *(f"s{i}" for i in range(len(TEXTS)))])
# What would take a minute at each call: of models with a target, and of those without.
OWN = {"auto": ", portfolio=baseline|tree", "boost": ", n_trees=30", "mlp": ", epochs=3, networks=1",
       "uplift": ', base_options="n_trees=10"', "forest": ", n_trees=20", "extra_trees": ", n_trees=20"}
UNTARGETED = {"factor": "factors=2, ignore=y|g|" + "|".join(f"s{i}" for i in range(len(TEXTS))), "gmm": "k=3, starts=2"}
ENOUGH = {"mine_fit": ("kmeans", "tree")}  # it trains as mine_train does, which has all algorithms
# What a verb's form does not say: options worth a workload of their own.
OPTIONS = {"mine_tune": ["max_depth=2|4, folds=3"],
           "mine_bins": ["target=y"],
           "mine_drivers": ["target=y, max_conditions=2"],
           "mine_cluster": ["k=5", "k=auto", "k=3, group=g"],
           "mine_train": [None, "group=g"],
           "mine_itemsets": ["min_support=0.03"],
           "mine_rules": ["min_support=0.03", "min_support=0.05, group=shop"],
           "mine_survival_curve": ["times=10|100"],
           "mine_correlate": ["method=pearson", "method=spearman", "method=kendall"],
           "mine_anova": [None, "test=all", "test=two-way"],
           "mine_ttest": [None, "test=all", "test=paired", "test=signed-rank"],
           "mine_chi2": [None, "test=fisher, ignore=s1|s2|s3"],
           "mine_key_drivers": ["target=n0"],
           "mine_explain": ["top=3, pairs=2"],
           "mine_importance": ["repeats=1"],
           "mine_dependence": ["points=3, sample=500"]}
FEW = "SELECT * FROM t LIMIT 100"  # of a model that is asked so often that all rows would take minutes
# Of algorithms that read purchases.
BOUGHT = "SELECT basket * 7 % 97 AS customer, date('2024-01-01', '+' || (rowid * 37 % 540) || ' days') AS day, 1 + item % 50 AS amount FROM b"
# ... who took what, and series.
TAKEN = "SELECT basket * 7 % 97 AS customer, item % 40 AS item, basket AS time FROM b"
WEEKS = "SELECT item % 7, date('2010-01-01', n || ' days'), count(*) FROM (SELECT *, basket * 13 % 100 AS n FROM b) GROUP BY 1, 2"
SLOW = {("mine_explain", "knn"), ("mine_importance", "knn"), ("mine_dependence", "knn"), ("mine_explain", "mlp"), ("mine_explain", "auto")}
TARGETS = {"classification": ["target=y"], "regression": ["target=n9"],
           "uplift": ["target=n9, treatment=y"], "survival": ["id=none, target=id, event=y"]}
SNAPSHOT = """{"events":"SELECT id % 50 AS c, date('2024-01-01', (id % 300) || ' days') AS at, n0 FROM t",
  "cutoff":"2024-06-01"}"""
COLUMNS = {"x": "n0", "y": "n1", "share": "0.9", "actual": "y", "score": "n0", "probability": "abs(n0) / 2"}


def events_of(tasks):
    """What an algorithm of those tasks learns from, where that is no table of rows."""
    return BOUGHT if "purchases" in tasks else TAKEN if "recommendation" in tasks else WEEKS if "forecasting" in tasks else None


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


# What the columns of an event list are, in b.
EVENTS = {"basket": "basket", "item": "item", "customer": "basket", "amount": "item + 1.5", "value": "item + 1.5",
          "time": "date('2022-01-01', (item % 700) || ' days')", "id": "rowid", "attitude": "item % 5",
          "repeat": "item * 7 % 11", "shop": "shop"}


def source(reads, options):
    if not (reads or "").startswith("("):
        return "t"
    if "variant" in reads:
        return "SELECT id, g, y FROM t"
    if "series" in reads:
        return WEEKS
    if "duration" in reads:
        return "SELECT id, 2 + n0, y, g FROM t WHERE n0 IS NOT NULL"
    names = re.findall(r"[a-z_]+", reads) + (["shop"] if "group" in options else [])
    return "SELECT " + ", ".join(f"{EVENTS.get(name, 'item')} AS {name}" for name in names) + " FROM b"


def variants(row, algorithms):
    """(how it is called, {argument: SQL}, options, setup) of a verb with that row of mine_verbs."""
    verb, _, form, reads = row
    names = re.findall(r"[a-z]+", form.split("(", 1)[-1].split(")")[0].replace("'name', value, ...", ""))
    trains = "algorithm" in names
    models = [""]
    if "queries" in names:  # among the rows of a source or of a model
        models += [(name, "") for name, tasks in algorithms if "neighbors" in tasks]
    if trains or {"model", "models", "old"} & set(names):
        models = [(name, target + OWN.get(name, "") if target else UNTARGETED.get(name, "")) for name, tasks in algorithms
                  if name in ENOUGH.get(verb, (name,))
                  for target in sorted({t for task in tasks.split(", ") for t in TARGETS.get(task, [""])})]
    for model in models:
        algorithm, target = model or ("", "")
        bought = events_of(dict(algorithms).get(algorithm, ""))
        for extra in OPTIONS.get(verb, [None]):
            options = ", ".join(filter(None, [target if trains else "", extra]))
            what = ", ".join(filter(None, [algorithm, target, extra]))
            setup = "" if trains or not algorithm else \
                f"SELECT mine_train('temp.m', '{algorithm}', {quoted(bought or 't')}, '{target or 'seed=1'}');"
            values = {"model": "'temp.m'", "models": "'temp.m|temp.m'", "algorithm": quoted(algorithm), "queries": "'q'", "format": "'json'" if verb == "mine_import" else "'call'",
                      "text": "mine_export('temp.m', 'json')",
                      "definition": quoted(SNAPSHOT), "items": "'1|2'",
                      "class": "'yes'", "version": "1", "old": "'temp.m'", "new": "'temp.m'", "cluster": "1", "name": "'one'", "source": "'temp.m'" if setup and "queries" in names else quoted(bought or (FEW if (verb, algorithm) in SLOW else source(reads, options))),
                      "options": quoted(", ".join(filter(None, [options, "{o}"])))}
            yield what, [values.get(name) for name in names], "options" in names, setup


def call(row, values):
    """The statement, or None where an argument is of no kind that we know."""
    verb, kind, form, _ = row
    if kind == "aggregate":
        names = re.findall(r"\w+", form.split("(", 1)[1].split(")")[0])
        if not all(name in COLUMNS or name == "predicted" for name in names):
            return None
        actual = "n1" if "predicted" in names else "y = 'yes'"
        filled = [{"actual": actual, "predicted": "n0"}.get(n, COLUMNS.get(n)) for n in names]
        return f"SELECT {verb}({', '.join(filled)}) FROM t"
    if None in values:
        return None
    inside = ", ".join(values)
    if "'name', value" in form:
        return f"SELECT count({verb}({inside}, {PAIRS})) FROM t"
    return f"SELECT {verb}({inside})" if kind == "scalar" else f"SELECT * FROM {verb}({inside})"


class Models:
    """One model for each setup, trained once, in the table models.mine_models of a connection."""

    def __init__(self, con, path=":memory:"):
        con.execute("ATTACH ? AS models", (str(path),))
        self.con, self.path, self.names, self.seconds = con, path, {"": ""}, {}

    def train(self, setup):
        """The model's name there, or None where the training fails."""
        if setup not in self.names:
            name, begin = f"m{len(self.names)}", time.monotonic()
            try:
                self.con.execute(setup.replace("'temp.m'", f"'models.{name}'", 1)).fetchone()
                self.names[setup] = name
            except sqlite3.Error:
                self.names[setup] = None
            self.seconds[setup] = time.monotonic() - begin
        return self.names[setup]

    def copy(self, setup):
        """SQL that makes it temp.m."""
        name = self.train(setup)
        made = self.con.execute("SELECT sql FROM models.sqlite_schema WHERE name = 'mine_models'").fetchone()[0] if name else ""
        return ["DROP TABLE IF EXISTS temp.mine_models_temp"] + ([
            made.replace("mine_models", "temp.mine_models_temp", 1),
            f"INSERT INTO temp.mine_models_temp SELECT * FROM models.mine_models WHERE name = '{name}'",
            "UPDATE temp.mine_models_temp SET name = 'm'"] if name else [])


def answers(models, workload):
    """Whether a small table gives rows; a training that fails leaves no older model."""
    try:
        for statement in models.copy(workload.setup):
            models.con.execute(statement)
        return models.con.execute(workload.call.replace("{o}", ALONE)).fetchone() is not None
    except sqlite3.Error:
        return False


def matters(row):
    """A verb that reads a source, a model or the rows of a statement."""
    verb, kind, form, reads = row
    return bool(reads) or kind == "aggregate" or re.search(r"\(.*\bmodel\b", form) is not None


def workloads(con):
    """([Workload], [verbs that have none]); con has a small table and the extension."""
    algorithms = con.execute("SELECT algorithm, task FROM mine_algorithms").fetchall()
    found, missing, models = [], [], Models(con)
    for row in con.execute("SELECT verb, kind, form, reads FROM mine_verbs").fetchall():
        if not matters(row):
            continue
        mine, tried = [], set()
        for what, values, has_options, setup in variants(row, algorithms):
            sql = call(row, values)
            name = f"{row[0]} {what}".strip() + (" (a row at a time)" if "'name', value" in row[2] else "")
            workload = Workload(name, row[0], setup, sql or "", not has_options)
            if sql and (setup, sql) not in tried and answers(models, workload):
                mine.append(workload)
            tried.add((setup, sql))
        found += mine
        if not mine:
            missing.append(f"{row[0]} ({row[1]})")
    return found, missing + [f"algorithm {a}" for a, _ in algorithms if not any(f"'{a}'" in w.call for w in found)]


# ---- measuring ---------------------------------------------------------------------------


class Turns(Side):
    """One process that runs the statement with the default or with one thread."""

    def __init__(self, setting, workload, table):
        setup = ["PRAGMA temp_store=memory", f"ATTACH '{table.models.path}' AS models",
                 *table.models.copy(workload.setup), "DETACH models"]
        super().__init__(workload.name, [
            str(setting.build / "bench" / "worker"), str(table.path), "turns", ";".join(setup),
            workload.call.replace("{o}", "threads=auto"), workload.call.replace("{o}", ALONE),
            PINNED if workload.pinned else ""])

    def pair(self, first):
        """What the worker says of (default, one thread)."""
        said = {}
        for alone in ((0, 1) if first else (1, 0)):
            said[alone] = self.ask("go 1" if alone else "go")
        return said[0], said[1]


def clear(quotients):
    """Whether it is clear on which side of the promise their median lies."""
    n, above = len(quotients), sum(q > MOST for q in quotients)
    if n < FEWEST or max(quotients) <= CLEAR:
        return n >= FEWEST
    return sum(math.comb(n, i) for i in range(min(above, n - above) + 1)) <= CHANCE * 2 ** n


def measure(side, least, bound):
    """[(default, one thread)]"""
    begin, pairs = time.monotonic(), [side.pair(True)]
    if time.monotonic() - begin < LEAST:
        pairs.clear()  # warming up matters
    while len(pairs) < LONGEST:
        spent = time.monotonic() - begin
        if len(pairs) >= FEWEST and (spent >= bound or (spent >= least and clear([quotient(p) for p in pairs]))):
            break
        pairs.append(side.pair(len(pairs) % 2 == 0))
    return pairs


def quotient(pair):
    return pair[0]["seconds"] / pair[1]["seconds"]


def figure(pairs):
    quotients = sorted(map(quotient, pairs))
    cpu = [sum(side["cpu"] for side in sides) for sides in zip(*pairs)]  # in ticks of a microsecond or more: summed
    return {"default": statistics.median(p[0]["seconds"] for p in pairs),
            "one": statistics.median(p[1]["seconds"] for p in pairs), "ratio": round(statistics.median(quotients), 3),
            "cpu_ratio": round(cpu[0] / max(cpu[1], 1e-9), 3), "pairs": len(pairs),
            "middle_half": [round(quotients[len(quotients) // 4], 3), round(quotients[3 * len(quotients) // 4], 3)]}


def one(setting, workload, table):
    side = Turns(setting, workload, table)
    side.start()
    found = figure(measure(side, setting.budget, BOUND))
    if found["ratio"] > MOST:
        first = found["ratio"]
        found = dict(figure(measure(side, 8 * setting.budget, 3 * BOUND)), first=first)
    side.stop()
    return dict(name=workload.name, verb=workload.verb, rows=table.rows, pinned=workload.pinned,
                met=found["ratio"] <= MOST, **found)


class Table:
    """The data of a size, in a file that stays, and the models of this run."""

    def __init__(self, setting, rows):
        self.path, stamp = setting.data / f"small{rows}.db", setting.data / f"small{rows}.made"
        if not (self.path.exists() and stamp.exists() and stamp.read_text() == f"{FORMAT}\n"):
            self.path.unlink(missing_ok=True)
            con = sqlite3.connect(self.path)
            fill(con, rows)
            con.close()
            stamp.write_text(f"{FORMAT}\n")
        self.rows = rows
        con = loaded(setting, self.path)
        models = setting.data / f"models{rows}.db"
        models.unlink(missing_ok=True)
        self.models = Models(con, models)


def loaded(setting, path):
    con = sqlite3.connect(path, isolation_level=None)
    con.enable_load_extension(True)
    con.load_extension(str(setting.build / "mine"))
    return con


class Kept:
    """Figures of this commit that an earlier run has measured: the whole may be broken off and goes on."""

    def __init__(self, path, commit):
        self.path, self.commit = path, commit
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.records = [r for r in map(json.loads, lines) if r.pop("commit") == commit]

    def find(self, name, rows):
        return next((r for r in self.records if (r["name"], r["rows"]) == (name, rows)), None)

    def add(self, record):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(dict(record, commit=self.commit)) + "\n")


def sizes(workload):
    return [PINNED_SIZE] if workload.pinned else SIZES


def show(record):
    print(f"  {record['name']:<46}{record['rows']:>6} rows {1000 * record['one']:>9.2f} ms -> "
          f"{1000 * record['default']:>9.2f} ms  {record['ratio']:.3f} cpu {record['cpu_ratio']:.2f} "
          f"[{record['middle_half'][0]:.2f} .. {record['middle_half'][1]:.2f}] x{record['pairs']}"
          f"{'' if record['met'] else '  NOT MET'}", flush=True)


def of_workload(setting, workload, tables, kept):
    """Its records, from the fewest rows to as many as it is worth."""
    for rows in sizes(workload):
        record = kept.find(workload.name, rows)
        if record is None:
            table = tables.get(rows) or tables.setdefault(rows, Table(setting, rows))
            try:
                record = one(setting, workload, table)
            except (Absent, RuntimeError) as reason:
                print(f"  {workload.name}: {rows} rows: {reason}", flush=True)
                return
            record["training"] = table.models.seconds.get(workload.setup, 0)
            kept.add(record)
        show(record)
        yield record
        if max(record["one"], record["training"] / 10) > LONG:
            return


def run(setting, commit, only=""):
    """The records of all workloads whose name holds `only`."""
    setting.data.mkdir(parents=True, exist_ok=True)
    con = loaded(setting, ":memory:")
    fill(con, LISTED)
    found, missing = workloads(con)
    for name in missing:
        print(f"  {name}: no workload")
    kept, tables = Kept(setting.data / "figures.jsonl", commit), {}
    return [record for workload in found if only in workload.name
            for record in of_workload(setting, workload, tables, kept)]


# ---- the page ----------------------------------------------------------------------------

BEGIN, END = "<!-- written by bench/run --small --page -->\n", "<!-- end -->\n"


def table(report):
    machine = report["machine"]
    yield (f"{machine['processor']}, {machine['cores']} cores, commit {machine['commit']}, {machine['when']}, load "
           f"{machine['load'][0]} before and {machine['load_after'][0]} after.\n")
    met = sum(r["met"] for r in report["small"])
    yield f"{met} of {len(report['small'])} figures are at most {MOST} x one thread.\n"
    yield "| call | " + " | ".join(f"{n:,} rows: one thread | x" for n in SIZES) + " |"
    yield "| --- | " + " | ".join("---: | ---:" for _ in SIZES) + " |"
    names = dict.fromkeys((r["name"], r["pinned"]) for r in report["small"])
    for name, pinned in names:
        cells = []
        for rows in SIZES:
            for r in report["small"]:
                if (r["name"], r["pinned"], r["rows"]) == (name, pinned, rows):
                    cells += [f"{1000 * r['one']:.2f} ms", f"{r['ratio']:.2f}" + ("" if r["met"] else " NOT MET")]
        cells += [""] * (2 * len(SIZES) - len(cells))
        yield f"| `{name}`{' *' if pinned else ''} | " + " | ".join(cells) + " |"


def write_page(path, report):
    text = path.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    path.write_text(head + BEGIN + "\n".join(table(report)) + "\n" + END + tail, encoding="utf-8")
