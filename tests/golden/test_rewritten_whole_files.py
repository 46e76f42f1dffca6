"""Files of every format written again as a whole: the same facts, or a question; never other facts in silence."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from tests.golden.rewriting import copy_of
from tests.golden.rewriting_whole_files import of_any_text, of_camt, of_mt940, of_ofx, of_table
from tests.golden.test_collection_score import COLLECTION, CORRECTED, outcome
from tests.golden.test_rewritten_statements import compared, matrix

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not COLLECTION.is_dir(), reason="the collection of statements is not here"),
]

FORMATS = {"OFX": of_ofx, "CAMT": of_camt, "MT940": of_mt940}
LEAST = {"habits at once": 0.9, "workbook of texts": 0.95}  # share read exactly; of every other kind:
LEAST_ELSE = 0.98


def results() -> Iterator[tuple[str, str, str, str]]:
    """Per rewriting of every file that is read exactly: its name, the file's, the outcome and why."""
    for truth in json.loads((COLLECTION / "index.json").read_text(encoding="utf-8")):
        if truth["format"].startswith("XLS") or outcome(truth | CORRECTED.get(truth["name"], {}))[0] != "exact":
            continue
        content = (COLLECTION / truth["name"]).read_bytes()
        statement = read_statement(RawFile(truth["name"], content))
        for name, rewritten in rewritings(truth["format"], content, statement.layout):
            yield name, truth["name"], *compared(rewritten, statement)


def rewritings(kind: str, content: bytes, layout: dict[str, object]) -> Iterator[tuple[str, bytes]]:
    if kind == "CSV":
        copy = copy_of(content, Layout.from_dict(layout))
        yield from of_table(copy) if copy else ()
        return
    yield from of_any_text(content)
    yield from FORMATS[kind](content) if kind in FORMATS else ()


def test_files_written_again_as_a_whole_give_the_same_facts_or_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    every = list(results())
    with capsys.disabled():
        print(matrix(every))
    assert not [(name, file, why) for name, file, word, why in every if word == "wrong"]
    kinds = Counter(name.rstrip(" 0123456789") for name, *_ in every)
    exact = Counter(name.rstrip(" 0123456789") for name, _, word, _ in every if word == "exact")
    assert len(kinds) > 20
    assert not {kind: exact[kind] for kind in kinds if exact[kind] < LEAST.get(kind, LEAST_ELSE) * kinds[kind]}


if __name__ == "__main__":
    shown = sys.argv[1:]  # outcomes to list one by one, such as: wrong warned
    done = list(results())
    print(matrix(done))
    for name, file, word, why in done:
        if word in shown or name in shown:
            print(f"{word}: {name}: {file}: {why}")
    sys.exit(os.EX_OK)
