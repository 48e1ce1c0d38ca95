"""Other libraries that find itemsets: sides of peers.py over a table b(basket, item)."""
import itertools
import sqlite3


def baskets(db):
    """Lists of items, in the order of the baskets."""
    rows = sqlite3.connect(db).execute("SELECT basket, item FROM b ORDER BY basket")
    return [[item for _, item in group] for _, group in itertools.groupby(rows, key=lambda row: row[0])]


def pyfim(a):
    import fim
    mine, there = getattr(fim, a["by"]), None if a["reading"] else baskets(a["db"])
    return lambda: len(mine(baskets(a["db"]) if there is None else there, target="s", supp=-a["count"])), None


def mlxtend_fpgrowth(a):
    import pandas as pd
    from mlxtend.frequent_patterns import fpgrowth
    from mlxtend.preprocessing import TransactionEncoder
    there = baskets(a["db"])
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(there), columns=encoder.columns_)
    return lambda: len(fpgrowth(table, min_support=a["count"] / len(there))), None


def efficient_apriori(a):
    from efficient_apriori import itemsets_from_transactions
    there = [tuple(basket) for basket in baskets(a["db"])]
    return lambda: sum(map(len, itemsets_from_transactions(there, min_support=a["count"] / len(there))[0].values())), None
