#!/usr/bin/env python3
"""Write docs/reference/ from what the built extension says of itself.

    tools/make_reference.py           write the pages
    tools/make_reference.py --check   compare only; exit 1 when a page is not current

Algorithms, options, ranges and defaults come from mine_algorithms and
mine_options(); columns and arguments from the declared tables and from the
sentence a verb gives when its arguments are missing.  Written by hand, in this
one file: what a verb is for, what its columns mean, one example.  A verb that the
extension has and this file lacks (or the reverse) is an error.
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

# ---- written by hand: the verbs -----------------------------------------------------

# Table functions, in reading order: what for; columns (name: meaning); example; notes.
TABLES = {
    "mine_profile": (
        "One row per column of the source: type, missing values, spread.",
        {"column": "name of the column", "type": "`numeric`: numbers, or texts that all read as plain decimals; `category`: other "
         "text; `mixed`: both, which training refuses; `blob`; `empty`: no value",
         "rows": "rows of the source", "missing": "NULLs and empty texts",
         "distinct": "different values as SQL compares them; NULL when there are BLOBs",
         "min": "smallest value, in SQLite's order", "q1": "first quartile (numeric columns; as R's type 7)",
         "median": "middle value (numeric columns)", "mean": "average (numeric columns)",
         "q3": "third quartile (numeric columns)", "max": "largest value, in SQLite's order",
         "stddev": "standard deviation, divisor n - 1 (numeric columns)",
         "top": "the most frequent value; of equals the smallest", "top_count": "how often it occurs"},
        "SELECT * FROM mine_profile('customers');", ""),
    "mine_cluster": (
        "Group similar rows without storing a model.",
        {"id": "of the row", "cluster": "1 .. k, the largest cluster first",
         "distance": "to the centre, in the scaled space, not squared"},
        "SELECT cluster, count(*) FROM mine_cluster('SELECT customer_id, age, data_gb FROM customers', 'k=3')\n"
        "GROUP BY cluster;", "The options of `mine_cluster` are those of its algorithm: [kmeans](kmeans.md)."),
    "mine_predict": (
        "Score every row of a source with a model.",
        {"id": "of the row", "prediction": "the class, the number or the cluster; a class comes back as it went in",
         "label": "the prediction as text", "probability": "of the positive class, or of the option `class`; NULL "
         "when there are more than two classes and no `class`", "confidence": "probability of the predicted class",
         "distance": "to the nearest centre (clusters)", "missing": "how many features had no value",
         "unknown": "how many features had a category that training never saw"},
        "SELECT id, prediction, probability FROM mine_predict('churn', 'customers') LIMIT 3;",
        "Columns are matched by name; a missing column is an error, an extra one is ignored. The id is the column "
        "called as in training, else the first. `WHERE id = ...` and joins on `id` use an index of the result. "
        "In UPDATE ... FROM put it into a subquery. The scalar of the same name scores one row."),
    "mine_probabilities": (
        "The probability of every class, one row per row and class.",
        {"id": "of the row", "class": "as it went in", "probability": "between 0 and 1; of one row they add up to 1"},
        "SELECT * FROM mine_probabilities('churn', 'customers') LIMIT 4;", "Options as `mine_predict`."),
    "mine_evaluate": (
        "How good a model is: on the held-out rows it remembers, or on a source that has the target.",
        {"metric": "see below", "value": "NULL where it is not defined"},
        "SELECT * FROM mine_evaluate('churn');",
        "Classes: `rows`, `accuracy`, `balanced_accuracy`, `auc`, `log_loss`, `brier`, `precision`, `recall`, `f1`, "
        "`gini`, `top_decile_lift`. Numbers: `rows`, `rmse`, `mae`, `r2`. Clusters: `inertia`, `silhouette`, `k`, "
        "`iterations`. The rows a model was fitted on flatter it: without a source the figures come from rows it "
        "had not seen."),
    "mine_confusion": (
        "Actual against predicted classes, counted.",
        {"actual": "class in the data", "predicted": "class the model says", "rows": "how many"},
        "SELECT * FROM mine_confusion('churn');", "Without a source: the held-out rows."),
    "mine_cross_validate": (
        "Train and measure on each of `folds` parts; nothing is stored.",
        {"fold": "1, 2, ...; `mean` and `se` (standard error of the mean) at the end", "metric": "as `mine_evaluate`",
         "value": "on the part that was left out"},
        "SELECT metric, round(value, 3) FROM mine_cross_validate('tree', 'customers',\n"
        "  'target=churned, ignore=name|signup_date, folds=3') WHERE fold = 'mean';",
        "Options: those of the algorithm and of training, and `folds`."),
    "mine_summary": (
        "The report of a training: what was read, how, and what came out.",
        {"item": "`rows`, `id`, `target`, `positive`, `holdout`, `feature`, `dropped`, `warning`, `fit`, `metric`, "
         "`option`, `source` ...", "name": "of the feature, metric or option", "detail": "in words or figures"},
        "SELECT item, name, detail FROM mine_summary('churn') WHERE item IN ('target', 'warning', 'holdout');", ""),
    "mine_importance": (
        "How much each feature of a tree contributed to its splits.",
        {"feature": "name", "importance": "share of the total decrease of impurity; they add up to 1", "rank": "1 = most"},
        "SELECT * FROM mine_importance('churn') ORDER BY rank LIMIT 5;", ""),
    "mine_tree": (
        "A tree, one row per node.",
        {"tree": "number of the tree", "node": "number of the node; 1 is the root", "parent": "node above; NULL at the root",
         "depth": "questions asked so far", "feature": "feature of the last question, the one that leads here",
         "test": "that question, as this node answers it", "rows": "training rows that arrive here",
         "prediction": "what the node would answer", "probability": "of the positive class",
         "gain": "decrease of impurity by the node's own question; NULL in a leaf", "path": "all questions from the root"},
        "SELECT rows, round(probability, 3), path FROM mine_tree('churn') WHERE gain IS NULL LIMIT 3;", ""),
    "mine_centroids": (
        "The centres of the clusters, one row per cluster and feature, in the units of the source.",
        {"cluster": "1 .. k", "rows": "of the cluster", "feature": "name; of a category, `name=level`",
         "value": "average of the cluster; of a level, its share", "overall": "average of all rows",
         "z": "difference of the two in standard deviations of all rows"},
        "SELECT cluster, feature, round(value, 1), round(z, 2) FROM mine_centroids('segments') LIMIT 4;", ""),
    "mine_itemsets": (
        "What occurs together in at least a minimum number of baskets.",
        {"itemset": "JSON array, the most frequent item first", "size": "number of items",
         "count": "baskets that hold all of them", "support": "count / number of baskets"},
        "SELECT * FROM mine_itemsets('SELECT order_id, product_id FROM order_lines', 'min_support=0.04') LIMIT 3;",
        "The source has two columns, the basket and the item, or names them with `basket=` and `item=`. A NULL is "
        "skipped; an item twice in a basket counts once. Rows come by falling count."),
    "mine_rules": (
        "Who has the antecedent also has the consequent.",
        {"antecedent": "JSON array", "consequent": "JSON array", "count": "baskets with both",
         "support": "count / number of baskets", "confidence": "count / baskets with the antecedent",
         "lift": "confidence / share of baskets with the consequent; 1 = unrelated",
         "leverage": "support - what it would be if unrelated", "conviction": "how much rarer a failure is than if unrelated",
         "coverage": "share of baskets with the antecedent", "added_value": "confidence - share with the consequent",
         "cosine": "support / geometric mean of the two shares", "jaccard": "baskets with both / baskets with either",
         "kulczynski": "mean of the two confidences", "imbalance_ratio": "0 = both sides equally frequent",
         "phi": "correlation of the two sides", "chi_squared": "of the 2 x 2 table"},
        "SELECT antecedent, consequent, count, round(lift, 2)\n"
        "FROM mine_rules('SELECT order_id, product_id FROM order_lines', 'min_support=0.02') LIMIT 3;",
        "Source as for `mine_itemsets`. Every measure is always a column; NULL where it is not defined."),
    "mine_neighbors": (
        "The most similar rows of a source (or of a knn model) for each query row.",
        {"query_id": "id of the query row", "rank": "1 = nearest", "id": "of the neighbour", "distance": "by `metric`"},
        "SELECT * FROM mine_neighbors('SELECT customer_id, age, plan FROM customers',\n"
        "  'SELECT customer_id, age, plan FROM customers WHERE customer_id = 10001', 'k=3, metric=gower, exclude_self=1');",
        "The first argument is a source or the name of a `knn` model; a name that is both is an error."),
    "mine_algorithms": (
        "What `mine_train` can be asked for.",
        {"algorithm": "name", "task": "what it does", "title": "in one line",
         "reads": "`attributes`: one row per thing", "citation": "where the method was published"},
        "SELECT algorithm, task FROM mine_algorithms;", ""),
    "mine_options": (
        "The options of an algorithm or a verb.",
        {"option": "name", "type": "`integer`, `number`, `flag` (0 or 1), `choice`, `text`, `list`, `bytes`",
         "default_value": "NULL = not given", "range": "what is permitted", "help": "in one line"},
        "SELECT option, default_value FROM mine_options('tree') LIMIT 3;",
        "Verbs with options of their own: `mine_cluster`, `mine_itemsets`, `mine_rules`, `mine_neighbors`, "
        "`mine_predict`, `mine_train` (what all trainings share)."),
}

# Scalar functions: signature, what for, notes, example.
SCALARS = {
    "mine_train": (
        "mine_train(model, algorithm, source [, options])",
        "Train a model, store it in `mine_models`, return one line about it.",
        "A model of that name is replaced when the new one is complete; an error leaves the old one. "
        "Not usable in views and triggers.",
        "SELECT mine_train('churn', 'tree', 'customers', 'target=churned, ignore=name|signup_date');"),
    "mine_fit": (
        "mine_fit(algorithm, source [, options])", "Train a model and return it as a BLOB; nothing is written.",
        "The BLOB may stand wherever a model's name may. Not usable in views and triggers.",
        "SELECT length(mine_fit('kmeans', 'SELECT customer_id, age, data_gb FROM customers', 'k=4')) > 0;"),
    "mine_init": (
        "mine_init([schema])", "Create the empty table `mine_models` in a schema; harmless when it is there.",
        "Training does it by itself. Not usable in views and triggers.", "SELECT mine_init();"),
    "mine_predict": (
        "mine_predict(model, 'name', value, ...)  or  mine_predict(model, json)", "Score one row: the prediction.",
        "Every feature of the model must be named; NULL for one that is missing. Up to 63 pairs, JSON beyond. "
        "Usable in views and triggers.",
        "SELECT mine_predict('small', 'contract', 'monthly', 'complaints', 2);\n"
        "SELECT mine_predict('small', json_object('contract', 'monthly', 'complaints', 2));"),
    "mine_probability": (
        "mine_probability(model, class, 'name', value, ...)  or  mine_probability(model, class, json)",
        "Score one row: the probability of one class.", "Usable in views and triggers.",
        "SELECT round(mine_probability('small', 'yes', 'contract', 'monthly', 'complaints', 2), 3);"),
    "mine_export": (
        "mine_export(model, format)", "The model as text. Format: `call`.",
        "`call` is the scalar scoring call with all features of the model, ready to paste into a SELECT or a trigger.",
        "SELECT mine_export('small', 'call');"),
    "mine_version": ("mine_version()", "The version of the extension.", "", "SELECT mine_version();"),
    "mine_debug": ("mine_debug()", "Compiler, SQLite, processors, cached models, in one line for a bug report.", "",
                   "SELECT mine_debug();"),
}

# Verbs whose options are listed on the page of common options.
TRAIN_SETUP = """SELECT mine_train('churn', 'tree', 'customers', 'target=churned, ignore=name|signup_date');
SELECT mine_train('segments', 'kmeans', 'SELECT customer_id, age, tenure_months, data_gb FROM customers', 'k=4');
SELECT mine_train('small', 'tree', 'SELECT customer_id, contract, complaints, churned FROM customers', 'target=churned');
"""

# What else a page about an algorithm should say; an algorithm without one is an error.
ALGORITHMS = {
    "kmeans": (
        "Groups rows so that the squared distances to their group's centre are small. Numbers are scaled first "
        "(`scale`); two rows that differ in a category are as far apart in it as one standard deviation of a number. "
        "A missing number lies at the average, a missing or unknown category between its levels, by their shares: "
        "neither pulls a row anywhere. Clusters are numbered by falling size.",
        "SELECT mine_train('segments', 'kmeans', 'SELECT customer_id, age, monthly_charge, data_gb FROM customers', 'k=4');\n"
        "SELECT cluster, rows, feature, round(value, 1) AS average FROM mine_centroids('segments') LIMIT 6;"),
    "tree": (
        "Asks one question after the other; each divides the rows so that the parts differ most in the target. Numbers "
        "are compared with a threshold, categories are divided into two sets, missing values go to the side that "
        "suits them best.",
        "SELECT mine_train('churn', 'tree', 'customers', 'target=churned, ignore=name|signup_date, min_samples_leaf=50');\n"
        "SELECT rows, round(probability, 2) AS risk, path FROM mine_tree('churn')\n"
        "WHERE gain IS NULL ORDER BY probability DESC LIMIT 3;"),
    "knn": (
        "Remembers the rows; a new row gets the answer of the most similar ones. Without a target the model serves "
        "`mine_neighbors` only. The model holds all rows it was trained on, so it is as large and as confidential as "
        "they are.",
        "SELECT mine_train('like', 'knn', 'SELECT customer_id, churned, age, plan, complaints FROM customers',\n"
        "                  'target=churned, metric=gower');\n"
        "SELECT metric, round(value, 2) FROM mine_evaluate('like') WHERE metric IN ('accuracy', 'auc');"),
}

# ---- asking the extension -------------------------------------------------------------

# Same for every machine: no versions, no addresses, no times.


def rows(sql):
    """Rows of a query as lists of texts, through the shell and JSON."""
    _, out = mt.shell(".mode json\n" + sql + ";\n")
    if "Error" in out.split("[", 1)[0] or "error" in out.split("[", 1)[0]:
        sys.exit(f"{sql}: {out}")
    return json.loads(out) if out.strip() else []


def complaint(sql):
    return mt.shell(sql + ";\n")[1]


def columns(verb):
    """(shown columns, argument columns) as declared."""
    listed = rows(f"PRAGMA table_xinfo({verb})")
    shown = [r["name"] for r in listed if not r["hidden"]]
    return shown, [r["name"] for r in listed if r["hidden"]]


def signature(verb, arguments):
    """What the verb itself says when its arguments are missing."""
    if not arguments:
        return verb
    said = re.search(r"write FROM (\S+\(.*?\))(;|$)", complaint(f"SELECT * FROM {verb}"), re.M)
    if not said:
        sys.exit(f"{verb} does not say how it is called")
    return said.group(1)


def verbs_with_options():
    """The names that mine_options() says it knows."""
    return complaint("SELECT * FROM mine_options('?')").split("options have ")[1].strip().split(", ")


def check_complete(what, found, written):
    if set(found) != set(written):
        sys.exit(f"{what}: only in the extension {sorted(set(found) - set(written))}, "
                 f"only in make_reference.py {sorted(set(written) - set(found))}")


# ---- pages ------------------------------------------------------------------------------


def cell(value):
    return str(value if value is not None else "").replace("|", "\\|").replace("\n", " ")


def table(head, body):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(v) for v in row) + " |" for row in body]
    return "\n".join(lines) + "\n"


def options_of(name):
    return [(f"`{r['option']}`", r["type"], r["default_value"], r["range"], r["help"])
            for r in rows(f"SELECT * FROM mine_options('{name}')")]


OPTION_HEAD = ("option", "type", "default", "range", "meaning")


def page_tables(own_options):
    text = NOTE + "\n# Table functions\n\n"
    text += ("Called in FROM. `[...]` may be left out. Arguments can be named too: they are the hidden columns\n"
             "given under each verb (`FROM mine_predict WHERE _model = 'churn' AND _source = 'customers'`).\n"
             "What may stand as source: [sources and safety](../guide/sources-and-safety.md).\n\n"
             "The examples on this page run on the demo database, after these trainings:\n\n"
             f"```sql\n{TRAIN_SETUP}```\n")
    for verb, (what, meanings, example, note) in TABLES.items():
        shown, arguments = columns(verb)
        check_complete(f"columns of {verb}", shown, meanings)
        text += f"\n## {verb}\n\n    FROM {signature(verb, arguments)}\n\n{what}\n\n"
        text += table(("column", "meaning"), [(f"`{c}`", meanings[c]) for c in shown])
        if arguments:
            text += "\nArguments as columns: " + ", ".join(f"`{a}`" for a in arguments) + ".\n"
        if note:
            text += f"\n{note}\n"
        if verb in own_options:
            text += f"\nOptions: [{verb}](options.md#{verb}).\n"
        text += f"\n```sql\n{example}\n```\n"
    return text


def page_scalars():
    text = NOTE + "\n# Scalar functions\n\nCalled in SELECT, like any function. `[...]` may be left out.\n"
    text += ("\nThe examples on this page run on the demo database, after this training:\n\n```sql\n" +
             TRAIN_SETUP.strip().splitlines()[-1] + "\n```\n")
    for verb, (call, what, note, example) in SCALARS.items():
        text += f"\n## {verb}\n\n    {call}\n\n{what}\n"
        if note:
            text += f"\n{note}\n"
        text += f"\n```sql\n{example}\n```\n"
    return text


def common_names(algorithms):
    """Options that every training takes: those every algorithm has with the same row."""
    lists = [set(options_of(a)) for a in algorithms]
    return set.intersection(*lists)


def page_options(algorithms, own_options):
    common = common_names(algorithms)
    first = [o for o in options_of(algorithms[0]) if o in common]
    known = set(common)
    text = NOTE + "\n# Options\n\n"
    text += ("`'k=5, seed=1'` or `'{\"k\":5, \"seed\":1}'`: how to write them is in the\n"
             "[guide](../guide/options.md). An unknown name, a wrong type or a value out of range is an error\n"
             "that says what is permitted. The same lists in SQL: `SELECT * FROM mine_options('tree')`.\n")
    text += "\n## All trainings\n\n" + table(OPTION_HEAD, first)
    supervised = [o for o in options_of("mine_train") if o not in known]
    known |= set(supervised)
    text += "\n## Trainings with a target\n\n" + table(OPTION_HEAD, supervised)
    text += "\n`folds` is for `mine_cross_validate`.\n"
    for verb in own_options:
        text += f"\n## {verb}\n\n" + table(OPTION_HEAD, options_of(verb))
    text += ("\n`mine_probabilities`, `mine_evaluate` and `mine_confusion` with a source take the options of\n"
             "`mine_predict`. `mine_cluster` and `mine_train` take those of their algorithm: " +
             ", ".join(f"[{a}]({a}.md)" for a in algorithms) + ".\n")
    return text, known


def page_algorithm(row, shared):
    name = row["algorithm"]
    what, example = ALGORITHMS[name]
    text = NOTE + f"\n# {name}\n\n{row['title'][0].upper() + row['title'][1:]}.\n\n{what}\n\n"
    text += f"Task: {row['task']}. Reads {row['reads']}.\n\nSource of the method: {row['citation']}.\n"
    text += "\n## Options of its own\n\n" + table(OPTION_HEAD, [o for o in options_of(name) if o not in shared])
    text += "\nAnd those of [all trainings](options.md#all-trainings)"
    if "classification" in row["task"]:
        text += " and of [trainings with a target](options.md#trainings-with-a-target)"
    text += f".\n\n## Example\n\nOn the demo database:\n\n```sql\n{example}\n```\n"
    return text


def page_index(algorithms):
    text = NOTE + "\n# Reference\n\n"
    text += "Generated from the built extension, so it cannot disagree with it. How to do a job: the [guide](../guide).\n\n"
    text += "## Algorithms\n\n" + table(
        ("algorithm", "task", "what"),
        [(f"[{r['algorithm']}]({r['algorithm']}.md)", r["task"], r["title"]) for r in algorithms])
    text += "\n## [Table functions](table-functions.md)\n\n" + table(
        ("verb", "what for"), [(f"[{v}](table-functions.md#{v})", TABLES[v][0]) for v in TABLES])
    text += "\n## [Scalar functions](scalar-functions.md)\n\n" + table(
        ("verb", "what for"), [(f"[{v}](scalar-functions.md#{v})", SCALARS[v][1]) for v in SCALARS])
    return text + "\n## [Options](options.md)\n\nOf all trainings, of trainings with a target, of each verb.\n"


def make():
    algorithms = rows("SELECT * FROM mine_algorithms")
    names = [r["algorithm"] for r in algorithms]
    modules = [r["name"] for r in rows("SELECT name FROM pragma_module_list WHERE name LIKE 'mine\\_%' ESCAPE '\\'")]
    functions = {r["name"] for r in rows("SELECT name FROM pragma_function_list WHERE name LIKE 'mine\\_%' ESCAPE '\\'")}
    check_complete("table functions", modules, TABLES)
    check_complete("scalar functions", [f for f in functions if not f.endswith("_")], SCALARS)
    check_complete("algorithms", names, ALGORITHMS)
    own_options = [v for v in verbs_with_options() if v in TABLES and v != "mine_cluster"]
    options, shared = page_options(names, own_options)
    pages = {"README.md": page_index(algorithms), "table-functions.md": page_tables(own_options),
             "scalar-functions.md": page_scalars(), "options.md": options}
    pages.update({f"{r['algorithm']}.md": page_algorithm(r, shared) for r in algorithms})
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
        print("no longer generated, delete it: docs/reference/" + name)


main()
