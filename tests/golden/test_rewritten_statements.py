"""The collection's files in other banks' habits: the same facts, or a question; never other facts in silence."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest

from core.errors import AmbiguousStatement, StatementRefused
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement
from core.money import to_decimal
from tests.golden.rewriting import copy_of, rewritings
from tests.golden.test_collection_score import COLLECTION, outcome

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not COLLECTION.is_dir(), reason="the collection of statements is not here"),
]

LEAST = 0.80  # share of the rewritten files that must be read exactly


def facts(statement: Statement) -> Counter[tuple[str, Decimal]]:
    return Counter(
        (line.booked_on.isoformat(), to_decimal(line.amount_minor, line.currency)) for line in statement.lines
    )


def results() -> Iterator[tuple[str, str, str, str]]:
    """Per rewriting of every file that is read exactly: its name, the file's, the outcome and why."""
    for truth in json.loads((COLLECTION / "index.json").read_text(encoding="utf-8")):
        if truth["format"] != "CSV" or outcome(truth)[0] != "exact":
            continue
        content = (COLLECTION / truth["name"]).read_bytes()
        statement = read_statement(RawFile(truth["name"], content))
        copy = copy_of(content, Layout.from_dict(statement.layout))
        if copy is None:
            continue
        for name, made in rewritings(copy):
            try:
                rewritten = made.content()
            except UnicodeEncodeError:
                continue
            yield name, truth["name"], *compared(rewritten, statement)


def compared(content: bytes, statement: Statement) -> tuple[str, str]:
    currency = statement.accounts[0].currency
    try:
        again = read_statement(RawFile("rewritten.csv", content), currency=currency)
    except AmbiguousStatement as asked:
        return "asked", asked.question
    except StatementRefused as refused:
        return "refused", str(refused)
    if facts(again) == facts(statement):
        return "exact", ""
    why = f"{sorted((facts(again) - facts(statement)).items())[:2]} {[p.message for p in again.problems][:4]}"
    return ("warned" if again.problems else "wrong"), why


def matrix(every: list[tuple[str, str, str, str]]) -> str:
    words = ("exact", "asked", "refused", "warned", "wrong")
    counts = Counter((name, word) for name, _, word, _ in every)
    names = [*dict.fromkeys(name for name, *_ in every)]
    rows = [f"{name:28}" + "".join(f"{counts[name, word]:9}" for word in words) for name in names]
    total = Counter(word for _, _, word, _ in every)
    return "\n".join(
        ["", f"{'':28}" + "".join(f"{word:>9}" for word in words), *rows,
         f"{'all':28}" + "".join(f"{total[word]:9}" for word in words)]
    )  # fmt: skip


def test_rewritten_statements_give_the_same_facts_or_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    every = list(results())
    with capsys.disabled():
        print(matrix(every))
    assert not [(name, file, why) for name, file, word, why in every if word == "wrong"]
    assert sum(word == "exact" for _, _, word, _ in every) >= LEAST * len(every)


if __name__ == "__main__":
    shown = sys.argv[1:]  # outcomes to list one by one, such as: wrong warned
    done = list(results())
    print(matrix(done))
    for name, file, word, why in done:
        if word in shown or name in shown:
            print(f"{word}: {name}: {file}: {why}")
    sys.exit(os.EX_OK)
