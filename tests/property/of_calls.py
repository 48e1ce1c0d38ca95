"""What there is: the catalogue's verbs agree with each other and with SQLite."""
import re

import tables
from lab import must, prop, quoted


def topic(rng):
    return {"tables": {}, "pick": rng.random(), "schema": rng.choice(["main", "temp", "aux", "my db", '"', "库"]),
            "letters": rng.random()}


@prop("mine_help", "mine_verbs", "mine_algorithms", "mine_options", "mine_version", "mine_debug", make=topic, cases=25)
def catalogue(lab, case):
    """A verb's columns are those SQLite sees; help and options name each; a misspelling is told the name."""
    verbs = lab.ask("SELECT verb, kind, columns, answer FROM mine_verbs")
    verb, kind, columns, _ = verbs[int(case["pick"] * len(verbs))]
    if kind == "table":
        seen = [n for (n,) in lab.ask("SELECT name FROM pragma_table_info(?)", verb)]
        must(columns.split(", ") == seen, "catalogue: columns", (columns, seen))
    (text,), = lab.ask("SELECT mine_help(?)", verb)
    must(verb in text, "help: does not name the verb", text)
    at = 5 + int(case["letters"] * (len(verb) - 6))
    wrong = verb[:at] + verb[at + 1:]
    if wrong not in [v[0] for v in verbs]:
        answer, error = lab.refused("SELECT mine_help(?)", wrong)
        must(verb in (error or answer[0][0]) or "mine_" in (error or answer[0][0]), "help: a near miss", error or answer)
    algorithms = [a for (a,) in lab.ask("SELECT algorithm FROM mine_algorithms")]
    name = algorithms[int(case["pick"] * len(algorithms))]
    listed = lab.ask("SELECT option, type, help FROM mine_options(?)", name)
    must(len({o for o, _, _ in listed}) == len(listed) and all(h for _, _, h in listed), "options: twice or unsaid", listed)
    (version,), = lab.ask("SELECT mine_version()")
    (debug,), = lab.ask("SELECT mine_debug()")
    must(re.match(r"\d+\.\d+\.\d+", version) and version in debug, "version", (version, debug))


@prop("mine_init", make=topic, cases=8)
def init(lab, case):
    """An empty mine_models in any schema, once and again."""
    schema = case["schema"]
    if schema not in ("main", "temp"):
        lab.run(f"ATTACH ':memory:' AS {quoted(schema)}")
    for _ in range(2):
        lab.ask("SELECT mine_init(?)", schema)
    stored = "mine_models_temp" if schema == "temp" else "mine_models"
    (n,), = lab.ask(f"SELECT count(*) FROM {quoted(schema)}.{stored}")
    must(n == 0, "init: rows", n)
