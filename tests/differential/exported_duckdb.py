"""Run in a Python that has duckdb: rows of CSV files by SQL, as JSON.  argv: folder, then SQL files."""
import json
import pathlib
import sys

import duckdb

folder = pathlib.Path(sys.argv[1])
db = duckdb.connect()
for table in folder.glob("*.create"):
    db.execute(table.read_text(encoding="utf-8"))
    db.execute(f"COPY {table.stem} FROM '{folder / (table.stem + '.csv')}' (FORMAT csv, HEADER, NULLSTR '\\N')")
for script in sys.argv[2:]:
    cursor = db.execute(pathlib.Path(script).read_text(encoding="utf-8"))
    print(json.dumps({"columns": [d[0] for d in cursor.description], "rows": cursor.fetchall()}))
