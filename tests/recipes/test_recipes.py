#!/usr/bin/env python3
"""The recipes of sql/ on both demo databases: what they print, and what it means.

    tests/recipes/test_recipes.py [--update]

Output is compared with tests/recipes/expected/, in list mode (the 3.40 shell
misaligns wide characters in boxes).  The Chinese database holds the same company:
its recipes must come to the same segments, risks and rules.
"""
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402
import run  # noqa: E402

mt.preload_self()
checks = mt.Checks("recipes")
RECIPES = ("profile", "segmentation", "churn", "baskets", "basket_views", "recommend", "lookalikes", "forecast",
           "crm/schema", "crm/report", "crm/alerts")
EXPECTED = pathlib.Path(__file__).with_name("expected")

# The demo's content, pinned: sha256 of every table's rows.  Change it when you
# mean to change the demo.
CONTENT = "b9b0ee197f6c2c4e"


def content_hash(path):
    db = mt.sqlite3.connect(path)
    digest = hashlib.sha256()
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
        digest.update(table.encode())
        for row in db.execute(f'SELECT * FROM "{table}"'):
            digest.update(repr(row).encode())
    db.close()
    return digest.hexdigest()


def check_demo(folder):
    first = content_hash(mt.DEMO / "demo.db")
    again = folder / "again.db"
    subprocess.run([mt.SHELL, "-batch", "-init", "/dev/null", "-bail", str(again), ".read sql/demo.sql"],
                   cwd=mt.ROOT, check=True)
    checks.equal(content_hash(again), first, "the demo has the same content on every run")
    checks.equal(first[:16], CONTENT, "the demo's content is the pinned one")
    db = mt.sqlite3.connect(mt.DEMO / "demo.db")
    rows, share = db.execute("SELECT count(*), avg(churned = 'yes') FROM customers").fetchone()
    checks.equal(rows, 20000, "customers")
    checks.that(0.2 < share < 0.3, "share of customers who left", f"{share:.3f}")
    db.close()
    translated = subprocess.run([sys.executable, "tools/translate_recipes.py", "--check"], cwd=mt.ROOT,
                                capture_output=True, text=True)
    checks.that(translated.returncode == 0, "sql/zh/ is what the glossary makes of sql/", translated.stdout)


def run_recipe(language, recipe, database, folder, update):
    script = mt.ROOT / "sql" / ("zh" if language == "zh" else "") / f"{recipe}.sql"
    text = re.sub(r"^\.mode box.*$", ".mode list\n.headers on", script.read_text("utf-8"), flags=re.M)
    code, got = mt.shell(text, database, folder, options=("-bail",))
    checks.equal(code, 0, f"{language} {recipe}: exit code")
    expected = EXPECTED / language / f"{recipe}.txt"
    if update:
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(got, "utf-8")
    wanted = expected.read_text("utf-8") if expected.exists() else ""
    if not checks.that(got == wanted, f"{language} {recipe}: output"):
        run.show_difference(f"{language}/{recipe}", wanted, got)


def check_again(folder, update):
    """A table that is written every night: the same one from the same rows."""
    def offers():
        db = mt.sqlite3.connect(folder / "demo.db")
        rows = [db.execute(f"SELECT * FROM {table}").fetchall() for table in ("offers", "goes_with")]
        db.close()
        return rows

    first = offers()
    run_recipe("en", "recommend", folder / "demo.db", folder, update)
    checks.that(offers() == first, "recommend: the second night writes the same offers")
    checks.equal(len({row[0] for row in first[0]}), 20000, "recommend: everybody is offered something")


def check_same_results(folder):
    """Tables written from the English and the Chinese database, side by side."""
    db = mt.sqlite3.connect(folder / "demo.db")
    db.execute("ATTACH ? AS zh", (str(folder / "demo_zh.db"),))

    def one(sql):
        return db.execute(sql).fetchone()[0]

    checks.equal(one("SELECT count(*) FROM main.customer_segments AS a JOIN zh.客户细分 AS b "
                     "ON customer_id = 客户编号 AND a.segment = b.分群"), 20000, "zh: the same segments")
    worst = one("SELECT max(abs(risk - 风险)) FROM main.churn_scores JOIN zh.流失评分 ON customer_id = 客户编号")
    checks.that(worst < 1e-9, "zh: the same risks", str(worst))
    auc = [re.search(r"auc (\d\.\d+)", one(f"SELECT metrics || ' ' FROM {t}mine_models WHERE name LIKE {n}")
                     .replace('"', "").replace(":", " ").replace(",", " ")) for t, n in
           (("main.", "'churn'"), ("zh.", "'流失模型'"))]
    checks.that(all(auc), "held-out AUC is stored with the model")
    checks.equal(one("SELECT count(*) FROM zh.搭配推荐"), one("SELECT count(*) FROM main.companions"),
                 "zh: as many companions")
    checks.equal(one("SELECT count(*) FROM main.offers AS a JOIN zh.推荐 AS b ON customer_id = 客户编号 AND place = 名次 "
                     "AND abs(strength - 强度) < 1e-9"), one("SELECT count(*) FROM main.offers"), "zh: the same offers")
    names = [n for (n,) in db.execute("SELECT DISTINCT segment_name FROM customer_segments")]
    checks.that(len(names) == 5 and not any(n.startswith("Segment ") for n in names),
                "the five segments have names of their own", ", ".join(names))
    checks.equal(one("SELECT count(*) FROM churn_scores WHERE risk IS NULL OR risk NOT BETWEEN 0 AND 1"), 0,
                 "every risk is a probability")
    ranks = one("SELECT avg(risk) FILTER (WHERE churned = 'yes') - avg(risk) FILTER (WHERE churned = 'no') "
                "FROM churn_scores JOIN customers USING (customer_id)")
    checks.that(ranks > 0.15, "those who left have the higher risk", f"{ranks:.3f} higher on average")
    db.close()


def main():
    update = "--update" in sys.argv[1:]
    folder = mt.scratch()
    try:
        check_demo(folder)
        for language, name in (("en", "demo.db"), ("zh", "demo_zh.db")):
            shutil.copy(mt.DEMO / name, folder / name)
            for recipe in RECIPES:
                run_recipe(language, recipe, folder / name, folder, update)
        check_again(folder, update)
        check_same_results(folder)
    finally:
        shutil.rmtree(folder)
    checks.end()


main()
