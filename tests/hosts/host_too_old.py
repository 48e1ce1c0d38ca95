#!/usr/bin/env python3
"""An SQLite older than the extension needs is refused in words, and works on."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import minetest as mt

mt.preload_self()

checks = mt.Checks("too old an SQLite")
connection = sqlite3.connect(":memory:")
if not hasattr(connection, "enable_load_extension"):
    mt.skip(f"{sys.executable} cannot load SQLite extensions; use the system's python3")
connection.enable_load_extension(True)
checks.raises(lambda: connection.load_extension(str(mt.BUILD / "too_old" / "mine.so")),
              f"sqlite-mine needs SQLite 9.0 or newer; this is {sqlite3.sqlite_version}", "refused in words")
checks.raises(lambda: connection.execute("SELECT mine_version()"), "no such function", "nothing registered")
checks.equal(connection.execute("SELECT 1").fetchone(), (1,), "the connection works on")
checks.end()
