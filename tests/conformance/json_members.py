#!/usr/bin/env python3
"""A model as JSON: no object says a name twice, and docs/model-json.md tells every member of a body.

What puts an object's members in another order (PostgreSQL's jsonb) keeps one of each name.  The
models are those that the examples of mine_algorithms train, and one of each kind that has none.
"""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import minetest as mt  # noqa: E402

mt.preload_self()

TEXT = r"'(?:[^']|'')*'"
CALL = re.compile(rf"mine_(?:fit|train\({TEXT},)\(?\s*({TEXT}(?:,\s*{TEXT})+)\)")
SOURCE = ("'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200) "
          "SELECT i AS id, i*7%31 AS calls, i%5 AS visits, substr(''ab'', 1+i%2, 1) AS plan FROM n'")
MORE = [("latent", f"'auto', {SOURCE}"), ("grouped", f"'kmeans', {SOURCE}, 'k=2, group=plan'")]


def read(text):
    """The document, and the names that stand twice in one object."""
    twice = []

    def members(pairs):
        names = [name for name, _ in pairs]
        twice.extend(name for name in set(names) if names.count(name) > 1)
        return dict(pairs)

    return json.loads(text, object_pairs_hook=members), twice


def names_in(value):
    """Names of members, of the objects in lists, too, but for the models inside."""
    if isinstance(value, list):
        return set().union(*map(names_in, value[:1]))
    if not isinstance(value, dict):
        return set()
    return {n for name, inner in value.items() for n in {name} | (names_in(inner) if name != "members" else set())}


def main():
    checks = mt.Checks("members of JSON")
    db = mt.connect()
    page = (mt.ROOT / "docs/model-json.md").read_text(encoding="utf-8").partition("### `body` by kind")[2]
    told = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.M))
    common = set(re.findall(r"`(\w+)`", page.rpartition(" |\n")[2]))
    calls = [(name, found.group(1)) for name, example in db.execute("SELECT algorithm, example FROM mine_algorithms")
             for found in [CALL.search(example)] if checks.that(found, f"{name}: its example trains") or found]
    seen = set()
    for name, arguments in calls + MORE:
        text = db.execute(f"SELECT mine_export(mine_fit({arguments}), 'json')").fetchone()[0]
        document, twice = read(text)
        kind = document["kind"]
        seen.add(kind)
        checks.equal(twice, [], f"{name}: names that stand twice")
        back = db.execute("SELECT mine_import('temp.back', ?) IS NOT NULL", (json.dumps(document, sort_keys=True),))
        checks.equal(back.fetchone()[0], 1, f"{name}: comes back in another order")
        known = common | set(re.findall(r"`(\w+)`", told.get(kind, "") + told["linear"] * (kind == "hazard")))
        lacking = sorted(names_in(document["model"]["body"]) - known)
        checks.that(kind in told, f"{name}: docs/model-json.md tells the kind {kind}")
        if kind != "recommender":  # what each of its algorithms learned is its own
            checks.equal(lacking, [], f"{name} ({kind}): members that docs/model-json.md does not tell")
    kinds = {kind for (kind,) in db.execute("SELECT DISTINCT kind FROM mine_formats")}
    checks.equal(sorted(kinds - seen), [], "kinds without a model here")
    checks.end()


main()
