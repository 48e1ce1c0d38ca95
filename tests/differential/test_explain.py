#!/usr/bin/env python3
"""Reasons against others': trees by XGBoost's pred_contribs and by shap's TreeExplainer.

A tree of ours is told node by node (mine_tree), written as a model of XGBoost's and read by it; then its
contributions of the same rows must be ours.  XGBoost counts in float32, so values lie on a grid that
float32 holds and agreement is to 1e-4 of the largest; shap counts in double.  Both live in the
peers' environment (bench/install_peers); what is not there is skipped by name.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from peer import mt, np, load_matrix

checks = mt.Checks("reasons against XGBoost and shap")
PEERS = mt.BUILD / "peers/bin/python"
FEATURES = 6

PEER = r"""
import json, sys
import numpy as np
def xgboost_model(trees, base, x):
    def one(i, t):
        n = len(t["left"])
        leaf = [l < 0 for l in t["left"]]
        return {"id": i, "base_weights": t["value"], "categories": [], "categories_nodes": [], "categories_segments": [],
                "categories_sizes": [], "default_left": [0] * n, "left_children": t["left"], "right_children": t["right"],
                "loss_changes": [0.0] * n, "parents": t["parent"], "split_conditions": [v if f else c for f, v, c in
                zip(leaf, t["value"], t["threshold"])], "split_indices": [max(f, 0) for f in t["feature"]], "split_type": [0] * n,
                "sum_hessian": t["cover"], "tree_param": {"num_deleted": "0", "num_feature": str(x.shape[1]), "num_nodes": str(n),
                                                          "size_leaf_vector": "1"}}
    return {"learner": {"attributes": {}, "feature_names": [], "feature_types": [], "gradient_booster": {"model": {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees))}, "tree_info": [0] * len(trees),
        "iteration_indptr": list(range(len(trees) + 1)), "trees": [one(i, t) for i, t in enumerate(trees)]}, "name": "gbtree"},
        "learner_model_param": {"base_score": repr(base), "boost_from_average": "0", "num_class": "0", "num_feature": str(x.shape[1]),
                                "num_target": "1"}, "objective": {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}}},
        "version": [2, 1, 0]}
def by_xgboost(trees, base, x):
    import xgboost
    booster = xgboost.Booster()
    booster.load_model(bytearray(json.dumps(xgboost_model(trees, base, x)).encode()))
    return xgboost, booster.predict(xgboost.DMatrix(x), pred_contribs=True).astype(float)
def by_shap(trees, base, x):
    import shap
    trees = [{"children_left": np.array(t["left"]), "children_right": np.array(t["right"]), "children_default": np.array(t["right"]),
              "features": np.array([f if f >= 0 else -2 for f in t["feature"]]), "thresholds": np.nextafter(np.array(t["threshold"]), -np.inf),
              "values": np.array(t["value"]).reshape(-1, 1), "node_sample_weight": np.array(t["cover"])} for t in trees]
    explainer = shap.TreeExplainer({"trees": trees, "base_offset": base}, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(x)).reshape(len(x), -1)
    return shap, np.column_stack([values, np.full(len(x), float(np.ravel(explainer.expected_value)[0]))])
answers = []
for case in json.load(open(sys.argv[1])):
    answers.append({})
    for peer in by_xgboost, by_shap:
        try:
            library, values = peer(case["trees"], case["base"], np.array(case["x"], dtype=float))
        except ImportError:
            continue
        answers[-1][f"{library.__name__} {library.__version__}"] = values.tolist()
json.dump(answers, open(sys.argv[2], "w"))
"""


def told(db, model, scale):
    """The trees of a model: node after node of mine_tree; leaves times `scale`."""
    trees = []
    for tree, node, parent, feature, test, rows, value in db.execute(
            "SELECT tree, node, parent, feature, test, rows, prediction FROM mine_tree(?) ORDER BY tree, node", (model,)):
        if node == 1:
            trees.append({k: [] for k in ("left", "right", "parent", "feature", "threshold", "value", "cover")})
        t = trees[-1]
        t["left"].append(-1)
        t["right"].append(-1)
        t["parent"].append(2147483647 if parent is None else parent - 1)
        t["feature"].append(-1)
        t["threshold"].append(0.0)
        t["value"].append(value * scale)
        t["cover"].append(float(rows))
        if parent is not None:
            sign, border = re.match(r"\w+ (<|>=) (\S+)$", test).groups()
            t["left" if sign == "<" else "right"][parent - 1] = node - 1
            t["feature"][parent - 1] = int(feature[1:])
            t["threshold"][parent - 1] = float(border)
    return [in_pairs(t) for t in trees]


def in_pairs(t):
    """The same tree with brothers beside each other, level after level, as XGBoost's contributions take for granted."""
    order = [0]
    for at in order:
        if t["left"][at] >= 0:
            order += [t["left"][at], t["right"][at]]
    place = {at: i for i, at in enumerate(order)}
    out = {k: [v[at] for at in order] for k, v in t.items()}
    for k in ("left", "right"):
        out[k] = [place[at] if at >= 0 else -1 for at in out[k]]
    out["parent"] = [place.get(at, at) for at in out["parent"]]
    return out


