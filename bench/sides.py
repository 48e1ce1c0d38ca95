"""The two or more sides of a comparison: processes that set up, then run once per "go".

A side is a child process that prints "ready", answers every line "go" with one JSON
object {"seconds", "cpu", "value"}, and "end" with {"quality", "peak_kb"}.  worker.c
and peers.py speak so.  Sides take turns (ours, peer, ours, peer ...), so that what
else happens on the machine hits all of them alike.
"""
import json
import statistics
import subprocess
import sys


class Absent(Exception):
    """A peer that is not installed, with the reason."""


class Side:
    """One process.  `command` is its argv; `scale` multiplies its times."""

    def __init__(self, name, command, scale=1.0):
        self.name, self.command, self.scale = name, command, scale
        self.seconds, self.cpu = [], []
        self.value = self.quality = self.peak_kb = None
        self.process = None

    def start(self):
        try:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, text=True)
        except FileNotFoundError:
            raise Absent(f"{self.command[0]} is not installed") from None
        first = self.process.stdout.readline().strip()
        if first == "ready":
            return
        self.process.stdin.close()
        said = (first + " " + self.process.stderr.read()).strip().splitlines()
        self.process.wait()
        raise Absent(said[-1] if said else "ended at once")

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name}: {self.process.stderr.read().strip()}")
        return json.loads(line)

    def go(self, keep=True):
        answer = self.ask("go")
        if keep:
            self.seconds.append(answer["seconds"] * self.scale)
            self.cpu.append(answer["cpu"] * self.scale)
            self.value = answer["value"]
        return answer["seconds"] * self.scale

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        answer = self.ask("end")
        self.quality, self.peak_kb = answer["quality"], answer["peak_kb"]
        self.process.stdin.close()
        self.process.wait()


class Script:
    """A whole job as one process per run: time and memory include its start."""

    def __init__(self, name, command, before, judge, stdin=""):
        self.name, self.command, self.stdin = name, command, stdin  # command: launch (launch.c) and the job
        self.before, self.judge = before, judge
        self.seconds, self.cpu = [], []
        self.value = self.quality = None
        self.peak_kb = 0

    def start(self):
        pass

    def go(self, keep=True):
        self.before()
        done = subprocess.run(self.command, input=self.stdin, capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout)
        if answer["code"] in (77, 127):
            raise Absent(done.stderr.strip() or "not installed")
        if answer["code"]:
            raise RuntimeError(f"{self.name}: {done.stderr.strip()}")
        if keep:
            self.seconds.append(answer["seconds"])
            self.cpu.append(answer["cpu"])
        self.peak_kb = max(self.peak_kb, answer["peak_kb"])
        if self.quality is None:
            self.quality = self.judge()
        return answer["seconds"]

    def stop(self):
        pass


class Busy:
    """A neighbour that keeps one processor busy."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
             "print(1, flush=True)\nwhile True: pass"], stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def result(side):
    return {"name": side.name, "seconds": statistics.median(side.seconds),
            "fastest": min(side.seconds), "slowest": max(side.seconds),
            "cpu": statistics.median(side.cpu), "runs": len(side.seconds),
            "peak_mb": round((side.peak_kb or 0) / 1024, 1), "quality": side.quality}


def start_all(sides):
    """The sides that are there, and {name: reason} of the others."""
    there, absent = [], {}
    for side in sides:
        try:
            side.start()
            there.append(side)
        except Absent as reason:
            absent[side.name] = str(reason)
    return there, absent


def compare(sides, pairs, warm=True):
    """Medians of `pairs` interleaved rounds: ([result of each side], absent)."""
    there, absent = start_all(sides)
    for turn in range(pairs + (1 if warm else 0)):
        for side in list(there):
            try:
                side.go(keep=turn >= (1 if warm else 0))
            except Absent as reason:
                absent[side.name] = str(reason)
                there.remove(side)
    for side in there:
        side.stop()
    return [result(side) for side in there], absent


def beside_neighbour(side, pairs):
    """Median alone and median while one processor is busy."""
    side.start()
    side.go(keep=False)
    alone, loaded = [], []
    for _ in range(pairs):
        alone.append(side.go())
        with Busy():
            loaded.append(side.go())
    side.stop()
    return statistics.median(alone), statistics.median(loaded)
