"""What brute force counts: every subset of every basket, its baskets and what these weigh."""
import fractions
import itertools

F = fractions.Fraction


def above(parents):
    """item -> everything above it."""
    def up(x):
        out = set()
        for p in parents.get(x, ()):
            out |= {p} | up(p)
        return out
    return {x: up(x) for x in set(parents) | {p for ps in parents.values() for p in ps}}


def subsets(baskets, weights, high):
    """itemset -> (count, weight), no itemset with an item and what is above it."""
    out = {}
    for basket, weight in zip(baskets, weights):
        for size in range(1, len(basket) + 1):
            for s in itertools.combinations(sorted(basket), size):
                if any(b in high.get(a, ()) or a in high.get(b, ()) for a, b in itertools.combinations(s, 2)):
                    continue
                c, w = out.get(s, (0, F(0)))
                out[s] = (c + 1, w + weight)
    return {frozenset(s): v for s, v in out.items()}
