#!/usr/bin/env python3
"""The nightly alerts of sql/crm on two nights, in English and Chinese: a second run changes nothing, and
every alert is what the two nights say."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
checks = mt.Checks("customer alerts")
WORDS = {"en": {"risk up": "risk up", "value falling": "value falling", "tier left": "tier left", "segment left": "segment left",
                "stage": "stage", "silence": "silence", "drift": "drift", "anomaly": "anomaly"},
         "zh": {"风险上升": "risk up", "金额下降": "value falling", "等级下降": "tier left", "离开分群": "segment left",
                "阶段变化": "stage", "沉默过久": "silence", "数据漂移": "drift", "异常": "anomaly"}}
SHOP = {"en": ("orders", "order_date", ("order_lines", "order_id"), ("products", "product_id"), "category", "Accessories"),
        "zh": ("订单", "日期", ("订单明细", "订单编号"), ("商品", "商品编号"), "类别", "配件")}
GOOD = {"en": ({"gold", "silver"}, {"champions", "loyal"}, {"at_risk", "dormant", "lost"}),
        "zh": ({"金", "银"}, {"冠军客户", "忠诚客户"}, {"有流失风险", "休眠", "已流失"})}


def read(language, recipe, database, folder, day=None):
    prefix = "sql/zh/crm" if language == "zh" else "sql/crm"
    text = f".read {prefix}/{recipe}.sql\n"
    if day:
        text = f"DROP VIEW crm_today; CREATE VIEW crm_today AS SELECT '{day}' AS at;\n" + text
    code, said = mt.shell(text, database, folder, options=("-bail",))
    checks.equal(code, 0, f"{language} {recipe} {day or ''}: exit code" + (f" {said[-300:]}" if code else ""))


def state(database):
    db = mt.sqlite3.connect(database)
    rows = [db.execute(f"SELECT * FROM {t} ORDER BY 1, 2, 3, 4, 5, 6").fetchall() for t in ("mine_alerts", "crm_nights")]
    db.close()
    return rows


def expected(nights, day, language):
    """The alerts of a night, from what is kept of it and of the one before."""
    tiers, segments, stages = GOOD[language]
    of = {}
    for at, customer, *figures in nights:
        of.setdefault(customer, {})[at] = figures
    before = min(n[0] for n in nights)
    found = set()
    for customer, both in of.items():
        if before == day or len(both) < 2:
            continue
        risk0, value0, tier0, segment0, stage0, silent0, _ = both[before]
        risk, value, tier, segment, stage, silent, gap = both[day]
        value_now = value or 0
        if risk is not None and risk0 is not None and risk >= risk0 + 0.1:
            found.add((customer, "risk up", 3 if risk >= 0.8 else 2))
        if value0 is not None and value_now < 0.8 * value0:
            found.add((customer, "value falling", 3 if tier != tier0 else 2))
        if tier0 in tiers and tier != tier0 and value_now < value0:
            found.add((customer, "tier left", 2))
        if segment0 in segments and segment is not None and segment not in segments:
            found.add((customer, "segment left", 1))
        if stage in stages and stage != stage0:
            found.add((customer, "stage", 3 if stage in ("lost", "已流失") else 2))
        if None not in (silent, silent0, gap) and silent > 2 * gap >= silent0:
            found.add((customer, "silence", 1))
    return found


def nights(language, database, folder):
    read(language, "schema", database, folder)
    db = mt.sqlite3.connect(database)  # no accessories are sold on the day before the second night
    orders, day, lines, products, kind, missing = SHOP[language]
    db.execute(
        f"DELETE FROM {lines[0]} WHERE {lines[1]} IN (SELECT {lines[1]} FROM {orders} WHERE {day} = '2025-11-30') "
        f"AND {products[1]} IN (SELECT {products[1]} FROM {products[0]} WHERE {kind} = '{missing}')")
    db.commit()
    db.close()
    read(language, "alerts", database, folder, "2025-10-01")
    first = state(database)
    checks.that(not [a for a in first[0] if a[0] is not None], f"{language}: nothing to compare with on the first night")
    read(language, "alerts", database, folder, "2025-10-01")
    checks.that(state(database) == first, f"{language}: the first night again changes nothing")
    read(language, "alerts", database, folder, "2025-12-01")
    second = state(database)
    read(language, "alerts", database, folder, "2025-12-01")
    checks.that(state(database) == second, f"{language}: the second night again changes nothing", f"{len(second[0])} alerts")
    words = WORDS[language]
    got = {(a[0], words[a[1]], a[2]) for a in second[0] if a[0] is not None and a[6] == "2025-12-01"}
    wanted = expected(second[1], "2025-12-01", language)
    checks.that(got == wanted and got, f"{language}: {len(got)} alerts are what the two nights say", str(sorted(got ^ wanted, key=str)[:3]))
    kinds = {k for _, k, _ in got}
    checks.that(len(kinds) == 6, f"{language}: every kind occurs", str(sorted(kinds)))
    odd = [a for a in second[0] if words[a[1]] == "anomaly"]
    checks.that(odd and len({a[5] for a in odd}) == len(odd), f"{language}: {len(odd)} odd days of the shop, each told once", str(odd))
    checks.that(all(a[5] and "NULL" not in a[5] for a in second[0]), f"{language}: every alert has a reason")
    return got


def main():
    folder = mt.scratch()
    try:
        both = []
        for language, name in (("en", "demo.db"), ("zh", "demo_zh.db")):
            shutil.copy(mt.DEMO / name, folder / name)
            both.append(nights(language, folder / name, folder))
        checks.that(both[0] == both[1], "the Chinese shop has the same alerts", f"{len(both[0])} and {len(both[1])}")
    finally:
        shutil.rmtree(folder)
    checks.end()


main()
