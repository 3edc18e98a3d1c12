"""Builds gateway/privacy/name_model.py: python -m benchmarks.privacy.train_names DICT.TXT

DICT.TXT is the word list of jieba 0.42.1 (MIT licence; Sun Junyi), 350,000 words with their part of speech. Persons
(nr) that begin with a surname stand against all other words that do. A fifth of both (by CRC-32) is held out: nothing
of it comes into the weights or the exceptions, and the curve is measured on it (model card in docs/privacy.md)."""

import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

from gateway.privacy.name_words import COMPOUND, SINGLE

OUT = Path(__file__).parents[2] / "gateway" / "privacy" / "name_model.py"
STEP, SMALLEST, RIDGE = 0.25, 0.2, 1.0


def words(path: Path) -> Iterator[tuple[str, bool]]:
    """(word, whether it is a person) of two to four Chinese characters."""
    for line in path.read_text("utf-8").splitlines():
        word, _, kind = line.split(" ")
        if 2 <= len(word) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in word) and kind not in {"nrt", "nrj"}:
            yield word, kind.startswith("nr")


def held_out(word: str) -> bool:
    """One word in five."""
    return zlib.crc32(word.encode()) % 10 >= 8


def parts(word: str) -> tuple[str, str]:
    """Surname and given name; no surname: not a name."""
    if word[:2] in COMPOUND and len(word) > 2:
        return word[:2], word[2:]
    return (word[:1], word[1:]) if word[:1] in SINGLE else ("", word)


def features(word: str) -> list[str]:
    """What the weights are of: surname, length of the given name, its last character and its only or first one."""
    surname, given = parts(word)
    return [f"#{len(given)}", f"s{surname}", f"l{given[-1]}", f"{'o' if len(given) == 1 else 'f'}{given[0]}"]


def fit(persons: list[str], others: list[str]) -> dict[str, float]:
    """Logistic regression with a ridge."""
    every = [*persons, *others]
    names: dict[str, int] = {}
    places = [(row, names.setdefault(f, len(names))) for row, word in enumerate(every) for f in features(word)]
    rows, columns = zip(*places, strict=True)
    x = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(every), len(names)))
    y = np.r_[np.ones(len(persons)), np.zeros(len(others))]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        p = 1 / (1 + np.exp(-(x @ weights)))
        value = -(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12)).sum() + RIDGE / 2 * weights @ weights
        return value, x.T @ (p - y) + RIDGE * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return {name: float(found[place]) for name, place in names.items()}


def table(weights: dict[str, float], kind: str) -> str:
    """Lines of a weight and the characters that have it."""
    by_weight: dict[float, list[str]] = {}
    for name, weight in weights.items():
        if name[0] == kind and len(name) == 2 and abs(weight) >= SMALLEST:
            by_weight.setdefault(round(weight / STEP) * STEP, []).append(name[1])
    return "\n".join(f"{w} {chunk}" for w in sorted(by_weight) for chunk in _wrapped("".join(sorted(by_weight[w])), 50))


def _wrapped(text: str, size: int) -> Iterable[str]:
    return (text[i : i + size] for i in range(0, len(text), size))


def main() -> None:
    seen = list(words(Path(sys.argv[1])))
    named = [(w, person) for w, person in seen if parts(w)[0] and len(parts(w)[1]) in (1, 2) and not held_out(w)]
    weights = fit([w for w, person in named if person], [w for w, person in named if not person])
    tables = (("SURNAME", "s"), ("ONLY", "o"), ("FIRST", "f"), ("LAST", "l"))
    text = "\n\n".join(
        [
            '"""Weights of the name model; made by benchmarks/privacy/train_names.py, do not edit.\n\n'
            "From the word list of jieba 0.42.1 (MIT licence, copyright 2013 Sun Junyi); model card in docs/privacy.md."
            '"""',
            f"LENGTH = {{1: {weights['#1']:.2f}, 2: {weights['#2']:.2f}}}",
            *(f'{name} = """\n{table(weights, kind)}\n"""' for name, kind in tables),
        ]
    )
    OUT.write_text(f"{text}\n\nWORDS: frozenset[str] = frozenset()\n", "utf-8")  # what the scores below rest on
    from gateway.privacy.name_score import score
    from gateway.privacy.names import LEAST

    words_ = sorted({w for w, person in seen if not person and not held_out(w) and score(w) > LEAST})
    lines = "\n".join(" ".join(words_[i : i + 12]) for i in range(0, len(words_), 12))
    OUT.write_text(f'{text}\n\n_WORDS = """\n{lines}\n"""\nWORDS = frozenset(_WORDS.split())\n', "utf-8")
    print(f"{len(weights)} weights, {len(words_)} exceptions, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
