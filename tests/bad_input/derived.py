"""Bad calls made of what mine_verbs and mine_options say: every verb has them by itself.

A verb is called well first (its form names the arguments; each is given what the small
database has for it, its options and words are those of its example); then one argument
at a time is replaced by something bad:

  source, queries   all of cases.SOURCES where the verb is in cases.IN_FULL, else a few
  model             likewise of cases.MODELS
  options           an unknown name, a name twice; and once over all verbs and algorithms,
                    for every option, what its type and its range forbid
  number of them    one argument too many, one too few
"""
import re

import cases

MODELS = ("'m'", "'km'", "'nn'")  # then one of each algorithm, fitted in the call
EVENTS = {"duration": "rowid+1.5", "event": "rowid%2", "group": "rowid%3", "basket": "basket", "customer": "basket", "user": "basket",
          "id": "rowid", "attitude": "rowid%5", "repeat": "rowid*7%11", "amount": "rowid+1.5",
          "series": "rowid%2", "value": "rowid+1.5", "outcome": "rowid+1.5", "time": "date(''2024-01-01'',''+''||(rowid*37%366)||'' days'')"}


def arguments(text, at):
    """What stands between the brackets that open at `at`, divided by commas."""
    found, depth, quote, begin = [], 0, "", at + 1
    for i in range(at, len(text)):
        character = text[i]
        if quote:
            quote = "" if character == quote else quote
            continue
        if character in "'\"":
            quote = character
        depth += (character == "(") - (character == ")")
        if depth == 0 or (depth == 1 and character == ","):
            found.append(text[begin:i].strip())
            begin = i + 1
        if depth == 0:
            break
    return [piece for piece in found if piece]


def sampled(example, verb):
    """The arguments that the verb's example gives it."""
    found = re.search(rf"\b{verb}\(", example)
    return arguments(example, found.end() - 1) if found else []


def good_source(reads):
    if not reads or not reads.startswith("("):
        return "'customers'"
    names = re.findall(r"[a-z_0-9]+", reads)
    table = "customers" if "series" in names else "baskets"  # nine points are too few to say what is usual
    return "'SELECT " + ", ".join(f'{EVENTS.get(n, "item")} AS "{n}"' for n in names) + f" FROM {table}'"


def good_options(sample):
    """Those of the example, with the database's own target."""
    return re.sub(r"target=\w+", "target=churn", sample) if sample else None


class Verb:
    """A verb's row, and an argument list of it that works."""

    def __init__(self, connection, verb, kind):
        self.verb, self.kind = verb, kind
        form, reads, example = connection.execute(
            "SELECT form, reads, example FROM mine_verbs WHERE verb=? AND kind=?",
            (verb, kind)).fetchone()
        inside = re.search(r"\((.*)\)", form)
        self.names = [n.strip(" []") for n in re.split(r",|\[,", inside[1])] if inside else []
        self.names = [n for n in self.names if n]
        self.open = any("'" in n or n == "..." for n in self.names)  # takes any number
        self.optional = len(re.findall(r"\[", inside[1])) if inside else 0
        self.sample = sampled(example, verb)
        self.good = None
        fitted = [f"(SELECT mine_fit('{name}','customers',{options}))" for (name,) in
                  connection.execute("SELECT algorithm FROM mine_algorithms").fetchall()
                  for options in ("'target=churn'", "'seed=1'", "'target=income,treatment=churn'", "'id=none,target=id,event=churn'")]
        fitted.append(f"(SELECT mine_fit('bgnbd',{good_source('(customer, time)')}))")
        fitted.append(f"(SELECT mine_fit('cooccurrence',{good_source('(customer, item)')}))")
        for model in (*MODELS, *fitted):
            arguments_ = self.fill(model, reads)
            if arguments_ is not None and self.works(connection, self.call(arguments_)):
                self.good = arguments_
                break

    def fill(self, model, reads):
        out = []
        for i, name in enumerate(self.names):
            sample = self.sample[i] if i < len(self.sample) else None
            if name in ("model", "old", "new"):
                out.append("'new'" if "algorithm" in self.names else model)
            elif name == "models":
                out.append("'m|m'")
            elif name in ("source", "queries"):
                out.append(good_source(reads))
            elif name == "options":
                options = good_options(sample)
                if options:
                    out.append(options)
            elif name == "items":
                out.append("'a'")
            elif name == "class":
                out.append("'yes'")
            elif "'" in name:
                out.append("'age',30,'income',2000,'plan','gold'")
                break
            elif sample is None:
                break
            else:
                out.append(sample)
        return out

    def call(self, arguments_):
        start = f"SELECT * FROM {self.verb}" if self.kind == "table" else f"SELECT {self.verb}"
        if self.kind == "table" and not arguments_:
            return start
        return f"{start}({','.join(arguments_)})"

    @staticmethod
    def works(connection, sql):
        try:
            connection.execute("SAVEPOINT derived")
            connection.execute(sql).fetchall()
            return True
        except Exception:  # whatever it says, it is no call to start from
            return False
        finally:
            connection.execute("ROLLBACK TO derived")
            connection.execute("RELEASE derived")

    def with_(self, name, bad):
        """The call with that argument bad; options may have to be appended."""
        at = self.names.index(name)
        return self.call(self.good[:at] + [bad] + self.good[at + 1:])


