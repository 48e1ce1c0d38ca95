"""scikit-learn and numpy, or the end of the script as skipped."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import datasets  # noqa: E402,F401
import minetest as mt  # noqa: E402

mt.preload_self()

try:
    import numpy as np
    import sklearn
    import sklearn.utils._openmp_helpers  # noqa: F401  its OpenMP is loaded, and can be limited
    import threadpoolctl
except ImportError:
    mt.skip("scikit-learn is not installed (apt-get install python3-sklearn)")

VERSION = sklearn.__version__
# Debian's serial OpenBLAS gives two threads one buffer once in a while (docs/design/linear-algebra.md), so where numpy
# stands on it scikit-learn's own threads make its answers change from run to run.  Ours are not of OpenMP, and stay.
threadpoolctl.threadpool_limits(1, user_api="openmp")


def load_matrix(db, table, matrix, target=None, names=None):
    """A table(id, x0, x1, ... [, target]) of a matrix; ids from 1."""
    names = names or [f"x{j}" for j in range(matrix.shape[1])]
    columns = ["id INTEGER PRIMARY KEY", *names] + (["target"] if target is not None else [])
    db.execute(f"CREATE TABLE {table}({', '.join(columns)})")
    marks = ", ".join("?" * len(columns))
    rows = ((i + 1, *map(float, row), *(() if target is None else (target[i],)))
            for i, row in enumerate(matrix))
    db.executemany(f"INSERT INTO {table} VALUES({marks})", rows)


def real_matrix(db, source):
    """Rows of numbers from a source (as TEXT perhaps)."""
    return np.array([[float(v) for v in row] for row in db.execute(source)])


def standardised(matrix):
    deviation = matrix.std(axis=0)
    return (matrix - matrix.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
