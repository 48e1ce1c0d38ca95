#!/usr/bin/env python3
"""Write docs/reference/ from what the built extension says of itself.

    tools/make_reference.py           write the pages
    tools/make_reference.py --check   compare only; exit 1 when a page is not current

Everything on the pages comes from mine_verbs, mine_algorithms, mine_options() and
mine_metrics: the rows that run the verbs.  Nothing about a verb or an algorithm is written here.
"""
import json
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import minetest as mt  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by tools/make_reference.py from the built extension: do not edit. -->\n"

# ---- asking the extension -------------------------------------------------------------


def rows(sql):
    """Rows of a query, through the shell and JSON."""
    _, out = mt.shell(".mode json\n" + sql + ";\n")
    if not out.lstrip().startswith("[") and out.strip():
        sys.exit(f"{sql}: {out}")
    return json.loads(out) if out.strip() else []


def all_options(names):
    """Of each name the rows of mine_options, [] where it takes none; in one session."""
    script = ".mode json\n" + "".join(
        f"SELECT '{n}' AS owner, * FROM mine_options('{n}');\n" for n in dict.fromkeys(names))
    found = {n: [] for n in names}  # a verb of two forms is asked once
    for part in re.split(r"(?<=\}\])\n", mt.shell(script)[1]):
        for row in json.loads(part) if part.strip() else []:
            found[row["owner"]].append((f"`{row['option']}`", row["type"], row["default_value"],
                                        row["range"], row["help"]))
    return found


# ---- pages ------------------------------------------------------------------------------


def cell(value):
    return str(value if value is not None else "").replace("|", "\\|").replace("\n", " ")


def table(head, body):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(v) for v in row) + " |" for row in body]
    return "\n".join(lines) + "\n"


OPTION_HEAD = ("option", "type", "default", "range", "meaning")


def slug(job):
    return re.sub(r"[^a-z]+", "-", job.lower()).strip("-") + ".md"


def option_part(own, shared):
    """The options of its own, and where the others are described."""
    text = ""
    special = [o for o in own if o not in shared]
    common = [o for o in own if o in shared]
    if special:
        text += "\n" + table(OPTION_HEAD, special)
    if common:
        text += ("\n" + ("And " if special else "Options: ") + ", ".join(o[0] for o in common) +
                 ": see [options](options.md).\n")
    return text


def metric_part(verb, metrics):
    """What the column `metric` of a verb may hold."""
    first = [c["name"] for c in json.loads(verb["answer"])][:1]
    if first != ["metric"] or verb["verb"] == "mine_metrics":
        return ""
    return "\n" + table(("metric", "what it is", "better", "task"),
                        [(f"`{m['metric']}`", m["what"], m["better"], m["task"]) for m in metrics])


def page_verb(verb, own, shared, metrics):
    text = f"\n## {verb['verb']}\n\n    {verb['form']}\n\n{verb['what']}"
    text += f" {verb['notes']}\n" if verb["notes"] else "\n"
    if verb["reads"]:
        text += f"\nThe source holds {verb['reads']}.\n"
    if verb["kind"] == "table":
        text += "\n" + table(("column", "type", "key", "meaning"),
                             [(f"`{c['name']}`", c["type"], "key" if c["key"] else "", c["help"])
                              for c in json.loads(verb["answer"])])
    text += metric_part(verb, metrics) + option_part(own, shared)
    return text + f"\n```sql\n{verb['example']}\n```\n"


def page_formats(formats):
    """The matrix of kinds and formats; an empty cell says why below it."""
    names = list(dict.fromkeys(r["format"] for r in formats))
    kinds = list(dict.fromkeys((r["kind"], r["algorithms"]) for r in formats))
    cells = {(r["kind"], r["format"]): r for r in formats}
    text = NOTE + "\n# Formats\n\nWhat `mine_export` writes, and of which models; in SQL: `SELECT * FROM mine_formats`.\n\n"
    text += table(("format", "what", "carries its proof"),
                  [(f"`{n}`", r["what"], "yes" if r["proves"] else "")
                   for n in names for r in [next(r for r in formats if r["format"] == n)]])
    reasons = []
    body = []
    for kind, algorithms in kinds:
        row = [f"{kind}" + (f" ({algorithms})" if algorithms else "")]
        for name in names:
            r = cells[kind, name]
            if not r["written"] and r["why_not"] not in reasons:
                reasons.append(r["why_not"])
            row.append("yes" if r["written"] else f"no ({reasons.index(r['why_not']) + 1})")
        body.append(row)
    text += "\n" + table(["kind of model"] + [f"`{n}`" for n in names], body)
    return text + "\n" + "".join(f"{i}. {r[0].upper() + r[1:]}.\n" for i, r in enumerate(reasons, 1))


