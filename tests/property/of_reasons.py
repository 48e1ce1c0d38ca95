"""Reasons: contributions add up, whatever the model and the table; top is the beginning of all."""
import collections
import math

from lab import must, options, prop, quoted, same
from of_models import model_case, trained


def reasons_case(rng):
    case = model_case(rng, algorithms=("tree", "knn", "bayes", "logistic", "linear", "forest", "boost", "mlp"),
                      kinds=("regression", "two", "two", "more"), rows=(12, 30, 60))
    if case["algorithm"] in ("logistic", "linear"):
        if (case["algorithm"] == "linear") != (case["kind"] == "regression"):
            case["algorithm"] = "linear" if case["kind"] == "regression" else "logistic"
        case["own"] = {"l2": 1}
    if case["algorithm"] in ("forest", "boost"):
        case["own"] = {"n_trees": 4}
    if case["algorithm"] == "bayes" and case["kind"] == "regression":
        case["algorithm"], case["own"] = "tree", {}
    case["top"] = rng.randint(1, 4)
    return case


def odds(shares, c):
    """ln of a share against the other, or less the mean over the classes; None where one is 0."""
    if min(shares.values()) <= 0:
        return None
    logs = {k: math.log(p) for k, p in shares.items()}
    if len(logs) == 2:
        return logs[c] - sum(v for k, v in logs.items() if k != c)
    return logs[c] - sum(logs.values()) / len(logs)


@prop("mine_explain", make=reasons_case, cases=100)
def reasons_add_up(lab, case):
    """The parts of a row are its margin; the greatest come first; `top` cuts them and says the rest."""
    lab.create("t", case["tables"]["t"])
    data = trained(lab, dict(case, holdout=0))
    if data is None:
        return
    shares = collections.defaultdict(dict)
    if case["kind"] != "regression":
        for ident, c, p in lab.ask("SELECT id, class, probability FROM mine_probabilities('m', 't')"):
            shares[repr(ident)][c] = p
    said = {repr(r[0]): r[1] for r in lab.ask("SELECT id, prediction FROM mine_predict('m', 't')")}
    rows = collections.defaultdict(list)
    for r in lab.ask("SELECT id, rank, feature, contribution, because, class, std_error FROM mine_explain('m', 't', ?)", options({"pairs": 2})):
        rows[repr(r[0])].append(r)
    must(len(rows) == len(set(said)), "explain: rows", (len(rows), len(said)))
    for ident, own in rows.items():
        must([r[1] for r in own] == list(range(len(own))), "explain: ranks", lambda: own)
        size = [abs(r[3]) for r in own[1:]]
        must(size == sorted(size, reverse=True), "explain: the greatest first", lambda: own)
        total = sum(r[3] for r in own)
        scale = sum(abs(r[3]) for r in own)
        if case["kind"] == "regression":
            same(total, said[ident], "explain: the number", 1e-9, scale + 1e-9)
            continue
        p = shares[ident]
        if case["algorithm"] in ("tree", "forest", "knn"):
            same(total, p[own[0][5]], "explain: the probability", 1e-9, 1)
        elif odds(p, own[0][5]) is not None and max(p.values()) < 1 - 1e-9 and min(p.values()) > 1e-12:
            same(total, odds(p, own[0][5]), "explain: log-odds", 1e-6, scale + 1)
    top = collections.defaultdict(list)
    for r in lab.ask("SELECT id, rank, feature, contribution, because, class, std_error FROM mine_explain('m', 't', ?)",
                     options({"pairs": 2, "top": case["top"]})):
        top[repr(r[0])].append(r)
    for ident, own in top.items():
        most = min(case["top"], len(rows[ident]) - 1)
        must(own[:most + 1] == rows[ident][:most + 1], "explain: top is the beginning", lambda: (own, rows[ident]))
        if most < len(rows[ident]) - 1:
            same(own[-1][3], sum(r[3] for r in rows[ident][most + 1:]), "explain: the others", 1e-9, sum(abs(r[3]) for r in rows[ident]) + 1e-9)


@prop("mine_dependence", make=reasons_case, cases=40)
def all_rows_had_the_value(lab, case):
    """Each answer is the mean of what the model says of the rows, all with that value."""
    lab.create("t", case["tables"]["t"])
    if case["kind"] == "more" or trained(lab, dict(case, holdout=0)) is None:
        return
    lab.create("u", case["tables"]["t"])
    for feature, value, prediction, rows in lab.ask("SELECT feature, value, prediction, rows FROM mine_dependence('m', 't', 'points=2')"):
        must(rows > 0, "dependence: rows", rows)
        lab.db.execute("DELETE FROM u")
        lab.db.execute("INSERT INTO u SELECT * FROM t")
        lab.said.append((f"UPDATE u SET {quoted(feature)} = ?", (value,)))
        lab.db.execute(*lab.said[-1])
        if case["kind"] == "regression":
            said = [[r[0] for r in lab.ask("SELECT prediction FROM mine_predict('m', 'u') WHERE prediction IS NOT NULL")]]
        else:
            shares = collections.defaultdict(list)
            for c, p in lab.ask("SELECT class, probability FROM mine_probabilities('m', 'u') WHERE probability IS NOT NULL"):
                shares[c].append(p)
            said = list(shares.values())
        means = [math.fsum(s) / len(s) for s in said if s]
        nearest = min(means, key=lambda m: abs(m - prediction))  # of two classes the positive one
        same(prediction, nearest, "dependence: the mean", 1e-9, max(abs(x) for s in said for x in s) + 1e-9)
