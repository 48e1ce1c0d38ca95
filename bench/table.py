#!/usr/bin/python3
"""table.py FILE -- the figures of a run (--baseline FILE) as a table for docs/design/performance.md."""
import json
import sys

from run import seconds, verdict


def memory(side):
    return f"{side['peak_mb']:.0f} MB"


def quality(record, side):
    return f"{side['quality']:.7g}" if record["judge"] else ""


def lines(report):
    yield "| workload | who | time | CPU | memory | quality | ratio (of CPU) | goal |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for record in report["records"]:
        for i, side in enumerate(record["sides"]):
            figure = f"{side['ratio']:.2f} ({side['cpu_ratio']:.2f})" if i else ""
            goal = verdict(record["kind"], side["ratio"], side["goal"]) if i else ""
            cells = [record["name"] if i == 0 else "", side["name"], seconds(side["seconds"]), seconds(side["cpu"]),
                     memory(side), quality(record, side), figure, goal.replace("<=", "at most").replace(">=", "at least")]
            yield "| " + " | ".join(cells) + " |"
        for name, reason in record.get("absent", {}).items():
            yield f"| | {name} | absent | | | | | |"
        if "loaded" in record:
            goal = verdict("floor", record["ratio"], record["goal"]).replace("<=", "at most")
            yield (f"| {record['name']} | alone -> loaded | {seconds(record['alone'])} -> {seconds(record['loaded'])} "
                   f"| | | | {record['ratio']:.2f} | {goal} |")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print("\n".join(lines(json.load(file))))
