#!/usr/bin/env python3
"""Survival against R's survival: curves with their errors and bounds, tests, on real files and on ties, late entry, strata."""
import csv
import math
import pathlib
import random
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import minetest as mt  # noqa: E402

mt.preload_self()
if mt.r("-e", "library(survival)") is None:
    mt.skip("R with its package survival is not installed (apt-get install r-base-core r-cran-survival)")

DATA = mt.DATA
HERE = tempfile.mkdtemp()


def ask_r(code):
    """Lines of numbers."""
    printed = mt.r("-", input="suppressMessages(library(survival))\n" + code)
    return [[None if v in ("NA", "NaN", "Inf") else float(v) for v in line.split()]
            for line in printed.splitlines()]


def near(a, b, least=1e-8):
    if a is None or b is None:
        return a is None and b is None
    return abs(a - b) <= least * max(abs(a), abs(b)) + 1e-12


def load(db, name, columns, rows):
    """A table, and the same as a file for R."""
    db.execute(f"DROP TABLE IF EXISTS {name}")
    quoted = ", ".join(f'"{c}"' for c in columns)
    db.execute(f"CREATE TABLE {name}(rid INTEGER PRIMARY KEY, {quoted})")
    marks = ",".join("?" * len(columns))
    db.executemany(f"INSERT INTO {name}({quoted}) VALUES({marks})", rows)
    with open(f"{HERE}/{name}.csv", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows([["NA" if v is None else repr(v) if isinstance(v, float) else v for v in r] for r in rows])


def value(text):
    if text in ("", "NA"):
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def load_file(db, name):
    with open(DATA / f"{name}.csv", newline="") as file:
        lines = list(csv.reader(file))
    columns = ["who" if c == "id" else c.replace(".", "_") for c in lines[0]]
    rows = [[value(v) for v in line] for line in lines[1:]]
    load(db, name, columns, rows)


def made(db, dice):
    """Ties everywhere, late entry, strata, weights, gaps."""
    rows = []
    for i in range(400):
        x, z = dice.gauss(0, 1), dice.choice("abc")
        time = math.ceil(20 * dice.expovariate(math.exp(0.5 * x + (z == "b") * 0.4))) if i % 2 else \
            20 * dice.expovariate(math.exp(0.5 * x))
        time = time or 0.5
        rows.append([time, int(dice.random() < 0.7), dice.random() * time * (dice.random() < 0.5), x, z,
                     dice.choice(["p", "q"]), dice.choice([1, 1, 2, 0.5]), i % 60])
    load(db, "made", ["time", "event", "start", "x", "z", "s", "w", "who"], rows)


# ---- curves and tests ---------------------------------------------------------------------

CURVES = [  # table, duration, event (R: logical), our options, group, start
    ("rossi", "week", "arrest", "", None, None), ("rossi", "week", "arrest", "", "fin", None),
    ("r_lung", "time", "status", "event_value=2", None, None), ("r_lung", "time", "status", "event_value=2", "sex", None),
    ("stanford_heart", "stop", "event", "start=start", "transplant", "start"),
    ("gbsg2", "time", "cens", "", "horTh", None), ("larynx", "time", "death", "", None, None),
    ("kidney_transplant", "time", "death", "", "black_male", None),
    ("made", "time", "event", "", "z", None), ("made", "time", "event", "start=start", "z", "start")]
KINDS = [("", "conf.type='log'"), ("interval=log-log", "conf.type='log-log'"), ("interval=plain, level=0.9", "conf.type='plain', conf.int=0.9"),
         ("method=nelson_aalen", "conf.type='log', stype=2, ctype=1")]


def surv(duration, event, options, start):
    event = f"{event}==2" if "event_value=2" in options else event
    return f"Surv({start + ', ' if start else ''}{duration}, {event})"


def joined(*options):
    return ", ".join(o for o in options if o)


def curves(db, checks):
    code, ours = [], []
    for table, duration, event, options, group, start in CURVES:
        for kind, said in KINDS:
            named = joined(f"duration={duration}", f"event={event}", "id=rid", f"group={group}" if group else "", options, kind)
            rows = db.execute("SELECT time, at_risk, events, censored, survival, std_error, low, high "
                              "FROM mine_survival(?, ?) ORDER BY group_value, time", (table, named)).fetchall()
            ours.append((f"{table} {named}", rows))
            code.append(f"d <- read.csv('{HERE}/{table}.csv')\n"
                        f"f <- survfit({surv(duration, event, options, start)} ~ {group or 1}, data=d, {said}, timefix=FALSE)\n"
                        "cat(length(f$time), '\\n')\n"
                        "write.table(format(cbind(f$time, f$n.risk, f$n.event, f$n.censor, f$surv, f$surv * f$std.err, f$lower, f$upper),"
                        " digits=17, trim=TRUE), quote=FALSE, row.names=FALSE, col.names=FALSE)")
    theirs = iter(ask_r("\n".join(code)))
    for what, rows in ours:
        n = int(next(theirs)[0])
        want = [next(theirs) for _ in range(n)]
        checks.that(len(rows) == n, f"{what}: times", f"{len(rows)}, R has {n}")
        bad = [(a, b) for a, b in zip(rows, want) if not all(near(x, y) for x, y in zip(a, b))]
        checks.that(not bad, what, bad[:2])


TESTS = [("rossi", "week", "arrest", "", "fin", None), ("r_lung", "time", "status", "event_value=2", "sex", None),
         ("r_lung", "time", "status", "event_value=2", "ph_ecog", None), ("gbsg2", "time", "cens", "", "tgrade", None),
         ("made", "time", "event", "", "z", None), ("gbsg2", "time", "cens", "", "horTh", "menostat"),
         ("made", "time", "event", "", "z", "s")]


def tests(db, checks):
    code, ours = [], []
    for table, duration, event, options, group, strata in TESTS:
        for rho in (0, 1, 0.5):
            named = joined(f"duration={duration}", f"event={event}", "id=rid", f"group={group}", options, f"rho={rho}",
                           f"strata={strata}" if strata else "")
            rows = db.execute("SELECT statistic, df, p_value, observed, expected FROM mine_logrank(?, ?) "
                              "ORDER BY group_value IS NOT NULL, group_value", (table, named)).fetchall()
            ours.append((f"{table} {named}", rows))
            code.append(f"d <- read.csv('{HERE}/{table}.csv')\n"
                        f"f <- survdiff({surv(duration, event, options, None)} ~ {group}{f' + strata({strata})' if strata else ''}, data=d, rho={rho})\n"
                        "o <- if (is.matrix(f$obs)) rowSums(f$obs) else f$obs; e <- if (is.matrix(f$exp)) rowSums(f$exp) else f$exp\n"
                        "cat(sprintf('%.17g', c(f$chisq, length(o) - 1, pchisq(f$chisq, length(o) - 1, lower.tail=FALSE), o, e)), '\\n')")
    for (what, rows), want in zip(ours, ask_r("\n".join(code))):
        mine = list(rows[0][:3]) + [r[3] for r in rows[1:]] + [r[4] for r in rows[1:]]
        checks.that(len(mine) == len(want) and all(near(a, b) for a, b in zip(mine, want)), f"log-rank {what}", (mine, want))


def late(db, checks):
    """With start= there is no survdiff: the score test of a Cox model with Breslow's ties, where no times are tied."""
    rows = [[t, e, s, z] for t, e, s, z in db.execute("SELECT time + rid * 1e-4, event, start, z FROM made")]
    load(db, "late", ["time", "event", "start", "z"], rows)
    ours = db.execute("SELECT statistic FROM mine_logrank('late', 'duration=time, event=event, id=rid, group=z, start=start')").fetchone()
    want = ask_r(f"d <- read.csv('{HERE}/late.csv')\nf <- coxph(Surv(start, time, event) ~ z, data=d, ties='breslow', control=coxph.control(timefix=FALSE))\ncat(sprintf('%.17g', f$score), '\\n')")[0]
    checks.that(near(ours[0], want[0]), "log-rank with late entry", (ours, want))


# ---- models ---------------------------------------------------------------------------------

MODELS = [  # table, target, event, attributes in our order, R's terms, our options, R's
    ("rossi", "week", "arrest", "fin age race wexp mar paro prio", None, "", ""),
    ("rossi", "week", "arrest", "fin age race wexp mar paro prio", None, "ties=breslow, transform=identity", "ties='breslow'"),
    ("rossi", "week", "arrest", "fin age race wexp mar paro prio", None, "robust=1, transform=rank", "robust=TRUE"),
    ("rossi", "week", "arrest", "fin age wexp mar paro prio race", "fin+age+wexp+mar+paro+prio+strata(race)", "strata=race", ""),
    ("r_lung", "time", "status", "age sex wt_loss", None, "event_value=2, missing=skip, transform=log", ""),
    ("stanford_heart", "stop", "event", "age year surgery transplant", None, "start=start", ""),
    ("stanford_heart", "stop", "event", "age year surgery transplant who", "age+year+surgery+transplant", "start=start, cluster=who", "cluster=who"),
    ("gbsg2", "time", "cens", "horTh age menostat tsize tgrade pnodes progrec estrec", None,
     "reference=horTh:no|menostat:Post|tgrade:I", ""),
    ("larynx", "time", "death", "age Stage_II Stage_III Stage_IV", None, "", ""),
    ("made", "time", "event", "x z", None, "reference=z:a", ""),
    ("made", "time", "event", "x z", None, "reference=z:a, weight=w, transform=identity", "weights=w, robust=FALSE"),
    ("made", "time", "event", "x z", None, "reference=z:a, weight=w, ties=breslow, robust=1", "weights=w, robust=TRUE, ties='breslow'"),
    ("made", "time", "event", "x z s", "x+z+strata(s)", "reference=z:a, start=start, strata=s, cluster=who", "cluster=who"),
    ("made", "time", "event", "x z", None, "reference=z:a, start=start, weight=w, robust=1", "weights=w, cluster=seq_len(nrow(d))")]


def option(options, name):
    return next((o.split("=", 1)[1] for o in options.split(", ") if o.startswith(name + "=")), None)


def train(db, algorithm, model):
    table, target, event, attributes, _, options, _ = model
    columns = ", ".join([f'"{c}"' for c in dict.fromkeys(attributes.split() + [target, event] + [
        v for k in ("start", "weight", "cluster") for v in [option(options, k)] if v])])
    db.execute("SELECT mine_train('m', ?, ?, ?)", (algorithm, f"SELECT rid, {columns} FROM {table}",
                                                   joined(f"target={target}", f"event={event}", options)))


def r_formula(db, model):
    table, target, event, attributes, terms, options, _ = model
    named = terms or "+".join(attributes.split())
    lines = [f"d <- read.csv('{HERE}/{table}.csv', stringsAsFactors=TRUE)"]
    for item in (option(options, "reference") or "").split("|"):
        if item:
            column, level = item.split(":")
            lines.append(f"d${column} <- relevel(d${column}, '{level}')")
    return lines, f"{surv(target, event, options, option(options, 'start'))} ~ {named}"


def ours_in_order(db):
    """Coefficients as R orders them: by attribute, levels sorted."""
    return db.execute("SELECT name, value, std_error, p_value FROM mine_coefficients('m')").fetchall()


def cox(db, checks):
    code, ours = [], []
    for model in MODELS:
        table, target, event, attributes, terms, options, said = model
        train(db, "cox", model)
        lines, formula = r_formula(db, model)
        transform = option(options, "transform") or "km"
        lines.append(f"f <- coxph({formula}, data=d, control=coxph.control(eps=1e-11, iter.max=50, timefix=FALSE){', ' + said if said else ''})")
        lines.append("s <- summary(f)$coefficients; se <- s[, if (ncol(s) > 5) 'robust se' else 'se(coef)']; p <- s[, ncol(s)]")
        lines.append("z <- cox.zph(f, transform='%s')$table" % transform)
        lines.append("g <- function(...) cat(sprintf('%.17g', c(...)), '\\n')")
        lines.append("g(f$coefficients); g(se); g(p); g(z[, 1]); g(z[, 2]); g(f$loglik); g(f$concordance['concordance'])")
        lines.append("r <- predict(f, type='lp', reference='sample'); g(r[2] - r[1])")
        n = db.execute("SELECT count(*) FROM mine_coefficients('m')").fetchone()[0]
        times = [v for (v,) in db.execute(f"SELECT DISTINCT {target} FROM {table} ORDER BY 1 LIMIT 5 OFFSET 2")]
        strata = option(options, "strata")
        lines.append("b <- survfit(f, newdata=d[1:3, ], se.fit=FALSE" + (")" if not strata else ")"))
        if strata:
            lines.append("g(0)")
        else:
            lines.append(f"g((summary(b, times=c({', '.join(map(repr, times))}), extend=TRUE)$surv))")
        rows = ours_in_order(db)
        assert n == len(rows)
        tests_ = db.execute("SELECT statistic, df FROM mine_ph_test('m')").fetchall()
        risk = [v for (v,) in db.execute(f"SELECT prediction FROM mine_predict('m', 'SELECT * FROM {table} WHERE rid <= 2')")]
        curve = [v for (v,) in db.execute("SELECT survival FROM mine_survival_curve('m', ?, ?)",
                                          (f"SELECT * FROM {table} WHERE rid <= 3", "times=" + "|".join(map(repr, times))))]
        concordance = db.execute("SELECT value FROM mine_evaluate('m') WHERE metric = 'concordance'").fetchone()[0]
        ours.append((model, rows, tests_, risk, curve, concordance))
        code += lines
    theirs = iter(ask_r("\n".join(code)))
    for model, rows, tests_, risk, curve, concordance in ours:
        what = f"cox {model[0]} {model[5]}"
        b, se, p, chi, df, _, c, lp, survival = (next(theirs) for _ in range(9))

        def compare(name, mine, want, least=1e-8):
            checks.that(len(mine) == len(want) and all(near(x, y, least) for x, y in zip(mine, want)), f"{what}: {name}", (mine, want))
        compare("coefficients", [r[1] for r in rows], b)
        compare("errors", [r[2] for r in rows], se)
        compare("p", [r[3] for r in rows], p, 1e-7)
        compare("proportional hazards", [r[0] for r in tests_], chi, 1e-6)
        compare("their df", [r[1] for r in tests_], df)
        compare("concordance", [concordance], c)
        if None in risk:  # missing=skip
            continue
        compare("risk", [math.log(risk[1] / risk[0])], lp)
        if option(model[5], "strata") is None:
            compare("survival", curve, survival)


def weibull(db, checks):
    code, ours = [], []
    for model in MODELS:
        table, target, event, attributes, terms, options, said = model
        if "start=" in options or "strata" in options or "cluster" in options or "ties" in options or "robust" in options:
            continue
        model = (table, target, event, attributes, terms, joined(*[o for o in options.split(", ") if not o.startswith("transform")]), said)
        if table == "stanford_heart":
            continue
        train(db, "weibull", model)
        lines, formula = r_formula(db, model)
        lines.append(f"f <- survreg({formula}, data=d, dist='weibull', control=survreg.control(rel.tolerance=1e-14, maxiter=100){', ' + said if said else ''})")
        lines.append("g <- function(...) cat(sprintf('%.17g', c(...)), '\\n')")
        lines.append("g(f$coefficients, log(f$scale)); g(sqrt(diag(f$var))); g(predict(f, newdata=d[1:3, ]))")
        ours.append((model, ours_in_order(db),
                     [v for (v,) in db.execute(f"SELECT prediction FROM mine_predict('m', 'SELECT * FROM {table} WHERE rid <= 3')")]))
        code += lines
    theirs = iter(ask_r("\n".join(code)))
    for model, rows, times in ours:
        b, se, predicted = (next(theirs) for _ in range(3))
        for name, mine, want in (("coefficients", [r[1] for r in rows], b), ("errors", [r[2] for r in rows], se), ("times", times, predicted)):
            if None in want:
                continue
            checks.that(len(mine) == len(want) and all(near(x, y, 1e-7) for x, y in zip(mine, want)), f"weibull {model[0]} {model[5]}: {name}", (mine, want))


# ---- how good a model is ----------------------------------------------------------------------

def brier_by_hand(rows, foretold, t):
    """Graf's score, by the definition: rows (time, event, weight), survival foretold for t."""
    stay = 1.0
    left = sum(w for _, _, w in rows)
    own = {}
    for time in sorted({r[0] for r in rows}):
        own[time] = stay
        came = sum(w for d, e, w in rows if d == time and e)
        lost = sum(w for d, e, w in rows if d == time and not e)
        left -= came
        stay *= 1 - lost / left if lost else 1
        left -= lost
    later = [time for time in sorted(own) if time >= t]
    total = 0.0
    for (time, event, w), s in zip(rows, foretold):
        if time < t and not event:
            continue
        gone = time < t or (time == t and event)
        total += w * (s if gone else 1 - s) ** 2 / (own[time] if gone else own[later[0]])
    return total / sum(w for _, _, w in rows)


JUDGED = [m for m in MODELS if "missing=skip" not in m[5]]


def judged(db, checks):
    """On the rows of the training, and on others: concordance, partial likelihood, Brier score."""
    code, ours = [], []
    for model in JUDGED:
        table, target, event, attributes, terms, options, said = model
        train(db, "cox", model)
        times = [v for (v,) in db.execute(f"SELECT DISTINCT {target} FROM {table} WHERE {event.split('==')[0]} ORDER BY 1 LIMIT 3 OFFSET 4")]
        half = f"SELECT * FROM {table} WHERE rid % 3 <> 0"
        both = [dict(db.execute("SELECT metric, value FROM mine_evaluate('m', ?, ?)",
                                (source, "times=" + "|".join(map(repr, times)))).fetchall()) for source in (table, half)]
        third = db.execute("SELECT low, high FROM mine_evaluate('m', ?, 'level=0.9, by=third') WHERE metric = 'concordance' AND slice = 1",
                           (f"SELECT *, rid % 3 AS third FROM {table}",)).fetchone()
        curve = db.execute("SELECT id, time, survival FROM mine_survival_curve('m', ?, ?)", (half, "times=" + "|".join(map(repr, times)))).fetchall()
        ours.append((model, both, times, half, curve, third))
        lines, formula = r_formula(db, model)
        lines.append(f"f <- coxph({formula}, data=d, model=TRUE, control=coxph.control(eps=1e-11, iter.max=50, timefix=FALSE){', ' + said if said else ''})")
        lines.append("g <- function(...) cat(sprintf('%.17g', c(...)), '\\n')")
        weight = ", weights=w" if "weights=w" in said else ""
        stratum = f" + strata({option(options, 'strata')})" if option(options, "strata") else ""
        response = formula.split(" ~ ")[0]
        lines.append("d$lp <- predict(f, type='lp', reference='zero')")
        for part in ("d", "d[seq_len(nrow(d)) %% 3 != 0, ]"):
            lines.append(f"e <- {part}")
            lines.append(f"k <- coxph({response} ~ offset(lp){stratum}, data=e, ties='efron', control=coxph.control(timefix=FALSE){weight})")
            lines.append(f"c0 <- concordance({response} ~ lp{stratum}, data=e, reverse=TRUE, timefix=FALSE{weight})")
            lines.append("g(nrow(e), k$nevent, k$loglik[1], c0$concordance)")
        lines.append("e <- d[seq_len(nrow(d)) %% 3 == 1, ]")
        lines.append(f"c0 <- concordance({response} ~ lp{stratum}, data=e, reverse=TRUE, timefix=FALSE, timewt='n'{weight})")
        lines.append("g(c0$concordance + c(-1, 1) * qnorm(0.95) * sqrt(c0$var))")
        plain = not weight and not stratum and not option(options, "start") and "breslow" not in options
        lines.append(f"g(survival:::brier(f, times=c({', '.join(map(repr, times))}))$brier[, 2])" if plain else "g(0)")
        ours[-1] += (plain,)
        code += lines
    theirs = iter(ask_r("\n".join(code)))
    for model, both, times, half, curve, third, plain in ours:
        what = f"judged {model[0]} {model[5]}"
        for metrics, where in zip(both, ("all", "others")):
            rows, events, likelihood, concordance = next(theirs)
            mine = [metrics[k] for k in ("rows", "events", "log_partial_likelihood", "concordance")]
            checks.that(all(near(a, b) for a, b in zip(mine, (rows, events, likelihood, concordance))), f"{what}: {where}",
                        (mine, rows, events, likelihood, concordance))
        bounds = next(theirs)
        checks.that(all(near(a, min(max(b, 0), 1)) for a, b in zip(third, bounds)), f"{what}: bounds of the concordance of a slice",
                    (third, bounds))
        brier = next(theirs)
        mine = [both[0][f"brier@{t!r}"] if f"brier@{t!r}" in both[0] else both[0][f"brier@{t:g}"] for t in times]
        if plain:
            checks.that(all(near(a, b) for a, b in zip(mine, brier)), f"{what}: Brier score", (mine, brier))
        if option(model[5], "start"):
            checks.that(mine == [None] * 3 and both[0]["integrated_brier"] is None, f"{what}: no Brier score with late entry", mine)
            continue
        weight = option(model[5], "weight") or "1"
        lives = db.execute(f"SELECT {model[1]}, {model[2]}, {weight} FROM ({half}) ORDER BY rid").fetchall()
        for t in times:
            hand = brier_by_hand(lives, [s for _, at, s in curve if at == t], t)
            mine = both[1].get(f"brier@{t!r}", both[1].get(f"brier@{t:g}"))
            checks.that(near(mine, hand), f"{what}: Brier score of others at {t}", (mine, hand))


def judged_weibull(db, checks):
    """The mean over the times, and a law of its own."""
    train(db, "weibull", MODELS[0])
    lives = db.execute("SELECT week, arrest, 1 FROM rossi ORDER BY rid").fetchall()
    times = sorted({t for t, e, _ in lives if e})
    curve = {}
    for _, at, s in db.execute("SELECT id, time, survival FROM mine_survival_curve('m', 'rossi', ?)", ("times=" + "|".join(map(str, times)),)):
        curve.setdefault(at, []).append(s)
    none = dict(db.execute("SELECT time, survival FROM mine_survival('rossi', 'id=rid, duration=week, event=arrest')").fetchall())
    at = [brier_by_hand(lives, curve[t], t) for t in times]
    alike = [brier_by_hand(lives, [none[t]] * len(lives), t) for t in times]

    def mean(values):
        return sum((b - a) * (u + v) / 2 for a, b, u, v in zip(times, times[1:], values, values[1:])) / (times[-1] - times[0])
    got = dict(db.execute("SELECT metric, value FROM mine_evaluate('m', 'rossi')").fetchall())
    checks.that(near(got["integrated_brier"], mean(at)), "weibull: integrated Brier score", (got, mean(at)))
    checks.that(near(got["brier_skill"], 1 - mean(at) / mean(alike)), "weibull: its skill", (got, mean(alike)))


def ratios(db, checks):
    train(db, "cox", MODELS[0])
    lines, formula = r_formula(db, MODELS[0])
    want = ask_r("\n".join(lines + [f"f <- coxph({formula}, data=d, control=coxph.control(eps=1e-11, timefix=FALSE))",
                                    "write.table(format(summary(f)$conf.int[, c(1, 3, 4)], digits=17), quote=FALSE, row.names=FALSE, col.names=FALSE)"]))
    got = db.execute("SELECT ratio, ratio_low, ratio_high FROM mine_coefficients('m')").fetchall()
    checks.that(len(got) == len(want) and all(near(a, b) for x, y in zip(got, want) for a, b in zip(x, y)), "hazard ratios", (got, want))


def main():
    checks = mt.Checks("survival against R")
    db = mt.connect()
    for name in ("rossi", "r_lung", "stanford_heart", "gbsg2", "larynx", "kidney_transplant"):
        if not (DATA / f"{name}.csv").exists():
            mt.skip(f"{name}.csv is not in {DATA}")
        load_file(db, name)
    made(db, random.Random(20261130))
    for check in (curves, tests, late, cox, weibull, judged, judged_weibull, ratios):
        check(db, checks)
    shutil.rmtree(HERE)
    checks.end()


main()
