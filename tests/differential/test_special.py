#!/usr/bin/env python3
"""The special functions against R at random arguments.

Where the two differ by more than 1e-12, 60-digit arithmetic (python3-mpmath) decides and
ours must be right.  What it has no answer for within two seconds, and everything when
mpmath is missing, passes within 1e-9 of R, since R's own far tails are no better at times;
a quantile passes at any distance (where p is small, qt and qf are off by percents or give
up with 0 or Inf; that ours are inverses is unit.special's to test).  But not more than one
value in fifty may pass so.
"""
import math
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

try:
    import special_reference as reference
except ImportError:
    reference = None

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("MINE_BUILD", HERE.parents[1] / "build")) / "unit_special"
rng = random.Random(20240229)


def log_uniform(low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def around(centre, relative):
    """A positive number some standard deviations off the centre, or far away."""
    if rng.random() < 0.7:
        return centre * math.exp(rng.uniform(-12, 12) * min(relative, 2))
    return centre * log_uniform(1e-3, 1e3)


def questions(n):
    for i in range(n):
        a, b = log_uniform(1e-3, 1e5), log_uniform(1e-3, 1e5)
        tail, p = rng.randrange(4), log_uniform(1e-250, 1) if rng.random() < 0.5 else rng.random()
        yield "normal", rng.uniform(-37, 37), tail
        yield "normal_quantile", p, tail % 2
        yield "gamma", around(a, a ** -0.5), a, tail
        odds = around(a / b, (1 / a + 1 / b) ** 0.5)
        yield "beta", odds / (1 + odds), a, b, tail
        yield "f", around(1, (1 / a + 1 / b) ** 0.5), a, b, tail
        yield "chi2", around(a, a ** -0.5), a, tail
        yield "t", rng.choice((-1, 1)) * log_uniform(1e-3, 100), log_uniform(0.1, 1e5), tail
        shape = log_uniform(0.5, 1e4)
        yield "chi2_quantile", p, shape, tail % 2
        yield "t_quantile", p, shape, tail % 2
        yield "f_quantile", p, shape, log_uniform(0.5, 1e4), tail % 2
        yield "log_gamma", rng.uniform(-20, 200)
        yield "log_beta", a, b
        yield "digamma", rng.uniform(-10, 200)
        yield "trigamma", rng.uniform(-10, 200)
        cells = [int(log_uniform(1, 3000)) - 1 for _ in range(4)]
        yield ("fisher", *cells, rng.randrange(3))
        white, black = int(log_uniform(1, 1e5)), int(log_uniform(1, 1e5))
        drawn = rng.randrange(1, white + black)
        mean = drawn * white / (white + black)
        x = int(mean + rng.uniform(-10, 10) * math.sqrt(mean + 1))
        yield "hypergeometric", min(max(x, 0), drawn), white, black, drawn, tail
        if i % 20 == 0:
            yield "range", log_uniform(0.5, 12), rng.randrange(2, 30), rng.choice((5, 20, 100, math.inf)), tail % 2


def ask(command, lines):
    output = subprocess.run(command, input=lines, text=True, capture_output=True, check=True).stdout
    return [math.nan if v == "NA" else float(v) for v in output.split()]


def error(got, true):
    if got == true or (math.isnan(got) and math.isnan(true)):
        return 0.0
    if not (math.isfinite(got) and math.isfinite(true)):
        return math.inf
    return abs(got - true) / max(abs(true), 1e-300)


def give_up(_signal, _frame):
    raise ArithmeticError


def arithmetic(name, arguments, got):
    """Our error by 60-digit arithmetic, which finds a quantile by steps from ours; None if it
    has no answer."""
    if not reference or name == "range":
        return None
    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2)
    try:
        true = reference.truth(name, *arguments, near=got)
        return float(abs(reference.mpf(got) - true) / max(abs(true), reference.mpf(10) ** -300))
    except (ArithmeticError, ValueError, KeyError):
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def own_measure(name, arguments, got, r, off):
    """ptukey is right to an absolute 1e-7 (special_values.inc holds 40 digits); the zeros of
    log-gamma and digamma below 0 have no relative accuracy, in R or here."""
    if name == "range":
        return min(off, abs(got - r) * 1e-5)
    if name in ("log_gamma", "digamma") and arguments[0] < 0:
        return min(off, abs(got - r))
    return off


def main():
    if not shutil.which("Rscript"):
        mt.skip("R is not installed (apt-get install r-base-core)")
    if not PROGRAM.exists():
        mt.skip(f"{PROGRAM} is not built")
    checks = mt.Checks("special functions against R")
    asked = list(questions(300))
    lines = "".join(" ".join([q[0], *(f"{v:.17g}" for v in q[1:])]) + "\n" for q in asked)
    ours = ask([PROGRAM, "evaluate"], lines)
    theirs = ask(["Rscript", "--vanilla", HERE / "special_peer.R"], lines)
    checks.that(len(ours) == len(theirs) == len(asked), "every question has two answers")
    worst, decided, undecided = {}, 0, 0
    for (name, *arguments), got, r in zip(asked, ours, theirs):
        off = own_measure(name, arguments, got, r, error(got, r))
        limit = 1e-12
        if off > limit:
            true_off = arithmetic(name, arguments, got)
            if true_off is None:
                undecided, limit = undecided + 1, math.inf if name.endswith("quantile") else 1e-9
            else:
                decided, off = decided + 1, true_off
        if not off <= limit:
            checks.that(False, name, f"{arguments}: {got!r}, R {r!r}, off {off:.1e}")
        if limit == 1e-12:
            worst[name] = max(worst.get(name, 0), off)
    for name, off in sorted(worst.items()):
        checks.that(off <= 1e-12, name, f"off by {off:.1e} at most")
    checks.that(undecided <= len(asked) // 50, f"R differs in {decided + undecided} of {len(asked)} values",
                f"arithmetic says that ours are right in {decided}, decides nothing in {undecided}")
    checks.end()


main()
