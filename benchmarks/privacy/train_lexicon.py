"""Builds gateway/privacy/lexicon.txt: python -m benchmarks.privacy.train_lexicon DICT.TXT

DICT.TXT as for train_names. Words are those of two to four characters that the list has seen COMMON times, and all
single characters; persons give the counts of surnames and of characters of given names at their places. What the list
calls a person and the name model a word, or what we list as no name, is a word."""

import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.privacy.train_names import held_out, parts
from gateway.privacy.name_score import score
from gateway.privacy.name_words import STOP
from gateway.privacy.names import LEAST

OUT = Path(__file__).parents[2] / "gateway" / "privacy" / "lexicon.txt"
COMMON, STEP, WIDTH = 20, 0.5, 40
STOP_COUNT = 200
SMOOTH, KINDS = 0.5, {"s": 600, "o": 5_000, "f": 5_000, "l": 5_000}
HEAD = """# Word list and counts behind running.py; made by benchmarks/privacy/train_lexicon.py, do not edit.
# From the word list of jieba 0.42.1 (MIT licence, copyright 2013 Sun Junyi); model card in docs/privacy.md.
# Lines: w word, s surname, o only, f first, l last character of a given name; logarithm of the share; entries."""


def entries(path: Path) -> Iterator[tuple[str, int, str]]:
    """(word, count, part of speech) of one to four Chinese characters."""
    for line in path.read_text("utf-8").splitlines():
        word, count, kind = line.split(" ")
        if len(word) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in word):
            yield word, int(count), kind


def counted(path: Path) -> tuple[dict[str, int], dict[str, Counter[str]]]:
    """(words with their counts, characters of persons by kind)."""
    words, persons = dict.fromkeys(STOP, STOP_COUNT), {kind: Counter[str]() for kind in KINDS}
    for word, count, kind in entries(path):
        person = kind.startswith("nr")
        surname, given = parts(word)
        if person and kind not in {"nrt", "nrj"} and surname and len(given) in (1, 2) and not held_out(word):
            persons["s"][surname] += 1
            for place, char in zip("o" if len(given) == 1 else "fl", given, strict=True):
                persons[place][char] += 1
            persons["o"][given[-1]] += 1  # the list has few names of two characters
        if len(word) == 1 or (count >= COMMON and (not person or score(word) <= LEAST or word in STOP)):
            words[word] = max(count, 1)
    return words, persons


def lines(kind: str, logarithms: dict[str, float]) -> Iterator[str]:
    """The lines of a kind, the likeliest first."""
    steps: dict[float, list[str]] = {}
    for entry, value in logarithms.items():
        steps.setdefault(round(value / STEP) * STEP, []).append(entry)
    for value in sorted(steps, reverse=True):
        found = sorted(steps[value])
        for place in range(0, len(found), WIDTH):
            yield f"{kind} {value} {' '.join(found[place : place + WIDTH])}"


def main() -> None:
    path = Path(sys.argv[1])
    words, persons = counted(path)
    total = sum(count for _, count, _ in entries(path))
    tables = {"w": {word: math.log(count / total) for word, count in words.items()}}
    for kind, counts in persons.items():
        whole = counts.total() + SMOOTH * KINDS[kind]
        tables[kind] = {char: math.log((count + SMOOTH) / whole) for char, count in counts.items()}
    text = "\n".join([HEAD, *(line for kind, table in tables.items() for line in lines(kind, table))])
    OUT.write_text(text + "\n", "utf-8")
    print(f"{len(words)} words, {persons['s'].total()} persons, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
