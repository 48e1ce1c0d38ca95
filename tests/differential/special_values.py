#!/usr/bin/env python3
"""Writes tests/unit/special_values.inc: run it with R and mpmath installed.

Each row is R's value when 60-digit arithmetic (special_reference.py) agrees with it to
2e-13, else the arithmetic's, with R's beside it; R's alone, marked so, where the
arithmetic has no method.  The test then asks 1e-12 of every row.
"""
import itertools
import pathlib
import signal
import subprocess

import special_reference as reference
from mpmath import mpf

HERE = pathlib.Path(__file__).resolve().parent
SHAPES = (1e-3, 0.3, 1, 4.5, 29, 31, 700, 4e4)


def questions():
    for x in (1e-300, 1e-5, 0.3, 0.999999, 1.0000001, 1.4616, 1.99999, 2.00003, 2.7, 9.99, 10.01, 171.5, 1e6, 1e100,
              -0.3, -1.7, -3.2, -10.5):
        for name in ("log_gamma", "log_gamma_sign", "digamma", "trigamma"):
            if 1e-50 < abs(x) < 1e50 or name[:3] == "log":
                yield name, x
    for x in (-1e-10, 1e-9, 0.2, 1.0001):
        yield "log_gamma1p", x
    for a, b in itertools.combinations((1e-3, 0.7, 3, 12, 900, 1e7), 2):
        yield "log_beta", a, b
    for n, k in ((5, 2), (100, 50), (10 ** 6, 3), (10 ** 9, 5 * 10 ** 8)):
        yield "log_choose", n, k
    for i, z in enumerate((0.0, 1e-9, 0.5, 1.3, 4.99, 5.01, 9, 21, 37, 120, 1e5)):
        for tail in range(4):
            yield "normal", z if (i + tail) % 3 else -z, tail
    for p in (1e-300, 1e-30, 1e-5, 0.1, 0.25, 0.49999, 0.6, 0.9999):
        yield "normal_quantile", p, 0
        yield "normal_quantile", p, 1
    for p in (-1e6, -2000, -40, -1, -0.1, -1e-20):
        yield "normal_quantile", p, 2
    for i, (a, t) in enumerate(itertools.product(SHAPES + (1e6,), (-20, -4, -1, 0.2, 3, 25))):
        x = a * 2.718 ** (t / (a ** 0.5 + 1))
        yield "gamma", x, a, i % 4
        yield "chi2", x, a, (i + 1) % 4
    for i, (a, b, t) in enumerate(itertools.product(SHAPES, SHAPES, (-15, -3, 0.3, 8))):
        odds = a / b * 2.718 ** (t * min(2, (1 / a + 1 / b) ** 0.5))
        if i % 3 == 0:
            yield "beta", odds / (1 + odds), a, b, i % 4
        if i % 3 == 1:
            yield "f", 2.718 ** (t * min(2, (1 / a + 1 / b) ** 0.5)), a, b, i % 4
    for i, (df, t) in enumerate(itertools.product((0.1, 1, 2, 3.5, 10, 59, 61, 1000, 1e5, 1e9),
                                                  (-30, -2, -1e-5, 0.7, 1.9, 12, 1e4))):
        yield "t", t, df, i % 4
    for i, (df, p) in enumerate(itertools.product((0.5, 1, 3.5, 30, 61, 1e4), (1e-100, 1e-4, 0.3, 0.5001, 0.99))):
        yield "t_quantile", p, df, i % 2
        yield "chi2_quantile", p, df, i % 2
        yield "f_quantile", p, df, 7, i % 2
        yield "f_quantile", p, 4, df, i % 2
    for q, k, df in itertools.product((0.5, 3.5, 6), (2, 3, 10), (3, 20, float("inf"))):
        yield "range", q, k, df, 1
    for table in ((3, 1, 1, 3), (10, 2, 3, 15), (0, 10, 12, 2), (100, 200, 300, 100), (5, 0, 0, 5), (1900, 2100, 2000, 2000)):
        for side in range(3):
            yield ("fisher", *table, side)
    for i, (x, w, b, n) in enumerate(((3, 10, 20, 8), (50, 100, 900, 100), (1200, 5000, 40000, 9000),
                                      (260, 500, 10 ** 6, 4000), (99000, 200000, 800000, 500000))):
        for tail in range(4):
            yield "hypergeometric", x, w, b, n, tail


def give_up(_signal, _frame):
    raise ArithmeticError("too slow in 60 digits")


def main():
    signal.signal(signal.SIGVTALRM, give_up)
    asked = list(questions())
    lines = "".join(" ".join([q[0], *(f"{v:.17g}" for v in q[1:])]) + "\n" for q in asked)
    answers = subprocess.run(["Rscript", "--vanilla", HERE / "special_peer.R"], input=lines, text=True,
                             capture_output=True, check=True).stdout.split()
    assert len(answers) == len(asked)
    out, differ, alone = [], 0, 0
    for question, r in zip(asked, answers):
        name, *x = question
        r_value, note = float(r), ""
        signal.setitimer(signal.ITIMER_VIRTUAL, 20 if name == "range" else 0.5)
        try:
            true = reference.truth(name, *x, near=r_value)
        except (ArithmeticError, ValueError) as problem:
            true, note = mpf(r_value), f" /* R alone: {problem} */"
            alone += 1
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if note and (r_value == 0 or name == "range" or abs(true) < mpf(10) ** -305):
            continue  # ptukey alone is no measure: it is right to about 1e-10
        value = r_value
        if not note and abs(mpf(r_value) - true) > abs(true) * mpf(2e-13):
            value, note = float(true), f" /* R: {r} */"
            differ += 1
        numbers = ", ".join("INFINITY" if v == float("inf") else f"{v:.17g}" for v in x)
        out.append(f'{{"{name}", {{{numbers}}}, {value:.17g}}},{note}\n')
    (HERE.parent / "unit" / "special_values.inc").write_text(
        "/* Written by tests/differential/special_values.py. */\n" + "".join(out), "utf-8")
    print(f"{len(out)} values; R differs from 60 digits by more than 2e-13 in {differ}, stands alone in {alone}")


main()
