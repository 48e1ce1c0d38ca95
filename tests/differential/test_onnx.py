#!/usr/bin/env python3
"""ONNX: onnxruntime says what we say, on every row, and the file's own rows prove it.

Everything is in doubles: values to 1e-9, every class the same.  onnxruntime lies in the peers.
"""
import json

from leaving import mt, ours, peers_first, train, train_real

peers_first()
try:
    import numpy as np
    import onnxruntime
except ImportError:
    mt.skip("onnxruntime is not installed (bench/install_peers)")


def feed(session, names, rows):
    """Columns of rows as the graph takes them: NaN and "" are missing, other values are texts."""
    columns = dict(zip(names, zip(*rows)))
    made = {}
    for i in session.get_inputs():
        values = columns[i.name]
        number = i.type == "tensor(double)"
        made[i.name] = (np.array([np.nan if v is None else v for v in values], np.float64) if number else
                        np.array(["" if v is None else str(v) for v in values], object)).reshape(-1, 1)
    return made


def run(session, names, rows):
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, feed(session, names, rows))))


def off(a, b):
    return 0.0 if a == b else abs(a - b) / max(1.0, abs(a))


def compare(said, mine, target):
    """Rows that differ, and the worst difference."""
    wrong, worst = 0, 0.0
    for i, row in enumerate(mine):
        if target is None:
            bad, numbers = str(said["cluster"][i]) != row[0], [(row[1], said["distance"][i])]
        elif "label" in said:
            bad, numbers = said["label"][i] != str(row[0]), list(zip(row[1:], said["probabilities"][i]))
        else:
            bad, numbers = False, [(row[0], said["value"][i])]
        far = max(off(a, float(b)) for a, b in numbers)
        worst = max(worst, far)
        wrong += bad or not far <= 1e-9
    return wrong, worst


def proves(session, target):
    """The rows in the file: how many, and how many are answered otherwise."""
    proof = json.loads(session.get_modelmeta().custom_metadata_map["proof"])
    said = run(session, [i.name for i in session.get_inputs()], [row["row"] for row in proof])
    mine = [(str(r["group"]), r["distance"]) if target is None else
            (r["group"], *r["share"]) if "share" in r else (r["value"][0],) for r in proof]
    return len(proof), compare(said, mine, target)[0]


def main():
    checks = mt.Checks(f"ONNX by onnxruntime {onnxruntime.__version__}")
    db = mt.connect()
    for name, target, select in [*train(db, checks), *train_real(db, checks)]:
        found = db.execute(select + " ORDER BY id")
        names, rows = [c[0] for c in found.description[1:]], [row[1:] for row in found]
        try:
            blob = db.execute("SELECT mine_export(?, 'onnx')", (name,)).fetchone()[0]
            session = onnxruntime.InferenceSession(blob, providers=["CPUExecutionProvider"])
            wrong, worst = compare(run(session, names, rows), ours(db, name, target, select), target)
            n, disproved = proves(session, target)
        except Exception as error:
            known = name == "kmeans_rank" and "not written as onnx" in str(error)
            checks.that(known, f"{name} is written and read", str(error)[:600])
            continue
        checks.that(wrong == 0, f"{name}: {len(rows)} rows", f"{wrong} differ, worst {worst:.1e}")
        checks.that(n >= 100 and disproved == 0, f"{name}: its {n} rows prove it", f"{disproved} differ")
    db.close()
    checks.end()


if __name__ == "__main__":
    main()
