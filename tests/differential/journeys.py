"""What the tests of sequences share."""


def holds(longer, shorter):
    """Whether the events of the shorter sequence are in events of the longer, in their order."""
    at = 0
    for itemset in longer:
        if at < len(shorter) and set(shorter[at]) <= set(itemset):
            at += 1
    return at == len(shorter)