def of_number(verb):
    count = len(verb.names)
    if verb.open or verb.kind == "aggregate":
        return
    said = ("wrong number of arguments", "too many arguments", "write ", "FROM " + verb.verb)
    yield "one argument too many", verb.call(["1"] * (count + 1)), said
    if count - verb.optional > 0:
        yield "one argument too few", verb.call(verb.good[:count - verb.optional - 1]), said


def of_verb(connection, name, kind):
    """[(name, SQL, fragment)] of a verb, without what each option forbids."""
    verb = Verb(connection, name, kind)
    if verb.good is None or (kind == "aggregate"):
        return [(f"{name}: no argument", f"SELECT {name}()", ("wrong number of arguments", "write"))] \
            if kind == "aggregate" else []
    rows = [(f"{name}: {what}", sql, said) for what, sql, said in of_number(verb)]
    for argument, table, few in (("source", cases.SOURCES, cases.FEW_SOURCES),
                                 ("queries", cases.SOURCES, cases.FEW_SOURCES),
                                 ("model", cases.MODELS, cases.FEW_MODELS)):
        if argument not in verb.names or (argument == "model" and "algorithm" in verb.names):
            continue
        rows += [(f"{name} of {argument} {what}", verb.with_(argument, bad), said)
                 for what, bad, said in table if name in cases.IN_FULL or what in few]
    if "options" in verb.names:
        rows += [(f"{name} with option {what}", verb.with_("options", bad), said)
                 for what, bad, said in cases.OPTIONS_OF_ALL]
    if "algorithm" in verb.names:
        rows += [(f"{name} of algorithm {what}", verb.with_("algorithm", bad), said)
                 for what, bad, said in cases.ALGORITHMS]
    return rows


# ---- what each option forbids ----------------------------------------------------------------


def numbers_outside(bounds, whole):
    """Numbers just outside a range as a person reads it."""
    below = re.search(r"(at least|above|^) ?(-?[\d.e+]+)(MB|KB|GB)?", bounds)
    above = re.search(r"(?:to|up to|at most) (-?[\d.e+]+)", bounds)
    if below and not below[3]:
        least = float(below[2])
        yield f"{least:.0f}" if below[1] == "above" else f"{least - 1:.0f}"
    if above:
        yield f"{int(above[1]) + 1}" if whole else f"{float(above[1]) * 2:.0f}"


def bad_values(kind, bounds):
    bounds = bounds or ""
    if kind in ("integer", "number"):
        yield from numbers_outside(bounds, kind == "integer")
        yield from ("many", "", "nan", "1e400") + (("2.5",) if kind == "integer" else ())
    elif kind == "numbers":
        yield from ("many", "1|x")
    elif kind == "choice":
        yield from ("none of them", "")
    elif kind == "flag":
        yield from ("2", "perhaps")
    elif kind == "bytes":
        yield from ("lots", "-1", "1.5.2GB")
    elif kind == "date":
        yield "soon"


def of_options(connection):
    """What each option forbids, once for every option that reads differently."""
    seen = set()
    callers = [(verb, kind, verb, None) for verb, kind in connection.execute(
        "SELECT verb, kind FROM mine_verbs WHERE form LIKE '% options%'").fetchall()]
    callers += [("mine_fit", "scalar", name, name) for (name,) in connection.execute(
        "SELECT algorithm FROM mine_algorithms").fetchall()]
    for verb_name, kind, topic, algorithm in callers:
        verb = Verb(connection, verb_name, kind)
        if verb.good is None or kind == "aggregate":
            continue
        if algorithm:
            verb.good[0] = f"'{algorithm}'"
        options = connection.execute('SELECT option, type, range FROM mine_options(?)', (topic,)).fetchall()
        for option in options:
            if option in seen:
                continue
            seen.add(option)
            for value in bad_values(option[1], option[2]):
                yield (f"{verb_name} ({topic}): {option[0]}={value}",
                       verb.with_("options", f"'{option[0]}={value}'"), option[0])
