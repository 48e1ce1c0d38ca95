#!/usr/bin/env python3
"""The Chinese recipes are the English ones in other words.

    tools/translate_recipes.py            write sql/zh/*.sql
    tools/translate_recipes.py --check    exit 1 when a file there is out of date

sql/zh/glossary.tsv holds two kinds of lines, English TAB Chinese:
  -- text    a whole comment (a paragraph: its lines joined by blanks)
  text       a name, a literal or a phrase, wherever it stands as a word
The longest entry wins.  A comment without an entry is an error.  A folder of recipes has a
glossary of its own.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPES = ("profile", "segmentation", "churn", "baskets", "basket_views", "recommend", "lookalikes",
           "forecast", "nightly", "crm/schema", "crm/alerts", "crm/report")
WIDTH = 46  # characters in a line of a Chinese comment


def read_glossary(folder):
    comments, words = {}, {}
    path = ROOT / "sql/zh" / folder / "glossary.tsv"
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        english, tab, chinese = line.partition("\t")
        if not tab or not chinese:
            sys.exit(f"{path}:{number}: no TAB or no translation")
        if english.startswith("-- "):
            comments[english[3:]] = chinese
        else:
            words[english] = chinese
    return comments, words


def word_pattern(words):
    keys = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<![A-Za-z0-9_])(?:" + "|".join(map(re.escape, keys)) + r")(?![A-Za-z0-9_])")


def wrap(text):
    """Break after punctuation or anywhere, but keep a run of ASCII together."""
    pieces = re.findall(r"[\x21-\x7e]+|.", text)
    lines, line = [], ""
    for piece in pieces:
        if len(line) + len(piece) > WIDTH and piece not in "，。：；、）":
            lines.append(line.rstrip())
            line = ""
        line += piece if line or piece != " " else ""
    return [*lines, line.rstrip()]


class Translator:
    def __init__(self, folder):
        self.comments, self.words = read_glossary(folder)
        self.pattern = word_pattern(self.words)

    def code(self, line):
        return self.pattern.sub(lambda m: self.words[m.group()], line)

    def paragraph(self, lines, name):
        text = " ".join(line.strip() for line in lines)
        if text not in self.comments:
            sys.exit(f"{name}: no translation in glossary.tsv of the comment: {text}")
        return [f"-- {line}" for line in wrap(self.comments[text])]

    def file(self, text, name):
        out, comment = [], []
        for line in [*text.splitlines(), None]:
            is_text = line is not None and line.startswith("-- ") and not line.startswith("--     ")
            if is_text:
                comment.append(line[3:])
                continue
            if comment:
                out += self.paragraph(comment, name)
                comment = []
            if line is not None:
                out.append(self.code(line))
        return "\n".join(out) + "\n"


def main():
    translators, stale = {}, []
    for recipe in RECIPES:
        name = f"{recipe}.sql"
        folder = recipe.rpartition("/")[0]
        if folder not in translators:
            translators[folder] = Translator(folder)
        translator = translators[folder]
        text = translator.file((ROOT / "sql" / name).read_text("utf-8"), name)
        path = ROOT / "sql/zh" / name
        if "--check" in sys.argv[1:]:
            if not path.exists() or path.read_text("utf-8") != text:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.write_text(text, "utf-8")
    if stale:
        print("out of date:", ", ".join(stale), "; remedy: tools/translate_recipes.py")
    return 1 if stale else 0


sys.exit(main())