def page_job(job, verbs, tables, options, shared, metrics):
    text = NOTE + f"\n# {job}\n"
    for verb in verbs:
        alone = verb["kind"] == "table" or verb["verb"] not in tables
        text += page_verb(verb, options[verb["verb"]] if alone else [], shared, metrics)
    return text


def page_options(common, supervised):
    text = NOTE + "\n# Options\n\n"
    text += ("`'k=5, seed=1'` or `'{\"k\":5, \"seed\":1}'`: how to write them is in the\n"
             "[guide](../guide/options.md). An unknown name, a wrong type or a value out of range is an error\n"
             "that says what is permitted. The same lists in SQL: `SELECT * FROM mine_options('tree')`.\n")
    text += "\n## All trainings\n\n" + table(OPTION_HEAD, common)
    return text + "\n## Trainings with a target\n\n" + table(OPTION_HEAD, supervised)


def page_algorithm(row, own, shared):
    text = NOTE + f"\n# {row['algorithm']}\n\n{row['title'][0].upper() + row['title'][1:]}.\n"
    text += f"\n{row['notes']}\n\nTask: {row['task']}. Reads {row['reads']}.\n"
    text += f"\nSource of the method: {row['citation']}.\n\n## Options of its own\n"
    return text + option_part(own, shared) + f"\n## Example\n\n```sql\n{row['example']}\n```\n"


def page_index(algorithms, jobs):
    text = NOTE + "\n# Reference\n\n"
    text += ("Generated from the built extension, so it cannot disagree with it; the same in SQL:\n"
             "`mine_help()`, `mine_verbs`, `mine_options()`. How to do a job: the [guide](../guide).\n\n"
             "`[...]` in a form may be left out. Arguments of a table verb can be named too, as hidden columns:\n"
             "`FROM mine_predict WHERE _model = 'churn' AND _source = 'customers'`. A lookup or a join on a *key*\n"
             "column uses an index of the answer. What may stand as a source:\n"
             "[sources and safety](../guide/sources-and-safety.md).\n")
    for job, verbs in jobs.items():
        text += f"\n## [{job}]({slug(job)})\n\n" + table(
            ("verb", "what for"),
            [(f"[`{v['verb']}`]({slug(job)}#{v['verb']})", v["what"]) for v in verbs])
    text += "\n## Algorithms\n\n" + table(
        ("algorithm", "task", "what"),
        [(f"[{r['algorithm']}]({r['algorithm']}.md)", r["task"], r["title"]) for r in algorithms])
    text += "\n## [Options](options.md)\n\nOf all trainings, and of trainings with a target.\n"
    return text + "\n## [Formats](formats.md)\n\nWhat models can be written as, kind by kind.\n"


def make():
    algorithms = rows("SELECT * FROM mine_algorithms")
    names = [r["algorithm"] for r in algorithms]
    metrics = rows("SELECT * FROM mine_metrics")
    jobs = {}
    for verb in rows("SELECT * FROM mine_verbs"):
        jobs.setdefault(verb["job"], []).append(verb)
    options = all_options(names + [v["verb"] for verbs in jobs.values() for v in verbs])
    in_all = set.intersection(*(set(options[n]) for n in names))
    common = [o for o in options[names[0]] if o in in_all]
    supervised = [o for o in options["mine_train"] if o not in in_all]
    shared = set(common) | set(supervised)
    pages = {"README.md": page_index(algorithms, jobs), "options.md": page_options(common, supervised),
             "formats.md": page_formats(rows("SELECT * FROM mine_formats"))}
    tables = {v["verb"] for verbs in jobs.values() for v in verbs if v["kind"] == "table"}
    pages.update({slug(j): page_job(j, verbs, tables, options, shared, metrics) for j, verbs in jobs.items()})
    pages.update({f"{r['algorithm']}.md": page_algorithm(r, options[r["algorithm"]], shared)
                  for r in algorithms})
    return pages


def main():
    if not mt.EXTENSION.exists():
        sys.exit(f"{mt.EXTENSION} is not there: build first, or set MINE_EXTENSION")
    if not shutil.which(mt.SHELL):
        mt.skip("the sqlite3 shell is not installed")
    pages = make()
    check = "--check" in sys.argv[1:]
    stale = [n for n, text in pages.items()
             if not (FOLDER / n).exists() or (FOLDER / n).read_text(encoding="utf-8") != text]
    extra = [p.name for p in FOLDER.glob("*.md") if p.name not in pages]
    if check:
        for name in stale + extra:
            print("not current: docs/reference/" + name)
        print(f"{len(pages)} pages, {len(stale) + len(extra)} not current"
              + ("; remedy: tools/make_reference.py" if stale or extra else ""))
        sys.exit(1 if stale or extra else 0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages[name], encoding="utf-8")
        print("wrote docs/reference/" + name)
    for name in extra:
        (FOLDER / name).unlink()
        print("deleted docs/reference/" + name)


main()
