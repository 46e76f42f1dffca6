"""Real files of other projects (see tests/data/ATTRIBUTIONS.md) give exactly the facts written down for them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import StatementRefused
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import FORMATS, read_statement
from core.ingestion.statement import Statement
from core.money import to_decimal

FOLDER = Path(__file__).parents[1] / "data" / "statements"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
READ = sorted(name for name, facts in EXPECTED.items() if "refused" not in facts)
REFUSED = sorted(name for name, facts in EXPECTED.items() if "refused" in facts)


def raw(name: str) -> RawFile:
    return RawFile(name, (FOLDER / name).read_bytes())


def facts(statement: Statement, currency: str) -> dict[str, Any]:
    sums: dict[str, Decimal] = {}
    for line in statement.lines:
        code = line.currency or currency
        sums[code] = sums.get(code, Decimal(0)) + to_decimal(line.amount_minor, code)
    days = [line.booked_on for line in statement.lines]
    return {
        "transactions": len(statement.lines),
        "sums": sums,
        "first_date": min(days).isoformat(),
        "last_date": max(days).isoformat(),
    }


@pytest.mark.parametrize("name", READ)
def test_a_copied_statement_gives_its_facts(name: str) -> None:
    expected = EXPECTED[name]
    sums = {code: Decimal(total) for code, total in expected["sums"].items()}
    statement = read_statement(raw(name), currency=next(iter(sums)))
    assert facts(statement, next(iter(sums))) == {**expected, "sums": sums}


@pytest.mark.parametrize("name", REFUSED)
def test_an_undecidable_statement_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(StatementRefused, match=name):
        read_statement(raw(name))


@pytest.mark.parametrize("name", [name for name in READ if not name.endswith(("ofx", "qfx", "sta", "xml"))])
def test_a_stored_layout_reads_a_copied_statement_alike(name: str) -> None:
    statement = read_statement(raw(name))
    stored = json.loads(json.dumps(statement.layout))
    assert read_statement(raw(name), Layout.from_dict(stored)).accounts == statement.accounts


def test_the_garbled_amount_is_reported_with_its_row_and_text() -> None:
    (problem,) = [p for p in read_statement(raw("neg_garbled_amount.csv")).problems if p.row == 3]
    assert problem.severity == "error"
    assert "12..34" in problem.message
    assert "Garbled row" in problem.text


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_exactly_one_format_recognises_a_copied_statement(name: str) -> None:
    assert len([form.name for form in FORMATS if form.recognises(raw(name))]) == 1


def test_every_copied_file_is_attributed_and_permissively_licensed() -> None:
    listed = (FOLDER.parent / "ATTRIBUTIONS.md").read_text(encoding="utf-8")
    for path in FOLDER.iterdir():
        if path.name != "expected.json":
            (row,) = [row for row in listed.splitlines() if f"`{path.name}`" in row]
            assert row.rstrip(" |").endswith(("MIT", "Apache-2.0"))