def walked(trees, x):
    """What the leaves of the rows add up to."""
    total = np.zeros(len(x))
    for t in trees:
        for i, row in enumerate(x):
            at = 0
            while t["left"][at] >= 0:
                at = t["left" if row[t["feature"][at]] < t["threshold"][at] else "right"][at]
            total[i] += t["value"][at]
    return total


def ours(db, model, rows):
    """Rows by contributions, in the order of the columns, the base last."""
    out = np.zeros((rows, FEATURES + 1))
    for ident, feature, value in db.execute("SELECT id, feature, contribution FROM mine_explain(?, 'few')", (model,)):
        out[ident - 1, int(feature[1:]) if feature else FEATURES] = value
    return out


def case_of(db, name, algorithm, options, x):
    """The trees of a model and its contributions, for the peers."""
    db.execute("SELECT mine_train('m', ?, 'train', ?)", (algorithm, "target=target, holdout=0, " + options))
    count = db.execute("SELECT max(tree) FROM mine_tree('m')").fetchone()[0]
    trees = told(db, "m", 1.0 if algorithm == "boost" else 1.0 / count)
    said = np.array([r[0] for r in db.execute("SELECT prediction FROM mine_predict('m', 'few') ORDER BY id")])
    rest = said - walked(trees, x)
    checks.that(float(np.ptp(rest)) < 1e-9, f"{name}: the trees that are told are those that predict", f"{np.ptp(rest)}")
    return {"x": x.tolist(), "trees": trees, "base": float(rest[0]), "ours": ours(db, "m", len(x)).tolist(), "name": name}


def answers_of(cases):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "cases.json").write_text(json.dumps(cases))
        subprocess.run([str(PEERS), "-W", "ignore", "-c", PEER, str(folder / "cases.json"), str(folder / "answers.json")],
                       check=True, timeout=250)
        return json.loads((folder / "answers.json").read_text())


CASES = (("a tree", "tree", "max_depth=5"), ("a deep tree", "tree", "max_depth=30, min_samples_leaf=1, min_samples_split=2"),
         ("boosting", "boost", "n_trees=20, max_leaves=31, subsample=1"), ("extra trees", "extra_trees", "n_trees=8, bootstrap=0"))


def main():
    if not PEERS.exists():
        mt.skip("the peers' environment is not there (bench/install_peers)")
    rng = np.random.default_rng(7)
    x = rng.integers(-40, 40, size=(1500, FEATURES)) / 4
    y = x[:, 0] * (x[:, 1] > 0) + np.abs(x[:, 2]) - x[:, 3] * (x[:, 0] > 2) + rng.normal(size=len(x))
    db = mt.connect()
    load_matrix(db, "train", x, y)
    db.execute("CREATE TABLE few AS SELECT * FROM train WHERE id <= 60")
    cases = [case_of(db, *case, x[:60]) for case in CASES]
    seen = set()
    for case, answer in zip(cases, answers_of(cases)):
        for peer, values in answer.items():
            seen.add(peer.split()[0])
            theirs = np.array(values)
            off = float(np.abs(np.array(case["ours"]) - theirs).max() / np.abs(theirs).max())
            most = 1e-4 if peer.startswith("xgboost") else 1e-9
            checks.that(off < most, f"{case['name']}: contributions of 60 rows as {peer}", f"apart by {off}")
    for peer in ("xgboost", "shap"):
        if peer not in seen:
            print(f"skipped: {peer} is not in the peers' environment")
    checks.end()


if __name__ == "__main__":
    sys.exit(main())
